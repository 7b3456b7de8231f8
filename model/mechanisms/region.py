"""Region (E8): the depth of a treaty supports the treaties that it promotes."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

region = Mechanism("region", "Treaties support each other (E8).")
region.parameter(
    "region", 0.125, "Support of one treaty's depth for a treaty that it promotes.",
    low=0, high=1, prior=(0.05, 0.20), unit="utility", symbol="rho_r", group="bargaining",
)  # fmt: skip
region.article(
    "regional_mechanism", into="promotes", kind="towards",
    effect="Depth of this treaty supports the treaty that it names, for states in both (E8).",
    brief="its depth supports another treaty",
)  # fmt: skip


@region.sum_over("treaties", along="promotes")
def promoted(promotes: float, other_depth: float) -> float:
    """E8, term of one treaty that promotes this one. `strength(q->p) * D[q]`."""
    return promotes * other_depth


@region.adds_to("linear")
def regional_support(region: float, promoted: float) -> float:
    """E8. `region * sum_q strength(q->p)*D[q]`."""
    return region * promoted
