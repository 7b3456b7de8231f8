"""Quarrels: what a state fears of another, what that costs a treaty, and where it costs nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from entente import AllianceModel, load_scenario, run, simulate
from entente.engines.compiled.ensemble import trajectory
from entente.engines.interactive.alliance import release
from entente.experiments.prior import prior_draws
from entente.mechanisms.neighbours import bred_mistrust
from entente.mechanisms.rift import calm
from entente.schema.base import month_text
from entente.telling.tables import TABLES, build_table
from entente.telling.why import why

from .test_membership import DIAL, month, parties, world
from .worlds import START, rifts, scenarios

LOOSE = settings(max_examples=50, suppress_health_check=list(HealthCheck))
AT = 10
"""The row in which the quarrels of these tests break out."""
PERSISTENCE = DIAL.persistence


def quarrel(*states: str, size: float | None = 1.0, row: int = AT, **more: Any) -> dict[str, Any]:
    """A rift of some states, or of the parties of `treaty`."""
    named = {"parties": list(states)} if states else {}
    return {"kind": "rift", "month": month(row), **named, **({} if size is None else {"size": size}), **more}


def two(*acts: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A treaty of A and B, one of B and C, and D in none; with some dated events."""
    exchange = {"exchange": dict.fromkeys("ABC", 0.5)}
    return world(
        {key: {} for key in "ABCD"},
        {"ab": {"parties": parties("A", "B"), **exchange}, "bc": {"parties": parties("B", "C"), **exchange}},
        months=parts.pop("months", 40),
        interventions={f"act{n}": act for n, act in enumerate(acts)},
        **parts,
    )


def fear(done: Any, treaty: str, state: str) -> np.ndarray:
    t, w = done.trajectory, done.world
    values: np.ndarray = t["fear"][:, w.treaties.index(treaty), w.states.index(state)]
    return values


def same(one: Any, other: Any, but: tuple[str, ...] = ()) -> bool:
    """Whether two runs recorded the same, to the last bit, but for some quantities."""
    pairs = ((name, values, other.trajectory[name]) for name, values in one.trajectory.arrays.items())
    return all(name in but or np.array_equal(mine, theirs) for name, mine, theirs in pairs)


# -- what holds in any world -----------------------------------------------------------------------


@st.composite
def twins(draw: st.DrawFn, low: float = 0.0) -> tuple[dict[str, Any], dict[str, Any], int]:
    """A random world, the same with one more rift of size 0 or above, and the row of it."""
    plain = draw(scenarios(months=30))
    act = draw(rifts(list(plain["states"]), list(plain["treaties"])))
    row = draw(st.integers(0, 29))
    act |= {"kind": "rift", "month": month_text(START + row), "size": draw(st.floats(low, 2))}
    return plain, plain | {"interventions": plain["interventions"] | {"more": act}}, row


@LOOSE
@given(twins(), st.integers(0, 1000))
def test_a_quarrel_never_raises_the_depth_that_a_party_would_have(pair, seed):
    plain, parted, row = pair
    one, two = run(plain, seed).trajectory, run(parted, seed).trajectory
    for name in ("ideal", "perception", "depth"):
        assert np.array_equal(one[name][:row], two[name][:row]), name
    # Only of the month itself: mistrust, which comes after it, makes reassurance worth more.
    assert (two["ideal"][row] <= one["ideal"][row] + 1e-12).all()
    assert (two["fear"] >= one["fear"] - 1e-12)[row].all()


@LOOSE
@given(twins(), st.integers(0, 1000))
def test_switched_off_quarrels_do_nothing_but_breed_mistrust_as_neighbours_do(pair, seed):
    plain, parted, _ = pair
    off = {"switches.rift": False, "switches.neighbours": False}
    assert same(run(plain, seed, changes=off), run(parted, seed, changes=off), but=("fear",))


@LOOSE
@given(scenarios(months=30), st.data(), st.integers(0, 1000))
def test_a_quarrel_of_states_that_no_treaty_can_hold_both_changes_no_treaty(given_, data, seed):
    def may_sit(id_: str) -> set[str]:
        treaty, acts = given_["treaties"][id_], given_["interventions"].values()
        moved = {act["state"] for act in acts if act["kind"] in ("entry", "exit") and act["treaty"] == id_}
        return {*treaty["parties"], *treaty["candidates"], *moved}

    states = list(given_["states"])
    apart = [
        [i, j] for n, i in enumerate(states) for j in states[n + 1 :]
        if not any({i, j} <= may_sit(id_) for id_ in given_["treaties"])
    ]  # fmt: skip
    assume(apart)
    act = {"kind": "rift", "month": month_text(START + 5), "size": 2, "parties": data.draw(st.sampled_from(apart))}
    parted = given_ | {"interventions": given_["interventions"] | {"more": act}}
    assert same(run(given_, seed), run(parted, seed))


@settings(max_examples=25)
@given(st.floats(0, 2), st.floats(0, 2), st.integers(0, 8))
def test_a_reconciliation_takes_a_quarrel_back_to_what_fading_leaves(old, size, months):
    """Of the old quarrel no more is left than without the new one, and no less than the new one has faded by itself."""
    acts = [quarrel("A", "B", size=old), quarrel("A", "B", size=size, row=AT + months)]
    acts.append(quarrel("A", "B", size=-size, row=AT + months + 1))
    last = AT + months + 1
    found = fear(run(two(*acts, months=last + 1)), "ab", "A")
    fades = fear(run(two(acts[0], months=last + 1)), "ab", "A")
    if found[last - 1] < 2:
        assert found[last] == pytest.approx(max(0, fades[last] - (1 - PERSISTENCE) * size), abs=1e-12)
    assert found[last] <= fades[last] + 1e-12


# -- by hand ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1.5, 0.4, None])
def test_a_quarrel_is_feared_and_fades_and_raises_mistrust_at_once(size):
    done = run(two(quarrel("A", "B", size=size)), changes={"switches.exits": False})
    amount = DIAL.size if size is None else size
    left = amount * PERSISTENCE ** np.arange(done.trajectory.months - AT)
    for state in "AB":
        assert not fear(done, "ab", state)[:AT].any()
        assert fear(done, "ab", state)[AT:] == pytest.approx(left)
    assert not done.trajectory["fear"][:, done.world.treaties.index("bc")].any()
    mistrust = done.trajectory["mistrust"][:, done.world.treaties.index("ab")]
    assert not mistrust[:AT].any()
    assert mistrust[AT] == pytest.approx(min(1, amount + bred_mistrust(DIAL.neighbour_mistrust, amount)))
    assert not done.trajectory["mistrust"][:, done.world.treaties.index("bc")].any()


def test_mistrust_rises_as_far_as_pairs_of_parties_are_in_the_quarrel():
    three = {"t": {"parties": parties("A", "B", "C")}}
    acts = {"q": quarrel("A", "B", size=0.6)}
    off = {"neighbours": False, "noise": False, "arrivals": False}
    done = run(world({key: {} for key in "ABC"}, three, months=AT + 1, interventions=acts, switches=off))
    assert done.trajectory["mistrust"][AT] == pytest.approx(0.6 / 3)


def test_benefits_are_what_calm_leaves_of_them():
    plain, parted = run(two()), run(two(quarrel("A", "B", size=0.7)))
    before, after = plain.trajectory["benefit"][AT], parted.trajectory["benefit"][AT]
    ab, bc = (plain.world.treaties.index(id_) for id_ in ("ab", "bc"))
    assert after[ab] == pytest.approx(before[ab] * calm(DIAL.rift, 0.7))
    assert before[ab].any()
    assert np.array_equal(after[bc], before[bc])
    # Exchange is no benefit from a source: where nobody fears anything else, it alone makes depth worth having.
    quiet = {"sources": {"x": {"base": 0}}}
    wish = [
        run(two(*acts, **quiet)).trajectory["ideal"][AT, ab, 0] for acts in ((), (quarrel("A", "B", size=0.7),))
    ]
    assert wish[0] > wish[1] > 0
    assert run(two(quarrel("A", "B", size=1.2), **quiet)).trajectory["ideal"][AT, ab, 0] == 0


def test_switched_off_mistrust_alone_feels_a_quarrel():
    done = run(two(quarrel("A", "B", size=0.8)), changes={"switches.rift": False})
    plain = run(two(), changes={"switches.rift": False})
    ab = done.world.treaties.index("ab")
    for name in ("perception", "benefit", "ideal"):
        assert np.array_equal(done.trajectory[name][: AT + 1], plain.trajectory[name][: AT + 1]), name
    gained = done.trajectory["mistrust"][AT, ab] - plain.trajectory["mistrust"][AT, ab]
    assert gained == pytest.approx(bred_mistrust(DIAL.neighbour_mistrust, 0.8))


@pytest.mark.parametrize("path", ["switches.calendar", "interventions.act0"])
def test_without_the_calendar_there_is_no_quarrel(path):
    value = False if path == "switches.calendar" else None
    assert same(run(two(quarrel("A", "B")), changes={path: value}), run(two()))


def test_a_quarrel_within_a_treaty_is_one_of_its_parties_in_that_month():
    """C joins after it, A has left before it, and nobody quarrels in a treaty that is not yet in force."""
    three = {
        "t": {"parties": parties("A", "B", "D"), "candidates": parties("C")},
        "late": {"parties": parties("A", "C")},
    }
    three["late"]["signed"] = month(AT + 5)
    acts = {
        "q": quarrel(treaty="t"), "p": quarrel(treaty="late"),
        "in": {"kind": "entry", "month": month(AT + 1), "treaty": "t", "state": "C"},
        "out": {"kind": "exit", "month": month(AT), "treaty": "t", "state": "A"},
    }  # fmt: skip
    off = {"noise": False, "arrivals": False, "exits": False, "entries": False}
    made = world({key: {} for key in "ABCD"}, three, months=AT + 12, interventions=acts, switches=off)
    model = AllianceModel(made, seed=0)
    for _ in range(AT + 12):
        model.step()
    found = {(i.id, j.id) for i in model.states for j in model.states if model.quarrel[i.index][j.index]}
    release(model)
    assert found == {("B", "D"), ("D", "B")}
    done = run(made)
    told = done.events[done.events["kind"] == "rift"]
    assert told[["treaty", "parties"]].to_numpy().tolist() == [["t", "B D"]]


@pytest.mark.parametrize("hub", [None, "A"])
def test_a_spoke_fears_its_partner_the_hub_alone_and_mistrust_feels_all(hub):
    treaty = {"parties": parties("A", "B", "C")} | ({"hub": hub} if hub else {})
    acts = {"q": quarrel("B", "C", size=0.5)}
    done = run(world({key: {} for key in "ABC"}, {"t": treaty}, months=AT + 2, interventions=acts))
    assert done.trajectory["fear"][AT, 0].tolist() == [0, 0, 0] if hub else [0, 0.5, 0.5]
    assert done.trajectory["mistrust"][AT, 0] > 0.5 / 3


def test_a_candidate_fears_those_with_whom_it_would_be():
    treaty = {"parties": parties("A", "B"), "candidates": parties("C", "D")}
    acts = {"q": quarrel("A", "C", size=0.5), "p": quarrel("C", "D", size=0.5)}
    off = {"noise": False, "arrivals": False, "entries": False}
    done = run(world({key: {} for key in "ABCD"}, {"t": treaty}, months=AT + 2, interventions=acts, switches=off))
    assert done.trajectory["fear"][AT, 0].tolist() == [0, 0, 0.25, 0], "the mean over both parties"


@settings(max_examples=10)
@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3), st.floats(0.01, 1))
def test_a_quarrel_with_the_strong_is_feared_more_than_one_with_the_weak(capabilities, size):
    """The mean over partners by capability: whoever quarrels with a third of the partners' strength fears a third."""
    states = {id_: {"capability": capability} for id_, capability in zip("ABC", capabilities, strict=True)}
    acts = {"q": quarrel("A", "B", size=size)}
    done = run(world(states, {"t": {"parties": parties("A", "B", "C")}}, months=AT + 1, interventions=acts))
    a, b, c = capabilities
    assert done.trajectory["fear"][AT, 0] == pytest.approx([size * b / (b + c), size * a / (a + c), 0])


def test_whom_a_party_fears_is_not_let_in():
    """A candidate that is welcome otherwise stays out while it quarrels with one that decides."""
    treaty = {"parties": parties("A", "B"), "candidates": parties("C")}
    made = world(
        {key: {} for key in "ABC"}, {"t": treaty}, months=40, behaviour={"mu": 0.0, "m": 0.0, "rift": 2.0}
    )
    acts = {"interventions.q": quarrel("A", "C", size=1.5, row=2)}
    entered = [run(made, changes=changes).trajectory["member"][:, 0, 2].any() for changes in ({}, acts)]
    assert entered == [True, False]


# -- threats that have a name ---------------------------------------------------------------------


def named(of: str | None, **parts: Any) -> dict[str, Any]:
    """A and B, B and C in treaties, and a threat from a fellow member that all feel alike."""
    source = {"origin": "member", "base": 0.4, "need": 0} | ({"of": of} if of else {})
    states = {id_: {"exposure": {"x": 1, "n": 1}} for id_ in "ABC"}
    treaties = {"ab": {"parties": parties("A", "B")}, "bc": {"parties": parties("B", "C")}}
    return world(states, treaties, sources={"x": {}, "n": source}, months=12, **parts)


def test_a_threat_that_names_a_state_is_feared_where_that_state_is_a_partner():
    unnamed, by_a = run(named(None)), run(named("A"))
    assert not unnamed.trajectory["fear"].any()
    # A, B and C in `ab`, then in `bc`: A does not fear itself.
    assert by_a.trajectory["fear"][-1].tolist() == [[0, 0.4, 0], [0, 0, 0]]
    grown = [done.trajectory["mistrust"][-1] for done in (unnamed, by_a)]
    assert grown[0] == pytest.approx(12 * bred_mistrust(DIAL.neighbour_mistrust, 0.4))
    assert grown[1] == pytest.approx([12 * bred_mistrust(DIAL.neighbour_mistrust, 0.2), 0])
    # Inside where its state is, outside where it is not, and there only as far as it is the treaty's business.
    assert unnamed.trajectory["orientation"][-1] == pytest.approx(0.5 / 0.9)
    assert by_a.trajectory["orientation"][-1] == pytest.approx([0.5 / 0.9, 1])


def test_without_quarrels_and_names_a_world_is_as_if_there_were_no_such_mechanism():
    assert same(run(named(None)), run(named(None), changes={"switches.rift": False}))


# -- both engines ---------------------------------------------------------------------------------


@LOOSE
@given(twins(low=-2.0), st.integers(0, 1000))
def test_both_engines_agree_where_states_quarrel(pair, seed):
    _, parted, _ = pair
    done = run(parted, seed)
    ours = trajectory(done.world, seed)
    for name, values in ours.arrays.items():
        assert np.array_equal(values, done.trajectory[name]), name


def test_rows_with_quarrels_of_their_own_are_the_runs_that_they_are_alone():
    acts = {
        "interventions.q": {"kind": "rift", "month": "2003-08", "parties": ["RUS", "CHN", "KAZ"], "size": 0.4},
        "interventions.p": {"kind": "rift", "month": "2004-02", "treaty": "shanghai-2001"},
        "interventions.off": {"kind": "set", "month": "2005-01", "path": "switches.rift", "value": False},
        "interventions.on": {"kind": "set", "month": "2006-01", "path": "switches.rift", "value": True},
        "sources.neighbour.of": "UZB",
    }
    scenario = load_scenario("memo-2001", acts | {"months": 72})
    rows = {
        "interventions.q.size": [0.0, 1.5, -0.5], "switches.rift": [True, True, False],
        "switches.calendar": [True, True, False], "behaviour.size": [0.6, 0.2, 1.0],
        "interventions.off.value": [False, True, False],
    }  # fmt: skip
    asked = ["depth:rus-chn-2001@mean", "mistrust:shanghai-2001", "rung:tashkent", "fear:shanghai-2001/KAZ@max"]
    # With and without `fear`, which is worked out where something reads it or it is asked for.
    for outcomes in (asked, asked[:-1]):
        done = simulate(scenario, seed=4, parameters=pd.DataFrame(rows), outcomes=outcomes).outcomes
        for point in range(3):
            changes = {path: values[point] for path, values in rows.items()}
            alone = simulate(load_scenario(scenario, changes), seed=4, outcomes=outcomes).outcomes
            t = run(scenario, 4, changes=changes).trajectory
            for name in outcomes:
                assert done[name][point] == alone[name][0], (point, name)
            p = run(scenario, 4, months=1).world.treaties.index("shanghai-2001")
            assert done["mistrust:shanghai-2001"][point] == t["mistrust"][-1, p]


# -- what is told ---------------------------------------------------------------------------------


def test_events_and_why_tell_who_fell_out_and_made_up():
    acts = {
        "interventions.spat": {"kind": "rift", "month": "2003-08", "parties": ["RUS", "CHN"], "size": 1.5, "text": "Over a border"},
        "interventions.peace": {"kind": "rift", "month": "2004-08", "treaty": "shanghai-2001", "size": -0.5},
        "interventions.afar": {"kind": "rift", "month": "2005-08", "parties": ["ARM", "CHN"]},
    }  # fmt: skip
    # Such a quarrel is bad company enough for both to leave; here they stay, to be told of.
    scenario = load_scenario("memo-2001", acts | {"months": 60, "switches.exits": False})
    done = run(scenario, 1)
    told = done.events[done.events["kind"].isin(["rift", "reconciliation"])]
    assert told["kind"].tolist() == ["rift", "reconciliation", "rift"]
    assert told["parties"].tolist() == ["CHN RUS", "CHN KAZ KGZ RUS TJK UZB", "ARM CHN"]
    assert told["after"].tolist() == [1.5, -0.5, DIAL.size]
    tables = {name: build_table(name, done.world, done.trajectory) for name in TABLES}
    lines = "\n".join(why(scenario, tables, "rus-chn-2001"))
    assert "2003-08  China and Russia fall out (by 1.50): spat: Over a border." in lines
    assert "make up (by 0.50): peace." in lines
    assert "afar" not in lines


# -- a case ---------------------------------------------------------------------------------------


@cache
def demanded(size: float) -> np.ndarray:
    """Depth demanded of the Russia-China tie a year after a quarrel of a size in August 2003, by prior draw."""
    act = {"kind": "rift", "month": "2003-08", "parties": ["RUS", "CHN"], "size": size}
    quiet = load_scenario("memo-2001", {"switches.arrivals": False, "interventions.q": act, "months": 48})
    draws = prior_draws(64, 1)
    found = simulate(quiet, seed=1, parameters=draws, outcomes=["demand:rus-chn-2001@2004-08"]).outcomes
    return found.iloc[:, -1].to_numpy()


def test_a_quarrel_of_russia_and_china_lowers_what_is_asked_of_their_tie_within_a_year():
    less = demanded(1.5) - demanded(0.0)
    assert np.median(less) < -0.1
    assert (less <= 0).mean() > 0.95
    assert np.median(demanded(0.75) - demanded(0.0)) < -0.02
