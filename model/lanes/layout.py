"""Where everything stands while lanes advance: the plan of a world, its numbers, and its state.

Axes in words: `s` states, `k` sources, `n` needs (sources, then tethering), `t` treaties, `a` powers.
Every array of numbers or state ends in the lanes.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..draws import Floats
from ..pack import MEMBER, RELATIVE, World
from ..schema.base import MONTHS_IN_YEAR
from ..trajectory import QUANTITIES
from .kernel import CONSTANT, DIAL, SWITCH, kernel
from agents.interest import kinship

Ints = NDArray[np.int64]

NEVER = -(10**6)
"""A step before any run."""
UNANIMITY, MAJORITY, LEAD = 0, 1, 2
_DECISIONS = {"unanimity": UNANIMITY, "majority": MAJORITY, "lead": LEAD}
INTENSITY, EVENT, RUMOUR, WEAKNESS = 0, 1, 2, 3
_TARGETS = {"intensity": INTENSITY, "event": EVENT, "rumour": RUMOUR, "weakness": WEAKNESS}
PLAIN, BY_EXPOSURE, BY_SHARE = 0, 1, 2
_SCALES = {"plain": PLAIN, "exposure": BY_EXPOSURE, "share": BY_SHARE}


class Plan(NamedTuple):
    """What the lanes of a block have in common: the world's bodies, its calendar, and what can be skipped."""

    opens: int
    year: Ints  # of each step, as a row of `capability`
    seats: Ints  # t, up to s: states that may ever sit in the treaty, then -1
    founder: Floats
    candidate: Floats
    lead: Floats
    hub: Ints
    decision: Ints
    endogenous: Ints
    signed: Ints
    delay: Ints
    predecessor: Ints
    rung: Ints
    opens_with: Ints  # 1 where the treaty has a state at the start
    open_rung: Ints
    open_mistrust: Floats
    open_member: Floats
    open_left: Ints
    origin: Ints
    sponsor: Ints
    core: Ints
    responsive: Ints
    pulse_from: Ints
    pulses: Ints  # target, state, source, size, scale
    pulse_weight: Floats
    move_from: Ints
    moves: Ints  # treaty, state, enters
    event_pairs: Ints
    rumour_pairs: Ints
    # What follows depends on the numbers of the block: skipping it never changes a result.
    live: Ints  # pairs of state and source whose perceived threat can differ from 0
    covered: Ints  # t, up to k: sources that the treaty is about, then -1
    covers: Ints  # 1 where it is
    gives: Ints  # s, k: 1 where the state can contribute
    norms: Ints  # t, k: 1 where a norm can restrain the source
    promotes: Ints  # t, t
    same_order: bool
    kin: bool
    overlap: bool
    tether: bool
    held: bool
    provided: bool
    ratchet: bool
    # What is asked for.
    wants_alignment: bool
    wants_orientation: bool
    wants_overlap: bool


NUMBERS: dict[str, str] = {
    "dials": "", "switches": "", "constants": "", "capability": "s", "power_capability": "a",
    "exposure": "sk", "contribution": "sk", "independence": "s", "weight": "s", "leverage": "s",
    "provision": "s", "base": "k", "provoked": "k", "held": "k", "concession": "k", "courts": "as",
    "needs": "n", "order": "n", "arrival": "k", "sizes": "", "scope": "tk", "mistrust": "t",
    "obligation": "t", "confidence": "t", "exclusivity": "t", "consultation": "t", "coordination": "t",
    "norm": "tk", "support": "tk", "promotes": "tt", "term": "t", "renewal": "t", "term_strength": "t",
    "directed": "t", "kin": "ss", "long_run": "k",
}  # fmt: skip
Numbers: Any = namedtuple("Numbers", NUMBERS)  # type: ignore[misc]

_OTHERS: dict[str, str] = {
    "contribution": "sk", "package": "as", "in_force": "t", "term_start": "t", "ends": "t", "rising": "t",
    "leaving": "ts", "joining": "ts", "barred": "ts", "seat": "ts", "linear": "ts", "curve": "ts",
    "at_agreed": "ts", "exits": "ts", "entries": "ts", "signs": "t", "weakness": "s", "gained": "sk",
    "mate": "s", "mate_capability": "s", "due": "s", "share": "s",
    "trial_seat": "s", "trial_benefit": "sn", "trial_linear": "s", "trial_curve": "s", "trial_ideal": "s",
    "trial_owed": "s", "trial_agreed": "", "trial_floor": "", "trial_joint": "",
    "sum_benefit": "n", "sum_linear": "", "sum_curve": "", "slope": "",
    "a": "", "b": "", "c": "", "d": "", "e": "", "f": "", "g": "", "h": "",
}  # fmt: skip
_RECORDED = {name: ("tsn" if name == "benefit" else q.over) for name, q in QUANTITIES.items()}
State: Any = namedtuple("State", [*_RECORDED, *_OTHERS])  # type: ignore[misc]


class Noise(NamedTuple):
    """The noise of a tile: arrays by replicate and step, and which rows each lane reads."""

    arrival: Floats
    sizes: Floats
    perception: Floats
    drift: Floats
    replicate: Ints
    sized: Ints
    same: bool


def sizes_of(world: World) -> dict[str, int]:
    """Length of each axis."""
    return {
        "s": len(world.states), "k": len(world.sources), "n": len(world.sources) + 1,
        "t": len(world.treaties), "a": len(world.powers),
    }  # fmt: skip


def new_state(world: World, lanes: int) -> tuple[Any, Floats]:
    """A state of zeros, and the rows (quantities one after another, lanes) that its recorded part shares."""
    size = sizes_of(world)
    shapes = {name: tuple(size[axis] for axis in over) for name, over in _RECORDED.items()}
    rows = np.zeros((sum(int(np.prod(shape)) for shape in shapes.values()), lanes))
    arrays: dict[str, Floats] = {}
    at = 0
    for name, shape in shapes.items():
        count = int(np.prod(shape))
        arrays[name] = rows[at : at + count].reshape(*shape, lanes)
        at += count
    for name, over in _OTHERS.items():
        arrays[name] = np.zeros((*(size[axis] for axis in over), lanes))
    return State(**arrays), rows


def row_index(world: World) -> dict[str, Ints]:
    """Row of every recorded number, by quantity, in the shape of its things."""
    size = sizes_of(world)
    found: dict[str, Ints] = {}
    at = 0
    for name, over in _RECORDED.items():
        shape = tuple(size[axis] for axis in over)
        count = int(np.prod(shape))
        own = np.arange(at, at + count, dtype=np.int64).reshape(shape)
        found[name] = own[..., : size["k"]] if name == "benefit" else own
        at += count
    return found


def world_plan(world: World) -> dict[str, Any]:
    """The part of a plan that numbers do not change."""
    size = sizes_of(world)
    seats, founder, candidate, lead, member = (np.zeros((size["t"], size["s"])) for _ in range(5))
    left = np.full((size["t"], size["s"]), NEVER)
    opening = np.zeros((size["t"], 3))
    for t, body in enumerate(world.bodies):
        founder[t, list(body.founders)] = 1
        candidate[t, list(body.candidates)] = 1
        lead[t, list(body.leads)] = 1
        if body.opening is not None:
            opening[t] = 1, body.opening.rung, body.opening.mistrust
            member[t, list(body.opening.members)] = 1
            for i, step in body.opening.left.items():
                left[t, i] = step
    moved = np.zeros_like(seats)
    for move in world.moves:
        moved[move.treaty, move.state] = 1
    seats = _listed((founder + candidate + member + moved) > 0)
    pulses = sorted(world.pulses, key=lambda pulse: pulse.step)
    moves = sorted(world.moves, key=lambda move: move.step)
    bodies = world.bodies
    return {
        "opens": world.opens,
        "year": _ints((world.first_month + s) // MONTHS_IN_YEAR - world.first_year for s in range(world.steps)),
        "seats": seats, "founder": founder, "candidate": candidate, "lead": lead,
        "hub": _ints(b.hub for b in bodies),
        "decision": _ints(_DECISIONS[b.decision] for b in bodies),
        "endogenous": _ints(b.endogenous for b in bodies),
        "signed": _ints(b.signed for b in bodies),
        "delay": _ints(b.force_delay for b in bodies),
        "predecessor": _ints(b.predecessor for b in bodies),
        "rung": _ints(b.rung for b in bodies),
        "opens_with": opening[:, 0].astype(np.int64),
        "open_rung": opening[:, 1].astype(np.int64),
        "open_mistrust": np.ascontiguousarray(opening[:, 2]),
        "open_member": member,
        "open_left": left.astype(np.int64),
        "origin": _ints(world.origin),
        "sponsor": _ints(world.sponsor),
        "core": _ints(world.core),
        "responsive": _ints({"none": 0, "fixed": 0, "responsive": 1}[policy] for policy in world.policy),
        "pulse_from": _starts([pulse.step for pulse in pulses], world.steps),
        "pulses": _table(
            [[_TARGETS[p.target], p.state, p.source, p.size, _SCALES[p.scale]] for p in pulses], 5
        ),
        "pulse_weight": np.array([pulse.weight for pulse in pulses], dtype=float),
        "move_from": _starts([move.step for move in moves], world.steps),
        "moves": _table([[move.treaty, move.state, int(move.enters)] for move in moves], 3),
        "event_pairs": _pairs(world, "event"),
        "rumour_pairs": _pairs(world, "rumour"),
    }  # fmt: skip


def number_plan(world: World, plan: Mapping[str, Any], acting: Mapping[str, Floats], before: Any) -> dict[str, Any]:
    """The part of a plan that depends on numbers with lanes last; `before` is the plan in force so far."""
    some = {name: _anywhere(acting[name]) for name in ("exposure", "scope", "support", "contribution", "norm")}
    covers = (some["scope"] | some["support"]).astype(np.int64)
    live = some["exposure"].copy()
    for pairs in (plan["event_pairs"], plan["rumour_pairs"]):
        live[pairs[:, 0], pairs[:, 1]] = True
    for t, seats in enumerate(plan["seats"]):
        live[np.ix_(seats[seats >= 0], some["scope"][t])] = True
    if before is not None:
        live[before.live[:, 0], before.live[:, 1]] = True
    dials, switches = acting["dials"], acting["switches"]
    order = acting["order"]
    return {
        "live": np.argwhere(live).astype(np.int64),
        "covered": _listed(covers > 0),
        "covers": covers,
        "gives": some["contribution"].astype(np.int64),
        "norms": some["norm"].astype(np.int64),
        "promotes": _anywhere(acting["promotes"]).astype(np.int64),
        "same_order": bool((order == order[..., :1]).all()),
        "kin": bool(switches[SWITCH.solidarity].any()),
        "overlap": bool(dials[DIAL.overlap_use].any()),
        "tether": bool(dials[DIAL.tether].any()),
        "held": bool(switches[SWITCH.held_perception].any()),
        "provided": bool(switches[SWITCH.hub_provision].any()),
        "ratchet": bool(switches[SWITCH.ratchet].any()),
    }


@kernel
def kinships(polity: Floats, solidarity: Floats) -> Floats:
    """`kinship` of every pair of states, lane by lane: shape (states, states, lanes)."""
    states, lanes = polity.shape
    kin = np.empty((states, states, lanes))
    for i in range(states):
        for j in range(states):
            for z in range(lanes):
                kin[i, j, z] = kinship(solidarity[z], polity[i, z], polity[j, z])
    return kin


def _anywhere(values: Floats) -> NDArray[np.bool_]:
    return np.asarray((values != 0).any(axis=-1))


def _ints(values: Any) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def _table(rows: list[list[int]], columns: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)


def _listed(marks: NDArray[np.bool_]) -> Ints:
    """Indices of each row's marks, then -1."""
    found = np.full(marks.shape, -1, dtype=np.int64)
    for row, own in enumerate(marks):
        at = np.flatnonzero(own)
        found[row, : len(at)] = at
    return found


def _starts(steps: list[int], length: int) -> Ints:
    """Where the things of each step begin in a list sorted by step; those before the run are left out."""
    return np.searchsorted(np.array(steps, dtype=np.int64), np.arange(length + 1)).astype(np.int64)


def _pairs(world: World, target: str) -> Ints:
    found = sorted({(pulse.state, pulse.source) for pulse in world.pulses if pulse.target == target})
    return np.array(found, dtype=np.int64).reshape(len(found), 2)


__all__ = ["CONSTANT", "DIAL", "MEMBER", "RELATIVE", "SWITCH", "Noise", "Numbers", "Plan", "State"]
