"""What a lever would change, in words, before it is pulled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from entente.errors import InputError
from entente.schema.base import month_number, month_text
from entente.schema.scenario import Scenario

from .fan import RUNS, Effect, Parting, effects_of
from .levers import act
from .live import steered
from .session import REPLAYED, Session

SOON = 24
"""Months after which an effect is told first."""
TOLD = 2
"""Treaties of which a change is told, besides the one that is looked at."""
VISIBLE = 0.005
"""Change of depth that is told."""


def foreseen(session: Session, form: str, values: Mapping[str, Any]) -> list[str]:
    """What a filled form would change soon and by the end of the run, a line a treaty. Raises `InputError`."""
    with session.lock:
        if session.run is not None:
            raise InputError(REPLAYED)
        if session.month >= session.horizon:
            raise InputError(f"{session.next_date}: the run has ended; press Reset first")
        lever = act(session.base, form, values, session.next_date)
        parting = Parting(session.scenario, None, session.seed, session.month)
        pulled = steered(session.base, session.changes, {**session.levers, "lever-0": lever})
        told = session.scene().told()
        looked_at = "" if told is None else session.record.world.treaties[told]
    dates = dict.fromkeys((min(parting.months + SOON, session.horizon), session.horizon))
    lines = [f"Median of {RUNS} paired futures, nine in ten in brackets."]
    for at, effects in zip(dates, effects_of(parting, pulled, list(dates)), strict=True):
        first = [effect for effect in effects if effect.treaty == looked_at]
        others = sorted(
            (one for one in effects if one.treaty != looked_at and _moved(one)), key=lambda one: -_size(one)
        )
        month = month_text(month_number(pulled.start) + at - 1)
        lines += [f"{month}, {', '.join(_words(pulled, effect))}" for effect in [*first, *others[:TOLD]]]
    return lines


def _size(effect: Effect) -> float:
    return max(abs(end) for end in effect.practice)


def _moved(effect: Effect) -> bool:
    return _size(effect) >= VISIBLE


def _percent(share: float) -> str:
    return "under 1 %" if share < 1 / 100 else f"{100 * share:.0f} %"


def _words(scenario: Scenario, effect: Effect) -> Iterator[str]:
    name = scenario.treaties[effect.treaty].name
    if not _moved(effect):
        yield f"{name}: no visible change"
        return
    middle, low, high = effect.practice
    yield f"{name}: depth {middle:+.2f} ({low:+.2f} to {high:+.2f})"
    for share, words in ((effect.lower, "on a lower rung"), (effect.higher, "on a higher rung"),
                         (effect.gone, "ended by it"), (effect.kept, "kept by it")):  # fmt: skip
        if share > 0:
            yield f"{words} in {_percent(share)}"
