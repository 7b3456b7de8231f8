"""Beginnings, endings, and who comes and goes (E13), in lanes."""

from __future__ import annotations

from typing import Any

from ..treaties.ladder import admission_gain, exit_threshold, opening_depth, worth
from .bargains import negotiate, worth_of
from .interests import weigh_one
from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import AT, BODY, MAJORITY, NEVER, OF, SEAT
from .seating import decides, sit


@kernel
def intervene(step: int, plan: Any, num: Any, now: Any) -> None:
    """What the calendar does at the beginning of the month: openings, signings, moves."""
    for t in range(plan.treaties):
        if step == plan.opens and plan.t[BODY.opens_with, t] != 0:
            for z in range(plan.lanes):
                _open(step, t, z, plan, num, now)
                if plan.t[BODY.predecessor, t] >= 0:
                    end(plan.t[BODY.predecessor, t], z, now)
    for t in range(plan.treaties):
        if plan.t[BODY.signed, t] == step and plan.t[BODY.endogenous, t] == 0:
            for z in range(plan.lanes):
                if now.t[AT.status, t, z] == 0.0:
                    _sign(step, t, z, plan, num, now)
    for u in range(plan.move_from[step], plan.move_from[step + 1]):
        t, i, enters = plan.moves[u, 0], plan.moves[u, 1], plan.moves[u, 2]
        for z in range(plan.lanes):
            if now.t[AT.status, t, z] != 1.0:
                continue
            if enters != 0 and now.ts[AT.member, t, i, z] == 0.0:
                _enter(t, i, z, now)
            elif enters == 0 and now.ts[AT.member, t, i, z] != 0.0:
                _leave(step, t, i, z, plan, num, now)


@kernel
def _begin(t: int, z: int, rung: float, mistrust: float, members: Any, plan: Any, now: Any) -> None:
    now.t[AT.status, t, z] = 1.0
    now.t[AT.rung, t, z] = rung
    now.t[AT.mistrust, t, z] = mistrust
    now.t[AT.rising, t, z] = 0.0
    now.t[AT.ends, t, z] = -1.0
    for i in plan.seats[t]:
        if i >= 0:
            now.ts[AT.member, t, i, z] = members[i]
            now.ts[AT.leaving, t, i, z] = 0.0
            now.ts[AT.joining, t, i, z] = 0.0


@kernel
def _run_term(t: int, z: int, start: float, num: Any, now: Any) -> None:
    """Start the first term, or the next one."""
    length = num.t[OF.term, t, z] if now.t[AT.ends, t, z] < 0.0 else num.t[OF.renewal, t, z]
    now.t[AT.term_start, t, z] = start
    now.t[AT.ends, t, z] = start + length if length > 0.0 else -1.0


@kernel
def _open(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    """The state that the scenario gives for its start."""
    _begin(t, z, plan.t[BODY.open_rung, t], plan.open_mistrust[t], plan.ts[SEAT.open_member, t], plan, now)
    for i in range(plan.states):
        if plan.ts[SEAT.open_left, t, i] > NEVER:
            now.ts[AT.barred, t, i, z] = plan.ts[SEAT.open_left, t, i] + num.constants[CONSTANT.reentry_months, z]
    now.t[AT.depth, t, z] = opening_depth(
        now.t[AT.rung, t, z], num.constants[CONSTANT.steps, z], num.constants[CONSTANT.opening_share, z]
    )
    now.t[AT.in_force, t, z] = (
        step if plan.t[BODY.signed, t] < 0 else plan.t[BODY.signed, t] + plan.t[BODY.delay, t]
    )
    _run_term(t, z, now.t[AT.in_force, t, z], num, now)
    while 0.0 <= now.t[AT.ends, t, z] <= step:
        _run_term(t, z, now.t[AT.ends, t, z], num, now)


@kernel
def _sign(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    """Sign among the founders, in the place of a predecessor where one runs."""
    before = plan.t[BODY.predecessor, t]
    if before >= 0 and now.t[AT.status, before, z] == 1.0:
        _begin(t, z, now.t[AT.rung, before, z], now.t[AT.mistrust, before, z], plan.ts[SEAT.founder, t], plan, now)
        now.t[AT.depth, t, z] = now.t[AT.depth, before, z]
        end(before, z, now)
    else:
        _begin(t, z, plan.t[BODY.rung, t], num.t[OF.mistrust, t, z], plan.ts[SEAT.founder, t], plan, now)
        now.t[AT.depth, t, z] = opening_depth(
            now.t[AT.rung, t, z], num.constants[CONSTANT.steps, z], num.constants[CONSTANT.opening_share, z]
        )
    now.t[AT.in_force, t, z] = step + plan.t[BODY.delay, t]
    _run_term(t, z, now.t[AT.in_force, t, z], num, now)


@kernel
def end(t: int, z: int, now: Any) -> None:
    """Close the treaty: no members, no practice."""
    now.t[AT.status, t, z] = 2.0
    now.t[AT.depth, t, z] = 0.0
    now.t[AT.rung, t, z] = 0.0
    for i in range(now.ts.shape[2]):
        now.ts[AT.member, t, i, z] = 0.0
        now.ts[AT.guest, t, i, z] = 0.0


@kernel
def _enter(t: int, i: int, z: int, now: Any) -> None:
    now.ts[AT.member, t, i, z] = 1.0
    now.ts[AT.guest, t, i, z] = 0.0
    now.ts[AT.joining, t, i, z] = 0.0
    now.ts[AT.leaving, t, i, z] = 0.0


@kernel
def _leave(step: int, t: int, i: int, z: int, plan: Any, num: Any, now: Any) -> None:
    now.ts[AT.member, t, i, z] = 0.0
    now.ts[AT.leaving, t, i, z] = 0.0
    now.ts[AT.joining, t, i, z] = 0.0
    now.ts[AT.barred, t, i, z] = step + num.constants[CONSTANT.reentry_months, z]
    left = 0.0
    for j in plan.seats[t]:
        if j >= 0:
            left += now.ts[AT.member, t, j, z]
    if left < 2.0:
        end(t, z, now)


@kernel
def review(step: int, plan: Any, num: Any, now: Any) -> None:
    """E13: parties leave, candidates join or take part, founders sign, terms are renewed."""
    for t in range(plan.treaties):
        for i in plan.seats[t]:
            if i >= 0 and now.t[AT.bargains, t, 0] != 0.0:
                _judge(step, t, i, plan, num, now)
        for z in range(plan.lanes):
            unsigned = now.t[AT.status, t, z] == 0.0 and plan.t[BODY.endogenous, t] != 0
            keen = now.t[AT.agreed, t, z] > num.dials[DIAL.sign, z] and num.switches[SWITCH.ratchet, z] == 0.0
            now.t[AT.signs, t, z] = 1.0 if unsigned and keen else 0.0
    for t in range(plan.treaties):
        _admit(t, plan, num, now)
    for t in range(plan.treaties):
        for z in range(plan.lanes):
            if now.t[AT.status, t, z] == 1.0:
                _renew(step, t, z, num, now)
                _come_and_go(step, t, z, plan, num, now)
    for t in range(plan.treaties):
        for z in range(plan.lanes):
            if now.t[AT.signs, t, z] != 0.0:
                _sign(step, t, z, plan, num, now)


@kernel
def _judge(step: int, t: int, i: int, plan: Any, num: Any, now: Any) -> None:
    """Who wants out, and for how long; who wants in; who takes part as a guest."""
    for z in range(plan.lanes):
        member = now.ts[AT.member, t, i, z] != 0.0
        value = worth(now.ts[AT.at_agreed, t, i, z], now.ts[AT.received, t, i, z], now.ts[AT.paid, t, i, z])
        now.ts[AT.value, t, i, z] = value if now.ts[AT.seat, t, i, z] != 0.0 else 0.0
        ends = now.t[AT.ends, t, z]
        left = (ends - step) / (ends - now.t[AT.term_start, t, z]) if ends >= 0.0 else 0.0
        threshold = exit_threshold(
            num.dials[DIAL.outside, z],
            now.s[AT.offer, i, z],
            num.dials[DIAL.exit_cost, z],
            num.dials[DIAL.backtrack, z],
            now.t[AT.depth, t, z],
            left,
        )
        now.ts[AT.leaving, t, i, z] = now.ts[AT.leaving, t, i, z] + 1.0 if member and value < threshold else 0.0
        may = ends < 0.0 or ends - step <= num.constants[CONSTANT.window_months, z]
        acts = num.switches[SWITCH.exits, z] != 0.0 and num.switches[SWITCH.ratchet, z] == 0.0
        long_enough = now.ts[AT.leaving, t, i, z] >= num.dials[DIAL.deliberation, z]
        now.ts[AT.exits, t, i, z] = 1.0 if member and may and acts and long_enough else 0.0
    if plan.ts[SEAT.candidate, t, i] == 0.0:
        return
    for z in range(plan.lanes):
        now.ts[AT.entries, t, i, z] = 0.0
        if now.t[AT.status, t, z] != 1.0 or now.ts[AT.member, t, i, z] != 0.0:
            continue
        keen = now.ts[AT.ideal, t, i, z] > num.dials[DIAL.entry, z]
        now.ts[AT.guest, t, i, z] = 1.0 if keen and num.switches[SWITCH.guests, z] != 0.0 else 0.0
        free = keen and step >= now.ts[AT.barred, t, i, z]
        now.ts[AT.joining, t, i, z] = now.ts[AT.joining, t, i, z] + 1.0 if free else 0.0
        acts = num.switches[SWITCH.entries, z] != 0.0 and num.switches[SWITCH.ratchet, z] == 0.0
        if acts and now.ts[AT.joining, t, i, z] >= num.dials[DIAL.deliberation, z]:
            now.ts[AT.entries, t, i, z] = 1.0


@kernel
def _admit(t: int, plan: Any, num: Any, now: Any) -> None:
    """Strike from the entries all whom those that decide will not have."""
    for i in plan.seats[t]:
        if i < 0 or plan.ts[SEAT.candidate, t, i] == 0.0:
            continue
        asking = 0.0
        for z in range(plan.lanes):
            asking += now.ts[AT.entries, t, i, z]
        if asking > 0.0:
            _try(t, i, plan, num, now)
            _vote(t, i, plan, num, now)


@kernel
def _try(t: int, newcomer: int, plan: Any, num: Any, now: Any) -> None:
    """What the treaty would be with the newcomer: interests, and the depth agreed."""
    for j in plan.seats[t]:
        if j >= 0:
            for z in range(plan.lanes):
                now.s[AT.trial_seat, j, z] = now.ts[AT.member, t, j, z]
                if j == newcomer:
                    now.s[AT.trial_seat, j, z] = max(
                        now.ts[AT.member, t, j, z], now.ts[AT.entries, t, newcomer, z]
                    )
    sit(t, plan, now, now.s[AT.trial_seat])
    for j in plan.seats[t]:
        if j >= 0:
            weigh_one(
                t, j, plan, num, now, now.s[AT.trial_seat], now.sn[AT.trial_benefit, j], now.s[AT.trial_linear, j],
                now.s[AT.trial_curve, j], now.s[AT.trial_ideal, j], now.s[AT.trial_owed, j],
            )  # fmt: skip
    negotiate(
        t, plan, num, now, now.s[AT.trial_seat], now.sn[AT.trial_benefit], now.s[AT.trial_linear], now.s[AT.trial_curve], now.s[AT.trial_ideal],
        now.z[AT.trial_floor], now.z[AT.trial_joint], now.z[AT.trial_agreed],
    )  # fmt: skip


@kernel
def _vote(t: int, newcomer: int, plan: Any, num: Any, now: Any) -> None:
    """Nobody who decides loses; a lead state elsewhere asks for a gain before it lets another in."""
    refusals, voters, votes, with_it = now.z[AT.a], now.z[AT.b], now.z[AT.c], now.z[AT.d]
    refusals[:] = 0.0
    voters[:] = 0.0
    for i in plan.seats[t]:
        if i < 0:
            continue
        decides(t, i, plan, now.ts[AT.member, t], votes)
        worth_of(
            t,
            i,
            plan,
            num,
            now.sn[AT.trial_benefit],
            now.s[AT.trial_linear],
            now.s[AT.trial_curve],
            now.z[AT.trial_agreed],
            with_it,
        )
        for z in range(plan.lanes):
            asks = 0.0
            if _guards(i, t, newcomer, z, plan, now):
                asks = admission_gain(num.dials[DIAL.sphere, z], now.s[AT.provision, i, z])
            refuses = votes[z] != 0.0 and with_it[z] < now.ts[AT.at_agreed, t, i, z] + asks
            refusals[z] += 1.0 if refuses else 0.0
            voters[z] += votes[z]
    for z in range(plan.lanes):
        allowed = (int(voters[z]) - 1) // 2 if plan.t[BODY.decision, t] == MAJORITY else 0
        if refusals[z] > allowed:
            now.ts[AT.entries, t, newcomer, z] = 0.0


@kernel
def _guards(lead: int, t: int, newcomer: int, z: int, plan: Any, now: Any) -> bool:
    """Whether `lead` leads another treaty with two other parties of this one, and without the newcomer."""
    for other in range(plan.treaties):
        if other == t or now.t[AT.status, other, z] != 1.0 or plan.ts[SEAT.lead, other, lead] == 0.0:
            continue
        if now.ts[AT.member, other, lead, z] == 0.0 or now.ts[AT.member, other, newcomer, z] != 0.0:
            continue
        shared = 0.0
        for i in plan.seats[t]:
            if i >= 0 and i != lead:
                shared += now.ts[AT.member, t, i, z] * now.ts[AT.member, other, i, z]
        if shared >= 2.0:
            return True
    return False


@kernel
def _renew(step: int, t: int, z: int, num: Any, now: Any) -> None:
    """Renew a term that ran out; a term article switched on or off starts or ends the lock-in."""
    if num.t[OF.term, t, z] == 0.0:
        now.t[AT.ends, t, z] = -1.0
    elif now.t[AT.ends, t, z] < 0.0:
        _run_term(t, z, max(float(step), now.t[AT.in_force, t, z]), num, now)
    elif step >= now.t[AT.ends, t, z]:
        _run_term(t, z, now.t[AT.ends, t, z], num, now)


@kernel
def _come_and_go(step: int, t: int, z: int, plan: Any, num: Any, now: Any) -> None:
    for i in plan.seats[t]:
        if i >= 0 and now.ts[AT.entries, t, i, z] != 0.0:
            _enter(t, i, z, now)
    for i in plan.seats[t]:
        if i >= 0 and now.ts[AT.exits, t, i, z] != 0.0 and now.t[AT.status, t, z] == 1.0:
            _leave(step, t, i, z, plan, num, now)
