"""Sunk costs: what stands is cheaper to keep than to build."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

sunk = Mechanism("sunk", "What stands is cheaper to keep.")
sunk.parameter(
    "sunk_share", 0.2, "Share of the price of depth that is sunk.",
    low=0, high=0.9, prior=(0.1, 0.3), unit="1", symbol="s", group="bargaining",
)  # fmt: skip


@sunk.adds_to("saving")
def sunk_cost(sunk_share: float, autonomy: float) -> float:
    """`sunk_share * autonomy`."""
    return sunk_share * autonomy
