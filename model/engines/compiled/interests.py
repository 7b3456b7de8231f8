"""Weigh (E5 to E10): what a treaty is worth to each seat, and how deep each would have it."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.agents.interest import (
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
from .layout import AT, OF
from .plan import BODY, COVER, SEAT
from .seating import decides, find_mates, leads, sit
from .tables import get, put
from .vector import WIDTH, neither, some, spread


@kernel
def weigh(plan: Any, num: Any, now: Any) -> None:
    """E5-E10 for every treaty that runs or could be signed, for parties, founders and candidates."""
    for t in range(plan.treaties):
        taken = take_seats(t, plan, now)
        now.t[AT.bargains, t, 0] = 1.0 if taken else 0.0
        if not taken:
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                put(now.ts, 0.0, AT.ideal, t, i)
                put(now.ts, 0.0, AT.owed, t, i)
            continue
        seat = now.ts[AT.seat, t]
        sit(t, plan, now, seat)
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            benefit = now.tsn[AT.benefit, t, i]
            linear, curve, ideal, owed = weigh_one(t, i, plan, num, now, seat, benefit)
            put(now.ts, linear, AT.linear, t, i)
            put(now.ts, curve, AT.curve, t, i)
            weighs = get(seat, i) != 0.0
            if plan.ts[SEAT.candidate, t, i] != 0.0:
                weighs = weighs | (get(now.t, AT.status, t) == 1.0)
            put(now.ts, where(weighs, ideal, 0.0), AT.ideal, t, i)
            put(now.ts, where(weighs, owed, 0.0), AT.owed, t, i)
            if some(neither(weighs)):
                for at in range(len(plan.tk[COVER.covered, t])):
                    k = plan.tk[COVER.covered, t][at]
                    if k < 0:
                        break
                    put(benefit, where(weighs, get(benefit, k), 0.0), k)


@kernel
def take_seats(t: int, plan: Any, now: Any) -> bool:
    """Who bargains: members of a running treaty, founders of one not yet signed. False: nobody in any run."""
    status = get(now.t, AT.status, t)
    taken = spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        founder = plan.ts[SEAT.founder, t, i] * plan.t[BODY.endogenous, t]
        unsigned = where(status == 0.0, founder, 0.0)
        seated = where(status == 1.0, get(now.ts, AT.member, t, i), unsigned)
        put(now.ts, seated, AT.seat, t, i)
        taken += seated
    return some(taken > 0.0)


@kernel
def weigh_one(t: int, i: int, plan: Any, num: Any, now: Any, seat: Any, benefit: Any) -> Any:
    """E5-E10 for one treaty and state, with the partners that are seated.

    Writes the benefits and returns the linear terms, the curvature, the ideal depth and the help owed.
    """
    mates, shares, total = find_mates(t, i, plan, now, seat)
    owed, quarrels = spread(0.0), spread(0.0)
    helped, shared = get(num.switches, SWITCH.support), get(num.switches, SWITCH.external_threats)
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        own, scope = get(now.sk, AT.perception, i, k), get(num.tk, OF.scope, t, k)
        support = get(num.tk, OF.support, t, k) * helped
        received, mean = _help(t, i, k, plan, num, now, mates, shares, support)
        if plan.provided:
            received = _provided(t, k, plan, num, now, received)
        owed += burden(support, get(now.sk, AT.contribution, i, k), mean, own)
        quarrels += quarrel(scope, mean, own)
        left = _left(t, i, k, plan, num, now) if plan.overlap else spread(1.0)
        put(benefit, security_benefit(scope * shared, own, received, left), k)
    if plan.tether:
        tether = tethering_benefit(get(num.dials, DIAL.tether), get(now.t, AT.mistrust, t))
        put(benefit, tether, plan.sources)
    squares = spread(0.0)
    for at in range(len(now.present[t])):
        j = now.present[t][at]
        if j < 0:
            break
        if j != i:
            squares += square_share(get(shares, j))
    dominated = dominance(squares, total, get(now.s, AT.capability, i))
    linear = _linear(t, i, plan, num, now, dominated, owed)
    curve = curvature(
        get(num.dials, DIAL.autonomy),
        get(num.s, OF.independence, i),
        get(num.dials, DIAL.mu),
        dominated,
        get(now.t, AT.mistrust, t),
        get(num.dials, DIAL.entrapment),
        quarrels,
    )
    return linear, curve, ideal_depth(t, plan, num, now, benefit, linear, curve), owed


@kernel
def _help(t: int, i: int, k: int, plan: Any, num: Any, now: Any, mates: Any, shares: Any, support: Any) -> Any:
    """E5: help from every partner, and the mean of their perceptions."""
    received, mean = spread(0.0), spread(0.0)
    own = get(now.sk, AT.perception, i, k)
    for at in range(len(now.present[t])):
        j = now.present[t][at]
        if j < 0:
            break
        if j == i:
            continue
        theirs = get(now.sk, AT.perception, j, k)
        mean += get(shares, j) * theirs
        if plan.gives[j, k] != 0:
            kin = get(num.ss, OF.kin, i, j) if plan.kin else spread(1.0)
            received += get(mates, j) * supplied_help(
                get(now.sk, AT.contribution, j, k), theirs, own, support, kin
            )
    return received, mean


@kernel
def _provided(t: int, k: int, plan: Any, num: Any, now: Any, received: Any) -> Any:
    """Hub provision (rival): the hub, lead or strongest party provides, whatever others contribute."""
    seat, hub = now.ts[AT.seat, t], plan.t[BODY.hub, t]
    led = leads(t, plan, seat)
    acts = get(num.switches, SWITCH.hub_provision) != 0.0
    hub_sits = spread(0.0) != 0.0
    if hub >= 0:
        hub_sits = get(seat, hub) != 0.0
    best = spread(-1.0)
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        capability = get(now.s, AT.capability, j)
        provides = neither(hub_sits) & (decides(t, j, plan, seat, led) != 0.0) & (capability > best)
        if j == hub:
            provides = provides | hub_sits
        best = where(acts & provides, capability, best)
        received = where(acts & provides, get(now.sk, AT.contribution, j, k), received)
    return received


@kernel
def _left(t: int, i: int, k: int, plan: Any, num: Any, now: Any) -> Any:
    """E6: what the state's other treaties leave to do against the source."""
    covered = spread(0.0)
    for at in range(len(plan.tables[i])):
        other = plan.tables[i, at]
        if other < 0:
            break
        if other != t and plan.tk[COVER.covers, other, k] != 0:
            cover = get(num.tk, OF.scope, other, k) * get(now.t, AT.depth, other)
            covered += get(now.ts, AT.member, other, i) * cover
    return overlap_left(get(num.dials, DIAL.overlap_use), covered)


@kernel
def _linear(t: int, i: int, plan: Any, num: Any, now: Any, dominated: Any, owed: Any) -> Any:
    """E8."""
    promoted = spread(0.0)
    for at in range(len(plan.promoters[t])):
        other = plan.promoters[t, at]
        if other < 0:
            break
        lift = get(num.tt, OF.promotes, other, t) * get(now.t, AT.depth, other)
        promoted += get(now.ts, AT.member, other, i) * lift
    return linear_terms(
        get(num.dials, DIAL.omega),
        owed,
        get(num.t, OF.directed, t),
        get(now.s, AT.accepted, i),
        get(num.dials, DIAL.stake),
        get(num.s, OF.weight, i),
        get(num.dials, DIAL.m),
        get(num.s, OF.independence, i),
        get(now.t, AT.mistrust, t),
        dominated,
        get(num.dials, DIAL.region),
        promoted,
    )


@kernel
def ideal_depth(t: int, plan: Any, num: Any, now: Any, benefit: Any, linear: Any, curve: Any) -> Any:
    """E10: the running maximum over the needs from the greatest down."""
    slope, inverse = linear, 1.0 / curve
    best = segment_optimum(spread(0.0), slope, inverse, 1.0)
    for place in range(plan.sources + 1):
        if plan.same_order:
            k = int(num.n[OF.order, place, 0])
            # A source without benefit leaves the slope as it was: its segment cannot raise the maximum.
            if plan.tk[COVER.covers, t, k] != 0 if k < plan.sources else plan.tether:
                slope += get(benefit, k)
                best = segment_optimum(best, slope, inverse, get(num.n, OF.needs, k))
        else:
            for z in range(WIDTH):
                own = int(num.n[OF.order, place, z])
                useful = plan.tk[COVER.covers, t, own] != 0 if own < plan.sources else plan.tether
                now.z[AT.useful, z] = benefit[own, z] if useful else 0.0
                now.z[AT.need, z] = num.n[OF.needs, own, z]
            slope += get(now.z, AT.useful)
            best = segment_optimum(best, slope, inverse, get(now.z, AT.need))
    return best
