"""What the columns of a study's tables hold, from the declarations of what is measured and of what its factors set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from entente.month.declare import declared
from entente.schema.paths import limits
from entente.schema.scenario import Scenario
from entente.schema.study import DUMMY
from entente.telling.columns import Column, Columns, Kind
from entente.world.trajectory import quantities

from .store import DESIGN, FAILED, OUTCOMES, ROWS, TRAJECTORIES

POINT = Column("whole", "id", "point of the design, from 0")
OF_RUN = {
    "point": POINT,
    "replicate": Column("whole", "id", "noise that the run hears, from 0; all points hear the same"),
}
OF_MONTH = OF_RUN | {"month": Column("text", "YYYY-MM", "calendar month; states stand as they are at its end")}
FAILURES = {"point": POINT, "message": Column("text", "words", "why the point cannot run")}

_UNIT = re.compile(r"(-?[\d.]+)\.\.([+-]?[\d.]+)$")
_LISTED = re.compile(r"\d+(, \d+)+$")
_WHEN = {
    "last": "at the end",
    "mean": "mean of the months",
    "min": "least of the months",
    "max": "greatest of the months",
}
_KINDS: dict[str, Kind] = {"b": "flag", "i": "whole", "u": "whole", "f": "number"}


def study_tables(
    scenario: Scenario,
    outcomes: Sequence[str],
    series: Sequence[str],
    design: pd.DataFrame,
    rows: pd.DataFrame | None = None,
) -> dict[str, tuple[str, Columns]]:
    """What a row is, and the columns, of each table of a study by the name of its file or folder.

    `series` are those of which months are kept, none where no month is; `rows` is what each point sets, where that is not
    the design itself.
    """
    told: dict[str, tuple[str, Columns]] = {DESIGN: ("a point", _points(design, scenario))}
    if rows is not None:
        told[ROWS] = ("a point, and what it sets", _points(rows, scenario))
    told[OUTCOMES] = ("a run", OF_RUN | {name: _outcome(name, scenario) for name in outcomes})
    if series:
        told[TRAJECTORIES] = ("a run and month", OF_MONTH | {name: _series(name, scenario) for name in series})
    return told | {FAILED: ("a point that cannot run", FAILURES)}


def _outcome(name: str, scenario: Scenario) -> Column:
    """An outcome, `quantity:thing@when`: its series and how that is made one number."""
    series, _, when = name.partition("@")
    how, _, window = (when or "last").partition(":")
    if window:
        first, last = window.split("..")
        told = f"{_WHEN[how]} from {first} to {last}"
    else:
        told = _WHEN.get(how) or (f"in {how}" if "-" in how else f"in {how}-12")
    column = _series(series, scenario)
    return column._replace(meaning=f"{column.meaning}, {told}")


def _series(name: str, scenario: Scenario) -> Column:
    """A recorded quantity of a thing, `quantity:thing`."""
    quantity, _, thing = name.partition(":")
    if quantity == "dyad":
        unit, meaning = "depth 0..1", "dyad index I = 1 - prod (1 - D) over the treaties that hold both (E16)"
    elif quantity == "members":
        unit, meaning = f"states 0..{len(scenario.states)}", "number of parties"
    else:
        known = quantities(scenario.of)[quantity]
        unit, meaning = known.unit, known.meaning
    return Column("number", unit, f"{meaning}: {thing}", *_range(unit))


def _range(unit: str) -> tuple[float | None, float | None]:
    """The bounds that a unit names, as in `depth 0..1` and `0, 1, 2`; None where it names none."""
    if found := _UNIT.search(unit):
        return float(found[1]), float(found[2])
    if _LISTED.match(unit):
        values = [float(text) for text in unit.split(", ")]
        return min(values), max(values)
    return None, None


def _points(design: pd.DataFrame, scenario: Scenario) -> dict[str, Column]:
    """The number of a point and what it sets; `design` as it is written."""
    return {"point": POINT} | {
        str(name): _factor(str(name), _KINDS.get(getattr(values.dtype, "kind", "O"), "text"), scenario)
        for name, values in design.items()
        if name != "point"
    }


def _factor(path: str, kind: Kind, scenario: Scenario) -> Column:
    if path == DUMMY:
        return Column(kind, "share 0..1", "acts on nothing: what is found for it is the noise floor", 0.0, 1.0)
    field = _field(scenario, path)
    if field is None:
        return Column(kind, "id", "scenario whose numbers are set")
    allowed = limits(scenario, path)
    low, high = (None, None) if allowed is None or kind in ("text", "flag") else (allowed.low, allowed.high)
    return Column(kind, str(declared(field, "unit") or ""), field.description or "", low, high)


def _field(scenario: Scenario, path: str) -> FieldInfo | None:
    """The declaration of what stands at a dotted path, or of the map that holds it; None for what is no path."""
    here: Any = scenario
    field: FieldInfo | None = None
    for part in path.split("."):
        if isinstance(here, BaseModel):
            field = type(here).model_fields.get(part)
            here = getattr(here, part, None)
        elif isinstance(here, dict):
            here = here.get(part)
    return field
