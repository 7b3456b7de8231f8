"""From factors to dotted paths: a factor that stands for a whole scenario, and one that acts on nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from entente.errors import InputError, shown
from entente.schema.load import load_scenario
from entente.schema.paths import leaf, numeric_leaves
from entente.schema.scenario import Scenario
from entente.schema.study import DUMMY, Study

from .points import Chosen, Held, Points

_WORDS = {"name", "summary"}


def differences(scenario: Scenario, other: str, folder: Path) -> dict[str, Any]:
    """The numbers and switches that `other` sets unlike `scenario`, by dotted path.

    Raises `InputError` where the two differ in more than numbers, so that no set of paths can stand for `other`.
    """
    path = str(folder / other) if other.endswith((".yaml", ".yml")) else other
    far = load_scenario(path, {"months": scenario.months})
    names = [*numeric_leaves(scenario), *numeric_leaves(far)]
    found = {
        name: _value(far, name) for name in dict.fromkeys(names) if _value(far, name) != _value(scenario, name)
    }
    there = load_scenario(scenario, found)
    if _numbers(there) != _numbers(far):
        raise InputError(f"{shown(other)}: differs from {scenario.name} in more than numbers")
    return found


def _value(scenario: Scenario, path: str) -> Any:
    """The number at a path; a key that a map does not name is 0 there."""
    try:
        return leaf(scenario, path)
    except KeyError:
        return 0.0


def _numbers(scenario: Scenario) -> Any:
    """What acts in a scenario: everything but names, sources of values, and zeros that a map need not name."""

    def acting(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: acting(item) for key, item in value.items() if key not in {*_WORDS, "citation", "text"}}
            return {key: item for key, item in kept.items() if item not in (0, None) or isinstance(item, bool)}
        return value

    return acting(scenario.model_dump())


def settings(study: Study, scenario: Scenario, points: Points, folder: Path) -> Points:
    """What each point of a design sets, one column a dotted path: the design itself, unless it has a factor that is no
    path; then it is held in memory. Factors that set the same path are refused with an `InputError`."""
    bundles = {name: factor.scenarios for name, factor in study.factors.items() if factor.scenarios is not None}
    paths = Chosen(points, [name for name in points.columns if name not in (DUMMY, *bundles)])
    if not bundles:
        return paths
    design = points.whole()
    rows = design[paths.columns].copy()
    owner: dict[str, str] = {}
    for name, levels in bundles.items():
        sets = {level: differences(scenario, level, folder) for level in levels}
        for path in dict.fromkeys(path for values in sets.values() for path in values):
            other = path if path in study.factors else owner.get(path)
            if other is not None:
                raise InputError(f"factors.{name}: sets {path}, which factors.{other} sets too")
            owner[path] = name
            usual = rows[path] if path in rows.columns else pd.Series(_value(scenario, path), index=rows.index)
            rows[path] = [sets[level].get(path, value) for level, value in zip(design[name], usual, strict=True)]
    return Held(rows)
