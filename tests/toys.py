"""Known functions in place of the engine, for the analyses that run rows of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from entente import Simulation
from entente.engines.compiled.ensemble import failed_frame
from entente.schema.base import month_number, month_text
from entente.schema.scenario import Scenario

Measure = Callable[[Scenario, pd.DataFrame, np.ndarray], Mapping[str, np.ndarray]]


def toy(measure: Measure):
    """A runner whose outcomes by series are those of `measure(scenario, rows, noise)`, constant over time.

    `noise` is standard normal, the same for the same number of noise and seed.
    """

    def runner(scenario, rows, noise, seed, outcomes, keep="none"):
        heard = np.array([np.random.default_rng([seed, number]).standard_normal() for number in noise])
        found = measure(scenario, rows, heard)
        keys = {"point": np.arange(len(rows)), "replicate": noise}
        values = {name: found[name.partition("@")[0]] + np.zeros(len(rows)) for name in outcomes}
        first = month_number(scenario.start)
        names = [month_text(first + month) for month in range(scenario.months)]
        kept = [name for name in names if keep == "yearly" and name.endswith("-12")]
        series = {name.partition("@")[0]: np.repeat(column, len(kept)) for name, column in values.items()}
        trajectories = {name: np.repeat(key, len(kept)) for name, key in keys.items()}
        table = pd.DataFrame(trajectories | {"month": kept * len(rows)} | series)
        return Simulation(pd.DataFrame(keys | values), table, failed_frame([]))

    return runner
