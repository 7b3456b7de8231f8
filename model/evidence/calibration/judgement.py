"""Inputs of a scenario that no data set holds, varied together with the parameters.

What a source of threat is worth in quiet years (`base`) and how much coordination it calls for (`need`) are set
by a mapping or by judgement, the same for many sources at once. If they are wrong they are wrong alike, so each has
one factor common to all sources of all ties, that keeps their order. Exposures, clauses and shocks come from data,
and how much they count is a parameter already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from entente.experiments.prior import spread
from entente.schema.paths import limits
from entente.schema.scenario import Scenario
from entente.world.draws import Floats

DOUBLINGS = (-2.0, 2.0)
"""Range of every factor, as how many times what it acts on is doubled: from a quarter to four times (judgement)."""


def _times(value: float, factor: Floats) -> Floats:
    return value * factor


def _odds(value: float, factor: Floats) -> Floats:
    return value * factor / (1 - value + value * factor)


@dataclass(frozen=True)
class Judged:
    """A number of all sources that is judgement, and how a factor acts on it."""

    number: str
    act: Callable[[float, Floats], Floats]
    what: str


JUDGED = {
    "judgement.base": Judged("base", _times, "factor of every source's base"),
    "judgement.need": Judged("need", _odds, "factor of the odds of every source's need, which keeps it below 1"),
}
"""Column of a design, in doublings, to what it acts on."""


def judged_draws(draws: int, seed: int) -> pd.DataFrame:
    """`draws` points of the factors, uniform over `DOUBLINGS`, one column each."""
    low, high = DOUBLINGS
    return pd.DataFrame({column: low + (high - low) * spread(column, draws, seed) for column in JUDGED})


def applied(scenario: Scenario, design: pd.DataFrame) -> pd.DataFrame:
    """A design whose factors are replaced by what they make of the scenario's sources, one column a dotted path.

    What would pass the bound of a number stays at it.
    """
    columns = {}
    for column, judged in JUDGED.items():
        factor = 2.0 ** design[column].to_numpy()
        for id_, source in scenario.sources.items():
            path = f"sources.{id_}.{judged.number}"
            allowed = limits(scenario, path)
            assert allowed is not None
            columns[path] = judged.act(getattr(source, judged.number), factor).clip(allowed.low, allowed.high)
    return design.drop(columns=list(JUDGED)).assign(**columns)
