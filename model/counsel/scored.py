"""How the model did on a record, beside forecasts that know nothing of threats: in all, and tie by tie."""

from __future__ import annotations

from typing import Any

import numpy as np

from entente.evidence.chain import ahead, chain
from entente.evidence.hindcast.one import Hindcast
from entente.evidence.hindcast.others import Others
from entente.evidence.record import Record
from entente.evidence.score import RUNGS, summary

MODEL = "the model"
NAMES = {
    "model": MODEL, "persistence": "persistence: nothing changes", "base_rate": "base rate of the record",
    "ratchet": "a ratchet, fitted: organs grow at random",
}  # fmt: skip
CHAIN = "a Markov chain of the record's other ties, told the first rung"


def scores(found: Hindcast) -> list[dict[str, Any]]:
    """Mean scores over the record, the best first: `who, rps, log`."""
    rows = _rows(found, list(range(len(found.record.cells))))
    return sorted(rows, key=lambda row: row["rps"])


def verdict(found: Hindcast) -> str:
    """Who does as well as the model, in all and on single ties."""
    rows = scores(found)
    own = next(row for row in rows if row["who"] == MODEL)
    better = [row["who"] for row in rows if row["who"] != MODEL and row["rps"] <= own["rps"]]
    said = (
        f"As well as the model or better in all: {'; '.join(better)}."
        if better
        else "In all, nothing simpler does as well as the model."
    )
    for tie in found.record.ties:
        parts = _rows(found, found.record.of(tie))
        model = next(row for row in parts if row["who"] == MODEL)
        ahead_of_it = [
            f"{row['who']} ({row['rps']:.3f})" for row in parts if row is not model and row["rps"] <= model["rps"]
        ]
        said += f" On {tie} ({model['rps']:.3f}): {'; '.join(ahead_of_it) or 'nothing simpler'}."
    return said


def _rows(found: Hindcast, places: list[int]) -> list[dict[str, Any]]:
    codings = found.record.codings[places]
    shares = {words: found.forecasts[key] for key, words in NAMES.items()} | {CHAIN: _by_chain(found.record)}
    made = {who: summary(share[places], codings) for who, share in shares.items()}
    return [{"who": who, "rps": one["rps"], "log": one["log_score"]} for who, one in made.items()]


def _by_chain(record: Record) -> np.ndarray:
    """Shares of each rung in each cell, shape (cells, 7), by the yearly moves of the other ties from the tie's first coded rung on."""
    others = Others((tie, [record.cells[place] for place in record.of(tie)]) for tie in record.ties)
    found = np.zeros((len(record.cells), RUNGS))
    for tie in record.ties:
        step = chain(others.pairs(tie))
        places = record.of(tie)
        first = record.cells[places[0]]
        for place in places:
            found[place] = ahead(step, record.cells[place].year - first.year)[first.rung]
    return found
