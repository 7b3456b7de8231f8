"""SVG as text: elements, scales and axes. Colours are names of the style sheet, so that themes can differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

WIDTH = 480
"""Width of every picture in its own units; a unit is about a pixel where two stand beside each other."""


@dataclass(frozen=True)
class Picture:
    """A drawn view: id, heading, SVG, and the same in words."""

    id: str
    title: str
    svg: str
    summary: str


REACHED = {"tabindex": "0", "role": "button"}
"""What makes an element with `data-pick` one that the keyboard reaches; where several stand for a thing, one is enough."""


def tag(name: str, content: str = "", **attributes: Any) -> str:
    """An element; `class_` and `data_pick` become `class` and `data-pick`, None is left out."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{words}>{content}</{name}>" if content else f"<{name}{words}/>"


def _value(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else escape(str(value), quote=True)


def text(x: float, y: float, words: str, **attributes: Any) -> str:
    return tag("text", escape(words), x=float(x), y=float(y), **attributes)


def tip(words: str) -> str:
    """What is shown under the pointer."""
    return tag("title", escape(words))


def line(x1: float, y1: float, x2: float, y2: float, content: str = "", **attributes: Any) -> str:
    return tag("line", content, x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), **attributes)


def points(xs: Iterable[float], ys: Iterable[float]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))


def runs(kept: Any) -> list[tuple[int, int]]:
    """Stretches of true values in a list of truths, as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(kept, dtype=int), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def spread(levels: list[float], gap: float, low: float, high: float) -> list[float]:
    """Positions moved apart so that none stands nearer than `gap` to the next, in order, inside low..high."""
    order = sorted(range(len(levels)), key=lambda n: levels[n])
    placed = list(levels)
    last = low - gap
    for n in order:
        placed[n] = last = max(placed[n], last + gap)
    last = high + gap
    for n in reversed(order):
        placed[n] = last = min(placed[n], last - gap)
    return placed


def picture(id_: str, title: str, height: float, parts: Iterable[str], summary: str) -> Picture:
    """Put elements into a picture of the common width; `summary` is also what a screen reader says."""
    body = tip_free(title, summary) + "".join(parts)
    svg = tag("svg", body, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {height:g}", role="group",
              aria_labelledby=f"{id_}-title")  # fmt: skip
    return Picture(id_, title, svg.replace("<desc", f'<desc id="{id_}-title"', 1), summary)


def tip_free(title: str, summary: str) -> str:
    """A description for screen readers that is not shown under the pointer."""
    return tag("desc", escape(f"{title}. {summary}"))
