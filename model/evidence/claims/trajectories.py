"""P20 to P25: where the alliance may go, and what the United States can do about it."""

from __future__ import annotations

from typing import Any

import numpy as np

from entente.world.draws import Floats

from .central_asia import HALF
from .commitment import response
from .declare import Parts, PerDraw, See, before, to_test
from .worlds import (
    MEMO,
    NO_COMMITMENT,
    NO_THREAT,
    OFTEN,
    PACKAGE,
    QUIET,
    RATES,
    REGIONAL,
    SATISFIED,
    SHANGHAI,
    SPONSORED,
    STATEMENT,
    TREATY,
    exposures,
    lever,
    rates,
)

DEPTH = f"depth:{TREATY}"
FIVE_YEARS_ON = "2006-09"
"""Five years after an offer of September 2001."""
BEFORE_OFFER = "2001-08"
DOWN = 0.8
"""A package works where the tie is a fifth below its twin, as in docs/behaviour.md."""
RUNG_ONE = 2 / 7
"""The depth that the organs of rung 1 can carry (E12)."""
EXCLUSIVE = (TREATY, "tashkent", "rus-kaz", "rus-kgz", "rus-tjk", "rus-tkm", "rus-uzb")
FREE_TO_TAKE = {f"treaties.{t}.articles.exclusivity.on": False for t in EXCLUSIVE} | {"behaviour.backtrack": 0}
CORES = {
    **exposures("RUS", {"md": 0.85, "twn": 0.8}),
    **exposures("CHN", {
        "nato": 0.75, "west": 0.55, "militancy": 0.45, "regime": 0.45, "sanctions": 0.5, "regional_war": 0.1,
    }),
    **exposures("RUS", {"twn": 0.6, "sanctions": 0.6}, "contribution"),
    **exposures("CHN", {
        "md": 0.9, "nato": 0.7, "intv": 0.7, "militancy": 0.7, "regime": 0.7, "regional_war": 0.7,
    }, "contribution"),
}  # fmt: skip
"""Russia and China fear and contribute the same, as in the scenario `common-core`."""


_CEILING = PerDraw(lambda draws: draws["behaviour.domestic_cap"])


@to_test(
    "C52", "P21", "Where the tie goes depends on the United States more than on anything else.",
    note="Range of the tie's depth after fourteen years over what the United States does (its programmes flare up never, "
    "or three times as often), against the same for regional threats and for half or half as much again of Russia's or of China's capacity. "
    "Weaker than the words: three rivals to the United States stand for anything else, each over one range of our choosing and with the rest at "
    "the draw's values; the share of the variance that is due to each, interactions included (Sobol totals), is not compared.",
    unit="depth", off={f"states.{s}.exposure.{k}": 0 for s in ("RUS", "CHN") for k in SPONSORED},
    without="programmes of the United States that concern neither",
)  # fmt: skip
def c52(see: See) -> Parts:
    def range_over(low: dict[str, Any], high: dict[str, Any]) -> Floats:
        return abs(see(MEMO.but(high), f"{DEPTH}@last") - see(MEMO.but(low), f"{DEPTH}@last"))

    ours = range_over(SATISFIED, rates(SPONSORED, OFTEN))
    others = {"regional threats": range_over(rates(REGIONAL, 0), rates(REGIONAL, OFTEN))}
    for name, state in (("Russia's capacity", "RUS"), ("China's capacity", "CHN")):
        path = f"states.{state}.provision"
        others[name] = range_over({path: 0.5}, {path: 1.5})
    margins = {f"more than {name}": ours - other for name, other in others.items()}
    return {"more than the next": np.min(list(margins.values()), axis=0), **margins}


@to_test(
    "C53", "P21", "If both are reasonably satisfied with the United States, the alliance stays weak or dissolves.",
    note="Ten years without new quarrels: in August 2011 the tie is shallower than with quarrels, and no rung higher than at the start. Told "
    "beside it: practice worth no more than rung 1 in effect, five and ten years on.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
    told=("no more than rung 1 in 2006", "no more than rung 1 in 2011"),
    anew="The memo says that it remains weak or dissolves if both are satisfied; the old reading asked for a tie that is shallower than at "
    "the start, and so refused one that remains as weak as it was.",
)  # fmt: skip
def c53(see: See) -> Parts:
    world, end = MEMO.but(SATISFIED), f"{DEPTH}@2011-08"
    no_higher = see(world, f"rung:{TREATY}@2001-09") - see(world, f"rung:{TREATY}@2011-08") + HALF
    return {
        "shallower than with quarrels": see(MEMO, end) - see(world, end),
        "no rung higher": no_higher,
        "no more than rung 1 in 2006": RUNG_ONE - see(world, f"{DEPTH}@2006-08"),
        "no more than rung 1 in 2011": RUNG_ONE - see(world, end),
        **before(see(world, f"{DEPTH}@2001-09") - see(world, end), no_higher),
    }


@to_test(
    "C54", "P21", "Secondary disputes are harmless; core disputes trouble, and out of proportion.",
    note="Two years after a dispute of both with the United States in a quiet world, each perceiving it at the same size: missile defence (core) does more "
    "than twice what sanctions (secondary) do, and size 1 more than twice size .5.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
    anew="The memo speaks of disputes of both countries, and of scale and depth; the old reading shocked sources, so that exposures decided "
    "(sanctions hardly concern China), and was content with any lead of the core.",
)  # fmt: skip
def c54(see: See) -> Parts:
    outcome = f"{DEPTH}@2005-08"
    base = see(QUIET, outcome)

    def effect(of: str, size: float) -> Floats:
        return see(QUIET.but(lever(of, size)), outcome) - base

    core, secondary = effect("both-md", 1), effect("both-sanctions", 1)
    old = effect("shock-md", 1)
    return {
        "core more than twice a secondary": core - 2 * secondary,
        "more than in proportion": core - 2 * effect("both-md", HALF),
        **before(old - effect("shock-sanctions", 1), old - 2 * effect("shock-md", HALF)),
    }


@to_test(
    "C55", "P22", "Incentives of the United States to Russia or to China keep the tie from deepening; one of them is enough.",
    note="Five years after a package of 1 to Russia or to China: the tie is shallower than without, on no rung that it did not have when the package "
    "came, and one of the packages does at least half of what both do. Told beside it: that either does, and a deal that gives up four fifths of "
    "missile defence.",
    unit="depth", off={"switches.offers": False}, without="no offers",
    told=("either does half of both", "a deal on missile defence"),
    anew="The memo says that incentives prevent further institutionalisation and that one ally is enough; the old reading asked for a fall under a "
    "package of .8 alone, whether or not organs still grew, and for any saving by sending both.",
)  # fmt: skip
def c55(see: See) -> Parts:
    rung, depth = f"rung:{TREATY}", f"{DEPTH}@{FIVE_YEARS_ON}"

    def fall(*changes: dict[str, Any]) -> Floats:
        return see(MEMO, depth) - see(MEMO.but(*changes), depth)

    def held(change: dict[str, Any]) -> Floats:
        return see(MEMO, f"{rung}@{BEFORE_OFFER}") + HALF - see(MEMO.but(change), f"{rung}@{FIVE_YEARS_ON}")

    russia, china = (lever(f"offer-{state}") for state in ("RUS", "CHN"))
    one, other, both = fall(russia), fall(china), fall(russia, china)
    smaller, others_smaller = (lever(f"offer-{state}", PACKAGE) for state in ("RUS", "CHN"))
    once, twice = fall(smaller), fall(others_smaller)
    return {
        "by a package to Russia": one,
        "by a package to China": other,
        "no further rung, Russia's": held(russia),
        "no further rung, China's": held(china),
        "one does half of both": np.maximum(one, other) - both / 2,
        "either does half of both": np.minimum(one, other) - both / 2,
        "a deal on missile defence": fall(lever("deal-md", PACKAGE)),
        **before(once, twice, once + twice - fall(smaller, others_smaller)),
    }


@to_test(
    "C55b", "P22", "The package that would do it lies beyond what American domestic politics allow.",
    note="With a package as large as the draw's ceiling the tie is still above four fifths of its twin five years on. That "
    "there is a threshold is built in (E15).",
    unit="depth", off=FREE_TO_TAKE | {"switches.exchange": False},
    without="offers whose taking costs nothing, made to a tie without exchange",
)  # fmt: skip
def c55b(see: See) -> Parts:
    twin = DOWN * see(MEMO, f"{DEPTH}@{FIVE_YEARS_ON}")
    return {
        name: see(MEMO.but({f"interventions.offer-{state}.size": _CEILING}), f"{DEPTH}@{FIVE_YEARS_ON}") - twin
        for name, state in (("too small for Russia", "RUS"), ("too small for China", "CHN"))
    }


@to_test(
    "C56", "P24", "It never becomes a new NATO, since neither defends the other's core contingency.",
    note="Every threat at the end of its scale, and no gate on the top rung: ten years on Russia and China are on a lower rung with the contingencies "
    "that are theirs than with common ones, and below rung 6. Told beside it: rung 6 with common ones.",
    unit="rungs", off={"switches.entrapment": False}, without="quarrels that are not shared and cost nothing",
    told=("rung 6 with common ones",),
    anew="What a tie is shows at a date; the old reading took the greatest rung of fourteen years, which domestic politics reach once by "
    "chance, and asked that common contingencies make a NATO, which the memo does not say.",
)  # fmt: skip
def c56(see: See) -> Parts:
    own = QUIET.but({f"sources.{source}.base": 2 for source in RATES}, {"switches.gate": False})
    lower, higher = (
        [see(w, f"rung:{TREATY}@{when}") for when in ("2011-08", "max")] for w in (own, own.but(CORES))
    )
    return {
        "higher with common cores": higher[0] - lower[0],
        "below rung 6 with their own": 5 + HALF - lower[0],
        "rung 6 with common ones": higher[0] - 5 - HALF,
        **before(higher[1] - lower[1], 5 + HALF - lower[1], higher[1] - 5 - HALF),
    }


@to_test(
    "C57", "P24", "Threats, real or imagined, bring the two closer on other issues too.",
    note="Two years after a mere rumour about missile defence in a quiet world: the tie, and the Shanghai organisation, which does "
    "not deal with missile defence. Told beside it: how much less than by a true shock.",
    unit="depth", off={"switches.region": False}, without="treaties that do not support each other",
    told=("the true shock adds",),
)  # fmt: skip
def c57(see: See) -> Parts:
    tie = response(see, QUIET, "rumour-md", f"{DEPTH}@2005-08")
    return {
        "Shanghai, another issue": response(see, QUIET, "rumour-md", f"depth:{SHANGHAI}@2005-08"),
        "the tie itself": tie,
        "the true shock adds": response(see, QUIET, "shock-md", f"{DEPTH}@2005-08") - tie,
    }


@to_test(
    "C58", "P25", "Russia would rather be equidistant, but commitments make turning back costly, the more so with time.",
    note="Russia's alignment after ten years without new quarrels: above that under the statement, and above 0; and the price of "
    "turning to the United States is higher in 2007 than in 2001. Weaker than the words: the price, the least offer that Russia would take "
    "(E15), stands for the cost of turning back; no refusal and no package that grows with the years is run, and that Russia would "
    "rather be equidistant is not tested. No better test was found: one that was tried passes under the ratchet, which knows neither threat nor price, "
    "in .94 of draws, and so would have been no evidence.",
    unit="alignment", off=NO_COMMITMENT,
    without="articles that are written and have no effect",
)  # fmt: skip
def c58(see: See) -> Parts:
    world = MEMO.but(SATISFIED)
    bound, free = (see(w, "alignment:RUS@2011-08") for w in (world, world.but(STATEMENT)))
    return {
        "commitments hold it": bound - free,
        "still on the bloc's side": bound,
        "turning back grows dearer": see(MEMO, "price:RUS@2007-09") - see(MEMO, "price:RUS@2001-09"),
    }
