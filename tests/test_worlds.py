"""What must hold in any world, checked on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import load_scenario, run
from entente.schema.load import parse_scenario
from entente.telling.files import scenario_text

from .worlds import scenarios

LOOSE = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@LOOSE
@given(scenarios(), st.integers(0, 2**31))
def test_bounds_and_balances(world, seed):
    done = run(world, seed)
    t = done.trajectory
    for name, values in t.arrays.items():
        assert np.isfinite(values).all(), name
    for name in ("depth", "floor", "joint", "agreed", "ideal", "mistrust", "orientation", "restraint"):
        assert ((t[name] >= 0) & (t[name] <= 1)).all(), name
    for name in ("perception", "intensity", "effective", "event", "rumour"):
        assert ((t[name] >= 0) & (t[name] <= 2)).all(), name
    assert (np.abs(t["alignment"]) <= 1).all()
    assert (t["effective"] <= t["intensity"] + 1e-12).all()
    running = t["status"] == 1
    both = running[1:] & running[:-1]
    # Organs rise to the rung nearest to demand, however far; they go one after another.
    assert (np.diff(t["rung"], axis=0)[both] >= -1).all()
    assert (t["rung"] <= 6).all()
    assert (t["rise_pressure"] >= 0).all()
    assert (t["fall_pressure"] >= 0).all()
    assert (t["member"].sum(axis=2)[running] >= 2).all()
    assert (t["member"].sum(axis=2)[~running] == 0).all()
    assert (t["guest"] * t["member"] == 0).all()


@LOOSE
@given(scenarios(), st.integers(0, 1000))
def test_a_payment_leaves_one_state_and_reaches_another(world, seed):
    done = run(world, seed)
    t = done.trajectory
    assert t["received"].sum(axis=2) == pytest.approx(t["paid"].sum(axis=2), abs=1e-9)
    flows = done.payments
    assert (flows["amount"] > 0).all()
    assert (flows["payer"] != flows["payee"]).all()
    assert flows["amount"].sum() == pytest.approx(t["paid"].sum(), abs=1e-6)


@LOOSE
@given(scenarios(), st.integers(0, 1000))
def test_nobody_bargains_at_a_loss_beyond_compensation(world, seed):
    """What is agreed, with payments, is worth at least what the floor is; so a founder never signs at a loss.

    What bad company costs is no matter of the bargain, and is left out.
    """
    world["switches"].pop("ratchet", None)
    for treaty in world["treaties"].values():
        treaty["decision"] = "unanimity"
    t = run(world, seed).trajectory
    bargained = t["floor"] > 0
    resented = world["behaviour"]["resent"] * t["fear"] if world["switches"].get("rift", True) else 0
    value = np.where(t["member"] == 1, t["value"] + resented, 0)[bargained]
    assert (value >= -1e-9).all()


@LOOSE
@given(scenarios(), st.integers(0, 1000), st.randoms())
def test_the_order_of_states_and_treaties_in_a_file_is_irrelevant(world, seed, random):
    shuffled = dict(world)
    for part in ("states", "sources", "treaties", "interventions"):
        items = list(world[part].items())
        random.shuffle(items)
        shuffled[part] = dict(items)
    one, two = run(world, seed).trajectory, run(shuffled, seed).trajectory
    assert all(np.array_equal(one.arrays[name], two.arrays[name]) for name in one.arrays)


@LOOSE
@given(scenarios())
def test_a_scenario_survives_its_own_file(world):
    scenario = load_scenario(world)
    assert parse_scenario(scenario_text(scenario), "again") == scenario


@LOOSE
@given(scenarios(months=30), st.integers(0, 1000))
def test_a_longer_horizon_only_appends(world, seed):
    short, long = run(world, seed, months=12).trajectory, run(world, seed).trajectory
    for name in short.arrays:
        assert np.array_equal(short[name], long[name][:12]), name


def test_a_world_of_one_state_and_a_world_of_two_hundred():
    place = {"longitude": 0, "latitude": 0}
    one = {"name": "one", "start": "2000-01", "months": 3,
           "states": {"A": {"name": "A", "place": place, "capability": 0.1}}}  # fmt: skip
    assert len(run(one).states) == 3
    many = {
        **one,
        "sources": {"x": {"name": "x", "origin": "Elsewhere", "base": 0.5, "need": 0.9}},
        "states": {
            f"S{n:03d}": {"name": f"S{n}", "place": place, "capability": 0.001 * (n % 7 + 1),
                          "exposure": {"x": 0.5}, "contribution": {"x": 0.4}}
            for n in range(200)
        },
        "treaties": {"all": {"name": "all", "parties": {f"S{n:03d}": True for n in range(200)}, "signed": "2000-01",
                             "obligation": 1, "scope": {"x": 1}}},
    }  # fmt: skip
    done = run(many)
    assert done.treaties["depth"].iloc[-1] > 0
