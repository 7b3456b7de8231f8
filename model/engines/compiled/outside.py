"""Act and turn (E15, E14)."""

from __future__ import annotations

from typing import Any

from entente.agents.alignment import alignment, alignment_target, bloc_pull
from entente.agents.equation import where
from entente.agents.outside import accepted_offer, responsive_package

from .kernel import DIAL, kernel
from .layout import AT, OF
from .seating import find_mates, sit
from .tables import get, put
from .vector import spread


@kernel
def act(plan: Any, num: Any, now: Any) -> None:
    """E15: outside powers act, states respond."""
    for power in range(plan.powers):
        if plan.responsive[power] != 0:
            _step_up(power, plan, num, now)
    for i in range(plan.states):
        package, price = spread(0.0), spread(0.0)
        for power in range(plan.powers):
            package += get(now.ps, AT.package, power, i)
        for at in range(len(plan.tables[i])):
            t = plan.tables[i, at]
            if t < 0:
                break
            broken = plan.terms.price(t, i, plan, num, now)
            price += get(now.ts, AT.member, t, i) * broken
        offer = plan.terms.offer(i, plan, num, now, package)
        put(now.s, price, AT.price, i)
        put(now.s, offer, AT.offer, i)
        taken = accepted_offer(get(now.s, AT.accepted, i), offer, price, get(num.dials, DIAL.adjust))
        put(now.s, taken, AT.accepted, i)


@kernel
def _step_up(power: int, plan: Any, num: Any, now: Any) -> None:
    """A responsive power adds to its packages where the treaties it faces alarm it."""
    for i in range(plan.states):
        faced = spread(0.0)
        for at in range(len(plan.tables[i])):
            t = plan.tables[i, at]
            if t < 0:
                break
            deep = get(num.t, OF.directed, t) * get(now.t, AT.depth, t)
            faced = max(faced, get(now.ts, AT.member, t, i) * deep)
        package, courts = get(now.ps, AT.package, power, i), get(num.ps, OF.courts, power, i)
        stepped = responsive_package(
            package,
            get(num.dials, DIAL.response),
            courts,
            faced,
            get(num.dials, DIAL.alarm),
            get(num.dials, DIAL.domestic_cap),
        )
        put(now.ps, where(courts > 0.0, stepped, package), AT.package, power, i)


@kernel
def turn(step: int, plan: Any, num: Any, now: Any) -> None:
    """E14; where no mechanism minds it, it is left out unless somebody asks for it."""
    if not plan.wants_alignment:
        return
    outside = spread(0.0)
    for power in range(plan.powers):
        outside += get(num.power_capability, plan.year[step], power)
    for i in range(plan.states):
        # A scratch row that is done with for this month: all turn at once.
        put(now.s, _turned(i, outside, plan, num, now), AT.weakness, i)
    for i in range(plan.states):
        put(now.s, get(now.s, AT.weakness, i), AT.alignment, i)


@kernel
def _turned(i: int, outside: Any, plan: Any, num: Any, now: Any) -> Any:
    """Where one state stands next month."""
    own = get(now.s, AT.alignment, i)
    bloc, pulled, deepest = spread(0.0), spread(0.0), spread(0.0)
    for seat in range(len(plan.tables[i])):
        t = plan.tables[i, seat]
        if t < 0:
            break
        member = now.ts[AT.member, t]
        sit(t, plan, now, member)
        mates, shares, total = find_mates(t, i, plan, now, member)
        inside, depth = get(member, i) != 0.0, get(now.t, AT.depth, t)
        bloc += where(inside, bloc_pull(get(num.t, OF.directed, t), depth, total, outside), 0.0)
        pulled += where(inside, plan.terms.pull(t, i, plan, num, now, mates, shares), 0.0)
        deepest = where(inside, max(deepest, depth), deepest)
    target = alignment_target(bloc, plan.terms.west(i, plan, num, now), get(num.dials, DIAL.x0))
    turning = plan.terms.turning(i, plan, num, now, deepest)
    return alignment(own, target, get(num.dials, DIAL.turn), turning, pulled)
