"""Where everything stands while runs advance: numbers, state and noise.

Axes in words: `s` states, `k` sources, `n` needs (sources, then tethering), `t` treaties, `p` powers, `z`
nothing but runs. Every array of numbers or state ends in the runs of a tile, `WIDTH` of them. Numbers over the
same things share one array, told apart by its first index, since each array that a compiled function is given
costs compilation time: `get(now.ts, AT.member, t, i)`, `get(num.sk, OF.exposure, i, k)`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from entente.agents.interest import kinship
from entente.world.draws import Floats
from entente.world.pack import World
from entente.world.trajectory import QUANTITIES
from numba import njit
from numpy.typing import NDArray

from .kernel import OPTIONS, kernel, places
from .tables import aligned_zeros, carve
from .vector import WIDTH

Ints = NDArray[np.int64]

_NUMBERS: dict[str, tuple[str, ...]] = {
    "s": ("independence", "weight", "leverage", "provision"),
    "k": ("base", "provoked", "held", "concession", "arrival", "long_run"),
    "sk": ("exposure", "exposure_root", "contribution"),
    "ps": ("courts",),
    "n": ("needs", "order"),
    "t": (
        "mistrust", "obligation", "confidence", "exclusivity", "consultation", "coordination", "term",
        "renewal", "term_strength", "directed",
    ),
    "tk": ("scope", "norm", "support"),
    "tt": ("promotes",),
    "ss": ("kin",),
}  # fmt: skip
_ALONE = ("dials", "switches", "constants", "capability", "power_capability", "sizes")

_WORK: dict[str, tuple[str, ...]] = {
    "s": (
        "weakness", "mate", "share_of_mate", "seated_capability", "due", "pays", "trial_seat", "trial_linear",
        "trial_curve", "trial_ideal",
    ),
    "k": ("alarm",),
    "sk": ("contribution", "gained"),
    "ps": ("package",),
    "t": ("in_force", "term_start", "ends", "rising", "signs", "bargains"),
    "ts": ("leaving", "joining", "barred", "seat", "linear", "curve", "at_agreed", "exits", "entries"),
    "sn": ("trial_benefit",),
    "tsn": ("benefit",),
    "n": ("sum_benefit",),
    "z": ("useful", "need", "median"),
}  # fmt: skip
"""State that is not recorded."""


def _state() -> dict[str, tuple[str, ...]]:
    """Names by axes: recorded quantities first, so that `tsk` benefits stand among the needs."""
    found: dict[str, tuple[str, ...]] = {}
    for name, quantity in QUANTITIES.items():
        if name != "benefit":
            found[quantity.over] = (*found.get(quantity.over, ()), name)
    return {over: (*found.get(over, ()), *_WORK.get(over, ())) for over in {**found, **_WORK}}


_STATE = _state()


AT = places("AT", _STATE.values())
GROUP = places("GROUP", [_STATE])
COUNT = ModuleType("COUNT")
for _over, _names in _STATE.items():
    setattr(COUNT, _over, len(_names))
OF = places("OF", _NUMBERS.values())


def _record(title: str, names: Iterable[str]) -> Any:
    return namedtuple(title, names)  # type: ignore[misc]


State = _record("State", [*_STATE, "present"])
Numbers = _record("Numbers", [*_NUMBERS, *_ALONE])


class Noise(NamedTuple):
    """The noise of a block: arrays by replicate and step, and which replicate each run of a tile hears."""

    arrival: Floats
    sizes: Floats
    perception: Floats
    drift: Floats
    replicate: Ints
    sized: Ints


def sizes_of(world: World) -> dict[str, int]:
    """Length of each axis."""
    return {
        "s": len(world.states), "k": len(world.sources), "n": len(world.sources) + 1,
        "t": len(world.treaties), "p": len(world.powers),
    }  # fmt: skip


def row_count(world: World) -> int:
    """Rows of the state: one a number."""
    return sum(int(np.prod(shape)) for shape in shapes_of(world).values())


def shapes_of(world: World) -> dict[str, tuple[int, ...]]:
    size = sizes_of(world)
    return {over: (len(names), *(size[axis] for axis in over if axis != "z")) for over, names in _STATE.items()}


def state_rows(world: World, name: str) -> Ints:
    """Rows of a named number of the state, in the shape of its things."""
    at = 0
    for over, shape in shapes_of(world).items():
        count = int(np.prod(shape))
        if name in _STATE[over]:
            rows: Ints = np.arange(at, at + count, dtype=np.int64).reshape(shape)[getattr(AT, name)]
            return rows
        at += count
    raise KeyError(name)


def row_index(world: World) -> dict[str, Ints]:
    """Row of every recorded number, by quantity, in the shape of its things."""
    # Benefits end with that of tethering, which is not recorded.
    return {
        name: state_rows(world, name)[..., :-1] if name == "benefit" else state_rows(world, name)
        for name in QUANTITIES
    }


def group_numbers(acting: Mapping[str, Floats], runs: int) -> Any:
    """The numbers of a block by their axes, tiles first; a single tile where all runs have the same."""
    groups = {
        over: np.stack(np.broadcast_arrays(*(acting[name] for name in names))) for over, names in _NUMBERS.items()
    }
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
        t=_own(tile, of.t), tk=_own(tile, of.tk), tt=_own(tile, of.tt), ss=_own(tile, of.ss),
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
        noise.arrival, noise.sizes, noise.perception, noise.drift, noise.replicate[tile], noise.sized[tile]
    )


@kernel
def state_of(rows: Any, present: Any, plan: Any) -> Any:
    """The rows of one tile by their axes."""
    at, s, k, t, p = plan.starts, plan.states, plan.sources, plan.treaties, plan.powers
    return State(
        s=carve(rows, at[GROUP.s], COUNT.s, s),
        k=carve(rows, at[GROUP.k], COUNT.k, k),
        sk=carve(rows, at[GROUP.sk], COUNT.sk, s, k),
        ps=carve(rows, at[GROUP.ps], COUNT.ps, p, s),
        t=carve(rows, at[GROUP.t], COUNT.t, t),
        tk=carve(rows, at[GROUP.tk], COUNT.tk, t, k),
        ts=carve(rows, at[GROUP.ts], COUNT.ts, t, s),
        sn=carve(rows, at[GROUP.sn], COUNT.sn, s, k + 1),
        tsn=carve(rows, at[GROUP.tsn], COUNT.tsn, t, s, k + 1),
        n=carve(rows, at[GROUP.n], COUNT.n, k + 1),
        z=carve(rows, at[GROUP.z], COUNT.z),
        present=present,
    )


@njit(**OPTIONS)  # type: ignore[untyped-decorator]
def kinships(polity: Floats, solidarity: Floats) -> Floats:
    """`kinship` of every pair of states, lane by lane: shape (states, states, lanes)."""
    states, lanes = polity.shape
    kin = np.empty((states, states, lanes))
    for i in range(states):
        for j in range(states):
            for z in range(lanes):
                kin[i, j, z] = kinship(solidarity[z], polity[i, z], polity[j, z])
    return kin
