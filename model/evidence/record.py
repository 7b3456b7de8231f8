"""Records of what happened: the rung of a tie in each year, with the lowest and highest defensible coding."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from entente.errors import InputError, nearest, shown
from entente.schema.base import MONTHS_IN_YEAR, month_number, month_text
from entente.schema.load import CONFIGS
from entente.schema.scenario import Scenario

RECORDS = CONFIGS / "records"
TOP_RUNG = 6
NEEDED, OPTIONAL = ("tie", "treaty", "year", "rung"), ("rung_lo", "rung_hi", "month")
JOIN = "+"


@dataclass(frozen=True)
class Cell:
    """A tie in a year: the treaties that make the tie, and its rung (0..6) as coded: lowest, best, highest.

    `month` (1..12) is the month at whose end the rung was coded.
    """

    tie: str
    treaties: tuple[str, ...]
    year: int
    rung: int
    low: int
    high: int
    month: int = MONTHS_IN_YEAR

    @property
    def when(self) -> str:
        """The month of the coding, `YYYY-MM`."""
        return month_text(self.year * MONTHS_IN_YEAR + self.month - 1)

    @property
    def codings(self) -> tuple[int, int, int]:
        """The three codings. Whatever is scored is the mean over them."""
        return self.low, self.rung, self.high


@dataclass(frozen=True)
class Record:
    """What happened: cells by tie, in the order of the file, then by year."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def ties(self) -> list[str]:
        """The ties, in the order of the file."""
        return list(dict.fromkeys(cell.tie for cell in self.cells))

    def of(self, tie: str) -> list[int]:
        """The places of a tie's cells, by year."""
        return [place for place, cell in enumerate(self.cells) if cell.tie == tie]

    @property
    def codings(self) -> np.ndarray:
        """The codings of each cell, shape (cells, 3)."""
        return np.array([cell.codings for cell in self.cells], dtype=np.int64)

    @property
    def spells(self) -> int:
        """How many stretches of an unchanged rung the ties have: the number of events that are not repetitions."""
        return sum(
            1 + sum(self.cells[a].rung != self.cells[b].rung for a, b in zip(places[:-1], places[1:], strict=True))
            for places in map(self.of, self.ties)
        )

    @property
    def weight(self) -> float:
        """Share of the cells that are no repetition of the year before: what a cell counts as evidence."""
        return self.spells / len(self.cells)


def until(record: Record, month: str) -> Record:
    """What a record had coded by the end of a month, `YYYY-MM`. Raises `InputError` where it begins later."""
    cells = tuple(cell for cell in record.cells if month_number(cell.when) <= month_number(month))
    if not cells:
        raise InputError(f"{record.name}: begins after {month}")
    return Record(record.name, cells)


def record_names() -> list[str]:
    """The ids of the records of rungs in `configs/records`."""
    return sorted(path.stem for path in RECORDS.glob("rungs-*.csv"))


def record_file(name: str) -> Path:
    """The file of a record: its id in `configs/records`, or a path with a suffix."""
    path = Path(name) if Path(name).suffix else RECORDS / f"{name}.csv"
    if not path.is_file():
        close = nearest(name, record_names()) or f"; name a .csv file, or one of {', '.join(record_names())}"
        raise InputError(f"{shown(name)}: no such record{close}")
    return path


def read_table(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """A CSV file as text, indexed by line, with the columns `needed` and a row at least; `InputError` otherwise."""
    try:
        frame: pd.DataFrame
        with warnings.catch_warnings():
            # A row with more fields than the header would lose them with no more than a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skip_blank_lines=False,
                encoding="utf-8-sig",
            )
    except pd.errors.EmptyDataError:
        raise InputError(f"{path}: empty; needs the columns {', '.join(needed)}") from None
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    frame = frame.fillna("").apply(lambda column: column.str.strip())
    frame.columns = frame.columns.str.strip()
    frame.index = frame.index + 2
    frame = frame.loc[(frame != "").any(axis=1)]
    for column in needed:
        if column not in frame:
            raise InputError(f"{path}: column {column}: missing{nearest(column, frame.columns)}")
    if frame.empty:
        raise InputError(f"{path}: empty; needs a row at least")
    return frame


def load_record(name: str, scenario: Scenario) -> Record:
    """Read a record and check it against a scenario. Raises `InputError` with one sentence.

    Columns `tie, treaty, year, rung`, and `rung_lo, rung_hi` where codings differ; others are not read.
    `treaty` names one or more treaties of the scenario, joined by `+`; the highest rung counts. Rungs are
    those of the end of December, or of the month (1..12) in the column `month`.
    """
    path = record_file(name)
    frame = read_table(path, NEEDED)
    for column in frame.columns:
        meant = nearest(column, OPTIONAL) if column not in (*NEEDED, *OPTIONAL) else ""
        if meant:
            raise InputError(f"{path}: column {column}: not known{meant}")
    cells: list[Cell] = []
    seen: dict[tuple[str, int], int] = {}
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        cell = _cell({str(key): str(value) for key, value in row.items()}, scenario, f"{path}:{line}")
        before = seen.setdefault((cell.tie, cell.year), line)
        if before != line:
            raise InputError(f"{path}:{line}: {cell.tie}, {cell.year}: coded twice, first in line {before}")
        cells.append(cell)
    order = list(dict.fromkeys(cell.tie for cell in cells))
    return Record(path.stem, tuple(sorted(cells, key=lambda cell: (order.index(cell.tie), cell.year))))


def _cell(row: dict[str, str], scenario: Scenario, where: str) -> Cell:
    tie = row["tie"]
    if not tie:
        raise InputError(f"{where}: tie: '': must have a name")
    known = [id_ for id_, treaty in scenario.treaties.items() if treaty.enabled]
    treaties = tuple(dict.fromkeys(part.strip() for part in row["treaty"].split(JOIN)))
    for id_ in treaties:
        if id_ not in known:
            raise InputError(
                f"{where}: treaty: {shown(id_)}: no treaty of the scenario {scenario.name}{nearest(id_, known)}"
            )
    year = _whole(row["year"], f"{where}: year")
    month = _within(row.get("month") or str(MONTHS_IN_YEAR), f"{where}: month", "month", 1, MONTHS_IN_YEAR)
    first, coded = month_number(scenario.start), year * MONTHS_IN_YEAR + month - 1
    if not first <= coded < first + scenario.months:
        raise InputError(
            f"{where}: year: {year}: its month {month} is outside the scenario {scenario.name}, which runs from "
            f"{scenario.start} to {month_text(first + scenario.months - 1)}"
        )
    rung = _rung(row["rung"], f"{where}: rung")
    low = _rung(row["rung_lo"], f"{where}: rung_lo") if row.get("rung_lo") else rung
    high = _rung(row["rung_hi"], f"{where}: rung_hi") if row.get("rung_hi") else rung
    if not low <= rung <= high:
        raise InputError(f"{where}: rung: {rung}: must lie between rung_lo {low} and rung_hi {high}")
    return Cell(tie, treaties, year, rung, low, high, month)


def _whole(text: str, where: str) -> int:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value) or value != int(value):
        raise InputError(f"{where}: {shown(text)}: must be a whole number")
    return int(value)


def _within(text: str, where: str, what: str, low: int, high: int) -> int:
    value = _whole(text, where)
    if not low <= value <= high:
        raise InputError(f"{where}: {value}: must be a {what}, {low} to {high}")
    return value


def _rung(text: str, where: str) -> int:
    return _within(text, where, "rung", 0, TOP_RUNG)
