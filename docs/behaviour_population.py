"""A population of dyads for docs/behaviour.py: a folder of scenarios with a record each, scored against baselines.

Every scenario `NAME.yaml` holds the treaty `pact` and has a record `NAME.csv` (docs/hindcast.md) beside it. Where the
folder holds `keep.txt`, only the names in it, one a line, are scored; all records serve to estimate the baselines.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from behaviour_numbers import LEVELS, RESAMPLES, SEED, leaving

from entente import InputError
from entente.analysis.runs import run_rows
from entente.evidence.forecast import reading
from entente.evidence.record import load_record
from entente.evidence.score import RUNGS, probabilities, rps
from entente.experiments.prior import prior_draws
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario

PACT, KEEP = "pact", "keep.txt"
EXCHANGE = 0.3
WORLDS = ("no exchange", f"exchange {EXCHANGE:g} for all", "exchange as coded")
BASELINES = ("persistence", "ratchet", "chain")


@dataclass
class Dyad:
    """The record of a dyad: its rungs by year, and the rung that it begins with, where the scenario tells it."""

    name: str
    years: np.ndarray
    rungs: np.ndarray
    opening: int | None
    coded: bool
    codings: np.ndarray

    @property
    def start(self) -> tuple[int, int]:
        """Year and rung that every baseline is told: the opening, or else the first coding."""
        if self.opening is not None:
            return int(self.years[0]) - 1, self.opening
        return int(self.years[0]), int(self.rungs[0])

    @property
    def scored(self) -> np.ndarray:
        """Places of the cells that are scored: those after the start."""
        return np.flatnonzero(self.years > self.start[0])

    def moves(self) -> np.ndarray:
        """Rungs of successive years, from the first that is not 0 on, shape (pairs, 2)."""
        year, rung = self.start
        series = {year: rung, **dict(zip(self.years.tolist(), self.rungs.tolist(), strict=True))}
        since = min((y for y, r in series.items() if r > 0), default=None)
        pairs = [
            (series[y], series[y + 1]) for y in series if y + 1 in series and since is not None and y >= since
        ]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def population(folder: Path, draws: int, changes: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Score the dyads of a folder in each world, with `changes` laid over it: the numbers of `summary`.

    Raises `InputError` where there is none.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError(f"--population {folder}: no such folder, or no scenario in it")
    dyads = [read(file) for file in files]
    kept = names_kept(folder, dyads)
    moves = {dyad.name: dyad.moves() for dyad in dyads}
    tasks = []
    for file, dyad in zip(files, dyads, strict=True):
        if dyad.name in kept:
            others = np.concatenate([own for name, own in moves.items() if name != dyad.name])
            tasks.append((file, dyad, draws, baselines(dyad, others), dict(changes or {})))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("forkserver")) as pool:
        found = [row for rows in pool.map(measure, tasks, chunksize=4) for row in rows]
    return summary(pd.DataFrame(found), len(dyads))


def names_kept(folder: Path, dyads: list[Dyad]) -> set[str]:
    """The dyads that are scored: those that the folder names, or else those that begin with a tie."""
    path = folder / KEEP
    named = set(path.read_text(encoding="utf-8").split()) if path.exists() else {dyad.name for dyad in dyads}
    kept = {dyad.name for dyad in dyads if dyad.name in named and dyad.start[1] > 0 and len(dyad.scored) > 1}
    if not kept:
        raise InputError(f"--population {folder}: no dyad begins with a tie")
    return kept


def read(file: Path) -> Dyad:
    scenario = load_scenario(str(file))
    if PACT not in scenario.treaties:
        raise InputError(f"{file}: no treaty {PACT!r}")
    record = load_record(str(file.with_suffix(".csv")), scenario)
    treaty = scenario.treaties[PACT]
    return Dyad(
        file.stem,
        np.array([cell.year for cell in record.cells]),
        np.array([cell.rung for cell in record.cells]),
        treaty.opening.rung if treaty.opening else None,
        bool(treaty.exchange),
        record.codings,
    )


def baselines(dyad: Dyad, others: np.ndarray) -> dict[str, np.ndarray]:
    """Scores of each scored cell by forecasts estimated on the moves of other dyads."""
    chain = 1e-9 * np.eye(RUNGS)
    np.add.at(chain, (others[:, 0], others[:, 1]), 1.0)
    chain /= chain.sum(axis=1, keepdims=True)
    rises = (others[:, 1] > others[:, 0]).mean()
    highest = others.max()
    climb = np.eye(RUNGS)
    for rung in range(highest):
        climb[rung, rung], climb[rung, rung + 1] = 1 - rises, rises
    year, rung = dyad.start
    ahead = dyad.years[dyad.scored] - year
    found = {}
    for name, matrix in zip(BASELINES, (np.eye(RUNGS), climb, chain), strict=True):
        forecast = np.stack([np.linalg.matrix_power(matrix, n)[rung] for n in ahead])
        found[name] = rps(forecast, dyad.codings[dyad.scored])
    return found


def measure(
    task: tuple[Path, Dyad, int, dict[str, np.ndarray], dict[str, Any]],
) -> list[dict[str, float | str | bool]]:
    """Scores, moves and exits of one dyad, a row a world."""
    file, dyad, draws, scores, over = task
    base = load_scenario(str(file), over)
    parties = list(base.treaties[PACT].parties)
    rows = []
    for world, value in zip(WORLDS, (0.0, EXCHANGE, None), strict=True):
        if value is None and not dyad.coded:
            continue
        changes = {} if value is None else {f"treaties.{PACT}.exchange.{state}": value for state in parties}
        scenario = load_scenario(base, changes)
        rungs, gone = runs_of(scenario, file, parties, draws)
        own = rps(probabilities(rungs), dyad.codings)[dyad.scored]
        rows.append(
            {"dyad": dyad.name, "world": world, "opens": dyad.opening is not None, "model": own.mean()}
            | {name: values.mean() for name, values in scores.items()}
            | level(dyad, rungs) | moves_of(dyad, rungs) | gone
        )  # fmt: skip
    return rows


def runs_of(scenario: Scenario, file: Path, parties: list[str], draws: int) -> tuple[np.ndarray, dict[str, int]]:
    """Rungs of each run and cell, and member-years with the exits in them."""
    record = load_record(str(file.with_suffix(".csv")), scenario)
    cells = reading(record)
    series = [f"status:{PACT}", f"term_end:{PACT}"]
    series += [f"{what}:{PACT}/{state}" for what in ("member", "left") for state in parties]
    drawn = prior_draws(draws, SEED, scenario)
    found = run_rows(scenario, drawn, np.arange(draws), SEED, [*cells.outcomes, *series], keep="monthly")
    months = found.trajectories[series].to_numpy(dtype=float).reshape(draws, -1, len(series))
    members, left = np.split(months[..., 2:], 2, axis=2)
    gone = leaving(months[..., 0], months[..., 1], members, left, int(scenario.start[5:]))
    return cells.rungs(found.outcomes[cells.outcomes].to_numpy()), gone


def level(dyad: Dyad, rungs: np.ndarray) -> dict[str, float]:
    median = np.median(rungs, axis=0)
    return {
        "bias": float((median - dyad.rungs)[dyad.scored].mean()),
        "empty": float(np.floor(median[-1]) == 0), "empty_record": float(dyad.rungs[-1] == 0),
    }  # fmt: skip


def moves_of(dyad: Dyad, rungs: np.ndarray) -> dict[str, float]:
    """Shares of years in which the rung rises, falls, and moves by two or more, of runs and of the record."""
    successive = np.diff(dyad.years) == 1
    found = {}
    for name, series in (("", rungs), ("_record", dyad.rungs[np.newaxis])):
        change = np.diff(series, axis=1)[:, successive]
        found |= {f"rises{name}": (change > 0).mean(), f"falls{name}": (change < 0).mean()}
        found |= {f"leaps{name}": (np.abs(change) > 1).mean()}
    return found


def summary(found: pd.DataFrame, records: int) -> pd.DataFrame:
    """Numbers of the population, a row a world and number, from a row a dyad and world."""
    rng = np.random.default_rng(SEED)
    lines = []
    for world, own in found.groupby("world", sort=False):
        numbers: dict[str, float] = {"dyads": len(own), "records": records}
        numbers |= {name: own[name].mean() for name in ("model", *BASELINES, "bias")}
        for part, some in (("opening", own[own["opens"]]), ("later", own[~own["opens"]])):
            numbers |= {f"dyads_{part}": len(some)} | {
                f"{n}_{part}": some[n].mean() for n in ("model", *BASELINES) if len(some)
            }
        for name in BASELINES:
            gap = (own["model"] - own[name]).to_numpy()
            means = gap[rng.integers(len(gap), size=(RESAMPLES, len(gap)))].mean(axis=1)
            low, high = np.percentile(means, LEVELS)
            numbers |= {f"minus_{name}": gap.mean(), f"minus_{name}_low": low, f"minus_{name}_high": high}
            numbers |= {f"better_{name}": float((gap < 0).mean())}
        numbers |= {name: own[name].sum() for name in ("empty", "empty_record")}
        numbers |= {f"{n}{w}": own[f"{n}{w}"].mean() for n in ("rises", "falls", "leaps") for w in ("", "_record")}
        numbers |= {name: own[name].sum() for name in own if name.startswith(("years_", "exits_", "ended_"))}
        lines += [{"world": world, "number": name, "value": value} for name, value in numbers.items()]
    return pd.DataFrame(lines)
