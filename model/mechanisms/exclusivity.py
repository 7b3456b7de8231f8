"""Exclusivity (E15): a promise to make no other bonds raises the price of an outside offer."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

exclusivity = Mechanism("exclusivity", "Exclusive treaties make an outside offer dearer (E15).")
exclusivity.article(
    "exclusivity",
    into="exclusivity",
    effect="Raises the price at which a party takes an outside offer (E15).",
    brief="makes an outside offer dearer to take",
)


@exclusivity.adds_to("price")
def promise_broken(directed: float, depth: float, exclusivity: float) -> float:
    """E15, term of one treaty. `directed[p]*D[p]*e[p]`."""
    return directed * depth * exclusivity
