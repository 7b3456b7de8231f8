"""E14: where a state stands between the outside power (-1) and the bloc (+1). Feeds nothing back."""

from __future__ import annotations

from .equation import equation, where


@equation
def bloc_pull(directed: float, depth: float, partners_capability: float, outside_capability: float) -> float:
    """E14, term of one treaty. `directed[p]*D[p]*C_partners/(C_partners + C_outside)`, 0..1."""
    return directed * depth * partners_capability / (partners_capability + outside_capability)


@equation
def west_pull(accepted_offer: float, stake: float, weight: float) -> float:
    """E14. `west = W + stake*weight`."""
    return accepted_offer + stake * weight


@equation
def alignment_target(bloc: float, west: float, x0: float) -> float:
    """E14. `(bloc - west)/(bloc + west + x0)`, -1..1."""
    return (bloc - west) / (bloc + west + x0)


@equation
def coordination_pull(coordination: float, depth: float, partners_mean: float, own: float) -> float:
    """E14, term of one treaty. `coordination[p]*D[p]*(mean_j x[j] - x[i])`."""
    return coordination * depth * (partners_mean - own)


@equation
def alignment(own: float, target: float, turn: float, lock: float, deepest: float, coordinated: float) -> float:
    """E14. `x' = clip(x + turn*s*(target - x) + turn*coordinated, -1, 1)`.

    `s = 1` where target > x, else `1 - lock*max_p D[p]`: practice slows turning away, not turning to.
    """
    ease = where(target > own, 1.0, 1.0 - lock * deepest)
    return min(max(own + turn * ease * (target - own) + turn * coordinated, -1.0), 1.0)
