"""`entente threshold`: how large a lever must be."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import MechanismFiles, mechanisms_of


def threshold(
    question: Annotated[
        str | None, typer.Argument(help="A question of configs/questions, or a .yaml file; none: list them.")
    ] = None,
    probability: Annotated[float | None, typer.Option(help="In which share of runs it must hold.")] = None,
    by: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="The month by which it must hold.")] = None,
    parameters: Annotated[
        str | None, typer.Option(help="default, prior, posterior, or a .parquet or .csv file of dotted paths.")
    ] = None,
    draws: Annotated[int | None, typer.Option(min=1, help="Draws of the parameters.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Runs of each draw.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the draws and the noise.")] = None,
    out: Annotated[Path | None, typer.Option(help="The folder; must be new or empty.")] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Find the smallest lever that keeps or brings an outcome; options replace what the question says."""
    from entente.analysis.output import write_analysis
    from entente.analysis.question import load_question, question_names
    from entente.analysis.threshold import sentence
    from entente.analysis.threshold import threshold as answer
    from entente.analysis.threshold_charts import threshold_figures
    from entente.experiments.folder import run_folder
    from entente.screen import note

    if question is None:
        names = question_names()
        width = max(map(len, names))
        for name in names:
            sys.stdout.write(f"{name:<{width}}  {load_question(name)[0].summary}\n")
        return
    given: dict[str, Any] = {"probability": probability, "by": by, "parameters": parameters, "draws": draws,
             "replicates": replicates, "seed": seed}  # fmt: skip
    changes = {name: value for name, value in given.items() if value is not None}
    own = mechanisms_of(mechanism)
    asked, _ = load_question(question, changes, own)
    folder = run_folder(out, f"threshold-{asked.name}")
    note(f"{asked.name}: {asked.most_runs:,} runs at most")
    found = answer(question, mechanisms=own, **changes)
    report = {"run_dir": str(folder), **found.report}
    write_analysis(folder, {"curve": found.curve, "runs": found.runs}, threshold_figures(found), report)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
        return
    lines = [sentence(found.question, each) for each in found.answers]
    if len(found.failed):
        lines.append(
            f"{len(found.failed)} draws could not run and are left out: {found.failed['message'].iloc[0]}"
        )
    sys.stdout.write("\n".join([*lines, f"Everything is in {folder}"]) + "\n")
