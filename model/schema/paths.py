"""Dotted paths: every leaf of a scenario has one, the same in files, on the command line and in studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, nextafter
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from entente.month.declare import bounds

from .scenario import Scenario

# Declared as whole numbers or dates, these shape a run; they cannot differ inside one.
_STRUCTURAL = {"months", "seed"}
_STRUCTURAL_PARTS = {"opening", "place", "parties", "candidates", "leads", "interventions", "inherits", "codes"}


def leaf(root: Any, path: str) -> Any:
    """The value at a dotted path of a scenario. Raises KeyError where there is none."""
    here = root
    for part in path.split("."):
        if isinstance(here, BaseModel):
            if part not in type(here).model_fields:
                raise KeyError(path)
            here = getattr(here, part)
        elif isinstance(here, dict):
            here = here[part]
        else:
            raise KeyError(path)
    return here


def numeric_leaves(scenario: Scenario) -> dict[str, tuple[float, float] | None]:
    """Path and bounds (None for a switch) of every number that may change during a run or between runs."""
    return dict(_walk(scenario, ""))


def _walk(record: BaseModel, at: str) -> Iterator[tuple[str, tuple[float, float] | None]]:
    for name, field in type(record).model_fields.items():
        path = f"{at}.{name}" if at else name
        if name in _STRUCTURAL_PARTS or path in _STRUCTURAL:
            continue
        yield from _leaves(getattr(record, name), field, path)


def _leaves(value: Any, field: FieldInfo, path: str) -> Iterator[tuple[str, tuple[float, float] | None]]:
    if isinstance(value, BaseModel):
        yield from _walk(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, field, f"{path}.{key}")
    elif isinstance(value, bool):
        if path.rsplit(".", 1)[-1] != "enabled":
            yield path, None
    elif isinstance(value, int | float) and path.rsplit(".", 1)[-1] not in {"rung"}:
        yield path, _limits(field)


def _limits(field: FieldInfo) -> tuple[float, float]:
    low, high = bounds(field)
    if low is None or high is None:
        low, high = _annotated_limits(field.annotation)
    return low, high


def _annotated_limits(annotation: Any) -> tuple[float, float]:
    """Bounds of a number inside `dict[Name, Share]` or a union of a number and a map of numbers."""
    found = [0.0, 2.0]
    stack = [annotation]
    while stack:
        item = stack.pop()
        if get_origin(item) is Annotated:
            base, *notes = get_args(item)
            stack.append(base)
            for note in notes:
                for one in note.metadata if isinstance(note, FieldInfo) else [note]:
                    if getattr(one, "le", None) is not None:
                        found[1] = one.le
                    if getattr(one, "ge", None) is not None:
                        found[0] = one.ge
                    if getattr(one, "gt", None) is not None:
                        found[0] = nextafter(one.gt, inf)
        else:
            stack.extend(get_args(item))
    return found[0], found[1]


@dataclass(frozen=True)
class Limits:
    """What a number may be: `kind` is `number`, `whole` or `switch`."""

    low: float
    high: float
    kind: str


def limits(scenario: Scenario, path: str) -> Limits | None:
    """The bounds of the number or switch at a dotted path; None where the path holds something else.

    Maps of numbers answer for keys that the scenario does not name, since these are 0 there.
    """
    here: Any = scenario
    field: FieldInfo | None = None
    for part in path.split("."):
        if isinstance(here, BaseModel):
            field = type(here).model_fields.get(part)
            if field is None:
                return None
            here = getattr(here, part)
        elif isinstance(here, dict):
            here = here.get(part, _UNNAMED)
        else:
            return None
    if field is None or not (isinstance(here, int | float) or here is _UNNAMED):
        return None
    if isinstance(here, bool):
        return Limits(0.0, 1.0, "switch")
    if path.startswith("interventions.") and path.endswith(".value"):
        return limits(scenario, leaf(scenario, path.removesuffix("value") + "path"))
    low, high = _limits(field)
    return Limits(low, high, "whole" if isinstance(here, int) else "number")


_UNNAMED = object()
"""Stands for the value of a key that a map does not name."""
