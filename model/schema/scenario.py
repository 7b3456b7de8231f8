"""A scenario: everything that a run needs to know, as typed data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Month, Name, Record
from .behaviour import Behaviour, Institution, Switches
from .intervention import Intervention
from .state import Power, State
from .threat import Source
from .treaty import Treaty

MAX_MONTHS = 2400
MAX_STATES = 200


class Scenario(Record):
    """A world and its calendar. Collections are maps by id, so that every leaf has one dotted path."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Id.")
    summary: str = Field("", max_length=400, description="What it is for, in a sentence.")
    start: Month = Field(description="First month of the run.")
    months: Annotated[int, Field(ge=1, le=MAX_MONTHS)] = Field(description="Length of the run in months.")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="Seed of a run that names none.")
    prelude: Month | None = Field(
        None,
        description="Month from which the world is run, unrecorded, up to the start, so that threats, "
        "perceptions and alignments have their history. Treaties then take their `opening`.",
    )
    states: Annotated[dict[Name, State], Field(min_length=1, max_length=MAX_STATES)]
    powers: dict[Name, Power] = Field(default_factory=dict)
    sources: dict[Name, Source] = Field(default_factory=dict)
    treaties: dict[Name, Treaty] = Field(default_factory=dict)
    behaviour: Behaviour = Behaviour()
    institution: Institution = Institution()
    switches: Switches = Switches()
    interventions: dict[Name, Intervention] = Field(default_factory=dict)
