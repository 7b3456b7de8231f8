"""Calibration to a folder of ties: one prior for all, weighed by all records, and tried on ties held back from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.engines.compiled.compiled import code_digest, source_digest
from entente.errors import InputError
from entente.experiments.places import Folder
from entente.schema.load import scenario_hash

from ..baselines import DRIFT, RATCHET
from ..likelihood import ERROR, effective, largest_power, log_evidence, weights
from ..ties import load_ties
from .calibrate import KEPT, resample, write_draws
from .diagnostics import moved
from .held import Split, folds, log_predictive, paired, split, tie_scores
from .judgement import JUDGED
from .pool import Pool, acting_rivals, pool_design, run_pool
from .spread import INTERVALS, Population, intervals, unit_scale, varying

MODEL, PERSISTENCE = "model", "persistence"
DRAWS, REPLICATES = 2000, 4
HELD = 0.3
LEAST = 100
"""Effective draws that a pooled posterior keeps, if need be by counting the records less."""
VARYING = 3
"""Parameters that vary between ties: those that gain most. Each further one leaves fewer effective draws."""
RESAMPLES = 100
PLACES = 6
"""Decimals of weights and the like in metadata."""


@dataclass(frozen=True)
class Fit:
    """Weights of the prior's draws, fitted to some ties: pooled, all ties sharing their parameters, the likelihood
    raised to `power`; or `population`, some parameters varying between ties, with what each alone would gain."""

    weights: np.ndarray
    power: float
    population: Population | None = None
    gains: pd.DataFrame | None = None


@dataclass(frozen=True)
class ManyTies:
    """A calibration to a folder: the runs of the model and its rivals on the same ties, splits and fits.

    `fit` is that of the posterior, `fits` those of each split; `failed` has a row a tie left out.
    """

    folder: Path
    seed: int
    hierarchical: bool
    pools: dict[str, Pool]
    splits: list[Split]
    fits: list[Fit]
    fit: Fit
    scenarios: dict[str, str]
    failed: pd.DataFrame

    @property
    def pool(self) -> Pool:
        """The runs of the model."""
        return self.pools[MODEL]

    @property
    def fitted(self) -> list[str]:
        """Ties that the posterior is fitted to: those of the only split, or with folds all."""
        return list(self.splits[0].fitted) if len(self.splits) == 1 else self.pool.names

    @property
    def held(self) -> list[str]:
        """Ties that are scored by a fit which does not know them, in the order of the splits."""
        return [name for one in self.splits for name in one.held]

    def scores(self) -> pd.DataFrame:
        """Scores of held ties, a row each: ranked probability score and log predictive of prior and posterior."""
        prior = uniform(len(self.pool.design))
        rows = []
        for one, fit in zip(self.splits, self.fits, strict=True):
            rows.append(
                pd.DataFrame(
                    {"name": one.held, "rps_prior": tie_scores(self.pool, one.held, prior),
                     "rps_posterior": tie_scores(self.pool, one.held, fit.weights),
                     "log_prior": log_predictive(self.pool, one.held, prior),
                     "log_posterior": log_predictive(self.pool, one.held, fit.weights)}
                )
            )  # fmt: skip
        return pd.concat(rows, ignore_index=True)


def uniform(draws: int) -> np.ndarray:
    """Weights of the prior: alike."""
    return np.full(draws, 1 / draws)


def calibrate_many(
    folder: str | Path,
    out: Path,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = 0,
    held: float = HELD,
    fold_count: int | None = None,
    hierarchical: bool = False,
    rivals: bool = True,
    workers: int | None = None,
    progress: Callable[[int], None] = lambda runs: None,
    say: Callable[[str], None] = lambda words: None,
) -> ManyTies:
    """Run every tie of a folder, and every rival on it, under the same draws from the prior, and weigh them.

    A share `held` of the ties is not fitted, or in turn each of `fold_count` groups. `hierarchical` lets the parameters
    that gain most vary between ties. What is finished stays in `out`, where the same call goes on. Rivals that cannot act
    on every tie are left out, and ties that fail under any model are left out of all, so that evidence is compared on the
    same ties. Raises `InputError`.
    """
    ties = load_ties(folder)
    # Seen before an hour is spent on runs.
    _splits([tie.name for tie in ties.ties], held, fold_count, seed)
    design = pool_design(draws, seed, *(tie.scenario for tie in ties.ties))
    names, refused = acting_rivals(ties) if rivals else ([], {})
    for message in refused.values():
        say(f"left out: {message}")
    done = 0

    def run(rival: str | None, rows: pd.DataFrame, changes: dict[str, float] | None = None) -> Pool:
        nonlocal done
        before = done
        pool = run_pool(
            ties, rows, replicates, seed, out, rival, changes, workers, lambda runs: progress(before + runs), say
        )
        done = before + len(rows) * replicates * len(ties.ties)
        return pool

    with Folder(out).held():
        pools = {MODEL: run(None, design)} | {name: run(name, design) for name in names}
        pools[PERSISTENCE] = run(None, design.iloc[:1], {RATCHET: 1.0, DRIFT: 0.0})
    failed = pd.concat([ties.failed, *(pool.failed for pool in pools.values())])
    failed = failed.drop_duplicates("name").reset_index(drop=True)
    common = [tie.name for tie in ties.ties if tie.name not in set(failed["name"])]
    if not common:
        raise InputError(f"{folder}: no tie runs under all models; the first: {failed['message'].iloc[0]}")
    pools = {name: pool.only(common) for name, pool in pools.items()}
    splits = _splits(common, held, fold_count, seed)
    pool = pools[MODEL]
    fits = [fit_to(pool, one.fitted, hierarchical, seed) for one in splits]
    whole = fits[0] if len(splits) == 1 else fit_to(pool, common, hierarchical, seed)
    scenarios = {tie.name: scenario_hash(tie.scenario) for tie in ties.ties if tie.name in common}
    return ManyTies(ties.folder, seed, hierarchical, pools, splits, fits, whole, scenarios, failed)


def many_runs(folder: str | Path, draws: int, replicates: int, rivals: bool) -> int:
    """How many runs `calibrate_many` makes of the ties that can be read."""
    ties = load_ties(folder)
    models = 1 + (len(acting_rivals(ties)[0]) if rivals else 0)
    return len(ties.ties) * replicates * (draws * models + 1)


def _splits(names: list[str], held: float, fold_count: int | None, seed: int) -> list[Split]:
    return [split(names, held, seed)] if fold_count is None else folds(names, fold_count, seed)


def fit_to(pool: Pool, names: list[str] | tuple[str, ...], hierarchical: bool, seed: int) -> Fit:
    """Weigh the draws of a pool by the records of some of its ties."""
    log_likelihood = pool.only(names).log_likelihood
    if hierarchical:
        unit = unit_scale(pool.design, pool.ranges)
        found, alone = varying(log_likelihood, unit, VARYING, seed)
        return Fit(found.weights, 1.0, found, alone)
    together = log_likelihood.sum(axis=0)
    power = largest_power(together, min(LEAST, len(pool.design) / 2))
    return Fit(weights(power * together), power)


def write_many(found: ManyTies, path: Path, draws: int = KEPT) -> None:
    """Write draws from the posterior: `path` holds behaviour parameters, for `--parameters`, and the file beside it,
    whose name ends in `-judgement`, the factors of the same draws."""
    design = found.pool.design.iloc[resample(found.fit.weights, draws, found.seed)].reset_index(drop=True)
    shared = found.fit.population
    origin = {
        "sampler": "draws from the prior, resampled by likelihood" if shared is None else "draws from the prior, "
        "resampled by the density of a population of ties",
        "seed": found.seed, "draws": len(found.pool.design), "replicates": found.pool.ties[0].rungs.shape[1],
        "effective_draws": round(effective(found.fit.weights)), "power": round(found.fit.power, PLACES),
        "varying": [] if shared is None else list(shared.paths), "rung_error": ERROR,
        "code": code_digest(), "sources": source_digest(), "ties": {name: found.scenarios[name] for name in found.fitted},
    }  # fmt: skip
    write_draws(design.drop(columns=list(JUDGED)), origin, path)
    write_draws(design[list(JUDGED)], origin, judgement_file(path))


def judgement_file(path: Path) -> Path:
    """The file of factors beside a posterior."""
    return path.with_name(f"{path.stem}-judgement{path.suffix}")


def evidence_table(found: ManyTies) -> pd.DataFrame:
    """Evidence for each model on the same ties, all of them, and its scores on held ties; a row a model.

    `pooled`: log of the mean likelihood of all records together, every tie under the same parameters; `alone`: the sum
    over ties of the log of the mean likelihood, every tie under parameters of its own. Each with its standard error by
    Monte Carlo, which for `pooled` means something only where `effective`, the number of draws behind it, is not
    small. `behind`: mean of `alone` less the model's, a tie, with its 95 % bootstrap interval over ties.
    `rps_prior`, `rps_posterior`: mean scores of held ties, the posterior fitted as the model's is.
    """
    own = {
        name: np.array([log_evidence(row) for row in pool.log_likelihood]) for name, pool in found.pools.items()
    }
    rows = []
    for name, pool in found.pools.items():
        together, draws = pool.log_likelihood.sum(axis=0), len(pool.design)
        share = weights(together)
        # The error of a sum of logs of means over the same draws, to first order.
        influence = np.exp(pool.log_likelihood - own[name][:, np.newaxis]).sum(axis=0)
        behind = paired(own[name] - own[MODEL], found.seed)
        row = {
            "model": name, "pooled": log_evidence(together),
            "pooled_error": float(np.sqrt((draws / effective(share) - 1) / draws)), "effective": effective(share),
            "alone": float(own[name].sum()), "alone_error": float(influence.std() / np.sqrt(draws)),
            "behind": behind["mean"], "behind_low": behind["low"], "behind_high": behind["high"],
        }  # fmt: skip
        rows.append(row | _held_scores(found, pool))
    return pd.DataFrame(rows).sort_values("alone", ascending=False, kind="stable").reset_index(drop=True)


def _held_scores(found: ManyTies, pool: Pool) -> dict[str, float]:
    prior = uniform(len(pool.design))
    before = np.concatenate([tie_scores(pool, one.held, prior) for one in found.splits])
    if len(pool.design) == 1:
        return {"rps_prior": float(before.mean()), "rps_posterior": float(before.mean())}
    fits = (
        found.fits
        if pool is found.pool
        else [fit_to(pool, one.fitted, found.hierarchical, found.seed) for one in found.splits]
    )
    after = np.concatenate(
        [tie_scores(pool, one.held, fit.weights) for one, fit in zip(found.splits, fits, strict=True)]
    )
    return {"rps_prior": float(before.mean()), "rps_posterior": float(after.mean())}


def population_table(found: ManyTies) -> pd.DataFrame:
    """Mean and spread of each parameter that varies between ties, with 90 % intervals; no rows where none does.

    `mean` and its interval are in the parameter's unit, the mean of a normal before the prior cuts it; `spread` in
    widths of the prior. `common` is as in `intervals`.
    """
    if found.fit.population is None or not found.fit.population.paths:
        return pd.DataFrame(columns=["path", *INTERVALS])
    ranges = found.pool.ranges
    log_likelihood = found.pool.only(found.fitted).log_likelihood
    table = intervals(
        log_likelihood, unit_scale(found.pool.design, ranges), found.fit.population, RESAMPLES, found.seed
    )
    low = table["path"].map(lambda path: ranges[path][0])
    width = table["path"].map(lambda path: ranges[path][1]) - low
    means = {name: low + width * table[name] for name in ("mean", "mean_low", "mean_high")}
    return table.assign(**means)


def parameter_table(found: ManyTies) -> pd.DataFrame:
    """How far each parameter and factor has moved from its prior; see `moved`. `gain` where some vary between ties."""
    table = moved(found.pool.design, found.pool.ranges, found.fit.weights)
    if found.fit.gains is None:
        return table
    return table.merge(found.fit.gains[["path", "gain"]], on="path", how="left")


def verdict(found: ManyTies, scores: pd.DataFrame) -> dict[str, Any]:
    """Whether the posterior forecasts held ties better than the prior does: `better`, the mean difference of the
    ranked probability score with its interval, and of the log predictive, a tie."""
    difference = paired((scores["rps_posterior"] - scores["rps_prior"]).to_numpy(), found.seed)
    logs = paired((scores["log_posterior"] - scores["log_prior"]).to_numpy(), found.seed)
    return {
        "rps_prior": float(scores["rps_prior"].mean()),
        "rps_posterior": float(scores["rps_posterior"].mean()), "rps_difference": difference,
        "log_predictive_difference": logs, "better": difference["mean"] < 0,
    }  # fmt: skip
