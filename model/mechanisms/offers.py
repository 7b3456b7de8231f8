"""Offers (E15): an outside power's package turns a state away from treaties that are aimed at it."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

offers = Mechanism("offers", "Outside offers can be taken (E15).")
offers.of_state(
    "leverage", 1.0, "Share of an outside package that works; 0 when the debt behind it is bought out.",
    low=0, high=1, prior=(0, 1), unit="1", symbol="l",
)  # fmt: skip


@offers.adds_to("offer")
def outside_offer(leverage: float, package: float) -> float:
    """E15. `offer[i] = leverage[i]*package[i]`, 0..2; leverage 1 unless the debt behind it is bought out."""
    return leverage * package


@offers.adds_to("linear")
def offer_lost(directed: float, accepted_offer: float) -> float:
    """E8. `-directed * W`: depth aimed at the outside power costs what has been accepted of it."""
    return -directed * accepted_offer


@offers.adds_to("west")
def pull_of_the_offer(accepted_offer: float) -> float:
    """E14. `W`."""
    return accepted_offer
