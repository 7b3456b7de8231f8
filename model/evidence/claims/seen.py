"""Which worlds claims need, and running each of them once over all draws on common random numbers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from entente.engines.compiled.ensemble import Runs, measure_block, prepare
from entente.errors import InputError, nearest
from entente.evidence.rivals import fitting
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario
from entente.world.draws import Floats
from entente.world.pack import pack
from entente.world.rows import Lot, lots

from .declare import Claim, PerDraw, World

CHUNK, RUNS = 32, 1024
"""Draws that are run one after another in all worlds, which hear the same noise and find it drawn already; and runs of
a block at most, for the sake of memory."""
STRIDE = 2**32
"""Replicate r of draw n has noise n + r*STRIDE: the first has noise n, and no draw comes near another's."""


@dataclass
class Needs:
    """Worlds by key, and which outcomes of each are asked for."""

    worlds: dict[str, World] = field(default_factory=dict)
    outcomes: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, world: World, outcomes: Iterable[str]) -> None:
        self.worlds[world.key] = world
        self.outcomes.setdefault(world.key, {}).update(dict.fromkeys(outcomes))

    @staticmethod
    def union(many: Iterable[Needs]) -> Needs:
        """All that any of them needs."""
        found = Needs()
        for needs in many:
            for key, world in needs.worlds.items():
                found.add(world, needs.outcomes[key])
        return found


class _Asking:
    """Stands for what is seen while a claim is asked what it needs."""

    def __init__(self) -> None:
        self.needs = Needs()

    def __call__(self, world: World, outcome: str) -> Floats:
        return np.asarray(self.each(world, outcome)[0])

    def each(self, world: World, outcome: str) -> Floats:
        self.needs.add(world, [outcome])
        return np.full((world.replicates, 2), 0.5)


def needs_of(claim: Claim) -> Needs:
    """The worlds and outcomes that a tested claim looks at; its margins must not branch on what they hold."""
    assert claim.parts is not None
    asking = _Asking()
    claim.parts(asking)
    return asking.needs


@dataclass
class Seen:
    """What all worlds came to: for each outcome asked for a row a replicate, a column a draw."""

    values: dict[tuple[str, str], Floats]
    cost: dict[str, float]

    def __call__(self, world: World, outcome: str) -> Floats:
        # Added up in order: numpy's own sums depend on the shape that they run over.
        first, *others = self.each(world, outcome)
        return np.asarray(sum(others, first) / world.replicates)

    def each(self, world: World, outcome: str) -> Floats:
        return self.values[world.key, outcome]

    def seconds(self, needs: Needs) -> float:
        """What the worlds of a claim cost in seconds of a thread, whoever else looks at them."""
        return sum(self.cost[key] for key in needs.worlds)


@dataclass
class _Bench:
    """Worlds of one shape, which differ in numbers alone and run side by side."""

    scenario: Scenario
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: list[tuple[int, str]] = field(default_factory=list)
    """The runs of a draw, side by side: replicate and world; those that hear the same noise are neighbours."""


def run_worlds(
    needs: Needs,
    draws: pd.DataFrame,
    seed: int,
    over: Mapping[str, Any],
    workers: int | None,
    progress: Callable[[int], None],
    own: Sequence[Mechanism] = (),
) -> Seen:
    """Run each world in its replicates of each draw. `over` is laid over every world and over the draws; mechanisms of
    one's `own` act."""
    benches = _benches(needs, over, own)
    blocks = [
        (bench, first, min(first + size, at + CHUNK, len(draws)))
        for at in range(0, len(draws), CHUNK)
        for bench in benches
        for size in [max(1, min(CHUNK, RUNS // len(bench.places)))]
        for first in range(at, min(at + CHUNK, len(draws)), size)
    ]
    seen = Seen({}, dict.fromkeys(needs.worlds, 0.0))
    for key, outcomes in needs.outcomes.items():
        for outcome in outcomes:
            seen.values[key, outcome] = np.zeros((needs.worlds[key].replicates, len(draws)))
    done = 0
    prepare(lambda words: None, *(bench.scenario for bench in benches))
    stop = threading.Event()
    with ThreadPoolExecutor(max_workers=workers or os.cpu_count() or 1) as pool:
        try:
            waiting = {
                pool.submit(_run, *block, draws, over, seed, needs, seen, stop.is_set): block for block in blocks
            }
            for future in as_completed(waiting):
                bench, first, last = waiting[future]
                for _, key in bench.places:
                    seen.cost[key] += future.result() / len(bench.places)
                done += (last - first) * len(bench.places)
                progress(done)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return seen


def _run(
    bench: _Bench,
    first: int,
    last: int,
    draws: pd.DataFrame,
    over: Mapping[str, Any],
    seed: int,
    needs: Needs,
    seen: Seen,
    stopped: Callable[[], bool],
) -> float:
    """Run some draws of a bench and put down what its worlds came to; rows lead with draws. Returns seconds."""
    began = time.perf_counter()
    # Made block by block: the design of all draws at once would fill the memory.
    lot = _lot(bench, needs, draws.iloc[first:last], over)
    width = len(bench.places)
    rows = np.arange(len(lot.points))
    noise = first + rows // width + np.array([replicate for replicate, _ in bench.places])[rows % width] * STRIDE
    table, _ = measure_block(lot, Runs(rows, noise), seed, "none", stopped=stopped)
    found = {outcome: table[outcome].to_numpy().reshape(-1, width) for outcome in table.columns[2:]}
    for place, (replicate, key) in enumerate(bench.places):
        for outcome in needs.outcomes[key]:
            seen.values[key, outcome][replicate, first:last] = found[outcome][:, place]
    return time.perf_counter() - began


def _benches(needs: Needs, over: Mapping[str, Any], own: Sequence[Mechanism]) -> list[_Bench]:
    found: dict[str, _Bench] = {}
    laid: dict[str, dict[str, Any]] = {}
    slots: dict[str, Collection[str]] = {}
    named = dict.fromkeys(world.scenario for world in needs.worlds.values())
    files = {name: load_scenario(name, mechanisms=own) for name in named}
    for key, world in needs.worlds.items():
        fixed, numbers = _split(world, files[world.scenario], slots)
        shape = World(world.scenario, fixed).key
        if shape not in found:
            base = load_scenario(files[world.scenario], fixed)
            laid[shape] = fitting(over, base)
            found[shape] = _Bench(load_scenario(base, laid[shape]))
        found[shape].numbers[key] = {path: value for path, value in numbers.items() if path not in laid[shape]}
        found[shape].places += [(replicate, key) for replicate in range(world.replicates)]
    for bench in found.values():
        bench.places.sort(key=lambda place: place[0])
    # Shapes that share their noise lie together.
    return sorted(found.values(), key=lambda bench: (bench.scenario.months, pack(bench.scenario).treaties))


def _split(
    world: World, scenario: Scenario, slots: dict[str, Collection[str]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A world's changes to its scenario: those that shape it, and those that are numbers of the shape.

    `slots` remembers the numbers that a shape has.
    """
    plain = {
        path: value
        for path, value in world.changes.items()
        if path != "months" and isinstance(value, bool | int | float | PerDraw)
    }
    shaping = {path: value for path, value in world.changes.items() if path not in plain}
    shape = World(world.scenario, shaping).key
    if shape not in slots:
        slots[shape] = pack(load_scenario(scenario, shaping)).slots
    shaping |= {path: value for path, value in plain.items() if path not in slots[shape]}
    return shaping, {path: value for path, value in plain.items() if path in slots[shape]}


def _lot(bench: _Bench, needs: Needs, draws: pd.DataFrame, over: Mapping[str, Any]) -> Lot:
    """The worlds of a bench over some draws as one lot; draws lead, worlds follow."""
    width, slots = len(bench.places), pack(bench.scenario).slots
    for path in draws.columns:
        if path not in slots:
            raise InputError(f"parameters: {path}: is no number of {bench.scenario.name}{nearest(path, slots)}")
    drawn = draws.drop(columns=[path for path in draws.columns if path in over])
    behaviour = {f"behaviour.{name}": value for name, value in bench.scenario.behaviour}
    whole = drawn.assign(**{path: value for path, value in behaviour.items() if path not in drawn})
    design = {path: np.repeat(drawn[path].to_numpy(), width) for path in drawn.columns}
    for path in dict.fromkeys(path for numbers in bench.numbers.values() for path in numbers):
        column = design.get(path)
        if column is None:
            column = np.full(len(draws) * width, _default(bench.scenario, path))
        column = column.astype(float)
        for place, (_, key) in enumerate(bench.places):
            if path in bench.numbers[key]:
                value = bench.numbers[key][path]
                column[place::width] = value.of(whole) if isinstance(value, PerDraw) else value
        design[path] = column
    outcomes = list(dict.fromkeys(outcome for key in bench.numbers for outcome in needs.outcomes[key]))
    found, failures = lots(bench.scenario, pd.DataFrame(design), outcomes)
    if failures:
        raise InputError(failures[0].message)
    (lot,) = found
    return lot


def _default(scenario: Scenario, path: str) -> float:
    """What a number is where no world changes it; a map of numbers holds 0 for what it does not name."""
    try:
        return float(leaf(scenario, path))
    except KeyError:
        return 0.0
