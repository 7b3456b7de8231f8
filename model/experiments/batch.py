"""Running a study: blocks of runs on threads, each block written as it is done, nothing finished ever lost."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from ..ensemble import BLOCK, Runs, blocks_of, failed_frame, measure_block, prepare
from ..lanes.block import Stopped
from ..lanes.compiled import code_digest
from ..outcomes import default_outcomes, series_of
from ..pack import pack
from ..rows import Failure, Lot, lots
from ..schema.base import MONTHS_IN_YEAR
from ..schema.errors import InputError, nearest, shown
from ..schema.load import scenario_hash
from ..schema.scenario import Scenario
from ..schema.study import DUMMY, RUNS_AT_MOST, Study
from .design import crossed, load_study, make_design
from .folder import scenario_text, versions
from .prior import parameter_sets
from .settings import settings
from .store import (
    DESIGN,
    FAILED,
    FORMAT,
    OUTCOMES,
    ROWS,
    STUDY,
    TRAJECTORIES,
    Store,
    checksum,
    make_way,
    parquet_bytes,
)

TASKS = 16
"""A small study is cut into so many blocks at least, so that several cores share it."""
LEAST = 256
"""Runs of a block at least: fewer are not worth its preparation."""
KEYS = ("point", "replicate")


@dataclass(frozen=True)
class Task:
    """One block of a study."""

    number: int
    lot: Lot
    runs: Runs


@dataclass(frozen=True)
class Batch:
    """A study made ready: its points, what they set, its blocks, what is measured, and what cannot run."""

    study: Study
    scenario: Scenario
    design: pd.DataFrame
    rows: pd.DataFrame
    outcomes: list[str]
    tasks: list[Task]
    failures: list[Failure]

    @property
    def runs(self) -> int:
        """All runs of the design, possible or not."""
        return len(self.design) * self.study.replicates

    @property
    def identity(self) -> dict[str, str]:
        """What a folder must have been begun with to be gone on with."""
        # What is made of the runs afterwards may change: it makes no other runs.
        study = json.dumps(self.study.model_dump(by_alias=True, exclude={"analysis"}), sort_keys=True).encode()
        points = "".join(checksum(parquet_bytes(design_frame(frame))) for frame in (self.design, self.rows))
        return {
            "scenario": scenario_hash(self.scenario),
            "study": hashlib.sha256(study + points.encode()).hexdigest(),
            "code version": code_digest(),
        }

    def forecast(self) -> dict[str, int]:
        """How many runs, rows and (uncompressed) bytes the study will make."""
        series = len(self.study.trajectories or {series_of(name) for name in self.outcomes})
        months = {"none": 0, "yearly": self.scenario.months // MONTHS_IN_YEAR + 1, "monthly": self.scenario.months}
        kept = months[self.study.keep] * self.runs
        size = self.runs * 8 * (len(KEYS) + len(self.outcomes)) + kept * 8 * (len(KEYS) + 1 + series)
        return {"runs": self.runs, "rows": self.runs + kept, "bytes": size}


def make_batch(name: str, block: int | None = None, parameters: str = "default", draws: int = 1) -> Batch:
    """Read a study and make its design, each point under `draws` sets of `parameters` (see `parameter_sets`).

    Raises `InputError` with one sentence before anything is written.
    """
    study, scenario, folder = load_study(name)
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
        if len(design) * draws * study.replicates > RUNS_AT_MOST:
            raise InputError(
                f"--draws {draws}: {len(design) * draws * study.replicates:.3g} runs: {RUNS_AT_MOST:.0e} at most"
            )
        design = crossed(design, parameter_sets(parameters, draws, study.seed))
    try:
        rows = settings(study, scenario, design, folder)
        sets, failures = lots(scenario, rows, outcomes)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    share = -(-len(design) * study.replicates // TASKS)
    size = block or min(BLOCK, max(-(-share // LEAST) * LEAST, LEAST))
    pairs = [(lot, runs) for lot in sets for runs in blocks_of(lot, study.replicates, size)]
    tasks = [Task(number, lot, runs) for number, (lot, runs) in enumerate(pairs)]
    return Batch(study, scenario, design, rows, outcomes, tasks, failures)


def run_batch(
    batch: Batch,
    folder: Path,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Run what is not yet finished and return the summary that `entente batch --json` prints.

    `progress` is told the number of runs finished. An interrupt stops between tiles, keeps what is done
    and is raised again.
    """
    make_way(folder)
    store = Store(folder)
    with store.held():
        _open(store, batch, fresh)
        done = {task.number for task in batch.tasks if all(store.is_whole(name) for name in _files(batch, task))}
        resumed = sum(len(task.runs.rows) for task in batch.tasks if task.number in done)
        waiting = [task for task in batch.tasks if task.number not in done]
        if waiting:
            prepare(say)
        began = time.perf_counter()
        progress(resumed)
        _work(batch, store, waiting, workers or os.cpu_count() or 1, lambda runs: progress(resumed + runs))
        seconds = time.perf_counter() - began
        return _finish(store, batch, resumed, seconds)


def _open(store: Store, batch: Batch, fresh: bool) -> None:
    """Take up the folder's study, or begin one."""
    store.clear_drafts()
    found = store.read_manifest()
    if found is not None and fresh:
        store.clear()
        found = None
    if found is not None:
        other = [name for name, value in batch.identity.items() if found["identity"].get(name) != value]
        if other:
            raise InputError(
                f"{store.folder}: holds a study of another {' and '.join(other)}; name another folder, or --fresh"
            )
        store.manifest = found
    else:
        store.manifest = {
            "format": FORMAT, "kind": STUDY, "study": batch.study.name, "identity": batch.identity,
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "points": len(batch.design), "replicates": batch.study.replicates, "seed": batch.study.seed,
            "outcomes": batch.outcomes, "state": "running", "files": {},
            "python": sys.version.split()[0], "versions": versions(),
        }  # fmt: skip
        store.save_manifest()
    study = yaml.safe_dump(batch.study.model_dump(by_alias=True, exclude_none=True), sort_keys=False)
    described = {
        "scenario.yaml": scenario_text(batch.scenario).encode(),
        "study.yaml": study.encode(),
        DESIGN: parquet_bytes(design_frame(batch.design)),
        FAILED: parquet_bytes(failed_frame(batch.failures)),
    }
    if list(batch.rows.columns) != [name for name in batch.design.columns if name != DUMMY]:
        described[ROWS] = parquet_bytes(design_frame(batch.rows))
    store.add({name: content for name, content in described.items() if not store.is_whole(name)})


def design_frame(design: pd.DataFrame) -> pd.DataFrame:
    """The points of a design with their numbers; columns of mixed values become text."""
    plain = design.copy()
    for name in plain.columns:
        if plain[name].dtype == object:
            plain[name] = plain[name].map(str)
    plain.insert(0, "point", np.arange(len(plain)))
    return plain


def _files(batch: Batch, task: Task) -> list[str]:
    names = [f"{OUTCOMES}/part-{task.number:05d}.parquet"]
    if batch.study.keep != "none":
        names.append(f"{TRAJECTORIES}/part-{task.number:05d}.parquet")
    return names


def _work(batch: Batch, store: Store, tasks: list[Task], workers: int, progress: Callable[[int], None]) -> None:
    """Do the tasks on threads, a few ahead of the workers; kernels release the interpreter's lock."""
    stop = threading.Event()
    finished = 0
    pool = ThreadPoolExecutor(max_workers=workers)
    waiting: set[Future[int]] = set()
    coming = iter(tasks)
    try:
        while True:
            while len(waiting) <= workers and (task := next(coming, None)) is not None:
                waiting.add(pool.submit(_do, batch, store, task, stop.is_set))
            if not waiting:
                return
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ready:
                finished += future.result()
            progress(finished)
    except OSError as error:
        raise InputError(f"{store.folder}: cannot be written: {error.strerror}; what is finished stays") from None
    finally:
        stop.set()
        for future in waiting:
            future.cancel()
        pool.shutdown(wait=True)


def _do(batch: Batch, store: Store, task: Task, stopped: Callable[[], bool]) -> int:
    """Run one block and write its files."""
    try:
        table, kept = measure_block(task.lot, task.runs, batch.study.seed, batch.study.keep, stopped=stopped)
    except Stopped:
        return 0
    frames = [table, _wanted(batch, kept)]
    names = _files(batch, task)
    store.add({name: parquet_bytes(frame) for name, frame in zip(names, frames, strict=False)})
    return len(table)


def _wanted(batch: Batch, kept: pd.DataFrame) -> pd.DataFrame:
    names = batch.study.trajectories
    return kept[[*KEYS, "month", *names]] if names else kept


def _finish(store: Store, batch: Batch, resumed: int, seconds: float) -> dict[str, Any]:
    """Close the manifest and sum up."""
    digest = outcomes_digest(store.folder, batch.outcomes)
    failed = len(batch.failures) * batch.study.replicates
    runs = sum(len(task.runs.rows) for task in batch.tasks)
    new = runs - resumed
    if store.manifest["state"] != "finished":
        store.manifest |= {
            "state": "finished", "outcomes_sha256": digest, "runs": batch.runs, "ok": runs,
            "failed": failed, "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3), "resumed": resumed, "runs_per_s": round(new / seconds, 1),
        }  # fmt: skip
        store.save_manifest()
    kept = store.manifest
    return {
        "run_dir": str(store.folder), "points": len(batch.design), "replicates": batch.study.replicates,
        "runs": batch.runs, "ok": runs, "failed": failed, "resumed": resumed if new else kept["resumed"],
        "seconds": round(seconds, 3) if new else kept["seconds"],
        "runs_per_s": round(new / seconds, 1) if new else kept["runs_per_s"],
        "peak_rss_mib": peak_rss_mib(), "outcomes_sha256": digest,
    }  # fmt: skip


def outcomes_digest(folder: Path, names: list[str]) -> str:
    """Hash of the outcomes sorted by point and replicate."""
    parts = sorted((folder / OUTCOMES).glob("part-*.parquet"))
    if not parts:
        return hashlib.sha256(b"").hexdigest()

    def column(name: str) -> np.ndarray:
        tables = [pq.read_table(part, columns=[name]) for part in parts]
        return np.asarray(pa.concat_tables(tables).column(0).to_numpy())

    keys = [column(name) for name in KEYS]
    order = np.lexsort((keys[1], keys[0]))
    digest = hashlib.sha256()
    for values in keys:
        digest.update(values[order].astype("<i8").tobytes())
    for name in names:
        digest.update(name.encode() + column(name)[order].astype("<f8").tobytes())
    return digest.hexdigest()


def peak_rss_mib() -> float:
    """Greatest memory that this process has held, MiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    scale = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)
