"""Exits (E13): a party leaves where staying is worth less than leaving for long enough."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

exits = Mechanism("exits", "Parties may leave (E13).")
exits.parameter(
    "exit_cost", 0.015, "Price of leaving a treaty.",
    low=0, high=1, prior=(0, 0.03), unit="utility", symbol="c_exit", group="commitment",
)  # fmt: skip
exits.parameter(
    "outside", 0.175, "Pull of the outside offer on a party that would leave.",
    low=0, high=2, prior=(0, 0.35), unit="1", symbol="zeta", group="outside power",
)  # fmt: skip
exits.says("exit", "what the treaty is worth stays below what leaving is worth")


@exits.adds_to("leaving")
def wants_out(value: float, outside: float, offer: float, exit_cost: float, breaking: float) -> float:
    """E13. 1 where `V < outside*offer - exit_cost - breaking`."""
    return where(value < outside * offer - exit_cost - breaking, 1.0, 0.0)
