"""What happened, as it was coded: the rungs of ties in records that fit the scenario on the page, to be set beside its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from entente.errors import InputError
from entente.evidence.record import load_record, record_names
from entente.evidence.ties import RECORD
from entente.schema.base import month_number
from entente.schema.scenario import Scenario


@dataclass(frozen=True)
class Dot:
    """A tie's rung as it was coded at the end of a month: lowest, best and highest coding, and the treaties that make the tie.

    `row` counts months from the first of the run.
    """

    row: int
    low: int
    rung: int
    high: int
    treaties: tuple[str, ...]
    text: str


def dots_of(scenario: Scenario, file: str) -> list[Dot]:
    """The codings of the record beside the scenario's `file`, or of those of `configs/` that fit; none where none does.

    A record of `configs/` that names other treaties or years is of another scenario. Raises `InputError` for one that
    lies beside the scenario's own file and does not fit.
    """
    beside = Path(file).with_suffix(RECORD) if Path(file).suffix else None
    if beside is not None and beside.is_file():
        return list(_dots(scenario, str(beside)))
    for name in record_names():
        try:
            return list(_dots(scenario, name))
        except InputError:
            continue
    return []


def _dots(scenario: Scenario, name: str) -> Iterator[Dot]:
    record, start = load_record(name, scenario), month_number(scenario.start)
    for cell in record.cells:
        span = "" if cell.low == cell.high else f" ({cell.low} to {cell.high})"
        words = f"{cell.when} {cell.tie}: coded on rung {cell.rung}{span}, record {record.name}"
        yield Dot(month_number(cell.when) - start, cell.low, cell.rung, cell.high, cell.treaties, words)
