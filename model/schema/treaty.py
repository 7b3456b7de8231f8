"""Treaties and the articles that are their rules."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Entity, Month, Name, Share, quantity


class Rule(Entity):
    """What every article has: a strength and whether it is on."""

    text: str = Field("", max_length=400, description="Where it stands in the treaty and what it says.")
    on: bool = Field(True, description="Off: the article is as if it had never been written.")
    strength: float = quantity(1.0, "How binding the article is.", low=0, high=1, unit="1", symbol="e")


class PlainArticle(Rule):
    rule: Literal["non_aggression", "confidence_building", "exclusivity", "consultation", "policy_coordination"]


class CoveringArticle(Rule):
    """An article that covers named sources, each with a weight; none named: the treaty's whole scope."""

    rule: Literal["strategic_support", "norm_defence", "mutual_defence"]
    sources: dict[Name, Share] = Field(default_factory=dict, description="Sources that the article covers.")


class RegionalArticle(Rule):
    rule: Literal["regional_mechanism"]
    towards: Name = Field(description="The treaty that it promotes.")


class TermArticle(Rule):
    rule: Literal["term"]
    years: float = quantity(..., "Length of the first term.", low=1, high=100, unit="years", symbol="L")
    renewal_years: float = quantity(
        ..., "Length of each further term.", low=1, high=100, unit="years", symbol="L_r"
    )


Article = Annotated[PlainArticle | CoveringArticle | RegionalArticle | TermArticle, Field(discriminator="rule")]
RULES = (
    "non_aggression", "confidence_building", "exclusivity", "consultation", "policy_coordination",
    "strategic_support", "norm_defence", "mutual_defence", "regional_mechanism", "term",
)  # fmt: skip

Rung = Annotated[int, Field(ge=0, le=6)]


class Opening(Entity):
    """The state of a treaty when the scenario starts, where it was signed before."""

    rung: Rung = Field(description="Rung at the start.")
    mistrust: float = quantity(
        0.35, "Mistrust among the parties at the start.", low=0, high=1, unit="1", symbol="M"
    )
    left: dict[Name, Month] = Field(
        default_factory=dict, description="Founders that had left before, and when; all others are in."
    )
    joined: dict[Name, Month] = Field(
        default_factory=dict, description="Other states that had joined before, and when."
    )


class Treaty(Entity):
    """A treaty: who, when, how it decides, what it covers, and its articles."""

    name: str = Field(min_length=1, max_length=80, description="Name in plain words.")
    enabled: bool = Field(True, description="False: the treaty does not exist in this scenario.")
    parties: dict[Name, bool] = Field(description="Founders: true where the state signs.")
    candidates: dict[Name, bool] = Field(default_factory=dict, description="States that may join later.")
    signing: Literal["historical", "endogenous"] = Field(
        "historical", description="historical: on its date; endogenous: when the founders want it enough."
    )
    signed: Month | None = Field(None, description="Month of signature of a historical treaty.")
    in_force: Month | None = Field(None, description="Month from which terms run; none: from signature.")
    succeeds: Name | None = Field(None, description="The treaty whose practice and organs it takes over.")
    decision: Literal["unanimity", "majority", "lead"] = Field("unanimity", description="Who must agree.")
    leads: dict[Name, bool] = Field(default_factory=dict, description="Lead states, where these decide.")
    hub: Name | None = Field(None, description="The hub of a hub-and-spoke treaty.")
    obligation: Annotated[int, Field(ge=0, le=4)] = Field(
        description="Promise: 0 none, 1 non-aggression, 2 consultation, 3 act to meet the danger, 4 mutual defence."
    )
    rung: Rung = Field(0, description="Rung at signature, where it succeeds no treaty.")
    mistrust: float = quantity(
        0.35, "Mistrust at signature, where it succeeds no treaty.", low=0, high=1, unit="1", symbol="M"
    )
    scope: dict[Name, Share] = Field(
        default_factory=dict, description="How far each source is the treaty's business."
    )
    articles: dict[Name, Article] = Field(default_factory=dict, description="Its articles, each a rule.")
    opening: Opening | None = Field(
        None, description="Its state when the scenario starts, where it was signed before."
    )
