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

from ..pack import RELATIVE
from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import AT, BY_EXPOSURE, BY_SHARE, COVER, EVENT, INTENSITY, OF, RUMOUR, SOURCE, WEAKNESS
from .seating import find_mates, runs, sit


@kernel
def shock(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E1, E2: sources flare up and fade; dated events, rumours and weaknesses leave their mark."""
    _clear(plan, now)
    for u in range(plan.pulse_from[step], plan.pulse_from[step + 1]):
        _pulse(u, plan, num, now)
    _arrive(step, plan, num, now, noise)
    for q in range(plan.event_pairs.shape[0]):
        i, k = plan.event_pairs[q, 0], plan.event_pairs[q, 1]
        for z in range(plan.lanes):
            now.sk[AT.event, i, k, z] = event_intensity(
                now.sk[AT.event, i, k, z], num.dials[DIAL.persistence, z], now.sk[AT.event_shock, i, k, z]
            )
    for q in range(plan.rumour_pairs.shape[0]):
        i, k = plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1]
        for z in range(plan.lanes):
            now.sk[AT.rumour, i, k, z] = event_intensity(
                now.sk[AT.rumour, i, k, z], num.dials[DIAL.persistence, z], now.sk[AT.rumour_shock, i, k, z]
            )
    _provide(plan.year[step], plan, num, now)
    _restrain(plan.year[step], plan, num, now)


@kernel
def _clear(plan: Any, now: Any) -> None:
    now.k[AT.shock, :] = 0.0
    now.s[AT.weakness, :] = 0.0
    for q in range(plan.event_pairs.shape[0]):
        now.sk[AT.event_shock, plan.event_pairs[q, 0], plan.event_pairs[q, 1], :] = 0.0
    for q in range(plan.rumour_pairs.shape[0]):
        now.sk[AT.rumour_shock, plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1], :] = 0.0


@kernel
def _pulse(u: int, plan: Any, num: Any, now: Any) -> None:
    """One dated event, rumour or weakness."""
    target, i, k = plan.pulses[u, 0], plan.pulses[u, 1], plan.pulses[u, 2]
    size, scale = plan.pulses[u, 3], plan.pulses[u, 4]
    for z in range(plan.lanes):
        if num.switches[SWITCH.calendar, z] == 0.0 or (target != WEAKNESS and num.k[OF.held, k, z] != 0.0):
            continue
        own_size = num.dials[DIAL.size, z] if size == RELATIVE else num.sizes[size, z]
        share = 1.0
        if scale == BY_EXPOSURE:
            share = num.sk[OF.exposure, i, k, z]
        elif scale == BY_SHARE:
            total = 0.0
            for other in range(plan.sources):
                if plan.k[SOURCE.sponsor, other] == plan.k[SOURCE.sponsor, k]:
                    total += num.sk[OF.exposure, i, other, z]
            share = num.sk[OF.exposure, i, k, z] / total if total > 0.0 else 0.0
        amount = plan.pulse_weight[u] * own_size * share
        if target == INTENSITY:
            now.k[AT.shock, k, z] += amount
        elif target == WEAKNESS:
            now.s[AT.weakness, i, z] += amount
        elif target == EVENT:
            now.sk[AT.event_shock, i, k, z] += amount
        elif target == RUMOUR:
            now.sk[AT.rumour_shock, i, k, z] += amount


@kernel
def _arrive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """Random arrivals, the security dilemma, and the new intensity of every source."""
    directed, drawn, size = now.z[AT.a], now.z[AT.b], now.z[AT.c]
    directed[:] = 0.0
    for t in range(plan.treaties):
        for z in range(plan.lanes):
            directed[z] += num.t[OF.directed, t, z] * now.t[AT.depth, t, z]
    for k in range(plan.sources):
        if step >= plan.opens:
            if noise.same:
                drawn[:] = noise.arrival[noise.replicate[0], step, k]
                size[:] = noise.sizes[noise.sized[0], step, k]
            else:
                for z in range(plan.lanes):
                    drawn[z] = noise.arrival[noise.replicate[z], step, k]
                    size[z] = noise.sizes[noise.sized[z], step, k]
            for z in range(plan.lanes):
                comes = (
                    num.switches[SWITCH.arrivals, z] != 0.0
                    and drawn[z] < num.k[OF.arrival, k, z]
                    and num.k[OF.held, k, z] == 0.0
                )
                now.k[AT.shock, k, z] += size[z] if comes else 0.0
        for z in range(plan.lanes):
            drawn_out = dilemma_shock(num.dials[DIAL.dilemma, z], num.k[OF.provoked, k, z], directed[z])
            now.k[AT.shock, k, z] += drawn_out if num.k[OF.held, k, z] == 0.0 else 0.0
        for z in range(plan.lanes):
            now.k[AT.intensity, k, z] = threat_intensity(
                now.k[AT.intensity, k, z],
                num.k[OF.base, k, z],
                num.dials[DIAL.persistence, z],
                now.k[AT.shock, k, z],
            )


@kernel
def _provide(year: int, plan: Any, num: Any, now: Any) -> None:
    """What each state can provide this month, and its capability and contributions so reduced."""
    for i in range(plan.states):
        for z in range(plan.lanes):
            now.s[AT.provision, i, z] = provision(
                now.s[AT.provision, i, z],
                num.s[OF.provision, i, z],
                num.dials[DIAL.persistence, z],
                now.s[AT.weakness, i, z],
                num.constants[CONSTANT.provision_floor, z],
            )
        for z in range(plan.lanes):
            now.s[AT.capability, i, z] = num.capability[year, i, z] * now.s[AT.provision, i, z]
        for k in range(plan.sources):
            if plan.gives[i, k] != 0:
                for z in range(plan.lanes):
                    now.sk[AT.contribution, i, k, z] = num.sk[OF.contribution, i, k, z] * now.s[AT.provision, i, z]


@kernel
def _restrain(year: int, plan: Any, num: Any, now: Any) -> None:
    """E2: joint opposition restrains sponsors."""
    greatest, together = now.z[AT.a], now.z[AT.b]
    for k in range(plan.sources):
        sponsor = plan.k[SOURCE.sponsor, k]
        greatest[:] = 0.0
        for t in range(plan.treaties):
            if sponsor < 0 or plan.tk[COVER.norms, t, k] == 0:
                continue
            together[:] = 0.0
            for i in plan.seats[t]:
                if i >= 0:
                    for z in range(plan.lanes):
                        together[z] += now.ts[AT.member, t, i, z] * now.s[AT.capability, i, z]
            for z in range(plan.lanes):
                opposed = opposition(
                    num.tk[OF.norm, t, k, z],
                    now.t[AT.depth, t, z],
                    together[z],
                    num.power_capability[year, sponsor, z],
                )
                greatest[z] = max(greatest[z], opposed)
        for z in range(plan.lanes):
            now.k[AT.restraint, k, z] = restraint(num.dials[DIAL.rho, z], greatest[z])
            now.k[AT.effective, k, z] = sponsored_intensity(
                now.k[AT.intensity, k, z], num.k[OF.concession, k, z], now.k[AT.restraint, k, z]
            )


@kernel
def perceive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E3."""
    drawn = now.z[AT.a]
    for q in range(plan.live.shape[0]):
        i, k = plan.live[q, 0], plan.live[q, 1]
        if noise.same:
            drawn[:] = noise.perception[noise.replicate[0], step, i, k]
        else:
            for z in range(plan.lanes):
                drawn[z] = noise.perception[noise.replicate[z], step, i, k]
        for z in range(plan.lanes):
            event = sponsored_intensity(
                now.sk[AT.event, i, k, z], num.k[OF.concession, k, z], now.k[AT.restraint, k, z]
            )
            target = threat_target(
                num.sk[OF.exposure, i, k, z], now.k[AT.effective, k, z], event, now.sk[AT.rumour, i, k, z]
            )
            now.sk[AT.perception, i, k, z] = perceived_threat(
                now.sk[AT.perception, i, k, z],
                target,
                num.dials[DIAL.rise, z],
                num.dials[DIAL.fall, z],
                num.dials[DIAL.sigma, z],
                num.sk[OF.exposure, i, k, z],
                drawn[z],
            )
        if plan.held:
            for z in range(plan.lanes):
                if num.switches[SWITCH.held_perception, z] != 0.0:
                    now.sk[AT.perception, i, k, z] = num.sk[OF.exposure, i, k, z] * num.k[OF.long_run, k, z]


@kernel
def consult(plan: Any, num: Any, now: Any) -> None:
    """E4: a treaty consults on a source of its scope that alarms any one party."""
    now.sk[AT.gained, :] = 0.0
    for t in range(plan.treaties):
        if not runs(t, plan, now):
            now.tk[AT.consulted, t, :] = 0.0
        elif _meet(t, plan, num, now) > 0.0:
            sit(t, plan, now, now.ts[AT.member, t])
            for i in plan.seats[t]:
                if i >= 0:
                    _listen(t, i, plan, num, now)
    for q in range(plan.live.shape[0]):
        i, k = plan.live[q, 0], plan.live[q, 1]
        for z in range(plan.lanes):
            spread = capped_threat(now.sk[AT.perception, i, k, z], now.sk[AT.gained, i, k, z])
            held_still = num.switches[SWITCH.held_perception, z] != 0.0
            now.sk[AT.perception, i, k, z] = now.sk[AT.perception, i, k, z] if held_still else spread


@kernel
def _meet(t: int, plan: Any, num: Any, now: Any) -> float:
    """On what the treaty consults, and the alarm of its most alarmed party; returns how many lanes do."""
    meetings = 0.0
    for k in plan.tk[COVER.covered, t]:
        if k < 0:
            continue
        now.k[AT.alarm, k, :] = 0.0
        for i in plan.seats[t]:
            if i >= 0:
                for z in range(plan.lanes):
                    felt = now.ts[AT.member, t, i, z] * now.sk[AT.perception, i, k, z]
                    now.k[AT.alarm, k, z] = max(now.k[AT.alarm, k, z], felt)
        met = 0.0
        for z in range(plan.lanes):
            meets = (
                (now.t[AT.status, t, z] == 1.0)
                & (num.t[OF.consultation, t, z] > 0.0)
                & (num.dials[DIAL.contagion, z] > 0.0)
                & (num.tk[OF.scope, t, k, z] > 0.0)
                & (now.k[AT.alarm, k, z] > num.dials[DIAL.trigger, z])
            )
            now.tk[AT.consulted, t, k, z] = 1.0 if meets else 0.0
        for z in range(plan.lanes):
            met += now.tk[AT.consulted, t, k, z]
        now.k[AT.met, k, 0] = met
        meetings += met
    return meetings


@kernel
def _listen(t: int, i: int, plan: Any, num: Any, now: Any) -> None:
    """What one party gains from the consultations of a treaty."""
    total, weighted = now.z[AT.b], now.z[AT.c]
    _, capabilities = find_mates(t, i, plan, now, now.ts[AT.member, t], total)
    for k in plan.tk[COVER.covered, t]:
        if k < 0 or now.k[AT.met, k, 0] == 0.0:
            continue
        weighted[:] = 0.0
        for j in now.present[t]:
            if j >= 0 and j != i:
                for z in range(plan.lanes):
                    weighted[z] += capabilities[j, z] * now.sk[AT.perception, j, k, z]
        for z in range(plan.lanes):
            mean = weighted[z] / (total[z] if total[z] > 0.0 else 1.0)
            increment = consulted_threat(
                now.sk[AT.perception, i, k, z],
                mean,
                now.k[AT.alarm, k, z],
                num.dials[DIAL.trigger, z],
                num.dials[DIAL.contagion, z],
                num.t[OF.consultation, t, z],
                now.t[AT.depth, t, z],
                num.tk[OF.scope, t, k, z],
            )
            takes_part = now.ts[AT.member, t, i, z] * now.tk[AT.consulted, t, k, z]
            now.sk[AT.gained, i, k, z] += increment if takes_part != 0.0 else 0.0
