"""Sobol's first, total and second-order indices of many outcomes at once (Saltelli et al. 2010).

The formulas are SALib's `first_order`, `total_order` and `second_order`. Each is a ratio of means over the
base sample, so that all bootstrap resamples of all outcomes are one product of matrices rather than a loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entente.world.draws import Floats

from .tables import Estimate, half_width


@dataclass(frozen=True)
class _Blocks:
    """Normalized outputs of the base sample: `a`, `b` of shape (base, columns), `ab`, `ba` one a factor."""

    a: Floats
    b: Floats
    ab: list[Floats]
    ba: list[Floats]


def sobol_indices(
    outputs: Floats, parameters: list[str], second_order: bool, resamples: int, level: float, seed: int
) -> list[Estimate]:
    """Indices from outputs in the order of SALib's Sobol sample, shape (points, columns), no column constant."""
    blocks = _separate(outputs, len(parameters), second_order)
    base = len(blocks.a)
    weights = np.vstack([np.full(base, 1 / base), resampled_weights(base, resamples, seed)])
    variance = _variance(blocks, weights)
    first = np.stack([_divide(weights @ (blocks.b * (ab - blocks.a)), variance) for ab in blocks.ab], axis=1)
    total = np.stack([_divide(0.5 * (weights @ (blocks.a - ab) ** 2), variance) for ab in blocks.ab], axis=1)
    found = [_estimate("S1", parameters, first, level), _estimate("ST", parameters, total, level)]
    if second_order:
        pairs = [(j, k) for j in range(len(parameters)) for k in range(j + 1, len(parameters))]
        joint = np.stack(
            [
                _divide(weights @ (blocks.ba[j] * blocks.ab[k] - blocks.a * blocks.b), variance)
                - first[:, j] - first[:, k]
                for j, k in pairs
            ],
            axis=1,
        )  # fmt: skip
        found.append(_estimate("S2", [f"{parameters[j]} x {parameters[k]}" for j, k in pairs], joint, level))
    return found


def resampled_weights(count: int, resamples: int, seed: int) -> Floats:
    """Weights of rows in bootstrap resamples, shape (resamples, count); the draws are those that SALib makes."""
    # SALib takes a seed of 0 for none at all.
    picks = np.random.default_rng(seed + 1).integers(count, size=(count, resamples))
    return np.stack([np.bincount(picks[:, n], minlength=count) for n in range(resamples)]) / count


def _separate(outputs: Floats, factors: int, second_order: bool) -> _Blocks:
    normal = (outputs - outputs.mean(axis=0)) / outputs.std(axis=0)
    step = 2 * factors + 2 if second_order else factors + 2
    return _Blocks(
        normal[::step],
        normal[step - 1 :: step],
        [normal[j + 1 :: step] for j in range(factors)],
        [normal[j + 1 + factors :: step] for j in range(factors)] if second_order else [],
    )


def _variance(blocks: _Blocks, weights: Floats) -> Floats:
    """Variance of both base samples together, for each row of weights."""
    mean = weights @ (blocks.a + blocks.b) / 2
    return np.asarray(weights @ (blocks.a**2 + blocks.b**2) / 2 - mean**2)


def _divide(above: Floats, variance: Floats) -> Floats:
    """The ratio; 0 where a resample happens to hold one value only, as in SALib."""
    return np.divide(above, variance, out=np.zeros_like(above), where=variance > np.finfo(float).eps)


def _estimate(index: str, parameters: list[str], found: Floats, level: float) -> Estimate:
    return Estimate(index, parameters, found[0], half_width(found[1:], level))
