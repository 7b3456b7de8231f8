"""Who sits with whom: the partners of a party in each lane."""

from __future__ import annotations

from typing import Any

from .kernel import kernel
from .layout import AT, BODY, LEAD, SEAT


@kernel
def find_mates(t: int, i: int, plan: Any, now: Any, seat: Any, total: Any) -> None:
    """Partners of `i` among those seated: `now.s[AT.mate]` (0 or 1), `now.s[AT.mate_capability]` and its sum, `total`.

    In a hub treaty a spoke sits with the hub alone.
    """
    hub = plan.t[BODY.hub, t]
    total[:] = 0.0
    for j in plan.seats[t]:
        if j < 0 or j == i:
            continue
        if hub >= 0 and i != hub:
            alone = 1.0 if j == hub else 0.0
            for z in range(plan.lanes):
                now.s[AT.mate, j, z] = alone if seat[hub, z] != 0.0 else seat[j, z]
        else:
            for z in range(plan.lanes):
                now.s[AT.mate, j, z] = seat[j, z]
        for z in range(plan.lanes):
            now.s[AT.mate_capability, j, z] = now.s[AT.mate, j, z] * now.s[AT.capability, j, z]
            total[z] += now.s[AT.mate_capability, j, z]


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
