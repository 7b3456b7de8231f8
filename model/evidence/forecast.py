"""What the model forecasts for the cells of a record: an ensemble of runs, each with noise of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from entente.analysis.runs import run_rows
from entente.engines.interactive.classes import ModelClass
from entente.errors import InputError
from entente.schema.base import month_number
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario

from .record import Record


def measure(
    scenario: Scenario,
    parameters: pd.DataFrame,
    replicates: Sequence[int],
    outcomes: Sequence[str],
    seed: int,
    model: ModelClass | None = None,
) -> np.ndarray:
    """Outcomes of each row of `parameters`, run once under the replicate beside it; shape (rows, outcomes).

    `model` as in `run_rows`. Raises `InputError` where a row cannot run.
    """
    found = run_rows(scenario, parameters, np.asarray(replicates, dtype=np.int64), seed, outcomes, model=model)
    if len(found.failed):
        first = found.failed.iloc[0]
        raise InputError(f"parameters, row {first['point']}: {first['message']}")
    return found.outcomes[list(outcomes)].to_numpy(dtype=float)


@dataclass(frozen=True)
class Reading:
    """The outcomes that a record is read from, and which of them (their places) make each cell."""

    outcomes: list[str]
    places: list[list[int]]

    def rungs(self, values: np.ndarray) -> np.ndarray:
        """The highest rung among the treaties of each cell, shape (runs, cells), from the values of `outcomes`."""
        return np.stack([values[:, places].max(axis=1) for places in self.places], axis=1).astype(np.int64)


def reading(record: Record) -> Reading:
    """How a record is read: each cell at the end of the month in which it was coded."""
    names = [[f"rung:{id_}@{cell.when}" for id_ in cell.treaties] for cell in record.cells]
    outcomes = list(dict.fromkeys(name for cell in names for name in cell))
    return Reading(outcomes, [[outcomes.index(name) for name in cell] for cell in names])


def until_record(scenario: Scenario, record: Record) -> Scenario:
    """A scenario without what comes after the record's last month."""
    last = max(month_number(cell.when) for cell in record.cells)
    return load_scenario(scenario, {"months": last + 1 - month_number(scenario.start)})


def forecast(
    scenario: Scenario,
    record: Record,
    parameters: pd.DataFrame,
    seed: int,
    model: ModelClass | None = None,
    first: int = 0,
) -> np.ndarray:
    """The rung of each cell of the record in each run, shape (runs, cells), whole numbers 0..6.

    Row r of `parameters` hears the noise of replicate `first` + r. A treaty not signed, or ended, counts as rung 0. What
    comes after the record's last month is not run. `model` as in `run_rows`.
    """
    read, noise = reading(record), range(first, first + len(parameters))
    return read.rungs(measure(until_record(scenario, record), parameters, noise, read.outcomes, seed, model))
