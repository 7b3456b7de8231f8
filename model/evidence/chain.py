"""A two-way Markov chain from rung to rung: what a tie does next year depends on its rung this year alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .record import TOP_RUNG

Whole = NDArray[np.int64]
STAYING = 1.0
"""Years of staying that every rung is given before any is counted, so that one never seen is not undefined."""


def counts(rungs: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often each rung was followed by each a year later, shape (7, 7): from, to.

    `rungs` is a tie's rung in each year, not a number where it is not coded; pairs across a gap do not count.
    """
    found = np.zeros((TOP_RUNG + 1, TOP_RUNG + 1))
    pairs = np.isfinite(rungs[:-1]) & np.isfinite(rungs[1:])
    np.add.at(found, (rungs[:-1][pairs].astype(int), rungs[1:][pairs].astype(int)), 1)
    return found


def leaving_one_out(records: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For each tie the yearly probabilities, from its rung to the next, of all other ties; shape (ties, 7, 7)."""
    each = np.stack([counts(rungs) for rungs in records])
    others = each.sum(axis=0) - each + STAYING * np.eye(TOP_RUNG + 1)
    return np.asarray(others / others.sum(axis=-1, keepdims=True))


def simulate_chain(
    probabilities: NDArray[np.float64], first: int, years: int, runs: int, rng: np.random.Generator
) -> Whole:
    """Rungs of `runs` walks of `years` years that begin at rung `first`; shape (runs, years)."""
    cumulated = probabilities.cumsum(axis=1)
    # Sums of shares end a last bit short of 1, which a draw may exceed.
    cumulated[:, -1] = 1.0
    found = np.full((runs, years), first, dtype=np.int64)
    for year in range(1, years):
        drawn = rng.random(runs)
        found[:, year] = (cumulated[found[:, year - 1]] <= drawn[:, None]).sum(axis=1)
    return found
