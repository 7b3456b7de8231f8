"""P20: is the tie weak for want of demand, or because depth is dear?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from entente.mechanisms.mistrust import mistrusted_depth
from entente.month.ladder import opening_depth
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.schema.state import at_first
from entente.world.draws import Floats
from entente.world.pack import pack

from .declare import Parts, PerDraw, See, World, before, to_test
from .worlds import MEMO, NO_THREAT, SPONSORED, TREATY, exposures

DEPTH = f"depth:{TREATY}"
PRICE_CUT = 0.2
"""Fall of the price of depth against which C51, as read before, weighs an equal rise of demand."""
MORE_DEMAND = (1, 1.25, 1.5, 1.75, 2)
"""How many times as exposed to the United States Russia and China are there."""
FIVE_YEARS = MEMO.but({"months": 60})
HELD_DEPTH = {"behaviour.deepen": 0, "behaviour.hollow": 0}
"""No treaty's depth moves: utility is that of the opening depths."""


@lru_cache
def _scenario() -> Scenario:
    return load_scenario(MEMO.scenario)


@lru_cache
def _opening() -> dict[str, Any]:
    """Numbers of the tie in August 2001 that do not differ between draws; of a state the arguments of `dominance`."""
    s = _scenario()
    treaty = s.treaties[TREATY]
    assert treaty.opening is not None
    shares = pack(s).numbers["capability"][-1]
    russia, china = (float(shares[sorted(s.states).index(state)]) for state in ("RUS", "CHN"))
    scope = treaty.scope
    return {
        "depth": opening_depth(treaty.opening.rung, s.institution.steps),
        "mistrust": treaty.opening.mistrust,
        "directed": sum(scope[k] for k in scope if k in SPONSORED) / sum(scope.values()),
        "RUS": (1.0, china, russia),
        "CHN": (1.0, russia, china),
    }


def autonomy_of_equal_gain(draws: pd.DataFrame) -> Floats:
    """The price of depth at which both gain as much utility at the opening depth as by losing the stake.

    Without the stake `U` rises by `directed*stake*D` (E8, weight 1); where `autonomy` falls, by `fall*(1 + mu*dominance*M)*D^2/2`
    (E9, the part without entrapment). The mean of the two states' gains is made equal.
    """
    at = _opening()
    autonomy, mu, stake = (draws[f"behaviour.{name}"].to_numpy() for name in ("autonomy", "mu", "stake"))
    # The equation is plain arithmetic here, and takes arrays as well as numbers.
    of: Any = mistrusted_depth
    russia, china = (1.0 + of(1.0, 1.0, mu, at["mistrust"], *at[state]) for state in ("RUS", "CHN"))
    return np.asarray(autonomy - 2 * at["directed"] * stake / ((russia + china) / 2 * at["depth"]))


def at_equal_gain(gain: Floats, gains: Sequence[Floats], values: Sequence[Floats]) -> Floats:
    """What a lever comes to in each draw where it gains as much as asked, between pulls of it; beyond the last pull, the last.

    `gain`: asked, a number a draw. `gains`, `values`: what each pull gains and comes to, weakest first.
    """
    rising = np.maximum.accumulate(np.stack(gains), axis=0)
    found = [np.interp(*draw) for draw in zip(gain, rising.T, np.stack(values).T, strict=True)]
    return np.asarray(found)


def more_exposed(times: float) -> dict[str, Any]:
    """Russia and China so many times as exposed to what the United States does, to the end of the scale at most."""
    states = _scenario().states
    found: dict[str, Any] = {}
    for state in ("RUS", "CHN"):
        found |= exposures(
            state, {k: min(1, times * at_first(states[state].exposure.get(k, 0))) for k in SPONSORED}
        )
    return found


_EQUAL_PRICE = PerDraw(autonomy_of_equal_gain)
_HALF_PRICE = PerDraw(lambda draws: draws["behaviour.autonomy"] / 2)
FULL_NEED = exposures("RUS", dict.fromkeys(SPONSORED, 1)) | exposures("CHN", dict.fromkeys(SPONSORED, 1))
"""Russia and China feel all that the United States does at the end of the scale."""
_CHEAPER = PerDraw(lambda draws: draws["behaviour.autonomy"] * (1 - PRICE_CUT))


@to_test(
    "C51", "P20", "The tie is weak for want of demand, not because organs are costly.",
    note="What the tie gains in five years where Russia and China feel the need in full (their exposure to every programme of the United States at the end "
    "of its scale), against what it gains where depth costs half. Weaker than the words: how far each is raised, and for how long, is of our choosing. Told beside it: in ten years. As read before: "
    "against depth a fifth cheaper, demand raised until the two states' mean utility gains as much, over the same years with all depths held "
    "where they opened; between exposures a quarter apart it is interpolated, and where twice the exposure gains less, twice is taken. Told "
    "as well: no interest in good relations (the scenario `high-demand`) against a price that is lower by the same utility at the opening depth.",
    unit="depth", off=NO_THREAT, without="threats that make no treaty useful", told=("in ten years", "demand as in high-demand"),
    anew="The memo says that neither needs full-scale containment, and so what is missing from a full need; the old reading compared equal gains of "
    "utility at the opening depth, where a quadratic cost (E9) eases twice as much at the margin as a linear term adds (E6, E8), so "
    "that the form itself decided against the claim.",
)  # fmt: skip
def c51(see: See) -> Parts:
    def utility(world: World) -> Floats:
        held = world.but(HELD_DEPTH)
        return (see(held, f"value:{TREATY}/RUS@mean") + see(held, f"value:{TREATY}/CHN@mean")) / 2

    def tie(world: World) -> Floats:
        return see(world, f"{DEPTH}@last")

    cheaper = FIVE_YEARS.but({"behaviour.autonomy": _CHEAPER})
    exposed = [FIVE_YEARS.but(more_exposed(times)) for times in MORE_DEMAND]
    demand = at_equal_gain(utility(cheaper), [utility(w) for w in exposed], [tie(w) for w in exposed])
    content, equal = {"behaviour.stake": 0}, {"behaviour.autonomy": _EQUAL_PRICE}
    halved, ten = {"behaviour.autonomy": _HALF_PRICE}, f"{DEPTH}@2011-08"
    # Both are gains over the same tie, which cancels.
    return {
        "full demand adds more than half price": tie(FIVE_YEARS.but(FULL_NEED)) - tie(FIVE_YEARS.but(halved)),
        "in ten years": see(MEMO.but(FULL_NEED), ten) - see(MEMO.but(halved), ten),
        "demand as in high-demand": tie(FIVE_YEARS.but(content)) - tie(FIVE_YEARS.but(equal)),
        **before(demand - tie(cheaper)),
    }
