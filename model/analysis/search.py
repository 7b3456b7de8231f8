"""Critical values: for each run the lever from which on a condition holds, all runs at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entente.world.draws import Floats

from .paired import LEVEL

RESAMPLES, HELD = 2000, 4_000_000
"""Bootstrap samples of every interval, and numbers of them that are held in memory at once."""

ROUNDING = 1e-9
"""A share times a count that is whole but for rounding counts as whole."""

Places = NDArray[np.int64]
Measure = Callable[[Floats, Places], Floats]
"""What is measured of runs: `measure(levers, runs)` gives the outcome of run `runs[i]` at lever `levers[i]`."""


@dataclass(frozen=True)
class Criticals:
    """`grid` (points): the levers tried; `values` (points, runs): the outcome there; `holds` likewise;
    `critical` (runs): the lever from which on the condition holds up to the top of the range, the bottom where
    it always does, infinity where it does not at the top.
    """

    grid: Floats
    values: Floats
    holds: NDArray[np.bool_]
    critical: Floats

    @property
    def flat(self) -> bool:
        """Whether the lever moves nothing in any run."""
        return bool((self.values == self.values[:1]).all())

    @property
    def monotone(self) -> float:
        """Share of runs in which the condition, once met, is kept at every greater lever tried."""
        return float((~(self.holds[:-1] & ~self.holds[1:]).any(axis=0)).mean())


def critical_values(
    measure: Measure,
    met: Callable[[Floats], NDArray[np.bool_]],
    low: float,
    high: float,
    runs: int,
    steps: int,
    tolerance: float,
) -> Criticals:
    """Try `steps` levers on every run, then halve each run's own interval down to `tolerance` (in levers).

    `met` says where outcomes meet the condition. What is found lies at most `tolerance` above the true value.
    """
    grid = np.linspace(low, high, steps)
    everyone = np.arange(runs)
    values = measure(np.repeat(grid, runs), np.tile(everyone, steps)).reshape(steps, runs)
    holds = met(values)
    failing = np.where(holds, -1, np.arange(steps)[:, np.newaxis]).max(axis=0)
    critical = np.full(runs, np.inf)
    critical[failing == -1] = low
    seeking = everyone[(failing >= 0) & (failing < steps - 1)]
    below, above = grid[failing[seeking]], grid[failing[seeking] + 1]
    while len(seeking) and float((above - below).max()) > tolerance:
        middle = (below + above) / 2
        there = met(measure(middle, seeking))
        below, above = np.where(there, below, middle), np.where(there, middle, above)
    critical[seeking] = above
    return Criticals(grid, values, holds, critical)


def smallest(critical: Floats, probability: float) -> Floats:
    """The least lever at which the condition holds in a share `probability` of the runs, along the last axis."""
    runs = critical.shape[-1]
    place = max(int(np.ceil(probability * runs - ROUNDING)) - 1, 0)
    return np.asarray(np.sort(critical, axis=-1)[..., place])


def bootstrap(values: Floats, group: int, seed: int, statistic: Callable[[Floats], Floats]) -> tuple[float, float]:
    """Percentile interval of a statistic of runs, drawn anew in groups of `group` neighbours.

    `statistic` takes samples (samples, runs) and gives a number for each. Each end is one of these numbers, so that
    infinity may be one.
    """
    groups = values.reshape(-1, group)
    # A key of its own, so that samples owe nothing to the draws of the parameters.
    rng = np.random.default_rng([seed, RESAMPLES])
    size = max(HELD // values.size, 1)
    found = []
    for done in range(0, RESAMPLES, size):
        chosen = rng.integers(len(groups), size=(min(size, RESAMPLES - done), len(groups)))
        found.append(statistic(groups[chosen].reshape(len(chosen), -1)))
    samples = np.concatenate(found)
    low, high = (smallest(samples, share) for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return float(low), float(high)


def share_interval(flags: NDArray[np.bool_], group: int, seed: int) -> tuple[float, float]:
    """Bootstrap interval of a share of runs."""
    return bootstrap(flags.astype(float), group, seed, lambda samples: np.asarray(samples.mean(axis=1)))
