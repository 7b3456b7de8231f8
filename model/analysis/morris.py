"""Morris' elementary effects of many outcomes at once (Morris 1991; Campolongo, Cariboni, and Saltelli 2007)."""

from __future__ import annotations

import numpy as np

from entente.world.draws import Floats

from .sobol import resampled_weights
from .tables import Estimate, half_width


def elementary_effects(unit: Floats, outputs: Floats, groups: list[str]) -> Floats:
    """Effects of each factor or group along each trajectory, shape (trajectories, parameters, columns).

    An effect is the change of the outcome over the step of the factor on the unit interval, so its unit is that
    of the outcome, over the factor's whole range. In a group of several factors, which may step in opposite
    directions, only the size of an effect means something.
    """
    names = list(dict.fromkeys(groups))
    length = len(names) + 1
    steps = np.diff(unit.reshape(-1, length, unit.shape[1]), axis=1)
    change = np.diff(outputs.reshape(-1, length, outputs.shape[1]), axis=1)
    factor = np.abs(steps).argmax(axis=2)
    size = np.take_along_axis(steps, factor[..., None], axis=2)
    group = np.array([names.index(name) for name in groups])[factor]
    found = np.empty_like(change)
    np.put_along_axis(found, group[..., None], change / size, axis=1)
    return found


def morris_indices(
    unit: Floats, outputs: Floats, groups: list[str], resamples: int, level: float, seed: int
) -> list[Estimate]:
    """`mu_star` (mean size of the effects), and where each factor moves alone `mu` (mean) and `sigma` (spread)."""
    effects = elementary_effects(unit, outputs, groups)
    names = list(dict.fromkeys(groups))
    count = len(effects)
    weights = np.vstack([np.full(count, 1 / count), resampled_weights(count, resamples, seed)])

    def mean(values: Floats) -> Floats:
        return np.asarray(np.tensordot(weights, values, axes=1))

    found = {"mu_star": mean(np.abs(effects))}
    if len(names) == len(groups):
        found["mu"] = mean(effects)
        # Two equal trajectories in a resample leave rounding, which may be below 0.
        spread = np.maximum(mean(effects**2) - found["mu"] ** 2, 0.0)
        found["sigma"] = np.sqrt(spread * count / (count - 1))
    return [Estimate(index, names, values[0], half_width(values[1:], level)) for index, values in found.items()]
