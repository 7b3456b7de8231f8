"""E15: what an outside power offers, what taking it costs, and how it is taken up."""

from __future__ import annotations

from .equation import equation, where


@equation
def accepted_offer(accepted: float, offer: float, price: float, adjust: float) -> float:
    """E15. `W' = W + adjust*(taken*offer - W)`, `taken = 1` where offer > price."""
    aim = where(offer > price, offer, 0.0)
    return accepted + adjust * (aim - accepted)


@equation
def responsive_package(
    package: float, response: float, courted: float, depth: float, alarm: float, cap: float
) -> float:
    """E15. `package' = max(package, min(package + response*courted*max(0, D - alarm), cap))`.

    Grows while the treaties directed at the power are deeper than alarms it, up to what its domestic
    politics allow; a package dated above that ceiling stays, the ceiling binds what is added.
    """
    return max(package, min(package + response * courted * max(0.0, depth - alarm), cap))
