"""Futures that part from one run in a month: the past is the run's own, the rest differs, and both engines agree."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import AllianceModel, run, simulate
from entente.engines.interactive.alliance import release
from entente.errors import InputError
from entente.experiments.futures import futures
from entente.page.fan import Parting, fan_of
from entente.page.levers import act
from entente.page.session import FAN_MONTHS, Session
from entente.page.ties import summary, ties
from entente.schema.load import load_scenario
from entente.world.draws import Draws, draw
from entente.world.pack import pack

MONTHS, RUNS = 40, 7
OUTCOMES = ["depth:rus-chn-2001", "rung:shanghai-2001", "intensity:militancy"]


def depths(shared: int, **choices: object) -> np.ndarray:
    """Depths by run and month."""
    found = simulate(
        "memo-2001", RUNS, 5, outcomes=OUTCOMES, months=MONTHS, keep="monthly", shared=shared, **choices
    )
    return found.trajectories[OUTCOMES].to_numpy().reshape(RUNS, MONTHS, len(OUTCOMES))


@given(st.integers(0, MONTHS))
@settings(max_examples=12)
def test_runs_are_one_up_to_the_month_and_differ_after(shared: int) -> None:
    found, plain = depths(shared), depths(0)
    assert np.array_equal(found[:, :shared], np.broadcast_to(plain[0, :shared], found[:, :shared].shape))
    assert np.array_equal(found[0], plain[0])
    if shared < MONTHS - 5:
        assert (found[1:, -1] != found[0, -1]).any(axis=1).all()


def test_a_future_is_the_same_whatever_runs_beside_it() -> None:
    many = simulate("memo-2001", 40, 5, outcomes=OUTCOMES, months=MONTHS, shared=20).outcomes[OUTCOMES].to_numpy()
    assert np.array_equal(many[:RUNS], depths(20)[:, -1])


@pytest.mark.parametrize("scenario", ["memo-2001", "record-1992"])
def test_both_engines_run_the_same_futures(monkeypatch: pytest.MonkeyPatch, scenario: str) -> None:
    at, replicate = 25, 3
    found = simulate(
        scenario, replicate + 1, 5, months=MONTHS, outcomes=["depth:tashkent"], keep="monthly", shared=at
    )
    opens = pack(load_scenario(scenario)).opens

    def forking(*things: Any, **own: Any) -> Draws:
        *world, seed, number = things
        trunk, found = draw(*world, seed, 0, **own), draw(*world, seed, number, **own)
        for name in ("arrival", "magnitude", "perception"):
            getattr(found, name)[: opens + at] = getattr(trunk, name)[: opens + at]
        for name, noise in found.own.items():
            noise[: opens + at] = trunk.own[name][: opens + at]
        return found

    monkeypatch.setattr("entente.engines.interactive.alliance.draw", forking)
    model = AllianceModel(scenario, seed=5, replicate=replicate, record=True)
    world = model.world
    for _ in range(MONTHS):
        model.step()
    release(model)
    ours = model.trajectory["depth"][:MONTHS, world.treaties.index("tashkent")]
    theirs = found.trajectories.query(f"replicate == {replicate}")["depth:tashkent"].to_numpy()
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("shared", [-1, 1.5, True, "3"])
def test_a_wrong_month_is_a_sentence(shared: object) -> None:
    with pytest.raises(InputError, match=r"shared: .*: must be a whole number of months, 0 or more"):
        simulate("memo-2001", 2, shared=shared)


def test_more_months_than_there_are_make_one_run() -> None:
    assert (np.ptp(depths(MONTHS + 100), axis=0) == 0).all()


# -- on the page ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def session() -> Session:
    """A session of 30 months with a lever in the twentieth."""
    made = Session("memo-2001", seed=2)
    for month in range(30):
        if month == 20:
            values = {"source": "nato", "size": 1.5, "kind": "shock", "state": "everyone"}
            made.pull(partial(act, made.base, "shock", values))
        made.step()
    return made


def test_the_fan_begins_where_the_run_on_the_page_stands(session: Session) -> None:
    parting = session.parting()
    assert parting == Parting(session.scenario, session.plain, 2, 30)
    fan = fan_of(parting, runs=20)
    arrays = session.scene().trajectory.arrays
    for p, treaty in enumerate(session.scene().world.treaties):
        bands = fan.bands[treaty]
        for quantity, kept in (("practice", "depth"), ("organs", "rung")):
            ran = arrays["status"][:30, p] == 1
            for edge in ("low_90", "low_50", "median", "high_50", "high_90"):
                assert np.array_equal(bands[f"{quantity}_{edge}"][:30][ran], arrays[kept][:30, p][ran])
        if np.isfinite(bands["practice_median"][-1]):
            assert bands["practice_low_90"][-1] < bands["practice_high_90"][-1]


def test_the_fan_is_that_of_many_runs_of_the_export(session: Session) -> None:
    fan = fan_of(session.parting(), runs=50)
    table = futures(session.scenario, 2, 50, shared=30)
    own = table[table["treaty"] == "rus-chn-2001"]
    assert np.array_equal(
        fan.bands["rus-chn-2001"]["practice_high_90"], own["practice_high_90"].to_numpy(), equal_nan=True
    )
    without = futures(session.plain, 2, 50, shared=30)
    twins = without[without["treaty"] == "rus-chn-2001"]["practice_low_90"].to_numpy()
    assert np.array_equal(fan.twin["rus-chn-2001"]["practice_low_90"], twins, equal_nan=True)
    assert (run(session.scenario, 2).trajectory["depth"][:30] == session.scene().trajectory["depth"][:30]).all()


def test_futures_are_drawn_and_told_and_only_those_of_the_levers_that_stand(session: Session) -> None:
    fan = fan_of(session.parting(), runs=20)
    scene = session.scene(fan)
    assert ties(scene).svg.count('class="fan band') >= 8, "of the run and of its twin"
    assert ties(replace(scene, fan=replace(fan, twin=None))).svg.count('class="fan band') >= 4
    assert "Shaded: 50 and 90 % of 20 futures of Russia-China treaty 2001 after 2004-01" in summary(scene)
    assert "fan band" not in ties(replace(scene, fan=None)).svg


def test_while_it_plays_futures_are_wanted_now_and_then() -> None:
    session = Session()
    session.hasty = True
    wanted = []
    for _ in range(2 * FAN_MONTHS):
        session.step()
        wanted.append(session.parting().months)
    assert set(wanted) == {0, FAN_MONTHS, 2 * FAN_MONTHS}
    values = {"source": "nato", "size": 1.5, "kind": "shock", "state": "everyone"}
    session.step()
    session.pull(partial(act, session.base, "shock", values))
    assert session.parting().months == session.month, "a lever is seen at once"
    session.reset()
    assert session.parting().months == 0
    for _ in range(session.horizon):
        session.step()
    assert session.parting() is None, "nothing is left to foretell"
