"""What the model forecasts for the cells of a record: an ensemble of runs, each with noise of its own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..ensemble import Runs, measure_block
from ..rows import Lot, lots
from ..schema.base import month_number
from ..schema.errors import InputError
from ..schema.load import load_scenario
from ..schema.scenario import Scenario
from .record import Record

PART = 256
"""Runs that a worker takes at once: their noise is held in memory together."""


def measure(
    scenario: Scenario,
    parameters: pd.DataFrame,
    replicates: Sequence[int],
    outcomes: Sequence[str],
    seed: int,
    workers: int | None = None,
) -> np.ndarray:
    """Outcomes of each row of `parameters`, run once under the replicate beside it; shape (rows, outcomes).

    The same numbers for any number of workers. Raises `InputError` where a row cannot run.
    """
    sets, failures = lots(scenario, parameters, outcomes)
    if failures:
        raise InputError(f"parameters, row {failures[0].point}: {failures[0].message}")
    numbers = np.asarray(replicates, dtype=np.int64)
    parts = [
        (lot, Runs(rows, numbers[lot.points[rows]]))
        for lot in sets
        for rows in np.array_split(np.arange(len(lot.points)), -(-len(lot.points) // PART))
    ]

    def run(part: tuple[Lot, Runs]) -> tuple[np.ndarray, np.ndarray]:
        table, _ = measure_block(*part, seed, "none")
        return table["point"].to_numpy(), table[list(outcomes)].to_numpy(dtype=float)

    found = np.empty((len(parameters), len(outcomes)))
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        for points, values in pool.map(run, parts):
            found[points] = values
    return found


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


def forecast(scenario: Scenario, record: Record, parameters: pd.DataFrame, seed: int) -> np.ndarray:
    """The rung of each cell of the record in each run, shape (runs, cells), whole numbers 0..6.

    Row r of `parameters` hears the noise of replicate r. A treaty not signed, or ended, counts as rung 0. What
    comes after the record's last month is not run.
    """
    last = max(month_number(cell.when) for cell in record.cells)
    months = last + 1 - month_number(scenario.start)
    read = reading(record)
    cut = load_scenario(scenario, {"months": months})
    return read.rungs(measure(cut, parameters, range(len(parameters)), read.outcomes, seed))
