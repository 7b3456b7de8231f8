"""A study made ready: its points, its blocks of runs, and the files that each block becomes.

The same study gives the same blocks wherever it is read, so that a worker far away needs only the number
of a block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from entente.engines.compiled.compiled import code_digest
from entente.engines.compiled.ensemble import Runs, block_size
from entente.engines.interactive.classes import ModelClass, model_class, model_digest
from entente.engines.many import BLOCK, measure
from entente.errors import InputError, nearest, shown
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.load import scenario_hash
from entente.schema.scenario import Scenario, own_digests
from entente.schema.study import RUNS_AT_MOST, Study
from entente.world.outcomes import default_outcomes, series_of
from entente.world.pack import pack
from entente.world.rows import Failure, Lot, lots

from .design import crossed, load_study, make_design
from .digest import KEYS, outcomes_sum
from .parquet import parquet_bytes
from .prior import parameter_sets
from .settings import settings
from .store import OUTCOMES, TRAJECTORIES, checksum

TASKS = 16
"""A small study is cut into so many blocks at least, so that several cores share it."""
LEAST = 256
"""Runs of a block at least: fewer are not worth its preparation."""


@dataclass(frozen=True)
class Span:
    """Runs `first` up to `last` of a lot of `count` points, replicates leading as in `blocks_of`.

    Their numbers are made when they are asked for: those of a billion runs would not fit in memory.
    """

    count: int
    first: int
    last: int

    @property
    def rows(self) -> np.ndarray:
        """The row in the lot of each run."""
        return np.arange(self.first, self.last) % self.count

    @property
    def replicates(self) -> np.ndarray:
        """The replicate of each run."""
        return np.arange(self.first, self.last) // self.count

    def __len__(self) -> int:
        return self.last - self.first


@dataclass(frozen=True)
class Task:
    """One block of a study."""

    number: int
    lot: Lot
    runs: Runs | Span

    def __len__(self) -> int:
        return len(self.runs) if isinstance(self.runs, Span) else len(self.runs.rows)

    @property
    def points(self) -> np.ndarray:
        """The point of each run."""
        return np.asarray(self.lot.points[self.runs.rows])


@dataclass(frozen=True)
class Batch:
    """A study made ready: its points, what they set, its blocks, what is measured, and what cannot run.

    `block` is the block size that was asked for, None where the study's own was taken; `model` is the class that is
    run on the interactive engine, None for the shipped model on the compiled one.
    """

    study: Study
    scenario: Scenario
    design: pd.DataFrame
    rows: pd.DataFrame
    outcomes: list[str]
    tasks: list[Task]
    failures: list[Failure]
    block: int | None = None
    model: ModelClass | None = None

    @property
    def runs(self) -> int:
        """All runs of the design, possible or not."""
        return len(self.design) * self.study.replicates

    @cached_property
    def identity(self) -> dict[str, str]:
        """What a folder must have been begun with to be gone on with."""
        # What is made of the runs afterwards may change: it makes no other runs.
        study = json.dumps(self.study.model_dump(by_alias=True, exclude={"analysis"}), sort_keys=True).encode()
        points = "".join(checksum(parquet_bytes(design_frame(frame))) for frame in (self.design, self.rows))
        blocks = np.array([len(task) for task in self.tasks], dtype="<i8").tobytes()
        own = ", ".join(f"{name} {digest}" for name, digest in own_digests(self.scenario).items())
        return {
            **({} if self.model is None else {"model class": model_digest(self.model)}),
            "scenario": scenario_hash(self.scenario),
            **({"mechanisms": own} if own else {}),
            "study": hashlib.sha256(study + points.encode()).hexdigest(),
            "code version": code_digest(),
            "block size": hashlib.sha256(blocks).hexdigest(),
        }

    def forecast(self) -> dict[str, int]:
        """How many runs, rows and (uncompressed) bytes the study will make."""
        series = len(self.study.trajectories or {series_of(name) for name in self.outcomes})
        months = {"none": 0, "yearly": self.scenario.months // MONTHS_IN_YEAR + 1, "monthly": self.scenario.months}
        kept = months[self.study.keep] * self.runs
        size = self.runs * 8 * (len(KEYS) + len(self.outcomes)) + kept * 8 * (len(KEYS) + 1 + series)
        return {"runs": self.runs, "rows": self.runs + kept, "bytes": size}


def make_batch(
    name: str,
    block: int | None = None,
    parameters: str = "default",
    draws: int = 1,
    mechanisms: Iterable[Mechanism] = (),
) -> Batch:
    """Read a study and make its design, each point under `draws` sets of `parameters` (see `parameter_sets`).

    `mechanisms` act in its scenario besides those that it brings. Raises `InputError` with one sentence before anything is written.
    """
    study, scenario, folder = load_study(name, mechanisms)
    try:
        model = None if study.model is None else model_class(study.model, folder)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    outcomes = study.outcomes or default_outcomes(pack(scenario))
    series = [series_of(outcome) for outcome in outcomes]
    for kept in study.trajectories:
        if study.keep == "none" or kept not in series:
            rule = "must be the series of an outcome" + nearest(kept, series)
            raise InputError(
                f"{name}: trajectories: {shown(kept)}: {rule if study.keep != 'none' else 'keep is none'}"
            )
    design = make_design(study, scenario, folder)
    if parameters != "default":
        runs = len(design) * draws * study.replicates
        if runs > RUNS_AT_MOST:
            raise InputError(f"--draws {draws}: {runs:.3g} runs: {RUNS_AT_MOST:.0e} at most")
        design = crossed(design, parameter_sets(parameters, draws, study.seed, scenario))
    try:
        return cut(study, scenario, design, settings(study, scenario, design, folder), block, model)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def cut(
    study: Study,
    scenario: Scenario,
    design: pd.DataFrame,
    rows: pd.DataFrame,
    block: int | None = None,
    model: ModelClass | None = None,
) -> Batch:
    """Cut a study's runs into blocks of at most `block` runs (none: what suits their number and the engine).

    `rows` are what the points of `design` set, one column a dotted path.
    """
    outcomes = study.outcomes or default_outcomes(pack(scenario))
    sets, failures = lots(scenario, rows, outcomes)
    share = -(-len(design) * study.replicates // TASKS)
    most = block or (max(-(-share // LEAST) * LEAST, LEAST) if model is None else BLOCK)
    spans = [
        (lot, Span(len(lot.points), first, min(first + size, last)))
        for lot in sets
        for size, last in ((block_size(lot, most), len(lot.points) * study.replicates),)
        for first in range(0, last, size)
    ]
    tasks = [Task(number, lot, span) for number, (lot, span) in enumerate(spans)]
    return Batch(study, scenario, design, rows, outcomes, tasks, failures, block, model)


def design_frame(design: pd.DataFrame) -> pd.DataFrame:
    """The points of a design with their numbers; columns of mixed values become text."""
    plain = design.copy(deep=False)
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].map(str)
    plain.insert(0, "point", np.arange(len(plain)))
    return plain


def files_of(batch: Batch, task: Task) -> list[str]:
    """The names of the files that a block becomes."""
    names = [f"{OUTCOMES}/part-{task.number:05d}.parquet"]
    if batch.study.keep != "none":
        names.append(f"{TRAJECTORIES}/part-{task.number:05d}.parquet")
    return names


@dataclass(frozen=True)
class Done:
    """A block that has been run: the content of its files by name, and the sums of its outcomes by the file that they stand in."""

    files: dict[str, bytes]
    sums: dict[str, str]


def run_task(batch: Batch, task: Task, stopped: Callable[[], bool] = lambda: False) -> Done:
    """Run a block and return its files. Raises `Stopped` where it is told to stop."""
    runs = Runs(task.runs.rows, task.runs.replicates)
    table, kept = measure(task.lot, runs, batch.study.seed, batch.study.keep, stopped, batch.model)
    names = batch.study.trajectories
    frames = [table, kept[[*KEYS, "month", *names]] if names else kept]
    contents = (parquet_bytes(frame) for frame in frames)
    files = files_of(batch, task)
    return Done(dict(zip(files, contents, strict=False)), {files[0]: outcomes_sum(table, batch.outcomes)})
