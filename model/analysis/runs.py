"""Runs of a scenario in which every run names its own noise, on all cores.

`simulate` lets all rows hear the same replicates, which is right for comparing rows. Here rows are draws from
a prior, and what is compared is two worlds: each draw then needs noise of its own, or an average over many
draws would still rest on the few replicates that they share.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entente.engines.compiled.ensemble import Runs, Simulation, failed_frame, prepare
from entente.engines.interactive.classes import ModelClass
from entente.engines.many import announce, measure
from entente.errors import InputError
from entente.experiments.afford import afford
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.scenario import Scenario
from entente.screen import note
from entente.world.rows import lots

Noise = NDArray[np.int64]
T = TypeVar("T")
R = TypeVar("R")
BLOCK = 256
"""Runs of a block: each hears noise of its own, which is held in memory."""

HORIZON = ("start", "months", "prelude", "seed")
"""Paths that draws cannot differ in."""


class Runner(Protocol):
    """What runs rows of numbers: the compiled engine, or a known function in its place."""

    def __call__(
        self,
        scenario: Scenario,
        rows: pd.DataFrame,
        noise: Noise,
        seed: int,
        outcomes: Sequence[str],
        keep: str = "none",
    ) -> Simulation:
        """Run each row with its noise; see `run_rows`."""
        ...


def run_rows(
    scenario: Scenario,
    rows: pd.DataFrame,
    noise: Noise,
    seed: int,
    outcomes: Sequence[str],
    keep: str = "none",
    model: ModelClass | None = None,
) -> Simulation:
    """Run each row of `rows` (columns are dotted paths) once, row `i` with replicate `noise[i]` of the seed.

    Returns what `simulate` does: `point` is the number of the row, `replicate` its noise. A `model` class is run in
    place of the shipped one, a few runs a second, and how long that takes is said. Raises `InputError`.
    """
    rows = rows.reset_index(drop=True)
    kept = {"none": 0, "yearly": scenario.months // MONTHS_IN_YEAR, "monthly": scenario.months}[keep]
    afford(len(rows), len(rows.columns) + len(outcomes) * (1 + kept), "runs")
    sets, failures = lots(scenario, rows, outcomes)
    if len(failures) == len(rows):
        raise InputError(f"parameters, row {failures[0].point}: {failures[0].message}")
    if model is not None:
        announce(model, sets[0], len(rows) - len(failures), note)
    else:
        prepare(note, scenario)
    jobs = []
    for lot in sets:
        # Neighbours in a block share noise where they can, so that it is drawn once.
        order = np.argsort(noise[lot.points], kind="stable")
        parts = [order[at : at + BLOCK] for at in range(0, len(order), BLOCK)]
        jobs += [(lot, Runs(part, noise[lot.points[part]])) for part in parts]
    # A class of the user holds the interpreter's lock, and may not be made for several threads.
    workers = None if model is None else 1
    done = on_cores(lambda job, stopped: measure(job[0], job[1], seed, keep, stopped, model), jobs, workers)
    tables, series = (
        pd.concat(part).sort_values(["point", "replicate"], kind="stable").reset_index(drop=True)
        for part in zip(*done, strict=True)
    )
    return Simulation(tables, series, failed_frame(failures))


def on_cores(
    one: Callable[[T, Callable[[], bool]], R], things: Iterable[T], workers: int | None = None
) -> list[R]:
    """What `one` makes of each thing, in their order, on `workers` threads (none: as many as there are cores).

    `one` is given a function that says whether to stop, which it should ask now and then; what has not begun by then is not
    begun, so that an interruption takes effect at once.
    """
    stop = threading.Event()
    pool = ThreadPoolExecutor(workers or os.cpu_count())
    try:
        return list(pool.map(lambda thing: one(thing, stop.is_set), things))
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def repeated(parameters: pd.DataFrame, replicates: int) -> tuple[pd.DataFrame, Noise]:
    """Each row of `parameters` `replicates` times over, and noise that no two of them share.

    Raises `InputError` for a column that moves the beginning or end of runs: their months could not be compared.
    """
    for name in HORIZON:
        if name in parameters:
            raise InputError(
                f"parameters: {name}: all runs must begin and end together, with the seed of the command"
            )
    afford(len(parameters) * replicates, len(parameters.columns) + 1, "draws and replicates")
    rows = parameters.loc[parameters.index.repeat(replicates)].reset_index(drop=True)
    return rows, np.arange(len(rows), dtype=np.int64)


def by_draw(failed: pd.DataFrame, replicates: int) -> pd.DataFrame:
    """Failures of repeated rows as failures of the rows of parameters behind them, each once."""
    draws = failed.assign(point=failed["point"] // replicates)
    return draws.drop_duplicates("point").sort_values("point").reset_index(drop=True)
