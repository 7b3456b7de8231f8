"""Whether outcomes move the way that was registered beforehand: agree, disagree or unclear, with an interval.

A statement is tested on paired runs of its own: draws from the prior ranges, each with and without the
change, both sides on the same noise. Where a study's own sample moves the parameters of a statement, its
partial effects there are a second test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from entente.engines.compiled.ensemble import prepare, simulate
from entente.experiments.kept import kept
from entente.experiments.prior import prior_draws, prior_ranges
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.scenario import Scenario
from entente.schema.study import RESAMPLES
from entente.telling.columns import typed
from entente.world.draws import Floats
from entente.world.outcomes import series_of

from .declared import SIGNS
from .sobol import resampled_weights
from .statements import Statement, statements

REPLICATES = 8
"""Noises that each draw hears: chance differs between runs more than parameters do."""
DRAWS = 32
LEVEL = 0.95
PARTS_AT_MOST = 1000
"""Parts that a sample is cut into for resampling; a part holds whole blocks."""
PAIRED, SAMPLE = "paired runs", "this sample"


def signs(
    draws: int = DRAWS,
    seed: int = 0,
    resamples: int = RESAMPLES,
    folder: Path | None = None,
    workers: int = 1,
    chosen: Sequence[Statement] | None = None,
    progress: Callable[[int], None] = lambda done: None,
    mechanisms: Iterable[Mechanism] = (),
    say: Callable[[str], None] = lambda words: None,
) -> pd.DataFrame:
    """Test the pre-registered signs on paired runs, with `mechanisms` in every scenario besides those of the model.

    `chosen` are the statements (none: all of `configs/signs.yaml`), each tested on `draws` of the parameters;
    `seed` is that of the draws and the noise, `resamples` the number of bootstraps, `workers` that of threads;
    `progress` is told how many statements are tested, `say` in words what else happens. One row a statement:
    `statement`, `lever`, `outcome`, `how`, `expected` (+ or -), `effect` (mean difference, in the outcome's unit),
    `low`, `high` (95 % interval over draws and noises), `share` (draws whose own mean difference has the expected
    sign) and `verdict`. What is done is kept in `folder`, so that a call that was ended goes on. Raises
    `InputError` with one sentence.

    Examples:
        >>> from entente import signs
        >>> from entente.analysis.statements import statements
        >>> tested = signs(draws=8, chosen=statements()[:1])
        >>> tested["expected"].isin(["+", "-"]).all().item(), len(tested)
        (True, 1)
    """
    asked = list(statements() if chosen is None else chosen)
    own = tuple(mechanisms)
    prepare(say, *(side for statement in asked for side in _sides(statement, own)))
    done = 0

    def one(statement: Statement) -> pd.DataFrame:
        nonlocal done
        effects = _kept_effects(statement, draws, seed, folder, own)
        done += 1
        progress(done)
        return effects

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(one, asked))
    rows = [
        _row(statement, PAIRED, statement.outcome, *_interval(effects.to_numpy(), resamples, seed))
        | {"share": float((effects.mean(axis=1) * statement.direction > 0).mean())}
        for statement, effects in zip(asked, found, strict=True)
    ]
    return _frame(rows)


def signs_runs(draws: int) -> int:
    """How many runs the paired test of all statements makes."""
    return 2 * draws * REPLICATES * len(statements())


def _sides(statement: Statement, own: Sequence[Mechanism]) -> tuple[Scenario, Scenario]:
    """The scenario without the change of a statement, and with it."""
    scenario = load_scenario(statement.scenario, {"months": statement.months} if statement.months else None, own)
    without = load_scenario(scenario, statement.with_)
    return without, load_scenario(without, statement.change)


def _kept_effects(
    statement: Statement, draws: int, seed: int, folder: Path | None, own: Sequence[Mechanism]
) -> pd.DataFrame:
    """Effects by draw and replicate, read from `folder` where the same code has left the same ones there."""
    worlds = [scenario_hash(side) for side in _sides(statement, own)]
    asked = [statement.model_dump(by_alias=True), worlds, draws, seed, REPLICATES]
    return kept(folder, asked, lambda: _effects(statement, draws, seed, own))


def _effects(statement: Statement, draws: int, seed: int, own: Sequence[Mechanism]) -> pd.DataFrame:
    """Outcome with the change minus without it, one row a draw and one column a replicate."""
    sides = _sides(statement, own)
    drawn, ranges = prior_draws(draws, seed, *sides), prior_ranges(*sides)
    names = [statement.outcome, *([statement.than] if statement.than else [])]
    measured = []
    for side, end in zip(sides, (-1, 1), strict=True):
        table = drawn.drop(columns=[path for path in statement.change if path in drawn])
        for path, way in statement.parameters.items():
            table[path] = ranges[path][1 if way * end > 0 else 0]
        runs = simulate(side, replicates=REPLICATES, seed=seed, parameters=table, outcomes=names).outcomes
        value = runs[statement.outcome] - (runs[statement.than] if statement.than else 0.0)
        measured.append(value.to_numpy().reshape(draws, REPLICATES))
    return pd.DataFrame(measured[1] - measured[0], columns=[str(n) for n in range(REPLICATES)])


def _interval(effects: Floats, resamples: int, seed: int) -> tuple[float, float, float]:
    """Mean effect and its interval; draws and noises are resampled apart, since every draw hears every noise."""
    of_draws = resampled_weights(effects.shape[0], resamples, seed)
    of_noises = resampled_weights(effects.shape[1], resamples, seed + 1)
    means = np.einsum("bd,dr,br->b", of_draws, effects, of_noises)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(effects.mean()), float(low), float(high)


def sample_signs(
    scenario: str, factors: pd.DataFrame, outputs: pd.DataFrame, block: int, resamples: int, seed: int
) -> pd.DataFrame:
    """Test the statements on `scenario` whose parameters and outcome a sample holds, by partial effects on it.

    `factors` and `outputs` have a row a point, in blocks of `block` points that were made together. The partial
    effect is that of a linear regression on all factors, over each factor's whole range; blocks are resampled.
    """
    asked = [
        (statement, column)
        for statement in statements()
        if _is_moved(statement, scenario, factors) and (column := _measured(statement, outputs)) is not None
    ]
    if not asked:
        return _frame([])
    slopes = pd.Series(list(_slopes(factors, outputs, block, resamples, seed)), index=list(factors))
    rows = []
    for statement, column in asked:
        along = np.sum([way * slopes[path] for path, way in statement.parameters.items()], axis=0)
        effect = along[:, list(outputs).index(column)]
        low, high = np.quantile(effect[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        rows.append(_row(statement, SAMPLE, column, float(effect[0]), float(low), float(high)))
    return _frame(rows)


def _slopes(factors: pd.DataFrame, outputs: pd.DataFrame, block: int, resamples: int, seed: int) -> Floats:
    """Slopes over whole ranges, shape (factors, resamples + 1, outputs); the first are the sample's own."""
    x = factors.to_numpy(dtype=float)
    x = np.column_stack([(x - x.mean(axis=0)) / np.ptp(x, axis=0), np.ones(len(x))])
    y = outputs.to_numpy(dtype=float)
    blocks = len(x) // block
    ends = block * np.linspace(0, blocks, min(blocks, PARTS_AT_MOST) + 1).astype(int)
    parts = [slice(first, last) for first, last in zip(ends, ends[1:], strict=False)]
    weights = np.vstack([np.full(len(parts), 1 / len(parts)), resampled_weights(len(parts), resamples, seed)])
    squares = np.tensordot(weights, np.stack([x[part].T @ x[part] for part in parts]), 1)
    products = np.tensordot(weights, np.stack([x[part].T @ y[part] for part in parts]), 1)
    return np.asarray((np.linalg.pinv(squares) @ products)[:, :-1].swapaxes(0, 1))


def _is_moved(statement: Statement, scenario: str, factors: pd.DataFrame) -> bool:
    plain = bool(statement.parameters) and not statement.with_ and statement.scenario == scenario
    return plain and all(path in factors for path in statement.parameters)


def _measured(statement: Statement, outputs: pd.DataFrame) -> str | None:
    """The column that measures a statement's outcome: the very same, or the same series at another time."""
    names = sorted(map(str, outputs), key=lambda name: name != statement.outcome)
    return next((name for name in names if series_of(name) == series_of(statement.outcome)), None)


def _row(
    statement: Statement, how: str, outcome: str, effect: float, low: float, high: float
) -> dict[str, object]:
    verdict = "unclear"
    if low > 0 or high < 0:
        verdict = "agree" if (low > 0) == (statement.direction > 0) else "disagree"
    return {
        "statement": statement.statement, "lever": statement.lever, "outcome": outcome, "how": how,
        "expected": statement.sign, "effect": effect, "low": low, "high": high, "verdict": verdict,
    }  # fmt: skip


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    return typed(pd.DataFrame(rows, columns=list(SIGNS)), SIGNS)
