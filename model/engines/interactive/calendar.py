"""Intervene and shock (E1, E2): what the calendar does, and how sources, events and capacities move."""

from __future__ import annotations

from typing import Any

from entente.agents.perception import (
    event_intensity,
    provision,
    sponsored_intensity,
    threat_intensity,
)
from entente.schema.base import MONTHS_IN_YEAR
from entente.world.dated import RELATIVE
from entente.world.trajectory import MOVED, SUCCEEDED


def intervene(model: Any) -> None:
    """What happens at the beginning of the month: settings, openings, signings, moves."""
    step, w = model.clock, model.world
    changed = False
    for change in w.settings:
        if change.step == step:
            slot, value = change.slot, float(model.numbers["values"][change.value])
            model.numbers[slot.array][slot.index] = value
            changed = True
            if slot.array == "packages":
                a, i = slot.index
                model.powers[a].put(i, value)
    if changed or (step + w.first_month) % MONTHS_IN_YEAR == 0:
        model.refresh()
    in_order = [model.treaties[p] for p in w.succession]
    if step == w.opens:
        for treaty in in_order:
            if treaty.body.opening is not None:
                treaty.open()
                if treaty.body.predecessor >= 0:
                    model.treaties[treaty.body.predecessor].end(SUCCEEDED + treaty.index)
    for treaty in in_order:
        if treaty.status == 0 and treaty.body.signed == step and not treaty.body.endogenous:
            treaty.sign()
    for n, move in enumerate(w.moves):
        treaty = model.treaties[move.treaty]
        if move.step != step or not treaty.running:
            continue
        if move.heir_of >= 0 and move.heir_of not in treaty.members:
            continue
        if move.enters and move.state not in treaty.members:
            treaty.enter(move.state, MOVED + n)
        elif not move.enters and move.state in treaty.members:
            treaty.leave(move.state, MOVED + n)


def shock(model: Any) -> None:
    """Sources flare up and fade; dated events, rumours and weaknesses leave their mark; sponsors are restrained."""
    model.hear()
    model.terms.remember(model)
    w = model.world
    shocks = [0.0] * len(w.sources)
    event, rumour = ([[0.0] * len(w.sources) for _ in w.states] for _ in range(2))
    weakness = [0.0] * len(w.states)
    for pulse in model.pulses.get(model.clock, ()) if model.switch["calendar"] else ():
        if pulse.target != "weakness" and model.of["held"][pulse.source]:
            continue
        if pulse.state >= 0 and not model.of["alive"][pulse.state]:
            continue
        size = model.dial["size"] if pulse.size == RELATIVE else model.of["sizes"][pulse.size]
        amount = pulse.weight * size * _scale(model, pulse)
        if pulse.target == "intensity":
            shocks[pulse.source] += amount
        elif pulse.target == "weakness":
            weakness[pulse.state] += amount
        else:
            (event if pulse.target == "event" else rumour)[pulse.state][pulse.source] += amount
    _fall_out(model)
    _flare_up(model, shocks)
    model.shocks, model.event_shocks, model.rumour_shocks = shocks, event, rumour
    _fade(model, event, rumour, weakness)
    _restrain(model)


def _fall_out(model: Any) -> None:
    """E1: states quarrel or make up, and old quarrels fade."""
    w = model.world
    for i, j in w.pairs:
        model.quarrel_shock[i][j] = 0.0
    for quarrel in w.quarrels if model.switch["calendar"] else ():
        i, j, t = quarrel.one, quarrel.other, quarrel.treaty
        if quarrel.step == model.clock and (t < 0 or {i, j} <= {*model.treaties[t].members}):
            size = model.dial["size"] if quarrel.size == RELATIVE else model.of["sizes"][quarrel.size]
            model.quarrel_shock[i][j] += size
    for i, j in w.pairs:
        left = event_intensity(model.quarrel[i][j], model.dial["persistence"], model.quarrel_shock[i][j])
        model.quarrel[i][j] = model.quarrel[j][i] = left


def _scale(model: Any, pulse: Any) -> float:
    if pulse.scale == "plain":
        return 1.0
    own = model.of["exposure"][pulse.state]
    if pulse.scale == "exposure":
        return float(own[pulse.source])
    total = 0.0
    for k, sponsor in enumerate(model.world.sponsor):
        total += own[k] if sponsor == model.world.sponsor[pulse.source] else 0.0
    return own[pulse.source] / total if total > 0.0 else 0.0


def _flare_up(model: Any, shocks: list[float]) -> None:
    """E1: random arrivals, what mechanisms add, and the new intensity of every source."""
    step, w = model.clock, model.world
    directed_depth = 0.0
    for treaty in model.treaties:
        directed_depth += treaty.directed * treaty.depth
    for k in range(len(w.sources)):
        if not model.of["held"][k]:
            if (
                step >= w.opens
                and model.switch["arrivals"]
                and model.draws.arrival[step, k] < model.of["arrival"][k]
            ):
                shocks[k] += model.arrival_sizes[step][k]
            shocks[k] += model.terms.shock(model, k, directed_depth, *_behind(model, k))
        model.intensity[k] = threat_intensity(
            model.intensity[k], model.of["base"][k], model.dial["persistence"], shocks[k]
        )


def _behind(model: Any, k: int) -> tuple[float, float]:
    """What the sponsors of a source hold: depth of treaties and capability of states, as last month left them."""
    depth = capability = 0.0
    for treaty in model.treaties:
        depth += treaty.of("sponsoring_treaties")[k] * treaty.depth
    for i, held in enumerate(model.capability):
        capability += model.of["sponsoring_states"][i][k] * held
    return depth, capability


def _fade(model: Any, event: list[list[float]], rumour: list[list[float]], weakness: list[float]) -> None:
    memory, floor = model.dial["persistence"], model.constant["provision_floor"]
    for i, state in enumerate(model.states):
        state.event = [event_intensity(now, memory, event[i][k]) for k, now in enumerate(state.event)]
        state.rumour = [event_intensity(now, memory, rumour[i][k]) for k, now in enumerate(state.rumour)]
        state.provision = provision(state.provision, model.of["provision"][i], memory, weakness[i], floor)
    model.provide()


def _restrain(model: Any) -> None:
    """E2: what treaties make the sponsors of threats give up, and what is left."""
    for k, sponsor in enumerate(model.world.sponsor):
        greatest = 0.0
        for treaty in model.treaties if sponsor >= 0 else ():
            if treaty.running:
                together = 0.0
                for i in treaty.members:
                    together += model.capability[i]
                held_back = model.terms.restraint(
                    model, treaty.index, k, together, model.power_capability[sponsor]
                )
                greatest = max(greatest, held_back)
        model.restraint[k] = greatest
        model.effective[k] = sponsored_intensity(model.intensity[k], model.of["concession"][k], greatest)
