"""Many runs on either engine: side by side on the compiled one, or a model class one run after the other."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from entente.world.draws import Floats
from entente.world.measured import frames, numbers_of
from entente.world.outcomes import Outcome
from entente.world.rows import Lot

from .compiled.block import Stopped
from .compiled.ensemble import Runs, measure_block
from .interactive.classes import ModelClass
from .interactive.runs import run_values

BLOCK = 8
"""Runs of a model class in a block: some seconds of work, which is what an interruption loses."""


def measure(
    lot: Lot,
    block: Runs,
    seed: int,
    keep: str,
    stopped: Callable[[], bool] = lambda: False,
    model: ModelClass | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run a block; its outcomes and the kept months of their series, as `measure_block` gives them.

    It is run by the compiled engine, or, where a model class is given, by the interactive one. `stopped` is asked
    now and then; where it says so, `Stopped` is raised. Raises `InputError` for a class that cannot be measured.
    """
    if model is None:
        return measure_block(lot, block, seed, keep, stopped)
    numbers = numbers_of(lot)
    place = {number: n for n, number in enumerate(numbers)}
    runs = []
    for row, replicate in zip(block.rows.tolist(), block.replicates.tolist(), strict=True):
        if stopped():
            raise Stopped
        runs.append(run_values(model, lot.scenario_of(row), lot.world, seed, replicate, numbers))
    values = np.stack(runs, axis=-1)

    def series(outcome: Outcome, months: slice) -> Floats:
        return outcome.series(values[[place[number] for number in outcome.numbers], months])

    return frames(lot, block.rows, block.replicates, series, keep)


def announce(model: ModelClass, lot: Lot, runs: int, say: Callable[[str], None]) -> None:
    """Say how long `runs` runs of a model class will take, after one that is thrown away."""
    began = time.perf_counter()
    run_values(model, lot.scenario_of(0), lot.world, 0, 0, numbers_of(lot))
    each = time.perf_counter() - began
    rate = f"{1 / each:.2g}" if each > 0.01 else f"{1 / each:,.0f}"
    say(
        f"{lot.scenario.name}: {model.__qualname__} runs on the interactive engine, about {rate} runs a second: "
        f"{runs:,} runs will take about {_lasting(runs * each)}"
    )


def _lasting(seconds: float) -> str:
    """A length of time in the unit that suits it."""
    for unit, length in (("s", 60.0), ("min", 60.0), ("hours", 24.0)):
        if seconds < 2 * length:
            return f"{max(seconds, 1):.0f} {unit}"
        seconds /= length
    return f"{seconds:.0f} days"
