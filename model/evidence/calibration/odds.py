"""The record's evidence for the model, beside that for a ratchet and for no change at all."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from entente.experiments.prior import prior_ranges

from ..baselines import DRIFT, DRIFTS, ratchet_rungs
from ..likelihood import ERROR, log_evidence, over_replicates, rung_log_likelihood
from .calibrate import Calibration

ERRORS = (0.5, 0.75, 1.0)
"""Errors of a coding, in rungs, for which the evidence is told, to show what hangs on that judgement."""


def evidence(found: Calibration) -> dict[str, Any]:
    """Log of the mean likelihood of the record's rungs over the prior: of all ties, of each, and for other errors.

    `model`; `ratchet`, whose prior is that of its drift; and `persistence`, where rungs stay as signed. In
    `sensitivity` cells count as the record's repetitions ask for, and fully.
    """
    drifts = np.linspace(*prior_ranges()[DRIFT], DRIFTS)
    rungs = {
        "model": found.rungs,
        "ratchet": ratchet_rungs(drifts, found.seed, found.source),
        "persistence": ratchet_rungs(np.zeros(1), found.seed, found.source),
    }
    record = found.record
    everything = list(range(len(record.cells)))

    def of(places: list[int], weight: float = record.weight, error: float = ERROR) -> dict[str, float]:
        return {
            name: log_evidence(
                over_replicates(rung_log_likelihood(own[..., places], record.codings[places], weight, error))
            )
            for name, own in rungs.items()
        }

    judged = [
        {"error": error, "cell_weight": weight, **of(everything, weight, error)}
        for error, weight in product(ERRORS, sorted({record.weight, 1.0}))
    ]
    return {**of(everything), "ties": {tie: of(record.of(tie)) for tie in record.ties}, "sensitivity": judged}


def reached(found: Calibration) -> list[dict[str, Any]]:
    """For each cell, the share of prior and posterior runs at or above its lowest and its best coding."""
    weight = found.weights
    rows = []
    for place, cell in enumerate(found.record.cells):
        row: dict[str, Any] = {"tie": cell.tie, "year": cell.year}
        for name, rung in (("rung_lo", cell.low), ("rung", cell.rung)):
            above = (found.rungs[:, :, place] >= rung).mean(axis=1)
            row |= {name: rung, f"prior_{name}": float(above.mean()), f"posterior_{name}": float(weight @ above)}
        rows.append(row)
    return rows
