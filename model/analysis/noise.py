"""Chance against parameters: the law of total variance over points and the noises that all of them hear."""

from __future__ import annotations

import pandas as pd

from entente.telling.columns import typed

from .declared import VARIANCE
from .values import Values


def noise_table(values: Values) -> pd.DataFrame:
    """How much of each named outcome's variance is chance, one row an outcome.

    `between`: variance of point means, freed of what chance adds to them; `within`: mean variance inside a point,
    over its replicates; `share_of_chance`: the second in both. All points hear the same noises, so `within` falls
    into what a noise does to all points alike (`common`), which no difference between points contains, and what
    it does to some points only (`mixed`). `kept` is the share of the variance of point means that is due to the
    parameters: indices of the expected outcome are seen through that factor. One replicate cannot tell chance
    from parameters, and gives an empty table.
    """
    points, replicates, _ = values.runs.shape
    rows = []
    for column, (outcome, year) in enumerate(values.columns[: values.named]):
        runs = values.runs[:, :, column]
        if replicates == 1 or points == 1 or not runs.std() > 0:
            continue
        of_points, of_noises = runs.mean(axis=1), runs.mean(axis=0)
        left = runs - of_points[:, None] - of_noises[None, :] + runs.mean()
        mixed = float((left**2).sum() / ((points - 1) * (replicates - 1)))
        common = max(float(of_noises.var(ddof=1)) - mixed / points, 0.0)
        between = max(float(of_points.var(ddof=1)) - mixed / replicates, 0.0)
        within = float(runs.var(axis=1, ddof=1).mean())
        rows.append(
            {
                "outcome": outcome, "year": year, "between": between, "within": within,
                "share_of_chance": _share(within, between), "common": common, "mixed": mixed,
                "kept": _share(between, mixed / replicates), "points": points, "replicates": replicates,
            }
        )  # fmt: skip
    return typed(pd.DataFrame(rows, columns=list(VARIANCE)), VARIANCE)


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest > 0 else 0.0
