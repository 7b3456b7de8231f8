"""Weigh (E5 to E10) in lanes: what a treaty is worth to each seat, and how deep each would have it."""

from __future__ import annotations

from typing import Any

from agents.interest import (
    burden,
    curvature,
    dominance,
    linear_terms,
    overlap_left,
    quarrel,
    security_benefit,
    segment_optimum,
    square_share,
    supplied_help,
    tethering_benefit,
)

from .kernel import DIAL, SWITCH, kernel
from .seating import decides, find_mates


@kernel
def weigh(plan: Any, num: Any, now: Any) -> None:
    """E5-E10 for every treaty that runs or could be signed, for parties, founders and candidates."""
    now.ideal[:] = 0.0
    now.owed[:] = 0.0
    for t in range(plan.hub.size):
        if not take_seats(t, plan, now):
            continue
        for i in plan.seats[t]:
            if i < 0:
                continue
            weigh_one(
                t, i, plan, num, now, now.seat[t], now.benefit[t, i], now.linear[t, i], now.curve[t, i],
                now.ideal[t, i], now.owed[t, i],
            )  # fmt: skip
            for z in range(now.a.size):
                candidate = now.status[t, z] == 1.0 and plan.candidate[t, i] != 0.0
                if now.seat[t, i, z] == 0.0 and not candidate:
                    now.ideal[t, i, z] = 0.0
                    now.owed[t, i, z] = 0.0
                    for k in range(plan.origin.size):
                        now.benefit[t, i, k, z] = 0.0


@kernel
def take_seats(t: int, plan: Any, now: Any) -> bool:
    """Who bargains: members of a running treaty, founders of one not yet signed. False: nobody in any lane."""
    taken = 0.0
    for i in plan.seats[t]:
        if i < 0:
            continue
        founder = plan.founder[t, i] * plan.endogenous[t]
        for z in range(now.a.size):
            unsigned = founder if now.status[t, z] == 0.0 else 0.0
            now.seat[t, i, z] = now.member[t, i, z] if now.status[t, z] == 1.0 else unsigned
            taken += now.seat[t, i, z]
    return taken > 0.0


@kernel
def weigh_one(
    t: int, i: int, plan: Any, num: Any, now: Any, seat: Any,
    benefit: Any, linear: Any, curve: Any, ideal: Any, owed: Any,
) -> None:  # fmt: skip
    """E5-E10 for one treaty and state, with the partners that are seated."""
    total, squares, quarrels, received, weighted, support = now.a, now.b, now.c, now.d, now.e, now.f
    find_mates(t, i, plan, now, seat, total)
    owed[:] = 0.0
    quarrels[:] = 0.0
    for k in plan.covered[t]:
        if k < 0:
            continue
        for z in range(total.size):
            support[z] = num.support[t, k, z] * num.switches[SWITCH.support, z]
        _help(t, i, k, plan, num, now, received, weighted, support)
        if plan.provided:
            _provided(t, k, plan, num, now, received)
        for z in range(total.size):
            mean = weighted[z] / total[z] if total[z] > 0.0 else 0.0
            own, scope = now.perception[i, k, z], num.scope[t, k, z]
            owed[z] += burden(support[z], now.contribution[i, k, z], mean, own)
            quarrels[z] += quarrel(scope, mean, own)
            weighted[z] = 1.0
        if plan.overlap:
            _left(t, i, k, plan, num, now, weighted)
        for z in range(total.size):
            useful = num.scope[t, k, z] * num.switches[SWITCH.external_threats, z]
            benefit[k, z] = security_benefit(useful, now.perception[i, k, z], received[z], weighted[z])
    if plan.tether:
        for z in range(total.size):
            benefit[plan.origin.size, z] = tethering_benefit(num.dials[DIAL.tether, z], now.mistrust[t, z])
    squares[:] = 0.0
    for j in plan.seats[t]:
        if j >= 0 and j != i:
            for z in range(total.size):
                whole = total[z] if total[z] > 0.0 else 1.0
                squares[z] += square_share(now.mate_capability[j, z], whole)
    _prices(t, i, plan, num, now, squares, total, quarrels, owed, linear, curve)
    ideal_depth(t, plan, num, now, benefit, linear, curve, ideal)


@kernel
def _help(
    t: int, i: int, k: int, plan: Any, num: Any, now: Any, received: Any, weighted: Any, support: Any
) -> None:
    """E5: help from every partner, and the partners' perception weighted by capability."""
    received[:] = 0.0
    weighted[:] = 0.0
    for j in plan.seats[t]:
        if j < 0 or j == i:
            continue
        for z in range(received.size):
            weighted[z] += now.mate_capability[j, z] * now.perception[j, k, z]
        if plan.gives[j, k] == 0:
            continue
        if plan.kin:
            for z in range(received.size):
                received[z] += now.mate[j, z] * supplied_help(
                    now.contribution[j, k, z],
                    now.perception[j, k, z],
                    now.perception[i, k, z],
                    support[z],
                    num.kin[i, j, z],
                )
        else:
            for z in range(received.size):
                received[z] += now.mate[j, z] * supplied_help(
                    now.contribution[j, k, z], now.perception[j, k, z], now.perception[i, k, z], support[z], 1.0
                )


@kernel
def _provided(t: int, k: int, plan: Any, num: Any, now: Any, received: Any) -> None:
    """Hub provision (rival): the hub, lead or strongest party provides, whatever others contribute."""
    best, chosen = now.g, now.h
    best[:] = -1.0
    for j in plan.seats[t]:
        if j < 0:
            continue
        decides(t, j, plan, now.seat[t], chosen)
        for z in range(best.size):
            if num.switches[SWITCH.hub_provision, z] == 0.0:
                continue
            is_hub = j == plan.hub[t] and now.seat[t, j, z] != 0.0
            hub_sits = plan.hub[t] >= 0 and now.seat[t, plan.hub[t], z] != 0.0
            stronger = not hub_sits and chosen[z] != 0.0 and now.capability[j, z] > best[z]
            if is_hub or stronger:
                best[z] = now.capability[j, z]
                received[z] = now.contribution[j, k, z]


@kernel
def _left(t: int, i: int, k: int, plan: Any, num: Any, now: Any, left: Any) -> None:
    """E6: what the state's other treaties leave to do against the source."""
    covered = now.g
    covered[:] = 0.0
    for other in range(plan.hub.size):
        if other != t and plan.covers[other, k] != 0:
            for z in range(left.size):
                covered[z] += now.member[other, i, z] * (num.scope[other, k, z] * now.depth[other, z])
    for z in range(left.size):
        left[z] = overlap_left(num.dials[DIAL.overlap_use, z], covered[z])


@kernel
def _prices(
    t: int, i: int, plan: Any, num: Any, now: Any,
    squares: Any, total: Any, quarrels: Any, owed: Any, linear: Any, curve: Any,
) -> None:  # fmt: skip
    """E8, E9."""
    promoted, dominated = now.d, now.e
    promoted[:] = 0.0
    for other in range(plan.hub.size):
        if plan.promotes[other, t] != 0:
            for z in range(linear.size):
                promoted[z] += now.member[other, i, z] * (num.promotes[other, t, z] * now.depth[other, z])
    for z in range(linear.size):
        dominated[z] = dominance(squares[z], total[z], now.capability[i, z])
    for z in range(linear.size):
        linear[z] = linear_terms(
            num.dials[DIAL.omega, z],
            owed[z],
            num.directed[t, z],
            now.accepted[i, z],
            num.dials[DIAL.stake, z],
            num.weight[i, z],
            num.dials[DIAL.m, z],
            num.independence[i, z],
            now.mistrust[t, z],
            dominated[z],
            num.dials[DIAL.region, z],
            promoted[z],
        )
    for z in range(linear.size):
        curve[z] = curvature(
            num.dials[DIAL.autonomy, z],
            num.independence[i, z],
            num.dials[DIAL.mu, z],
            dominated[z],
            now.mistrust[t, z],
            num.dials[DIAL.entrapment, z],
            quarrels[z],
        )


@kernel
def ideal_depth(t: int, plan: Any, num: Any, now: Any, benefit: Any, linear: Any, curve: Any, best: Any) -> None:
    """E10: the running maximum over the needs from the greatest down."""
    slope = now.slope
    for z in range(best.size):
        slope[z] = linear[z]
        best[z] = segment_optimum(0.0, slope[z], curve[z], 1.0)
    for place in range(num.order.shape[0]):
        if plan.same_order:
            k = int(num.order[place, 0])
            # A source without benefit leaves the slope as it was: its segment cannot raise the maximum.
            if plan.covers[t, k] != 0 if k < plan.origin.size else plan.tether:
                for z in range(best.size):
                    slope[z] += benefit[k, z]
                    best[z] = segment_optimum(best[z], slope[z], curve[z], num.needs[k, z])
        else:
            for z in range(best.size):
                own = int(num.order[place, z])
                slope[z] += benefit[own, z]
                best[z] = segment_optimum(best[z], slope[z], curve[z], num.needs[own, z])
