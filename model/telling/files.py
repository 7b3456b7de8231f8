"""A run on disk: the files of its folder, written whole or not at all.

No table holds an engine, a time or a path; only the manifest does.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import yaml

from entente.errors import InputError, SideProductError
from entente.schema.scenario import Scenario
from entente.schema.yaml12 import scalar

from .codebook import codebook
from .columns import arrow_table
from .tables import FUTURES, FUTURES_NAME, FUTURES_ROW, TABLES

MANIFEST, SCENARIO, CODEBOOK = "manifest.json", "scenario.yaml", "codebook.md"
_PACKAGES = ("entente", "mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "seaborn", "matplotlib")


def is_address(where: str | Path) -> bool:
    """Whether this names a place through fsspec, not a path of this machine."""
    return "://" in str(where)


def new_folder(out: str | Path, named: str) -> Path:
    """`out` as the folder of a run, called `named` in sentences. Creates nothing that stays.

    Raises `InputError` for one that exists and is not empty, and for one that cannot be made.
    """
    if is_address(out):
        raise InputError(f"{named}: a single run is kept in a folder of this machine; name a path")
    out = Path(out)
    try:
        if out.exists() and not out.is_dir():
            raise InputError(f"{named}: is a file, not a folder")
        if out.is_dir() and any(out.iterdir()):
            raise InputError(f"{named}: exists and is not empty")
        draft = _draft_of(out)
        made = [p for p in (draft, *draft.parents) if not p.exists()]
        draft.mkdir(parents=True)
        for path in made:
            path.rmdir()
    except OSError as error:
        raise InputError(f"{named}: cannot be written: {error.strerror}") from None
    return out


def _draft_of(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.{os.getpid()}.part"


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A draft beside `folder`, which must be new or empty, that takes its name when all is written, and goes where not.

    Raises `InputError` where the folder cannot be written.
    """
    draft = _draft_of(folder)
    try:
        draft.mkdir(parents=True)
        yield draft
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_run(
    folder: Path,
    scenario: Scenario,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    draw: Callable[[Scenario, dict[str, pd.DataFrame], Path, int], Any] | None,
    futures: pd.DataFrame | None = None,
    csv: bool = False,
) -> None:
    """Write a run whole or not at all.

    `futures` are bands over many runs of the scenario, kept beside the tables and drawn; `csv` writes every table as
    CSV too. `manifest` is completed by when and with what the run is written; `draw` draws the figures into the folder it
    is given, None leaves them out. Raises `InputError` where the folder cannot be written; where drawing fails the
    folder is whole but for the figures, and `SideProductError` says so.
    """
    failure: Exception | None = None
    with whole_folder(folder) as draft:
        for name, frame in tables.items():
            pq.write_table(
                arrow_table(frame, TABLES[name].columns(scenario.of), TABLES[name].row), draft / f"{name}.parquet"
            )
        spread = {} if futures is None else {FUTURES_NAME: futures}
        if futures is not None:
            pq.write_table(arrow_table(futures, FUTURES, FUTURES_ROW), draft / f"{FUTURES_NAME}.parquet")
        for name, frame in (dict(tables) | spread).items() if csv else ():
            frame.to_csv(draft / f"{name}.csv", index=False, lineterminator="\n")
        (draft / SCENARIO).write_text(scenario_text(scenario), encoding="utf-8")
        (draft / CODEBOOK).write_text(codebook(scenario.of), encoding="utf-8")
        seconds = dict(manifest["seconds"])
        if draw is not None:
            began = time.perf_counter()
            (draft / "figures").mkdir()
            try:
                draw(scenario, dict(tables) | spread, draft / "figures", int(manifest["seed"]))
            except Exception as error:  # whatever a library finds to complain of
                failure = error
                shutil.rmtree(draft / "figures")
            seconds["figures"] = time.perf_counter() - began
        whole = {
            **manifest,
            "sha256": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in [*sorted(draft.glob("*.parquet")), draft / SCENARIO]
            },
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "python": sys.version.split()[0],
            "platform": platform.platform(),
            "versions": versions(),
            "git": _git(),
        }
        (draft / MANIFEST).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    if failure is not None:
        raise SideProductError(
            f"{folder}: complete but for its figures, which cannot be drawn: {' '.join(str(failure).split())}"
        )


def scenario_text(scenario: Scenario) -> str:
    """A resolved scenario as YAML that loads back to the same scenario."""
    return yaml_text(scenario.model_dump(exclude_none=True))


def yaml_text(data: dict[str, Any]) -> str:
    """A record as YAML that reads back to the same record, by the rules of YAML 1.2 and by those of 1.1."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


_OTHER = re.compile(r"([yYnN]|NA|\.na(\.\w+)?|[-+]?[0-9._:,]+([eE][-+]?[0-9_]+)?)$")
"""Words that readers of YAML 1.1 take for something else than text where PyYAML, which knows the rest, does not.

`y` and `n` are truth values to R and Ruby, `NA` is missing to R, and numbers may have several dots, or commas.
"""


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.2 or 1.1 would read as something else than text."""


def _quote(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(scalar(text), str) and not _OTHER.match(text)
    style = "|" if "\n" in text else None if plain else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quote)


def versions() -> dict[str, str]:
    """Versions of the packages that shape numbers and files."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "unknown"
    return found


def _git() -> dict[str, Any] | None:
    """Commit and cleanliness of the checkout that the code runs from; None outside one."""
    home = Path(__file__).resolve().parents[2]
    if not (home / ".git").exists():
        return None
    try:
        commit, changes = (
            subprocess.run(
                ["git", "-C", str(home), *args], capture_output=True, text=True, check=True, timeout=10
            ).stdout
            for args in (["rev-parse", "HEAD"], ["status", "--porcelain"])
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return {"commit": commit.strip(), "clean": not changes.strip()}
