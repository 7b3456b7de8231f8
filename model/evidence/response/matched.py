"""How much likelier a move is in treated tie-years than in quiet ones of the same stratum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .exposed import Floats, Mask, Panel

SHOCK, RELIEF = "shock", "relief"
RISE, FALL = "rise", "fall"
LAGS = range(6)
"""Years after the year of the shock in which the rung is read."""
WITHIN = 2
"""The lag of the first December by which 24 months have passed."""
APART = 2
"""Years before and after a quiet year in which there is no shock either."""
CALM = 3
"""Quiet years that count as a relief, where no scenario declares one."""
PERIOD = 5
"""Years that are matched with each other."""
EARLIER = 5
"""Years by which the placebo moves shocks back."""
MIDDLING, LARGE = 0.4, 0.7
"""Sizes from which a shock is middling, and large."""
CONSULT = 2
"""Least obligation that is a duty to consult."""


def shifted(grid: NDArray, years: int, fill: float | bool) -> NDArray:
    """What a grid (ties, years) holds `years` later, `fill` beyond its edges."""
    found = np.full_like(grid, fill)
    width = grid.shape[1]
    if abs(years) < width:
        found[:, max(-years, 0) : width - max(years, 0)] = grid[:, max(years, 0) : width + min(years, 0)]
    return found


def ever(grid: Mask, before: int, after: int) -> Mask:
    """Where a grid holds in a year from `before` years earlier to `after` later; beyond its edges it does."""
    return np.asarray(np.logical_or.reduce([shifted(grid, years, True) for years in range(-before, after + 1)]))


@dataclass(frozen=True)
class Design:
    """Treated and quiet tie-years of each treatment, and the groups of treated ones that are contrasted."""

    treated: dict[str, Mask]
    quiet: dict[str, Mask]
    groups: dict[str, Mask]


CONTRASTS = {
    "size: large minus small": ("size: large", "size: small"),
    "exposed: all minus not all": ("exposed: all", "exposed: not all"),
    "duty: some minus none": ("duty: some", "duty: none"),
    "fresh minus repeated": ("fresh", "repeated"),
}


def design(ties: Panel) -> Design:
    """Which tie-years are treated and which are quiet. Years outside the scenario are not known to be quiet."""
    shock = ties.shock
    busy = shock | ~ties.known
    calm = ~ever(busy, CALM - 1, APART)
    declared = bool(ties.ended.any())
    relief = ties.ended if declared else shifted(shock, -CALM, False) & calm
    bound = (ties.duty >= CONSULT)[:, None]
    fresh = ~ever(busy, APART, -1)
    return Design(
        {SHOCK: shock, RELIEF: relief},
        {SHOCK: ~ever(busy, APART, APART), RELIEF: ~ever(busy | ties.ended, CALM + APART, APART)},
        {
            "size: small": shock & (ties.size < MIDDLING),
            "size: middling": shock & (ties.size >= MIDDLING) & (ties.size < LARGE),
            "size: large": shock & (ties.size >= LARGE),
            "exposed: all": shock & ties.shared,
            "exposed: not all": shock & ~ties.shared,
            "duty: some": shock & bound,
            "duty: none": shock & ~bound,
            "fresh": shock & fresh,
            "repeated": shock & np.logical_or.reduce([shifted(shock, -ago, False) for ago in range(1, APART + 1)]),
        },
    )


def earlier(plan: Design) -> Design:
    """The placebo that moves shocks back: years some time before a shock that were quiet in truth."""
    moved = shifted(plan.treated[SHOCK], EARLIER, False)
    quiet = plan.quiet[SHOCK]
    return Design({SHOCK: moved & quiet}, {SHOCK: quiet & ~moved}, {})


def turned(ties: Panel, rng: np.random.Generator) -> Panel:
    """The same ties with the dates of each turned round within its years, all by one random number of years."""
    size, shared, ended = ties.size.copy(), ties.shared.copy(), ties.ended.copy()
    for row, known in enumerate(ties.known):
        by = int(rng.integers(known.sum()))
        for grid in (size, shared, ended):
            grid[row, known] = np.roll(grid[row, known], by)
    return replace(ties, size=size, shared=shared, ended=ended)


@dataclass(frozen=True)
class Matched:
    """Shares of tie-years that move, treated and quiet, one a weighing of the ties, and what they rest on.

    Counts are tie-years but for `ties`, `strata` and `strata_dropped`; they are those of the first weighing.
    """

    treated_rate: Floats
    quiet_rate: Floats
    treated: int
    quiet: int
    ties: int
    dropped: int
    strata: int
    strata_dropped: int

    @property
    def response(self) -> Floats:
        """Treated minus matched quiet, one a weighing."""
        return self.treated_rate - self.quiet_rate


Weighed = Callable[[Mask, Mask], Matched]


def moves(ties: Panel, rungs: Floats, move: str, lag: int, top: int, weights: Floats) -> Weighed:
    """The estimator for a move and a lag, of masks of treated and of quiet tie-years, which share none.

    `rungs` (ties, years) are those of the record or of a run; `top` is the highest rung, from which nothing rises;
    `weights` (weighings, ties) says how often each tie counts. Strata weigh by their treated tie-years.
    """
    base, later = shifted(rungs, -1, np.nan), shifted(rungs, lag, np.nan)
    able = base > 0 if move == FALL else base < top
    usable = np.isfinite(later) & shifted(ties.signed, -1, False) & able
    tie, year = np.nonzero(usable)
    moved = (later < base if move == FALL else later > base)[usable].astype(float)
    kinds = np.stack([base[usable].astype(np.int64), ties.years[year] // PERIOD, ties.duty[tie]])
    strata, stratum = np.unique(kinds, axis=1, return_inverse=True)
    shape = (len(ties.names), strata.shape[1])

    def totals(chosen: Mask, values: Floats) -> Floats:
        each = np.zeros(shape)
        np.add.at(each, (tie[chosen], stratum[chosen]), values[chosen])
        return each

    def estimate(treated: Mask, quiet: Mask) -> Matched:
        ones = np.ones(len(tie))
        hit, still = treated[usable], quiet[usable]
        each = totals(hit, ones)
        n, m = weights @ each, weights @ totals(still, ones)
        both = (n > 0) & (m > 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            expected = np.where(both, n * (weights @ totals(still, moved)) / m, 0.0).sum(axis=1)
            total = np.where(both, n, 0.0).sum(axis=1)
            rates = np.where(both, weights @ totals(hit, moved), 0.0).sum(axis=1) / total
            quiet_rates = expected / total
        matched, lost = both[0], (n[0] > 0) & ~both[0]
        return Matched(
            rates, quiet_rates, int(n[0][matched].sum()), int(m[0][matched].sum()),
            int((each[:, matched].sum(axis=1) > 0).sum()), int(n[0][lost].sum()), int(matched.sum()),
            int(lost.sum()),
        )  # fmt: skip

    return estimate
