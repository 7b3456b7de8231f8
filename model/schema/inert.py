"""Dated settings that are allowed and change nothing, each told in a sentence with what would act instead."""

from __future__ import annotations

from entente.month.mechanism import arguments

from .base import month_number
from .intervention import Setting
from .scenario import Scenario


def inert(scenario: Scenario) -> list[str]:
    """A sentence for every dated setting that cannot act, in the order of their ids."""
    settings = {id_: act for id_, act in sorted(scenario.interventions.items()) if isinstance(act, Setting)}
    whys = {id_: _why(scenario, act) for id_, act in settings.items()}
    return [
        f"interventions.{id_}: {settings[id_].path}: changes nothing: {why}" for id_, why in whys.items() if why
    ]


def _why(scenario: Scenario, act: Setting) -> str:
    part, *inside = act.path.split(".")
    name = inside[-1] if inside else ""
    if part == "treaties" and len(inside) == 2:
        treaty = scenario.treaties[inside[0]]
        begun = scenario.start if treaty.opening is not None else treaty.signed
        if name == "mistrust" and begun is not None and month_number(begun) <= month_number(act.month):
            return f"it is read when the treaty begins, {begun}; a quarrel (kind: rift) moves mistrust later"
        if name == "obligation":
            return "the promise is recorded, and its articles act; switch these (kind: article)"
    return _unread(scenario, part, inside)


def _unread(scenario: Scenario, part: str, inside: list[str]) -> str:
    """Why a number that a mechanism declares is read by none that acts, now or later; nothing where one reads it."""
    declared = {number.name for one in scenario.of.all for number in one.numbers if number.at == part}
    name = next((word for word in reversed(inside) if word in declared), None)
    if name is None:
        return ""
    readers = [
        one
        for one in scenario.of.all
        if any({name, f"partner_{name}"} & {*arguments(function)} for function in one.functions)
    ]
    if not readers or any(
        getattr(scenario.switches, one.name) or _switched_on(scenario, one.name) for one in readers
    ):
        return ""
    return f"only {', '.join(one.name for one in readers)} reads it, which is off (switches.{readers[0].name})"


def _switched_on(scenario: Scenario, mechanism: str) -> bool:
    path = f"switches.{mechanism}"
    return any(
        isinstance(act, Setting) and act.path == path and act.value for act in scenario.interventions.values()
    )
