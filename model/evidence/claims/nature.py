"""P10 to P13: alliance or collective security, why weak, what it contains."""

from __future__ import annotations

import numpy as np

from entente.world.draws import Floats

from .central_asia import HALF
from .declare import Parts, See, World, before, built_in, not_modelled, to_test
from .worlds import (
    ARTICLES,
    MEMO,
    NO_COMMITMENT,
    NO_THREAT,
    OFTEN,
    QUIET,
    RATES,
    RECORD,
    SHANGHAI,
    STATEMENT,
    TASHKENT,
    TREATY,
    exposures,
    lever,
    rates,
)

OUTSIDE = tuple(source for source in RATES if source != "neighbour")
MILITANCY = {
    "RUS": 0.45,
    "CHN": 0.35,
    "KAZ": 0.35,
    "KGZ": 0.65,
    "TJK": 0.8,
    "UZB": 0.75,
    "TKM": 0.25,
    "BLR": 0.02,
    "ARM": 0.05,
}
HELP = {"RUS": 0.7, "CHN": 0.4, "KAZ": 0.25, "KGZ": 0.1, "TJK": 0.1, "UZB": 0.25}
"""Exposures to militancy and contributions against it, as in `configs/states`."""
BARE = QUIET.but({"switches.calendar": False})


def _threat_from(source: str) -> World:
    """A steady threat of the same size, exposures, need, scope and help, from outside or from fellow members."""
    other = "neighbour" if source == "militancy" else "militancy"
    changes = {f"sources.{source}.base": 1, f"sources.{source}.need": 0.72, f"sources.{other}.base": 0}
    for state, exposure in MILITANCY.items():
        changes |= exposures(state, {source: exposure, other: 0})
        changes |= exposures(state, {source: HELP.get(state, 0), other: 0}, "contribution")
    for treaty, scope in {
        TASHKENT: 1, SHANGHAI: 1, TREATY: 0.6, **{f"rus-{x}": 1 for x in ("kaz", "kgz", "tjk", "tkm", "uzb")},
    }.items():  # fmt: skip
        changes |= {f"treaties.{treaty}.scope.{source}": scope, f"treaties.{treaty}.scope.{other}": 0}
    duty = f"treaties.{TASHKENT}.articles.mutual_defence.sources"
    return BARE.but(changes, {f"{duty}.{source}": 1, f"{duty}.{other}": 0})


@to_test(
    "C29", "P10", "Where the threat lies tells an alliance from a collective security organisation.",
    note="Mean orientation of the three treaties, least of them, above one half; and below it for Tashkent and Shanghai "
    "in 2014 in a world whose only threat is fellow members.",
    unit="share above half", off={f"sources.{source}.origin": "member" for source in OUTSIDE},
    without="sources that all lie within",
)  # fmt: skip
def c29(see: See) -> Parts:
    inward = MEMO.but(
        rates(OUTSIDE, 0), {f"sources.{source}.base": 0 for source in OUTSIDE}, {"sources.neighbour.base": 1.5}
    )
    three, two = (TREATY, SHANGHAI, TASHKENT), (SHANGHAI, TASHKENT)
    return {
        "three alliances": np.min([see(MEMO, f"orientation:{t}@mean") for t in three], axis=0) - HALF,
        "two collective security organisations": HALF
        - np.max([see(inward, f"orientation:{t}@2014") for t in two], axis=0),
    }


@to_test(
    "C30", "P10", "Organisations against a threat from within stay shallower than those against one from outside.",
    note="Depth of Shanghai and of Tashkent ten years on, under a steady threat that is equal in all but where it comes from.",
    unit="depth", off={"behaviour.neighbour_mistrust": 0}, without="threats from members that breed no mistrust",
)  # fmt: skip
def c30(see: See) -> Parts:
    outward, inward = _threat_from("militancy"), _threat_from("neighbour")
    return {
        name: see(outward, f"depth:{treaty}@2011-08") - see(inward, f"depth:{treaty}@2011-08")
        for name, treaty in {"Shanghai": SHANGHAI, "Tashkent": TASHKENT}.items()
    }


@to_test(
    "C31", "P11", "The Russia-China treaty turns the Shanghai organisation outwards.",
    note="Shanghai's mean orientation with the treaty and under the statement alone. There is no threat between Russia "
    "and China that the treaty could take away: what it does here it does through perception.",
    unit="share", off=NO_COMMITMENT, without="articles that are written and have no effect",
)  # fmt: skip
def c31(see: See) -> Parts:
    outcome = f"orientation:{SHANGHAI}@mean"
    return {"more outward": see(MEMO, outcome) - see(MEMO.but(STATEMENT), outcome)}


@to_test(
    "C32", "P11", "The alliance is weak because external threats are not imminent.",
    note="Shanghai's mean depth with shocks three times as often. They also add up: this is not at a fixed mean of the threat.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
)  # fmt: skip
def c32(see: See) -> Parts:
    outcome = f"depth:{SHANGHAI}@mean"
    return {
        "deeper under imminent threats": see(MEMO.but(rates(tuple(RATES), OFTEN)), outcome) - see(MEMO, outcome)
    }


@to_test(
    "C33", "P11", "It is weak because meeting militancy needs little coordination: even grave militancy stops short of NATO.",
    note="Militancy at the end of its scale for ten years: Shanghai below rung 6; and deeper if the task needed all the depth there is.",
    unit="depth", off={"sources.militancy.need": 1}, without="a task that needs full depth",
)  # fmt: skip
def c33(see: See) -> Parts:
    grave = QUIET.but({"sources.militancy.base": 2})
    more = see(grave.but({"sources.militancy.need": 1}), f"depth:{SHANGHAI}@2011-08")
    return {
        "deeper where the task needs more": more - see(grave, f"depth:{SHANGHAI}@2011-08"),
        "below rung 6": 5 + HALF - see(grave, f"rung:{SHANGHAI}@max"),
    }


@to_test(
    "C35", "P12", "The Russia-China tie is more institutionalised than the Shanghai organisation.",
    note="By how many rungs the tie of Russia and China is ahead, mean of 1997 to 2000, `record-1992`. No evidence that threats "
    "matter: the ratchet, which knows none, has it ahead no less often. Told beside it: depth in `memo-2001` five years on, which depends on "
    "the rates at which shocks arrive (militancy .8 a year here).",
    unit="rungs", off={"switches.exchange": False}, without="no exchange between the parties", told=("depth five years on in memo-2001",),
    anew="Institutionalised means organs, which the ladder counts, and over the years in which both ties stood; the old reading compared "
    "depth of practice in the one month of August 2001, in which both treaties were new.",
)  # fmt: skip
def c35(see: See) -> Parts:
    def lead(world: World, month: str) -> Floats:
        return see(world, f"depth:{TREATY}@{month}") - see(world, f"depth:{SHANGHAI}@{month}")

    years = "mean:1997-01..2000-12"
    rungs = see(RECORD, f"rung:rus-chn-1992@{years}") - see(RECORD, f"rung:shanghai-1996@{years}")
    return {
        "rungs ahead in 1997-2000": rungs,
        "depth five years on in memo-2001": lead(MEMO, "2006-08"),
        **before(lead(RECORD, "2001-08")),
    }


c36 = built_in(
    "C36", "P12", "Alliances differ by degree, and a denial does not change the degree.",
    "One ladder holds all treaties, and no equation reads what anybody says about a treaty.",
)  # fmt: skip
c37 = not_modelled(
    "C37", "P12", "Article VIII keeps Russia from deals against China and leaves its other deals alone.",
    "An offer has a size and no content: exclusivity raises the price of every offer alike (E15).",
)  # fmt: skip


@to_test(
    "C38", "P12", "What is owed to a threatened partner: NATO's article V more than article IX, that more than NATO's article IV.",
    note="China's benefit against missile defence a year after a threat to it alone: support on every source, the treaty "
    "as it stands, consultation alone.",
    unit="utility", off={"switches.support": False}, without="no support",
)  # fmt: skip
def c38(see: See) -> Parts:
    threatened, support = QUIET.but(lever("china-md")), f"{ARTICLES}.strategic_support"
    full = threatened.but({f"{support}.sources.{source}": 1 for source in RATES})
    five, nine, four = (
        see(world, f"benefit:{TREATY}/CHN/md@2004-08")
        for world in (full, threatened, threatened.but({f"{support}.on": False}))
    )
    return {"V above IX": five - nine, "IX above IV": nine - four}


@to_test(
    "C39", "P12", "With the treaty the foreign policies of the two come closer together.",
    note="Distance of their alignments, mean of August 2004, 2006 and 2010, under the statement and with the treaty.",
    unit="alignment", off=NO_COMMITMENT, without="articles that are written and have no effect",
)  # fmt: skip
def c39(see: See) -> Parts:
    def distance(world: World) -> Floats:
        months = ("2004-08", "2006-08", "2010-08")
        gaps = [abs(see(world, f"alignment:RUS@{m}") - see(world, f"alignment:CHN@{m}")) for m in months]
        return np.asarray(np.mean(gaps, axis=0))

    return {"closer": distance(MEMO.but(STATEMENT)) - distance(MEMO)}


c40 = built_in(
    "C40", "P13", "The alliance contains some of the United States' policies only.",
    "Article XI names the sources that it opposes; nothing else is restrained (E2).",
)  # fmt: skip
c41 = built_in(
    "C41", "P13", "Joint opposition moves the United States from unilateral to multilateral action.",
    "Restraint by joint opposition lowers the intensity of the sponsor's programmes by equation (E2); the choice is not modelled.",
)  # fmt: skip


@to_test(
    "C42", "P13", "The interest of both in good relations with the United States bounds containment.",
    note="The tie in August 2011 without that interest against the most that the prior allows; and rung 5 without it.",
    unit="depth", off={"switches.stake": False}, without="no interest in good relations",
)  # fmt: skip
def c42(see: See) -> Parts:
    free, bound = (MEMO.but({"behaviour.stake": stake}) for stake in (0, 0.15))
    return {
        "deeper without the interest": see(free, f"depth:{TREATY}@2011-08")
        - see(bound, f"depth:{TREATY}@2011-08"),
        "rung 5 without it": see(free, f"rung:{TREATY}@max") - 5 + HALF,
    }
