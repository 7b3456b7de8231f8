"""Bargain (E11)."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.agents.interest import benefit_at, bent_utility, utility
from entente.month.bargain import agreed_depth, due, gain, gain_share, payment

from .interests import ideal_depth
from .kernel import CONSTANT, kernel, routine
from .layout import AT, OF
from .marks import BODY, COVER, MAJORITY
from .seating import decides, leads
from .tables import get, put
from .vector import WIDTH, some, spread


@routine
def bargain(plan: Any, num: Any, now: Any) -> None:
    """E11 in every running treaty, and among the founders of one not yet signed."""
    for t in range(plan.treaties):
        if now.t[AT.bargains, t, 0] != 0.0:
            least, joint, agreed = negotiate(
                t, plan, num, now, now.ts[AT.seat, t], now.tsn[AT.benefit, t], now.ts[AT.linear, t],
                now.ts[AT.curve, t], now.ts[AT.common, t], now.ts[AT.saving, t], now.ts[AT.ideal, t],
            )  # fmt: skip
            put(now.t, least, AT.floor, t)
            put(now.t, joint, AT.joint, t)
            put(now.t, agreed, AT.agreed, t)
            _settle(t, plan, num, now, least, agreed)


@kernel
def negotiate(
    t: int,
    plan: Any,
    num: Any,
    now: Any,
    seat: Any,
    benefit: Any,
    linear: Any,
    curve: Any,
    common: Any,
    saving: Any,
    ideal: Any,
) -> Any:
    """What the decision rule yields, the joint best, and the depth agreed; 0 where nobody sits."""
    seated, linear_sum, curve_sum = spread(0.0), spread(0.0), spread(0.0)
    common_sum, saving_sum = spread(0.0), spread(0.0)
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        put(now.n, 0.0, AT.sum_benefit, k)
    for k in range(plan.sources, plan.needs):
        put(now.n, 0.0, AT.sum_benefit, k)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        sits = get(seat, i)
        seated += sits
        linear_sum += sits * get(linear, i)
        curve_sum += sits * get(curve, i)
        if plan.bends:
            common_sum += sits * get(common, i)
            saving_sum += sits * get(saving, i)
        for at in range(len(plan.tk[COVER.covered, t])):
            k = plan.tk[COVER.covered, t][at]
            if k < 0:
                break
            put(now.n, get(now.n, AT.sum_benefit, k) + sits * get(benefit, i, k), AT.sum_benefit, k)
        for k in range(plan.sources, plan.needs):
            if plan.free[k - plan.sources] != 0:
                put(now.n, get(now.n, AT.sum_benefit, k) + sits * get(benefit, i, k), AT.sum_benefit, k)
    if plan.t[BODY.decision, t] == MAJORITY:
        least = _median(t, plan, now, seat, ideal)
    else:
        least = _least(t, plan, seat, ideal)
    joint = ideal_depth(t, plan, num, now, now.n[AT.sum_benefit], linear_sum, curve_sum, common_sum, saving_sum)
    linkage, beside = plan.terms.linkage(t, plan, num, now), plan.terms.agreement(t, plan, num, now)
    agreed = agreed_depth(least, joint, linkage, beside)
    anyone = seated > 0.0
    return where(anyone, least, 0.0), where(anyone, joint, 0.0), where(anyone, agreed, 0.0)


@kernel
def _least(t: int, plan: Any, seat: Any, ideal: Any) -> Any:
    """The least ideal of those that decide."""
    led = leads(t, plan, seat)
    least = spread(1.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        least = where(decides(t, i, plan, seat, led) != 0.0, min(least, get(ideal, i)), least)
    return least


@kernel
def _median(t: int, plan: Any, now: Any, seat: Any, ideal: Any) -> Any:
    """The lower median of all ideals: the one with as many below it as the rule leaves behind."""
    put(now.z, 1.0, AT.median)
    for z in range(WIDTH):
        seated = 0
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            seated += 1 if i >= 0 and seat[i, z] != 0.0 else 0
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0 or seat[i, z] == 0.0:
                continue
            below = equal = 0
            for at in range(len(plan.seats[t])):
                j = plan.seats[t][at]
                if j >= 0 and seat[j, z] != 0.0:
                    below += 1 if ideal[j, z] < ideal[i, z] else 0
                    equal += 1 if ideal[j, z] == ideal[i, z] else 0
            if below <= (seated - 1) // 2 < below + equal:
                now.z[AT.median, z] = ideal[i, z]
    return get(now.z, AT.median)


@kernel
def worth_of(
    t: int,
    i: int,
    plan: Any,
    num: Any,
    now: Any,
    benefit: Any,
    linear: Any,
    curve: Any,
    common: Any,
    saving: Any,
    depth: Any,
) -> Any:
    """U of a depth to one seat."""
    benefits = spread(0.0)
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        benefits += benefit_at(get(benefit, i, k), depth, get(num.n, OF.needs, k))
    for k in range(plan.sources, plan.needs):
        if plan.free[k - plan.sources] != 0:
            benefits += benefit_at(get(benefit, i, k), depth, get(num.n, OF.needs, k))
    worth = utility(benefits, get(linear, i), get(curve, i), depth)
    if plan.bends:
        whole = get(common, i) * get(num.constants, CONSTANT.exchange_need)
        standing = get(now.t, AT.organs, t)
        worth += bent_utility(whole, get(now.z, AT.per_need), get(saving, i), standing, depth)
    return worth


@kernel
def _settle(t: int, plan: Any, num: Any, now: Any, least: Any, agreed: Any) -> None:
    """Who pays whom."""
    benefit, linear, curve = now.tsn[AT.benefit, t], now.ts[AT.linear, t], now.ts[AT.curve, t]
    common, saving = now.ts[AT.common, t], now.ts[AT.saving, t]
    gains = spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        at_floor = worth_of(t, i, plan, num, now, benefit, linear, curve, common, saving, least)
        at_agreed = worth_of(t, i, plan, num, now, benefit, linear, curve, common, saving, agreed)
        seat = get(now.ts, AT.seat, t, i)
        if plan.guarded:
            none = (seat != 0.0) & (at_agreed - at_agreed != 0.0)
            put(now.z, where(none, 1.0, get(now.z, AT.broken)), AT.broken)
        gained = seat * gain(at_floor, at_agreed)
        put(now.ts, at_agreed, AT.at_agreed, t, i)
        put(now.s, seat * due(at_floor, at_agreed), AT.due, i)
        put(now.s, gained, AT.pays, i)
        put(now.ts, 0.0, AT.paid, t, i)
        gains += gained
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        put(now.s, gain_share(get(now.s, AT.pays, i), gains), AT.pays, i)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        owed, received = get(now.s, AT.due, i), spread(0.0)
        if some(owed != 0.0):
            for at in range(len(plan.seats[t])):
                j = plan.seats[t][at]
                if j < 0:
                    break
                flow = payment(owed, get(now.s, AT.pays, j))
                received += flow
                put(now.ts, get(now.ts, AT.paid, t, j) + flow, AT.paid, t, j)
        put(now.ts, received, AT.received, t, i)
