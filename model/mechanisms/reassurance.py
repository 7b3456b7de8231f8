"""Reassurance (E6): neighbours that mistrust each other gain by building confidence."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

reassurance = Mechanism(
    "reassurance", "Confidence building is worth depth to partners that mistrust each other (E6)."
)
reassurance.parameter(
    "reassure", 1.0, "Benefit of reassuring a fully mistrusted partner, at full confidence building.",
    low=0, high=4, prior=(0, 2), unit="utility", symbol="b_r", source="Weitsman 2004", group="bargaining",
)  # fmt: skip


@reassurance.adds_to("common_benefit")
def reassurance_benefit(reassure: float, mistrust: float, confidence: float) -> float:
    """E6c. `reassure * M[p] * confidence[p]`; `confidence` is the sum of strengths of non-aggression and confidence-building articles."""
    return reassure * mistrust * confidence
