"""`why`: the chain of causes behind a treaty's rungs, in plain words, from the tables of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from entente.errors import InputError, nearest, shown
from entente.schema.base import MONTH_PATTERN, month_number, month_text
from entente.schema.scenario import Scenario

LOOK_BACK_MONTHS = 36
"""Shocks this long before an event are told as its background."""
RELIEF_MONTHS = 120
"""The same for reliefs before a fall, which comes slowly."""
SHOCKS_TOLD = 3
LEAST_PROVOKED = 0.02
"""Intensity in the long run from which a sponsoring treaty is told, and its deepening."""

_QUARRELS = ("rift", "reconciliation")
_TOLD = ("signing", "rung up", "rung down", "rung blocked", "entry", "exit", "renewal", "end", "obligation")


def why(
    scenario: Scenario, tables: Mapping[str, pd.DataFrame], treaty: str, month: str | None = None
) -> list[str]:
    """Sentences on what happened to a `treaty` up to `month` (`YYYY-MM`; none: the whole run), and why.

    `scenario` and `tables` are those of a run.

    Raises `InputError` for a treaty or a month that the run does not hold.

    Examples:
        >>> from entente import run, why
        >>> result = run("memo-2001", seed=1, months=12)
        >>> why(result.scenario, result.tables, "rus-chn-2001")[0].split(" in ")[0]
        'Russia-China treaty 2001'
    """
    known = list(dict.fromkeys(tables["treaties"]["treaty"]))
    if treaty not in known:
        raise InputError(f"{shown(treaty)}: no treaty of this run{nearest(treaty, known)}")
    frame = tables["treaties"][tables["treaties"]["treaty"] == treaty]
    months = list(frame["month"])
    if month is not None:
        if not pd.Series([month]).str.fullmatch(MONTH_PATTERN.strip("^$")).item():
            raise InputError(f"--month {shown(month)}: must be a month, YYYY-MM")
        if month not in months:
            raise InputError(f"--month {month}: the run covers {months[0]} to {months[-1]}")
    until = month or months[-1]
    state = frame[frame["month"] == until].iloc[0]
    lines = [_standing(scenario, treaty, until, state)]
    events = tables["events"]
    its = (events["treaty"] == treaty) & events["kind"].isin(_TOLD)
    own = events[(its | _parting(events, frame)) & (events["month"] <= until)]
    for event in own.itertuples():
        lines.append(_sentence(scenario, event))
        if event.kind in {"rung up", "signing"} and event.threats:
            lines += _background(scenario, tables, event)
        if event.lost:
            lines += _what_went_away(scenario, tables, event)
    if not own["kind"].isin(_TOLD).any():
        lines.append("Nothing changed in its organs, its promise or its membership.")
    lines.append(_wishes(scenario, tables["parties"], treaty, until, state))
    return [line for line in lines if line]


def _parting(events: pd.DataFrame, treaty: pd.DataFrame) -> pd.Series:
    """Which events are quarrels or reconciliations that two members of a treaty at least were in, by its table."""
    ran = treaty[treaty["status"] == 1]
    members = {month: set(ids.split()) for month, ids in zip(ran["month"], ran["members"], strict=True)}
    rows = zip(events["kind"], events["month"], events["parties"], strict=True)
    within = [
        kind in _QUARRELS and len(members.get(month, set()) & set(ids.split())) > 1 for kind, month, ids in rows
    ]
    return pd.Series(within, index=events.index, dtype=bool)


def names_of(scenario: Scenario, ids: str) -> str:
    """States by name, from ids with spaces between."""
    words = [scenario.states[i].name if i in scenario.states else i for i in ids.split()]
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def _sources(scenario: Scenario, ids: str) -> str:
    return " and ".join(scenario.sources[i].name if i in scenario.sources else i for i in ids.split())


def _standing(scenario: Scenario, treaty: str, month: str, state: pd.Series) -> str:
    name = scenario.treaties[treaty].name
    if state["status"] == 0:
        return f"{name}: not signed by {month}."
    if state["status"] == 2:
        return f"{name}: ended before {month}."
    return (
        f"{name} in {month}: rung {state['rung']}, depth {state['depth']:.2f}, obligation {state['obligation']}; "
        f"the parties agree on a depth of {state['agreed']:.2f}."
    )


def head_of(scenario: Scenario, event: Any) -> str:
    """What happened to a treaty, in a few words that leave out its name, the month and the cause."""
    parties, before, after = names_of(scenario, event.parties), event.before, event.after
    s = "" if " " in event.parties else "s"
    return {
        "signing": f"{parties} sign; rung {after:.0f}",
        "rung up": f"it rises from rung {before:.0f} to {after:.0f}",
        "rung down": f"it sinks from rung {before:.0f} to {after:.0f}",
        "rung blocked": f"a rise above rung {before:.0f} is due and does not come",
        "entry": f"{parties} join{s} ({before:.0f} parties before, {after:.0f} after)",
        "exit": f"{parties} leave{s} ({before:.0f} parties before, {after:.0f} after)",
        "renewal": "the term is renewed",
        "end": "the treaty ends",
        "rift": f"{parties} fall out (by {after:.2f})",
        "reconciliation": f"{parties} make up (by {-after:.2f})",
        "obligation": f"the obligation goes from {before:.0f} to {after:.0f}",
    }[event.kind]


def cause_of(scenario: Scenario, event: Any) -> str:
    """By what rule, whose wish and which threats it happened; begins with what joins it to the head."""
    kind, rule = event.kind, event.rule
    binding, threats = event.binding, _sources(scenario, event.threats)
    cause = f": {rule}" if rule else ""
    bound = (
        f"; {names_of(scenario, binding)}, whose wish was binding" if binding and kind.startswith("rung") else ""
    )
    fell = kind in {"rung down", "exit", "end"}
    threats = "" if fell else threats  # less of them: told by what went away
    moved = f", was moved most by {threats}" if bound and threats else ""
    counted = "threats that counted most were" if " " in event.threats else "threat that counted most was"
    felt = f"; the {counted} {threats}" if threats and not bound else ""
    if bound and not moved and not fell:
        bound = f"; the wish of {names_of(scenario, binding)} was binding, and no threat above its resting level lifted it"
    return f"{cause}{bound}{moved}{felt}"


def _sentence(scenario: Scenario, event: Any) -> str:
    return f"{event.month}  {head_of(scenario, event)}{cause_of(scenario, event)}."


def _background(scenario: Scenario, tables: Mapping[str, pd.DataFrame], event: object) -> list[str]:
    """The shocks behind the threats that an event names, and who perceived them."""
    month, binding = event.month, event.binding  # type: ignore[attr-defined]
    sources = event.threats.split()  # type: ignore[attr-defined]
    start = month_text(month_number(month) - LOOK_BACK_MONTHS)
    events = tables["events"]
    shocks = events[
        events["kind"].isin(["shock", "rumour"]) & events["source"].isin(sources) & (events["month"] <= month)
    ]
    recent = shocks[shocks["month"] >= start]
    seen = tables["perceptions"]
    lines = []
    for source in sources:
        told = (
            recent[recent["source"] == source].nlargest(SHOCKS_TOLD, "after").sort_values("month", kind="stable")
        )
        what = (
            "; ".join(f"{row.month} {row.rule}" for row in told.itertuples())
            or "no shock in the three years before"
        )
        felt = seen[(seen["month"] == month) & (seen["source"] == source) & (seen["state"] == binding)][
            "perception"
        ]
        level = f", perceived by {names_of(scenario, binding)} at {felt.iloc[0]:.2f}" if len(felt) else ""
        lines.append(
            f"         {scenario.sources[source].name}{level}: {what}{_sponsors(scenario, tables, source, month)}."
        )
    return lines


def _what_went_away(scenario: Scenario, tables: Mapping[str, pd.DataFrame], event: object) -> list[str]:
    """What an event names as lost, and the reliefs behind what is feared less."""
    month, lost = event.month, event.lost  # type: ignore[attr-defined]
    lines = [f"         What went away: {lost}."]
    events, start = tables["events"], month_text(month_number(month) - RELIEF_MONTHS)
    for source in event.threats.split():  # type: ignore[attr-defined]
        eased = events[
            (events["kind"] == "relief")
            & (events["source"] == source)
            & (events["month"] >= start)
            & (events["month"] <= month)
        ]
        behind = _sponsors(scenario, tables, source, month)
        if behind:
            lines.append(f"         {scenario.sources[source].name}{behind}.")
        if len(eased):
            what = "; ".join(f"{row.month} {row.rule}" for row in eased.tail(SHOCKS_TOLD).itertuples())
            lines.append(f"         {scenario.sources[source].name}, relief: {what}.")
    return lines


def _sponsors(scenario: Scenario, tables: Mapping[str, pd.DataFrame], source: str, month: str) -> str:
    """What the treaties that sponsor a source held by the month, and how they came to it; nothing where none counts."""
    if not scenario.switches.provocation:
        return ""
    start, frame, told = month_text(month_number(month) - LOOK_BACK_MONTHS), tables["treaties"], []
    for treaty, share in sorted(scenario.sources[source].sponsors.treaties.items()):
        depths = frame[(frame["treaty"] == treaty) & (frame["month"] >= start) & (frame["month"] < month)]["depth"]
        if depths.empty:
            continue
        then, now = depths.iloc[0], depths.iloc[-1]
        if scenario.behaviour.provoke * share * max(then, now) < LEAST_PROVOKED:
            continue
        moved = scenario.behaviour.provoke * share * (now - then)
        way = f"which {'deepened' if moved > 0 else 'sank'} from {then:.2f} to {now:.2f}"
        told.append(
            f"{scenario.treaties[treaty].name}, {way if abs(moved) >= LEAST_PROVOKED else f'at a depth of {now:.2f}'}"
        )
    return f"; behind it stands {' and '.join(told)}" if told else ""


def _wishes(scenario: Scenario, parties: pd.DataFrame, treaty: str, month: str, state: pd.Series) -> str:
    rows = parties[(parties["treaty"] == treaty) & (parties["month"] == month) & (parties["member"] == 1)]
    if state["status"] != 1 or rows.empty:
        return ""
    wishes = ", ".join(f"{names_of(scenario, str(row.state))} {row.ideal:.2f}" for row in rows.itertuples())
    return f"In {month} the parties would have a depth of: {wishes}."
