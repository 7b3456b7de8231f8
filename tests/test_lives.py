"""Long times: states that begin and end, texts that change, tables by year; and codes, which change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from entente import InputError, load_scenario, run, simulate
from entente.engines.compiled.ensemble import trajectory

PLACE = {"longitude": 0.0, "latitude": 0.0}
MONTHS = 72


def world(**more: Any) -> dict[str, Any]:
    """Four states that fear the same, and a treaty of three of them."""
    states = {
        id_: {"name": id_, "place": PLACE, "capability": 0.1, "exposure": {"x": 0.8}, "contribution": {"x": 0.5}}
        for id_ in "ABCD"
    }
    pact = {"name": "Pact", "parties": {"A": True, "B": True, "C": True}, "signed": "2000-01", "obligation": 2,
            "scope": {"x": 1}, "articles": {"c": {"rule": "consultation", "strength": 0.5}}}  # fmt: skip
    made = {"name": "long", "start": "2000-01", "months": MONTHS, "states": states,
            "sources": {"x": {"name": "x", "origin": "Elsewhere", "base": 0.7, "need": 0.9}},
            "treaties": {"pact": pact}, "behaviour": {"politics": 0}, "switches": {"exits": False}}  # fmt: skip
    for path, value in more.items():
        here: Any = made
        *parts, last = path.split("__")
        for part in parts:
            here = here[part]
        here[last] = value
    return made


def both(made: dict[str, Any]) -> Any:
    """The run of a world, after a look whether both engines agree on it."""
    done = run(made, 1)
    ours = trajectory(done.world, 1)
    for name, values in ours.arrays.items():
        assert (values == done.trajectory[name]).all(), name
    return done


def test_before_and_after_its_life_a_state_is_nothing():
    made = world(states__C__from="2001-01", states__C__to="2003-12", treaties__pact__candidates={"C": True})
    made["interventions"] = {"fright": {"kind": "shock", "month": "2000-06", "source": "x", "weights": {"C": 1}},
                             "entry": {"kind": "entry", "month": "2001-06", "treaty": "pact", "state": "C"}}  # fmt: skip
    done = both(made)
    t, i = done.trajectory, 2
    for months in (slice(0, 12), slice(48, MONTHS)):
        for name in ("capability", "perception", "event"):
            if name != "event" or months.start == 0:
                assert not t[name][months, i].any(), name
        for name in ("member", "guest"):
            assert not t[name][months, 0, i].any(), name
    assert (t["capability"][12:48, i] == 0.1).all()
    assert t["perception"][12:48, i].all()
    assert t["member"][17:48, 0, i].all()
    assert t["member"][:, 0, :2].all()


def test_a_treaty_of_less_than_two_ends():
    made = world(states__B__to="2002-12", treaties__pact__parties={"A": True, "B": True})
    done = both(made)
    assert (done.trajectory["status"][:36, 0] == 1).all()
    assert (done.trajectory["status"][36:, 0] == 2).all()
    assert not done.trajectory["depth"][36:].any()
    events = done.events.query("treaty == 'pact' and month == '2003-01'")
    assert "it exists no longer" in events.query("kind == 'exit'")["rule"].iloc[0]


@pytest.mark.parametrize(("inherits", "seat"), [({"pact": True}, 1), ({"pact": False}, 0), ({}, 0)])
def test_a_successor_takes_the_seats_that_are_named(inherits, seat):
    made = world(states__B__to="2002-12", states__B__successor="D", states__B__inherits=inherits)
    done = both(made)
    t = done.trajectory
    assert not t["member"][:36, 0, 3].any()
    assert (t["member"][36:, 0, 3] == seat).all()
    assert not t["member"][36:, 0, 1].any()
    two = both(made | {"treaties": {"pact": made["treaties"]["pact"] | {"parties": {"A": True, "B": True}}}})
    assert two.trajectory["status"][-1, 0] == (1 if seat else 2), "a pact of two goes on with the successor"


def test_who_is_not_party_hands_on_no_seat():
    made = world(states__D__to="2002-12", states__D__successor="C", states__D__inherits={"pact": True},
                 treaties__pact__parties={"A": True, "B": True})  # fmt: skip
    assert not both(made).trajectory["member"][:, 0, 2].any()


PHASES = {
    "2002-01": {
        "obligation": 4,
        "articles": {"m": {"rule": "mutual_defence", "strength": 0.6}},
        "parties": {"D": True},
    },
    "2004-01": {"articles": {"t": {"rule": "term", "years": 3, "renewal_years": 2}}, "parties": {"C": False}},
}


def test_a_text_changes_in_time():
    done = both(world(treaties__pact__phases=PHASES))
    t = done.trajectory
    assert [t["obligation"][row, 0] for row in (23, 24, MONTHS - 1)] == [2, 4, 4]
    assert [t["member"][row, 0].tolist() for row in (23, 24, 48)] == [[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 0, 1]]
    assert (t["term_end"][:48, 0] < 0).all()
    assert (t["term_end"][49:, 0] > 0).all()
    # What the text was before is not moved by what it becomes, and afterwards it is that of the new one.
    plain, pledged = both(world()), both(world(treaties__pact__articles=PHASES["2002-01"]["articles"]))
    assert (plain.trajectory["ideal"][:24] == t["ideal"][:24]).all()
    only = both(world(treaties__pact__phases={"2000-02": {"articles": PHASES["2002-01"]["articles"]}}))
    assert only.trajectory["linear"][20, 0] == pytest.approx(pledged.trajectory["linear"][20, 0], abs=0.02)
    assert "as the treaty then says" in set(done.events["rule"])


def test_a_list_of_phases_is_the_same_and_one_before_the_run_is_the_text_at_its_start():
    listed = [{"from": month} | phase for month, phase in PHASES.items()]
    assert load_scenario(world(treaties__pact__phases=listed)) == load_scenario(
        world(treaties__pact__phases=PHASES)
    )
    later = world(treaties__pact__phases=PHASES) | {"start": "2003-01"}
    later["treaties"]["pact"]["opening"] = {"rung": 1}
    done = both(later)
    assert done.trajectory["obligation"][0, 0] == 4
    assert done.world.numbers["article_on"].tolist() == [0, 1, 0]


def test_a_table_by_year_holds_as_that_of_capability_does():
    table = {"2001": 0.2, "2003": 0.9}
    done = both(world(states__A__exposure={"x": table}, states__B__contribution={"x": table}))
    held = run(world(states__A__exposure={"x": 0.2}, states__B__contribution={"x": 0.2}), 1)
    for name in ("perception", "ideal"):
        assert (held.trajectory[name][:36] == done.trajectory[name][:36]).all()
        assert (held.trajectory[name][36] != done.trajectory[name][36]).any()
    assert done.trajectory["perception"][-1, 0, 0] > done.trajectory["perception"][30, 0, 0] + 0.2


def test_numbers_of_texts_and_tables_vary_from_run_to_run_without_a_world_of_their_own():
    made = world(states__A__exposure={"x": {"2001": 0.2, "2003": 0.9}}, treaties__pact__phases=PHASES)
    rows = {
        "states.A.exposure.x.2003": [0.9, 0.1],
        "treaties.pact.phases.2002-01.obligation": [4, 3],
        "treaties.pact.phases.2002-01.articles.m.strength": [0.6, 0.1],
    }
    done = simulate(made, parameters=rows, outcomes=["depth:pact", "perception:A/x"])
    for point in range(2):
        alone = run(made, 0, changes={path: values[point] for path, values in rows.items()})
        assert done.outcomes["depth:pact"][point] == alone.trajectory["depth"][-1, 0]
        assert done.outcomes["perception:A/x"][point] == alone.trajectory["perception"][-1, 0, 0]
    assert done.outcomes["perception:A/x"][0] > done.outcomes["perception:A/x"][1]


def test_codes_are_kept_and_change_nothing():
    codes = {"cow": 2, "gw": 2, "iso3": "USA"}
    coded, plain = run(world(states__A__codes=codes), 1), run(world(), 1)
    assert coded.world.scenario.states["A"].codes.iso3 == "USA"
    assert all(np.array_equal(plain.trajectory[q], coded.trajectory[q]) for q in plain.trajectory.arrays)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"states__C__from": "2003-01", "states__C__to": "2002-01"}, "states.C.to.*before the state begins"),
        ({"states__C__to": "2002-01", "states__C__successor": "E"}, "'E' is no state"),
        ({"states__C__successor": "D"}, "states.C.to: missing"),
        ({"states__C__to": "2002-01", "states__C__inherits": {"pact": True}}, "who inherits"),
        ({"states__C__to": "2002-01", "states__C__successor": "D", "states__C__inherits": {"pakt": True}},
         "no treaty.*did you mean pact"),
        ({"states__C__to": "2002-01", "states__C__successor": "D", "states__D__from": "2004-01"}, "does not exist"),
        ({"states__B__from": "2001-01", "states__C__from": "2001-01"}, "fewer than two of them exist in 2000-01"),
        ({"treaties__pact__phases": {"1999-01": {"obligation": 1}}}, "after the signature"),
        ({"treaties__pact__phases": {"2001-01": {"parties": {"Z": True}}}}, "'Z' is no state"),
        ({"treaties__pact__phases": {"2001-13": {}}}, "2001-13"),
        ({"states__A__exposure": {"x": {"2001": 1.5}}}, "less than or equal to 1|must be at most 1|1.5"),
        ({"states__A__codes": {"iso3": "us"}}, "iso3"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_sentence(more, words):
    with pytest.raises(InputError, match=words):
        load_scenario(world(**more))
