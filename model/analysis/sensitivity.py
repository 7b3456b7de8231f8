"""A sensitivity study from start to report: design, runs in the store, values, indices, signs, files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import InputError
from entente.experiments.batch import run_batch
from entente.experiments.places import write_whole
from entente.experiments.plan import Batch, make_batch
from entente.experiments.store import Store, make_way
from entente.month.mechanism import Mechanism
from entente.schema.scenario import Scenario, own_of
from entente.schema.study import DUMMY, Study
from entente.telling.columns import typed

from .declared import CONSTANT, DECLARED
from .found import Sensitivity
from .given import places
from .methods import block_length, check_sample, convergence, indices, needed, warnings
from .noise import noise_table
from .output import write_tables
from .sensitivity_charts import draw_sensitivity
from .sensitivity_report import report_html
from .signs import sample_signs, signs, signs_runs
from .values import Values, complete, read_values

FOLDER = "sensitivity"
Say = Callable[[str], None]


def analyse(study: Study, design: pd.DataFrame, values: Values, scenario: Scenario | None = None) -> Sensitivity:
    """Indices, their convergence, the variance of chance and the signs in the sample, from measured values.

    Nothing here knows where the values come from: a known function may take the place of the runs. `scenario` says
    what the parameters of its own mechanisms are. Raises
    `InputError` for a sample too small for intervals, for factors that do not vary, and where nothing moved.
    """
    still = [name for name in design.columns if design[name].nunique() < 2]
    if still:
        raise InputError(f"{study.name}: factors.{still[0]}: takes one value only, so that it can explain nothing")
    check_sample(study, len(design))
    means = values.means
    flat = np.ptp(means, axis=0) <= np.finfo(float).eps * np.abs(means).max(axis=0)
    unmoved = [(*values.columns[column], means[0, column]) for column in np.flatnonzero(flat)]
    constant = typed(pd.DataFrame(unmoved, columns=list(CONSTANT)), CONSTANT)
    if flat[: values.named].all():
        names = ", ".join(name for name, _ in values.columns[: values.named])
        raise InputError(
            f"{study.name}: outcomes: {names}: the same at every point; no factor moves what is measured"
        )
    moving = np.flatnonzero(~flat)
    columns = [values.columns[column] for column in moving]
    named = [column for column in moving if column < values.named]
    settled = convergence(study, design, means[:, named], [values.columns[column] for column in named])
    return Sensitivity(
        study,
        indices(study, design, means[:, moving], columns),
        settled,
        noise_table(values),
        _sample_signs(study, design, values),
        constant,
        warnings(study, settled),
        len(design),
        scenario,
    )


def _sample_signs(study: Study, design: pd.DataFrame, values: Values) -> pd.DataFrame:
    asked = needed(study)
    factors = pd.DataFrame(places(design), columns=design.columns).drop(columns=DUMMY, errors="ignore")
    outputs = pd.DataFrame(
        values.means[:, : values.named], columns=[name for name, _ in values.columns[: values.named]]
    )
    if asked.signs == "none":
        outputs = outputs.iloc[:, :0]
    return sample_signs(study.scenario, factors, outputs, block_length(study), asked.resamples, study.seed)


def make_sensitivity(name: str, mechanisms: Iterable[Mechanism] = ()) -> Batch:
    """Read a study and check that its analysis can be made; `mechanisms` act besides those of its scenario.

    Raises `InputError` before anything is written.
    """
    batch = make_batch(name, mechanisms=mechanisms)
    if needed(batch.study).signs == "all" and batch.model is not None:
        raise InputError(
            f"{name}: analysis.signs: all: has runs of its own, which know the shipped model only; take study or none"
        )
    check_sample(batch.study, batch.points.count)
    if batch.failures and block_length(batch.study) > 1:
        first = batch.failures[0]
        raise InputError(
            f"{name}: {len(batch.failures)} points of the design are impossible, and {needed(batch.study).method} "
            f"needs all; the first, point {first.point}: {first.message}"
        )
    return batch


def forecast_runs(batch: Batch) -> int:
    """How many runs the study and its signs need."""
    asked = needed(batch.study)
    return batch.runs + (signs_runs(asked.draws) if asked.signs == "all" else 0)


def sensitivity(
    study: str | Batch,
    out: str | Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    say: Say = lambda words: None,
    mechanisms: Iterable[Mechanism] = (),
) -> Sensitivity:
    """Run a study in the folder `out` (default `runs/STUDY`), analyse it and write tables, figures and report.

    `study` is a study of `configs/studies`, a `.yaml` file, or one made ready by `make_sensitivity`. What is
    already in the folder is not run again, unless `fresh`. `workers` threads (none: all cores) share the work;
    `progress` is told the number of runs done, `say` in words what else happens. `mechanisms` act besides those of
    the study's scenario, where it is read here. Raises `InputError` with one sentence.

    Examples:
        >>> from pathlib import Path
        >>> from entente import sensitivity
        >>> _ = Path("dependence.yaml").write_text(
        ...     "{name: dependence, "
        ...     "scenario: memo-2001, "
        ...     "months: 36, "
        ...     "factors: {behaviour.rise: {uniform: [.2, .5]}, behaviour.linkage: {uniform: [.2, .6]}}, "
        ...     "design: {kind: saltelli, base: 16}, "
        ...     "replicates: 2, "
        ...     "outcomes: [depth:rus-chn-2001], "
        ...     "analysis: {method: sobol, signs: none}}"
        ... )
        >>> indices = sensitivity("dependence.yaml", "dependence").indices
        >>> sorted(set(indices["index"])), sorted(set(indices["parameter"]))
        (['S1', 'ST'], ['behaviour.linkage', 'behaviour.rise', 'dummy'])
    """
    batch = make_sensitivity(study, mechanisms) if isinstance(study, str) else study
    folder = Path(out) if out is not None else Path("runs") / batch.study.name
    make_way(folder)
    began = time.perf_counter()
    summary = run_batch(batch, folder, workers, fresh, progress, say)
    ran = time.perf_counter()
    values = read_values(batch, folder)
    possible = ~np.isin(np.arange(batch.points.count), [failure.point for failure in batch.failures])
    values = complete(values.rows(possible), batch.study.name)
    found = analyse(batch.study, batch.design[possible].reset_index(drop=True), values, batch.scenario)
    analysed = time.perf_counter()
    asked = needed(batch.study)
    if asked.signs == "all":
        say(f"{batch.study.name}: signs: {signs_runs(asked.draws):,} paired runs")
        paired = signs(
            asked.draws, batch.study.seed, asked.resamples, folder / FOLDER / "signs", workers or 2,
            mechanisms=own_of(batch.scenario), say=say,
        )  # fmt: skip
        found.signs = pd.concat([paired, found.signs], ignore_index=True) if len(found.signs) else paired
    signed = time.perf_counter()
    found.folder = folder
    write_sensitivity(found, folder, summary)
    found.seconds = {
        "runs": summary["seconds"], "analysis": analysed - ran, "signs": signed - analysed,
        "report": time.perf_counter() - signed, "all": time.perf_counter() - began,
    }  # fmt: skip
    return found


def write_sensitivity(found: Sensitivity, folder: Path, summary: dict[str, Any]) -> None:
    """Write tables (Parquet and CSV), figures and the report, each file whole, the report last."""

    into = folder / FOLDER
    with Store(folder).held():
        write_tables(into, found.tables, DECLARED)
        pictures = draw_sensitivity(found, into / "figures")
        write_whole(into / "report.html", report_html(found, pictures, summary).encode())
