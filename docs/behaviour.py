"""Regenerate docs/behaviour.md: the whole formulation over draws from the prior ranges.

    python docs/behaviour.py [DRAWS]

Runs `record-1992` once a draw and writes the page with its figure: about a minute for 200 draws
on two cores.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from entente import InputError, run, simulate
from entente.engines.compiled.ensemble import prepare
from entente.experiments.prior import prior_draws
from entente.schema.load import load_scenario

HERE = Path(__file__).resolve().parent
DRAWS, SEED = 200, 2001
YEARS = (1992, 1995, 1998, 2001, 2004, 2007, 2010, 2014, 2018, 2022)
OFFERS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
OFFER_START, OFFER_END, DOWN = "2001-09", "2006-09", 0.8
TIES = {"Russia-China": ("rus-chn-1992", "rus-chn-2001"), "Shanghai": ("shanghai-1996", "shanghai-2001"),
        "Tashkent": ("tashkent",), "Russia-Kazakhstan": ("rus-kaz",), "Russia-Kyrgyzstan": ("rus-kgz",),
        "Russia-Uzbekistan": ("rus-uzb",), "Russia-Turkmenistan": ("rus-tkm",), "Russia-Tajikistan": ("rus-tjk",)}  # fmt: skip


def one_draw(task: tuple[int, dict[str, float]]) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    """Yearly ties, events and broken balances of one draw."""
    seed, parameters = task
    done = run("record-1992", seed=seed, changes=parameters, engine="ensemble")
    december = done.treaties[done.treaties["month"].str.endswith("-12")]
    rows = []
    for tie, ids in TIES.items():
        own = december[december["treaty"].isin(ids)].groupby("month")[["depth", "rung"]].max()
        rows.append(own.assign(tie=tie, year=own.index.str[:4].astype(int)))
    return pd.concat(rows, ignore_index=True).assign(draw=seed), done.events, broken(done)


def broken(done) -> dict[str, int]:
    """Months and treaties in which a balance or a bound fails."""
    t = done.trajectory
    unbalanced = np.abs(t["received"].sum(axis=2) - t["paid"].sum(axis=2)) > 1e-12
    jumps = np.abs(np.diff(t["rung"], axis=0)) * (t["status"][1:] == 1) * (t["status"][:-1] == 1) > 1
    return {
        "payments do not balance": int(unbalanced.sum()),
        "a number is not finite": int(sum((~np.isfinite(values)).sum() for values in t.arrays.values())),
        "depth outside 0..1": int(((t["depth"] < 0) | (t["depth"] > 1)).sum()),
        "perceived threat outside 0..2": int(((t["perception"] < 0) | (t["perception"] > 2)).sum()),
        "a rung moves by more than one": int(jumps.sum()),
        "a treaty runs with fewer than two parties": int(
            ((t["member"].sum(axis=2) < 2) & (t["status"] == 1)).sum()
        ),
    }


def one_offer(task: tuple[int, dict[str, float]]) -> dict[float, tuple[bool, bool]]:
    """For each size of a package to Russia: accepted, and the tie a fifth below its twin five years on."""
    seed, parameters = task
    offer = {"kind": "offer", "month": OFFER_START, "power": "USA", "state": "RUS", "size": 0}
    base = load_scenario("memo-2001", parameters | {"months": 62, "interventions.package": offer})
    names = [f"{what}@{OFFER_END}" for what in ("depth:rus-chn-2001", "offer:RUS", "price:RUS")]
    sizes = {"interventions.package.size": [0.0, *OFFERS]}
    outcomes = simulate(base, seed=seed, parameters=sizes, outcomes=names).outcomes
    depth, offered, price = (outcomes[name].tolist() for name in names)
    return {size: (offered[n] > price[n], depth[n] < DOWN * depth[0]) for n, size in enumerate(OFFERS, start=1)}


def reversals(events: pd.DataFrame) -> tuple[int, int]:
    """Rung moves, and those undone by the opposite move of the same treaty within five years."""
    moves = events[events["kind"].isin(["rung up", "rung down"])]
    undone = 0
    for _, own in moves.groupby("treaty"):
        when = own["month"].str[:4].astype(int) * 12 + own["month"].str[5:].astype(int)
        kinds = list(zip(when, own["kind"], strict=True))
        undone += sum(b[1] != a[1] and b[0] - a[0] <= 60 for a, b in zip(kinds, kinds[1:], strict=False))
    return len(moves), undone


def page(
    ties: pd.DataFrame, events: list[pd.DataFrame], counts: pd.DataFrame, offers: pd.DataFrame, draws: int
) -> str:
    lines = [
        "# What the formulation does, over its prior ranges", "",
        f"`record-1992` run once for each of {draws} draws (Latin hypercube over the prior ranges, "
        f"`python docs/behaviour.py {draws}`). Everything here follows from the equations, the dated calendar of outside "
        "shocks and judgement; nothing was fitted to what happened after August 2001.", "",
        "![Depth and rung over the draws](behaviour.svg)", "",
        "## Median (quartiles) of depth and rung, each December", "",
        "| tie | " + " | ".join(map(str, YEARS)) + " |", "| --- " * (len(YEARS) + 1) + "|",
    ]  # fmt: skip
    for tie in TIES:
        cells = []
        for year in YEARS:
            own = ties[(ties["tie"] == tie) & (ties["year"] == year)]
            d, r = own["depth"].quantile([0.25, 0.5, 0.75]), own["rung"].quantile([0.25, 0.5, 0.75])
            cells.append(f"{d[0.5]:.2f} ({d[0.25]:.2f}-{d[0.75]:.2f}); {r[0.5]:.0f} ({r[0.25]:.0f}-{r[0.75]:.0f})")
        lines.append(f"| {tie} | " + " | ".join(cells) + " |")
    moves, undone = zip(*(reversals(e) for e in events), strict=True)
    lines += [
        "",
        "## Coming and going, share of draws with at least one",
        "",
        "| treaty | state | exit | median year | entry | median year |",
        "| --- " * 6 + "|",
    ]
    lines += coming_and_going(events)
    lines += [
        "", "## Rungs reversed within five years", "",
        f"{sum(undone)} of {sum(moves)} rung moves ({100 * sum(undone) / max(sum(moves), 1):.1f} %) are undone by the "
        f"opposite move within five years; {np.mean([u > 0 for u in undone]):.0%} of draws hold one.", "",
        "## Months in which a balance or a bound fails", "", "| what | months and treaties, all draws |", "| --- | --- |",
        *(f"| {name} | {int(total)} |" for name, total in counts.sum().items()),
        "", f"## Offers to Russia from {OFFER_START}, five years on", "",
        "`memo-2001` with random arrivals, one seed a draw.", "",
        "| size | accepted | tie at least a fifth below its twin |", "| --- | --- | --- |",
        *(f"| {size} | {taken:.0%} | {down:.0%} |" for size, taken, down in offers.itertuples(index=False)), "",
    ]  # fmt: skip
    return "\n".join(lines)


def coming_and_going(events: list[pd.DataFrame]) -> list[str]:
    """One row a treaty and state that left or joined in any draw."""
    moves = pd.concat([e[e["kind"].isin(["exit", "entry"])].assign(draw=n) for n, e in enumerate(events)])
    moves = moves[~moves["rule"].str.startswith("dated")].assign(year=lambda f: f["month"].str[:4].astype(int))
    rows = []
    for (treaty, state), own in moves.groupby(["treaty", "parties"]):
        cells = []
        for kind in ("exit", "entry"):
            these = own[own["kind"] == kind]
            share = these["draw"].nunique() / len(events)
            cells += [f"{share:.0%}", f"{these['year'].median():.0f}" if len(these) else ""]
        rows.append(f"| {treaty} | {state} | " + " | ".join(cells) + " |")
    return rows


def figure(ties: pd.DataFrame, path: Path) -> None:
    """Median and quartiles of depth, with the median rung, one panel a tie."""
    sheet = Figure(figsize=(11, 5.5), layout="constrained")
    axes = sheet.subplots(2, 4, sharex=True, sharey=True)
    for ax, tie in zip(axes.flat, TIES, strict=True):
        own = ties[ties["tie"] == tie].groupby("year")
        depth, rung = own["depth"].quantile([0.25, 0.5, 0.75]).unstack(), own["rung"].median()
        ax.fill_between(
            depth.index, depth[0.25], depth[0.75], color="#56B4E9", alpha=0.5, lw=0, label="depth, quartiles"
        )
        ax.plot(depth.index, depth[0.5], color="#0072B2", label="depth, median")
        ax.step(rung.index, rung / 7, where="mid", color="#D55E00", lw=1, ls="--", label="rung / 7, median")
        ax.set_title(tie, fontsize=10)
        ax.set_ylim(0, 1)
    axes[0, 0].legend(fontsize=8, frameon=False)
    sheet.supxlabel("year")
    sheet.supylabel("depth (0..1)")
    sheet.savefig(path, metadata={"Date": None})


def main() -> None:
    import matplotlib as mpl

    mpl.rcParams["svg.hashsalt"] = "entente"
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    if draws < 4:
        raise InputError(f"{draws} draws: quartiles need four at least")
    prepare(print)
    tasks = list(enumerate(prior_draws(draws, SEED).to_dict(orient="records")))
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("forkserver")) as pool:
        found = list(pool.map(one_draw, tasks, chunksize=5))
        answers = list(pool.map(one_offer, tasks, chunksize=5))
    ties = pd.concat([f[0] for f in found])
    offers = pd.DataFrame([(s, *np.mean([a[s] for a in answers], axis=0)) for s in OFFERS])
    figure(ties, HERE / "behaviour.svg")
    text = page(ties, [f[1] for f in found], pd.DataFrame([f[2] for f in found]), offers, draws)
    (HERE / "behaviour.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
