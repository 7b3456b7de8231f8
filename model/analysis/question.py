"""What is asked: which outcome, how surely and by when, and with which levers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import ceil, log2
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, field_validator

from entente.errors import InputError, nearest, shown
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTH_PATTERN, Record, month_number
from entente.schema.load import load_scenario
from entente.schema.paths import leaf, limits
from entente.schema.scenario import Scenario
from entente.schema.study import Level, Number, Range
from entente.world.draws import Floats
from entente.world.outcomes import parse_outcomes
from entente.world.pack import pack

from .named import beside, names_in, read_named

QUESTIONS = "questions"
"""Folder of `configs/`."""
FINEST = 1e-6
"""The least tolerance: halving further would soon be rounding."""


def december(value: Any) -> Any:
    """A year as its December."""
    return f"{value}-12" if re.fullmatch(r"\d{4}", str(value)) else value


class Asked(Record):
    """What any question has: where it is asked, of which outcome and by when, and over which runs."""

    name: str = Field("question", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$", description="Name of the question.")
    scenario: str = Field(
        min_length=1, description="Scenario of configs/, or a .yaml file relative to the question."
    )
    set: dict[str, Level] = Field(default_factory=dict, description="Changes to the scenario by dotted path.")
    outcome: str = Field(min_length=1, description="What is asked about; the run ends at `by`.")
    by: Annotated[str, BeforeValidator(december), Field(pattern=MONTH_PATTERN)] = Field(
        description="The month by which, YYYY-MM (a year: its December): the last of the run."
    )
    parameters: str = Field("prior", description="default, prior, posterior, or a file of dotted paths.")
    draws: int = Field(200, ge=1, le=10**6, description="Draws of the parameters.")
    replicates: int = Field(5, ge=1, le=10**6, description="Runs of each draw, each with its own noise.")
    seed: int = Field(0, ge=0, lt=2**63, description="Seed of the draws and of all noise.")


class Aim(Asked):
    """What is to be kept or brought about. `scenario`, `outcome`, one of `below` and `above`, and `by` are required."""

    summary: str = Field("", max_length=400, description="One sentence: what is asked.")
    since_start: bool = Field(False, description="The outcome is the change since the first month of the run.")
    below: Number | None = Field(None, description="The outcome must be below this,")
    above: Number | None = Field(None, description="or above this.")
    probability: Number = Field(0.9, description="In which share of runs it must be, between 0 and 1.")

    @field_validator("probability")
    @classmethod
    def _share(cls, value: float) -> float:
        if not 0 < value < 1:
            raise ValueError(f"{value:g}: must be above 0 and below 1")
        return value

    @property
    def level(self) -> float:
        """The level of the outcome."""
        level = self.below if self.below is not None else self.above
        assert level is not None
        return level

    @property
    def aim(self) -> str:
        """What is to hold, in words that follow `for`."""
        what = f"the change of {self.outcome} since the start" if self.since_start else self.outcome
        side = "below" if self.below is not None else "above"
        return f"{what} to be {side} {self.level:g} by {self.by}"

    def met(self, values: Floats) -> np.ndarray:
        """Where the outcome is on the right side of the level."""
        return values < self.level if self.below is not None else values > self.level

    def measured(self, scenario: Scenario) -> list[str]:
        """The outcomes that are measured: the outcome, and its first value where the change since then counts."""
        return [self.outcome, *([f"{self.outcome}@{scenario.start}"] if self.since_start else [])]


class Question(Aim):
    """A question file for a threshold search: an aim, and the `levers` that are searched for the smallest that is enough."""

    levers: dict[str, Range] = Field(
        min_length=1, description="Dotted path of each lever and the range searched; each is moved alone."
    )
    ceiling: str | Number | None = Field(
        None, description="What the lever is set against: a number, or a dotted path whose value each draw has."
    )
    steps: int = Field(11, ge=3, le=1001, description="Points of the dose-response curve.")
    tolerance: Number = Field(
        0.005, description="How closely each run's threshold is found, as a share of the range."
    )

    @field_validator("tolerance")
    @classmethod
    def _fine(cls, value: float) -> float:
        if not FINEST <= value < 1:
            raise ValueError(f"{value:g}: must be at least {FINEST:g} and below 1")
        return value

    @property
    def most_runs(self) -> int:
        """Runs of the search at most: every lever tried on each, then halved down to the tolerance."""
        halvings = max(ceil(-log2(self.tolerance * (self.steps - 1))), 0)
        return len(self.levers) * self.draws * self.replicates * (self.steps + halvings)


def question_names() -> list[str]:
    """The ids of the questions in `configs/`."""
    return names_in(QUESTIONS)


def load_question(
    name: str, changes: Mapping[str, Any] | None = None, mechanisms: Iterable[Mechanism] = ()
) -> tuple[Question, Scenario]:
    """A question by its id in `configs/` or its file, with some fields changed, and its scenario made ready.

    The scenario ends at `by`; `mechanisms` act in it besides those that it brings. Raises `InputError` with one sentence.
    """
    question, path = read_named(Question, QUESTIONS, name, "threshold", changes)
    try:
        ready = aimed(question, path, mechanisms)
        check(question, ready)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return question, ready


def aimed(aim: Aim, path: Path, mechanisms: Iterable[Mechanism] = ()) -> Scenario:
    """The scenario of an aim that stands in a file. Raises `InputError` where the two do not fit."""
    if (aim.below is None) == (aim.above is None):
        raise InputError("needs exactly one of below and above")
    if aim.since_start and "@" in aim.outcome:
        raise InputError(f"outcome: {shown(aim.outcome)}: since_start goes without @")
    return asked_of(aim, path, mechanisms)


def asked_of(asked: Asked, path: Path, mechanisms: Iterable[Mechanism] = ()) -> Scenario:
    """The scenario of a question that stands in a file, which ends at `by` and has the outcome. Raises `InputError`."""
    ready = until(load_scenario(beside(asked.scenario, path), dict(asked.set), mechanisms), asked.by)
    parse_outcomes([asked.outcome], pack(ready))
    return ready


def until(scenario: Scenario, by: str) -> Scenario:
    """A scenario that ends with a month, YYYY-MM. Raises `InputError` for one before its start."""
    months = month_number(by) - month_number(scenario.start) + 1
    if months < 1:
        raise InputError(f"by: {by}: the scenario begins in {scenario.start}")
    return load_scenario(scenario, {"months": months})


def check(question: Question, scenario: Scenario) -> None:
    """Levers are numbers in which runs can differ, possible over their whole range."""
    world = pack(scenario)
    for path, bounds in question.levers.items():
        allowed = limits(scenario, path)
        if allowed is None or path not in world.slots:
            close = nearest(path, world.slots)
            raise InputError(f"levers: {shown(path)}: no number of this scenario that runs can differ in{close}")
        if allowed.kind != "number":
            raise InputError(f"levers: {shown(path)}: a {allowed.kind}, which has no smallest value to search for")
        if not bounds[0] < bounds[1]:
            raise InputError(f"levers.{path}: {bounds[0]:g} to {bounds[1]:g}: the first must be below the second")
        for value in bounds:
            if not allowed.low <= value <= allowed.high:
                raise InputError(f"levers.{path}: {value:g}: must be from {allowed.low:g} to {allowed.high:g}")
    if isinstance(question.ceiling, str):
        try:
            float(leaf(scenario, question.ceiling))
        except (KeyError, TypeError, ValueError):
            close = nearest(question.ceiling, world.slots)
            raise InputError(f"ceiling: {shown(question.ceiling)}: no number of this scenario{close}") from None
