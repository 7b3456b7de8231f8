"""Forecasts made of what other ties did: how common rungs are, a chain from year to year, and upward drift.

Each leaves the tie out that is forecast, and, from an origin on, reads nothing that was coded later.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np

from entente.schema.base import MONTHS_IN_YEAR

from ..baselines import fitted_drift
from ..chain import ahead, climb
from ..record import Cell
from ..score import RUNGS


class Others:
    """What the ties of a folder did, from which any one of them can be left out.

    `cells` names each tie, by whatever tells it from others, and its cells. Pairs are of a tie's codings in two years that follow each other.
    """

    def __init__(self, cells: Iterable[tuple[Hashable, Iterable[Cell]]]) -> None:
        coded = {tie: sorted(own, key=lambda cell: cell.year) for tie, own in cells}
        years = sorted({cell.year for own in coded.values() for cell in own})
        self._at = {year: place for place, year in enumerate(years)}
        self._ties = {tie: place for place, tie in enumerate(coded)}
        shape = (len(coded), len(years), RUNGS)
        codings, pairs = np.zeros(shape), np.zeros((*shape, RUNGS))
        for tie, own in coded.items():
            for cell in own:
                np.add.at(codings, (self._ties[tie], self._at[cell.year], list(cell.codings)), 1.0)
            for last, cell in zip(own[:-1], own[1:], strict=True):
                if cell.year - last.year == 1:
                    pairs[self._ties[tie], self._at[cell.year], last.rung, cell.rung] += 1.0
        self._codings, self._pairs = np.cumsum(codings, axis=1), np.cumsum(pairs, axis=1)
        self._years = np.array(years)

    def codings(self, tie: Hashable, until: int | None = None) -> np.ndarray:
        """How often the other ties were coded at each rung, shape (7,), up to a year (none: in all)."""
        return self._without(self._codings, tie, until)

    def pairs(self, tie: Hashable, until: int | None = None) -> np.ndarray:
        """How often the other ties went from a rung (row) to another in a year, shape (7, 7), up to a year."""
        return self._without(self._pairs, tie, until)

    def _without(self, counts: np.ndarray, tie: Hashable, until: int | None) -> np.ndarray:
        last = len(self._years) if until is None else int(np.searchsorted(self._years, until, side="right"))
        if last == 0:
            return np.zeros(counts.shape[2:])
        upto = counts[:, last - 1]
        return np.asarray(upto.sum(axis=0) - upto[self._ties[tie]])


def base_rate(codings: np.ndarray) -> np.ndarray:
    """How common each rung is, shape (7,); evenly spread where nothing was coded."""
    return codings / codings.sum() if codings.any() else np.full(RUNGS, 1 / RUNGS)


def rise_rate(pairs: np.ndarray) -> float:
    """Share of the year pairs that rose, 0 where there is none."""
    return float(np.triu(pairs, 1).sum() / pairs.sum()) if pairs.any() else 0.0


def shipped_climb(years: int, seed: int) -> np.ndarray:
    """The ratchet whose drift is fitted to the record that ships, so many years on, shape (7, 7)."""
    drifts, shares = fitted_drift(seed)
    powers = [
        share * ahead(climb(drift), years * MONTHS_IN_YEAR) for drift, share in zip(drifts, shares, strict=True)
    ]
    return np.asarray(np.sum(powers, axis=0))
