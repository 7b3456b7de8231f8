"""The response of ties to shocks: one estimand in the record, in the model, and in a chain that knows no threat.

What is estimated, of what sample and against what was fixed before the first run: `docs/preregistration.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.analysis.output import records
from entente.analysis.runs import repeated
from entente.errors import InputError
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism

from ..chain import leaving_one_out, simulate_chain
from ..forecast import forecast
from ..resamples import of_states, of_ties
from ..ties import Tie, Ties, load_ties
from .exposed import Floats, Panel, panel
from .matched import (
    CONTRASTS,
    FALL,
    LAGS,
    RELIEF,
    RISE,
    SHOCK,
    WITHIN,
    Design,
    Matched,
    design,
    earlier,
    moves,
    turned,
)
from .verdict import CHAIN, MODEL, PERSISTENCE, RECORD, sentences

ALL = "all"
TAIL = 0.05
"""Share left out at either end of a 90 % interval."""
RESAMPLES, TURNS = 2000, 500
COUNTS = ("treated", "quiet", "ties", "dropped", "strata", "strata_dropped")

Key = tuple[str, str, str, int]
"""Treatment, move, group, lag."""


def interval(values: Floats) -> tuple[float, float]:
    """The central 90 % of the numbers among some values; not a number where there is none."""
    found = values[np.isfinite(values)]
    if not len(found):
        return np.nan, np.nan
    low, high = np.quantile(found, [TAIL, 1 - TAIL])
    return float(low), float(high)


def average(values: Floats) -> float:
    """The mean of the numbers among some values; not a number where there is none."""
    found = values[np.isfinite(values)]
    return float(found.mean()) if len(found) else np.nan


@dataclass(frozen=True)
class Response:
    """What a shock does to ties.

    `estimates` has a row a source (record, model, markov, persistence), treatment, move, group and lag (years):
    the share of treated and of matched quiet tie-years that moved, their difference `response`, and its 90 %
    interval, of the record over bootstraps by tie (`low`, `high`) and by state (`low_states`, `high_states`), of
    runs over runs; then what it rests on, of runs on average. A contrast is a row whose group names two others
    and whose response is their difference. `placebos` has a row a placebo: `earlier` with bootstraps, `turned`
    over random dates, and `share`, that of turned records whose response is no smaller than the true one.
    `failed` lists ties that could not be used: `name`, `message`. All shares are 0..1.
    """

    settings: dict[str, Any]
    estimates: pd.DataFrame
    placebos: pd.DataFrame
    failed: pd.DataFrame

    def row(self, source: str, treatment: str, move: str, group: str = ALL, lag: int = WITHIN) -> dict[str, Any]:
        """One estimate as a plain record."""
        t = self.estimates
        chosen = (t.source == source) & (t.treatment == treatment) & (t.move == move)
        return records(t[chosen & (t.group == group) & (t.lag == lag)])[0]

    @property
    def verdict(self) -> list[str]:
        """What the numbers say, in plain sentences."""
        return sentences(self.row, records(self.placebos))

    def report(self) -> dict[str, Any]:
        """What `entente response --json` prints."""
        tables = {"estimates": self.estimates, "placebos": self.placebos, "failed": self.failed}
        return {**self.settings, "verdict": self.verdict, **{name: records(t) for name, t in tables.items()}}


def response(
    folder: str | Path | Ties,
    parameters: str = "prior",
    draws: int = 200,
    replicates: int = 1,
    seed: int = 0,
    resamples: int = RESAMPLES,
    turns: int = TURNS,
    mechanisms: Iterable[Mechanism] = (),
    advance: Callable[[int], None] = lambda runs: None,
) -> Response:
    """How much likelier a tie rises after a hostile dispute with an outside rival, and falls after a relief.

    `folder` holds scenarios `NAME.yaml` with records `NAME.csv`, or is what `load_ties` has read there. The
    estimand is the share (0..1) of treated tie-years whose rung is higher (lower) in the December of the second
    year after the year of the shock (relief) than in the December before it, minus the share among quiet tie-years
    of the same rung, five years and obligation. The same estimator runs on the record, on `draws` rows of
    `parameters` (as in `hindcast`) times `replicates` runs of the model, and on as many walks of a Markov chain
    that is fitted to the records of the other ties. `seed` is that of draws, noise, chain and bootstraps.
    `resamples` bootstraps give the record's intervals, `turns` random dates a placebo. `mechanisms` act besides
    those of the model where ties are read here. `advance` is told how many runs are done. Ties that cannot be read
    or run are listed and the others are used; raises `InputError` with one sentence where none can, or where no
    shock touches a coded year.

    Examples:
        With a folder `pacts` of scenarios and records:

        >>> from entente import response
        >>> found = response("pacts", draws=20, resamples=200, turns=50)
        >>> sorted(set(found.estimates["source"]))
        ['markov', 'model', 'persistence', 'record']
    """
    for name, value in (("draws", draws), ("replicates", replicates), ("resamples", resamples), ("turns", turns)):
        if value < 1:
            raise InputError(f"{name}: {value}: must be a whole number, 1 or more")
    found = folder if isinstance(folder, Ties) else load_ties(folder, mechanisms)
    known = panel(found.ties)
    if not (known.shock & np.isfinite(known.rungs)).any():
        raise InputError(f"{found.folder}: no shock from outside touches a tie in a year that its record codes")
    ran, failed = _run(found.ties, parameters, draws, replicates, seed, advance)
    ties = panel([one for one, _ in ran])
    simulated = _grids(ran, ties)
    plan = design(ties)
    top = int(np.nanmax(ties.rungs))
    weights = bootstraps(ties, resamples, np.random.default_rng([seed, 0]))
    happened = estimated(ties, plan, ties.rungs, top, weights)
    walks = _walks(ties, draws * replicates, np.random.default_rng([seed, 1]))
    tables = [
        _of_record(happened, resamples),
        _of_runs(MODEL, ties, plan, simulated, top),
        _of_runs(CHAIN, ties, plan, walks, top),
        _of_runs(PERSISTENCE, ties, plan, _standing(ties)[None], top),
    ]
    settings = {
        "folder": str(found.folder), "parameters": parameters, "draws": draws, "replicates": replicates,
        "seed": seed, "resamples": resamples, "turns": turns, "ties": len(ties.names),
        "coded_years": int(np.isfinite(ties.rungs).sum()), "ends_declared": bool(ties.ended.any()),
        "shock_years": int((ties.shock & np.isfinite(ties.rungs)).sum()),
    }  # fmt: skip
    return Response(
        settings,
        pd.concat(tables, ignore_index=True),
        _placebos(ties, plan, top, weights, happened, turns, np.random.default_rng([seed, 2])),
        pd.concat([found.failed, failed], ignore_index=True),
    )


def _run(
    ties: Iterable[Tie], parameters: str, draws: int, replicates: int, seed: int, advance: Callable[[int], None]
) -> tuple[list[tuple[Tie, Floats]], pd.DataFrame]:
    """Each tie with the rungs of its cells in every run, shape (runs, cells), and the ties that cannot run.

    All ties hear draw by draw the same parameters, and each has noise of its own.
    """
    ran, failed = [], []
    for number, one in enumerate(ties):
        try:
            rows, _ = repeated(parameter_sets(parameters, draws, seed, one.scenario), replicates)
            rungs = forecast(one.scenario, one.record, rows, seed, first=number * len(rows))
            ran.append((one, rungs.astype(float)))
        except InputError as error:
            failed.append({"name": one.name, "message": str(error)})
        advance((number + 1) * draws * replicates)
    if not ran:
        raise InputError(f"no tie can be run; the first, {failed[0]['name']}: {failed[0]['message']}")
    return ran, pd.DataFrame(failed, columns=["name", "message"])


def _grids(ran: list[tuple[Tie, Floats]], ties: Panel) -> Floats:
    """Rungs of every run as grids like those of the record, shape (runs, ties, years)."""
    found = np.full((ran[0][1].shape[0], *ties.rungs.shape), np.nan)
    row = 0
    for one, rungs in ran:
        for tie in one.record.ties:
            for place in one.record.of(tie):
                found[:, row, one.record.cells[place].year - ties.years[0]] = rungs[:, place]
            row += 1
    return found


def _walks(ties: Panel, runs: int, rng: np.random.Generator) -> Floats:
    """Walks of the chain over the coded years of each tie, from its first coding, shape (runs, ties, years)."""
    found = np.full((runs, *ties.rungs.shape), np.nan)
    for row, chances in enumerate(leaving_one_out(list(ties.rungs))):
        coded = np.flatnonzero(np.isfinite(ties.rungs[row]))
        first, span = coded[0], coded[-1] + 1 - coded[0]
        walk = simulate_chain(chances, int(ties.rungs[row, first]), span, runs, rng)
        found[:, row, coded] = walk[:, coded - first]
    return found


def _standing(ties: Panel) -> Floats:
    """Every tie at the rung of its first coding."""
    first = np.isfinite(ties.rungs).argmax(axis=1)
    start = np.take_along_axis(ties.rungs, first[:, None], axis=1)
    return np.where(np.isfinite(ties.rungs), start, np.nan)


def bootstraps(ties: Panel, resamples: int, rng: np.random.Generator) -> Floats:
    """How often each tie counts: once each; then in `resamples` draws of ties; then in as many draws of states.

    Shape (1 + 2 * resamples, ties).
    """
    n = len(ties.names)
    drawn = of_ties(n, resamples, rng), of_states(ties.parties, resamples, rng)
    return np.vstack([np.ones(n), *drawn]).astype(float)


def estimated(ties: Panel, plan: Design, rungs: Floats, top: int, weights: Floats) -> dict[Key, Matched]:
    """Every estimate of one set of rungs: the curves of all treatments and moves, and the groups of shocks."""
    found: dict[Key, Matched] = {}
    for move in (RISE, FALL):
        for lag in LAGS:
            of = moves(ties, rungs, move, lag, top, weights)
            for treatment, treated in plan.treated.items():
                found[treatment, move, ALL, lag] = of(treated, plan.quiet[treatment])
            if (move, lag) == (RISE, WITHIN):
                for group, treated in plan.groups.items():
                    found[SHOCK, move, group, lag] = of(treated, plan.quiet[SHOCK])
    return found


def _responses(found: dict[Key, Matched]) -> dict[Key, Floats]:
    """The response of every estimate and contrast, one a weighing."""
    each = {key: one.response for key, one in found.items()}
    for name, (first, second) in CONTRASTS.items():
        each[SHOCK, RISE, name, WITHIN] = each[SHOCK, RISE, first, WITHIN] - each[SHOCK, RISE, second, WITHIN]
    return each


def _of_record(found: dict[Key, Matched], resamples: int) -> pd.DataFrame:
    rows = []
    for key, values in _responses(found).items():
        low_states, high_states = interval(values[resamples + 1 :])
        one = found.get(key)
        rates = (np.nan, np.nan) if one is None else (one.treated_rate[0], one.quiet_rate[0])
        counts = {name: np.nan if one is None else getattr(one, name) for name in COUNTS}
        rows.append(
            _row(RECORD, key, rates, values[0], interval(values[1 : resamples + 1]))
            | {"low_states": low_states, "high_states": high_states}
            | counts
        )
    return pd.DataFrame(rows)


def _of_runs(source: str, ties: Panel, plan: Design, runs: Floats, top: int) -> pd.DataFrame:
    """Estimates of every run alone, as their mean and 90 % interval."""
    once = np.ones((1, len(ties.names)))
    each = [estimated(ties, plan, rungs, top, once) for rungs in runs]
    values = [_responses(one) for one in each]
    rows = []
    for key in values[0]:
        found = np.array([one[key][0] for one in values])
        plain = key in each[0]
        rates = [
            average(np.array([getattr(one[key], name)[0] for one in each])) if plain else np.nan
            for name in ("treated_rate", "quiet_rate")
        ]
        counts = {
            name: average(np.array([getattr(one[key], name) for one in each])) if plain else np.nan
            for name in COUNTS
        }
        nowhere = {"low_states": np.nan, "high_states": np.nan}
        rows.append(_row(source, key, rates, average(found), interval(found)) | nowhere | counts)
    return pd.DataFrame(rows)


def _row(source: str, key: Key, rates: Sequence[float], value: float, span: tuple[float, float]) -> dict[str, Any]:
    treatment, move, group, lag = key
    (treated, quiet), (low, high) = rates, span
    return {
        "source": source, "treatment": treatment, "move": move, "group": group, "lag": lag,
        "treated_rate": treated, "quiet_rate": quiet, "response": value, "low": low, "high": high,
    }  # fmt: skip


def _placebos(
    ties: Panel,
    plan: Design,
    top: int,
    weights: Floats,
    happened: dict[Key, Matched],
    turns: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The estimator where it should find nothing: before the shocks, and at other dates of the same ties."""
    before = earlier(plan)
    resamples = (len(weights) - 1) // 2
    found = moves(ties, ties.rungs, RISE, WITHIN, top, weights)(before.treated[SHOCK], before.quiet[SHOCK])
    (low, high), wide = interval(found.response[1 : resamples + 1]), interval(found.response[resamples + 1 :])
    rows = [
        {"placebo": "earlier", "treatment": SHOCK, "move": RISE, "response": found.response[0]}
        | {"low": low, "high": high, "low_states": wide[0], "high_states": wide[1]}
        | {"share": np.nan, "treated": found.treated}
    ]  # fmt: skip
    once = weights[:1]
    tried = [design(turned(ties, rng)) for _ in range(turns)]
    for treatment, move in product((SHOCK, RELIEF), (RISE, FALL)):
        of = moves(ties, ties.rungs, move, WITHIN, top, once)
        each = [of(one.treated[treatment], one.quiet[treatment]) for one in tried]
        values = np.array([one.response[0] for one in each])
        low, high = interval(values)
        known = values[np.isfinite(values)]
        truth = happened[treatment, move, ALL, WITHIN].response[0]
        reach = average((known >= truth).astype(float)) if np.isfinite(truth) else np.nan
        rows.append(
            {"placebo": "turned", "treatment": treatment, "move": move, "response": average(values)}
            | {"low": low, "high": high, "low_states": np.nan, "high_states": np.nan, "share": reach}
            | {"treated": average(np.array([one.treated for one in each], dtype=float))}
        )  # fmt: skip
    return pd.DataFrame(rows)
