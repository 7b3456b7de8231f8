"""What each factor of a full factorial study does alone, and what they do together: an exact decomposition.

With every combination of levels run equally often, the mean of each combination is the sum of a grand mean,
main effects and interactions that are orthogonal; their variances add up to the variance of the means.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from entente.errors import InputError
from entente.experiments.batch import run_batch
from entente.experiments.plan import Batch, make_batch
from entente.experiments.store import Store, make_way
from entente.month.mechanism import Mechanism
from entente.schema.study import RESAMPLES, FullFactorial, Study
from entente.world.draws import Floats

from .declared import DECLARED
from .factorial_charts import draw_decomposition
from .found import JOIN, Decomposition
from .output import write_tables
from .sobol import resampled_weights
from .values import Values, complete, read_values

FOLDER = "decomposition"
LEVEL = 0.95


def make_decomposition(name: str, mechanisms: Iterable[Mechanism] = ()) -> Batch:
    """Read a full factorial study; `mechanisms` act besides. Raises `InputError` before anything is written."""
    batch = make_batch(name, mechanisms=mechanisms)
    if not isinstance(batch.study.design, FullFactorial):
        raise InputError(f"{name}: design.kind: {batch.study.design.kind}: a decomposition needs a full_factorial")
    single = [factor for factor, takes in batch.study.factors.items() if len(takes.levels or []) < 2]
    if single:
        raise InputError(f"{name}: factors.{single[0]}: takes one value only, so that it can explain nothing")
    if batch.failures:
        first = batch.failures[0]
        raise InputError(f"{name}: {len(batch.failures)} points are impossible, the first: {first.message}")
    if max(batch.study.design.draws, 1) * batch.study.replicates < 2:
        raise InputError(f"{name}: replicates: 1: too few for an interval; name more replicates or draws")
    return batch


def decompose(
    study: str | Batch,
    out: str | Path | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
    mechanisms: Iterable[Mechanism] = (),
) -> Decomposition:
    """Run a full factorial study in the folder `out` (default `runs/STUDY`), decompose it, write tables and figure.

    `study` is a study of `configs/studies`, a `.yaml` file, or one made ready by `make_decomposition`. What is
    already in the folder is not run again, unless `fresh`. `workers` threads (none: all cores) share the work;
    `progress` is told the number of runs done, `say` in words what else happens. Intervals are over the prior
    draws of the design and over replicates. `mechanisms` act besides those of the study's scenario, where it is
    read here. Raises `InputError` with one sentence.

    Examples:
        >>> from pathlib import Path
        >>> from entente import decompose
        >>> _ = Path("reasons.yaml").write_text(
        ...     "{name: reasons, "
        ...     "scenario: memo-2001, "
        ...     "months: 60, "
        ...     "factors: {imminence: {scenarios: [memo-2001, high-imminence]}, "
        ...     "demand: {scenarios: [memo-2001, high-demand]}}, "
        ...     "design: {kind: full_factorial, draws: 8}, "
        ...     "replicates: 2, "
        ...     "outcomes: [depth:rus-chn-2001]}"
        ... )
        >>> terms = decompose("reasons.yaml", "reasons").terms
        >>> sorted(terms["term"]), round(float(terms["share"].sum()), 6)
        (['demand', 'imminence', 'imminence x demand'], 1.0)
    """
    batch = make_decomposition(study, mechanisms) if isinstance(study, str) else study
    folder = Path(out) if out is not None else Path("runs") / batch.study.name
    make_way(folder)
    began = time.perf_counter()
    summary = run_batch(batch, folder, workers, fresh, progress, say)
    ran = time.perf_counter()
    found = decomposed(batch.study, complete(read_values(batch, folder), batch.study.name))
    found.folder = folder
    with Store(folder).held():
        write_tables(folder / FOLDER, found.tables, DECLARED)
        draw_decomposition(found, folder / FOLDER / "figures")
    found.seconds = {
        "runs": summary["seconds"], "analysis": time.perf_counter() - ran, "all": time.perf_counter() - began
    }  # fmt: skip
    return found


def decomposed(study: Study, values: Values, resamples: int = RESAMPLES) -> Decomposition:
    """Decompose measured values of a full factorial study, its points in the order of `make_design`.

    Draws and replicates are resampled apart, since every draw hears every noise. Raises `InputError` where
    nothing moved.
    """
    levels = {name: takes.levels or [] for name, takes in study.factors.items()}
    sizes = tuple(len(own) for own in levels.values())
    draws = len(values.runs) // int(np.prod(sizes))
    replicates = values.runs.shape[1]
    runs = values.runs.reshape(draws, int(np.prod(sizes)), replicates, -1)
    of_draws = np.vstack([np.full(draws, 1 / draws), resampled_weights(draws, resamples, study.seed)])
    of_noises = np.vstack(
        [np.full(replicates, 1 / replicates), resampled_weights(replicates, resamples, study.seed + 1)]
    )
    means = np.einsum("bd,dkrc,br->bkc", of_draws, runs, of_noises, optimize=True)
    moving = [n for n in range(len(values.columns)) if np.ptp(means[0, :, n]) > 0]
    if not moving:
        raise InputError(
            f"{study.name}: outcomes: the same in every combination; no factor moves what is measured"
        )
    terms = pd.concat(
        [_terms(list(levels), means[:, :, n].reshape(-1, *sizes), values.columns[n]) for n in moving],
        ignore_index=True,
    )
    return Decomposition(study, terms, _cells(levels, means, values))


def components(tables: Floats) -> dict[tuple[int, ...], Floats]:
    """The orthogonal parts of tables of means, shape (tables, levels, ...), by the factors that each varies over.

    The parts of a table add up to it; each sums to 0 over every factor that it varies over.
    """
    factors = range(tables.ndim - 1)
    found: dict[tuple[int, ...], Floats] = {}
    for order in range(tables.ndim):
        for term in itertools.combinations(factors, order):
            others = tuple(factor + 1 for factor in factors if factor not in term)
            part = tables.mean(axis=others, keepdims=True)
            for smaller in [smaller for smaller in found if set(smaller) < set(term)]:
                part = part - found[smaller]
            found[term] = part
    return found


def _terms(names: list[str], tables: Floats, column: tuple[str, int]) -> pd.DataFrame:
    """Shares and effects of every term of one outcome; the first table of means is the sample's own."""
    parts = components(tables)
    inside = tuple(range(1, tables.ndim))
    whole = tables.var(axis=inside)
    rows = []
    for term in list(parts)[1:]:
        spread = (parts[term] ** 2).mean(axis=inside)
        share = np.divide(spread, whole, out=np.zeros_like(spread), where=whole > 0)
        row: dict[str, object] = {
            "outcome": column[0], "year": column[1], "term": JOIN.join(names[factor] for factor in term),
            "order": len(term), **_ends("share", share),
        }  # fmt: skip
        if all(tables.shape[factor + 1] == 2 for factor in term):
            # Going from all first levels to all second ones, beyond what lower orders do: 2^order times the part.
            last = parts[term].reshape(len(tables), -1)[:, -1]
            row |= _ends("effect", last * 2 ** len(term))
        rows.append(row)
    return pd.DataFrame(rows)


def _ends(name: str, values: Floats) -> dict[str, float]:
    """The value of the sample and the ends of its bootstrap interval."""
    low, high = np.quantile(values[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {name: float(values[0]), f"{name}_low": float(low), f"{name}_high": float(high)}


def _cells(levels: dict[str, list[object]], means: Floats, values: Values) -> pd.DataFrame:
    combinations = pd.DataFrame(list(itertools.product(*levels.values())), columns=list(levels))
    frames = []
    for n, (outcome, year) in enumerate(values.columns):
        low, high = np.quantile(means[1:, :, n], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        frames.append(combinations.assign(outcome=outcome, year=year, mean=means[0, :, n], low=low, high=high))
    return pd.concat(frames, ignore_index=True)
