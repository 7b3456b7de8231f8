"""Tables that are kept under the question that they answer, so that a command which was ended goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from entente.engines.compiled.compiled import code_digest
from entente.errors import InputError, shown

from .parquet import parquet_bytes, parquet_frame
from .places import write_whole

KEPT = "kept"
"""Folder of such tables."""
DIGITS = 20
"""Hexadecimal digits of the digest that names a file."""


def kept(folder: Path | None, asked: object, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The table that the same code has left in `folder` for the same question, or what `make` makes, left there.

    `asked` is all that the answer depends on beside the code of the engines, as JSON holds it. A file that cannot be read
    is made anew. Without a folder nothing is kept.
    """
    if folder is None:
        return make()
    question = json.dumps([asked, code_digest()])
    path = folder / f"{hashlib.sha256(question.encode()).hexdigest()[:DIGITS]}.parquet"
    try:
        return parquet_frame(path)
    except (OSError, ValueError):
        write_whole(path, parquet_bytes(make()))
    return parquet_frame(path)


def kept_folder(out: str | Path) -> Path:
    """`--out` as a folder with such tables: new, empty, or one that a command has begun. Raises `InputError` for any other."""
    path = Path(out)
    if path.exists() and not path.is_dir():
        raise InputError(f"--out {shown(str(out))}: is a file, not a folder")
    if path.is_dir() and any(path.iterdir()) and not (path / KEPT).is_dir():
        raise InputError(f"--out {shown(str(out))}: exists, is not empty and holds nothing to go on with")
    try:
        (path / KEPT).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {shown(str(out))}: cannot be made: {error.strerror or error}") from None
    return path
