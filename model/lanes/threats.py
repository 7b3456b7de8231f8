"""Shock, perceive, consult (E1 to E4) in lanes."""

from __future__ import annotations

from typing import Any

from agents.perception import (
    capped_threat,
    consulted_threat,
    dilemma_shock,
    event_intensity,
    opposition,
    perceived_threat,
    provision,
    restraint,
    sponsored_intensity,
    threat_intensity,
    threat_target,
)

from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import BY_EXPOSURE, BY_SHARE, EVENT, INTENSITY, RELATIVE, RUMOUR, WEAKNESS
from .seating import find_mates


@kernel
def shock(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E1, E2: sources flare up and fade; dated events, rumours and weaknesses leave their mark."""
    _clear(plan, now)
    for u in range(plan.pulse_from[step], plan.pulse_from[step + 1]):
        _pulse(u, plan, num, now)
    _arrive(step, plan, num, now, noise)
    for q in range(plan.event_pairs.shape[0]):
        i, k = plan.event_pairs[q, 0], plan.event_pairs[q, 1]
        for z in range(now.a.size):
            now.event[i, k, z] = event_intensity(
                now.event[i, k, z], num.dials[DIAL.persistence, z], now.event_shock[i, k, z]
            )
    for q in range(plan.rumour_pairs.shape[0]):
        i, k = plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1]
        for z in range(now.a.size):
            now.rumour[i, k, z] = event_intensity(
                now.rumour[i, k, z], num.dials[DIAL.persistence, z], now.rumour_shock[i, k, z]
            )
    _provide(plan.year[step], plan, num, now)
    _restrain(plan.year[step], plan, num, now)


@kernel
def _clear(plan: Any, now: Any) -> None:
    now.shock[:] = 0.0
    now.weakness[:] = 0.0
    for q in range(plan.event_pairs.shape[0]):
        now.event_shock[plan.event_pairs[q, 0], plan.event_pairs[q, 1], :] = 0.0
    for q in range(plan.rumour_pairs.shape[0]):
        now.rumour_shock[plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1], :] = 0.0


@kernel
def _pulse(u: int, plan: Any, num: Any, now: Any) -> None:
    """One dated event, rumour or weakness."""
    target, i, k = plan.pulses[u, 0], plan.pulses[u, 1], plan.pulses[u, 2]
    size, scale = plan.pulses[u, 3], plan.pulses[u, 4]
    for z in range(now.a.size):
        if num.switches[SWITCH.calendar, z] == 0.0 or (target != WEAKNESS and num.held[k, z] != 0.0):
            continue
        own_size = num.dials[DIAL.size, z] if size == RELATIVE else num.sizes[size, z]
        share = 1.0
        if scale == BY_EXPOSURE:
            share = num.exposure[i, k, z]
        elif scale == BY_SHARE:
            total = 0.0
            for other in range(plan.sponsor.size):
                if plan.sponsor[other] == plan.sponsor[k]:
                    total += num.exposure[i, other, z]
            share = num.exposure[i, k, z] / total if total > 0.0 else 0.0
        amount = plan.pulse_weight[u] * own_size * share
        if target == INTENSITY:
            now.shock[k, z] += amount
        elif target == WEAKNESS:
            now.weakness[i, z] += amount
        elif target == EVENT:
            now.event_shock[i, k, z] += amount
        elif target == RUMOUR:
            now.rumour_shock[i, k, z] += amount


@kernel
def _arrive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """Random arrivals, the security dilemma, and the new intensity of every source."""
    directed, drawn, size = now.a, now.b, now.c
    directed[:] = 0.0
    for t in range(plan.hub.size):
        for z in range(directed.size):
            directed[z] += num.directed[t, z] * now.depth[t, z]
    for k in range(plan.origin.size):
        if step >= plan.opens:
            if noise.same:
                drawn[:] = noise.arrival[noise.replicate[0], step, k]
                size[:] = noise.sizes[noise.sized[0], step, k]
            else:
                for z in range(drawn.size):
                    drawn[z] = noise.arrival[noise.replicate[z], step, k]
                    size[z] = noise.sizes[noise.sized[z], step, k]
            for z in range(drawn.size):
                comes = (
                    num.switches[SWITCH.arrivals, z] != 0.0
                    and drawn[z] < num.arrival[k, z]
                    and num.held[k, z] == 0.0
                )
                now.shock[k, z] += size[z] if comes else 0.0
        for z in range(drawn.size):
            drawn_out = dilemma_shock(num.dials[DIAL.dilemma, z], num.provoked[k, z], directed[z])
            now.shock[k, z] += drawn_out if num.held[k, z] == 0.0 else 0.0
        for z in range(drawn.size):
            now.intensity[k, z] = threat_intensity(
                now.intensity[k, z], num.base[k, z], num.dials[DIAL.persistence, z], now.shock[k, z]
            )


@kernel
def _provide(year: int, plan: Any, num: Any, now: Any) -> None:
    """What each state can provide this month, and its capability and contributions so reduced."""
    for i in range(plan.core.size):
        for z in range(now.a.size):
            now.provision[i, z] = provision(
                now.provision[i, z],
                num.provision[i, z],
                num.dials[DIAL.persistence, z],
                now.weakness[i, z],
                num.constants[CONSTANT.provision_floor, z],
            )
        for z in range(now.a.size):
            now.capability[i, z] = num.capability[year, i, z] * now.provision[i, z]
        for k in range(plan.origin.size):
            if plan.gives[i, k] != 0:
                for z in range(now.a.size):
                    now.contribution[i, k, z] = num.contribution[i, k, z] * now.provision[i, z]


@kernel
def _restrain(year: int, plan: Any, num: Any, now: Any) -> None:
    """E2: joint opposition restrains sponsors."""
    greatest, together = now.a, now.b
    for k in range(plan.origin.size):
        sponsor = plan.sponsor[k]
        greatest[:] = 0.0
        for t in range(plan.hub.size):
            if sponsor < 0 or plan.norms[t, k] == 0:
                continue
            together[:] = 0.0
            for i in plan.seats[t]:
                if i >= 0:
                    for z in range(greatest.size):
                        together[z] += now.member[t, i, z] * now.capability[i, z]
            for z in range(greatest.size):
                opposed = opposition(
                    num.norm[t, k, z], now.depth[t, z], together[z], num.power_capability[year, sponsor, z]
                )
                greatest[z] = max(greatest[z], opposed)
        for z in range(greatest.size):
            now.restraint[k, z] = restraint(num.dials[DIAL.rho, z], greatest[z])
            now.effective[k, z] = sponsored_intensity(
                now.intensity[k, z], num.concession[k, z], now.restraint[k, z]
            )


@kernel
def perceive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E3."""
    drawn = now.a
    for q in range(plan.live.shape[0]):
        i, k = plan.live[q, 0], plan.live[q, 1]
        if noise.same:
            drawn[:] = noise.perception[noise.replicate[0], step, i, k]
        else:
            for z in range(drawn.size):
                drawn[z] = noise.perception[noise.replicate[z], step, i, k]
        for z in range(drawn.size):
            event = sponsored_intensity(now.event[i, k, z], num.concession[k, z], now.restraint[k, z])
            target = threat_target(num.exposure[i, k, z], now.effective[k, z], event, now.rumour[i, k, z])
            now.perception[i, k, z] = perceived_threat(
                now.perception[i, k, z],
                target,
                num.dials[DIAL.rise, z],
                num.dials[DIAL.fall, z],
                num.dials[DIAL.sigma, z],
                num.exposure[i, k, z],
                drawn[z],
            )
        if plan.held:
            for z in range(drawn.size):
                if num.switches[SWITCH.held_perception, z] != 0.0:
                    now.perception[i, k, z] = num.exposure[i, k, z] * num.long_run[k, z]


@kernel
def consult(plan: Any, num: Any, now: Any) -> None:
    """E4: a treaty consults on a source of its scope that alarms any one party."""
    now.gained[:] = 0.0
    greatest = now.a
    for t in range(plan.hub.size):
        for k in range(plan.origin.size):
            if plan.covers[t, k] == 0:
                continue
            greatest[:] = 0.0
            for i in plan.seats[t]:
                if i >= 0:
                    for z in range(greatest.size):
                        greatest[z] = max(greatest[z], now.member[t, i, z] * now.perception[i, k, z])
            held = 0.0
            for z in range(greatest.size):
                met = (
                    now.status[t, z] == 1.0
                    and num.consultation[t, z] > 0.0
                    and num.dials[DIAL.contagion, z] > 0.0
                    and num.scope[t, k, z] > 0.0
                    and greatest[z] > num.dials[DIAL.trigger, z]
                )
                now.consulted[t, k, z] = 1.0 if met else 0.0
                held += now.consulted[t, k, z]
            if held > 0.0:
                _spread(t, k, plan, num, now)
    for q in range(plan.live.shape[0]):
        i, k = plan.live[q, 0], plan.live[q, 1]
        for z in range(greatest.size):
            spread = capped_threat(now.perception[i, k, z], now.gained[i, k, z])
            held_still = num.switches[SWITCH.held_perception, z] != 0.0
            now.perception[i, k, z] = now.perception[i, k, z] if held_still else spread


@kernel
def _spread(t: int, k: int, plan: Any, num: Any, now: Any) -> None:
    """What each party gains from one consultation; `now.a` holds the greatest perception."""
    greatest, total, weighted = now.a, now.b, now.c
    for i in plan.seats[t]:
        if i < 0:
            continue
        find_mates(t, i, plan, now, now.member[t], total)
        weighted[:] = 0.0
        for j in plan.seats[t]:
            if j >= 0 and j != i:
                for z in range(greatest.size):
                    weighted[z] += now.mate_capability[j, z] * now.perception[j, k, z]
        for z in range(greatest.size):
            mean = weighted[z] / total[z] if total[z] > 0.0 else 0.0
            increment = consulted_threat(
                now.perception[i, k, z],
                mean,
                greatest[z],
                num.dials[DIAL.trigger, z],
                num.dials[DIAL.contagion, z],
                num.consultation[t, z],
                now.depth[t, z],
                num.scope[t, k, z],
            )
            takes_part = now.member[t, i, z] * now.consulted[t, k, z]
            now.gained[i, k, z] += increment if takes_part != 0.0 else 0.0
