"""Regenerate docs/behaviour.md and its figures: the whole formulation over draws from the prior ranges.

    python docs/behaviour.py [DRAWS] [--population FOLDER]

Two to three minutes for 200 draws on two cores. What is measured stands in behaviour_numbers.py; a folder of dyads
(behaviour_population.py) adds a minute. Its numbers are kept in behaviour-population.csv, from which the page is made
where no folder is given.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import behaviour_numbers as measured
import numpy as np
import pandas as pd
from behaviour_numbers import DATES, DOSES, OFFER_START, RELIEF_YEARS, RELIEFS, SETTINGS, SHOCKED, TIES, WITHIN
from behaviour_population import EXCHANGE, WORLDS, population
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente import InputError
from entente.engines.compiled.compiled import code_digest
from entente.engines.compiled.ensemble import prepare
from entente.evidence.hindcast.one import MODEL
from entente.experiments.prior import prior_draws
from entente.telling.drawing import images

HERE = Path(__file__).resolve().parent
POPULATION = HERE / "behaviour-population.csv"
DRAWS = 200
YEARS = (1992, 1995, 1998, 2001, 2004, 2007, 2010, 2014, 2018, 2022)
ENOUGH = 0.5
"""Gain in the chance of a new rung from which on a draw counts as answering a threat (claim C34)."""
SEEN = 0.01
"""Least share of runs of which a group is told."""
ONE = DOSES.index(1.0)
BLUE, SKY, RED, GREEN, ORANGE, GREY = "#0072B2", "#56B4E9", "#D55E00", "#009E73", "#E69F00", "#777777"
"""Colours that the colour-blind tell apart (Okabe and Ito)."""
LEFT_AT_EXPIRY, BROKEN = 2.3, 0.004
"""In ATOP: how many times likelier a member leaves in the year in which a term expires; members a year that break a pact."""

BEFORE = {
    "record Russia-China": 0.220, "record Shanghai": 0.025, "record Tashkent": 0.104, "record all": 0.117,
    "dyads": 0.173, "empty": 56, "bias": -0.9, "share": 0.17, "gain": 0.23,
}  # fmt: skip
"""Formulation 2, as measured when it was given up."""


# Tables


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    """A table of Markdown, its lines followed by an empty one."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return ["| " + " | ".join(map(str, cells)) + " |" for cells in lines] + [""]


def share(value: float) -> str:
    return f"{value:.2f}"


def rate(events: float, years: float) -> str:
    """Events a year, or a dash where there are no years."""
    return f"{events / years:.4f}" if years else "-"


def interval(low: float, high: float) -> str:
    return f"{low:+.3f} to {high:+.3f}"


# Parts of the page


def against_before(scores: measured.RecordScores, gains: np.ndarray, kept: pd.DataFrame | None) -> list[str]:
    """The numbers for which formulation 2 was given up, beside those of the present one."""
    by_draw = gains[:, :, :, ONE].mean(axis=(0, 1, 2))
    now = scores.scores
    rivals = ", ".join(f"{name} {now.loc[name, 'all']:.3f}" for name in now.index if name != MODEL)
    rows = [
        [f"record 1992-2001, rps: {tie}", f"{BEFORE[f'record {tie}']:.3f}", f"{now.loc[MODEL, tie]:.3f}",
         rivals if tie == "all" else ""]
        for tie in now.columns
    ]  # fmt: skip
    rows += [
        [
            "C34, four dates: share of draws",
            share(BEFORE["share"]),
            share((by_draw >= ENOUGH).mean()),
            "ratchet 0 by construction",
        ],
        [
            "C34, four dates: mean gain beyond the twin",
            f"{BEFORE['gain']:+.2f}",
            f"{by_draw.mean():+.2f}",
            "ratchet 0 by construction",
        ],
    ]
    if kept is not None:
        plain = numbers_of(kept, WORLDS[0])
        told = ", ".join(f"{name} {plain[name]:.3f}" for name in ("persistence", "ratchet", "chain"))
        rows += [
            [f"{plain['dyads']:.0f} dyads, mean rps", f"{BEFORE['dyads']:.3f}", f"{plain['model']:.3f}", told],
            *([f"the same, {world}", "", f"{numbers_of(kept, world)['model']:.3f}", ""] for world in WORLDS[1:] if world in set(kept["world"])),
            ["dyads at rung 0 in the end", BEFORE["empty"], f"{plain['empty']:.0f}", f"record {plain['empty_record']:.0f}"],
            ["bias of level, rungs", f"{BEFORE['bias']:+.1f}", f"{plain['bias']:+.1f}", ""],
        ]  # fmt: skip
    return [
        "## Against formulation 2", "",
        "Formulation 2 was measured once, when it was given up. Less is better for rps, the ranked probability score "
        "([Scoring](hindcast.md)).", "",
        *table(["", "formulation 2", "now", "others"], rows),
    ]  # fmt: skip


def history_part(found: measured.History) -> list[str]:
    ties = found.ties
    rows = []
    for tie in TIES:
        cells = []
        for year in YEARS:
            own = ties[(ties["tie"] == tie) & (ties["year"] == year)]
            d, r = (own[name].quantile([0.25, 0.5, 0.75]) for name in ("depth", "rung"))
            cells.append(f"{d[0.5]:.2f} ({d[0.25]:.2f}-{d[0.75]:.2f}); {r[0.5]:.0f} ({r[0.25]:.0f}-{r[0.75]:.0f})")
        rows.append([tie, *cells])
    return [
        "## Depth and rung, 1992 to 2022", "",
        "Median (quartiles) over the draws of `record-1992` each December: depth, then rung.", "",
        "![Depth and rung over the draws](behaviour.svg)", "",
        *table(["tie", *YEARS], rows),
    ]  # fmt: skip


def record_part(found: measured.RecordScores) -> list[str]:
    rows = [
        [name, *(f"{value:.4f}" for value in found.scores.loc[name])] for name in found.scores.index
    ]  # fmt: skip
    versus = [
        [name, f"{row['mean']:+.4f}", interval(row["draws_low"], row["draws_high"]), interval(row["cells_low"], row["cells_high"])]
        for name, row in found.versus.iterrows()
    ]  # fmt: skip
    return [
        "## The record 1992-2001", "",
        "Mean ranked probability score over the codings to August 2001; nothing of the model is fitted.", "",
        *table(["", *found.scores.columns], rows),
        "The two ratchets are fitted to this very record, which makes them harder rivals than one that is drawn from its "
        f"prior range: the first has its drift drawn as the record's likelihood weighs it, the second has one drift, "
        f"{found.drift:.3f} a month, which of {len(measured.DRIFTS)} from {measured.DRIFTS[0]:g} to {measured.DRIFTS[-1]:g} "
        "has the least score. The base rate is the record's own too.", "",
        "Model minus ratchet (below 0: the model is better), with 90 % intervals:", "",
        *table(["", "mean", "over draws", "over blocks of years"], versus),
        "The interval over draws tells only that enough runs were made: runs of both are drawn anew. The one over blocks "
        f"draws the cells anew, {measured.YEARS_IN_BLOCK} successive years of a tie together, and tells how far the record "
        f"carries. {found.cells} cells of {found.scores.shape[1] - 1} ties with overlapping parties are few: such blocks are "
        "still not independent, ties are not drawn anew, and the interval is too narrow.", "",
    ]  # fmt: skip


def shock_part(with_: np.ndarray, without: np.ndarray, gains: np.ndarray) -> list[str]:
    def row(name: str, own: np.ndarray) -> list[str]:
        """`own`: gains of a selection, shape (doses, draws)."""
        return [name, *(f"{each.mean():+.2f}; {(each >= ENOUGH).mean():.2f}" for each in own)]

    rows = [
        row(f"{tie}, {setting}", gains[s, :, n].mean(axis=0))
        for n, tie in enumerate(SHOCKED) for s, setting in enumerate(SETTINGS)
    ]  # fmt: skip
    rows += [row(f"both, {date}", gains[:, n].mean(axis=(0, 1))) for n, date in enumerate(DATES)]
    rows.append(row("both, all four dates", gains.mean(axis=(0, 1, 2))))
    lags = []
    for n, tie in enumerate(SHOCKED):
        cases = [("twin, no shock", without[:, :, n])]
        cases += [(f"{dose:g}", with_[:, :, n, d]) for d, dose in enumerate(DOSES)]
        lags += [[tie, label, *lag_cells(measured.first_new(own))] for label, own in cases]
    two = measured.new_rung(with_, 12, 2)[:, :, :, -1]
    calm = measured.new_rung(without, 12, 2)
    dose = f"{DOSES[-1]:.1f}"
    jumps = [
        [name, share((each.mean(axis=1) >= ENOUGH).mean()), share(each.mean()), share(twin.mean())]
        for name, each, twin in (
            *((tie, *(np.moveaxis(x[:, :, n], 2, 0).reshape(x.shape[3], -1) for x in (two, calm))) for n, tie in enumerate(SHOCKED)),
            ("both", *(np.moveaxis(x, 3, 0).reshape(x.shape[3], -1) for x in (two, calm))),
        )
    ]  # fmt: skip
    sources = "; ".join(f"{tie}: `{source}` for {', '.join(who)}" for tie, (_, source, who) in SHOCKED.items())
    return [
        "## A sudden threat", "",
        f"Claim C34: a shock of each size reaches all parties alike ({sources}) in August 2003, 2005, 2007 or 2009, in "
        f"`memo-2001` and in the same without random arrivals (quiet); {measured.REPLICATES} replicates a draw. The gain is the "
        f"chance of a rung above that of the month before within {WITHIN} months, minus that in the twin without the shock "
        f"under the same noise. Each cell: mean gain; share of draws whose own mean gain is {ENOUGH} or more.", "",
        *table(["", *(f"size {dose:g}" for dose in DOSES)], rows),
        "![New rungs after a shock, rungs lost after relief, quiet decades](behaviour-answers.svg)", "",
        "Months from the shock to the first new rung, over all dates and both settings; runs in which none comes within "
        f"{WITHIN} months count as later than that:", "",
        *table(["tie", "size", "lower quartile", "median", "upper quartile", "within 6", "within 12", "within 24"], lags),
        f"Two rungs or more within a year of a shock of {dose}:", "",
        *table(["", "draws in which half of the runs do", "runs", "runs of the twin"], jumps),
    ]  # fmt: skip


def lag_cells(months: np.ndarray) -> list[str]:
    """Quartiles of the months to the first new rung, and shares of runs that have it in time."""
    quartiles = np.quantile(months, [0.25, 0.5, 0.75], method="inverted_cdf")
    told = [f"{value:.0f}" if np.isfinite(value) else "later" for value in quartiles]
    return told + [share((months <= limit).mean()) for limit in (6, 12, WITHIN)]


def quiet_part(found: pd.DataFrame) -> list[str]:
    def cells(own: pd.DataFrame) -> list[str]:
        by_rung = own.groupby("rung")[["years", "rises", "falls"]].sum()
        return [
            f"{row.rises / row.years:.3f} / {row.falls / row.years:.3f} ({row.years})" if row.years else ""
            for row in by_rung.itertuples()
        ]

    rows = [[tie, *cells(own)] for tie, own in found.groupby("tie", sort=False)]
    return [
        "## Quiet decades", "",
        f"`memo-2001` without random arrivals and without calendar, ten years from {measured.QUIET_FROM}, "
        f"{measured.QUIET_REPLICATES} replicates a draw: rises / falls a year by the rung on which the tie stands at the "
        "beginning of the year (years observed).", "",
        *table(["tie", *(f"rung {n}" for n in range(7))], [*rows, ["all", *cells(found)]]),
    ]  # fmt: skip


def relief_part(found: pd.DataFrame) -> list[str]:
    rows = []
    for (variant, tie, far), own in found.groupby(["variant", "tie", "far"], sort=False):
        total = len(found[(found["variant"] == variant) & (found["tie"] == tie)])
        if len(own) < SEEN * total:
            continue
        lost = [f"{own[year].mean():.2f}" for year in RELIEF_YEARS]
        rows.append((variant, tie, far, [share(len(own) / total), *lost, share((own[3] >= 1).mean())]))
    order = {name: n for n, name in enumerate((*RELIEFS, *measured.RELIEVED))}
    rows.sort(key=lambda row: (order[row[0]], order[row[1]], not row[2]))
    aims = [
        [variant, share((own[own["far"]][3] >= 1).mean()), share((own[~own["far"]][3] >= 1).mean())]
        for variant, own in found.groupby("variant", sort=False)
    ]
    return [
        "## When threats go away", "",
        f"`memo-2001` in three variants: {RELIEFS[0]} (what came before fades), {RELIEFS[1]} (the tie opens with more organs "
        f"than it needs), {RELIEFS[2]} (the base of every source is 0 besides). Rungs lost by the end of so many years, apart for "
        "runs in which what is demanded (`demand`, times the number of steps) stood "
        f"{measured.FAR} rungs or more below the organs of the opening in some month of the first year, and for all others; below "
        f"0 where rungs were gained. {measured.RELIEF_REPLICATES} replicates a draw; groups of less than {SEEN:.0%} of the runs are left out.", "",
        *table(
            ["variant", "tie", "demand two rungs below", "share of runs", *(f"{y} y" for y in RELIEF_YEARS), "a rung within 3 y"],
            [[variant, tie, "yes" if far else "no", *cells] for variant, tie, far, cells in rows],
        ),
        "Share of runs that lose a rung within three years, all ties; the aim is 1 where demand fell that far, 0 where it did not:", "",
        *table(["variant", "where it fell", "where not"], aims),
    ]  # fmt: skip


def going_part(found: measured.History, draws: int) -> list[str]:
    rows = []
    for (treaty, state), own in found.comings.groupby(["treaty", "state"]):
        cells = []
        for kind in ("exit", "entry", "end"):
            these = own[own["kind"] == kind]
            year = f" ({these['year'].median():.0f})" if len(these) else ""
            cells.append(f"{these['draw'].nunique() / draws:.0%}{year}")
        rows.append([treaty, state or "all", *cells])
    moves, undone = np.array(found.moves).T
    n = found.leaving
    return [
        "## Coming and going", "",
        "Share of draws of `record-1992` with at least one (median year); what the calendar dates is left out, and so are "
        "treaties that another succeeds.", "",
        *table(["treaty", "state", "exit", "entry", "end"], rows),
        *leaving_table({"`record-1992`": n}),
        "## Rungs reversed within five years", "",
        f"{undone.sum()} of {moves.sum()} rung moves ({100 * undone.sum() / max(moves.sum(), 1):.1f} %) are undone by the "
        f"opposite move within five years; {(undone > 0).mean():.0%} of draws hold one. {found.leaps} moves are of two rungs "
        "or more in a month.", "",
        "## Months in which a balance or a bound fails", "",
        *table(["what", "months and things, all draws"], found.broken.items()),
    ]  # fmt: skip


def leaving_table(counts: dict[str, Any]) -> list[str]:
    """Exits and ends a member-year, by whether a term expires in the year."""
    rows = []
    for name, n in counts.items():
        at, other, none = (
            rate(n[f"ended_{kind}"], n[f"years_{kind}"]) for kind in ("expiry", "other", "termless")
        )
        often = n["years_expiry"] and n["ended_other"]
        times = (
            f"{n['ended_expiry'] / n['years_expiry'] * n['years_other'] / n['ended_other']:.1f}" if often else "-"
        )
        total = sum(n[f"years_{kind}"] for kind in ("expiry", "other", "termless"))
        exits, ended = (
            sum(n[f"{what}_{kind}"] for kind in ("expiry", "other", "termless")) for what in ("exits", "ended")
        )
        rows.append([name, rate(exits, total), rate(ended, total), at, other, times, none])
    return [
        "Members that leave, or whose treaty ends, a member-year: the year in which a term expires, other years of treaties "
        f"with a term, treaties without. In ATOP leaving is {LEFT_AT_EXPIRY} times likelier in the year of expiry, and {BROKEN} "
        "a member-year break their pact.", "",
        *table(["", "leave", "leave or end", "term expires", "other years", "times likelier", "no term"], rows),
    ]  # fmt: skip


def offer_part(found: pd.DataFrame) -> list[str]:
    rows = [[f"{row.size:g}", f"{row.accepted:.0%}", f"{row.down:.0%}"] for row in found.itertuples(index=False)]
    return [
        f"## Offers to Russia from {OFFER_START}, five years on", "",
        "`memo-2001` with random arrivals, one run a draw.", "",
        *table(["size", "accepted", "tie at least a fifth below its twin"], rows),
    ]  # fmt: skip


def population_part(kept: pd.DataFrame) -> list[str]:
    worlds = list(kept["world"].drop_duplicates())
    of = {world: numbers_of(kept, world) for world in worlds}
    first = of[worlds[0]]
    scores = [
        [label, *(f"{first[f'{name}{part}']:.3f}" for name in ("persistence", "ratchet", "chain")),
         *(f"{of[world][f'model{part}']:.3f}" for world in worlds)]
        for label, part in ((f"all {first['dyads']:.0f}", ""),
                            (f"{first['dyads_opening']:.0f} that open with their pact", "_opening"),
                            (f"{first['dyads_later']:.0f} whose pact is signed later", "_later"))
        if f"model{part}" in first
    ]  # fmt: skip
    gaps = [
        [f"model minus {name}", *(f"{n[f'minus_{name}']:+.3f} ({interval(n[f'minus_{name}_low'], n[f'minus_{name}_high'])}); "
                                  f"better in {n[f'better_{name}']:.0%}" for n in of.values())]
        for name in ("persistence", "ratchet", "chain")
    ]  # fmt: skip
    told = [
        ["bias of level, rungs", "", *(f"{n['bias']:+.2f}" for n in of.values())],
        ["at rung 0 in the end", f"{first['empty_record']:.0f}", *(f"{n['empty']:.0f}" for n in of.values())],
    ]
    told += [
        [f"{label} a year", f"{first[f'{name}_record']:.3f}", *(f"{n[name]:.3f}" for n in of.values())]
        for label, name in (("rises", "rises"), ("falls", "falls"), ("moves of two rungs or more", "leaps"))
    ]
    digest, draws = str(kept["code"].iloc[0]), int(kept["draws"].iloc[0])
    stale = (
        ""
        if digest == code_digest()
        else " They were measured with an earlier version of the code than the rest of this page."
    )
    return [
        "## A population of dyads", "",
        "Small worlds of two states, built from public data alone with no judgement per case: rivals of a member are the sources "
        "of threat, militarized disputes with them the shocks, clauses of the pact its articles. Each is scored on the record of "
        "practice of its dyad over up to 25 years, all of them forecast from the first. The user builds the folder from ATOP 5.1 "
        "(Leeds et al. 2002), National Material Capabilities (Singer et al. 1972), militarized disputes (GML MID; Gibler et al. "
        "2016) and strategic rivalries (Thompson et al. 2021), and the record from ATOP, DCAD (Kinne 2020), MME (D'Orazio and "
        "Galambos 2021) and counts of troops abroad (McManus and Nieman 2019); no data ship with the project. `python "
        "docs/behaviour.py --population FOLDER` scores the dyads that `keep.txt` in the folder names, or else all that begin "
        f"with a tie. The numbers here are of the development half, {draws} draws a dyad.{stale}", "",
        "Every baseline is told the rung of the year before the first that is scored. So is the model where the pact stands from "
        "the beginning; where it is signed later, the model is told nothing of the tie before. The ratchet (rises as often as in "
        "the population) and the chain (a Markov chain from rung to rung) are estimated for each dyad on all other records of the "
        f"folder, {first['records'] - 1:.0f} of them. Exchange is coded 0 for all parties, then {EXCHANGE:g} for all"
        + (", then as the folder codes it; the one measured here codes it by gravity (Tinbergen 1962), `(log10(c1*c2) + 7)/5` within 0 to 1 "
           "for the two states' shares of world capability at the start, which was chosen on these very dyads." if len(worlds) > 2 else "; the folder codes none itself."), "",
        "Mean ranked probability score:", "",
        *table(["dyads", "persistence", "ratchet", "chain", *(f"model, {world}" for world in worlds)], scores),
        "Difference over all dyads, with 90 % intervals over dyads:", "",
        *table(["", *worlds], gaps),
        *table(["", "record", *worlds], told),
        *leaving_table({world: {k: int(v) for k, v in n.items() if k.startswith(("years_", "exits_", "ended_"))} for world, n in of.items()}),
    ]  # fmt: skip


def numbers_of(kept: pd.DataFrame, world: str) -> dict[str, float]:
    own = kept[kept["world"] == world]
    return dict(zip(own["number"], own["value"], strict=True))


# Figures


def history_figure(ties: pd.DataFrame) -> Figure:
    """Median and quartiles of depth, with the median rung, one panel a tie."""
    sheet = Figure(figsize=(11, 5.5), layout="constrained")
    axes = sheet.subplots(2, 4, sharex=True, sharey=True)
    for ax, tie in zip(axes.flat, TIES, strict=True):
        own = ties[ties["tie"] == tie].groupby("year")
        depth, rung = own["depth"].quantile([0.25, 0.5, 0.75]).unstack(), own["rung"].median()
        ax.fill_between(
            depth.index, depth[0.25], depth[0.75], color=SKY, alpha=0.5, lw=0, label="depth, quartiles"
        )
        ax.plot(depth.index, depth[0.5], color=BLUE, label="depth, median")
        ax.step(rung.index, rung / 7, where="mid", color=RED, lw=1, ls="--", label="rung / 7, median")
        ax.set_title(tie, fontsize=10)
        ax.set_ylim(0, 1)
    axes[0, 0].legend(fontsize=8, frameon=False)
    sheet.supxlabel("year")
    sheet.supylabel("depth (0..1)")
    return sheet


def answers_figure(with_: np.ndarray, without: np.ndarray, relief: pd.DataFrame, quiet: pd.DataFrame) -> Figure:
    """New rungs after a shock by month, rungs lost after relief by year, moves in quiet decades by rung."""
    sheet = Figure(figsize=(11, 3.8), layout="constrained")
    sudden, calm, still = sheet.subplots(1, 3)
    months = np.arange(WITHIN + 1)
    for label, own, colour, style in (
        ("no shock", without, GREY, ":"),
        *((f"{d:g}", with_[:, :, :, n], (SKY, BLUE, ORANGE, RED)[n], "-") for n, d in enumerate(DOSES)),
    ):  # fmt: skip
        first = measured.first_new(own)
        sudden.plot(months, [(first <= m).mean() for m in months], color=colour, ls=style, label=label)
    sudden.set(
        title="A sudden threat",
        xlabel="months since the shock",
        ylabel="share of runs with a new rung",
        ylim=(0, 1),
    )
    sudden.set_xticks(range(0, WITHIN + 1, 6))
    sudden.legend(title="size of shock", fontsize=8, title_fontsize=8, frameon=False, loc="upper left")
    relief_lines(calm, relief[relief["variant"] == RELIEFS[0]])
    pooled = quiet.groupby("rung")[["years", "rises", "falls"]].sum().query("years > 0")
    still.bar(pooled.index - 0.2, pooled["rises"] / pooled["years"], 0.4, color=BLUE, label="rises")
    still.bar(pooled.index + 0.2, pooled["falls"] / pooled["years"], 0.4, color=ORANGE, label="falls", hatch="//")
    still.set(
        title="Quiet decades", xlabel="rung at the beginning (years observed)", ylabel="moves a year, all ties"
    )
    still.set_xticks(pooled.index, [f"{rung}\n({years})" for rung, years in pooled["years"].items()])
    still.legend(fontsize=8, frameon=False, loc="upper left")
    return sheet


def relief_lines(ax: Axes, found: pd.DataFrame) -> None:
    """Mean rungs lost by year, one line a tie and whether demand fell far."""
    for tie, colour, mark in zip(measured.RELIEVED, (BLUE, GREEN, ORANGE, GREY), "osD^", strict=True):
        ax.plot([], [], color=colour, marker=mark, ms=3, label=tie)
        for far, style in ((True, "-"), (False, "--")):
            own = found[(found["tie"] == tie) & (found["far"] == far)]
            if len(own) >= SEEN * len(found[found["tie"] == tie]):
                means = [0, *(own[year].mean() for year in RELIEF_YEARS)]
                ax.plot([0, *RELIEF_YEARS], means, color=colour, ls=style, marker=mark, ms=3)
    ax.plot([], [], color="black", ls="-", label="demand two rungs below")
    ax.plot([], [], color="black", ls="--", label="demand nearer")
    ax.set(title="No threats after the opening", xlabel="years", ylabel="rungs lost, mean of runs")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.4 * (high - low))
    ax.legend(fontsize=7, frameon=False, loc="upper left", ncols=2)


# The whole


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Regenerate docs/behaviour.md and its figures.")
    parser.add_argument("draws", nargs="?", type=int, default=DRAWS, help="draws from the prior ranges")
    parser.add_argument(
        "--population", type=Path, metavar="FOLDER", help="scenarios of dyads with a record beside each"
    )
    given = parser.parse_args()
    if given.draws < 4:
        raise InputError(f"{given.draws} draws: quartiles need four at least")
    return given


def main() -> None:
    given = arguments()
    prepare(print)
    drawn = prior_draws(given.draws, measured.SEED)
    began = time.perf_counter()

    def done(what: str) -> None:
        print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)

    if given.population is not None:
        found = population(given.population, given.draws)
        found.assign(draws=given.draws, code=code_digest()).to_csv(
            POPULATION, index=False, float_format="%.6g", lineterminator="\n"
        )
        done("population")
    kept = pd.read_csv(POPULATION) if POPULATION.exists() else None
    history = measured.history(drawn)
    offers = measured.offers(drawn)
    done("history and offers")
    scores = measured.record_scores(given.draws)
    done("record")
    with_, without = measured.shocks(drawn)
    risen = measured.new_rung(with_).astype(float) - measured.new_rung(without)[:, :, :, np.newaxis]
    gains = risen.mean(axis=-1)
    done("shocks")
    quiet, relief = measured.quiet(drawn), measured.relief(drawn)
    done("quiet and relief")
    lines = [
        "# What the formulation does, over its prior ranges", "",
        f"Everything here is measured over {given.draws} draws (Latin hypercube over the prior ranges) and written by "
        f"`python docs/behaviour.py {given.draws}`. It follows from the equations, the dated calendar of outside shocks and "
        "judgement; nothing was fitted, neither to the record to August 2001 nor to what came later.", "",
        *against_before(scores, gains, kept), *history_part(history), *record_part(scores),
        *shock_part(with_, without, gains), *quiet_part(quiet), *relief_part(relief),
        *going_part(history, given.draws), *offer_part(offers), *(population_part(kept) if kept is not None else []),
    ]  # fmt: skip
    (HERE / "behaviour.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    pictures = {
        "behaviour": history_figure(history.ties),
        "behaviour-answers": answers_figure(with_, without, relief, quiet),
    }
    for name, figure in pictures.items():
        (HERE / f"{name}.svg").write_bytes(images(figure)["svg"])
    done("page")


if __name__ == "__main__":
    main()
