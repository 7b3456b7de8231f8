"""Where everything stands while runs advance: numbers, state and noise.

Axes in words: `s` states, `d` pairs of states that ever quarrel, `k` sources, `n` needs (sources, then benefits without one), `t` treaties, `p` powers, `z`
nothing but runs. Every array of numbers or state ends in the runs of a tile, `WIDTH` of them. Numbers over the
same things share one array, told apart by its first index, since each array that a compiled function is given
costs compilation time: `get(now.ts, AT.member, t, i)`, `get(num.sk, OF.exposure, i, k)`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.month.gather import Mechanisms
from entente.world.draws import Floats
from entente.world.pack import World
from entente.world.trajectory import CORE, quantities

from .kernel import kernel, places
from .tables import aligned_zeros, carve
from .vector import WIDTH

Ints = NDArray[np.int64]

_NUMBERS: dict[str, tuple[str, ...]] = {
    "s": ("independence", "provision", "alive"),
    "k": ("base", "held", "concession", "arrival", "long_run"),
    "sk": ("exposure", "exposure_root", "contribution", "sponsoring_states"),
    "ps": ("courts",),
    "n": ("needs", "order"),
    "t": ("mistrust", "obligation", "term", "renewal", "term_strength", "directed"),
    "tk": ("scope", "sponsoring_treaties"),
    "ts": (),
    "tt": (),
}  # fmt: skip
"""Numbers of the core; those that mechanisms declare come after them."""
_ALONE = ("dials", "switches", "constants", "capability", "power_capability", "sizes")

_WORK: dict[str, tuple[str, ...]] = {
    "s": (
        "weakness", "mate", "share_of_mate", "seated_capability", "due", "pays", "trial_seat", "trial_linear",
        "trial_curve", "trial_ideal",
    ),
    "d": ("quarrel", "quarrel_shock"),
    "k": ("alarm",),
    "sk": ("contribution", "gained"),
    "ps": ("package",),
    "t": ("in_force", "term_start", "ends", "signs", "bargains", "dormant"),
    "ts": ("leaving", "joining", "barred", "seat", "at_agreed", "exits", "entries"),
    "sn": ("trial_benefit",),
    "tsn": ("benefit",),
    "n": ("sum_benefit",),
    "z": ("useful", "need", "median", "broken"),
}  # fmt: skip
"""State that is not recorded."""


_BENT = {"s": ("trial_common", "trial_saving"), "t": ("organs",), "ts": ("saving",), "z": ("per_need",)}
"""State that is kept where marginal utility may bend."""


def _together(*groups: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Names by axes, those of each group after those of the one before."""
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for over, names in group.items():
            found[over] = (*found.get(over, ()), *names)
    return found


def _by_axes(names: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return _together(*({over: (name,)} for name, over in names))


# Recorded quantities come first, so that `tsk` benefits stand among the needs.
_CORE_STATE = _together(_by_axes((name, q.over) for name, q in CORE.items() if name != "benefit"), _WORK, _BENT)


def numbers_of_core_and(mechanisms: Mechanisms) -> dict[str, tuple[str, ...]]:
    """Names of numbers by axes; those of the core come first."""
    return _together(_NUMBERS, _by_axes(mechanisms.fields.items()))


def state_of_core_and(mechanisms: Mechanisms) -> dict[str, tuple[str, ...]]:
    """Names of state by axes; that of the core comes first, then what mechanisms record, keep and hear."""
    recorded = [(name, over) for name, (over, _, _) in mechanisms.records.items()]
    kept = [(memory.name, memory.over) for memory in mechanisms.memories if memory.record is None]
    heard = [(stream.name, stream.over) for stream in mechanisms.streams]
    return _together(_CORE_STATE, _by_axes([*recorded, *kept, *heard]))


AT = places("AT", _CORE_STATE.values())
GROUP = places("GROUP", [_CORE_STATE])
OF = places("OF", _NUMBERS.values())


def _record(title: str, names: Iterable[str]) -> Any:
    return namedtuple(title, names)  # type: ignore[misc]


State = _record("State", [*_CORE_STATE, "present"])
Numbers = _record("Numbers", [*_NUMBERS, *_ALONE])


class Noise(NamedTuple):
    """The noise of a block: arrays by replicate and step, and which replicate each run of a tile hears.

    `s`, `k` and `t` hold the streams of mechanisms over states, sources and treaties: by replicate, stream and step.
    """

    arrival: Floats
    sizes: Floats
    perception: Floats
    s: Floats
    k: Floats
    t: Floats
    replicate: Ints
    sized: Ints
    alike: Any  # of each tile: whether its runs hear the same
    sized_alike: Any


def sizes_of(world: World) -> dict[str, int]:
    """Length of each axis."""
    return {
        "s": len(world.states), "d": len(world.pairs), "k": len(world.sources),
        "n": len(world.sources) + len(world.mechanisms.free_benefits),
        "t": len(world.treaties), "p": len(world.powers),
    }  # fmt: skip


def row_count(world: World) -> int:
    """Rows of the state: one a number."""
    return sum(int(np.prod(shape)) for shape in shapes_of(world).values())


def shapes_of(world: World) -> dict[str, tuple[int, ...]]:
    size = sizes_of(world)
    return {
        over: (len(names), *(size[axis] for axis in over if axis != "z"))
        for over, names in state_of_core_and(world.mechanisms).items()
    }


def state_rows(world: World, name: str) -> Ints:
    """Rows of a named number of the state, in the shape of its things."""
    at = 0
    names = state_of_core_and(world.mechanisms)
    for over, shape in shapes_of(world).items():
        count = int(np.prod(shape))
        if name in names[over]:
            rows: Ints = np.arange(at, at + count, dtype=np.int64).reshape(shape)[names[over].index(name)]
            return rows
        at += count
    raise KeyError(name)


def row_index(world: World) -> dict[str, Ints]:
    """Row of every recorded number, by quantity, in the shape of its things."""
    # Benefits end with those without a source, which are not recorded.
    sources = len(world.sources)
    return {
        name: state_rows(world, name)[..., :sources] if name == "benefit" else state_rows(world, name)
        for name in quantities(world.mechanisms)
    }


def group_numbers(world: World, acting: Mapping[str, Floats], runs: int) -> Any:
    """The numbers of a block by their axes, tiles first; a single tile where all runs have the same."""
    size, groups = sizes_of(world), {}
    for over, names in numbers_of_core_and(world.mechanisms).items():
        if names:
            groups[over] = np.stack(np.broadcast_arrays(*(acting[name] for name in names)))
        else:
            groups[over] = np.zeros((0, *(size[axis] for axis in over), 1))
    groups |= {name: acting[name] for name in _ALONE}
    return Numbers(**{name: _tiled(values, runs) for name, values in groups.items()})


def _tiled(values: Floats, runs: int) -> Floats:
    """Runs last, cut into tiles, which come first."""
    tiles = 1 if values.shape[-1] == 1 else runs // WIDTH
    found = aligned_zeros((tiles, *values.shape[:-1], WIDTH))
    found[:] = np.moveaxis(values.reshape(*values.shape[:-1], tiles, values.shape[-1] // tiles), -2, 0)
    return found


@kernel
def numbers_of(tile: int, of: Any) -> Any:
    """The numbers of one tile."""
    return Numbers(
        s=_own(tile, of.s), k=_own(tile, of.k), sk=_own(tile, of.sk), ps=_own(tile, of.ps), n=_own(tile, of.n),
        t=_own(tile, of.t), tk=_own(tile, of.tk), ts=_own(tile, of.ts), tt=_own(tile, of.tt),
        dials=_own(tile, of.dials), switches=_own(tile, of.switches), constants=_own(tile, of.constants),
        capability=_own(tile, of.capability), power_capability=_own(tile, of.power_capability),
        sizes=_own(tile, of.sizes),
    )  # fmt: skip


@kernel
def _own(tile: int, values: Any) -> Any:
    return values[tile if len(values) > 1 else 0]


@kernel
def noise_of(tile: int, noise: Any) -> Any:
    """The noise of one tile."""
    return Noise(
        noise.arrival, noise.sizes, noise.perception, noise.s, noise.k, noise.t, noise.replicate[tile], noise.sized[tile],
        noise.alike[tile] != 0, noise.sized_alike[tile] != 0,
    )  # fmt: skip


@kernel
def state_of(rows: Any, present: Any, plan: Any) -> Any:
    """The rows of one tile by their axes."""
    at, count = plan.starts, plan.counts
    s, k, t, p, n = plan.states, plan.sources, plan.treaties, plan.powers, plan.needs
    return State(
        s=carve(rows, at[GROUP.s], count[GROUP.s], s),
        d=carve(rows, at[GROUP.d], count[GROUP.d], plan.pairs),
        k=carve(rows, at[GROUP.k], count[GROUP.k], k),
        sk=carve(rows, at[GROUP.sk], count[GROUP.sk], s, k),
        ps=carve(rows, at[GROUP.ps], count[GROUP.ps], p, s),
        t=carve(rows, at[GROUP.t], count[GROUP.t], t),
        tk=carve(rows, at[GROUP.tk], count[GROUP.tk], t, k),
        ts=carve(rows, at[GROUP.ts], count[GROUP.ts], t, s),
        sn=carve(rows, at[GROUP.sn], count[GROUP.sn], s, n),
        tsn=carve(rows, at[GROUP.tsn], count[GROUP.tsn], t, s, n),
        n=carve(rows, at[GROUP.n], count[GROUP.n], n),
        z=carve(rows, at[GROUP.z], count[GROUP.z]),
        present=present,
    )
