"""The figures of a run from its frames: nothing here knows an engine, so a run read back from disk draws the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Polygon
from matplotlib.patheffects import withStroke
from scipy.spatial import ConvexHull

from entente.schema.scenario import Scenario
from entente.world.trajectory import QUANTITIES

from .drawing import DRAWING, LEGEND_COLUMNS, grid, nothing, palette, save_figure, title, years_of
from .tie_figures import Frames, tie, ties

NETWORK_DATES = 4
MULTILATERAL, CORNERS = 3, 16
"""Parties from which a treaty is drawn as a shape, and corners of its shape around each."""
PAD, PAD_STEP, FRAME = 4.0, 1.2, 2.0
"""Degrees between a shape and its outermost parties, by how much each further shape is wider, and about all."""
LEAST_WIDTH, WIDENS = 0.8, 4.0
"""Width of a line at depth 0, and by how much it grows to depth 1, in points."""


def draw_figures(scenario: Scenario, tables: Frames, folder: Path, seed: int | None = None) -> list[Path]:
    """Draw every figure of a run into `folder`, each as PNG and SVG, and say which files these are.

    The same tables give the same bytes: no dates, a fixed salt for the ids of the SVG. Where the tables hold
    `futures`, ties are drawn with their spread.
    """
    written: list[Path] = []
    with mpl.rc_context(DRAWING):
        for name, make in FIGURES.items():
            written += save_figure(make(scenario, tables, seed), folder / name)
    return written


# -- perceived threat -----------------------------------------------------------------------


def threat(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
    """Perceived threat by state and source."""
    frame = tables["perceptions"]
    felt = frame.groupby("source")["perception"].max()
    sources = [source for source in felt.index if felt[source] > 0]
    states = list(dict.fromkeys(frame["state"]))
    if not sources:
        return nothing("No state perceives a threat in this scenario.")
    figure, axes = grid(len(states), 3.9, 2.1, -(-len(sources) // LEGEND_COLUMNS))
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
    figure.suptitle(title(scenario, "Perceived threat", seed))
    figure.supylabel(f"perceived threat P ({QUANTITIES['perception'].unit})", fontsize=9)
    return figure


# -- the network ----------------------------------------------------------------------------


def network(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
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
    # The widest shape last, and always so, lest frames and shapes change from date to date.
    sizes = tables["parties"].groupby(["treaty", "month"])["member"].sum().groupby("treaty").max()
    many = sizes[sizes >= MULTILATERAL].sort_values(kind="stable").index
    pads = {str(name): PAD + PAD_STEP * n for n, name in enumerate(many)}
    for cell, pick in zip(cells, picks, strict=False):
        _draw_network(cell, tables, months[pick], positions, pads, colours, rungs)
        cell.set_title(months[pick], fontsize=10)
    for spare in cells[len(picks) :]:
        spare.remove()
    shown = cells[: len(picks)]
    figure.colorbar(ScalarMappable(Normalize(-1, 1), colours), ax=shown, location="right", shrink=0.6, pad=0.01,
                    label="state: alignment, -1 outside power, +1 bloc")  # fmt: skip
    figure.colorbar(ScalarMappable(BoundaryNorm(np.arange(-0.5, 7), 7), rungs), ax=shown, location="bottom", shrink=0.5,
                    ticks=range(7), aspect=40, pad=0.02,
                    label="rung (0..6). Line: treaty of two; shape: of more; the wider the line, the deeper. Node size: capability")  # fmt: skip
    figure.suptitle(title(scenario, "The network of ties", seed))
    return figure


def _draw_network(
    axes: Axes,
    tables: Frames,
    month: str,
    positions: dict[str, tuple[float, float]],
    pads: dict[str, float],
    colours: Any,
    rungs: Any,
) -> None:
    states = tables["states"][tables["states"]["month"] == month].set_index("state")
    treaties = tables["treaties"][(tables["treaties"]["month"] == month) & (tables["treaties"]["status"] == 1)]
    graph = nx.Graph()
    graph.add_nodes_from(sorted(positions))
    for row in treaties.sort_values("depth", kind="stable").to_dict("records"):
        parties = row["members"].split()
        if len(parties) >= MULTILATERAL:
            _outline(
                axes,
                [positions[id_] for id_ in parties],
                pads[row["treaty"]],
                rungs(int(row["rung"])),
                row["depth"],
            )
        else:
            graph.add_edge(*parties, depth=row["depth"], rung=row["rung"])
    edges = list(graph.edges(data=True))
    nx.draw_networkx_edges(graph, positions, ax=axes, edgelist=[(a, b) for a, b, _ in edges],
                           width=[LEAST_WIDTH + WIDENS * data["depth"] for *_, data in edges],
                           edge_color=[rungs(int(data["rung"])) for *_, data in edges], alpha=0.9)  # fmt: skip
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
    room = FRAME + max(pads.values(), default=0.0)
    for fit, values in (
        (axes.set_xlim, [x for x, _ in positions.values()]),
        (axes.set_ylim, [y for _, y in positions.values()]),
    ):
        fit(min(values) - room, max(values) + room)
    axes.set_axis_off()


def _outline(axes: Axes, places: list[tuple[float, float]], pad: float, colour: Any, depth: float) -> None:
    """A shape around the parties of a treaty of three or more, at a distance `pad` in degrees."""
    turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    around = np.array([(x + pad * np.cos(turn), y + pad * np.sin(turn)) for x, y in places for turn in turns])
    corners = around[ConvexHull(around).vertices]
    axes.add_patch(Polygon(corners, closed=True, facecolor=(*to_rgb(colour), 0.10), edgecolor=colour, lw=LEAST_WIDTH + WIDENS * depth,
                           joinstyle="round", zorder=0))  # fmt: skip


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


def wishes(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
    """What each party would have, what was agreed, what is practised and what the organs stand for, by treaty."""
    parties = tables["parties"]
    parties = parties[parties["member"] == 1]
    treaties = tables["treaties"][tables["treaties"]["status"] == 1]
    names = list(dict.fromkeys(treaties["treaty"]))
    if not names:
        return nothing("No treaty runs in this scenario.")
    states = list(dict.fromkeys(parties["state"]))
    figure, axes = grid(len(names), 3.9, 2.3, -(-(len(states) + 3) // LEGEND_COLUMNS))
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
    figure.suptitle(title(scenario, "What each party wants", seed))
    figure.supylabel("depth (0..1)", fontsize=9)
    return figure


def payments(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
    """Who pays whom: the mean monthly side payment of each pair, by treaty."""
    flows = tables["payments"]
    if flows.empty:
        return nothing("No side payments are made in this run.")
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
             title=title(scenario, "Who pays whom", seed))  # fmt: skip
    axes.invert_yaxis()
    handles = [
        Patch(facecolor=marks[n][0], edgecolor="white", hatch=hatch[n], label=scenario.treaties[n].name)
        for n in names
    ]
    axes.legend(handles=handles, frameon=False, fontsize=8, loc="lower right")
    return figure


FIGURES: dict[str, Callable[[Scenario, Frames, int | None], Figure]] = {
    "tie": tie,
    "ties": ties,
    "threat": threat,
    "network": network,
    "wishes": wishes,
    "payments": payments,
}
"""Every figure of a run by the name of its file."""
