"""The worlds that the claims compare, and the changes between them.

Worlds that differ in numbers alone share one compiled lot, so every lever stands in `MEMO` from the start, at 0.
"""

from __future__ import annotations

from typing import Any

from .declare import World

TREATY, SHANGHAI, TASHKENT = "rus-chn-2001", "shanghai-2001", "tashkent"
ARTICLES = f"treaties.{TREATY}.articles"
MONTHS = 168
"""Fourteen years from August 2001, the longest that a claim asks for."""
RECORD_MONTHS = 116
"""January 1992 to August 2001: nothing later is looked at."""
SHOCK = "2003-08"
"""Month 24 of `memo-2001`: its opening has settled by then."""
OFFER, PACKAGE = "2001-09", 0.8
"""Date and size of the packages of the scenarios `us-package-*`."""

SPONSORED = ("md", "nato", "intv", "twn", "west", "regime", "sanctions")
REGIONAL = ("militancy", "regional_war", "neighbour")
RATES = {
    "md": 0.2, "nato": 0.3, "intv": 0.2, "twn": 0.3, "west": 0.1, "militancy": 0.8, "regime": 0.1,
    "sanctions": 0.05, "regional_war": 0.05, "neighbour": 0.05,
}  # fmt: skip
"""Arrivals a year in `memo-2001`."""
ISSUES = ("md", "sanctions", "militancy", "nato", "twn", "regime")
"""What shocks of `MEMO` are about, each to the source itself and to Russia and China alike."""
OFTEN = 3
"""How much more often shocks arrive in a world under pressure, as in the scenario `high-imminence`."""


def _shock(source: str, *states: str) -> dict[str, Any]:
    weights = {"weights": dict.fromkeys(states, 1)} if states else {}
    return {"kind": "shock", "month": SHOCK, "source": source, "size": 0, **weights}


def _offer(state: str) -> dict[str, Any]:
    return {"kind": "offer", "month": OFFER, "power": "USA", "state": state, "size": 0}


_LEVERS: dict[str, dict[str, Any]] = {
    "offer-RUS": _offer("RUS"),
    "offer-CHN": _offer("CHN"),
    "deal-md": {"kind": "concession", "month": OFFER, "source": "md", "share": 0},
    "rumour-md": {"kind": "rumour", "month": SHOCK, "source": "md", "size": 0},
    "china-md": _shock("md", "CHN"),
    "china-militancy": _shock("militancy", "CHN"),
    "region-militancy": _shock("militancy", "KAZ", "KGZ", "TJK"),
    **{f"shock-{source}": _shock(source) for source in ISSUES},
    **{f"both-{source}": _shock(source, "RUS", "CHN") for source in ISSUES},
}

MEMO = World("memo-2001", {"months": MONTHS} | {f"interventions.{name}": act for name, act in _LEVERS.items()})
QUIET = MEMO.but({"switches.arrivals": False})
RECORD = World("record-1992", {"months": RECORD_MONTHS})


def lever(name: str, size: float = 1.0) -> dict[str, Any]:
    """Pull a lever of `MEMO`: a shock, a rumour, an offer or a deal of this size."""
    return {f"interventions.{name}.{'share' if name.startswith('deal') else 'size'}": size}


def rates(sources: tuple[str, ...], times: float) -> dict[str, Any]:
    """Arrivals of these sources so many times as often."""
    return {f"sources.{source}.rate": RATES[source] * times for source in sources}


SATISFIED = rates(SPONSORED, 0)
"""Neither Russia nor China has a new quarrel with the United States."""

STATEMENT = {
    f"{ARTICLES}.{name}.on": False
    for name in (
        "consultation", "norm_defence", "strategic_support", "policy_coordination", "regional_mechanism", "term",
    )
} | {f"{ARTICLES}.exclusivity.strength": 0.2}  # fmt: skip
"""The treaty of 2001 reduced to what the statement of 1992 holds already."""

NO_COMMITMENT = {
    f"switches.{name}": False
    for name in ("contagion", "support", "restraint", "lock", "region", "coordination", "exits", "entries", "guests")
} | {f"{ARTICLES}.exclusivity.on": False}  # fmt: skip
"""Articles that are written and do nothing."""

NO_THREAT = {"switches.external_threats": False}


def exposures(state: str, values: dict[str, float], what: str = "exposure") -> dict[str, Any]:
    """What a state is exposed to, or contributes, as changes."""
    return {f"states.{state}.{what}.{source}": value for source, value in values.items()}
