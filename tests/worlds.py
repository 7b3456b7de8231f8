"""Hypothesis strategies as objects of the field, built from the schema's own bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from entente.month.declare import bounds, declared
from entente.schema.base import month_text
from entente.schema.behaviour import Behaviour, Switches
from entente.schema.treaty import RULES

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
def rifts(draw: st.DrawFn, states: list[str], ids: list[str]) -> dict[str, Any]:
    """Who quarrels, and by how much."""
    size = {"size": draw(shares(-1, 2))} if draw(st.booleans()) else {}
    if ids and draw(st.booleans()):
        return size | {"treaty": draw(st.sampled_from(ids))}
    return size | {"parties": draw(st.lists(st.sampled_from(states), min_size=2, unique=True))}


@st.composite
def sources(draw: st.DrawFn, states: list[str], ids: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for id_ in SOURCES:
        found[id_] = {
            "name": id_,
            "origin": draw(st.sampled_from(["Elsewhere", "member", states[0], POWER])),
            "base": draw(shares(0, 1)),
            "need": draw(shares()),
            "rate": draw(shares(0, 6)),
            "provoked": draw(shares()),
            **({"sponsor": POWER} if id_ != "gamma" else {}),
        }
        if draw(st.booleans()):
            found[id_]["sponsors"] = {
                "treaties": draw(st.dictionaries(st.sampled_from(ids), shares(), max_size=2)) if ids else {},
                "states": draw(st.dictionaries(st.sampled_from(states), shares(), max_size=2)),
            }
        if found[id_]["origin"] == "member" and draw(st.booleans()):
            found[id_]["of"] = draw(st.sampled_from(states))
    return found


@st.composite
def interventions(draw: st.DrawFn, states: list[str], ids: list[str], months: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for n in range(draw(st.integers(0, 4))):
        month = {"month": month_text(START + draw(st.integers(0, months - 1)))}
        kind = draw(
            st.sampled_from(["shock", "rumour", "weakness", "rift", "offer", "concession", "set", "entry", "exit"])
        )
        act: dict[str, Any] = month | {"kind": kind}
        if kind in {"shock", "rumour"}:
            act["source"] = draw(st.sampled_from(SOURCES))
            act["size"] = draw(shares(-1, 2))
            if draw(st.booleans()):
                act["weights"] = {draw(st.sampled_from(states)): draw(shares(-1, 1))}
        elif kind == "weakness":
            act |= {"weights": {draw(st.sampled_from(states)): draw(shares())}}
        elif kind == "rift":
            act |= draw(rifts(states, ids))
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
        "sources": draw(sources(states, ids)),
        "treaties": {id_: draw(treaties(id_, states, ids)) for id_ in ids},
        "behaviour": draw(behaviours()),
        "switches": draw(switches()),
        "interventions": draw(interventions(states, ids, months)),
    }


def busy_world(rng: np.random.Generator, months: int = 130) -> dict[str, Any]:
    """A random world in which much happens: strong threats, many articles, long enough for reviews and renewals.

    Drawn evenly from the bounds, where Hypothesis keeps close to the simplest case.
    """

    def share(low: float = 0.0, high: float = 1.0) -> float:
        return round(float(rng.uniform(low, high)), 3)

    def some(items: tuple[str, ...] | list[str], least: int = 0) -> list[str]:
        count = int(rng.integers(least, len(items) + 1))
        return sorted(str(item) for item in rng.choice(items, size=count, replace=False))

    states = list(STATES[: int(rng.integers(3, 6))])
    ids = [f"t{n}" for n in range(int(rng.integers(1, 4)))]
    world: dict[str, Any] = {
        "name": "busy", "start": month_text(START), "months": months,
        "states": {
            id_: {
                "name": id_, "place": {"longitude": 10.0 * n, "latitude": 40.0}, "capability": share(0.01, 0.3),
                "exposure": {k: share(0.2) for k in some(SOURCES, 1)},
                "contribution": {k: share(0.2) for k in SOURCES},
                "independence": share(0.3, 2), "weight": share(), "leverage": share(), "polity": share(),
            }
            for n, id_ in enumerate(states)
        },
        "powers": {
            POWER: {"name": "Outside", "place": {"longitude": -70, "latitude": 40}, "capability": share(0.05, 0.4),
                    "policy": str(rng.choice(["none", "fixed", "responsive"])), "courts": {states[0]: share(0.5)},
                    "packages": {states[-1]: share()}}
        },
        "sources": {
            id_: {"name": id_, "origin": str(rng.choice(["Elsewhere", "member", states[0], POWER])),
                  "base": share(0.1, 0.8), "need": share(0.3), "rate": share(0, 4), "median": share(0.2, 0.8),
                  "log_sd": share(), "provoked": share(), **({"sponsor": POWER} if id_ != "gamma" else {})}
            for id_ in SOURCES
        },
        "treaties": {},
        "behaviour": {
            name: float(rng.uniform(*(declared(field, "prior") or bounds(field))))
            for name, field in Behaviour.model_fields.items()
        },
        "switches": {
            str(name): bool(rng.integers(2)) for name in rng.choice(sorted(Switches.model_fields), 4, replace=False)
        },
        "interventions": {},
    }  # fmt: skip
    # Cheap depth now and then, so that somebody reaches the gate of the top rung.
    world["behaviour"]["autonomy"] = share(0.1, 1.6)
    world["behaviour"]["core_overlap"] = float(rng.choice([0.3, 2.0]))
    for n, id_ in enumerate(ids):
        world["treaties"][id_] = _busy_treaty(rng, share, some, id_, ids, states, n)
    for n in range(8):
        act: dict[str, Any] = {"month": month_text(START + int(rng.integers(months)))}
        kind = str(
            rng.choice(["shock", "rumour", "weakness", "offer", "concession", "set", "entry", "exit", "article"])
        )
        treaty = str(rng.choice(ids))
        if kind in {"shock", "rumour"}:
            act |= {"source": str(rng.choice(SOURCES)), "size": share(-0.5, 1.5)}
            act |= {"weights": {str(rng.choice(states)): share(-0.5)}} if rng.integers(2) else {}
        elif kind == "weakness":
            act |= {"weights": {str(rng.choice(states)): share()}}
        elif kind == "offer":
            act |= {"power": POWER, "state": str(rng.choice(states)), "size": share(0, 1)}
        elif kind == "concession":
            act |= {"source": "alpha", "share": share()}
        elif kind == "set":
            act |= {"path": "behaviour.autonomy", "value": share(0.3, 3)}
        elif kind == "article":
            article = str(rng.choice(sorted(world["treaties"][treaty]["articles"])))
            act |= {"treaty": treaty, "article": article, "on": bool(rng.integers(2))}
        else:
            act |= {"treaty": treaty, "state": str(rng.choice(states))}
        world["interventions"][f"act{n}"] = {"kind": kind, **act}
    # From a generator of its own, so that all else is as it would be without quarrels.
    _quarrels(rng.spawn(1)[0], world, states, ids, months)
    _blocs(rng.spawn(1)[0], world, states, ids)
    _histories(rng.spawn(1)[0], world, states, ids, months)
    return world


def _quarrels(
    rng: np.random.Generator, world: dict[str, Any], states: list[str], ids: list[str], months: int
) -> None:
    """Quarrels and reconciliations, of states and of treaties' parties, and neighbours' threats that have a name."""
    for source in world["sources"].values():
        if source["origin"] == "member" and rng.integers(2):
            source["of"] = str(rng.choice(states))
    for n in range(int(rng.integers(4))):
        act: dict[str, Any] = {"kind": "rift", "month": month_text(START + int(rng.integers(months)))}
        if rng.integers(3):
            act["size"] = round(float(rng.uniform(-0.5, 1.0)), 3)
        if rng.integers(2):
            act["treaty"] = str(rng.choice(ids))
        else:
            act["parties"] = [str(state) for state in rng.choice(states, int(rng.integers(2, 4)), replace=False)]
        world["interventions"][f"rift{n}"] = act


def _blocs(rng: np.random.Generator, world: dict[str, Any], states: list[str], ids: list[str]) -> None:
    """Sources that treaties and states of the world sponsor."""
    for source in world["sources"].values():
        if rng.integers(2):
            source["sponsors"] = {
                "treaties": {id_: round(float(rng.uniform()), 3) for id_ in ids if rng.integers(2)},
                "states": {id_: round(float(rng.uniform()), 3) for id_ in states if rng.integers(2)},
            }


def _histories(
    rng: np.random.Generator, world: dict[str, Any], states: list[str], ids: list[str], months: int
) -> None:
    """States that begin and end, treaties whose text changes, and tables by year."""
    founding = {s for t in world["treaties"].values() if t.get("signing") == "endogenous" for s in t["parties"]}
    mortal = [s for s in states if s not in founding]
    if mortal and rng.integers(2):
        who = str(rng.choice(mortal))
        one, last = world["states"][who], int(rng.integers(20, months))
        one["to"] = month_text(START + last)
        if rng.integers(2):
            one |= {
                "successor": str(rng.choice([s for s in states if s != who])),
                "inherits": dict.fromkeys(ids, True),
            }
    signed = {s for t in world["treaties"].values() for s in t["parties"]}
    heirs = {one.get("successor") for one in world["states"].values()}
    for who in states:
        if who not in signed and who not in heirs and "to" not in world["states"][who] and rng.integers(2):
            world["states"][who]["from"] = month_text(START + int(rng.integers(1, months)))
    world["interventions"] = {
        key: act
        for key, act in world["interventions"].items()
        if act["kind"] != "entry" or not {"from", "to"} & {*world["states"][act["state"]]}
    }
    for who in states:
        one = world["states"][who]
        for what in ("exposure", "contribution"):
            for source in one[what]:
                if not rng.integers(4):
                    one[what][source] = {
                        year: round(float(rng.uniform()), 3)
                        for year in ("1999", "2000", "2002", "2004")
                        if rng.integers(3)
                    } or 0.5
    for id_ in ids:
        treaty = world["treaties"][id_]
        for _ in range(int(rng.integers(3))):
            phase: dict[str, Any] = {"obligation": int(rng.integers(5))} if rng.integers(2) else {}
            if rng.integers(2):
                kept = [key for key in treaty["articles"] if rng.integers(2)]
                phase["articles"] = {
                    key: treaty["articles"][key] | {"strength": round(float(rng.uniform()), 3)} for key in kept
                }
            if rng.integers(2):
                entering = [s for s in states if not {"from", "to"} & {*world["states"][s]}]
                phase["parties"] = {str(s): bool(rng.integers(2)) for s in entering if rng.integers(2)}
            treaty.setdefault("phases", {})[month_text(START + int(rng.integers(21, months)))] = phase


def _busy_treaty(
    rng: np.random.Generator, share: Any, some: Any, id_: str, ids: list[str], states: list[str], n: int
) -> dict[str, Any]:
    articles: dict[str, Any] = {}
    for rule in some(RULES, 3):
        article: dict[str, Any] = {"rule": rule, "strength": share(0.2), "on": bool(rng.integers(4))}
        if rule in COVERING and rng.integers(2):
            article["sources"] = {k: share(0.2) for k in some(SOURCES, 1)}
        if rule == "regional_mechanism":
            others = [other for other in ids if other != id_]
            if not others:
                continue
            article["towards"] = str(rng.choice(others))
        if rule == "term":
            article |= {"years": int(rng.integers(1, 5)), "renewal_years": int(rng.integers(1, 4))}
        articles[rule] = article
    parties = some(states, 2)
    treaty: dict[str, Any] = {
        "name": f"Treaty {id_}", "parties": dict.fromkeys(parties, True),
        "candidates": dict.fromkeys([s for s in states if s not in parties], True),
        "decision": str(rng.choice(["unanimity", "majority", "lead"])), "leads": {parties[0]: True},
        "obligation": int(rng.integers(5)), "rung": int(rng.integers(7)), "mistrust": share(0, 0.6),
        "scope": {k: share(0.3) for k in some(SOURCES, 1)}, "articles": articles,
    }  # fmt: skip
    if rng.integers(3):
        treaty["signed"] = month_text(START + int(rng.integers(20)))
        if n and "signed" in treaty and rng.integers(2):
            treaty["succeeds"] = ids[n - 1]
    else:
        treaty["signing"] = "endogenous"
    if rng.integers(2):
        treaty["hub"] = str(rng.choice(parties))
    return treaty
