"""The files of a study: those that are whole or not there, their checksums, and the manifest that lists them.

A study holds `manifest.json`, `scenario.yaml`, `study.yaml`, `codebook.md`, `design.parquet`, `outcomes/`,
`trajectories/` and `failed.parquet`; where a factor is no dotted path, `rows.parquet` says what each point
sets. The manifest lists the checksum of every finished part, and the sum of its outcomes; a part that it does not list, or
whose bytes differ, is done again. One process writes the manifest.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from entente.errors import InputError, shown
from entente.telling.files import MANIFEST, is_address

from .manifest import read_manifest
from .parquet import write_parquet
from .places import DRAFT, LOCK, below, checksum_of, place_of, reason
from .points import Points, plain

FORMAT, STUDY = 1, "study"
DESIGN, ROWS, FAILED = "design.parquet", "rows.parquet", "failed.parquet"
OUTCOMES, TRAJECTORIES = "outcomes", "trajectories"
MANIFEST_SHARE = 0.05
"""Share of the time that may go into writing the manifest: of a hundred thousand parts it is no longer small."""


class Store:
    """The files of one study, in a folder or at an address. Safe to use from several threads of a process."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = folder
        self.place = place_of(folder)
        self.manifest: dict[str, Any] = {}
        self._guard = threading.Lock()
        self._saved, self._cost, self._behind = 0.0, 0.0, False

    @property
    def parts(self) -> dict[str, str]:
        """Checksums of finished files by their path in the folder."""
        parts: dict[str, str] = self.manifest["files"]
        return parts

    @property
    def sums(self) -> dict[str, str]:
        """Sums of outcomes by the finished file that they stand in; see `digest`."""
        sums: dict[str, str] = self.manifest["sums"]
        return sums

    def read_manifest(self) -> dict[str, Any] | None:
        """The manifest as it stands; None where there is none. Raises `InputError` for one that cannot be read."""
        try:
            content = self.place.read(MANIFEST)
        except OSError as error:
            raise InputError(f"{below(self.folder, MANIFEST)}: cannot be read: {reason(error)}") from None
        return None if content is None else read_manifest(content, self.folder)

    def save_manifest(self) -> None:
        """Write the manifest as it now is."""
        began = time.monotonic()
        self.place.put(MANIFEST, (json.dumps(self.manifest, indent=1, sort_keys=True) + "\n").encode())
        self._saved = time.monotonic()
        self._cost, self._behind = self._saved - began, False

    def add(self, files: dict[str, bytes], sums: Mapping[str, str] = MappingProxyType({})) -> None:
        """Write finished files, then list them, with the sums of the outcomes that stand in some."""
        self.enlist({name: self.place.put(name, content) for name, content in files.items()}, sums)

    def add_points(self, name: str, points: Points) -> None:
        """Write a table of points, a part of it in memory at a time, then list it."""

        def write(file: IO[bytes]) -> None:
            chunks = (plain(chunk) for chunk in points.chunks())
            write_parquet(file, chunks)

        self.enlist({name: self.place.put_from(name, write)}, {})

    def enlist(self, parts: Mapping[str, str], sums: Mapping[str, str]) -> None:
        """List files that have been written, by their checksums, and the sums of outcomes."""
        with self._guard:
            self.parts.update(parts)
            self.sums.update(sums)
            self._behind = True
            if time.monotonic() - self._saved >= self._cost * (1 / MANIFEST_SHARE - 1):
                self.save_manifest()

    def flush(self) -> None:
        """Write the manifest if files have been listed since it was written."""
        with self._guard:
            if self._behind:
                self.save_manifest()

    def is_whole(self, name: str) -> bool:
        """Whether a listed file is there with the bytes that it was finished with."""
        if name not in self.parts:
            return False
        try:
            with self.place.open(name) as file:
                return checksum_of(file) == self.parts[name]
        except OSError:
            return False

    def clear(self) -> None:
        """Remove everything that the study has written."""
        self.place.clear()

    def held(self) -> AbstractContextManager[None]:
        """Hold the folder: one process at a time writes it. The lock goes with the process, however it ends.

        An object store has no lock; see `places.Objects`.
        """
        held: AbstractContextManager[None] = self.place.held()
        return held


def make_way(folder: str | Path) -> None:
    """See that a study may be written into `folder`: it can be made, or is empty, or holds a study."""
    named = f"--out {shown(str(folder))}"
    if not is_address(folder) and Path(folder).exists() and not Path(folder).is_dir():
        raise InputError(f"{named}: is a file, not a folder")
    try:
        store = Store(folder)
        found = store.read_manifest()
        if found is not None and found.get("kind") != STUDY:
            raise InputError(f"{named}: holds a single run, not a study")
        # The lock and a half-written file may be all that a process left that was killed as it began.
        if found is None and any(not _left_over(name) for name in store.place.top()):
            raise InputError(f"{named}: exists, is not empty, and holds no study")
        store.place.probe()
    except OSError as error:
        raise InputError(f"{named}: cannot be written: {reason(error)}") from None


def same_study(folder: str | Path, identity: Mapping[str, str]) -> None:
    """See that a study already in `folder` is the one of this identity. Raises `InputError` where it is another."""
    found = Store(folder).read_manifest()
    other = (
        [] if found is None else [name for name, value in identity.items() if found["identity"].get(name) != value]
    )
    if other:
        raise InputError(
            f"{folder}: holds a study of another {' and '.join(other)}; name another folder, or --fresh"
        )


def _left_over(name: str) -> bool:
    return name == LOCK or (name.startswith(".") and name.endswith(DRAFT))


__all__ = [
    "DESIGN", "FAILED", "FORMAT", "OUTCOMES", "ROWS", "STUDY", "TRAJECTORIES", "Store", "make_way", "same_study",
]  # fmt: skip
