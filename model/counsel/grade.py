"""Scores of sealed forecasts when their outcome is known, and the ledger that keeps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from pydantic import Field, StrictFloat, ValidationError

from entente.errors import InputError, nearest, shown
from entente.evidence.score import SMOOTHING
from entente.experiments.places import write_whole
from entente.schema.base import Record
from entente.telling.drawing import DRAWING, palette

from .seal import Seal, is_future
from .words import MODEL

BINS = 5
"""Classes of probability in the calibration curve."""
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Entry(Record):
    """A graded forecast: what came true, by which source, and what everyone had said."""

    name: str = Field(min_length=1)
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    sealed: Day
    graded: Day
    answers: list[str] = Field(min_length=2)
    answer: str
    source: str = Field(min_length=1)
    probabilities: dict[str, list[StrictFloat]] = Field(min_length=1)


class Ledger(Record):
    """The file that keeps all grades."""

    format: Literal[1]
    kind: Literal["ledger"]
    grades: list[Entry]


def grade(sealed: Seal, answer: str, source: str, today: date) -> Entry:
    """A sealed forecast with the answer that came true.

    Raises `InputError` where there is no such answer, no source is named, or the outcome cannot be known yet.
    """
    name = sealed.forecast.name
    if answer not in sealed.answers:
        answers = ", ".join(map(repr, sealed.answers))
        raise InputError(
            f"--answer {shown(answer)}: {name} has the answers {answers}{nearest(answer, sealed.answers)}"
        )
    if not source.strip():
        raise InputError("--source: name what says so, such as a document and its date")
    if is_future(sealed.forecast.by, today):
        raise InputError(
            f"{name}: its answer is known after {sealed.forecast.by}, and today is {today.isoformat()}"
        )
    return Entry(
        name=name, digest=sealed.digest, sealed=sealed.sealed, graded=today.isoformat(), answers=sealed.answers,
        answer=answer, source=source.strip(), probabilities=sealed.probabilities,
    )  # fmt: skip


def read_ledger(path: Path) -> Ledger:
    """A ledger from its file; an empty one where there is no file. Raises `InputError` for one that is damaged."""
    if not path.exists():
        return Ledger(format=1, kind="ledger", grades=[])
    try:
        return Ledger.model_validate(json.loads(path.read_bytes()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        wrong = error.errors()[0]
        raise InputError(
            f"{path}: no ledger: {'.'.join(map(str, wrong['loc']))}: {wrong['msg'].lower()}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no ledger: {' '.join(str(error).split())[:200]}") from None


def enter(path: Path, entry: Entry) -> Ledger:
    """Add a grade to the ledger in a file, which is made where there is none; what stands in it stays.

    Raises `InputError` where the forecast was graded before, since a second answer would replace the first.
    """
    ledger = read_ledger(path)
    for before in ledger.grades:
        if before.digest == entry.digest:
            raise InputError(
                f"{path}: {entry.name} was graded on {before.graded}: {before.answer!r} ({before.source})"
            )
    found = ledger.model_copy(update={"grades": [*ledger.grades, entry]})
    try:
        write_whole(path, (json.dumps(found.model_dump(), indent=1, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return found


def scores(grades: Sequence[Entry]) -> pd.DataFrame:
    """One row a forecast and who made it: `name, who, probability` (of what came true), `brier, log, rps`.

    `brier` is the sum of squared differences over answers, 0..2 (Brier 1950); `rps` the ranked probability score, 0..1, in
    which a near answer counts for more than a far one (Epstein 1969); `log` minus the logarithm of the probability of what
    came true, smoothed as in every score of the model: one forecast in twenty says nothing. Less is better in all three.
    """
    rows = []
    for entry in grades:
        came_true = entry.answers.index(entry.answer)
        count = len(entry.answers)
        for who, shares in entry.probabilities.items():
            given = np.array(shares)
            happened = np.arange(count) == came_true
            gaps = np.cumsum(given) - np.cumsum(happened)
            smoothed = (1 - SMOOTHING) * given[came_true] + SMOOTHING / count
            rows.append(
                {
                    "name": entry.name, "who": who, "probability": given[came_true],
                    "brier": ((given - happened) ** 2).sum(), "log": -np.log(smoothed),
                    "rps": (gaps[:-1] ** 2).sum() / (count - 1),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "who", "probability", "brier", "log", "rps"])


def calibration(grades: Sequence[Entry]) -> pd.DataFrame:
    """How often what was given a probability came true: `who, low, high, forecasts, given, came_true`.

    Every answer of every forecast counts once; classes without any are left out.
    """
    pairs = [
        (who, share, answer == entry.answer)
        for entry in grades
        for who, shares in entry.probabilities.items()
        for answer, share in zip(entry.answers, shares, strict=True)
    ]
    frame = pd.DataFrame(pairs, columns=["who", "given", "came_true"])
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.searchsorted(edges, frame["given"], side="right") - 1, 0, BINS - 1)
    frame = frame.assign(low=edges[place], high=edges[place + 1])
    found = frame.groupby(["who", "low", "high"], sort=False).agg(
        forecasts=("given", "size"), given=("given", "mean"), came_true=("came_true", "mean")
    )
    return found.reset_index().sort_values(["who", "low"], kind="stable").reset_index(drop=True)


def calibration_figure(grades: Sequence[Entry]) -> Figure:
    """The calibration curve: on the diagonal things come true as often as was said."""
    table = calibration(grades)
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(5.2, 5), layout="constrained")
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], color="0.6", lw=1, ls=":")
        whose = sorted(table["who"].unique(), key=lambda who: (who != MODEL, who))
        for who, (colour, style) in palette(whose).items():
            own = table[table["who"] == who]
            axes.plot(own["given"], own["came_true"], color=colour, ls=style, lw=1.5, label=who)
            axes.scatter(own["given"], own["came_true"], s=12 + 8 * own["forecasts"], color=colour, zorder=3)
        axes.set(
            xlim=(-0.03, 1.03),
            ylim=(-0.03, 1.03),
            xlabel="probability that was given",
            ylabel="share that came true",
        )
        axes.set_aspect("equal")
        noun = "forecast" if len(grades) == 1 else "forecasts"
        axes.set_title(f"{len(grades)} graded {noun}; larger marks stand for more answers", fontsize=9)
        axes.legend(loc="upper left", frameon=False, fontsize=8)
    return figure


def report(ledger: Ledger) -> dict[str, Any]:
    """The ledger as JSON holds it: every score, and means by who made them."""
    table = scores(ledger.grades)
    means = table.groupby("who", sort=False)[["probability", "brier", "log", "rps"]].mean()
    return {
        "graded": len(ledger.grades),
        "means": {
            str(who): {str(name): float(value) for name, value in row.items()} for who, row in means.iterrows()
        },
        "scores": [
            {str(k): v.item() if hasattr(v, "item") else v for k, v in row.items()}
            for row in table.to_dict("records")
        ],
    }
