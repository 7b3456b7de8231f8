"""Figures of many ties: scores by horizon and group, reliability, moves, pace, and who gains and loses."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING

from .pooled import BINS, GROUPS, MARKOV, MODEL, NAMES, PERSISTENCE, RATCHET, WHOLE, Pooled

COLOURS = dict(zip(NAMES, sns.color_palette("colorblind", len(NAMES)), strict=True))
MARKS = dict(zip(NAMES, "osD^vPX", strict=True))
BESIDE = (MARKOV, PERSISTENCE, RATCHET)
"""Forecasts that the model is held against in the figure of groups."""
SHOWN = 12
"""Ties at either end that are named."""


def figures(found: Pooled) -> dict[str, Figure]:
    """Every figure by name."""
    with mpl.rc_context(DRAWING):
        made = {
            "horizons": _horizons(found), "groups": _groups(found), "reliability": _reliability(found),
            "moves": _moves(found), "pace": _pace(found), "ties": _ties(found),
        }  # fmt: skip
    return made


def _figure(width: float, height: float, columns: int = 1, sharey: bool = False) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False, sharey=sharey).flat)


def _horizons(found: Pooled) -> Figure:
    """Mean scores by years ahead (or of all cells), and the model's lead over each forecast with its interval."""
    by = "horizon" if found.many.plan.horizons else WHOLE
    rows = found.summary[found.summary["by"] == by]
    groups = list(dict.fromkeys(rows["group"]))
    figure, (left, right) = _figure(9.5, 4.2, 2)
    for number, name in enumerate(NAMES):
        own = rows[rows["forecast"] == name]
        at = np.arange(len(groups))
        look = {"color": COLOURS[name], "marker": MARKS[name], "ms": 6 if name == MODEL else 5}
        left.plot(at, own["rps"], label=name, lw=2.4 if name == MODEL else 1.2, **look)
        if name == MODEL:
            continue
        shifted = at + (number - len(NAMES) / 2) * 0.1
        right.errorbar(shifted, own["rps_less"], yerr=_whiskers(own), lw=1.4, ls="none", **look)
    for axes in (left, right):
        axes.set_xticks(range(len(groups)), groups)
        axes.set_xlabel("years ahead" if by == "horizon" else "all years from the scenario's start")
    left.set(ylabel="ranked probability score (0 is perfect)", ylim=(0, None))
    right.axhline(0, color="black", lw=0.8)
    right.set_ylabel("score of the model minus that of the other\n(below 0: the model is better; 95 % over ties)")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _whiskers(rows: pd.DataFrame) -> np.ndarray:
    """How far the interval over ties reaches down and up; none where there is one tie."""
    mean = rows["rps_less"].to_numpy()
    reach = [mean - rows["rps_low"].to_numpy(), rows["rps_high"].to_numpy() - mean]
    return np.asarray(np.maximum(np.nan_to_num(reach), 0.0))


def _groups(found: Pooled) -> Figure:
    """The model's lead over three forecasts by rung at the origin, decade and promise, with intervals."""
    by = [name for name in GROUPS if name != "horizon"]
    titles = {"rung": "rung known at the origin", "decade": "decade of the year foretold", "obligation": "promise"}
    figure = Figure(figsize=(8.0, 7.0), layout="constrained")
    counts = [found.summary.loc[found.summary["by"] == name, "group"].nunique() for name in by]
    cells = figure.subplots(len(by), 1, squeeze=False, height_ratios=counts, sharex=True)[:, 0]
    for axes, name in zip(cells, by, strict=True):
        rows = found.summary[found.summary["by"] == name]
        groups = list(dict.fromkeys(rows["group"]))
        sizes = rows.drop_duplicates("group").set_index("group")["ties"]
        for number, other in enumerate(BESIDE):
            own = rows[rows["forecast"] == other]
            at = np.arange(len(groups)) + (number - 1) * 0.22
            axes.errorbar(
                own["rps_less"], at, xerr=_whiskers(own), ls="none", marker=MARKS[other], color=COLOURS[other], ms=5,
                lw=1.4, label=f"against {other}",
            )  # fmt: skip
        axes.axvline(0, color="black", lw=0.8)
        axes.set_yticks(range(len(groups)), [f"{group} ({sizes[group]} ties)" for group in groups])
        axes.set_ylim(-0.5, len(groups) - 0.5)
        axes.set_title(titles[name], loc="left", fontsize=9)
    cells[-1].set_xlabel(
        "score of the model minus that of the other (below 0: the model is better; 95 % over ties)"
    )
    figure.legend(*cells[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _reliability(found: Pooled) -> Figure:
    """How often a rise or a fall came where it was given a chance."""
    table = found.reliability
    figure, cells = _figure(8.6, 4.4, 2, sharey=True)
    for axes, (direction, title) in zip(cells, (("up", "rises"), ("down", "falls")), strict=True):
        axes.plot([0, 1], [0, 1], color="grey", lw=1, ls="--", label="what was said came")
        for name in (MODEL, MARKOV):
            own = table[(table["forecast"] == name) & (table["direction"] == direction)]
            axes.plot(own["said"], own["happened"], color=COLOURS[name], lw=1.2, label=name)
            axes.scatter(
                own["said"], own["happened"], color=COLOURS[name], marker=MARKS[name],
                s=20 + 160 * np.sqrt(own["cells"] / table["cells"].max()), alpha=0.8,
            )  # fmt: skip
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=f"chance given to it, in {BINS} bins", title=title)
    cells[0].set_ylabel("share of cells in which it came\n(size of a mark: how many cells)")
    figure.legend(*cells[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _moves(found: Pooled) -> Figure:
    """Moves hit, missed and false, up and down apart, by forecast; one row of panels a horizon asked for."""
    rows = found.moves if found.many.plan.horizons else _together(found.moves)
    horizons = list(dict.fromkeys(rows["horizon"]))
    figure = Figure(figsize=(9.0, 1.9 * len(horizons) + 0.9), layout="constrained")
    cells = figure.subplots(len(horizons), 2, squeeze=False, sharey=True, sharex="row")
    colours = sns.color_palette("colorblind")
    parts = (("hit", colours[2]), ("missed", colours[7]), ("false", colours[3]))
    for line, horizon in zip(cells, horizons, strict=True):
        for axes, (direction, title) in zip(line, (("up", "rises"), ("down", "falls")), strict=True):
            own = (
                rows[(rows["horizon"] == horizon) & (rows["direction"] == direction)]
                .set_index("forecast")
                .loc[list(NAMES[::-1])]
            )
            start = np.zeros(len(own))
            for part, colour in parts:
                axes.barh(own.index, own[part], left=start, color=colour, label=part, height=0.7)
                start = start + own[part].to_numpy()
            axes.set_title(
                f"{title}{_ahead(horizon)}: {int(own['recorded'].iloc[0])} recorded", fontsize=9, loc="left"
            )
            axes.tick_params(labelsize=8)
    for axes in cells[-1]:
        axes.set_xlabel("moves, each by the chance given to it")
    figure.legend(*cells[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _together(moves: pd.DataFrame) -> pd.DataFrame:
    """Moves of all years as one."""
    sums = moves.groupby(["forecast", "direction"], sort=False)[["recorded", "hit", "missed", "false"]].sum()
    return sums.reset_index().assign(horizon=WHOLE)


def _ahead(horizon: object) -> str:
    return "" if horizon == WHOLE else f", {horizon} year{'s' if horizon != 1 else ''} ahead"


def _pace(found: Pooled) -> Figure:
    """Rises, falls and leaps a tie and year, in runs by year ahead, and in the record."""
    table = found.pace
    record, model = table[table["who"] == "record"].iloc[0], table[table["who"].str.startswith("model, year ")]
    years = model["who"].str.removeprefix("model, year ").astype(int)
    figure, cells = _figure(9.0, 3.4, 3)
    for axes, what in zip(cells, ("rises", "falls", "leaps"), strict=True):
        axes.plot(years, model[what], color=COLOURS[MODEL], marker="o", ms=4, label="model")
        axes.axhline(record[what], color="black", ls="--", lw=1.2, label="record, all years")
        axes.set(
            title=what if what != "leaps" else "leaps of two rungs or more",
            xlabel="year after the origin",
            ylim=(0, None),
        )
    cells[0].set_ylabel("a tie and year")
    figure.legend(*cells[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return figure


def _ties(found: Pooled) -> Figure:
    """The ties at which the model gains and loses most against the chain."""
    table = found.ties
    shown = table if len(table) <= 2 * SHOWN else pd.concat([table.head(SHOWN), table.tail(SHOWN)])
    shown = shown[::-1]
    figure, (axes,) = _figure(10.5, 0.27 * len(shown) + 1.2)
    colours = [COLOURS[MODEL] if gap < 0 else COLOURS[NAMES[1]] for gap in shown["rps_less"]]
    at = np.arange(len(shown))
    axes.barh(at, shown["rps_less"], color=colours, height=0.7)
    axes.set_yticks(at, shown["tie"], fontsize=8)
    widest = float(shown["rps_less"].abs().max()) or 1.0
    for place, row in enumerate(shown.to_dict("records")):
        axes.text(max(row["rps_less"], 0) + 0.03 * widest, place, row["why"], fontsize=7, va="center")
    axes.axvline(0, color="black", lw=0.8)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(-1.05 * widest if (shown["rps_less"] < 0).any() else 0, 3.4 * widest)
    axes.set_xlabel(f"score of the model minus that of the {MARKOV} (below 0: the model is better)", loc="left")
    return figure
