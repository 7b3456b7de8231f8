"""What docs/behaviour.py measures: numbers of many runs over draws from the prior ranges, each with noise of its own.

Every function takes draws (rows of dotted paths) and gives arrays or frames; nothing here writes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from entente import hindcast
from entente.analysis.runs import run_rows
from entente.evidence.baselines import ratchet_rungs
from entente.evidence.hindcast.one import BASE_RATE, MODEL, PERSISTENCE, RATCHET
from entente.evidence.record import Record
from entente.evidence.score import probabilities, rps
from entente.schema.base import month_number, month_text
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.pack import World, pack
from entente.world.trajectory import quantities

SEED = 2001
TIES = {"Russia-China": ("rus-chn-1992", "rus-chn-2001"), "Shanghai": ("shanghai-1996", "shanghai-2001"),
        "Tashkent": ("tashkent",), "Russia-Kazakhstan": ("rus-kaz",), "Russia-Kyrgyzstan": ("rus-kgz",),
        "Russia-Uzbekistan": ("rus-uzb",), "Russia-Turkmenistan": ("rus-tkm",), "Russia-Tajikistan": ("rus-tjk",)}  # fmt: skip
BILATERAL = ("rus-kaz", "rus-kgz", "rus-uzb", "rus-tkm", "rus-tjk")
AT_A_TIME = 20
"""Draws of which every recorded number is held at once."""
RUNS, ENDS = 1.0, 2.0
"""What `status` says of a treaty that runs, and of one that has ended."""


def later(month: str, by: int) -> str:
    """The month `by` months on."""
    return month_text(month_number(month) + by)


def values_of(
    scenario: Scenario,
    draws: pd.DataFrame,
    outcomes: list[str],
    replicates: int = 1,
    worlds: pd.DataFrame | None = None,
) -> np.ndarray:
    """Outcomes of each draw, replicate and row of `worlds` (more columns), shape (worlds, draws, replicates, outcomes).

    All worlds hear the same noise; no two draws or replicates do.
    """
    several = pd.DataFrame(index=[0]) if worlds is None else worlds
    single = draws.loc[draws.index.repeat(replicates)].reset_index(drop=True)
    rows = pd.concat([single.assign(**world) for world in several.to_dict("records")], ignore_index=True)
    noise = np.tile(np.arange(len(single), dtype=np.int64), len(several))
    found = run_rows(scenario, rows, noise, SEED, outcomes).outcomes[outcomes].to_numpy(dtype=float)
    return found.reshape(len(several), len(draws), replicates, len(outcomes))


# What `record-1992` does from 1992 to 2022


@dataclass
class History:
    """`record-1992` over the draws: ties each December, what comes and goes, moves of rungs, and what is broken."""

    ties: pd.DataFrame
    comings: pd.DataFrame
    moves: list[tuple[int, int]]
    leaps: int
    broken: Counter[str]
    leaving: Counter[str]
    """Member-years and exits, as `leaving` counts them."""


def history(draws: pd.DataFrame) -> History:
    """Run `record-1992` once a draw, and look at every recorded number of every month."""
    scenario = load_scenario("record-1992")
    world = pack(scenario)
    names = recorded(world)
    found = History(pd.DataFrame(), pd.DataFrame(), [], 0, Counter(), Counter())
    succeeded = {treaty.succeeds for treaty in scenario.treaties.values()}
    ties, comings = [], []
    for at in range(0, len(draws), AT_A_TIME):
        some = draws.iloc[at : at + AT_A_TIME]
        noise = np.arange(at, at + len(some), dtype=np.int64)
        kept = run_rows(scenario, some, noise, SEED, list(names), keep="monthly").trajectories
        months = kept["month"].iloc[: len(kept) // len(some)].tolist()
        table = kept[list(names)].to_numpy(dtype=float).reshape(len(some), len(months), -1)
        t = {
            quantity: table[:, :, [n for n, (own, _) in enumerate(names.values()) if own == quantity]].reshape(
                len(some), len(months), *shape
            )
            for quantity, shape in shapes(world).items()
        }
        found.broken.update(broken(t))
        for n in range(len(some)):
            found.moves.append(reversals(t["rung"][n], t["status"][n]))
        both = (t["status"][:, 1:] == RUNS) & (t["status"][:, :-1] == RUNS)
        found.leaps += int((both & (np.abs(np.diff(t["rung"], axis=1)) > 1)).sum())
        for p, id_ in enumerate(world.treaties):
            if id_ not in succeeded:
                own = [t[name][:, :, p] for name in ("status", "term_end", "member", "left")]
                found.leaving.update(leaving(*own, int(months[0][5:])))
        ties.append(decembers(t, months, world, at))
        comings.append(comings_of(t, months, world, at))
    found.ties, found.comings = pd.concat(ties, ignore_index=True), pd.concat(comings, ignore_index=True)
    return found


def shapes(world: World) -> dict[str, tuple[int, ...]]:
    """Each recorded quantity and how many things it runs over."""
    sizes = {"s": len(world.states), "k": len(world.sources), "t": len(world.treaties)}
    return {
        name: tuple(sizes[axis] for axis in quantity.over)
        for name, quantity in quantities(world.mechanisms).items()
    }


def recorded(world: World) -> dict[str, tuple[str, str]]:
    """The name of every recorded number, with its quantity and its things."""
    ids = {"s": world.states, "k": world.sources, "t": world.treaties}
    found = {}
    for name, quantity in quantities(world.mechanisms).items():
        for things in product(*(ids[axis] for axis in quantity.over)):
            found[f"{name}:{'/'.join(things)}" if things else name] = (name, "/".join(things))
    return found


def broken(t: dict[str, np.ndarray]) -> dict[str, int]:
    """Months and things in which a balance or a bound fails."""
    runs = t["status"] == RUNS
    return {
        "payments do not balance": int((np.abs(t["received"].sum(axis=3) - t["paid"].sum(axis=3)) > 1e-12).sum()),
        "a number is not finite": int(sum((~np.isfinite(values)).sum() for values in t.values())),
        "depth outside 0..1": int(((t["depth"] < 0) | (t["depth"] > 1)).sum()),
        "rung outside 0..6, or no whole number": int(
            ((t["rung"] < 0) | (t["rung"] > 6) | (t["rung"] != np.rint(t["rung"]))).sum()
        ),
        "perceived threat outside 0..2": int(((t["perception"] < 0) | (t["perception"] > 2)).sum()),
        "a treaty runs with fewer than two parties": int(((t["member"].sum(axis=3) < 2) & runs).sum()),
    }


def reversals(rung: np.ndarray, status: np.ndarray) -> tuple[int, int]:
    """Rung moves of a run, and those undone by the opposite move of the same treaty within five years."""
    made = undone = 0
    for p in range(rung.shape[1]):
        steps = np.diff(rung[:, p]) * (status[1:, p] == RUNS) * (status[:-1, p] == RUNS)
        at = np.flatnonzero(steps)
        made += len(at)
        undone += int(((np.sign(steps[at[1:]]) != np.sign(steps[at[:-1]])) & (np.diff(at) <= 60)).sum())
    return made, undone


def decembers(t: dict[str, np.ndarray], months: list[str], world: World, first: int) -> pd.DataFrame:
    """Depth and rung of each tie at the end of each year: of its treaties the highest."""
    rows = [n for n, month in enumerate(months) if month.endswith("-12")]
    years, draws = [int(months[n][:4]) for n in rows], len(t["rung"])
    found = []
    for tie, ids in TIES.items():
        places = [world.treaties.index(id_) for id_ in ids]
        numbers = {name: t[name][:, rows][:, :, places].max(axis=2).ravel() for name in ("depth", "rung")}
        keys = {"draw": np.repeat(np.arange(first, first + draws), len(rows)), "tie": tie, "year": years * draws}
        found.append(pd.DataFrame(keys | numbers))
    return pd.concat(found)


def comings_of(t: dict[str, np.ndarray], months: list[str], world: World, first: int) -> pd.DataFrame:
    """Exits and entries that no calendar dates, and treaties that end without a successor: a row each."""
    dated = {
        (one.kind, one.treaty, one.state, one.month)
        for one in world.scenario.interventions.values()
        if one.kind in ("exit", "entry")
    }
    succeeded = {treaty.succeeds for treaty in world.scenario.treaties.values()}
    running, joined = t["status"][:, :-1] == RUNS, np.diff(t["member"], axis=1) > 0
    found = [("exit", *where) for where in np.argwhere(t["left"] > 0)]
    found += [("entry", d, m + 1, p, i) for d, m, p, i in np.argwhere(joined & running[..., np.newaxis])]
    found += [("end", d, m + 1, p, -1) for d, m, p in np.argwhere(running & (t["status"][:, 1:] == ENDS))]
    rows = []
    for kind, d, m, p, i in found:
        treaty, state = world.treaties[p], world.states[i] if i >= 0 else ""
        if (kind, treaty, state, months[m]) not in dated and not (kind == "end" and treaty in succeeded):
            rows.append((first + d, kind, treaty, state, int(months[m][:4])))
    return pd.DataFrame(rows, columns=["draw", "kind", "treaty", "state", "year"])


def leaving(
    status: np.ndarray, term_end: np.ndarray, member: np.ndarray, left: np.ndarray, first: int
) -> dict[str, int]:
    """Member-years of a treaty, those in which the state leaves, and those in which it leaves or the treaty ends.

    Apart for calendar years in which a term expires, other years with a term, and years without. Arrays have the
    shape (runs, months) or (runs, months, states); `first` is the calendar month of the first, `term_end` counts
    months from it. A state that is a party in any month of a year has a member-year.
    """
    year = (first - 1 + np.arange(status.shape[1])) // 12
    ends = term_end.astype(int)
    over = (np.diff(status, axis=1, prepend=status[:, :1]) > 0) & (status == ENDS)
    expires = (ends >= 0) & (ends < len(year)) & (year[np.clip(ends, 0, len(year) - 1)] == year)
    found: Counter[str] = Counter()
    for at in range(year[-1] + 1):
        own = year == at
        gone = (left[:, own] > 0).any(axis=1)
        here = (member[:, own] > 0).any(axis=1) | gone
        ended = gone | (here & over[:, own].any(axis=1)[:, np.newaxis])
        due, bound = expires[:, own].any(axis=1), (ends[:, own] >= 0).any(axis=1)
        for name, which in (("expiry", due), ("other", bound & ~due), ("termless", ~bound & ~due)):
            for what, shares in (("years", here), ("exits", gone), ("ended", ended)):
                found[f"{what}_{name}"] += int(shares[which].sum())
    return dict(found)


# Offers

OFFERS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
OFFER_START, OFFER_END, DOWN = "2001-09", "2006-09", 0.8


def offers(draws: pd.DataFrame) -> pd.DataFrame:
    """For each size of a package to Russia the share of draws that accept it, and whose tie is a fifth below its twin."""
    offer = {"kind": "offer", "month": OFFER_START, "power": "USA", "state": "RUS", "size": 0}
    scenario = load_scenario("memo-2001", {"months": 62, "interventions.package": offer})
    names = [f"{what}@{OFFER_END}" for what in ("depth:rus-chn-2001", "offer:RUS", "price:RUS")]
    sizes = pd.DataFrame({"interventions.package.size": [0.0, *OFFERS]})
    depth, offered, price = np.moveaxis(values_of(scenario, draws, names, worlds=sizes)[:, :, 0], 2, 0)
    taken, down = (offered > price)[1:].mean(axis=1), (depth[1:] < DOWN * depth[0]).mean(axis=1)
    return pd.DataFrame({"size": OFFERS, "accepted": taken, "down": down})


# The record 1992-2001

DRIFTS = np.round(np.linspace(0.002, 0.06, 59), 3)
RESAMPLES, YEARS_IN_BLOCK = 2000, 3
LEVELS = (5, 95)
"""Percentiles that bound a 90 % interval."""
BY_LIKELIHOOD, BY_SCORE = "ratchet, drift by likelihood", "ratchet, drift by least score"


@dataclass
class RecordScores:
    """Mean ranked probability scores by forecast (rows) and tie (columns), and model minus the ratchets."""

    scores: pd.DataFrame
    drift: float
    cells: int
    versus: pd.DataFrame
    """A row a ratchet: mean difference and its 90 % interval over draws, and over blocks of cells."""


def record_scores(draws: int) -> RecordScores:
    """Score `record-1992` on the record from 1992 to 2001, with a ratchet whose drift is fitted to that very record."""
    found = hindcast("record-1992", "rungs-1992-2001", "prior", draws=draws, seed=SEED)
    record = found.record
    drifting = ratchet_rungs(DRIFTS, SEED)
    totals = [float(rps(probabilities(rungs), record.codings).mean()) for rungs in drifting]
    best = int(np.argmin(totals))
    runs = {BY_LIKELIHOOD: found.runs[RATCHET], BY_SCORE: drifting[best]}
    forecasts = {
        MODEL: found.forecasts[MODEL], **{name: probabilities(rungs) for name, rungs in runs.items()},
        "persistence": found.forecasts[PERSISTENCE], "base rate": found.forecasts[BASE_RATE],
    }  # fmt: skip
    each = {name: rps(forecast, record.codings) for name, forecast in forecasts.items()}
    table = pd.DataFrame(
        {
            name: {**{tie: s[record.of(tie)].mean() for tie in record.ties}, "all": s.mean()}
            for name, s in each.items()
        }
    ).T
    rng = np.random.default_rng(SEED)
    versus = {
        name: [
            float((each[MODEL] - each[name]).mean()),
            *over_draws(found.runs[MODEL], rungs, record, rng),
            *over_cells(each[MODEL] - each[name], record, rng),
        ]
        for name, rungs in runs.items()
    }
    columns = ["mean", "draws_low", "draws_high", "cells_low", "cells_high"]
    return RecordScores(table, float(DRIFTS[best]), len(record.cells), pd.DataFrame(versus, index=columns).T)


def over_draws(ours: np.ndarray, theirs: np.ndarray, record: Record, rng: np.random.Generator) -> list[float]:
    """90 % interval of the mean difference of scores where the runs of both are drawn anew."""

    def total(rungs: np.ndarray) -> float:
        again = rungs[rng.integers(len(rungs), size=len(rungs))]
        return float(rps(probabilities(again), record.codings).mean())

    return np.percentile([total(ours) - total(theirs) for _ in range(RESAMPLES)], LEVELS).tolist()


def over_cells(difference: np.ndarray, record: Record, rng: np.random.Generator) -> list[float]:
    """90 % interval of the mean difference where blocks of successive years of each tie are drawn anew."""
    means = np.zeros(RESAMPLES)
    for tie in record.ties:
        own = difference[record.of(tie)]
        blocks = -(-len(own) // YEARS_IN_BLOCK)
        starts = rng.integers(len(own), size=(RESAMPLES, blocks, 1))
        # Around the end, so that every year is as likely as any other.
        places = ((starts + np.arange(YEARS_IN_BLOCK)) % len(own)).reshape(RESAMPLES, -1)[:, : len(own)]
        means += own[places].sum(axis=1)
    return np.percentile(means / len(difference), LEVELS).tolist()


# A sudden threat (claim C34)

SHOCKED = {"Russia-China": ("rus-chn-2001", "md", ("RUS", "CHN")),
           "Shanghai": ("shanghai-2001", "militancy", ("RUS", "CHN", "KAZ", "KGZ", "TJK", "UZB"))}  # fmt: skip
DATES = ("2003-08", "2005-08", "2007-08", "2009-08")
DOSES = (0.25, 0.5, 1.0, 2.0)
SETTINGS = {"quiet": {"switches.arrivals": False}, "memo-2001": {}}
WITHIN, REPLICATES = 24, 8


def shocks(draws: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Rungs gained by each month from a shock on, with the shock and in the twin.

    Shapes (settings, dates, ties, doses, draws, replicates, months 0..24) and the same without doses.
    """
    with_, without = [], []
    for changes, date in product(SETTINGS.values(), DATES):
        shock = {
            f"interventions.sudden{n}": {
                "kind": "shock", "month": date, "source": source, "size": 0, "weights": dict.fromkeys(parties, 1),
            }
            for n, (_, source, parties) in enumerate(SHOCKED.values())
        }  # fmt: skip
        base = load_scenario("memo-2001")
        months = month_number(date) + WITHIN + 1 - month_number(base.start)
        scenario = load_scenario(base, {"months": months, **changes, **shock})
        sizes = [f"interventions.sudden{n}.size" for n in range(len(SHOCKED))]
        worlds = [dict.fromkeys(sizes, 0.0)] + [{**dict.fromkeys(sizes, 0.0), s: d} for s in sizes for d in DOSES]
        names = [f"rung:{t}@{later(date, k)}" for t, _, _ in SHOCKED.values() for k in range(-1, WITHIN + 1)]
        rungs = values_of(scenario, draws, names, REPLICATES, pd.DataFrame(worlds))
        rungs = rungs.reshape(*rungs.shape[:-1], len(SHOCKED), -1)
        gained = (rungs[..., 1:] - rungs[..., :1]).astype(np.int8)
        own = gained[1:].reshape(len(SHOCKED), len(DOSES), *gained.shape[1:])
        with_.append(np.stack([own[n][..., n, :] for n in range(len(SHOCKED))]))
        without.append(np.moveaxis(gained[0], 2, 0))
    lead = (len(SETTINGS), len(DATES))
    return (
        np.stack(with_).reshape(*lead, *with_[0].shape),
        np.stack(without).reshape(*lead, *without[0].shape),
    )


def new_rung(gained: np.ndarray, within: int = WITHIN, rungs: int = 1) -> np.ndarray:
    """Whether the rung is higher by `rungs` in any month up to `within` months on."""
    return np.asarray((gained[..., : within + 1] >= rungs).any(axis=-1))


def first_new(gained: np.ndarray) -> np.ndarray:
    """Months from the shock to the first new rung; infinite where none comes in the months watched."""
    higher = gained > 0
    return np.where(higher.any(axis=-1), higher.argmax(axis=-1).astype(float), np.inf)


# Quiet decades, and what happens when threats go away

QUIET_FROM, QUIET_YEARS, QUIET_REPLICATES = "2011-07", 10, 4
STANDING = {tie: ids[-1] for tie, ids in TIES.items()}
"""The treaty of each tie that runs from August 2001 on."""


def quiet(draws: pd.DataFrame) -> pd.DataFrame:
    """Years in which a treaty runs, by tie and rung at their beginning, with those in which it rises and falls."""
    scenario = load_scenario("memo-2001", {"switches.arrivals": False, "switches.calendar": False})
    months = [later(QUIET_FROM, 12 * n) for n in range(QUIET_YEARS + 1)]
    names = [
        f"{what}:{id_}@{month}" for what in ("rung", "status") for id_ in STANDING.values() for month in months
    ]
    found = values_of(scenario, draws, names, QUIET_REPLICATES).reshape(-1, 2, len(STANDING), len(months))
    rows = []
    for n, tie in enumerate(STANDING):
        rung, runs = found[:, 0, n], found[:, 1, n] == RUNS
        both, change = runs[:, 1:] & runs[:, :-1], np.diff(rung, axis=1)
        for at in range(7):
            here = both & (rung[:, :-1] == at)
            rows.append(
                (tie, at, int(here.sum()), int((here & (change > 0)).sum()), int((here & (change < 0)).sum()))
            )
    return pd.DataFrame(rows, columns=["tie", "rung", "years", "rises", "falls"])


RELIEF_YEARS = (1, 2, 3, 5, 10, 20)
RELIEF_REPLICATES, FAR = 4, 2
RELIEFS = ("no threats after the opening", "nor dated ones before it", "nor lasting ones")
RELIEVED = {tie: (tie,) for tie in ("Russia-China", "Shanghai", "Tashkent")} | {
    "Russia's bilateral treaties": tuple(tie for tie, ids in TIES.items() if ids[0] in BILATERAL)
}


def relief(draws: pd.DataFrame) -> pd.DataFrame:
    """Rungs lost after relief, a row a run, treaty and variant, and whether demand soon stood two rungs below the organs."""
    base = load_scenario("memo-2001")
    gone = {f"sources.{id_}.rate": 0 for id_ in base.sources}
    dated = {"switches.calendar": False}
    lasting = {f"sources.{id_}.base": 0 for id_ in base.sources}
    months = {"months": 12 * max(RELIEF_YEARS) + 1}
    steps = int(base.institution.steps)
    ties, frames = list(STANDING.values()), []
    names = [f"rung:{id_}@{later(base.start, 12 * y)}" for id_ in ties for y in (0, *RELIEF_YEARS)]
    demands = [f"demand:{id_}@{later(base.start, k)}" for id_ in ties for k in range(1, 13)]
    for variant, changes in zip(RELIEFS, (gone, gone | dated, gone | dated | lasting), strict=True):
        found = values_of(load_scenario(base, changes | months), draws, names + demands, RELIEF_REPLICATES)[0]
        rungs = found[..., : len(names)].reshape(-1, len(ties), 1 + len(RELIEF_YEARS))
        lowest = steps * found[..., len(names) :].reshape(-1, len(ties), 12).min(axis=2)
        for group, members in RELIEVED.items():
            for n in (list(STANDING).index(tie) for tie in members):
                lost = rungs[:, n, :1] - rungs[:, n, 1:]
                keys = {"tie": group, "variant": variant, "far": rungs[:, n, 0] - lowest[:, n] >= FAR}
                frames.append(pd.DataFrame(dict(zip(RELIEF_YEARS, lost.T, strict=True))).assign(**keys))
    return pd.concat(frames, ignore_index=True)
