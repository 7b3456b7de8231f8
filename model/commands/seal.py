"""`entente seal` and `entente grade`: a forecast that is fixed before the event, and its score after."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import (
    Draws,
    MechanismFiles,
    Parameters,
    Replicates,
    Seed,
    list_files,
    mechanisms_of,
    replaced,
    shipped,
)

LEDGER = "ledger.json"


def seal(
    forecast: Annotated[
        str | None,
        typer.Argument(
            help="A forecast of configs/forecasts, or a .yaml file; none: list them.",
            autocompletion=shipped("forecasts"),
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The file; must be new. [default: NAME.seal.json]")] = None,
    parameters: Parameters = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    again: Annotated[
        Path | None,
        typer.Option(
            metavar="SEAL",
            help="Make a seal's probabilities once more and compare; runs the mechanisms that it holds.",
        ),
    ] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Fix a forecast before the event; options replace what the forecast says.

    Example: entente seal russia-china-2030 --out russia-china.seal.json
    """
    from entente.counsel.seal import again as made_again
    from entente.counsel.seal import forecast_names, load_forecast, read_seal
    from entente.counsel.seal import seal as sealed_of
    from entente.errors import InputError, shown
    from entente.experiments.places import write_whole

    if again is not None:
        if forecast is not None:
            raise InputError(f"{shown(forecast)}: --again makes a seal once more; leave the forecast out")
        _compare(read_seal(again), made_again, as_json)
        return
    if forecast is None:
        list_files(forecast_names(), lambda name: load_forecast(name)[0].question)
        return
    changes = replaced(parameters=parameters, draws=draws, replicates=replicates, seed=seed)
    own = mechanisms_of(mechanism)
    asked, _ = load_forecast(forecast, changes, own)
    path = out if out is not None else Path(f"{asked.name}.seal.json")
    if path.exists():
        raise InputError(f"{path}: exists; a seal replaces nothing")
    made = sealed_of(forecast, datetime.now(UTC).date(), " ".join(["entente", *sys.argv[1:]]), own, **changes)
    try:
        write_whole(path, made.text)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    if as_json:
        sys.stdout.write(json.dumps(made.model_dump(exclude_none=True)) + "\n")
        return
    sys.stdout.write(f"{made.forecast.question}\n{_table(made.answers, made.probabilities)}")
    sys.stdout.write(
        f"\n{made.runs:,} runs. Sealed on {made.sealed} in {path}. Publish its digest where others can date it:\n"
        f"{made.digest}\n"
    )


def grade(
    seal: Annotated[Path | None, typer.Argument(help="The sealed forecast; none: show the ledger.")] = None,
    answer: Annotated[str | None, typer.Option(help="The answer that came true, as the seal names it.")] = None,
    source: Annotated[str | None, typer.Option(help="What says so: a document and its date.")] = None,
    ledger: Annotated[Path, typer.Option(help="The file that keeps all grades.")] = Path(LEDGER),
    figure: Annotated[
        Path | None, typer.Option(help="Where to draw the calibration curve: a path without ending.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Score a sealed forecast when its outcome is known, and keep the score in a ledger.

    Example: entente grade russia-china.seal.json --answer "a standing organ" --source "SCO communique, 2030-07-01"
    """
    from entente.counsel.grade import calibration_figure, enter, read_ledger, report
    from entente.counsel.grade import grade as graded
    from entente.counsel.seal import read_seal
    from entente.errors import InputError
    from entente.telling.drawing import save_figure

    if seal is None:
        if answer is not None or source is not None:
            raise InputError("--answer, --source: belong to a seal; name its file")
        found = read_ledger(ledger)
        if not found.grades:
            raise InputError(f"{ledger}: holds no grade; name a seal, its --answer and its --source")
    else:
        sealed = read_seal(seal)
        if answer is None or source is None:
            answers = ", ".join(map(repr, sealed.answers))
            raise InputError(f"{seal}: --answer and --source: both are needed; the answers are {answers}")
        found = enter(ledger, graded(sealed, answer, source, datetime.now(UTC).date()))
    told = report(found)
    if as_json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        _show(told, found.grades[-1].name if seal is not None else None)
    if figure is not None:
        save_figure(calibration_figure(found.grades), figure)


def _table(answers: list[str], probabilities: dict[str, list[float]]) -> str:
    from entente.counsel.words import chance

    width = max(map(len, answers))
    lines = [f"{'':<{width}}  " + "  ".join(f"{who:>7}" for who in probabilities)]
    for place, answer in enumerate(answers):
        cells = "  ".join(f"{shares[place]:>{max(7, len(who))}.1%}" for who, shares in probabilities.items())
        first = next(iter(probabilities.values()))[place]
        lines.append(f"{answer:<{width}}  {cells}  {chance(first)}")
    return "\n".join(lines) + "\n"


def _compare(sealed: Any, made_again: Any, as_json: bool) -> None:
    from entente.errors import InputError

    new = made_again(sealed)
    apart = max(
        abs(a - b) for who, old in sealed.probabilities.items() for a, b in zip(old, new[who], strict=True)
    )
    if as_json:
        sys.stdout.write(json.dumps({"probabilities": new, "apart": apart}) + "\n")
    elif apart == 0:
        sys.stdout.write(f"{sealed.forecast.name}: made once more, every probability is the same.\n")
    if apart:
        words = f"{sealed.forecast.name}: made once more, a probability differs by {apart:.4f}"
        raise InputError(f"{words}: this version of the code, its parameters or a library is another")


def _show(told: dict[str, Any], name: str | None) -> None:
    if name is not None:
        for row in told["scores"]:
            if row["name"] == name:
                sys.stdout.write(
                    f"{name}, {row['who']}: gave {row['probability']:.1%} to what came true; Brier {row['brier']:.3f}, "
                    f"log {row['log']:.3f}, ranked {row['rps']:.3f}\n"
                )
    for who, row in told["means"].items():
        sys.stdout.write(
            f"mean of {told['graded']} graded, {who}: Brier {row['brier']:.3f}, log {row['log']:.3f}, "
            f"ranked {row['rps']:.3f}\n"
        )
