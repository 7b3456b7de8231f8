"""The years of many ties: rungs as coded, and which of them the scenarios date a shock or a relief into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.intervention import Concession, Setting, Threat
from entente.schema.scenario import Scenario

from ..ties import Subject, Tie, subjects

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
MEMBER = "member"
PROMISES = {"consultation": 2, "mutual_defence": 4}
"""Obligation that an article amounts to, on the scale of `Treaty.obligation`."""


@dataclass(frozen=True)
class Panel:
    """Ties by calendar years; grids have the shape (ties, years).

    `rungs` as coded, not a number where not coded; `known` years of the scenario; `signed` a treaty of the tie
    had been signed by the end of the year; `size` of the largest shock of the year, 0 without; `shared` all
    parties are exposed to a shock of the year; `ended` a source is declared to abate. `parties` and `duty`
    (0..4) by tie.
    """

    names: tuple[str, ...]
    parties: tuple[tuple[str, ...], ...]
    years: NDArray[np.int64]
    duty: NDArray[np.int64]
    rungs: Floats
    known: Mask
    signed: Mask
    size: Floats
    shared: Mask
    ended: Mask

    @property
    def shock(self) -> Mask:
        """Years with a shock."""
        return self.size > 0


def duty_of(one: Subject) -> int:
    """The gravest promise of a tie, 0..4, by the obligation of its treaties or by their articles."""
    articles = [article for treaty in one.treaties for article in treaty.articles.values() if article.on]
    return max([one.obligation, *(PROMISES.get(article.rule, 0) for article in articles)])


def rivals_of(one: Subject) -> list[str]:
    """The outside sources that a treaty of the tie is about."""
    inside = {MEMBER, *one.parties}
    return [
        id_
        for id_, source in one.scenario.sources.items()
        if not {source.origin, source.of} & inside and any(treaty.scope.get(id_, 0) > 0 for treaty in one.treaties)
    ]


def _signed(one: Subject) -> int | None:
    """The year by whose end a treaty of the tie had been signed; none where that is not dated."""
    dates = [treaty.signed for treaty in one.treaties]
    return None if None in dates else min(month_number(date) // MONTHS_IN_YEAR for date in dates if date)


def panel(ties: Sequence[Tie]) -> Panel:
    """The tie-years of a folder of scenarios with records."""
    found = subjects(ties)
    spans = [_span(one.scenario) for one in found]
    first = min(span.start for span in spans)
    years = np.arange(first, max(span.stop for span in spans))
    shape = (len(found), len(years))
    rungs = np.full(shape, np.nan)
    known, signed, shared, ended = (np.zeros(shape, dtype=bool) for _ in range(4))
    size = np.zeros(shape)
    for row, one in enumerate(found):
        known[row, spans[row].start - first : spans[row].stop - first] = True
        for cell in one.cells:
            rungs[row, cell.year - first] = cell.rung
        date = _signed(one)
        signed[row] = True if date is None else years >= date
        _shocks(one, first, size[row], shared[row])
        _ends(one, first, ended[row])
    return Panel(
        tuple(one.label for one in found), tuple(one.parties for one in found), years,
        np.array([duty_of(one) for one in found]), rungs, known, signed, size, shared, ended,
    )  # fmt: skip


def _span(scenario: Scenario) -> range:
    start = month_number(scenario.start)
    return range(start // MONTHS_IN_YEAR, (start + scenario.months - 1) // MONTHS_IN_YEAR + 1)


def _year(month: str, first: int) -> int:
    return month_number(month) // MONTHS_IN_YEAR - first


def _shocks(one: Subject, first: int, size: Floats, shared: Mask) -> None:
    """Enter the shocks that touch a tie into its years."""
    states, rivals = one.scenario.states, rivals_of(one)
    for act in one.scenario.interventions.values():
        if not isinstance(act, Threat) or act.kind != "shock":
            continue
        sources = [id_ for id_ in rivals if act.source == id_ or _sponsored(one.scenario, id_, act.sponsor)]
        fears = {
            state: any(_ever(states[state].exposure.get(id_, 0.0)) for id_ in sources) for state in one.parties
        }
        touched = {state: act.weights.get(state, 0) > 0 if act.weights else fears[state] for state in one.parties}
        large = one.scenario.behaviour.size if act.size is None else act.size
        at = _year(act.month, first)
        if not sources or large <= 0 or not any(touched.values()) or not 0 <= at < len(size):
            continue
        size[at] = max(size[at], large)
        shared[at] |= all(touched[state] or fears[state] for state in one.parties)


def _ever(exposure: float | dict[str, float]) -> bool:
    """Whether a source concerns a state, in any year."""
    return max(exposure.values() if isinstance(exposure, dict) else [exposure]) > 0


def _sponsored(scenario: Scenario, source: str, sponsor: str | None) -> bool:
    return sponsor is not None and scenario.sources[source].sponsor == sponsor


def _ends(one: Subject, first: int, ended: Mask) -> None:
    """Enter the years in which a rival of a tie is declared to abate."""
    rivals = rivals_of(one)
    bases = {f"sources.{id_}.base": one.scenario.sources[id_].base for id_ in rivals}
    for act in one.scenario.interventions.values():
        abates = (
            (isinstance(act, Threat) and act.kind == "shock" and act.source in rivals and (act.size or 0) < 0)
            or (isinstance(act, Concession) and act.source in rivals and act.share > 0)
            or (isinstance(act, Setting) and act.path in bases and act.value < bases[act.path])
        )
        at = _year(act.month, first)
        if abates and 0 <= at < len(ended):
            ended[at] = True
