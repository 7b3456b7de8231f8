"""What a calibration is worth: how much the record says of each parameter, and whether the sampling can be trusted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import kstest, rankdata

from entente.experiments.extras import need
from entente.experiments.prior import prior_ranges

from ..likelihood import (
    CUTOFF,
    effective,
    over_replicates,
    rung_log_likelihood,
    rung_table,
    un_distances,
    weights,
)
from .calibrate import KEPT, POWER, SETS, Calibration, resample, states_of
from .odds import evidence, reached

INFORMED = 0.1
"""The record says something of a parameter where a tenth of its distribution has moved (Kolmogorov's distance)."""
UNLIKELY = 0.05
"""Share of parameters whose ranks should look this uneven by chance alone."""


def learned(found: Calibration, weight: np.ndarray | None = None) -> pd.DataFrame:
    """What the record says of each parameter, by posterior weights or those given: a row a path, most of all first.

    `ks`: Kolmogorov's distance of the posterior from the prior; `narrowed`: share of the prior's variance that
    is gone; `low`, `median`, `high`: 5, 50 and 95 % of the posterior.
    """
    return moved(found.design, prior_ranges(), found.weights if weight is None else weight)


def moved(design: pd.DataFrame, ranges: Mapping[str, tuple[float, float]], weight: np.ndarray) -> pd.DataFrame:
    """How far weighted draws of a uniform prior have moved, a row a path, as `learned` describes them."""
    rows = []
    for path, (low, high) in ranges.items():
        values = design[path].to_numpy()
        order = np.argsort(values)
        cumulated = np.cumsum(weight[order])
        prior = (values[order] - low) / (high - low)
        mean = float((weight * values).sum())
        variance = float((weight * (values - mean) ** 2).sum())
        quantiles = [
            float(values[order][min(int(np.searchsorted(cumulated, q)), len(order) - 1)])
            for q in (0.05, 0.5, 0.95)
        ]
        rows.append(
            {"path": path, "prior_low": low, "prior_high": high, "mean": mean, "low": quantiles[0],
             "median": quantiles[1], "high": quantiles[2], "ks": float(np.abs(cumulated - prior).max()),
             "narrowed": 1 - variance / float(values.var())}
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values("ks", ascending=False, kind="stable").reset_index(drop=True)


def chains(found: Calibration, draws: int = KEPT) -> np.ndarray:
    """Posterior draws of each set on its own, shape (sets, draws, parameters): what diagnostics compare."""
    parts = np.array_split(np.arange(len(found.design)), SETS)
    log_likelihood = over_replicates(found.by_rungs + found.by_alignment)
    chosen = [part[resample(weights(log_likelihood[part]), draws, found.seed)] for part in parts]
    return np.stack([found.design.to_numpy()[places] for places in chosen])


def r_hat(found: Calibration) -> float:
    """The largest R-hat of any parameter over the sets; 1 where they agree. Needs arviz."""
    need("calibrate", "arviz", "studies")
    with warnings.catch_warnings():
        # arviz announces its next version at every import.
        warnings.simplefilter("ignore", FutureWarning)
        import arviz

    draws = chains(found)
    return max(float(arviz.rhat(draws[:, :, at])) for at in range(draws.shape[2]))


def synthetic_ranks(found: Calibration, records: int) -> pd.DataFrame:
    """Simulation-based calibration (Talts et al. 2018): where the truth stands in its posterior, 0..1.

    Each synthetic record is coded, with the error of the likelihood, from the rungs of one point of the prior; the
    other points are weighed by it. A row a record, a column a parameter. Uniform where likelihood and sampling are
    right. The years of a synthetic record are independent given its rungs, so each counts 1.
    """
    rng = np.random.default_rng(found.seed)
    points, replicates, cells = found.rungs.shape
    flat, edges = found.rungs.reshape(-1, cells), np.cumsum(rung_table(), axis=1)
    values = found.design.to_numpy()
    rows = []
    for truth in rng.choice(points, size=records, replace=False):
        rungs = found.rungs[truth, rng.integers(replicates)]
        # Uniform numbers from below 1 on: the last edge is 1 but for rounding.
        coded = np.minimum((rng.random((cells, 1)) > edges[rungs]).sum(axis=1), edges.shape[1] - 1)
        by_run = rung_log_likelihood(flat, coded[:, np.newaxis], weight=1).reshape(points, replicates)
        log_likelihood = over_replicates(by_run)
        log_likelihood[truth] = -np.inf
        # Weights add up to 1 but for rounding.
        rows.append(np.minimum(weights(log_likelihood) @ (values < values[truth]), 1))
    return pd.DataFrame(rows, columns=found.design.columns)


def unevenness(ranks: pd.DataFrame) -> dict[str, Any]:
    """How uneven ranks are: the least p-value of Kolmogorov's test, and how many parameters are below .05."""
    p = np.array([kstest(ranks[path], "uniform").pvalue for path in ranks.columns])
    return {
        "records": len(ranks), "parameters": len(p), "least_p": float(p.min()), "uneven": int((p < UNLIKELY).sum()),
        "expected_uneven": UNLIKELY * len(p),
    }  # fmt: skip


def report(found: Calibration) -> dict[str, Any]:
    """What `entente calibrate --json` prints, but for the synthetic records."""
    alone, by_alignment = over_replicates(found.by_rungs), over_replicates(found.by_alignment)
    table, by_rungs = learned(found).to_dict("records"), learned(found, weights(alone))
    return {
        "record": found.record.name, "until": CUTOFF, "cells": len(found.record.cells),
        "spells": found.record.spells, "cell_weight": found.record.weight, "seed": found.seed,
        "draws": len(alone), "replicates": found.by_rungs.shape[1],
        "effective_draws": effective(found.weights), "effective_draws_rungs_alone": effective(weights(alone)),
        "largest_weight": float(found.weights.max()), "r_hat": r_hat(found), "log_evidence": evidence(found),
        "reached": reached(found),
        "alignment": _agreement(found) | {"spread_of_log_likelihood": float(by_alignment.std())},
        "informed": [row["path"] for row in table if row["ks"] >= INFORMED],
        "informed_rungs_alone": by_rungs["path"][by_rungs["ks"] >= INFORMED].tolist(),
        "parameters": {row["path"]: {name: row[name] for name in row if name != "path"} for row in table},
    }  # fmt: skip


def _agreement(found: Calibration) -> dict[str, float]:
    """Rank correlation of alignments with UN distances from the outside power: 5, 50, 95 % of the prior."""
    distances = rankdata(un_distances(POWER)[states_of(found.scenario)].to_numpy())
    ranks = rankdata(found.alignments.reshape(-1, len(distances)), axis=1)
    centred, other = ranks - ranks.mean(axis=1, keepdims=True), distances - distances.mean()
    size = np.sqrt((centred**2).sum(axis=1) * (other**2).sum())
    correlations = (centred @ other) / np.where(size > 0, size, 1.0)
    low, middle, high = np.quantile(correlations, [0.05, 0.5, 0.95])
    return {"correlation_low": float(low), "correlation_median": float(middle), "correlation_high": float(high)}
