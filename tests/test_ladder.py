"""E6b, E6c, E9b, E10, E13: what organs follow, when they move and when not; and what moves them in the memo's world.

Organs are moved by demand alone, which most tests here prescribe; in random worlds they are recomputed by hand.
"""

from __future__ import annotations

from functools import cache
from math import ceil, floor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from entente import AllianceModel, load_scenario, run, simulate
from entente.engines.interactive.alliance import release
from entente.engines.interactive.treaty import Bargain, Treaty
from entente.experiments.prior import prior_draws
from entente.month.ladder import BY_DELIBERATION, BY_GATE, FREE, ceiling
from entente.world.trajectory import Trajectory

from .test_membership import CONSTANT, THREE, first, month, offer, parties, world
from .worlds import busy_world

FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))
MORE = settings(max_examples=80, suppress_health_check=list(HealthCheck))
STEPS = CONSTANT.steps
TOP = round(STEPS) - 1
CLOSED = 2.0
UNMOVED = 0.499
"""Just under the half of a rung within which organs fit."""


def wished(path: list[float], rung: int, gate: bool = False, **behaviour: float) -> Trajectory:
    """The record of a treaty of two of which the depth agreed is prescribed, month by month, in rungs."""

    class Wished(Treaty):
        def negotiate(self, members: Any, interests: Any) -> Bargain:
            agreed = min(max(path[self.model.clock] / STEPS, 0.0), 1.0)
            return Bargain(agreed, agreed, agreed, dict.fromkeys(members, 0.0), dict.fromkeys(members, 0.0))

    class Wishing(AllianceModel):
        treaty_class = Wished

    # Both fear the same most of all: their overlap is 1, and a gate that asks for more is closed.
    behaviour = {"core_overlap": CLOSED} | behaviour
    made = world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B"), "rung": rung}}, behaviour=behaviour)
    made["switches"] |= {"exits": False, "lapse": False, "gate": gate}
    found = run(made, months=len(path), model=Wishing).trajectory
    assert found["agreed"][:, 0] == pytest.approx(np.clip(np.array(path) / STEPS, 0, 1))
    return found


def moves(rungs: np.ndarray, before: int) -> dict[int, int]:
    """The rows in which a rung moves, and by how many."""
    steps = np.diff(rungs.astype(int), prepend=before)
    return {int(row): int(steps[row]) for row in np.flatnonzero(steps)}


GAPS = st.floats(0.01, TOP)
DELIBERATIONS, INERTIAS = st.floats(0.5, 12), st.floats(2, 60)


# -- when organs move, and when not -----------------------------------------------------------------


@MORE
@given(st.integers(0, TOP), st.floats(-UNMOVED, UNMOVED), st.floats(0, 60), st.floats(0, 600))
def test_demand_within_half_a_rung_of_the_organs_moves_nothing_for_ever(rung, off, deliberation, inertia):
    """However little pressure is asked for, even none."""
    t = wished([rung + off] * 60, rung, deliberation=deliberation, inertia=inertia)
    assert (t["rung"] == rung).all()
    for name in ("rise_pressure", "fall_pressure"):
        assert not t[name].any(), name
    assert (t["blocked"] == FREE).all()


@MORE
@given(st.integers(0, TOP - 1), GAPS, DELIBERATIONS)
def test_organs_rise_once_to_the_rung_nearest_to_demand_when_pressure_reaches_deliberation(
    rung, gap, deliberation
):
    wanted = rung + 0.5 + gap
    assume(wanted <= STEPS)
    due = deliberation / gap
    assume(due < 80 and abs(due - round(due)) > 1e-6)
    t = wished([wanted] * 100, rung, deliberation=deliberation)
    row = ceil(due) - 1
    assert moves(t["rung"][:, 0], rung) == {row: min(floor(wanted + 0.5), TOP) - rung}
    assert t["rise_pressure"][:row, 0] == pytest.approx(gap * np.arange(1, row + 1))
    assert t["rise_pressure"][row, 0] == 0, "pressure is spent"
    assert (t["blocked"][:row] == BY_DELIBERATION).all()


@MORE
@given(st.integers(0, TOP), GAPS, INERTIAS)
def test_organs_fall_one_rung_at_a_time_at_inertia_and_never_below_the_text_of_the_treaty(rung, gap, inertia):
    wanted = rung - 0.5 - gap
    assume(wanted >= 0)
    row, standing, expected = -1, rung, {}
    while standing > 1 and standing - 0.5 - wanted > 0:
        due = inertia / (standing - 0.5 - wanted)
        assume(abs(due - round(due)) > 1e-6)
        row += ceil(due)
        expected[row], standing = -1, standing - 1
    t = wished([wanted] * 240, rung, inertia=inertia)
    assert moves(t["rung"][:, 0], rung) == {row: step for row, step in expected.items() if row < 240}
    assert (t["depth"][:, 0] <= ceiling(t["rung"][:, 0], STEPS) + 1e-12).all(), "practice goes with its organs"


@pytest.mark.parametrize("rung", [0, 1])
def test_what_is_signed_stays_signed_however_little_is_wanted(rung):
    t = wished([0.0] * 400, rung, inertia=2)
    assert (t["rung"] == rung).all()


@pytest.mark.parametrize("changes", [{"inertia": 0}, {"inertia": 0, "deliberation": 0}])
def test_without_inertia_organs_fall_at_once_where_they_are_too_large_and_nowhere_else(changes):
    """Organs that are too small are not taken down for a threshold of nothing."""
    t = wished([5.0, 5.0, 5.0, 2.0, 2.0, 2.0, 2.0], 3, **({"deliberation": 1} | changes))
    assert t["rung"][:, 0].tolist() == [5, 5, 5, 4, 3, 2, 2]


def test_a_shock_of_demand_builds_several_rungs_at_once_and_a_slight_one_takes_as_long_for_one():
    """Jones and Baumgartner 2005: what is a little too small is borne for long, what is far too small is made good."""
    great, slight = (wished([wanted] * 40, 1, deliberation=3) for wanted in (5.0, 1.6))
    assert moves(great["rung"][:, 0], 1) == {0: 4}
    assert list(moves(slight["rung"][:, 0], 1).values()) == [1]
    assert first(slight["rung"][:, 0] == 2) == 29


def test_a_quiet_month_takes_back_what_pressure_there_was():
    """Pressure does not wait for ever: as much too large as it was too small before, and all is as if nothing had been."""
    t = wished([2.5, 2.5, 1.5, 1.5, 1.5, 2.5], 2, deliberation=60, inertia=60)
    assert not t["rise_pressure"].any(), "within half a rung"
    t = wished([3.5, 3.5, 2.0, 2.0, 3.5], 2, deliberation=60, inertia=60)
    assert t["rise_pressure"][:, 0] == pytest.approx([1, 2, 1.5, 1.0, 2.0])
    assert not t["fall_pressure"].any()


def test_a_closed_gate_keeps_the_pressure_for_the_top_rung_and_no_more_of_it():
    t = wished([7.0] * 20, 3, gate=True, deliberation=3)
    assert moves(t["rung"][:, 0], 3) == {0: 2}
    assert t["blocked"][-1, 0] == BY_GATE
    assert t["rise_pressure"][-1, 0] == 3


def by_hand(t: Trajectory, p: int, dials: dict[str, float], gate: bool) -> None:
    """Compare organs and pressures of a treaty with what its demand makes of them, month by month."""
    wanted, rung, up, down, status, overlap = (
        t[name][:, p] for name in ("demand", "rung", "rise_pressure", "fall_pressure", "status", "overlap")
    )
    for row in range(1, t.months):
        if not (status[row - 1] == status[row] == 1):
            continue
        was = rung[row - 1]
        short, large = STEPS * wanted[row] - was - 0.5, was - 0.5 - STEPS * wanted[row]
        rise, fall = max(0.0, up[row - 1] + short), max(0.0, down[row - 1] + large)
        top = TOP if not gate or overlap[row] >= dials["core_overlap"] else TOP - 1
        expected, after = was, (rise, fall)
        if large > 0 and was > 1 and fall >= dials["inertia"]:
            expected, after = was - 1, (0, 0)
        elif short > 0 and was < TOP and rise >= dials["deliberation"]:
            held = was >= top
            expected = was if held else min(floor(STEPS * wanted[row] + 0.5), top)
            after = (dials["deliberation"], fall) if held else (0, 0)
        assert rung[row] == expected, row
        assert (up[row], down[row]) == pytest.approx(after), row


@MORE
@given(
    st.lists(st.tuples(st.floats(0, STEPS), st.integers(1, 15)), min_size=1, max_size=6),
    st.integers(0, TOP),
    st.floats(0, 12),
    st.floats(0, 60),
    st.booleans(),
)
def test_whatever_is_wanted_organs_do_what_the_pressures_say(spells, rung, deliberation, inertia, gate):
    path = [wanted for wanted, months in spells for _ in range(months)]
    t = wished(path, rung, gate, deliberation=deliberation, inertia=inertia)
    assert (t["rise_pressure"] >= 0).all()
    assert (t["fall_pressure"] >= 0).all()
    assert (t["rung"] >= min(rung, 1)).all()
    by_hand(t, 0, {"deliberation": deliberation, "inertia": inertia, "core_overlap": CLOSED}, gate)


# -- in random worlds ------------------------------------------------------------------------------


def lively(seed: int, months: int = 70, **switches: bool) -> dict[str, Any]:
    """A busy world in which parties exchange much or little, and organs are quick."""
    rng = np.random.default_rng(seed)
    made = busy_world(rng, months)
    made["behaviour"] |= {"inertia": float(rng.uniform(2, 24)), "deliberation": float(rng.uniform(0.5, 6))}
    for treaty in made["treaties"].values():
        treaty["exchange"] = {id_: float(rng.uniform(0, 1)) for id_ in treaty["parties"]}
    made["switches"] |= {"ratchet": False} | switches
    made["interventions"] = {id_: a for id_, a in made["interventions"].items() if a["kind"] != "set"}
    return made


@FEW
@given(st.integers(0, 10**6))
def test_in_random_worlds_organs_do_what_the_pressures_say(seed):
    made = lively(seed)
    done = run(made, seed, engine="ensemble")
    gate = made["switches"].get("gate", True)
    for p in range(len(done.world.treaties)):
        by_hand(done.trajectory, p, made["behaviour"], gate)


def test_organs_rise_and_fall_in_these_worlds_by_one_rung_and_by_more():
    """That they do what pressures say would prove nothing where they stand still."""
    steps = np.zeros(0)
    for seed in range(12):
        t = run(lively(seed), seed, engine="ensemble").trajectory
        both = (t["status"][1:] == 1) & (t["status"][:-1] == 1)
        steps = np.append(steps, np.diff(t["rung"], axis=0)[both])
    assert min((steps == -1).sum(), (steps == 1).sum(), (steps > 1).sum()) >= 3


@FEW
@given(st.integers(0, 10**6))
def test_without_politics_what_is_demanded_is_what_is_agreed(seed):
    t = run(lively(seed, politics=False), seed, engine="ensemble").trajectory
    stands = t["status"][1:] == 1
    # What founders agreed on in the month in which they sign is asked for from the next on.
    stands &= (t["status"][:-1] == 1) | (t["demand"][1:] != 0)
    assert np.array_equal(t["demand"][1:][stands], t["agreed"][1:][stands])


def test_with_politics_it_is_not():
    t = run(lively(1, politics=True), 1, engine="ensemble").trajectory
    assert (t["demand"] != t["agreed"]).any()


@FEW
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_every_ideal_depth_is_the_best_on_the_whole_scale(seed, months):
    """E10 against a search of the scale, with exchange, reassurance and sunk costs, in worlds as they are lived."""
    model = AllianceModel(lively(seed, exchange=True, reassurance=True, sunk=True), seed)
    for _ in range(months):
        model.step()
    need = CONSTANT.exchange_need
    for state in model.states:
        for t, interest in state.interests.items():
            bend, rung = interest.bend, model.treaties[t].rung
            if model.treaties[t].status > 1 or bend is None:
                continue
            needs = np.array(model.needs)[:, None]
            grid = np.union1d(np.linspace(0, 1, 1001), [interest.ideal, need, rung / STEPS, *model.needs])
            used, standing = np.minimum(grid, need), np.minimum(grid, bend.organs)
            worth = (np.array(interest.benefits)[:, None] * np.minimum(grid, needs)).sum(axis=0)
            worth += interest.linear * grid - interest.curve * grid**2 / 2
            worth += bend.common * (used - used**2 / (2 * need)) + bend.saving * standing * (grid - standing / 2)
            best = worth[np.searchsorted(grid, interest.ideal)]
            assert best >= worth.max() - 1e-9
    release(model)


# -- succession ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "pressure"), [(0.8, "rise_pressure"), (0.0, "fall_pressure")])
def test_a_successor_goes_on_with_the_pressure_of_its_predecessor(base, pressure):
    old = {"parties": parties("A", "B"), "rung": 2}
    new = old | {"signed": month(9), "succeeds": "old", "rung": 5}
    parts: dict[str, Any] = {"sources": {"x": {"base": base}}, "behaviour": {"deliberation": 40, "inertia": 30}}
    both = run(world({"A": {}, "B": {}}, {"old": old, "new": new}, **parts))
    t, at = both.trajectory, both.world.treaties.index
    alone = run(world({"A": {}, "B": {}}, {"old": old}, **parts)).trajectory
    assert t[pressure][8, at("old")] > 0
    joined = np.where(np.arange(60) < 9, t[pressure][:, at("old")], t[pressure][:, at("new")])
    assert np.array_equal(joined, alone[pressure][:, 0])
    assert t[pressure][9, at("new")] > t[pressure][8, at("old")]
    moved = first(alone["rung"][:, 0] != 2)
    assert moved > 9, "in time only because pressure was taken over"
    assert first((t["rung"][:, at("new")] != 2) & (np.arange(60) >= 9)) == moved


# -- switches ---------------------------------------------------------------------------------------


def same(made: dict[str, Any], other: dict[str, Any], seed: int, but: tuple[str, ...] = ()) -> None:
    one, two = (run(given, seed, engine="ensemble").trajectory for given in (made, other))
    for name, values in one.arrays.items():
        assert name in but or np.array_equal(values, two[name]), name


NOTHING_OF: dict[str, dict[str, float]] = {
    "exchange": {"exchange_value": 0},
    "reassurance": {"reassure": 0},
    "sunk": {"sunk": 0},
    "politics": {"politics": 0},
    "rift": {"rift": 0, "resent": 0},
}
"""Mechanisms, and the numbers with which each does nothing, where nobody quarrels."""


@pytest.mark.parametrize(("switch", "numbers"), NOTHING_OF.items(), ids=NOTHING_OF)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_switched_off_a_mechanism_is_as_if_it_did_nothing(switch, numbers, seed):
    made = lively(seed)
    made["interventions"] = {id_: a for id_, a in made["interventions"].items() if a["kind"] != "rift"}
    off = made | {"switches": made["switches"] | {switch: False}}
    same(
        off, made | {"behaviour": made["behaviour"] | numbers, "switches": made["switches"] | {switch: True}}, seed
    )


@FEW
@given(st.integers(0, 10**6))
def test_without_exchange_it_does_not_matter_what_is_exchanged(seed):
    made = lively(seed, exchange=False)
    bare = made | {"treaties": {id_: t | {"exchange": {}} for id_, t in made["treaties"].items()}}
    same(made, bare, seed)


@FEW
@given(st.integers(0, 10**6))
def test_with_lapsing_switched_off_nothing_lapses_and_until_something_does_nothing_differs(seed):
    made = lively(seed, lapse=True)
    for source in made["sources"].values():
        source |= {"base": 0, "rate": 0}
    made["switches"] |= {"exchange": False}
    off = run(made | {"switches": made["switches"] | {"lapse": False}}, seed, engine="ensemble")
    assert not off.events["rule"].str.contains("only its text was left").any()
    on = run(made, seed, engine="ensemble")
    lapsed = on.events[on.events["rule"].str.contains("only its text was left")]
    months = [on.world.month(on.world.opens + row) for row in range(on.trajectory.months)]
    until = min((months.index(at) for at in lapsed["month"]), default=on.trajectory.months)
    for name, values in on.trajectory.arrays.items():
        assert np.array_equal(values[:until], off.trajectory[name][:until]), name


# -- the memo's world ---------------------------------------------------------------------------------

DRAWS = 32
TIE = "rus-chn-2001"
TIES = (TIE, "shanghai-2001", "tashkent")


@cache
def drawn(changes: str, *outcomes: str) -> np.ndarray:
    """Outcomes of `memo-2001` with some changes over draws from the prior ranges, one row a draw."""
    scenario = load_scenario("memo-2001", CHANGES[changes])
    found = simulate(scenario, seed=1, parameters=prior_draws(DRAWS, 5), outcomes=list(outcomes)).outcomes
    return found[list(outcomes)].to_numpy()


MEMO = load_scenario("memo-2001")
RAID = {
    "kind": "shock", "month": "2004-08", "source": "militancy", "size": 2.0, "weights": dict.fromkeys(MEMO.states, 1.0)
}  # fmt: skip
QUARREL = {"kind": "rift", "parties": ["RUS", "CHN"]}
OFFER = {"kind": "offer", "month": "2003-01", "power": "USA", "state": "KAZ", "size": 0.3}
QUIET = {"switches.arrivals": False}
GONE: dict[str, Any] = QUIET | {
    **{f"sources.{id_}.{number}": 0 for id_ in MEMO.sources for number in ("base", "rate")},
    "switches.exchange": False, "switches.reassurance": False,
    "interventions.rift": QUARREL | {"month": "2002-01", "size": 2.0},
}  # fmt: skip
SPAT = {"interventions.rift": {"kind": "rift", "month": "2003-01", "parties": ["KAZ", "RUS"], "size": 0.6}}
CHANGES: dict[str, dict[str, Any]] = {
    "quiet": QUIET,
    "shock": QUIET | {"interventions.raid": RAID},
    "gone": GONE,
    "gone, nobody leaves": GONE | {"switches.exits": False},
    "courted": QUIET | {"interventions.offer": OFFER},
    "quarrelled": QUIET | SPAT,
    "courted and quarrelled": QUIET | SPAT | {"interventions.offer": OFFER},
}


def test_a_great_threat_to_all_brings_two_rungs_or_more_within_a_year_in_some_draws():
    asked = [f"rung:{tie}@{at}" for tie in TIES for at in ("2004-07", "2005-08")]
    gained = {
        name: np.diff(drawn(name, *asked).reshape(DRAWS, len(TIES), 2), axis=2)[:, :, 0]
        for name in ("shock", "quiet")
    }
    assert ((gained["shock"] >= 2).sum(axis=0) >= 1).all(), "in each of the ties"
    assert not (gained["quiet"] >= 2).any()
    assert (gained["shock"] >= gained["quiet"]).all()


def test_a_collapse_of_demand_takes_the_russia_china_tie_down_to_its_text_and_ends_some():
    rungs, status = drawn("gone", f"rung:{TIE}@2011-08", f"status:{TIE}@2011-08").T
    assert (rungs <= 1).mean() >= 0.9
    assert (status == 2).any()
    # Where nobody may leave it, it is the text that lapses, and what has not lapsed has no organs left.
    rungs, status = drawn("gone, nobody leaves", f"rung:{TIE}@2011-08", f"status:{TIE}@2011-08").T
    assert (rungs <= 1).mean() >= 0.9
    assert (status == 2).sum() >= 3
    rungs, status = drawn("quiet", f"rung:{TIE}@2011-08", f"status:{TIE}@2011-08").T
    assert (rungs > 1).all()
    assert (status == 1).all()


def test_a_party_that_is_courted_and_quarrelled_with_defects_in_some_draws():
    names = ("quiet", "courted", "quarrelled", "courted and quarrelled")
    quiet, courted, quarrelled, both = (drawn(name, "left:tashkent/KAZ@max").sum() for name in names)
    assert quiet == 0
    assert both >= 3
    assert both > max(courted, quarrelled), "either alone makes fewer leave"
    assert drawn("courted and quarrelled", "member:tashkent/RUS").all(), "the one that is not courted stays"


def test_a_defection_may_need_both_reasons():
    """By hand: a party that would stay for either reason alone leaves for both."""
    spat = {"kind": "rift", "month": month(6), "parties": ["A", "B", "C"], "size": 0.35}
    acts = {"offer": offer("A", 6, 0.4), "spat": spat}
    changed = {"behaviour": {"resent": 0.1}}

    def members(*names: str) -> np.ndarray:
        chosen = {name: acts[name] for name in names}
        made = world(THREE, {"t": {"parties": parties("A", "B", "C")}}, interventions=chosen, **changed)
        return run(made).trajectory["member"][:, 0, 0]

    assert members("offer").all()
    assert members("spat").all()
    assert not members("offer", "spat").all()
