"""A question for a decision: which options there are, what each costs, and in which worlds they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from pydantic import Field, model_validator

from entente.analysis.named import names_in, read_named
from entente.analysis.question import Aim, aimed
from entente.errors import InputError, shown
from entente.evidence.rivals import laid_over
from entente.month.mechanism import Mechanism
from entente.schema.base import Record
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.schema.study import Level, Number

DECISIONS = "decisions"
"""Folder of `configs/`."""
MOST_OPTIONS = 200
NAME = r"^[A-Za-z0-9][A-Za-z0-9_. -]{0,59}$"


class Lever(Record):
    """One leaf of the scenario, and the values it may be given; every combination of levers is an option."""

    path: str = Field(min_length=1, max_length=200, description="Dotted path of a leaf of the scenario.")
    values: list[Level] = Field(
        min_length=1, max_length=50, description="What it may be; the first is to do nothing."
    )
    cost: Number = Field(0.0, ge=0, description="Cost of a unit of it, where the values are numbers.")
    costs: list[Number] | None = Field(None, description="Or the cost of each value.")

    @model_validator(mode="after")
    def _priced(self) -> Lever:
        if self.costs is not None and (len(self.costs) != len(self.values) or min(self.costs) < 0):
            raise ValueError("costs: must be one a value, none below 0")
        if self.cost and any(isinstance(value, str) for value in self.values):
            raise ValueError("cost: goes with numbers; give costs, one a value")
        return self

    def price(self, place: int) -> float:
        """The cost of a value."""
        if self.costs is not None:
            return self.costs[place]
        return self.cost * float(self.values[place]) if self.cost else 0.0


class Option(Record):
    """A package of changes with a price."""

    summary: str = Field("", max_length=400, description="What it is, in plain words.")
    set: dict[str, Level] = Field(default_factory=dict, description="Changes to the scenario by dotted path.")
    cost: Number = Field(0.0, ge=0, description="What it costs, in the unit of the others.")


class Decision(Aim):
    """A decision file: an aim, and `levers` or `options` or both, tried under the model and the `rivals`."""

    levers: dict[str, Lever] = Field(default_factory=dict, description="Every combination is an option.")
    options: dict[str, Option] = Field(default_factory=dict, description="Options by name.")
    rivals: list[str] = Field(
        default_factory=list, description="Rivals of configs/rivals in which the options are tried as well."
    )

    def choices(self) -> dict[str, Option]:
        """All options by name, in their order, the levers' combinations first. Raises `InputError` for too many."""
        count = 1
        for lever in self.levers.values():
            count *= len(lever.values)
        count = (count if self.levers else 0) + len(self.options)
        if not 2 <= count <= MOST_OPTIONS:
            raise InputError(f"levers, options: make {count} options; there must be 2 to {MOST_OPTIONS}")
        found: dict[str, Option] = {}
        for places in (
            product(*(range(len(lever.values)) for lever in self.levers.values())) if self.levers else ()
        ):
            chosen = list(zip(self.levers.items(), places, strict=True))
            name = ", ".join(f"{key} {_text(lever.values[at])}" for (key, lever), at in chosen if at) or "nothing"
            found[name] = Option(
                set={lever.path: lever.values[at] for (_, lever), at in chosen},
                cost=sum(lever.price(at) for (_, lever), at in chosen),
            )
        for name, option in self.options.items():
            if name in found:
                raise InputError(f"options: {shown(name)}: a combination of levers has this name")
            found[name] = option
        return found


def _text(value: Level) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def decision_names() -> list[str]:
    """The ids of the decisions in `configs/`."""
    return names_in(DECISIONS)


def load_decision(
    name: str, changes: Mapping[str, Any] | None = None, mechanisms: Iterable[Mechanism] = ()
) -> tuple[Decision, Scenario]:
    """A decision by its id in `configs/` or its file, with some fields changed, and its scenario, which ends at `by`.

    Raises `InputError` with one sentence, also for an option that the scenario cannot have.
    """
    asked, path = read_named(Decision, DECISIONS, name, "decide", changes)
    try:
        ready = aimed(asked, path, mechanisms)
        for rival in asked.rivals:
            laid_over(rival, ready)
        for key, option in asked.choices().items():
            try:
                load_scenario(ready, dict(option.set))
            except InputError as error:
                raise InputError(f"option {shown(key)}: {error}") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return asked, ready
