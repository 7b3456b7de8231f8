"""Calibration: draws from the prior, weighed by how likely they make the record up to August 2001.

The record is short, so that its likelihood leaves a good share of the prior standing. Draws from the prior are then
a better proposal than any chain: they are independent, need no warming up, and give the evidence besides. They are
run as an ordinary study, which a killed command goes on with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from entente.engines.compiled.compiled import code_digest, source_digest
from entente.errors import InputError
from entente.experiments.batch import run_batch
from entente.experiments.parquet import parquet_frame
from entente.experiments.places import checksum, write_whole
from entente.experiments.plan import Batch, cut
from entente.experiments.points import Held
from entente.experiments.prior import prior_draws
from entente.experiments.store import DESIGN, OUTCOMES
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.scenario import Scenario
from entente.schema.study import Study, Table

from ..forecast import Reading, reading
from ..likelihood import (
    ALIGNMENT_ERROR,
    CUTOFF,
    DISTANCES,
    ERROR,
    RECORD,
    SCENARIO,
    alignment_log_likelihood,
    effective,
    fitting,
    over_replicates,
    rung_log_likelihood,
    un_distances,
    weights,
)
from ..record import Record, load_record, record_file

SETS = 4
"""Independent sets of draws, which must agree."""
KEPT = 400
"""Posterior draws that are kept."""
POWER = "USA"
NAME = "calibration"


@dataclass(frozen=True)
class Calibration:
    """Draws from the prior with their rungs, shape (points, replicates, cells), alignments and log likelihoods."""

    source: str
    record: Record
    scenario: Scenario
    seed: int
    design: pd.DataFrame
    rungs: np.ndarray
    alignments: np.ndarray
    by_rungs: np.ndarray
    by_alignment: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Posterior weight of each point; they add up to 1."""
        return weights(over_replicates(self.by_rungs + self.by_alignment))

    def posterior(self, draws: int = KEPT) -> pd.DataFrame:
        """Draws from the posterior: points of the prior, each as often as its weight asks for."""
        return self.design.iloc[resample(self.weights, draws, self.seed)].reset_index(drop=True)


def study_of(record: str, draws: int, replicates: int, seed: int) -> tuple[Batch, Record, Reading]:
    """The study that calibration runs: `draws` points of the prior in independent sets, and how it is read."""
    if draws < SETS or draws % SETS:
        raise InputError(f"--draws {draws}: must be a multiple of {SETS}")
    scenario, kept = fitting(record)
    read = reading(kept)
    sets = [prior_draws(draws // SETS, SETS * seed + number) for number in range(SETS)]
    design = pd.concat(sets, ignore_index=True)
    outcomes = [*read.outcomes, *(f"alignment:{state}@mean" for state in states_of(scenario))]
    study = Study(
        name=NAME, scenario=scenario.name, months=scenario.months, factors={}, replicates=replicates, seed=seed,
        design=Table(kind="table", file=DESIGN), outcomes=outcomes,
    )  # fmt: skip
    points = Held(design)
    return cut(study, scenario, points, points), kept, read


def states_of(scenario: Scenario) -> list[str]:
    """The states whose distance from the outside power in the United Nations is known, by id."""
    return [state for state in un_distances(POWER).index if state in scenario.states]


def calibrate(
    folder: Path,
    record: str = RECORD,
    draws: int = 20_000,
    replicates: int = 4,
    seed: int = 0,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
) -> Calibration:
    """Run `draws` points of the prior into `folder` (or go on with them), and weigh them by the record.

    All points hear the same `replicates` of the noise, over which the likelihood is averaged. What was coded after
    August 2001 is left out. `record` is one of `configs/records` or a CSV file; `seed` is that of the draws and
    the noise; `workers` threads (none: all cores) share the work; `fresh` begins anew in a folder that holds a
    study. `progress` is told the number of runs done, `say` in words what else happens. Raises `InputError` with
    one sentence.

    Examples:
        >>> from pathlib import Path
        >>> from entente import calibrate
        >>> found = calibrate(Path("calibration"), draws=40, replicates=1)
        >>> found.rungs.shape, round(float(found.weights.sum()), 6), found.posterior(10).shape[0]
        ((40, 1, 30), 1.0, 10)
    """
    batch, kept, read = study_of(record, draws, replicates, seed)
    late = len(load_record(record, load_scenario(SCENARIO)).cells) - len(kept.cells)
    if late:
        say(f"{record}: {late} cells after {CUTOFF} are left out: no parameter rests on anything later")
    run_batch(batch, folder, workers, fresh, progress, say)
    parts = [parquet_frame(part) for part in sorted((folder / OUTCOMES).glob("part-*.parquet"))]
    table = pd.concat(parts).sort_values(["point", "replicate"], kind="stable")
    values = table[batch.outcomes].to_numpy()
    states = states_of(batch.scenario)
    rungs = read.rungs(values).reshape(draws, replicates, -1)
    alignments = values[:, -len(states) :].reshape(draws, replicates, -1)
    by_alignment = alignment_log_likelihood(alignments, un_distances(POWER)[states].to_numpy())
    return Calibration(
        record, kept, batch.scenario, seed, batch.design, rungs, alignments,
        rung_log_likelihood(rungs, kept.codings, kept.weight), by_alignment,
    )  # fmt: skip


def resample(weight: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Systematic resampling: places of points, each as often as its weight asks for, in shuffled order."""
    rng = np.random.default_rng(seed)
    steps = (np.arange(draws) + rng.random()) / draws
    # The last sum may be a hair below 1.
    places = np.minimum(np.searchsorted(np.cumsum(weight), steps), len(weight) - 1)
    return np.asarray(rng.permutation(places))


def write_posterior(found: Calibration, path: Path, draws: int = KEPT) -> None:
    """Write the posterior draws as Parquet, one column a dotted path, with where they come from in its metadata."""
    sources = [record_file(found.source), DISTANCES]
    origin = {
        "sampler": "draws from the prior, resampled by likelihood", "seed": found.seed, "draws": len(found.design),
        "replicates": found.by_rungs.shape[1], "effective_draws": round(effective(found.weights)),
        "data_until": CUTOFF, "rung_error": ERROR, "cell_weight": found.record.weight,
        "alignment_error": ALIGNMENT_ERROR, "scenario": scenario_hash(found.scenario), "code": code_digest(),
        "sources": source_digest(),
        "data": {source.name: checksum(source.read_bytes()) for source in sources},
    }  # fmt: skip
    write_draws(found.posterior(draws), origin, path)


def write_draws(draws: pd.DataFrame, origin: dict[str, Any], path: Path) -> None:
    """Write draws of parameters as Parquet, with where they come from in its metadata; the same give the same bytes."""
    table = pa.Table.from_pandas(draws, preserve_index=False)
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"entente": json.dumps(origin)}), sink, compression="zstd")
    write_whole(path, bytes(sink.getvalue().to_pybytes()))
