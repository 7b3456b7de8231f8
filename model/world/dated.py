"""Dated interventions as numbers: what each adds in a month, sets from a month on, or whom it moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from entente.schema.base import month_number
from entente.schema.intervention import (
    ArticleSwitch,
    Concession,
    Membership,
    Offer,
    Rift,
    Setting,
    Threat,
    Weakness,
)

RELATIVE = -1
"""Size of a dated event that gives none of its own: `behaviour.size`."""


@dataclass(frozen=True)
class Slot:
    """Where the number of a dotted path stands: array and index in `World.numbers`."""

    array: str
    index: tuple[Any, ...]


@dataclass(frozen=True)
class Pulse:
    """What a dated event adds in a month.

    `target` is `intensity`, `event`, `rumour` or `weakness`; `state` and `source` are indices (-1
    where there is none). It adds `weight` times its size: `numbers["sizes"][size]`, or `behaviour.size`
    where `size` is -1. `scale` says whether that is taken as it is (`plain`), times the state's exposure
    (`exposure`), or times the share of the source in the state's exposure to its sponsor (`share`).
    """

    step: int
    target: str
    state: int
    source: int
    weight: float
    size: int
    scale: str = "plain"


@dataclass(frozen=True)
class Change:
    """A number of the world that takes the value `numbers["values"][value]` at the beginning of a month."""

    step: int
    slot: Slot
    value: int


@dataclass(frozen=True)
class Move:
    """A state enters or leaves a treaty whatever it wants; where `heir_of` is a state, only if that is party to it.

    `because` says why, in the words of an event.
    """

    step: int
    treaty: int
    state: int
    enters: bool
    because: str
    heir_of: int = -1


@dataclass(frozen=True)
class Quarrel:
    """Two states, `one` before `other`, fall out in a month (or make up) by a size as in `Pulse`.

    Where `treaty` is not -1, they do so only while both are party to it.
    """

    step: int
    one: int
    other: int
    treaty: int
    size: int


def pack_interventions(
    packer: Any, sponsor: tuple[int, ...]
) -> tuple[tuple[Pulse, ...], tuple[Quarrel, ...], tuple[Change, ...], tuple[Move, ...]]:
    pulses: list[Pulse] = []
    quarrels: list[Quarrel] = []
    # What the calendar sets comes after what texts, lives and tables by year do.
    settings: list[Change] = packer.settings
    moves: list[Move] = packer.moves
    sizes: list[float] = []
    values: list[float] = packer.values
    for id_, act in sorted(packer.scenario.interventions.items()):
        step = month_number(act.month) - packer.begin
        if isinstance(act, Threat | Weakness | Rift):
            size = RELATIVE
            if act.size is not None:
                size = len(sizes)
                sizes.append(act.size)
                packer.slots[f"interventions.{id_}.size"] = Slot("sizes", (size,))
            if isinstance(act, Threat):
                pulses += _threat_pulses(packer, act, step, size, sponsor)
            elif isinstance(act, Rift):
                quarrels += _quarrels(packer, act, step, size)
            else:
                for state, weight in sorted(act.weights.items()):
                    pulses.append(Pulse(step, "weakness", packer.states.index(state), -1, weight, size))
        elif isinstance(act, Membership):
            if act.treaty in packer.treaties:
                p, i = packer.treaties.index(act.treaty), packer.states.index(act.state)
                moves.append(Move(step, p, i, act.kind == "entry", f"dated intervention {id_}"))
        else:
            path, field = _setting(act)
            if path in packer.slots:
                packer.slots[f"interventions.{id_}.{field}"] = Slot("values", (len(values),))
                settings.append(Change(step, packer.slots[path], len(values)))
                values.append(float(getattr(act, field)))
    packer.numbers["sizes"], packer.numbers["values"] = np.array(sizes), np.array(values)
    # Who comes before who goes, so that neither the spelling of ids nor a treaty of two decides.
    moves.sort(key=lambda move: (move.step, not move.enters))
    return tuple(pulses), tuple(quarrels), tuple(settings), tuple(moves)


def _quarrels(packer: Any, act: Rift, step: int, size: int) -> list[Quarrel]:
    """All pairs that a rift parts: of a treaty those that may ever be party to it, since who is shows in the run."""
    if act.treaty is None:
        named, treaty = set(act.parties), -1
    elif act.treaty in packer.treaties:
        named, treaty = may_be_party(packer.scenario, act.treaty), packer.treaties.index(act.treaty)
    else:
        return []
    states = sorted(packer.states.index(state) for state in named)
    return [Quarrel(step, one, other, treaty, size) for one, other in combinations(states, 2)]


def may_be_party(scenario: Any, id_: str) -> set[str]:
    """The states that can ever be party to a treaty."""
    treaty = scenario.treaties[id_]
    named = {state for listed in (treaty.parties, treaty.candidates) for state, counts in listed.items() if counts}
    named |= set(treaty.opening.joined if treaty.opening is not None else ())
    named |= {state for phase in treaty.phases.values() for state in phase.parties}
    named |= {state.successor for state in scenario.states.values() if state.inherits.get(id_, False)}
    acts = scenario.interventions.values()
    return named | {act.state for act in acts if isinstance(act, Membership) and act.treaty == id_}


def _setting(act: Offer | Concession | ArticleSwitch | Setting) -> tuple[str, str]:
    """The path that an intervention sets, and which of its own fields holds the value."""
    if isinstance(act, Offer):
        return f"powers.{act.power}.packages.{act.state}", "size"
    if isinstance(act, Concession):
        return f"sources.{act.source}.concession", "share"
    if isinstance(act, ArticleSwitch):
        return f"treaties.{act.treaty}.articles.{act.article}.on", "on"
    return act.path, "value"


def _threat_pulses(packer: Any, act: Threat, step: int, size: int, sponsor: tuple[int, ...]) -> list[Pulse]:
    target = "event" if act.kind == "shock" else "rumour"
    if act.source is not None:
        k = packer.sources.index(act.source)
        if not act.weights and act.kind == "shock":
            return [Pulse(step, "intensity", -1, k, 1.0, size)]
        if not act.weights:
            everyone = range(len(packer.states))
            return [Pulse(step, target, i, k, 1.0, size, "exposure") for i in everyone]
        return [
            Pulse(step, target, packer.states.index(state), k, weight, size)
            for state, weight in sorted(act.weights.items())
        ]
    power = packer.powers.index(act.sponsor or "")
    return [
        Pulse(step, target, packer.states.index(state), k, weight, size, "share")
        for state, weight in sorted(act.weights.items())
        for k, behind in enumerate(sponsor)
        if behind == power
    ]
