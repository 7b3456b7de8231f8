"""The fan: where treaties may go from a month on, over many futures; and what a lever would change in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entente.engines.compiled.ensemble import simulate
from entente.experiments.futures import QUANTITIES, futures
from entente.schema.scenario import Scenario
from entente.telling.tables import FUTURE_SHARES, RUNNING_SHARE
from entente.world.draws import Floats

RUNS = 200
LEAST_RUNNING = 0.05
"""Share of futures in which a treaty must be in force for its band to be drawn."""
EDGES = ("median", *(f"{side}_{share}" for share in FUTURE_SHARES for side in ("low", "high")))
INTERVAL = (0.05, 0.95)
"""Quantiles between which nine in ten futures lie."""

Bands = dict[str, dict[str, Floats]]


@dataclass(frozen=True)
class Parting:
    """Whose futures are wanted: a scenario, that of its twin where there is one, a seed, and after how many months they part."""

    scenario: Scenario
    twin: Scenario | None
    seed: int
    months: int


@dataclass(frozen=True)
class Fan:
    """Bands over futures that part after `months` months: by treaty, then by quantity and edge, a number a month.

    `practice_median`, `practice_low_90` and so on are depths, `organs_...` rungs; NaN where too few futures have the
    treaty in force. `twin` are those of the twin, from its own past.
    """

    months: int
    runs: int
    bands: Bands
    twin: Bands | None = None


def fan_of(parting: Parting, runs: int = RUNS) -> Fan:
    """The futures of a run of a seed, and of its twin, from the end of a month on; the past is the run's own."""
    twin = None if parting.twin is None else _bands(parting.twin, parting, runs)
    return Fan(parting.months, runs, _bands(parting.scenario, parting, runs), twin)


def _bands(scenario: Scenario, parting: Parting, runs: int) -> Bands:
    table = futures(scenario, parting.seed, runs, shared=parting.months)
    bands: Bands = {}
    for treaty, own in table.groupby("treaty", sort=False):
        seldom = own[RUNNING_SHARE].to_numpy() < LEAST_RUNNING
        bands[str(treaty)] = {
            f"{quantity}_{edge}": np.where(seldom, np.nan, own[f"{quantity}_{edge}"].to_numpy())
            for quantity in ("practice", "organs")
            for edge in EDGES
        }
    return bands


@dataclass(frozen=True)
class Effect:
    """What a lever would have changed in one treaty after some months, over futures paired by their noise.

    `practice` is the median difference in depth and the ends between which nine in ten lie; `lower` and `higher` are
    shares of futures in which it stands on a lower or higher rung; `gone` and `kept` those in which it is in force without the
    lever only, and with it only. A treaty that is not in force has depth and rung 0.
    """

    treaty: str
    practice: tuple[float, float, float]
    lower: float
    higher: float
    gone: float
    kept: float


def effects_of(parting: Parting, pulled: Scenario, at: Sequence[int], runs: int = RUNS) -> list[list[Effect]]:
    """What a scenario with a further lever changes by the ends of some months of the run, for every treaty."""
    treaties = list(parting.scenario.treaties)
    before, after = (_standing(scenario, treaties, parting, at, runs) for scenario in (parting.scenario, pulled))
    found = []
    for n in range(len(at)):
        change = {name: after[name][n] - before[name][n] for name in after}
        found.append(
            [_effect(treaty, *(change[name][p] for name in QUANTITIES)) for p, treaty in enumerate(treaties)]
        )
    return found


def _effect(treaty: str, status: Floats, depth: Floats, rung: Floats) -> Effect:
    low, high = np.quantile(depth, INTERVAL)
    practice = (float(np.median(depth)), float(low), float(high))
    return Effect(treaty, practice, *(float(some.mean()) for some in (rung < 0, rung > 0, status < 0, status > 0)))


def _standing(
    scenario: Scenario, treaties: Sequence[str], parting: Parting, at: Sequence[int], runs: int
) -> dict[str, Floats]:
    """Whether each treaty is in force, its depth and its rung, shape (months asked for, treaties, runs)."""
    names = [f"{name}:{treaty}" for name in QUANTITIES for treaty in treaties]
    series = simulate(
        scenario, replicates=runs, seed=parting.seed, outcomes=names, keep="monthly", shared=parting.months
    ).trajectories
    months = len(series) // runs
    rows = [month - 1 for month in at]
    kept = series[names].to_numpy(dtype=np.float64).reshape(runs, months, len(QUANTITIES), len(treaties))[:, rows]
    status, depth, rung = kept.transpose(2, 1, 3, 0)
    running = (status == 1).astype(np.float64)
    return {"status": running, "depth": depth * running, "rung": rung * running}
