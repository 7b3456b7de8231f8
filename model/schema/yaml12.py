"""YAML 1.2 scalars, read safely and with the line of every value."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Any

import yaml

from entente.errors import InputError

MAX_BYTES = 4_000_000
MAX_DEPTH = 20
MAX_VALUES = 100_000
"""Keys, values and lists in a file: a scenario of two hundred states has a tenth of them."""
SMALL = 200_000
"""Letters of a text that is kept once it is read, and whose mistakes are told in the words of the slower reader."""

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+$")
_OCTAL = re.compile(r"0o[0-7]+$")
_HEX = re.compile(r"0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)$")
_STANDARD_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "map", "seq")}

Lines = dict[str, int]


class _Loader(yaml.SafeLoader):
    """Resolves nothing by itself: scalars are read by the YAML 1.2 core schema below."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML's own name)


if yaml.__with_libyaml__:

    class _QuickLoader(yaml.CSafeLoader):
        """As `_Loader`, read by libyaml, which tells mistakes in other words."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

else:
    _QuickLoader = _Loader  # type: ignore[misc,assignment]


def scalar(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2: `1e-3` is a number, `010` ten, `NO` a word."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.match(text):
        return int(text)
    if _OCTAL.match(text):
        return int(text[2:], 8)
    if _HEX.match(text):
        return int(text[2:], 16)
    if _FLOAT.match(text):
        return float(text)
    if _INFINITE.match(text):
        return float(text.replace(".", "").lower())
    return float("nan") if text in {".nan", ".NaN", ".NAN"} else text


def read_yaml(path: Path) -> tuple[dict[str, Any], Lines]:
    """The mapping in a YAML file, and the line of each dotted path. Raises `InputError`."""
    try:
        about = path.stat()
        if not S_ISREG(about.st_mode) and not S_ISDIR(about.st_mode):
            raise InputError(f"{path}: not a regular file")
        size = about.st_size
        if size > MAX_BYTES:
            raise InputError(f"{path}: {size:,} bytes: a scenario may have {MAX_BYTES:,} at most")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file in UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """As `read_yaml`, from a string; `name` stands for the file in messages.

    What is small is kept, since scenarios share most of their files; what is returned is the caller's own.
    """
    data, lines = (_parsed if len(text) <= SMALL else _parse)(text, name)
    return _copied(data), dict(lines)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _parse(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    _refuse_too_much(text, name)
    try:
        node = yaml.compose(text, Loader=_QuickLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        node = _composed_slowly(text, name)
    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"{name}: must be a mapping of fields to values")
    lines: Lines = {}
    return _mapping(node, "", name, lines, 0), lines


_parsed = lru_cache(maxsize=512)(_parse)


def _refuse_too_much(text: str, name: str) -> None:
    """Refuse what is too deep or too much before anything is made of it, and references between parts."""
    depth = values = 0
    try:
        for event in yaml.parse(text, Loader=_QuickLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InputError(f"{name}:{line}: anchors and aliases are not allowed; use extends")
            values += isinstance(event, yaml.NodeEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH + 1:
                raise InputError(f"{name}:{line}: nested more than {MAX_DEPTH} deep")
            if values > MAX_VALUES:
                raise InputError(f"{name}:{line}: more than {MAX_VALUES:,} keys and values")
    except InputError:
        raise
    except yaml.MarkedYAMLError as error:
        if len(text) > SMALL:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InputError(f"{name}:{line}: not valid YAML: {error.problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        if len(text) > SMALL:
            raise InputError(f"{name}: not valid YAML") from None


def _composed_slowly(text: str, name: str) -> Any:
    """The nodes of a text by the reader that says best what is wrong with it."""
    try:
        return yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{name}:{line}: not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{name}: not valid YAML: {' '.join(str(error).split())}") from None
    except (RecursionError, ValueError):
        raise InputError(f"{name}: not valid YAML: nested too deeply or a number too long") from None


def _value(node: yaml.Node, path: str, name: str, lines: Lines, depth: int) -> Any:
    line = node.start_mark.line + 1
    if depth > MAX_DEPTH:
        raise InputError(f"{name}:{line}: {path}: nested more than {MAX_DEPTH} deep")
    if node.tag not in _STANDARD_TAGS:
        raise InputError(f"{name}:{line}: {path}: tag {node.tag} is not allowed; plain values only")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name, lines, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{path}[{i}]", name, lines, depth + 1) for i, item in enumerate(node.value)]
    try:
        # A plain scalar has no style; libyaml calls it an empty one.
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return scalar(node.value) if plain else node.value
    except ValueError:
        raise InputError(f"{name}:{line}: {path}: a number of {len(node.value)} digits is too long") from None


def _mapping(node: yaml.MappingNode, path: str, name: str, lines: Lines, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise InputError(f"{name}:{line}: {path}: a key must be a plain word")
        key = key_node.value
        inner = f"{path}.{key}" if path else key
        if key in result:
            raise InputError(f"{name}:{line}: {inner}: given twice (first on line {lines[inner]})")
        lines[inner] = line
        result[key] = _value(value_node, inner, name, lines, depth + 1)
    return result
