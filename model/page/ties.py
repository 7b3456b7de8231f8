"""Depth and rung of every treaty over time, the threat to the parties of one of them beneath, shocks, levers and the twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from entente.engines.interactive.treaty import RUNNING
from entente.month.ladder import RUNG_NAMES
from entente.telling.tables import FUTURE_SHARES
from entente.world.draws import Floats

from .palette import hue, series
from .scene import Mark, Scene, marks, years
from .svg import REACHED, Picture, line, picture, points, runs, spread, tag, text, tip

LEFT, RIGHT = 30, 338
DEPTH_TOP, DEPTH_FOOT = 22, 192
STRIP_TOP, STRIP_ROW = 210, 13
RUNG_TOP, RUNG_FOOT = 280, 368
THREAT_TOP, THREAT_FOOT = 402, 448
HEIGHT = 466
LABEL_GAP = 13.5
TOP_RUNG = 6
VISIBLE = 0.005
"""Difference in depth between a run and its twin that is told."""

STRIP = {
    "lever": ("lever", "levers", "accent"),
    "shock": ("M-4,-4 L4,-4 L0,4 Z", "shocks", "s1"),
    "relief": ("M-4,4 L4,4 L0,-4 Z", "reliefs", "s2"),
    "rumour": ("M-4,0 A4,4 0 1 0 4,0 A4,4 0 1 0 -4,0 Z", "rumours", "s3"),
    "treaty": ("M-4.5,0 L0,-4.5 L4.5,0 L0,4.5 Z", "in and out", "s7"),
    "other": ("M-3.5,-3.5 H3.5 V3.5 H-3.5 Z", "other", "s0"),
}
"""Rows of the timeline: shape of the mark, name, colour."""


def ties(scene: Scene, id_: str = "ties", title: str = "Depth and rung over time") -> Picture:
    """Depth above, the timeline in the middle, rungs below, then threat; one axis of months for all."""
    parts = [*_axes(scene), *_timeline(scene), *_threat(scene)]
    shown = [p for p in range(len(scene.world.treaties)) if _ever(scene, p)]
    parts += _fan(scene, shown)
    for p in shown:
        parts += _lines(scene, p, shown)
    parts += [*_dots(scene), *_names(scene)]
    now = _x(scene, max(scene.months - 1, 0))
    parts.append(line(now, DEPTH_TOP, now, THREAT_FOOT, class_="present"))
    if scene.reached is not None:
        parts += _preview(scene, now)
    return picture(id_, title, HEIGHT, parts, summary(scene))


def _preview(scene: Scene, until: float) -> list[str]:
    """What is shown ahead: veiled from the month that the run has reached."""
    since = _x(scene, max((scene.reached or 0) - 1, 0))
    panels = ((DEPTH_TOP, DEPTH_FOOT), (RUNG_TOP, RUNG_FOOT), (THREAT_TOP, THREAT_FOOT))
    veils = [
        tag("rect", x=since, y=float(top), width=until - since, height=float(foot - top), class_="ahead")
        for top, foot in panels
    ]
    return [*veils, text(since + 3, DEPTH_TOP + 10, "preview", class_="tiny muted halo")]


def _dots(scene: Scene) -> list[str]:
    """What a record says of the tie that is looked at: its rung each year, and the span of the codings."""
    p = scene.told()
    parts = []
    for dot in scene.dots:
        if p is None or scene.world.treaties[p] not in dot.treaties:
            continue
        x = _x(scene, dot.row)
        if dot.low != dot.high:
            parts.append(line(x, _rung_y(dot.low), x, _rung_y(dot.high), class_="coded"))
        parts.append(tag("circle", tip(dot.text), cx=x, cy=float(_rung_y(dot.rung)), r=3.0, class_="coded"))
    if parts:
        parts.append(text(RIGHT, RUNG_TOP - 11, "○ the record", class_="small muted end"))
    return parts


def summary(scene: Scene) -> str:
    """The deepest treaty and what the levers changed, in words."""
    running = scene.running()
    if not running:
        return f"{scene.date}: no treaty is in force."
    depth = scene.now("depth")
    deepest = max(running, key=lambda p: depth[p])
    words = (f"{scene.date}: {scene.treaty_name(deepest)} is the deepest of {len(running)} treaties in force, "
             f"depth {depth[deepest]:.2f} of 1.")  # fmt: skip
    return " ".join(filter(None, (words, against_twin(scene), _foretold(scene))))


def _foretold(scene: Scene) -> str:
    """Where the futures of one treaty end, in words."""
    p, fan = scene.told(), scene.fan
    bands = None if p is None or fan is None else fan.bands.get(scene.world.treaties[p])
    if p is None or fan is None or bands is None or not np.isfinite(bands["organs_median"][-1]):
        return ""
    low, middle, high = (bands[f"organs_{edge}"][-1] for edge in ("low_90", "median", "high_90"))
    since = scene.world.month(scene.world.opens + max(fan.months - 1, 0))
    end = scene.world.month(scene.world.opens + scene.scenario.months - 1)
    return (f"Shaded: 50 and 90 % of {fan.runs} futures of {scene.treaty_name(p)} after {since}; "
            f"where it is still in force in {end}, at rung {middle:.0f} ({low:.0f} to {high:.0f}).")  # fmt: skip


def against_twin(scene: Scene) -> str:
    """The largest differences in depth from the same seed without the levers."""
    before = scene.before("depth")
    if before is None:
        return ""
    change = scene.now("depth") - before
    told = [p for p in np.argsort(-np.abs(change), kind="stable")[:2] if abs(change[p]) >= VISIBLE]
    if not told:
        return (
            f"No depth differs visibly from {scene.beside}."
            if scene.beside
            else "The levers have changed no depth visibly yet."
        )
    words = ", ".join(f"{scene.treaty_name(int(p))} {change[p]:+.2f}" for p in told)
    return f"Against {scene.beside or 'the twin without levers'} (dashed grey): {words}."


def _x(scene: Scene, row: float) -> float:
    return LEFT + (RIGHT - LEFT) * row / max(scene.scenario.months - 1, 1)


def _depth_y(depth: Any) -> Any:
    return DEPTH_FOOT - (DEPTH_FOOT - DEPTH_TOP) * depth


def _rung_y(rung: Any) -> Any:
    return RUNG_FOOT - (RUNG_FOOT - RUNG_TOP) * rung / TOP_RUNG


def _ever(scene: Scene, p: int) -> bool:
    if scene.months == 0:
        return bool(scene.now("status")[p] == RUNNING)
    return bool((scene.trajectory.arrays["status"][: scene.months, p] == RUNNING).any())


def _axes(scene: Scene) -> list[str]:
    parts = [text(LEFT - 28, DEPTH_TOP - 11, "depth D, 0 to 1", class_="small muted"),
             text(LEFT - 28, RUNG_TOP - 11, "rung R, 0 to 6", class_="small muted")]  # fmt: skip
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _depth_y(share)
        parts += [line(LEFT, y, RIGHT, y, class_="grid"),
                  text(LEFT - 4, y + 4, f"{share:g}", class_="small muted end")]  # fmt: skip
    for level in range(TOP_RUNG + 1):
        y = _rung_y(level)
        parts.append(line(LEFT, y, RIGHT, y, class_="grid"))
        parts += [text(LEFT - 4, y + 4, str(level), class_="tiny muted end"),
                  text(RIGHT + 8, y + 3.5, f"{level} {RUNG_NAMES[level]}", class_="tiny muted")]  # fmt: skip
    for row, name in years(scene, 6):
        x = _x(scene, row)
        if LEFT <= x <= RIGHT:
            parts += [line(x, DEPTH_TOP, x, THREAT_FOOT, class_="grid"),
                      text(x, THREAT_FOOT + 15, name, class_="small muted middle")]  # fmt: skip
    return parts


def _threat(scene: Scene) -> list[str]:
    """The threat to the parties of one treaty, beneath the rungs that it moves."""
    p = scene.told()
    if p is None:
        return []
    felt = scene.threat_to(p)
    top = max(1.0, float(np.nanmax(felt))) if np.isfinite(felt).any() else 1.0
    parts = [text(LEFT - 28, THREAT_TOP - 9, f"threat to the parties of {scene.treaty_name(p)}, all sources", class_="small muted"),
             line(LEFT, THREAT_FOOT, RIGHT, THREAT_FOOT, class_="grid"),
             line(LEFT, THREAT_TOP, RIGHT, THREAT_TOP, class_="grid"),
             text(LEFT - 4, THREAT_FOOT + 4, "0", class_="small muted end"),
             text(LEFT - 4, THREAT_TOP + 4, f"{top:.1f}", class_="small muted end")]  # fmt: skip
    for first, end in runs(np.isfinite(felt)):
        xs = [_x(scene, row) for row in range(first, end)]
        ys = THREAT_FOOT - (THREAT_FOOT - THREAT_TOP) * felt[first:end] / top
        corners = points([xs[0], *xs, xs[-1]], [THREAT_FOOT, *ys.tolist(), THREAT_FOOT])
        parts.append(
            tag("polygon", tip(f"threat to the parties of {scene.treaty_name(p)}"), points=corners, class_="felt")
        )
    return parts


def _fan(scene: Scene, shown: list[int]) -> list[str]:
    """Where one treaty may go: the central 90 and 50 % of futures, and their median, from the month they part."""
    p, fan = scene.told(), scene.fan
    if p is None or fan is None:
        return []
    id_ = scene.world.treaties[p]
    parts = []
    if fan.twin and id_ in fan.twin:
        words = f"{fan.runs} futures of {scene.treaty_name(p)} without the levers"
        parts += _bands(scene, fan.twin[id_], fan.months, words, "var(--muted)", " of-twin")
    if id_ in fan.bands:
        words = f"{fan.runs} futures of {scene.treaty_name(p)} under the levers as they stand"
        parts += _bands(scene, fan.bands[id_], fan.months, words, hue(shown.index(p) if p in shown else 0))
    return parts


def _bands(
    scene: Scene, bands: Mapping[str, Floats], months: int, told: str, colour: str, whose: str = ""
) -> list[str]:
    parts = []
    last, words = max(months - 1, 0), tip(told)
    rows = np.arange(last, len(bands["practice_median"]))
    for quantity, height in (("practice", _depth_y), ("organs", _rung_y)):
        for first, end in runs(np.isfinite(bands[f"{quantity}_median"][last:])):
            at = rows[first:end]
            xs = [_x(scene, row) for row in at]
            for share in sorted(FUTURE_SHARES, reverse=True):
                low, high = (height(bands[f"{quantity}_{side}_{share}"][at]) for side in ("low", "high"))
                corners = points([*xs, *reversed(xs)], [*low.tolist(), *high[::-1].tolist()])
                parts.append(
                    tag("polygon", words, points=corners, style=f"fill:{colour}", class_=f"fan band{share}")
                )
            middle = points(xs, height(bands[f"{quantity}_median"][at]))
            parts.append(
                tag("polyline", words, points=middle, style=f"stroke:{colour}", class_=f"middle-way{whose}")
            )
    return parts


def _lines(scene: Scene, p: int, shown: list[int]) -> list[str]:
    """One treaty: its depth and rung, and the twin's where that differs."""
    chosen = p == scene.told()
    style = series(shown.index(p))
    # Rungs of several treaties coincide; a small offset keeps each line visible.
    lift = 0.5 * (shown.index(p) / max(len(shown) - 1, 1) - 0.5)
    parts = []
    if scene.twin is not None:
        parts += _ghost(scene, p, lift)
    data = {"class_": "series chosen" if chosen else "series", "style": style,
            "data_pick": f"treaty:{scene.world.treaties[p]}"}  # fmt: skip
    arrays = scene.trajectory.arrays
    for first, end in runs(arrays["status"][: scene.months, p] == RUNNING):
        xs = [_x(scene, row) for row in range(first, end)]
        words = tip(scene.treaty_name(p))
        depth = points(xs, _depth_y(arrays["depth"][first:end, p]))
        parts.append(tag("polyline", words, points=depth, **data))
        parts.append(tag("polyline", words, points=_stairs(xs, arrays["rung"][first:end, p] + lift), **data))
    return parts


def _ghost(scene: Scene, p: int, lift: float) -> list[str]:
    assert scene.twin is not None
    ours, twin = scene.trajectory.arrays, scene.twin.arrays
    months = min(scene.months, scene.twin.months)
    differs = (ours["depth"][:months, p] != twin["depth"][:months, p]) | (
        ours["rung"][:months, p] != twin["rung"][:months, p]
    )
    if not differs.any():
        return []
    begin = max(int(np.flatnonzero(differs)[0]) - 1, 0)
    parts = []
    for first, end in runs(twin["status"][begin:months, p] == RUNNING):
        rows = slice(begin + first, begin + end)
        xs = [_x(scene, row) for row in range(begin + first, begin + end)]
        words = tip(f"{scene.treaty_name(p)}, {scene.beside or 'without the levers'}")
        parts.append(tag("polyline", words, points=points(xs, _depth_y(twin["depth"][rows, p])), class_="ghost"))
        parts.append(tag("polyline", words, points=_stairs(xs, twin["rung"][rows, p] + lift), class_="ghost"))
    return parts


def _stairs(xs: list[float], rungs: np.ndarray) -> str:
    """A step line through rungs, with corners only where the rung changes."""
    kept = [0, *(int(n) + 1 for n in np.flatnonzero(np.diff(rungs)))]
    found: list[str] = []
    for n, start in enumerate(kept):
        y = _rung_y(float(rungs[start]))
        until = xs[kept[n + 1]] if n + 1 < len(kept) else xs[-1]
        found.append(f"{xs[start]:.1f},{y:.1f} {until:.1f},{y:.1f}")
    return " ".join(found)


def _names(scene: Scene) -> list[str]:
    """The treaties in force, named at the right in the order of their depths, with a piece of each line."""
    running = scene.running()
    shown = [p for p in range(len(scene.world.treaties)) if _ever(scene, p)]
    levels = [_depth_y(float(scene.now("depth")[p])) for p in running]
    heights = spread(levels, LABEL_GAP, DEPTH_TOP, DEPTH_FOOT + 14)
    parts = []
    for p, height in zip(running, heights, strict=True):
        id_, style = scene.world.treaties[p], series(shown.index(p))
        parts.append(line(RIGHT + 4, height, RIGHT + 18, height, class_="series", style=style))
        parts.append(text(RIGHT + 21, height + 3.5, scene.short_name(p), data_pick=f"treaty:{id_}", **REACHED,
                          class_="tiny pick chosen" if scene.chosen == id_ else "tiny pick"))  # fmt: skip
    return parts


def _timeline(scene: Scene) -> list[str]:
    """Marks by kind, the larger the stronger; those set on the page also as a line through all panels."""
    found = marks(scene)
    parts = []
    rows = [row for row in STRIP if row == "lever" or any(_row(mark) == row for mark in found)]
    for level, row in enumerate(rows):
        y = STRIP_TOP + STRIP_ROW * level
        parts.append(text(RIGHT + 8, y + 4, STRIP[row][1], class_="small muted"))
        parts += [_mark(scene, mark, row, y) for mark in found if _row(mark) == row]
    if scene.twin is not None:
        parts.append(
            text(
                RIGHT + 8,
                STRIP_TOP + STRIP_ROW * len(rows) + 4,
                f"dashed grey: {scene.beside or 'the twin'}",
                class_="small muted",
            )
        )
    return parts


def _row(mark: Mark) -> str:
    if mark.lever:
        return "lever"
    return mark.kind if mark.kind in STRIP else "other"


def _mark(scene: Scene, mark: Mark, row: str, y: float) -> str:
    shape, _, colour = STRIP[row]
    x = _x(scene, mark.row)
    if row == "lever":
        flag = line(x, DEPTH_TOP, x, THREAT_FOOT, tip(mark.text), class_="lever")
        return flag + tag("circle", tip(mark.text), cx=x, cy=float(y), r=4.5, fill=f"var(--{colour})",
                          class_="mark", data_lever=mark.kind)  # fmt: skip
    size = 0.6 + 0.7 * min(abs(mark.size), 1.0)
    return tag("path", tip(mark.text), d=shape, transform=f"translate({x:.1f},{y}) scale({size:.2f})",
               fill=f"var(--{colour})", class_="mark", data_mark=mark.kind)  # fmt: skip
