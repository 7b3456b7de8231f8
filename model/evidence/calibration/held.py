"""Ties that are held back from a fit, and whether a posterior forecasts them better than the prior does.

A tie is held back whole, by a hash of its name and the seed: its years never stand on both sides, and which ties
are held does not depend on what else a folder holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entente.analysis.sobol import resampled_weights
from entente.errors import InputError

from ..likelihood import over_draws
from ..score import rps
from .pool import Pool

RESAMPLES = 2000
QUANTILES = (0.025, 0.975)
DIGITS = 15
"""Hexadecimal digits of a hash that are read, as many as a float can hold."""


@dataclass(frozen=True)
class Split:
    """Names of the ties that are fitted, and of those that are held back."""

    fitted: tuple[str, ...]
    held: tuple[str, ...]


def place(name: str, seed: int) -> float:
    """Where a tie stands between 0 and 1, by chance but always there."""
    return int(hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()[:DIGITS], 16) / 16.0**DIGITS


def split(names: Sequence[str], share: float, seed: int) -> Split:
    """Hold back about `share` of the ties. Raises `InputError` where none would be held or none fitted."""
    held = tuple(name for name in names if place(name, seed) < share)
    fitted = tuple(name for name in names if name not in held)
    if not held or not fitted:
        side = "held back" if not held else "fitted"
        raise InputError(
            f"--held {share:g}: of {len(names)} ties none is {side}; take more ties, another share or seed"
        )
    return Split(fitted, held)


def folds(names: Sequence[str], count: int, seed: int) -> list[Split]:
    """Splits in which every tie is held back once, in `count` groups that differ by one tie at most."""
    if count > len(names):
        raise InputError(f"--folds {count}: there are only {len(names)} ties that can be run")
    order = sorted(names, key=lambda name: place(name, seed))
    return [
        Split(tuple(name for name in names if name not in order[at::count]), tuple(sorted(order[at::count])))
        for at in range(count)
    ]


def tie_scores(pool: Pool, names: Sequence[str], weight: np.ndarray) -> np.ndarray:
    """Ranked probability score of the forecast of weighted draws for each of some ties, the mean over its cells."""
    ties = {tie.name: tie for tie in pool.ties}
    return np.array([float(rps(ties[name].shares(weight), ties[name].record.codings).mean()) for name in names])


def log_predictive(pool: Pool, names: Sequence[str], weight: np.ndarray) -> np.ndarray:
    """Log of the mean likelihood of each of some ties under weighted draws."""
    ties = {tie.name: tie for tie in pool.ties}
    return np.array([over_draws(ties[name].log_likelihood, weight) for name in names])


def paired(differences: np.ndarray, seed: int) -> dict[str, float]:
    """Mean of a difference a tie, with its 95 % bootstrap interval over ties."""
    means = resampled_weights(len(differences), RESAMPLES, seed) @ differences
    low, high = np.quantile(means, QUANTILES)
    return {"mean": float(differences.mean()), "low": float(low), "high": float(high)}
