"""How treaties end: parties leave, breaking a term or not; what nobody wants lapses; and what went away is told."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import AllianceModel, InputError, load_scenario, run, simulate
from entente.engines.compiled.ensemble import trajectory
from entente.engines.interactive.alliance import release
from entente.experiments.prior import prior_draws
from entente.month.ladder import ceiling, opening_depth
from entente.schema.base import month_number
from entente.telling.losses import NO_BETTER, NOTHING, lost_organs, lost_party
from entente.telling.why import why

from .test_membership import CONSTANT, DIAL, START, THREE, WAIT, first, month, offer, parties, world
from .worlds import busy_world

FEW = settings(max_examples=25, suppress_health_check=list(HealthCheck))
TERM = {"term": {"rule": "term", "years": 4, "renewal_years": 2}}


def same_in_both_engines(done: Any) -> None:
    ours = trajectory(done.world, done.seed)
    for name, values in ours.arrays.items():
        assert np.array_equal(values, done.trajectory[name]), name


# -- leaving ------------------------------------------------------------------------------------


def courted(**behaviour: float) -> dict[str, Any]:
    """A party of a treaty of four years, renewed for two, before which a large offer stands from the sixth month on."""
    treaty = {"parties": parties("A", "B", "C"), "rung": 2, "articles": TERM}
    return world(THREE, {"t": treaty}, interventions={"o": offer("A", 6, 2)}, behaviour=behaviour, months=90)


@pytest.mark.parametrize("backtrack", [0.0, 0.5, 1.0, 2.0])
def test_a_party_breaks_its_term_where_that_is_worth_its_price(backtrack):
    done = run(courted(backtrack=backtrack))
    t = done.trajectory
    left = first(t["member"][:, 0, 0] == 0)
    assert left > 0
    rows = np.arange(left)
    begun, ends = np.where(rows < 48, 0, 48 + (rows - 48) // 24 * 24), t["term_end"][:left, 0]
    # A month's review comes before the renewal: in the month in which a term ends none of it is left.
    term_left = np.where(rows % 24 == 0, 0, (ends - rows) / (ends - begun))
    term_left[rows < 48] = (48 - rows[rows < 48]) / 48
    leaving = DIAL.outside * t["offer"][:left, 0] - DIAL.exit_cost - backtrack * t["depth"][:left, 0] * term_left
    wants = t["value"][:left, 0, 0] < leaving
    assert wants[left - WAIT + 1 :].all(), "it wanted out for as long as it takes"
    assert not wants[left - WAIT]
    (told,) = done.events[done.events["kind"] == "exit"].itertuples()
    months_left = t["term_end"][left - 1, 0] - left
    broken = f"it breaks its term, {months_left:.0f} months before the end"
    assert (broken if months_left > 12 else "at the end of a term") in told.rule
    assert "an outside offer of 2.00 stands" in told.rule
    same_in_both_engines(done)


def test_the_dearer_a_breach_the_later_it_comes_and_the_nearer_to_the_end_of_a_term():
    left = [
        first(run(courted(backtrack=dear)).trajectory["member"][:, 0, 0] == 0) for dear in (0.0, 0.5, 1.0, 2.0)
    ]
    assert left == sorted(left)
    assert left[0] == 6 + WAIT - 1
    assert 48 - 12 <= left[-1] <= 48


def test_without_a_term_nothing_is_broken():
    made = courted()
    made["treaties"]["t"]["articles"] = {}
    (told,) = (e for e in run(made).events.itertuples() if e.kind == "exit")
    assert "term" not in told.rule


def test_before_it_is_in_force_a_whole_term_is_left():
    treaty = {"parties": parties("A", "B"), "in_force": month(10), "articles": TERM}
    model = AllianceModel(world({"A": {}, "B": {}}, {"t": treaty}), seed=0)
    model.step()
    assert model.treaties[0].term_left == 1
    while model.month < 34:
        model.step()
    assert model.treaties[0].term_left == pytest.approx(24 / 48)
    release(model)


class Weighing(NamedTuple):
    """What each party of each treaty weighed in a month: who was party, and V less what leaving was worth."""

    members: dict[int, list[int]]
    margin: dict[tuple[int, int], float]


def ending_world(seed: int, months: int = 130) -> dict[str, Any]:
    """A busy world in which offers are large and breaches of all prices, or in which little is wanted of any treaty."""
    rng = np.random.default_rng(seed)
    made = busy_world(rng, months)
    made["behaviour"] |= {
        "outside": float(rng.uniform(0.3, 1.5)), "backtrack": float(rng.uniform(0, 0.6)), "patience": 6,
        "inertia": float(rng.uniform(3, 24)),
    }  # fmt: skip
    made["powers"]["OUT"] |= {
        "policy": "fixed",
        "packages": {id_: float(rng.uniform(0, 2)) for id_ in made["states"]},
    }
    made["switches"] = {"exits": True, "offers": True, "ratchet": False, "lapse": True}
    if rng.integers(2):
        for source in made["sources"].values():
            source |= {"base": 0, "rate": 0, "origin": "Elsewhere"}
            source.pop("of", None)
        made["behaviour"]["autonomy"] = 1.5
        made["powers"]["OUT"]["packages"] = {}
    for treaty in made["treaties"].values():
        treaty |= {"rung": int(rng.integers(2)), "signing": "historical"}
        treaty.setdefault("signed", START)
    # Whoever leaves here leaves of itself: no text and no end of a state takes it out.
    for treaty in made["treaties"].values():
        treaty.pop("phases", None)
    for state in made["states"].values():
        for key in ("from", "to", "successor", "inherits"):
            state.pop(key, None)
    dated = {"exit", "entry", "article"}
    made["interventions"] = {id_: a for id_, a in made["interventions"].items() if a["kind"] not in dated}
    return made


def lived(made: dict[str, Any], seed: int) -> tuple[AllianceModel, list[Weighing]]:
    """A world run month by month, and what its parties weighed."""
    model = AllianceModel(made, seed, record=True)
    weighed = []
    outside, cost, price = (model.dial[name] for name in ("outside", "exit_cost", "backtrack"))
    while model.running:
        terms = {t.index: (t.term_start, t.term_end) for t in model.treaties}
        before = {t.index: list(t.members) for t in model.treaties if t.running}
        model.step()
        row, found = model.month - 1, {}
        for treaty in model.treaties:
            if treaty.running and treaty.body.signed == row:
                before[treaty.index], terms[treaty.index] = treaty.members, (treaty.term_start, treaty.term_end)
        for p in before:
            begun, ends = terms[p]
            left = min((ends - row) / (ends - begun), 1.0) if ends >= 0 else 0.0
            for i in before[p] if model.treaties[p].running else ():
                t = model.trajectory
                leaving = outside * t["offer"][row, i] - cost - price * t["depth"][row, p] * left
                found[p, i] = float(t["value"][row, p, i] - leaving)
        weighed.append(Weighing(before, found))
    release(model)
    return model, weighed


@FEW
@given(st.integers(0, 10**6))
def test_nobody_leaves_at_a_gain_and_nobody_is_stuck_at_a_loss(seed):
    model, weighed = lived(ending_world(seed), seed)
    t, patience = model.trajectory, model.patience
    at_a_loss: dict[tuple[int, int], int] = {}
    for row, month_ in enumerate(weighed):
        for p, members in month_.members.items():
            for i in members:
                margin = month_.margin.get((p, i))
                if t["left"][row, p, i]:
                    assert at_a_loss.get((p, i), 0) >= patience - 1, "it lost by staying for as long as it takes"
                    assert margin is None or margin < 1e-9, "and still does"
                    at_a_loss[p, i] = 0
                elif margin is not None:
                    at_a_loss[p, i] = at_a_loss.get((p, i), 0) + 1 if margin < -1e-9 else 0
                    assert at_a_loss[p, i] < patience, "nobody stays at a loss for longer"


@FEW
@given(st.integers(0, 10**6))
def test_what_ended_stays_ended_and_what_lapsed_was_dead_for_long_enough(seed):
    made = ending_world(seed)
    done = run(made, seed)
    t, inertia = done.trajectory, made["behaviour"]["inertia"]
    assert (np.diff(t["status"], axis=0) >= 0).all()
    ended = t["status"] == 2
    for name in (
        "member",
        "guest",
        "depth",
        "rung",
        "agreed",
        "demand",
        "received",
        "paid",
        "rise_pressure",
        "fall_pressure",
    ):
        assert not t[name][ended].any(), name
    lapsed = done.events[(done.events["kind"] == "end") & done.events["rule"].str.contains("nobody wanted it")]
    for p, id_ in enumerate(done.world.treaties):
        dead = (t["rung"][:, p] <= 1) & (t["agreed"][:, p] == 0) & (t["status"][:, p] == 1)
        runs = np.zeros(len(dead), dtype=int)
        for row in np.flatnonzero(dead):
            runs[row] = (runs[row - 1] if row else 0) + 1
        assert (runs < inertia).all(), "nothing outlives it"
        for end in lapsed[lapsed["treaty"] == id_].itertuples():
            row = first(np.array([done.world.month(r) == end.month for r in range(len(dead))]))
            assert runs[row - 1] >= inertia - 1


def test_much_of_this_happens_in_these_worlds():
    """That nothing breaks a rule would prove nothing where nothing happens."""
    kinds = {"breaks": 0, "at the end of a term": 0, "nobody wanted it": 0}
    lost: list[str] = []
    for seed in range(30):
        done = run(ending_world(seed), seed, engine="ensemble")
        for words in kinds:
            kinds[words] += int(done.events["rule"].str.contains(words).sum())
        lost += list(done.events["lost"][done.events["kind"] == "exit"])
    assert min(kinds.values()) >= 3, kinds
    assert NO_BETTER in lost
    assert NOTHING not in lost, "which is said of organs"


def test_worlds_with_exits_and_ends_are_the_same_in_both_engines():
    for seed in range(12):
        same_in_both_engines(run(ending_world(seed), seed))


def test_russia_stays_in_all_its_treaties_through_the_nineties_over_the_prior_ranges():
    scenario = load_scenario("record-1992", {"months": 96})
    names = [f"left:{id_}/RUS@max" for id_, treaty in scenario.treaties.items() if "RUS" in treaty.parties]
    found = simulate(scenario, parameters=prior_draws(100, 3), outcomes=names).outcomes[names]
    assert len(names) >= 8
    assert (found.max(axis=1) == 0).mean() >= 0.95


# -- lapsing --------------------------------------------------------------------------------------


def unwanted(**treaty: Any) -> dict[str, Any]:
    """Two states without a fear and a treaty without organs."""
    return world(
        {"A": {}, "B": {}},
        {"t": {"parties": parties("A", "B")} | treaty},
        sources={"x": {"base": 0}},
        behaviour={"inertia": 12},
    )


@pytest.mark.parametrize(
    ("made", "row"),
    [
        pytest.param(unwanted(), 11, id="in force at once"),
        pytest.param(unwanted(rung=1), 11, id="with its text alone"),
        # A rung and a half too many for 8 months, a whole one for the next rung, then the months of inertia.
        pytest.param(unwanted(rung=2), 7 + 11, id="once its organs are gone"),
        pytest.param(unwanted(in_force=month(7)), 18, id="not before it is in force"),
        pytest.param(unwanted() | {"behaviour": {"inertia": 12.4}}, 12, id="whole months"),
        pytest.param(unwanted() | {"switches": {"lapse": False}}, -1, id="switched off"),
        pytest.param(unwanted() | {"switches": {"ratchet": True}}, -1, id="under the ratchet"),
        pytest.param(unwanted(rung=3) | {"behaviour": {"inertia": 48}}, -1, id="with organs"),
        pytest.param(unwanted(exchange={"A": 0.1}), -1, id="wanted by one that pays for it"),
        pytest.param(
            unwanted(exchange={"A": 0.1}) | {"switches": {"payments": False, "noise": False, "arrivals": False}},
            11,
            id="wanted by one alone",
        ),
        pytest.param(unwanted(exchange={"A": 1e-6, "B": 1e-6}), -1, id="wanted the least bit"),
        pytest.param(
            unwanted() | {"sources": {"x": {"name": "x", "origin": "Else", "base": 0.5, "need": 1}}},
            -1,
            id="wanted",
        ),
    ],
)
def test_a_treaty_lapses_of_which_the_text_is_left_and_that_nobody_wants_for_the_months_of_inertia(made, row):
    done = run(made)
    assert first(done.trajectory["status"][:, 0] == 2) == row
    told = done.events[done.events["kind"] == "end"]
    if row >= 0:
        (end,) = told.itertuples()
        assert (end.month, end.parties, end.rule) == (
            month(row),
            "A B",
            "only its text was left, and nobody wanted it",
        )
        assert end.lost == NOTHING, "it never was"
    else:
        assert told.empty
    same_in_both_engines(done)


def test_a_month_in_which_it_is_wanted_begins_the_count_anew():
    """Mistrust makes the first unit of depth dear, so that it is not wanted any more once the flare has faded enough."""
    flare = {"kind": "shock", "month": month(8), "source": "x", "size": 0.5}
    once = unwanted(mistrust=0.5) | {
        "interventions": {"flare": flare},
        "behaviour": {"inertia": 12, "deliberation": 60},
        "months": 200,
    }
    t = run(once).trajectory
    wanted = np.flatnonzero(t["agreed"][:, 0] > 0)
    assert wanted[0] < 11, "before it would have ended"
    assert len(wanted) > 1
    assert first(t["status"][:, 0] == 2) == wanted[-1] + 12 < 200


def test_a_successor_of_a_lapsed_treaty_begins_afresh():
    new = {"parties": parties("A", "B"), "succeeds": "t", "signed": month(24), "rung": 2, "mistrust": 0.6}
    made = unwanted(mistrust=0.1)
    made["treaties"]["new"] = made["treaties"]["t"] | new
    made["behaviour"] |= {"deepen": 0, "hollow": 0}
    done = run(made)
    t, at = done.trajectory, done.world.treaties.index
    assert t["status"][:, at("t")].tolist() == [1] * 11 + [2] * 49
    assert not t["status"][:24, at("new")].any()
    row = (t["rung"][24, at("new")], t["mistrust"][24, at("new")], t["depth"][24, at("new")])
    assert row == (2, 0.6, opening_depth(2, CONSTANT.steps))
    same_in_both_engines(done)


def test_candidates_and_guests_go_with_a_treaty_that_lapses():
    """C gains by exchange, and so takes part in what A and B, who decide, want nothing of."""
    made = world(
        THREE,
        {"t": {"parties": parties("A", "B"), "candidates": parties("C"), "exchange": {"C": 1}}},
        sources={"x": {"base": 0}},
        behaviour={"inertia": 12, "entry": 0},
    )
    made["switches"] |= {"entries": False}
    done = run(made)
    t = done.trajectory
    assert t["guest"][:11, 0, 2].all()
    assert t["status"][:, 0].tolist() == [1] * 11 + [2] * 49
    for name in ("guest", "member", "ideal", "value", "benefit", "linear", "curve", "common"):
        assert not t[name][11:, 0].any(), name
    same_in_both_engines(done)


# -- opening ----------------------------------------------------------------------------------------


def opened(**opening: Any) -> dict[str, Any]:
    treaty = {"parties": parties("A", "B"), "signed": "1999-01", "opening": {"rung": 3, "mistrust": 0} | opening}
    return world({"A": {}, "B": {}}, {"t": treaty}, behaviour={"deepen": 0, "hollow": 0}, months=3)


@pytest.mark.parametrize(
    ("given", "depth"), [({}, 3 / 7), ({"depth": 0.1}, 0.1), ({"depth": 4 / 7}, 4 / 7), ({"depth": 0}, 0)]
)
def test_an_opening_may_give_its_depth(given, depth):
    done = run(opened(**given))
    assert (done.trajectory["depth"][:, 0] == depth).all()
    same_in_both_engines(done)


def test_a_depth_that_organs_cannot_carry_is_refused():
    with pytest.raises(
        InputError, match=r"treaties\.t\.opening\.depth: 0\.6: must be 0\.571 or less, .* rung 3 carry"
    ):
        load_scenario(opened(depth=0.6))


def test_where_steps_are_varied_a_given_depth_stays_within_what_organs_carry():
    start = run(opened(depth=0.5)).world.bodies[0].opening
    assert start.practice(7.0) == 0.5
    assert start.practice(20.0) == ceiling(3, 20.0)
    rows = {"institution.steps": [7, 5]}
    found = simulate(opened(depth=0.5), parameters=rows, outcomes=["depth:t"]).outcomes
    assert found["depth:t"].tolist() == [0.5, 0.5]


# -- what went away -----------------------------------------------------------------------------------


AFTER = 60
SOURCES = {"x": {"base": 0.3}, "y": {"base": 0.1}}


def changed(*acts: dict[str, Any], **parts: Any) -> Any:
    """A treaty of three in which something changes after five years, ten years on."""
    both = {"exposure": {"x": 1, "y": 1}, "contribution": {"x": 0.5, "y": 0.5}}
    treaty = {
        "parties": parties("A", "B", "C"),
        "rung": 2,
        "scope": {"x": 1, "y": 1},
        "exchange": dict.fromkeys("ABC", 0.5),
    }
    made = world(
        dict.fromkeys("ABC", both),
        {"t": treaty | parts.pop("treaty", {})},
        sources=SOURCES,
        months=AFTER + 60,
        interventions={f"act{n}": act for n, act in enumerate(acts)},
        **parts,
    )
    return run(made)


def set_to(path: str, value: Any) -> dict[str, Any]:
    return {"kind": "set", "month": month(AFTER), "path": path, "value": value}


LINKED = {"A": {"independence": 0.6}, "B": {}, "C": {"independence": 1.5}}


@pytest.mark.parametrize(
    ("acts", "words", "sources"),
    [
        pytest.param([set_to("sources.x.base", 0)], ["fear of x among the parties fell from 0.30 to 0."], ["x"], id="fear"),
        pytest.param([set_to(f"states.{s}.contribution.x", 0.1) for s in "ABC"],
                     ["help that partners give counts for less, most against x"], [], id="help"),
        pytest.param([set_to("states.A.provision", 0.2)],
                     ["help that partners give counts for less", "A can provide 0.", " of its capacity, 1.00 before"], [], id="weakness"),
        pytest.param([set_to(f"treaties.t.exchange.{s}", 0) for s in "ABC"],
                     ["the worth of exchange and reassurance fell from 0.30 to 0.00 a unit of depth"], [], id="exchange"),
        pytest.param([set_to("behaviour.autonomy", 2.5)], ["depth is dearer"], [], id="price"),
        pytest.param([{"kind": "rift", "month": month(AFTER + 40), "treaty": "t", "size": 0.6}],
                     ["the parties' fear of each other rose from 0.00 to 0."], [], id="a quarrel"),
        pytest.param([{"kind": "exit", "month": month(AFTER), "treaty": "t", "state": "C"}],
                     ["help that partners give counts for less", "C left"], [], id="a partner left"),
    ],
)  # fmt: skip
def test_the_largest_loss_behind_a_fall_is_what_was_taken_away(acts, words, sources):
    done = changed(*acts)
    lost = lost_organs(done.world, done.trajectory, done.trajectory.months - 1, 0)
    told = lost.losses[0].words
    assert all(word in told for word in words), lost.words(done.world)
    assert lost.sources(done.world) == sources
    assert lost.since == month_number(acts[0]["month"]) - month_number(START) - 1, "the month before the change"
    assert lost.words(done.world).startswith(f"since {month(lost.since)[:4]} ")


def test_the_losses_add_up_to_what_is_wanted_less():
    for base in (0.2, 0.1, 0.05):
        done = changed(set_to("sources.x.base", base))
        t = done.trajectory
        lost = lost_organs(done.world, t, t.months - 1, 0)
        fell = t["demand"][AFTER - 1, 0] - t["demand"][-6, 0]
        assert sum(loss.size for loss in lost.losses) == pytest.approx(fell, rel=0.25)


def test_payments_that_end_are_named():
    both = {"exposure": {"x": 1}, "contribution": {"x": 0.5}}
    made = world(
        {id_: both | own for id_, own in LINKED.items()},
        {"t": {"parties": parties("A", "B", "C"), "rung": 2}},
        months=AFTER + 60,
        interventions={"end": set_to("switches.payments", False)},
    )
    done = run(made)
    lost = lost_organs(done.world, done.trajectory, AFTER + 59, 0)
    assert lost.losses[0].words == "side payments carry the parties 0% of the way to the joint best, 40% before"


def test_politics_are_named_where_nothing_else_changed():
    done = changed(switches={"noise": False, "arrivals": False, "sunk": False}, behaviour={"politics": 0.2})
    t = done.trajectory
    low = int(np.argmin(t["demand"][24:, 0])) + 24
    lost = lost_organs(done.world, t, low, 0)
    assert lost.losses
    assert lost.losses[0].words.startswith("politics turned against it")


def test_nothing_is_named_where_nothing_went_away():
    done = changed()
    lost = lost_organs(done.world, done.trajectory, AFTER, 0)
    assert lost.losses == ()
    assert lost.words(done.world) == NOTHING


def test_an_exit_names_the_offer_and_a_breach_and_why_tells_them():
    done = run(courted())
    (told,) = done.events[done.events["kind"] == "exit"].itertuples()
    assert "the outside offer before it rose from " in told.lost
    row = first(done.trajectory["left"][:, 0, 0] == 1)
    assert lost_party(done.world, done.trajectory, row, 0, 0).words(done.world) == told.lost
    tables = {name: getattr(done, name) for name in ("treaties", "events", "parties", "perceptions")}
    lines = why(done.scenario, tables, "t")
    at = next(n for n, line in enumerate(lines) if "A leaves" in line)
    assert "it breaks its term" in lines[at]
    assert lines[at + 1].strip() == f"What went away: {told.lost}."


def test_who_leaves_bad_company_is_told_to():
    quarrel = {"kind": "rift", "month": month(30), "treaty": "t", "size": 1.5}
    treaty = {"parties": parties("A", "B", "C"), "rung": 2}
    made = world(THREE, {"t": treaty}, interventions={"q": quarrel}, behaviour={"resent": 0.5})
    told = run(made).events
    told = told[told["kind"] == "exit"]
    assert len(told)
    assert all("fear" in lost for lost in told["lost"])


def test_a_fall_tells_what_is_feared_less_and_the_relief_behind_it():
    relief = {"kind": "shock", "month": month(2), "source": "x", "size": -0.5, "weights": dict.fromkeys("ABC", 1)}
    flare = {"kind": "shock", "month": START, "source": "x", "size": 1, "weights": dict.fromkeys("ABC", 1)}
    treaty = {"parties": parties("A", "B", "C"), "rung": 4}
    made = world(
        THREE, {"t": treaty}, sources={"x": {"base": 0.05}}, interventions={"flare": flare, "relief": relief},
        behaviour={"inertia": 6}, months=120,
    )  # fmt: skip
    done = run(made)
    falls = done.events[done.events["kind"] == "rung down"]
    assert len(falls)
    last = falls.iloc[-1]
    assert "fear of x among the parties fell from" in last["lost"]
    assert last["threats"] == "x"
    assert last["rule"].startswith("less was wanted than its organs are for")


def test_sources_are_told_by_their_names_as_they_are_written():
    """Lower-cased, a proper name would be none; and of two threats it is said that they were."""
    done = run("memo-2001", 35)
    tables = {name: getattr(done, name) for name in ("treaties", "events", "parties", "perceptions")}
    told = "\n".join(line for id_ in done.world.treaties for line in why(done.scenario, tables, id_))
    names = [source.name for source in done.scenario.sources.values()]
    assert sum(name in told for name in names) >= 5
    assert "fear of Militancy from Afghanistan among the parties fell" in told
    assert "was moved most by Militancy from Afghanistan and NATO enlargement" in told
    assert "the threats that counted most were Militancy from Afghanistan and " in told
    assert not any(name.lower() in told for name in names)
