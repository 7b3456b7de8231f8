"""Weigh (E5 to E10): what a treaty is worth to each seat, and how deep each would have it."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.agents.interest import (
    benefit_left,
    bent_root,
    common_value,
    curvature,
    fall,
    inverse_of_both,
    kept_saving,
    segment_optimum,
    segment_root,
)

from .kernel import CONSTANT, DIAL, kernel
from .layout import AT, OF
from .marks import BODY, COVER, SEAT
from .seating import fear_of, find_mates, sit
from .tables import get, put
from .vector import WIDTH, neither, some, spread


@kernel
def weigh(plan: Any, num: Any, now: Any) -> None:
    """E5-E10 for every treaty that runs or could be signed, for parties, founders and candidates."""
    if plan.bends:
        put(now.z, 1.0 / get(num.constants, CONSTANT.exchange_need), AT.per_need)
        for t in range(plan.treaties):
            note_organs(t, num, now)
    for t in range(plan.treaties):
        taken = take_seats(t, plan, now)
        now.t[AT.bargains, t, 0] = 1.0 if taken else 0.0
        if not taken:
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                put(now.ts, 0.0, AT.ideal, t, i)
                if plan.fears:
                    put(now.ts, 0.0, AT.fear, t, i)
                plan.terms.keep_sums(t, i, now, plan.terms.no_sums(), spread(0.0) != 0.0)
            continue
        seat = now.ts[AT.seat, t]
        sit(t, plan, now, seat)
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            benefit = now.tsn[AT.benefit, t, i]
            linear, curve, common, saving, ideal, fear, sums = weigh_one(t, i, plan, num, now, seat, benefit)
            weighs = get(seat, i) != 0.0
            if plan.ts[SEAT.candidate, t, i] != 0.0:
                weighs = weighs | (get(now.t, AT.status, t) == 1.0)
            put(now.ts, where(weighs, linear, 0.0), AT.linear, t, i)
            put(now.ts, where(weighs, curve, 0.0), AT.curve, t, i)
            if plan.bends:
                put(now.ts, where(weighs, common, 0.0), AT.common, t, i)
                put(now.ts, saving, AT.saving, t, i)
            put(now.ts, where(weighs, ideal, 0.0), AT.ideal, t, i)
            if plan.fears:
                put(now.ts, where(weighs, fear, 0.0), AT.fear, t, i)
            plan.terms.keep_sums(t, i, now, sums, weighs)
            if some(neither(weighs)):
                for at in range(len(plan.tk[COVER.covered, t])):
                    k = plan.tk[COVER.covered, t][at]
                    if k < 0:
                        break
                    put(benefit, where(weighs, get(benefit, k), 0.0), k)


@kernel
def note_organs(t: int, num: Any, now: Any) -> None:
    """Depth that the organs in place can carry: a division less for everyone who weighs the treaty."""
    put(now.t, get(now.t, AT.rung, t) / get(num.constants, CONSTANT.steps), AT.organs, t)


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

    Writes the benefits and returns the linear terms, the curvature, what bends the marginal utility, the ideal depth,
    what is feared of the partners, and the sums over sources.
    """
    mates, shares, total = find_mates(t, i, plan, now, seat)
    fear = spread(0.0)
    if plan.fears:
        fear = fear_of(t, i, plan, now, seat, mates)
    sums = plan.terms.no_sums()
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        received, mean = plan.terms.supply(t, i, k, plan, num, now, mates, shares)
        received = plan.terms.help_received(t, i, k, plan, num, now, received)
        sums = plan.terms.add_source(t, i, k, plan, num, now, sums, mean, received)
        gross = plan.terms.benefit(t, i, k, plan, num, now, mates, shares, received, mean)
        put(benefit, benefit_left(gross, plan.terms.worth(t, i, k, plan, num, now, mates, shares, fear)), k)
    plan.terms.free_benefit(t, i, plan, num, now, benefit)
    gross, left, linear, added, saving = plan.terms.weigh(t, i, plan, num, now, mates, shares, sums, fear, total)
    curve = curvature(get(num.dials, DIAL.autonomy), get(num.s, OF.independence, i), added)
    common = gross
    if plan.bends:
        common, saving = benefit_left(common_value(gross), left), kept_saving(saving, curve)
    ideal = ideal_depth(t, plan, num, now, benefit, linear, curve, common, saving)
    return linear, curve, common, saving, ideal, fear, sums


@kernel
def ideal_depth(
    t: int, plan: Any, num: Any, now: Any, benefit: Any, linear: Any, curve: Any, common: Any, saving: Any
) -> Any:
    """E10: the running maximum over the needs from the greatest down."""
    slope, lines = linear, _lines(t, plan, now, curve, common, saving)
    best = segment_optimum(spread(0.0), _root(plan, slope, lines), spread(1.0))
    for place in range(plan.needs):
        if plan.same_order:
            k = int(num.n[OF.order, place, 0])
            # A source without benefit leaves the slope as it was: its segment cannot raise the maximum.
            if plan.tk[COVER.covers, t, k] != 0 if k < plan.sources else plan.free[k - plan.sources] != 0:
                slope += get(benefit, k)
                root = _root(plan, slope, lines)
                best = segment_optimum(best, root, get(num.n, OF.needs, k))
        else:
            for z in range(WIDTH):
                own = int(num.n[OF.order, place, z])
                useful = (
                    plan.tk[COVER.covers, t, own] != 0
                    if own < plan.sources
                    else plan.free[own - plan.sources] != 0
                )
                now.z[AT.useful, z] = benefit[own, z] if useful else 0.0
                now.z[AT.need, z] = num.n[OF.needs, own, z]
            slope += get(now.z, AT.useful)
            root = _root(plan, slope, lines)
            best = segment_optimum(best, root, get(now.z, AT.need))
    return best


@kernel
def _lines(t: int, plan: Any, now: Any, curve: Any, common: Any, saving: Any) -> Any:
    """What all segments share: the lines that marginal utility is made of, or the only one."""
    none = spread(0.0)
    if not plan.bends:
        return none, none, curve, none, none, none
    fading = common * get(now.z, AT.per_need)
    free, fading_free = fall(curve, none, saving), fall(curve, fading, saving)
    fading_fall = fall(curve, fading, none)
    straight, faded = inverse_of_both(free, curve), inverse_of_both(fading_free, fading_fall)
    saved = saving * get(now.t, AT.organs, t)
    return common, saved, curve * straight, fading_fall * faded, free * straight, fading_free * faded


@kernel
def _root(plan: Any, slope: Any, lines: Any) -> Any:
    """Where the marginal utility of a segment is 0."""
    if not plan.bends:
        return segment_root(slope, lines[2])
    return bent_root(slope, *lines)
