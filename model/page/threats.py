"""Perceived threat: every state by every source, as it is felt this month, and what the levers changed."""

from __future__ import annotations

import numpy as np

from .scene import Scene
from .svg import Picture, picture, tag, text, tip

LEFT, RIGHT, TOP, FOOT = 78, 432, 104, 34
ROOM = 424
STRONGEST = 1.0
"""Perceived threat, as intensity, that fills a cell; it can go up to 2."""
PALEST = 0.04
VISIBLE = 0.005
LONGEST_NAME = 20
ROW_RANGE = (18.0, 34.0)


def threats(scene: Scene) -> Picture:
    """A table of cells, the darker the stronger; an arrow where levers raised or lowered it."""
    felt, before = scene.now("perception"), scene.before("perception")
    states, sources = felt.shape
    wide = (RIGHT - LEFT) / max(sources, 1)
    high = min(max((ROOM - TOP - FOOT) / max(states, 1), ROW_RANGE[0]), ROW_RANGE[1])
    parts = []
    for k in range(sources):
        x = LEFT + wide * (k + 0.5)
        name = scene.source_name(k)
        short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        parts.append(text(0, 0, short, class_="small", transform=f"translate({x - 4:.1f},{TOP - 6}) rotate(-58)"))
    for i in range(states):
        y = TOP + high * i
        parts.append(text(LEFT - 6, y + high / 2 + 4, scene.state_name(i), class_="small end"))
        for k in range(sources):
            change = None if before is None else float(felt[i, k] - before[i, k])
            parts.append(_cell(scene, i, k, float(felt[i, k]), change, (LEFT + wide * k, y, wide, high)))
    parts += _legend(TOP + high * states + 16)
    return picture(
        "threats", "Perceived threat, state by source", TOP + high * states + FOOT, parts, summary(scene)
    )


def summary(scene: Scene) -> str:
    """The strongest fears, and the largest change by the levers, in words."""
    felt, before = scene.now("perception"), scene.before("perception")
    order = [divmod(int(n), felt.shape[1]) for n in np.argsort(-felt, axis=None, kind="stable")[:3]]
    told = [f"{scene.state_name(i)}, {scene.source_name(k)} {felt[i, k]:.2f}" for i, k in order if felt[i, k]]
    words = f"{scene.date}: felt most: {'; '.join(told)}." if told else f"{scene.date}: no threat is perceived."
    if before is not None and felt.size:
        change = felt - before
        i, k = divmod(int(np.abs(change).argmax()), felt.shape[1])
        if abs(change[i, k]) >= VISIBLE:
            words += (f" The levers changed most what {scene.state_name(i)} feels about "
                      f"{scene.source_name(k)}: {change[i, k]:+.2f}.")  # fmt: skip
    return words


def strength(value: float) -> float:
    """How full a cell is drawn, 0..1."""
    return PALEST + (1 - PALEST) * min(max(value / STRONGEST, 0.0), 1.0)


def _cell(
    scene: Scene, i: int, k: int, value: float, change: float | None, box: tuple[float, float, float, float]
) -> str:
    x, y, wide, high = box
    words = f"{scene.state_name(i)}, {scene.source_name(k)}: {value:.3f}"
    arrow = ""
    if change is not None and abs(change) >= VISIBLE:
        words += f", {change:+.3f} by the levers"
        arrow = "▲" if change > 0 else "▼"
    rect = tag("rect", tip(words), x=x + 1, y=y + 1, width=wide - 2, height=high - 2, rx=2, class_="heat",
               style=f"fill-opacity:{strength(value):.3f}", data_cell=f"{scene.world.states[i]}|{scene.world.sources[k]}",
               data_value=f"{value:.4f}")  # fmt: skip
    number = text(x + wide / 2, y + high / 2 + 4, f"{value:.2f}{arrow}"[1 if value < 1 else 0 :],
                  class_="small middle quiet" if value < PALEST else "small middle still")  # fmt: skip
    return rect + number


def _legend(y: float) -> list[str]:
    parts = [text(LEFT, y + 8, "0", class_="tiny muted end", dx=-4)]
    for n in range(10):
        parts.append(tag("rect", x=LEFT + 12.0 * n, y=y, width=12, height=9, class_="heat",
                         style=f"fill-opacity:{strength(n / 9):.2f}"))  # fmt: skip
    parts += [text(LEFT + 124, y + 8, "1 and more (intensity, 0 to 2)", class_="tiny muted"),
              text(RIGHT, y + 8, "▲ ▼ by the levers", class_="tiny muted end")]  # fmt: skip
    return parts
