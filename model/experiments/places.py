"""Where a study's files stand: a folder of this machine, or an object store reached through fsspec.

Both put a file whole or not at all. A folder does it by a temporary name, a sync and a rename; an object
store does it by itself, for there an object is seen only when it has arrived.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from entente.errors import InputError
from entente.telling.files import MANIFEST, is_address

from .extras import need

LOCK, DRAFT = ".lock", ".part"
READ = 2**20
"""Bytes of a file that are read at once."""


class Place(Protocol):
    """Some files by their names, which are relative and have forward slashes.

    What goes wrong there is an `OSError`, whatever the library behind it raises.
    """

    address: str

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def put(self, name: str, content: bytes) -> str:
        """Write a file whole or not at all; returns its checksum."""

    def put_from(self, name: str, write: Callable[[IO[bytes]], None]) -> str:
        """The same for what would not fit in memory: `write` writes it, bit by bit."""

    def open(self, name: str) -> IO[bytes]:
        """A file to read from any place in it. Raises `FileNotFoundError` where there is none."""

    def top(self) -> list[str]:
        """The names of what stands directly here, folders too; none where the place does not exist."""

    def sizes(self) -> dict[str, int]:
        """All files with their size in bytes; none where the place does not exist."""

    def clear(self) -> None:
        """Remove everything but the lock, the manifest last: until then the place is known as a study's."""

    def held(self) -> Any:
        """Hold the place while something is written into it. Raises `InputError` where another process does."""

    def probe(self) -> None:
        """See that something can be written here, and leave nothing."""


def place_of(where: str | Path) -> Place:
    """The place that a path or an address (`s3://bucket/prefix`) names."""
    text = str(where)
    if text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    return Objects(text) if is_address(where) else Folder(Path(where))


def below(where: str | Path, name: str) -> str:
    """The path or address of a file of a place."""
    return f"{str(where).rstrip('/')}/{name}" if is_address(where) else str(Path(where) / name)


def checksum(content: bytes) -> str:
    """SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def reason(error: OSError) -> str:
    """What an error of a place says, on one line."""
    return " ".join(str(error.strerror or error).split())


def checksum_of(file: IO[bytes]) -> str:
    """SHA-256 of a file from where it stands to its end, a part of it in memory at a time."""
    digest = hashlib.sha256()
    while content := file.read(READ):
        digest.update(content)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> str:
    """Write a file whole or not at all, through to the disk; returns its checksum."""
    _write_whole(path, lambda file: file.write(content))
    return checksum(content)


def _write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Workers of several machines may share the folder, so a process number alone would not do.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}{DRAFT}")
    try:
        with draft.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def stays(address: str) -> Iterator[None]:
    """Say, where the user stops what is done inside, that the finished parts stay at an address."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"what was finished stays in {address}, and the same command goes on with it"
        ) from None


class Folder:
    """A folder of this machine, or one that several machines share."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put(self, name: str, content: bytes) -> str:
        """Write a file whole or not at all; returns its checksum."""
        return write_whole(self.path / name, content)

    def put_from(self, name: str, write: Callable[[IO[bytes]], None]) -> str:
        """Write a file whole or not at all, bit by bit; returns its checksum."""
        _write_whole(self.path / name, write)
        with self.open(name) as file:
            return checksum_of(file)

    def open(self, name: str) -> IO[bytes]:
        """A file to read."""
        return (self.path / name).open("rb")

    def top(self) -> list[str]:
        """The names of what stands directly here."""
        return [path.name for path in self.path.iterdir()] if self.path.is_dir() else []

    def sizes(self) -> dict[str, int]:
        """All files with their size in bytes."""
        files = (path for path in self.path.rglob("*") if path.is_file())
        return {path.relative_to(self.path).as_posix(): path.stat().st_size for path in files}

    def clear(self) -> None:
        """Remove everything but the lock, the manifest last."""
        for path in sorted(self.path.iterdir(), key=lambda path: path.name == MANIFEST):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != LOCK:
                path.unlink()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder: one process at a time writes it. The lock goes with the process, however it ends."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / LOCK).open("a+b") as file:
            if not _lock(file):
                raise InputError(f"{self.path}: another process is writing this folder")
            self._sweep()
            try:
                with stays(self.address):
                    yield
            finally:
                # A worker that was killed as it wrote has left its draft.
                self._sweep()

    def _sweep(self) -> None:
        """Remove what was begun and never finished."""
        for draft in self.path.rglob(f".*{DRAFT}"):
            draft.unlink(missing_ok=True)

    def probe(self) -> None:
        """See that the folder can be made and written, and leave nothing."""
        made = [path for path in (self.path, *self.path.parents) if not path.exists()]
        self.path.mkdir(parents=True, exist_ok=True)
        probe = self.path / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
        for path in made:
            path.rmdir()


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


class Objects:
    """An object store, or anything else that fsspec reaches.

    Keys and endpoints are fsspec's own business: environment variables or its configuration files. There
    is no lock, since none there would die with its holder. Two clients of one study write the same bytes.
    """

    def __init__(self, address: str) -> None:
        need(address, "fsspec", "studies")
        import fsspec

        self.address = address.rstrip("/")
        try:
            # Listings must not be remembered: workers and other clients write here as well.
            self._files, root = fsspec.core.url_to_fs(self.address, use_listings_cache=False)
        except ImportError as error:
            raise InputError(f"{address}: {error}; pip install 'entente[studies]' brings s3fs") from None
        except ValueError as error:
            raise InputError(f"{address}: {' '.join(str(error).split())}") from None
        self._root = str(root).rstrip("/")

    def read(self, name: str) -> bytes | None:
        """The content of an object; None where there is none."""
        with self._told():
            try:
                return bytes(self._files.cat_file(f"{self._root}/{name}"))
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes) -> str:
        """Put an object; returns its checksum."""
        with self._told():
            self._files.pipe_file(f"{self._root}/{name}", content)
        return checksum(content)

    def put_from(self, name: str, write: Callable[[IO[bytes]], None]) -> str:
        """Put an object, from a draft on this machine; returns its checksum."""
        with self._told(), tempfile.NamedTemporaryFile(suffix=DRAFT) as draft:
            write(draft)
            draft.flush()
            self._files.put_file(draft.name, f"{self._root}/{name}")
            draft.seek(0)
            return checksum_of(draft)

    def open(self, name: str) -> IO[bytes]:
        """An object to read, of which only what is asked for travels."""
        with self._told():
            file: IO[bytes] = self._files.open(f"{self._root}/{name}", "rb")
        return file

    def top(self) -> list[str]:
        """The names of what stands directly here."""
        with self._told():
            try:
                return [str(path).rpartition("/")[2] for path in self._files.ls(self._root, detail=False)]
            except FileNotFoundError:
                return []

    def sizes(self) -> dict[str, int]:
        """All objects with their size in bytes."""
        with self._told():
            try:
                found = self._files.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
        return {path.removeprefix(self._root).lstrip("/"): int(about["size"]) for path, about in found.items()}

    def clear(self) -> None:
        """Remove everything, the manifest last."""
        with self._told():
            for name in sorted(self.sizes(), key=lambda name: name == MANIFEST):
                self._files.rm_file(f"{self._root}/{name}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing to hold."""
        with stays(self.address):
            yield

    def probe(self) -> None:
        """See that an object can be put and taken away again."""
        name = f"{self._root}/.probe.{secrets.token_hex(8)}"
        with self._told():
            self._files.pipe_file(name, b"")
            self._files.rm_file(name)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Whatever the library raises as an `OSError`; each has errors of its own."""
        try:
            yield
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"{type(error).__name__}: {error}") from error
