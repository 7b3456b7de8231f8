"""Bootstraps over ties, and over the states that are in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def of_ties(ties: int, resamples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """How often each tie is drawn, with replacement, shape (resamples, ties)."""
    return rng.multinomial(ties, np.full(ties, 1 / ties), size=resamples)


def of_states(parties: Sequence[Sequence[str]], resamples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """How often each tie counts where states are drawn: the product of the numbers of its parties; shape (resamples, ties).

    Ties that share a state are not independent (Snijders and Borgatti 1999). `parties` are the states of each tie.
    """
    states = sorted({state for own in parties for state in own})
    drawn = rng.multinomial(len(states), np.full(len(states), 1 / len(states)), size=resamples)
    at = {state: place for place, state in enumerate(states)}
    return np.stack([drawn[:, [at[state] for state in own]].prod(axis=1) for own in parties], axis=1)
