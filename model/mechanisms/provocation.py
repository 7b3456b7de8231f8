"""Provocation (E15, inside the world): what a bloc holds is a threat to another, and the other way round."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

provocation = Mechanism(
    "provocation", "What the sponsors of a threat hold inside the world raises it: blocs provoke each other (E15)."
)
provocation.parameter(
    "provoke", 0.5, "Intensity that a sponsoring treaty of full depth adds to a source in the long run.",
    low=0, high=2, prior=(0.2, 0.8), unit="intensity/depth", symbol="delta_b", source="Snyder 1984", group="threat",
)  # fmt: skip
provocation.parameter(
    "power_threat", 1.0, "Intensity that a sponsoring state adds in the long run, a unit of the world's capability that it holds.",
    low=0, high=10, prior=(0, 2), unit="intensity/share of world", symbol="delta_c", source="Walt 1987", group="threat",
)  # fmt: skip


@provocation.adds_to("shock")
def provoked_shock(
    provoke: float, power_threat: float, persistence: float, sponsors_depth: float, sponsors_capability: float
) -> float:
    """E15, inside the world. `(1 - persistence) * (provoke*sum_p u[p,k]*D[p] + power_threat*sum_i u[i,k]*c[i])`, a month.

    `D` and `c` are last month's, so two blocs that sponsor a threat to each other answer with a month's delay (Snyder 1984,
    security dilemma in alliance politics). By E1 what is held for good adds `provoke*D + power_threat*c` in the long run.
    """
    return (1.0 - persistence) * (provoke * sponsors_depth + power_threat * sponsors_capability)
