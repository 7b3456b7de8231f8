"""Opposed alliances: what a bloc holds is a threat to another, and the other way round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario, run
from entente.engines.compiled.ensemble import trajectory
from entente.mechanisms.provocation import provoked_shock
from entente.telling.why import why

BLOCS = [
    ("dual-alliance-1891", "triple-alliance", "convention-1894", "triple"),
    ("dual-alliance-1891", "convention-1894", "triple-alliance", "franco_russian"),
    ("little-entente-1921", "rome-protocols", "pact-1933", "revision"),
    ("little-entente-1921", "pact-1933", "rome-protocols", "little_entente"),
]
"""Scenario, the treaty that is deepened, the one that answers, and the source that the first sponsors."""
LAST = 48


def deepened(name, treaty):
    """The scenario and its twin in which the parties of a treaty have a full exchange, and so want it deeper."""
    scenario = load_scenario(name)
    paths = {f"treaties.{treaty}.exchange.{state}": 1.0 for state in scenario.treaties[treaty].parties}
    return run(scenario, 1), run(scenario, 1, changes=paths)


@pytest.mark.parametrize(("name", "treaty", "other", "source"), BLOCS)
def test_what_one_bloc_deepens_the_other_answers(name, treaty, other, source):
    twin, done = deepened(name, treaty)
    p, q, k = (
        done.world.treaties.index(treaty),
        done.world.treaties.index(other),
        done.world.sources.index(source),
    )
    more = {
        w: (done.trajectory[w] - twin.trajectory[w])[-LAST:] for w in ("depth", "intensity", "agreed", "demand")
    }
    assert more["depth"][:, p].mean() > 0.02
    assert more["intensity"][:, k].min() > 0
    assert more["agreed"][:, q].mean() > 0
    assert more["demand"][:, q].mean() > 0


@pytest.mark.parametrize(("name", "treaty", "other", "source"), BLOCS)
def test_without_provocation_nobody_answers(name, treaty, other, source):
    scenario = load_scenario(name, {"switches.provocation": False})
    paths = {f"treaties.{treaty}.exchange.{state}": 1.0 for state in scenario.treaties[treaty].parties}
    twin, done = run(scenario, 1), run(scenario, 1, changes=paths)
    k, q = done.world.sources.index(source), done.world.treaties.index(other)
    assert (done.trajectory["intensity"][:, k] == twin.trajectory["intensity"][:, k]).all()
    assert (done.trajectory["agreed"][:, q] == twin.trajectory["agreed"][:, q]).all()


def test_intensity_follows_what_the_sponsors_held_a_month_before():
    done = run("dual-alliance-1891", 1)
    t, w, b = done.trajectory, done.world, done.world.scenario.behaviour
    k = w.sources.index("triple")
    shares, depths = w.numbers["sponsoring_states"][:, k], w.numbers["sponsoring_treaties"][:, k]
    expected = [
        provoked_shock(b.provoke, b.power_threat, b.persistence, float(depths @ depth), float(shares @ capability))
        for depth, capability in zip(t["depth"][:-1], t["capability"][:-1], strict=True)
    ]
    assert t["shock"][1:, k] == pytest.approx(np.array(expected), abs=1e-12)


@settings(max_examples=200)
@given(*[st.floats(0, 2)] * 2, st.floats(0, 0.995), *[st.floats(0, 4)] * 4)
def test_more_of_what_sponsors_hold_never_threatens_less(
    provoke, power, persistence, depth, more, capability, stronger
):
    held = provoked_shock(provoke, power, persistence, depth, capability)
    assert held >= 0
    assert provoked_shock(provoke, power, persistence, depth + more, capability + stronger) >= held


def test_why_names_the_opposing_bloc():
    done = run("dual-alliance-1891", 1, changes={"treaties.triple-alliance.exchange.GER": 1.0,
               "treaties.triple-alliance.exchange.AUH": 1.0, "treaties.triple-alliance.exchange.ITA": 1.0})  # fmt: skip
    told = "\n".join(why(done.world.scenario, done.tables, "convention-1894"))
    assert "behind it stands Triple Alliance" in told


@pytest.mark.parametrize("name", ["dual-alliance-1891", "little-entente-1921"])
def test_many_draws_are_the_same_in_both_engines(name):
    done = run(name, 3)
    ours = trajectory(done.world, 3)
    assert all((ours[q] == done.trajectory[q]).all() for q in ours.arrays)


def test_a_sponsor_that_is_not_there_is_named():
    with pytest.raises(InputError, match=r"triple-aliance.*no treaty.*did you mean triple-alliance"):
        load_scenario("dual-alliance-1891", {"sources.triple.sponsors.treaties.triple-aliance": 1.0})
