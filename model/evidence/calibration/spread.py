"""Parameters that vary between ties: the mean and spread of a population, found from shared draws.

Every tie has a value of its own, drawn from a normal over the prior's unit scale, cut at its ends; whatever does not
vary so is drawn for each tie from its prior. A tie's likelihood under a population is the mean of its likelihoods over
the shared draws, weighed by the population's density against the prior's (importance sampling; Hogg, Myers and
Bovy 2010). Mean and spread are those that make all records together most likely. No draw has to suit all ties, so that
the number of effective draws does not fall with the number of ties.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from ..likelihood import effective

LEAST, WIDEST = 0.05, 2.0
"""Bounds of a spread, in widths of the prior: at the upper it is the prior. The lower one rises where draws are few."""
BEHIND = 100
"""Effective draws that stand behind a population, wherever in the prior it lies."""
STARTS = ((0.2, 0.3), (0.5, 0.3), (0.8, 0.3))
"""Means and spreads that the search begins from."""
DUMMIES = 100
"""Columns of random numbers on which it is seen what chance gains."""
CHANCE = 0.05
"""How probable it should be that some parameter seems to vary where none does."""
QUANTILES = (0.05, 0.95)
INTERVALS = ("mean", "mean_low", "mean_high", "spread", "spread_low", "spread_high", "common")


@dataclass(frozen=True)
class Population:
    """Means (0..1) and spreads of some parameters on the prior's unit scale, the weights of draws from it,
    and by how much it makes the log likelihood of all records exceed that of the prior."""

    paths: tuple[str, ...]
    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray
    gain: float

    @property
    def effective(self) -> float:
        """Effective number of draws behind the population."""
        return effective(self.weights)


def unit_scale(design: pd.DataFrame, ranges: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Draws as shares of their prior ranges, 0..1."""
    return pd.DataFrame({path: (design[path] - low) / (high - low) for path, (low, high) in ranges.items()})


def least_spread(draws: int, parameters: int) -> float:
    """The least spread of so many parameters together that leaves `BEHIND` effective draws of all.

    A normal of standard deviation s has the effective width s times the root of 4 pi, and half of it at an end of the prior.
    """
    share = min(BEHIND / draws, 1.0) ** (1 / parameters)
    return float(max(LEAST, share / math.sqrt(math.pi)))


def population(
    log_likelihood: np.ndarray,
    unit: pd.DataFrame,
    counts: np.ndarray | None = None,
    starts: Sequence[tuple[Any, Any]] = STARTS,
    widest: float = WIDEST,
) -> Population:
    """The population of the columns of `unit` (draws, parameters) that makes all records most likely.

    `log_likelihood` has the shape (ties, draws); `counts` says how often each tie counts (none: once); `starts` are means
    and spreads, of all parameters or of each. Spreads lie between `least_spread` and `widest`.
    """
    values = unit.to_numpy()
    number = values.shape[1]
    scale = log_likelihood.max(axis=1, keepdims=True)
    likelihood = np.exp(log_likelihood - scale)
    least = least_spread(len(values), number)
    often = np.ones(len(likelihood)) if counts is None else counts
    prior = often @ np.log(likelihood.mean(axis=1))

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        deviates = (values - at[:number]) / np.exp(at[number:])
        weight = _normal(deviates)
        # Not by matrix products: their threads would wait for each other on a busy machine, at every step.
        of_ties = np.einsum("td,d->t", likelihood, weight)
        # The cut at the ends of the prior is in the sum of weights, and so is the normal's constant.
        pull = np.einsum("td,t->d", likelihood, often / of_ties) * weight - often.sum() * weight
        slopes = np.concatenate([pull @ (deviates / np.exp(at[number:])), pull @ deviates**2])
        return -float(often @ np.log(of_ties)), -slopes

    bounds = [(0.0, 1.0)] * number + [(np.log(least), np.log(max(least, widest)))] * number
    begun = [
        np.concatenate(
            [np.full(number, mean), np.full(number, np.log(np.clip(spread, least, max(least, widest))))]
        )
        for mean, spread in starts
    ]
    best = min(
        (minimize(loss, at, jac=True, method="L-BFGS-B", bounds=bounds) for at in begun),
        key=lambda found: float(found.fun),
    )
    mean, spread = best.x[:number], np.exp(best.x[number:])
    weight = _normal((values - mean) / spread)
    return Population(tuple(unit.columns), mean, spread, weight, -float(best.fun) - float(prior))


def _normal(deviates: np.ndarray) -> np.ndarray:
    """Weights of draws under independent normals, from their deviates (draws, parameters); they add up to 1."""
    exponent = -(deviates**2).sum(axis=1) / 2
    weight = np.exp(exponent - exponent.max())
    return np.asarray(weight / weight.sum())


def gains(log_likelihood: np.ndarray, unit: pd.DataFrame) -> pd.DataFrame:
    """What each parameter would gain if it alone had a population: `path`, `gain`, `mean`, `spread`; most first."""
    found = [population(log_likelihood, unit[[path]]) for path in unit]
    rows = [
        {"path": one.paths[0], "gain": one.gain, "mean": one.mean[0], "spread": one.spread[0]} for one in found
    ]
    return pd.DataFrame(rows).sort_values("gain", ascending=False, kind="stable").reset_index(drop=True)


def varying(
    log_likelihood: np.ndarray, unit: pd.DataFrame, most: int, seed: int
) -> tuple[Population, pd.DataFrame]:
    """The population of the parameters that gain most, `most` at most, and the table of `gains`.

    A parameter that does nothing gains g by the records' chance with probability exp(-g), since two numbers are fitted
    (Wilks 1938), and more by the chance of draws. So one varies that gains more than the best of all would by the former,
    with probability `CHANCE`, and more than any of `DUMMIES` columns of random numbers. Where none does, the weights are the
    prior's.
    """
    table = gains(log_likelihood, unit)
    dummies = pd.DataFrame(np.random.default_rng(seed).random((len(unit), DUMMIES)))
    chance = max(math.log(len(table) / CHANCE), float(gains(log_likelihood, dummies)["gain"].max()))
    enough = table["gain"] > chance
    paths = list(table["path"][enough].head(most))
    if not paths:
        even = np.full(len(unit), 1 / len(unit))
        return Population((), np.zeros(0), np.zeros(0), even, 0.0), table
    return population(log_likelihood, unit[paths]), table


def intervals(
    log_likelihood: np.ndarray, unit: pd.DataFrame, found: Population, resamples: int, seed: int
) -> pd.DataFrame:
    """A row a parameter: mean and spread with 90 % bootstrap intervals over ties, all on the unit scale, and `common`,
    by how much the log likelihood falls where that parameter is common to all ties."""
    rng = np.random.default_rng(seed)
    ties = len(log_likelihood)
    own = unit[list(found.paths)]
    fits = [
        population(log_likelihood, own, np.bincount(rng.integers(ties, size=ties), minlength=ties), [start])
        for start in [(found.mean, found.spread)] * resamples
    ]
    means, spreads = np.array([fit.mean for fit in fits]), np.array([fit.spread for fit in fits])
    rows = []
    for at, path in enumerate(found.paths):
        low, high = np.quantile(means[:, at], QUANTILES)
        least, most = np.quantile(spreads[:, at], QUANTILES)
        alone = population(log_likelihood, own[[path]])
        common = population(log_likelihood, own[[path]], widest=0.0)
        rows.append(
            {"path": path, "mean": found.mean[at], "mean_low": low, "mean_high": high, "spread": found.spread[at],
             "spread_low": least, "spread_high": most, "common": common.gain - alone.gain}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["path", *INTERVALS])
