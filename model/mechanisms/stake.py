"""Stake (E8, E14): good relations with the outside power are worth something without any offer."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

stake = Mechanism("stake", "Good relations with the outside power count (E8, E14).")
stake.parameter(
    "stake", 0.075, "Interest in good relations with the outside power.",
    low=0, high=1, prior=(0, 0.15), unit="utility", symbol="s_o", group="outside power",
)  # fmt: skip
stake.of_state(
    "weight", 0.3, "Weight of good relations with the outside power.", low=0, high=2, unit="1", symbol="omega_o"
)


@stake.adds_to("linear")
def stake_at_risk(directed: float, stake: float, weight: float) -> float:
    """E8. `-directed * stake * weight`."""
    return -directed * (stake * weight)


@stake.adds_to("west")
def pull_of_the_stake(stake: float, weight: float) -> float:
    """E14. `stake * weight`."""
    return stake * weight
