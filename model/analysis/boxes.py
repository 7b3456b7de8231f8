"""Boxes of factors: PRIM and CART of the EMA workbench, kept from their traps."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..schema.errors import InputError

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
    columns = {}
    for name, values in factors.items():
        if values.nunique() < 2:
            continue
        number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        columns[name] = values.astype(float) if number else values.astype(str).astype("category")
    return pd.DataFrame(columns).reset_index(drop=True)


def find_boxes(x: pd.DataFrame, y: NDArray[np.bool_], seed: int) -> list[Box]:
    """Boxes of PRIM, then leaves of CART, in which points of interest `y` are commoner than elsewhere.

    `x` has a column a factor, as `factor_columns` makes them. Statistics are over all points. `seed` breaks ties of the
    tree; PRIM has none.
    """
    return [*_prim(x, y), *_cart(x, y, seed)]


def _workbench() -> Any:
    try:
        with warnings.catch_warnings():
            # It warns of parts of its own that nobody asks for.
            warnings.simplefilter("ignore")
            from ema_workbench.analysis import cart, prim
    except ImportError as error:
        raise InputError(f"discover needs the extra packages of entente[studies]: {error}") from None
    return prim, cart


def _prim(x: pd.DataFrame, y: NDArray[np.bool_]) -> Iterator[Box]:
    """Boxes in turn, each among the points that those before it leave, while they beat the base rate."""
    prim, _ = _workbench()
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
        yield _box("prim", x, y, box.box_lim, {k: (v[0], v[-1]) for k, v in box.qp[box._cur_box].items()}, steps)


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
    leaves = [_box("cart", x, y, _named(box, x, numbers), {}, pd.DataFrame()) for box in tree.boxes]
    yield from sorted((box for box in leaves if box.density > y.mean()), key=lambda box: -box.coverage)


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


def _box(
    method: str, x: pd.DataFrame, y: NDArray[np.bool_], box: pd.DataFrame, qp: dict[str, Any], steps: pd.DataFrame
) -> Box:
    """A box with its statistics over all points, whatever the method leaves out of its own."""
    limits: dict[str, Limit] = {}
    inside = np.ones(len(x), dtype=bool)
    for name in x.columns:
        if isinstance(x[name].dtype, pd.CategoricalDtype):
            levels = frozenset(map(str, box[name].iloc[0]))
            if levels < set(x[name].cat.categories):
                limits[name] = levels
                inside &= x[name].isin(levels).to_numpy()
            continue
        low, high = float(box[name].iloc[0]), float(box[name].iloc[1])
        if low > x[name].min() or high < x[name].max():
            limits[name] = (low if low > x[name].min() else np.nan, high if high < x[name].max() else np.nan)
            inside &= x[name].between(low, high).to_numpy()
    hits = int((y & inside).sum())
    count = int(inside.sum())
    return Box(method, limits, qp, hits / int(y.sum()), hits / max(count, 1), count / len(y), count, steps)
