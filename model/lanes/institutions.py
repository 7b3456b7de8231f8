"""Institute (E12, E13) in lanes: practice follows the bargain, organs follow practice, mistrust fades."""

from __future__ import annotations

from math import floor
from typing import Any

from ..pack import MEMBER
from ..schema.base import MONTHS_IN_YEAR
from ..treaties.ladder import (
    BY_DELIBERATION,
    BY_GATE,
    FREE,
    ceiling,
    climbs,
    core_overlap,
    drift_depth,
    next_depth,
    next_mistrust,
    sinks,
)
from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import AT, OF, SOURCE
from .seating import decides, runs


@kernel
def institute(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E12, E13 of every running treaty."""
    for t in range(plan.treaties):
        if not runs(t, plan, now):
            continue
        _ease_mistrust(t, plan, num, now)
        if plan.wants_overlap or _may_reach_the_top(t, plan, num, now):
            _overlap(t, plan, num, now)
        _practise(step, t, plan, num, now)
        _climb(step, t, plan, num, now)
        if plan.ratchet:
            _drift(step, t, plan, num, now, noise)


@kernel
def _ease_mistrust(t: int, plan: Any, num: Any, now: Any) -> None:
    alarm, members = now.z[AT.a], now.z[AT.b]
    alarm[:] = 0.0
    members[:] = 0.0
    for i in plan.seats[t]:
        if i >= 0:
            for z in range(plan.lanes):
                members[z] += now.ts[AT.member, t, i, z]
    for k in range(plan.sources):
        if plan.k[SOURCE.origin, k] == MEMBER:
            for i in plan.seats[t]:
                if i >= 0:
                    for z in range(plan.lanes):
                        alarm[z] += now.ts[AT.member, t, i, z] * now.sk[AT.perception, i, k, z]
    for z in range(plan.lanes):
        eased = next_mistrust(
            now.t[AT.mistrust, t, z],
            num.dials[DIAL.trust, z],
            num.t[OF.confidence, t, z],
            num.dials[DIAL.neighbour_mistrust, z] / MONTHS_IN_YEAR,
            alarm[z] / members[z],
        )
        now.t[AT.mistrust, t, z] = eased if now.t[AT.status, t, z] == 1.0 else now.t[AT.mistrust, t, z]


@kernel
def _may_reach_the_top(t: int, plan: Any, num: Any, now: Any) -> bool:
    """Whether the gate of the top rung can matter this month in any lane."""
    found = 0.0
    for z in range(plan.lanes):
        steps = num.constants[CONSTANT.steps, z]
        near_top = now.t[AT.rung, t, z] + 2.0 >= steps and num.switches[SWITCH.gate, z] > 0.0
        found += 1.0 if near_top and now.t[AT.agreed, t, z] > ceiling(now.t[AT.rung, t, z], steps) else 0.0
    return found > 0.0


@kernel
def _overlap(t: int, plan: Any, num: Any, now: Any) -> None:
    """E13: the least overlap of core contingencies over ordered pairs of deciders, lone leads with all."""
    least, ours, theirs, alone = now.z[AT.a], now.z[AT.b], now.z[AT.c], now.z[AT.d]
    least[:] = -1.0
    alone[:] = 0.0
    for i in plan.seats[t]:
        if i >= 0:
            decides(t, i, plan, now.ts[AT.member, t], ours)
            for z in range(plan.lanes):
                alone[z] += ours[z]
    for j in plan.seats[t]:
        core = plan.core[j] if j >= 0 else -1
        if core < 0:
            continue
        decides(t, j, plan, now.ts[AT.member, t], theirs)
        for z in range(plan.lanes):
            theirs[z] = theirs[z] if alone[z] > 1.0 else now.ts[AT.member, t, j, z]
        for i in plan.seats[t]:
            if i < 0 or i == j:
                continue
            decides(t, i, plan, now.ts[AT.member, t], ours)
            for z in range(plan.lanes):
                ours[z] = ours[z] if alone[z] > 1.0 else now.ts[AT.member, t, i, z]
                pair = core_overlap(
                    now.sk[AT.perception, i, core, z],
                    now.sk[AT.perception, j, core, z],
                    num.constants[CONSTANT.core_floor, z],
                )
                lower = pair if least[z] < 0.0 else min(least[z], pair)
                least[z] = lower if ours[z] * theirs[z] != 0.0 else least[z]
    for z in range(plan.lanes):
        now.t[AT.overlap, t, z] = max(least[z], 0.0) if now.t[AT.status, t, z] == 1.0 else now.t[AT.overlap, t, z]


@kernel
def _practise(step: int, t: int, plan: Any, num: Any, now: Any) -> None:
    """E12."""
    for z in range(plan.lanes):
        top = ceiling(now.t[AT.rung, t, z], num.constants[CONSTANT.steps, z])
        free = (
            now.t[AT.ends, t, z] < 0.0 or now.t[AT.ends, t, z] - step <= num.constants[CONSTANT.window_months, z]
        )
        lock = 0.0 if free else num.dials[DIAL.lock, z] * num.t[OF.term_strength, t, z]
        moved = next_depth(
            now.t[AT.depth, t, z],
            now.t[AT.agreed, t, z],
            top,
            num.dials[DIAL.deepen, z],
            num.dials[DIAL.hollow, z],
            lock,
        )
        follows = now.t[AT.status, t, z] == 1.0 and num.switches[SWITCH.ratchet, z] == 0.0
        now.t[AT.depth, t, z] = moved if follows else now.t[AT.depth, t, z]


@kernel
def _climb(step: int, t: int, plan: Any, num: Any, now: Any) -> None:
    """E13: a review takes a rung away, or else organs that were too small for long enough grow by one."""
    for z in range(plan.lanes):
        acts = (now.t[AT.status, t, z] == 1.0) & (num.switches[SWITCH.ratchet, z] == 0.0)
        steps, rung, depth = num.constants[CONSTANT.steps, z], now.t[AT.rung, t, z], now.t[AT.depth, t, z]
        age, every = step - now.t[AT.in_force, t, z], num.constants[CONSTANT.review_months, z]
        reviewed = (age > 0.0) & (floor(age / every) * every == age) & (rung != 0.0)
        falls = reviewed & (sinks(depth, rung, steps, num.constants[CONSTANT.slack, z]) > 0.0)
        too_small = climbs(depth, now.t[AT.agreed, t, z], ceiling(rung, steps), num.constants[CONSTANT.near, z])
        due = (rung + 1.0 < steps) & (too_small > 0.0)
        waited = now.t[AT.rising, t, z] + 1.0
        early = waited < num.dials[DIAL.deliberation, z]
        gated = (rung + 2.0 >= steps) & (num.switches[SWITCH.gate, z] > 0.0)
        shut = gated & (now.t[AT.overlap, t, z] <= num.dials[DIAL.core_overlap, z])
        rises = due & (not early) & (not shut)
        held = (BY_DELIBERATION if early else (BY_GATE if shut else FREE)) if due else FREE
        moved = rung - 1.0 if falls else (rung + 1.0 if rises else rung)
        counted = 0.0 if falls or rises or not due else waited
        now.t[AT.rung, t, z] = moved if acts else rung
        now.t[AT.rising, t, z] = counted if acts else now.t[AT.rising, t, z]
        now.t[AT.blocked, t, z] = held if acts and not falls else now.t[AT.blocked, t, z]


@kernel
def _drift(step: int, t: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """The ratchet (rival): a rung by chance, never back; depth follows the rung."""
    for z in range(plan.lanes):
        if now.t[AT.status, t, z] != 1.0 or num.switches[SWITCH.ratchet, z] == 0.0:
            continue
        steps = num.constants[CONSTANT.steps, z]
        drawn = noise.drift[noise.replicate[z], step, t]
        gains = drawn < num.dials[DIAL.drift, z] and now.t[AT.rung, t, z] + 1.0 < steps
        now.t[AT.blocked, t, z] = FREE
        now.t[AT.rung, t, z] += 1.0 if gains else 0.0
        now.t[AT.depth, t, z] = drift_depth(
            now.t[AT.depth, t, z], ceiling(now.t[AT.rung, t, z], steps), num.dials[DIAL.deepen, z]
        )
