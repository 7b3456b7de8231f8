"""A study made ready: its points, its blocks of runs, and the files that each block becomes.

The same study gives the same blocks wherever it is read, so that a worker far away needs only the number
of a block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from entente.engines.compiled.compiled import code_digest
from entente.engines.compiled.ensemble import Runs, block_size
from entente.engines.compiled.layout import row_count
from entente.engines.interactive.classes import ModelClass, model_class, model_digest
from entente.engines.many import BLOCK, measure
from entente.errors import InputError, nearest, shown
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.load import scenario_hash
from entente.schema.scenario import Scenario, own_digests
from entente.schema.study import DUMMY, RUNS_AT_MOST, Study, Table
from entente.telling.columns import Columns
from entente.world.outcomes import default_outcomes, series_of
from entente.world.pack import pack
from entente.world.rows import Failure, Lot, Shapes

from .described import OF_MONTH, study_tables
from .design import load_study, make_points
from .digest import KEYS, outcomes_sum
from .parquet import parquet_bytes
from .points import CHUNK, Chosen, Crossed, Points, plain
from .prior import parameter_sets
from .settings import settings
from .store import OUTCOMES, TRAJECTORIES

TASKS = 16
"""A small study is cut into so many blocks at least, so that several cores share it."""
LEAST = 256
"""Runs of a block at least: fewer are not worth its preparation."""
MOST = 2**16
"""Runs of a block at most: the points and outcomes of so many are held in memory at once."""
WORK = 2**36
"""Numbers of the state that a block goes through at most, those of each month of each run: some tens of seconds on one core."""
KEPT = 2**25
"""Bytes of kept series that a block holds at most."""


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
class Group:
    """Points that share a world: `lot` has none of them, `members` are their numbers in order, None for all of the design."""

    lot: Lot
    count: int
    members: np.ndarray | None = None


@dataclass(frozen=True)
class Task:
    """One block of a study: a range of the runs of some points that share a world."""

    number: int
    group: Group
    runs: Span

    def __len__(self) -> int:
        return len(self.runs)


@dataclass(frozen=True)
class Batch:
    """A study made ready: its points, what they set, its blocks, what is measured, and what cannot run.

    `points` are those of the design, one column a factor, and `sets` what each sets, one column a dotted path; `given` is a
    digest of what the text of the study does not say of them. `block` is the block size that was asked for, None where the
    study's own was taken; `model` is the class that is run on the interactive engine, None for the shipped model on the compiled one.
    """

    study: Study
    scenario: Scenario
    points: Points
    sets: Points
    outcomes: list[str]
    shapes: Shapes
    tasks: list[Task]
    failures: list[Failure]
    given: str
    block: int | None = None
    model: ModelClass | None = None

    @property
    def design(self) -> pd.DataFrame:
        """All points, made anew whenever they are asked for."""
        return self.points.whole()

    @property
    def rows(self) -> pd.DataFrame:
        """What all points set, made anew whenever it is asked for."""
        return self.sets.whole()

    @property
    def runs(self) -> int:
        """All runs of the design, possible or not."""
        return self.points.count * self.study.replicates

    @property
    def sets_other(self) -> bool:
        """Whether points set other paths than the factors of the design, so that what they set is kept too."""
        return self.sets.columns != [name for name in self.points.columns if name != DUMMY]

    @property
    def series(self) -> list[str]:
        """The series of which months are kept."""
        if self.study.keep == "none":
            return []
        return self.study.trajectories or list(dict.fromkeys(map(series_of, self.outcomes)))

    @cached_property
    def identity(self) -> dict[str, str]:
        """What a folder must have been begun with to be gone on with."""
        # What is made of the runs afterwards may change: it makes no other runs.
        study = json.dumps(self.study.model_dump(by_alias=True, exclude={"analysis"}), sort_keys=True).encode()
        blocks = np.array([len(task) for task in self.tasks], dtype="<i8").tobytes()
        own = ", ".join(f"{name} {digest}" for name, digest in own_digests(self.scenario).items())
        return {
            **({} if self.model is None else {"model class": model_digest(self.model)}),
            "scenario": scenario_hash(self.scenario),
            **({"mechanisms": own} if own else {}),
            "study": hashlib.sha256(study + self.given.encode()).hexdigest(),
            "code version": code_digest(),
            "block size": hashlib.sha256(blocks).hexdigest(),
        }

    def forecast(self) -> dict[str, int]:
        """How many runs, rows and (uncompressed) bytes the study will make."""
        series = len(self.study.trajectories or {series_of(name) for name in self.outcomes})
        kept = months_kept(self.study, self.scenario) * self.runs
        size = self.runs * 8 * (len(KEYS) + len(self.outcomes)) + kept * 8 * (len(KEYS) + 1 + series)
        return {"runs": self.runs, "rows": self.runs + kept, "bytes": size}


def make_batch(
    name: str,
    block: int | None = None,
    parameters: str = "default",
    draws: int = 1,
    mechanisms: Iterable[Mechanism] = (),
) -> Batch:
    """Read the study of that `name` (in `configs/studies`, or a `.yaml` file) and make its design.

    Each point is run under `draws` sets of `parameters` (see `parameter_sets`). `mechanisms` act in its scenario
    besides those that it brings; `block` is how many runs are stored together. Raises `InputError` with one
    sentence before anything is written.

    Examples:
        >>> from entente.experiments.batch import make_batch
        >>> batch = make_batch("small")
        >>> len(batch.design), batch.study.replicates, batch.runs
        (64, 4, 256)
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
    points = make_points(study, scenario, folder)
    if parameters != "default":
        runs = points.count * draws * study.replicates
        if runs > RUNS_AT_MOST:
            raise InputError(f"--draws {draws}: {runs:.3g} runs: {RUNS_AT_MOST:.0e} at most")
        points = Crossed(points, parameter_sets(parameters, draws, study.seed, scenario))
    try:
        return cut(study, scenario, points, settings(study, scenario, points, folder), block, model)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def cut(
    study: Study,
    scenario: Scenario,
    points: Points,
    sets: Points,
    block: int | None = None,
    model: ModelClass | None = None,
    given: str | None = None,
) -> Batch:
    """Cut a study's runs into blocks of at most `block` runs (none: what suits their number and the engine).

    `sets` are what the points of the design set, one column a dotted path. `given` as in `Batch`, worked out where it is None.
    """
    outcomes = study.outcomes or default_outcomes(pack(scenario))
    shapes = Shapes(scenario, sets.columns, outcomes)
    groups, failures = _groups(study, shapes, sets)
    share = -(-points.count * study.replicates // TASKS)
    spans = []
    for group in groups:
        most = block or (BLOCK if model is not None else _block_size(study, group.lot, share))
        last = group.count * study.replicates
        spans += [(group, Span(group.count, first, min(first + most, last))) for first in range(0, last, most)]
    tasks = [Task(number, group, span) for number, (group, span) in enumerate(spans)]
    if given is None:
        given = points.given() + ("" if isinstance(sets, Chosen) or sets is points else sets.given())
    return Batch(study, scenario, points, sets, outcomes, shapes, tasks, failures, given, block, model)


def _block_size(study: Study, lot: Lot, share: int) -> int:
    """Runs of a block: some tens of seconds of one core at most, and no more rows than memory has room for."""
    series = len(study.trajectories or {outcome.series_name for outcome in lot.measured})
    kept = months_kept(study, lot.scenario) * (series + len(KEYS) + 1) * 8
    work = WORK // (lot.world.steps * row_count(lot.world))
    return max(min(-(-share // LEAST) * LEAST, work, KEPT // max(kept, 1), MOST), LEAST)


def _groups(study: Study, shapes: Shapes, sets: Points) -> tuple[list[Group], list[Failure]]:
    """The points by the world that they need, in the order of first points, and those that cannot run.

    Where the study's own words say that all can run in one world, no point is looked at.
    """
    if all(_surely(study, shapes, path) for path in sets.columns):
        return [Group(_lot(shapes, ()), sets.count)], []
    failures: list[Failure] = []
    members: dict[tuple[Any, ...], list[np.ndarray]] = {}
    for chunk in sets.chunks():
        found, wrong = shapes.sort(chunk)
        failures += wrong
        for key, points in found.items():
            lot = shapes.lot(key)
            if isinstance(lot, str):
                failures += [Failure(int(point), lot) for point in points]
            elif len(points):
                members.setdefault(key, []).append(points)
    groups = []
    for key, parts in members.items():
        count = sum(map(len, parts))
        groups.append(Group(_lot(shapes, key), count, None if count == sets.count else np.concatenate(parts)))
    return groups, sorted(failures, key=lambda failure: failure.point)


def _surely(study: Study, shapes: Shapes, path: str) -> bool:
    """Whether a column is a factor of the study, all of whose values are possible."""
    factor = study.factors.get(path)
    if factor is None or isinstance(study.design, Table) or factor.scenarios:
        return False
    if any(isinstance(value, str) for value in factor.extremes):
        return False
    if factor.levels is None:
        return shapes.surely(path, min(factor.extremes), max(factor.extremes), whole=False)
    levels = [float(level) for level in factor.levels]
    return all(shapes.surely(path, level, level, whole=level.is_integer()) for level in levels)


def _lot(shapes: Shapes, key: tuple[Any, ...]) -> Lot:
    lot = shapes.lot(key)
    assert not isinstance(lot, str)
    return lot


def months_kept(study: Study, scenario: Scenario) -> int:
    """How many months of a run's series a study keeps, at most."""
    months = {"none": 0, "yearly": scenario.months // MONTHS_IN_YEAR + 1, "monthly": scenario.months}
    return months[study.keep]


def runs_of(batch: Batch, task: Task) -> tuple[Lot, Runs]:
    """The points of a block as a lot, and its runs as rows of that lot: no point of any other block is made."""
    group, span = task.group, task.runs
    if len(span) >= group.count:
        wanted, rows = np.arange(group.count), span.rows
    else:
        wanted, rows = span.rows, np.arange(len(span))
    numbers = wanted if group.members is None else group.members[wanted]
    # The rows of a block that passes from one replicate to the next are two ranges.
    edges = [0, *(np.flatnonzero(np.diff(numbers) < 0) + 1).tolist(), len(numbers)]
    frames = [_picked(batch.sets, numbers[first:last]) for first, last in pairwise(edges)]
    columns = batch.shapes.columns(pd.concat(frames))
    return replace(group.lot, points=numbers.astype(np.int64), columns=columns), Runs(rows, span.replicates)


def _picked(points: Points, numbers: np.ndarray) -> pd.DataFrame:
    """Some points, by their numbers in rising order; of those between them only a part is in memory at a time."""
    frames = []
    for first in range(int(numbers[0]), int(numbers[-1]) + 1, CHUNK):
        last = min(first + CHUNK, int(numbers[-1]) + 1)
        here = numbers[slice(*np.searchsorted(numbers, [first, last]))]
        if len(here):
            frames.append(points.frame(first, last).take(here - first))
    return pd.concat(frames)


def tables_of(batch: Batch) -> dict[str, tuple[str, Columns]]:
    """What a row is, and the columns, of each table of a study (see `study_tables`)."""
    # A column has one type whatever the points, so that one tells it.
    design, rows = (plain(points.frame(0, 1)) for points in (batch.points, batch.sets))
    return study_tables(batch.scenario, batch.outcomes, batch.series, design, rows if batch.sets_other else None)


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
    lot, runs = runs_of(batch, task)
    size = len(runs.rows) if batch.model is not None else block_size(lot)
    parts = [
        measure(lot, Runs(runs.rows[at : at + size], runs.replicates[at : at + size]), batch.study.seed,
                batch.study.keep, stopped, batch.model)
        for at in range(0, len(runs.rows), size)
    ]  # fmt: skip
    table, kept = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    names = batch.study.trajectories
    frames = [table, kept[[*KEYS, "month", *names]] if names else kept]
    contents = (parquet_bytes(frame, OF_MONTH) for frame in frames)
    files = files_of(batch, task)
    return Done(dict(zip(files, contents, strict=False)), {files[0]: outcomes_sum(table, batch.outcomes)})
