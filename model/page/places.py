"""Where states are drawn: their capitals on a map, moved apart just enough to be told apart, and then fixed."""

from __future__ import annotations

from math import cos, hypot, radians

from entente.schema.scenario import Scenario

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, foot."""

MAX_STRETCH = 2.6
"""How much more the map may be stretched upwards than sideways, to fill its box."""
ROUNDS = 200


def positions(scenario: Scenario, box: Box, gap: float) -> dict[str, Point]:
    """A place in `box` for every state, no two nearer than `gap` where there is room; the same every time."""
    ids = sorted(scenario.states)
    places = [scenario.states[id_].place for id_ in ids]
    middle = sum(place.latitude for place in places) / len(places)
    shrink = cos(radians(middle))
    flat = [(place.longitude * shrink, -place.latitude) for place in places]
    return dict(zip(ids, _apart(_fit(flat, box), box, gap), strict=True))


def power_positions(scenario: Scenario, box: Box) -> dict[str, Point]:
    """Outside powers stand on the left edge, one below the other."""
    left, top, _, foot = box
    ids = sorted(scenario.powers)
    return {id_: (left, top + (foot - top) * (n + 1) / (len(ids) + 1)) for n, id_ in enumerate(ids)}


def _fit(flat: list[Point], box: Box) -> list[Point]:
    left, top, right, foot = box
    xs, ys = [x for x, _ in flat], [y for _, y in flat]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    wide = (right - left) / across if across else 1.0
    high = min((foot - top) / down if down else 1.0, wide * MAX_STRETCH)
    wide = min(wide, high * MAX_STRETCH)
    centre_x, centre_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return [
        ((left + right) / 2 + (x - centre_x) * wide, (top + foot) / 2 + (y - centre_y) * high) for x, y in flat
    ]


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
