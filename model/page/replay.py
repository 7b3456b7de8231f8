"""A finished run as the pictures need it: the arrays of a trajectory, put together again from its tables."""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np
import pandas as pd

from entente.errors import InputError, shown
from entente.experiments.folder import Run, one_run
from entente.schema.yaml12 import read_yaml
from entente.telling.files import MANIFEST, SCENARIO
from entente.world.pack import World, pack
from entente.world.trajectory import Trajectory, quantities

MAX_TABLE_BYTES = 200_000_000
"""Largest table of a run folder that is read."""

_TABLE_OF = {"s": "states", "k": "sources", "t": "treaties", "sk": "perceptions", "ts": "parties"}


class Recorded:
    """A finished run, seen as its record. Raises `InputError` where its tables do not fit its scenario."""

    def __init__(self, run: Run) -> None:
        self.world = pack(run.scenario)
        self.tables = run.tables
        self.trajectory = trajectory_of(self.world, run)

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def trajectory_of(world: World, run: Run) -> Trajectory:
    """The recorded arrays. What tables leave out (benefits, consultations) is 0."""
    trajectory = Trajectory.empty(world)
    try:
        months = [world.month(world.opens + row) for row in range(len(trajectory.arrays["intensity"]))]
        ids = {"s": world.states, "k": world.sources, "t": world.treaties}
        keys = {"s": "state", "k": "source", "t": "treaty"}
        for axes, table in _TABLE_OF.items():
            frame = run.tables[table]
            at = [pd.Index(months).get_indexer(pd.Index(frame["month"]))]
            at += [pd.Index(ids[axis]).get_indexer(pd.Index(frame[keys[axis]])) for axis in axes]
            if any((index < 0).any() for index in at):
                raise ValueError(f"{table} names a month or an id that the scenario does not")
            if frame.duplicated(["month", *(keys[axis] for axis in axes)]).any():
                raise ValueError(f"{table} tells something twice")
            everyone = len(set(run.tables["states"]["month"])) * prod(len(ids[axis]) for axis in axes)
            if axes != "ts" and len(frame) != everyone:
                raise ValueError(f"{table} has {len(frame)} rows, not the {everyone} of its months")
            for name, quantity in quantities(world.mechanisms).items():
                if quantity.over == axes:
                    trajectory.arrays[name][tuple(at)] = frame[name].to_numpy(dtype=np.float64)
        trajectory.months = len(set(run.tables["states"]["month"]))
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"{run.path}: a damaged run folder: {' '.join(str(error).split())}") from None
    if trajectory.months == 0:
        raise InputError(f"{run.path}: a run folder without months")
    return trajectory


def run_names(home: Path) -> list[str]:
    """The run folders in a folder, the newest first."""
    if not home.is_dir():
        return []
    found = [path for path in home.iterdir() if (path / MANIFEST).is_file() and not path.name.startswith(".")]
    return [path.name for path in sorted(found, key=lambda p: p.stat().st_mtime, reverse=True)]


def open_run(home: Path, name: str) -> Run:
    """Read a run folder that lies in `home`, by its name; nothing outside `home` can be reached.

    Raises `InputError` for a name that leads elsewhere, a folder that is none, or tables too large.
    """
    root = home.resolve()
    if "\0" in name or not name or (root / name).resolve().parent != root:
        raise InputError(f"{shown(name)}: no run folder of {home.name}")
    try:
        return _checked(root / name)
    except InputError as error:
        # Where the folders lie is no business of whoever looks at the page.
        raise InputError(str(error).replace(f"{root}/", "")) from None


def _checked(link: Path) -> Run:
    """A run folder whose files lie in it and are complete. Raises `InputError`."""
    folder, name = link.resolve(), link.name
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.resolve().parent not in {folder, folder / "figures"}:
            raise InputError(f"{name}/{path.name}: leads out of the run folder")
        if path.stat().st_size > MAX_TABLE_BYTES:
            raise InputError(f"{name}/{path.name}: more than {MAX_TABLE_BYTES:,} bytes")
    if (folder / SCENARIO).is_file() and "extends" in read_yaml(folder / SCENARIO)[0]:
        raise InputError(f"{name}/{SCENARIO}: extends: the scenario of a run folder must be complete")
    return one_run(folder)
