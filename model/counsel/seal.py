"""A forecast that is fixed before the event: question, rubric, probabilities, and all that is needed to make them again.

A seal is one JSON file. Its digest is of everything else in it, so that no word of it can be changed unseen; that it was
made on its day is proved only by publishing the digest where others can date it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, StrictFloat, ValidationError, field_validator, model_validator

from entente.analysis.named import names_in, read_named
from entente.analysis.question import Asked, asked_of
from entente.analysis.runs import repeated, run_rows
from entente.engines.compiled.compiled import source_digest
from entente.errors import InputError
from entente.evidence.rivals import laid_over
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTHS_IN_YEAR, Record, month_number
from entente.schema.load import parse_scenario, scenario_hash
from entente.schema.scenario import Scenario
from entente.schema.study import Number
from entente.telling.files import scenario_text, versions

from .words import MODEL

FORECASTS = "forecasts"
"""Folder of `configs/`."""
MOST_BYTES = 10_000_000
"""A larger file is no seal."""
SUM_TOLERANCE = 1e-9


class Answer(Record):
    """One of the answers that a question can have, in their order: all values up to `up_to`, above those before."""

    name: str = Field(min_length=1, max_length=80, description="The answer in words.")
    up_to: Number | None = Field(
        None, description="The greatest value of the outcome that it holds; the last has none."
    )


class Forecast(Asked):
    """A question about the future: `name`, `question`, `rubric`, `scenario`, `outcome`, `answers` and `by` are required."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$", description="Name of the forecast.")
    question: str = Field(min_length=1, max_length=400, description="What is asked, in one sentence.")
    rubric: str = Field(min_length=1, max_length=4000, description="How a person decides which answer came true.")
    answers: list[Answer] = Field(min_length=2, max_length=20, description="All answers, in their order.")
    draws: int = Field(1000, ge=1, le=10**5, description="Draws of the parameters.")
    replicates: int = Field(1, ge=1, le=10**5, description="Runs of each draw, each with its own noise.")
    rivals: list[str] = Field(
        default_factory=list, description="Rivals of configs/rivals that forecast beside it."
    )

    @field_validator("answers")
    @classmethod
    def _ordered(cls, answers: list[Answer]) -> list[Answer]:
        edges = [answer.up_to for answer in answers[:-1]]
        if answers[-1].up_to is not None or None in edges:
            raise ValueError("every answer but the last needs up_to, and the last has none")
        if any(low >= high for low, high in zip(edges[:-1], edges[1:], strict=True)):  # type: ignore[operator]
            raise ValueError("up_to must rise from answer to answer")
        if len({answer.name for answer in answers}) < len(answers):
            raise ValueError("two answers have one name")
        return answers

    @property
    def edges(self) -> list[float]:
        """The greatest value of every answer but the last."""
        return [answer.up_to for answer in self.answers if answer.up_to is not None]


class Made(Record):
    """How the probabilities of a seal were made."""

    scenario: str = Field(description="The whole resolved scenario with its mechanisms, as YAML.")
    scenario_sha256: str
    parameters_sha256: str = Field(description="Digest of the rows of parameters.")
    code_sha256: str = Field(description="Digest of all sources that make the numbers.")
    versions: dict[str, str]
    command: str


class Seal(Record):
    """A sealed forecast, as its file holds it. `probabilities` map who forecasts to a probability an answer."""

    format: Literal[1] = 1
    kind: Literal["seal"] = "seal"
    sealed: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = Field(
        description="The day, by this machine's clock."
    )
    forecast: Forecast
    probabilities: dict[str, list[StrictFloat]] = Field(min_length=1)
    runs: int = Field(ge=1)
    made: Made
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _whole(self) -> Seal:
        for who, shares in self.probabilities.items():
            if (
                len(shares) != len(self.forecast.answers)
                or abs(sum(shares) - 1) > SUM_TOLERANCE
                or min(shares) < 0
            ):
                raise ValueError(f"probabilities.{who}: must be one an answer, and 1 in all")
        return self

    @property
    def answers(self) -> list[str]:
        """The names of the answers, in their order."""
        return [answer.name for answer in self.forecast.answers]

    @property
    def text(self) -> bytes:
        """The file."""
        return (json.dumps(self.model_dump(exclude_none=True), indent=1, ensure_ascii=False) + "\n").encode()


def forecast_names() -> list[str]:
    """The ids of the forecasts in `configs/`."""
    return names_in(FORECASTS)


def load_forecast(
    name: str, changes: Mapping[str, Any] | None = None, mechanisms: Iterable[Mechanism] = ()
) -> tuple[Forecast, Scenario]:
    """A forecast by its id in `configs/` or its file, with some fields changed, and its scenario, which ends at `by`.

    Raises `InputError` with one sentence.
    """
    forecast, path = read_named(Forecast, FORECASTS, name, "seal", changes)
    try:
        ready = asked_of(forecast, path, mechanisms)
        for rival in forecast.rivals:
            laid_over(rival, ready)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return forecast, ready


def seal(name: str, today: date, command: str = "", mechanisms: Iterable[Mechanism] = (), **changes: Any) -> Seal:
    """Fix a forecast of `configs/forecasts` or of a .yaml file, on a day, by the model and the rivals that it names.

    `changes` replaces fields of it. Raises `InputError` where the event is past, since that would be no forecast.
    """
    forecast, scenario = load_forecast(name, changes, mechanisms)
    if not is_future(forecast.by, today):
        raise InputError(f"by: {forecast.by}: is past; a forecast is sealed before the event")
    shares, rows = _shares(forecast, scenario)
    made = Made(
        scenario=scenario_text(scenario), scenario_sha256=scenario_hash(scenario), parameters_sha256=rows,
        code_sha256=source_digest(), versions=versions(), command=command,
    )  # fmt: skip
    content = Seal(
        sealed=today.isoformat(), forecast=forecast, probabilities=shares,
        runs=forecast.draws * forecast.replicates, made=made, digest="0" * 64,
    )  # fmt: skip
    return content.model_copy(update={"digest": digest_of(content)})


def again(sealed: Seal) -> dict[str, list[float]]:
    """The probabilities of a seal made once more from what it holds, to be held against its own."""
    scenario = parse_scenario(sealed.made.scenario, f"{sealed.forecast.name}, its scenario")
    return _shares(sealed.forecast, scenario)[0]


def is_future(by: str, today: date) -> bool:
    """Whether the end of a month is still to come."""
    return month_number(by) >= today.year * MONTHS_IN_YEAR + today.month - 1


def digest_of(sealed: Seal) -> str:
    """The digest of everything in a seal but the digest."""
    content = sealed.model_dump(exclude={"digest"}, exclude_none=True)
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read_seal(path: Path) -> Seal:
    """A seal from its file. Raises `InputError` for one that is damaged or was changed."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: no seal: larger than {MOST_BYTES:,} bytes")
        found = Seal.model_validate(json.loads(path.read_bytes()))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        wrong = error.errors()[0]
        at = ".".join(map(str, wrong["loc"]))
        rule = wrong.get("ctx", {}).get("error", wrong["msg"][0].lower() + wrong["msg"][1:])
        raise InputError(f"{path}: no seal, or damaged: {at + ': ' if at else ''}{rule}") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: no seal, or damaged: {' '.join(str(error).split())[:200]}") from None
    if digest_of(found) != found.digest:
        raise InputError(
            f"{path}: was changed after it was sealed: its content does not have the digest that it bears"
        )
    return found


def _shares(forecast: Forecast, scenario: Scenario) -> tuple[dict[str, list[float]], str]:
    """Share of runs that end in each answer, by who forecasts, and the digest of the rows of parameters."""
    count = 1 if forecast.parameters == "default" else forecast.draws
    rows = parameter_sets(forecast.parameters, count, forecast.seed, scenario)
    digest = hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()
    points, noise = repeated(rows, forecast.draws * forecast.replicates // count)
    found: dict[str, list[float]] = {}
    for who in (MODEL, *forecast.rivals):
        world = scenario if who == MODEL else laid_over(who, scenario)
        made = run_rows(world, points, noise, forecast.seed, [forecast.outcome])
        if len(made.failed):
            raise InputError(
                f"{who}: parameters, row {made.failed['point'].iloc[0]}: {made.failed['message'].iloc[0]}"
            )
        values = made.outcomes[forecast.outcome].to_numpy(dtype=float)
        answers = np.searchsorted(forecast.edges, values, side="left")
        counts = np.bincount(answers, minlength=len(forecast.answers))
        found[who] = [float(share) for share in counts / counts.sum()]
    return found, digest
