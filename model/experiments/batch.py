"""Running a study: each block is written as it is done, and nothing finished is ever lost."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from entente.engines.compiled.block import Stopped
from entente.engines.compiled.ensemble import failed_frame, prepare
from entente.engines.interactive.classes import model_name
from entente.engines.many import announce
from entente.engines.result import COMPILED, INTERACTIVE
from entente.errors import InputError
from entente.schema.scenario import own_digests
from entente.telling.columns import codebook_of
from entente.telling.files import CODEBOOK, is_address, scenario_text, versions, yaml_text

from .described import FAILURES
from .digest import SUMMED, outcomes_digest, see_same
from .parquet import parquet_bytes
from .places import reason
from .plan import Batch, Task, files_of, make_batch, run_task, runs_of, tables_of
from .points import Chosen, Stored
from .store import DESIGN, FAILED, FORMAT, ROWS, STUDY, Store, make_way, same_study


def run_batch(
    batch: Batch,
    folder: str | Path,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Run what is not yet finished of a `batch` and return the summary that `entente batch --json` prints.

    `folder` is a path, or an address that fsspec knows, such as `s3://bucket/prefix`. Blocks run on `workers`
    threads (default all cores), or on the Dask cluster of `scheduler`, whose workers write there themselves. A
    study with a model class runs one run after the other, on this machine. `progress` is told the number of runs
    finished, `say` in words what else happens; `fresh` begins anew in a folder that holds a study. An interrupt
    keeps what is done and is raised again. Raises `InputError`.

    Examples:
        >>> from entente.experiments.batch import make_batch, run_batch
        >>> report = run_batch(make_batch("small"), "small")
        >>> report["ok"], report["failed"]
        (256, 0)
    """
    if scheduler is not None and batch.model is not None:
        raise InputError(
            f"--scheduler: {batch.study.name} names a model class, which runs on this machine only; leave --scheduler out"
        )
    make_way(folder)
    store = Store(folder)
    with contextlib.ExitStack() as stack:
        # A class of the user holds the interpreter's lock, and may not be made for several threads.
        crew: Crew = Threads((workers or os.cpu_count() or 1) if batch.model is None else 1, say)
        if scheduler is not None:
            from .cluster import Cluster

            crew = stack.enter_context(Cluster(scheduler, say))
        stack.enter_context(store.held())
        try:
            return _run(batch, store, fresh, progress, crew)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written: {reason(error)}; what is finished stays") from None


class Crew(Protocol):
    """Who does the blocks of a study."""

    def prepare(self, batch: Batch, store: Store) -> None:
        """Compile the engine where it is not; the time that this takes is no running time."""

    def work(self, batch: Batch, store: Store, tasks: list[Task], progress: Callable[[int], None]) -> None:
        """Do the tasks into the store, and tell how many runs are done."""


def _run(batch: Batch, store: Store, fresh: bool, progress: Callable[[int], None], crew: Crew) -> dict[str, Any]:
    _open(store, batch, fresh)
    if any(cube.on_disk for cube in batch.sets.cubes()):
        batch = replace(batch, sets=Chosen(Stored(store.place, DESIGN), batch.sets.columns))
    waiting = [task for task in batch.tasks if not _is_done(store, files_of(batch, task))]
    resumed = sum(map(len, batch.tasks)) - sum(map(len, waiting))
    if waiting:
        crew.prepare(batch, store)
    progress(resumed)
    began = time.perf_counter()
    try:
        if waiting:
            crew.work(batch, store, waiting, lambda runs: progress(resumed + runs))
    finally:
        # Where not even this can be written, the parts that it would have listed are done again.
        with contextlib.suppress(OSError):
            store.flush()
    return _finish(store, batch, resumed, time.perf_counter() - began)


def _is_done(store: Store, files: list[str]) -> bool:
    """Whether the files of a block are as they were finished, the first with its sum."""
    return files[0] in store.sums and all(store.is_whole(name) for name in files)


def _open(store: Store, batch: Batch, fresh: bool) -> None:
    """Take up the folder's study, or begin one."""
    found = store.read_manifest()
    if found is not None and fresh:
        store.clear()
        found = None
    if found is not None:
        same_study(store.folder, batch.identity)
        store.manifest = found
    else:
        store.manifest = {
            "format": FORMAT, "kind": STUDY, "study": batch.study.name, "identity": batch.identity,
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "points": batch.points.count, "replicates": batch.study.replicates, "seed": batch.study.seed,
            "outcomes": batch.outcomes, **_engine(batch), "state": "running", "files": {}, "sums": {}, "digest": SUMMED,
            "python": sys.version.split()[0], "versions": versions(),
        }  # fmt: skip
        own = own_digests(batch.scenario)
        store.manifest |= {"mechanisms": own} if own else {}
        store.save_manifest()
    study = yaml_text(batch.study.model_dump(by_alias=True, exclude_none=True))
    described: dict[str, Callable[[], bytes]] = {
        "scenario.yaml": lambda: scenario_text(batch.scenario).encode(),
        "study.yaml": study.encode,
        FAILED: lambda: parquet_bytes(failed_frame(batch.failures), FAILURES),
        CODEBOOK: lambda: codebook_of(tables_of(batch)).encode(),
    }
    store.add({name: content() for name, content in described.items() if not store.is_whole(name)})
    tables = {DESIGN: batch.points}
    if batch.sets_other:
        tables[ROWS] = batch.sets
    for name, points in tables.items():
        if not store.is_whole(name):
            for cube in points.cubes():
                cube.scratch = None if is_address(store.folder) else Path(store.folder)
            store.add_points(name, points)


def _engine(batch: Batch) -> dict[str, str | None]:
    """Which engine runs the study, and which model class."""
    if batch.model is None:
        return {"engine": COMPILED, "model": None}
    return {"engine": INTERACTIVE, "model": model_name(batch.model)}


class Threads:
    """Threads of this process; kernels release the interpreter's lock."""

    def __init__(self, workers: int, say: Callable[[str], None]) -> None:
        self.workers, self.say = workers, say

    def prepare(self, batch: Batch, store: Store) -> None:
        """Compile the engine where it is not, or say how long the runs of a model class will take."""
        if batch.model is None:
            prepare(self.say, batch.scenario)
        else:
            announce(batch.model, runs_of(batch, batch.tasks[0])[0], sum(map(len, batch.tasks)), self.say)

    def work(self, batch: Batch, store: Store, tasks: list[Task], progress: Callable[[int], None]) -> None:
        """Do the tasks, a few ahead of the threads."""
        stop = threading.Event()
        finished = 0
        pool = ThreadPoolExecutor(max_workers=self.workers)
        waiting: set[Future[int]] = set()
        coming = iter(tasks)
        try:
            while True:
                while len(waiting) <= self.workers and (task := next(coming, None)) is not None:
                    waiting.add(pool.submit(_do, batch, store, task, stop.is_set))
                if not waiting:
                    return
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    finished += future.result()
                progress(finished)
        finally:
            stop.set()
            for future in waiting:
                future.cancel()
            pool.shutdown(wait=True)


def _do(batch: Batch, store: Store, task: Task, stopped: Callable[[], bool]) -> int:
    """Run one block and write its files; returns how many runs that were."""
    try:
        done = run_task(batch, task, stopped)
        store.add(done.files, done.sums)
    except Stopped:
        return 0
    return len(task)


def _finish(store: Store, batch: Batch, resumed: int, seconds: float) -> dict[str, Any]:
    """Close the manifest and sum up."""
    digest = outcomes_digest((store.sums[files_of(batch, task)[0]] for task in batch.tasks), batch.outcomes)
    failed = len(batch.failures) * batch.study.replicates
    runs = sum(map(len, batch.tasks))
    new = runs - resumed
    if store.manifest["state"] != "finished":
        store.manifest |= {
            "state": "finished", "outcomes_sha256": digest, "runs": batch.runs, "ok": runs,
            "failed": failed, "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3), "resumed": resumed, "runs_per_s": round(new / seconds, 1),
        }  # fmt: skip
        store.save_manifest()
    kept = store.manifest
    see_same(digest, kept.get("outcomes_sha256"), store.folder)
    return {
        "run_dir": str(store.folder), "points": batch.points.count, "replicates": batch.study.replicates,
        "runs": batch.runs, "ok": runs, "failed": failed, "resumed": resumed if new else kept["resumed"],
        "seconds": round(seconds, 3) if new else kept["seconds"],
        "runs_per_s": round(new / seconds, 1) if new else kept["runs_per_s"],
        "peak_rss_mib": peak_rss_mib(), "outcomes_sha256": digest,
    }  # fmt: skip


def peak_rss_mib() -> float:
    """Greatest memory that this process has held, MiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    scale = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)


__all__ = ["Batch", "Task", "make_batch", "peak_rss_mib", "run_batch"]
