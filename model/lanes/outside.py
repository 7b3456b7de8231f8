"""Act and turn (E15, E14) in lanes."""

from __future__ import annotations

from typing import Any

from agents.alignment import alignment, alignment_target, bloc_pull, coordination_pull, west_pull
from agents.outside import accepted_offer, offer_price, outside_offer, responsive_package

from .kernel import DIAL, SWITCH, kernel
from .layout import AT, OF, SEAT
from .seating import find_mates, sit


@kernel
def act(plan: Any, num: Any, now: Any) -> None:
    """E15: outside powers act, states respond."""
    for power in range(plan.powers):
        if plan.responsive[power] != 0:
            _step_up(power, plan, num, now)
    package, price = now.z[AT.a], now.z[AT.b]
    for i in range(plan.states):
        package[:] = 0.0
        price[:] = 0.0
        for power in range(plan.powers):
            for z in range(plan.lanes):
                package[z] += now.ps[AT.package, power, i, z]
        for t in range(plan.treaties):
            if plan.ts[SEAT.sits, t, i] == 0.0:
                continue
            for z in range(plan.lanes):
                broken = offer_price(
                    num.t[OF.directed, t, z],
                    now.t[AT.depth, t, z],
                    num.t[OF.exclusivity, t, z],
                    num.dials[DIAL.backtrack, z],
                )
                price[z] += now.ts[AT.member, t, i, z] * broken
        for z in range(plan.lanes):
            now.s[AT.price, i, z] = price[z]
            now.s[AT.offer, i, z] = (
                outside_offer(num.s[OF.leverage, i, z], package[z]) * num.switches[SWITCH.offers, z]
            )
            now.s[AT.accepted, i, z] = accepted_offer(
                now.s[AT.accepted, i, z], now.s[AT.offer, i, z], price[z], num.dials[DIAL.adjust, z]
            )


@kernel
def _step_up(power: int, plan: Any, num: Any, now: Any) -> None:
    """A responsive power adds to its packages where the treaties it faces alarm it."""
    faced = now.z[AT.a]
    for i in range(plan.states):
        faced[:] = 0.0
        for t in range(plan.treaties):
            if plan.ts[SEAT.sits, t, i] == 0.0:
                continue
            for z in range(plan.lanes):
                faced[z] = max(
                    faced[z], now.ts[AT.member, t, i, z] * (num.t[OF.directed, t, z] * now.t[AT.depth, t, z])
                )
        for z in range(plan.lanes):
            stepped = responsive_package(
                now.ps[AT.package, power, i, z],
                num.dials[DIAL.response, z],
                num.ps[OF.courts, power, i, z],
                faced[z],
                num.dials[DIAL.alarm, z],
                num.dials[DIAL.domestic_cap, z],
            )
            courted = num.ps[OF.courts, power, i, z] > 0.0
            now.ps[AT.package, power, i, z] = stepped if courted else now.ps[AT.package, power, i, z]


@kernel
def turn(step: int, plan: Any, num: Any, now: Any) -> None:
    """E14; it feeds nothing back, so it is left out where nobody asks for it."""
    if not plan.wants_alignment:
        return
    bloc, coordinated, deepest, total, weighted, outside = (
        now.z[AT.b],
        now.z[AT.c],
        now.z[AT.d],
        now.z[AT.e],
        now.z[AT.f],
        now.z[AT.g],
    )
    year = plan.year[step]
    outside[:] = 0.0
    for power in range(plan.powers):
        for z in range(plan.lanes):
            outside[z] += num.power_capability[year, power, z]
    turned = now.s[AT.weakness]  # done with for this month
    for i in range(plan.states):
        bloc[:] = 0.0
        coordinated[:] = 0.0
        deepest[:] = 0.0
        for t in range(plan.treaties):
            if plan.ts[SEAT.sits, t, i] == 0.0:
                continue
            sit(t, plan, now, now.ts[AT.member, t])
            _, capabilities = find_mates(t, i, plan, now, now.ts[AT.member, t], total)
            weighted[:] = 0.0
            for j in now.present[t]:
                if j >= 0 and j != i:
                    for z in range(plan.lanes):
                        weighted[z] += capabilities[j, z] * now.s[AT.alignment, j, z]
            for z in range(plan.lanes):
                inside = now.ts[AT.member, t, i, z] != 0.0
                whole = total[z] if total[z] > 0.0 else 1.0
                pull = bloc_pull(num.t[OF.directed, t, z], now.t[AT.depth, t, z], total[z], outside[z])
                bloc[z] += pull if inside else 0.0
                strength = num.t[OF.coordination, t, z] * num.switches[SWITCH.coordination, z]
                drawn = coordination_pull(
                    strength, now.t[AT.depth, t, z], weighted[z] / whole, now.s[AT.alignment, i, z]
                )
                coordinated[z] += drawn if inside else 0.0
                deepest[z] = max(deepest[z], now.t[AT.depth, t, z]) if inside else deepest[z]
        for z in range(plan.lanes):
            west = west_pull(now.s[AT.accepted, i, z], num.dials[DIAL.stake, z], num.s[OF.weight, i, z])
            turned[i, z] = alignment(
                now.s[AT.alignment, i, z],
                alignment_target(bloc[z], west, num.dials[DIAL.x0, z]),
                num.dials[DIAL.turn, z],
                num.dials[DIAL.lock, z],
                deepest[z],
                coordinated[z],
            )
    now.s[AT.alignment, :] = turned
