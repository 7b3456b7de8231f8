"""Knock-outs: the changes that take an article, a treaty or dated events out of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..schema.errors import InputError, nearest, shown
from ..schema.intervention import Threat
from ..schema.scenario import Scenario


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
    if source and source not in scenario.sources:
        known = nearest(named, [*calendar, *scenario.sources])
        rule = "is no event and no source of threat of this scenario"
        raise InputError(f"--without-event {shown(named)}: {shown(source)} {rule}{known}")
    found = [
        id_
        for id_, act in calendar.items()
        if isinstance(act, Threat) and source in ("", act.source) and f"{act.month}-".startswith(f"{date}-" if date else "")
    ]
    if not found:
        months = sorted({act.month for act in calendar.values() if isinstance(act, Threat) and source in ("", act.source)})
        has = f"; there are some in {', '.join(months)}" if months else "; there is none at all"
        raise InputError(f"--without-event {shown(named)}: no shock or rumour then{has}")
    return {f"interventions.{id_}": None for id_ in found}


def knock_outs(
    scenario: Scenario, articles: Sequence[str], treaties: Sequence[str], events: Sequence[str]
) -> tuple[dict[str, Any], list[str]]:
    """All changes together, and what goes in words."""
    changes: dict[str, Any] = {}
    words = []
    for named in articles:
        changes |= without_article(scenario, named)
        words.append(named)
    for treaty in treaties:
        changes |= without_treaty(scenario, treaty)
        words.append(treaty)
    for named in events:
        gone = without_events(scenario, named)
        changes |= gone
        ids = [path.removeprefix("interventions.") for path in gone]
        words.append(", ".join(_event_words(scenario, id_) for id_ in ids))
    return changes, words


def _event_words(scenario: Scenario, id_: str) -> str:
    act = scenario.interventions[id_]
    return f"{id_} ({act.month}: {act.text})" if act.text else f"{id_} ({act.month})"


def _known_treaty(scenario: Scenario, treaty: str, option: str) -> None:
    if treaty not in scenario.treaties:
        rule = f"is no treaty of this scenario{nearest(treaty, scenario.treaties)}"
        raise InputError(f"{option} {shown(treaty)}: {rule}")
    if not scenario.treaties[treaty].enabled:
        raise InputError(f"{option} {shown(treaty)}: does not exist in this scenario as it is")
