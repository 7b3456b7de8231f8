"""Beginnings and endings: what the calendar does at the beginning of a month, and how treaties and parties come and go.

What happens to single runs, a signing or an exit, is done run by run (`z`).
"""

from __future__ import annotations

from typing import Any

from entente.month.ladder import ceiling, opening_depth
from entente.schema.state import NEVER
from entente.world.trajectory import MOVED, ONE_LEFT, SUCCEEDED

from .kernel import CONSTANT, kernel, routine
from .layout import AT, OF
from .marks import BODY, SEAT
from .tables import put
from .vector import WIDTH


@routine
def intervene(step: int, plan: Any, num: Any, now: Any) -> None:
    """What the calendar does at the beginning of the month: openings, signings, moves."""
    for t in range(plan.treaties if plan.wants_moves else 0):
        put(now.t, 0.0, AT.ended_by, t)
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            for moved in (AT.left, AT.left_by, AT.came_by):
                put(now.ts, 0.0, moved, t, i)
    for at in range(plan.treaties):
        t = plan.succession[at]
        if step == plan.opens and plan.t[BODY.opens_with, t] != 0:
            for z in range(WIDTH):
                _open(step, t, z, plan, num, now)
                if plan.t[BODY.predecessor, t] >= 0:
                    end(plan.t[BODY.predecessor, t], SUCCEEDED + t, z, now)
    for at in range(plan.treaties):
        t = plan.succession[at]
        if plan.t[BODY.signed, t] == step and plan.t[BODY.endogenous, t] == 0:
            for z in range(WIDTH):
                if now.t[AT.status, t, z] == 0.0:
                    sign(step, t, z, plan, num, now)
    for u in range(plan.move_from[step], plan.move_from[step + 1]):
        t, i, enters, heir_of = plan.moves[u, 0], plan.moves[u, 1], plan.moves[u, 2], plan.moves[u, 3]
        for z in range(WIDTH):
            if now.t[AT.status, t, z] != 1.0 or (heir_of >= 0 and now.ts[AT.member, t, heir_of, z] == 0.0):
                continue
            if enters != 0 and now.ts[AT.member, t, i, z] == 0.0:
                enter(t, i, MOVED + u, z, now)
            elif enters == 0 and now.ts[AT.member, t, i, z] != 0.0:
                leave(step, t, i, MOVED + u, z, plan, num, now)


@kernel
def _begin(t: int, z: int, rung: float, mistrust: float, members: Any, plan: Any, now: Any) -> None:
    now.t[AT.status, t, z] = 1.0
    now.t[AT.rung, t, z] = rung
    now.t[AT.mistrust, t, z] = mistrust
    now.t[AT.rise_pressure, t, z] = 0.0
    now.t[AT.fall_pressure, t, z] = 0.0
    now.t[AT.dormant, t, z] = 0.0
    now.t[AT.ends, t, z] = -1.0
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i >= 0:
            now.ts[AT.member, t, i, z] = members[i]
            now.ts[AT.leaving, t, i, z] = 0.0
            now.ts[AT.joining, t, i, z] = 0.0


@kernel
def _run_term(t: int, z: int, start: float, num: Any, now: Any) -> None:
    """Start the first term, or the next one."""
    length = num.t[OF.term, t, z] if now.t[AT.ends, t, z] < 0.0 else num.t[OF.renewal, t, z]
    now.t[AT.term_start, t, z] = start
    now.t[AT.ends, t, z] = start + length if length > 0.0 else -1.0


@kernel
def _open(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    """The state that the scenario gives for its start."""
    _begin(t, z, float(plan.t[BODY.open_rung, t]), plan.open_mistrust[t], plan.ts[SEAT.open_member, t], plan, now)
    for i in range(plan.states):
        if plan.ts[SEAT.open_left, t, i] > NEVER:
            now.ts[AT.barred, t, i, z] = plan.ts[SEAT.open_left, t, i] + num.constants[CONSTANT.reentry_months, z]
    rung, steps = now.t[AT.rung, t, z], num.constants[CONSTANT.steps, z]
    now.t[AT.depth, t, z] = opening_depth(rung, steps)
    if plan.open_depth[t] >= 0.0:
        now.t[AT.depth, t, z] = min(plan.open_depth[t], ceiling(rung, steps))
    signed = plan.t[BODY.signed, t]
    start = step if signed == NEVER else signed + plan.t[BODY.delay, t]
    now.t[AT.in_force, t, z] = start
    length, renewal = num.t[OF.term, t, z], num.t[OF.renewal, t, z]
    while length > 0.0 and start + length <= step:
        start, length = start + length, renewal
    now.t[AT.term_start, t, z] = start
    now.t[AT.ends, t, z] = start + length if length > 0.0 else -1.0


@kernel
def sign(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    """Sign among the founders, in the place of a predecessor where one runs."""
    before = plan.t[BODY.predecessor, t]
    if before >= 0 and now.t[AT.status, before, z] == 1.0:
        _begin(t, z, now.t[AT.rung, before, z], now.t[AT.mistrust, before, z], plan.ts[SEAT.founder, t], plan, now)
        for kept in (AT.depth, AT.rise_pressure, AT.fall_pressure):
            now.t[kept, t, z] = now.t[kept, before, z]
        end(before, SUCCEEDED + t, z, now)
    else:
        _begin(t, z, float(plan.t[BODY.rung, t]), num.t[OF.mistrust, t, z], plan.ts[SEAT.founder, t], plan, now)
        now.t[AT.depth, t, z] = opening_depth(now.t[AT.rung, t, z], num.constants[CONSTANT.steps, z])
    now.t[AT.in_force, t, z] = step + plan.t[BODY.delay, t]
    _run_term(t, z, now.t[AT.in_force, t, z], num, now)


@kernel
def end(t: int, by: int, z: int, now: Any) -> None:
    """Close the treaty, by a code that says why: no members, no practice."""
    now.t[AT.ended_by, t, z] = by
    now.t[AT.status, t, z] = 2.0
    now.t[AT.depth, t, z] = 0.0
    now.t[AT.rung, t, z] = 0.0
    now.t[AT.floor, t, z] = 0.0
    now.t[AT.joint, t, z] = 0.0
    now.t[AT.agreed, t, z] = 0.0
    now.t[AT.demand, t, z] = 0.0
    now.t[AT.rise_pressure, t, z] = 0.0
    now.t[AT.fall_pressure, t, z] = 0.0
    now.t[AT.dormant, t, z] = 0.0
    for i in range(len(now.ts[AT.member, t])):
        now.ts[AT.member, t, i, z] = 0.0
        now.ts[AT.guest, t, i, z] = 0.0


@kernel
def enter(t: int, i: int, by: int, z: int, now: Any) -> None:
    """Let a state in, by a code that says why."""
    now.ts[AT.came_by, t, i, z] = by
    now.ts[AT.member, t, i, z] = 1.0
    now.ts[AT.guest, t, i, z] = 0.0
    now.ts[AT.joining, t, i, z] = 0.0
    now.ts[AT.leaving, t, i, z] = 0.0


@kernel
def leave(step: int, t: int, i: int, by: int, z: int, plan: Any, num: Any, now: Any) -> None:
    """Let a state go, by a code that says why."""
    now.ts[AT.left_by, t, i, z] = by
    now.ts[AT.member, t, i, z] = 0.0
    now.ts[AT.left, t, i, z] = 1.0
    now.ts[AT.leaving, t, i, z] = 0.0
    now.ts[AT.joining, t, i, z] = 0.0
    now.ts[AT.barred, t, i, z] = step + num.constants[CONSTANT.reentry_months, z]
    left = 0.0
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j >= 0:
            left += now.ts[AT.member, t, j, z]
    if left < 2.0:
        end(t, ONE_LEFT, z, now)
