"""How likely a record is, given simulated rungs and alignments."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import logsumexp
from scipy.stats import norm, rankdata

from entente.schema.base import month_number
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario

from .record import RECORDS, TOP_RUNG, Record, load_record, read_table, until

SCENARIO, RECORD = "record-1992", "rungs-1992-2001"
DISTANCES = RECORDS / "un-distances-1992-2001.csv"
CUTOFF = "2001-08"
"""Nothing that happened later makes a parameter."""
ERROR = 0.75
"""Standard deviation, in rungs, of a coding around the simulated rung (judgement): low and high codings lie
about a rung apart, and a tie may be a rung early or late."""
ALIGNMENT_ERROR = 0.3
"""Standard deviation of a state's place in the order of alignments, on a scale from 0 to 1 (judgement): the
difference of two orders without relation has .41."""


def fitting(record: str = RECORD) -> tuple[Scenario, Record]:
    """What parameters are fitted on: the scenario and the record to the end of August 2001."""
    whole = load_scenario(SCENARIO)
    months = month_number(CUTOFF) - month_number(whole.start) + 1
    return load_scenario(whole, {"months": months}), until(load_record(record, whole), CUTOFF)


def rung_table(error: float = ERROR) -> np.ndarray:
    """Probability of a coding (column) given the simulated rung (row): a normal error, cut at half rungs."""
    rungs = np.arange(TOP_RUNG + 1)
    edges = np.concatenate([[-np.inf], rungs[:-1] + 1 / 2, [np.inf]])
    return np.asarray(np.diff(norm.cdf((edges - rungs[:, np.newaxis]) / error), axis=1))


def rung_log_likelihood(rungs: np.ndarray, codings: np.ndarray, weight: float, error: float = ERROR) -> np.ndarray:
    """Log likelihood of codings (cells, codings) in each run, shape (...), from rungs of shape (..., cells).

    The codings of a cell share its probability alike. `weight` is what a cell counts, 1 where cells are
    independent, `Record.weight` where years repeat each other; `error` the standard deviation of a coding, in rungs.
    """
    table = rung_table(error)
    found = np.zeros(rungs.shape[:-1])
    for place, coded in enumerate(codings):
        found += np.log(table[:, coded].mean(axis=1))[rungs[..., place]]
    return np.asarray(weight * found)


def un_distances(power: str) -> pd.Series:
    """Mean distance of each state's ideal point from that of `power` in the UN General Assembly, 1992-2001."""
    table = read_table(DISTANCES, ("a", "b", "distance"))
    pairs = table[(table["a"] == power) | (table["b"] == power)]
    other = pairs["a"].where(pairs["a"] != power, pairs["b"])
    return pd.Series(pairs["distance"].astype(float).to_numpy(), index=other).sort_index()


def alignment_log_likelihood(alignments: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """Log likelihood of UN distances from the outside power in each run, from mean alignments (..., states).

    The order of the states by alignment is compared with their order by distance, both from 0 to 1, with a
    normal error: the scales have nothing to do with each other, the orders should agree.
    """
    last = alignments.shape[-1] - 1
    gaps = (rankdata(alignments, axis=-1) - rankdata(distances)) / last
    return np.asarray(norm.logpdf(gaps, scale=ALIGNMENT_ERROR).sum(axis=-1))


def over_replicates(log_likelihood: np.ndarray) -> np.ndarray:
    """Log of the mean likelihood over replicates, from shape (points, replicates)."""
    return np.asarray(logsumexp(log_likelihood, axis=1) - math.log(log_likelihood.shape[1]))


def over_draws(log_likelihood: np.ndarray, weight: np.ndarray) -> float:
    """Log of the mean likelihood over weighted draws; the weights add up to 1."""
    return float(logsumexp(log_likelihood, b=weight))


def log_evidence(log_likelihood: np.ndarray) -> float:
    """Log of the mean likelihood over draws from the prior."""
    return float(logsumexp(log_likelihood) - math.log(len(log_likelihood)))


def weights(log_likelihood: np.ndarray) -> np.ndarray:
    """Posterior weights of draws from the prior; they add up to 1."""
    return np.asarray(np.exp(log_likelihood - logsumexp(log_likelihood)))


def largest_power(log_likelihood: np.ndarray, least: float) -> float:
    """The largest power, 1 at most, to which a likelihood can be raised with `least` effective draws left.

    Below 1 the record counts as if it were that share of itself, for want of draws (a coarsened posterior; Miller and
    Dunson 2019): wider than the posterior, and never narrower.
    """
    if effective(weights(log_likelihood)) >= least:
        return 1.0
    if least >= len(log_likelihood):
        return 0.0
    return float(brentq(lambda power: effective(weights(power * log_likelihood)) - least, 0.0, 1.0))


def effective(weight: np.ndarray) -> float:
    """Effective number of independent draws behind weighted ones: 1 over the sum of squares (Kish)."""
    return float(1 / (weight**2).sum())
