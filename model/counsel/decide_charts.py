"""Figures of a decision: what each option brings and risks, what it costs, and how long it lasts."""

from __future__ import annotations

from textwrap import wrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente.telling.drawing import DRAWING, palette, year_ticks

from .decide import HIGH_REGRET, Decided

SHOWN = 12
"""Options that are drawn by name at most."""
LINE, OTHERS, AIM, MARK = "#0072B2", "0.7", "0.4", "#D55E00"
LETTERS_AN_INCH, NAME_WIDTH = 11, 34


def decision_figures(found: Decided) -> dict[str, Figure]:
    """Loss, regret and surety by option; cost against effect; how long options last."""
    with mpl.rc_context(DRAWING):
        return {"options": _options(found), "cost": _cost(found), "years": _years(found)}


def named(found: Decided) -> pd.DataFrame:
    """The options that are drawn by name: what is chosen, the first, and those that none beats, by cost."""
    table = found.options
    keep = (table["option"] == found.chosen) | (table.index == 0)
    front = table[table["pareto"] & ~keep]
    if len(front) > SHOWN - keep.sum():
        # Evenly over the front, so that no price is left out.
        places = np.linspace(0, len(front) - 1, SHOWN - int(keep.sum())).round().astype(int)
        front = front.sort_values("cost", kind="stable").iloc[np.unique(places)]
    return pd.concat([table[keep], front]).sort_values(["cost", "loss"], kind="stable")


def _title(figure: Figure, found: Decided, what: str) -> None:
    width = int(LETTERS_AN_INCH * figure.get_figwidth())
    figure.suptitle("\n".join(wrap(f"{found.decision.name}: {what} {found.decision.aim}", width)), fontsize=10)


def _options(found: Decided) -> Figure:
    rows = named(found).iloc[::-1]
    places = np.arange(len(rows))
    figure = Figure(figsize=(11, 0.36 * len(rows) + 2.2), layout="constrained")
    loss, regret, kept = figure.subplots(1, 3, sharey=True)
    whiskers = [rows["loss"] - rows["low"], rows["high"] - rows["loss"]]
    loss.errorbar(rows["loss"], places, xerr=whiskers, fmt="o", color=LINE, ms=4, lw=1.4)
    loss.set_yticks(
        places,
        [
            "\n".join(wrap(f"{o}  (cost {c:.3g})", NAME_WIDTH))
            for o, c in zip(rows["option"], rows["cost"], strict=True)
        ],
    )
    for label, option in zip(loss.get_yticklabels(), rows["option"], strict=True):
        label.set_fontweight("bold" if option == found.chosen else "normal")
    side = found.decision.outcome if found.decision.below is not None else f"minus {found.decision.outcome}"
    loss.set_xlabel(f"expected loss: {'change of ' if found.decision.since_start else ''}{side}")
    for column, mark, colour, words in (
        ("regret_mean", "o", LINE, "mean"), ("regret_high", "s", MARK, f"{HIGH_REGRET:.0%} of worlds have less"),
        ("regret_max", "^", "0.2", "greatest"),
    ):  # fmt: skip
        regret.plot(rows[column], places, mark, color=colour, ms=4.5, label=words)
    regret.set_xlabel("regret")
    regret.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, frameon=False, fontsize=7.5)
    _kept(kept, found, rows, places)
    for axes in (loss, regret, kept):
        axes.grid(axis="y", color="0.93")
        axes.set_axisbelow(True)
    _title(figure, found, "what options bring, risk and keep, for")
    return figure


def _kept(axes: Axes, found: Decided, rows: pd.DataFrame, places: np.ndarray) -> None:
    """Share of runs in which the level is kept: in all with its interval, and by explanation."""
    axes.axvline(found.decision.probability, color=AIM, lw=0.9, ls=":", label="asked for")
    whiskers = [rows["kept"] - rows["kept_low"], rows["kept_high"] - rows["kept"]]
    axes.errorbar(rows["kept"], places, xerr=whiskers, fmt="D", color="0.2", ms=4, lw=1.4, label="all")
    names = list(dict.fromkeys(found.explanations["explanation"]))
    if len(names) > 1:
        for number, (who, (colour, _)) in enumerate(palette(names).items()):
            own = found.explanations[found.explanations["explanation"] == who].set_index("option")["kept"]
            axes.plot(
                own.loc[rows["option"]],
                places,
                "osv^<>Pph"[number % 9],
                color=colour,
                ms=4.5,
                mfc="none",
                label=who,
            )
    axes.set(xlim=(-0.03, 1.03), xlabel="share of runs in which it is kept")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=7.5)


def _cost(found: Decided) -> Figure:
    figure = Figure(figsize=(7.2, 4.8), layout="constrained")
    axes = figure.subplots()
    table = found.options
    front = table[table["pareto"]].sort_values("cost", kind="stable")
    axes.plot(table["cost"], table["loss"], "o", color=OTHERS, ms=4.5, label="option")
    if len(found.sequences):
        axes.plot(
            found.sequences["cost"],
            found.sequences["loss"],
            "x",
            color=MARK,
            ms=5,
            label="first one, then another",
        )
    axes.plot(front["cost"], front["loss"], "-o", color=LINE, ms=5, lw=1.4, label="not beaten at its cost")
    row = table[table["option"] == found.chosen].iloc[0]
    axes.plot(
        row["cost"],
        row["loss"],
        "o",
        ms=11,
        mfc="none",
        color=MARK,
        label="\n".join(wrap(found.chosen, NAME_WIDTH)),
    )
    axes.set(xlabel="cost", ylabel="expected loss")
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    _title(figure, found, "cost against effect, for")
    return figure


def _years(found: Decided) -> Figure:
    figure = Figure(figsize=(7.2, 5.2), layout="constrained")
    axes = figure.subplots()
    names = list(named(found)["option"])
    for name, (colour, style) in palette(names).items():
        own = found.years[found.years["option"] == name]
        thick = 2.4 if name == found.chosen else 1.3
        axes.plot(own["year"], own["kept"], color=colour, ls=style, lw=thick, marker="o", ms=2.5, label=name)
    axes.axhline(found.decision.probability, color=AIM, lw=0.9, ls=":", label="what is asked for")
    axes.set(ylim=(-0.02, 1.02), xlabel="December of", ylabel="share of runs in which it is kept")
    year_ticks(axes)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=7.5)
    _title(figure, found, "until when options last, for")
    return figure
