"""Frames to figures: nothing here knows an engine, so a run read back from disk draws the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.scenario import Scenario
from entente.world.trajectory import QUANTITIES

Frames = Mapping[str, pd.DataFrame]

DPI = 130
NETWORK_DATES = 4
COLUMNS = 3
LEGEND_COLUMNS, LEGEND_ROW = 4, 0.2
"""Names beside each other in a legend below a figure, and the inches that a row of them takes."""
CONTRAST, DARKER = 4.5, 0.9
"""Contrast with white that small text needs (WCAG 2.2, level AA), and by how much a colour is darkened at a time."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
STYLES = ("-", "--", "-.", ":")
DRAWING: Any = {"svg.hashsalt": "entente", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw_figures(scenario: Scenario, tables: Frames, folder: Path) -> list[Path]:
    """Draw every figure of a run into `folder`, each as PNG and SVG, and say which files these are.

    The same tables give the same bytes: no dates, a fixed salt for the ids of the SVG.
    """
    written: list[Path] = []
    with mpl.rc_context(DRAWING):
        for name, make in FIGURES.items():
            written += save_figure(make(scenario, tables), folder / name)
    return written


def images(figure: Figure) -> dict[str, bytes]:
    """A figure as the bytes of a PNG and an SVG; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    found = {}
    # The ids of an SVG get their salt when it is written.
    with mpl.rc_context(DRAWING):
        for kind in ("png", "svg"):
            sheet = BytesIO()
            metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
            figure.savefig(sheet, format=kind, dpi=DPI, metadata=metadata)
            found[kind] = sheet.getvalue()
    return found


def save_figure(figure: Figure, path: Path) -> list[Path]:
    """Write a figure as `path` with .png and with .svg behind it; returns the files."""
    written = []
    for kind, content in images(figure).items():
        written.append(path.with_name(f"{path.name}.{kind}"))
        written[-1].write_bytes(content)
    return written


def years_of(months: pd.Series) -> pd.Series:
    """Calendar months as years with fractions, for an axis."""
    return months.map(lambda m: month_number(m) / MONTHS_IN_YEAR)


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


def _title(scenario: Scenario, what: str) -> str:
    return f"{what}: {scenario.name}"


def _nothing(words: str) -> Figure:
    figure = Figure(figsize=(7, 2))
    figure.text(0.5, 0.5, words, ha="center", va="center")
    return figure


def _grid(count: int, width: float, height: float, legend_rows: int) -> tuple[Figure, list[Axes]]:
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
        _years(cell)
    return figure, axes[:count]


def _years(axes: Axes) -> None:
    """Ticks that read as years, however short the run."""
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.ticklabel_format(axis="x", useOffset=False)


def _spread(levels: list[float], gap: float) -> list[float]:
    """Move label positions apart so that none stands nearer than `gap` to the next, keeping their order."""
    order = np.argsort(levels, kind="stable")
    placed = np.array(levels, dtype=float)
    for before, now in zip(order, order[1:], strict=False):
        placed[now] = max(placed[now], placed[before] + gap)
    return [float(p) for p in placed]


# -- ties over time -------------------------------------------------------------------------


def ties(scenario: Scenario, tables: Frames) -> Figure:
    """Depth and rung of every treaty that runs, with the shocks of the run."""
    frame = tables["treaties"]
    running = frame[frame["status"] == 1]
    names = list(dict.fromkeys(running["treaty"]))
    if not names:
        return _nothing("No treaty runs in this scenario.")
    rows = _strip_rows(scenario, tables["events"])
    tall = 0.4 + 0.2 * max(len(rows), 1)
    figure = Figure(figsize=(11, 6.9 + tall), layout="constrained")
    upper, strip, lower = figure.subplots(3, 1, sharex=True, height_ratios=[4.2, tall, 2.7])
    marks = palette(names)
    for name in names:
        own = running[running["treaty"] == name]
        colour, style = marks[name]
        upper.plot(years_of(own["month"]), own["depth"], color=colour, ls=style, lw=1.8)
        lower.plot(years_of(own["month"]), own["rung"] + _offset(names, name), color=colour, ls=style, lw=1.8,
                   drawstyle="steps-post")  # fmt: skip
    _name_lines(scenario, upper, running, marks)
    steps = scenario.institution.steps
    for rung in range(7):
        upper.axhline((rung + 1) / steps, color="0.85", lw=0.6, zorder=0)
    upper.set(
        ylim=(0, 1.0),
        ylabel=f"depth D ({QUANTITIES['depth'].unit.split()[-1]})",
        title=_title(scenario, "Ties over time"),
    )
    upper.text(
        0.005,
        0.985,
        "grey lines: depth that each rung can carry",
        transform=upper.transAxes,
        va="top",
        fontsize=7.5,
        color="0.4",
    )
    _strip(strip, rows)
    lower.set(ylim=(-0.4, 6.4), yticks=range(7), ylabel="rung R (0..6)", xlabel="year")
    lower.grid(axis="y", color="0.9")
    lower.ticklabel_format(axis="x", useOffset=False)
    return figure


def _offset(names: list[str], name: str) -> float:
    """Rungs of several treaties coincide; a small offset keeps each line visible."""
    return 0.3 * (names.index(name) / max(len(names) - 1, 1) - 0.5)


def _name_lines(scenario: Scenario, axes: Axes, running: pd.DataFrame, marks: dict[str, Any]) -> None:
    """Name each line: at the right where the treaty runs to the end, else where it ended."""
    ends = running.groupby("treaty", sort=False).tail(1)
    first, last = years_of(running["month"]).min(), years_of(running["month"]).max()
    lasting = ends[years_of(ends["month"]) >= last - 1e-9]
    heights = _spread(lasting["depth"].tolist(), 0.042)
    lift = max(0.0, max(heights, default=0.0) - 0.98)
    span = max(last - first, 0.1)
    for row, height in zip(lasting.itertuples(), heights, strict=True):
        axes.annotate(scenario.treaties[row.treaty].name, (last, row.depth), xytext=(last + 0.02 * span, height - lift),
                      color=readable(marks[row.treaty][0]), fontsize=8, va="center", annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": marks[row.treaty][0], "lw": 0.5, "shrinkA": 0})  # fmt: skip
    for row in ends[years_of(ends["month"]) < last - 1e-9].itertuples():
        at = month_number(row.month) / MONTHS_IN_YEAR
        axes.plot(at, row.depth, marker="x", color=marks[row.treaty][0], ms=5)
        axes.annotate(f"{scenario.treaties[row.treaty].name} ends", (at, row.depth), xytext=(3, 7), fontsize=7,
                      color=readable(marks[row.treaty][0]), textcoords="offset points", va="bottom")  # fmt: skip
    axes.set_xlim(first, last + 0.25 * span)
    axes.set_xticks([tick for tick in axes.get_xticks() if first <= tick <= last])


STRIP = {
    "shock": ("v", "#D55E00"),
    "relief": ("^", "#009E73"),
    "rumour": ("o", "#CC79A7"),
    "offer": ("s", "#0072B2"),
    "rift": ("X", "#56B4E9"),
}
"""Mark and colour of each kind of event that tells of threats and offers."""


def _strip_rows(scenario: Scenario, events: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Events by what they are about: a row for each source that flared up or calmed down, then one a kind."""
    told = events[events["kind"].isin(STRIP)]
    of_source = told[told["source"].isin(list(scenario.sources))]
    rest = told.drop(of_source.index)
    rows = [
        (source.name, of_source[of_source["source"] == id_])
        for id_, source in scenario.sources.items()
        if (of_source["source"] == id_).any()
    ]
    shared = set(of_source["kind"])
    return rows + [
        (f"other {kind}s" if kind in shared else f"{kind}s", rest[rest["kind"] == kind])
        for kind in STRIP
        if (rest["kind"] == kind).any()
    ]


def _strip(axes: Axes, rows: list[tuple[str, pd.DataFrame]]) -> None:
    """When threats came and went: a row a source, the larger the mark the larger the shock."""
    for level, (_, events) in enumerate(rows):
        for kind, (marker, colour) in STRIP.items():
            own = events[events["kind"] == kind]
            axes.scatter(
                years_of(own["month"]),
                [level] * len(own),
                marker=marker,
                s=8 + 45 * own["after"].abs(),
                color=colour,
                alpha=0.8,
            )
    axes.set(
        ylim=(max(len(rows), 1) - 0.4, -0.6),
        yticks=range(len(rows)),
        yticklabels=[words for words, _ in rows],
    )
    axes.tick_params(axis="y", labelsize=7.5)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="both", length=0)


# -- perceived threat -----------------------------------------------------------------------


def threat(scenario: Scenario, tables: Frames) -> Figure:
    """Perceived threat by state and source."""
    frame = tables["perceptions"]
    felt = frame.groupby("source")["perception"].max()
    sources = [source for source in felt.index if felt[source] > 0]
    states = list(dict.fromkeys(frame["state"]))
    if not sources:
        return _nothing("No state perceives a threat in this scenario.")
    figure, axes = _grid(len(states), 3.9, 2.1, -(-len(sources) // LEGEND_COLUMNS))
    marks = palette(sources)
    for cell, state in zip(axes, states, strict=True):
        own = frame[frame["state"] == state]
        for source in sources:
            line = own[own["source"] == source]
            if line["perception"].max() > 0:
                colour, style = marks[source]
                cell.plot(years_of(line["month"]), line["perception"], color=colour, ls=style, lw=1.3)
        cell.set_title(scenario.states[state].name, fontsize=9)
    handles = [Line2D([], [], color=marks[s][0], ls=marks[s][1], label=scenario.sources[s].name) for s in sources]
    figure.legend(handles=handles, loc="outside lower center", ncols=LEGEND_COLUMNS, frameon=False, fontsize=8)
    figure.suptitle(_title(scenario, "Perceived threat"))
    figure.supylabel(f"perceived threat P ({QUANTITIES['perception'].unit})", fontsize=9)
    return figure


# -- the network ----------------------------------------------------------------------------


def network(scenario: Scenario, tables: Frames) -> Figure:
    """The network of ties at four dates, on the same fixed geographic positions."""
    months = list(dict.fromkeys(tables["states"]["month"]))
    picks = sorted({round(i * (len(months) - 1) / (NETWORK_DATES - 1)) for i in range(NETWORK_DATES)})
    columns = min(2, len(picks))
    rows = -(-len(picks) // columns)
    figure = Figure(figsize=(6.2 * columns + 0.8, 3.6 * rows + 1.1), layout="constrained")
    cells = list(figure.subplots(rows, columns, squeeze=False).flat)
    positions = {id_: (s.place.longitude, s.place.latitude) for id_, s in scenario.states.items()}
    colours = mpl.colormaps["PuOr"]
    rungs = mpl.colormaps["viridis_r"].resampled(7)
    for cell, pick in zip(cells, picks, strict=False):
        _draw_network(cell, tables, months[pick], positions, colours, rungs)
        cell.set_title(months[pick], fontsize=10)
    for spare in cells[len(picks) :]:
        spare.remove()
    shown = cells[: len(picks)]
    figure.colorbar(ScalarMappable(Normalize(-1, 1), colours), ax=shown, location="right", shrink=0.6, pad=0.01,
                    label="state: alignment, -1 outside power, +1 bloc")  # fmt: skip
    figure.colorbar(ScalarMappable(BoundaryNorm(np.arange(-0.5, 7), 7), rungs), ax=shown, location="bottom", shrink=0.5,
                    ticks=range(7), aspect=40, pad=0.02,
                    label="edge: highest rung that the pair shares; width: dyad index. Node size: capability")  # fmt: skip
    figure.suptitle(_title(scenario, "The network of ties"))
    return figure


def _draw_network(
    axes: Axes,
    tables: Frames,
    month: str,
    positions: dict[str, tuple[float, float]],
    colours: Any,
    rungs: Any,
) -> None:
    states = tables["states"][tables["states"]["month"] == month].set_index("state")
    dyads = tables["dyads"][(tables["dyads"]["month"] == month) & (tables["dyads"]["layers"] > 0)]
    graph = nx.Graph()
    graph.add_nodes_from(sorted(positions))
    for row in dyads.sort_values("index").rename(columns={"index": "tie"}).itertuples():
        graph.add_edge(row.a, row.b, index=row.tie, rung=row.top_rung)
    edges = list(graph.edges(data=True))
    nx.draw_networkx_edges(graph, positions, ax=axes, edgelist=[(a, b) for a, b, _ in edges],
                           width=[0.6 + 5 * data["index"] for *_, data in edges],
                           edge_color=[rungs(int(data["rung"])) for *_, data in edges], alpha=0.75)  # fmt: skip
    nodes = sorted(positions)
    largest = states["capability"].max()
    nx.draw_networkx_nodes(graph, positions, ax=axes, nodelist=nodes, edgecolors="0.2", linewidths=0.8,
                           node_size=[60 + 500 * states["capability"][n] / largest for n in nodes],
                           node_color=[colours((states["alignment"][n] + 1) / 2) for n in nodes])  # fmt: skip
    for name, (x, y) in positions.items():
        dx, dy = _away(name, positions)
        radius = np.sqrt((60 + 500 * states["capability"][name] / largest) / np.pi)
        axes.annotate(name, (x, y), xytext=((radius + 9) * dx, (radius + 5) * dy), textcoords="offset points", fontsize=8, ha="center",
                      va="center", fontweight="bold", path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip
    axes.margins(0.12)
    axes.set_axis_off()


def _away(name: str, positions: dict[str, tuple[float, float]]) -> tuple[float, float]:
    """The direction in which a label stands: away from the neighbours, the nearest counting most."""
    x, y = positions[name]
    push = np.zeros(2)
    for other, (u, v) in positions.items():
        step = np.array([x - u, y - v])
        distance = float(np.hypot(*step))
        if other != name and distance > 0:
            push += step / distance**3
    length = float(np.hypot(*push))
    return (float(push[0] / length), float(push[1] / length)) if length > 0 else (0.0, 1.0)


# -- wishes and payments --------------------------------------------------------------------


def wishes(scenario: Scenario, tables: Frames) -> Figure:
    """What each party would have, what was agreed, what is practised and what the organs stand for, by treaty."""
    parties = tables["parties"]
    parties = parties[parties["member"] == 1]
    treaties = tables["treaties"][tables["treaties"]["status"] == 1]
    names = list(dict.fromkeys(treaties["treaty"]))
    if not names:
        return _nothing("No treaty runs in this scenario.")
    states = list(dict.fromkeys(parties["state"]))
    figure, axes = _grid(len(names), 3.9, 2.3, -(-(len(states) + 3) // LEGEND_COLUMNS))
    months = list(dict.fromkeys(treaties["month"]))
    marks = palette(states)
    steps = scenario.institution.steps
    for cell, name in zip(axes, names, strict=True):
        for state in states:
            line = parties[(parties["treaty"] == name) & (parties["state"] == state)]
            if len(line):
                # Months out of the treaty stay empty, rather than being bridged by a line.
                line = line.set_index("month").reindex(months).reset_index()
                cell.plot(years_of(line["month"]), line["ideal"], color=marks[state][0], ls=marks[state][1], lw=1)
        own = treaties[treaties["treaty"] == name]
        cell.plot(years_of(own["month"]), own["agreed"], color="0.55", lw=3.2, alpha=0.6, zorder=0)
        cell.plot(years_of(own["month"]), own["depth"], color="black", lw=1.6)
        cell.plot(years_of(own["month"]), own["rung"] / steps, color="black", lw=1, ls=":", drawstyle="steps-post")
        cell.set_title(scenario.treaties[name].name, fontsize=9)
        cell.set_ylim(0, 1)
    handles = [
        Line2D([], [], color="black", lw=1.6, label="practised D"),
        Line2D([], [], color="black", lw=1, ls=":", label=f"organs R/{steps:g}"),
        Line2D([], [], color="0.55", lw=3.2, alpha=0.6, label="agreed"),
        *(
            Line2D([], [], color=marks[s][0], ls=marks[s][1], label=f"{scenario.states[s].name} would have")
            for s in states
        ),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=LEGEND_COLUMNS, frameon=False, fontsize=8)
    figure.suptitle(_title(scenario, "What each party wants"))
    figure.supylabel("depth (0..1)", fontsize=9)
    return figure


def payments(scenario: Scenario, tables: Frames) -> Figure:
    """Who pays whom: the mean monthly side payment of each pair, by treaty."""
    flows = tables["payments"]
    if flows.empty:
        return _nothing("No side payments are made in this run.")
    months = tables["states"]["month"].nunique()
    total = flows.groupby(["payer", "payee", "treaty"])["amount"].sum() / months
    pairs = total.groupby(["payer", "payee"]).sum().nlargest(15)
    names = sorted({name for a, b, name in total.index if (a, b) in pairs.index})
    marks = palette(names)
    hatch = {name: ("", "///", "...", "xxx")[n // 8 % 4] for n, name in enumerate(names)}
    figure = Figure(figsize=(9, 1.6 + 0.34 * len(pairs)), layout="constrained")
    axes = figure.subplots()
    for row, pair in enumerate(pairs.index):
        left = 0.0
        for name in names:
            amount = float(total.get((*pair, name), 0.0))
            if amount > 0:
                axes.barh(row, amount, left=left, color=marks[name][0], edgecolor="white", height=0.7,
                          hatch=hatch[name])  # fmt: skip
                left += amount
    labels = [f"{scenario.states[a].name} pays {scenario.states[b].name}" for a, b in pairs.index]
    axes.set(yticks=range(len(pairs)), yticklabels=labels, xlabel="mean side payment a month (utility)",
             title=_title(scenario, "Who pays whom"))  # fmt: skip
    axes.invert_yaxis()
    handles = [
        Patch(facecolor=marks[n][0], edgecolor="white", hatch=hatch[n], label=scenario.treaties[n].name)
        for n in names
    ]
    axes.legend(handles=handles, frameon=False, fontsize=8, loc="lower right")
    return figure


FIGURES: dict[str, Callable[[Scenario, Frames], Figure]] = {
    "ties": ties,
    "threat": threat,
    "network": network,
    "wishes": wishes,
    "payments": payments,
}
"""Every figure of a run by the name of its file."""
