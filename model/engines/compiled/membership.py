"""Review (E13): who leaves a treaty, who is let in, who signs, what lapses; terms are renewed."""

from __future__ import annotations

from math import floor
from typing import Any

from entente.agents.equation import where
from entente.month.ladder import since_session, worth
from entente.world.trajectory import LAPSED, OWN_WILL

from .bargains import negotiate, worth_of
from .beginnings import end, enter, leave, sign
from .interests import note_organs, weigh_one
from .kernel import CONSTANT, DIAL, kernel, routine
from .layout import AT, OF
from .marks import BODY, MAJORITY, SEAT
from .seating import decides, leads, running, sit
from .tables import get, put
from .vector import WIDTH, some, spread


@routine
def review(step: int, plan: Any, num: Any, now: Any) -> None:
    """E13: parties leave, candidates join or take part, founders sign, terms are renewed, dead treaties end."""
    for t in range(plan.treaties):
        if now.t[AT.bargains, t, 0] != 0.0:
            term_left = _term_left(step, t, now)
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                _leave_or_stay(t, i, term_left, plan, num, now)
                if plan.ts[SEAT.candidate, t, i] != 0.0:
                    _ask(step, t, i, plan, num, now)
            _wait(step, t, plan, num, now)
        if plan.t[BODY.endogenous, t] != 0:
            keen = get(now.t, AT.agreed, t) > get(num.dials, DIAL.sign)
            acts = plan.terms.signing(t, plan, num, now) > 0.0
            signs = (get(now.t, AT.status, t) == 0.0) & keen & acts
            put(now.t, where(signs, 1.0, 0.0), AT.signs, t)
    for t in range(plan.treaties):
        _admit(t, plan, num, now)
    for t in range(plan.treaties):
        if running(t, now):
            _renew(step, t, num, now)
            if _moves(t, plan, now):
                for z in range(WIDTH):
                    if now.t[AT.status, t, z] == 1.0:
                        _come_and_go(step, t, z, plan, num, now)
    for at in range(plan.treaties):
        t = plan.succession[at]
        if plan.t[BODY.endogenous, t] != 0:
            for z in range(WIDTH):
                if now.t[AT.signs, t, z] != 0.0:
                    sign(step, t, z, plan, num, now)
    # Last, so that a successor signed in the same month still takes over what there is.
    for t in range(plan.treaties):
        dormant = get(now.t, AT.dormant, t)
        if some((dormant > 0.0) & (dormant >= get(num.dials, DIAL.inertia))):
            for z in range(WIDTH):
                if now.t[AT.dormant, t, z] > 0.0 and now.t[AT.dormant, t, z] >= num.dials[DIAL.inertia, z]:
                    end(t, LAPSED, z, now)


@kernel
def _wait(step: int, t: int, plan: Any, num: Any, now: Any) -> None:
    """For how many months a treaty in force has been as good as dead."""
    acts = (get(now.t, AT.status, t) == 1.0) & (get(now.t, AT.in_force, t) <= step)
    dead = acts & (plan.terms.lapsing(t, plan, num, now) > 0.0)
    put(now.t, where(dead, get(now.t, AT.dormant, t) + 1.0, 0.0), AT.dormant, t)


@kernel
def _term_left(step: int, t: int, now: Any) -> Any:
    """Share of the running term that is left, 0 without a term, 1 before it is in force."""
    ends = get(now.t, AT.ends, t)
    length = where(ends >= 0.0, ends - get(now.t, AT.term_start, t), 1.0)
    return where(ends >= 0.0, min((ends - step) / length, 1.0), 0.0)


@kernel
def _leave_or_stay(t: int, i: int, term_left: Any, plan: Any, num: Any, now: Any) -> None:
    """What staying is worth to a party, and whether it wants out, for how long."""
    member, seated = get(now.ts, AT.member, t, i) != 0.0, get(now.ts, AT.seat, t, i) != 0.0
    if not some(member | seated):
        for nothing in (AT.value, AT.leaving, AT.exits):
            put(now.ts, 0.0, nothing, t, i)
        return
    fear = get(now.ts, AT.fear, t, i)
    beside = plan.terms.staying(t, i, plan, num, now, fear)
    received, paid = get(now.ts, AT.received, t, i), get(now.ts, AT.paid, t, i)
    worthwhile = worth(get(now.ts, AT.at_agreed, t, i), received, paid, beside)
    value = where(seated, worthwhile, 0.0)
    put(now.ts, value, AT.value, t, i)
    breaking = plan.terms.breaking(t, i, plan, num, now, term_left)
    wants = plan.terms.leaving(t, i, plan, num, now, value, breaking, fear) > 0.0
    leaving = where(member & wants, get(now.ts, AT.leaving, t, i) + 1.0, 0.0)
    put(now.ts, leaving, AT.leaving, t, i)
    exits = member & (leaving >= get(num.dials, DIAL.patience))
    put(now.ts, where(exits, 1.0, 0.0), AT.exits, t, i)


@kernel
def _ask(step: int, t: int, i: int, plan: Any, num: Any, now: Any) -> None:
    """Whether a candidate wants in, for how long, and takes part as a guest meanwhile."""
    outside = (get(now.t, AT.status, t) == 1.0) & (get(now.ts, AT.member, t, i) == 0.0)
    ideal = get(now.ts, AT.ideal, t, i)
    lives = get(num.s, OF.alive, i) != 0.0
    guest = where((plan.terms.attending(t, i, plan, num, now, ideal) > 0.0) & lives, 1.0, 0.0)
    put(now.ts, where(outside, guest, get(now.ts, AT.guest, t, i)), AT.guest, t, i)
    waited = get(now.ts, AT.joining, t, i)
    keen = plan.terms.joining(t, i, plan, num, now, ideal) > 0.0
    free = keen & lives & (get(now.ts, AT.barred, t, i) <= step)
    joining = where(outside, where(free, waited + 1.0, 0.0), waited)
    put(now.ts, joining, AT.joining, t, i)
    heard = since_session(step - get(now.t, AT.in_force, t), get(num.constants, CONSTANT.session_months)) == 0.0
    put(now.ts, where(outside & heard & (joining >= get(num.dials, DIAL.patience)), 1.0, 0.0), AT.entries, t, i)


@kernel
def _admit(t: int, plan: Any, num: Any, now: Any) -> None:
    """Strike from the entries all whom those that decide will not have."""
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        if plan.ts[SEAT.candidate, t, i] != 0.0 and some(get(now.ts, AT.entries, t, i) != 0.0):
            agreed, fear = _try(t, i, plan, num, now)
            _look_closer(t, i, plan, num, now, agreed, fear)
            _vote(t, i, plan, num, now, agreed)


@kernel
def _try(t: int, newcomer: int, plan: Any, num: Any, now: Any) -> Any:
    """What the treaty would be with the newcomer: interests; returned are the depth agreed and what the newcomer fears."""
    seat = now.s[AT.trial_seat]
    if plan.bends:
        note_organs(t, num, now)  # which this month's institutions may have changed
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        seated = get(now.ts, AT.member, t, j)
        if j == newcomer:
            seated = max(seated, get(now.ts, AT.entries, t, newcomer))
        put(seat, seated, j)
    sit(t, plan, now, seat)
    newcomers_fear = spread(0.0)
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        linear, curve, common, saving, ideal, fear, _ = weigh_one(
            t, j, plan, num, now, seat, now.sn[AT.trial_benefit, j]
        )
        if j == newcomer:
            newcomers_fear = fear
        put(now.s, linear, AT.trial_linear, j)
        put(now.s, curve, AT.trial_curve, j)
        if plan.bends:
            put(now.s, common, AT.trial_common, j)
            put(now.s, saving, AT.trial_saving, j)
        put(now.s, ideal, AT.trial_ideal, j)
    _, _, agreed = negotiate(
        t, plan, num, now, seat, now.sn[AT.trial_benefit], now.s[AT.trial_linear], now.s[AT.trial_curve],
        now.s[AT.trial_common], now.s[AT.trial_saving], now.s[AT.trial_ideal],
    )  # fmt: skip
    return agreed, newcomers_fear


@kernel
def _trial_worth(t: int, i: int, plan: Any, num: Any, now: Any, agreed: Any) -> Any:
    """U of the depth that would be agreed with the newcomer."""
    return worth_of(
        t, i, plan, num, now, now.sn[AT.trial_benefit], now.s[AT.trial_linear], now.s[AT.trial_curve],
        now.s[AT.trial_common], now.s[AT.trial_saving], agreed,
    )  # fmt: skip


@kernel
def _look_closer(t: int, newcomer: int, plan: Any, num: Any, now: Any, agreed: Any, fear: Any) -> None:
    """Nobody enters at a loss, or who would leave again."""
    beside = plan.terms.staying(t, newcomer, plan, num, now, fear)
    value = worth(_trial_worth(t, newcomer, plan, num, now, agreed), spread(0.0), spread(0.0), beside)
    regrets = plan.terms.leaving(t, newcomer, plan, num, now, value, spread(0.0), fear) > 0.0
    put(now.ts, where((value < 0.0) | regrets, 0.0, get(now.ts, AT.entries, t, newcomer)), AT.entries, t, newcomer)


@kernel
def _vote(t: int, newcomer: int, plan: Any, num: Any, now: Any, agreed: Any) -> None:
    """Nobody who decides loses; a lead state elsewhere asks for a gain before it lets another in."""
    member = now.ts[AT.member, t]
    led = leads(t, plan, member)
    refusals, voters = spread(0.0), spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        votes = decides(t, i, plan, member, led)
        with_it = _trial_worth(t, i, plan, num, now, agreed)
        gain = plan.terms.admission(t, i, plan, num, now)
        asks = where(_guards(i, t, newcomer, plan, now), gain, 0.0)
        refuses = (votes != 0.0) & (with_it < get(now.ts, AT.at_agreed, t, i) + asks)
        refusals += where(refuses, 1.0, 0.0)
        voters += votes
    allowed = spread(0.0)
    if plan.t[BODY.decision, t] == MAJORITY:
        allowed = floor((voters - 1.0) / 2.0)
    asked = get(now.ts, AT.entries, t, newcomer)
    put(now.ts, where(refusals > allowed, 0.0, asked), AT.entries, t, newcomer)


@kernel
def _guards(lead: int, t: int, newcomer: int, plan: Any, now: Any) -> Any:
    """Whether `lead` leads another treaty with two other parties of this one, and without the newcomer."""
    guards = spread(0.0) != 0.0
    for other in range(plan.treaties):
        if other == t or plan.ts[SEAT.lead, other, lead] == 0.0:
            continue
        leads_it = (get(now.t, AT.status, other) == 1.0) & (get(now.ts, AT.member, other, lead) != 0.0)
        shared = spread(0.0)
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            if i != lead:
                shared += get(now.ts, AT.member, t, i) * get(now.ts, AT.member, other, i)
        guards = guards | (leads_it & (get(now.ts, AT.member, other, newcomer) == 0.0) & (shared >= 2.0))
    return guards


@kernel
def _renew(step: int, t: int, num: Any, now: Any) -> None:
    """Renew a term that ran out; a term article switched on or off starts or ends the lock-in."""
    runs, ends, term = get(now.t, AT.status, t) == 1.0, get(now.t, AT.ends, t), get(num.t, OF.term, t)
    begins = runs & (term != 0.0) & (ends < 0.0)
    renews = runs & (term != 0.0) & (ends >= 0.0) & (ends <= step)
    start = where(begins, max(get(now.t, AT.in_force, t), step), ends)
    length = where(begins, term, get(num.t, OF.renewal, t))
    until = where(length > 0.0, start + length, -1.0)
    put(now.t, where(begins | renews, start, get(now.t, AT.term_start, t)), AT.term_start, t)
    put(now.t, where(begins | renews, until, where(runs & (term == 0.0), -1.0, ends)), AT.ends, t)


@kernel
def _moves(t: int, plan: Any, now: Any) -> bool:
    """Whether anybody comes or goes in any run."""
    moving = spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        moving += get(now.ts, AT.entries, t, i) + get(now.ts, AT.exits, t, i)
    return some(moving != 0.0)


@kernel
def _come_and_go(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i >= 0 and now.ts[AT.entries, t, i, z] != 0.0:
            enter(t, i, OWN_WILL, z, now)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i >= 0 and now.ts[AT.exits, t, i, z] != 0.0 and now.t[AT.status, t, z] == 1.0:
            leave(step, t, i, OWN_WILL, z, plan, num, now)
