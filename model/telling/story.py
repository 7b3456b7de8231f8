"""Why it happened: events and their causes, derived from the recorded trajectory by one function.

Nothing here looks into an engine, so any engine that records the same numbers tells the same story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from entente.month.mechanism import Mechanism, arguments
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.intervention import Rift, Threat, Weakness
from entente.schema.scenario import acting_at
from entente.world.pack import World
from entente.world.trajectory import MOVED, ONE_LEFT, SUCCEEDED, Trajectory

from .losses import Lost, deciders, lost_organs, lost_party, lost_treaty

SPONSORS = {"sponsors_depth", "sponsors_capability"}
"""Words for what the sponsors of a source hold."""

EVENT_COLUMNS: dict[str, tuple[str, str]] = {
    "month": ("YYYY-MM", "calendar month of the event"),
    "kind": ("word", "signing, end, rung up, rung down, rung blocked, obligation, entry, exit, renewal, "
             "consultation, payment, shock, relief, rumour, weakness, rift, reconciliation, offer or acceptance"),
    "treaty": ("id", "treaty, empty where none is concerned"),
    "parties": ("ids", "states concerned, separated by spaces"),
    "source": ("id", "source of threat concerned, empty where none is"),
    "before": ("as the kind", "value before"),
    "after": ("as the kind", "value after"),
    "threats": ("ids", "sources that contributed most, the strongest first: those that lift the binding "
                "party's benefit above its resting level; of a fall, an exit or an end those that are feared less"),
    "binding": ("id", "party whose wish was binding"),
    "rule": ("words", "rule that allowed or blocked it"),
    "lost": ("words", "of a fall, an exit or an end: what went away since most was wanted, the largest loss first"),
}  # fmt: skip

NAMED_THREATS = 2
"""Causes named for an event."""


@dataclass
class Event:
    month: str
    kind: str
    treaty: str = ""
    parties: str = ""
    source: str = ""
    before: float = 0.0
    after: float = 0.0
    threats: str = ""
    binding: str = ""
    rule: str = ""
    lost: str = ""


def events(world: World, trajectory: Trajectory) -> pd.DataFrame:
    """Every event of a run with month, treaty, parties, value before and after, and its cause."""
    found = [event for row in range(trajectory.months) for event in events_of(world, trajectory, row)]
    return pd.DataFrame([vars(event) for event in found], columns=list(EVENT_COLUMNS))


def events_of(world: World, trajectory: Trajectory, row: int) -> Iterator[Event]:
    """The events of one month; they depend on no later one."""
    yield from _threats(world, trajectory, row)
    yield from _rifts(world, trajectory, row)
    yield from _outside(world, trajectory, row)
    for p in range(len(world.treaties)):
        yield from _of_treaty(world, trajectory, row, p)


def binding_party(world: World, trajectory: Trajectory, row: int, p: int) -> int:
    """The decider whose ideal depth set the floor of the bargain; -1 without members."""
    pool = deciders(world, trajectory, row, p)
    if not pool:
        return -1
    gap = [abs(trajectory["ideal"][row, p, i] - trajectory["floor"][row, p]) for i in pool]
    return int(pool[int(np.argmin(gap))])


def leading_threats(world: World, trajectory: Trajectory, rows: range, p: int, state: int) -> list[int]:
    """Sources that lift a party's benefit most above what it is with the threat at rest, over some months.

    A benefit grows in proportion to the threat that all perceive, so the share of it that a threat
    above its resting perception `w*base` accounts for is `b*(1 - w*base/P)`.
    """
    if state < 0:
        return []
    benefit = trajectory["benefit"][rows.start : rows.stop, p, state]
    felt = trajectory["perception"][rows.start : rows.stop, state]
    resting = world.numbers["exposure"][state] * world.numbers["base"]
    lifted = np.where(felt > 0, benefit * np.maximum(0.0, 1 - resting / np.where(felt > 0, felt, 1.0)), 0.0)
    excess = lifted.sum(axis=0)
    order = np.argsort(-excess, kind="stable")[:NAMED_THREATS]
    return [int(k) for k in order if excess[k] > 0]


def _cause(world: World, t: Trajectory, row: int, p: int, months: int = 1) -> dict[str, str]:
    """The binding party, and the threats that led over the last `months` months."""
    state = binding_party(world, t, row, p)
    named = leading_threats(world, t, range(max(row - months + 1, 0), row + 1), p, state)
    return {
        "threats": " ".join(world.sources[k] for k in named),
        "binding": world.states[state] if state >= 0 else "",
    }


def _loss(world: World, lost: Lost) -> dict[str, str]:
    """What went away, as an event has it."""
    return {"threats": " ".join(lost.sources(world)[:NAMED_THREATS]), "lost": lost.words(world)}


def _ids(world: World, members: np.ndarray) -> str:
    return " ".join(world.states[i] for i in np.flatnonzero(members))


def _of_treaty(world: World, t: Trajectory, row: int, p: int) -> Iterator[Event]:
    """Events of one treaty in one month."""
    now = {name: t[name][row, p] for name in ("status", "rung", "obligation", "member", "blocked", "term_end")}
    was: dict[str, Any] = {name: t[name][row - 1, p] if row else np.zeros_like(now[name]) for name in now}
    month, id_ = world.month(world.opens + row), world.treaties[p]
    if row == 0 and _ran_before(world, p):
        return
    common: dict[str, Any] = {"month": month, "treaty": id_}
    if now["status"] == 2 and was["status"] == 0:
        # Signed, and in the same month succeeded: nothing else was recorded of it.
        founders = " ".join(world.states[i] for i in world.bodies[p].founders)
        yield Event(**common, kind="signing", parties=founders, rule=_signing_rule(world, p))
        yield Event(
            **common,
            kind="end",
            parties=founders,
            rule=f"succeeded by {world.treaties[int(t['ended_by'][row, p]) - SUCCEEDED]}",
        )
        return
    if now["status"] != 1 and was["status"] != 1:
        return
    if now["status"] == 1 and was["status"] != 1:
        cause: dict[str, Any] = _cause(world, t, row, p)
        yield Event(**common, kind="signing", parties=_ids(world, now["member"]), before=0, after=now["rung"],
                    rule=_signing_rule(world, p), **cause)  # fmt: skip
        if now["obligation"]:
            yield Event(**common, kind="obligation", parties=_ids(world, now["member"]), after=now["obligation"],
                        rule="the treaty declares it")  # fmt: skip
        return
    yield from _memberships(world, t, row, p, common, was, now)
    if now["status"] != 1:
        yield _end(world, t, row, p, common, was)
        return
    yield from _organs(world, t, row, p, common, was, now)
    if now["obligation"] != was["obligation"]:
        yield Event(**common, kind="obligation", parties=_ids(world, now["member"]), before=was["obligation"],
                    after=now["obligation"], rule="set by an intervention")  # fmt: skip
    if now["term_end"] > was["term_end"] >= 0:
        yield Event(**common, kind="renewal", parties=_ids(world, now["member"]), before=was["term_end"],
                    after=now["term_end"], rule="the term ran out and no party had left")  # fmt: skip
    yield from _consultations(world, t, row, p, common)
    yield from _payments(world, t, row, p, common)


def _end(world: World, t: Trajectory, row: int, p: int, common: dict[str, str], was: Any) -> Event:
    """Succeeded, left with one party, or lapsed: what ended a treaty."""
    by = int(t["ended_by"][row, p])
    cause: dict[str, str] = {}
    if by >= SUCCEEDED:
        rule = f"succeeded by {world.treaties[by - SUCCEEDED]}"
    elif by == ONE_LEFT:
        rule = "one party is left"
    else:
        rule = _said(acting_at(world.scenario, "lapsing"), "end", "it was as good as dead")
        cause = _loss(world, lost_treaty(world, t, row, p))
    return Event(**common, kind="end", parties=_ids(world, was["member"]), before=was["rung"], after=0,
                 rule=rule, **cause)  # fmt: skip


def _ran_before(world: World, p: int) -> bool:
    """Whether a treaty was in force before the record begins, so that its presence is no event."""
    body = world.bodies[p]
    return body.opening is not None or 0 <= body.signed < world.opens


def _signing_rule(world: World, p: int) -> str:
    body = world.bodies[p]
    if body.endogenous:
        return "the founders' agreed depth exceeds behaviour.sign"
    heir = f", succeeding {world.treaties[body.predecessor]}" if body.predecessor >= 0 else ""
    return f"signed on its date{heir}"


def _organs(
    world: World, t: Trajectory, row: int, p: int, common: dict[str, str], was: Any, now: Any
) -> Iterator[Event]:
    parties = _ids(world, now["member"])
    replaced = acting_at(world.scenario, "organs")
    if now["rung"] > was["rung"]:
        rule = _said(replaced, "rung up", "more was wanted than its organs carry, for long enough or by enough")
        # What led while the pressure built up made the rise.
        cause = {} if replaced else _cause(world, t, row, p, _pressing(t, row, p))
        yield Event(
            **common,
            kind="rung up",
            parties=parties,
            before=was["rung"],
            after=now["rung"],
            rule=rule,
            **cause,
        )
    if now["rung"] < was["rung"]:
        rule = _said(
            replaced, "rung down", "less was wanted than its organs are for, for long enough or by enough"
        )
        state = binding_party(world, t, row, p)
        yield Event(**common, kind="rung down", parties=parties, before=was["rung"], after=now["rung"], rule=rule,
                    binding=world.states[state] if state >= 0 else "", **_loss(world, lost_organs(world, t, row, p)))  # fmt: skip
    if now["blocked"] == 1 and was["blocked"] != 1:
        yield Event(**common, kind="rung blocked", parties=parties, before=now["rung"], after=now["rung"],
                    rule=_said(acting_at(world.scenario, "top"), "rung blocked", "the top rung is not open"), **_cause(world, t, row, p))  # fmt: skip


def _pressing(t: Trajectory, row: int, p: int) -> int:
    """Months for which the pressure built up that a rise in `row` gave way to."""
    months = 1
    while (
        months <= row
        and t["rise_pressure"][row - months, p] > 0
        and t["rung"][row - months, p] == t["rung"][row - 1, p]
    ):
        months += 1
    return months


def _said(mechanisms: Sequence[Mechanism], event: str, otherwise: str) -> str:
    """The words of the mechanism that made an event or held it back."""
    return next((one.said[event] for one in mechanisms if event in one.said), otherwise)


def _memberships(
    world: World, t: Trajectory, row: int, p: int, common: dict[str, str], was: Any, now: Any
) -> Iterator[Event]:
    came, gone = t["came_by"][row, p], t["left_by"][row, p]
    before = was["member"].sum()
    after = before + (came > 0).sum() - (gone > 0).sum()
    moves = [(int(came[i]), True, i) for i in np.flatnonzero(came)] + [
        (int(gone[i]), False, i) for i in np.flatnonzero(gone)
    ]
    for by, enters, i in sorted(moves, key=lambda move: move[2]):
        dated = by >= MOVED
        kind, place = ("entry", "joining") if enters else ("exit", "leaving")
        rule = world.moves[by - MOVED].because if dated else _said(acting_at(world.scenario, place), kind, "")
        if enters:
            led = leading_threats(world, t, range(max(row - 1, 0), max(row, 1)), p, int(i))
            cause = {"threats": " ".join(world.sources[k] for k in led)}
        else:
            rule += _broken(was["term_end"] - row if was["term_end"] >= 0 else -1)
            cause = {} if dated else _loss(world, lost_party(world, t, row, p, int(i)))
            if not dated and t["offer"][row, i] > 0:
                rule += f"; an outside offer of {t['offer'][row, i]:.2f} stands"
        yield Event(**common, kind=kind, parties=world.states[i], before=before, after=after,
                    binding=world.states[i], rule=rule, **cause)  # fmt: skip


def _broken(months_left: float) -> str:
    """What an exit made of the term that ran, by the months that were left of it (below 0: no term)."""
    if months_left > MONTHS_IN_YEAR:
        return f"; it breaks its term, {months_left:.0f} months before the end"
    return "; at the end of a term" if months_left >= 0 else ""


def _consultations(world: World, t: Trajectory, row: int, p: int, common: dict[str, str]) -> Iterator[Event]:
    now = t["consulted"][row, p]
    was = t["consulted"][row - 1, p] if row else np.zeros_like(now)
    members = np.flatnonzero(t["member"][row, p])
    for k in np.flatnonzero(now != was):
        alarmed = max(members, key=lambda i: (t["perception"][row, i, k], -i))
        rule = _said(
            acting_at(world.scenario, "alarm"), "consultation begins" if now[k] else "consultation ends", ""
        )
        yield Event(**common, kind="consultation", parties=_ids(world, t["member"][row, p]), source=world.sources[k],
                    before=was[k], after=now[k], threats=world.sources[k], binding=world.states[alarmed],
                    rule=f"the most alarmed party is {rule}")  # fmt: skip


def _payments(world: World, t: Trajectory, row: int, p: int, common: dict[str, str]) -> Iterator[Event]:
    for i in np.flatnonzero((t["received"][row, p] > 0) != (t["received"][row - 1, p] > 0 if row else False)):
        before = t["received"][row - 1, p, i] if row else 0.0
        after = t["received"][row, p, i]
        payers = _ids(world, t["paid"][row, p] > 0)
        begins = after > 0
        yield Event(**common, kind="payment", parties=f"{payers} {world.states[i]}".strip(), before=before, after=after,
                    binding=world.states[i],
                    rule=f"{world.states[i]} would have less depth than is agreed and is compensated" if begins
                    else f"{world.states[i]} needs no compensation any more")  # fmt: skip


def _threats(world: World, t: Trajectory, row: int) -> Iterator[Event]:
    """Dated shocks, rumours and weaknesses of the scenario, and random arrivals."""
    month = world.month(world.opens + row)
    if world.scenario.switches.calendar:
        for id_, act in sorted(world.scenario.interventions.items()):
            if act.month != month or not isinstance(act, Threat | Weakness):
                continue
            size = world.scenario.behaviour.size if act.size is None else act.size
            relief = bool(act.weights) and sum(act.weights.values()) * size < 0
            source = "" if isinstance(act, Weakness) else act.source or ""
            kind = "relief" if act.kind == "shock" and relief else act.kind
            yield Event(month, kind, parties=" ".join(sorted(act.weights)), source=source, after=size,
                        rule=f"{id_}: {act.text}" if act.text else id_)  # fmt: skip
    dated = {
        act.source: world.scenario.behaviour.size if act.size is None else act.size
        for act in world.scenario.interventions.values()
        if isinstance(act, Threat)
        and act.month == month
        and act.kind == "shock"
        and not act.weights
        and act.source
    }
    for k in np.flatnonzero(t["shock"][row] > 0):
        # What dated shocks without weights add is told elsewhere, and what mechanisms add comes every month.
        if world.sources[k] in dated or _raised(world, world.sources[k]):
            continue
        yield Event(month, "shock", source=world.sources[k], after=t["shock"][row, k], rule="a random arrival")


def _raised(world: World, source: str) -> bool:
    """Whether mechanisms may add to a source: one that asks for sponsors alone adds to those that have some."""
    asked = [
        {*arguments(term.function)}
        for one in acting_at(world.scenario, "shock")
        for term in one.terms
        if term.place == "shock"
    ]
    return any(world.scenario.sources[source].sponsors.any or not words & SPONSORS for words in asked)


def _rifts(world: World, t: Trajectory, row: int) -> Iterator[Event]:
    """Dated quarrels and reconciliations, where two states at least are in them."""
    month = world.month(world.opens + row)
    for id_, act in sorted(world.scenario.interventions.items() if world.scenario.switches.calendar else ()):
        if not isinstance(act, Rift) or act.month != month:
            continue
        parties = " ".join(sorted(act.parties))
        if act.treaty is not None:
            parties = _parties_at_first(world, t, row, act.treaty) if act.treaty in world.treaties else ""
        size = world.scenario.behaviour.size if act.size is None else act.size
        if " " in parties:
            yield Event(month, "rift" if size >= 0 else "reconciliation", treaty=act.treaty or "", parties=parties,
                        after=size, rule=f"{id_}: {act.text}" if act.text else id_)  # fmt: skip


def _parties_at_first(world: World, t: Trajectory, row: int, treaty: str) -> str:
    """Who was party to a treaty when the month's quarrels broke out: after dated moves, before the states' own."""
    p = world.treaties.index(treaty)
    ran = row > 0 and t["status"][row - 1, p] == 1
    if not ran and (world.bodies[p].endogenous or t["status"][row, p] != 1):
        return ""
    now = t["member"][row, p] == 1
    was = t["member"][row - 1, p] == 1 if ran else now
    found = []
    for i, state in enumerate(world.states):
        entered = now[i] and (was[i] or t["came_by"][row, p, i] >= MOVED)
        left = was[i] and not now[i] and t["left_by"][row, p, i] < MOVED
        found += [state] if entered or left else []
    return " ".join(found)


def _outside(world: World, t: Trajectory, row: int) -> Iterator[Event]:
    """Offers put on the table, and offers taken or dropped."""
    if row == 0 and world.opens > 0:
        return  # what the prelude left behind is no event of the run
    month = world.month(world.opens + row)
    offer, price = t["offer"][row], t["price"][row]
    last = t["offer"][row - 1] if row else np.zeros_like(offer)
    last_price = t["price"][row - 1] if row else np.zeros_like(price)
    for i, state in enumerate(world.states):
        taken, took = offer[i] > price[i], last[i] > last_price[i]
        if (offer[i] > 0) != (last[i] > 0) or (world.policy.count("responsive") == 0 and offer[i] != last[i]):
            yield Event(
                month,
                "offer",
                parties=state,
                before=last[i],
                after=offer[i],
                rule="the outside power's policy",
            )
        if taken != took and (offer[i] > 0 or last[i] > 0):
            rule = "above its price" if taken else "not above its price"
            yield Event(month, "acceptance", parties=state, before=float(took), after=float(taken), binding=state,
                        rule=f"the offer of {offer[i]:.2f} is {rule}, {price[i]:.2f}")  # fmt: skip
