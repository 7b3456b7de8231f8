"""Frames of measured runs: one row a run, and one a run and kept month, whatever engine ran them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from .draws import Floats
from .outcomes import Number, Outcome
from .pack import World
from .rows import Lot

Series = Callable[[Outcome, slice], Floats]
"""The series of an outcome in some months, shape (months, runs)."""


def numbers_of(lot: Lot) -> list[Number]:
    """The recorded numbers that the outcomes of a lot are made of, each once."""
    return list(dict.fromkeys(number for outcome in lot.measured for number in outcome.numbers))


def frames(
    lot: Lot, rows: np.ndarray, replicates: np.ndarray, series: Series, keep: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcomes, one row a run, and the kept months of their series, one row a run and month.

    Run `n` is row `rows[n]` of the lot under replicate `replicates[n]`; `keep` is `none`, `yearly` or `monthly`.
    """
    keys = {"point": lot.points[rows], "replicate": replicates.astype(np.int64)}
    if keep == "none":
        reduced = {one.name: one.reduce(series(one, one.months)) for one in lot.measured}
        return pd.DataFrame(keys | reduced), _kept(lot.world, keys, {}, keep)
    whole = {one.series_name: series(one, slice(None)) for one in lot.measured}
    reduced = {one.name: one.reduce(whole[one.series_name][one.months]) for one in lot.measured}
    return pd.DataFrame(keys | reduced), _kept(lot.world, keys, whole, keep)


def _kept(world: World, keys: dict[str, np.ndarray], series: dict[str, Floats], keep: str) -> pd.DataFrame:
    names = [world.month(world.opens + row) for row in range(world.steps - world.opens)]
    if keep == "none":
        return pd.DataFrame({**{name: key[:0] for name, key in keys.items()}, "month": pd.Series(dtype=str)})
    rows = [row for row, name in enumerate(names) if keep == "monthly" or name.endswith("-12")]
    count = len(keys["point"])
    return pd.DataFrame(
        {name: np.repeat(key, len(rows)) for name, key in keys.items()}
        | {"month": [names[row] for row in rows] * count}
        | {name: values[rows].T.reshape(-1) for name, values in series.items()}
    )
