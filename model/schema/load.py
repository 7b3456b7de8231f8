"""From files to a checked scenario: `extends`, `--set`, and one clear sentence for every mistake."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from entente.errors import InputError, nearest, shown
from entente.month.mechanism import Mechanism

from .check import problems
from .own import carried, chosen, entries_of, read_files
from .scenario import Scenario, scenario_type
from .yaml12 import parse_yaml, read_yaml, scalar

_HERE = Path(__file__).resolve()
# Installed, the data lie inside the package; in the repository, beside its folder.
CONFIGS = next(at for at in (_HERE.parents[1] / "configs", _HERE.parents[2] / "configs") if at.is_dir())
SCENARIOS = CONFIGS / "scenarios"
MAX_EXTENDED = 200
"""Files that a scenario may start from, directly and in turn."""


@dataclass
class _Draft:
    """A scenario as plain data, and where each dotted path came from."""

    data: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    extended: int = 0


def scenario_names() -> list[str]:
    """The ids of the scenarios in `configs/`.

    Examples:
        >>> from entente import scenario_names
        >>> "memo-2001" in scenario_names()
        True
    """
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def scenario_file(name: str, relative_to: Path | None = None) -> Path:
    """The file of a scenario, given its id in `configs/` or a path ending in `.yaml`."""
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
        return path if path.is_absolute() or relative_to is None else relative_to / path
    path = SCENARIOS / f"{name}.yaml"
    if not path.is_file() and Path(name).is_dir():
        raise InputError(
            f"{shown(name)}: a folder; name a scenario (entente scenarios lists them) or a .yaml file"
        )
    if "/" in name or "\\" in name or not path.is_file():
        raise InputError(
            f"{shown(name)}: no scenario of that name (entente scenarios lists them) and no .yaml file"
            f"{nearest(name, scenario_names())}"
        )
    return path


def load_scenario(
    scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
    changes: Mapping[str, Any] | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Scenario:
    """Read, merge and check a scenario.

    `scenario` is the id of a scenario in `configs/`, the path of a `.yaml` file anywhere, a mapping
    in the form of such a file, or a `Scenario`. `changes` maps dotted paths to values; `mechanisms` act
    in it besides those of the model. Raises `InputError` with one sentence.

    Examples:
        >>> from entente import load_scenario
        >>> load_scenario("memo-2001", {"months": 24, "behaviour.linkage": 0.6}).behaviour.linkage
        0.6
    """
    draft = _Draft()
    own = _listed(mechanisms)
    if isinstance(scenario, Scenario):
        if not changes and not own:
            return scenario
        draft.data = scenario.model_dump(exclude_none=True)
        label = scenario.name
    elif isinstance(scenario, Mapping):
        label = str(scenario.get("name", "scenario"))
        _extend(draft, _plain(scenario), label, {}, None, ())
    else:
        path = scenario_file(str(scenario))
        label = str(path)
        data, lines = read_yaml(path)
        _extend(draft, data, label, lines, path.parent, (path.resolve(),))
    if own:
        draft.data["mechanisms"] = draft.data.get("mechanisms", {}) | entries_of(own)
    for key, value in (changes or {}).items():
        _assign(draft, key, value)
    return _checked(draft, label, own)


def _listed(mechanisms: Iterable[Mechanism]) -> list[Mechanism]:
    """Mechanisms given as objects. Raises `InputError` where they are none."""
    if isinstance(mechanisms, Mechanism | str) or not isinstance(mechanisms, Iterable):
        raise InputError(f"mechanisms: {shown(mechanisms)}: must be a list of mechanisms, mechanisms=[...]")
    return [carried(one) for one in mechanisms]


def parse_scenario(text: str, name: str, base: Path | None = None) -> Scenario:
    """As `load_scenario`, from the text of a file; `base` is where its `extends` paths start."""
    data, lines = parse_yaml(text, name)
    draft = _Draft()
    _extend(draft, data, name, lines, base, ())
    return _checked(draft, name)


R = TypeVar("R", bound=BaseModel)


def read_record(kind: type[R], path: Path) -> R:
    """A record of another kind than a scenario from its file, with the same sentences for mistakes."""
    data, lines = read_yaml(path)
    draft = _Draft()
    _merge(draft, draft.data, data, "", str(path), lines)
    try:
        return kind.model_validate(draft.data)
    except ValidationError as error:
        raise InputError(_sentence(error, draft, str(path), kind)) from None


def parse_changes(assignments: list[str]) -> dict[str, Any]:
    """`["behaviour.rise=0.4"]` as a mapping of paths to values (YAML 1.2 scalars)."""
    changes: dict[str, Any] = {}
    for text in assignments:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise InputError(f"--set {shown(text)}: must have the form path=value")
        changes[path.strip()] = scalar(value.strip())
    return changes


def scenario_hash(scenario: Scenario) -> str:
    """A digest of everything in a resolved scenario."""
    text = json.dumps(scenario.model_dump(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(data: Any) -> Any:
    """Maps as dicts with text keys, numbers of numpy as Python's own."""
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    return data.item() if hasattr(data, "item") and not isinstance(data, str) else data


def _extend(
    draft: _Draft,
    data: dict[str, Any],
    label: str,
    lines: Mapping[str, int],
    folder: Path | None,
    chain: tuple[Path, ...],
) -> None:
    """Merge what `data` extends, in order, then `data` itself."""
    extends = data.pop("extends", [])
    where = f"{label}:{lines['extends']}" if "extends" in lines else label
    names = extends if isinstance(extends, list) else [extends]
    for name in names:
        if not isinstance(name, str):
            raise InputError(f"{where}: extends: {shown(name)}: must name a scenario or a .yaml file")
        try:
            path = scenario_file(name, folder)
        except InputError as error:
            raise InputError(f"{where}: extends: {error}") from None
        resolved = path.resolve()
        if resolved in chain:
            raise InputError(f"{where}: extends: {shown(name)}: runs in a circle")
        if not path.is_file():
            raise InputError(f"{where}: extends: {shown(name)}: no such file")
        draft.extended += 1
        if draft.extended > MAX_EXTENDED:
            raise InputError(
                f"{where}: extends: leads to more than {MAX_EXTENDED} files, one counted each time that it is named"
            )
        parent, parent_lines = read_yaml(path)
        _extend(draft, parent, str(path), parent_lines, path.parent, (*chain, resolved))
        # A scenario's summary is its own, not that of what it extends.
        draft.data.pop("summary", None)
    read_files(data, folder, lambda path: f"{label}:{lines[path]}" if path in lines else label)
    own = data.get("mechanisms")
    for name in own if isinstance(own, dict) else ():
        # Another mechanism in its place, not a mixture of both.
        draft.data.get("mechanisms", {}).pop(name, None)
    _merge(draft, draft.data, data, "", label, lines)


def _merge(
    draft: _Draft,
    into: dict[str, Any],
    data: dict[str, Any],
    at: str,
    label: str,
    lines: Mapping[str, int],
) -> None:
    for key, value in data.items():
        path = f"{at}.{key}" if at else key
        draft.origin[path] = f"{label}:{lines[path]}" if path in lines else label
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(draft, into[key], value, path, label, lines)
        elif isinstance(value, dict):
            into[key] = {}
            _merge(draft, into[key], value, path, label, lines)
        else:
            into[key] = value


def _assign(draft: _Draft, path: str, value: Any) -> None:
    """Set one leaf by its dotted path; the parts above it must exist or be maps of the schema."""
    *parents, last = path.split(".")
    if (parents or [last])[0] == "mechanisms":
        rule = "which mechanisms there are is no number; name them in the scenario's file, and switch them by switches.NAME"
        raise InputError(f"{path}: {rule}")
    here = draft.data
    for part in parents:
        if not isinstance(here, dict):
            break
        here = here.setdefault(part, {})
    if not isinstance(here, dict):
        raise InputError(f"{path}: there is nothing below {path.rsplit('.', 1)[0]}")
    draft.origin[path] = f"--set {path}"
    if value is None:
        here.pop(last, None)
    else:
        here[last] = _plain(value)


def _checked(draft: _Draft, label: str, own: Iterable[Mechanism] = ()) -> Scenario:
    acting = scenario_type(chosen(draft.data, lambda path: _place(draft, path, label), own))
    try:
        scenario = acting.model_validate(draft.data)
    except ValidationError as error:
        raise InputError(_sentence(error, draft, label, acting)) from None
    for path, rule in problems(scenario):
        raise InputError(f"{_place(draft, path, label)}: {path}: {rule}")
    return scenario


def _place(draft: _Draft, path: str, label: str) -> str:
    """The file and line of a path, or of the nearest part above it."""
    parts = path.split(".")
    while parts:
        if ".".join(parts) in draft.origin:
            return draft.origin[".".join(parts)]
        parts.pop()
    return label


def _sentence(error: ValidationError, draft: _Draft, label: str, root: type[BaseModel] = Scenario) -> str:
    """The first thing that pydantic found wrong, as file:line: path: value: rule."""
    found = error.errors()
    # An unknown field is the likeliest cause of a missing one, so it is told first.
    first = next((item for item in found if item["type"] == "extra_forbidden"), found[0])
    path, fields = _walk_location(first["loc"], first["type"], draft.data, root)
    where = _place(draft, path, label)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    name = str(first["loc"][-1])
    kind, context = first["type"], first.get("ctx", {})
    value = shown(first.get("input"))
    if kind == "extra_forbidden":
        guess = nearest(name, fields)
        if guess:
            close = path.rsplit(".", 1)[0] + "." if "." in path else ""
            guess = guess.replace("did you mean ", f"did you mean {close}")
        return f"{where}: {path}: unknown{guess}{more}"
    if kind == "missing":
        return f"{where}: {path}: missing{more}"
    if kind == "union_tag_invalid":
        tags = [tag.strip(" '") for tag in str(context.get("expected_tags", "")).split(",")]
        tag = str(context.get("tag"))
        field_name = str(context.get("discriminator", "")).strip("'")
        return f"{where}: {path}.{field_name}: {shown(tag)}: must be one of {', '.join(tags)}{nearest(tag, tags)}{more}"
    if kind == "union_tag_not_found":
        field_name = str(context.get("discriminator", "")).strip("'")
        return f"{where}: {path}.{field_name}: missing{more}"
    if kind == "value_error":
        return f"{where}: {path}: {context['error']}{more}"
    rule = _RULES.get(kind, lambda c: first["msg"][0].lower() + first["msg"][1:])(context)
    return f"{where}: {path}: {value}: {rule}{more}"


_RULES: dict[str, Any] = {
    "greater_than_equal": lambda c: f"must be at least {c['ge']:g}",
    "greater_than": lambda c: f"must be above {c['gt']:g}",
    "less_than_equal": lambda c: f"must be at most {c['le']:g}",
    "finite_number": lambda c: "must be a finite number",
    "float_type": lambda c: "must be a number",
    "int_type": lambda c: "must be a whole number",
    "bool_type": lambda c: "must be true or false",
    "string_type": lambda c: "must be text",
    "dict_type": lambda c: "must be a map of ids to values",
    "model_type": lambda c: "must be a map of fields to values",
    "model_attributes_type": lambda c: "must be a map of fields to values",
    "literal_error": lambda c: f"must be one of {c['expected']}",
    "string_pattern_mismatch": lambda c: (
        "must be a month, YYYY-MM" if "0[1-9]" in c["pattern"] else f"must match {c['pattern']}"
    ),
    "too_short": lambda c: f"needs {c['min_length']} at least",
    "too_long": lambda c: f"has {c['actual_length']}, {c['max_length']} at most",
}


def _walk_location(
    location: tuple[int | str, ...], kind: str, data: Any, root: type[BaseModel]
) -> tuple[str, list[str]]:
    """A pydantic location as a dotted path, and the fields that the record around it knows.

    Locations hold the tags of unions between the keys; whatever is no key of the data is a tag.
    """
    parts: list[str] = []
    records: list[type[BaseModel]] = [root]
    around = records
    here: Any = data
    for position, part in enumerate(location):
        name, last = str(part), position == len(location) - 1
        if isinstance(here, dict) and (name in here or (last and kind == "missing")):
            parts.append(name)
            around = records
            inner = [r.model_fields[name].annotation for r in records if name in r.model_fields]
            records = [record for a in inner for record in _records_in(a)] or records
            here = here.get(name)
        else:
            tagged = [r for r in records if name in _tags(r)]
            records = tagged or records
    return ".".join(parts), sorted({name for record in around for name in record.model_fields})


def _records_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [record for inner in get_args(annotation) for record in _records_in(inner)]


def _tags(record: type[BaseModel]) -> tuple[Any, ...]:
    field_ = record.model_fields.get("rule") or record.model_fields.get("kind")
    return get_args(field_.annotation) if field_ else ()
