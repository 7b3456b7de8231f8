"""Figures of the evidence: forecasts against a record, and what calibration has learned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..figures import DPI, DRAWING
from .hindcast import MODEL, RATCHET, Hindcast
from .record import TOP_RUNG
from .score import interval

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"
COLUMNS = 3
BAR = 0.8


def save(figures: dict[str, Figure], folder: Path) -> list[Path]:
    """Write each figure as PNG and SVG, the same bytes for the same data; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, figure in figures.items():
        FigureCanvasAgg(figure)
        for kind in ("png", "svg"):
            metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
            written.append(folder / f"{name}.{kind}")
            with mpl.rc_context(DRAWING):
                figure.savefig(written[-1], dpi=DPI, metadata=metadata)
    return written


def hindcast_figure(found: Hindcast, title: str | None = None) -> Figure:
    """The record of each tie with its low and high codings, before the 90 % interval of the rungs of the runs."""
    ties = found.record.ties
    columns = min(COLUMNS, len(ties))
    rows = -(-len(ties) // columns)
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(3.4 * columns + 0.6, 2.7 * rows + 1.0), layout="constrained")
        cells = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
        for axes, tie in zip(cells, ties, strict=False):
            _tie(axes, found, tie)
        for spare in cells[len(ties) :]:
            spare.remove()
        figure.supylabel("rung at the end of the year (0 to 6)", fontsize=9)
        figure.suptitle(title or f"{found.scenario.name}, parameters: {found.parameters}", fontsize=10)
        handles, labels = cells[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return figure


def _tie(axes: Axes, found: Hindcast, tie: str) -> None:
    places = found.record.of(tie)
    cells = [found.record.cells[place] for place in places]
    years = np.array([cell.year for cell in cells])
    shares = found.forecasts[MODEL][places]
    low, high = interval(shares).T
    axes.bar(years, high - low + BAR, BAR, low - BAR / 2, color=BLUE, alpha=0.2, lw=0, label="runs, 90 % interval")
    rungs = np.arange(TOP_RUNG + 1)
    axes.plot(years, shares @ rungs, color=BLUE, lw=1.8, label="runs, mean")
    axes.plot(
        years, found.forecasts[RATCHET][places] @ rungs, color=ORANGE, lw=1.4, ls="--", label="ratchet, mean"
    )
    rung = np.array([cell.rung for cell in cells])
    spread = [rung - [cell.low for cell in cells], np.array([cell.high for cell in cells]) - rung]
    axes.errorbar(
        years, rung, yerr=spread, fmt="o", color="black", ms=4, lw=1, capsize=2, label="record, low to high coding"
    )
    axes.set(title=tie, ylim=(-0.6, TOP_RUNG + 0.6), yticks=range(TOP_RUNG + 1))
    axes.set_xticks(years[:: max(len(years) // 4, 1)])
    axes.tick_params(labelsize=8)
