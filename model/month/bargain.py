"""E11: the parties agree on a depth, and those that gain pay those that lose."""

from __future__ import annotations

from entente.agents.equation import equation, where


@equation
def agreed_depth(floor: float, joint: float, linkage: float, beside: float) -> float:
    """E11. `agreed = clip(floor + linkage*max(0, joint - floor) + beside, 0, 1)`.

    `floor` is what the decision rule yields without payments, `joint` the depth that is best for
    the parties together (E10 of the sums of b, l and a), `beside` what else moves an agreement.
    """
    return min(max(floor + linkage * max(0.0, joint - floor) + beside, 0.0), 1.0)


@equation
def due(utility_floor: float, utility_agreed: float) -> float:
    """E11. `max(0, U_i(floor) - U_i(agreed))`: what a party must get so that going along costs it nothing."""
    return max(0.0, utility_floor - utility_agreed)


@equation
def gain(utility_floor: float, utility_agreed: float) -> float:
    """E11. `max(0, U_j(agreed) - U_j(floor))`: what a party gains from going beyond the floor."""
    return max(0.0, utility_agreed - utility_floor)


@equation
def gain_share(gained: float, gains: float) -> float:
    """E11. `gain_j / sum gain`, 0..1: the share of all dues that a gaining party pays; no gain, no share."""
    return gained / where(gains > 0.0, gains, 1.0)


@equation
def payment(owed: float, share: float) -> float:
    """E11. Flow from a gaining to a losing party: `due_i * share_j`."""
    return owed * share
