"""What the page says has happened: the events of the run, each once and in their order, and one sentence on the tie."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from entente.month.ladder import RUNG_NAMES
from entente.page.levers import act
from entente.page.session import Session
from entente.page.story import TOLD, Story, headline

SHOCK = {"source": "militancy", "size": 1.5, "kind": "shock", "state": "everyone"}


@pytest.fixture(scope="module")
def session() -> Session:
    """Fifteen years of record-1992, with exits, entries, signings and a lever."""
    made = Session("record-1992", seed=3)
    for month in range(180):
        if month == 100:
            made.pull(partial(act, made.base, "shock", SHOCK))
        made.step()
    return made


def told(session: Session, story: Story) -> list[tuple[str, str]]:
    return [(line.month, line.text) for line in story.lines(session.scene(), session.version)]


def test_every_change_of_a_treaty_is_told_once_in_its_month(session: Session) -> None:
    lines = Story().lines(session.scene(), 0)
    assert [line.month for line in lines] == sorted(line.month for line in lines)
    events = session.tables("events")["events"]
    for kind in TOLD:
        ours = {(line.month, line.treaty) for line in lines if line.kind == kind}
        own = events[events["kind"] == kind]
        assert ours == set(zip(own["month"], own["treaty"], strict=True)), kind
    for kind in ("rung up", "rung down"):
        assert sum(line.kind == kind for line in lines) == (events["kind"] == kind).sum()
    assert {line.kind for line in lines} >= {"rung up", "rung down", "signing", "shock"}


def test_states_that_leave_together_are_told_together(session: Session) -> None:
    events = session.tables("events")["events"]
    exits = events[events["kind"] == "exit"]
    lines = [line for line in Story().lines(session.scene(), 0) if line.kind == "exit"]
    assert len(lines) == len(exits.groupby(["month", "treaty"]))
    for line in lines:
        own = exits[(exits["month"] == line.month) & (exits["treaty"] == line.treaty)]
        names = [session.scenario.states[i].name for ids in own["parties"] for i in ids.split()]
        assert all(name in line.text for name in names)
        assert ("leaves" in line.text) == (len(names) == 1)


def test_rungs_are_told_by_name_and_a_lever_is_told(session: Session) -> None:
    lines = Story().lines(session.scene(), 0)
    for line in lines:
        if line.kind.startswith("rung"):
            assert line.text.endswith(tuple(f", {name}" for name in RUNG_NAMES))
    assert any("lever-001" in line.cause for line in lines)


def test_a_story_told_month_by_month_is_that_told_at_once() -> None:
    session, story = Session(seed=1), Story()
    for _ in range(60):
        session.step()
        by_month = told(session, story)
    assert by_month == told(session, Story())
    session.pull(partial(act, session.base, "shock", SHOCK))
    session.step()
    assert told(session, story) == told(session, Story())
    session.reset()
    assert told(session, story) == []


def test_the_headline_is_of_the_chosen_tie_and_of_this_month(session: Session) -> None:
    scene = session.scene()
    for p in scene.running():
        said = headline(replace(scene, chosen=scene.world.treaties[p]))
        rung = int(scene.now("rung")[p])
        assert said.startswith(f"{scene.treaty_name(p)}: rung {rung}, {RUNG_NAMES[rung]}")
        assert f"threat to its parties {scene.threat_to(p)[-1]:.2f}" in said
        rungs = scene.trajectory.arrays["rung"][: scene.months, p]
        if " from " in said.partition(";")[0]:
            month = said.partition(" in ")[2][:7]
            row = [scene.world.month(scene.world.opens + n) for n in range(scene.months)].index(month)
            assert rungs[row] != rungs[row - 1]
            assert (rungs[row:] == rungs[row]).all()
    ended = [p for p in range(len(scene.world.treaties)) if p not in scene.running()]
    if ended:
        assert headline(replace(scene, chosen=scene.world.treaties[ended[0]])).endswith("is not in force.")


def test_before_the_first_month_it_says_so() -> None:
    assert headline(Session().scene()).endswith("as it sets out.")
