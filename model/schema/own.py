"""Mechanisms of a scenario's own: from a file or a module, checked before anything runs.

To read such a file is to run it. What is read back from a run folder brings the text of its mechanisms with it.
"""

from __future__ import annotations

import hashlib
import linecache
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import Field

from entente.errors import InputError, nearest, shown
from entente.mechanisms import shipped
from entente.month.algebra import check_algebra
from entente.month.gather import Mechanisms, the_mechanism
from entente.month.mechanism import Mechanism

from .base import Record

MAX_SOURCE = 200_000


class OwnMechanism(Record):
    """Where a mechanism of the scenario's own is declared: a file, or a module that can be imported."""

    file: str | None = Field(
        None, min_length=1, max_length=400, description="Python file, relative to the scenario."
    )
    module: str | None = Field(
        None, pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$", description="`module:name` of what can be imported."
    )
    source: str | None = Field(
        None,
        max_length=MAX_SOURCE,
        description="The text of the file, once it has been read; it then stands for it.",
    )
    digest: str | None = Field(None, max_length=64, description="Digest of what was read.")


_given: dict[str, Mechanism] = {}
"""Mechanisms that were given as objects in this process, by digest."""


def read_files(data: dict[str, Any], folder: Path | None, where: str) -> None:
    """Put the text of the files that a scenario's mechanisms name beside their names, in place.

    Raises `InputError` for a file that cannot be read.
    """
    for name, entry in _entries(data).items():
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or entry.get("source"):
            continue
        path = Path(entry["file"])
        path = path if path.is_absolute() or folder is None else folder / path
        entry["source"] = _text_of(path, f"{where}: mechanisms.{name}.file: {shown(entry['file'])}")
        entry["file"] = path.name


def _text_of(path: Path, at: str) -> str:
    """The text of a mechanism file. Raises `InputError`, which begins with `at`, where it cannot be read."""
    try:
        if path.is_file() and path.stat().st_size > MAX_SOURCE:
            raise OSError(0, f"more than {MAX_SOURCE:,} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a text file in UTF-8"
        raise InputError(f"{at}: {reason}") from None


def chosen(data: Mapping[str, Any], where: str, given: Iterable[Mechanism] = ()) -> Mechanisms:
    """The mechanisms that act in a scenario of this data. Raises `InputError` with one sentence."""
    found = [_of(name, entry, where) for name, entry in _entries(data).items()]
    return shipped().with_(
        [one for one in found if one is not None and one.name not in {g.name for g in given}] + list(given)
    )


def _entries(data: Mapping[str, Any]) -> dict[str, Any]:
    found = data.get("mechanisms")
    return found if isinstance(found, dict) else {}


def _of(name: str, entry: Any, where: str) -> Mechanism | None:
    """One mechanism; None where the entry is none, which the schema tells."""
    if not isinstance(entry, dict):
        return None
    at = f"{where}: mechanisms.{name}"
    if isinstance(entry.get("source"), str):
        one = from_text(entry["source"], str(entry.get("file", name)))
    elif isinstance(entry.get("module"), str):
        one = from_module(entry["module"], at)
    elif entry.get("digest") in _given:
        one = _given[entry["digest"]]
    elif entry.get("digest"):
        raise InputError(f"{at}: was given as an object of another process; give it again, as mechanisms=[...]")
    else:
        raise InputError(f"{at}: needs a file or a module")
    if one.name != name:
        raise InputError(f"{at}: declares the mechanism {shown(one.name)}; call it so here")
    if not entry.get("digest"):
        entry["digest"] = digest_of(one)
    elif entry["digest"] != digest_of(one):
        raise InputError(
            f"{at}: is not what it was: its digest is {digest_of(one)[:12]}, not {entry['digest'][:12]}"
        )
    return one


_read: dict[tuple[str, str], Mechanism] = {}


def from_text(text: str, name: str) -> Mechanism:
    """The mechanism that the text of a file declares. Raises `InputError` where it cannot be used."""
    if (text, name) in _read:
        return _read[text, name]
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    file = f"<{name} {digest}>"
    module = ModuleType(f"entente_mechanism_{digest}")
    module.__file__ = file
    # The compiler looks for a function's module by its name when it takes code from its cache.
    sys.modules[module.__name__] = module
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        exec(compile(text, file, "exec"), vars(module))
    except InputError:
        raise
    except Exception as error:
        line = _line(error, file)
        raise InputError(f"{name}{line}: cannot be read as a mechanism: {type(error).__name__}: {error}") from None
    one = the_mechanism(module)
    one.source, one.origin = text, name
    check_algebra(one, vars(module))
    _read[text, name] = one
    return one


def from_file(path: Path) -> Mechanism:
    """The mechanism that a file declares, outside any scenario. Raises `InputError` where there is none to use."""
    return from_text(_text_of(path, str(path)), path.name)


def _line(error: Exception, file: str) -> str:
    """The line of the file at which an error arose, as `:7`."""
    if isinstance(error, SyntaxError):
        return f":{error.lineno}"
    lines, at = [], error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == file:
            lines.append(at.tb_lineno)
        at = at.tb_next
    return f":{lines[-1]}" if lines else ""


def from_module(address: str, at: str) -> Mechanism:
    """The mechanism at `module:name`. Raises `InputError` where there is none."""
    place, _, name = address.partition(":")
    try:
        module = import_module(place)
    except ImportError as error:
        raise InputError(f"{at}.module: {shown(place)}: cannot be imported: {error}") from None
    one = getattr(module, name, None)
    if not isinstance(one, Mechanism):
        known = [key for key, value in vars(module).items() if isinstance(value, Mechanism)]
        raise InputError(f"{at}.module: {shown(name)} is no mechanism of {place}{nearest(name, known)}")
    check_algebra(one, vars(module))
    return one


def digest_of(one: Mechanism) -> str:
    """Digest of one mechanism: of its file's text where it came from one, else of its functions and declarations."""
    return Mechanisms.digest_of(one)


def entries_of(given: Iterable[Mechanism]) -> dict[str, dict[str, str]]:
    """How a scenario names mechanisms that are given as objects, so that it says what acted in it."""
    entries = {}
    for one in given:
        if not isinstance(one, Mechanism):
            raise InputError(
                f"mechanisms: {shown(type(one).__name__)}: must be mechanisms, as a file declares them"
            )
        if not one.source:
            check_algebra(one, _globals_of(one))
        digest = digest_of(one)
        _given[digest] = one
        entries[one.name] = {"digest": digest} | ({"file": one.origin, "source": one.source} if one.source else {})
    return entries


def _globals_of(one: Mechanism) -> dict[str, Any]:
    """The names around a mechanism's functions."""
    found: dict[str, Any] = {}
    for function in one.functions:
        module = sys.modules.get(function.__module__)
        found |= function.__globals__ if module is None else vars(module)
    return found
