"""One set of draws run through every tie of a folder, kept tie by tie, so that a killed command goes on."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from entente.analysis.runs import BLOCK, on_cores
from entente.engines.compiled.ensemble import Runs, measure_block, prepare
from entente.errors import InputError
from entente.experiments.kept import KEPT, kept
from entente.experiments.parquet import parquet_bytes
from entente.experiments.prior import prior_draws, prior_ranges
from entente.schema.load import scenario_hash
from entente.schema.scenario import Scenario
from entente.world.rows import lots

from ..forecast import reading, until_record
from ..likelihood import over_replicates, rung_log_likelihood
from ..record import Record
from ..rivals import laid_over, rival_names
from ..score import RUNGS
from ..ties import Tie, Ties
from .judgement import DOUBLINGS, JUDGED, applied, judged_draws


@dataclass(frozen=True)
class TieRuns:
    """The rungs of a tie's cells under every draw, shape (draws, replicates, cells), beside its record."""

    name: str
    record: Record
    rungs: np.ndarray

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Of each draw: the mean likelihood of the record over its runs. Repeated years count as `Record.weight` says."""
        return over_replicates(rung_log_likelihood(self.rungs, self.record.codings, self.record.weight))

    @property
    def by_draw(self) -> np.ndarray:
        """Share of each draw's runs at each rung, shape (draws, cells, 7)."""
        return np.stack([(self.rungs == rung).mean(axis=1, dtype=np.float32) for rung in range(RUNGS)], axis=2)

    def shares(self, weight: np.ndarray) -> np.ndarray:
        """Forecast of weighted draws: probability of each rung, shape (cells, 7)."""
        return np.tensordot(weight, self.by_draw, 1)


@dataclass(frozen=True)
class Pool:
    """Ties that were run, all under the same draws, whose columns have the prior `ranges`; `failed` has a row a tie that was not: `name`, `message`."""

    design: pd.DataFrame
    ranges: dict[str, tuple[float, float]]
    ties: tuple[TieRuns, ...]
    failed: pd.DataFrame

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Log likelihood of each tie's record under each draw, shape (ties, draws)."""
        return np.stack([tie.log_likelihood for tie in self.ties])

    @property
    def names(self) -> list[str]:
        """The ties, in order."""
        return [tie.name for tie in self.ties]

    def only(self, names: Sequence[str]) -> Pool:
        """The ties of these names."""
        return replace(self, ties=tuple(tie for tie in self.ties if tie.name in names))


def pool_ranges(*scenarios: Scenario) -> dict[str, tuple[float, float]]:
    """The prior of whatever is fitted: behaviour parameters, then the factors of what is judgement."""
    return prior_ranges(*scenarios) | dict.fromkeys(JUDGED, DOUBLINGS)


def pool_design(draws: int, seed: int, *scenarios: Scenario) -> pd.DataFrame:
    """Draws from the prior that all ties share, one column a path of `pool_ranges`."""
    return prior_draws(draws, seed, *scenarios).join(judged_draws(draws, seed))


def under(ties: Sequence[Tie], rival: str | None) -> tuple[list[Tie], list[dict[str, str]]]:
    """Ties with a rival laid over each, and those on which it cannot be laid, with why."""
    if rival is None:
        return list(ties), []
    found, failed = [], []
    for tie in ties:
        try:
            found.append(replace(tie, scenario=laid_over(rival, tie.scenario)))
        except InputError as error:
            failed.append({"name": tie.name, "message": str(error)})
    return found, failed


def acting_rivals(ties: Ties) -> tuple[list[str], dict[str, str]]:
    """Rivals that act on every tie of a folder, and of the others why not: on fewer ties evidence could not be compared."""
    refused = {name: under(ties.ties, name)[1] for name in rival_names()}
    names = [name for name, failures in refused.items() if not failures]
    return names, {name: failures[0]["message"] for name, failures in refused.items() if failures}


def run_pool(
    ties: Ties,
    design: pd.DataFrame,
    replicates: int,
    seed: int,
    folder: Path,
    rival: str | None = None,
    changes: Mapping[str, float] | None = None,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
) -> Pool:
    """Run every tie under every draw, or read what an earlier call has finished in `folder`.

    Each run hears noise of its own, so that a likelihood averaged over `replicates` runs is unbiased and products of
    it over ties are too. `rival` is laid over every tie, `changes` over every row. `progress` is told the number of runs
    as they are done. A tie that cannot run is listed; `InputError` where none can.
    """
    asked, failures = under(ties.ties, rival)
    prepare(say, *(tie.scenario for tie in asked))
    lock, done = threading.Lock(), 0

    def one(tie: Tie, stopped: Callable[[], bool]) -> TieRuns | dict[str, str]:
        nonlocal done
        try:
            found: TieRuns | dict[str, str] = _kept(
                tie, design, replicates, seed, folder, dict(changes or {}), stopped
            )
        except InputError as error:
            found = {"name": tie.name, "message": str(error)}
        with lock:
            done += len(design) * replicates
            progress(done)
        return found

    found = on_cores(one, asked, workers)
    failures += [one for one in found if isinstance(one, dict)]
    ran = tuple(one for one in found if isinstance(one, TieRuns))
    if not ran:
        raise InputError(
            f"{ties.folder}: no tie can be run; the first of {len(failures)}: {failures[0]['message']}"
        )
    ranges = pool_ranges(*(tie.scenario for tie in asked))
    return Pool(design, ranges, ran, pd.DataFrame(failures, columns=["name", "message"]))


def _kept(
    tie: Tie,
    design: pd.DataFrame,
    replicates: int,
    seed: int,
    folder: Path,
    changes: dict[str, float],
    stopped: Callable[[], bool],
) -> TieRuns:
    """A tie's runs, read from the file that the same code has left for the same question, or made and left there."""
    drawn = hashlib.sha256(parquet_bytes(design)).hexdigest()
    cells = [astuple(cell) for cell in tie.record.cells]
    asked = [tie.name, scenario_hash(tie.scenario), cells, drawn, changes, replicates, seed]
    # Only scenarios that bring a mechanism have its parameters.
    own = design[[path for path in pool_ranges(tie.scenario) if path in design]]
    rungs = kept(folder / KEPT, asked, lambda: _run(tie, own.assign(**changes), replicates, seed, stopped))
    return TieRuns(tie.name, tie.record, rungs.to_numpy().reshape(len(design), replicates, -1))


def _run(tie: Tie, design: pd.DataFrame, replicates: int, seed: int, stopped: Callable[[], bool]) -> pd.DataFrame:
    """The rung of each cell in each run, a row a run; what comes after the record's last month is not run."""
    cut, read = until_record(tie.scenario, tie.record), reading(tie.record)
    sets, failures = lots(cut, applied(cut, design), read.outcomes)
    if failures:
        raise InputError(f"{tie.name}: draw {failures[0].point}: {failures[0].message}")
    # Streams are keyed by the names of things, and two ties may name theirs alike.
    own = int(hashlib.sha256(f"{seed}/{tie.name}".encode()).hexdigest()[:15], 16)
    parts = []
    for lot in sets:
        rows = np.repeat(np.arange(len(lot.points)), replicates)
        noise = np.repeat(lot.points, replicates) * replicates + np.tile(np.arange(replicates), len(lot.points))
        for at in range(0, len(rows), BLOCK):
            some = slice(at, at + BLOCK)
            parts.append(measure_block(lot, Runs(rows[some], noise[some]), own, "none", stopped)[0])
    table = pd.concat(parts).sort_values(["point", "replicate"], kind="stable")
    rungs = read.rungs(table[read.outcomes].to_numpy()).astype(np.int8)
    return pd.DataFrame(rungs, columns=[str(place) for place in range(rungs.shape[1])])
