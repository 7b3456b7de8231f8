"""Runs and studies on disk: where a run is put, and how the folder of either is read back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from entente.errors import InputError, shown
from entente.schema.load import parse_scenario
from entente.schema.scenario import Scenario
from entente.schema.study import DUMMY
from entente.telling.columns import empty
from entente.telling.files import MANIFEST, SCENARIO, is_address, new_folder
from entente.telling.tables import FUTURES_NAME, TABLES
from entente.world.rows import leaf_value

from .described import OF_MONTH, OF_RUN
from .digest import SERIAL, digest_of_files, see_same
from .manifest import read_manifest
from .parquet import parquet_frame, parquet_table
from .places import Place, below, checksum, place_of, reason
from .store import DESIGN, FAILED, OUTCOMES, ROWS, STUDY, TRAJECTORIES, Store

EVENTS_EACH = 10
"""Events of a month that can be told of a state and a treaty or source, at most."""


@dataclass(frozen=True)
class Run:
    """A run read back from its folder: the resolved scenario, the manifest and every table as a frame.

    `futures` are the bands over many runs of the scenario, None where none were kept.
    """

    path: str | Path
    scenario: Scenario
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    futures: pd.DataFrame | None = None


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
    return new_folder(out, f"--out {shown(str(out))}")


def load_run(path: str | Path, most: int | None = None) -> Run | StudyRun:
    """Read the folder of a run, or of a study, by its `path` or its address (`s3://bucket/prefix`).

    Of a study that still runs there is what it has finished; of one with more than `most` runs a sample of about
    so many, always the same: its first replicates, and points at random. Raises `InputError` where it is neither
    or is damaged.

    Examples:
        >>> from entente import load_run, run
        >>> _ = run("memo-2001", seed=1, months=12).save("first", figures=False)
        >>> again = load_run("first")
        >>> again.scenario.name, sorted(again.tables)[:3]
        ('memo-2001', ['dyads', 'events', 'parties'])
    """
    with damages(path):
        found = opened(path)
        if found.manifest.get("kind") == "study":
            return _load_study(path, found, most)
        rows = most_rows(found.scenario)
        tables = {name: found.frame(f"{name}.parquet", rows[name]) for name in TABLES}
        spread = f"{FUTURES_NAME}.parquet"
        futures = found.frame(spread) if spread in found.sums else None
    return Run(_as_given(path), found.scenario, found.manifest, tables, futures)


@contextmanager
def damages(path: str | Path) -> Iterator[None]:
    """Say of what cannot be read inside that the folder is damaged, in an `InputError`."""
    try:
        yield
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: a damaged run folder: {' '.join(str(error).split())}") from None


@dataclass(frozen=True)
class Opened:
    """The folder of a run or a study, its manifest and scenario read: `sums` are the digests that it lists."""

    place: Place
    manifest: dict[str, Any]
    sums: Mapping[str, str]
    scenario: Scenario

    def table(self, name: str, most: int | None = None) -> pa.Table:
        """A table whose bytes are those that the manifest lists, where it lists any of it, of at most so many rows.

        Raises `OSError` or `ValueError` where they are not.
        """
        try:
            return parquet_table(_verified(self.place, name, self.sums), most)
        except ValueError as error:
            raise ValueError(str(error) if str(error).startswith(name) else f"{name}: {error}") from None

    def frame(self, name: str, most: int | None = None) -> pd.DataFrame:
        """The same as a frame."""
        frame: pd.DataFrame = self.table(name, most).to_pandas(use_threads=False)
        return frame


def opened(path: str | Path) -> Opened:
    """The folder of a run or a study. Raises `InputError` for any other; call it inside `damages`."""
    place = place_of(path)
    content = place.read(MANIFEST)
    if content is None:
        raise InputError(f"{path}: no run folder; it holds no {MANIFEST}")
    manifest = read_manifest(content, path)
    sums = manifest["files"] if "kind" in manifest else manifest.get("sha256", {})
    scenario = parse_scenario(_verified(place, SCENARIO, sums).decode(), below(path, SCENARIO))
    return Opened(place, manifest, sums, scenario)


def _load_study(path: str | Path, found: Opened, most: int | None) -> StudyRun:
    manifest, order = found.manifest, list(OF_RUN)
    design, failed = found.frame(DESIGN), found.frame(FAILED)
    if len(design) != manifest["points"]:
        raise ValueError(f"{MANIFEST}: points: {manifest['points']}: the design has {len(design)}")
    points, replicates = np.arange(len(design)), manifest["replicates"]
    if most is not None and len(points) * replicates > most:
        replicates = max(most // len(points), 1)
        points = np.sort(np.random.default_rng(0).permutation(points)[: max(most // replicates, 1)])
    frames = {}
    for name in (OUTCOMES, TRAJECTORIES):
        files = [part for part in sorted(manifest["files"]) if part.startswith(f"{name}/")]
        parts = [_chosen(found.frame(part), points, replicates) for part in files]
        frame = pd.concat(parts) if parts else empty(OF_RUN if name == OUTCOMES else OF_MONTH)
        frames[name] = frame.sort_values(order, kind="stable").reset_index(drop=True)
    if manifest["state"] == "finished" and most is None and len(frames["outcomes"]) != manifest.get("ok"):
        raise ValueError(
            f"{MANIFEST}: lists {len(frames['outcomes'])} runs, and {manifest.get('ok')} were finished"
        )
    design = design[design["point"].isin(points)]
    return StudyRun(_as_given(path), found.scenario, manifest, design, failed=failed, **frames)


def most_rows(scenario: Scenario) -> dict[str, int]:
    """How many rows each table of a run of a scenario can have."""
    states, sources, treaties = len(scenario.states), len(scenario.sources), len(scenario.treaties)
    things = {"s": states, "k": sources, "t": treaties}
    found = {
        name: scenario.months * int(np.prod([things[axis] for axis in table.over]))
        for name, table in TABLES.items()
        if table.over != "-"
    }
    pairs = scenario.months * states * states
    events = scenario.months * (sources + treaties + 1) * (states + 1) * EVENTS_EACH
    return found | {"dyads": pairs, "payments": pairs * treaties, "events": events}


def _chosen(frame: pd.DataFrame, points: np.ndarray, replicates: int) -> pd.DataFrame:
    return frame[frame["point"].isin(points) & (frame["replicate"] < replicates)]


def _as_given(path: str | Path) -> str | Path:
    return path if is_address(path) else Path(path)


def _read(place: Place, name: str) -> bytes:
    content = place.read(name)
    if content is None:
        raise FileNotFoundError(f"{name} is missing")
    return content


def _verified(place: Place, name: str, sums: Mapping[str, str]) -> bytes:
    content = _read(place, name)
    if name in sums and checksum(content) != sums[name]:
        raise ValueError(f"{name}: is not what the manifest says (sha256)")
    return content


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
    set_by = kept.design if sets is None else parquet_frame(sets)
    row = set_by.drop(columns=["point", DUMMY], errors="ignore").iloc[point]
    changes = {str(name): leaf_value(kept.scenario, str(name), value) for name, value in row.items()}
    return kept.scenario, changes, int(kept.manifest["seed"])


def model_of(path: str | Path) -> str | None:
    """The model class that a study was run with, as `module:Class`; None for the shipped model."""
    named: str | None = whole_study(path).manifest.get("model")
    return named


def verify(path: str | Path) -> int:
    """See that a finished study holds what its manifest says, file by file and in the digest of all its outcomes.

    Returns how many files that were. Raises `InputError` for any other folder, and where something differs.
    """
    place, store = place_of(path), Store(path)
    manifest = store.read_manifest()
    if manifest is None or manifest.get("kind") != STUDY or manifest["state"] != "finished":
        raise InputError(f"{path}: no finished study")
    try:
        for name in manifest["files"]:
            _verified(place, name, manifest["files"])
        parts = [name for name in sorted(manifest["files"]) if name.startswith(f"{OUTCOMES}/")]
        found = digest_of_files(place, parts, manifest["outcomes"], manifest.get("digest", SERIAL))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: a damaged run folder: {' '.join(str(error).split())}") from None
    see_same(found, manifest.get("outcomes_sha256"), path)
    return len(manifest["files"])


OURS = b'"format"'
"""What a manifest of ours holds, however damaged."""


def _damaged(folder: str, error: InputError) -> dict[str, Any]:
    return {"folder": folder, "kind": "?", "name": "", "state": str(error), "bytes": 0, "date": ""}


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
        content, inside = _read(place, file), file.removesuffix(MANIFEST)
        folder = below(root, inside.rstrip("/")) if inside else str(root)
        try:
            manifest = read_manifest(content, folder)
        except InputError as error:
            if OURS in content:  # else it is some other program's
                rows.append(_damaged(folder, error))
            continue
        study = manifest.get("kind") == "study"
        rows.append(
            {
                "folder": folder,
                "kind": "study" if study else "run",
                "name": manifest["study"] if study else manifest["scenario"],
                "state": manifest["state"] if study else "finished",
                "bytes": sum(size for name, size in sizes.items() if name.startswith(inside)),
                "date": manifest["begun"] if study else manifest["written"],
            }
        )
    return rows
