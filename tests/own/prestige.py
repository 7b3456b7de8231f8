"""Prestige: a place beside a great power is worth something in itself."""

from __future__ import annotations

from entente import Mechanism

prestige = Mechanism("prestige", "A place beside a great power is worth something in itself.")
prestige.parameter(
    "honour", 0.05, "Worth of a place beside the strongest.",
    low=0, high=1, prior=(0, 0.1), unit="utility", symbol="h", group="bargaining",
)  # fmt: skip


@prestige.adds_to("linear")
def honour_of_company(honour: float, partners_capability: float, capability: float) -> float:
    """`honour * C/(C + c_i)`: the more powerful the company, the more it is worth."""
    return honour * partners_capability / (partners_capability + capability)
