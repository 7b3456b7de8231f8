"""Figures of a calibration: the posterior against the record, and what was learned of the parameters."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING

from ..hindcast.charts import BLUE, GREY, ORANGE, Shown, against_record
from ..score import probabilities
from .calibrate import SETS, Calibration
from .diagnostics import INFORMED, chains, learned

SHOWN, BINS, COLUMNS = 12, 20, 4
BAR = 0.6
"""Height of an even bar in a rank plot, where a set has 1."""
UNEVEN_AT = 1.36
"""Kolmogorov's distance times the root of the number: beyond it, unevenness is chance in one of twenty cases."""


def calibration_figures(found: Calibration, ranks: pd.DataFrame) -> dict[str, Figure]:
    """All figures of a calibration by name. `ranks` are those of the synthetic records."""
    table = learned(found)
    with mpl.rc_context(DRAWING):
        return {
            "posterior-check": posterior_check(found),
            "learned": learned_figure(table),
            "marginals": _marginals(found, table),
            "sets": _sets(found, table),
            "synthetic": synthetic_figure(ranks),
        }


def posterior_check(found: Calibration) -> Figure:
    """The record before the rungs of prior and posterior."""
    points, replicates, cells = found.rungs.shape
    flat = found.rungs.reshape(-1, cells)
    posterior = probabilities(flat, np.repeat(found.weights / replicates, replicates))
    forecasts = [
        Shown("prior", probabilities(flat), GREY, ":", True),
        Shown("posterior", posterior, BLUE, band=True),
    ]
    return against_record(
        found.record, forecasts, f"{found.scenario.name}: {points:,} draws from the prior, weighed by the record"
    )


def learned_figure(table: pd.DataFrame) -> Figure:
    """How far the record moves each parameter."""
    figure = Figure(figsize=(6.5, 0.17 * len(table) + 1), layout="constrained")
    axes = figure.subplots()
    places = np.arange(len(table))[::-1]
    axes.barh(places, table["ks"], color=[BLUE if ks >= INFORMED else GREY for ks in table["ks"]], height=0.7)
    axes.axvline(INFORMED, color=ORANGE, ls="--", lw=1.2)
    axes.set_yticks(places, [short(path) for path in table["path"]], fontsize=7)
    axes.set(
        ylim=(-0.8, len(table) - 0.2), xlabel="distance of the posterior from the prior (Kolmogorov, 0 to 1)",
        title=f"What the record says of each parameter (dashed: {INFORMED:g})",
    )  # fmt: skip
    return figure


def short(path: str) -> str:
    """A path as an axis names it."""
    return path.removeprefix("behaviour.")


def _panels(count: int, title: str, height: float = 1.9) -> tuple[Figure, list[mpl.axes.Axes]]:
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(2.5 * columns + 0.4, height * rows + 0.8), layout="constrained")
    cells = list(figure.subplots(rows, columns, squeeze=False).flat)
    for spare in cells[count:]:
        spare.remove()
    figure.suptitle(title, fontsize=10)
    return figure, cells[:count]


def _marginals(found: Calibration, table: pd.DataFrame) -> Figure:
    """Prior and posterior of the parameters that the record says most of."""
    shown = table.head(SHOWN)
    figure, cells = _panels(
        len(shown), f"Prior (line) and posterior (bars) of the {len(shown)} parameters that move most"
    )
    for axes, row in zip(cells, shown.to_dict("records"), strict=True):
        path, low, high = row["path"], row["prior_low"], row["prior_high"]
        axes.hist(
            found.design[path],
            bins=BINS,
            range=(low, high),
            weights=found.weights * BINS,
            color=BLUE,
            alpha=0.6,
        )
        axes.axhline(1, color=ORANGE, lw=1.4)
        axes.set(xlim=(low, high), ylim=(0, None), xlabel=short(path))
        axes.tick_params(labelsize=7)
    figure.supylabel("density, prior = 1", fontsize=9)
    return figure


def _sets(found: Calibration, table: pd.DataFrame) -> Figure:
    """Rank plots: where the draws of each set stand among those of all; even where the sets agree."""
    draws = chains(found)
    shown = list(table["path"].head(COLUMNS))
    figure, cells = _panels(
        len(shown), "Ranks of each set's posterior draws among all (even bars: the sets agree)", 2.6
    )
    for axes, path in zip(cells, shown, strict=True):
        values = draws[:, :, found.design.columns.get_loc(path)]
        ranks = values.ravel().argsort().argsort().reshape(values.shape) / values.size
        for number in range(SETS):
            counts, edges = np.histogram(ranks[number], bins=BINS // 2, range=(0, 1))
            axes.bar(
                edges[:-1],
                counts / counts.mean() * BAR,
                np.diff(edges) * 0.9,
                number,
                align="edge",
                color=BLUE,
                alpha=0.7,
            )
            axes.axhline(number + BAR, color=ORANGE, lw=0.8, ls="--")
        axes.set_yticks(np.arange(SETS) + BAR / 2, [f"set {number + 1}" for number in range(SETS)])
        axes.set(xlabel=f"rank of {short(path)}", xlim=(0, 1))
        axes.tick_params(labelsize=7)
    return figure


def synthetic_figure(ranks: pd.DataFrame) -> Figure:
    """Distribution of the truth's rank in its posterior, over synthetic records, less what is even."""
    figure = Figure(figsize=(6.5, 3.4), layout="constrained")
    axes = figure.subplots()
    share = np.arange(1, len(ranks) + 1) / len(ranks)
    for number, path in enumerate(ranks.columns):
        place = np.sort(ranks[path].to_numpy())
        axes.plot(
            place, share - place, color=BLUE, lw=0.7, alpha=0.6, label="a parameter" if number == 0 else None
        )
    edge = UNEVEN_AT / np.sqrt(len(ranks))
    for level in (-edge, edge):
        axes.axhline(
            level, color=ORANGE, ls="--", lw=1.2, label="beyond: one of twenty by chance" if level > 0 else None
        )
    axes.set(
        xlabel="rank of the truth in its posterior (0 to 1)", ylabel="share below it, less even share",
        title=f"{len(ranks)} synthetic records", ylim=(-2 * edge, 2 * edge),
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8, loc="upper right", ncols=2)
    return figure
