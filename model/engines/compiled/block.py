"""A block: runs of one world and seed, in tiles of as many as are computed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from entente.errors import InputError
from entente.schema.base import MONTHS_IN_YEAR
from entente.world.draws import ARRIVAL, MAGNITUDE, PERCEPTION, Draws, Floats
from entente.world.pack import World
from entente.world.terms import arrival_size, long_run_intensity, terms
from entente.world.trajectory import quantities

from .compiled import compiled
from .kernel import DIAL, SWITCH
from .layout import Ints, Noise, group_numbers, row_count, row_index, state_rows
from .noise import drawn
from .plan import Plan, number_plan, world_plan
from .tables import aligned_zeros
from .vector import WIDTH

TILES = 64
"""Tiles that are run in one call: whether to stop is asked in between."""
MOVES = ("left", "left_by", "came_by", "ended_by")
"""What is recorded of the one month in which somebody comes or goes, or a treaty ends."""
LASTING = ("status", *MOVES)
"""What is recorded of a treaty also when it does not run."""
TOGETHER = ("behaviour", "switches", "institution")
"""Numbers that are multiplied with each other in place: where one differs by run, all do."""


class Stopped(Exception):
    """A block was given up because somebody asked for it."""


@dataclass(frozen=True)
class Probes:
    """Which recorded numbers are kept: rows of the state, and the treaty in whose life they count (or -1)."""

    table: Ints
    quantities: frozenset[str]


def probes(world: World, wanted: Sequence[tuple[str, tuple[int, ...]]]) -> Probes:
    """Probes of single numbers: a recorded quantity and the indices of its things."""
    rows, recorded = row_index(world), quantities(world.mechanisms)
    lasting = {*LASTING, *(memory.name for memory in world.mechanisms.memories)}
    table = [
        [int(rows[name][index]), index[0] if recorded[name].over.startswith("t") and name not in lasting else -1]
        for name, index in wanted
    ]
    return Probes(np.array(table, dtype=np.int64).reshape(len(table), 2), frozenset(name for name, _ in wanted))


def run_block(
    world: World,
    columns: Mapping[str, Floats],
    replicates: Sequence[int],
    seed: int,
    kept: Probes,
    stopped: Callable[[], bool] = lambda: False,
    shared: int = 0,
) -> Floats:
    """Run one block: run `r` has replicate `replicates[r]` and the value `columns[path][r]` at each path.

    Returns an array (probes, recorded months, tiles, runs of a tile); what fills the last tile repeats the last
    run. All hear the noise of replicate 0 in the first `shared` steps. `stopped` is asked now and then; where it says so, `Stopped` is raised.
    """
    block = _Block(world, columns, list(replicates), seed, kept, shared)
    edges = sorted({0, world.steps, *(change.step for change in world.settings if 0 < change.step < world.steps)})
    for first, last in zip(edges[:-1], edges[1:], strict=True):
        block.refresh(first)
        block.advance(first, last, stopped)
    if not world.mechanisms.vetted:
        block.check_finite()
    return np.moveaxis(block.out, 2, 0).swapaxes(1, 2)


class _Block:
    """Runs of one world in tiles of `WIDTH`; the last tile is filled up with its last run."""

    def __init__(
        self,
        world: World,
        columns: Mapping[str, Floats],
        replicates: list[int],
        seed: int,
        kept: Probes,
        shared: int,
    ) -> None:
        self.world, self.kept, self.shared = world, kept, shared
        padding = -len(replicates) % WIDTH
        self.replicates = [*replicates, *[replicates[-1]] * padding]
        self.tiles = len(self.replicates) // WIDTH
        self.numbers = {name: values[..., np.newaxis] for name, values in world.numbers.items()}
        slots = [world.slots[path] for path in columns]
        self._part({slot.array for slot in slots})
        for slot, values in zip(slots, columns.values(), strict=True):
            self.numbers[slot.array][slot.index] = np.concatenate([values, np.repeat(values[-1:], padding)])
        self.fixed = world_plan(world) | {
            "wants_alignment": "alignment" in kept.quantities or world.mechanisms.minds_alignment,
            "wants_orientation": "orientation" in kept.quantities,
            "wants_overlap": "overlap" in kept.quantities,
            "wants_moves": any(name in kept.quantities for name in MOVES),
            "wants_fear": "fear" in kept.quantities,
        }
        self.rows = aligned_zeros((self.tiles, row_count(world), WIDTH))
        self.out = np.zeros((self.tiles, world.steps - world.opens, len(kept.table), WIDTH))
        self.seed = seed
        self.heard: frozenset[str] = frozenset()
        self.draws: Draws | None = None
        self.place = {replicate: row for row, replicate in enumerate(sorted(set(self.replicates)))}
        self._set_out()
        self.plan: Plan | None = None
        if any(change.step == 0 for change in world.settings):
            # The world as it sets out: what the calendar makes 0 in the first month has to be written once more.
            self.plan = self._planned(self._acting(), None)

    def _part(self, varied: set[str]) -> None:
        """Give each run its own numbers where runs may differ; elsewhere one number stands for all."""
        if "values" in varied:
            varied = varied | {change.slot.array for change in self.world.settings}
        if varied & set(TOGETHER):
            varied = varied | set(TOGETHER)
        for name in self.numbers:
            times = len(self.replicates) if name in varied else 1
            self.numbers[name] = np.repeat(self.numbers[name], times, axis=-1)

    def check_finite(self) -> None:
        """Raise `InputError` where mechanisms of the scenario's own led to what is no number, in any run."""
        kept = [memory.name for memory in self.world.mechanisms.memories]
        held = [
            self.rows[:, state_rows(self.world, name).ravel()]
            for name in ("depth", "mistrust", "perception", *kept)
        ]
        broken = self.rows[:, state_rows(self.world, "broken").ravel()]
        if (broken != 0).any() or not all(np.isfinite(values).all() for values in held):
            own = ", ".join(one.name for one in self.world.mechanisms.all if not one.vetted)
            raise InputError(
                f"{self.world.scenario.name}: what a treaty is worth, or what is remembered, is no finite number in some run; "
                f"look at {own}: `entente check` tries their functions, and a single run on the interactive engine tells the month"
            )

    def refresh(self, step: int) -> None:
        """Take over what the calendar sets at the beginning of `step`, and derive all numbers anew."""
        offers: list[tuple[int, int, Floats]] = []
        for change in self.world.settings:
            if change.step == step:
                slot, value = change.slot, self.numbers["values"][change.value]
                self.numbers[slot.array][slot.index] = value
                if slot.array == "packages":
                    offers.append((*slot.index, value))
        acting = self._acting()
        self.plan = self._planned(acting, self.plan)
        self.acting = group_numbers(self.world, acting, len(self.replicates))
        self._hear(acting)
        for power, state, value in offers:
            self._put(power, state, value)

    def _acting(self) -> dict[str, Floats]:
        acting = terms(self.world, self.numbers)
        acting["long_run"] = self._long_run(acting)
        return acting

    def _planned(self, acting: Mapping[str, Floats], before: Plan | None) -> Plan:
        return Plan(**(self.fixed | number_plan(self.world, self.fixed, acting, before)))

    def _set(self, quantity: str, values: Floats) -> None:
        """Set rows of the state: `values` has the shape of the quantity's things, then runs."""
        rows = state_rows(self.world, quantity)
        runs = np.broadcast_to(values, (*rows.shape, len(self.replicates)))
        self.rows[:, rows.ravel()] = np.moveaxis(runs.reshape(rows.size, self.tiles, WIDTH), 1, 0)

    def _set_out(self) -> None:
        """The world before its first month, and before what the calendar sets in it."""
        base = self.numbers["base"]
        self._set("intensity", base)
        self._set("effective", base)
        self._set("perception", self.numbers["exposure"] * base * self.numbers["alive"][:, np.newaxis])
        self._set("provision", self.numbers["provision"])
        nominal = self.numbers["capability"][self.world.first_month // MONTHS_IN_YEAR - self.world.first_year]
        self._set("capability", nominal * self.numbers["provision"] * self.numbers["alive"])
        self._set("contribution", self.numbers["contribution"] * self.numbers["provision"][:, np.newaxis])
        self._set("barred", np.array(-1.0))
        self._set("ends", np.array(-1.0))
        for power in range(len(self.world.powers)):
            for state in range(len(self.world.states)):
                self._put(power, state, self.numbers["packages"][power, state])

    def _put(self, power: int, state: int, value: Floats) -> None:
        """Put a package before a state; a power without a policy makes no offers."""
        offered = value if self.world.policy[power] != "none" else np.zeros_like(value)
        row = state_rows(self.world, "package")[power, state]
        self.rows[:, row] = np.broadcast_to(offered, (len(self.replicates),)).reshape(self.tiles, WIDTH)

    def _long_run(self, acting: Mapping[str, Floats]) -> Floats:
        """Long-run mean intensities, run by run where they can differ; 0 where nobody asks for them."""
        n = self.numbers
        if not self.world.mechanisms.reading("long_run_intensity", acting["acts"]):
            return np.zeros_like(n["base"])
        named = [n[name] for name in ("base", "rate", "median", "log_sd")]
        dials = acting["dials"][DIAL.persistence]
        runs = max(dials.shape[-1], *(values.shape[-1] for values in named))
        found = []
        for z in range(runs):
            base, rate, median, log_sd = (
                np.ascontiguousarray(values[:, z % values.shape[-1]]) for values in named
            )
            found.append(long_run_intensity(base, rate, median, log_sd, float(dials[z % dials.shape[-1]])))
        return np.stack(found, axis=-1)

    def _hear(self, acting: Mapping[str, Floats]) -> None:
        """The noise of the block; sizes of arrivals are drawn once a replicate unless they differ by run."""
        median, log_sd = (self.numbers[name].T[:, np.newaxis] for name in ("median", "log_sd"))
        rows = np.array([self.place[replicate] for replicate in self.replicates], dtype=np.int64)
        wanted = self._wanted(acting)
        if self.draws is None or not wanted <= self.heard:
            self.heard |= wanted
            self.draws = self._drawn()
        magnitude, sized = self.draws.magnitude, rows
        if bool((median != median[:1]).any() or (log_sd != log_sd[:1]).any()):
            magnitude, sized = magnitude[rows], np.arange(len(rows), dtype=np.int64)
        else:
            median, log_sd = median[:1], log_sd[:1]
        hears, hears_sizes = rows.reshape(-1, WIDTH), sized.reshape(-1, WIDTH)
        self.noise = Noise(
            arrival=self.draws.arrival,
            sizes=arrival_size(median, log_sd, magnitude),
            perception=self.draws.perception,
            s=self._own("s"),
            k=self._own("k"),
            t=self._own("t"),
            replicate=hears,
            sized=hears_sizes,
            alike=_alike(hears),
            sized_alike=_alike(hears_sizes),
        )

    def _own(self, over: str) -> Floats:
        """The streams of mechanisms over some things: by replicate, stream and step."""
        assert self.draws is not None
        names = [stream.name for stream in self.world.mechanisms.streams if stream.over == over]
        if not names:
            return np.zeros((1, 0, 1, 1))
        return np.ascontiguousarray(np.stack([self.draws.own[name] for name in names], axis=1))

    def _drawn(self) -> Draws:
        """The noise of all replicates, which lead."""
        found = drawn(self.world, self.seed, self.place, self.heard)
        if self.shared:
            trunk = drawn(self.world, self.seed, [0], self.heard)
            for name in ("arrival", "magnitude", "perception"):
                getattr(found, name)[:, : self.shared] = getattr(trunk, name)[:, : self.shared]
            for name, own in found.own.items():
                own[:, : self.shared] = trunk.own[name][:, : self.shared]
        return found

    def _wanted(self, acting: Mapping[str, Floats]) -> frozenset[str]:
        """The streams that some run reads: most of a replicate's noise would be multiplied by 0."""
        world, switches = self.world, acting["switches"]
        comes = (acting["arrival"] != 0).any(axis=-1) & switches[SWITCH.arrivals].any()
        noisy = (acting["exposure"] != 0).any(axis=-1) & acting["dials"][DIAL.sigma].any()
        sources = [source for source, any_come in zip(world.sources, comes, strict=True) if any_come]
        names = [name.format(source) for source in sources for name in (ARRIVAL, MAGNITUDE)]
        names += [PERCEPTION.format(world.states[i], world.sources[k]) for i, k in np.argwhere(noisy)]
        things = {"s": world.states, "k": world.sources, "t": world.treaties}
        for one, acts in zip(world.mechanisms.all, acting["acts"], strict=True):
            if acts.any():
                names += [f"{thing}/{stream.label}" for stream in one.streams for thing in things[stream.over]]
        return frozenset(names)

    def advance(self, first: int, last: int, stopped: Callable[[], bool]) -> None:
        present = np.full((len(self.world.treaties), len(self.world.states)), -1, dtype=np.int64)
        for tile in range(0, self.tiles, TILES):
            if stopped():
                raise Stopped
            # Uncompiled, numpy would warn of quotients that no run reads.
            with np.errstate(divide="ignore", invalid="ignore"):
                compiled()(
                    first, last, (tile, min(tile + TILES, self.tiles)), self.plan, self.acting, self.rows, present,
                    self.noise, self.kept.table, self.out,
                )  # fmt: skip


def _alike(rows: Ints) -> Ints:
    """Of each tile, whether all its runs hear the same."""
    found: Ints = (rows == rows[:, :1]).all(axis=1).astype(np.int64)
    return found


def noise_bytes(world: World) -> int:
    """What the noise of one replicate takes in memory."""
    sources = len(world.sources)
    counts = {"s": len(world.states), "k": sources, "t": len(world.treaties)}
    things = (2 + len(world.states)) * sources + sum(counts[one.over] for one in world.mechanisms.streams)
    return max(1, world.steps * things * np.dtype(float).itemsize)
