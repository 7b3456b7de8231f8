"""E14: where a state stands between the outside power (-1) and the bloc (+1). By itself it feeds nothing back."""

from __future__ import annotations

from .equation import equation, where


@equation
def bloc_pull(directed: float, depth: float, partners_capability: float, outside_capability: float) -> float:
    """E14, term of one treaty. `directed[p]*D[p]*C_partners/(C_partners + C_outside)`, 0..1."""
    return directed * depth * partners_capability / (partners_capability + outside_capability)


@equation
def alignment_target(bloc: float, west: float, x0: float) -> float:
    """E14. `(bloc - west)/(bloc + west + x0)`, -1..1."""
    return (bloc - west) / (bloc + west + x0)


@equation
def alignment(own: float, target: float, turn: float, turning: float, pulled: float) -> float:
    """E14. `x' = clip(x + turn*s*(target - x) + turn*pulled, -1, 1)`.

    `s = 1` where target > x, else `turning`, below 1 where turning away is slowed; `pulled` is what partners add.
    """
    ease = where(target > own, 1.0, turning)
    return min(max(own + turn * ease * (target - own) + turn * pulled, -1.0), 1.0)
