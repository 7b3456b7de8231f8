"""Mechanisms of a scenario's own: from a file or a module, checked before anything runs.

To read such a file is to run it. What is read back from a run folder brings the text of its mechanisms with it.
"""

from __future__ import annotations

import ast
import copyreg
import hashlib
import linecache
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, Field

from entente.errors import InputError, nearest, shown
from entente.mechanisms import shipped
from entente.month.algebra import check_algebra
from entente.month.declare import quantity
from entente.month.gather import LOOPS, Mechanisms, told
from entente.month.mechanism import NORMAL, UNIFORM, Mechanism, arguments
from entente.month.weave import INTERACTIVE, Weaver
from entente.month.words import GIVEN, KEPT, WORDS

from .base import Record
from .state import State
from .threat import Source
from .treaty import Treaty

MAX_SOURCE = 200_000
"""Bytes that the file of a mechanism may have."""
_NAME = re.compile(r"[a-z]([a-z0-9_]{0,38}[a-z0-9])?$")
_RECORDS: dict[str, type[BaseModel]] = {"states": State, "sources": Source, "treaties": Treaty}
_STREAMS = ("arrival", "magnitude", "perception")
"""Streams of noise of the core."""
_LOCAL = frozenset([
    "at", "free", "helped", "i", "j", "k", "m", "mates", "mean", "now", "num", "on", "partners", "plan", "q",
    "share", "shares", "sums", "t", "theirs", "where", "spread", "max", "min", "floor", "sqrt",
])  # fmt: skip
"""Names that the functions of places use for themselves."""

Where = Callable[[str], str]
"""From a dotted path to the file and line that it was read from."""


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


# -- from a scenario -----------------------------------------------------------------------------


def read_files(data: dict[str, Any], folder: Path | None, where: Where) -> None:
    """Put the text of the files that a scenario's mechanisms name beside their names, in place.

    Raises `InputError` for a file that cannot be read.
    """
    for name, entry in _entries(data).items():
        if isinstance(entry, dict) and isinstance(entry.get("file"), str) and not entry.get("source"):
            path = Path(entry["file"])
            path = path if folder is None else folder / path
            entry["source"] = _text(path, f"{where(f'mechanisms.{name}.file')}: mechanisms.{name}.file")
            entry["file"] = path.name


def _text(path: Path, at: str) -> str:
    try:
        if path.stat().st_size > MAX_SOURCE:
            raise InputError(f"{at}: {path}: more than {MAX_SOURCE:,} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{at}: {path}: cannot be read: {str(error.strerror).lower()}") from None
    except ValueError:
        raise InputError(f"{at}: {path}: not a text file in UTF-8") from None


def chosen(data: Mapping[str, Any], where: Where, given: Iterable[Mechanism] = ()) -> Mechanisms:
    """The mechanisms that act in a scenario of this data. Raises `InputError` with one sentence."""
    own = {one.name: one for one in given}
    for name, entry in _entries(data).items():
        if name not in own:
            path = f"mechanisms.{name}"
            try:
                own[name] = _of(name, entry, path)
            except InputError as error:
                raise InputError(f"{where(path)}: {error}") from None
    try:
        return together(list(own.values()))
    except _Unfit as error:
        named = error.name in _entries(data)
        at = f"{where(f'mechanisms.{error.name}')}: mechanisms.{error.name}: " if named else "mechanisms: "
        raise InputError(f"{at}{error}") from None


class _Unfit(InputError):
    """A mechanism that does not go together with the others, by name."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def _entries(data: Mapping[str, Any]) -> dict[str, Any]:
    found = data.get("mechanisms")
    return found if isinstance(found, dict) else {}


def _of(name: str, entry: Any, at: str) -> Mechanism:
    """The mechanism of one entry, whose digest is put into it."""
    fields = OwnMechanism.model_fields
    if not isinstance(entry, dict):
        raise InputError(f"{at}: {shown(entry)}: must be a map that names a file or a module")
    for key, value in entry.items():
        if key not in fields:
            raise InputError(f"{at}.{key}: unknown{nearest(key, fields)}")
        if value is not None and not isinstance(value, str):
            raise InputError(f"{at}.{key}: {shown(value)}: must be text")
    file, module, source, digest = (entry.get(key) for key in fields)
    if file and module:
        raise InputError(f"{at}: names a file and a module; one of them says where it is declared")
    if not (file or module or source or digest):
        raise InputError(f"{at}: needs a file or a module")
    if source and digest and _digest(source) != digest:
        # Before it is run: it may be anything now.
        raise InputError(f"{at}: is not what it was: its digest is {_digest(source)[:12]}, not {digest[:12]}")
    if source:
        one = located(at, lambda: from_text(source, file or name))
    elif module:
        one = located(at, lambda: from_module(module))
    elif digest in _given:
        one = _given[digest]
    else:
        raise InputError(f"{at}: was given as an object of another process; give it again, as mechanisms=[...]")
    if one.name != name:
        raise InputError(f"{at}: declares the mechanism {shown(one.name)}; call it so here")
    if digest and digest != digest_of(one):
        raise InputError(f"{at}: is not what it was: its digest is {digest_of(one)[:12]}, not {digest[:12]}")
    entry["digest"] = digest_of(one)
    if one.source:
        entry["source"] = one.source
    return one


def located(at: str, read: Callable[[], Mechanism]) -> Mechanism:
    """A mechanism that is read, or the sentence on what is wrong with it, with its place before it."""
    try:
        return read()
    except InputError as error:
        raise InputError(f"{at}: {error}") from None


# -- a set ---------------------------------------------------------------------------------------

_sets: dict[tuple[str, ...], Mechanisms] = {}
"""Sets by the digests of what they hold besides the mechanisms of the model: each is checked and woven once."""


def together(own: Sequence[Mechanism]) -> Mechanisms:
    """The mechanisms of the model and some more. Raises `InputError` where they do not go together."""
    if not own:
        return shipped()
    key = tuple(sorted(digest_of(one) for one in own))
    if key not in _sets:
        try:
            made = shipped().with_(own)
            # All words are looked up, those of memories too.
            Weaver(made, INTERACTIVE).text()
        except InputError as error:
            raise _Unfit(str(error).partition(": ")[0], placed(str(error), own)) from None
        _sets[key] = made
    return _sets[key]


def placed(sentence: str, own: Sequence[Mechanism]) -> str:
    """A sentence that begins with a mechanism's name, with file and line before it where they are known."""
    name, _, rest = sentence.partition(": ")
    one = next((one for one in own if one.name == name), None)
    return sentence if one is None or not one.origin else f"{_place_of(one, rest.partition(': ')[0])}: {sentence}"


def _place_of(one: Mechanism, thing: str) -> str:
    """File and line of a function of a mechanism, of the first line that names something, or of its own name."""
    lines = [function.__code__.co_firstlineno for function in one.functions if function.__name__ == thing]
    for word in (thing, one.name):
        quoted = re.compile(f"[\"']{re.escape(word)}[\"']")
        lines += [n for n, line in enumerate(one.source.splitlines(), start=1) if quoted.search(line)]
    return f"{one.origin}:{lines[0]}" if lines else one.origin


# -- one mechanism -------------------------------------------------------------------------------

_read: dict[tuple[str, str], Mechanism] = {}


def load_mechanism(file: str | Path) -> Mechanism:
    """Read the mechanism that a Python `file` declares, which runs the file.

    What it gives can stand in the `mechanisms` of whatever takes a scenario. Raises `InputError` with one
    sentence.

    Examples:
        >>> from entente import load_mechanism
        >>> from entente.starter import write_mechanism
        >>> load_mechanism(write_mechanism("honour")).name
        'honour'
    """
    path = Path(file)
    return from_text(_text(path, "mechanism"), path.name)


def from_text(text: str, name: str) -> Mechanism:
    """The mechanism that the text of a file declares. Raises `InputError` where it cannot be used."""
    if (text, name) in _read:
        return _read[text, name]
    digest = _digest(text)[:12]
    file = f"<{name} {digest}>"
    module = ModuleType(f"entente_mechanism_{digest}")
    module.__file__ = file
    # The compiler looks for a function's module by its name when it takes code from its cache.
    sys.modules[module.__name__] = module
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    try:
        exec(compile(text, file, "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        said = f"{type(error).__name__}: {' '.join(reason.split())}".removesuffix(": ")
        raise InputError(f"{name}{_line(error, file)}: cannot be read as a mechanism: {said}") from None
    found = list({id(value): value for value in vars(module).values() if isinstance(value, Mechanism)}.values())
    if len(found) != 1:
        names = f" ({', '.join(one.name for one in found)})" if found else ""
        raise InputError(f"{name}: declares {len(found) or 'no'} mechanisms{names}; a file declares one")
    (one,) = found
    one.source, one.origin, one.vetted = text, name, False
    try:
        check(one, vars(module))
    except InputError as error:
        raise InputError(placed(str(error), [one])) from None
    _read[text, name] = one
    return one


def _line(error: BaseException, file: str) -> str:
    """The line of the file at which an error arose, as `:7`."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return f":{error.lineno}"
    lines, at = [], error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == file:
            lines.append(at.tb_lineno)
        at = at.tb_next
    return f":{lines[-1]}" if lines else ""


def from_module(address: str) -> Mechanism:
    """The mechanism at `module:name`. Raises `InputError` where there is none."""
    place, colon, name = address.partition(":")
    if not colon:
        raise InputError(f"module: {shown(address)}: must have the form module:name")
    try:
        module = import_module(place)
    except Exception as error:
        # Whatever a module raises as it is imported.
        reason = " ".join(str(error).split())
        raise InputError(f"module: {shown(place)}: cannot be imported: {type(error).__name__}: {reason}") from None
    one = getattr(module, name, None)
    if not isinstance(one, Mechanism):
        known = [key for key, value in vars(module).items() if isinstance(value, Mechanism)]
        raise InputError(f"module: {shown(name)} is no mechanism of {place}{nearest(name, known)}")
    return carried(one)


def carried(one: Mechanism) -> Mechanism:
    """A mechanism given as an object, with the text of its file where that text alone makes it again.

    So it can be read back where the object is not. Raises `InputError` where it cannot be used.
    """
    if not isinstance(one, Mechanism):
        raise InputError(f"mechanisms: {shown(one)}: must be mechanisms, as a file declares them")
    if one.source:
        return one
    around = {name: value for function in one.functions for name, value in function.__globals__.items()}
    try:
        check(one, around)
        again = _from_its_file(one)
        return one if again is None or told(again) != told(one) else again
    except OSError:
        rule = "its functions were typed where their text is not kept; write it into a file"
        raise InputError(f"mechanisms: {one.name}: {rule}") from None


def _from_its_file(one: Mechanism) -> Mechanism | None:
    """The mechanism as the file of its functions' module declares it; None where the file does more than that."""
    modules = {function.__module__ for function in one.functions}
    name = modules.pop() if len(modules) == 1 else "__main__"
    file = getattr(sys.modules.get(name), "__file__", None)
    if name == "__main__" or file is None or not Path(file).is_file():
        return None
    try:
        text = _text(Path(file), name)
        # A file that does something besides declaring must not be run a second time.
        return from_text(text, Path(file).name) if all(map(_declares, ast.parse(text).body)) else None
    except (InputError, SyntaxError):
        return None


def _declares(statement: ast.stmt) -> bool:
    """Whether a statement of a file does nothing but import, define and declare."""
    if isinstance(statement, ast.ImportFrom):
        return statement.level == 0
    if isinstance(statement, ast.Import | ast.FunctionDef):
        return True
    if isinstance(statement, ast.Expr):
        call = statement.value
        return isinstance(call, ast.Constant) or (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
        )
    if isinstance(statement, ast.Assign):
        calls = [node.func for node in ast.walk(statement.value) if isinstance(node, ast.Call)]
        return all(isinstance(call, ast.Name) and call.id == Mechanism.__name__ for call in calls)
    return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(one: Mechanism) -> str:
    """Digest of one mechanism: that of its file where the text is known, else of functions and declarations."""
    return Mechanisms.digest_of(one)


def entries_of(given: Iterable[Mechanism]) -> dict[str, dict[str, str]]:
    """How a scenario names mechanisms that are given as objects, so that it says what acted in it."""
    entries = {}
    for one in given:
        digest = digest_of(one)
        _given[digest] = one
        if one.name in entries:
            raise InputError(f"mechanisms: {one.name}: given twice; a mechanism needs a name of its own")
        entries[one.name] = {"digest": digest} | ({"file": one.origin, "source": one.source} if one.source else {})
    return entries


def _pickled(one: Mechanism) -> Any:
    """Across processes a mechanism of a file is its text: its functions stand in no module that could be imported."""
    return (from_text, (one.source, one.origin)) if one.source else one.__reduce_ex__(2)


copyreg.pickle(Mechanism, _pickled)  # type: ignore[arg-type]


# -- whether one can be used at all --------------------------------------------------------------


def check(one: Mechanism, around: Mapping[str, Any]) -> None:
    """Raise `InputError` where a mechanism declares or computes what it cannot; `around` are the names of its file."""
    for sentence in _problems(one):
        raise InputError(f"{one.name}: {sentence}")
    check_algebra(one, around)
    for function in one.functions:
        _try(one, function)


def _problems(one: Mechanism) -> Iterator[str]:
    if not isinstance(one.on, bool):
        yield f"on: {shown(one.on)}: must be True or False"
    names = [one.name, *(n.name for n in one.numbers), *(s.name for s in one.streams)]
    names += [m.name for m in one.memories] + [s.name for s in one.sums] + [a.into for a in one.articles]
    for name in [*names, *(a.rule for a in one.articles)]:
        if not isinstance(name, str) or not _NAME.match(name) or iskeyword(name) or hasattr(BaseModel, name):
            yield f"{name}: must be a name of small letters, digits and _ that Python and records leave free"
    for number in one.numbers:
        yield from _number(number.name, number.declaration)
        if number.over and number.name in (_RECORDS[number.at].model_fields.keys() | KEPT):
            yield f"{number.name}: is a number of {number.at} already; take another name"
    for name in [*(s.name for s in one.streams), *(m.name for m in one.memories), *(s.name for s in one.sums)]:
        if name in KEPT:
            yield f"{name}: is kept by the engines already; take another name"
    for stream in one.streams:
        if stream.over not in ("s", "k", "t"):
            yield f"{stream.name}: noise of {shown(stream.over)}: must be of a state, a source or a treaty"
        if stream.law not in (UNIFORM, NORMAL):
            yield f"{stream.name}: law {shown(stream.law)}: must be {UNIFORM} or {NORMAL}"
        if stream.label.rpartition("/")[2] in _STREAMS:
            yield f"{stream.label}: is a stream of noise of the core already; take another name"
    for memory in one.memories:
        if memory.over not in ("s", "k", "t", "sk"):
            yield f"{memory.name}: kept of {shown(memory.over)}: must be of a state, a source, a treaty or both of the first"
    for sum_ in one.sums:
        if sum_.name in _LOCAL or sum_.name in WORDS or sum_.name in GIVEN:
            yield f"{sum_.name}: is a word of the month already; take another name"
        if sum_.record is not None and sum_.over in LOOPS and sum_.over != "sources":
            yield f"{sum_.name}: only sums over sources are recorded; leave out unit and meaning"
    called = [function.__name__ for function in one.functions]
    for name in called:
        if called.count(name) > 1:
            yield f"{name}: two functions of this name; each needs one of its own"


def _number(name: str, declaration: dict[str, Any]) -> Iterator[str]:
    try:
        quantity(**declaration)
    except TypeError as error:
        yield f"{name}: {str(error).removeprefix('quantity() ')}"
        return
    low, high, default = declaration["low"], declaration["high"], declaration["default"]
    prior = declaration.get("prior")
    numbers = [("low", low), ("high", high), ("default", default)]
    numbers += [("prior", value) for value in prior] if isinstance(prior, tuple | list) else []
    for key, value in numbers:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield f"{name}: {key} {shown(value)}: must be a finite number"
            return
    if prior is not None and (not isinstance(prior, tuple | list) or len(prior) != 2):
        yield f"{name}: prior {shown(prior)}: must be two numbers, the lowest and the highest"
    elif not low <= default <= high:
        yield f"{name}: default {default:g}: must lie in {low:g}..{high:g}"
    elif prior is not None and not low <= prior[0] < prior[1] <= high:
        yield f"{name}: prior {prior[0]:g} to {prior[1]:g}: must rise within {low:g}..{high:g}"


def _try(one: Mechanism, function: Callable[..., Any]) -> None:
    """Call a function once: what is no algebra of numbers is told before anything runs."""
    try:
        value = function(*[0.5] * len(arguments(function)))
    except (ZeroDivisionError, ValueError):
        # Of these numbers; what those of a run are, nobody knows yet.
        return
    except Exception as error:
        raise InputError(f"{one.name}: {function.__name__}: {type(error).__name__}: {error}") from None
    if not isinstance(value, int | float):
        raise InputError(f"{one.name}: {function.__name__}: gives {shown(value)}, not a number")
