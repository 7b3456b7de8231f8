"""Bargain (E11) in lanes."""

from __future__ import annotations

from typing import Any

from agents.interest import benefit_at, utility

from ..treaties.bargain import agreed_depth, due, gain, gain_share, payment
from .interests import ideal_depth
from .kernel import DIAL, SWITCH, kernel
from .layout import AT, BODY, COVER, MAJORITY, OF
from .seating import decides


@kernel
def bargain(plan: Any, num: Any, now: Any) -> None:
    """E11 in every running treaty, and among the founders of one not yet signed."""
    for t in range(plan.treaties):
        if now.t[AT.bargains, t, 0] != 0.0:
            negotiate(
                t, plan, num, now, now.ts[AT.seat, t], now.tsn[AT.benefit, t], now.ts[AT.linear, t], now.ts[AT.curve, t], now.ts[AT.ideal, t],
                now.t[AT.floor, t], now.t[AT.joint, t], now.t[AT.agreed, t],
            )  # fmt: skip
            _settle(t, plan, num, now)


@kernel
def negotiate(
    t: int, plan: Any, num: Any, now: Any, seat: Any,
    benefit: Any, linear: Any, curve: Any, ideal: Any, floor: Any, joint: Any, agreed: Any,
) -> None:  # fmt: skip
    """What the decision rule yields, the joint best, and the depth agreed; 0 where nobody sits."""
    seated = now.z[AT.a]
    seated[:] = 0.0
    now.n[AT.sum_benefit, :] = 0.0
    now.z[AT.sum_linear, :] = 0.0
    now.z[AT.sum_curve, :] = 0.0
    for i in plan.seats[t]:
        if i < 0:
            continue
        for z in range(plan.lanes):
            seated[z] += seat[i, z]
            now.z[AT.sum_linear, z] += seat[i, z] * linear[i, z]
            now.z[AT.sum_curve, z] += seat[i, z] * curve[i, z]
        for k in range(plan.sources + 1):
            if plan.tk[COVER.covers, t, k] != 0 if k < plan.sources else plan.tether:
                for z in range(plan.lanes):
                    now.n[AT.sum_benefit, k, z] += seat[i, z] * benefit[i, k, z]
    if plan.t[BODY.decision, t] == MAJORITY:
        _median(t, plan, now, seat, ideal, floor)
    else:
        _least(t, plan, now, seat, ideal, floor)
    ideal_depth(t, plan, num, now, now.n[AT.sum_benefit], now.z[AT.sum_linear], now.z[AT.sum_curve], joint)
    for z in range(plan.lanes):
        # The ratchet computes interests without using them: nothing is paid.
        linkage = 0.0 if num.switches[SWITCH.ratchet, z] != 0.0 else num.dials[DIAL.linkage, z]
        found = agreed_depth(floor[z], joint[z], linkage)
        agreed[z] = found if seated[z] > 0.0 else 0.0
        joint[z] = joint[z] if seated[z] > 0.0 else 0.0
        floor[z] = floor[z] if seated[z] > 0.0 else 0.0


@kernel
def _least(t: int, plan: Any, now: Any, seat: Any, ideal: Any, floor: Any) -> None:
    """The least ideal of those that decide."""
    chosen = now.z[AT.b]
    floor[:] = 1.0
    for i in plan.seats[t]:
        if i >= 0:
            decides(t, i, plan, seat, chosen)
            for z in range(plan.lanes):
                floor[z] = min(floor[z], ideal[i, z]) if chosen[z] != 0.0 else floor[z]


@kernel
def _median(t: int, plan: Any, now: Any, seat: Any, ideal: Any, floor: Any) -> None:
    """The lower median of all ideals: the one with as many below it as the rule leaves behind."""
    for z in range(plan.lanes):
        seated = 0
        for i in plan.seats[t]:
            seated += 1 if i >= 0 and seat[i, z] != 0.0 else 0
        for i in plan.seats[t]:
            if i < 0 or seat[i, z] == 0.0:
                continue
            below = equal = 0
            for j in plan.seats[t]:
                if j >= 0 and seat[j, z] != 0.0:
                    below += 1 if ideal[j, z] < ideal[i, z] else 0
                    equal += 1 if ideal[j, z] == ideal[i, z] else 0
            if below <= (seated - 1) // 2 < below + equal:
                floor[z] = ideal[i, z]


@kernel
def worth_of(
    t: int, i: int, plan: Any, num: Any, benefit: Any, linear: Any, curve: Any, depth: Any, into: Any
) -> None:
    """U of a depth to one seat."""
    into[:] = 0.0
    for k in range(plan.sources + 1):
        if plan.tk[COVER.covers, t, k] != 0 if k < plan.sources else plan.tether:
            for z in range(plan.lanes):
                into[z] += benefit_at(benefit[i, k, z], depth[z], num.n[OF.needs, k, z])
    for z in range(plan.lanes):
        into[z] = utility(into[z], linear[i, z], curve[i, z], depth[z])


@kernel
def _settle(t: int, plan: Any, num: Any, now: Any) -> None:
    """Who pays whom."""
    at_floor, gains = now.z[AT.a], now.z[AT.b]
    gains[:] = 0.0
    for i in plan.seats[t]:
        if i < 0:
            continue
        worth_of(
            t,
            i,
            plan,
            num,
            now.tsn[AT.benefit, t],
            now.ts[AT.linear, t],
            now.ts[AT.curve, t],
            now.t[AT.floor, t],
            at_floor,
        )
        worth_of(
            t,
            i,
            plan,
            num,
            now.tsn[AT.benefit, t],
            now.ts[AT.linear, t],
            now.ts[AT.curve, t],
            now.t[AT.agreed, t],
            now.ts[AT.at_agreed, t, i],
        )
        for z in range(plan.lanes):
            seat = now.ts[AT.seat, t, i, z]
            now.s[AT.due, i, z] = seat * due(at_floor[z], now.ts[AT.at_agreed, t, i, z])
            now.s[AT.share, i, z] = seat * gain(at_floor[z], now.ts[AT.at_agreed, t, i, z])
            gains[z] += now.s[AT.share, i, z]
    for i in plan.seats[t]:
        if i >= 0:
            for z in range(plan.lanes):
                now.s[AT.share, i, z] = gain_share(now.s[AT.share, i, z], gains[z])
    for i in plan.seats[t]:
        if i >= 0:
            now.ts[AT.received, t, i, :] = 0.0
            now.ts[AT.paid, t, i, :] = 0.0
    for i in plan.seats[t]:
        if i >= 0 and _any(now.s[AT.due, i], plan):
            for j in plan.seats[t]:
                if j >= 0:
                    for z in range(plan.lanes):
                        flow = payment(now.s[AT.due, i, z], now.s[AT.share, j, z])
                        now.ts[AT.received, t, i, z] += flow
                        now.ts[AT.paid, t, j, z] += flow


@kernel
def _any(row: Any, plan: Any) -> bool:
    total = 0.0
    for z in range(plan.lanes):
        total += row[z]
    return total != 0.0
