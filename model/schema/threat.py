"""Sources of threat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from entente.mechanisms import shipped
from entente.month.declare import quantity

from .base import Entity, Name, Record, Share
from .behaviour import with_numbers


class Sponsors(Record):
    """Who stands behind a source inside the world: it grows with what these hold."""

    treaties: dict[Name, Share] = Field(
        default_factory=dict, description="How far the depth of each treaty raises the source (u)."
    )
    states: dict[Name, Share] = Field(
        default_factory=dict, description="How far the capability of each state raises the source (u)."
    )

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.treaties or self.states)


class _Source(Entity):
    """A source of threat: how intense, how it flares up, and how much coordination it calls for."""

    name: str = Field(min_length=1, max_length=60, description="Name in plain words.")
    origin: Name = Field(description="Where it comes from: a state, a place, or `member` for a fellow party.")
    of: Name | None = Field(
        None, description="The state from which a threat of origin `member` comes; none: it does not say."
    )
    sponsor: Name | None = Field(None, description="The outside power behind it, which can restrain it.")
    sponsors: Sponsors = Field(
        Sponsors(), description="States and treaties inside the world that stand behind it."
    )
    base: float = quantity(
        ..., "Intensity to which the source returns.", low=0, high=2, unit="intensity", symbol="S_0"
    )
    need: float = quantity(
        ...,
        "Depth up to which meeting the source profits from institutions.",
        low=0,
        high=1,
        unit="depth",
        symbol="r",
    )
    rate: float = quantity(0.0, "Random shocks a year.", low=0, high=12, unit="1/year", symbol="nu_k")
    median: float = quantity(0.4, "Median size of a random shock.", low=0, high=2, unit="intensity", symbol="z_k")
    log_sd: float = quantity(
        0.5, "Standard deviation of the log of a random shock's size.", low=0, high=2, unit="1", symbol="sd_k"
    )
    concession: float = quantity(
        0.0, "Share of the source that its sponsor has given up.", low=0, high=1, unit="1", symbol="q_k"
    )
    held: bool = Field(False, description="True: the source stays at its base, whatever happens (a knock-out).")

    @property
    def sponsored(self) -> bool:
        """Whether anybody stands behind it who could give it up."""
        return self.sponsor is not None or self.sponsors.any


if TYPE_CHECKING:
    Source = _Source
else:
    Source = with_numbers(_Source, shipped().at("sources"))
