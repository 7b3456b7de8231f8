"""The fan: where treaties may go from this month on, over many futures under the levers as they stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entente.experiments.futures import futures
from entente.schema.scenario import Scenario
from entente.telling.tables import FUTURE_SHARES, RUNNING_SHARE
from entente.world.draws import Floats

RUNS = 200
LEAST_RUNNING = 0.05
"""Share of futures in which a treaty must be in force for its band to be drawn."""
EDGES = ("median", *(f"{side}_{share}" for share in FUTURE_SHARES for side in ("low", "high")))


@dataclass(frozen=True)
class Fan:
    """Bands over futures that part after `months` months: by treaty, then by quantity and edge, a number a month.

    `practice_median`, `practice_low_90` and so on are depths, `organs_...` rungs; NaN where too few futures have the
    treaty in force.
    """

    months: int
    runs: int
    bands: dict[str, dict[str, Floats]]


def fan_of(scenario: Scenario, seed: int, months: int, runs: int = RUNS) -> Fan:
    """The futures of a run of `seed` from the end of its month `months` on; the past is the run's own."""
    table = futures(scenario, seed, runs, shared=months)
    bands: dict[str, dict[str, Floats]] = {}
    for treaty, own in table.groupby("treaty", sort=False):
        seldom = own[RUNNING_SHARE].to_numpy() < LEAST_RUNNING
        bands[str(treaty)] = {
            f"{quantity}_{edge}": np.where(seldom, np.nan, own[f"{quantity}_{edge}"].to_numpy())
            for quantity in ("practice", "organs")
            for edge in EDGES
        }
    return Fan(months, runs, bands)
