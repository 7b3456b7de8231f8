"""The figure of a factorial study: effects of factors and of their combinations, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING

from .found import JOIN, Decomposition
from .sensitivity_charts import panels, save_whole

SHOWN = 12
"""Terms in a panel: those with the greatest share of variance."""


def draw_decomposition(found: Decomposition, folder: Path) -> dict[str, bytes]:
    """Draw the effects into `folder` as PNG and SVG; returns the PNGs by name."""
    with mpl.rc_context(DRAWING):
        return {"terms": save_whole(_figure(found), folder / "terms")}


def _figure(found: Decomposition) -> Figure:
    latest = main_effects(found)
    index = "effect" if "effect" in found.terms and found.terms["effect"].notna().all() else "share"
    figure, cells = panels(
        latest["outcome"].nunique(), 5.6, 0.26 * min(SHOWN, found.terms["term"].nunique()) + 0.9
    )
    colours = sns.color_palette("colorblind")
    for cell, (outcome, terms) in zip(cells, latest.groupby("outcome", sort=False), strict=True):
        own = terms[:SHOWN]
        at = np.arange(len(own))
        cell.barh(
            at, own[index], height=0.7, color=[colours[0] if order == 1 else colours[1] for order in own["order"]]
        )
        cell.hlines(at, own[f"{index}_low"], own[f"{index}_high"], color="black", lw=1.2)
        cell.axvline(0, color="black", lw=0.8)
        cell.set_yticks(at, [_label(row, found) for row in own.to_dict("records")], fontsize=8)
        cell.invert_yaxis()
        cell.set_title(f"{outcome}, {own['year'].iloc[0]}", fontsize=9)
    words = (
        "effect of the second level against the first (outcome's unit)"
        if index == "effect"
        else "share of variance"
    )
    figure.supxlabel(f"{words}, with its 95 % interval; blue: alone, orange: together", fontsize=9)
    return figure


def _label(row: dict[Any, Any], found: Decomposition) -> str:
    """A term and its share of the variance between combinations; of a path, the level that it goes to."""
    factors = found.study.factors
    names = str(row["term"]).split(JOIN)
    words = [
        name if (levels := factors[name].levels) is None or factors[name].scenarios or len(levels) > 2
        else _level(name.rsplit(".", 1)[-1], levels[-1])
        for name in names
    ]  # fmt: skip
    return f"{' × '.join(words)} ({row['share']:.0%})"


def _level(name: str, level: Any) -> str:
    """A factor at a level; a switch is on or off."""
    return f"{name} {'on' if level else 'off'}" if isinstance(level, bool) else f"{name}: {level}"


def main_effects(found: Decomposition) -> pd.DataFrame:
    """The terms of the outcomes' last years, sorted by share within each outcome."""
    last = found.terms.groupby("outcome")["year"].transform("max")
    rows = found.terms[found.terms["year"] == last]
    order = {name: place for place, name in enumerate(rows["outcome"].unique())}
    return (
        rows.assign(place=rows["outcome"].map(order))
        .sort_values(["place", "share"], ascending=[True, False], kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )
