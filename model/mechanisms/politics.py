"""Politics (E13): leaders, budgets and moods make what is wanted wander about what was agreed."""

from __future__ import annotations

from math import sqrt

from entente.month.mechanism import Mechanism

politics = Mechanism("politics", "Domestic politics make what is wanted wander about what was agreed (E13).")
politics.parameter(
    "politics", 0.07, "Standard deviation of what is wanted about what was agreed.",
    low=0, high=1, prior=(0.04, 0.10), unit="depth", symbol="sigma_d", group="bargaining",
)  # fmt: skip
politics.constant(
    "political_memory", 0.97, "Share of a political deviation that is left a month later.",
    low=0, high=0.999, unit="1/month", symbol="phi_d",
)  # fmt: skip
politics.noise("political_news", over="treaty", law="normal", label="politics")


@politics.remembers(
    "deviation", over="treaty", unit="depth", meaning="n: what domestic politics add to the depth agreed (E13)"
)
def next_deviation(deviation: float, political_memory: float, politics: float, political_news: float) -> float:
    """E13. `n' = m*n + politics*sqrt(1 - m^2)*eps`: a half-life of two years at the default."""
    return (
        political_memory * deviation + politics * sqrt(1.0 - political_memory * political_memory) * political_news
    )


@politics.adds_to("demand")
def political_demand(deviation: float) -> float:
    """E13. `n[p]`."""
    return deviation
