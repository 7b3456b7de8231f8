"""Figures of a threshold search: dose and response."""

from __future__ import annotations

from textwrap import wrap

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING

from .paired import LEVEL
from .threshold import BAND, Answer, Thresholds

LINE, MARK, CEILING = "#0072B2", "#D55E00", "0.55"
TITLE_WIDTH = 100


def threshold_figures(found: Thresholds) -> dict[str, Figure]:
    """The dose-response curves, one row a lever: how often the aim holds, and the outcome itself."""
    count = len(found.answers)
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(10, 3.1 * count + 1.1), layout="constrained")
        cells = figure.subplots(count, 2, squeeze=False)
        for (left, right), answer in zip(cells, found.answers, strict=True):
            _share(left, found, answer)
            _outcome(right, found, answer)
        # Levers of one range are read against each other.
        for right in cells[:, 1]:
            right.set_ylim(
                min(cell.get_ylim()[0] for cell in cells[:, 1]), max(cell.get_ylim()[1] for cell in cells[:, 1])
            )
        handles, labels = cells[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        title = f"{found.question.name}: what it takes for {found.question.aim}"
        figure.suptitle("\n".join(wrap(title, TITLE_WIDTH)), fontsize=10)
    return {"dose-response": figure}


def _share(cell: Axes, found: Thresholds, answer: Answer) -> None:
    curve = answer.curve
    _ceiling(cell, answer)
    cell.fill_between(curve["value"], curve["share_low"], curve["share_high"], color=LINE, alpha=0.25, lw=0)
    cell.plot(curve["value"], curve["share"], color=LINE, lw=1.8, marker="o", ms=3.5,
              label=f"share of runs, {LEVEL:.0%} band")  # fmt: skip
    cell.axhline(found.question.probability, color="0.3", lw=0.8, ls=":", label="share that is asked for")
    if np.isfinite(answer.threshold):
        low, high = found.question.levers[answer.lever]
        ends = np.clip([answer.low, answer.high], low, high)
        cell.plot(ends, [found.question.probability] * 2, color=MARK, lw=3, solid_capstyle="butt")
        cell.plot(answer.threshold, found.question.probability, color=MARK, marker="D", ls="-", lw=3,
                  label=f"threshold, {LEVEL:.0%} interval")  # fmt: skip
    cell.set(ylim=(-0.02, 1.02), xlabel=answer.lever, ylabel="share of runs in which it holds")


def _outcome(cell: Axes, found: Thresholds, answer: Answer) -> None:
    curve = answer.curve
    _ceiling(cell, answer)
    cell.fill_between(curve["value"], curve["outcome_low"], curve["outcome_high"], color=LINE, alpha=0.15, lw=0)
    cell.plot(curve["value"], curve["outcome"], color=LINE, lw=1.8, marker="o", ms=3.5)
    cell.axhline(found.question.level, color="0.3", lw=0.8, ls="--")
    low, high = (f"{share:.0%}" for share in BAND)
    side = "below" if found.question.below is not None else "above"
    what = f"change of {found.question.outcome}" if found.question.since_start else found.question.outcome
    cell.set(xlabel=answer.lever, ylabel=what)
    cell.set_title(f"mean, and {low} to {high} of runs; aim: {side} the dashed line", fontsize=8)


def _ceiling(cell: Axes, answer: Answer) -> None:
    """Where the draws have their ceilings."""
    ceilings = answer.runs["ceiling"].dropna()
    if len(ceilings):
        edges = ceilings.min(), max(ceilings.max(), ceilings.min() + 1e-3)
        cell.axvspan(*edges, color=CEILING, alpha=0.25, lw=0, label="ceiling, lowest to highest of the draws")
