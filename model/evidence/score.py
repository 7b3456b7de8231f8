"""Scores of a forecast over the rungs 0..6: against what was coded, the mean over its three codings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .record import TOP_RUNG, Record

RUNGS = TOP_RUNG + 1
SMOOTHING = 0.05
"""Weight of the uniform distribution in the log score: one forecast in twenty says nothing, so that a
rung which no run reached costs log(7/.05), about 4.9, and not infinity, whatever the number of runs."""
INTERVAL = (0.05, 0.95)
NEAR_YEARS = 2
"""A move counts as foreseen where runs make it within so many years."""


def probabilities(rungs: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Share of runs at each rung, shape (cells, 7), from rungs of shape (runs, cells); runs may have weights."""
    if weight is None:
        return np.stack([(rungs == rung).mean(axis=0) for rung in range(RUNGS)], axis=1)
    return np.stack([weight @ (rungs == rung) for rung in range(RUNGS)], axis=1)


def rps(forecast: np.ndarray, codings: np.ndarray) -> np.ndarray:
    """Ranked probability score of each cell: the squared differences of the cumulated distributions, a sixth
    of their sum; 0 is perfect, 1 the worst (Epstein 1969). `codings` has the shape (cells, codings)."""
    happened = codings[:, :, np.newaxis] <= np.arange(RUNGS)
    gaps = np.cumsum(forecast, axis=1)[:, np.newaxis, :] - happened
    return np.asarray((gaps**2)[:, :, :TOP_RUNG].sum(axis=2).mean(axis=1) / TOP_RUNG)


def log_score(forecast: np.ndarray, codings: np.ndarray) -> np.ndarray:
    """Minus the log of the probability given to what was coded, smoothed by `SMOOTHING`; less is better."""
    smoothed = (1 - SMOOTHING) * forecast + SMOOTHING / RUNGS
    return np.asarray(-np.log(np.take_along_axis(smoothed, codings, axis=1)).mean(axis=1))


def interval(forecast: np.ndarray) -> np.ndarray:
    """The central interval of each cell that holds 90 % at least, shape (cells, 2)."""
    cumulated = np.cumsum(forecast, axis=1)
    # Shares of runs are added up: a hair below .95 is .95.
    return np.stack([np.argmax(cumulated >= level - 1e-12, axis=1) for level in INTERVAL], axis=1)


def coverage(forecast: np.ndarray, codings: np.ndarray) -> np.ndarray:
    """Share of a cell's codings that lie within its interval."""
    low, high = interval(forecast).T[:, :, np.newaxis]
    return np.asarray(((low <= codings) & (codings <= high)).mean(axis=1))


@dataclass(frozen=True)
class Moves:
    """Moves of one direction in the record: how many, the share of runs that make each within two years of it
    (its mean over moves is the hit rate), and how many of the moves of runs have none of the record near."""

    recorded: int
    hits: float
    made: int
    false: int

    @property
    def hit_rate(self) -> float | None:
        """None where nothing moved."""
        return self.hits / self.recorded if self.recorded else None

    def __add__(self, other: Moves) -> Moves:
        return Moves(
            self.recorded + other.recorded,
            self.hits + other.hits,
            self.made + other.made,
            self.false + other.false,
        )


def moves(rungs: np.ndarray, record: Record, tie: str, direction: int) -> Moves:
    """Moves up (`direction` 1) or down (-1) of a tie, from one coded year to the next."""
    places = record.of(tie)
    years = np.array([record.cells[place].year for place in places])[1:]
    coded = np.array([record.cells[place].rung for place in places])
    happened = np.sign(np.diff(coded)) == direction
    made = np.sign(np.diff(rungs[:, places], axis=1)) == direction
    near = np.abs(years[:, np.newaxis] - years) <= NEAR_YEARS
    hits = sum(float(made[:, near[at]].any(axis=1).mean()) for at in np.flatnonzero(happened))
    lonely = ~(near & happened).any(axis=1)
    return Moves(int(happened.sum()), hits, int(made.sum()), int(made[:, lonely].sum()))


def summary(forecast: np.ndarray, codings: np.ndarray) -> dict[str, float]:
    """Mean scores over cells."""
    return {
        "rps": float(rps(forecast, codings).mean()),
        "log_score": float(log_score(forecast, codings).mean()),
        "coverage90": float(coverage(forecast, codings).mean()),
    }


def move_summary(rungs: np.ndarray, record: Record, ties: list[str]) -> dict[str, Any]:
    """Moves of some ties: hit rates up and down (None where nothing moved), share of moves that are false."""
    up, down = (
        sum((moves(rungs, record, tie, direction) for tie in ties), start=Moves(0, 0.0, 0, 0))
        for direction in (1, -1)
    )
    both = up + down
    return {
        "moves_up": up.recorded, "moves_down": down.recorded,
        "hit_rate_up": up.hit_rate, "hit_rate_down": down.hit_rate,
        "false_moves": both.false / both.made if both.made else None,
    }  # fmt: skip
