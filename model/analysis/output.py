"""The folder of an analysis: tables, figures and a report, all there or none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from entente.experiments.parquet import parquet_bytes
from entente.experiments.places import write_whole
from entente.telling.columns import Columns, codebook_of
from entente.telling.drawing import images
from entente.telling.files import CODEBOOK, whole_folder

REPORT = "report.json"


Declared = Mapping[str, tuple[str, Columns]]
"""What a row is, and the columns, of tables by their names."""


def write_analysis(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Figure],
    report: Mapping[str, Any],
    declared: Declared | None = None,
) -> None:
    """Write each table as Parquet and CSV, each figure as PNG and SVG, and the report, into a new folder.

    Of tables that are `declared` there is a codebook too. Raises `InputError` where that is impossible.
    """
    with whole_folder(folder) as draft:
        write_into(draft, tables, figures, report, declared)


def write_into(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Figure],
    report: Mapping[str, Any],
    declared: Declared | None = None,
) -> None:
    """Write the same into a folder that is there, each file whole; the report last."""
    write_tables(folder, tables, declared)
    for name, figure in figures.items():
        for kind, content in images(figure).items():
            write_whole(folder / f"{name}.{kind}", content)
    write_whole(folder / REPORT, (json.dumps(report, indent=1, allow_nan=False) + "\n").encode())


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], declared: Declared | None = None) -> None:
    """Write each table as Parquet, in its declared schema where it has one, and as CSV, and the codebook of those that do."""
    told = {}
    for name, frame in tables.items():
        row, columns = (declared or {}).get(name, (None, {}))
        write_whole(folder / f"{name}.parquet", parquet_bytes(frame, columns, row))
        write_whole(folder / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n").encode())
        if row is not None:
            told[f"{name}.parquet"] = (row, {key: column for key, column in columns.items() if key in frame})
    if told:
        write_whole(folder / CODEBOOK, codebook_of(told).encode())


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON holds them: plain numbers, and null where there is none."""
    return [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if hasattr(value, "item") else value
