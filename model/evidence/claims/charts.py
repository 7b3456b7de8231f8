"""Figures of claims: one model in detail, and several models side by side."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entente.telling.drawing import DRAWING

from . import CLAIMS
from .evaluate import FAILS, HOLDS

MARKS = {"holds": ("#009E73", "o"), "contested": ("#E69F00", "s"), "fails": ("#D55E00", "X")}
"""Colour and shape of each verdict, told apart by the colour-blind and in print."""
PLAIN = "#666666"
ROW, WORDS, SMALL, LARGE = 0.235, 82, 0.01, 3
"""Inches of a row, letters of a claim's words, up to which effect the axis is linear, and where it ends."""


def claims_figure(claims: pd.DataFrame, title: str = "The memo's claims") -> Figure:
    """Share of draws and effect of each claim, a row each, in the order given."""
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(13, ROW * len(claims) + 1.9), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
        for place, row in enumerate(claims.itertuples()):
            _row(left, right, place, row)
        left.set_yticks(range(len(claims)), [_label(id_) for id_ in claims["id"]])
        left.set_ylim(len(claims) - 0.4, -0.6)
        left.set(xlim=(-0.04, 1.04), xlabel="share of draws that confirm")
        for border in (FAILS, HOLDS):
            left.axvline(border, color=PLAIN, lw=0.8, ls=":")
        right.axvline(0, color=PLAIN, lw=0.8)
        right.set_xscale("symlog", linthresh=SMALL)
        right.set_xlim(-LARGE, LARGE)
        right.set_xticks([-1, -0.1, -0.01, 0, 0.01, 0.1, 1], ["-1", "-.1", "-.01", "0", ".01", ".1", "1"])
        right.set_xlabel("mean effect, 95 % interval (logarithmic above .01)")
        for axes in (left, right):
            axes.grid(axis="y", color="#EEEEEE", lw=0.6)
            axes.set_axisbelow(True)
            axes.tick_params(axis="y", length=0)
        handles = [Line2D([], [], color=c, marker=m, ls="", label=verdict) for verdict, (c, m) in MARKS.items()]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles), frameon=False)
        draws = int(claims["draws"].max())
        figure.suptitle(f"{title}, {draws:,} draws", x=0.01, ha="left", fontsize=12)
    return figure


def _row(left: Any, right: Any, place: int, row: Any) -> None:
    if pd.isna(row.share):
        left.text(0, place, row.verdict, va="center", color=PLAIN, fontsize=8, style="italic")
        return
    colour, mark = MARKS[row.verdict]
    left.plot([0, row.share], [place, place], color=colour, lw=1, alpha=0.5)
    left.plot(row.share, place, color=colour, marker=mark, ms=6)
    right.plot([row.low, row.high], [place, place], color=colour, lw=2)
    right.plot(row.effect, place, color=colour, marker=mark, ms=5)
    right.text(
        1.005,
        place,
        CLAIMS[row.id].unit,
        transform=right.get_yaxis_transform(),
        va="center",
        fontsize=7,
        color=PLAIN,
    )


def _label(id_: str) -> str:
    return f"{shorten(CLAIMS[id_].words, WORDS, placeholder=' ...')}  {id_}"


def rivals_figure(shares: pd.DataFrame, verdicts: pd.DataFrame) -> Figure:
    """Share of draws by claim (rows) and model (columns); the letter in a cell is the verdict."""
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(11, ROW * len(shares) + 1.9), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        letters = verdicts.map(lambda verdict: {"holds": "H", "contested": "c", "fails": "f"}[verdict])
        sns.heatmap(
            shares.astype(float), ax=axes, cmap="cividis", vmin=0, vmax=1, annot=letters.to_numpy(), fmt="",
            annot_kws={"size": 8}, linewidths=0.5, linecolor="white",
            cbar_kws={"label": "share of draws that confirm", "shrink": 0.5},
        )  # fmt: skip
        axes.set_yticks(
            [place + 0.5 for place in range(len(shares))], [_label(id_) for id_ in shares.index], rotation=0
        )
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set(xlabel="", ylabel="")
        figure.supxlabel("H holds, c contested, f fails", fontsize=9)
    return figure
