"""Act and turn (E15, E14) in lanes."""

from __future__ import annotations

from typing import Any

from agents.alignment import alignment, alignment_target, bloc_pull, coordination_pull, west_pull
from agents.outside import accepted_offer, offer_price, outside_offer, responsive_package

from .kernel import DIAL, SWITCH, kernel
from .seating import find_mates


@kernel
def act(plan: Any, num: Any, now: Any) -> None:
    """E15: outside powers act, states respond."""
    for power in range(plan.responsive.size):
        if plan.responsive[power] != 0:
            _step_up(power, plan, num, now)
    package, price = now.a, now.b
    for i in range(plan.core.size):
        package[:] = 0.0
        price[:] = 0.0
        for power in range(plan.responsive.size):
            for z in range(package.size):
                package[z] += now.package[power, i, z]
        for t in range(plan.hub.size):
            for z in range(package.size):
                broken = offer_price(
                    num.directed[t, z], now.depth[t, z], num.exclusivity[t, z], num.dials[DIAL.backtrack, z]
                )
                price[z] += now.member[t, i, z] * broken
        for z in range(package.size):
            now.price[i, z] = price[z]
            now.offer[i, z] = outside_offer(num.leverage[i, z], package[z]) * num.switches[SWITCH.offers, z]
            now.accepted[i, z] = accepted_offer(
                now.accepted[i, z], now.offer[i, z], price[z], num.dials[DIAL.adjust, z]
            )


@kernel
def _step_up(power: int, plan: Any, num: Any, now: Any) -> None:
    """A responsive power adds to its packages where the treaties it faces alarm it."""
    faced = now.a
    for i in range(plan.core.size):
        faced[:] = 0.0
        for t in range(plan.hub.size):
            for z in range(faced.size):
                faced[z] = max(faced[z], now.member[t, i, z] * (num.directed[t, z] * now.depth[t, z]))
        for z in range(faced.size):
            stepped = responsive_package(
                now.package[power, i, z],
                num.dials[DIAL.response, z],
                num.courts[power, i, z],
                faced[z],
                num.dials[DIAL.alarm, z],
                num.dials[DIAL.domestic_cap, z],
            )
            courted = num.courts[power, i, z] > 0.0
            now.package[power, i, z] = stepped if courted else now.package[power, i, z]


@kernel
def turn(step: int, plan: Any, num: Any, now: Any) -> None:
    """E14; it feeds nothing back, so it is left out where nobody asks for it."""
    if not plan.wants_alignment:
        return
    bloc, coordinated, deepest, total, weighted, outside = now.b, now.c, now.d, now.e, now.f, now.g
    year = plan.year[step]
    outside[:] = 0.0
    for power in range(plan.responsive.size):
        for z in range(outside.size):
            outside[z] += num.power_capability[year, power, z]
    turned = now.weakness  # done with for this month
    for i in range(plan.core.size):
        bloc[:] = 0.0
        coordinated[:] = 0.0
        deepest[:] = 0.0
        for t in range(plan.hub.size):
            find_mates(t, i, plan, now, now.member[t], total)
            weighted[:] = 0.0
            for j in plan.seats[t]:
                if j >= 0 and j != i:
                    for z in range(bloc.size):
                        weighted[z] += now.mate_capability[j, z] * now.alignment[j, z]
            for z in range(bloc.size):
                inside = now.member[t, i, z] != 0.0
                whole = total[z] if total[z] > 0.0 else 1.0
                pull = bloc_pull(num.directed[t, z], now.depth[t, z], total[z], outside[z])
                bloc[z] += pull if inside else 0.0
                strength = num.coordination[t, z] * num.switches[SWITCH.coordination, z]
                drawn = coordination_pull(strength, now.depth[t, z], weighted[z] / whole, now.alignment[i, z])
                coordinated[z] += drawn if inside else 0.0
                deepest[z] = max(deepest[z], now.depth[t, z]) if inside else deepest[z]
        for z in range(bloc.size):
            west = west_pull(now.accepted[i, z], num.dials[DIAL.stake, z], num.weight[i, z])
            turned[i, z] = alignment(
                now.alignment[i, z],
                alignment_target(bloc[z], west, num.dials[DIAL.x0, z]),
                num.dials[DIAL.turn, z],
                num.dials[DIAL.lock, z],
                deepest[z],
                coordinated[z],
            )
    now.alignment[:] = turned
