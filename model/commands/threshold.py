"""`entente threshold`: how large a lever must be."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import (
    By,
    Draws,
    MechanismFiles,
    Parameters,
    Probability,
    Replicates,
    Seed,
    list_files,
    mechanisms_of,
    replaced,
    shipped,
)


def threshold(
    question: Annotated[
        str | None,
        typer.Argument(
            help="A question of configs/questions, or a .yaml file; none: list them.",
            autocompletion=shipped("questions"),
        ),
    ] = None,
    probability: Probability = None,
    by: By = None,
    parameters: Parameters = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="The folder; must be new or empty.")] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Find the smallest lever that keeps or brings an outcome; options replace what the question says.

    Example: entente threshold memo-package --draws 50 --by 2006-08
    """
    from entente.analysis.declared import DECLARED
    from entente.analysis.output import write_analysis
    from entente.analysis.question import load_question, question_names
    from entente.analysis.threshold import sentence
    from entente.analysis.threshold import threshold as answer
    from entente.analysis.threshold_charts import threshold_figures
    from entente.experiments.folder import run_folder
    from entente.screen import note

    if question is None:
        list_files(question_names(), lambda name: load_question(name)[0].summary)
        return
    changes = replaced(
        probability=probability, by=by, parameters=parameters, draws=draws, replicates=replicates, seed=seed
    )
    own = mechanisms_of(mechanism)
    asked, _ = load_question(question, changes, own)
    folder = run_folder(out, f"threshold-{asked.name}")
    note(f"{asked.name}: {asked.most_runs:,} runs at most")
    found = answer(question, mechanisms=own, **changes)
    report = {"run_dir": str(folder), **found.report}
    write_analysis(folder, {"curve": found.curve, "runs": found.runs}, threshold_figures(found), report, DECLARED)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
        return
    lines = [sentence(found.question, each) for each in found.answers]
    if len(found.failed):
        lines.append(
            f"{len(found.failed)} draws could not run and are left out: {found.failed['message'].iloc[0]}"
        )
    sys.stdout.write("\n".join([*lines, f"Everything is in {folder}"]) + "\n")
