"""Rival explanations: each a set of changes that is laid over any scenario, the same code running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entente.errors import InputError, nearest, shown
from entente.schema.load import CONFIGS, load_scenario
from entente.schema.scenario import Scenario
from entente.schema.treaty import CoveringArticle
from entente.schema.yaml12 import read_yaml

RIVALS = CONFIGS / "rivals"
ONLY, NETWORK = "treaties.*.only", "switches.network"


def rival_names() -> list[str]:
    """The ids of the rivals in `configs/`."""
    return sorted(path.stem for path in RIVALS.glob("*.yaml"))


def rival_changes(name: str) -> dict[str, Any]:
    """What a rival changes: dotted path to value. Raises `InputError` where there is no such rival."""
    if name not in rival_names():
        rule = f"no rival of that name; there are {', '.join(rival_names())}"
        raise InputError(f"{shown(name)}: {rule}{nearest(name, rival_names())}")
    content, _ = read_yaml(RIVALS / f"{name}.yaml")
    del content["summary"]
    return dict(_leaves(content, ""))


def fitting(changes: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A rival's changes as changes of a scenario: those of its treaties, or of no treaty at all.

    `treaties.*.only` names the source that alone is any treaty's business: the scope of all others is 0, and articles
    that make other sources a treaty's business go with them. Raises `InputError` where there is no such source.
    """
    found: dict[str, Any] = {}
    for path, value in changes.items():
        if path == ONLY:
            found |= _only(value, scenario)
        elif not path.startswith("treaties.") or path.split(".")[1] in scenario.treaties:
            found[path] = value
    return found


def laid_over(name: str, scenario: Scenario) -> Scenario:
    """A scenario under a rival. Raises `InputError` with one sentence where the rival has nothing to act on."""
    try:
        changes = fitting(rival_changes(name), scenario)
        found = load_scenario(scenario, changes)
    except InputError as error:
        raise InputError(f"--rival {name}: {error}") from None
    if changes.get(NETWORK) and not has_network(found):
        raise InputError(
            f"--rival {name}: {scenario.name}: no state is party to two treaties, and nothing is said of other ties "
            "(treaties.*.shared_partners, states.*.ties_elsewhere), so that there is no network"
        )
    return found


def has_network(scenario: Scenario) -> bool:
    """Whether a scenario knows of any tie beside another."""
    data = scenario.model_dump()
    treaties = [treaty for treaty in data["treaties"].values() if treaty["enabled"]]
    parties = [state for treaty in treaties for state, signs in treaty["parties"].items() if signs]
    said = [treaty["shared_partners"] for treaty in treaties]
    said += [state["ties_elsewhere"] for state in data["states"].values()]
    return len(parties) > len(set(parties)) or any(said)


def _only(source: str, scenario: Scenario) -> dict[str, Any]:
    if source not in scenario.sources:
        raise InputError(
            f"{scenario.name}: has no source {shown(source)}, which alone is a treaty's business under this rival"
            f"{nearest(source, scenario.sources)}"
        )
    found: dict[str, Any] = {}
    widening = {rule for rule, article in scenario.of.articles.items() if article.into in scenario.of.widening}
    for id_, treaty in scenario.treaties.items():
        at = f"treaties.{id_}"
        found |= {f"{at}.scope.{other}": 0.0 for other in treaty.scope if other != source}
        for key, article in treaty.articles.items():
            if not isinstance(article, CoveringArticle) or article.rule not in widening or not article.sources:
                continue
            if source not in article.sources:
                found[f"{at}.articles.{key}.on"] = False
            found |= {
                f"{at}.articles.{key}.sources.{other}": 0.0
                for other in article.sources
                if source in article.sources and other != source
            }
    return found


def _leaves(content: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{at}.{key}" if at else key
        if isinstance(value, dict):
            yield from _leaves(value, path)
        else:
            yield path, value
