"""How large a lever must be: the smallest that keeps or brings an outcome, how surely, and against what ceiling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from entente.engines.compiled.ensemble import failed_frame
from entente.errors import InputError
from entente.experiments.afford import afford
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario
from entente.world.draws import Floats
from entente.world.rows import lots

from .output import plain, records
from .paired import LEVEL
from .question import Question, load_question
from .runs import Noise, Runner, by_draw, repeated, run_rows
from .search import Criticals, Places, bootstrap, critical_values, share_interval, smallest

BAND = (0.1, 0.9)
"""Quantiles of runs between which the outcome's band stands."""


@dataclass(frozen=True)
class Answer:
    """The answer for one lever; shares are of runs.

    `threshold` with `low` and `high` (95 %, bootstrap over draws): the smallest lever at which the aim holds in
    the share `probability` of runs, and in which it holds at every greater lever of the range; infinite where the
    range does not reach so far. `verdict`: found, holds without it (at the bottom of the range already), not within
    the range, or no effect. `monotone`: share in which a greater lever never undoes the aim. `needing`: share that
    needs the lever at all. `beyond` with `beyond_low`, `beyond_high`: share that needs more than the ceiling, and
    `above_ceiling`: share whose ceiling the threshold exceeds; NaN without a ceiling. `curve`: one row a lever
    tried. `runs`: each run's own threshold and ceiling.
    """

    lever: str
    verdict: str
    threshold: float
    low: float
    high: float
    monotone: float
    needing: float
    beyond: float
    beyond_low: float
    beyond_high: float
    above_ceiling: float
    curve: pd.DataFrame
    runs: pd.DataFrame


@dataclass(frozen=True)
class Thresholds:
    """A question, its answers (one a lever), and rows of parameters that could not run."""

    question: Question
    answers: tuple[Answer, ...]
    failed: pd.DataFrame

    @property
    def curve(self) -> pd.DataFrame:
        """Dose-response: `lever, value, share` (of runs in which the aim holds) with interval, outcome and band."""
        return pd.concat([a.curve.assign(lever=a.lever) for a in self.answers], ignore_index=True)

    @property
    def runs(self) -> pd.DataFrame:
        """`lever, draw, replicate, critical` (the run's own threshold; empty: beyond the range), `ceiling`."""
        return pd.concat([a.runs.assign(lever=a.lever) for a in self.answers], ignore_index=True)

    @property
    def report(self) -> dict[str, Any]:
        """The answers as JSON holds them; null stands for beyond the range, or for no ceiling."""
        left_out = ("curve", "runs")
        answers = [
            {name: plain(value) for name, value in vars(a).items() if name not in left_out}
            | {"sentence": sentence(self.question, a), "curve": records(a.curve)}
            for a in self.answers
        ]
        return {
            "question": self.question.model_dump(exclude_none=True), "aim": self.question.aim,
            "interval": f"percentile bootstrap over draws (over replicates of a single draw), {LEVEL:.0%}", "answers": answers,
            "failed": records(self.failed),
        }  # fmt: skip


def threshold(
    question: str, runner: Runner = run_rows, mechanisms: Iterable[Mechanism] = (), **changes: Any
) -> Thresholds:
    """Answer a question of `configs/questions` or of a .yaml file (see `question.Question`).

    `changes` replaces fields of the question (`draws=50`, `probability=.5`). Each lever is moved alone, every run
    hears the same noise at every lever, and each draw of the parameters and replicate has its own. `runner` is
    what runs the rows. `mechanisms` act besides those of the question's scenario. Raises `InputError`.

    Examples:
        >>> from entente import threshold
        >>> found = threshold("memo-package", draws=4, replicates=1)
        >>> [answer.lever for answer in found.answers]
        ['interventions.usa-package-russia.size', 'interventions.usa-package-china.size']
    """
    asked, scenario = load_question(question, changes, mechanisms)
    count = 1 if asked.parameters == "default" else asked.draws
    numbers = len(type(scenario.behaviour).model_fields)
    afford(count * asked.replicates * asked.steps, numbers, "draws, replicates and steps")
    draws = parameter_sets(asked.parameters, count, asked.seed, scenario)
    twice = [path for path in asked.levers if path in draws]
    if twice:
        raise InputError(f"levers: {twice[0]}: is drawn with the parameters; it cannot be both")
    group = asked.replicates if len(draws) > 1 else 1
    if len(draws) * asked.replicates < 2 * group:
        raise InputError(f"replicates: {asked.replicates} of one draw: an interval needs two runs at least")
    rows, noise = repeated(draws, asked.replicates)
    sets, failures = lots(scenario, rows, asked.measured(scenario))
    if not sets:
        raise InputError(failures[0].message)
    possible = ~rows.index.isin([failure.point for failure in failures])
    search = _Search(asked, scenario, rows[possible].reset_index(drop=True), noise[possible], runner)
    answers = tuple(_answer(search, path, group) for path in asked.levers)
    return Thresholds(asked, answers, by_draw(failed_frame(failures), asked.replicates))


@dataclass(frozen=True)
class _Search:
    """What a question is asked of: possible rows, their noise, and what runs them."""

    question: Question
    scenario: Scenario
    rows: pd.DataFrame
    noise: Noise
    runner: Runner

    def measure(self, lever: str) -> Callable[[Floats, Places], Floats]:
        """The outcome of given runs at given values of a lever."""
        names = self.question.measured(self.scenario)

        def measured(levers: Floats, runs: Places) -> Floats:
            rows = self.rows.iloc[runs].reset_index(drop=True).assign(**{lever: levers})
            made = self.runner(self.scenario, rows, self.noise[runs], self.question.seed, names)
            if len(made.failed):
                raise InputError(made.failed["message"].iloc[0])
            table = made.outcomes.sort_values("point", kind="stable")
            last = table[names[0]].to_numpy(dtype=float)
            return last - table[names[1]].to_numpy(dtype=float) if self.question.since_start else last

        return measured

    @property
    def ceilings(self) -> Floats:
        """The ceiling of each run; infinite without one."""
        given = self.question.ceiling
        if isinstance(given, str):
            if given in self.rows:
                return self.rows[given].to_numpy(dtype=float)
            given = float(leaf(self.scenario, given))
        return np.full(len(self.rows), np.inf if given is None else given)


def _answer(search: _Search, lever: str, group: int) -> Answer:
    asked = search.question
    low, high = asked.levers[lever]

    measure = search.measure(lever)
    tolerance = asked.tolerance * (high - low)
    found = critical_values(measure, asked.met, low, high, len(search.rows), asked.steps, tolerance)
    least = float(smallest(found.critical, asked.probability))
    between = bootstrap(found.critical, group, asked.seed, lambda some: smallest(some, asked.probability))
    ceilings = search.ceilings
    beyond, above, ends = np.nan, np.nan, (np.nan, np.nan)
    if asked.ceiling is not None:
        needed = found.critical > ceilings
        beyond, above = float(needed.mean()), float((ceilings < least).mean())
        ends = share_interval(needed, group, asked.seed)
    needing = float((found.critical > low).mean())
    return Answer(
        lever, _verdict(found, least, low), least, *between, found.monotone, needing, beyond, *ends, above,
        _curve(found, group, asked.seed), _runs(search, found.critical),
    )  # fmt: skip


def _verdict(found: Criticals, least: float, low: float) -> str:
    if found.flat:
        return "no effect"
    if least == low:
        return "holds without it"
    return "found" if np.isfinite(least) else "not within the range"


def _runs(search: _Search, critical: Floats) -> pd.DataFrame:
    """Each run's own threshold and ceiling, empty where there is none."""
    ceilings = search.ceilings
    return pd.DataFrame(
        {
            "draw": search.noise // search.question.replicates,
            "replicate": search.noise % search.question.replicates,
            "critical": np.where(np.isfinite(critical), critical, np.nan),
            "ceiling": np.where(np.isfinite(ceilings), ceilings, np.nan),
        }
    )


def _curve(found: Criticals, group: int, seed: int) -> pd.DataFrame:
    """Dose and response, one row a lever tried."""
    ends = [share_interval(row, group, seed) for row in found.holds]
    low, high = (np.quantile(found.values, share, axis=1) for share in BAND)
    return pd.DataFrame(
        {
            "value": found.grid,
            "share": found.holds.mean(axis=1),
            "share_low": [low for low, _ in ends],
            "share_high": [high for _, high in ends],
            "outcome": found.values.mean(axis=1),
            "outcome_low": low,
            "outcome_high": high,
        }
    )


def sentence(question: Question, answer: Answer) -> str:
    """The `answer` to a `question` for one lever in plain words.

    Examples:
        >>> from entente import threshold
        >>> from entente.analysis.threshold import sentence
        >>> found = threshold("memo-package", draws=4, replicates=1)
        >>> "interventions.usa-package-russia.size" in sentence(found.question, found.answers[0])
        True
    """
    low, high = question.levers[answer.lever]
    first, last = answer.curve["share"].iloc[0], answer.curve["share"].iloc[-1]
    asked = f"{question.aim} in {question.probability:.0%} of runs"
    shares = f"it holds in {first:.0%} of runs at {low:g} and in {last:.0%} at {high:g}"
    if answer.verdict == "no effect":
        return f"{answer.lever}: no effect on {question.outcome} anywhere from {low:g} to {high:g}; {shares}."
    if answer.verdict == "not within the range":
        words = f"{answer.lever}: no value from {low:g} to {high:g} is enough for {asked}: {shares}"
    elif answer.verdict == "holds without it":
        words = f"{answer.lever}: nothing above {low:g} is needed for {asked}: {shares}"
    else:
        top = f"to {answer.high:.3f}" if np.isfinite(answer.high) else f"to beyond {high:g}"
        words = (
            f"{answer.lever}: {answer.threshold:.3f} is needed ({LEVEL:.0%} interval {answer.low:.3f} {top}) "
            f"for {asked}: {shares}"
        )
    if answer.monotone < 1:
        words += f"; not monotone: in {1 - answer.monotone:.1%} of runs a greater value undoes it again somewhere"
    if np.isfinite(answer.beyond):
        words += (
            f"; against the ceiling: {answer.needing:.0%} of runs need it at all, {answer.beyond:.0%} "
            f"({answer.beyond_low:.0%} to {answer.beyond_high:.0%}) need more than the ceiling of their draw"
        )
        if answer.verdict == "found":
            words += f", and {answer.threshold:.3f} lies beyond it in {answer.above_ceiling:.0%} of draws"
    return f"{words}."
