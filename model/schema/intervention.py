"""Dated interventions: all that a scenario, a lever, a knock-out or a threshold search can do to a run."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from .base import Entity, Intensity, Month, Name, Share, Signed, _widen


class Dated(Entity):
    month: Month = Field(description="The month at whose beginning it acts.")
    text: str = Field("", max_length=400, description="What happened, in plain words.")


class Threat(Dated):
    """A shock (or, with negative weights, a relief); a rumour moves perceptions only.

    Without `weights` the source itself flares up by `size`. With weights each named state is
    touched by `size * weight`. `sponsor` instead of `source` spreads it over the sources that
    the power sponsors, in proportion to the state's exposure; it needs weights.
    """

    kind: Literal["shock", "rumour"]
    source: Name | None = Field(None, description="The source of threat.")
    sponsor: Name | None = Field(None, description="The outside power, where no single source is meant.")
    size: Signed | None = Field(None, description="Size; none: behaviour.size.")
    weights: dict[Name, Signed] = Field(default_factory=dict, description="How much it touches each state.")


class Weakness(Dated):
    """A state loses part of its capacity to provide, and recovers with the persistence of threats."""

    kind: Literal["weakness"]
    size: Signed | None = Field(None, description="Size; none: behaviour.size.")
    weights: dict[Name, Signed] = Field(min_length=1, description="How much of the size each state loses.")


class Rift(Dated):
    """States fall out with each other or, by a size below 0, make up.

    Every two of `parties` quarrel, or every two that are party to `treaty` in that month. What one state so
    fears of another fades with the persistence of threats.
    """

    kind: Literal["rift"]
    treaty: Name | None = Field(None, description="The treaty whose parties quarrel, all with each other.")
    parties: list[Name] = Field(default_factory=list, description="The states that quarrel, all with each other.")
    size: Signed | None = Field(None, description="Size; none: behaviour.size. Below 0 it is a reconciliation.")


class Offer(Dated):
    """An outside power puts a package on the table (or withdraws it, size 0)."""

    kind: Literal["offer"]
    power: Name
    state: Name
    size: Intensity


class Concession(Dated):
    """A sponsor gives up a share of a programme."""

    kind: Literal["concession"]
    source: Name
    share: Share


class ArticleSwitch(Dated):
    """An article is suspended or put in force."""

    kind: Literal["article"]
    treaty: Name
    article: Name
    on: bool


class Membership(Dated):
    """A state enters or leaves a treaty whatever it wants."""

    kind: Literal["entry", "exit"]
    treaty: Name
    state: Name


class Setting(Dated):
    """A number or a switch of the scenario takes a value from this month on."""

    kind: Literal["set"]
    path: str = Field(min_length=1, max_length=200, description="Dotted path, such as behaviour.rise.")
    value: Annotated[bool | float, BeforeValidator(_widen)]


Intervention = Annotated[
    Threat | Weakness | Rift | Offer | Concession | ArticleSwitch | Membership | Setting,
    Field(discriminator="kind"),
]
