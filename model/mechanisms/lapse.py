"""Lapse (E13): a treaty of which only the text is left, and that nobody wants, ends."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

lapse = Mechanism("lapse", "Treaties of which only the text is left, and that nobody wants, end (E13).")
lapse.says("end", "only its text was left, and nobody wanted it")


@lapse.adds_to("lapsing")
def nobody_wants_it(rung: float, agreed_depth: float) -> float:
    """E13. 1 where `R <= 1` and `agreed = 0`: no organ keeps it alive, and its parties would have no depth at all."""
    return where((rung <= 1.0) & (agreed_depth <= 0.0), 1.0, 0.0)
