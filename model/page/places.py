"""Where states are drawn: their capitals on a map, moved apart just enough to be told apart, and then fixed."""

from __future__ import annotations

import json
from math import cos, hypot, radians
from pathlib import Path

from entente.schema.scenario import Scenario

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, foot."""

OUTLINES = Path(__file__).with_name("outlines.json")
TENTHS = 10
"""Parts of a degree in which outlines are kept."""
MAX_STRETCH = 2.6
"""How much more the map may be stretched upwards than sideways, to fill its box."""
ROUNDS = 200


class Chart:
    """Where longitudes and latitudes lie in a picture, so that the capitals of a scenario fill a box of it."""

    def __init__(self, scenario: Scenario, box: Box) -> None:
        places = [state.place for _, state in sorted(scenario.states.items())]
        self.shrink = cos(radians(sum(place.latitude for place in places) / len(places)))
        left, top, right, foot = box
        xs, ys = [place.longitude * self.shrink for place in places], [-place.latitude for place in places]
        across, down = max(xs) - min(xs), max(ys) - min(ys)
        wide = (right - left) / across if across else 1.0
        self.high = min((foot - top) / down if down else 1.0, wide * MAX_STRETCH)
        self.wide = min(wide, self.high * MAX_STRETCH)
        self.middle = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
        self.centre = (left + right) / 2, (top + foot) / 2

    def at(self, longitude: float, latitude: float) -> Point:
        """The place of a point on the Earth, in units of the picture."""
        return (self.centre[0] + (longitude * self.shrink - self.middle[0]) * self.wide,
                self.centre[1] + (-latitude - self.middle[1]) * self.high)  # fmt: skip


def capitals(scenario: Scenario, box: Box) -> dict[str, Point]:
    """Where the capitals truly lie."""
    chart = Chart(scenario, box)
    return {
        id_: chart.at(state.place.longitude, state.place.latitude)
        for id_, state in sorted(scenario.states.items())
    }


def positions(scenario: Scenario, box: Box, gap: float) -> dict[str, Point]:
    """A place in `box` for every state, no two nearer than `gap` where there is room; the same every time."""
    true = capitals(scenario, box)
    return dict(zip(true, _apart(list(true.values()), box, gap), strict=True))


def outlines(scenario: Scenario, box: Box, frame: Box) -> str:
    """Coasts and borders as the path of an SVG, on the map of which `box` is the part with the capitals; only what touches `frame`.

    Natural Earth, 1:110 million (`docs/outlines.py`).
    """
    chart, (left, top, right, foot) = Chart(scenario, box), frame
    parts = []
    for ring in json.loads(OUTLINES.read_text()):
        corners = [
            chart.at(east / TENTHS, north / TENTHS) for east, north in zip(ring[::2], ring[1::2], strict=True)
        ]
        xs, ys = zip(*corners, strict=True)
        if max(xs) < left or min(xs) > right or max(ys) < top or min(ys) > foot:
            continue
        whole = dict.fromkeys((round(x), round(y)) for x, y in corners)
        parts.append("M" + " ".join(f"{x},{y}" for x, y in whole) + "Z")
    return "".join(parts)


def power_positions(scenario: Scenario, box: Box) -> dict[str, Point]:
    """Outside powers stand on the left edge, one below the other."""
    left, top, _, foot = box
    ids = sorted(scenario.powers)
    return {id_: (left, top + (foot - top) * (n + 1) / (len(ids) + 1)) for n, id_ in enumerate(ids)}


def _apart(placed: list[Point], box: Box, gap: float) -> list[Point]:
    """Push neighbours apart, half the missing distance each, until all keep the gap."""
    left, top, right, foot = box
    points = list(placed)
    for _ in range(ROUNDS):
        moved = False
        for a in range(len(points)):
            for b in range(a):
                dx, dy = points[a][0] - points[b][0], points[a][1] - points[b][1]
                far = hypot(dx, dy)
                if far >= gap:
                    continue
                # Two places that coincide are parted along a direction of their own.
                ux, uy = (dx / far, dy / far) if far > 0 else (cos(a + b), cos(a - b + 1))
                push = (gap - far) / 2 + 0.1
                points[a] = _inside(points[a][0] + ux * push, points[a][1] + uy * push, left, top, right, foot)
                points[b] = _inside(points[b][0] - ux * push, points[b][1] - uy * push, left, top, right, foot)
                moved = True
        if not moved:
            break
    return points


def _inside(x: float, y: float, left: float, top: float, right: float, foot: float) -> Point:
    return min(max(x, left), right), min(max(y, top), foot)


def hull(points: list[Point]) -> list[Point]:
    """The corners of the smallest convex shape around points, in order (monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(sequence: list[Point]) -> list[Point]:
        corners: list[Point] = []
        for point in sequence:
            while len(corners) > 1 and _turn(corners[-2], corners[-1], point) <= 0:
                corners.pop()
            corners.append(point)
        return corners[:-1]

    return half(ordered) + half(ordered[::-1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
