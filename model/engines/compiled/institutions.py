"""Institute (E12, E13): mistrust changes, practice and organs follow what is wanted."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.month.ladder import (
    BY_DELIBERATION,
    BY_GATE,
    FREE,
    ceiling,
    core_overlap,
    demanded,
    fall_pressure,
    next_depth,
    next_mistrust,
    raised_rung,
    rise_pressure,
    shortfall,
    surplus,
    whole_rung,
)

from .kernel import CONSTANT, DIAL, kernel
from .layout import AT
from .seating import decides, leads, running
from .tables import get, put
from .vector import neither, some, spread


@kernel
def institute(step: int, plan: Any, num: Any, now: Any) -> None:
    """E12, E13 of every running treaty."""
    for t in range(plan.treaties):
        if not running(t, now):
            continue
        _ease_mistrust(t, plan, num, now)
        demand = demanded(get(now.t, AT.agreed, t), plan.terms.demand(t, plan, num, now))
        put(now.t, where(get(now.t, AT.status, t) == 1.0, demand, get(now.t, AT.demand, t)), AT.demand, t)
        if plan.wants_overlap or _may_reach_the_top(t, num, now):
            _overlap(t, plan, num, now)
        was = get(now.t, AT.depth, t)
        moved = _practise(step, t, plan, num, now)
        put(now.t, moved, AT.depth, t)
        rung = _climb(step, t, plan, num, now)
        moved = min(moved, ceiling(rung, get(num.constants, CONSTANT.steps)))
        # What replaces practice or organs reads them as they were.
        put(now.t, was, AT.depth, t)
        runs = get(now.t, AT.status, t) == 1.0
        replaced = whole_rung(plan.terms.organs(t, plan, num, now, rung), get(num.constants, CONSTANT.steps))
        practised = plan.terms.practice(t, plan, num, now, moved, replaced)
        put(now.t, where(runs, practised, was), AT.depth, t)
        put(now.t, where(runs, replaced, get(now.t, AT.rung, t)), AT.rung, t)


@kernel
def _ease_mistrust(t: int, plan: Any, num: Any, now: Any) -> None:
    mistrust = get(now.t, AT.mistrust, t)
    moved = next_mistrust(mistrust, plan.terms.mistrust(t, plan, num, now))
    put(now.t, where(get(now.t, AT.status, t) == 1.0, moved, mistrust), AT.mistrust, t)


@kernel
def _may_reach_the_top(t: int, num: Any, now: Any) -> bool:
    """Whether the overlap of cores can matter this month in any run."""
    steps = get(num.constants, CONSTANT.steps)
    top = steps - 1.0
    return some(raised_rung(get(now.t, AT.demand, t), steps, top) >= top)


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
def _practise(step: int, t: int, plan: Any, num: Any, now: Any) -> Any:
    """E12: the depth of practice next month."""
    ends = get(now.t, AT.ends, t)
    unbound = (ends < 0.0) | (ends - step <= get(num.constants, CONSTANT.window_months))
    return next_depth(
        get(now.t, AT.depth, t),
        get(now.t, AT.demand, t),
        ceiling(get(now.t, AT.rung, t), get(num.constants, CONSTANT.steps)),
        get(num.dials, DIAL.deepen),
        get(num.dials, DIAL.hollow),
        plan.terms.hollowing(t, plan, num, now, where(unbound, 1.0, 0.0)),
    )


@kernel
def _climb(step: int, t: int, plan: Any, num: Any, now: Any) -> Any:
    """E13: the rung after pressure for fewer organs, or else for more, has become great enough."""
    runs = get(now.t, AT.status, t) == 1.0
    acts = runs & (plan.terms.ladder(t, plan, num, now) > 0.0)
    steps, rung, demand = get(num.constants, CONSTANT.steps), get(now.t, AT.rung, t), get(now.t, AT.demand, t)
    small, large = shortfall(demand, rung, steps), surplus(demand, rung, steps)
    up = rise_pressure(get(now.t, AT.rise_pressure, t), small, plan.terms.pace(t, plan, num, now, small))
    down = fall_pressure(get(now.t, AT.fall_pressure, t), large)
    enough = get(num.dials, DIAL.deliberation)
    opened = plan.terms.top(t, plan, num, now, get(now.t, AT.overlap, t)) > 0.0
    highest = where(opened, steps - 1.0, steps - 2.0)
    falls = (large > 0.0) & (rung > 1.0) & (down >= get(num.dials, DIAL.inertia))
    short = (small > 0.0) & (rung + 1.0 < steps) & neither(falls)
    due = short & (up >= enough)
    shut = due & (rung >= highest)
    rises = due & neither(shut)
    held = where(shut, BY_GATE, where(short & neither(due), BY_DELIBERATION, FREE))
    waited = where(falls | rises, 0.0, where(shut, min(up, enough), up))
    put(now.t, where(acts, waited, get(now.t, AT.rise_pressure, t)), AT.rise_pressure, t)
    waited = where(falls | rises, 0.0, down)
    put(now.t, where(acts, waited, get(now.t, AT.fall_pressure, t)), AT.fall_pressure, t)
    put(now.t, where(runs, where(acts, held, FREE), get(now.t, AT.blocked, t)), AT.blocked, t)
    return where(acts, where(falls, rung - 1.0, where(rises, raised_rung(demand, steps, highest), rung)), rung)
