"""A block: runs of one world and seed, side by side in lanes, cut into tiles that fit into a core's cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..draws import Draws, Floats, draw
from ..pack import BEHAVIOUR, World
from ..terms import arrival_size, long_run_intensity, terms
from ..trajectory import QUANTITIES
from .compiled import compiled
from .kernel import SWITCH
from .layout import (
    AT,
    OF,
    Ints,
    Noise,
    Plan,
    group_numbers,
    kinships,
    new_state,
    number_plan,
    row_index,
    world_plan,
)

LANES = 256
"""Runs of a tile at most: fewer leave each loop too short, more outgrow a core's cache."""
WIDTH = 8
"""Numbers that one instruction takes at most; a tile has a multiple of it, where it has several."""


class Stopped(Exception):
    """A block was given up because somebody asked for it."""


@dataclass(frozen=True)
class Probes:
    """Which recorded numbers are kept: rows of the state, and the treaty in whose life they count (or -1)."""

    table: Ints
    quantities: frozenset[str]


def probes(world: World, wanted: Sequence[tuple[str, tuple[int, ...]]]) -> Probes:
    """Probes of single numbers: a quantity of `QUANTITIES` and the indices of its things."""
    rows = row_index(world)
    table = [
        [int(rows[name][index]), index[0] if QUANTITIES[name].over.startswith("t") and name != "status" else -1]
        for name, index in wanted
    ]
    return Probes(np.array(table, dtype=np.int64).reshape(len(table), 2), frozenset(name for name, _ in wanted))


def run_block(
    world: World,
    columns: Mapping[str, Floats],
    replicates: Sequence[int],
    seed: int,
    kept: Probes,
    lanes: int = LANES,
    stopped: Callable[[], bool] = lambda: False,
) -> Floats:
    """Run one block: run `r` has replicate `replicates[r]` and the value `columns[path][r]` at each path.

    Returns an array (recorded months, probes, runs). `stopped` is asked between tiles; where it says so,
    `Stopped` is raised.
    """
    runs = len(replicates)
    block = _Block(world, columns, list(replicates), seed, kept, even_lanes(runs, lanes))
    edges = sorted({0, world.steps, *(change.step for change in world.settings if 0 < change.step < world.steps)})
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        block.refresh(first)
        block.advance(first, last, stopped)
    return np.concatenate(block.out, axis=2)[:, :, :runs]


def even_lanes(runs: int, most: int = LANES) -> int:
    """Lanes of each tile, so that the tiles of a block are nearly full."""
    tiles = -(-runs // most)
    share = -(-runs // tiles)
    return min(-(-share // WIDTH) * WIDTH, most) if tiles > 1 else share


class _Block:
    def __init__(
        self,
        world: World,
        columns: Mapping[str, Floats],
        replicates: list[int],
        seed: int,
        kept: Probes,
        lanes: int,
    ) -> None:
        self.world, self.kept, self.lanes = world, kept, lanes
        self.tiles = -(-len(replicates) // lanes)
        padding = self.tiles * lanes - len(replicates)
        self.replicates = [*replicates, *[replicates[-1]] * padding]
        count = len(self.replicates)
        self.numbers = {
            name: np.repeat(values[..., np.newaxis], count, axis=-1) for name, values in world.numbers.items()
        }
        for path, values in columns.items():
            slot = world.slots[path]
            self.numbers[slot.array][slot.index] = np.concatenate([values, np.repeat(values[-1:], padding)])
        self.varied = {world.slots[path].array for path in columns}
        self.fixed = world_plan(world) | {
            "lanes": lanes,
            "wants_alignment": "alignment" in kept.quantities,
            "wants_orientation": "orientation" in kept.quantities,
            "wants_overlap": "overlap" in kept.quantities,
        }
        self.plan: Plan | None = None
        self.states = [new_state(world, lanes) for _ in range(self.tiles)]
        months = world.steps - world.opens
        self.out = [np.zeros((months, len(kept.table), lanes)) for _ in range(self.tiles)]
        self.draws = [draws_of(world, seed, replicate) for replicate in sorted(set(self.replicates))]
        self.place = {replicate: row for row, replicate in enumerate(sorted(set(self.replicates)))}
        self.noise: list[Noise] = []

    def refresh(self, step: int) -> None:
        """Take over what the calendar sets at the beginning of `step`, and derive all numbers anew."""
        offers: list[tuple[int, int, Floats]] = []
        for change in self.world.settings:
            if change.step == step:
                slot, value = change.slot, self.numbers["values"][change.value]
                self.numbers[slot.array][slot.index] = value
                if slot.array == "packages":
                    offers.append((*slot.index, value))
        acting = terms(self.world, self.numbers)
        solidarity = acting["switches"][SWITCH.solidarity]
        # Kinship is 1 throughout, and not read, where nobody minds the other's regime.
        acting["kin"] = kinships(acting["polity"] if solidarity.any() else acting["polity"][:0], solidarity)
        acting["long_run"] = self._long_run(acting)
        fixed = self.fixed | number_plan(self.world, self.fixed, acting, self.plan)
        self.plan = Plan(**fixed)
        self.acting = [
            group_numbers(acting, slice(z, z + self.lanes)) for z in range(0, len(self.replicates), self.lanes)
        ]
        self._hear()
        if step == 0:
            self._set_out()
        for power, state, value in offers:
            self._put(power, state, value)

    def _set_out(self) -> None:
        """The world before its first month."""
        for (now, _), num in zip(self.states, self.acting, strict=True):
            now.k[AT.intensity] = num.k[OF.base]
            now.k[AT.effective] = num.k[OF.base]
            now.sk[AT.perception] = num.sk[OF.exposure] * num.k[OF.base]
            now.s[AT.provision] = num.s[OF.provision]
            now.ts[AT.barred] = -1.0
            now.t[AT.ends] = -1.0
        for power in range(len(self.world.powers)):
            for state in range(len(self.world.states)):
                self._put(power, state, self.numbers["packages"][power, state])

    def _put(self, power: int, state: int, value: Floats) -> None:
        """Put a package before a state; a power without a policy makes no offers."""
        offered = value if self.world.policy[power] != "none" else np.zeros_like(value)
        for tile, (now, _) in enumerate(self.states):
            now.ps[AT.package, power, state] = offered[tile * self.lanes : (tile + 1) * self.lanes]

    def _long_run(self, acting: Mapping[str, Floats]) -> Floats:
        """Long-run mean intensities, lane by lane where they can differ; 0 where nobody asks for them."""
        n = self.numbers
        if not acting["switches"][SWITCH.held_perception].any():
            return np.zeros_like(n["base"])
        persistence = acting["dials"][BEHAVIOUR.index("persistence")]
        found = []
        for z in range(len(self.replicates)):
            base, rate, median, log_sd = (
                np.ascontiguousarray(n[name][:, z]) for name in ("base", "rate", "median", "log_sd")
            )
            found.append(long_run_intensity(base, rate, median, log_sd, float(persistence[z])))
        return np.stack(found, axis=-1)

    def _hear(self) -> None:
        """The noise of each tile; sizes of arrivals are drawn once a replicate unless they differ by lane."""
        median, log_sd = self.numbers["median"], self.numbers["log_sd"]
        own = bool((median != median[:, :1]).any() or (log_sd != log_sd[:, :1]).any())
        rows = [self.place[replicate] for replicate in self.replicates]
        arrival, perception, drift = (
            np.stack([getattr(draws, name) for draws in self.draws]) for name in ("arrival", "perception", "drift")
        )
        if own:
            sizes = [self._sizes(z, self.draws[row]) for z, row in enumerate(rows)]
        else:
            sizes = [self._sizes(0, draws) for draws in self.draws]
        self.noise = []
        for z in range(0, len(rows), self.lanes):
            heard = np.array(rows[z : z + self.lanes], dtype=np.int64)
            sized = np.arange(z, z + self.lanes, dtype=np.int64) if own else heard
            same = bool((heard == heard[0]).all()) and not own
            self.noise.append(Noise(arrival, np.stack(sizes), perception, drift, heard, sized, same))

    def _sizes(self, lane: int, draws: Draws) -> Floats:
        n = self.numbers
        median, log_sd = (np.ascontiguousarray(n[name][:, lane]) for name in ("median", "log_sd"))
        return arrival_size(median, log_sd, draws.magnitude)

    def advance(self, first: int, last: int, stopped: Callable[[], bool]) -> None:
        for tile, (now, rows) in enumerate(self.states):
            if stopped():
                raise Stopped
            compiled()(
                first, last, self.plan, self.acting[tile], now, self.noise[tile], rows, self.kept.table, self.out[tile]
            )  # fmt: skip


@lru_cache(maxsize=64)
def _draws(
    states: tuple[str, ...],
    sources: tuple[str, ...],
    treaties: tuple[str, ...],
    steps: int,
    seed: int,
    replicate: int,
) -> Draws:
    return draw(states, sources, treaties, steps, seed, replicate)


def draws_of(world: World, seed: int, replicate: int) -> Draws:
    """The noise of a replicate, kept for the next block that needs it."""
    return _draws(world.states, world.sources, world.treaties, world.steps, seed, replicate)
