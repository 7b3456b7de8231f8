"""The compiled month, and the cache that keeps it.

numba's own cache watches one file; an equation edited elsewhere would silently keep its old numbers. Here
the cache stands in a folder named after everything that makes the numbers.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np

import entente
from entente import agents
from entente.month.gather import Mechanisms

from . import month
from .kernel import OPTIONS

SOURCES = ("agents", "errors.py", "month", "mechanisms", "schema", "world", "engines/compiled")
"""What makes the numbers, within the package: a test holds that nothing else is imported for them."""

KEPT_VERSIONS = 4
"""Compiled versions that stay in the cache; older ones are removed."""


@cache
def code_digest() -> str:
    """Digest of all sources that make the numbers, and of the numpy and numba that run them."""
    return hashlib.sha256(
        f"numpy {np.__version__} numba {numba.__version__} {source_digest()}".encode()
    ).hexdigest()


@cache
def source_digest() -> str:
    """Digest of all sources that make the numbers."""
    digest = hashlib.sha256()
    for source in SOURCES:
        # Only the agents lie outside the package's folder, in the repository.
        found = Path(agents.__file__).parent if source == "agents" else Path(entente.__file__).parent / source
        for path in sorted(found.rglob("*.py")) if found.is_dir() else [found]:
            digest.update(f"{source} {path.relative_to(found).as_posix()}".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Where this version's compiled code is kept, or None where no folder can be written.

    `ENTENTE_CACHE` names another folder than the user's own cache.
    """
    base = os.environ.get("ENTENTE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = (Path(base) if base else Path.home() / ".cache") / "entente"
    folder = root / f"{code_digest()[:16]}-py{sys.version_info[0]}{sys.version_info[1]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        os.utime(folder)
        versions = sorted(root.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in versions[KEPT_VERSIONS:]:
            shutil.rmtree(old, ignore_errors=True)
    except (OSError, RuntimeError):
        return None
    return folder


@cache
def compiled() -> Any:
    """`month.advance` as one compiled function, from the cache where it has been kept."""
    return compiled_of(month.advance)


def compiled_of(function: Callable[..., Any]) -> Any:
    """A function compiled for the interpreter to call, from the cache where it has been kept."""
    folder = cache_folder()
    if folder is None or numba.config.DISABLE_JIT:
        return numba.njit(**OPTIONS)(function)
    before = numba.config.CACHE_DIR
    # numba asks for the folder when a function is marked, so nobody else's functions land here.
    numba.config.CACHE_DIR = str(folder)
    try:
        return numba.njit(cache=True, **OPTIONS)(function)
    finally:
        numba.config.CACHE_DIR = before


def is_kept(mechanisms: Mechanisms) -> bool:
    """Whether this version has been compiled for a set of mechanisms before, so that the first run need not wait."""
    folder = cache_folder()
    # The index of what is compiled names the types of it, and that of a set bears its digest.
    digest = mechanisms.digest.encode()
    return folder is not None and any(digest in index.read_bytes() for index in folder.rglob("*.nbi"))
