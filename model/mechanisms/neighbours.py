"""Neighbours: threat from fellow members breeds mistrust."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

MONTHS_IN_YEAR = 12.0

neighbours = Mechanism("neighbours", "Threat from fellow members breeds mistrust (E13).")
neighbours.parameter(
    "neighbour_mistrust", 0.05, "Mistrust that a unit of threat from a fellow member adds in a year.",
    low=0, high=1, prior=(0.02, 0.08), unit="1/year", symbol="nu", group="bargaining",
)  # fmt: skip


@neighbours.adds_to("mistrust")
def bred_mistrust(neighbour_mistrust: float, neighbour_threat: float) -> float:
    """E13. `neighbour_mistrust / 12 * P`, P the mean threat that the parties perceive from fellow members."""
    return neighbour_mistrust / MONTHS_IN_YEAR * neighbour_threat
