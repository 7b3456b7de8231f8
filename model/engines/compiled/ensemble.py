"""The compiled engine: many runs of a scenario side by side, the same numbers as the interactive one.

`simulate` runs a scenario many times, over rows of changed numbers and over replicates, and returns frames;
`trajectory` gives one run in full. Noise depends on seed and replicate alone, never on the row, so rows are
compared on common random numbers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import GREATEST, InputError, whole
from entente.mechanisms import shipped
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import MAX_MONTHS, Scenario, own_of
from entente.world.draws import Floats
from entente.world.measured import frames, numbers_of
from entente.world.outcomes import Outcome
from entente.world.pack import World, pack
from entente.world.rows import Failure, Lot, lots
from entente.world.trajectory import Trajectory, quantities

from .block import Probes, noise_bytes, probes, run_block
from .compiled import is_kept
from .layout import row_count, row_index

BLOCK = 2048
"""Runs of a block at most: what is held in memory at once."""
HELD = 2**28
"""Bytes of state that a block holds at most."""
HEARD = 2**26
"""Bytes of noise that a block holds at most: what is freed in such pieces is used again, and larger ones are new memory each time."""
KEEP = ("none", "yearly", "monthly")


@dataclass
class Simulation:
    """Many runs: `outcomes` has a row a run (`point`, `replicate`, then the outcomes), `trajectories` a row
    a run and month kept (empty where none is), `failed` a row of the design that could not run, and why.

    Examples:
        >>> from entente import simulate
        >>> many = simulate("memo-2001", replicates=3, months=24, outcomes=["depth:rus-chn-2001"], keep="yearly")
        >>> list(many.outcomes), len(many.outcomes), len(many.failed)
        (['point', 'replicate', 'depth:rus-chn-2001'], 3, 0)
        >>> list(many.trajectories)
        ['point', 'replicate', 'month', 'depth:rus-chn-2001']
    """

    outcomes: pd.DataFrame
    trajectories: pd.DataFrame
    failed: pd.DataFrame = field(default_factory=lambda: failed_frame([]))


def simulate(
    scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
    replicates: int = 1,
    seed: int = 0,
    parameters: pd.DataFrame | Mapping[str, Sequence[Any]] | None = None,
    outcomes: Sequence[str] | None = None,
    months: int | None = None,
    keep: str = "none",
    mechanisms: Iterable[Mechanism] = (),
    shared: int = 0,
) -> Simulation:
    """Run a scenario for every row of `parameters` (columns are dotted paths), `replicates` times each.

    `scenario` is an id in `configs/`, a `.yaml` file, a mapping or a `Scenario`; `seed` is that of the noise;
    `months` replaces the horizon. `outcomes` are named as in `entente.world.outcomes` (default: depth and rung of
    every treaty at the end); `keep` says whether their series are returned too: `none`, `yearly` (each December)
    or `monthly`. `mechanisms` act besides those of the model and of the scenario. In the first `shared` months
    every replicate hears the noise of replicate 0, so that runs of one row are one run up to then, and its futures
    after. Impossible rows are in `failed`; the others run. Raises `InputError` with one sentence, also where no
    row is possible.

    Examples:
        >>> from entente import simulate
        >>> many = simulate(
        ...     "memo-2001", replicates=4, months=24, outcomes=["depth:tashkent"],
        ...     parameters={"behaviour.linkage": [0.2, 0.6]},
        ... )
        >>> many.outcomes.groupby("point").size().tolist()
        [4, 4]
    """
    if keep not in KEEP:
        raise InputError(f"keep: {keep!r}: must be one of {', '.join(KEEP)}")
    replicates = whole("replicates", replicates, 1, GREATEST, ", 1 or more")
    seed = whole("seed", seed, 0, GREATEST, ", 0 or more, below 2**63")
    shared = whole("shared", shared, 0, GREATEST, " of months, 0 or more")
    length = None
    if months is not None:
        length = {"months": whole("months", months, 1, MAX_MONTHS, f" from 1 to {MAX_MONTHS}")}
    ready = load_scenario(scenario, length, mechanisms)
    design = pd.DataFrame({} if parameters is None else parameters).reset_index(drop=True)
    if parameters is None:
        design = pd.DataFrame(index=[0])
    sets, failures = lots(ready, design, outcomes)
    if not len(design):
        raise InputError("parameters: no rows; one at least is needed")
    if len(failures) == len(design):
        raise InputError(failures[0].message)
    tables, series = [], []
    for lot in sets:
        for block in blocks_of(lot, replicates):
            table, kept = measure_block(lot, block, seed, keep, shared=shared)
            tables.append(table)
            series.append(kept)
    order = ["point", "replicate"]
    return Simulation(
        pd.concat(tables).sort_values(order, kind="stable").reset_index(drop=True),
        pd.concat(series).sort_values(order, kind="stable").reset_index(drop=True),
        failed_frame(failures),
    )


@dataclass(frozen=True)
class Runs:
    """Runs of a block: rows of its lot and their replicates."""

    rows: np.ndarray
    replicates: np.ndarray


def block_size(lot: Lot, most: int = BLOCK) -> int:
    """Runs of a block of the lot, at most `most`: as many as may be held in memory with their noise."""
    states = HELD // (row_count(lot.world) * np.dtype(float).itemsize)
    replicates = max(1, HEARD // noise_bytes(lot.world))
    return max(1, min(most, BLOCK, states, len(lot.points) * replicates))


def blocks_of(lot: Lot, replicates: int, most: int = BLOCK) -> list[Runs]:
    """A lot's runs in blocks. Replicates lead, so that neighbours hear the same noise."""
    count, size = len(lot.points), block_size(lot, most)
    rows = np.tile(np.arange(count), replicates)
    numbers = np.repeat(np.arange(replicates), count)
    return [Runs(rows[at : at + size], numbers[at : at + size]) for at in range(0, len(rows), size)]


def measure_block(
    lot: Lot,
    block: Runs,
    seed: int,
    keep: str,
    stopped: Callable[[], bool] = lambda: False,
    shared: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run a block; its outcomes, one row a run, and the kept months of their series, one row a run and month.

    Its replicates share their noise in the first `shared` months of the record, and in all before it.
    """
    world, numbers = lot.world, numbers_of(lot)
    wanted = probes(world, numbers)
    values = run_block(
        world,
        lot.part(block.rows),
        block.replicates.tolist(),
        seed,
        wanted,
        stopped=stopped,
        shared=world.opens + shared if shared else 0,
    )
    place = {number: column for column, number in enumerate(numbers)}

    def series(outcome: Outcome, months: slice) -> Floats:
        picked = values[[place[number] for number in outcome.numbers], months]
        return outcome.series(picked.reshape(*picked.shape[:2], -1)[..., : len(block.rows)])

    return frames(lot, block.rows, block.replicates, series, keep)


def failed_frame(failures: Sequence[Failure]) -> pd.DataFrame:
    """Rows that could not run, and why."""
    return pd.DataFrame(
        {
            "point": np.array([failure.point for failure in failures], dtype=np.int64),
            "message": pd.Series([failure.message for failure in failures], dtype=str),
        }
    )


def trajectory(world: World, seed: int, replicate: int = 0) -> Trajectory:
    """One run in full: every recorded number of every month."""
    rows = row_index(world)
    everything = [
        (name, index) for name in quantities(world.mechanisms) for index in np.ndindex(*rows[name].shape)
    ]
    out = run_block(world, {}, [replicate], seed, probes(world, everything))[:, :, 0, 0].T
    arrays: dict[str, Floats] = {}
    at = 0
    for name in quantities(world.mechanisms):
        shape = rows[name].shape
        count = int(np.prod(shape))
        arrays[name] = np.ascontiguousarray(out[:, at : at + count]).reshape(len(out), *shape)
        at += count
    return Trajectory(arrays, len(out))


def prepare(say: Callable[[str], None] = lambda words: None, *scenarios: Scenario) -> float:
    """Compile the engine for the mechanisms of some scenarios (none: those of the model) where it is not, and say so.

    The seconds that it took, 0 where the cache had it.
    """
    own = {one.of.digest: own_of(one) for one in scenarios} or {shipped().digest: ()}
    with _compiling:
        waiting = [digest for digest in own if digest not in _ready]
        seconds = sum([_prepare(say, own[digest]) for digest in waiting], 0.0)
        _ready.update(waiting)
    return seconds


def compiled(scenario: Scenario) -> bool:
    """Whether the engine is compiled for the mechanisms of a scenario, here or in the cache."""
    return scenario.of.digest in _ready or is_kept(scenario.of)


_ready: set[str] = set()
"""Sets of mechanisms that this process has compiled or found compiled."""
_compiling = threading.Lock()


def _prepare(say: Callable[[str], None], own: tuple[Mechanism, ...]) -> float:
    place = {"longitude": 0.0, "latitude": 0.0}
    state = {"name": "A", "place": place, "capability": 0.1}
    smallest = {"name": "smallest", "start": "2000-01", "months": 1, "states": {"A": state}}
    world = pack(load_scenario(smallest, mechanisms=own))
    kept = is_kept(world.mechanisms)
    if not kept:
        names = f" with {', '.join(one.name for one in own)}" if own else ""
        once = f"once for {'them' if own[1:] else 'it'} and" if own else "once for"
        say(f"Compiling the engine{names}, {once} this version of the code; this takes a minute or two.")
    began = time.perf_counter()
    run_block(world, {}, [0], 0, Probes(np.zeros((0, 2), dtype=np.int64), frozenset()))
    seconds = time.perf_counter() - began
    if kept:
        return 0.0
    say(f"Compiled in {seconds:.0f} s.")
    return seconds
