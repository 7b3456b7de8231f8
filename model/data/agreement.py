"""How far several codings of the same ties agree, and one record made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from entente.errors import InputError

from .read import is_set, read_set
from .sets import PRACTICE, RECORD


@dataclass(frozen=True)
class Agreement:
    """What several codings have in common.

    `units` has a row a tie and year that two coders at least coded: the tie's columns, `year`, and the lowest,
    middle and highest rung; `alpha` is Krippendorff's, ordinal, 1 perfect and 0 chance; `exact` and `near` are
    the shares of pairs of codings that are equal, or a rung apart at most.
    """

    units: pd.DataFrame
    coders: int
    alpha: float
    exact: float
    near: float


def krippendorff(codings: np.ndarray) -> float:
    """Krippendorff's alpha for ordinal codes (Krippendorff 2004, ch. 11).

    `codings` has a row a coder and a column a unit, values 0, 1, 2, ... and NaN where a coder left one out.
    NaN where no unit is coded twice; 1 where all codes are one.
    """
    codes = codings[:, (~np.isnan(codings)).sum(axis=0) > 1]
    levels = np.unique(codes[~np.isnan(codes)])
    if not len(levels):
        return float("nan")
    counts = np.array([(codes == level).sum(axis=0) for level in levels], dtype=float)
    coders = counts.sum(axis=0)
    # Each unit's pairs of codes, in both orders, weighted so that every code counts once.
    together = (counts / (coders - 1)) @ counts.T - np.diag((counts / (coders - 1)).sum(axis=1))
    of_level = together.sum(axis=1)
    below = np.cumsum(of_level) - of_level / 2
    distance = (below[:, None] - below[None, :]) ** 2
    expected = (np.outer(of_level, of_level) * distance).sum()
    if expected == 0:
        return 1.0
    return float(1 - (of_level.sum() - 1) * (together * distance).sum() / expected)


def compare(files: Sequence[Path]) -> Agreement:
    """Compare codings in files of one form: records of ties, or practice by dyad and year.

    Raises `InputError` where files are of two forms or share no tie and year.
    """
    if len(files) < 2:
        raise InputError("--compare: needs two codings at least")
    kind = PRACTICE if is_set(files[0], PRACTICE) else RECORD
    names = [*kind.codes] or ["tie", "treaty"]
    tables = [read_set(file, kind).rows.set_index([*names, "year"]).rung for file in files]
    codes = pd.concat(tables, axis=1, keys=range(len(files)))
    codes = codes[codes.notna().sum(axis=1) > 1].sort_index()
    if codes.empty:
        raise InputError(f"--compare: {files[0]} and {files[1]} share no tie and year")
    values = codes.to_numpy(dtype=float)
    apart = np.concatenate([values[:, a] - values[:, b] for a, b in combinations(range(len(files)), 2)])
    apart = np.abs(apart[~np.isnan(apart)])
    units = codes.index.to_frame(index=False)
    units["year"] = units.year.astype(int)
    units["rung"] = np.nanquantile(values, 1 / 2, axis=1, method="lower").astype(int)
    units["rung_lo"], units["rung_hi"] = (
        np.nanmin(values, axis=1).astype(int),
        np.nanmax(values, axis=1).astype(int),
    )
    return Agreement(
        units, len(files), krippendorff(values.T), float((apart == 0).mean()), float((apart <= 1).mean())
    )
