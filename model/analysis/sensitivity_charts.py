"""Figures of a sensitivity study."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from entente.experiments.groups import declared_group, moved, study_groups
from entente.experiments.places import write_whole
from entente.schema.study import DUMMY
from entente.telling.drawing import DRAWING, images, palette

from .found import Sensitivity
from .methods import MAIN, needed

SHOWN, FOLLOWED, COLUMNS = 15, 6, 2
"""Parameters in a bar chart, parameters followed as the sample grows, panels beside each other."""
INTERACTIONS = "interactions and remainder"
GIVEN = ("pawn_median", "delta")
"""Indices that a finite sample keeps above 0: the dummy shows by how much."""
WORDS = {
    "ST": "total effect (share of variance)",
    "S1": "first-order effect (share of variance)",
    "mu_star": "mean size of the effect, mu* (outcome's unit)",
    "pawn_median": "median distance of distributions (0..1)",
    "delta": "delta (shift of the distribution, 0..1)",
}


def draw_sensitivity(found: Sensitivity, folder: Path) -> dict[str, bytes]:
    """Draw what the method has into `folder`, each figure as PNG and SVG; returns the PNGs by name."""
    with mpl.rc_context(DRAWING):
        figures = {"effects": _effects(found), "heatmap": _heatmap(found), "convergence": _convergence(found)}
        if (found.indices["index"] == "sigma").any():
            figures["plane"] = _plane(found)
        if found.indices.groupby("outcome")["year"].nunique().max() > 1:
            figures["time"] = _over_time(found)
        return {name: save_whole(figure, folder / name) for name, figure in figures.items()}


def save_whole(figure: Figure, path: Path) -> bytes:
    """Write a figure as SVG and PNG, each whole; returns the PNG."""
    made = images(figure)
    for kind, content in made.items():
        write_whole(path.with_name(f"{path.name}.{kind}"), content)
    return made["png"]


def short(parameter: str) -> str:
    """A parameter's path without what all of them share."""
    return parameter.replace("behaviour.", "")


def main_rows(found: Sensitivity) -> pd.DataFrame:
    """The main index of the outcomes as the study names them, in its order."""
    rows = found.convergence
    main: pd.DataFrame = rows[(rows["index"] == MAIN[needed(found.study).method]) & (rows["n"] == rows["n"].max())]
    return main


def panels(count: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with so many cells, two a row, each of the given size in inches."""
    columns = min(COLUMNS, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(width * columns, height * rows + 0.5), layout="constrained")
    cells = list(figure.subplots(rows, columns, squeeze=False).flat)
    for spare in cells[count:]:
        spare.remove()
    return figure, cells[:count]


def _effects(found: Sensitivity) -> Figure:
    """Bars of the main index with intervals; for Sobol's the first-order effect as a mark inside."""
    rows = main_rows(found)
    index = str(rows["index"].iloc[0])
    first = found.convergence[(found.convergence["index"] == "S1") & (found.convergence["n"] == rows["n"].max())]
    outcomes = list(rows["outcome"].unique())
    tall = min(rows["parameter"].nunique(), SHOWN)
    figure, cells = panels(len(outcomes), 5.2, 0.24 * tall + 0.9)
    colours = sns.color_palette("colorblind")
    for cell, outcome in zip(cells, outcomes, strict=True):
        own = rows[rows["outcome"] == outcome].sort_values("value", ascending=False, kind="stable")[:SHOWN]
        at = np.arange(len(own))
        cell.barh(at, own["value"], color=colours[0], height=0.7)
        spread = (own["high"] - own["value"]).to_numpy()
        cell.errorbar(own["value"], at, xerr=spread, fmt="none", ecolor="black", elinewidth=1, capsize=2)
        dummy = rows[(rows["outcome"] == outcome) & (rows["parameter"] == DUMMY)]
        if not dummy.empty and index in GIVEN:
            cell.axvline(
                float(dummy["value"].iloc[0]), color=colours[3], lw=1, ls="--", label="dummy: acts on nothing"
            )
        if not first.empty and index == "ST":
            inside = first[first["outcome"] == outcome].set_index("parameter")["value"].reindex(own["parameter"])
            cell.plot(inside, at, "D", color=colours[1], ms=4, label="first-order effect")
        cell.set_yticks(at, [short(name) for name in own["parameter"]])
        cell.invert_yaxis()
        cell.set_title(outcome, fontsize=9)
        cell.set_xlim(left=min(0.0, float((own["value"] - spread).min())))
    if cells[0].get_legend_handles_labels()[1]:
        cells[0].legend(frameon=False, fontsize=8, loc="lower right")
    figure.supxlabel(f"{WORDS[index]}, with its {needed(found.study).level:.0%} interval", fontsize=9)
    return figure


def _heatmap(found: Sensitivity) -> Figure:
    """The main index of every parameter for every outcome; Morris' as a share of the outcome's greatest."""
    rows = main_rows(found)
    index = str(rows["index"].iloc[0])
    table = rows.pivot(index="parameter", columns="outcome", values="value")
    table = table[list(rows["outcome"].unique())]
    words = WORDS[index]
    if index == "mu_star":
        table, words = table / table.max(), "mu*, over the greatest of the outcome"
    table = table.loc[table.max(axis=1).sort_values(ascending=False, kind="stable").index]
    figure = Figure(figsize=(3.4 + 1.1 * table.shape[1], 1.9 + 0.2 * table.shape[0]), layout="constrained")
    axes = figure.subplots()
    sns.heatmap(table, ax=axes, cmap="viridis", annot=True, fmt=".2f", annot_kws={"size": 7}, vmin=0,
                cbar_kws={"label": words})  # fmt: skip
    axes.set_yticklabels([short(name) for name in table.index], rotation=0, fontsize=8)
    axes.set_xticklabels(list(table.columns), rotation=25, ha="right", fontsize=8)
    axes.set(xlabel="", ylabel="")
    return figure


def _plane(found: Sensitivity) -> Figure:
    """Morris' plane: how much a parameter moves an outcome, and how unevenly."""
    rows = found.convergence[found.convergence["n"] == found.convergence["n"].max()]
    outcomes = list(rows["outcome"].unique())
    figure, cells = panels(len(outcomes), 4.6, 3.6)
    for cell, outcome in zip(cells, outcomes, strict=True):
        own = rows[rows["outcome"] == outcome].pivot(index="parameter", columns="index", values="value")
        cell.scatter(own["mu_star"], own["sigma"], s=22, color=sns.color_palette("colorblind")[0])
        top = float(own["mu_star"].max()) * 1.25
        cell.plot([0, top], [0, top], color="grey", lw=0.8, ls="--", label="sigma = mu*")
        placed: list[tuple[float, float]] = []
        wide, high = top, max(float(own["sigma"].max()), np.finfo(float).tiny)
        for name, at in own.sort_values("mu_star", ascending=False)[:SHOWN].iterrows():
            spot = (at["mu_star"] / wide, at["sigma"] / high)
            # A name that would lie on another is left to the table.
            if all(abs(spot[0] - x) > 0.16 or abs(spot[1] - y) > 0.05 for x, y in placed):
                cell.annotate(short(str(name)), (at["mu_star"], at["sigma"]), xytext=(4, 2),
                              textcoords="offset points", fontsize=7)  # fmt: skip
                placed.append(spot)
        cell.set_xlim(left=0)
        cell.set_ylim(0, high * 1.15)
        cell.set_title(outcome, fontsize=9)
    cells[0].legend(frameon=False, fontsize=8, loc="lower right")
    figure.supxlabel("mu*: mean size of the effect over the factor's whole range (outcome's unit)", fontsize=9)
    figure.supylabel("sigma: spread of the effect (interaction, bend)", fontsize=9)
    return figure


def stacked(found: Sensitivity) -> pd.DataFrame:
    """Shares over time by group: columns `outcome`, `year`, `group`, `share`.

    Sobol's first-order effects add up; what they leave of the variance is interaction. Other indices do not, and
    are shown as shares of their sum.
    """
    study = found.study
    declared = [declared_group(path, found.scenario) for path in study.sampled]
    of = dict(zip(study.sampled, study_groups(study) or declared, strict=True))
    names = {name: of.get(name, name) for name in [*moved(study), *found.indices["parameter"].unique()]}
    index = "S1" if needed(study).method == "sobol" else MAIN[needed(study).method]
    rows = found.indices[found.indices["index"] == index]
    rows = rows.assign(group=rows["parameter"].map(names), share=rows["value"].clip(lower=0))
    table = rows.groupby(["outcome", "year", "group"], sort=False)["share"].sum().unstack("group", fill_value=0)
    if index == "S1":
        table[INTERACTIONS] = (1 - table.sum(axis=1)).clip(lower=0)
    table = table.div(table.sum(axis=1), axis=0)
    long = table.reset_index().melt(["outcome", "year"], var_name="group", value_name="share")
    return long.sort_values(["outcome", "year", "group"], kind="stable").reset_index(drop=True)


def _over_time(found: Sensitivity) -> Figure:
    """Stacked areas of the groups' shares, a panel an outcome that has years."""
    data = stacked(found)
    years = data.groupby("outcome")["year"].nunique()
    outcomes = [name for name in data["outcome"].unique() if years[name] > 1]
    weight = data.groupby("group")["share"].mean().sort_values(ascending=False, kind="stable")
    groups = [name for name in weight.index if name != INTERACTIONS and weight[name] > 0]
    colours = {name: mark[0] for name, mark in palette(groups).items()}
    if INTERACTIONS in weight.index:
        groups, colours = [*groups, INTERACTIONS], colours | {INTERACTIONS: "lightgrey"}
    figure, cells = panels(len(outcomes), 4.8, 3.0)
    for cell, outcome in zip(cells, outcomes, strict=True):
        own = data[data["outcome"] == outcome].pivot(index="year", columns="group", values="share")[groups]
        cell.stackplot(own.index, own.T.to_numpy(), labels=groups, colors=[colours[name] for name in groups],
                       edgecolor="white", linewidth=0.4)  # fmt: skip
        cell.set(xlim=(own.index.min(), own.index.max()), ylim=(0, 1))
        cell.set_title(outcome, fontsize=9)
        cell.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        cell.yaxis.set_major_formatter(PercentFormatter(1.0))
    handles, labels = cells[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    method = needed(found.study).method
    what = (
        "share of variance (first order, by group)" if method == "sobol" else f"share of the sum of {MAIN[method]}"
    )
    figure.supylabel(what, fontsize=9)
    return figure


def _convergence(found: Sensitivity) -> Figure:
    """The main index as the sample grows, for the parameters that matter most."""
    main = MAIN[needed(found.study).method]
    rows = found.convergence[found.convergence["index"] == main]
    outcomes = list(rows["outcome"].unique())
    figure, cells = panels(len(outcomes), 4.8, 3.2)
    for cell, outcome in zip(cells, outcomes, strict=True):
        own = rows[rows["outcome"] == outcome]
        last = own[own["n"] == own["n"].max()].sort_values("value", ascending=False, kind="stable")
        names = list(last["parameter"][:FOLLOWED])
        for name, (colour, style) in palette(names).items():
            line = own[own["parameter"] == name]
            cell.plot(line["n"], line["value"], color=colour, ls=style, marker="o", ms=3, label=short(name))
            cell.fill_between(line["n"], line["low"], line["high"], color=colour, alpha=0.12, lw=0)
        sizes = sorted(own["n"].unique())
        cell.set_xscale("log", base=2)
        cell.set_xticks(sizes, [str(size) for size in sizes])
        cell.minorticks_off()
        cell.set_title(outcome, fontsize=9)
        cell.legend(frameon=False, fontsize=7, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    figure.supxlabel(f"sample ({_SAMPLE_WORDS[needed(found.study).method]})", fontsize=9)
    figure.supylabel(WORDS[main], fontsize=9)
    return figure


_SAMPLE_WORDS = {"sobol": "base points", "morris": "trajectories", "pawn": "points", "delta": "points"}
