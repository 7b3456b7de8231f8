"""Tables as CSV, Stata and Excel hold them; the same tables give the same bytes."""

from __future__ import annotations

import re
import shutil
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from entente.errors import InputError

from .afford import afford
from .extras import need

WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)
"""When every file says that it was written, so that the same tables give the same bytes."""
SHEET_ROWS, SHEET_COLUMNS, SHEET_LETTERS = 1_048_576, 16_384, 31
"""What a sheet of Excel holds, its row of names included, and what its own name does."""
STATA_COLUMNS, STATA_LABEL, STATA_TEXT = 32_767, 80, 2045
"""Variables of a file of Stata, letters of a label, and bytes of a text beyond which it is kept as `strL`."""
STATA_NUMBER = 2.0**1023
"""What numbers of Stata are below."""
EXACT = 2**53
"""Whole numbers beyond this are no numbers in Stata and Excel, but text: they would be rounded."""

_FRAME = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


class Sheet(Protocol):
    """A table that is to be written.

    `name` names its file or sheet, `where` is what sentences call it, `columns` the names in its parts with their
    short ones, and `labels` says what each column is.
    """

    @property
    def name(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def labels(self) -> Mapping[str, str]: ...

    def parts(self) -> Iterator[pa.Table]:
        """Its rows, part by part; one part at least."""


class Format(Protocol):
    """Writes tables into a folder."""

    def check(self, sheets: Iterable[Sheet]) -> None:
        """Raise `InputError` where a table is too large, or a package is not there."""

    def write(self, sheets: Iterable[Sheet], folder: Path) -> None:
        """Write all tables."""


def frames(sheet: Sheet) -> Iterator[pd.DataFrame]:
    """The parts of a table as frames under short names; whole numbers and truth values stay so beside missing ones."""
    for part in sheet.parts():
        frame: pd.DataFrame = part.to_pandas(use_threads=False, types_mapper=_FRAME.get)
        yield frame.rename(columns=dict(sheet.columns))


class Csv:
    """A file a table, written part by part; `TRUE` and `FALSE`, and nothing where a value is missing."""

    def check(self, sheets: Iterable[Sheet]) -> None:
        """A CSV file holds any table."""

    def write(self, sheets: Iterable[Sheet], folder: Path) -> None:
        """Write all tables."""
        for sheet in sheets:
            with (folder / f"{sheet.name}.csv").open("w", encoding="utf-8", newline="") as file:
                for number, frame in enumerate(frames(sheet)):
                    for name in frame.select_dtypes("boolean"):
                        frame[name] = frame[name].map({True: "TRUE", False: "FALSE"}).astype(object)
                    frame.to_csv(file, index=False, header=number == 0, lineterminator="\n")


class Stata:
    """A file a table, of version 118 (Stata 14 and later); truth values are 0 and 1, a missing text is empty."""

    def check(self, sheets: Iterable[Sheet]) -> None:
        """Raise `InputError` for a table with too many columns, and for one that memory cannot hold."""
        for sheet in sheets:
            width = len(sheet.columns)
            if width > STATA_COLUMNS:
                raise InputError(
                    f"{sheet.where}: {width:,} columns, and a file of Stata holds {STATA_COLUMNS:,}; use --to csv"
                )
            afford(sheet.rows, width, sheet.where, "use --to csv, which is written part by part")

    def write(self, sheets: Iterable[Sheet], folder: Path) -> None:
        """Write all tables."""
        for sheet in sheets:
            parts = list(frames(sheet))
            frame = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
            made = {name: _for_stata(values) for name, values in frame.items()}
            texts = [name for name, values in made.items() if values.dtype == object]
            long = [name for name in texts if made[name].map(_size).max() > STATA_TEXT]
            with warnings.catch_warnings():
                # That whole numbers are kept as doubles is meant: they are small enough to be exact.
                warnings.simplefilter("ignore", pd.errors.PossiblePrecisionLoss)
                pd.DataFrame(made).to_stata(
                    folder / f"{sheet.name}.dta", write_index=False, version=118, convert_strl=long,
                    time_stamp=WRITTEN.replace(tzinfo=None), data_label=sheet.name[:STATA_LABEL],
                    variable_labels={short: sheet.labels[name] for name, short in sheet.columns.items()},
                )  # fmt: skip


def _size(text: str) -> int:
    return len(text.encode())


def _for_stata(values: pd.Series) -> pd.Series:
    """A column as Stata holds it: numbers of which some are missing, or text."""
    if values.dtype == "boolean":
        return values.astype("Int8").astype("float64") if values.isna().any() else values.astype("int8")
    if values.dtype == "Int64":
        if (values.abs() > EXACT).any():
            return values.map(str, na_action="ignore").fillna("").astype(object)
        return values.astype("float64") if values.isna().any() else values.astype("int64")
    if pd.api.types.is_numeric_dtype(values):
        # Stata knows no infinity, and keeps its greatest numbers for kinds of missing values.
        return values.astype("float64").where(values.abs() < STATA_NUMBER)
    return values.astype(object).where(values.notna(), "")


class Excel:
    """A workbook `tables.xlsx` with a sheet a table; a cell is empty where a value is missing."""

    FILE = "tables.xlsx"

    def check(self, sheets: Iterable[Sheet]) -> None:
        """Raise `InputError` for a table that no sheet holds, and where openpyxl is not installed."""
        for sheet in sheets:
            if sheet.rows >= SHEET_ROWS:
                raise InputError(
                    f"{sheet.where}: {sheet.rows:,} rows, and a sheet of Excel holds {SHEET_ROWS - 1:,}; use --to csv or dta"
                )
            width = len(sheet.columns)
            if width > SHEET_COLUMNS:
                raise InputError(
                    f"{sheet.where}: {width:,} columns, and a sheet of Excel holds {SHEET_COLUMNS:,}; use --to csv or dta"
                )
        need("--to xlsx", "openpyxl", "excel")

    def write(self, sheets: Iterable[Sheet], folder: Path) -> None:
        """Write all tables."""
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        book.properties.created = WRITTEN.replace(tzinfo=None)
        for sheet in sheets:
            page = book.create_sheet(sheet.name)
            page.append(list(sheet.columns.values()))
            for frame in frames(sheet):
                columns = [_for_excel(values, page) for _, values in frame.items()]
                for row in zip(*columns, strict=True):
                    page.append(row)
        draft = folder / f".{self.FILE}"
        book.save(draft)
        _same_bytes(draft, folder / self.FILE)
        draft.unlink()


def _for_excel(values: pd.Series, page: Any) -> list[Any]:
    """The cells of a column: None where a value is missing."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    def text(value: str) -> Any:
        cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", value))
        # What begins with = would be a formula.
        cell.data_type = "s"
        return cell

    def known(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, float):
            return value if np.isfinite(value) else None
        return text(str(value)) if abs(value) > EXACT else value

    return [
        None if missing else known(value) for value, missing in zip(values.tolist(), values.isna(), strict=True)
    ]


def _same_bytes(draft: Path, path: Path) -> None:
    """Copy a workbook without the times at which it and its parts were written."""
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            about = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            if name == "docProps/core.xml":
                new.writestr(
                    about,
                    _MODIFIED.sub(rb"\g<1>" + WRITTEN.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), old.read(name)),
                )
            else:
                with old.open(name) as source, new.open(about, "w") as target:
                    shutil.copyfileobj(source, target)


FORMATS: dict[str, Format] = {"csv": Csv(), "xlsx": Excel(), "dta": Stata()}
"""The formats by the ends of their files' names."""
