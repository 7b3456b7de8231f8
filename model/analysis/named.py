"""Files of one kind: found by a name of `configs/` or a path, read, and changed by options, with one sentence for a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from entente.errors import InputError, nearest, shown
from entente.schema.base import Record
from entente.schema.load import CONFIGS, read_record

Kind = TypeVar("Kind", bound=Record)


def names_in(folder: str) -> list[str]:
    """The ids of the files in a folder of `configs/`."""
    return sorted(path.stem for path in (CONFIGS / folder).glob("*.yaml"))


def read_named(
    kind: type[Kind], folder: str, name: str, command: str, changes: Mapping[str, Any] | None = None
) -> tuple[Kind, Path]:
    """A record by its id in a folder of `configs/` or by its file, with some fields changed, and the file.

    `folder` is the plural of what it is called, and `command` lists them. Raises `InputError` with one sentence.
    """
    given = name.endswith((".yaml", ".yml"))
    path = Path(name) if given else CONFIGS / folder / f"{name}.yaml"
    if not path.is_file():
        unknown = f"no {folder.removesuffix('s')} of that name (entente {command} lists them)"
        rule = "no such file" if given else unknown
        raise InputError(f"{shown(name)}: {rule}{nearest(name, names_in(folder))}")
    found = read_record(kind, path)
    if not changes:
        return found, path
    try:
        return kind.model_validate(found.model_dump(exclude_none=True) | dict(changes)), path
    except ValidationError as error:
        wrong = error.errors()[0]
        at = ".".join(map(str, wrong["loc"])) or name
        rule = wrong.get("ctx", {}).get("error", wrong["msg"][0].lower() + wrong["msg"][1:])
        if wrong["type"] == "string_pattern_mismatch" and at == "by":
            rule = f"{shown(wrong['input'])}: must be a month, YYYY-MM, or a year"
        raise InputError(f"{at}: {rule}") from None


def beside(scenario: str, path: Path) -> str:
    """The scenario that a file names: a path of its own starts where the file lies."""
    return str(path.parent / scenario) if scenario.endswith((".yaml", ".yml")) else scenario
