"""`entente decompose`: run a full factorial study and tell its factors apart."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def decompose(
    study: Annotated[
        str,
        typer.Argument(
            help="A full factorial study of configs/studies, or a .yaml file.", autocompletion=shipped("studies")
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="The study's folder; default runs/STUDY.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew in a folder that holds a study.")] = False,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say what each factor of a full factorial study does alone, and what they do together.

    Example: entente decompose four-reasons --out reasons
    """
    from entente.analysis.factorial import FOLDER, make_decomposition
    from entente.analysis.factorial import decompose as analyse
    from entente.analysis.factorial_charts import main_effects
    from entente.experiments.store import make_way, same_study
    from entente.screen import forecast, note, runs_progress

    ready = make_decomposition(study, mechanisms_of(mechanism))
    folder = out or Path("runs") / ready.study.name
    make_way(folder)
    if not fresh:
        same_study(folder, ready.identity)
    note(forecast(ready.study.name, ready.forecast(), 0))
    with runs_progress(ready.runs, ready.study.name) as advance:
        found = analyse(ready, folder, workers, fresh, advance, note)
    terms = main_effects(found)
    if as_json:
        answer = {
            "runs": ready.runs, "points": len(ready.design), "replicates": ready.study.replicates,
            "seconds": round(found.seconds["all"], 3), "folder": str(folder / FOLDER),
            "terms": json.loads(found.terms.to_json(orient="records")),
        }  # fmt: skip
        sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
        return
    for outcome, own in terms.groupby("outcome", sort=False):
        sys.stdout.write(f"{outcome}, {own['year'].iloc[0]}\n")
        for row in own.head(6).to_dict("records"):
            effect = (
                f"; effect {row['effect']:+.3f} ({row['effect_low']:+.3f} to {row['effect_high']:+.3f})"
                if "effect" in row and row["effect"] == row["effect"]
                else ""
            )
            sys.stdout.write(f"  {row['term']}: {row['share']:.1%} of the variance{effect}\n")
    sys.stdout.write(f"Everything is in {folder / FOLDER}\n")
