"""P6 to P9: the grip on Central Asia, the Tashkent Treaty's revival, the Shanghai organisation."""

from __future__ import annotations

import numpy as np

from entente.world.draws import Floats

from .declare import Parts, See, World, before, built_in, to_test
from .worlds import (
    ARTICLES,
    MEMO,
    NO_THREAT,
    QUIET,
    RECORD,
    SHANGHAI,
    TASHKENT,
    TREATY,
    exposures,
    lever,
)

CHINA_OUTSIDE = RECORD.but(
    {"treaties.shanghai-1996.parties.CHN": False, "treaties.shanghai-1996.candidates": {"CHN": True}}
)
"""The agreement of 1996 signed without China, which may ask to join: letting it in is Russia's choice (E13)."""
ADMITTED = "member:shanghai-1996/CHN"
BEFORE_REVIVAL, REVIVED = "1998-12", "2001-07"
QUARTERS = tuple(f"{year}-{month:02d}" for year in (2003, 2004, 2005) for month in (2, 5, 8, 11))[3:11]
"""Every third month of the two years after the shock."""
HALF = 0.5
"""Counts and rungs are whole: half of one tells them apart."""


@to_test(
    "C14", "P6", "Russian weakness makes Russia let China into Central Asia.",
    note="How long by May 2001 China has been party to an agreement of 1996 signed without it, with six tenths of "
    "Russia's capacity and with half as much again.",
    unit="share of months", off={"switches.entries": False}, without="nobody joins",
)  # fmt: skip
def c14(see: See) -> Parts:
    weak, strong = (see(CHINA_OUTSIDE.but({"states.RUS.provision": p}), f"{ADMITTED}@mean") for p in (0.6, 1.5))
    return {"in sooner where Russia is weak": weak - strong}


@to_test(
    "C15", "P8", "China is the lesser evil: Russia lets it in for fear of militants or of Western presence, else not.",
    note="As C14, by whether China is ever let in; Russia exposed to both risks, either, or neither.",
    unit="of draws", off=NO_THREAT, without="threats that make no treaty useful",
)  # fmt: skip
def c15(see: See) -> Parts:
    def ever(**risks: float) -> Floats:
        return see(CHINA_OUTSIDE.but(exposures("RUS", risks)), f"{ADMITTED}@max")

    none, either = ever(militancy=0, west=0), np.minimum(ever(west=0), ever(militancy=0))
    return {"either opens, neither closes": either - none}


@to_test(
    "C16", "P6", "Central Asia sometimes welcomes China's entry and sometimes fears it.",
    note="What China's being party to the agreement of 1996 does to the depth that Kazakhstan, Kyrgyzstan and "
    "Tajikistan want, at the ends of 1997 and 1999 and in May 2001.",
    unit="depth", off={"switches.mistrust": False, "switches.entrapment": False},
    without="no mistrust of dominant partners, and quarrels that are not shared and cost nothing",
)  # fmt: skip
def c16(see: See) -> Parts:
    outside = CHINA_OUTSIDE.but({"switches.entries": False})
    changes = [
        see(RECORD, f"ideal:shanghai-1996/{state}@{month}") - see(outside, f"ideal:shanghai-1996/{state}@{month}")
        for state in ("KAZ", "KGZ", "TJK")
        for month in ("1997-12", "1999-12", "2001-05")
    ]
    return {"fear somewhere": -np.min(changes, axis=0), "welcome somewhere": np.max(changes, axis=0)}


@to_test(
    "C17", "P6", "Russia and China together decide who has access to Central Asia.",
    note="Restraint of Western presence by a Shanghai organisation of both, against one without China and one without "
    "Russia; article XI of the treaty set aside in all three.",
    unit="share", off={"switches.restraint": False}, without="no restraint by joint opposition",
)  # fmt: skip
def c17(see: See) -> Parts:
    both = MEMO.but({f"{ARTICLES}.norm_defence.on": False})
    alone = [both.but({f"treaties.{SHANGHAI}.parties.{state}": False}) for state in ("RUS", "CHN")]
    outcome = "restraint:west@mean"
    return {"more than either alone": see(both, outcome) - np.maximum(*(see(world, outcome) for world in alone))}


@to_test(
    "C18", "P7", "The Tashkent Treaty promised much and organised little from 1992 on.",
    note="Defence is promised (obligation 4, declared); the greatest rung of the years 1992-1998 is 3 at most. No evidence that threats "
    "matter: the ratchet, which knows none, starts as low and keeps rung 3 in more than half of the draws.",
    unit="rungs below 3.5", off={"behaviour.autonomy": 0.3, "switches.mistrust": False},
    without="depth that costs a third as much, without mistrust",
    anew="The memo calls the alliance weak before its recent revival, which C19 and C20 count from December 1998; the old reading asked for "
    "weakness in 1999 too, when it was being revived.",
)  # fmt: skip
def c18(see: See) -> Parts:
    rungs = [see(RECORD, f"rung:{TASHKENT}@{year}") for year in range(1992, 2000)]
    weak, weak_still = (3 + HALF - np.max(years, axis=0) for years in (rungs[:-1], rungs))
    return {"rung 3 at most": weak, **before(weak_still)}


@to_test(
    "C19", "P7", "Fear of militants based in Afghanistan revived the Tashkent Treaty.",
    note="Gain in depth from December 1998 to July 2001, against the same years without militancy; and without it "
    "rung 3 at most.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
)  # fmt: skip
def c19(see: See) -> Parts:
    calm = RECORD.but({"sources.militancy.held": True})
    gains = [
        see(world, f"depth:{TASHKENT}@{REVIVED}") - see(world, f"depth:{TASHKENT}@{BEFORE_REVIVAL}")
        for world in (RECORD, calm)
    ]
    return {
        "revival through militancy": gains[0] - gains[1],
        "rung 3 at most without it": 3 + HALF - see(calm, f"rung:{TASHKENT}@{REVIVED}"),
    }


@to_test(
    "C20", "P7", "The revival was moderate and needed no unanimity: members without the fear did not block it.",
    note="One or two rungs gained from December 1998 to July 2001, Russia leading.",
    unit="rungs", off={"treaties.tashkent.decision": "unanimity"}, without="unanimity",
)  # fmt: skip
def c20(see: See) -> Parts:
    gain = see(RECORD, f"rung:{TASHKENT}@{REVIVED}") - see(RECORD, f"rung:{TASHKENT}@{BEFORE_REVIVAL}")
    return {"a rung at least": gain - HALF, "two at most": 2 + HALF - gain}


@to_test(
    "C21", "P7", "Uzbekistan left the Tashkent Treaty between 1998 and 2000.",
    note="Party at the end of 1997, no party at the end of 2000.",
    unit="of draws", off={"switches.exits": False}, without="no exits",
)  # fmt: skip
def c21(see: See) -> Parts:
    before, after = (see(RECORD, f"member:{TASHKENT}/UZB@{year}") for year in (1997, 2000))
    return {"left in these years": before - after}


@to_test(
    "C22", "P7", "Under threat Uzbekistan takes part in exercises while it stays outside the treaty.",
    note="Share of the two years after a militancy shock in which it is a guest, against a quiet world; and a guest for "
    "longer than a member.",
    unit="share of months", off={"switches.guests": False}, without="no guests",
)  # fmt: skip
def c22(see: See) -> Parts:
    def share(world: World, what: str) -> Floats:
        return np.asarray(np.mean([see(world, f"{what}:{TASHKENT}/UZB@{month}") for month in QUARTERS], axis=0))

    shocked = QUIET.but(lever("shock-militancy"))
    return {
        "guest more often under threat": share(shocked, "guest") - share(QUIET, "guest"),
        "guest rather than member": share(shocked, "guest") - share(shocked, "member"),
    }


c23 = built_in(
    "C23", "P8", "China's entry went step by step: confidence building, consultation, organisation.",
    "The agreement of 1996 starts on rung 2 by its data, and E13 climbs one rung at a time.",
)  # fmt: skip


@to_test(
    "C24", "P9", "Article IX repeats the Tashkent Treaty: a threat to China moves Russia no less than one to Central Asia.",
    note="Russia's perceived threat half a year after an equal militancy shock to China alone, and to Kazakhstan, "
    "Kyrgyzstan and Tajikistan alone.",
    unit="intensity", off={"switches.contagion": False}, without="no contagion of threat",
)  # fmt: skip
def c24(see: See) -> Parts:
    china, region = (
        see(QUIET.but(lever(name)), "perception:RUS/militancy@2004-02")
        for name in ("china-militancy", "region-militancy")
    )
    return {"moved no less by China": china - region}


@to_test(
    "C25", "P9", "Uzbekistan's joining deepened the Shanghai organisation.",
    note="Depth in August 2006 with Uzbekistan a party from the start, and without it.",
    unit="depth", off=exposures("UZB", {"militancy": 0}), without="an entrant that does not share the threat",
)  # fmt: skip
def c25(see: See) -> Parts:
    without = MEMO.but({f"treaties.{SHANGHAI}.parties.UZB": False})
    outcome = f"depth:{SHANGHAI}@2006-08"
    return {"deeper with Uzbekistan": see(MEMO, outcome) - see(without, outcome)}


@to_test(
    "C26", "P9", "The two levels hold each other up: without either, the other is shallower.",
    note="One level: the Tashkent Treaty and the Russia-China tie, by the mean of their depths; the other: Shanghai. "
    "August 2006. What carries it is consultation: perceived threat spreads by the depth of every treaty that the parties share (E4). "
    "Article XIV, the memo's own link, does not carry it, and treaties that do each other's work (E6) weigh against it.",
    unit="depth", off={"switches.contagion": False}, without="no contagion of threat",
)  # fmt: skip
def c26(see: See) -> Parts:
    names = ("tashkent", "rus-chn-1992", "rus-chn-2001")
    no_first = MEMO.but({f"treaties.{name}.enabled": False for name in names})
    no_second = MEMO.but({f"treaties.{name}.enabled": False for name in ("shanghai-1996", "shanghai-2001")})

    def first(world: World) -> Floats:
        return (see(world, f"depth:{TASHKENT}@2006-08") + see(world, f"depth:{TREATY}@2006-08")) / 2

    outcome = f"depth:{SHANGHAI}@2006-08"
    return {
        "Shanghai by Tashkent and Moscow": see(MEMO, outcome) - see(no_first, outcome),
        "Tashkent and Moscow by Shanghai": first(MEMO) - first(no_second),
    }


@to_test(
    "C27", "P9", "Article XIV: the Russia-China tie lifts the Shanghai organisation, the more so under local threat.",
    note="What the article adds to Shanghai's depth in August 2005; and that it adds more after a militancy shock.",
    unit="depth", off={"switches.region": False}, without="treaties that do not support each other",
)  # fmt: skip
def c27(see: See) -> Parts:
    def spill(world: World) -> Floats:
        outcome = f"depth:{SHANGHAI}@2005-08"
        return see(world, outcome) - see(world.but({f"{ARTICLES}.regional_mechanism.on": False}), outcome)

    calm, alarmed = spill(MEMO), spill(MEMO.but(lever("shock-militancy")))
    return {"spill-over": calm, "more of it under threat": alarmed - calm}


@to_test(
    "C28", "P9", "The regional structure emerges quickly: Shanghai reaches rung 4 within five years.",
    note="The greatest rung each June and December to August 2006.",
    unit="rungs above 3.5", off=NO_THREAT, without="threats that make no treaty useful",
)  # fmt: skip
def c28(see: See) -> Parts:
    months = [f"{year}-{month}" for year in range(2002, 2006) for month in ("06", "12")] + ["2006-08"]
    return {"rung 4": np.max([see(MEMO, f"rung:{SHANGHAI}@{month}") for month in months], axis=0) - 3 - HALF}
