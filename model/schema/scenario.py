"""A scenario: everything that a run needs to know, as typed data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model

from entente.mechanisms import shipped
from entente.month.gather import Mechanisms
from entente.month.mechanism import Mechanism

from .base import Month, Name, Record
from .behaviour import Behaviour, Institution, Switches, records, with_numbers
from .intervention import Intervention
from .own import OwnMechanism, chosen, digest_of, entries_of
from .state import Power, State
from .threat import Source
from .treaty import Treaty, treaty_type

MAX_MONTHS = 2400
MAX_STATES = 200


class Scenario(Record):
    """A world and its calendar. Collections are maps by id, so that every leaf has one dotted path.

    Examples:
        >>> from entente import load_scenario
        >>> scenario = load_scenario("memo-2001")
        >>> scenario.start, scenario.months, scenario.states["RUS"].name
        ('2001-08', 240, 'Russia')
    """

    of: ClassVar[Mechanisms] = shipped()
    """The mechanisms that act in it: those of the model, and its own."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Id.")
    summary: str = Field("", max_length=400, description="What it is for, in a sentence.")
    start: Month = Field(description="First month of the run.")
    months: Annotated[int, Field(ge=1, le=MAX_MONTHS)] = Field(description="Length of the run in months.")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="Seed of a run that names none.")
    focus: Name | None = Field(
        None, description="Treaty that figures show large; none: the one whose organs move most."
    )
    prelude: Month | None = Field(
        None,
        description="Month from which the world is run, unrecorded, up to the start, so that threats, "
        "perceptions and alignments have their history. Treaties then take their `opening`.",
    )
    mechanisms: dict[Name, OwnMechanism] = Field(
        default_factory=dict, description="Mechanisms of the scenario's own, by name: where each is declared."
    )
    states: Annotated[dict[Name, State], Field(min_length=1, max_length=MAX_STATES)]
    powers: dict[Name, Power] = Field(default_factory=dict)
    sources: dict[Name, Source] = Field(default_factory=dict)
    treaties: dict[Name, Treaty] = Field(default_factory=dict)
    behaviour: Behaviour = Behaviour()
    institution: Institution = Institution()
    switches: Switches = Switches()
    interventions: dict[Name, Intervention] = Field(default_factory=dict)

    def __reduce__(self) -> Any:
        """Across processes: the data, and the mechanisms from which the type is made anew."""
        # Those with a source are in the data.
        objects = tuple(one for one in own_of(self) if not one.source)
        return _made_anew, (self.model_dump(exclude_none=True), objects)


def acting_at(scenario: Scenario, place: str) -> list[Mechanism]:
    """The mechanisms that are switched on and add to a place of the month, or silence it."""
    on = [one for one in scenario.of.all if getattr(scenario.switches, one.name)]
    return [one for one in on if place in one.silenced or any(term.place == place for term in one.terms)]


def own_of(scenario: Scenario) -> tuple[Mechanism, ...]:
    """The mechanisms that a scenario brings besides those of the model."""
    return tuple(one for one in scenario.of.all if one not in shipped().all)


def own_digests(scenario: Scenario) -> dict[str, str]:
    """The digests of the mechanisms that a scenario brings, by name."""
    return {one.name: digest_of(one) for one in own_of(scenario)}


def _made_anew(data: dict[str, Any], objects: Sequence[Mechanism]) -> Scenario:
    # So that they are known here as well when the scenario is changed.
    entries_of(objects)
    return scenario_type(chosen(data, lambda path: path, objects)).model_validate(data)


def scenario_type(mechanisms: Mechanisms) -> type[Scenario]:
    """The type of scenarios in which a set of mechanisms acts, with all that these declare."""
    if mechanisms is shipped() or mechanisms.digest == shipped().digest:
        return Scenario
    # Sets of the same declarations share a type, so that scenarios of both can be compared.
    if mechanisms.digest not in _types:
        _types[mechanisms.digest] = _scenario_type(mechanisms)
    return _types[mechanisms.digest]


_types: dict[str, type[Scenario]] = {}


def _scenario_type(mechanisms: Mechanisms) -> type[Scenario]:
    behaviour, institution, switches = records(mechanisms)
    state, source = (
        with_numbers(record, tuple(n for n in mechanisms.at(part) if n.name not in record.model_fields))
        for record, part in ((State, "states"), (Source, "sources"))
    )
    fields: dict[str, Any] = {
        "states": (Annotated[dict[Name, state], Field(min_length=1, max_length=MAX_STATES)], ...),  # type: ignore[valid-type]
        "sources": (dict[Name, source], Field(default_factory=dict)),  # type: ignore[valid-type]
        "treaties": (dict[Name, treaty_type(mechanisms)], Field(default_factory=dict)),  # type: ignore[misc]
        "behaviour": (behaviour, behaviour()),
        "institution": (institution, institution()),
        "switches": (switches, switches()),
    }
    made = create_model("Scenario", __base__=Scenario, __module__=__name__, __doc__=Scenario.__doc__, **fields)
    made.of = mechanisms
    return made
