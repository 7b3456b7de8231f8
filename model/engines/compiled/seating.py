"""Who sits with whom: the partners of a party in each run."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.agents.interest import capability_share
from entente.world.pack import MEMBER, UNNAMED

from .kernel import kernel
from .layout import AT
from .marks import BODY, LEAD, SEAT, SOURCE
from .tables import get, put
from .vector import neither, some, spread


@kernel
def running(t: int, now: Any) -> bool:
    """Whether the treaty runs in any of the runs."""
    return some(get(now.t, AT.status, t) == 1.0)


@kernel
def sit(t: int, plan: Any, now: Any, seat: Any) -> None:
    """Note who is seated in any run (`now.present`, up to a -1), and the capabilities that sit."""
    count = 0
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        seated = get(seat, j)
        put(now.s, seated * get(now.s, AT.capability, j), AT.seated_capability, j)
        if some(seated != 0.0):
            now.present[t, count] = j
            count += 1
    if count < plan.states:
        now.present[t, count] = -1


@kernel
def find_mates(t: int, i: int, plan: Any, now: Any, seat: Any) -> Any:
    """Partners of `i` after `sit`: rows of 0 or 1, their shares of capability, and all their capability.

    In a hub treaty a spoke sits with the hub alone.
    """
    hub = plan.t[BODY.hub, t]
    spoke = hub >= 0 and i != hub and plan.seats[t, 2] >= 0  # of two, each sits with the other
    mates, capabilities, shares = seat, now.s[AT.seated_capability], now.s[AT.share_of_mate]
    if spoke:
        mates, capabilities = now.s[AT.mate], now.s[AT.share_of_mate]
    total = spread(0.0)
    for at in range(len(now.present[t])):
        j = now.present[t, at]
        if j < 0:
            break
        if j == i:
            continue
        if spoke:
            mate = where(get(seat, hub) != 0.0, 1.0 if j == hub else 0.0, get(seat, j))
            put(mates, mate, j)
            put(capabilities, mate * get(now.s, AT.capability, j), j)
        total += get(capabilities, j)
    whole = where(total > 0.0, total, 1.0)
    for at in range(len(now.present[t])):
        j = now.present[t, at]
        if j < 0:
            break
        if j != i:
            put(shares, capability_share(get(capabilities, j), whole), j)
    return mates, shares, total


@kernel
def leads(t: int, plan: Any, seat: Any) -> Any:
    """How many lead states sit, 0 in a treaty that none leads."""
    led = spread(0.0)
    if plan.t[BODY.decision, t] == LEAD:
        for at in range(len(plan.seats[t])):
            j = plan.seats[t][at]
            if j < 0:
                break
            led += plan.ts[SEAT.lead, t, j] * get(seat, j)
    return led


@kernel
def decides(t: int, i: int, plan: Any, seat: Any, led: Any) -> Any:
    """1 in runs in which `i` decides among those seated: a lead state where one sits (`leads`), else everyone."""
    seated = get(seat, i)
    return where(led > 0.0, plan.ts[SEAT.lead, t, i] * seated, seated)


@kernel
def quarrel_of(i: int, j: int, plan: Any, now: Any) -> Any:
    """What a state fears of another since they fell out."""
    quarrel = spread(0.0)
    if plan.pairs > 0 and plan.pair[i, j] >= 0:
        quarrel = get(now.d, AT.quarrel, plan.pair[i, j])
    return quarrel


@kernel
def fear_of(t: int, i: int, plan: Any, now: Any, seat: Any, mates: Any) -> Any:
    """What a state fears of those seated who are its mates, by sources that are of them and by quarrels.

    The mean by capability. Mates are only noted of those who sit in any run, as by `find_mates`.
    """
    total = spread(0.0)
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        if j != i:
            total += get(seat, j) * get(mates, j) * get(now.s, AT.capability, j)
    whole = where(total > 0.0, total, 1.0)
    fear = spread(0.0)
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        if j == i:
            continue
        feared = spread(0.0)
        for place in range(len(plan.whose[j])):
            k = plan.whose[j][place]
            if k < 0:
                break
            feared += get(now.sk, AT.perception, i, k)
        share = capability_share(get(seat, j) * get(mates, j) * get(now.s, AT.capability, j), whole)
        fear += share * (feared + quarrel_of(i, j, plan, now))
    return fear


@kernel
def rift_shock(t: int, plan: Any, now: Any) -> Any:
    """What the parties fell out this month (below 0: made up), the mean over pairs of them."""
    felt, members = spread(0.0), spread(0.0)
    if plan.pairs > 0:
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            member = get(now.ts, AT.member, t, i)
            members += member
            for after in range(at + 1, len(plan.seats[t])):
                j = plan.seats[t][after]
                if j < 0:
                    break
                if plan.pair[i, j] >= 0:
                    both = member * get(now.ts, AT.member, t, j)
                    felt += both * get(now.d, AT.quarrel_shock, plan.pair[i, j])
        pairs = members * (members - 1.0) / 2.0
        felt = felt / where(pairs > 0.0, pairs, 1.0)
    return felt


@kernel
def neighbour_threat(t: int, plan: Any, now: Any) -> Any:
    """Threat from fellow members that the parties perceive, the mean over parties."""
    felt, members = spread(0.0), spread(0.0)
    for at in range(len(plan.seats[t])):
        i = plan.seats[t][at]
        if i < 0:
            break
        members += get(now.ts, AT.member, t, i)
    for k in range(plan.sources):
        if plan.k[SOURCE.origin, k] == MEMBER and plan.k[SOURCE.whose, k] == UNNAMED:
            for at in range(len(plan.seats[t])):
                i = plan.seats[t][at]
                if i < 0:
                    break
                felt += get(now.ts, AT.member, t, i) * get(now.sk, AT.perception, i, k)
    if plan.parted:
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            member = get(now.ts, AT.member, t, i)
            felt += member * fear_of(t, i, plan, now, now.ts[AT.member, t], now.ts[AT.member, t])
    return felt / where(members > 0.0, members, 1.0)


@kernel
def provider_contribution(t: int, k: int, plan: Any, now: Any) -> Any:
    """Contribution against a source of the hub, or of the strongest of those that decide."""
    seat, hub = now.ts[AT.seat, t], plan.t[BODY.hub, t]
    led = leads(t, plan, seat)
    hub_sits = spread(0.0) != 0.0
    if hub >= 0:
        hub_sits = get(seat, hub) != 0.0
    best, given = spread(-1.0), spread(0.0)
    for at in range(len(plan.seats[t])):
        j = plan.seats[t][at]
        if j < 0:
            break
        capability = get(now.s, AT.capability, j)
        provides = neither(hub_sits) & (decides(t, j, plan, seat, led) != 0.0) & (capability > best)
        if j == hub:
            provides = provides | hub_sits
        best = where(provides, capability, best)
        given = where(provides, get(now.sk, AT.contribution, j, k), given)
    return given
