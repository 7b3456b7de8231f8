"""Leaders: a new leader starts with partners afresh."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

leaders = Mechanism("leaders", "A change of leaders resets mistrust.")
leaders.parameter(
    "turnover", 0.02, "Chance of a change in a month.",
    low=0, high=1, prior=(0, 0.04), unit="1/month", symbol="l", group="commitment",
)  # fmt: skip
leaders.parameter(
    "fresh", 0.3, "Mistrust with which new leaders start.", low=0, high=1, prior=(0.1, 0.5), unit="1", symbol="m_0"
)
leaders.noise("succession", over="treaty")


@leaders.adds_to("mistrust")
def fresh_start(succession: float, turnover: float, mistrust: float, fresh: float) -> float:
    """`fresh - M` where a leader changes, else 0."""
    return where(succession < turnover, fresh - mistrust, 0.0)
