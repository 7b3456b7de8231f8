"""Regime solidarity (rival): help counts between similar regimes only."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

solidarity = Mechanism("solidarity", "Rival: help counts between similar regimes only.", on=False)
solidarity.of_state(
    "polity", 0.5, "Regime type, 0 autocratic to 1 democratic (regime solidarity only).",
    low=0, high=1, unit="1", symbol="y",
)  # fmt: skip


@solidarity.adds_to("kinship")
def regime_kinship(polity: float, partner_polity: float) -> float:
    """Rival of E5. `1 - |polity_i - polity_j|`, 0..1."""
    return 1.0 - (max(polity, partner_polity) - min(polity, partner_polity))
