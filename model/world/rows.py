"""Rows of a design as worlds: which share their shape, what each changes, and which are impossible.

Most dotted paths name a number of a world, so that rows which differ in them run side by side. A path
that shapes the world itself (a date, a party, the horizon) needs a world of its own for each of its values.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    shapes = Shapes(scenario, list(design.columns), outcomes)
    groups, failures = shapes.sort(design)
    found: list[Lot] = []
    for key, points in groups.items():
        lot = shapes.lot(key)
        if isinstance(lot, str):
            failures += [Failure(int(point), lot) for point in points]
        else:
            found.append(replace(lot, points=points, columns=shapes.columns(design.loc[points])))
    return found, sorted(failures, key=lambda failure: failure.point)


class Shapes:
    """The worlds that rows with some columns (dotted paths) can need, each made once, whatever part of the rows is asked for.

    `shaping` are the columns that give a world another shape; a row's values there are its key. The others, `inside`, are
    numbers of a world. `outcomes` as in `lots`, which says what is raised.
    """

    def __init__(self, scenario: Scenario, columns: Sequence[str], outcomes: Sequence[str] | None) -> None:
        self.scenario, self.world = scenario, pack(scenario)
        self.inside = [path for path in columns if path in self.world.slots and limits(scenario, path) is not None]
        self.shaping = [path for path in columns if path not in self.inside]
        self.names = default_outcomes(self.world) if outcomes is None else list(outcomes)
        self._lots: dict[tuple[Any, ...], Lot | str] = {}
        if not self.shaping:
            measured = tuple(parse_outcomes(self.names, self.world))
            self._lots[()] = Lot(scenario, self.world, measured, np.empty(0, dtype=np.int64), {})

    def sort(self, design: pd.DataFrame) -> tuple[dict[tuple[Any, ...], np.ndarray], list[Failure]]:
        """The possible rows of each key, by their index and in the order of first rows, and those that no number allows."""
        failures, possible = _impossible(self.scenario, design, self.inside)
        kept = design[possible]
        if not self.shaping:
            return {(): kept.index.to_numpy(dtype=np.int64)}, failures
        groups = kept.groupby(self.shaping, sort=False, dropna=False)
        # One column gives keys of one value.
        return {
            key if isinstance(key, tuple) else (key,): rows.index.to_numpy(dtype=np.int64) for key, rows in groups
        }, failures

    def lot(self, key: tuple[Any, ...]) -> Lot | str:
        """The world of a key, as a lot without rows, or why there is none."""
        if key not in self._lots:
            pairs = zip(self.shaping, key, strict=True)
            try:
                own = load_scenario(
                    self.scenario, {path: leaf_value(self.scenario, path, value) for path, value in pairs}
                )
                shape = pack(own)
                measured = tuple(parse_outcomes(self.names, shape))
                self._lots[key] = Lot(own, shape, measured, np.empty(0, dtype=np.int64), {})
            except InputError as error:
                self._lots[key] = str(error)
        return self._lots[key]

    def columns(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """The numbers of some rows inside their world."""
        return {path: rows[path].to_numpy(dtype=float) for path in self.inside}

    def surely(self, path: str, low: float, high: float, whole: bool) -> bool:
        """Whether all values of a column from `low` to `high` are possible; `whole` tells that they are those two alone."""
        allowed = limits(self.scenario, path) if path in self.inside else None
        fits = allowed is not None and allowed.low <= low and high <= allowed.high
        return fits and allowed is not None and (whole or allowed.kind == "number")


def _impossible(scenario: Scenario, design: pd.DataFrame, inside: list[str]) -> tuple[list[Failure], np.ndarray]:
    """Rows with a value outside the bounds of its path, told by the sentence that a scenario file would get."""
    possible = np.ones(len(design), dtype=bool)
    failures: list[Failure] = []
    for path in inside:
        wrong = possible & ~_within(design[path], limits(scenario, path))
        for point in np.flatnonzero(wrong):
            failures.append(
                Failure(int(design.index[int(point)]), _sentence(scenario, path, design[path].iloc[point]))
            )
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
