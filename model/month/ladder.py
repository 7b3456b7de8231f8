"""E12, E13: practice moves towards what is demanded, organs rise and fall under pressure, parties come and go."""

from __future__ import annotations

from math import floor

from entente.agents.equation import equation, where

FREE, BY_GATE, BY_DELIBERATION = 0, 1, 2
"""What held organs back this month that were too small: nothing, the gate of the top rung, or deliberation."""

RUNG_NAMES = (
    "nothing", "declaration", "duty to consult", "policy coordination", "permanent organ", "joint forces or bases",
    "integrated command",
)  # fmt: skip
"""The rungs of organs, 0 to 6, in short (`docs/ODD.md`, section 2)."""
OBLIGATIONS = ("no promise", "non-aggression", "consultation", "act to meet the danger", "mutual defence")
"""What a treaty promises, 0 to 4."""


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
    depth: float, demand: float, ceiling_: float, deepen: float, hollow: float, hollowing: float
) -> float:
    """E12. `D' = D + v*(min(demand, ceiling(R)) - D)`, `v = deepen` upwards, `hollow*hollowing` downwards.

    `hollowing` is 1, and below it where sinking is slowed.
    """
    aim = min(demand, ceiling_)
    speed = where(aim > depth, deepen, hollow * hollowing)
    return depth + speed * (aim - depth)


@equation
def demanded(agreed: float, beside: float) -> float:
    """E13. `clip(agreed + beside, 0, 1)`: depth that practice and organs are asked to follow."""
    return min(max(agreed + beside, 0.0), 1.0)


@equation
def shortfall(demand: float, rung: float, steps: float) -> float:
    """E13. `steps*demand - R - 1/2`, rungs: above 0 where organs are smaller than the rung that is nearest to demand."""
    return steps * demand - rung - 1.0 / 2.0


@equation
def surplus(demand: float, rung: float, steps: float) -> float:
    """E13. `R - 1/2 - steps*demand`, rungs: above 0 where organs are larger than the rung that is nearest to demand."""
    return rung - 1.0 / 2.0 - steps * demand


@equation
def rise_pressure(pressure: float, shortfall_: float, pace: float) -> float:
    """E13a. `up' = max(0, up + gap)`, rung-months; mechanisms may quicken (`pace` above 0) what a shortfall adds."""
    return max(0.0, pressure + shortfall_ * where(shortfall_ > 0.0, 1.0 + pace, 1.0))


@equation
def fall_pressure(pressure: float, surplus_: float) -> float:
    """E13b. `down' = max(0, down + gap)`, rung-months: what is not needed for long enough is given up."""
    return max(0.0, pressure + surplus_)


@equation
def raised_rung(demand: float, steps: float, highest: float) -> float:
    """E13a. `min(floor(steps*demand + 1/2), highest)`: the rung nearest to demand, as far as the gate lets it."""
    return min(floor(steps * demand + 1.0 / 2.0), highest)


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
def since_session(age: float, interval: float) -> float:
    """E13. `age - interval*floor(age/interval)`, months since the parties last met; who wants in is heard where it is 0.

    `age` counts months from when the treaty came into force, and is below 0 before.
    """
    return age - interval * floor(age / interval)


@equation
def worth(utility_: float, received: float, paid: float, beside: float) -> float:
    """E13. `V[i] = U_i(agreed) + received - paid + beside`: what staying is worth.

    Taken at the depth agreed, towards which practice moves and for which the payments are made; the
    depth practised today enters the price of leaving instead.
    """
    return utility_ + received - paid + beside
