"""Who sits with whom: the partners of a party in each lane."""

from __future__ import annotations

from typing import Any

from .kernel import kernel
from .layout import AT, BODY, LEAD, SEAT


@kernel
def runs(t: int, plan: Any, now: Any) -> bool:
    """Whether the treaty runs in any lane."""
    count = 0.0
    for z in range(plan.lanes):
        count += 1.0 if now.t[AT.status, t, z] == 1.0 else 0.0
    return count > 0.0


@kernel
def sit(t: int, plan: Any, now: Any, seat: Any) -> None:
    """Note who is seated in any lane (`now.present`), and the capabilities that sit."""
    count = 0
    for j in plan.seats[t]:
        if j < 0:
            continue
        anywhere = 0.0
        for z in range(plan.lanes):
            anywhere += seat[j, z]
            now.s[AT.seated_capability, j, z] = seat[j, z] * now.s[AT.capability, j, z]
        if anywhere > 0.0:
            now.present[t, count] = j
            count += 1
    for rest in range(count, plan.states):
        now.present[t, rest] = -1


@kernel
def find_mates(t: int, i: int, plan: Any, now: Any, seat: Any, total: Any) -> Any:
    """Partners of `i` after `sit`: rows of 0 or 1 and rows of capability, both returned; `total` takes the sum.

    In a hub treaty a spoke sits with the hub alone.
    """
    hub = plan.t[BODY.hub, t]
    spoke = hub >= 0 and i != hub and plan.seats[t, 2] >= 0  # of two, each sits with the other
    mates, capabilities = seat, now.s[AT.seated_capability]
    if spoke:
        mates, capabilities = now.s[AT.mate], now.s[AT.mate_capability]
    total[:] = 0.0
    for j in now.present[t]:
        if j < 0 or j == i:
            continue
        if spoke:
            alone = 1.0 if j == hub else 0.0
            for z in range(plan.lanes):
                mates[j, z] = alone if seat[hub, z] != 0.0 else seat[j, z]
                capabilities[j, z] = mates[j, z] * now.s[AT.capability, j, z]
        for z in range(plan.lanes):
            total[z] += capabilities[j, z]
    return mates, capabilities


@kernel
def decides(t: int, i: int, plan: Any, seat: Any, into: Any) -> None:
    """1 in lanes in which `i` decides among those seated: a lead state where one sits, else everyone."""
    for z in range(plan.lanes):
        into[z] = seat[i, z]
    if plan.t[BODY.decision, t] == LEAD:
        for z in range(plan.lanes):
            led = 0.0
            for j in plan.seats[t]:
                if j >= 0:
                    led += plan.ts[SEAT.lead, t, j] * seat[j, z]
            if led > 0.0:
                into[z] = plan.ts[SEAT.lead, t, i] * seat[i, z]
