"""Nothing is dead: every parameter, switch and article rule moves some outcome where it applies, and only there."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from entente import run
from entente.mechanisms import shipped
from entente.month.declare import bounds, declared
from entente.month.mechanism import arguments
from entente.schema.behaviour import Behaviour, Institution, Switches
from entente.schema.treaty import RULES
from entente.world.trajectory import QUANTITIES

from .test_membership import CLOSE, FEARFUL, FOUR, REGION, SPHERE, month, offer, pair, parties, world

TINY = 1e-9
"""Differences up to this are none."""


def busy() -> dict[str, Any]:
    """Three mistrustful neighbours of unlike fears under every article, courted from outside, for six years."""
    full = {rule: {"rule": rule, "strength": 0.5} for rule in RULES}
    full["norm_defence"]["sources"] = {"x": 1.0}
    full["strategic_support"]["sources"] = {"x": 0.8}
    full["mutual_defence"]["sources"] = {"y": 0.9}
    full["regional_mechanism"]["towards"] = "region"
    full["term"] |= {"years": 2, "renewal_years": 1}
    return world(
        {
            "A": {"exposure": {"x": 0.9, "y": 0.3, "z": 0.4}, "contribution": {"x": 0.6, "y": 0.7}, "capability": 0.2,
                  "polity": 0.1, "weight": 1},
            "B": {"exposure": {"x": 0.4, "y": 0.7, "z": 0.2}, "contribution": {"x": 0.7, "y": 0.2}, "polity": 0.4},
            "C": {"exposure": {"x": 0.3, "y": 0.9}, "contribution": {"y": 0.3}, "capability": 0.03, "polity": 0.9},
        },
        {
            "full": {"parties": parties("A", "B"), "mistrust": 0.4, "rung": 2, "scope": {"x": 1, "y": 0.5},
                     "articles": full, "exchange": {"A": 0.1, "B": 0.1}},
            "region": {"parties": parties("A", "B", "C"), "mistrust": 0.3, "rung": 3, "scope": {"y": 1, "x": 0.2}},
        },
        months=72,
        powers={"OUT": {"name": "Outside", "place": {"longitude": 0, "latitude": 0}, "capability": 0.25,
                        "policy": "responsive", "packages": {"B": 0.3}, "courts": {"A": 1}}},
        sources={
            "x": {"origin": "OUT", "sponsor": "OUT", "base": 0.4, "provoked": 1, "rate": 1},
            "y": {"base": 0.3, "need": 0.6, "rate": 1},
            "z": {"base": 0.3, "need": 0, "origin": "member"},
        },
        interventions={
            "flare": {"kind": "shock", "month": month(8), "source": "x"},
            "weak": {"kind": "weakness", "month": month(20), "size": 2, "weights": {"C": 1}},
            "talk": {"kind": "rumour", "month": month(30), "source": "y", "weights": {"B": 0.5}},
            "spat": {"kind": "rift", "month": month(50), "parties": ["A", "C"], "size": 0.3},
        },
        behaviour={"alarm": 0.1},
        switches={},
    )  # fmt: skip


def founding() -> dict[str, Any]:
    """Two states that sign when a flare-up makes them want to."""
    flare = {"kind": "shock", "month": month(6), "source": "x", "size": 0.4}
    return world(
        {"A": {}, "B": {}},
        {"t": {"parties": parties("A", "B"), "signing": "endogenous"}},
        sources={"x": {"base": 0.25}},
        interventions={"flare": flare},
    )


def leaving() -> dict[str, Any]:
    """A party of a treaty with a term leaves for an offer, and comes back when the offer is gone."""
    term = {"rule": "term", "years": 4, "renewal_years": 2}
    return world(
        {"A": {}, "B": {}, "C": {}},
        {"t": {"parties": parties("A", "B", "C"), "candidates": parties("A"), "articles": {"term": term}}},
        months=130,
        interventions={"on": offer("A", 6, 0.76), "off": offer("A", 49, 0)},
    )


def joining() -> dict[str, Any]:
    """A candidate at the door of a region that a lead state guards, and a more reluctant one behind it."""
    states = FOUR | {"E": {"independence": 2}}
    region = REGION | {"candidates": parties("D", "E")}
    return world(states, {"region": region, "sphere": SPHERE}, months=30, behaviour={"sphere": 0.005})


def climbing() -> dict[str, Any]:
    """A close pair before the gate of the top rung, with core contingencies that they hardly share."""
    sources = FEARFUL | {"x": {"base": 0.8}}
    return world(pair(0.4), {"t": CLOSE}, sources=sources, behaviour={"entrapment": 0, "autonomy": 0.9})


def hollow() -> dict[str, Any]:
    """Organs without a threat to justify them."""
    return world({"A": {}, "B": {}}, {"t": {"parties": parties("A", "B"), "rung": 3}}, sources={"x": {"base": 0}})


def bad_company() -> dict[str, Any]:
    """A party that would put up with an offer, and with a quarrel, and leaves for both where it resents the quarrel enough."""
    spat = {"kind": "rift", "month": month(6), "parties": ["A", "B", "C"], "size": 0.35}
    return world(
        {"A": {}, "B": {}, "C": {}},
        {"t": {"parties": parties("A", "B", "C")}},
        interventions={"offer": offer("A", 6, 0.29), "spat": spat},
    )


def blocs() -> dict[str, Any]:
    """Two pairs, of which each fears what the other holds."""
    behind = {
        "a": {"sponsors": {"treaties": {"t": 1}, "states": {"A": 1}}},
        "b": {"sponsors": {"treaties": {"u": 1}}},
    }
    sources = {
        id_: {"name": id_, "origin": "Elsewhere", "base": 0.3, "need": 0.9} | more for id_, more in behind.items()
    }
    fear = {id_: {"exposure": {k: 1}, "contribution": {k: 0.5}} for id_, k in zip("ABCD", "bbaa", strict=True)}
    made = world(
        fear,
        {
            "t": {"parties": parties("A", "B"), "scope": {"b": 1}},
            "u": {"parties": parties("C", "D"), "scope": {"a": 1}},
        },
    )
    return made | {"sources": sources}


def unwanted() -> dict[str, Any]:
    """A treaty without organs that nobody wants."""
    made = hollow()
    made["treaties"]["t"]["rung"] = 0
    return made | {"behaviour": {"inertia": 24}}


WORLDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "busy": (busy, {}),
    "founding": (founding, {}),
    "leaving": (leaving, {}),
    "joining": (joining, {}),
    "climbing": (climbing, {}),
    "climbing, less asked": (climbing, {"behaviour.core_overlap": 0.35}),
    "hollow": (hollow, {}),
    "unwanted": (unwanted, {}),
    "bad company": (bad_company, {}),
    "blocs": (blocs, {}),
    "busy, deep": (
        busy,
        {"treaties.full.rung": 6, "treaties.full.articles.exclusivity.on": False, "behaviour.hollow": 0},
    ),
    "busy, ratchet": (busy, {"switches.ratchet": True}),
    "busy, overlapping": (busy, {"behaviour.overlap_use": 0.5}),
    "busy, tethering": (busy, {"switches.tethering": True}),
    "busy, network": (busy, {"switches.network": True, "treaties.full.shared_partners": 2}),
    "busy, security dilemma": (busy, {"switches.security_dilemma": True}),
}
"""Worlds by name, each with what is changed in it."""


@cache
def outcome(name: str, *changes: tuple[str, Any]) -> dict[str, np.ndarray]:
    """Every recorded quantity of a world, with changes."""
    made, settings = WORLDS[name]
    return run(made(), 1, changes=settings | dict(changes)).trajectory.arrays


def moved(name: str, *changes: tuple[str, Any], beside: tuple[tuple[str, Any], ...] = ()) -> list[str]:
    """The quantities that `changes` move in a world (that is changed by `beside` in any case)."""
    one, two = outcome(name, *beside), outcome(name, *beside, *changes)
    return [q for q in QUANTITIES if np.abs(one[q] - two[q]).max(initial=0) > TINY]


def ends(record: type[Behaviour] | type[Institution], name: str) -> tuple[float, float]:
    """Both ends of what a parameter is likely to be: its prior range, or its bounds where it has none."""
    field = record.model_fields[name]
    low, high = declared(field, "prior") or bounds(field)
    assert low is not None
    assert high is not None
    return low, high


PARAMETERS = [
    *((f"behaviour.{name}", ends(Behaviour, name)) for name in Behaviour.model_fields),
    *((f"institution.{name}", ends(Institution, name)) for name in Institution.model_fields),
]


TIES = {"status", "member", "ideal", "agreed", "depth", "rung"}
MEASURES = {"behaviour.turn", "behaviour.x0", "switches.coordination", "switches.guests"}
"""What shapes alignment and who takes part as a guest; both are measured and feed nothing back."""


def reached(path: str, one: Any, other: Any) -> set[str]:
    """The quantities that a change moves, over the worlds up to the first in which it moves the ties."""
    found: set[str] = set()
    for name in WORLDS:
        found |= set(moved(name, (path, other), beside=((path, one),)))
        if found & TIES:
            break
    return found


@pytest.mark.parametrize(("path", "values"), PARAMETERS, ids=[path for path, _ in PARAMETERS])
def test_every_parameter_moves_the_ties_or_what_it_measures(path, values):
    found = reached(path, *values)
    assert found, f"{path} moves nothing from {values[0]} to {values[1]} in any of: {', '.join(WORLDS)}"
    assert bool(found & TIES) is (path not in MEASURES), f"{path} moves: {', '.join(sorted(found))}"


@pytest.mark.parametrize("switch", Switches.model_fields)
def test_every_switch_moves_the_ties_or_what_it_measures(switch):
    path = f"switches.{switch}"
    found = reached(path, False, True)
    assert found, f"{path} moves nothing in any of: {', '.join(WORLDS)}"
    assert bool(found & TIES) is (path not in MEASURES), f"{path} moves: {', '.join(sorted(found))}"


def separate() -> dict[str, str]:
    """Parameters and the switch without which each does nothing: of the mechanism that declares it and alone reads it.

    The core's are left out, but for the size of dated events, which the calendar brings, and the pace at which offers are
    taken up.
    """
    found = {"adjust": "offers", "size": "calendar"}
    for name in Behaviour.model_fields:
        owner = shipped().owner(name)
        readers = {one.name for one in shipped().all for f in one.functions if name in arguments(f)}
        if owner is not None and readers == {owner.name}:
            found[name] = owner.name
    return found


SEPARATE = separate()


def test_all_but_a_few_parameters_of_mechanisms_are_read_by_their_own_alone():
    owned = {name for name in Behaviour.model_fields if shipped().owner(name) is not None}
    assert owned - set(SEPARATE) == {"entry"}, "guests heed the entry of entries"


@pytest.mark.parametrize(("parameter", "switch"), SEPARATE.items())
def test_a_mechanism_that_is_switched_off_has_no_effect_whatever_its_parameter(parameter, switch):
    off = ((f"switches.{switch}", False),)
    low, high = ends(Behaviour, parameter)
    for name in ("busy", "leaving", "joining", "climbing"):
        beside = (*off, (f"behaviour.{parameter}", low))
        assert not moved(name, (f"behaviour.{parameter}", high), beside=beside), name


@pytest.mark.parametrize("parameter", ["alarm", "response", "domestic_cap"])
def test_a_power_with_a_fixed_policy_heeds_no_alarm(parameter):
    low, high = ends(Behaviour, parameter)
    fixed = (("powers.OUT.policy", "fixed"), (f"behaviour.{parameter}", low))
    assert not moved("busy", (f"behaviour.{parameter}", high), beside=fixed)


@pytest.mark.parametrize("parameter", sorted(Behaviour.model_fields))
def test_the_ratchet_heeds_its_drift_and_pace_and_nothing_else(parameter):
    ties = {"status", "depth", "rung", "obligation", "member", "received", "paid"}
    low, high = ends(Behaviour, parameter)
    path = f"behaviour.{parameter}"
    touched = ties & set(moved("busy, ratchet", (path, high), beside=((path, low),)))
    assert touched == {"drift": {"depth", "rung"}, "deepen": {"depth"}}.get(parameter, set())


@pytest.mark.parametrize("rule", RULES)
def test_every_article_rule_moves_some_outcome(rule):
    outcomes = {
        "depth", "rung", "perception", "accepted", "alignment", "consulted", "offer", "price", "mistrust", "effective",
        "agreed", "member", "value",
    }  # fmt: skip
    assert outcomes & set(moved("busy", (f"treaties.full.articles.{rule}.on", False)))


WHERE_IT_ACTS = {
    "non_aggression": "mistrust",
    "confidence_building": "mistrust",
    "exclusivity": "price",
    "consultation": "consulted",
    "policy_coordination": "alignment",
    "strategic_support": "owed",
    "norm_defence": "restraint",
    "mutual_defence": "owed",
    "regional_mechanism": "agreed",
    "term": "term_end",
}
"""The quantity that an article's rule moves first."""


@pytest.mark.parametrize("rule", RULES)
def test_an_article_moves_the_quantity_of_its_rule_in_the_first_month_in_which_it_moves_anything(rule):
    assert rule in WHERE_IT_ACTS, "say where the new rule acts"
    one, two = outcome("busy"), outcome("busy", (f"treaties.full.articles.{rule}.on", False))
    differ = {
        q: np.abs(one[q] - two[q]).reshape(len(one[q]), -1).max(axis=1, initial=0) > TINY for q in QUANTITIES
    }
    began = {q: int(np.argmax(rows)) for q, rows in differ.items() if rows.any()}
    assert WHERE_IT_ACTS[rule] in began
    assert began[WHERE_IT_ACTS[rule]] == min(began.values())


@pytest.mark.parametrize(("rule", "article"), shipped().articles.items())
def test_an_article_of_a_mechanism_that_is_off_binds_nobody(rule, article):
    (owner,) = (one.name for one in shipped().all if article in one.articles)
    off = ((f"switches.{owner}", False),)
    assert not moved("busy", (f"treaties.full.articles.{rule}.on", False), beside=off)


# A term without strength locks nothing in and still sets the months of renewal.
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "term"])
def test_an_article_of_no_strength_is_as_good_as_none(rule):
    weak = ((f"treaties.full.articles.{rule}.strength", 0.0),)
    assert not moved("busy", (f"treaties.full.articles.{rule}.on", False), beside=weak)
