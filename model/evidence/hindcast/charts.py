"""Figures of the evidence: forecasts against a record, and what calibration has learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from entente.telling.drawing import DRAWING, save_figure

from ..record import TOP_RUNG, Record
from ..score import interval
from .one import MODEL, RATCHET, Hindcast

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"
COLUMNS, LEGEND_COLUMNS = 3, 5
BAR = 0.8


def save(figures: dict[str, Figure], folder: Path) -> list[Path]:
    """Write each figure as PNG and SVG, the same bytes for the same data; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [path for name, figure in figures.items() for path in save_figure(figure, folder / name)]


@dataclass(frozen=True)
class Shown:
    """How a forecast is drawn: its name, its distributions over rungs, colour, line, and whether its interval is."""

    name: str
    shares: np.ndarray
    colour: str
    line: str = "-"
    band: bool = False


def against_record(record: Record, forecasts: list[Shown], title: str) -> Figure:
    """A panel a tie: the record with its low and high codings, before the means and 90 % intervals of forecasts."""
    ties = record.ties
    columns = min(COLUMNS, len(ties))
    rows = -(-len(ties) // columns)
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(max(3.4 * columns + 0.6, 6), 2.7 * rows + 1.0), layout="constrained")
        cells = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
        for axes, tie in zip(cells, ties, strict=False):
            _tie(axes, record, tie, forecasts)
        for spare in cells[len(ties) :]:
            spare.remove()
        figure.supylabel("rung of the tie in each year (0 to 6)", fontsize=9)
        figure.suptitle(title, fontsize=10)
        handles, labels = cells[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=LEGEND_COLUMNS, frameon=False, fontsize=8)
    return figure


def _tie(axes: Axes, record: Record, tie: str, forecasts: list[Shown]) -> None:
    places = record.of(tie)
    cells = [record.cells[place] for place in places]
    years = np.array([cell.year for cell in cells])
    banded = [shown for shown in forecasts if shown.band]
    width = BAR / len(banded)
    for number, shown in enumerate(banded):
        low, high = interval(shown.shares[places]).T
        at = years + (number - (len(banded) - 1) / 2) * width
        axes.bar(
            at, high - low + BAR, width, low - BAR / 2, color=shown.colour, alpha=0.25, lw=0,
            label=f"{shown.name}, 90 % interval",
        )  # fmt: skip
    for shown in forecasts:
        mean = shown.shares[places] @ np.arange(TOP_RUNG + 1)
        axes.plot(years, mean, color=shown.colour, lw=1.8, ls=shown.line, label=f"{shown.name}, mean")
    rung = np.array([cell.rung for cell in cells])
    spread = [rung - [cell.low for cell in cells], np.array([cell.high for cell in cells]) - rung]
    axes.errorbar(
        years, rung, yerr=spread, fmt="o", color="black", ms=4, lw=1, capsize=2, label="record, low to high coding"
    )
    axes.set(title=tie, ylim=(-0.6, TOP_RUNG + 0.6), yticks=range(TOP_RUNG + 1))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.tick_params(labelsize=8)


def hindcast_figure(found: Hindcast) -> Figure:
    """The record before the runs that are scored, and the ratchet."""
    forecasts = [
        Shown("runs", found.forecasts[MODEL], BLUE, band=True),
        Shown("ratchet", found.forecasts[RATCHET], ORANGE, "--"),
    ]
    return against_record(found.record, forecasts, f"{found.scenario.name}, parameters: {found.parameters}")
