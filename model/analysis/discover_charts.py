"""Figures of a discovery: the boxes, the points that they hold, and how the first was peeled."""

from __future__ import annotations

from itertools import combinations
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from entente.telling.drawing import DRAWING

from .discover import Discovery

YES, NO, BOX = "#D55E00", "0.7", "#0072B2"
SHOWN, POINTS = 3, 1500
"""Factors whose pairs are drawn, and points drawn at most."""
LETTERS = 11
"""Characters of a title for each inch of a figure."""


def discovery_figures(found: Discovery) -> dict[str, Figure]:
    """The figures that suit what was found, by the name of their file; none where no box was."""
    made = {}
    with mpl.rc_context(DRAWING):
        if not found.limits.empty:
            made["boxes"] = _boxes(found)
        first = found.limits[(found.limits["box"] == 1) & (found.limits["method"] == found.limits["method"].max())]
        numeric = [f for f in first["factor"] if pd.api.types.is_float_dtype(found.points[f])]
        if len(numeric) > 1:
            made["points"] = _pairs(found, first.set_index("factor").to_dict("index"), numeric[:SHOWN])
        if not found.trajectory.empty:
            made["trajectory"] = _trajectory(found)
    return made


def _title(found: Discovery, figure: Figure, what: str) -> None:
    figure.suptitle(
        "\n".join(wrap(f"{found.condition}: {what}", int(LETTERS * figure.get_figwidth()))), fontsize=10
    )


def _boxes(found: Discovery) -> Figure:
    """Each box as bars: the part of a factor's range that it allows."""
    groups: dict[Any, pd.DataFrame] = dict(list(found.limits.groupby(["method", "box"], sort=False)))
    sizes = [len(own) for own in groups.values()]
    figure = Figure(figsize=(8.5, 0.36 * sum(sizes) + 0.75 * len(sizes) + 0.8), layout="constrained")
    ratios = [size + 0.8 for size in sizes]
    cells = figure.subplots(len(sizes), 1, squeeze=False, height_ratios=ratios, sharex=True)[:, 0]
    statistics = found.boxes.set_index(["method", "box"]).to_dict("index")
    for cell, (key, own) in zip(cells, groups.items(), strict=True):
        for row, limit in enumerate(own.to_dict("records")):
            _bar(cell, row, found.points[limit["factor"]], limit)
        cell.set_yticks(range(len(own)), [_label(limit) for limit in own.to_dict("records")], fontsize=8)
        cell.set(ylim=(len(own) - 0.4, -0.6), xlim=(0, 1))
        box = statistics[key]
        numbers = ", ".join(f"{name} {box[name]:.0%}" for name in ("coverage", "density", "mass"))
        cell.set_title(f"{key[0].upper()} {key[1]}: {numbers}", fontsize=9, loc="left")
    cells[-1].set_xlabel("share of the factor's range that the box allows")
    _title(found, figure, f"boxes (base rate {found.base:.0%})")
    return figure


def _label(limit: dict[Any, Any]) -> str:
    """A factor and what a box allows of it."""
    low, high = limit["low"], limit["high"]
    if limit["levels"]:
        return f"{limit['factor']}: {limit['levels']}"
    if np.isnan(high):
        return f"{limit['factor']} \u2265 {low:.3g}"
    return (
        f"{limit['factor']} \u2264 {high:.3g}" if np.isnan(low) else f"{limit['factor']}: {low:.3g} to {high:.3g}"
    )


def _bar(cell: Axes, row: int, values: pd.Series, limit: dict[Any, Any]) -> None:
    cell.barh(row, 1, color="0.93", height=0.6)
    if limit["levels"]:
        cell.barh(row, len(limit["levels"].split(", ")) / values.nunique(), color=BOX, height=0.6)
        return
    least, most = float(values.min()), float(values.max())
    low, high = _edges(values, limit)
    cell.barh(row, (high - low) / (most - least), left=(low - least) / (most - least), color=BOX, height=0.6)


def _pairs(found: Discovery, limits: dict[str, dict[Any, Any]], factors: list[str]) -> Figure:
    """Points of each pair of the box's factors, and the box."""
    pairs = list(combinations(factors, 2))
    figure = Figure(figsize=(4.0 * len(pairs) + 0.4, 4.3), layout="constrained")
    sample = found.points.iloc[:: max(len(found.points) // POINTS, 1)]
    for cell, (across, up) in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs, strict=True):
        sns.scatterplot(
            sample.sort_values("counts"), x=across, y=up, hue="counts", style="counts", palette={True: YES, False: NO},
            markers={True: "o", False: "X"}, s=16, linewidth=0, alpha=0.8, ax=cell, legend=False,
        )  # fmt: skip
        left, right = _edges(found.points[across], limits[across])
        bottom, top = _edges(found.points[up], limits[up])
        cell.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, ec=BOX, lw=2.2))
    handles = [
        Line2D([], [], ls="", marker="o", color=YES, label="meets it in most runs"),
        Line2D([], [], ls="", marker="X", color=NO, label="does not"),
        Rectangle((0, 0), 1, 1, fill=False, ec=BOX, lw=2.2, label="first box"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    _title(found, figure, "points of the study and the first box")
    return figure


def _edges(values: pd.Series, limit: dict[Any, Any]) -> tuple[float, float]:
    low = values.min() if np.isnan(limit["low"]) else limit["low"]
    return float(low), float(values.max() if np.isnan(limit["high"]) else limit["high"])


def _trajectory(found: Discovery) -> Figure:
    """Coverage against density while the first box was peeled."""
    figure = Figure(figsize=(5.4, 4), layout="constrained")
    cell = figure.subplots()
    steps = found.trajectory
    dots = cell.scatter(
        steps["coverage"], steps["density"], c=steps["res_dim"].astype(float), cmap="viridis", s=28
    )
    chosen = steps[steps["chosen"]]
    cell.scatter(chosen["coverage"], chosen["density"], s=130, facecolors="none", edgecolors=YES, linewidths=2,
                 label="chosen")  # fmt: skip
    cell.axhline(found.base, color="0.5", lw=0.8, ls=":", label="base rate")
    cell.set(xlabel="coverage", ylabel="density", xlim=(0, 1.03), ylim=(0, 1.03))
    cell.legend(frameon=False, fontsize=8, loc="lower left")
    figure.colorbar(dots, ax=cell, label="factors restricted")
    _title(found, figure, "peeling of the first PRIM box")
    return figure
