"""Rows of a design as worlds: which share their shape, what each changes, and which are impossible.

Most dotted paths name a number of a world, so that rows which differ in them run side by side. A path
that shapes the world itself (a date, a party, the horizon) needs a world of its own for each of its values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import InputError
from entente.schema.load import load_scenario
from entente.schema.paths import Limits, limits
from entente.schema.scenario import Scenario

from .draws import Floats
from .outcomes import Outcome, default_outcomes, parse_outcomes
from .pack import World, pack


@dataclass(frozen=True)
class Lot:
    """Rows that share a world: what is measured of it, their numbers in the design, and what each changes."""

    scenario: Scenario
    world: World
    measured: tuple[Outcome, ...]
    points: np.ndarray
    columns: dict[str, Floats]

    def scenario_of(self, row: int) -> Scenario:
        """The scenario of one of the rows."""
        changes = {path: leaf_value(self.scenario, path, values[row]) for path, values in self.columns.items()}
        return load_scenario(self.scenario, changes)

    def part(self, rows: np.ndarray) -> dict[str, Floats]:
        """The columns of some of the rows."""
        return {path: values[rows] for path, values in self.columns.items()}


@dataclass(frozen=True)
class Failure:
    """A row that cannot run, and why."""

    point: int
    message: str


def lots(
    scenario: Scenario, design: pd.DataFrame, outcomes: Sequence[str] | None
) -> tuple[list[Lot], list[Failure]]:
    """Sort the rows of a design (one column a dotted path) into lots, in the order of their first rows.

    `outcomes` (none: depth and rung of every treaty) are looked up in each world, since worlds differ in
    what they hold. Raises `InputError` for an outcome that is none in the scenario itself, unless rows
    give the world another shape, and then it is they that fail.
    """
    world = pack(scenario)
    inside = [path for path in design.columns if path in world.slots and limits(scenario, path) is not None]
    shaping = [path for path in design.columns if path not in inside]
    names = default_outcomes(world) if outcomes is None else list(outcomes)
    measured = () if shaping else tuple(parse_outcomes(names, world))
    failures, possible = _impossible(scenario, design, inside)
    found: list[Lot] = []
    kept = design[possible]
    groups = kept.groupby(shaping, sort=False, dropna=False) if shaping else [((), kept)]
    for key, rows in groups:
        points = rows.index.to_numpy(dtype=np.int64)
        values = key if isinstance(key, tuple) else (key,)
        changes = {path: leaf_value(scenario, path, value) for path, value in zip(shaping, values, strict=True)}
        try:
            own = load_scenario(scenario, changes) if changes else scenario
            shape = pack(own) if changes else world
            found_there = tuple(parse_outcomes(names, shape)) if changes else measured
        except InputError as error:
            failures += [Failure(int(point), str(error)) for point in points]
            continue
        columns = {path: rows[path].to_numpy(dtype=float) for path in inside}
        found.append(Lot(own, shape, found_there, points, columns))
    return found, sorted(failures, key=lambda failure: failure.point)


def _impossible(scenario: Scenario, design: pd.DataFrame, inside: list[str]) -> tuple[list[Failure], np.ndarray]:
    """Rows with a value outside the bounds of its path, told by the sentence that a scenario file would get."""
    possible = np.ones(len(design), dtype=bool)
    failures: list[Failure] = []
    for path in inside:
        wrong = possible & ~_within(design[path], limits(scenario, path))
        for point in np.flatnonzero(wrong):
            failures.append(Failure(int(point), _sentence(scenario, path, design[path].iloc[point])))
        possible &= ~wrong
    return failures, possible


def _within(column: pd.Series, allowed: Limits | None) -> np.ndarray:
    assert allowed is not None
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        fine = (values >= allowed.low) & (values <= allowed.high)
        if allowed.kind != "number":
            fine &= values == np.rint(values)
    return np.asarray(fine)


def _sentence(scenario: Scenario, path: str, value: Any) -> str:
    try:
        load_scenario(scenario, {path: leaf_value(scenario, path, value)})
    except InputError as error:
        return str(error)
    return f"{path}: {value!r}: must be a number within the bounds of this path"


def leaf_value(scenario: Scenario, path: str, value: Any) -> Any:
    """A value of a table as a scenario file would hold it: 4.0 is 4 where the path takes whole numbers."""
    plain = value.item() if hasattr(value, "item") else value
    allowed = limits(scenario, path)
    if allowed is None or isinstance(plain, bool) or not isinstance(plain, float | int):
        return plain
    if not math.isfinite(plain) or plain != int(plain):
        return plain
    return {"whole": int, "switch": bool, "number": float}[allowed.kind](plain)
