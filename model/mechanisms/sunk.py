"""Sunk costs (E9): what stands is cheaper to keep than it was to build."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

sunk = Mechanism("sunk", "Organs that stand are cheaper to keep than they were to build (E9).")
sunk.parameter(
    "sunk", 0.2, "Share of the plain price of depth that is sunk in the organs that stand.",
    low=0, high=0.5, prior=(0.1, 0.3), unit="1", symbol="s", source="Wallander 2000", group="commitment",
)  # fmt: skip


@sunk.adds_to("saving")
def sunk_costs(sunk: float, autonomy: float) -> float:
    """E9b. `sunk * autonomy`."""
    return sunk * autonomy
