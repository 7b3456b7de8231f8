"""Indices that read any given sample: PAWN (Pianosi and Wagener 2018) and delta (Plischke et al. 2013)."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pandas as pd

from entente.world.draws import Floats

from .sobol import resampled_weights
from .tables import Estimate, half_width

DENSITY_POINTS, CLASSES_AT_MOST = 100, 48
"""Points at which delta compares densities, and the most classes that it cuts a sample into, as in SALib."""


def places(design: pd.DataFrame) -> Floats:
    """Factors as numbers, shape (points, factors): names and switches by the order of their levels."""
    columns = [
        values.astype(float) if pd.api.types.is_numeric_dtype(values) else pd.Categorical(values.map(str)).codes
        for _, values in design.items()
    ]
    return np.column_stack(columns).astype(float)


def pawn_indices(
    inputs: Floats, outputs: Floats, names: list[str], slices: int, resamples: int, level: float, seed: int
) -> list[Estimate]:
    """Median and greatest Kolmogorov-Smirnov distance, over slices of each factor, to the whole sample."""
    weights = np.vstack([np.ones(len(inputs)), len(inputs) * resampled_weights(len(inputs), resamples, seed)])
    shape = (len(weights), len(names), outputs.shape[1])
    median, most = np.empty(shape), np.empty(shape)
    for j in range(len(names)):
        slice_of = sliced(inputs[:, j], slices)
        for column in range(outputs.shape[1]):
            order = np.argsort(outputs[:, column], kind="stable")
            apart = _distances(order, slice_of, outputs[:, column], weights, slice_of.max() + 1)
            median[:, j, column] = np.nanmedian(apart, axis=1)
            most[:, j, column] = np.nanmax(apart, axis=1)
    return [
        Estimate("pawn_median", names, median[0], half_width(median[1:], level)),
        Estimate("pawn_max", names, most[0], half_width(most[1:], level)),
    ]


def sliced(values: Floats, slices: int) -> np.ndarray:
    """The slice of each value: one a level where these are few, else between quantiles as in SALib.

    SALib leaves the greatest value out of the last slice; it is in none (-1).
    """
    levels, level_of = np.unique(values, return_inverse=True)
    if len(levels) <= slices:
        return np.asarray(level_of, dtype=np.int64)
    edges = np.quantile(values, np.linspace(0, 1, slices + 1))
    found = np.searchsorted(edges, values, side="right") - 1
    return np.where(values >= edges[-1], -1, found).astype(np.int64)


def _every_distance(order: Any, slice_of: Any, values: Any, weights: Any, slices: int) -> Any:  # pragma: no cover
    """Distances of each slice to the whole, shape (resamples, slices); `order` sorts the values.

    Between two members of a slice its own distribution is flat, so that the two differ most just before a
    member or at it.
    """
    found = np.full((weights.shape[0], slices), np.nan)
    for w in range(weights.shape[0]):
        own = weights[w]
        total, below = np.zeros(slices), np.zeros(slices)
        for n in order:
            if slice_of[n] >= 0:
                total[slice_of[n]] += own[n]
        whole, all_below, first = own.sum(), 0.0, 0
        while first < len(order):
            last = first
            while last < len(order) and values[order[last]] == values[order[first]]:
                last += 1
            for after in range(2):
                for n in order[first:last]:
                    s = slice_of[n]
                    if s >= 0 and total[s] > 0:
                        apart = abs(below[s] / total[s] - all_below / whole)
                        if not found[w, s] >= apart:
                            found[w, s] = apart
                if after == 0:
                    for n in order[first:last]:
                        all_below += own[n]
                        if slice_of[n] >= 0:
                            below[slice_of[n]] += own[n]
            first = last
    return found


_distances: Any = numba.njit(nogil=True)(_every_distance)


def delta_indices(
    inputs: Floats, outputs: Floats, names: list[str], resamples: int, level: float, seed: int
) -> list[Estimate]:
    """Borgonovo's delta with its bias taken off, and the first-order index from the same classes.

    The bias is that of the sample's own delta, as in Plischke et al. (2013); SALib's `delta_raw` corrects the
    delta of a resample, which leaves part of it.
    """
    count = len(inputs)
    picks = np.random.default_rng(seed + 1).integers(count, size=(resamples, count))
    shape = (resamples + 1, len(names), outputs.shape[1])
    delta, first = np.empty(shape), np.empty(shape)
    edges = np.linspace(0, count, _classes(count) + 1)
    for column in range(outputs.shape[1]):
        grid = np.linspace(outputs[:, column].min(), outputs[:, column].max(), DENSITY_POINTS)
        for j in range(len(names)):
            for n, rows in enumerate([np.arange(count), *picks]):
                delta[n, j, column], first[n, j, column] = _delta(
                    outputs[rows, column], grid, inputs[rows, j], edges
                )
    unbiased = 2 * delta[0] - delta[1:].mean(axis=0)
    return [
        Estimate("delta", names, unbiased, half_width(delta[1:], level)),
        Estimate("S1", names, first[0], half_width(first[1:], level)),
    ]


def _delta(outputs: Floats, grid: Floats, inputs: Floats, edges: Floats) -> tuple[float, float]:
    """delta and the first-order index of a sample cut into classes of the input with equal numbers.

    The numbers are those of SALib's `calc_delta` and `sobol_first`, without the linear algebra of densities in
    many dimensions, which takes most of their time.
    """
    if np.ptp(outputs) == 0.0:
        return 0.0, 0.0
    ranked = outputs[np.argsort(inputs, kind="stable")]
    whole, apart, between = _density(outputs, grid), 0.0, 0.0
    for first, last in zip(edges.astype(int), edges[1:].astype(int), strict=False):
        own = ranked[first:last]
        between += (own.mean() - outputs.mean()) ** 2 * len(own) / len(outputs)
        # SALib leaves out classes with one value only; the interval shows what that does.
        if np.ptp(own) != 0.0:
            difference = np.abs(whole - _density(own, grid))
            apart += float(np.trapezoid(difference, grid)) * len(own) / (2 * len(outputs))
    return apart, float(between / outputs.var())


def _density(values: Floats, grid: Floats) -> Floats:
    """Gaussian kernel density at the points of a grid, with the bandwidth of Silverman's rule."""
    width = values.std(ddof=1) * (len(values) * 3 / 4) ** (-1 / 5)
    kernels = np.exp(-(((grid[:, None] - values) / width) ** 2) / 2)
    return np.asarray(kernels.mean(axis=1) / (width * math.sqrt(2 * math.pi)))


def _classes(count: int) -> int:
    """How many classes a sample of this size is cut into: the rule of Plischke et al. (2013), as in SALib."""
    power = 2.0 / (7.0 + math.tanh((1500.0 - count) / 500.0))
    return min(math.ceil(math.pow(count, power)), CLASSES_AT_MOST)
