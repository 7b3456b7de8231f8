"""Forecasts of a tie from a year of its record on: the scenario is opened again with the rung that was coded then.

A restart keeps the calendar and the capabilities of the scenario and runs what came before the origin as a prelude,
so that threats and what states perceive of them have their history; every treaty then opens with what the record
says of its tie. What comes after the origin is what the scenario says, its dated events among it: a forecast is one of
the tie, given what its surroundings did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import InputError
from entente.schema.base import MONTHS_IN_YEAR, month_number, month_text
from entente.schema.intervention import Membership
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario

from ..baselines import persistence, ratchet
from ..forecast import forecast
from ..record import Cell, Record
from ..score import RUNGS, probabilities

SHARES = [f"p{rung}" for rung in range(RUNGS)]
"""Columns of the share of runs at each rung."""
SHIPPED = [f"ratchet{rung}" for rung in range(RUNGS)]
"""Columns of the ratchet whose drift is fitted to the record that ships, where it is run (free runs only)."""
LEAP = 2
"""Rungs of a year's move that make it a leap."""


@dataclass(frozen=True)
class Plan:
    """How a scenario is run: one row a run of `parameters`, run r hearing replicate r of the seed."""

    parameters: pd.DataFrame
    seed: int
    horizons: tuple[int, ...] = ()
    """Years ahead; none: one forecast from the scenario's start."""


def restart(scenario: Scenario, record: Record, year: int) -> Scenario:
    """The scenario as it goes on after the end of `year`, its treaties in the state that the record has then.

    Of the treaties of a tie the last that is signed by then opens with the coded rung, older ones with no more than it; a
    treaty that was succeeded, or that had ended, stays ended. Where a rung above 0 is coded and nothing is signed, the
    first treaty of the tie opens early: the record says that there is a tie. Raises `InputError` where `year` lies
    outside the scenario.
    """
    start = (year + 1) * MONTHS_IN_YEAR
    end = month_number(scenario.start) + scenario.months
    if not month_number(scenario.start) < start < end:
        raise InputError(f"{scenario.name}: {year}: no origin; the scenario runs from {scenario.start}")
    changes: dict[str, Any] = {
        "start": month_text(start), "months": end - start, "prelude": scenario.prelude or scenario.start,
    }  # fmt: skip
    signed = {id_ for id_ in scenario.treaties if _signed(scenario, id_) < start}
    gone = {scenario.treaties[id_].succeeds for id_ in signed} | {
        id_ for id_ in signed if _ended(scenario, id_, start)
    }
    rungs: dict[str, int] = {}
    for cell in (cell for cell in record.cells if cell.year == year):
        alive = sorted(
            (id_ for id_ in cell.treaties if id_ in signed - gone), key=lambda id_: _signed(scenario, id_)
        )
        if not alive and cell.rung and not any(id_ in gone for id_ in cell.treaties):
            alive = [min(cell.treaties, key=lambda id_: _signed(scenario, id_))]
        for id_ in alive:
            own = cell.rung if id_ == alive[-1] else min(_first_rung(scenario, id_), cell.rung)
            rungs[id_] = max(own, rungs.get(id_, 0))
    for id_, treaty in scenario.treaties.items():
        at = f"treaties.{id_}"
        if id_ in gone:
            # Signed when all is over: a treaty that has ended by then is not there.
            changes |= {f"{at}.opening": None, f"{at}.signing": "historical", f"{at}.signed": month_text(end)}
            changes[f"{at}.in_force"] = None
        elif id_ in rungs or id_ in signed:
            changes[f"{at}.opening"] = _opening(scenario, id_, rungs.get(id_, _first_rung(scenario, id_)), start)
            if id_ not in signed:
                changes[f"{at}.signing"], changes[f"{at}.in_force"] = "historical", None
                changes[f"{at}.signed"] = month_text(start)
        elif treaty.opening is not None:
            changes[f"{at}.opening"] = None
    return load_scenario(scenario, changes)


def _signed(scenario: Scenario, id_: str) -> int:
    """The month in which a treaty was signed; one that has only an opening, before the start; one without a date, never."""
    treaty = scenario.treaties[id_]
    if treaty.signed is not None:
        return month_number(treaty.signed)
    begin = month_number(scenario.start)
    return begin - 1 if treaty.opening is not None else begin + scenario.months


def _first_rung(scenario: Scenario, id_: str) -> int:
    treaty = scenario.treaties[id_]
    return treaty.rung if treaty.opening is None else treaty.opening.rung


def _members(scenario: Scenario, id_: str, before: int) -> tuple[dict[str, str], dict[str, str]]:
    """Founders that have left before a month, and other states that have joined, each with when."""
    treaty = scenario.treaties[id_]
    left = {} if treaty.opening is None else dict(treaty.opening.left)
    joined = {} if treaty.opening is None else dict(treaty.opening.joined)
    acts = [act for act in scenario.interventions.values() if isinstance(act, Membership) and act.treaty == id_]
    for act in sorted(acts, key=lambda act: month_number(act.month)):
        if month_number(act.month) < before:
            founder = treaty.parties.get(act.state, False)
            if founder == (act.kind == "exit"):
                (left if founder else joined)[act.state] = act.month
            else:
                (left if founder else joined).pop(act.state, None)
    return left, joined


def _ended(scenario: Scenario, id_: str, before: int) -> bool:
    left, joined = _members(scenario, id_, before)
    return sum(scenario.treaties[id_].parties.values()) - len(left) + len(joined) < 2


def _opening(scenario: Scenario, id_: str, rung: int, start: int) -> dict[str, Any]:
    treaty = scenario.treaties[id_]
    left, joined = _members(scenario, id_, start)
    mistrust = treaty.mistrust if treaty.opening is None else treaty.opening.mistrust
    return {"rung": rung, "mistrust": mistrust, "left": left, "joined": joined}


def forecasts(
    scenario: Scenario, record: Record, plan: Plan, around: Mapping[int, Mapping[str, float]] | None = None
) -> pd.DataFrame:
    """What the runs say of a record: a row a tie, origin and coded year ahead.

    Columns: `tie`, `origin` (the year after which the forecast begins), `year`, `ahead` (years), `known` (the rung at the
    origin: of the record, or, without horizons, of the treaty as the scenario opens or signs it), `opened` (the rung
    that the scenario opens or signs the treaty with, whatever the origin), `rung`, `rung_lo`, `rung_hi`; the shares of
    runs at each rung, `p0` to `p6`; `up`, `down`, `leap` (shares of runs that rose, fell, or moved two rungs or more
    since the year before, missing where that year has no rung). `around` has changes of the scenario by origin. Raises `InputError` where a run is impossible.
    """
    opened = persistence(scenario, record, plan.seed).argmax(axis=1)
    if not plan.horizons:
        return _free(scenario, record, plan, opened)
    parts = []
    for origin in sorted({cell.year for cell in record.cells}):
        known = {cell.tie: cell.rung for cell in record.cells if cell.year == origin}
        places = [
            place for place, cell in enumerate(record.cells)
            if cell.tie in known and 0 < cell.year - origin <= max(plan.horizons)
        ]  # fmt: skip
        if not any(record.cells[place].year - origin in plan.horizons for place in places):
            continue
        ahead = Record(record.name, tuple(record.cells[place] for place in places))
        begun = restart(scenario, record, origin)
        if around is not None:
            begun = load_scenario(begun, around[origin])
        rungs = forecast(begun, ahead, plan.parameters, plan.seed)
        parts.append(_rows(ahead.cells, rungs, origin, known).assign(opened=opened[places]))
    if not parts:
        raise InputError(f"{record.name}: no two years that are {_either(plan.horizons)} years apart")
    return pd.concat(parts, ignore_index=True)


def _either(numbers: tuple[int, ...]) -> str:
    return " or ".join(str(number) for number in numbers)


def _free(scenario: Scenario, record: Record, plan: Plan, opened: np.ndarray) -> pd.DataFrame:
    origin = (month_number(scenario.start) - 1) // MONTHS_IN_YEAR
    first = {tie: int(opened[record.of(tie)[0]]) for tie in record.ties}
    rows = _rows(record.cells, forecast(scenario, record, plan.parameters, plan.seed), origin, first)
    drifting = probabilities(ratchet(scenario, record, len(plan.parameters), plan.seed))
    return rows.assign(opened=opened, **dict(zip(SHIPPED, drifting.T, strict=True)))


def _rows(cells: tuple[Cell, ...], rungs: np.ndarray, origin: int, known: dict[str, int]) -> pd.DataFrame:
    """A row a cell, from rungs of shape (runs, cells)."""
    before = {(cell.tie, cell.year): rungs[:, place] for place, cell in enumerate(cells)}
    before |= {(tie, origin): np.full(len(rungs), rung) for tie, rung in known.items()}
    rows = []
    for place, cell in enumerate(cells):
        last = before.get((cell.tie, cell.year - 1))
        step = None if last is None else rungs[:, place] - last
        moved = (
            (np.nan,) * 3 if step is None else ((step > 0).mean(), (step < 0).mean(), (abs(step) >= LEAP).mean())
        )
        rows.append(
            {"tie": cell.tie, "origin": origin, "year": cell.year, "ahead": cell.year - origin}
            | {"known": known[cell.tie], "rung": cell.rung, "rung_lo": cell.low, "rung_hi": cell.high}
            | dict(zip(("up", "down", "leap"), moved, strict=True))
        )
    shares = probabilities(rungs)
    return pd.DataFrame(rows).assign(**dict(zip(SHARES, shares.T, strict=True)))
