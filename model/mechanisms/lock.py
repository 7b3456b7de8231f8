"""Lock (E12, E14): a running term slows hollowing out and turning away."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

lock = Mechanism("lock", "Terms slow hollowing out and turning away (E12, E14).")
lock.parameter(
    "lock", 0.725, "How far a running term slows hollowing out and turning away.",
    low=0, high=1, prior=(0.5, 0.95), unit="1", symbol="ell", group="commitment",
)  # fmt: skip


@lock.adds_to("hollowing")
def locked_practice(lock: float, term_strength: float, unbound: float) -> float:
    """E12. `1 - lock*term_strength` within a term; 1 in the months before a renewal, and without a term."""
    return where(unbound != 0.0, 1.0, 1.0 - lock * term_strength)


@lock.adds_to("turning")
def locked_alignment(lock: float, deepest: float) -> float:
    """E14. `1 - lock * max_p D[p]`: practice slows turning away, not turning to."""
    return 1.0 - lock * deepest
