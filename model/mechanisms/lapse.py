"""Lapse (E13): a treaty without organs that nobody wants ends."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

lapse = Mechanism("lapse", "Treaties without organs that nobody wants end (E13).")
lapse.says("end", "it had no organs, and nobody wanted it")


@lapse.adds_to("lapsing")
def nobody_wants_it(rung: float, agreed_depth: float, sign: float) -> float:
    """E13. 1 where `R = 0` and `agreed < sign`: what nobody would sign, and no organ keeps alive."""
    return where((rung < 1.0) & (agreed_depth < sign), 1.0, 0.0)
