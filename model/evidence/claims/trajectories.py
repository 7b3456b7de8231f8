"""P20 to P25: where the alliance may go, and what the United States can do about it."""

from __future__ import annotations

from typing import Any

import numpy as np

from entente.world.draws import Floats

from .central_asia import HALF
from .commitment import response
from .declare import Parts, PerDraw, See, to_test
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
    note="Ten years without new quarrels: the tie is shallower, and no rung higher. Told beside it: practice worth no more than rung 1 "
    "in effect, five and ten years on.",
    unit="depth", off={"behaviour.hollow": 0}, without="practice that never hollows out",
    told=("no more than rung 1 in 2006", "no more than rung 1 in 2011"),
)  # fmt: skip
def c53(see: See) -> Parts:
    world = MEMO.but(SATISFIED)
    return {
        "shallower": see(world, f"{DEPTH}@2001-09") - see(world, f"{DEPTH}@2011-08"),
        "no rung higher": see(world, f"rung:{TREATY}@2001-09") - see(world, f"rung:{TREATY}@2011-08") + HALF,
        "no more than rung 1 in 2006": RUNG_ONE - see(world, f"{DEPTH}@2006-08"),
        "no more than rung 1 in 2011": RUNG_ONE - see(world, f"{DEPTH}@2011-08"),
    }


@to_test(
    "C54", "P21", "Secondary disputes are harmless; core disputes trouble, and out of proportion.",
    note="Two years after a shock in a quiet world: missile defence (core) against sanctions (secondary), of size 1 each; and size 1 "
    "more than twice size .5.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful",
)  # fmt: skip
def c54(see: See) -> Parts:
    outcome = f"{DEPTH}@2005-08"
    base = see(QUIET, outcome)
    core, half = (see(QUIET.but(lever("shock-md", size)), outcome) - base for size in (1, HALF))
    secondary = response(see, QUIET, "shock-sanctions", outcome)
    return {"core above secondary": core - secondary, "more than in proportion": core - 2 * half}


@to_test(
    "C55", "P22", "Incentives of the United States to Russia or to China keep the tie from deepening; one of them is enough.",
    note="Five years after a package of .8: the fall by Russia's, by China's, and that both together do less than their sum. Told "
    "beside it: a deal that gives up four fifths of missile defence.",
    unit="depth", off={"switches.offers": False}, without="no offers", told=("a deal on missile defence",),
)  # fmt: skip
def c55(see: See) -> Parts:
    def fall(*changes: dict[str, Any]) -> Floats:
        return see(MEMO, f"{DEPTH}@{FIVE_YEARS_ON}") - see(MEMO.but(*changes), f"{DEPTH}@{FIVE_YEARS_ON}")

    russia, china = (lever(f"offer-{state}", PACKAGE) for state in ("RUS", "CHN"))
    one, other = fall(russia), fall(china)
    return {
        "by a package to Russia": one,
        "by a package to China": other,
        "both do less than the sum": one + other - fall(russia, china),
        "a deal on missile defence": fall(lever("deal-md", PACKAGE)),
    }


@to_test(
    "C55b", "P22", "The package that would do it lies beyond what American domestic politics allow.",
    note="With a package as large as the draw's ceiling the tie is still above four fifths of its twin five years on. That "
    "there is a threshold is built in (E15).",
    unit="depth", off=FREE_TO_TAKE, without="offers whose taking costs nothing",
)  # fmt: skip
def c55b(see: See) -> Parts:
    twin = DOWN * see(MEMO, f"{DEPTH}@{FIVE_YEARS_ON}")
    return {
        name: see(MEMO.but({f"interventions.offer-{state}.size": _CEILING}), f"{DEPTH}@{FIVE_YEARS_ON}") - twin
        for name, state in (("too small for Russia", "RUS"), ("too small for China", "CHN"))
    }


@to_test(
    "C56", "P24", "It never becomes a new NATO, since neither defends the other's core contingency.",
    note="Every threat at the end of its scale, and no gate on the top rung: Russia and China stay below rung 6 with the contingencies "
    "that are theirs, and reach it with common ones.",
    unit="rungs", off={"switches.entrapment": False}, without="quarrels that are not shared and cost nothing",
)  # fmt: skip
def c56(see: See) -> Parts:
    own = QUIET.but({f"sources.{source}.base": 2 for source in RATES}, {"switches.gate": False})
    outcome = f"rung:{TREATY}@max"
    common = see(own.but(CORES), outcome)
    return {
        "higher with common cores": common - see(own, outcome),
        "below rung 6 with their own": 5 + HALF - see(own, outcome),
        "rung 6 with common ones": common - 5 - HALF,
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
    "rather be equidistant is not tested.",
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
