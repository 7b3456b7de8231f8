"""Idle: with its parameter at 0 neither its memory nor its silence nor its term is there."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

idle = Mechanism("idle", "As good as switched off at 0.", on=False, idle_at_zero="briskness")
idle.parameter("briskness", 0.3, "How much it does.", low=0, high=1, unit="1", symbol="b")
idle.silences("linkage")


@idle.remembers("tally", over="state", unit="1", meaning="months in which the mechanism acted, some forgotten")
def tally_next(tally: float) -> float:
    """`.9*n + 1`: grows only while the mechanism acts."""
    return 0.9 * tally + 1.0


@idle.adds_to("mistrust")
def bustled(briskness: float, depth: float) -> float:
    """`.1*briskness*D`."""
    return briskness * depth * 0.1
