"""States and outside powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from entente.mechanisms import shipped
from entente.month.declare import quantity

from .base import Entity, Intensity, Month, Name, Record, Share, _widen, month_number
from .behaviour import with_numbers

Capability = Annotated[float, BeforeValidator(_widen), Field(gt=0, le=1)]
Year = Annotated[str, Field(pattern=r"^(1[0-9]|20|21)[0-9][0-9]$")]
ByYear = Share | Annotated[dict[Year, Share], Field(min_length=1)]
"""One value, or one a year; the first and last year hold before and after."""


class Place(Entity):
    """Where a state is drawn: fixed, so that pictures of a network can be compared."""

    longitude: float = quantity(..., "Longitude of the capital.", low=-180, high=180, unit="degrees", symbol="lon")
    latitude: float = quantity(..., "Latitude of the capital.", low=-90, high=90, unit="degrees", symbol="lat")


class Codes(Record):
    """What others call a state. The model makes nothing of it."""

    cow: int | None = Field(None, ge=1, le=999, description="Code of the Correlates of War project.")
    gw: int | None = Field(None, ge=1, le=999, description="Code of Gleditsch and Ward.")
    iso3: str | None = Field(None, pattern="^[A-Z]{3}$", description="Code of ISO 3166-1, three letters.")


class _State(Entity):
    """A state that can be party to treaties."""

    name: str = Field(min_length=1, max_length=60, description="Name in plain words.")
    place: Place
    capability: Capability | Annotated[dict[Year, Capability], Field(min_length=1)] = Field(
        description="Share of the world's material capabilities (CINC), one value or one a year; "
        "the first and last year hold before and after.",
        json_schema_extra={"unit": "share of world", "symbol": "c"},
    )
    exposure: dict[Name, ByYear] = Field(
        default_factory=dict,
        description="How much each source of threat concerns the state (w), one value or one a year; a source not named "
        "does not.",
    )
    contribution: dict[Name, ByYear] = Field(
        default_factory=dict,
        description="What the state can contribute against each source (g), one value or one a year; a source not named: "
        "nothing.",
    )
    core: Name | None = Field(
        None, description="The source of its core contingency; none: the largest exposure when the run begins."
    )
    to: Month | None = Field(None, description="Last month in which it exists; none: it does not end.")
    successor: Name | None = Field(None, description="The state that takes its place in what `inherits` names.")
    inherits: dict[Name, bool] = Field(
        default_factory=dict,
        description="Treaties in which its successor takes its seat, where it has one at its end.",
    )
    codes: Codes = Field(Codes(), description="Its codes in other data.")
    independence: float = quantity(
        1.0, "How dearly the state holds its independence.", low=0.05, high=10, unit="1", symbol="iota"
    )
    provision: float = quantity(
        1.0, "Capacity to provide, to which a weakened state returns.", low=0.2, high=2, unit="1", symbol="pi"
    )


if TYPE_CHECKING:
    State = _State
else:
    # A word of Python, so it cannot stand in the class.
    _FROM = (Month | None, Field(None, description="First month in which it exists; none: it always did."))
    State = with_numbers(_State, shipped().at("states"), **{"from": _FROM})


def at_first(given: float | dict[str, float]) -> float:
    """The first value of a number that may be given by year."""
    return given[min(given)] if isinstance(given, dict) else given


NEVER, FOREVER = -(10**6), 10**6
"""A month before all months, and one after them."""


def life(state: State) -> tuple[int, int]:
    """First and last month of a state, counted as by `month_number`."""
    first, last = getattr(state, "from"), state.to
    return NEVER if first is None else month_number(first), FOREVER if last is None else month_number(last)


class Power(Entity):
    """An outside power: sponsor of threats, source of offers; party to no treaty here."""

    name: str = Field(min_length=1, max_length=60, description="Name in plain words.")
    place: Place
    capability: Capability | Annotated[dict[Year, Capability], Field(min_length=1)] = Field(
        description="Share of the world's material capabilities (CINC).",
        json_schema_extra={"unit": "share of world", "symbol": "C_o"},
    )
    policy: Literal["none", "fixed", "responsive"] = Field(
        "fixed", description="none: no packages; fixed: as dated; responsive: grows with the depth it faces."
    )
    packages: dict[Name, Intensity] = Field(
        default_factory=dict, description="Package offered to each state from the start."
    )
    courts: dict[Name, Share] = Field(
        default_factory=dict, description="States that a responsive package goes to, and how much of it."
    )
