"""Ties over time, above the threat to their parties: where a run shows what threat does to institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from entente.month.ladder import RUNG_NAMES
from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.scenario import Scenario

from .drawing import COLUMNS, nothing, palette, title, year_ticks, years_of
from .tables import FUTURE_SHARES, FUTURES_NAME

Frames = Mapping[str, pd.DataFrame]

TIE, DENSITY = "#0072B2", dict(zip(FUTURE_SHARES, (0.3, 0.16), strict=True))
"""Colour of a tie, and how dense the band that holds each share of the futures is drawn."""
MARKS = {"shock": "v", "relief": "^", "rumour": "o", "rift": "X", "reconciliation": "P", "offer": "s"}
"""Mark of each kind of event that tells of threats, quarrels and offers."""
MARK_SIZE, MARK_GROWS = 14, 60
LABEL_LETTERS, LETTER, PARTIES_NAMED = 40, 0.0105, 4
"""Letters of a label, their width as a share of the years shown, and parties that a row names at most."""
PARTY_STYLES = ("-", "--", ":", "-.")


def focus(scenario: Scenario, tables: Frames) -> str | None:
    """The treaty that is shown large: the scenario's `focus` where it runs, else the one whose organs moved most, the first of equals."""
    frame = tables["treaties"]
    running = frame[frame["status"] == 1]
    names = [name for name in scenario.treaties if (running["treaty"] == name).any()]
    if scenario.focus in names:
        return scenario.focus
    moved = running.groupby("treaty")["rung"].agg(lambda rungs: rungs.diff().abs().sum())
    return max(names, key=lambda name: moved[name], default=None)


def succession(scenario: Scenario, treaty: str) -> list[str]:
    """A treaty and those that it succeeds, directly or in turn, itself first."""
    found = [treaty]
    while (before := scenario.treaties[found[-1]].succeeds) in scenario.treaties:
        found.append(str(before))
    return found


def threat_to(scenario: Scenario, tables: Frames, treaty: str) -> pd.DataFrame:
    """Threat to each party of a treaty by month and source, `scope * P`: columns `month`, `state`, `source`, `threat`.

    Months in which a state is not party are left out.
    """
    scope = {source: share for source, share in scenario.treaties[treaty].scope.items() if share > 0}
    parties = tables["parties"]
    member = parties.loc[(parties["treaty"] == treaty) & (parties["member"] == 1), ["month", "state"]]
    felt = tables["perceptions"].loc[
        lambda frame: frame["source"].isin(scope), ["month", "state", "source", "perception"]
    ]
    found = member.merge(felt, on=["month", "state"], how="left")
    found = found.dropna(subset=["source"])
    return found.assign(threat=found["perception"] * found["source"].map(scope).astype(float)).drop(
        columns="perception"
    )


def tie(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
    """One treaty, large: organs and practice with their futures, the threat to its parties, and what flared up."""
    name = focus(scenario, tables)
    if name is None:
        return nothing("No treaty runs in this scenario.")
    line = succession(scenario, name)
    felt = pd.concat([threat_to(scenario, tables, one) for one in line])
    told = _told(scenario, tables["events"], name)
    sources = _by_threat(felt)
    marks = palette(sources)
    rows = _rows(scenario, told, felt, sources)
    strip = 0.35 + 0.24 * max(len(rows), 1)
    figure = Figure(figsize=(10.5, 6.2 + strip), layout="constrained")
    upper, middle, lower = figure.subplots(3, 1, sharex=True, height_ratios=[3.5, 2.3, strip])
    _whole_run(upper, tables)
    _ladder(upper, scenario, tables, line, names=True)
    upper.legend(
        handles=_tie_legend(scenario, tables),
        loc="upper left",
        bbox_to_anchor=(1.01, 1),
        frameon=False,
        fontsize=8,
    )
    upper.set_title(title(scenario, scenario.treaties[name].name, seed), loc="left")
    _threats(middle, scenario, felt, sources, marks)
    _strip(lower, rows, marks)
    lower.set_xlabel("year")
    return figure


def ties(scenario: Scenario, tables: Frames, seed: int | None = None) -> Figure:
    """Every treaty that runs, each above the mean threat to its parties."""
    frame = tables["treaties"]
    names = list(dict.fromkeys(frame.loc[frame["status"] == 1, "treaty"]))
    if not names:
        return nothing("No treaty runs in this scenario.")
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    spare = rows * columns - len(names)
    figure = Figure(figsize=(max(4.1 * columns, 7.5), 2.8 * rows + (0.4 if spare else 1.6)), layout="constrained")
    cells = figure.subplots(2 * rows, columns, sharex=True, squeeze=False, height_ratios=[2.2, 1] * rows)
    felt = {name: threat_to(scenario, tables, name) for name in names}
    most = max((_mean_threat(own).max() for own in felt.values() if len(own)), default=0.0)
    for n, name in enumerate(names):
        upper, lower = cells[2 * (n // columns) : 2 * (n // columns) + 2, n % columns]
        _ladder(upper, scenario, tables, [name], names=False)
        upper.set_title(scenario.treaties[name].name, fontsize=9, loc="left")
        own = _mean_threat(felt[name])
        lower.fill_between(years_of(own.index.to_series()), own.to_numpy(), color="0.45", lw=0)
        lower.set_ylim(0, max(1.1 * most, 0.1))
        lower.yaxis.set_major_locator(MaxNLocator(nbins=2))
        if n % columns == 0:
            upper.set_ylabel("rung (0..6)")
            lower.set_ylabel("threat\n(intensity)")
        if n + columns >= len(names):
            lower.tick_params(labelbottom=True)
            lower.set_xlabel("year")
    _whole_run(cells[0, 0], tables)
    handles = [
        *_tie_legend(scenario, tables),
        Patch(color="0.45", label="threat to the parties: their mean, all sources"),
    ]
    if spare:
        for left in cells[2 * rows - 2 :, columns - spare :].flat:
            left.set_axis_off()
        beside = cells[2 * rows - 2, columns - spare]
        beside.legend(handles=handles, loc="upper left", frameon=False, fontsize=8)
        cells[2 * rows - 1, columns - spare].text(
            0.02,
            1.5,
            "\n".join(f"{n} {words}" for n, words in reversed(list(enumerate(RUNG_NAMES)))),
            transform=cells[2 * rows - 1, columns - spare].transAxes,
            fontsize=8,
            va="top",
        )
    else:
        words = ",  ".join(f"{n} {words}" for n, words in enumerate(RUNG_NAMES))
        figure.legend(
            handles=handles,
            loc="outside lower center",
            ncols=min(3, columns),
            frameon=False,
            fontsize=8,
            title=f"Rungs: {words}",
            title_fontsize=8,
        )
    figure.suptitle(title(scenario, "Ties above the threat to their parties", seed))
    return figure


def _whole_run(axes: Axes, tables: Frames) -> None:
    """The years of the run on an axis, however short it is."""
    first, last = years_of(tables["states"]["month"].iloc[[0, -1]])
    axes.set_xlim(first, max(last, first + 1 / MONTHS_IN_YEAR))
    year_ticks(axes)


def _ladder(axes: Axes, scenario: Scenario, tables: Frames, line: Sequence[str], names: bool) -> None:
    """Organs as steps and practice as a line, on the rungs, with the futures of practice as bands.

    Of treaties that succeed each other (`line`, the last one first) each stands for the months in which it is in
    force in the run, and the last for all others.
    """
    steps = scenario.institution.steps
    months = list(dict.fromkeys(tables["states"]["month"]))
    own = tables["treaties"]
    own = (
        own[own["treaty"].isin(line) & (own["status"] == 1)]
        .drop_duplicates("month")
        .set_index("month")
        .reindex(months)
    )
    years = years_of(pd.Series(months))
    futures = tables.get(FUTURES_NAME)
    if futures is not None:
        whose = pd.DataFrame({"month": months, "treaty": own["treaty"].fillna(line[0]).to_numpy()})
        band = whose.merge(futures, how="left", on=["month", "treaty"])
        for share, density in sorted(DENSITY.items(), reverse=True):
            low, high = (band[f"practice_{edge}_{share}"].to_numpy() * steps for edge in ("low", "high"))
            axes.fill_between(years, low, high, color=TIE, alpha=density, lw=0, zorder=1)
        axes.plot(years, band["practice_median"].to_numpy() * steps, color=TIE, lw=1.2, ls="--", zorder=2)
    axes.plot(years, own["depth"] * steps, color=TIE, lw=1.8, zorder=3)
    axes.plot(years, own["rung"], color="black", lw=1.5, drawstyle="steps-post", zorder=4)
    ended = own["rung"].last_valid_index()
    if ended is not None and ended != months[-1]:
        axes.plot(month_number(str(ended)) / MONTHS_IN_YEAR, own["rung"][ended], marker="x", color="black", ms=6)
    axes.set_ylim(-0.3, 6.3)
    axes.set_yticks(range(7), [f"{rung} {words}" for rung, words in enumerate(RUNG_NAMES)] if names else None)
    axes.grid(axis="y", color="0.92", lw=0.6)
    axes.tick_params(axis="y", labelsize=8)
    if names:
        axes.set_ylabel("rung (0..6)")


def _tie_legend(scenario: Scenario, tables: Frames) -> list[Any]:
    handles: list[Any] = [
        Line2D([], [], color="black", lw=1.5, label="organs: the rung"),
        Line2D([], [], color=TIE, lw=1.8, label=f"practice: depth D times {scenario.institution.steps:g}"),
    ]
    if FUTURES_NAME in tables:
        count = int(tables[FUTURES_NAME]["runs"].max())
        handles.append(Line2D([], [], color=TIE, lw=1.2, ls="--", label=f"median practice of {count} runs"))
        handles += [
            Patch(color=TIE, alpha=density + 0.1, label=f"{share} % of these runs")
            for share, density in sorted(DENSITY.items(), reverse=True)
        ]
    return handles


def _by_threat(felt: pd.DataFrame) -> list[str]:
    """Sources of a treaty, the one that threatened most over the run first; those that never did are left out."""
    total = felt.groupby("source")["threat"].sum()
    return [str(source) for source in total[total > 0].sort_values(ascending=False, kind="stable").index]


def _mean_threat(felt: pd.DataFrame) -> pd.Series:
    """Mean over the parties of the threat to each, by month."""
    each = felt.groupby(["month", "state"], sort=True)["threat"].sum()
    found: pd.Series = each.groupby("month").mean()
    return found


def _threats(
    axes: Axes, scenario: Scenario, felt: pd.DataFrame, sources: Sequence[str], marks: Mapping[str, Any]
) -> None:
    """Threat to the parties: their mean by source, stacked, and the whole of each of the first four."""
    axes.set_ylabel("threat to the parties\n(intensity, all sources)")
    if not sources:
        axes.text(
            0.5, 0.5, "no threat within its scope", transform=axes.transAxes, ha="center", va="center", color="0.4"
        )
        return
    each = felt.groupby(["month", "source"])["threat"].sum().unstack().fillna(0.0)
    counts = felt.groupby("month")["state"].nunique()
    mean = each.div(counts, axis=0)[list(sources)]
    axes.stackplot(
        years_of(mean.index.to_series()),
        mean.to_numpy().T,
        colors=[marks[s][0] for s in sources],
        alpha=0.75,
        lw=0,
    )
    parties = felt.groupby(["month", "state"])["threat"].sum().unstack()
    strongest = parties.sum().sort_values(ascending=False, kind="stable").index[: len(PARTY_STYLES)]
    for style, state in zip(PARTY_STYLES, strongest, strict=False):
        axes.plot(years_of(parties.index.to_series()), parties[state], color="black", lw=1, ls=style)
    axes.set_ylim(bottom=0)
    handles: list[Any] = [
        Patch(color=marks[s][0], alpha=0.75, label=scenario.sources[s].name) for s in sources[:8]
    ]
    handles += [Line2D([], [], color="black", lw=1, ls=style, label=f"all threats to {scenario.states[state].name}")
                for style, state in zip(PARTY_STYLES, strongest, strict=False)]  # fmt: skip
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8,
                title="mean of the parties, by source", title_fontsize=8, alignment="left")  # fmt: skip


def _told(scenario: Scenario, events: pd.DataFrame, name: str) -> pd.DataFrame:
    """What bears on a treaty: threats within its scope, quarrels of its own, offers to its parties."""
    scope = [source for source, share in scenario.treaties[name].scope.items() if share > 0]
    parties = set(scenario.treaties[name].parties) | set(scenario.treaties[name].candidates)
    of_source = events["source"].isin(scope) & events["kind"].isin(["shock", "relief", "rumour"])
    rift = events["kind"].isin(["rift", "reconciliation"]) & events["treaty"].isin(["", name])
    offer = (events["kind"] == "offer") & events["parties"].isin(parties)
    return events[of_source | rift | offer]


def _rows(
    scenario: Scenario, told: pd.DataFrame, felt: pd.DataFrame, sources: Sequence[str]
) -> list[tuple[str, str, pd.DataFrame]]:
    """Rows of the strip, with the source that colours it: the sources that flared up, the strongest first, then other kinds."""
    rows = []
    for source in [*sources, *(s for s in scenario.sources if s not in sources)]:
        own = told[told["source"] == source]
        if len(own):
            touched = sorted(set(felt.loc[(felt["source"] == source) & (felt["threat"] > 0), "state"]))
            whom = ", ".join(touched) if len(touched) <= PARTIES_NAMED else f"{len(touched)} parties"
            rows.append((f"{scenario.sources[source].name} ({whom})", source, own))
    for kind, words in (
        ("rift", "quarrels"),
        ("reconciliation", "reconciliations"),
        ("offer", "offers"),
        ("rumour", "rumours"),
    ):
        own = told[(told["kind"] == kind) & (told["source"] == "")]
        if len(own):
            rows.append((words, "", own))
    return rows


def _strip(axes: Axes, rows: list[tuple[str, str, pd.DataFrame]], marks: Mapping[str, Any]) -> None:
    """When threats came and went: a row a source, the larger the mark the larger the shock; dated ones say what they are."""
    for level, (_, source, events) in enumerate(rows):
        colour = marks[source][0] if source in marks else "0.35"
        for kind, marker in MARKS.items():
            own = events[events["kind"] == kind]
            axes.scatter(years_of(own["month"]), [level] * len(own), marker=marker, s=MARK_SIZE + MARK_GROWS * own["after"].abs(),
                         color=colour, alpha=0.85, lw=0)  # fmt: skip
        _name_dated(axes, level, events)
    axes.set(
        ylim=(max(len(rows), 1) - 0.4, -0.6), yticks=range(len(rows)), yticklabels=[words for words, *_ in rows]
    )
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    axes.spines["left"].set_visible(False)
    if not rows:
        axes.text(0.5, 0.5, "nothing flared up", transform=axes.transAxes, ha="center", va="center", color="0.4")


def _name_dated(axes: Axes, level: int, events: pd.DataFrame) -> None:
    """Say beside a dated event what it was, where there is room: to the right of it, in the later half to the left."""
    first, last = axes.get_xlim()
    taken = first
    years = years_of(events["month"]).tolist()
    for n, (at, rule) in enumerate(zip(years, events["rule"], strict=True)):
        _, _, words = rule.partition(": ")
        words = words if len(words) <= LABEL_LETTERS else words[: LABEL_LETTERS - 1].rstrip() + "…"
        width = LETTER * (len(words) + 2) * (last - first)
        before = at > (first + last) / 2
        begin, end = (at - width, at) if before else (at, at + width)
        others = years[:n] if before else years[n + 1 :]
        if words and begin >= taken and not any(begin <= other <= end for other in others):
            axes.annotate(words, (at, level), xytext=(-8 if before else 8, 0), textcoords="offset points", fontsize=7,
                          va="center", ha="right" if before else "left")  # fmt: skip
            taken = end
