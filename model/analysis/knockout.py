"""Knock-outs: the changes that take an article, a treaty or dated events out of a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entente.errors import InputError, nearest, shown
from entente.schema.intervention import Threat
from entente.schema.scenario import Scenario


def without_article(scenario: Scenario, named: str) -> dict[str, Any]:
    """The change that takes one article out, named `TREATY:ARTICLE`. Raises `InputError`."""
    treaty, colon, article = named.partition(":")
    if not colon:
        raise InputError(f"--without {shown(named)}: must have the form TREATY:ARTICLE")
    _known_treaty(scenario, treaty, "--without")
    articles = scenario.treaties[treaty].articles
    if article not in articles:
        known = nearest(article, articles) or f"; it has {', '.join(articles)}"
        raise InputError(f"--without {shown(named)}: {shown(article)} is no article of {treaty}{known}")
    if not articles[article].on:
        raise InputError(f"--without {shown(named)}: is off already")
    return {f"treaties.{treaty}.articles.{article}.on": False}


def without_treaty(scenario: Scenario, treaty: str) -> dict[str, Any]:
    """The change that takes a whole treaty out. One that it succeeds runs on. Raises `InputError`."""
    _known_treaty(scenario, treaty, "--without-treaty")
    return {f"treaties.{treaty}.enabled": False}


def without_events(scenario: Scenario, named: str) -> dict[str, Any]:
    """The changes that take dated events out: an id, `SOURCE`, `DATE` or `SOURCE@DATE`.

    `DATE` is a year or a month; by source or date shocks and rumours go, by id anything in the calendar.
    Raises `InputError` where nothing is meant.
    """
    calendar = scenario.interventions
    if named in calendar:
        return {f"interventions.{named}": None}
    source, at, date = named.partition("@")
    if not at and named[:1].isdigit():
        source, date = "", named
    shocks = {id_: act for id_, act in calendar.items() if isinstance(act, Threat) and source in ("", act.source)}
    if source and source not in scenario.sources:
        known = nearest(named, [*calendar, *scenario.sources])
        rule = "is no event and no source of threat of this scenario"
        raise InputError(f"--without-event {shown(named)}: {shown(source)} {rule}{known}")
    found = [id_ for id_, act in shocks.items() if not date or f"{act.month}-".startswith(f"{date}-")]
    if not found:
        months = ", ".join(sorted({act.month for act in shocks.values()}))
        has = f"; there are some in {months}" if months else "; there is none at all"
        raise InputError(f"--without-event {shown(named)}: no shock or rumour then{has}")
    return {f"interventions.{id_}": None for id_ in found}


def knock_outs(
    scenario: Scenario, articles: Sequence[str], treaties: Sequence[str], events: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """All changes together, and for each thing named what goes in words."""
    changes: dict[str, Any] = {}
    words = [*articles, *treaties]
    for named in articles:
        changes |= without_article(scenario, named)
    for treaty in treaties:
        changes |= without_treaty(scenario, treaty)
    for named in events:
        gone = without_events(scenario, named)
        changes |= gone
        ids = [path.removeprefix("interventions.") for path in gone]
        words.append(named if ids == [named] else f"{named} ({', '.join(ids)})")
    return changes, words


def events_gone(scenario: Scenario, changes: Mapping[str, Any]) -> list[str]:
    """The events that some changes take out, a sentence each."""
    ids = [path.removeprefix("interventions.") for path in changes if path.startswith("interventions.")]
    acts = [(id_, scenario.interventions[id_]) for id_ in ids]
    return [f"without {id_} of {act.month}: {act.text or act.kind}" for id_, act in acts]


def _known_treaty(scenario: Scenario, treaty: str, option: str) -> None:
    if treaty not in scenario.treaties:
        rule = f"is no treaty of this scenario{nearest(treaty, scenario.treaties)}"
        raise InputError(f"{option} {shown(treaty)}: {rule}")
    if not scenario.treaties[treaty].enabled:
        raise InputError(f"{option} {shown(treaty)}: does not exist in this scenario as it is")
