"""Guests (E13): a candidate that would join takes part meanwhile, without vote or obligation."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

guests = Mechanism("guests", "Candidates may take part without joining (E13).")


@guests.adds_to("attending")
def takes_part(ideal: float, entry: float) -> float:
    """E13. 1 where the ideal depth exceeds `entry`."""
    return where(ideal > entry, 1.0, 0.0)
