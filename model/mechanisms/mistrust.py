"""Mistrust (E8, E9): depth with partners that are mistrusted and dominant costs."""

from __future__ import annotations

from entente.agents.equation import equation
from entente.month.mechanism import Mechanism

mistrust = Mechanism("mistrust", "Mistrusted dominant partners cost (E8, E9).")
mistrust.parameter(
    "m", 0.2, "Price of depth with partners that are mistrusted and dominant.",
    low=0, high=2, prior=(0.1, 0.3), unit="utility", symbol="m", group="bargaining",
)  # fmt: skip
mistrust.parameter(
    "mu", 0.95, "How much a dominant, mistrusted partner raises the price of depth.",
    low=0, high=5, prior=(0.4, 1.5), unit="1", symbol="mu", group="bargaining",
)  # fmt: skip


@mistrust.sum_over("partners")
def square_shares(partner_share: float) -> float:
    """E8, term of one partner. `s_j^2` (Herfindahl index, as in market power)."""
    return partner_share * partner_share


@equation
def dominance(square_shares: float, partners_capability: float, capability: float) -> float:
    """E8, E9. `(sum_j s_j^2) * C/(C + c_i)`, 0..1: one big partner frightens more than two that balance.

    `s_j = c_j/C`, `C` the capability of the partners together.
    """
    return square_shares * partners_capability / (partners_capability + capability)


@mistrust.adds_to("linear")
def mistrusted_company(
    m: float,
    independence: float,
    mistrust: float,
    square_shares: float,
    partners_capability: float,
    capability: float,
) -> float:
    """E8. `-m * independence * M * dominance`."""
    return -m * independence * mistrust * dominance(square_shares, partners_capability, capability)


@mistrust.adds_to("curvature")
def mistrusted_depth(
    autonomy: float,
    independence: float,
    mu: float,
    mistrust: float,
    square_shares: float,
    partners_capability: float,
    capability: float,
) -> float:
    """E9. `autonomy * independence * mu * dominance * M`."""
    return autonomy * independence * mu * dominance(square_shares, partners_capability, capability) * mistrust
