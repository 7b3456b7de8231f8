"""Payments (E11): those that gain from depth compensate those that lose."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

payments = Mechanism("payments", "Side payments can be arranged (E11).")
payments.parameter(
    "linkage", 0.4, "Share of the joint gain that side payments can bring about.",
    low=0, high=1, prior=(0.2, 0.6), unit="1", symbol="lambda", group="bargaining",
)  # fmt: skip


@payments.adds_to("linkage")
def arranged_share(linkage: float) -> float:
    """E11. `linkage`: how far from the least that all accept towards what is best for all together."""
    return linkage
