"""Frames as Parquet bytes and back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from entente.telling.columns import Columns, arrow_table


def parquet_bytes(frame: pd.DataFrame, columns: Columns | None = None, row: str | None = None) -> bytes:
    """A frame as the bytes of a Parquet file; the same frame gives the same bytes.

    The types are those that `columns` declare, whatever rows there are; of a column that is not declared those of its values.
    Where `row` says what a row is, the file says it too, and what each column is.
    """
    sink = io.BytesIO()
    table = arrow_table(frame, columns or {}, row)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def write_parquet(file: IO[bytes], frames: Iterable[pd.DataFrame]) -> None:
    """Write frames with the same columns below each other into a Parquet file, each as a group of rows of its own."""
    writer: pq.ParquetWriter | None = None
    for frame in frames:
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        if writer is None:
            writer = pq.ParquetWriter(file, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def parquet_columns(source: bytes, columns: list[str]) -> pd.DataFrame:
    """Some columns of the frame in the bytes of a Parquet file. Raises `OSError` or `ValueError` for any other."""
    with pq.ParquetFile(pa.BufferReader(source)) as file:
        frame: pd.DataFrame = file.read(columns, use_threads=False).to_pandas(use_threads=False)
    return frame


MOST_COLUMNS = 1_000
CELL_BYTES = 1_000
"""What a cell may take in memory, on average: texts are sentences."""


def parquet_frame(source: bytes | Path, most: int | None = None) -> pd.DataFrame:
    """The frame in the bytes of a Parquet file, or in a file; see `parquet_table`."""
    frame: pd.DataFrame = parquet_table(source, most).to_pandas(use_threads=False)
    return frame


def parquet_table(source: bytes | Path, most: int | None = None) -> pa.Table:
    """The table in the bytes of a Parquet file, or in a file. Raises `OSError` or `ValueError` for any other.

    A file that says of itself that it holds more than `most` rows, or far more than so many can need, is refused before
    it is unpacked: a megabyte may hold gigabytes.

    Read in this thread alone: where a pool of Arrow's is still ending as a short process leaves, the process is
    aborted after its work is done (one in forty on two busy cores, and `pandas.read_parquet` always has a pool).
    """
    with pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source) as file:
        about = file.metadata
        if most is not None:
            size = sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups))
            if about.num_rows > most:
                raise ValueError(f"{about.num_rows:,} rows, where its scenario allows {most:,}")
            if about.num_columns > MOST_COLUMNS or size > CELL_BYTES * max(most, 1) * about.num_columns:
                raise ValueError(
                    f"{about.num_columns:,} columns and {size:,} bytes are more than so many rows need"
                )
        return file.read(use_threads=False)
