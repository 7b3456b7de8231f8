"""The ratchet (rival of E12, E13): rungs drift upwards and threats do not matter."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.ladder import ceiling
from entente.month.mechanism import Mechanism

ratchet = Mechanism("ratchet", "Rival: rungs drift upwards and threats do not matter.", on=False)
ratchet.parameter(
    "drift", 0.017, "Chance that a treaty gains a rung in a month (ratchet only).",
    low=0, high=1, prior=(0.005, 0.03), unit="1/month", symbol="q", group="rivals",
)  # fmt: skip
ratchet.noise("drift_noise", over="treaty", label="drift")
# Interests are computed without being used: nobody pays, comes, goes or signs for them, and nothing lapses.
ratchet.silences("linkage", "ladder", "leaving", "joining", "signing", "lapsing")
ratchet.says("rung up", "the ratchet drifts")


@ratchet.replaces("organs")
def drifted_rung(rung: float, steps: float, drift: float, drift_noise: float) -> float:
    """Rival of E13. `R' = R + 1` with probability `drift` below the top, never back."""
    return rung + where((drift_noise < drift) & (rung + 1.0 < steps), 1.0, 0.0)


@ratchet.replaces("practice")
def drift_depth(depth: float, next_rung: float, steps: float, deepen: float) -> float:
    """Rival of E12. `D' = D + deepen*(ceiling(R) - D)`."""
    return depth + deepen * (ceiling(next_rung, steps) - depth)
