"""The tidy table that every index ends in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from entente.telling.columns import empty, typed
from entente.world.draws import Floats

from .declared import INDICES

Columns = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Estimate:
    """One index: values and the half-widths of their intervals, each of shape (parameters, columns)."""

    index: str
    parameters: Sequence[str]
    value: Floats
    half: Floats


def half_width(resampled: Floats, level: float) -> Floats:
    """Half the width of a normal interval from bootstrap resamples (first axis), as SALib has it."""
    return np.asarray(norm.ppf(0.5 + level / 2) * resampled.std(axis=0, ddof=1))


def index_table(estimates: Sequence[Estimate], columns: Columns, method: str, n: int) -> pd.DataFrame:
    """Estimates as rows `outcome, year, method, parameter, index, value, low, high, n`; `n` is the sample."""
    frames = []
    for found in estimates:
        down, across = found.value.shape
        frames.append(
            pd.DataFrame(
                {
                    "outcome": [name for name, _ in columns] * down,
                    "year": np.array([year for _, year in columns] * down, dtype=np.int64),
                    "method": method,
                    "parameter": np.repeat(np.asarray(found.parameters, dtype=object), across),
                    "index": found.index,
                    "value": found.value.ravel(),
                    "low": (found.value - found.half).ravel(),
                    "high": (found.value + found.half).ravel(),
                    "n": np.int64(n),
                }
            )
        )
    return typed(pd.concat(frames, ignore_index=True)[list(INDICES)], INDICES) if frames else empty(INDICES)
