"""Held perception (rival): perceived threat stays at its long-run mean, so that no event moves it."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

held_perception = Mechanism("held_perception", "Rival: perceived threat stays at its long-run mean.", on=False)
held_perception.silences("spreading")


@held_perception.replaces("perception")
def held_threat(exposure: float, long_run_intensity: float) -> float:
    """Rival of E3. `P = w * mean S`."""
    return exposure * long_run_intensity
