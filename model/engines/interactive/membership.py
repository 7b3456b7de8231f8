"""Who leaves a treaty and who is let in (E13), in the interactive engine."""

from __future__ import annotations

from typing import Any

from entente.month.ladder import admission_gain

from .treaty import Treaty


def leaves(model: Any, treaty: Treaty, state: int) -> bool:
    """Whether a party leaves: it has wanted out for long enough, and may."""
    dial = model.dial
    value = treaty.worth(state, model.states[state].interests[treaty.index], model.needs)
    wants = treaty.wants_out(
        model.clock,
        value,
        model.states[state].offer,
        dial["outside"],
        dial["exit_cost"],
        dial["backtrack"],
    )
    treaty.leaving[state] = treaty.leaving[state] + 1 if wants else 0
    return (
        treaty.leaving[state] >= model.deliberation
        and treaty.may_leave(model.clock, model.constant["window_months"])
        and bool(model.switch["exits"])
        and not model.switch["ratchet"]
    )


def joins(model: Any, treaty: Treaty, state: int) -> bool:
    """Whether a candidate joins: it has wanted in for long enough, and is let in; guests are kept too."""
    keen = model.states[state].interests[treaty.index].ideal > model.dial["entry"]
    welcome = keen and bool(model.switch["guests"])
    treaty.guests = sorted({*treaty.guests, state} if welcome else {*treaty.guests} - {state})
    free = keen and model.clock >= treaty.barred_until[state]
    treaty.joining[state] = treaty.joining[state] + 1 if free else 0
    return (
        treaty.joining[state] >= model.deliberation
        and bool(model.switch["entries"])
        and not model.switch["ratchet"]
        and admitted(model, treaty, state)
    )


def admitted(model: Any, treaty: Treaty, state: int) -> bool:
    """Nobody who decides loses; a lead state elsewhere asks for a gain before it lets another in."""
    members = sorted([*treaty.members, state])
    interests = {i: model.states[i].interest(treaty, treaty.partners(i, members)) for i in members}
    agreed = model.negotiate(treaty, members, interests).agreed
    refusals = 0
    deciders = treaty.deciders(treaty.members)
    for i in deciders:
        with_it = interests[i].utility(agreed, model.needs)
        without = model.states[i].interests[treaty.index].utility(treaty.bargain.agreed, model.needs)
        asks = 0.0
        if guards(model, i, treaty, state):
            asks = admission_gain(model.dial["sphere"], model.states[i].provision)
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
