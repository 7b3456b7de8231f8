"""Tables that a user gives, a row a run: Parquet, or CSV as spreadsheets of any country write it."""

from __future__ import annotations

import io
import re
import warnings
from pathlib import Path

import pandas as pd

from .parquet import parquet_frame

SEPARATORS = ",;\t"
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_SWITCH = {"true": True, "false": False}


def given_table(path: Path) -> pd.DataFrame:
    """The rows of a file without a column `point`; raises `OSError` or `ValueError` with the reason."""
    frame = parquet_frame(path) if path.suffix == ".parquet" else csv_frame(path.read_bytes().decode("utf-8-sig"))
    return frame.drop(columns=["point"], errors="ignore")


def csv_frame(text: str) -> pd.DataFrame:
    """A table from text: numbers exactly as written, switches, and all else as words (`NA` and `NO` are states).

    Columns are separated by commas, semicolons or tabs; where not by commas, a decimal comma is one. A first column without
    a name that counts the rows is left out. Raises `ValueError` for cells that are empty.
    """
    header = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header.count)
    with warnings.catch_warnings():
        # Cells beyond the header would be lost with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame: pd.DataFrame = pd.read_csv(
                io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, index_col=False
            )
        except pd.errors.ParserWarning:
            raise ValueError("a line has more cells than the header has names") from None
    frame = frame.apply(lambda column: column.str.strip())
    frame.columns = frame.columns.str.strip()
    first = str(frame.columns[0]) if len(frame.columns) else ""
    if first.startswith("Unnamed:") and frame[first].tolist() in (
        [str(n + k) for n in range(len(frame))] for k in (0, 1)
    ):
        frame = frame.drop(columns=first)
    for name in frame.columns:
        if str(name).startswith("Unnamed:"):
            raise ValueError(f"column {list(frame.columns).index(name) + 1} has no name")
        empty = frame.index[frame[name] == ""]
        if len(empty):
            raise ValueError(f"line {empty[0] + 2}: {name}: empty")
        frame[name] = _typed(frame[name], decimal_comma=separator != ",")
    return frame


def _typed(cells: pd.Series, decimal_comma: bool) -> pd.Series:
    plain = cells.str.replace(",", ".", regex=False) if decimal_comma else cells
    if plain.str.fullmatch(_NUMBER).all():
        numbers = plain.map(float)
        whole = plain.str.fullmatch(r"[-+]?\d{1,15}").all()
        return numbers.astype("int64") if whole else numbers
    if cells.str.lower().isin(_SWITCH).all():
        return cells.str.lower().map(_SWITCH).astype(bool)
    return cells.astype(object)
