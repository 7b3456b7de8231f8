"""Entries (E13): a candidate joins that wants in for long enough, would stay, and whom those that decide will have."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.declare import MEMO
from entente.month.mechanism import Mechanism

entries = Mechanism("entries", "Candidates may join (E13).")
entries.parameter(
    "entry", 0.2, "Ideal depth above which a candidate joins or takes part as a guest.",
    low=0, high=1, prior=(0.10, 0.30), unit="depth", symbol="theta_e", group="bargaining",
)  # fmt: skip
entries.parameter(
    "sphere", 0.05, "Gain that a lead state asks for before it lets another into its region.",
    low=0, high=1, prior=(0, 0.10), unit="utility", symbol="psi", source=MEMO, group="bargaining",
)  # fmt: skip
entries.says("entry", "its ideal depth exceeds behaviour.entry, and neither it nor a decider loses")


@entries.adds_to("joining")
def wants_in(ideal: float, entry: float) -> float:
    """E13. 1 where the ideal depth exceeds `entry`."""
    return where(ideal > entry, 1.0, 0.0)


@entries.adds_to("admission")
def admission_gain(sphere: float, provision: float) -> float:
    """E13. `sphere*provision`: gain that a lead state asks for before it lets another into its region."""
    return sphere * provision
