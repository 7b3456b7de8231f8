"""A run on disk: a folder with the manifest, the resolved scenario, the tables and the figures.

No table holds an engine, a time or a path; only the manifest does.
"""

from __future__ import annotations

import io
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from entente.engines.result import Result
from entente.errors import InputError, shown
from entente.month.gather import Mechanisms
from entente.schema.load import parse_scenario, scenario_hash
from entente.schema.scenario import Scenario, own_digests
from entente.schema.study import DUMMY
from entente.schema.yaml12 import scalar
from entente.telling.codebook import codebook
from entente.telling.tables import TABLES
from entente.world.rows import leaf_value

from .places import MANIFEST, Place, below, is_address, place_of, reason
from .store import ROWS

SCENARIO, CODEBOOK = "scenario.yaml", "codebook.md"
_PACKAGES = ("entente", "mesa", "numpy", "numba", "pandas", "pyarrow", "pydantic", "seaborn", "matplotlib")


@dataclass(frozen=True)
class Run:
    """A run read back from its folder: the resolved scenario, the manifest and every table as a frame."""

    path: str | Path
    scenario: Scenario
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]


@dataclass(frozen=True)
class StudyRun:
    """A study read back from its folder: its points, its outcomes, kept series, and rows that failed."""

    path: str | Path
    scenario: Scenario
    manifest: dict[str, Any]
    design: pd.DataFrame
    outcomes: pd.DataFrame
    trajectories: pd.DataFrame
    failed: pd.DataFrame


def run_folder(out: str | Path | None, scenario: str) -> Path:
    """The folder of a new run: `out` itself, or `runs/<scenario>-<stamp>-<id>` in the current folder.

    Refuses one that exists and is not empty, and one that cannot be made. Creates nothing that stays.
    """
    if out is None:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        out = Path("runs") / f"{scenario}-{stamp}-{secrets.token_hex(3)}"
    if is_address(out):
        raise InputError(f"--out {shown(out)}: a single run is kept in a folder of this machine; name a path")
    out = Path(out)
    try:
        if out.exists() and not out.is_dir():
            raise InputError(f"--out {shown(str(out))}: is a file, not a folder")
        if out.is_dir() and any(out.iterdir()):
            raise InputError(f"--out {shown(str(out))}: exists and is not empty")
        draft = _draft_of(out)
        made = [p for p in (draft, *draft.parents) if not p.exists()]
        draft.mkdir(parents=True)
        for path in made:
            path.rmdir()
    except OSError as error:
        raise InputError(f"--out {shown(str(out))}: cannot be written: {error.strerror}") from None
    return out


def _draft_of(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.{os.getpid()}.part"


def write_run(
    result: Result,
    folder: Path,
    *,
    engine: str,
    command: list[str],
    seconds: dict[str, float],
    draw: Callable[[Scenario, dict[str, pd.DataFrame], Path], Any] | None,
) -> None:
    """Write a run whole or not at all: into a draft beside `folder`, which then takes its name.

    `draw` draws the figures into the folder it is given; None leaves them out.
    """
    draft = _draft_of(folder)
    try:
        draft.mkdir(parents=True)
        for name, frame in result.tables.items():
            pq.write_table(_table(name, frame, result.scenario.of), draft / f"{name}.parquet")
        (draft / SCENARIO).write_text(scenario_text(result.scenario), encoding="utf-8")
        (draft / CODEBOOK).write_text(codebook(result.scenario.of), encoding="utf-8")
        began = time.perf_counter()
        if draw is not None:
            (draft / "figures").mkdir()
            draw(result.scenario, result.tables, draft / "figures")
            seconds = seconds | {"figures": time.perf_counter() - began}
        manifest = _manifest(result, engine, command, seconds)
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load_run(path: str | Path, most: int | None = None) -> Run | StudyRun:
    """Read the folder of a run, or of a study, by its path or its address (`s3://bucket/prefix`).

    Of a study that still runs there is what it has finished; of one with more than `most` runs a sample of
    about so many, always the same: its first replicates, and points at random. Raises `InputError` where it is neither or is damaged.
    """
    place = place_of(path)
    try:
        content = place.read(MANIFEST)
        if content is None:
            raise InputError(f"{path}: no run folder; it holds no {MANIFEST}")
        manifest = json.loads(content)
        scenario = parse_scenario(_read(place, SCENARIO).decode(), below(path, SCENARIO))
        if manifest.get("kind") == "study":
            return _load_study(path, place, scenario, manifest, most)
        tables = {name: _frame(place, f"{name}.parquet") for name in TABLES}
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: a damaged run folder: {' '.join(str(error).split())}") from None
    return Run(_as_given(path), scenario, manifest, tables)


def _load_study(
    path: str | Path, place: Place, scenario: Scenario, manifest: dict[str, Any], most: int | None
) -> StudyRun:
    order = ["point", "replicate"]
    points, replicates = np.arange(manifest["points"]), manifest["replicates"]
    if most is not None and len(points) * replicates > most:
        replicates = max(most // len(points), 1)
        points = np.sort(np.random.default_rng(0).permutation(points)[: max(most // replicates, 1)])
    frames = {}
    for name in ("outcomes", "trajectories"):
        files = [part for part in sorted(manifest["files"]) if part.startswith(f"{name}/")]
        parts = [_chosen(_frame(place, part), points, replicates) for part in files]
        frame = pd.concat(parts) if parts else pd.DataFrame(columns=order)
        frames[name] = frame.sort_values(order, kind="stable").reset_index(drop=True)
    design, failed = (_frame(place, f"{name}.parquet") for name in ("design", "failed"))
    design = design[design["point"].isin(points)]
    return StudyRun(_as_given(path), scenario, manifest, design, failed=failed, **frames)


def _chosen(frame: pd.DataFrame, points: np.ndarray, replicates: int) -> pd.DataFrame:
    return frame[frame["point"].isin(points) & (frame["replicate"] < replicates)]


def _as_given(path: str | Path) -> str | Path:
    return path if is_address(path) else Path(path)


def _read(place: Place, name: str) -> bytes:
    content = place.read(name)
    if content is None:
        raise FileNotFoundError(f"{name} is missing")
    return content


def _frame(place: Place, name: str) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(_read(place, name)))


def one_run(path: str | Path) -> Run:
    """Read the folder of a single run. Raises `InputError` for one of a study."""
    kept = load_run(path)
    if isinstance(kept, StudyRun):
        raise InputError(
            f"{path}: a study; make the folder of one of its runs: entente run --from {path} --point 0"
        )
    return kept


def whole_study(path: str | Path) -> StudyRun:
    """Read the folder of a study. Raises `InputError` for one of a single run."""
    kept = load_run(path)
    if isinstance(kept, Run):
        raise InputError(f"{path}: a single run, not a study")
    return kept


def run_of(path: str | Path, point: int) -> tuple[Scenario, dict[str, Any], int]:
    """Scenario, changes and seed with which a point of a study is run again. Raises `InputError`."""
    kept = whole_study(path)
    if not 0 <= point < len(kept.design):
        raise InputError(f"--point {point}: {path} has points 0 to {len(kept.design) - 1}")
    sets = place_of(kept.path).read(ROWS)
    set_by = kept.design if sets is None else pd.read_parquet(io.BytesIO(sets))
    row = set_by.drop(columns=["point", DUMMY], errors="ignore").iloc[point]
    changes = {str(name): leaf_value(kept.scenario, str(name), value) for name, value in row.items()}
    return kept.scenario, changes, int(kept.manifest["seed"])


def folders(root: str | Path) -> list[dict[str, Any]]:
    """Runs and studies below `root`: folder, kind, name, state, size in bytes, and when they were written."""
    place = place_of(root)
    try:
        sizes = place.sizes()
    except OSError as error:
        raise InputError(f"{root}: cannot be read: {reason(error)}") from None
    rows: list[dict[str, Any]] = []
    for file in sorted(name for name in sizes if name.rpartition("/")[2] == MANIFEST):
        if any(part.startswith(".") for part in file.split("/")):
            continue
        try:
            manifest = json.loads(_read(place, file))
        except ValueError:
            continue
        if not isinstance(manifest, dict) or "format" not in manifest:
            continue  # some other program's
        inside = file.removesuffix(MANIFEST)
        study = manifest.get("kind") == "study"
        rows.append(
            {
                "folder": below(root, inside.rstrip("/")) if inside else str(root),
                "kind": "study" if study else "run",
                "name": manifest["study"] if study else manifest["scenario"],
                "state": manifest["state"] if study else "finished",
                "bytes": sum(size for name, size in sizes.items() if name.startswith(inside)),
                "date": manifest["begun"] if study else manifest["written"],
            }
        )
    return rows


def scenario_text(scenario: Scenario) -> str:
    """A resolved scenario as YAML that loads back to the same scenario."""
    return yaml_text(scenario.model_dump(exclude_none=True))


def yaml_text(data: dict[str, Any]) -> str:
    """A record as YAML that reads back to the same record."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.2 would read as something else than text."""


def _quote(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = isinstance(scalar(text), str)
    style = "|" if "\n" in text else None if plain else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quote)


def _table(name: str, frame: pd.DataFrame, mechanisms: Mechanisms) -> pa.Table:
    """A frame with unit and meaning of each column in the schema's metadata."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields, columns = [], TABLES[name].columns(mechanisms)
    for field in table.schema:
        unit, meaning = columns[field.name]
        kind = pa.string() if pa.types.is_null(field.type) else field.type
        fields.append(pa.field(field.name, kind, metadata={"unit": unit, "meaning": meaning}))
    schema = pa.schema(fields, metadata={"row": TABLES[name].row})
    return table.cast(schema) if table.schema != schema else table


def _manifest(result: Result, engine: str, command: list[str], seconds: dict[str, float]) -> dict[str, Any]:
    own = own_digests(result.scenario)
    return {
        "format": 1,
        "scenario": result.scenario.name,
        "scenario_sha256": scenario_hash(result.scenario),
        **({"mechanisms": own} if own else {}),
        "seed": result.seed,
        "replicate": result.replicate,
        "months": result.scenario.months,
        "engine": engine,
        "command": command,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "versions": versions(),
        "git": _git(),
    }


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
