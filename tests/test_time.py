"""Other months than the present on the page, levers that are changed, links, what a lever would do, and what stands beside."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import run, simulate
from entente.errors import InputError
from entente.evidence.rivals import laid_over
from entente.experiments.folder import load_run
from entente.page.behind import OVER_TIME, numbers_of, printed
from entente.page.beside import KEPT, MOST, Beside
from entente.page.fan import Effect, Parting, effects_of, fan_of
from entente.page.foresee import foreseen
from entente.page.gallery import gallery
from entente.page.levers import act, altered
from entente.page.link import DAMAGED, follow, link_of
from entente.page.live import steered
from entente.page.network import ground
from entente.page.session import Session
from entente.page.story import Story
from entente.page.style import standalone
from entente.page.ties import ties

SHOCK = {"source": "nato", "size": 1.5, "kind": "shock", "state": "everyone"}
OFFER = {"power": "USA", "state": "CHN", "size": 1.6}
AT, PULLED = 40, 12


def made(seed: int = 3, months: int = AT, **pulled: Any) -> Session:
    """A session with a shock in its thirteenth month."""
    session = Session("memo-2001", seed)
    for month in range(months):
        if month == PULLED:
            session.pull(partial(act, session.base, "shock", SHOCK))
        session.step()
    assert not session.error
    return session


@pytest.fixture(scope="module")
def session() -> Session:
    return made()


# -- time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [0, 1, PULLED + 1, 25, AT])
def test_a_month_that_is_past_is_shown_as_it_was(session: Session, month: int) -> None:
    then = made(months=month)
    then.levers, then._plain = session.levers, session._plain
    session.look(month)
    assert session.date == then.date
    words = [picture.summary for picture in gallery(session.scene())]
    if month > PULLED:
        assert words == [picture.summary for picture in gallery(then.scene())]
    for name, frame in then.tables().items():
        if name != "dyads":
            pd.testing.assert_frame_equal(
                session.tables(name)[name].reset_index(drop=True), frame, check_dtype=len(frame) > 0
            )


@pytest.mark.parametrize("month", [AT + 1, 100, 240])
def test_a_month_to_come_is_shown_as_it_will_be(month: int) -> None:
    ahead = made()
    ahead.look(month)
    assert (ahead.previewed, ahead.month, ahead.next_date) == (True, AT, "2004-12")
    told = [(line.month, line.text) for line in Story().lines(ahead.scene(), 0)]
    arrays, twin = ahead.scene().trajectory.arrays, ahead.scene().twin.arrays
    assert "preview" in ties(ahead.scene()).svg
    summaries = [picture.summary for picture in gallery(ahead.scene())]
    for _ in range(month - AT):
        ahead.step()
    assert (ahead.previewed, ahead.month) == (False, month)
    for name, values in ahead.scene().trajectory.arrays.items():
        assert np.array_equal(values[:month], arrays[name][:month], equal_nan=True), name
        assert np.array_equal(ahead.scene().twin.arrays[name][:month], twin[name][:month], equal_nan=True), name
    assert [picture.summary for picture in gallery(ahead.scene())] == summaries
    assert [(line.month, line.text) for line in Story().lines(ahead.scene(), 0)] == told


def test_whatever_is_done_next_is_done_at_the_present() -> None:
    session = made()
    session.look(5)
    session.step()
    assert (session.shown, session.month) == (AT + 1, AT + 1)
    session.look(200)
    session.pull(partial(act, session.base, "offer", OFFER))
    assert (session.shown, session.levers["lever-002"].month) == (AT + 1, session.next_date)
    session.look(200)
    session.reset()
    assert (session.shown, session.month) == (0, 0)
    session.look_at("2001-08")
    assert session.shown == 1
    for wrong in (lambda: session.look(241), lambda: session.look(-1), lambda: session.look_at("2001-13"),
                  lambda: session.look_at("2030-01")):  # fmt: skip
        with pytest.raises(InputError, match="month: "):
            wrong()
    assert session.shown == 1


def test_what_happened_stays_in_the_list_while_the_past_is_looked_at(session: Session) -> None:
    story = Story()
    whole = story.lines(session.scene(months=session.month), 0)
    session.look(20)
    assert story.lines(session.scene(), 0) == [line for line in whole if line.month <= session.date]
    assert story.lines(session.scene(months=session.month), 0) == whole


def test_a_replay_is_looked_at_anywhere_and_never_ahead(tmp_path: Path) -> None:
    run("memo-2001", 4, months=30).save(tmp_path / "kept", figures=False)
    session = Session()
    session.replay(load_run(tmp_path / "kept"))
    session.look(30)
    assert (session.shown, session.month, session.previewed) == (30, 1, False)
    with pytest.raises(InputError, match="0 to 30"):
        session.look(31)


# -- levers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("month", ["2001-08", "2003-05", "2004-12", "2019-01"])
def test_a_lever_that_is_moved_acts_as_if_it_had_been_pulled_then(month: str) -> None:
    session = made()
    session.alter("lever-001", lambda lever: altered(session.base, lever, {"month": month, "size": "0.7"}))
    assert "shock of 0.7" in session.levers["lever-001"].text
    fresh = Session("memo-2001", 3)
    fresh.pull(lambda _: act(fresh.base, "shock", SHOCK | {"size": 0.7}, month))
    for _ in range(AT):
        fresh.step()
    session.step(), fresh.step()
    assert not session.error + fresh.error
    for name, frame in fresh.tables().items():
        pd.testing.assert_frame_equal(session.tables(name)[name], frame)


@pytest.mark.parametrize(
    ("values", "words"),
    [({"month": "1999-01", "size": 1}, "1999-01: the run has months 2001-08 to 2021-07"),
     ({"month": "soon", "size": 1}, "month: 'soon': must be a month"), ({"month": "2004-01", "size": "x"}, "size: 'x'"),
     ({"month": "2004-01", "size": 0}, "a shock of 0 is none"), ({"month": "2004-01", "size": 9}, "size: 9")],
)  # fmt: skip
def test_a_lever_that_cannot_be_so_stays_as_it_was(session: Session, values: dict[str, Any], words: str) -> None:
    before = dict(session.levers)
    with pytest.raises(InputError, match=words):
        session.alter("lever-001", lambda lever: altered(session.base, lever, values))
    assert session.levers == before


def test_what_a_lever_would_do_is_the_difference_of_paired_runs(session: Session) -> None:
    parting = Parting(session.scenario, None, session.seed, session.month)
    pulled = steered(
        session.base, {}, {**session.levers, "lever-002": act(session.base, "offer", OFFER, session.next_date)}
    )
    effects = {one.treaty: one for one in effects_of(parting, pulled, [240], runs=30)[0]}
    ends = [
        simulate(
            scenario,
            30,
            session.seed,
            outcomes=["depth:rus-chn-2001", "status:rus-chn-2001"],
            shared=session.month,
        ).outcomes
        for scenario in (session.scenario, pulled)
    ]
    before, after = (end["depth:rus-chn-2001"] * (end["status:rus-chn-2001"] == 1) for end in ends)
    effect = effects["rus-chn-2001"]
    assert effect.practice[0] == np.median(after - before) < 0
    assert effect.practice[1] <= effect.practice[0] <= effect.practice[2]
    nothing = effects_of(parting, session.scenario, [100, 240], runs=5)
    assert all(one == Effect(one.treaty, (0, 0, 0), 0, 0, 0, 0) for some in nothing for one in some)


def test_what_a_lever_would_do_is_said_and_nothing_is_pulled(session: Session) -> None:
    lines = foreseen(session, "offer", OFFER)
    assert lines[0].startswith("Median of 200 paired futures")
    assert any(line.startswith("2021-07, Russia-China treaty 2001: depth -0.") for line in lines)
    assert any(line.startswith("2006-11, Russia-China treaty 2001") for line in lines)
    assert list(session.levers) == ["lever-001"]
    with pytest.raises(InputError, match="size"):
        foreseen(session, "offer", OFFER | {"size": "much"})


# -- links ----------------------------------------------------------------------------------


def test_a_link_brings_a_session_back(tmp_path: Path) -> None:
    before = made()
    before.set_parameter("behaviour.linkage", 0.3)
    before.reset()
    for _ in range(25):
        before.step()
    before.chosen = "rus-chn-2001"
    after = Session()
    follow(after, link_of(before), tmp_path)
    assert (after.scenario, after.seed, after.month, after.chosen) == (before.scenario, 3, 25, "rus-chn-2001")
    assert (after.levers, after.changes, after.waiting) == (before.levers, before.changes, [])
    for name, frame in before.tables().items():
        pd.testing.assert_frame_equal(after.tables(name)[name], frame)
    assert link_of(after) == link_of(before)
    after.clear_levers()
    again = Session()
    follow(again, link_of(after), tmp_path)
    assert again.levers == {}


def test_a_link_to_a_finished_run_replays_it(tmp_path: Path) -> None:
    run("memo-2001", 4, months=12).save(tmp_path / "kept", figures=False)
    before = Session()
    before.replay(load_run(tmp_path / "kept"))
    before.step()
    after = Session()
    follow(after, link_of(before), tmp_path)
    assert (after.label, after.seed, after.month) == ("kept", 4, 2)
    with pytest.raises(InputError, match="kept"):
        follow(after, link_of(before), tmp_path / "elsewhere")


def test_a_scenario_from_a_file_has_no_link(session: Session) -> None:
    opened = Session()
    opened.open(session.scenario.model_copy(update={"name": "of-my-own"}))
    assert link_of(opened) == ""


@cache
def shared() -> Session:
    """One session for all that is tried."""
    return made(months=PULLED + 1)


@given(st.text(max_size=80) | st.integers(0, 10**6))
@settings(max_examples=60)
def test_a_damaged_link_is_a_sentence_and_changes_nothing(damage: str | int) -> None:
    session = shared()
    link = link_of(session)
    if isinstance(damage, int):
        at = damage % len(link)
        link = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
    else:
        link = damage
    shown = (session.scenario, session.seed, session.month)
    with pytest.raises(InputError) as refused:
        follow(session, link, Path("nowhere"))
    assert "\n" not in str(refused.value)
    assert (session.scenario, session.seed, session.month) == shown


def test_a_link_cannot_fill_the_memory_or_reach_files() -> None:
    import base64
    import json
    import zlib

    def packed(data: Any) -> str:
        raw = json.dumps(data).encode()
        return base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode().rstrip("=")

    session = Session()
    for data, words in (
        ({"scenario": "memo-2001", "chosen": "x" * 10**7}, DAMAGED),
        ({"scenario": "../../etc/passwd"}, "no scenario that can be chosen"),
        ({"run": "../../etc"}, "no run folder"),
        ({"scenario": "memo-2001", "month": 500}, "this run has months 0 to 240"),
        ({"scenario": "memo-2001", "month": True}, DAMAGED),
        ({"scenario": "memo-2001", "run": "both"}, "no scenario or run, or both"),
        ({"scenario": "memo-2001", "levers": {"shock": {"kind": "exit", "month": "2001-09"}}}, DAMAGED),
        ({"scenario": "memo-2001", "changes": {"behaviour.nothing": 1.0}}, "behaviour.nothing"),
    ):
        with pytest.raises(InputError, match=words):
            follow(session, packed(data), Path("nowhere"))
    with pytest.raises(InputError, match="20,000 letters"):
        follow(session, "A" * 20_000, Path("nowhere"))
    assert (session.label, session.month) == ("memo-2001", 0)


# -- side by side ---------------------------------------------------------------------------


def test_a_rival_runs_beside_with_the_same_levers_and_seed(session: Session) -> None:
    session.look(AT)
    beside = Beside(session)
    beside.add("ratchet")
    other = run(laid_over("ratchet", session.scenario), session.seed, engine="ensemble").trajectory
    picture = beside.pictures()[0]
    assert picture.title == "Side by side: rival ratchet"
    scene = session.scene()
    change = other["depth"][AT - 1] - scene.now("depth")
    p = int(np.abs(change).argmax())
    assert f"{scene.treaty_name(p)} {change[p]:+.2f}" in picture.summary
    assert "this session (dashed grey)" in picture.summary
    ElementTree.fromstring(picture.svg)


def test_a_session_that_was_kept_stays_while_the_other_goes_on() -> None:
    session = made()
    beside = Beside(session)
    beside.add(KEPT)
    assert "No depth differs visibly from this session" in beside.pictures()[0].summary
    session.pull(partial(act, session.base, "offer", OFFER))
    for _ in range(60):
        session.step()
    assert "this session (dashed grey): Russia-China treaty 2001 +0." in beside.pictures()[0].summary
    for name in ("hub", "ratchet"):
        beside.add(name)
    assert len(beside.pictures()) == MOST
    with pytest.raises(InputError, match="4 stand side by side"):
        beside.add("network")
    beside.drop(0)
    assert [other.rival for other in beside.others] == ["hub", "ratchet"]
    with pytest.raises(InputError, match="nothing of that name"):
        beside.add("hub")


# -- the record, and what is taken away -----------------------------------------------------


def test_the_record_is_drawn_where_one_fits(tmp_path: Path) -> None:
    with_record, without = Session("record-1992"), Session("memo-2001")
    with_record.chosen = "rus-chn-2001"
    codings = [dot for dot in with_record.dots if "rus-chn-2001" in dot.treaties]
    assert codings
    assert ties(with_record.scene()).svg.count("coded on rung") == len(codings)
    assert without.dots == []
    assert "the record" not in ties(without.scene()).svg


def test_a_record_beside_the_scenario_of_ones_own_is_drawn_or_said_not_to_fit(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("extends: memo-2001\nname: own\nsummary: own\n")
    (tmp_path / "own.csv").write_text("tie,treaty,year,rung\nours,rus-chn-2001,2004,3\n")
    session = Session(str(file))
    assert [(dot.row, dot.rung) for dot in session.dots] == [(40, 3)]
    (tmp_path / "own.csv").write_text("tie,treaty,year,rung\nours,rus-chn-2001,1904,3\n")
    session = Session(str(file))
    assert session.dots == []
    assert "year: 1904" in session.remark


def test_the_numbers_of_a_picture_are_those_of_the_run_and_its_futures(session: Session) -> None:
    session.look(AT)
    fan = fan_of(session.parting(), runs=10)
    frame = numbers_of(session, "ties", fan)
    assert list(frame.columns) == OVER_TIME
    own = frame[frame["series"] == "run"]
    running = session.tables("treaties")["treaties"].query("status == 1")
    assert own["depth"].tolist() == running["depth"].tolist()
    assert {"twin", "futures: practice_median", "futures of the twin: low_90"} & set(frame["series"]) >= {"twin"}
    futures = frame[(frame["series"] == "futures: low_90") & (frame["treaty"] == "rus-chn-2001")]
    assert futures["depth"].tolist() == fan.bands["rus-chn-2001"]["practice_low_90"][AT - 1 :].tolist()
    for name in ("network", "threats", "wishes", "ladder"):
        assert set(numbers_of(session, name, None)["month"]) == {session.date}


def test_a_picture_that_is_taken_away_says_which_run_it_shows(session: Session) -> None:
    session.look(100)
    told = printed(session)
    assert told[0] == "Entente: memo-2001, seed 3, 2009-11, shown ahead of the run"
    assert any(line.startswith("lever: 2002-08 shock of 1.5 about NATO enlargement") for line in told)
    for picture in gallery(session.scene()):
        root = ElementTree.fromstring(standalone(picture, told, ground(session.scenario)))
        words = " ".join("".join(root.itertext()).split())
        assert picture.title in words
        assert told[0] in words
