"""E1-E4: threats arise, are restrained and are perceived.

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

    Also the law of a rumour's stock, and of what a state fears of another since they fell out: both have the
    same memory as events and base 0.
    """
    return min(max(persistence * intensity + shock, 0.0), GRAVEST)


@equation
def provision(current: float, normal: float, persistence: float, weakness: float, floor: float) -> float:
    """E1 for capacity. `provision' = clip(normal + persistence*(provision - normal) - weakness, floor, 2)`.

    The share of its nominal capability and contribution that a state can provide (1 in normal times).
    """
    return min(max(normal + persistence * (current - normal) - weakness, floor), GRAVEST)


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
def capped_threat(perceived: float, increment: float) -> float:
    """E4. `min(P + sum_p increment, 2)`."""
    return min(perceived + increment, GRAVEST)
