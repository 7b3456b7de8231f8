"""Futures of a scenario: where its treaties stand in many runs of it, month by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from entente.engines.compiled.ensemble import prepare, simulate
from entente.errors import InputError
from entente.schema.scenario import Scenario
from entente.telling.columns import empty
from entente.telling.tables import FUTURE_SHARES, RUNNING_SHARE
from entente.telling.tables import FUTURES as COLUMNS

QUANTITIES = ("status", "depth", "rung")
MOST_FUTURES = 10_000
"""More would change no band that can be seen."""


def futures(
    scenario: Scenario, seed: int, runs: int, say: Callable[[str], None] = lambda words: None, shared: int = 0
) -> pd.DataFrame:
    """Bands of practice and organs of every treaty over `runs` runs of a scenario, the replicates 0, 1, ... of a seed.

    The columns are those of the table `futures`: a row a month and treaty, taken over the runs in which the treaty
    is in force that month. The first `shared` months are those of replicate 0, so that the rest are its futures. The
    runs are of the shipped model, on the compiled engine; where that has to be compiled first, `say` is told. Raises
    `InputError` for a number outside 1 to `MOST_FUTURES`.
    """
    if not 1 <= runs <= MOST_FUTURES:
        raise InputError(f"futures: {runs}: must be a whole number from 0 to {MOST_FUTURES:,}")
    prepare(say, scenario)
    names = list(scenario.treaties)
    if not names:
        return empty(COLUMNS)
    outcomes = [f"{quantity}:{name}" for name in names for quantity in QUANTITIES]
    kept = simulate(
        scenario, replicates=runs, seed=seed, outcomes=outcomes, keep="monthly", shared=shared
    ).trajectories
    return bands(kept, names, runs)


def bands(series: pd.DataFrame, treaties: Sequence[str], runs: int) -> pd.DataFrame:
    """The same from the monthly `status`, `depth` and `rung` of some treaties in many runs, a run's months below each other."""
    months = series["month"].to_numpy()[: len(series) // runs]
    frames = []
    for name in treaties:
        status, depth, rung = (
            series[f"{quantity}:{name}"].to_numpy(dtype=np.float64).reshape(runs, len(months))
            for quantity in QUANTITIES
        )
        in_force = status == 1
        row: dict[str, object] = {
            "month": months,
            "treaty": name,
            "runs": runs,
            RUNNING_SHARE: in_force.mean(axis=0),
        }
        for told, values in (("practice", depth), ("organs", rung)):
            edges = _quantiles(np.where(in_force, values, np.nan))
            row |= {f"{told}_{edge}": line for edge, line in edges.items()}
        frames.append(pd.DataFrame(row))
    return pd.concat(frames).sort_values(["month", "treaty"], kind="stable").reset_index(drop=True)[list(COLUMNS)]


def _quantiles(values: np.ndarray) -> dict[str, np.ndarray]:
    """Median and edges of the central shares of each month, over the runs that have a value; NaN where none has."""
    levels = {"median": 0.5}
    for share in FUTURE_SHARES:
        levels |= {f"low_{share}": (100 - share) / 200, f"high_{share}": (100 + share) / 200}
    lines = np.full((len(levels), values.shape[1]), np.nan)
    some = ~np.isnan(values).all(axis=0)
    # All edges at once, and months in which every run has a value by the quicker way.
    whole = ~np.isnan(values).any(axis=0)
    for months, quantile in ((whole, np.quantile), (some & ~whole, np.nanquantile)):
        if months.any():
            lines[:, months] = quantile(values[:, months], list(levels.values()), axis=0)
    return dict(zip(levels, lines, strict=True))
