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
from entente.telling.drawing import images
from entente.telling.files import whole_folder

REPORT = "report.json"


def write_analysis(
    folder: Path, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Figure], report: Mapping[str, Any]
) -> None:
    """Write each table as Parquet and CSV, each figure as PNG and SVG, and the report, into a new folder.

    Raises `InputError` where that is impossible.
    """
    with whole_folder(folder) as draft:
        write_into(draft, tables, figures, report)


def write_into(
    folder: Path, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Figure], report: Mapping[str, Any]
) -> None:
    """Write the same into a folder that is there, each file whole; the report last."""
    for name, frame in tables.items():
        write_whole(folder / f"{name}.parquet", parquet_bytes(frame))
        write_whole(folder / f"{name}.csv", frame.to_csv(index=False).encode())
    for name, figure in figures.items():
        for kind, content in images(figure).items():
            write_whole(folder / f"{name}.{kind}", content)
    write_whole(folder / REPORT, (json.dumps(report, indent=1, allow_nan=False) + "\n").encode())


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as JSON holds them: plain numbers, and null where there is none."""
    return [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if hasattr(value, "item") else value
