"""The tables of a folder in another form: CSV, Stata or Excel, under names that Stata and R take as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from entente.errors import InputError, nearest, shown
from entente.telling.columns import KINDS, Column, Columns, Kind
from entente.telling.files import MANIFEST, is_address, new_folder, whole_folder
from entente.telling.short import distinct, short_names
from entente.telling.tables import FUTURES, FUTURES_NAME, TABLES

from .described import OF_MONTH, OF_RUN, study_tables
from .folder import OURS, damages, most_rows, opened
from .formats import FORMATS, SHEET_LETTERS, STATA_LABEL
from .kept import DIGITS, KEPT
from .parquet import parquet_table
from .places import Place, place_of
from .store import DESIGN, OUTCOMES, ROWS, STUDY, TRAJECTORIES

NAMES = "names"
"""Table of names, which is written as CSV beside every export."""
_TABLE = re.compile(r"(?:([\w-]+)/)?([\w-][\w.-]*)\.parquet")
_KEPT = re.compile(rf"[0-9a-f]{{{DIGITS}}}")
_KINDS: tuple[tuple[Any, Kind], ...] = (
    (pa.types.is_boolean, "flag"), (pa.types.is_integer, "whole"), (pa.types.is_floating, "number"),
)  # fmt: skip


def export(folder: str | Path, to: str, out: str | Path) -> list[str]:
    """Write every table of a folder into the new folder `out`, whole or not at all; returns the files' names.

    `folder` is that of a run or a study, by its path or its address, or any other in which an analysis has left tables; a
    study that still runs gives what it has finished. `to` is `csv`, `xlsx` or `dta`. Columns are named by `short_names`, a name
    alike in all tables; `names.csv` has for every column of every table its name here, its short name, type, unit and
    meaning, which are variable labels too in Stata. A study is written part by part as CSV, in the order of its
    parts. Bytes are checked against the digests that the folder's manifest lists. Raises `InputError` with one sentence.

    Examples:
        >>> from entente import export, run
        >>> folder = run("memo-2001", months=12).save("alarm", figures=False)
        >>> "names.csv" in export(folder, to="csv", out="alarm-csv")
        True
    """
    named = f"--out {shown(str(out))}"
    if to not in FORMATS:
        raise InputError(f"--to {shown(to)}: must be one of {', '.join(FORMATS)}{nearest(to, FORMATS)}")
    if is_address(out):
        raise InputError(f"{named}: an export is written into a folder of this machine; name a path")
    where = new_folder(out, named)
    with damages(folder):
        tables = _tables(folder)
        FORMATS[to].check(tables)
        with whole_folder(where) as draft:
            FORMATS[to].write(tables, draft)
            _names(tables).to_csv(draft / f"{NAMES}.csv", index=False, lineterminator="\n")
            return sorted(path.name for path in draft.iterdir())


@dataclass
class _Table:
    """A table of a folder, as `formats.Sheet` has it: the files that hold it, and what is told of its columns."""

    where: str
    files: list[str]
    read: Callable[[str], pa.Table]
    told: Columns
    name: str = ""
    rows: int = 0
    columns: dict[str, str] = field(default_factory=dict)

    def parts(self) -> Iterator[pa.Table]:
        """Its rows, file by file."""
        return map(self.read, self.files)

    def look(self) -> None:
        """Count its rows, and find what its file tells of columns of which nothing is told."""
        schema: pa.Schema | None = None
        for part in self.parts():
            self.rows += part.num_rows
            schema = schema or part.schema
            if part.schema.names != schema.names:
                raise ValueError(f"{self.where}: its parts have different columns")
        self.told = {one.name: _column(one, self.told.get(one.name)) for one in schema or ()}

    @property
    def labels(self) -> dict[str, str]:
        """What each column is, with its unit, in 80 letters at most."""
        return {name: _label(name, column) for name, column in self.told.items()}


def _tables(path: str | Path) -> list[_Table]:
    """The tables of a folder, those of a run or a study first, with names that are legal and differ."""
    place = place_of(path)
    sizes = place.sizes()
    ours = MANIFEST in sizes and OURS in (place.read(MANIFEST) or b"")
    found = _listed(path) if ours else []
    for file in sorted(sizes):
        parts = _TABLE.fullmatch(file)
        inside, stem = parts.groups() if parts else (None, "")
        foreign = inside in (KEPT, OUTCOMES, TRAJECTORIES) or f"{inside}/{MANIFEST}" in sizes
        # What a run or a study holds itself its manifest lists; below it an analysis may have left more.
        if stem and not _KEPT.fullmatch(stem) and not foreign and (inside or not ours):
            found.append(_Table(file.removesuffix(".parquet"), [file], partial(_unlisted, place), {}))
    if not found:
        raise InputError(f"{path}: holds no table; name the folder of a run, a study or an analysis")
    taken = {NAMES}
    for table in found:
        table.look()
        table.name = distinct(table.where.replace("/", "-"), taken, SHEET_LETTERS)
    short = short_names(name for table in found for name in table.told)
    for table in found:
        table.columns = {name: short[name] for name in table.told}
    return found


def _listed(path: str | Path) -> list[_Table]:
    """The tables of a run or a study; of a study its parts that are finished."""
    folder = opened(path)
    if folder.manifest.get("kind") != STUDY:
        most = most_rows(folder.scenario)
        columns: dict[str, Columns] = {name: table.columns(folder.scenario.of) for name, table in TABLES.items()}
        columns |= {FUTURES_NAME: FUTURES} if f"{FUTURES_NAME}.parquet" in folder.sums else {}
        return [
            _Table(name, [f"{name}.parquet"], partial(folder.table, most=most.get(name)), told)
            for name, told in columns.items()
        ]
    listed = sorted(folder.sums)
    parts = {name: [file for file in listed if file.startswith(f"{name}/")] for name in (OUTCOMES, TRAJECTORIES)}
    measured, kept = (folder.table(files[0]).schema.names if files else [] for files in parts.values())
    sets = folder.frame(ROWS) if ROWS in listed else None
    told = study_tables(
        folder.scenario,
        [name for name in measured if name not in OF_RUN],
        [name for name in kept if name not in OF_MONTH],
        folder.frame(DESIGN),
        sets,
    )
    return [
        _Table(name.removesuffix(".parquet"), parts.get(name, [name]), folder.table, columns)
        for name, (_, columns) in told.items()
        if parts.get(name, [name])
    ]


def _unlisted(place: Place, file: str) -> pa.Table:
    """A table of which no manifest lists the digest."""
    content = place.read(file)
    if content is None:
        raise FileNotFoundError(2, f"{file} is missing")
    try:
        return parquet_table(content)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None


def _names(tables: list[_Table]) -> pd.DataFrame:
    """The table of names."""
    rows = [
        (table.name, name, table.columns[name], KINDS[column.kind], column.unit, column.meaning)
        for table in tables
        for name, column in table.told.items()
    ]
    return pd.DataFrame(rows, columns=["table", "name", "short_name", "type", "unit", "meaning"])


def _column(one: pa.Field, told: Column | None) -> Column:
    about = {key.decode(): value.decode() for key, value in (one.metadata or {}).items()}
    kind: Kind = next((kind for fits, kind in _KINDS if fits(one.type)), "text")
    unit, meaning = (
        (about.get("unit", ""), about.get("meaning", "")) if told is None else (told.unit, told.meaning)
    )
    return Column(kind, unit, meaning)


def _label(name: str, column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    room = STATA_LABEL - len(unit)
    said = column.meaning or name
    return (said if len(said) <= room else f"{said[: max(room - 3, 0)]}...")[:room] + unit[:STATA_LABEL]
