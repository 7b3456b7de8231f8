"""One digest of all outcomes of a study, whatever files they stand in and whoever wrote them.

Every run has a digest of its own, and those of many runs are added. So each block is summed up once, by whoever has just
computed it, and a study needs no more than the sums of its blocks: how its runs are cut, by how many workers and
in what order they were done is all the same. The digest tells whether two studies found the same numbers. It does not guard
against somebody who makes numbers up to have a given sum; the checksums of the files do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from entente.errors import InputError

from .parquet import parquet_columns, parquet_frame
from .places import Place

KEYS = ("point", "replicate")
SERIAL, SUMMED = 1, 2
"""Marks of a manifest: outcomes sorted by point and replicate and hashed in one go, as it once was; or summed up by run."""
_BITS, _LIMB = 256, 32


def outcomes_sum(table: pd.DataFrame, outcomes: Sequence[str]) -> str:
    """The sum of the digests of some runs, one row a run: 64 hexadecimal digits, a number below 2**256.

    A run's digest is the BLAKE2s of its point, its replicate (whole numbers of 8 bytes) and its outcomes (8 bytes each).
    """
    kinds = [(str(n), "<i8" if name in KEYS else "<f8") for n, name in enumerate((*KEYS, *outcomes))]
    rows = np.empty(len(table), dtype=kinds)
    for (field, _), name in zip(kinds, (*KEYS, *outcomes), strict=True):
        rows[field] = table[name].to_numpy()
    content, size = memoryview(rows.tobytes()), rows.dtype.itemsize
    hashed = b"".join([hashlib.blake2s(content[at : at + size]).digest() for at in range(0, len(content), size)])
    # Limbs of 32 bits in sums of 64: billions of runs would be needed for one to run over.
    limbs = np.frombuffer(hashed, dtype="<u4").reshape(-1, _BITS // _LIMB).sum(axis=0, dtype=np.uint64)
    return _hexadecimal(sum(limb << (_LIMB * place) for place, limb in enumerate(limbs.tolist())))


def outcomes_digest(sums: Iterable[str], outcomes: Sequence[str]) -> str:
    """The digest of a study from the sums of its blocks, in any order."""
    named = "\n".join([*KEYS, *outcomes])
    return hashlib.sha256(f"{named}\n{_hexadecimal(sum(int(one, 16) for one in sums))}".encode()).hexdigest()


def _hexadecimal(number: int) -> str:
    return f"{number % 2**_BITS:0{_BITS // 4}x}"


def digest_of_files(place: Place, parts: Sequence[str], outcomes: Sequence[str], mark: int) -> str:
    """The same from the files of the outcomes, by the mark of their manifest. Raises `OSError` where one is missing.

    Of a summed digest one file is held in memory at a time; of a serial one two columns of the whole study.
    """
    if mark == SUMMED:
        return outcomes_digest(
            (outcomes_sum(parquet_frame(_read(place, name)), outcomes) for name in parts), outcomes
        )
    whole = hashlib.sha256()
    # The last key leads the order.
    points, replicates = (_column(place, parts, name) for name in KEYS)
    order = np.lexsort((replicates, points))
    for name in (*KEYS, *outcomes):
        values = _column(place, parts, name)[order].astype("<i8" if name in KEYS else "<f8")
        whole.update(name.encode() + hashlib.sha256(values.tobytes()).digest())
    return whole.hexdigest()


def _column(place: Place, parts: Sequence[str], name: str) -> np.ndarray:
    return np.concatenate([parquet_columns(_read(place, part), [name])[name].to_numpy() for part in parts])


def _read(place: Place, name: str) -> bytes:
    content = place.read(name)
    if content is None:
        raise FileNotFoundError(2, "No such file", name)
    return content


def see_same(found: str, kept: str | None, where: object) -> None:
    """Raise `InputError` where the outcomes in the files of a finished study are not those that its manifest says."""
    if found != kept:
        raise InputError(f"{where}: the outcomes are not those that the manifest says (outcomes_sha256)")
