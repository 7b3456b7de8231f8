"""What the pictures of one month are drawn from: arrays of the run so far, of its twin, and the marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from entente.engines.interactive.treaty import ABSENT, ENDED, RUNNING
from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.intervention import Concession, Offer, Rift, Threat, Weakness
from entente.schema.scenario import Scenario, acting_at
from entente.world.draws import Floats
from entente.world.pack import World
from entente.world.trajectory import Trajectory, quantities

from .fan import Fan
from .record import Dot

MULTILATERAL = 3
"""Parties from which on a treaty is drawn as a shape around them, rather than as a line."""


@dataclass(frozen=True)
class Scene:
    """One month of a run.

    `months` counts the months recorded so far; before the first, `opening` holds what is known of the
    world as it sets out. `twin` is the same seed without the levers, None where there are none; `levers`
    names the interventions that were set on the page; `chosen` is the id of a treaty, two ids of states
    joined by a bar, or empty. `fan` are futures from some month of this run, None where none are known. `reached` counts the months that
    have been run where others are shown that are still to come, else None. `dots` are what a record says happened. `beside` names
    what `twin` is where it is not the same seed without levers.
    """

    scenario: Scenario
    world: World
    months: int
    trajectory: Trajectory
    opening: Mapping[str, Floats]
    twin: Trajectory | None = None
    levers: frozenset[str] = frozenset()
    chosen: str = ""
    fan: Fan | None = None
    reached: int | None = None
    dots: Sequence[Dot] = ()
    beside: str = ""
    _now: dict[str, Floats] = field(default_factory=dict)

    @property
    def date(self) -> str:
        """The last month run, `YYYY-MM`; before the first step the month before the start."""
        return self.world.month(self.world.opens + self.months - 1)

    def now(self, name: str) -> Floats:
        """A recorded quantity as it stands this month."""
        if self.months == 0:
            return self.opening[name]
        values: Floats = self.trajectory.arrays[name][self.months - 1]
        return values

    def before(self, name: str) -> Floats | None:
        """A recorded quantity of the twin this month, None without one or before the first month."""
        if self.twin is None or self.months == 0 or self.twin.months < self.months:
            return None
        values: Floats = self.twin.arrays[name][self.months - 1]
        return values

    def running(self) -> list[int]:
        """Indices of the treaties in force."""
        return [int(p) for p in np.flatnonzero(self.now("status") == RUNNING)]

    def members(self, p: int) -> list[int]:
        """Indices of the parties of a treaty."""
        return [int(i) for i in np.flatnonzero(self.now("member")[p])]

    def treaty_name(self, p: int) -> str:
        return self.scenario.treaties[self.world.treaties[p]].name

    def short_name(self, p: int, most: int = 24) -> str:
        """The name of a treaty for a narrow place: without the word itself, and cut at `most` letters."""
        short = self.treaty_name(p).replace(" treaty", "").replace(" Treaty", "")
        return short if len(short) <= most else short[: most - 1] + "…"

    def state_name(self, i: int) -> str:
        return self.scenario.states[self.world.states[i]].name

    def source_name(self, k: int) -> str:
        return self.scenario.sources[self.world.sources[k]].name

    def told(self) -> int | None:
        """The treaty of which most is told: the chosen one, else the scenario's focus, else the first in force."""
        known = self.world.treaties
        for id_ in (self.chosen, self.scenario.focus):
            if id_ in known:
                return known.index(str(id_))
        running = self.running()
        return running[0] if running else None

    def threat_to(self, p: int) -> Floats:
        """Mean over the parties of a treaty of the threats within its scope, by month; NaN where it has no party."""
        arrays, months = self.trajectory.arrays, self.months
        felt = arrays["perception"][:months] @ self.world.numbers["scope"][p]
        member = arrays["member"][:months, p]
        with np.errstate(invalid="ignore"):
            found: Floats = (felt * member).sum(axis=1) / member.sum(axis=1)
        return found

    def ties(self) -> list[tuple[int, int, float, int]]:
        """Every pair that shares a treaty: both states, dyad index (E16), highest rung."""
        depth, rung, member = self.now("depth"), self.now("rung"), self.now("member")
        found = []
        for a in range(len(self.world.states)):
            for b in range(a + 1, len(self.world.states)):
                shared = [p for p in self.running() if member[p, a] and member[p, b]]
                if shared:
                    left = 1.0
                    for p in shared:
                        left *= 1.0 - float(depth[p])
                    found.append((a, b, 1.0 - left, max(int(rung[p]) for p in shared)))
        return found


@dataclass(frozen=True)
class Mark:
    """Something on the timeline: row of the recorded run (months from its start), kind, size, words."""

    row: int
    kind: str
    size: float
    text: str
    lever: bool


def marks(scene: Scene) -> list[Mark]:
    """Dated interventions of the run up to now, random arrivals of shocks, and what befell the treaties."""
    found = [*_dated(scene), *_arrivals(scene), *_treaty_marks(scene)]
    return sorted(found, key=lambda mark: (mark.row, mark.kind))


def _dated(scene: Scene) -> list[Mark]:
    start = month_number(scene.scenario.start)
    found: list[Mark] = []
    for id_, act in sorted(scene.scenario.interventions.items()):
        row = month_number(act.month) - start
        if not 0 <= row <= scene.months:
            continue
        kind: str = act.kind
        size = 1.0
        if isinstance(act, Threat | Weakness | Rift):
            size = scene.scenario.behaviour.size if act.size is None else act.size
            if act.kind == "shock" and size * (sum(act.weights.values()) if act.weights else 1.0) < 0:
                kind = "relief"
            elif act.kind == "rift" and size < 0:
                kind = "reconciliation"
        elif isinstance(act, Offer):
            size = act.size
        elif isinstance(act, Concession):
            size = act.share
        found.append(Mark(row, kind, size, f"{act.month} {act.text or id_}", id_ in scene.levers))
    return found


def _arrivals(scene: Scene) -> list[Mark]:
    """Shocks that arrived at random; where a mechanism adds some every month, none is marked."""
    if acting_at(scene.scenario, "shock"):
        return []
    dated = {(act.month, act.source) for act in scene.scenario.interventions.values() if isinstance(act, Threat)}
    shock = scene.trajectory.arrays["shock"][: scene.months]
    found = []
    for row, k in zip(*np.nonzero(shock > 0), strict=True):
        month, size = scene.world.month(scene.world.opens + int(row)), float(shock[row, k])
        if (month, scene.world.sources[k]) not in dated:
            words = f"{month} {scene.source_name(int(k))}: a shock of {size:.2f} arrives"
            found.append(Mark(int(row), "shock", size, words, False))
    return found


def _treaty_marks(scene: Scene) -> list[Mark]:
    """Signings and ends of treaties, and parties that joined or left one."""
    status = scene.trajectory.arrays["status"][: scene.months]
    member = scene.trajectory.arrays["member"][: scene.months]
    found = []
    for before, p in zip(*np.nonzero(status[1:] != status[:-1]), strict=True):
        row = int(before) + 1
        words = "is signed" if status[row, p] == RUNNING else "ends"
        month = scene.world.month(scene.world.opens + row)
        found.append(Mark(row, "treaty", 1.0, f"{month} {scene.treaty_name(int(p))} {words}", False))
    for before, p, i in zip(*np.nonzero(member[1:] != member[:-1]), strict=True):
        row = int(before) + 1
        if status[row, p] == status[row - 1, p]:
            words = "joins" if member[row, p, i] else "leaves"
            month = scene.world.month(scene.world.opens + row)
            told = f"{month} {scene.state_name(int(i))} {words} {scene.treaty_name(int(p))}"
            found.append(Mark(row, "treaty", 1.0, told, False))
    return found


def years(scene: Scene, most: int) -> list[tuple[int, str]]:
    """Rows and names of the Januaries that label a time axis, at most `most` of them."""
    start = month_number(scene.scenario.start)
    first = -(-start // MONTHS_IN_YEAR)
    last = (start + scene.scenario.months) // MONTHS_IN_YEAR
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s < most), 100)
    return [(y * MONTHS_IN_YEAR - start, str(y)) for y in range(first, last + 1) if y % step == 0]


def opening(world: World) -> dict[str, Floats]:
    """What a scenario declares about the moment before its first month; what it does not is 0."""
    sizes = {"s": len(world.states), "k": len(world.sources), "t": len(world.treaties)}
    values = {
        name: np.zeros(tuple(sizes[axis] for axis in quantity.over))
        for name, quantity in quantities(world.mechanisms).items()
    }
    values["capability"] += world.numbers["capability"][world.opens // MONTHS_IN_YEAR]
    values["status"] += ABSENT
    for p, body in enumerate(world.bodies):
        if body.opening is None:
            continue
        values["status"][p] = RUNNING
        values["rung"][p] = body.opening.rung
        values["depth"][p] = body.opening.practice(world.scenario.institution.steps)
        values["mistrust"][p] = body.opening.mistrust
        values["obligation"][p] = world.numbers["obligation"][p]
        values["member"][p, list(body.opening.members)] = 1
        if body.predecessor >= 0:
            values["status"][body.predecessor] = ENDED
    return values
