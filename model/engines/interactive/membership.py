"""Review (E13): who leaves a treaty, who is let in, who signs, what lapses; terms are renewed."""

from __future__ import annotations

from typing import Any

from entente.month.ladder import since_session, worth
from entente.world.trajectory import LAPSED, OWN_WILL

from .treaty import Treaty


def review(model: Any) -> None:
    """Parties leave, candidates join or take part, founders sign, terms are renewed, dead treaties end."""
    for treaty in model.treaties:
        treaty.appraise()
    leaving = [(t, i) for t in model.treaties if t.running for i in t.members if leaves(model, t, i)]
    joining = [
        (t, i)
        for t in model.treaties
        if t.running
        for i in t.body.candidates
        if i not in t.members and joins(model, t, i)
    ]
    in_order = [model.treaties[p] for p in model.world.succession]
    signing = [t for t in in_order if t.status == 0 and t.body.endogenous and signs(model, t)]
    lapsing = [t for t in model.treaties if t.running and lapses(model, t)]
    for treaty in model.treaties:
        if treaty.running:
            treaty.renew()
    for treaty, i in joining:
        treaty.enter(i, OWN_WILL)
    for treaty, i in leaving:
        if treaty.running:
            treaty.leave(i, OWN_WILL)
    for treaty in signing:
        treaty.sign()
    # Last, so that a successor signed in the same month still takes over what there is.
    for treaty in lapsing:
        if treaty.running:
            treaty.end(LAPSED)


def signs(model: Any, treaty: Treaty) -> bool:
    """Whether the founders of a treaty without a date want it enough."""
    free = model.terms.signing(model, treaty.index) > 0.0
    return free and treaty.bargain.agreed > float(model.dial["sign"])


def leaves(model: Any, treaty: Treaty, state: int) -> bool:
    """Whether a party leaves: it has wanted out for long enough. What a running term makes of that is its price."""
    value = treaty.values[state]
    breaking = model.terms.breaking(model, treaty.index, state, treaty.term_left)
    fear = model.states[state].interests[treaty.index].fear
    wants = model.terms.leaving(model, treaty.index, state, value, breaking, fear) > 0.0
    treaty.leaving[state] = treaty.leaving[state] + 1 if wants else 0
    return bool(treaty.leaving[state] >= model.patience)


def lapses(model: Any, treaty: Treaty) -> bool:
    """Whether a treaty in force has been as good as dead for long enough."""
    dead = model.clock >= treaty.in_force and model.terms.lapsing(model, treaty.index) > 0.0
    treaty.dormant = treaty.dormant + 1 if dead else 0
    return bool(dead and treaty.dormant >= model.dial["inertia"])


def joins(model: Any, treaty: Treaty, state: int) -> bool:
    """Whether a candidate joins: it has wanted in for long enough, and is let in; guests are kept too."""
    if not model.of["alive"][state]:
        treaty.guests, treaty.joining[state] = [i for i in treaty.guests if i != state], 0
        return False
    ideal = model.states[state].interests[treaty.index].ideal
    welcome = model.terms.attending(model, treaty.index, state, ideal) > 0.0
    treaty.guests = sorted({*treaty.guests, state} if welcome else {*treaty.guests} - {state})
    keen = model.terms.joining(model, treaty.index, state, ideal) > 0.0
    free = keen and model.clock >= treaty.barred_until[state]
    treaty.joining[state] = treaty.joining[state] + 1 if free else 0
    heard = since_session(model.clock - treaty.in_force, model.constant["session_months"]) == 0.0
    return heard and bool(treaty.joining[state] >= model.patience) and admitted(model, treaty, state)


def admitted(model: Any, treaty: Treaty, state: int) -> bool:
    """Whether nobody loses, of those who decide or the newcomer, and the newcomer would not leave again.

    A lead state elsewhere asks for a gain before it lets another in.
    """
    members = sorted([*treaty.members, state])
    interests = {i: model.states[i].interest(treaty, treaty.partners(i, members)) for i in members}
    agreed = treaty.negotiate(members, interests).agreed
    fear = interests[state].fear
    staying = model.terms.staying(model, treaty.index, state, fear)
    value = worth(interests[state].utility(agreed, model.needs), 0.0, 0.0, staying)
    regrets = model.terms.leaving(model, treaty.index, state, value, 0.0, fear) > 0.0
    if value < 0.0 or regrets:
        return False
    refusals = 0
    deciders = treaty.deciders(treaty.members)
    for i in deciders:
        with_it = interests[i].utility(agreed, model.needs)
        without = model.states[i].interests[treaty.index].utility(treaty.bargain.agreed, model.needs)
        asks = model.terms.admission(model, treaty.index, i) if guards(model, i, treaty, state) else 0.0
        refusals += 1 if with_it < without + asks else 0
    allowed = (len(deciders) - 1) // 2 if treaty.body.decision == "majority" else 0
    return refusals <= allowed


def guards(model: Any, lead: int, treaty: Treaty, newcomer: int) -> bool:
    """Whether `lead` leads another treaty with two other parties of this one, and without the newcomer."""
    return any(
        other is not treaty
        and other.running
        and lead in other.body.leads
        and lead in other.members
        and newcomer not in other.members
        and len([i for i in treaty.members if i != lead and i in other.members]) >= 2
        for other in model.treaties
    )
