"""A cause that is named is a cause: without it, on the same noise, the event comes later or not at all."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pandas as pd
import pytest

from entente import load_scenario, run

SEEDS = {"memo-2001": (2, 3, 9), "record-1992": (0,)}


class Happening(NamedTuple):
    """The first time that a treaty reaches a rung, or consults on a source, in a run; and its named causes."""

    scenario: str
    seed: int
    treaty: str
    kind: str
    source: str
    after: float
    month: str
    threats: tuple[str, ...]

    def __str__(self) -> str:
        what = f"rung {self.after:.0f}" if self.kind == "rung up" else f"consultation on {self.source}"
        return f"{self.scenario} {self.seed}: {self.treaty}, {what} in {self.month}"


@cache
def events(scenario: str, seed: int, held: str = "") -> pd.DataFrame:
    """Rises and consultations of a run, in one source of threat held at its base where that is named."""
    frame = run(scenario, seed, changes={f"sources.{held}.held": True} if held else None).events
    return frame[(frame["kind"] == "rung up") | ((frame["kind"] == "consultation") & (frame["after"] == 1))]


def happenings(kind: str, scenario: str, seed: int) -> list[Happening]:
    """The events of a kind, the first of each treaty, rung and source."""
    frame = events(scenario, seed)
    frame = frame[(frame["kind"] == kind) & (frame["threats"] != "")]
    first = frame.drop_duplicates(["treaty", "source", "after"])
    return [
        Happening(scenario, seed, e.treaty, kind, e.source, e.after, e.month, tuple(e.threats.split()))
        for e in first.itertuples()
    ]


def hindered(event: Happening, source: str) -> bool:
    """Whether the event comes later, or not at all, when the source is held at its base from the beginning."""
    other = events(event.scenario, event.seed, source)
    same = (
        (other["kind"] == event.kind)
        & (other["treaty"] == event.treaty)
        & (other["source"] == event.source)
        & (other["after"] == event.after)
    )
    return not (other[same]["month"] <= event.month).any()


def share(pairs: list[tuple[Happening, str]]) -> tuple[float, str]:
    """The share of events that their source's absence hinders, and a line for each."""
    found = [(event, source, hindered(event, source)) for event, source in pairs]
    rate = sum(late for *_, late in found) / len(found)
    lines = [
        f"{event}: without {source} {'later or never' if late else 'no later'}" for event, source, late in found
    ]
    return rate, f"{rate:.2f} of {len(found)}\n" + "\n".join(lines)


@pytest.fixture(scope="module")
def rises() -> list[Happening]:
    """Ten rises over at least four treaties."""
    found = [
        *(event for seed in SEEDS["memo-2001"] for event in happenings("rung up", "memo-2001", seed)),
        *(event for seed in SEEDS["record-1992"] for event in happenings("rung up", "record-1992", seed)),
    ]
    assert len(found) >= 10
    assert len({event.treaty for event in found}) >= 4
    return found


def test_a_rung_is_gained_later_or_never_without_the_threat_named_first(rises):
    rate, told = share([(event, event.threats[0]) for event in rises])
    print("named first:", told)
    assert rate > 0.5, told


def test_a_threat_that_is_not_named_matters_less_for_a_rise_than_one_that_is(rises):
    """Each rise against the sources of its treaty's scope that its story leaves out, as far as runs are at hand."""
    run_already = {source for event in rises for source in event.threats[:1]}
    named = [(event, source) for event in rises for source in event.threats if source in run_already]
    left_out = [
        (event, source)
        for event in rises
        for source in sorted(load_scenario(event.scenario).treaties[event.treaty].scope)
        if source in run_already and source not in event.threats
    ]
    with_name, told = share(named)
    without, told_too = share(left_out)
    print("named:", told)
    print("not named:", told_too)
    assert with_name > without, f"named: {told}\nnot named: {told_too}"


def test_a_treaty_consults_later_or_never_without_the_threat_it_consults_on():
    """One consultation a treaty, on whatever it consulted on last."""
    found = {event.treaty: event for event in happenings("consultation", "record-1992", 0)}
    assert len(found) >= 6
    rate, told = share([(event, event.threats[0]) for event in found.values()])
    print("consultations:", told)
    assert all(event.threats == (event.source,) for event in found.values())
    assert rate > 0.5, told
