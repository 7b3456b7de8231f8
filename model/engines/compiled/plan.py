"""What the runs of a block have in common: the world's bodies, its calendar, and what can be skipped.

Axes in words as in `layout`. A list ends where it is full or with a -1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.month.gather import Mechanisms
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.state import NEVER
from entente.world.draws import Floats
from entente.world.pack import UNNAMED, World

from .kernel import DIAL
from .layout import Ints, numbers_of_core_and, shapes_of, sizes_of, state_of_core_and
from .marks import (
    COVER,
    DECISIONS,
    OF_SOURCES,
    OF_STATES,
    OF_TREATIES,
    SCALES,
    TARGETS,
    THREE,
)
from .woven import woven


class Plan(NamedTuple):
    """What the lanes of a block have in common: the world's bodies, its calendar, and what can be skipped."""

    states: int
    sources: int
    treaties: int
    powers: int
    pairs: int  # of states that ever quarrel
    needs: int  # sources, and benefits without a source
    opens: int
    terms: Any  # what the mechanisms do at each place, as functions
    guarded: bool  # whether mechanisms of a scenario's own act, whose numbers may be none
    bends: bool  # whether marginal utility may bend
    starts: Ints  # where each group of state begins among the rows
    counts: Ints  # how many numbers each group of state holds of a thing
    year: Ints  # of each step, as a row of `capability`
    seats: Ints  # t, up to s: states that may ever sit in the treaty, then -1
    tables: Ints  # s, up to t: treaties in which the state may ever sit, then -1
    t: Ints  # BODY, t
    open_mistrust: Floats
    open_depth: Floats  # below 0 where none is given
    ts: Floats  # SEAT, t, s
    k: Ints  # SOURCE, k
    core: Ints
    responsive: Ints
    pulse_from: Ints
    pulses: Ints  # target, state, source, size, scale
    pulse_weight: Floats
    rift_from: Ints
    rifts: Ints  # pair, state, other state, treaty, size
    succession: Ints  # treaties, predecessors before their successors
    pair: Ints  # s, s: the pair that two states are, or -1
    whose: Ints  # s, up to k: sources that say they are of the state, then -1
    parted: bool  # whether any state can ever fear another by name
    move_from: Ints
    moves: Ints  # treaty, state, enters, whose heir (or -1)
    event_pairs: Ints
    rumour_pairs: Ints
    # What follows depends on the numbers of the block: skipping it never changes a result.
    live: Ints  # pairs of state and source whose perceived threat can differ from 0
    tk: Ints  # COVER, t, k: 1 where the treaty is about the source; those sources, then -1
    gives: Ints  # s, k: 1 where the state can contribute, or once could
    streams: Ints  # noise that is heard: over what, its place among the streams over that, its row of the state
    acts: int  # a bit a mechanism: whether it acts in any run
    mixed: int  # a bit a mechanism: whether it acts in some runs and not in all
    some_s: Ints  # OF, s; and so on: 1 where a number is not 0 in every run
    some_k: Ints
    some_t: Ints
    some_tk: Ints
    some_ts: Ints
    restrains: Ints  # t, k: 1 where a mechanism may restrain the sponsor of the source through the treaty
    links: Ints  # OF, t, up to t: treaties that are linked to the treaty by articles, then -1
    free: Ints  # needs of benefits without a source: 1 where their mechanism acts in any run
    provoked: Ints  # k: 1 where a treaty or a state inside the world sponsors the source
    mortal: bool  # whether any state does not exist, in any run
    same_order: bool
    noisy: bool
    fears: bool  # whether what parties fear of their partners is read or kept
    # What is asked for.
    wants_alignment: bool
    wants_orientation: bool
    wants_overlap: bool
    wants_moves: bool
    wants_fear: bool


def world_plan(world: World) -> dict[str, Any]:
    """The part of a plan that numbers do not change."""
    size, mechanisms = sizes_of(world), world.mechanisms
    shapes = shapes_of(world)
    founder, candidate, lead, member, moved = (np.zeros((size["t"], size["s"])) for _ in range(5))
    left = np.full((size["t"], size["s"]), NEVER)
    opening = np.zeros((size["t"], 4))
    for t, body in enumerate(world.bodies):
        founder[t, list(body.founders)] = 1
        candidate[t, list(body.candidates)] = 1
        lead[t, list(body.leads)] = 1
        if body.opening is not None:
            given = -1.0 if body.opening.given is None else body.opening.given
            opening[t] = 1, body.opening.rung, body.opening.mistrust, given
            member[t, list(body.opening.members)] = 1
            for i, step in body.opening.left.items():
                left[t, i] = step
    for move in world.moves:
        moved[move.treaty, move.state] = 1
    sits = (founder + candidate + member + moved) > 0
    pulses = sorted(world.pulses, key=lambda pulse: pulse.step)
    rifts = sorted(world.quarrels, key=lambda quarrel: quarrel.step)
    pair = np.full((size["s"], size["s"]), -1, dtype=np.int64)
    whose = np.zeros((size["s"], size["k"]), dtype=bool)
    for number, (one, other) in enumerate(world.pairs):
        pair[one, other] = pair[other, one] = number
    for k, state in enumerate(world.whose):
        if state != UNNAMED:
            whose[state, k] = True
    bodies = world.bodies
    return {
        "states": size["s"], "sources": size["k"], "treaties": size["t"], "powers": size["p"], "pairs": size["d"],
        "needs": size["n"],
        "terms": woven(mechanisms), "bends": mechanisms.bends, "guarded": not mechanisms.vetted,
        "opens": world.opens,
        "starts": np.cumsum([0, *(int(np.prod(shape)) for shape in shapes.values())]),
        "counts": _ints(shape[0] for shape in shapes.values()),
        "year": _ints((world.first_month + s) // MONTHS_IN_YEAR - world.first_year for s in range(world.steps)),
        "seats": _listed(sits, THREE),
        "tables": _listed(sits.T),
        "t": np.stack(
            [
                _ints(b.hub for b in bodies),
                _ints(DECISIONS[b.decision] for b in bodies),
                _ints(b.endogenous for b in bodies),
                _ints(b.signed for b in bodies),
                _ints(b.force_delay for b in bodies),
                _ints(b.predecessor for b in bodies),
                _ints(b.rung for b in bodies),
                _ints(opening[:, 0]),
                _ints(opening[:, 1]),
            ]
        ),
        "open_mistrust": np.ascontiguousarray(opening[:, 2]),
        "open_depth": np.ascontiguousarray(opening[:, 3]),
        "ts": np.stack([founder, candidate, lead, member, left.astype(float)]),
        "k": np.stack([_ints(world.origin), _ints(world.sponsor), _ints(world.whose)]),
        "core": _ints(world.core),
        "responsive": _ints(policy == "responsive" for policy in world.policy),
        "pulse_from": _starts([pulse.step for pulse in pulses], world.steps),
        "pulses": _table(
            [[TARGETS[p.target], p.state, p.source, p.size, SCALES[p.scale]] for p in pulses], 5
        ),
        "pulse_weight": np.array([pulse.weight for pulse in pulses], dtype=float),
        "rift_from": _starts([quarrel.step for quarrel in rifts], world.steps),
        "rifts": _table([[pair[q.one, q.other], q.one, q.other, q.treaty, q.size] for q in rifts], 5),
        "succession": _ints(world.succession),
        "pair": pair,
        "whose": _listed(whose),
        "parted": world.parted,
        "move_from": _starts([move.step for move in world.moves], world.steps),
        "moves": _table([[move.treaty, move.state, int(move.enters), move.heir_of] for move in world.moves], 4),
        "event_pairs": _pairs(world, "event"),
        "rumour_pairs": _pairs(world, "rumour"),
    }  # fmt: skip


def number_plan(
    world: World, plan: Mapping[str, Any], acting: Mapping[str, Floats], before: Any
) -> dict[str, Any]:
    """The part of a plan that depends on numbers with lanes last; `before` is the plan in force so far."""
    mechanisms = world.mechanisms
    named = ("exposure", "scope", "contribution", *mechanisms.widening)
    some = {name: _anywhere(acting[name]) for name in named}
    covers, gives = some["scope"].astype(np.int64), some["contribution"].astype(np.int64)
    for name in mechanisms.widening:
        covers |= some[name]
    if before is not None:
        # What has become 0 still has to be written once more.
        covers |= before.tk[COVER.covers]
        gives |= before.gives
    live = some["exposure"].copy()
    for pairs in (plan["event_pairs"], plan["rumour_pairs"]):
        live[pairs[:, 0], pairs[:, 1]] = True
    for t, seats in enumerate(plan["seats"]):
        live[np.ix_(seats[seats >= 0], covers[t] > 0)] = True
    if before is not None:
        live[before.live[:, 0], before.live[:, 1]] = True
    order, acts = acting["order"], _anywhere(acting["acts"])
    if any(
        does and term.place == "perception"
        for one, does in zip(mechanisms.all, acts, strict=True)
        for term in one.terms
    ):
        live[:] = True
    everywhere = (acting["acts"] != 0).all(axis=-1)
    if before is not None:
        acts |= np.array([before.acts >> number & 1 for number in range(len(acts))], dtype=bool)
    return {
        "live": np.ascontiguousarray(np.argwhere(live), dtype=np.int64),
        "tk": np.stack([covers, _listed(covers > 0)]),
        "gives": gives,
        "acts": _bits(acts),
        "mixed": _bits(acts & ~everywhere),
        **{f"some_{over}": _somewhere(world, acting, over) for over in ("s", "k", "t", "tk", "ts")},
        "restrains": _can_act(world, acting, acts, "restraint"),
        "links": _links(world, acting),
        "streams": _streams(mechanisms, acts),
        "free": _ints(acts[mechanisms.index(one.name)] for one, _ in mechanisms.free_benefits),
        "provoked": _ints(
            _anywhere(acting["sponsoring_treaties"]).any(axis=0)
            | _anywhere(acting["sponsoring_states"]).any(axis=0)
        ),
        "mortal": bool((acting["alive"] == 0).any()),
        "same_order": bool((order == order[..., :1]).all()),
        "noisy": bool(acting["dials"][DIAL.sigma].any()),
        # Once known it is kept up to date, since what reads it may be switched on again.
        "fears": world.parted
        and (plan["wants_fear"] or mechanisms.reading("fear", acts) or (before is not None and before.fears)),
    }


def _somewhere(world: World, acting: Mapping[str, Floats], over: str) -> Ints:
    """Where each number of some things is not 0 in every run."""
    names, size = numbers_of_core_and(world.mechanisms)[over], sizes_of(world)
    marks = [_anywhere(acting[name]).astype(np.int64) for name in names]
    return np.stack(marks) if marks else np.zeros((0, *(size[axis] for axis in over)), dtype=np.int64)


def _can_act(world: World, acting: Mapping[str, Floats], acts: NDArray[np.bool_], place: str) -> Ints:
    """Where among treaties and sources any term of a place can be other than neutral."""
    found = np.zeros((len(world.treaties), len(world.sources)), dtype=np.int64)
    for one, does in zip(world.mechanisms.all, acts, strict=True):
        for term in one.terms:
            if does and term.place == place:
                found |= _where(world, acting, term.only_where)
    return found


def _where(world: World, acting: Mapping[str, Floats], field: str) -> NDArray[np.bool_]:
    """Where among treaties and sources a number is not 0 in every run; everywhere where none is named."""
    if not field:
        return np.ones((len(world.treaties), len(world.sources)), dtype=bool)
    marks, over = _anywhere(acting[field]), world.mechanisms.fields[field]
    shape = {"t": marks[:, np.newaxis], "k": marks[np.newaxis]} if marks.ndim == 1 else {}
    return np.broadcast_to(shape.get(over, marks), (len(world.treaties), len(world.sources)))


def _links(world: World, acting: Mapping[str, Floats]) -> Ints:
    """Treaties that are linked to each treaty, by the number of articles that links them."""
    names, count = numbers_of_core_and(world.mechanisms)["tt"], len(world.treaties)
    lists = [_listed(_anywhere(acting[name]).T) for name in names]
    return np.stack(lists) if lists else np.zeros((0, count, count), dtype=np.int64)


def _streams(mechanisms: Mechanisms, acts: NDArray[np.bool_]) -> Ints:
    """The noise of the mechanisms that act."""
    marks = {"s": OF_STATES, "k": OF_SOURCES, "t": OF_TREATIES}
    rows, state = [], state_of_core_and(mechanisms)
    for one, does in zip(mechanisms.all, acts, strict=True):
        for stream in one.streams if does else ():
            alike = [other.name for other in mechanisms.streams if other.over == stream.over]
            rows.append([marks[stream.over], alike.index(stream.name), state[stream.over].index(stream.name)])
    return _table(rows, 3)


def _bits(marks: NDArray[np.bool_]) -> int:
    """Marks as one whole number, the first as its lowest bit."""
    return sum(1 << number for number in np.flatnonzero(marks).tolist())


def _anywhere(values: Floats) -> NDArray[np.bool_]:
    return np.asarray((values != 0).any(axis=-1))


def _ints(values: Any) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def _table(rows: list[list[int]], columns: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)


def _listed(marks: NDArray[np.bool_], least: int = 0) -> Ints:
    """Indices of each row's marks, then -1; `least` columns at least."""
    found = np.full((marks.shape[0], max(marks.shape[1], least)), -1, dtype=np.int64)
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
