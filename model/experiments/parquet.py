"""Frames as Parquet bytes and back."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file; the same frame gives the same bytes."""
    sink = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def parquet_frame(source: bytes | Path) -> pd.DataFrame:
    """The frame in the bytes of a Parquet file, or in a file. Raises `OSError` or `ValueError` for any other.

    Read in this thread alone: where a pool of Arrow's is still ending as a short process leaves, the process is
    aborted after its work is done (one in forty on two busy cores, and `pandas.read_parquet` always has a pool).
    """
    with pq.ParquetFile(pa.BufferReader(source) if isinstance(source, bytes) else source) as file:
        frame: pd.DataFrame = file.read(use_threads=False).to_pandas(use_threads=False)
    return frame
