"""E1-E4: threats arise, are restrained, are perceived, and spread by consultation.

Intensities and perceptions lie in 0..2 (0 none, 1 a serious threat, 2 the gravest on record).
"""

from __future__ import annotations

from .equation import equation, where

GRAVEST = 2.0
"""Upper bound of intensities and perceptions: the scale's end, not a parameter."""


@equation
def threat_intensity(intensity: float, base: float, persistence: float, shock: float) -> float:
    """E1. `S' = clip(base + persistence*(S - base) + shock, 0, 2)`.

    Units: intensity, 0..2; `persistence` a month, 0..1; `shock` the intensity that this month's
    events add (negative for relief). An AR(1) around `base`, as in models of conflict memory.
    """
    return min(max(base + persistence * (intensity - base) + shock, 0.0), GRAVEST)


@equation
def event_intensity(intensity: float, persistence: float, shock: float) -> float:
    """E1 for one state. `F' = clip(persistence*F + shock, 0, 2)`: what events with weights left behind.

    Also the law of a rumour's stock: rumours have the same memory as events and base 0.
    """
    return min(max(persistence * intensity + shock, 0.0), GRAVEST)


@equation
def provision(current: float, normal: float, persistence: float, weakness: float, floor: float) -> float:
    """E1 for capacity. `provision' = clip(normal + persistence*(provision - normal) - weakness, floor, 2)`.

    The share of its nominal capability and contribution that a state can provide (1 in normal times).
    """
    return min(max(normal + persistence * (current - normal) - weakness, floor), GRAVEST)


@equation
def dilemma_shock(dilemma: float, provoked: float, directed_depth: float) -> float:
    """E15, reverse channel. `shock = dilemma * provoked * sum_p directed[p]*D[p]` (intensity a month).

    An outside power steps up what a deeper alliance provokes (Jervis 1978, security dilemma).
    """
    return dilemma * provoked * directed_depth


@equation
def opposition(norm: float, depth: float, party_capability: float, sponsor_capability: float) -> float:
    """E2, term of one treaty. `norm[p,k] * D[p] * C_p/(C_p + C_sponsor)`, 0..1."""
    return norm * depth * party_capability / (party_capability + sponsor_capability)


@equation
def restraint(rho: float, greatest_opposition: float) -> float:
    """E2. `restraint[k] = rho * max_p opposition[p,k]`, 0..1: joint opposition restrains the sponsor."""
    return rho * greatest_opposition


@equation
def sponsored_intensity(intensity: float, concession: float, restrained: float) -> float:
    """E2. `S * (1 - concession) * (1 - restraint)`: what is left of a sponsored source.

    The effective intensity, formed anew each month; the stock behind it keeps its memory, so a
    concession taken back restores the threat.
    """
    return intensity * (1.0 - concession) * (1.0 - restrained)


@equation
def threat_target(exposure: float, intensity: float, event: float, rumour: float) -> float:
    """E3. `target = w*S + F + rumour`: what perception moves towards."""
    return exposure * intensity + event + rumour


@equation
def perceived_threat(
    perceived: float,
    target: float,
    rise: float,
    fall: float,
    sigma: float,
    exposure_root: float,
    noise: float,
) -> float:
    """E3. `P' = clip(P + a*(target + sigma*sqrt(w)*eps - P), 0, 2)`, `a = rise` if target > P else `fall`.

    Quick to alarm, slow to calm; the noise does not choose the speed. `noise` is standard normal,
    `exposure_root` is sqrt(w).
    """
    speed = where(target > perceived, rise, fall)
    moved = perceived + speed * (target + sigma * exposure_root * noise - perceived)
    return min(max(moved, 0.0), GRAVEST)


@equation
def consulted_threat(
    perceived: float,
    partners_mean: float,
    greatest: float,
    trigger: float,
    contagion: float,
    consultation: float,
    depth: float,
    scope: float,
) -> float:
    """E4. Increment of P[i,k] from one treaty's consultation.

    `contagion * consult[p] * D[p] * scope[p,k] * max(0, mean_j P[j,k] - P[i,k])` where
    `max_j P[j,k] > trigger`, else 0. The perceptual channel of obligation.
    """
    gap = max(0.0, partners_mean - perceived)
    increment = contagion * consultation * depth * scope * gap
    return where(greatest > trigger, increment, 0.0)


@equation
def capped_threat(perceived: float, increment: float) -> float:
    """E4. `min(P + sum_p increment, 2)`."""
    return min(perceived + increment, GRAVEST)
