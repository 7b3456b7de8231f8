"""P1 to P5: does the treaty bind, and how?"""

from __future__ import annotations

import numpy as np

from entente.world.draws import Floats

from .declare import Parts, See, World, before, built_in, not_modelled, to_test
from .worlds import (
    ARTICLES,
    MEMO,
    NO_COMMITMENT,
    NO_THREAT,
    QUIET,
    SATISFIED,
    STATEMENT,
    TREATY,
    exposures,
    lever,
)

WITHOUT_ARTICLES = "articles that are written and have no effect"
DEPTH, AFTER = f"depth:{TREATY}", "2005-08"
"""Two years after the shock."""
ONE_ARTICLE = ("nato", "twn", "regime", "militancy", "sanctions")
"""Issues of the treaty that neither article XI nor article XII names."""


def response(see: See, world: World, shock: str, outcome: str) -> Floats:
    """What a shock of size 1 adds to an outcome."""
    return see(world.but(lever(shock)), outcome) - see(world, outcome)


c1 = built_in(
    "C1", "P1-2", "The treaty is more than a restatement: with it, states act differently.",
    "Articles are rules of the equations (E4, E5, E7, E8, E12, E15), so a world with them cannot be the same.",
)  # fmt: skip


@to_test(
    "C2", "P2", "Weak as it is, the treaty has the potential to deepen: with it the tie is deeper in 2010 than without.",
    note="Without: the same tie under no more than the articles of the statement of 1992.",
    unit="depth", off=NO_COMMITMENT, without=WITHOUT_ARTICLES,
)  # fmt: skip
def c2(see: See) -> Parts:
    outcome = f"{DEPTH}@2010"
    return {"deeper in December 2010": see(MEMO, outcome) - see(MEMO.but(STATEMENT), outcome)}


@to_test(
    "C3", "P2", "The treaty limits Russia's freedom to strike a bargain with the United States.",
    note="The least offer that Russia would take in August 2003, with the treaty and under the statement alone.",
    unit="utility", off=NO_COMMITMENT, without=WITHOUT_ARTICLES,
)  # fmt: skip
def c3(see: See) -> Parts:
    outcome = "price:RUS@2003-08"
    return {"the least offer is larger": see(MEMO, outcome) - see(MEMO.but(STATEMENT), outcome)}


@to_test(
    "C4", "P3", "The treaty makes it costlier for the United States to leave the ABM treaty.",
    note="The cost is the tie that the United States meets: its depth two years after a missile-defence shock of 1 in a quiet world, with the treaty "
    "and under the statement alone; the decision of the United States itself is not modelled.",
    unit="depth", off=NO_COMMITMENT, without=WITHOUT_ARTICLES,
    anew="What withdrawal meets is the tie as it then stands; the old reading asked whether the shock moves the treaty by more than the "
    "statement, which a tie that is deeper already can hardly do.",
)  # fmt: skip
def c4(see: See) -> Parts:
    outcome = f"{DEPTH}@{AFTER}"
    shocked, statement = lever("shock-md"), QUIET.but(STATEMENT)
    return {
        "the tie is deeper with the treaty": see(QUIET.but(shocked), outcome)
        - see(statement.but(shocked), outcome),
        **before(response(see, QUIET, "shock-md", outcome) - response(see, statement, "shock-md", outcome)),
    }


@to_test(
    "C5", "P3", "A term of twenty years makes the tie outlast the quarrel over missile defence.",
    note="Five years after a missile-defence shock in an otherwise satisfied world, against a term of five years.",
    unit="depth", off={"switches.lock": False, "switches.exits": False}, without="terms that lock nothing in",
)  # fmt: skip
def c5(see: See) -> Parts:
    world, outcome = MEMO.but(SATISFIED, lever("shock-md")), f"{DEPTH}@2008-08"
    return {"more is left": see(world, outcome) - see(world.but({f"{ARTICLES}.term.years": 5}), outcome)}


@to_test(
    "C6", "P4", "The number of articles that bear on missile defence measures its weight in the tie.",
    note="The tie's response within two years to a threat of 1 to both in a quiet world: missile defence, which articles IX, XI and XII cover, against "
    "the most that any issue does which article IX alone covers (NATO, Taiwan, regime change, militancy, sanctions). No evidence "
    "that the articles are what counts: where XI and XII have no effect it holds as often, by what missile defence needs and by what each can contribute to "
    "meeting it. Told beside it: what XI and XII add to the lead; and the lead by shocks to the sources, which each perceives by its exposure.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful", told=("articles XI and XII add to it", "by exposure"),
    anew="The memo reads weight off the number of articles, issue against issue; the old reading took articles XI and XII away from missile "
    "defence, where article XI by itself restrains the threat (E2) and so lowers the response.",
)  # fmt: skip
def c6(see: See) -> Parts:
    outcome = f"{DEPTH}@{AFTER}"

    def lead(of: str) -> Floats:
        others = [response(see, QUIET, f"{of}-{issue}", outcome) for issue in ONE_ARTICLE]
        return np.asarray(response(see, QUIET, f"{of}-md", outcome) - np.max(others, axis=0))

    def articles_add(shock: str) -> Floats:
        return response(see, QUIET, shock, outcome) - response(see, one, shock, outcome)

    one = QUIET.but({f"{ARTICLES}.{article}.sources.md": 0 for article in ("norm_defence", "strategic_support")})
    return {
        "missile defence deepens it most": lead("both"),
        "articles XI and XII add to it": articles_add("both-md"),
        "by exposure": lead("shock"),
        **before(articles_add("shock-md")),
    }


c7 = built_in(
    "C7", "P4", "One party's perception of a threat is enough for both to consult.",
    "E4 takes the greatest perception among the parties as its trigger.",
)  # fmt: skip


@to_test(
    "C8", "P4", "The ally that is less threatened comes to act on its partner's threat.",
    note="A missile-defence threat to China alone, Russia itself exposed to none: does Russia want the tie deeper, more "
    "so than under the statement? The sign of the perceptual channel is built in: consultation can only raise the lesser "
    "perception towards the greater (E4). Tested is what lies beyond it: whether Russia then wants more depth, though a quarrel that "
    "is not shared makes depth dearer (E9) and help is owed (E7). Told beside it: that help, the behavioural channel, "
    "whose sign is built in too, for the statement owes none.",
    unit="depth", off=NO_COMMITMENT, without=WITHOUT_ARTICLES, told=("Russia owes more help",),
)  # fmt: skip
def c8(see: See) -> Parts:
    world = QUIET.but(exposures("RUS", {"md": 0}))
    ideal, owed = (
        response(see, world, "china-md", outcome) - response(see, world.but(STATEMENT), "china-md", outcome)
        for outcome in (f"ideal:{TREATY}/RUS@2004-08", f"owed:{TREATY}/RUS@2004-08")
    )
    return {"Russia's ideal rises by more": ideal, "Russia owes more help": owed}


@to_test(
    "C9", "P4", "China, whose arsenal is small, gains from support against missile defence; Russia does not need it.",
    note="What article XII adds to the depth that each wants, a year after a missile-defence shock; and the reverse where "
    "the two exposures are swapped.",
    unit="depth", off={"switches.support": False}, without="no support",
)  # fmt: skip
def c9(see: See) -> Parts:
    ours = QUIET.but(lever("shock-md"))
    swapped = ours.but(exposures("RUS", {"md": 0.85}), exposures("CHN", {"md": 0.3}))

    def lead(world: World) -> Floats:
        bare = world.but({f"{ARTICLES}.strategic_support.on": False})
        china, russia = (
            see(world, f"ideal:{TREATY}/{state}@2004-08") - see(bare, f"ideal:{TREATY}/{state}@2004-08")
            for state in ("CHN", "RUS")
        )
        return china - russia

    return {"China wants it for the article": lead(ours), "with swapped arsenals Russia does": -lead(swapped)}


@to_test(
    "C10", "P4", "Keeping the strategic balance, Russia owes China the more help the more missile defence is built.",
    note="Help owed beyond Russia's own fear (E7), a year after a missile-defence shock in a quiet world.",
    unit="utility", off={f"{ARTICLES}.strategic_support.on": False}, without="no article XII",
)  # fmt: skip
def c10(see: See) -> Parts:
    return {"Russia owes more": response(see, QUIET, "shock-md", f"owed:{TREATY}/RUS@2004-08")}


@to_test(
    "C11", "P4", "Articles IX, XI and XII taken together bind Russia by more than the sum of each.",
    note="The least offer that Russia would take in August 2006, with all three, each alone and none.",
    unit="utility", off={"switches.contagion": False, "switches.support": False, "switches.restraint": False},
    without="the three articles without effect",
)  # fmt: skip
def c11(see: See) -> Parts:
    names, outcome = ("consultation", "norm_defence", "strategic_support"), "price:RUS@2006-08"
    bare = MEMO.but({f"{ARTICLES}.{name}.on": False for name in names})
    none = see(bare, outcome)
    single = sum(see(bare.but({f"{ARTICLES}.{name}.on": True}), outcome) - none for name in names)
    return {"more than the sum": see(MEMO, outcome) - none - single}


c12 = not_modelled(
    "C12", "P5", "Russia may still play the triangle by signalling that a deal is possible.",
    "States send no signals; that a deal stays possible, at a higher price, is in C3 and C55.",
)  # fmt: skip
c13 = not_modelled(
    "C13", "P5", "Each contact of Russia with the United States prompts a reassurance of China.",
    "There are no contacts and no reassurances: an offer is taken or not, and partners do not react to talks.",
)  # fmt: skip
