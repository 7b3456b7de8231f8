"""The central picture: what a shock does to ties, in the record, in the model, and where no threat is known."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente.analysis.output import records
from entente.telling.drawing import DRAWING

from .estimate import ALL, Response
from .matched import FALL, LAGS, RELIEF, RISE, SHOCK, WITHIN
from .verdict import CHAIN, MODEL, RECORD

BLACK, GREY, BLUE, ORANGE = "black", "0.45", *(sns.color_palette("colorblind")[n] for n in (0, 1))
SHOWN = {
    RECORD: ("record, 90 % by tie (thick) and by state (thin)", BLACK, "o"),
    MODEL: ("model, 90 % of runs", BLUE, "s"),
    CHAIN: ("Markov chain, 90 % of runs", ORANGE, "^"),
}
APART = 0.13
"""How far marks of the three sources stand apart."""
GAP = 0.5
"""Room between sets of groups that are contrasted, in rows."""
PLACES = {
    ALL: 0.0, "size: small": 1 + GAP, "size: middling": 2 + GAP, "size: large": 3 + GAP,
    "exposed: not all": 4 + 2 * GAP, "exposed: all": 5 + 2 * GAP, "duty: none": 6 + 3 * GAP,
    "duty: some": 7 + 3 * GAP, "repeated": 8 + 4 * GAP, "fresh": 9 + 4 * GAP,
}  # fmt: skip
"""Groups of shocks and the rows in which they are drawn."""
PANELS = {
    (SHOCK, RISE): "Rises after a dispute with a rival",
    (RELIEF, FALL): "Falls after a relief",
}
POINTS = 100
"""Percentage points of a share of 1."""


def response_figure(found: Response) -> Figure:
    """Curves of lags for rises after shocks and falls after reliefs, and groups of shocks."""
    with mpl.rc_context(DRAWING | {"axes.titlesize": 10}):
        figure = Figure(figsize=(11, 5), layout="constrained")
        left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1, 1.05])
        middle.sharey(left)
        for axes, ((treatment, move), title) in zip((left, middle), PANELS.items(), strict=True):
            for number, source in enumerate(SHOWN):
                rows = [found.row(source, treatment, move, lag=lag) for lag in LAGS]
                _marks(axes, source, rows, np.array(LAGS) + (number - 1) * APART, upright=True)
            axes.axvspan(WITHIN - 1 / 2, WITHIN + 1 / 2, color="0.93", lw=0, zorder=0)
            axes.set(title=title, xlabel="read so many Decembers later", xticks=list(LAGS))
            axes.axhline(0, color="0.4", lw=0.8, zorder=1)
        left.annotate(
            "within\n24 months",
            (WITHIN, 1),
            (0, -3),
            ("data", "axes fraction"),
            "offset points",
            ha="center",
            va="top",
            fontsize=8,
            color="0.35",
        )
        left.set_ylabel("treated minus matched quiet (percentage points of tie-years)")
        _groups(right, found)
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False)
    return figure


def _groups(axes: Axes, found: Response) -> None:
    """Rises within 24 months after all shocks and after groups of them, and after shocks at other dates."""
    for number, source in enumerate(SHOWN):
        at = np.array(list(PLACES.values())) + (number - 1) * 2 * APART
        _marks(axes, source, [found.row(source, SHOCK, RISE, group) for group in PLACES], at, upright=False)
    p = found.placebos
    turned = p[(p.placebo == "turned") & (p.treatment == SHOCK) & (p.move == RISE)]
    place = max(PLACES.values()) + 1 + GAP
    for row in records(turned.dropna(subset="response")):
        axes.hlines(place, POINTS * row["low"], POINTS * row["high"], color=GREY, lw=2.2)
        axes.plot(
            POINTS * row["response"],
            place,
            "D",
            color=GREY,
            ms=5,
            mec="white",
            mew=0.6,
            label="record, dates turned (placebo)",
        )
    axes.axvline(0, color="0.4", lw=0.8, zorder=1)
    axes.set(
        title="Rises within 24 months, by group",
        xlabel="percentage points",
    )
    axes.set_yticks([*PLACES.values(), place], [*(_label(found, group) for group in PLACES), "at other dates"])
    axes.invert_yaxis()


def _marks(axes: Axes, source: str, rows: list[dict], at: np.ndarray, upright: bool) -> None:
    """Estimates of a source with their intervals; what could not be estimated is left out."""
    name, colour, mark = SHOWN[source]
    known = [(place, row) for place, row in zip(at, rows, strict=True) if row["response"] is not None]
    places = np.array([place for place, _ in known])
    values = pd.DataFrame([row for _, row in known])["response"].to_numpy(float) if known else np.array([])
    draw = axes.vlines if upright else axes.hlines
    for width, low, high in ((2.2, "low", "high"), (0.8, "low_states", "high_states")):
        spans = [(place, row[low], row[high]) for place, row in known if row[low] is not None]
        for place, least, most in spans:
            draw(place, POINTS * least, POINTS * most, color=colour, lw=width, zorder=3)
    across, along = (places, POINTS * values) if upright else (POINTS * values, places)
    axes.plot(across, along, mark, color=colour, ms=5, mec="white", mew=0.6, label=name, zorder=4)
    if upright:
        axes.plot(across, along, color=colour, lw=0.8, alpha=0.5, zorder=2)


def _label(found: Response, group: str) -> str:
    """A group with the number of its matched tie-years in the record."""
    name = "all shocks" if group == ALL else group
    return f"{name} ({found.row(RECORD, SHOCK, RISE, group)['treated'] or 0:,.0f})"
