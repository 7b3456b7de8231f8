"""Scoring a scenario against a record of what happened, beside forecasts that know nothing of threats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.analysis.runs import repeated
from entente.engines.interactive.classes import ModelClass, model_class
from entente.errors import InputError
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario

from ..baselines import base_rate, last_coded, persistence, ratchet
from ..forecast import forecast
from ..record import Record, load_record
from ..rivals import laid_over
from ..score import coverage, interval, log_score, move_summary, probabilities, rps, summary

MODEL, PERSISTENCE, BASE_RATE, RATCHET = "model", "persistence", "base_rate", "ratchet"


@dataclass(frozen=True)
class Hindcast:
    """A scored scenario: the rungs of each run, shape (runs, cells), and the distributions that are scored by name."""

    scenario: Scenario
    record: Record
    parameters: str
    draws: int
    seed: int
    runs: dict[str, np.ndarray]
    forecasts: dict[str, np.ndarray]

    def scores(self, places: list[int]) -> dict[str, Any]:
        """Mean scores of some cells, those of the baselines with their names behind."""
        codings = self.record.codings[places]
        found = {
            f"{name}_{key}" if key != MODEL else name: value
            for key, shares in self.forecasts.items()
            for name, value in summary(shares[places], codings).items()
        }
        return {"cells": len(places), **found}

    def report(self) -> dict[str, Any]:
        """What `entente hindcast --json` prints."""
        ties = {}
        for tie in self.record.ties:
            places = self.record.of(tie)
            years = self.cells.loc[places].drop(columns="tie").to_dict("records")
            ties[tie] = {**self.scores(places), **self._moves([tie]), "years": years}
        known, before = last_coded(self.record)
        overall = {**self.scores(list(range(len(self.record.cells)))), **self._moves(self.record.ties)}
        if known:
            codings = self.record.codings[known]
            overall["last_coded"] = {
                "cells": len(known),
                "rps": float(rps(self.forecasts[MODEL][known], codings).mean()),
                "rps_last_coded": float(rps(before, codings).mean()),
            }
        return {
            "scenario": self.scenario.name, "record": self.record.name, "parameters": self.parameters,
            "draws": self.draws, "replicates": len(self.runs[MODEL]) // self.draws, "seed": self.seed, "overall": overall, "ties": ties,
        }  # fmt: skip

    def _moves(self, ties: list[str]) -> dict[str, Any]:
        found = move_summary(self.runs[MODEL], self.record, ties)
        drifting = move_summary(self.runs[RATCHET], self.record, ties)
        return found | {f"{name}_ratchet": drifting[name] for name in ("hit_rate_up", "false_moves")}

    @property
    def cells(self) -> pd.DataFrame:
        """A row a cell: what was coded, the median and 90 % interval of the rungs, and the scores."""
        shares, codings = self.forecasts[MODEL], self.record.codings
        rows = [
            {"tie": cell.tie, "year": cell.year, "month": cell.month, "rung": cell.rung}
            | {"rung_lo": cell.low, "rung_hi": cell.high}
            for cell in self.record.cells
        ]
        low, high = interval(shares).T
        return pd.DataFrame(rows).assign(
            median=np.argmax(np.cumsum(shares, axis=1) >= 1 / 2, axis=1), low90=low, high90=high,
            rps=rps(shares, codings), log_score=log_score(shares, codings), coverage90=coverage(shares, codings),
        )  # fmt: skip


def hindcast(
    scenario: str | Path | Scenario = "record-1992",
    record: str = "rungs-1992-2001",
    parameters: str = "prior",
    draws: int = 500,
    seed: int = 0,
    rival: str | None = None,
    model: ModelClass | str | None = None,
    mechanisms: Iterable[Mechanism] = (),
    replicates: int = 1,
) -> Hindcast:
    """Score any scenario against any record of its ties.

    `scenario` and `record` are ids in `configs/` or files; `parameters` is `prior`, `posterior`, `default` or a
    Parquet or CSV file of rows; each of the `draws` is run `replicates` times, each run with noise of its own
    (`seed` is that of the draws and the noise). `rival` is laid over the scenario. `model`, a subclass of
    `AllianceModel` or `module:Class`, is scored in place of the shipped model, against the same baselines; it runs
    on the interactive engine, a few runs a second, and says how long it will take. `mechanisms` act besides those
    that the scenario brings. Raises `InputError` with one sentence.

    Examples:
        >>> from entente import hindcast
        >>> found = hindcast("record-1992", "rungs-1992-2001", draws=20)
        >>> found.runs["model"].shape, found.report()["overall"]["cells"]
        ((20, 30), 30)
    """
    if draws < 1:
        raise InputError(f"draws: {draws}: must be a whole number, 1 or more")
    if replicates < 1:
        raise InputError(f"replicates: {replicates}: must be a whole number, 1 or more")
    chosen = None if model is None else model_class(model)
    ready = load_scenario(scenario, mechanisms=mechanisms)
    if rival is not None:
        ready = laid_over(rival, ready)
    happened = load_record(record, ready)
    rows, _ = repeated(parameter_sets(parameters, draws, seed, ready), replicates)
    rungs = forecast(ready, happened, rows, seed, chosen)
    drifting = ratchet(ready, happened, len(rows), seed)
    forecasts = {
        MODEL: probabilities(rungs), PERSISTENCE: persistence(ready, happened, seed),
        BASE_RATE: base_rate(happened), RATCHET: probabilities(drifting),
    }  # fmt: skip
    return Hindcast(ready, happened, parameters, draws, seed, {MODEL: rungs, RATCHET: drifting}, forecasts)
