"""Treaties and the articles that are their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BeforeValidator, Field

from entente.mechanisms import shipped
from entente.month.declare import quantity
from entente.month.gather import Mechanisms

from .base import Entity, Month, Name, Share
from .behaviour import with_numbers


class Rule(Entity):
    """What every article has: a strength and whether it is on."""

    text: str = Field("", max_length=400, description="Where it stands in the treaty and what it says.")
    on: bool = Field(True, description="Off: the article is as if it had never been written.")
    strength: float = quantity(1.0, "How binding the article is.", low=0, high=1, unit="1", symbol="e")

    if TYPE_CHECKING:
        rule: str


class PlainArticle(Rule):
    """An article that binds as it stands."""

    rule: str


class CoveringArticle(Rule):
    """An article that covers named sources, each with a weight; none named: the treaty's whole scope."""

    rule: str
    sources: dict[Name, Share] = Field(default_factory=dict, description="Sources that the article covers.")


class TowardsArticle(Rule):
    """An article that promotes another treaty."""

    rule: str
    towards: Name = Field(description="The treaty that it promotes.")


class TermArticle(Rule):
    """For how long the treaty binds."""

    rule: Literal["term"]
    years: float = quantity(..., "Length of the first term.", low=1, high=100, unit="years", symbol="L")
    renewal_years: float = quantity(
        ..., "Length of each further term.", low=1, high=100, unit="years", symbol="L_r"
    )


KINDS: dict[str, type[Rule]] = {"plain": PlainArticle, "covering": CoveringArticle, "towards": TowardsArticle}


def rules(mechanisms: Mechanisms) -> tuple[str, ...]:
    """Every rule that an article may name."""
    return (*mechanisms.articles, "term")


def article_type(mechanisms: Mechanisms) -> Any:
    """What an article may be: one of the rules that a set of mechanisms declares, or a term."""
    kinds: list[Any] = []
    for kind, record in KINDS.items():
        named = tuple(rule for rule, article in mechanisms.articles.items() if article.kind == kind)
        if named:
            kinds.append(with_numbers(record, (), rule=(Literal[named], ...)))
    return Annotated[Union[(*kinds, TermArticle)], Field(discriminator="rule")]


Rung = Annotated[int, Field(ge=0, le=6)]


class Opening(Entity):
    """The state of a treaty when the scenario starts, where it was signed before."""

    rung: Rung = Field(description="Rung at the start.")
    depth: Share | None = Field(
        None,
        description="Depth of practice at the start, no more than the rung carries; none: what the rung can show.",
    )
    mistrust: float = quantity(
        0.35, "Mistrust among the parties at the start.", low=0, high=1, unit="1", symbol="M"
    )
    left: dict[Name, Month] = Field(
        default_factory=dict, description="Founders that had left before, and when; all others are in."
    )
    joined: dict[Name, Month] = Field(
        default_factory=dict, description="Other states that had joined before, and when."
    )


class _Phase(Entity):
    """What a treaty's text and parties are from a month on; what a phase does not name stays."""

    obligation: Annotated[int, Field(ge=0, le=4)] | None = Field(None, description="Promise from then on.")
    articles: dict[Name, Rule] | None = Field(None, description="All its articles from then on.")
    parties: dict[Name, bool] = Field(
        default_factory=dict, description="Who enters (true) or leaves (false) then, whatever it wants."
    )


def _by_month(phases: Any) -> Any:
    """Phases by the month in which each begins; a list of them names it in each, as `from`."""
    if not isinstance(phases, list) or not all(isinstance(phase, dict) and "from" in phase for phase in phases):
        return phases
    return {phase["from"]: {key: value for key, value in phase.items() if key != "from"} for phase in phases}


class _Treaty(Entity):
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
    articles: dict[Name, Rule] = Field(default_factory=dict, description="Its articles, each a rule.")
    opening: Opening | None = Field(
        None, description="Its state when the scenario starts, where it was signed before."
    )
    phases: dict[Month, _Phase] = Field(
        default_factory=dict, description="Later texts, by the month in which each begins."
    )


def treaty_type(mechanisms: Mechanisms) -> type[_Treaty]:
    """A treaty with the articles and numbers that a set of mechanisms declares."""
    article = article_type(mechanisms)
    articles: Any = (
        dict[Name, article],  # type: ignore[valid-type]
        Field(default_factory=dict, description="Its articles, each a rule."),
    )
    phase = with_numbers(_Phase, (), articles=(dict[Name, article] | None, _Phase.model_fields["articles"]))  # type: ignore[valid-type]
    phases: Any = (
        Annotated[dict[Month, phase], BeforeValidator(_by_month)],  # type: ignore[valid-type]
        Field(default_factory=dict, description="Later texts, by the month in which each begins."),
    )
    return with_numbers(_Treaty, mechanisms.at("treaties"), articles=articles, phases=phases)


if TYPE_CHECKING:
    Treaty = _Treaty
else:
    Treaty = treaty_type(shipped())
RULES = rules(shipped())
