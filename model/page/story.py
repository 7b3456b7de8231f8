"""What happened, in dated sentences, and where the tie that is looked at stands, in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

from entente.engines.interactive.treaty import RUNNING
from entente.month.ladder import RUNG_NAMES
from entente.schema.base import MONTHS_IN_YEAR
from entente.telling.story import Event, events_of
from entente.telling.why import cause_of, head_of, names_of

from .scene import Scene

TOLD = ("signing", "rung up", "rung down", "entry", "exit", "end", "rift", "reconciliation")
"""What is told of treaties; consultations, payments and renewals would bury it."""
FELT = {"shock": "a shock of", "relief": "a relief of", "rumour": "a rumour of"}
LEAST_SHOCK = 0.3
"""Size from which a shock that arrives at random is told; dated ones all are."""
AT_RANDOM = "a random arrival"
MUCH = 0.05
"""Difference in threat over a year that is told as a rise or a fall."""


@dataclass(frozen=True)
class Line:
    """Something that happened: month, what in a few words, by what, the id of the treaty concerned, the kind of event."""

    month: str
    text: str
    cause: str
    treaty: str
    kind: str


class Story:
    """The lines of a run so far; each month is told once, and all anew when `edition` is another."""

    def __init__(self) -> None:
        self._edition: Any = None
        self._rows = 0
        self._lines: list[Line] = []

    def lines(self, scene: Scene, edition: Any) -> list[Line]:
        """What happened up to the month of a scene, the earliest first."""
        if edition != self._edition:
            self._edition, self._rows, self._lines = edition, 0, []
        for row in range(self._rows, scene.months):
            self._lines += _told(scene, events_of(scene.world, scene.trajectory, row))
        self._rows = max(self._rows, scene.months)
        return [line for line in self._lines if line.month <= scene.date]


def _told(scene: Scene, events: Iterable[Event]) -> Iterator[Line]:
    """Of one month: those who join or leave a treaty together are told together."""
    kept = [event for event in events if event.kind in TOLD or _felt(event)]
    for (kind, treaty), some in groupby(kept, lambda event: (event.kind, event.treaty)):
        each = list(some)
        if kind in {"entry", "exit"}:
            each = [replace(each[0], parties=" ".join(event.parties for event in each))]
        for event in each:
            yield _threat(scene, event) if kind in FELT else _of_treaty(scene, event, treaty)


def _felt(event: Event) -> bool:
    return event.kind in FELT and (event.rule != AT_RANDOM or abs(event.after) >= LEAST_SHOCK)


def _of_treaty(scene: Scene, event: Event, treaty: str) -> Line:
    name = f"{scene.scenario.treaties[treaty].name}: " if treaty else ""
    head = head_of(scene.scenario, event)
    if event.kind.startswith("rung"):
        head += f", {RUNG_NAMES[int(event.after)]}"
    cause = event.lost or cause_of(scene.scenario, event).lstrip(":; ")
    return Line(event.month, f"{name}{head}", cause, treaty, event.kind)


def _threat(scene: Scene, event: Event) -> Line:
    name = scene.scenario.sources[event.source].name if event.source else names_of(scene.scenario, event.parties)
    return Line(event.month, f"{name}: {FELT[event.kind]} {abs(event.after):.2f}", event.rule, "", event.kind)


def headline(scene: Scene) -> str:
    """Where the tie stands that is looked at, since when, and how threatened its parties are, in one sentence."""
    p = scene.told()
    if p is None:
        return "No treaty is in force."
    name = scene.treaty_name(p)
    if scene.now("status")[p] != RUNNING:
        return f"{name} is not in force."
    rung = int(scene.now("rung")[p])
    stands = f"{name}: rung {rung}, {RUNG_NAMES[rung]}"
    if scene.months == 0:
        return f"{stands}, as it sets out."
    return f"{stands}{_since(scene, p)}; {_threatened(scene.threat_to(p))}."


def _since(scene: Scene, p: int) -> str:
    rungs = scene.trajectory.arrays["rung"][: scene.months, p]
    ran = scene.trajectory.arrays["status"][: scene.months, p] == RUNNING
    moves = np.flatnonzero((rungs[1:] != rungs[:-1]) & ran[1:] & ran[:-1])
    if not len(moves):
        return ""
    row = int(moves[-1]) + 1
    way = "up" if rungs[row] > rungs[row - 1] else "down"
    return f", {way} from {int(rungs[row - 1])} in {scene.world.month(scene.world.opens + row)}"


def _threatened(felt: np.ndarray) -> str:
    now = float(felt[-1])
    before = felt[-1 - MONTHS_IN_YEAR] if len(felt) > MONTHS_IN_YEAR else np.nan
    words = f"threat to its parties {now:.2f}"
    if not np.isfinite(before):
        return words
    if abs(now - before) < MUCH:
        return f"{words}, much as a year before"
    return f"{words}, {'up' if now > before else 'down'} from {before:.2f} a year before"
