"""Backtracking (E13, E15): breaking with practice costs, whether for an offer or by leaving."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

backtracking = Mechanism("backtracking", "Breaking with practice costs (E13, E15).")
backtracking.parameter(
    "backtrack", 0.175, "Price of breaking with practice, a unit of depth.",
    low=0, high=2, prior=(0.05, 0.3), unit="utility", symbol="c_back", group="commitment",
)  # fmt: skip


@backtracking.adds_to("price")
def practice_broken(directed: float, depth: float, backtrack: float) -> float:
    """E15, term of one treaty. `directed[p]*D[p]*backtrack`."""
    return directed * depth * backtrack


@backtracking.adds_to("breaking")
def practice_left(backtrack: float, depth: float, term_left: float) -> float:
    """E13. `backtrack * D * term_left`: what leaving breaks of a term that is still to run."""
    return backtrack * depth * term_left
