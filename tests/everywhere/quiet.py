"""Quiet: places of every kind fall silent, the core's own among them."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

quiet = Mechanism("quiet", "Many places are as if empty.", on=False)
quiet.parameter("grumble", 0.3, "Mistrust that silence breeds.", low=0, high=1, unit="1", symbol="q")
quiet.silences("perception", "spreading", "linkage", "worth", "alarm", "restraint", "saving", "linear")
quiet.silences(
    "help_received", "organs", "practice", "top", "hollowing", "turning", "joining", "ladder", "signing"
)


@quiet.adds_to("mistrust")
def grumbled(grumble: float) -> float:
    """`.01*grumble`: something that shows whether the mechanism acts."""
    return 0.01 * grumble
