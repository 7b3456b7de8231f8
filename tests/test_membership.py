"""Who is in, who leaves, what is carried over: the mechanics of treaties, by example in worlds made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import AllianceModel, run
from entente.agents.perception import provision
from entente.engines.interactive.alliance import release
from entente.mechanisms.external_threats import security_benefit
from entente.month.ladder import opening_depth
from entente.schema.base import month_number, month_text
from entente.schema.behaviour import Behaviour, Institution

START = "2000-01"
PLACE = {"longitude": 0, "latitude": 0}
DIAL, CONSTANT = Behaviour(), Institution()
WAIT, SESSION = round(DIAL.patience), round(CONSTANT.session_months)


def month(row: int) -> str:
    """The calendar month of a row of the trajectory."""
    return month_text(month_number(START) + row)


def world(states: dict[str, Any], treaties: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A quiet world: equal states that all feel the source x, no noise, no random shock, no mistrust.

    What a state, treaty or source does not give is filled in; treaties without more are signed at the
    start. With P = w*S = 0.5 and g = 0.5 everywhere, all that is expected below can be done by hand.
    """
    sources = parts.pop("sources", {"x": {}})
    return {
        "name": "by-hand",
        "start": START,
        "months": 60,
        "states": {
            id_: {"name": id_, "place": PLACE, "capability": 0.1, "exposure": {"x": 1}, "contribution": {"x": 0.5}}
            | given
            for id_, given in states.items()
        },
        "powers": {"OUT": {"name": "Outside", "place": PLACE, "capability": 0.2}},
        "sources": {
            id_: {"name": id_, "origin": "Elsewhere", "base": 0.5, "need": 1} | given
            for id_, given in sources.items()
        },
        "treaties": {
            id_: {"name": id_, "obligation": 1, "mistrust": 0, "scope": {"x": 1}}
            | ({} if given.get("signing") == "endogenous" else {"signed": START})
            | given
            for id_, given in treaties.items()
        },
        "switches": {"noise": False, "arrivals": False, "politics": False, "sunk": False},
    } | parts


def parties(*states: str) -> dict[str, bool]:
    return dict.fromkeys(states, True)


def offer(state: str, row: int, size: float) -> dict[str, Any]:
    return {"kind": "offer", "month": month(row), "power": "OUT", "state": state, "size": size}


def heard(row: int) -> int:
    """The row of the first session, from a row on, of a treaty that is in force from the start."""
    return row + -row % SESSION


def first(values: np.ndarray) -> int:
    """The first row in which a condition holds, -1 where it never does."""
    return int(np.argmax(values)) if values.any() else -1


THREE = {"A": {}, "B": {}, "C": {}}


# -- beginning ------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [0.1, 0.2, 0.3])
def test_founders_sign_in_the_first_month_in_which_the_agreed_depth_exceeds_sign(sign):
    flare = {"kind": "shock", "month": month(6), "source": "x", "size": 1}
    quiet = world(
        {"A": {}, "B": {}},
        {"t": {"parties": parties("A", "B"), "signing": "endogenous"}},
        sources={"x": {"base": 0.1}},
        behaviour={"sign": sign},
        interventions={"flare": flare},
    )
    model = AllianceModel(quiet, seed=0)
    treaty, agreed = model.treaties[0], []
    while model.running and not treaty.running:
        model.step()
        agreed.append(treaty.bargain.agreed)
    release(model)
    assert treaty.running
    assert len(agreed) > 6, "nobody signs before the flare-up"
    assert agreed[-1] > sign >= max(agreed[:-1])


def test_founders_that_never_want_enough_never_sign():
    treaty = {"parties": parties("A", "B"), "signing": "endogenous"}
    done = run(world({"A": {}, "B": {}}, {"t": treaty}, sources={"x": {"base": 0.1}}))
    assert not done.trajectory["status"].any()


def test_a_successor_takes_over_practice_organs_and_mistrust_and_ends_its_predecessor():
    """Apart from the promise, a successor of the same articles changes nothing: signing is no step in organs."""
    old = {"parties": parties("A", "B"), "rung": 2, "mistrust": 0.4, "articles": {"c": {"rule": "non_aggression"}}}
    new = old | {"signed": month(24), "succeeds": "old", "rung": 5, "mistrust": 0.9, "obligation": 2}
    alone = run(world({"A": {}, "B": {}}, {"old": old})).trajectory
    both = run(world({"A": {}, "B": {}}, {"old": old, "new": new}))
    t, at = both.trajectory, both.world.treaties.index
    for name in ("depth", "rung", "mistrust", "rise_pressure", "fall_pressure"):
        joined = np.where(np.arange(60) < 24, t[name][:, at("old")], t[name][:, at("new")])
        assert np.array_equal(joined, alone[name][:, 0]), name
    assert t["status"][:, at("old")].tolist() == [1] * 24 + [2] * 36
    assert not t["depth"][24:, at("old")].any()
    assert not t["member"][24:, at("old")].any()
    assert t["obligation"][:24, at("old")].tolist() == [1] * 24
    assert t["obligation"][24:, at("new")].tolist() == [2] * 36
    told = both.events[both.events["kind"].isin(["signing", "end"])].set_index("kind")
    assert told.loc["signing", "month"].tolist() == [START, month(24)]
    assert told.loc["end", "month"] == month(24)
    assert told.loc["end", "rule"] == "succeeded by new"


def test_a_treaty_without_a_predecessor_begins_with_the_rung_of_its_data():
    treaty = {"parties": parties("A", "B"), "rung": 4, "mistrust": 0.3, "signed": month(5)}
    done = run(world({"A": {}, "B": {}}, {"t": treaty}, behaviour=HELD_DEPTH | {"inertia": 600}))
    t = done.trajectory
    assert not t["depth"][:5].any()
    assert (t["rung"][5:] == 4).all()
    assert (t["depth"][5:] == opening_depth(4, CONSTANT.steps)).all()
    assert (t["mistrust"][5:] == 0.3).all()


# -- leaving --------------------------------------------------------------------------------

# Three parties agree on 0.4, which is worth 0.1 to each; leaving costs exit_cost and brings outside*offer.
INDIFFERENT = (0.1 + DIAL.exit_cost) / DIAL.outside


@pytest.mark.parametrize("margin", [-0.02, 0.02])
def test_a_party_leaves_when_the_offer_outweighs_what_the_treaty_is_worth_for_long_enough(margin):
    made = world(
        THREE,
        {"t": {"parties": parties("A", "B", "C")}},
        interventions={"o": offer("A", 6, INDIFFERENT + margin)},
    )
    done = run(made)
    t = done.trajectory
    assert t["value"][5, 0].tolist() == pytest.approx([0.1] * 3)
    left = first(t["member"][:, 0, 0] == 0)
    assert left == (-1 if margin < 0 else 6 + WAIT - 1)
    assert t["member"][:, 0, 1:].all(), "the others stay"
    if margin > 0:
        (told,) = done.events[done.events["kind"] == "exit"].itertuples()
        assert (told.month, told.parties, told.before, told.after) == (month(left), "A", 3, 2)


def test_nobody_leaves_where_exits_are_switched_off():
    made = world(THREE, {"t": {"parties": parties("A", "B", "C")}}, interventions={"o": offer("A", 6, 2)})
    assert first(run(made).trajectory["member"][:, 0, 0] == 0) > 0
    assert run(made, changes={"switches.exits": False}).trajectory["member"].all()


def test_terms_run_from_the_entry_into_force_and_move_by_the_renewal_period():
    term = {"rule": "term", "years": 2, "renewal_years": 1}
    treaty = {"parties": parties("A", "B"), "signed": month(1), "in_force": month(5), "articles": {"term": term}}
    done = run(world({"A": {}, "B": {}}, {"t": treaty}))
    ends = done.trajectory["term_end"][:, 0]
    assert ends[1:29].tolist() == [5 + 24] * 28
    assert ends[29:].tolist() == [41] * 12 + [53] * 12 + [65] * 7
    renewals = done.events[done.events["kind"] == "renewal"]
    assert renewals["month"].tolist() == [month(29), month(41), month(53)]


def test_a_term_signed_before_the_world_begins_ends_when_it_would_have():
    """Twenty years from August 1955 and then ten: the running one ends in August 1985, whenever the world begins."""
    term = {"rule": "term", "years": 20, "renewal_years": 10}
    treaty = {"parties": parties("A", "B"), "signed": "1955-06", "in_force": "1955-08", "articles": {"t": term}}
    made = world({"A": {}, "B": {}}, {"t": treaty | {"opening": {"rung": 2}}}, months=12) | {"start": "1985-01"}
    done = run(made)
    assert done.trajectory["term_end"][:, 0].tolist() == [7] * 7 + [127] * 5
    (told,) = done.events[done.events["kind"] == "renewal"].itertuples()
    assert told.month == "1985-08"


def test_a_treaty_left_with_one_party_ends_for_good():
    exit_ = {"kind": "exit", "month": month(10), "treaty": "t", "state": "A"}
    back = {"kind": "entry", "month": month(20), "treaty": "t", "state": "A"}
    done = run(world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B")}},
                     interventions={"out": exit_, "back": back}))  # fmt: skip
    t = done.trajectory
    assert t["status"][:, 0].tolist() == [1] * 10 + [2] * 50
    for name in ("member", "depth", "rung", "obligation"):
        assert not t[name][10:].any(), name
    (told,) = done.events[done.events["kind"] == "end"].itertuples()
    assert (told.month, told.parties, told.rule) == (month(10), "A B", "one party is left")


# -- joining --------------------------------------------------------------------------------


@pytest.mark.parametrize("barred", [0, 24])
def test_whoever_left_stays_out_for_reentry_months(barred):
    made = world(
        THREE,
        {"t": {"parties": parties("A", "B", "C"), "candidates": parties("A")}},
        months=80,
        interventions={"o": offer("A", 6, 2), "off": offer("A", 6 + WAIT, 0)},
        institution={"reentry_months": barred},
    )
    member = run(made).trajectory["member"][:, 0, 0]
    left = 6 + WAIT - 1
    back = heard(max(left + barred, left + 1) + WAIT - 1)
    assert member.tolist() == [1] * left + [0] * (back - left) + [1] * (80 - back)


def test_a_dated_exit_bars_as_a_chosen_one_does():
    made = world(
        THREE,
        {"t": {"parties": parties("A", "B", "C"), "candidates": parties("A")}},
        interventions={"out": {"kind": "exit", "month": month(3), "treaty": "t", "state": "A"}},
        institution={"reentry_months": 30},
    )
    member = run(made).trajectory["member"][:, 0, 0]
    back = heard(3 + 30 + WAIT - 1)
    assert member.tolist() == [1] * 3 + [0] * (back - 3) + [1] * (60 - back)


@pytest.mark.parametrize(
    ("newcomer", "enters"),
    [
        pytest.param({}, True, id="it helps"),
        pytest.param({"contribution": {}}, False, id="it brings nothing"),
        pytest.param({"independence": 1.9}, True, id="it wants less and helps"),
        pytest.param({"independence": 1.9, "contribution": {"x": 0.02}}, False, id="it wants less, hardly helps"),
        pytest.param({"independence": 2.1}, False, id="it does not want to"),
    ],
)
def test_a_candidate_enters_that_wants_to_and_from_which_no_decider_loses(newcomer, enters):
    done = run(world(
        {"A": {}, "B": {}, "C": newcomer},
        {"t": {"parties": parties("A", "B"), "candidates": parties("C")}},
        months=36,
    ))  # fmt: skip
    t = done.trajectory
    assert first(t["member"][:, 0, 2] == 1) == (heard(WAIT - 1) if enters else -1)
    keen = t["ideal"][:, 0, 2] > DIAL.entry
    assert np.array_equal(t["guest"][:, 0, 2] == 1, keen & (t["member"][:, 0, 2] == 0))
    if enters:
        value = t["value"][:, 0, :2]
        assert (value[heard(WAIT - 1) + 1] > value[heard(WAIT - 1) - 1]).all(), "those inside gain"
        (told,) = done.events[done.events["kind"] == "entry"].itertuples()
        assert (told.month, told.parties, told.after) == (month(heard(WAIT - 1)), "C", 3)


@pytest.mark.parametrize("names", [("a", "z"), ("z", "a")])
def test_in_a_month_those_who_come_come_first_however_they_are_spelled(names):
    comes, goes = names
    moves = {
        comes: {"kind": "entry", "month": month(5), "treaty": "t", "state": "C"},
        goes: {"kind": "exit", "month": month(5), "treaty": "t", "state": "A"},
    }
    done = run(world(THREE, {"t": {"parties": parties("A", "B")}}, months=12, interventions=moves))
    assert done.trajectory["status"][:, 0].all()
    assert done.trajectory["member"][-1, 0].tolist() == [0, 1, 1]
    told = done.events[done.events["kind"].isin(["entry", "exit"])]
    assert dict(zip(told["kind"], told["rule"], strict=True)) == {
        "entry": f"dated intervention {comes}", "exit": f"dated intervention {goes}"
    }  # fmt: skip


def test_of_a_treaty_of_two_that_one_is_taken_out_of_nobody_else_is_told_to_leave():
    goes = {"goes": {"kind": "exit", "month": month(3), "treaty": "t", "state": "B"}}
    later = {"later": {"kind": "exit", "month": month(4), "treaty": "t", "state": "A"}}
    done = run(
        world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B")}}, months=12, interventions=goes | later)
    )
    told = done.events[done.events["kind"].isin(["exit", "end"])]
    assert told[["kind", "parties", "rule"]].to_numpy().tolist() == [
        ["exit", "B", "dated intervention goes"], ["end", "A B", "one party is left"]
    ]  # fmt: skip


@pytest.mark.parametrize("engine", ["mesa", "ensemble"])
@pytest.mark.parametrize("ids", [("one", "two", "three"), ("c", "b", "a")])
def test_what_is_signed_in_a_month_is_signed_in_the_order_of_succession(ids, engine):
    first_, second, third = ids
    chain = {
        id_: {"parties": parties("A", "B"), "signed": month(2), "rung": 2}
        | ({"succeeds": before} if before else {})
        for id_, before in ((first_, None), (second, first_), (third, second))
    }
    done = run(world({"A": {}, "B": {}}, chain, months=6), engine=engine)
    told = done.events[done.events["kind"].isin(["signing", "end"])]
    assert {(e.treaty, e.kind, e.rule) for e in told.itertuples()} == {
        (first_, "signing", "signed on its date"), (first_, "end", f"succeeded by {second}"),
        (second, "signing", f"signed on its date, succeeding {first_}"), (second, "end", f"succeeded by {third}"),
        (third, "signing", f"signed on its date, succeeding {second}"),
    }  # fmt: skip


@settings(max_examples=25)
@given(
    st.floats(1.0, 2.5),
    st.floats(0.0, 1.0),
    st.floats(0.0, 0.5),
    st.sampled_from(["unanimity", "majority", "lead"]),
)
def test_nobody_enters_what_it_would_leave_again(independence, contribution, courted, decision):
    """In a world in which nothing changes who came in stays, and never at a loss."""
    newcomer = {"independence": independence, "contribution": {"x": contribution}}
    treaty = {"parties": parties("A", "B", "C"), "candidates": parties("D"), "decision": decision}
    lead = {"leads": parties("A")} if decision == "lead" else {}
    offers = {"court": offer("D", 1, courted)} if courted else {}
    t = run(world(THREE | {"D": newcomer}, {"t": treaty | lead}, months=48, interventions=offers)).trajectory
    member = t["member"][:, 0, 3]
    assert (np.diff(member) >= 0).all()
    assert (t["value"][1:, 0, 3][member[:-1] == 1] >= 0).all()


def test_a_candidate_looks_closer_before_it_enters():
    """The median of three wants far more of the treaty than an independent fourth, which would only carry the price."""
    newcomer = {"independence": 1.9, "contribution": {"x": 1}}
    treaty = {"parties": parties("A", "B", "C"), "candidates": parties("D"), "decision": "majority"}
    t = run(world(THREE | {"D": newcomer}, {"t": treaty})).trajectory
    assert (t["ideal"][1:, 0, 3] > DIAL.entry).all()
    assert not t["member"][:, 0, 3].any()


FOUR = THREE | {"D": {"contribution": {"x": 0.1}}}
REGION = {"parties": parties("A", "B", "C"), "candidates": parties("D")}
SPHERE = {"parties": parties("A", "B", "C"), "decision": "lead", "leads": parties("A")}


@pytest.mark.parametrize(
    ("changes", "enters"),
    [
        pytest.param({}, False, id="a sphere"),
        pytest.param({"behaviour.sphere": 0.0}, True, id="that asks for nothing"),
        pytest.param({"treaties.sphere.enabled": False}, True, id="no sphere"),
        pytest.param({"treaties.sphere.parties.C": False}, True, id="with one other party only"),
        pytest.param({"treaties.sphere.parties.D": True}, True, id="the newcomer is in it"),
        pytest.param({"treaties.sphere.decision": "unanimity", "treaties.sphere.leads": {}}, True, id="no lead"),
        pytest.param({"states.A.provision": 0.2}, True, id="of a weak lead"),
        pytest.param({"states.D.contribution.x": 0.5}, True, id="and a gain above what it asks"),
    ],
)
def test_a_lead_state_keeps_newcomers_out_of_its_sphere_unless_it_gains_enough(changes, enters):
    made = world(FOUR, {"region": REGION, "sphere": SPHERE}, months=24, behaviour={"sphere": 0.02})
    done = run(made, changes=changes)
    p = done.world.treaties.index("region")
    assert bool(done.trajectory["member"][-1, p, 3]) is enters


def test_a_guest_takes_part_without_a_vote():
    switches = {"noise": False, "arrivals": False, "entries": False}
    with_guest = run(world(FOUR, {"t": REGION}, switches=switches)).trajectory
    without = run(world(FOUR, {"t": REGION | {"candidates": {}}}, switches=switches)).trajectory
    assert with_guest["guest"][:, 0, 3].all()
    assert with_guest["guest"].sum() == 60
    own = {"guest", "ideal", "owed", "benefit", "common", "linear", "curve"}
    for name in with_guest.arrays:
        if name in own:
            assert np.array_equal(with_guest[name][:, :, :3], without[name][:, :, :3]), name
        else:
            assert np.array_equal(with_guest[name], without[name]), name
    off = run(world(FOUR, {"t": REGION}, switches=switches | {"guests": False})).trajectory
    assert not off["guest"].any()


# -- threats, offers and concessions ----------------------------------------------------------


def test_a_rumour_moves_perception_and_never_intensity():
    made = world(THREE, {"t": {"parties": parties("A", "B", "C")}})
    calm = run(made).trajectory
    rumour = {"kind": "rumour", "month": month(12), "source": "x", "size": 0.5, "weights": {"A": 1}}
    told = run(made | {"interventions": {"r": rumour}}).trajectory
    for name in ("intensity", "effective", "event", "shock"):
        assert np.array_equal(told[name], calm[name]), name
    assert (told["perception"][12:, 0, 0] > calm["perception"][12:, 0, 0]).all()
    assert np.array_equal(told["perception"][:12], calm["perception"][:12])
    assert told["rumour"][12:, 0, 0] == pytest.approx(0.5 * DIAL.persistence ** np.arange(48))
    assert (told["agreed"][14:] > calm["agreed"][14:]).all(), "and through perception the bargain"


def test_a_weakness_lowers_provision_which_recovers_and_never_falls_below_its_floor():
    made = world(THREE, {"t": {"parties": parties("A", "B", "C")}})
    weak = {"kind": "weakness", "month": month(12), "size": 1, "weights": {"A": 0.5, "B": 2}}
    t = run(made | {"interventions": {"w": weak}}).trajectory
    assert (t["provision"][:12] == 1).all()
    assert (t["provision"][:, 2] == 1).all()
    left = [0.5]
    while len(left) < 48:
        left.append(provision(left[-1], 1, DIAL.persistence, 0, CONSTANT.provision_floor))
    assert t["provision"][12:, 0] == pytest.approx(left)
    assert t["provision"][12, 1] == CONSTANT.provision_floor
    assert t["capability"] == pytest.approx(0.1 * t["provision"])
    assert t["benefit"][12, 0, 2, 0] < t["benefit"][11, 0, 2, 0], "the help that others get shrinks with it"


EXCLUSIVE = {"parties": parties("A", "B"), "rung": 3, "articles": {"e": {"rule": "exclusivity", "strength": 0.6}}}
HELD_DEPTH = {"deepen": 0, "hollow": 0}


@pytest.mark.parametrize("margin", [-1e-6, 1e-6])
def test_an_offer_is_taken_when_it_is_above_its_price_and_not_below(margin):
    price = opening_depth(3, CONSTANT.steps) * (0.6 + DIAL.backtrack)
    made = world(
        {"A": {}, "B": {}},
        {"t": EXCLUSIVE},
        sources={"x": {"sponsor": "OUT"}},
        behaviour=HELD_DEPTH,
        interventions={"o": offer("A", 12, price + margin)},
    )
    made["switches"] |= {"exits": False}
    done = run(made)
    t = done.trajectory
    assert t["price"][:, 0] == pytest.approx(price)
    assert not t["accepted"][:, 1].any()
    assert not t["accepted"][:12, 0].any()
    taken = (price + margin) * (1 - (1 - DIAL.adjust) ** np.arange(1, 49))
    assert t["accepted"][12:, 0] == pytest.approx(taken if margin > 0 else np.zeros(48))
    assert (done.events["kind"] == "acceptance").sum() == (margin > 0)


def test_an_offer_costs_nothing_to_take_where_no_treaty_is_directed_at_the_power():
    made = world({"A": {}, "B": {}}, {"t": EXCLUSIVE}, interventions={"o": offer("A", 12, 0.01)})
    t = run(made).trajectory
    assert not t["price"].any()
    assert (t["accepted"][12:, 0] > 0).all()


def test_a_concession_lowers_the_effective_intensity_and_its_reversal_restores_it():
    made = world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B")}}, sources={"x": {"sponsor": "OUT"}})
    made["interventions"] = {"flare": {"kind": "shock", "month": month(4), "source": "x", "size": 1}}
    kept = run(made).trajectory
    given = {"kind": "concession", "month": month(12), "source": "x", "share": 0.6}
    taken_back = given | {"month": month(30), "share": 0}
    made["interventions"] |= {"given": given, "taken-back": taken_back}
    t = run(made).trajectory
    assert np.array_equal(t["intensity"], kept["intensity"]), "the stock keeps its memory"
    assert t["effective"][12:30, 0] == pytest.approx(0.4 * kept["effective"][12:30, 0])
    assert np.array_equal(t["effective"][30:], kept["effective"][30:])
    assert (t["perception"][12:, :, 0] < kept["perception"][12:, :, 0]).all()
    assert (t["agreed"][12:] < kept["agreed"][12:]).all()


# -- who counts for whom ------------------------------------------------------------------------


@pytest.mark.parametrize("hub", [None, "A"])
def test_in_a_hub_treaty_spokes_have_the_hub_alone_and_the_hub_has_all_spokes(hub):
    given = {"A": 0.9, "B": 0.2, "C": 0.4}
    states = {id_: {"contribution": {"x": g}} for id_, g in given.items()}
    treaty = {"parties": parties("A", "B", "C")} | ({"hub": hub} if hub else {})
    benefit = run(world(states, {"t": treaty}, months=3)).trajectory["benefit"][:, 0, :, 0]
    helpers = {"A": "BC", "B": "A", "C": "A"} if hub else {"A": "BC", "B": "AC", "C": "AB"}
    expected = [security_benefit(1, 0.5, sum(given[j] * 0.5 for j in helpers[i])) for i in "ABC"]
    assert benefit == pytest.approx(np.tile(expected, (3, 1)))


# -- the ladder ---------------------------------------------------------------------------------

CLOSE = {"parties": parties("A", "B"), "rung": 5, "scope": {"x": 1, "y": 1}}
FEARFUL = {"x": {"base": 2}, "y": {"base": 2}}


def pair(shared: float) -> dict[str, Any]:
    """Two states, each with a core contingency of its own that the other shares by so much."""
    both = {"contribution": {"x": 1, "y": 1}}
    return {"A": both | {"exposure": {"x": 1, "y": shared}, "core": "x"},
            "B": both | {"exposure": {"x": shared, "y": 1}, "core": "y"}}  # fmt: skip


@pytest.mark.parametrize(
    ("shared", "gate", "top"),
    [(DIAL.core_overlap - 0.01, True, 5), (DIAL.core_overlap + 0.01, True, 6), (0.2, False, 6), (0.2, True, 5)],
)
def test_the_top_rung_needs_a_shared_core_contingency_where_the_gate_is_on(shared, gate, top):
    made = world(pair(shared), {"t": CLOSE}, sources=FEARFUL, behaviour={"entrapment": 0})
    made["switches"] |= {"gate": gate}
    done = run(made)
    t = done.trajectory
    assert (t["agreed"] > 6 / 7).all(), "the rung is due in any case"
    assert t["overlap"][:, 0] == pytest.approx(np.full(60, shared))
    assert t["rung"][-1, 0] == top
    assert bool((t["blocked"] == 1).any()) is (top == 5)
    assert bool((done.events["kind"] == "rung blocked").any()) is (top == 5)
