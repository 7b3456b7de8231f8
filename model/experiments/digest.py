"""One hash of all outcomes of a study, whatever files they stand in."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from .parquet import parquet_frame
from .places import Place
from .plan import KEYS, Batch, files_of

VALUES_AT_ONCE = 2**22
"""Numbers held in memory at once, 32 MiB of them."""


def outcomes_digest(batch: Batch, place: Place) -> str:
    """Hash of the outcomes sorted by point and replicate: of the hashes of the columns, in their order.

    Goes through the study a range of points at a time, so that memory does not grow with the number of runs.
    """
    columns = {name: hashlib.sha256() for name in (*KEYS, *batch.outcomes)}
    held = max(VALUES_AT_ONCE // len(columns) // batch.study.replicates, 1)
    parts = [(files_of(batch, task)[0], task.points.min(), task.points.max()) for task in batch.tasks]
    for first in range(0, len(batch.design), held):
        last = first + held - 1
        frames = [_rows(place, name, first, last) for name, low, high in parts if low <= last and high >= first]
        if not frames:
            continue
        table = pd.concat(frames)
        order = np.lexsort((table["replicate"], table["point"]))
        for name, digest in columns.items():
            kind = "<i8" if name in KEYS else "<f8"
            digest.update(table[name].to_numpy()[order].astype(kind).tobytes())
    whole = hashlib.sha256()
    for name, digest in columns.items():
        whole.update(name.encode() + digest.digest())
    return whole.hexdigest()


def _rows(place: Place, name: str, first: int, last: int) -> pd.DataFrame:
    content = place.read(name)
    if content is None:
        raise FileNotFoundError(2, "No such file", name)
    table = parquet_frame(content)
    return table[table["point"].between(first, last)]
