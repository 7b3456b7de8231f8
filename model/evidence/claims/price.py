"""P14 to P19: who gains, and what is paid for it."""

from __future__ import annotations

from entente.world.draws import Floats

from .declare import Parts, See, World, before, built_in, not_modelled, to_test
from .worlds import MEMO, NO_THREAT, PACKAGE, RECORD, SPONSORED, STATEMENT, TREATY, lever

UNSIGNED = RECORD.but({f"treaties.{TREATY}.signing": "endogenous", f"treaties.{TREATY}.signed": None})
"""The treaty of 2001 without a date: signed from 1992 on as soon as both want it enough."""
IN_FORCE = f"obligation:{TREATY}"
FULL_OBLIGATION = 2
"""The obligation of the treaty of 2001."""
FIRST_PACKAGE = 0.6
"""The package by which C48 is judged: the first that was chosen."""


@to_test(
    "C43", "P14", "China gains more by the treaty than Russia.",
    note="What the treaty adds to each party's mean utility of the depth agreed, payments aside, against the statement.",
    unit="utility", off={"switches.support": False, "switches.contagion": False},
    without="neither contagion of threat nor support",
)  # fmt: skip
def c43(see: See) -> Parts:
    def gain(state: str) -> Floats:
        found = []
        for world in (MEMO, MEMO.but(STATEMENT)):
            value, received, paid = (
                see(world, f"{what}:{TREATY}/{state}@mean") for what in ("value", "received", "paid")
            )
            found.append(value - received + paid)
        return found[0] - found[1]

    return {"China's gain beyond Russia's": gain("CHN") - gain("RUS")}


@to_test(
    "C44", "P14, P17-19", "The unequal gains call for a side payment: without payments the treaty would not have come so soon.",
    note="Share of the months from 1992 to August 2001 in which a treaty without a date is in force, with and without side "
    "payments. That whoever loses is paid is built in (E11).",
    unit="share of months", off={"switches.payments": False}, without="no side payments",
)  # fmt: skip
def c44(see: See) -> Parts:
    banned = UNSIGNED.but({"switches.payments": False})
    return {
        "sooner with payments": (see(UNSIGNED, f"{IN_FORCE}@mean") - see(banned, f"{IN_FORCE}@mean"))
        / FULL_OBLIGATION
    }


@to_test(
    "C45", "P15", "Disenchantment with the West brought the treaty about, not attraction.",
    note="What the quarrels with the United States add to the rise in depth of the Russia-China tie from December 1995 to August 2001, "
    "`record-1992`, against sources that stay at their resting level; and that it is more than exchange between the two adds. Told beside it: that they add more to the depth of August 2001, since exchange, which lifts the tie from its start, adds to "
    "its level and hardly to its rise; and that Russia's alignment is higher for them.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
    told=("more than exchange does to the level", "Russia turned by them"),
    anew="The memo weighs push against pull over the years of rapprochement; the old reading asked whether a treaty without a date would "
    "be in force by August 2001 with quarrels and not without, and so for a date.",
)  # fmt: skip
def c45(see: See) -> Parts:
    resting = {f"sources.{source}.held": True for source in SPONSORED}

    def level(world: World) -> Floats:
        return see(world, f"depth:{TREATY}@2001-08")

    def rise(world: World) -> Floats:
        return level(world) - see(world, "depth:rus-chn-1992@1995-12")

    def turned(world: World) -> Floats:
        return see(world, "alignment:RUS@2001-08") - see(world.but(resting), "alignment:RUS@2001-08")

    content, apart = RECORD.but(resting), RECORD.but({"switches.exchange": False})
    push, pull = rise(RECORD) - rise(content), rise(RECORD) - rise(apart)
    signed = see(UNSIGNED, f"{IN_FORCE}@2001-08") - see(UNSIGNED.but(resting), f"{IN_FORCE}@2001-08")
    return {
        "quarrels add to the rise": push,
        "more than exchange does": push - pull,
        "more than exchange does to the level": level(apart) - level(content),
        "Russia turned by them": turned(RECORD),
        **before(signed / FULL_OBLIGATION, turned(UNSIGNED)),
    }


c46 = not_modelled(
    "C46", "P15", "Fascination with China's reforms is a secondary motive.",
    "No state is drawn to another's model of reform; the solidarity of similar regimes is a rival explanation and no motive here.",
)  # fmt: skip
c47 = not_modelled(
    "C47", "P16", "Payment is made in goods that the West does not want: a pipeline, aircraft.",
    "Payments are made in utility; there is no menu of goods.",
)  # fmt: skip


@to_test(
    "C48", "P17-18", "If China pays Russia's debt, the West loses its strongest lever.",
    note="A package of .6 to Russia, with the debt and with the debt bought out, five years on. This size was chosen first, and "
    "the claim is judged by it. Told beside it: .8, the package of the scenario `debt-bought-out`, which was taken up after the result "
    "at .6 was known.",
    unit="alignment", off={"switches.offers": False}, without="no offers",
    told=("Russia stays closer to the bloc, .8", "the package does less, .8"),
)  # fmt: skip
def c48(see: See) -> Parts:
    def gaps(size: float) -> tuple[Floats, Floats]:
        indebted = MEMO.but(lever("offer-RUS", size))
        free = indebted.but({"states.RUS.leverage": 0})
        alignment, accepted = (
            see(free, f"{what}:RUS@2006-09") - see(indebted, f"{what}:RUS@2006-09")
            for what in ("alignment", "accepted")
        )
        return alignment, -accepted

    first, later = gaps(FIRST_PACKAGE), gaps(PACKAGE)
    return {
        "Russia stays closer to the bloc": first[0],
        "the package does less": first[1],
        "Russia stays closer to the bloc, .8": later[0],
        "the package does less, .8": later[1],
    }


c49 = not_modelled(
    "C49", "P18", "Even an unconfirmed rumour of a payment carries information.",
    "States hold no beliefs about payments; rumours are of threats only, and C57 tests these.",
)  # fmt: skip
c50 = built_in(
    "C50", "P19", "Russia never signs at a loss: what it does not gain by the text it is paid.",
    "Utility is 0 at depth 0 and concave, the depth agreed without payments is below each decider's ideal, and whoever goes "
    "beyond it at a loss is paid the loss (E10, E11): no party to a unanimous treaty falls below 0.",
)  # fmt: skip
