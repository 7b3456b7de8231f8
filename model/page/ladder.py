"""The ladder of institutions with every treaty on its rung."""

from __future__ import annotations

from .palette import rung as rung_colour
from .scene import Scene
from .svg import REACHED, WIDTH, Picture, line, picture, tag, text, tip

LEFT = 134
TOP, ROW = 8, 55.0
CHIP_HIGH, CHIP_GAP = 15.0, 3.0
LETTER = 5.0
"""Width of a letter in a chip."""

RUNGS = (
    ("nothing",),
    ("declaration or", "non-aggression"),
    ("duty to consult or", "confidence-building"),
    ("recurring coordination:", "charter, summits"),
    ("permanent organ, joint", "exercises, staff talks"),
    ("standing joint forces,", "joint staff, treaty bases"),
    ("integrated command", "in peacetime"),
)
"""What each rung holds, practice and not only text (after Leeds and Anac 2005)."""
REFERENCES = {6: "reference: NATO", 0: "reference: no treaty"}
"""Well-known marks at both ends of the ladder."""


def ladder(scene: Scene) -> Picture:
    """Rungs from the bottom up; a chip is a treaty, with its rung at the start where it moved, its promise, its depth."""
    parts: list[str] = []
    for level, words in enumerate(RUNGS):
        parts += _rung(scene, level, words)
    return picture("ladder", "The ladder", TOP + ROW * len(RUNGS) + 18, [*parts, *_legend()], summary(scene))


def summary(scene: Scene) -> str:
    """How many treaties stand on each rung, and which have moved, in words."""
    running, rungs = scene.running(), scene.now("rung")
    if not running:
        return f"{scene.date}: no treaty is in force."
    counts = [(level, sum(int(rungs[p]) == level for p in running)) for level in range(6, -1, -1)]
    words = ", ".join(f"{count} on rung {level}" for level, count in counts if count)
    moved = [
        f"{scene.treaty_name(p)} from {first_rung(scene, p)} to {int(rungs[p])}"
        for p in running
        if first_rung(scene, p) != int(rungs[p])
    ]
    told = f" Moved since the start: {'; '.join(moved)}." if moved else " None has moved since the start."
    return f"{scene.date}: {words}.{told}"


def first_rung(scene: Scene, p: int) -> int:
    """The rung on which a treaty began: at the start of the run, or when it was signed."""
    start = scene.world.bodies[p].opening
    if start is not None:
        return start.rung
    status = scene.trajectory.arrays["status"][: scene.months, p]
    begun = [int(n) for n in (status == 1).nonzero()[0][:1]]
    return int(scene.trajectory.arrays["rung"][begun[0], p]) if begun else int(scene.now("rung")[p])


def _rung(scene: Scene, level: int, words: tuple[str, ...]) -> list[str]:
    foot = TOP + ROW * (len(RUNGS) - level)
    parts = [line(0, foot, WIDTH, foot, class_="grid"),
             tag("rect", x=0, y=foot - ROW + 6, width=5, height=ROW - 10, fill=rung_colour(level)),
             text(12, foot - ROW / 2 + 6, str(level), class_="strong")]  # fmt: skip
    parts += [text(26, foot - ROW / 2 + 5 + 11 * (n - len(words) / 2 + 0.5), w, class_="tiny muted")
              for n, w in enumerate(words)]  # fmt: skip
    x, y = float(LEFT), foot - ROW + 4
    for p in scene.running():
        if int(scene.now("rung")[p]) != level:
            continue
        start = first_rung(scene, p)
        words_ = scene.treaty_name(p) + (f" ({start}→{level})" if start != level else "")
        wide = LETTER * len(words_) + 12
        if x + wide > WIDTH and x > LEFT:
            x, y = float(LEFT), y + CHIP_HIGH + CHIP_GAP
        parts += _chip(scene, p, words_, x, y, wide)
        x += wide + CHIP_GAP
    if level in REFERENCES:
        parts.append(text(WIDTH - 4, foot - 4, REFERENCES[level], class_="tiny muted end"))
    return parts


def _chip(scene: Scene, p: int, words: str, x: float, y: float, wide: float) -> list[str]:
    id_, depth = scene.world.treaties[p], float(scene.now("depth")[p])
    told = tip(f"{scene.treaty_name(p)}: rung {int(scene.now('rung')[p])}, depth {depth:.2f}, "
               f"obligation {int(scene.now('obligation')[p])} of 4")  # fmt: skip
    chosen = " chosen" if scene.chosen == id_ else ""
    data = {"data_pick": f"treaty:{id_}", **REACHED}
    return [tag("rect", told, x=x, y=y, width=wide, height=CHIP_HIGH, rx=3, class_=f"chip{chosen}", **data),
            tag("rect", x=x, y=y + CHIP_HIGH - 2, width=wide * depth, height=2, class_="practised"),
            text(x + 5, y + 10.5, words, class_=f"tiny still{chosen}")]  # fmt: skip


def _legend() -> list[str]:
    y = TOP + ROW * len(RUNGS) + 13
    return [text(LEFT, y, "bar beneath: depth of practice; (5→4): rung at the start and now", class_="tiny muted")]
