"""E12, E13: depth moves towards what is agreed, organs climb and sink rung by rung, parties come and go."""

from __future__ import annotations

from entente.agents.equation import equation, where

FREE, BY_GATE, BY_DELIBERATION = 0, 1, 2
"""What held a due rise back this month: nothing, the gate of the top rung, or deliberation."""


@equation
def ceiling(rung: float, steps: float) -> float:
    """E12. `(R+1)/steps`, 0..1: the depth of practice that the organs of a rung can carry."""
    return (rung + 1.0) / steps


@equation
def opening_depth(rung: float, steps: float, share: float) -> float:
    """Depth of a treaty without a predecessor: `share*R/steps`."""
    return share * rung / steps


@equation
def next_depth(depth: float, agreed: float, ceiling_: float, deepen: float, hollow: float, lock: float) -> float:
    """E12. `D' = D + v*(min(agreed, ceiling(R)) - D)`, `v = deepen` upwards, `hollow*(1 - lock)` downwards."""
    aim = min(agreed, ceiling_)
    speed = where(aim > depth, deepen, hollow * (1.0 - lock))
    return depth + speed * (aim - depth)


@equation
def climbs(depth: float, agreed: float, ceiling_: float, near: float) -> float:
    """E13. 1 where `agreed > ceiling(R)` and `D >= near*ceiling(R)`: the organs have become too small."""
    return where((agreed > ceiling_) & (depth >= near * ceiling_), 1.0, 0.0)


@equation
def sinks(depth: float, rung: float, steps: float, slack: float) -> float:
    """E13. 1 where `D < slack*R/steps`: a review finds the rung hollow."""
    return where(depth < slack * rung / steps, 1.0, 0.0)


@equation
def core_overlap(own_core: float, partner_core: float, floor: float) -> float:
    """E13, one ordered pair. `P[i,core_j]/max(P[j,core_j], floor)`: how far i shares what j fears most."""
    return own_core / max(partner_core, floor)


@equation
def next_mistrust(
    mistrust: float, trust: float, confidence: float, neighbour_mistrust: float, neighbour: float
) -> float:
    """`M' = clip(M*(1 - trust*confidence) + neighbour_mistrust*P/12, 0, 1)`.

    `confidence` is the sum of strengths of non-aggression and confidence-building articles; `neighbour`
    the mean threat perceived from fellow members; `neighbour_mistrust` is given for a month.
    """
    return min(max(mistrust * (1.0 - trust * confidence) + neighbour_mistrust * neighbour, 0.0), 1.0)


@equation
def worth(utility_: float, received: float, paid: float) -> float:
    """E13. `V[i] = U_i(agreed) + received - paid`: what staying is worth.

    Taken at the depth agreed, towards which practice moves and for which the payments are made; the
    depth practised today enters the price of leaving instead.
    """
    return utility_ + received - paid


@equation
def exit_threshold(
    outside: float, offer: float, exit_cost: float, backtrack: float, depth: float, term_left: float
) -> float:
    """E13. `outside*offer - exit_cost - backtrack*D*term_left`: a party leaves where V stays below it.

    `term_left` is the share of the running term that is left, 0..1, and 0 without a term.
    """
    return outside * offer - exit_cost - backtrack * depth * term_left


@equation
def admission_gain(sphere: float, provision_: float) -> float:
    """E13. `sphere*provision`: gain that a lead state asks for before it lets another into its region."""
    return sphere * provision_


@equation
def drift_depth(depth: float, ceiling_: float, deepen: float) -> float:
    """Ratchet (rival of E12). `D' = D + deepen*(ceiling(R) - D)`."""
    return depth + deepen * (ceiling_ - depth)
