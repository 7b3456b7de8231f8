"""Institute (E12, E13): practice follows the bargain, organs follow practice, mistrust fades."""

from __future__ import annotations

from math import floor
from typing import Any

from entente.agents.equation import where
from entente.month.ladder import (
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
from entente.schema.base import MONTHS_IN_YEAR
from entente.world.pack import MEMBER

from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import AT, OF
from .plan import SOURCE
from .seating import decides, leads, running
from .tables import get, pick, put
from .vector import neither, some, spread


@kernel
def institute(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E12, E13 of every running treaty."""
    for t in range(plan.treaties):
        if not running(t, now):
            continue
        _ease_mistrust(t, plan, num, now)
        if plan.wants_overlap or _may_reach_the_top(t, num, now):
            _overlap(t, plan, num, now)
        _practise(step, t, num, now)
        _climb(step, t, num, now)
        if plan.ratchet:
            _drift(step, t, num, now, noise)


@kernel
def _ease_mistrust(t: int, plan: Any, num: Any, now: Any) -> None:
    alarm, members = spread(0.0), spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        members += get(now.ts, AT.member, t, i)
    for k in range(plan.sources):
        if plan.k[SOURCE.origin, k] == MEMBER:
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                alarm += get(now.ts, AT.member, t, i) * get(now.sk, AT.perception, i, k)
    mistrust, runs = get(now.t, AT.mistrust, t), get(now.t, AT.status, t) == 1.0
    eased = next_mistrust(
        mistrust,
        get(num.dials, DIAL.trust),
        get(num.t, OF.confidence, t),
        get(num.dials, DIAL.neighbour_mistrust) / MONTHS_IN_YEAR,
        alarm / where(runs, members, 1.0),
    )
    put(now.t, where(runs, eased, mistrust), AT.mistrust, t)


@kernel
def _may_reach_the_top(t: int, num: Any, now: Any) -> bool:
    """Whether the gate of the top rung can matter this month in any run."""
    steps, rung = get(num.constants, CONSTANT.steps), get(now.t, AT.rung, t)
    near_top = (rung + 2.0 >= steps) & (get(num.switches, SWITCH.gate) > 0.0)
    return some(near_top & (get(now.t, AT.agreed, t) > ceiling(rung, steps)))


@kernel
def _overlap(t: int, plan: Any, num: Any, now: Any) -> None:
    """E13: the least overlap of core contingencies over ordered pairs of deciders, lone leads with all."""
    member = now.ts[AT.member, t]
    led = leads(t, plan, member)
    least, deciders = spread(-1.0), spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        deciders += decides(t, i, plan, member, led)
    several = deciders > 1.0
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        core = plan.core[j]
        if core < 0:
            continue
        theirs = where(several, decides(t, j, plan, member, led), get(member, j))
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            if i == j:
                continue
            ours = where(several, decides(t, i, plan, member, led), get(member, i))
            pair = core_overlap(
                get(now.sk, AT.perception, i, core),
                get(now.sk, AT.perception, j, core),
                get(num.constants, CONSTANT.core_floor),
            )
            lower = where(least < 0.0, pair, min(least, pair))
            least = where(ours * theirs != 0.0, lower, least)
    runs = get(now.t, AT.status, t) == 1.0
    put(now.t, where(runs, max(least, 0.0), get(now.t, AT.overlap, t)), AT.overlap, t)


@kernel
def _practise(step: int, t: int, num: Any, now: Any) -> None:
    """E12."""
    depth, ends = get(now.t, AT.depth, t), get(now.t, AT.ends, t)
    free = (ends < 0.0) | (ends - step <= get(num.constants, CONSTANT.window_months))
    lock = where(free, 0.0, get(num.dials, DIAL.lock) * get(num.t, OF.term_strength, t))
    moved = next_depth(
        depth,
        get(now.t, AT.agreed, t),
        ceiling(get(now.t, AT.rung, t), get(num.constants, CONSTANT.steps)),
        get(num.dials, DIAL.deepen),
        get(num.dials, DIAL.hollow),
        lock,
    )
    follows = (get(now.t, AT.status, t) == 1.0) & (get(num.switches, SWITCH.ratchet) == 0.0)
    put(now.t, where(follows, moved, depth), AT.depth, t)


@kernel
def _climb(step: int, t: int, num: Any, now: Any) -> None:
    """E13: a review takes a rung away, or else organs that were too small for long enough grow by one."""
    acts = (get(now.t, AT.status, t) == 1.0) & (get(num.switches, SWITCH.ratchet) == 0.0)
    steps, rung = get(num.constants, CONSTANT.steps), get(now.t, AT.rung, t)
    depth, rising = get(now.t, AT.depth, t), get(now.t, AT.rising, t)
    age, every = step - get(now.t, AT.in_force, t), get(num.constants, CONSTANT.review_months)
    reviewed = (age > 0.0) & (floor(age / every) * every == age) & (rung != 0.0)
    falls = reviewed & (sinks(depth, rung, steps, get(num.constants, CONSTANT.slack)) > 0.0)
    too_small = climbs(depth, get(now.t, AT.agreed, t), ceiling(rung, steps), get(num.constants, CONSTANT.near))
    due = (rung + 1.0 < steps) & (too_small > 0.0)
    waited = rising + 1.0
    early = waited < get(num.dials, DIAL.deliberation)
    gated = (rung + 2.0 >= steps) & (get(num.switches, SWITCH.gate) > 0.0)
    shut = gated & (get(now.t, AT.overlap, t) <= get(num.dials, DIAL.core_overlap))
    rises = due & neither(early) & neither(shut)
    held = where(due, where(early, BY_DELIBERATION, where(shut, BY_GATE, FREE)), FREE)
    moved = where(falls, rung - 1.0, where(rises, rung + 1.0, rung))
    counted = where(falls | rises | neither(due), 0.0, waited)
    put(now.t, where(acts, moved, rung), AT.rung, t)
    put(now.t, where(acts, counted, rising), AT.rising, t)
    put(now.t, where(acts & neither(falls), held, get(now.t, AT.blocked, t)), AT.blocked, t)


@kernel
def _drift(step: int, t: int, num: Any, now: Any, noise: Any) -> None:
    """The ratchet (rival): a rung by chance, never back; depth follows the rung."""
    acts = (get(now.t, AT.status, t) == 1.0) & (get(num.switches, SWITCH.ratchet) != 0.0)
    steps, rung, depth = get(num.constants, CONSTANT.steps), get(now.t, AT.rung, t), get(now.t, AT.depth, t)
    drawn = pick(noise.drift, noise.replicate, step, t)
    gains = acts & (drawn < get(num.dials, DIAL.drift)) & (rung + 1.0 < steps)
    grown = where(gains, rung + 1.0, rung)
    followed = drift_depth(depth, ceiling(grown, steps), get(num.dials, DIAL.deepen))
    put(now.t, where(acts, FREE, get(now.t, AT.blocked, t)), AT.blocked, t)
    put(now.t, grown, AT.rung, t)
    put(now.t, where(acts, followed, depth), AT.depth, t)
