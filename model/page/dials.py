"""Controls for parameters, read from the schema's declarations: nothing about a number is said twice."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import Any

from pydantic import BaseModel

from entente.errors import InputError, shown
from entente.month.declare import bounds, declared
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario

from .typed import typed_number

PARTS = ("behaviour", "institution", "switches")
MECHANISMS = "mechanisms"
STEPS = 200
"""Positions of a slider, about."""


@dataclass(frozen=True)
class Dial:
    """A control: dotted path, label, what it means, unit, symbol, group.

    A slider runs from `low` to `high`, the prior range where one is declared and the default lies in it;
    the field beside it takes all that is allowed, `least` to `most`. A switch has neither.
    """

    path: str
    label: str
    text: str
    unit: str
    symbol: str
    group: str
    default: float | bool
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    least: float = 0.0
    most: float = 1.0

    @property
    def is_switch(self) -> bool:
        return isinstance(self.default, bool)


def dials(scenario: Scenario) -> list[Dial]:
    """Every parameter and every mechanism of a scenario, with the scenario's value as default."""
    return [dial for part in PARTS for dial in _of(part, getattr(scenario, part))]


def _of(part: str, record: BaseModel) -> list[Dial]:
    found = []
    for name, field in type(record).model_fields.items():
        default = getattr(record, name)
        common: dict[str, Any] = {"path": f"{part}.{name}", "label": name.replace("_", " "),
                                  "text": field.description or "", "default": default}  # fmt: skip
        if isinstance(default, bool):
            found.append(Dial(**common, unit="", symbol="", group=MECHANISMS))
            continue
        least, most = bounds(field)
        assert least is not None
        assert most is not None
        low, high = declared(field, "prior") or (least, most)
        low, high = min(low, default), max(high, default)
        found.append(Dial(**common, unit=declared(field, "unit"), symbol=declared(field, "symbol"),
                          group=declared(field, "group") or part, low=low, high=high, step=_step(high - low),
                          least=least, most=most))  # fmt: skip
    return found


def _step(span: float) -> float:
    """A round step that divides a span into about as many positions as a slider has."""
    raw = span / STEPS
    power = 10.0 ** floor(log10(raw))
    return float(f"{next(m for m in (1, 2, 5, 10) if m * power >= raw * 0.999) * power:.12g}")


def groups(found: list[Dial]) -> list[str]:
    """The groups in the order of the schema."""
    return list(dict.fromkeys(dial.group for dial in found))


def parse(dial: Dial, words: Any) -> float | bool:
    """What was typed or moved, as a value. Raises `InputError` with the sentence to stand beside the field."""
    if dial.is_switch:
        if isinstance(words, bool):
            return words
        raise InputError(f"{dial.label}: {shown(words)}: must be on or off")
    value = typed_number(words)
    if value is None:
        raise InputError(f"{dial.label}: {shown(words)}: must be a number")
    if not dial.least <= value <= dial.most:
        raise InputError(f"{dial.label}: {value:g}: must lie in {dial.least:g}..{dial.most:g} {dial.unit}".strip())
    return value


def value_at(scenario: Scenario, path: str) -> float | bool:
    """The value of a parameter in a scenario."""
    value: float | bool = leaf(scenario, path)
    return value
