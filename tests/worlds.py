"""Hypothesis strategies as objects of the field, built from the schema's own bounds."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from model.schema.base import bounds, declared, month_text
from model.schema.behaviour import Behaviour, Switches
from model.schema.treaty import RULES

START = 2000 * 12
SOURCES = ("alpha", "beta", "gamma")
STATES = ("AAA", "BBB", "CCC", "DDD", "EEE")
POWER = "OUT"
COVERING = {"strategic_support", "norm_defence", "mutual_defence"}


def shares(low: float = 0.0, high: float = 1.0) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False).map(lambda x: round(x, 3))


def behaviours() -> st.SearchStrategy[dict[str, float]]:
    """Parameters over their allowed bounds, prior ranges where these are declared."""
    fields = {}
    for name, field in Behaviour.model_fields.items():
        low, high = declared(field, "prior") or bounds(field)
        fields[name] = st.floats(low, high, allow_nan=False)
    return st.fixed_dictionaries(fields)


def switches() -> st.SearchStrategy[dict[str, bool]]:
    return st.dictionaries(st.sampled_from(sorted(Switches.model_fields)), st.booleans(), max_size=4)


@st.composite
def articles(draw: st.DrawFn, treaty: str, treaties: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for rule in draw(st.lists(st.sampled_from(RULES), max_size=6, unique=True)):
        article: dict[str, Any] = {"rule": rule, "strength": draw(shares()), "on": draw(st.booleans())}
        if rule in COVERING:
            article["sources"] = draw(st.dictionaries(st.sampled_from(SOURCES), shares(), max_size=2))
        if rule == "regional_mechanism":
            others = [t for t in treaties if t != treaty]
            if not others:
                continue
            article["towards"] = draw(st.sampled_from(others))
        if rule == "term":
            article |= {
                "years": draw(st.sampled_from([1, 2, 5])),
                "renewal_years": draw(st.sampled_from([1, 3])),
            }
        found[rule] = article
    return found


@st.composite
def treaties(draw: st.DrawFn, id_: str, states: list[str], ids: list[str]) -> dict[str, Any]:
    parties = draw(st.lists(st.sampled_from(states), min_size=2, unique=True))
    rest = [s for s in states if s not in parties]
    endogenous = draw(st.booleans())
    decision = draw(st.sampled_from(["unanimity", "majority", "lead"]))
    treaty: dict[str, Any] = {
        "name": f"Treaty {id_}",
        "parties": dict.fromkeys(parties, True),
        "candidates": dict.fromkeys(draw(st.lists(st.sampled_from(rest), unique=True)) if rest else [], True),
        "signing": "endogenous" if endogenous else "historical",
        "decision": decision,
        "leads": {draw(st.sampled_from(parties)): True},
        "obligation": draw(st.integers(0, 4)),
        "rung": draw(st.integers(0, 6)),
        "mistrust": draw(shares()),
        "scope": draw(st.dictionaries(st.sampled_from(SOURCES), shares(), max_size=3)),
        "articles": draw(articles(id_, ids)),
    }
    if not endogenous:
        treaty["signed"] = month_text(START + draw(st.integers(0, 10)))
    if draw(st.booleans()):
        treaty["hub"] = draw(st.sampled_from(parties))
    return treaty


@st.composite
def interventions(draw: st.DrawFn, states: list[str], ids: list[str], months: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for n in range(draw(st.integers(0, 4))):
        month = {"month": month_text(START + draw(st.integers(0, months - 1)))}
        kind = draw(
            st.sampled_from(["shock", "rumour", "weakness", "offer", "concession", "set", "entry", "exit"])
        )
        act: dict[str, Any] = month | {"kind": kind}
        if kind in {"shock", "rumour"}:
            act["source"] = draw(st.sampled_from(SOURCES))
            act["size"] = draw(shares(-1, 2))
            if draw(st.booleans()):
                act["weights"] = {draw(st.sampled_from(states)): draw(shares(-1, 1))}
        elif kind == "weakness":
            act |= {"weights": {draw(st.sampled_from(states)): draw(shares())}}
        elif kind == "offer":
            act |= {"power": POWER, "state": draw(st.sampled_from(states)), "size": draw(shares(0, 2))}
        elif kind == "concession":
            act |= {"source": "alpha", "share": draw(shares())}
        elif kind == "set":
            act |= {"path": "behaviour.rise", "value": draw(shares(0.05, 1))}
        elif ids:
            act |= {"treaty": draw(st.sampled_from(ids)), "state": draw(st.sampled_from(states))}
        else:
            continue
        found[f"act{n}"] = act
    return found


@st.composite
def scenarios(draw: st.DrawFn, months: int = 40) -> dict[str, Any]:
    """A small random world that every engine must be able to run."""
    states = list(STATES[: draw(st.integers(2, 5))])
    ids = [f"t{n}" for n in range(draw(st.integers(0, 3)))]
    return {
        "name": "random",
        "start": month_text(START),
        "months": months,
        "states": {
            id_: {
                "name": id_,
                "place": {"longitude": 10.0 * n, "latitude": 40.0},
                "capability": draw(shares(0.001, 0.3)),
                "exposure": draw(st.dictionaries(st.sampled_from(SOURCES), shares(), max_size=3)),
                "contribution": draw(st.dictionaries(st.sampled_from(SOURCES), shares(), max_size=3)),
                "independence": draw(shares(0.2, 3)),
                "polity": draw(shares()),
            }
            for n, id_ in enumerate(states)
        },
        "powers": {
            POWER: {
                "name": "Outside",
                "place": {"longitude": -70, "latitude": 40},
                "capability": draw(shares(0.01, 0.5)),
                "policy": draw(st.sampled_from(["none", "fixed", "responsive"])),
                "courts": {states[0]: 1},
            }
        },
        "sources": {
            id_: {
                "name": id_,
                "origin": draw(st.sampled_from(["Elsewhere", "member", states[0], POWER])),
                "base": draw(shares(0, 1)),
                "need": draw(shares()),
                "rate": draw(shares(0, 6)),
                "provoked": draw(shares()),
                **({"sponsor": POWER} if id_ != "gamma" else {}),
            }
            for id_ in SOURCES
        },
        "treaties": {id_: draw(treaties(id_, states, ids)) for id_ in ids},
        "behaviour": draw(behaviours()),
        "switches": draw(switches()),
        "interventions": draw(interventions(states, ids, months)),
    }
