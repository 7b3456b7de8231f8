"""Shock, perceive, consult (E1 to E4)."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.agents.perception import (
    capped_threat,
    event_intensity,
    perceived_threat,
    provision,
    sponsored_intensity,
    threat_intensity,
    threat_target,
)
from entente.world.dated import RELATIVE

from .kernel import CONSTANT, DIAL, SWITCH, kernel
from .layout import AT, OF
from .marks import BY_EXPOSURE, BY_SHARE, COVER, EVENT, INTENSITY, OF_SOURCES, OF_STATES, RUMOUR, SOURCE, WEAKNESS
from .seating import find_mates, running, sit
from .tables import get, pick, put
from .vector import some, spread


@kernel
def shock(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E1, E2: sources flare up and fade; dated events, rumours and weaknesses leave their mark."""
    _hear(step, plan, now, noise)
    plan.terms.remember(plan, num, now)
    _clear(plan, now)
    for u in range(plan.pulse_from[step], plan.pulse_from[step + 1]):
        _pulse(u, plan, num, now)
    if plan.pairs > 0:
        _fall_out(step, plan, num, now)
    _arrive(step, plan, num, now, noise)
    persistence = get(num.dials, DIAL.persistence)
    for q in range(len(plan.event_pairs)):
        i, k = plan.event_pairs[q, 0], plan.event_pairs[q, 1]
        left = event_intensity(get(now.sk, AT.event, i, k), persistence, get(now.sk, AT.event_shock, i, k))
        put(now.sk, left, AT.event, i, k)
    for q in range(len(plan.rumour_pairs)):
        i, k = plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1]
        left = event_intensity(get(now.sk, AT.rumour, i, k), persistence, get(now.sk, AT.rumour_shock, i, k))
        put(now.sk, left, AT.rumour, i, k)
    _provide(plan.year[step], plan, num, now)
    _restrain(plan.year[step], plan, num, now)


@kernel
def _hear(step: int, plan: Any, now: Any, noise: Any) -> None:
    """The noise that mechanisms hear this month."""
    for u in range(len(plan.streams)):
        over, n, row = plan.streams[u, 0], plan.streams[u, 1], plan.streams[u, 2]
        if over == OF_STATES:
            for i in range(plan.states):
                put(now.s, pick(noise.s, noise.replicate, noise.alike, n, step, i), row, i)
        elif over == OF_SOURCES:
            for k in range(plan.sources):
                put(now.k, pick(noise.k, noise.replicate, noise.alike, n, step, k), row, k)
        else:
            for t in range(plan.treaties):
                put(now.t, pick(noise.t, noise.replicate, noise.alike, n, step, t), row, t)


@kernel
def _clear(plan: Any, now: Any) -> None:
    for k in range(plan.sources):
        put(now.k, 0.0, AT.shock, k)
    for i in range(plan.states):
        put(now.s, 0.0, AT.weakness, i)
    for q in range(len(plan.event_pairs)):
        put(now.sk, 0.0, AT.event_shock, plan.event_pairs[q, 0], plan.event_pairs[q, 1])
    for q in range(len(plan.rumour_pairs)):
        put(now.sk, 0.0, AT.rumour_shock, plan.rumour_pairs[q, 0], plan.rumour_pairs[q, 1])


@kernel
def _pulse(u: int, plan: Any, num: Any, now: Any) -> None:
    """One dated event, rumour or weakness."""
    target, i, k = plan.pulses[u, 0], plan.pulses[u, 1], plan.pulses[u, 2]
    size, scale = plan.pulses[u, 3], plan.pulses[u, 4]
    comes = get(num.switches, SWITCH.calendar) != 0.0
    if target != WEAKNESS:
        comes = comes & (get(num.k, OF.held, k) == 0.0)
    if i >= 0:
        comes = comes & (get(num.s, OF.alive, i) != 0.0)
    own_size = get(num.dials, DIAL.size)
    if size != RELATIVE:
        own_size = get(num.sizes, size)
    share = spread(1.0)
    if scale == BY_EXPOSURE:
        share = get(num.sk, OF.exposure, i, k)
    elif scale == BY_SHARE:
        total = spread(0.0)
        for other in range(plan.sources):
            if plan.k[SOURCE.sponsor, other] == plan.k[SOURCE.sponsor, k]:
                total += get(num.sk, OF.exposure, i, other)
        share = where(total > 0.0, get(num.sk, OF.exposure, i, k) / where(total > 0.0, total, 1.0), 0.0)
    amount = where(comes, plan.pulse_weight[u] * own_size * share, 0.0)
    if target == INTENSITY:
        put(now.k, get(now.k, AT.shock, k) + amount, AT.shock, k)
    elif target == WEAKNESS:
        put(now.s, get(now.s, AT.weakness, i) + amount, AT.weakness, i)
    elif target == EVENT:
        put(now.sk, get(now.sk, AT.event_shock, i, k) + amount, AT.event_shock, i, k)
    elif target == RUMOUR:
        put(now.sk, get(now.sk, AT.rumour_shock, i, k) + amount, AT.rumour_shock, i, k)


@kernel
def _fall_out(step: int, plan: Any, num: Any, now: Any) -> None:
    """E1: states quarrel or make up, and old quarrels fade."""
    for pair in range(plan.pairs):
        put(now.d, 0.0, AT.quarrel_shock, pair)
    for u in range(plan.rift_from[step], plan.rift_from[step + 1]):
        pair, i, j, t, size = (
            plan.rifts[u, 0], plan.rifts[u, 1], plan.rifts[u, 2], plan.rifts[u, 3], plan.rifts[u, 4],
        )  # fmt: skip
        comes = get(num.switches, SWITCH.calendar) != 0.0
        if t >= 0:
            comes = comes & (get(now.ts, AT.member, t, i) * get(now.ts, AT.member, t, j) != 0.0)
        amount = get(num.dials, DIAL.size)
        if size != RELATIVE:
            amount = get(num.sizes, size)
        put(now.d, get(now.d, AT.quarrel_shock, pair) + where(comes, amount, 0.0), AT.quarrel_shock, pair)
    persistence = get(num.dials, DIAL.persistence)
    for pair in range(plan.pairs):
        left = event_intensity(get(now.d, AT.quarrel, pair), persistence, get(now.d, AT.quarrel_shock, pair))
        put(now.d, left, AT.quarrel, pair)


@kernel
def _arrive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """Random arrivals, what mechanisms add, and the new intensity of every source."""
    directed = spread(0.0)
    for t in range(plan.treaties):
        directed += get(num.t, OF.directed, t) * get(now.t, AT.depth, t)
    may_come = get(num.switches, SWITCH.arrivals) != 0.0
    for k in range(plan.sources):
        free = get(num.k, OF.held, k) == 0.0
        shocked = get(now.k, AT.shock, k)
        if step >= plan.opens:
            comes = (
                may_come
                & (pick(noise.arrival, noise.replicate, noise.alike, step, k) < get(num.k, OF.arrival, k))
                & free
            )
            if some(comes):
                shocked += where(comes, pick(noise.sizes, noise.sized, noise.sized_alike, step, k), 0.0)
        depth, capability = _behind(k, plan, num, now)
        shocked += where(free, plan.terms.shock(k, plan, num, now, directed, depth, capability), 0.0)
        put(now.k, shocked, AT.shock, k)
        intensity = threat_intensity(
            get(now.k, AT.intensity, k), get(num.k, OF.base, k), get(num.dials, DIAL.persistence), shocked
        )
        put(now.k, intensity, AT.intensity, k)


@kernel
def _behind(k: int, plan: Any, num: Any, now: Any) -> Any:
    """What the sponsors of a source hold: depth of treaties and capability of states, as last month left them."""
    depth, capability = spread(0.0), spread(0.0)
    if plan.provoked[k] != 0:
        for t in range(plan.treaties):
            if plan.some_tk[OF.sponsoring_treaties, t, k] != 0:
                depth += get(num.tk, OF.sponsoring_treaties, t, k) * get(now.t, AT.depth, t)
        for i in range(plan.states):
            capability += get(num.sk, OF.sponsoring_states, i, k) * get(now.s, AT.capability, i)
    return depth, capability


@kernel
def _provide(year: int, plan: Any, num: Any, now: Any) -> None:
    """What each state can provide this month, and its capability and contributions so reduced."""
    for i in range(plan.states):
        provided = provision(
            get(now.s, AT.provision, i),
            get(num.s, OF.provision, i),
            get(num.dials, DIAL.persistence),
            get(now.s, AT.weakness, i),
            get(num.constants, CONSTANT.provision_floor),
        )
        put(now.s, provided, AT.provision, i)
        put(now.s, get(num.capability, year, i) * provided * get(num.s, OF.alive, i), AT.capability, i)
        for k in range(plan.sources):
            if plan.gives[i, k] != 0:
                put(now.sk, get(num.sk, OF.contribution, i, k) * provided, AT.contribution, i, k)


@kernel
def _restrain(year: int, plan: Any, num: Any, now: Any) -> None:
    """E2: what treaties make the sponsors of threats give up, and what is left."""
    for k in range(plan.sources):
        sponsor = plan.k[SOURCE.sponsor, k]
        greatest = spread(0.0)
        if sponsor >= 0:
            against = get(num.power_capability, year, sponsor)
            for t in range(plan.treaties):
                if plan.restrains[t, k] == 0:
                    continue
                together = spread(0.0)
                for at in range(len(plan.seats[t])):
                    i = plan.seats[t][at]
                    if i < 0:
                        break
                    together += get(now.ts, AT.member, t, i) * get(now.s, AT.capability, i)
                held_back = plan.terms.restraint(t, k, plan, num, now, together, against)
                greatest = max(greatest, where(get(now.t, AT.status, t) == 1.0, held_back, 0.0))
        put(now.k, greatest, AT.restraint, k)
        effective = sponsored_intensity(get(now.k, AT.intensity, k), get(num.k, OF.concession, k), greatest)
        put(now.k, effective, AT.effective, k)


@kernel
def perceive(step: int, plan: Any, num: Any, now: Any, noise: Any) -> None:
    """E3."""
    rise, fall, sigma = get(num.dials, DIAL.rise), get(num.dials, DIAL.fall), get(num.dials, DIAL.sigma)
    for q in range(len(plan.live)):
        i, k = plan.live[q, 0], plan.live[q, 1]
        exposure = get(num.sk, OF.exposure, i, k)
        event = sponsored_intensity(
            get(now.sk, AT.event, i, k), get(num.k, OF.concession, k), get(now.k, AT.restraint, k)
        )
        target = threat_target(exposure, get(now.k, AT.effective, k), event, get(now.sk, AT.rumour, i, k))
        drawn = pick(noise.perception, noise.replicate, noise.alike, step, i, k) if plan.noisy else spread(0.0)
        root = get(num.sk, OF.exposure_root, i, k)
        felt = perceived_threat(get(now.sk, AT.perception, i, k), target, rise, fall, sigma, root, drawn)
        seen = plan.terms.perception(i, k, plan, num, now, felt)
        if plan.mortal:
            seen = where(get(num.s, OF.alive, i) != 0.0, seen, 0.0)
        put(now.sk, seen, AT.perception, i, k)


@kernel
def consult(plan: Any, num: Any, now: Any) -> None:
    """E4: a treaty consults on a source of its scope that alarms any one party."""
    for q in range(len(plan.live)):
        put(now.sk, 0.0, AT.gained, plan.live[q, 0], plan.live[q, 1])
    for t in range(plan.treaties):
        if not running(t, now):
            for k in range(plan.sources):
                put(now.tk, 0.0, AT.consulted, t, k)
        elif _meet(t, plan, num, now):
            sit(t, plan, now, now.ts[AT.member, t])
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                _listen(t, i, plan, num, now)
    for q in range(len(plan.live)):
        i, k = plan.live[q, 0], plan.live[q, 1]
        felt = get(now.sk, AT.perception, i, k)
        put(now.sk, capped_threat(felt, get(now.sk, AT.gained, i, k)), AT.perception, i, k)


@kernel
def _meet(t: int, plan: Any, num: Any, now: Any) -> bool:
    """On what the treaty consults, and the alarm of its most alarmed party; whether it does in any run."""
    runs = get(now.t, AT.status, t) == 1.0
    anywhere = False
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        alarm = spread(0.0)
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            alarm = max(alarm, get(now.ts, AT.member, t, i) * get(now.sk, AT.perception, i, k))
        meets = runs & (plan.terms.alarm(t, k, plan, num, now, alarm) > 0.0)
        put(now.k, alarm, AT.alarm, k)
        put(now.tk, where(meets, 1.0, 0.0), AT.consulted, t, k)
        anywhere = anywhere or some(meets)
    return anywhere


@kernel
def _listen(t: int, i: int, plan: Any, num: Any, now: Any) -> None:
    """What one party gains from the consultations of a treaty."""
    mates, shares, _ = find_mates(t, i, plan, now, now.ts[AT.member, t])
    member = get(now.ts, AT.member, t, i)
    for at in range(len(plan.tk[COVER.covered, t])):
        k = plan.tk[COVER.covered, t][at]
        if k < 0:
            break
        takes_part = member * get(now.tk, AT.consulted, t, k) != 0.0
        if not some(takes_part):
            continue
        mean = spread(0.0)
        for at in range(len(now.present[t])):
            j = now.present[t][at]
            if j < 0:
                break
            if j != i:
                mean += get(shares, j) * get(now.sk, AT.perception, j, k)
        alarm = get(now.k, AT.alarm, k)
        increment = plan.terms.spreading(t, i, k, plan, num, now, mates, shares, mean, alarm)
        gained = get(now.sk, AT.gained, i, k)
        put(now.sk, gained + where(takes_part, increment, 0.0), AT.gained, i, k)
