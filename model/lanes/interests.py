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
from .layout import AT, BODY, COVER, OF, SEAT
from .seating import decides, find_mates, sit


@kernel
def weigh(plan: Any, num: Any, now: Any) -> None:
    """E5-E10 for every treaty that runs or could be signed, for parties, founders and candidates."""
    for t in range(plan.treaties):
        taken = take_seats(t, plan, now)
        now.t[AT.bargains, t, :] = 1.0 if taken else 0.0
        if not taken:
            for i in plan.seats[t]:
                if i >= 0:
                    now.ts[AT.ideal, t, i, :] = 0.0
                    now.ts[AT.owed, t, i, :] = 0.0
            continue
        sit(t, plan, now, now.ts[AT.seat, t])
        for i in plan.seats[t]:
            if i < 0:
                continue
            weigh_one(
                t, i, plan, num, now, now.ts[AT.seat, t], now.tsn[AT.benefit, t, i], now.ts[AT.linear, t, i], now.ts[AT.curve, t, i],
                now.ts[AT.ideal, t, i], now.ts[AT.owed, t, i],
            )  # fmt: skip
            for z in range(plan.lanes):
                candidate = now.t[AT.status, t, z] == 1.0 and plan.ts[SEAT.candidate, t, i] != 0.0
                if now.ts[AT.seat, t, i, z] == 0.0 and not candidate:
                    now.ts[AT.ideal, t, i, z] = 0.0
                    now.ts[AT.owed, t, i, z] = 0.0
                    for k in range(plan.sources):
                        now.tsn[AT.benefit, t, i, k, z] = 0.0


@kernel
def take_seats(t: int, plan: Any, now: Any) -> bool:
    """Who bargains: members of a running treaty, founders of one not yet signed. False: nobody in any lane."""
    taken = 0.0
    for i in plan.seats[t]:
        if i < 0:
            continue
        founder = plan.ts[SEAT.founder, t, i] * plan.t[BODY.endogenous, t]
        for z in range(plan.lanes):
            unsigned = founder if now.t[AT.status, t, z] == 0.0 else 0.0
            now.ts[AT.seat, t, i, z] = now.ts[AT.member, t, i, z] if now.t[AT.status, t, z] == 1.0 else unsigned
            taken += now.ts[AT.seat, t, i, z]
    return taken > 0.0


@kernel
def weigh_one(
    t: int, i: int, plan: Any, num: Any, now: Any, seat: Any,
    benefit: Any, linear: Any, curve: Any, ideal: Any, owed: Any,
) -> None:  # fmt: skip
    """E5-E10 for one treaty and state, with the partners that are seated."""
    total, squares, quarrels, received, weighted, support = (
        now.z[AT.a],
        now.z[AT.b],
        now.z[AT.c],
        now.z[AT.d],
        now.z[AT.e],
        now.z[AT.f],
    )
    mates, capabilities = find_mates(t, i, plan, now, seat, total)
    owed[:] = 0.0
    quarrels[:] = 0.0
    for k in plan.tk[COVER.covered, t]:
        if k < 0:
            continue
        for z in range(plan.lanes):
            support[z] = num.tk[OF.support, t, k, z] * num.switches[SWITCH.support, z]
        _help(t, i, k, plan, num, now, mates, capabilities, received, weighted, support)
        if plan.provided:
            _provided(t, k, plan, num, now, received)
        for z in range(plan.lanes):
            mean = weighted[z] / total[z] if total[z] > 0.0 else 0.0
            own, scope = now.sk[AT.perception, i, k, z], num.tk[OF.scope, t, k, z]
            owed[z] += burden(support[z], now.sk[AT.contribution, i, k, z], mean, own)
            quarrels[z] += quarrel(scope, mean, own)
            weighted[z] = 1.0
        if plan.overlap:
            _left(t, i, k, plan, num, now, weighted)
        for z in range(plan.lanes):
            useful = num.tk[OF.scope, t, k, z] * num.switches[SWITCH.external_threats, z]
            benefit[k, z] = security_benefit(useful, now.sk[AT.perception, i, k, z], received[z], weighted[z])
    if plan.tether:
        for z in range(plan.lanes):
            benefit[plan.sources, z] = tethering_benefit(num.dials[DIAL.tether, z], now.t[AT.mistrust, t, z])
    squares[:] = 0.0
    for j in now.present[t]:
        if j >= 0 and j != i:
            for z in range(plan.lanes):
                whole = total[z] if total[z] > 0.0 else 1.0
                squares[z] += square_share(capabilities[j, z], whole)
    _prices(t, i, plan, num, now, squares, total, quarrels, owed, linear, curve)
    ideal_depth(t, plan, num, now, benefit, linear, curve, ideal)


@kernel
def _help(
    t: int,
    i: int,
    k: int,
    plan: Any,
    num: Any,
    now: Any,
    mates: Any,
    capabilities: Any,
    received: Any,
    weighted: Any,
    support: Any,
) -> None:
    """E5: help from every partner, and the partners' perception weighted by capability."""
    received[:] = 0.0
    weighted[:] = 0.0
    for j in now.present[t]:
        if j < 0 or j == i:
            continue
        if plan.gives[j, k] == 0:
            for z in range(plan.lanes):
                weighted[z] += capabilities[j, z] * now.sk[AT.perception, j, k, z]
        elif plan.kin:
            for z in range(plan.lanes):
                theirs, own = now.sk[AT.perception, j, k, z], now.sk[AT.perception, i, k, z]
                help_ = supplied_help(
                    now.sk[AT.contribution, j, k, z], theirs, own, support[z], num.ss[OF.kin, i, j, z]
                )
                received[z] += mates[j, z] * help_
                weighted[z] += capabilities[j, z] * theirs
        else:
            for z in range(plan.lanes):
                theirs, own = now.sk[AT.perception, j, k, z], now.sk[AT.perception, i, k, z]
                help_ = supplied_help(now.sk[AT.contribution, j, k, z], theirs, own, support[z], 1.0)
                received[z] += mates[j, z] * help_
                weighted[z] += capabilities[j, z] * theirs


@kernel
def _provided(t: int, k: int, plan: Any, num: Any, now: Any, received: Any) -> None:
    """Hub provision (rival): the hub, lead or strongest party provides, whatever others contribute."""
    best, chosen = now.z[AT.g], now.z[AT.h]
    best[:] = -1.0
    for j in plan.seats[t]:
        if j < 0:
            continue
        decides(t, j, plan, now.ts[AT.seat, t], chosen)
        for z in range(plan.lanes):
            if num.switches[SWITCH.hub_provision, z] == 0.0:
                continue
            is_hub = j == plan.t[BODY.hub, t] and now.ts[AT.seat, t, j, z] != 0.0
            hub_sits = plan.t[BODY.hub, t] >= 0 and now.ts[AT.seat, t, plan.t[BODY.hub, t], z] != 0.0
            stronger = not hub_sits and chosen[z] != 0.0 and now.s[AT.capability, j, z] > best[z]
            if is_hub or stronger:
                best[z] = now.s[AT.capability, j, z]
                received[z] = now.sk[AT.contribution, j, k, z]


@kernel
def _left(t: int, i: int, k: int, plan: Any, num: Any, now: Any, left: Any) -> None:
    """E6: what the state's other treaties leave to do against the source."""
    covered = now.z[AT.g]
    covered[:] = 0.0
    for other in range(plan.treaties):
        if other != t and plan.tk[COVER.covers, other, k] != 0:
            for z in range(plan.lanes):
                covered[z] += now.ts[AT.member, other, i, z] * (
                    num.tk[OF.scope, other, k, z] * now.t[AT.depth, other, z]
                )
    for z in range(plan.lanes):
        left[z] = overlap_left(num.dials[DIAL.overlap_use, z], covered[z])


@kernel
def _prices(
    t: int, i: int, plan: Any, num: Any, now: Any,
    squares: Any, total: Any, quarrels: Any, owed: Any, linear: Any, curve: Any,
) -> None:  # fmt: skip
    """E8, E9."""
    promoted, dominated = now.z[AT.d], now.z[AT.e]
    promoted[:] = 0.0
    for other in range(plan.treaties):
        if plan.promotes[other, t] != 0:
            for z in range(plan.lanes):
                promoted[z] += now.ts[AT.member, other, i, z] * (
                    num.tt[OF.promotes, other, t, z] * now.t[AT.depth, other, z]
                )
    for z in range(plan.lanes):
        dominated[z] = dominance(squares[z], total[z], now.s[AT.capability, i, z])
    for z in range(plan.lanes):
        linear[z] = linear_terms(
            num.dials[DIAL.omega, z],
            owed[z],
            num.t[OF.directed, t, z],
            now.s[AT.accepted, i, z],
            num.dials[DIAL.stake, z],
            num.s[OF.weight, i, z],
            num.dials[DIAL.m, z],
            num.s[OF.independence, i, z],
            now.t[AT.mistrust, t, z],
            dominated[z],
            num.dials[DIAL.region, z],
            promoted[z],
        )
    for z in range(plan.lanes):
        curve[z] = curvature(
            num.dials[DIAL.autonomy, z],
            num.s[OF.independence, i, z],
            num.dials[DIAL.mu, z],
            dominated[z],
            now.t[AT.mistrust, t, z],
            num.dials[DIAL.entrapment, z],
            quarrels[z],
        )


@kernel
def ideal_depth(t: int, plan: Any, num: Any, now: Any, benefit: Any, linear: Any, curve: Any, best: Any) -> None:
    """E10: the running maximum over the needs from the greatest down."""
    slope = now.z[AT.slope]
    for z in range(plan.lanes):
        slope[z] = linear[z]
        best[z] = segment_optimum(0.0, slope[z], curve[z], 1.0)
    for place in range(plan.sources + 1):
        if plan.same_order:
            k = int(num.n[OF.order, place, 0])
            # A source without benefit leaves the slope as it was: its segment cannot raise the maximum.
            if plan.tk[COVER.covers, t, k] != 0 if k < plan.sources else plan.tether:
                for z in range(plan.lanes):
                    slope[z] += benefit[k, z]
                    best[z] = segment_optimum(best[z], slope[z], curve[z], num.n[OF.needs, k, z])
        else:
            for z in range(plan.lanes):
                own = int(num.n[OF.order, place, z])
                useful = plan.tk[COVER.covers, t, own] != 0 if own < plan.sources else plan.tether
                slope[z] += benefit[own, z] if useful else 0.0
                best[z] = segment_optimum(best[z], slope[z], curve[z], num.n[OF.needs, own, z])
