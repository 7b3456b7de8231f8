"""A study on a Dask cluster: blocks go out by number, workers write their files themselves.

A worker reads the study from where it is written (`study.yaml`, `scenario.yaml`), cuts the same blocks of it, makes the
points of a block itself where the study says them, and else reads those from `design.parquet`, and refuses where its code, its Python or its packages are not those of the client.
The blocks of a worker that is lost are given to another by the scheduler; done twice, a block is the same
bytes under the same names. The manifest is the client's alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

from entente.engines.compiled.compiled import code_digest
from entente.engines.compiled.ensemble import prepare
from entente.errors import InputError, shown
from entente.schema.load import parse_scenario
from entente.schema.study import DUMMY, Saltelli, Sample, Study
from entente.schema.yaml12 import parse_yaml
from entente.telling.files import is_address

from .design import sampled_points
from .extras import need
from .places import Place, below, place_of, reason
from .plan import Batch, Task, cut, run_task
from .points import Chosen, Points, Stored
from .store import DESIGN, ROWS, Store

CONNECT_SECONDS = 5
AHEAD = 1000
"""Blocks that the scheduler holds at once: enough for any cluster, and little for it to hold."""
LOGGERS = ("distributed", "distributed.client")
PACKAGES = ("entente", "numpy", "numba", "llvmlite", "scipy", "SALib", "pandas", "pyarrow")
"""What shapes the numbers, the designs and the bytes of the files."""


@dataclass(frozen=True)
class Order:
    """All that a worker is told of a study; with it a block is a number."""

    address: str
    identity: str
    likeness: str
    block: int | None
    given: str
    """A digest of the points where the study does not say them; else empty."""


def likeness() -> dict[str, str]:
    """What must be the same in all processes that work on one study."""
    digest = hashlib.sha256(code_digest().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    versions = {name: metadata.version(name) for name in PACKAGES}
    return {"Python": "{}.{}".format(*sys.version_info), "code version": digest.hexdigest()[:12]} | versions


class Cluster:
    """The workers of an existing cluster. Raises `InputError` where no scheduler answers."""

    def __init__(self, scheduler: str, say: Callable[[str], None]) -> None:
        self.scheduler, self.say = scheduler, say
        need("--scheduler", "distributed", "studies")
        from distributed import Client
        from distributed.comm import resolve_address

        try:
            resolve_address(scheduler)
            self.client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            words = " ".join(str(error).split())
            raise InputError(f"--scheduler {shown(scheduler)}: no Dask scheduler answers there: {words}") from None

    def __enter__(self) -> Cluster:
        # A lost scheduler is told in a sentence; Dask tells it in tracebacks besides.
        self._levels = {name: logging.getLogger(name).level for name in LOGGERS}
        for name in LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return self

    def __exit__(self, *error: object) -> None:
        # What was given out and has not begun is forgotten by the scheduler with its client.
        self.client.close()
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)

    def prepare(self, batch: Batch, store: Store) -> None:
        """See that each worker that is there can do this study, and let it compile the engine."""
        _plain_table(batch)
        found = self.client.run(_ready, _order(batch, store), on_error="return")
        for worker, answer in sorted(found.items()):
            if isinstance(answer, BaseException):
                raise InputError(f"worker {worker}: {_words(answer)}")
            if isinstance(answer, str):
                raise InputError(f"worker {worker}: {answer}")
        if not found:
            self.say(f"{self.scheduler}: no workers yet; waiting for them")

    def work(self, batch: Batch, store: Store, tasks: list[Task], progress: Callable[[int], None]) -> None:
        """Give out the tasks, and list what comes back."""
        from distributed import as_completed

        order, finished, coming = _order(batch, store), 0, iter(tasks)
        going = as_completed(loop=self.client.loop)

        def give(some: Iterable[Task]) -> None:
            going.update([self.client.submit(do_block, order, task.number, pure=False) for task in some])

        give(islice(coming, AHEAD))
        for future in going:
            if future.status != "finished":
                self._explain(future)
            done = future.result()
            if "refused" in done:
                raise InputError(f"worker {done['worker']}: {done['refused']}; what is finished stays")
            store.enlist(done["parts"], done["sums"])
            finished += done["runs"]
            progress(finished)
            give(islice(coming, 1))

    def _explain(self, future: Any) -> None:
        """Raise the sentence for a block that came to nothing, or the error itself where it is one of ours."""
        from distributed import KilledWorker

        if future.status != "error":
            raise InputError(f"{self.scheduler}: the scheduler is lost; what is finished stays")
        error = future.exception()
        if isinstance(error, KilledWorker):
            raise InputError(
                "a block was given up because worker after worker died while running it, perhaps for want of memory; "
                "what is finished stays"
            )
        if isinstance(error, ImportError | AttributeError):
            raise InputError(f"a worker cannot run it: {_words(error)}; what is finished stays")
        raise error


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}; the same Entente must be installed there"


def _order(batch: Batch, store: Store) -> Order:
    where = store.folder if is_address(store.folder) else Path(store.folder).resolve()
    return Order(str(where), json.dumps(batch.identity), json.dumps(likeness()), batch.block, batch.given)


def _plain_table(batch: Batch) -> None:
    """Workers read the points from the study's folder, where a column holds one kind of values."""
    for chunk in batch.points.chunks():
        mixed = [name for name, column in chunk.items() if column.dtype == object]
        for name in mixed:
            if not chunk[name].map(lambda value: isinstance(value, str)).all():
                raise InputError(f"{shown(name)}: values of several kinds; on a cluster a factor must hold one")
        if not mixed:
            # A column has one type in all chunks.
            return


# -- on a worker ----------------------------------------------------------------------------

_guard = threading.Lock()
_known: dict[Order, Batch] = {}
"""The study that this process works on; another takes its place."""


def do_block(order: Order, number: int) -> dict[str, Any]:
    """Run a block on a worker, write its files, and return their checksums and sums, or why it is refused."""
    from distributed import get_worker

    try:
        batch = _study(order)
        done = run_task(batch, batch.tasks[number])
        place = place_of(order.address)
        parts = {name: place.put(name, content) for name, content in done.files.items()}
    except InputError as error:
        return {"refused": str(error), "worker": get_worker().address}
    except OSError as error:
        return {"refused": f"{order.address}: cannot be written: {reason(error)}", "worker": get_worker().address}
    return {"parts": parts, "sums": done.sums, "runs": len(batch.tasks[number])}


async def _ready(order: Order) -> str | None:
    """Make a worker ready; why it cannot be, or None. Leaves its loop free to say that it is alive."""

    def ready() -> str | None:
        try:
            _study(order)
        except (InputError, OSError) as error:
            return str(error)
        return None

    return await asyncio.get_running_loop().run_in_executor(None, ready)


def _study(order: Order) -> Batch:
    """The study of an order, read once in each process, and the engine compiled once."""
    with _guard:
        if order not in _known:
            _alike(order)
            batch = _read(order)
            prepare(lambda words: None, batch.scenario)
            _known.clear()
            _known[order] = batch
        return _known[order]


def _alike(order: Order) -> None:
    here, there = likeness(), json.loads(order.likeness)
    other = [
        f"{name} {here.get(name)} (client: {value})" for name, value in there.items() if here.get(name) != value
    ]
    if other:
        raise InputError(f"has another {', '.join(other)}; the same must be installed there")


def _read(order: Order) -> Batch:
    place = place_of(order.address)
    texts = {name: place.read(name) for name in ("scenario.yaml", "study.yaml")}
    for name, content in texts.items():
        if content is None:
            raise InputError(f"sees no {below(order.address, name)}: all workers must reach the study's folder")
    scenario = parse_scenario((texts["scenario.yaml"] or b"").decode(), below(order.address, "scenario.yaml"))
    study = Study.model_validate(parse_yaml((texts["study.yaml"] or b"").decode(), "study.yaml")[0])
    points = _points(study, place, order)
    try:
        sets: Points = Stored(place, ROWS)
    except FileNotFoundError:
        sets = Chosen(points, [name for name in points.columns if name != DUMMY])
    batch = cut(study, scenario, points, sets, order.block, given=order.given)
    if batch.identity != json.loads(order.identity):
        raise InputError(f"{order.address}: holds another study there than here")
    return batch


def _points(study: Study, place: Place, order: Order) -> Points:
    """The points of the study: made here where it says them and any range of them is quickly made, else read from its folder."""
    if not order.given and isinstance(study.design, Sample | Saltelli):
        points = sampled_points(study)
        if not points.cube.on_disk:
            return points
    try:
        return Stored(place, DESIGN)
    except FileNotFoundError:
        raise InputError(
            f"sees no {below(order.address, DESIGN)}: all workers must reach the study's folder"
        ) from None
