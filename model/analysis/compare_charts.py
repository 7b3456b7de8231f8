"""Figures of a comparison: the difference over time with its interval."""

from __future__ import annotations

from textwrap import wrap

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from entente.telling.drawing import COLUMNS, DRAWING, years_of

from .compare import Comparison
from .paired import LEVEL

UNITS = {"depth": "depth, 0..1", "rung": "rungs, 0..6", "dyad": "dyad index, 0..1"}
LINE = "#0072B2"
SHOWN, SMALL = 12, 0.01
"""Outcomes of a figure at most: those that differ most, and by no less than this share of the greatest."""
TITLE_WIDTH = 30
"""Characters of a title for each column of cells."""


def comparison_figures(found: Comparison) -> dict[str, Figure]:
    """One figure for each quantity whose outcomes differ, by the name of its file."""
    effects = found.effects[found.effects["outcome"].isin(found.differing) & found.effects["year"].notna()]
    quantity = effects["outcome"].map(lambda name: name.partition(":")[0])
    with mpl.rc_context(DRAWING):
        return {
            f"difference-{name}": _over_time(found, own, str(name))
            for name, own in effects.groupby(quantity, sort=False)
        }


def _over_time(found: Comparison, effects: pd.DataFrame, quantity: str) -> Figure:
    """Small multiples: one outcome each, on one scale."""
    size = effects.groupby("outcome", sort=False)["difference"].agg(lambda d: d.abs().max())
    size = size.sort_values(ascending=False, kind="stable")
    names = list(size.index[size >= SMALL * size.max()][:SHOWN])
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(max(3.2 * columns, 6) + 0.4, 2.3 * rows + 1.2), layout="constrained")
    cells = list(figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flat)
    for cell, name in zip(cells, names, strict=False):
        _one(cell, effects[effects["outcome"] == name], name.partition(":")[2])
    for spare in cells[len(names) :]:
        spare.remove()
    for lowest in cells[max(len(names) - columns, 0) : len(names)]:
        lowest.tick_params(labelbottom=True)
        lowest.set_xlabel("year")
    left = len(size) - len(names)
    more = f" ({left} more differ by less)" if left else ""
    title = f"{found.b} minus {found.a}: mean and {LEVEL:.0%} interval{more}"
    figure.suptitle("\n".join(wrap(title, TITLE_WIDTH * max(columns, 2))), fontsize=10)
    figure.supylabel(f"difference ({UNITS.get(quantity, quantity)})", fontsize=9)
    return figure


def _one(cell: Axes, effects: pd.DataFrame, title: str) -> None:
    own = effects.sort_values("when")
    years = years_of(own["when"])
    mark = "o" if len(own) == 1 else None
    cell.axhline(0, color="0.5", lw=0.8)
    cell.fill_between(years, own["low"], own["high"], color=LINE, alpha=0.25, lw=0)
    cell.plot(years, own["difference"], color=LINE, lw=1.8, marker=mark)
    cell.set_title(title, fontsize=9)
    cell.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    cell.ticklabel_format(axis="x", useOffset=False)
