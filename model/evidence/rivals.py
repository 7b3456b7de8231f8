"""Rival explanations: each a set of changes that is laid over any scenario, the same code running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entente.errors import InputError, nearest, shown
from entente.schema.load import CONFIGS
from entente.schema.scenario import Scenario
from entente.schema.yaml12 import read_yaml

RIVALS = CONFIGS / "rivals"


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
    """Those of a rival's changes that concern treaties of the scenario, or no treaty at all."""
    return {
        path: value
        for path, value in changes.items()
        if not path.startswith("treaties.") or path.split(".")[1] in scenario.treaties
    }


def _leaves(content: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        path = f"{at}.{key}" if at else key
        if isinstance(value, dict):
            yield from _leaves(value, path)
        else:
            yield path, value
