"""Whether a calibration to many ties can be trusted: its forecasts beside the records, and the method on records that
the model itself has made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..likelihood import effective, largest_power, over_replicates, rung_table, weights
from .calibrate import resample
from .diagnostics import unevenness
from .many import LEAST, ManyTies, uniform
from .pool import Pool, TieRuns

LEAP = 2
"""Rungs in a year from which on a move is a leap."""
SETS = 400
"""Sets of simulated records behind a predictive interval."""
INTERVAL = (0.05, 0.5, 0.95)
STATISTICS = {
    "level": "mean rung", "rises": "rises a year", "falls": "falls a year", "leaps": "leaps a year (2 rungs or more)",
}  # fmt: skip
EVEN = 1 / 12
"""Variance of even ranks."""


def statistics(rungs: np.ndarray, years: list[list[int]]) -> np.ndarray:
    """Level, rises, falls and leaps a year, shape (4, runs), from rungs (runs, cells) and the cells of each tie by year."""
    steps = np.concatenate([np.diff(rungs[:, places].astype(int), axis=1) for places in years], axis=1)
    if not steps.shape[1]:
        steps = np.zeros((len(rungs), 1))
    moves = [(steps > 0).mean(axis=1), (steps < 0).mean(axis=1), (np.abs(steps) >= LEAP).mean(axis=1)]
    return np.stack([rungs.mean(axis=1), *moves])


def _of(tie: TieRuns) -> list[list[int]]:
    return [tie.record.of(name) for name in tie.record.ties]


def predictive_checks(found: ManyTies) -> pd.DataFrame:
    """The mean over ties of four statistics: of the records, and of sets of simulated records of prior and posterior.

    A row a statistic, group of ties (`fitted`, `held`) and forecast: `record`, `low`, `median`, `high` (90 % interval over
    sets), and `below`, the share of sets below the record (those at it count half). In a set all ties have the same
    parameters, or, where some vary between ties, each has its own. Held ties are forecast by a fit without them.
    """
    pool, seed = found.pool, found.seed
    rows = []
    groups = [("fitted", found.fitted, found.fit.weights)] if len(found.splits) == 1 else []
    groups += [("held", list(one.held), fit.weights) for one, fit in zip(found.splits, found.fits, strict=True)]
    prior = uniform(len(pool.design))
    ties = {tie.name: tie for tie in pool.ties}
    sums: dict[tuple[str, str], list[np.ndarray]] = {}
    for group, names, posterior in groups:
        for forecast, weight in (("prior", prior), ("posterior", posterior)):
            for number, name in enumerate(names):
                tie = ties[name]
                apart = found.hierarchical and forecast == "posterior"
                draws = resample(weight, SETS, seed + (number if apart else 0))
                rng = np.random.default_rng([seed, number])
                runs = tie.rungs[draws, rng.integers(tie.rungs.shape[1], size=SETS)]
                happened = statistics(tie.record.codings[np.newaxis, :, 1], _of(tie))
                sums.setdefault((group, forecast), []).append(
                    np.concatenate([happened, statistics(runs, _of(tie))], axis=1)
                )
    for (group, forecast), parts in sums.items():
        for name, values in zip(STATISTICS, np.mean(parts, axis=0), strict=True):
            record, sets = values[0], values[1:]
            low, middle, high = np.quantile(sets, INTERVAL)
            below = float((sets < record).mean() + (sets == record).mean() / 2)
            rows.append(
                {"statistic": name, "ties": group, "forecast": forecast, "record": record, "low": low,
                 "median": middle, "high": high, "below": below}
            )  # fmt: skip
    return pd.DataFrame(rows)


def synthetic_many(pool: Pool, records: int, seed: int, ties: int | None = None) -> tuple[pd.DataFrame, float]:
    """Simulation-based calibration on a folder: ranks of true parameters (0..1), a row a set of synthetic records, and
    the mean effective number of draws.

    The truth is a draw of the prior, and each tie's record is coded from one of its runs. Of its cells as many are
    coded, at random, as the tie's own record has that are no repetition, each counting 1, so that a synthetic record
    says as much as a real one does. `ties` are taken at random each time (none: all), and weighed as a pooled
    calibration weighs them.
    """
    rng = np.random.default_rng(seed)
    draws, replicates = pool.ties[0].rungs.shape[:2]
    table = rung_table()
    edges, logs = np.cumsum(table, axis=1), np.log(table)
    values = pool.design.to_numpy()
    rows, behind = [], []
    for truth in rng.choice(draws, size=records, replace=False):
        chosen = range(len(pool.ties)) if ties is None else rng.choice(len(pool.ties), size=ties, replace=False)
        together = np.zeros(draws)
        for tie in (pool.ties[at] for at in chosen):
            cells = rng.choice(tie.rungs.shape[2], size=tie.record.spells, replace=False)
            rungs = tie.rungs[truth, rng.integers(replicates), cells]
            # Uniform numbers from below 1 on: the last edge is 1 but for rounding.
            coded = np.minimum((rng.random((len(cells), 1)) > edges[rungs]).sum(axis=1), edges.shape[1] - 1)
            by_run = sum(logs[tie.rungs[:, :, cell], code] for cell, code in zip(cells, coded, strict=True))
            together += over_replicates(np.asarray(by_run))
        together[truth] = -np.inf
        others = np.delete(together, truth)
        share = weights(largest_power(others, min(LEAST, draws / 2)) * others)
        behind.append(effective(weights(others)))
        lower = np.delete(values, truth, axis=0) < values[truth]
        # Weights add up to 1 but for rounding.
        rows.append(np.minimum(share @ lower, 1))
    return pd.DataFrame(rows, columns=pool.design.columns), float(np.mean(behind))


def told(ranks: pd.DataFrame, behind: float) -> dict[str, Any]:
    """How even ranks are, and `width`: their variance against that of even ranks, for the parameter where it differs
    most; below 1 posteriors are too wide, above 1 too sure of themselves."""
    ratio = ranks.var(ddof=0) / EVEN
    return unevenness(ranks) | {
        "effective_draws": behind, "width": float(ratio.mean()),
        "width_least": float(ratio.min()), "width_most": float(ratio.max()),
    }  # fmt: skip
