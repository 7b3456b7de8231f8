"""The gate (E13): the top rung needs a core contingency that the deciders share."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.declare import MEMO
from entente.month.mechanism import Mechanism

gate = Mechanism("gate", "The top rung needs a shared core contingency (E13).")
gate.parameter(
    "core_overlap", 0.475, "Shared core contingency above which the top rung opens.",
    low=0, high=2, prior=(0.35, 0.60), unit="1", symbol="omega*", source=MEMO, group="bargaining",
)  # fmt: skip
gate.says("rung blocked", "the gate: no shared core contingency")


@gate.adds_to("top")
def opened_gate(shared_core: float, core_overlap: float) -> float:
    """E13. 1 where the least overlap of core contingencies exceeds `core_overlap`."""
    return where(shared_core > core_overlap, 1.0, 0.0)
