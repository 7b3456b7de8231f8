"""Levers: forms that become dated interventions of the scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from entente.errors import InputError, shown
from entente.schema.base import MONTH_PATTERN
from entente.schema.intervention import Intervention, Threat
from entente.schema.scenario import Scenario, acting_at

from .typed import typed_number

EVERYONE = "everyone"
GREATEST = 2.0
"""Largest size of a shock or of a package (schema)."""
SIZE_STEP = 0.05

_ACT: TypeAdapter[Intervention] = TypeAdapter(Intervention)


@dataclass(frozen=True)
class Field:
    """A field of a form: a choice among `options` (value, words), or a number in low..high."""

    name: str
    label: str
    value: str | float
    options: list[tuple[str, str]] = field(default_factory=list)
    low: float = 0.0
    high: float = 1.0
    step: float = SIZE_STEP


@dataclass(frozen=True)
class Form:
    """A lever: what it asks, what its button says, and a note where it cannot act in this scenario."""

    id: str
    title: str
    button: str
    fields: list[Field]
    note: str = ""


def forms(scenario: Scenario) -> list[Form]:
    """The levers that a scenario has something to pull at."""
    sources = [(id_, source.name) for id_, source in sorted(scenario.sources.items())]
    found = [_shock(scenario, sources)] if sources else []
    if scenario.powers:
        found.append(_offer(scenario))
        programmes = [(id_, name) for id_, name in sources if scenario.sources[id_].sponsor]
        if programmes:
            fields = [_choice("source", "programme", programmes), Field("share", "share given up", 0.5)]
            found.append(Form("concession", "Concession on a programme", "Concede", fields))
    articles = [
        (f"{id_}/{key}", f"{treaty.name}: {key.replace('_', ' ')}")
        for id_, treaty in sorted(scenario.treaties.items())
        if treaty.enabled
        for key in sorted(treaty.articles)
    ]
    if articles:
        fields = [_choice("article", "article", articles), _choice("on", "switch", [("off", "off"), ("on", "on")])]
        found.append(Form("article", "Article off or on", "Switch", fields))
    parties = [
        (f"{id_}/{state}", f"{scenario.states[state].name}: {treaty.name}")
        for id_, treaty in sorted(scenario.treaties.items())
        if treaty.enabled
        for state in sorted(scenario.states)
        if treaty.parties.get(state) or treaty.candidates.get(state)
    ]
    if parties:
        found.append(
            Form("exit", "A state leaves", "Let it leave", [_choice("seat", "state and treaty", parties)])
        )
    return found


def _choice(name: str, label: str, options: list[tuple[str, str]]) -> Field:
    return Field(name, label, options[0][0], options)


def _shock(scenario: Scenario, sources: list[tuple[str, str]]) -> Form:
    states = [(id_, state.name) for id_, state in sorted(scenario.states.items())]
    fields = [
        _choice("source", "source", sources),
        Field("size", "size", 1.0, low=-GREATEST, high=GREATEST),
        _choice("kind", "it is", [("shock", "real"), ("rumour", "a rumour")]),
        _choice("state", "it touches", [(EVERYONE, "everyone exposed"), *states]),
    ]
    note = "" if scenario.switches.calendar else "Dated events are switched off here (switches.calendar)."
    return Form("shock", "Threat shock", "Fire", fields, note)


def _offer(scenario: Scenario) -> Form:
    powers = [(id_, power.name) for id_, power in sorted(scenario.powers.items())]
    courted = [id_ for power in scenario.powers.values() for id_ in power.courts]
    states = sorted(scenario.states, key=lambda id_: (id_ not in courted, id_))
    fields = [
        _choice("power", "from", powers),
        _choice("state", "to", [(id_, scenario.states[id_].name) for id_ in states]),
        Field("size", "size of the package", 0.8, high=GREATEST),
    ]
    silent = [name for id_, name in powers if scenario.powers[id_].policy == "none"]
    note = f"{' and '.join(silent)} makes no offers here (policy none)." if silent else ""
    if not acting_at(scenario, "offer"):
        taking = [one.name for one in scenario.of.all if any(term.place == "offer" for term in one.terms)]
        note = f"Offers cannot be taken here ({', '.join(f'switches.{name}' for name in taking)})."
    return Form("offer", "Outside offer", "Offer", fields, note)


def act(scenario: Scenario, form: str, values: Mapping[str, Any], month: str) -> Intervention:
    """A filled form as the intervention of a month. Raises `InputError` with a sentence."""
    return _made(scenario, _data(scenario, form, values) | {"month": month})


def _made(scenario: Scenario, data: Mapping[str, Any]) -> Intervention:
    try:
        made = _ACT.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][-1]}: {shown(first.get('input'))}: {first['msg'].lower()}") from None
    if isinstance(made, Threat) and made.size == 0:
        raise InputError(f"size: {made.size:g}: a shock of 0 is none")
    return made.model_copy(update={"text": words(scenario, made)})


def altered(scenario: Scenario, lever: Intervention, values: Mapping[str, Any]) -> Intervention:
    """A lever with another month, and another size where it has one. Raises `InputError` with a sentence."""
    month = str(values.get("month")).strip()
    if not re.fullmatch(MONTH_PATTERN, month):
        raise InputError(f"month: {shown(month)}: must be a month, such as {lever.month}")
    data = lever.model_dump(exclude_defaults=True) | {"month": month}
    size = size_of(lever)
    if size is not None:
        data[size[0]] = _number(values, "size")
    return _made(scenario, data)


def size_of(lever: Intervention) -> tuple[str, float] | None:
    """The name and the value of the number that says how large a lever is, None where it has none."""
    for name in ("size", "share"):
        value = getattr(lever, name, None)
        if value is not None:
            return name, float(value)
    return None


def _data(scenario: Scenario, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if form == "shock":
        data: dict[str, Any] = {"kind": values.get("kind"), "source": values.get("source"),
                                "size": _number(values, "size")}  # fmt: skip
        if values.get("state") != EVERYONE:
            data["weights"] = {str(values.get("state")): 1.0}
        return data
    if form == "offer":
        return {"kind": "offer", "power": values.get("power"), "state": values.get("state"),
                "size": _number(values, "size")}  # fmt: skip
    if form == "concession":
        return {"kind": "concession", "source": values.get("source"), "share": _number(values, "share")}
    if form == "article":
        treaty, _, article = str(values.get("article")).partition("/")
        return {"kind": "article", "treaty": treaty, "article": article, "on": values.get("on") == "on"}
    if form == "exit":
        treaty, _, state = str(values.get("seat")).partition("/")
        return {"kind": "exit", "treaty": treaty, "state": state}
    raise InputError(f"{shown(form)}: no lever of that name")


def _number(values: Mapping[str, Any], name: str) -> float:
    value = typed_number(values.get(name))
    if value is None:
        raise InputError(f"{name}: {shown(values.get(name))}: must be a number")
    return value


def setting(path: str, value: float | bool, month: str) -> Intervention:
    """A parameter that takes a value from a month on."""
    shown_value = f"{value:g}" if not isinstance(value, bool) else ("on" if value else "off")
    data = {"kind": "set", "path": path, "value": value, "month": month, "text": f"{path} set to {shown_value}"}
    return _ACT.validate_python(data)


def words(scenario: Scenario, made: Intervention) -> str:
    """An intervention in plain words, without its month."""
    name = {id_: item.name for part in (scenario.states, scenario.sources, scenario.powers, scenario.treaties)
            for id_, item in part.items()}  # fmt: skip
    given = made.model_dump()
    kind = made.kind

    def of(key: str) -> str:
        return name.get(given[key], str(given[key]))

    if kind in {"shock", "rumour"}:
        whom = " and ".join(name.get(id_, id_) for id_ in given["weights"]) or "everyone exposed"
        return f"{kind} of {given['size']:g} about {of('source')}, for {whom}"
    if kind == "offer":
        return f"{of('power')} offers {of('state')} a package of {given['size']:g}"
    if kind == "concession":
        return f"{100 * given['share']:g} % of {of('source')} given up"
    if kind == "article":
        return f"{given['article'].replace('_', ' ')} of {of('treaty')} switched {'on' if given['on'] else 'off'}"
    if kind in {"exit", "entry"}:
        return f"{of('state')} {'leaves' if kind == 'exit' else 'joins'} {of('treaty')}"
    return f"{given.get('path', kind)} set to {given.get('value')}"
