"""A study on disk: files that are whole or not there, checksums, a lock that dies with its holder.

A folder holds `manifest.json`, `scenario.yaml`, `study.yaml`, `design.parquet`, `outcomes/`,
`trajectories/` and `failed.parquet`; where a factor is no dotted path, `rows.parquet` says what each point
sets. The manifest lists the checksum of every finished part; a part that
it does not list, or whose bytes differ, is done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..schema.errors import InputError, shown

FORMAT, STUDY = 1, "study"
MANIFEST, LOCK = "manifest.json", ".lock"
DESIGN, ROWS, FAILED = "design.parquet", "rows.parquet", "failed.parquet"
OUTCOMES, TRAJECTORIES = "outcomes", "trajectories"


def write_whole(path: Path, content: bytes) -> str:
    """Write a file whole or not at all, through to the disk; returns its checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return checksum(content)


def checksum(content: bytes) -> str:
    """SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file; the same frame gives the same bytes."""
    sink = pa.BufferOutputStream()
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


class Store:
    """The folder of one study. Safe to use from several threads of the process that holds its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.Lock()
        self.manifest: dict[str, Any] = {}

    @property
    def parts(self) -> dict[str, str]:
        """Checksums of finished files by their path in the folder."""
        parts: dict[str, str] = self.manifest["files"]
        return parts

    def read_manifest(self) -> dict[str, Any] | None:
        """The manifest on disk; None where there is none. Raises `InputError` for one that cannot be read."""
        path = self.folder / MANIFEST
        if not path.is_file():
            return None
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
        return found

    def save_manifest(self) -> None:
        """Write the manifest as it now is."""
        write_whole(self.folder / MANIFEST, (json.dumps(self.manifest, indent=1, sort_keys=True) + "\n").encode())

    def add(self, files: dict[str, bytes]) -> None:
        """Write finished files, then list them."""
        sums = {name: write_whole(self.folder / name, content) for name, content in files.items()}
        with self._guard:
            self.parts.update(sums)
            self.save_manifest()

    def is_whole(self, name: str) -> bool:
        """Whether a listed file is there with the bytes that it was finished with."""
        path = self.folder / name
        try:
            return name in self.parts and checksum(path.read_bytes()) == self.parts[name]
        except OSError:
            return False

    def clear(self) -> None:
        """Remove everything but the lock, the manifest last: until then the folder is known as ours."""
        for path in sorted(self.folder.iterdir(), key=lambda path: path.name == MANIFEST):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()

    def clear_drafts(self) -> None:
        """Remove what a process that died left half-written."""
        for draft in self.folder.rglob(".*.part"):
            draft.unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder: one process at a time writes it. The lock goes with the process, however it ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("a+b") as file:
            if not _lock(file):
                raise InputError(f"{self.folder}: another process is writing this folder")
            yield


def _lock(file: Any) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def make_way(folder: Path) -> None:
    """See that a study may be written into `folder`: it can be made, or is empty, or holds a study."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"--out {shown(str(folder))}: is a file, not a folder")
        ours = (folder / MANIFEST).is_file()
        # The lock and a half-written file may be all that a process left that was killed as it began.
        left = [path for path in folder.iterdir() if path.name != LOCK] if folder.is_dir() else []
        others = [path for path in left if not (path.name.startswith(".") and path.suffix == ".part")]
        if others and not ours:
            raise InputError(f"--out {shown(str(folder))}: exists, is not empty, and holds no study")
        if ours and (Store(folder).read_manifest() or {}).get("kind") != STUDY:
            raise InputError(f"--out {shown(str(folder))}: holds a single run, not a study")
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
        for path in made:
            path.rmdir()
    except OSError as error:
        raise InputError(f"--out {shown(str(folder))}: cannot be written: {error.strerror}") from None
