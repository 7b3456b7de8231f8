"""Forecasts that know nothing of threats: nothing changes, rungs as common as in the record, upward drift.

All three are distributions over the rungs of each cell, scored as the model is. Persistence and ratchet know the
scenario's dates of signature and the rungs that its treaties begin with, as the model does. The base rate knows
the record that is scored, which favours it. The ratchet's drift is fitted to the record that ships, up to August
2001, whatever record is scored, and by the likelihood that the model is calibrated with.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from entente.experiments.prior import prior_ranges
from entente.schema.scenario import Scenario

from .forecast import forecast, measure, reading
from .likelihood import RECORD, fitting, over_replicates, rung_log_likelihood, weights
from .record import Record
from .score import RUNGS, probabilities

DRIFTS, REPLICATES = 26, 200
"""Values of the drift that are tried, over its prior range, and runs of each."""
RATCHET = "switches.ratchet"
DRIFT = "behaviour.drift"


def base_rate(record: Record) -> np.ndarray:
    """How common each rung is among the record's codings, the same for every cell."""
    shares = np.bincount(record.codings.ravel(), minlength=RUNGS) / record.codings.size
    return np.tile(shares, (len(record.cells), 1))


def persistence(scenario: Scenario, record: Record, seed: int) -> np.ndarray:
    """Treaties keep the rung that they are signed or open with: the ratchet without drift."""
    return probabilities(forecast(scenario, record, pd.DataFrame({RATCHET: [1.0], DRIFT: [0.0]}), seed))


def last_coded(record: Record) -> tuple[list[int], np.ndarray]:
    """Cells with a year coded before them, and the rung of that year as their forecast, which no run knows."""
    pairs = [pair for tie in record.ties for pair in zip(record.of(tie)[1:], record.of(tie)[:-1], strict=True)]
    before = record.codings[[earlier for _, earlier in pairs]].T
    return [place for place, _ in pairs], probabilities(before)


def ratchet(scenario: Scenario, record: Record, draws: int, seed: int) -> np.ndarray:
    """Rungs of the ratchet in each run, shape (runs, cells), its drift drawn from what the record up to August 2001 says."""
    drifts, share = fitted_drift(seed)
    drawn = np.random.default_rng(seed).choice(drifts, size=draws, p=share)
    return forecast(scenario, record, pd.DataFrame({RATCHET: 1.0, DRIFT: drawn}), seed)


@cache
def fitted_drift(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Values of the drift over its prior range, and the weight of each."""
    drifts = np.linspace(*prior_ranges()[DRIFT], DRIFTS)
    _, record = fitting()
    found = rung_log_likelihood(ratchet_rungs(drifts, seed), record.codings, record.weight)
    return drifts, weights(over_replicates(found))


def ratchet_rungs(drifts: np.ndarray, seed: int, name: str = RECORD) -> np.ndarray:
    """Rungs of a record up to August 2001 under the ratchet, shape (drifts, replicates, cells)."""
    scenario, record = fitting(name)
    read = reading(record)
    # Replicates lead: the noise of each is made once.
    parameters = pd.DataFrame({RATCHET: 1.0, DRIFT: np.tile(drifts, REPLICATES)})
    replicates = np.repeat(np.arange(REPLICATES), len(drifts))
    rungs = read.rungs(measure(scenario, parameters, replicates.tolist(), read.outcomes, seed))
    return rungs.reshape(REPLICATES, len(drifts), -1).transpose(1, 0, 2)
