"""Levers that any scenario has on a tie, each as changes of it: threats, programmes, packages, articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entente.schema.scenario import Scenario, acting_at

PACKAGE, MORE, LESS = 0.5, 2.0, 0.5
"""Size of a package; how much more and less often a threat flares up."""
GIVEN_UP = 0.5
"""Share of a programme that its sponsor gives up."""
NAME = "brief-lever"


@dataclass(frozen=True)
class Lever:
    """A lever in words, its kind, and what it changes; `size` is that of an outside power's package."""

    name: str
    kind: str
    changes: Mapping[str, Any]
    size: float | None = None


def levers_of(scenario: Scenario, treaty: str) -> list[Lever]:
    """The levers on a treaty: what its parties fear, what they can be offered, and what it promises."""
    found = [*_threats(scenario, treaty), *_packages(scenario, treaty)]
    for key, article in sorted(scenario.treaties[treaty].articles.items()):
        if article.on:
            words = key.replace("_", " ")
            found.append(
                Lever(
                    f"without the article on {words}", "article", {f"treaties.{treaty}.articles.{key}.on": False}
                )
            )
    return found


def _parties(scenario: Scenario, treaty: str) -> list[str]:
    return sorted(state for state, signs in scenario.treaties[treaty].parties.items() if signs)


def _threats(scenario: Scenario, treaty: str) -> list[Lever]:
    scope = scenario.treaties[treaty].scope
    exposed = [scenario.states[state].exposure for state in _parties(scenario, treaty)]
    found = []
    for id_, source in sorted(scenario.sources.items()):
        if scope.get(id_, 1.0) <= 0 or not any(exposure.get(id_) for exposure in exposed):
            continue
        name = source.name
        if source.rate > 0:
            found.append(
                Lever(f"{name}: half as many shocks", "threat", {f"sources.{id_}.rate": LESS * source.rate})
            )
            found.append(
                Lever(f"{name}: twice as many shocks", "threat", {f"sources.{id_}.rate": MORE * source.rate})
            )
        if source.sponsor is not None:
            act = {"kind": "concession", "month": scenario.start, "source": id_, "share": GIVEN_UP}
            found.append(Lever(f"{name}: {GIVEN_UP:.0%} of it given up", "deal", {f"interventions.{NAME}": act}))
    return found


def _packages(scenario: Scenario, treaty: str) -> list[Lever]:
    if not acting_at(scenario, "offer"):
        return []
    found = []
    for power in sorted(scenario.powers):
        for state in _parties(scenario, treaty):
            act = {"kind": "offer", "month": scenario.start, "power": power, "state": state, "size": PACKAGE}
            words = f"{scenario.powers[power].name} offers {scenario.states[state].name} a package of {PACKAGE:g}"
            found.append(Lever(words, "package", {f"interventions.{NAME}": act}, PACKAGE))
    return found
