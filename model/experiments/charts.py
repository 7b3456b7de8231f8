"""Figures of a study, from its folder alone: what each factor does to each outcome."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from entente.telling.drawing import DRAWING, palette, save_figure, years_of

from .folder import StudyRun

BAND = (0.1, 0.9)
"""Quantiles between which a band stands."""
LEVELS_SHOWN, FACTORS_SHOWN, BINS = 8, 12, 10
COUNTED = ("rung", "members", "obligation", "status", "blocked", "term_end")
"""Quantities that are whole numbers in every run."""
FIRST, SECOND = "#0072B2", "#D55E00"


def draw_study(kept: StudyRun, folder: Path) -> list[Path]:
    """Draw what suits the study's design into `folder`, each figure as PNG and SVG; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    factors = [name for name in kept.design.columns if name != "point"]
    outcomes = [name for name in kept.outcomes.columns if name not in ("point", "replicate")]
    data = kept.outcomes.merge(kept.design, on="point")
    made: dict[str, Figure] = {}
    with mpl.rc_context(DRAWING):
        if data.empty:
            return []
        for number, outcome in enumerate(outcomes, start=1):
            name = f"outcome-{number:02d}"
            grid = len(factors) == 2 and all(
                kept.design[f].nunique() <= kept.design["point"].size ** 0.5 + 1 for f in factors
            )
            made[name] = _heatmap(data, factors, outcome) if grid else _against(data, factors, outcome)
            if len(data) < kept.manifest.get("ok", 0):
                made[name].supxlabel(f"from a sample of {len(data):,} of {kept.manifest['ok']:,} runs", fontsize=8)
        if not kept.trajectories.empty:
            for name in kept.trajectories.columns.drop(["point", "replicate", "month"]):
                made[f"time-{name.replace(':', '-').replace('/', '-')}"] = _over_time(kept, factors, name)
        return [path for name, figure in made.items() for path in save_figure(figure, folder / name)]


def _heatmap(data: pd.DataFrame, factors: list[str], outcome: str) -> Figure:
    """The mean of an outcome over a grid of two factors."""
    across, down = factors
    table = data.pivot_table(index=down, columns=across, values=outcome, aggfunc="mean").sort_index(
        ascending=False
    )
    figure = Figure(figsize=(2.6 + 0.62 * table.shape[1], 1.8 + 0.42 * table.shape[0]), layout="constrained")
    axes = figure.subplots()
    sns.heatmap(table, ax=axes, cmap="viridis", annot=table.size <= 150, fmt=".2f", annot_kws={"size": 7},
                cbar_kws={"label": f"mean of {outcome}"})  # fmt: skip
    axes.set(xlabel=across, ylabel=down, title=f"{outcome}: mean over replicates")
    for labels, values in ((axes.set_xticklabels, table.columns), (axes.set_yticklabels, table.index)):
        labels([f"{value:.3g}" if isinstance(value, float) else str(value) for value in values], rotation=0)
    return figure


def _against(data: pd.DataFrame, factors: list[str], outcome: str) -> Figure:
    """An outcome against each factor: runs as points, and the mean of each level or tenth of the range."""
    strength = {factor: abs(_association(data[factor], data[outcome])) for factor in factors}
    shown = sorted(factors, key=lambda factor: -strength[factor])[:FACTORS_SHOWN]
    columns = min(4, len(shown))
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(3.1 * columns + 0.6, 2.5 * rows + 0.7), layout="constrained")
    cells = list(figure.subplots(rows, columns, sharey=True, squeeze=False).flat)
    sample = data.iloc[:: max(len(data) // 2000, 1)]
    for cell, factor in zip(cells, shown, strict=False):
        place, names = _places(data[factor])
        cell.scatter(place[sample.index], sample[outcome], s=4, alpha=0.25, color=FIRST, linewidths=0)
        bins = place if names is not None else pd.cut(place, BINS).map(lambda bin_: bin_.mid).astype(float)
        means = data.groupby(bins)[outcome].mean()
        cell.plot(means.index, means.to_numpy(), color=SECOND, lw=2, marker="o", ms=4)
        if names is not None:
            cell.set_xticks(range(len(names)), names, rotation=0 if len(names) < 5 else 45)
        cell.set_xlabel(
            factor.removeprefix("behaviour.") if len(factor) < 36 else "..." + factor[-33:], fontsize=8
        )
    for spare in cells[len(shown) :]:
        spare.remove()
    more = f", the {len(shown)} of {len(factors)} factors that move it most" if len(shown) < len(factors) else ""
    _sensible_range(cells[0], data[outcome], outcome)
    figure.suptitle(f"{outcome} against each factor (line: mean){more}", fontsize=10)
    figure.supylabel(outcome, fontsize=9)
    return figure


def _sensible_range(axes: Axes, values: pd.Series, outcome: str) -> None:
    """Room around an outcome that is always the same: a unit of what is counted, a tenth of what is a share."""
    if values.nunique() == 1:
        room = 1.0 if outcome.partition(":")[0] in COUNTED else 0.1
        axes.set_ylim(values.iloc[0] - room, values.iloc[0] + room)
        if room == 1:
            axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _association(factor: pd.Series, outcome: pd.Series) -> float:
    place = _places(factor)[0]
    if place.nunique() < 2 or outcome.nunique() < 2:
        return 0.0
    return float(place.corr(outcome, method="spearman"))


def _places(values: pd.Series) -> tuple[pd.Series, list[str] | None]:
    """Where values stand on an axis, and names for the places where there are few of them."""
    levels = sorted(values.unique(), key=lambda value: (isinstance(value, str), value))
    if len(levels) > LEVELS_SHOWN and pd.api.types.is_numeric_dtype(values):
        return values.astype(float), None
    names = [f"{level:.3g}" if isinstance(level, float) else str(level) for level in levels]
    return values.map({level: place for place, level in enumerate(levels)}).astype(float), names


def _over_time(kept: StudyRun, factors: list[str], series: str) -> Figure:
    """Median and band over time, one line for each level of the factor that moves the series most."""
    data = kept.trajectories.merge(kept.design, on="point")
    last = data[data["month"] == data["month"].max()]
    named = [factor for factor in factors if kept.design[factor].nunique() <= LEVELS_SHOWN]
    strength = {factor: abs(_association(last[factor], last[series])) for factor in named}
    chosen = max(named, key=lambda factor: strength[factor], default=None)
    groups = {"all runs": data} if chosen is None else {f"{chosen} = {v}": g for v, g in data.groupby(chosen)}
    marks = palette(list(groups))
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for name, own in groups.items():
        by_month = own.groupby("month")[series]
        years = years_of(pd.Series(sorted(own["month"].unique())))
        colour, style = marks[name]
        axes.plot(years, by_month.median(), color=colour, ls=style, lw=2, label=name)
        axes.fill_between(
            years, by_month.quantile(BAND[0]), by_month.quantile(BAND[1]), color=colour, alpha=0.15, lw=0
        )
    axes.legend(frameon=False, fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)
    low, high = (int(100 * q) for q in BAND)
    _sensible_range(axes, data[series], series)
    axes.set(xlabel="year", ylabel=series, title=f"{series}: median, and {low} to {high} % of runs")
    return figure
