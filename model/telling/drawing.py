"""What all figures share: style, colours that can be told apart, small multiples, and files that are the same twice."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.scenario import Scenario

DPI = 130
COLUMNS = 3
LEGEND_COLUMNS, LEGEND_ROW = 4, 0.2
"""Names beside each other in a legend below a figure, and the inches that a row of them takes."""
CONTRAST, DARKER = 4.5, 0.9
"""Contrast with white that small text needs (WCAG 2.2, level AA), and by how much a colour is darkened at a time."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
STYLES = ("-", "--", "-.", ":")
NO_STYLE = (
    "backend",
    "date.epoch",
    "docstring",
    "interactive",
    "savefig.directory",
    "timezone",
    "tk.",
    "toolbar",
    "webagg",
)
"""Beginnings of the settings of matplotlib that are not about how things look."""
DRAWING: Any = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith(NO_STYLE)} | {
    "svg.hashsalt": "entente",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.parse_math": False,
}
"""The style of every figure, whatever style sheet the user has: text is text, and ids in an SVG are always the same."""


def images(figure: Figure) -> dict[str, bytes]:
    """A figure as the bytes of a PNG and an SVG; the same figure gives the same bytes."""
    canvas: Any = FigureCanvasAgg(figure)
    png, svg = BytesIO(), BytesIO()
    # The ids of an SVG get their salt when it is written.
    with mpl.rc_context(DRAWING):
        figure.set_dpi(DPI)
        # The layout is found while the PNG is drawn, once; each file would find it anew, and twice.
        canvas.draw()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).save(png, "png", dpi=(DPI, DPI))
        figure.set_layout_engine("none")
        figure.savefig(svg, format="svg", metadata={"Date": None})
    return {"png": png.getvalue(), "svg": svg.getvalue()}


def save_figure(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as `path` with .png and with .svg behind it; returns the files."""
    written = []
    for kind, content in images(figure).items():
        written.append(path.with_name(f"{path.name}.{kind}"))
        written[-1].write_bytes(content)
    return written


def years_of(months: pd.Series) -> pd.Series:
    """Calendar months as years with fractions, for an axis."""
    return months.map(lambda m: month_number(m) / MONTHS_IN_YEAR).astype(float)


def palette(names: list[str]) -> dict[str, tuple[Any, str]]:
    """A colour that the colour-blind can tell, and a line style, for each of the names."""
    colours = sns.color_palette("colorblind", 8)
    return {
        name: (colours[n % 8], STYLES[n // 8 % 4] if len(names) > 8 else STYLES[n % 4])
        for n, name in enumerate(names)
    }


def readable(colour: Any) -> tuple[float, float, float]:
    """A colour for text on white: the same hue, darkened until its contrast is `CONTRAST` at least (WCAG 2.2)."""
    found = np.array(to_rgb(colour))
    while contrast(found) < CONTRAST:
        found = found * DARKER
    return float(found[0]), float(found[1]), float(found[2])


def contrast(colour: Any) -> float:
    """Contrast of a colour with white, 1..21, by its relative luminance (WCAG 2.2)."""
    part = np.array(to_rgb(colour))
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ LUMINANCE + 0.05))


def title(scenario: Scenario, what: str, seed: int | None) -> str:
    """What a figure shows, of which scenario and, where it is known, of which seed."""
    return f"{what}: {scenario.name}" + ("" if seed is None else f", seed {seed}")


def nothing(words: str) -> Figure:
    """A figure that says that there is nothing to draw."""
    figure = Figure(figsize=(7, 2))
    figure.text(0.5, 0.5, words, ha="center", va="center")
    return figure


def grid(count: int, width: float, height: float, legend_rows: int) -> tuple[Figure, list[Axes]]:
    """Small multiples over years, at most three a row, with shared axes; unused cells are removed."""
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    size = (max(width * columns, 6), height * rows + 0.8 + LEGEND_ROW * legend_rows)
    figure = Figure(figsize=size, layout="constrained")
    cells = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axes = list(cells.flat)
    for spare in axes[count:]:
        spare.remove()
    for lowest in axes[max(count - columns, 0) : count]:
        lowest.tick_params(labelbottom=True)
        lowest.set_xlabel("year")
    for cell in axes[:count]:
        year_ticks(cell)
    return figure, axes[:count]


def year_ticks(axes: Axes) -> None:
    """Ticks that read as years, however short the run."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
