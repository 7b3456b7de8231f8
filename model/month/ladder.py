"""E12, E13: depth moves towards what is agreed, organs climb and sink rung by rung, parties come and go."""

from __future__ import annotations

from math import floor

from entente.agents.equation import equation, where

FREE, BY_GATE, BY_DELIBERATION = 0, 1, 2
"""What held a due rise back this month: nothing, the gate of the top rung, or deliberation."""


@equation
def ceiling(rung: float, steps: float) -> float:
    """E12. `(R+1)/steps`, 0..1: the depth of practice that the organs of a rung can carry."""
    return (rung + 1.0) / steps


@equation
def opening_depth(rung: float, steps: float) -> float:
    """Depth of a treaty without a predecessor: `R/steps`, the practice that its rung can show."""
    return rung / steps


@equation
def next_depth(
    depth: float, agreed: float, ceiling_: float, deepen: float, hollow: float, hollowing: float
) -> float:
    """E12. `D' = D + v*(min(agreed, ceiling(R)) - D)`, `v = deepen` upwards, `hollow*hollowing` downwards.

    `hollowing` is 1, and below it where sinking is slowed.
    """
    aim = min(agreed, ceiling_)
    speed = where(aim > depth, deepen, hollow * hollowing)
    return depth + speed * (aim - depth)


@equation
def demanded(agreed: float, beside: float) -> float:
    """E13. `clip(agreed + beside, 0, 1)`: depth that practice and organs are asked to follow."""
    return min(max(agreed + beside, 0.0), 1.0)


@equation
def shortfall(demand: float, rung: float, steps: float, edge: float) -> float:
    """E13a. `steps*demand - (R + edge)`, rungs: by how much organs are too small."""
    return steps * demand - (rung + edge)


@equation
def surplus(demand: float, rung: float, steps: float, band: float) -> float:
    """E13b. `R - band - steps*demand`, rungs: by how much organs are too large."""
    return rung - band - steps * demand


@equation
def next_pressure(pressure: float, gap: float, flow: float) -> float:
    """E13. `p + flow` where the gap is above 0, else `max(0, p + gap)`: what is not needed is soon forgotten."""
    return where(gap > 0.0, pressure + flow, max(0.0, pressure + gap))


@equation
def leap(gap: float, jump: float) -> float:
    """E13. `1 + jump*floor(max(0, gap))`, rungs."""
    return 1.0 + jump * floor(max(gap, 0.0))


@equation
def whole_rung(rung: float, steps: float) -> float:
    """E13. `clip(floor(R), 0, steps - 1)`: organs are whole, whatever a mechanism puts in their place."""
    return min(max(floor(rung), 0.0), steps - 1.0)


@equation
def core_overlap(own_core: float, partner_core: float, floor: float) -> float:
    """E13, one ordered pair. `P[i,core_j]/max(P[j,core_j], floor)`: how far i shares what j fears most."""
    return own_core / max(partner_core, floor)


@equation
def next_mistrust(mistrust: float, added: float) -> float:
    """E13. `M' = clip(M + added, 0, 1)`."""
    return min(max(mistrust + added, 0.0), 1.0)


@equation
def worth(utility_: float, received: float, paid: float, beside: float) -> float:
    """E13. `V[i] = U_i(agreed) + received - paid + beside`: what staying is worth.

    Taken at the depth agreed, towards which practice moves and for which the payments are made; the
    depth practised today enters the price of leaving instead.
    """
    return utility_ + received - paid + beside
