"""Figures of a calibration to many ties."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING

from ..hindcast.charts import BLUE, GREY, ORANGE
from .checks import STATISTICS
from .many import MODEL, ManyTies
from .portraits import learned_figure, short, synthetic_figure
from .report import Outcome

SHOWN = 20
"""Parameters that a figure shows: those that moved most."""
GRID = 200
COLOURS = {"prior": GREY, "posterior": BLUE}


def many_figures(found: ManyTies, told: Outcome) -> dict[str, Figure]:
    """All figures of a calibration to a folder, by name."""
    with mpl.rc_context(DRAWING):
        figures = {
            "held": held_figure(told.tables["held"], told.report["rps_difference"]),
            "evidence": evidence_figure(told.tables["evidence"]),
            "checks": checks_figure(told.tables["checks"]),
            "learned": learned_figure(told.tables["parameters"].head(SHOWN)),
            "synthetic": synthetic_figure(told.ranks),
        }
        if len(told.tables["population"]):
            figures["population"] = population_figure(found, told.tables["population"])
    return figures


def held_figure(scores: pd.DataFrame, gap: dict[str, float]) -> Figure:
    """Scores of held ties: posterior against prior, and the mean difference."""
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.2))
    top = 1.05 * float(scores[["rps_prior", "rps_posterior"]].to_numpy().max())
    left.plot([0, top], [0, top], color=GREY, lw=1, ls="--")
    sns.scatterplot(scores, x="rps_prior", y="rps_posterior", color=BLUE, s=22, alpha=0.7, ax=left)
    left.set(
        xlim=(0, top), ylim=(0, top), xlabel="score of the prior", ylabel="score of the posterior",
        title="Held ties (below the line: better)",
    )  # fmt: skip
    difference = np.sort((scores["rps_posterior"] - scores["rps_prior"]).to_numpy())
    right.bar(
        np.arange(len(difference)), difference, width=1, color=[BLUE if d < 0 else ORANGE for d in difference]
    )
    right.axhline(0, color="black", lw=0.8)
    right.axhspan(gap["low"], gap["high"], color=GREY, alpha=0.3, lw=0, label="mean, 95 % interval")
    right.axhline(gap["mean"], color="black", lw=1.2, ls="--", label="mean")
    right.set(xlabel="held ties, in order", ylabel="posterior less prior", title="Difference of scores")
    right.set_xticks([])
    right.legend(frameon=False, fontsize=8, loc="upper left")
    figure.suptitle("Ranked probability score, mean over a tie's cells (0 is perfect)", fontsize=10)
    return figure


def evidence_figure(table: pd.DataFrame) -> Figure:
    """Evidence of each rival less the model's, a tie; and the scores of all on held ties."""
    figure = Figure(figsize=(7.5, 0.32 * len(table) + 1.3), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    places = np.arange(len(table))[::-1]
    colours = [ORANGE if name == MODEL else BLUE for name in table["model"]]
    error = np.stack([table["behind"] - table["behind_low"], table["behind_high"] - table["behind"]])
    for at, (place, colour) in enumerate(zip(places, colours, strict=True)):
        left.errorbar(table["behind"][at], place, xerr=error[:, [at]], fmt="o", color=colour, ms=5, lw=1.4)
        left.axvline(0, color=GREY, lw=0.8, ls="--")
    left.set_yticks(places, table["model"])
    left.set(
        xlabel="log evidence less the model's, a tie (95 %)", title="Each tie under its own parameters",
        ylim=(-0.6, len(table) - 0.4),
    )  # fmt: skip
    right.scatter(table["rps_prior"], places, color=GREY, s=30, label="prior")
    right.scatter(table["rps_posterior"], places, color=BLUE, s=30, marker="D", label="posterior")
    right.set(xlabel="ranked probability score", title="Held ties (further left: better)")
    right.legend(frameon=False, fontsize=8)
    return figure


def checks_figure(table: pd.DataFrame) -> Figure:
    """The records' level, rises, falls and leaps beside the intervals of prior and posterior."""
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    cells = figure.subplots(1, len(STATISTICS))
    groups = list(dict.fromkeys(table["ties"]))
    for axes, (name, what) in zip(cells, STATISTICS.items(), strict=True):
        for number, group in enumerate(groups):
            for step, forecast in enumerate(COLOURS):
                chosen = (table["statistic"] == name) & (table["ties"] == group) & (table["forecast"] == forecast)
                row = table[chosen].iloc[0]
                at = number + (step - 1 / 2) / 2
                axes.plot([at, at], [row["low"], row["high"]], color=COLOURS[forecast], lw=5, alpha=0.6,
                          solid_capstyle="butt", label=f"{forecast}, 90 %" if number == 0 else None)  # fmt: skip
                axes.plot(at, row["median"], "_", color=COLOURS[forecast], ms=11)
            axes.plot([number - 1 / 2, number + 1 / 2], [row["record"]] * 2, color="black", lw=1.5,
                      label="record" if number == 0 else None)  # fmt: skip
        axes.set_xticks(range(len(groups)), [f"{group} ties" for group in groups])
        axes.set(title=what, ylim=(0, None), xlim=(-0.7, len(groups) - 0.3))
        axes.title.set_fontsize(8)
        axes.tick_params(labelsize=8)
    handles, labels = cells[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=8)
    figure.suptitle("Records and forecasts, mean over ties", fontsize=10)
    return figure


def population_figure(found: ManyTies, table: pd.DataFrame) -> Figure:
    """The population of each parameter that varies between ties, over its prior."""
    figure = Figure(figsize=(2.7 * len(table) + 0.6, 2.8), layout="constrained")
    cells = figure.subplots(1, len(table), squeeze=False)[0]
    for axes, row in zip(cells, table.to_dict("records"), strict=True):
        low, high = found.pool.ranges[row["path"]]
        unit = (np.arange(GRID) + 1 / 2) / GRID
        density = np.exp(-(((low + unit * (high - low) - row["mean"]) / (row["spread"] * (high - low))) ** 2) / 2)
        axes.axhline(1, color=GREY, lw=1.4, ls="--")
        axes.fill_between(low + unit * (high - low), density / density.mean(), color=BLUE, alpha=0.4, lw=0)
        axes.plot(low + unit * (high - low), density / density.mean(), color=BLUE)
        axes.axvspan(max(row["mean_low"], low), min(row["mean_high"], high), color=ORANGE, alpha=0.25, lw=0)
        axes.set(xlim=(low, high), ylim=(0, None), xlabel=short(row["path"]))
    cells[0].set_ylabel("density, prior = 1")
    figure.suptitle(
        "Population of ties (blue), prior (dashed), 90 % interval of the mean (orange)"
        if len(table) > 1
        else "Population of ties\n(dashed: prior; orange: mean, 90 %)",
        fontsize=10,
    )
    return figure
