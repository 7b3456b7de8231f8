"""A two-way Markov chain from rung to rung: what a tie does next year depends on its rung this year alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .record import TOP_RUNG
from .score import RUNGS

Whole = NDArray[np.int64]
STAYING, SPREAD = 1.0, 0.1
"""Year pairs that each rung of a chain is given beforehand: one that stays, and a tenth of one spread evenly over the
rungs. What was never seen is unlikely, not impossible, and of a rung that nobody held the chain says that it is kept."""


def counts(rungs: NDArray[np.float64]) -> NDArray[np.float64]:
    """How often each rung was followed by each a year later, shape (7, 7): from, to.

    `rungs` is a tie's rung in each year, not a number where it is not coded; pairs across a gap do not count.
    """
    found = np.zeros((RUNGS, RUNGS))
    pairs = np.isfinite(rungs[:-1]) & np.isfinite(rungs[1:])
    np.add.at(found, (rungs[:-1][pairs].astype(int), rungs[1:][pairs].astype(int)), 1)
    return found


def chain(pairs: np.ndarray) -> np.ndarray:
    """The two-way Markov chain of a year, shape (7, 7), rows adding up to 1, from counts of pairs, `STAYING` and `SPREAD`."""
    weights = pairs + STAYING * np.eye(RUNGS) + SPREAD / RUNGS
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def climb(rate: float) -> np.ndarray:
    """A ratchet as a chain, shape (7, 7): a rung up with probability `rate` below the top, never down."""
    steps = np.diag(np.append(np.full(TOP_RUNG, 1 - rate), 1.0))
    return steps + np.diag(np.full(TOP_RUNG, rate), 1)


def ahead(step: np.ndarray, steps: int) -> np.ndarray:
    """A chain so many steps on: its power."""
    return np.linalg.matrix_power(step, steps)


def leaving_one_out(records: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """For each tie the yearly probabilities, from its rung to the next, of all other ties; shape (ties, 7, 7)."""
    each = np.stack([counts(rungs) for rungs in records])
    return np.stack([chain(pairs) for pairs in each.sum(axis=0) - each])


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
