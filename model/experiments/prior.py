"""Draws of the behaviour parameters from their declared prior ranges."""

from __future__ import annotations

import pandas as pd
from scipy.stats import qmc

from ..schema.base import declared
from ..schema.behaviour import Behaviour


def prior_ranges() -> dict[str, tuple[float, float]]:
    """Dotted path and prior range of every behaviour parameter that declares one."""
    found = {}
    for name, field in Behaviour.model_fields.items():
        prior = declared(field, "prior")
        if prior is not None:
            found[f"behaviour.{name}"] = (float(prior[0]), float(prior[1]))
    return found


def prior_draws(draws: int, seed: int) -> pd.DataFrame:
    """`draws` points of a Latin hypercube over the prior ranges, one column a dotted path."""
    ranges = prior_ranges()
    low, high = zip(*ranges.values(), strict=True)
    unit = qmc.LatinHypercube(d=len(ranges), rng=seed).random(draws)
    return pd.DataFrame(qmc.scale(unit, low, high), columns=list(ranges))
