"""Boxes of factors: PRIM and CART of the EMA workbench, kept from their traps."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from entente.experiments.extras import need

MASS, BOXES, LEAVES = 0.05, 3, 8
"""Least share of the points in a box; boxes of PRIM and leaves of the tree at most."""
SIGNIFICANT = 0.05
"""A restriction whose quasi-p-value is above this is taken back."""
SEPARATOR = "\x1f"
"""Stands between a factor and its level in the columns of a tree; in no name of either."""

Limit = tuple[float, float] | frozenset[str]
"""What a box allows of a factor: numbers from low to high (NaN: not limited), or some of its levels."""


@dataclass(frozen=True)
class Box:
    """A box as a method found it: limits by factor, each a pair of numbers or a set of levels, and its statistics."""

    method: str
    limits: dict[str, Limit]
    qp: dict[str, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    count: int
    trajectory: pd.DataFrame


def factor_columns(factors: pd.DataFrame) -> pd.DataFrame:
    """Factors that vary: numbers as they are, switches and named values as categories of text."""
    columns: dict[Any, pd.Series] = {}
    for name, values in factors.items():
        if values.nunique() < 2:
            continue
        switch = pd.api.types.is_bool_dtype(values)
        if pd.api.types.is_numeric_dtype(values) and not switch:
            columns[name] = values.astype(float)
        else:
            # Switches are told as scenario files write them.
            text = values.astype(str)
            columns[name] = (text.str.lower() if switch else text).astype("category")
    return pd.DataFrame(columns).reset_index(drop=True)


def find_boxes(x: pd.DataFrame, y: NDArray[np.bool_], seed: int) -> list[Box]:
    """Boxes of PRIM, then leaves of CART, in which points of interest `y` are commoner than elsewhere.

    `x` has a column a factor, as `factor_columns` makes them. Statistics are over all points. `seed` breaks ties of the
    tree; PRIM has none.
    """
    return [*_prim(x, y), *_cart(x, y, seed)]


def need_workbench(who: str) -> None:
    """See that the library of boxes is there. Raises `InputError`."""
    need(who, "ema_workbench", "studies")


def _workbench() -> Any:
    need_workbench("discover")
    with warnings.catch_warnings():
        # It warns of parts of its own that nobody asks for.
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import cart, prim

    return prim, cart


def _prim(x: pd.DataFrame, y: NDArray[np.bool_]) -> Iterator[Box]:
    """Boxes in turn, each among the points that those before it leave, while they beat the base rate."""
    prim, _ = _workbench()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        search = prim.Prim(x, y.astype(float), threshold=float(y.mean()), mass_min=MASS)
    for _ in range(BOXES):
        box = search.find_box()
        if box is None or box.res_dim == 0:
            return
        box.select(_best(box.peeling_trajectory, float(y.mean())))
        _simplify(box)
        steps = box.peeling_trajectory[["coverage", "density", "mass", "res_dim"]].assign(
            chosen=np.arange(len(box.peeling_trajectory)) == box._cur_box
        )
        if box.res_dim == 0 or box.density <= y.mean():
            return
        qp = {name: (_given(values[0]), _given(values[1])) for name, values in box.qp[box._cur_box].items()}
        if min(value for ends in qp.values() for value in ends if not np.isnan(value)) > SIGNIFICANT:
            return
        yield _box("prim", x, y, box.box_lim, steps, qp)


def _given(value: float) -> float:
    """A quasi-p-value; the workbench writes -1 where there is no limit."""
    return np.nan if value < 0 else float(value)


def _best(trajectory: pd.DataFrame, base: float) -> int:
    """The step whose coverage most exceeds the share of all other points that the box holds (Youden's index)."""
    coverage, density, mass = (trajectory[name].to_numpy(dtype=float) for name in ("coverage", "density", "mass"))
    others = mass * (1 - density) / (1 - base)
    return int((coverage - others).argmax())


def _simplify(box: Any) -> None:
    """Take back restrictions that chance explains, the least significant first."""
    while box.res_dim > 1:
        qp = {name: min(v for v in values if v >= 0) for name, values in box.qp[box._cur_box].items()}
        worst = max(qp, key=lambda name: qp[name])
        if qp[worst] <= SIGNIFICANT:
            return
        box.drop_restriction(worst)


def _cart(x: pd.DataFrame, y: NDArray[np.bool_], seed: int) -> Iterator[Box]:
    """Leaves of a small tree in which points of interest are commoner than elsewhere, the most telling first."""
    _, cart = _workbench()
    from sklearn.tree import DecisionTreeClassifier

    # The workbench's tree has no seed, and shares the sets of a category between leaves: it is given numbers only.
    numbers = pd.get_dummies(x, prefix_sep=SEPARATOR, dtype=float)
    tree = cart.CART(numbers, y.astype(int), mass_min=MASS)
    leaf = max(int(MASS * len(x)), 1)
    tree.clf = DecisionTreeClassifier(min_samples_leaf=leaf, max_leaf_nodes=LEAVES, random_state=seed % 2**32)
    tree.clf.fit(numbers.to_numpy(), y.astype(int))
    if tree.clf.get_n_leaves() < 2:
        return
    # A leaf has feature -2, which the workbench looks up like any other.
    tree.feature_names = [*numbers.columns, "", ""]
    leaves = [_box("cart", x, y, _named(box, x, numbers), pd.DataFrame()) for box in tree.boxes]
    telling = [box for box in leaves if _telling(box, y)]
    yield from sorted(telling, key=lambda box: -box.coverage)


def _telling(box: Box, y: NDArray[np.bool_]) -> bool:
    """Whether a leaf is denser than chance explains, were its points drawn from all."""
    hits = np.arange(box.count) < round(box.density * box.count)
    return _chance(hits, float(y.mean())) <= SIGNIFICANT


def _named(box: pd.DataFrame, x: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """A box over the columns of a tree as one over the factors."""
    found: dict[str, list[Any]] = {}
    for name in x.columns:
        if name in numbers.columns:
            found[name] = list(box[name])
            continue
        levels = set(x[name].cat.categories)
        for level in x[name].cat.categories:
            low, high = box[f"{name}{SEPARATOR}{level}"]
            levels = {level} if low > 0 else levels - {level} if high < 1 else levels
        found[name] = [levels, levels]
    return pd.DataFrame(found)


Side = tuple[str, int]
"""A factor, and which of its limits: 0 the lower (or its levels), 1 the upper."""


def _box(
    method: str,
    x: pd.DataFrame,
    y: NDArray[np.bool_],
    box: pd.DataFrame,
    steps: pd.DataFrame,
    qp: dict[str, tuple[float, float]] | None = None,
) -> Box:
    """A box with its statistics over all points, whatever the method leaves out of its own.

    Quasi-p-values are those of the method, or else of the same test over all points.
    """
    limits: dict[str, Limit] = {}
    masks: dict[Side, NDArray[np.bool_]] = {}
    for name in x.columns:
        values = x[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            levels = frozenset(map(str, box[name].iloc[0]))
            if levels < set(values.cat.categories):
                limits[name] = levels
                masks[name, 0] = values.isin(levels).to_numpy()
            continue
        low, high = float(box[name].iloc[0]), float(box[name].iloc[1])
        ends = (low if low > values.min() else np.nan, high if high < values.max() else np.nan)
        if not np.isnan(ends).all():
            limits[name] = ends
            masks |= {(name, 0): (values >= low).to_numpy()} if not np.isnan(ends[0]) else {}
            masks |= {(name, 1): (values <= high).to_numpy()} if not np.isnan(ends[1]) else {}
    inside = np.logical_and.reduce([np.ones(len(x), dtype=bool), *masks.values()])
    if qp is None:
        found = {side: _quasi_p(masks, side, inside, y) for side in masks}
        qp = {name: (found.get((name, 0), np.nan), found.get((name, 1), np.nan)) for name in limits}
    hits, count = int((y & inside).sum()), int(inside.sum())
    return Box(method, limits, qp, hits / int(y.sum()), hits / max(count, 1), count / len(y), count, steps)


def _quasi_p(
    masks: dict[Side, NDArray[np.bool_]], side: Side, inside: NDArray[np.bool_], y: NDArray[np.bool_]
) -> float:
    """Chance of a box as dense as this, were its points drawn from the same box without one limit."""
    others = [mask for other, mask in masks.items() if other != side]
    around = np.logical_and.reduce([np.ones(len(y), dtype=bool), *others])
    return _chance(y[inside], float(y[around].mean()))


def _chance(hits: NDArray[np.bool_], rate: float) -> float:
    """One-sided binomial test of the share of hits against a rate."""
    return float(binomtest(int(hits.sum()), len(hits), rate, alternative="greater").pvalue)
