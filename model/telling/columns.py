"""What the columns of a table hold, declared once, and the one Arrow schema that follows, whether it has rows or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

Kind = Literal["text", "whole", "number", "flag"]


class Column(NamedTuple):
    """Kind, unit and meaning of a column; `low` and `high` are its bounds where it has any."""

    kind: Kind
    unit: str
    meaning: str
    low: float | None = None
    high: float | None = None


Columns = Mapping[str, Column]

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.large_string(), "whole": pa.int64(), "number": pa.float64(), "flag": pa.bool_(),
}  # fmt: skip
_FRAME: dict[Kind, Any] = {"text": str, "whole": np.int64, "number": np.float64, "flag": np.bool_}
KINDS: dict[Kind, str] = {
    "text": "text", "whole": "whole number", "number": "number", "flag": "true or false",
}  # fmt: skip
"""The kinds in words."""


def typed(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """A frame without missing text or whole numbers in the declared types; one without rows has these too."""
    return frame.astype({name: _FRAME[column.kind] for name, column in columns.items()})


def empty(columns: Columns) -> pd.DataFrame:
    """The frame of a table that has no rows."""
    return typed(pd.DataFrame(columns=list(columns)), columns)


def arrow_table(frame: pd.DataFrame, columns: Columns, row: str | None = None) -> pa.Table:
    """A frame in its declared schema, which does not depend on what rows there are.

    Where `row` says what a row is, the schema's metadata hold it, and the unit and meaning of every column. A column that
    is not declared keeps the type of its values. Raises `ValueError` for a value that its kind cannot hold.
    """
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    fields = []
    for field in table.schema:
        column = columns.get(field.name)
        told = row is not None and column is not None
        fields.append(
            pa.field(
                field.name,
                field.type if column is None else _ARROW[column.kind],
                metadata={"unit": column.unit, "meaning": column.meaning} if told and column is not None else None,
            )
        )
    return table.cast(pa.schema(fields, metadata=None if row is None else {"row": row}))


def codebook_of(tables: Mapping[str, tuple[str, Columns]]) -> str:
    """What a row and each column of some tables is, in Markdown; a name without a dot is that of a folder."""
    lines = ["# Codebook", ""]
    for name, (row, columns) in tables.items():
        lines += described(name if "." in name else f"{name}/", row, columns)
    return "\n".join(lines)


def described(name: str, row: str, columns: Columns) -> list[str]:
    """Lines of Markdown that say what a row and each column of a table is."""
    bounded = any(column.low is not None for column in columns.values())
    head = ["column", "unit", "meaning", "type", *(["range"] if bounded else [])]
    lines = [
        f"## {name}",
        "",
        f"One row: {row}.",
        "",
        f"| {' | '.join(head)} |",
        "| " + " | ".join(["---"] * len(head)) + " |",
    ]
    for name, (kind, unit, meaning, low, high) in columns.items():
        cells = [f"`{name}`", unit, meaning, KINDS[kind]]
        if bounded:
            cells.append("" if low is None or high is None else f"{low:g} to {high:g}")
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]
