"""Tethering (rival, Weitsman 2004): a treaty binds a mistrusted partner."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

tethering = Mechanism("tethering", "Rival: treaties bind mistrusted partners.", on=False)
tethering.parameter(
    "tether", 0.4, "Benefit of binding a mistrusted partner (tethering only).",
    low=0, high=2, prior=(0.2, 0.6), unit="utility", symbol="b_t", source="Weitsman 2004", group="rivals",
)  # fmt: skip
tethering.constant(
    "tether_need", 2 / 7, "Depth up to which tethering is useful (tethering only).",
    low=0, high=1, unit="depth", symbol="r_t", source="Weitsman 2004",
)  # fmt: skip


@tethering.adds_to("free_benefit", need="tether_need")
def tethering_benefit(tether: float, mistrust: float) -> float:
    """Rival of E6 (Weitsman 2004). `b = tether*M[p]`: binding a mistrusted partner, useful up to r_t."""
    return tether * mistrust
