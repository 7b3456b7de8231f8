"""`entente decide`: which option is good when nobody knows the world."""

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


def decide(
    question: Annotated[
        str | None,
        typer.Argument(
            help="A decision of configs/decisions, or a .yaml file; none: list them.",
            autocompletion=shipped("decisions"),
        ),
    ] = None,
    probability: Probability = None,
    by: By = None,
    parameters: Parameters = None,
    draws: Draws = None,
    replicates: Replicates = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="The folder; new, empty, or one to go on in.")] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Find the option that is good in most worlds: loss, regret, robustness, cost, where it fails, how long it lasts.

    Example: entente decide keep-apart --draws 50 --out apart
    """
    from entente.analysis.boxes import need_workbench
    from entente.analysis.output import write_into
    from entente.counsel.decide import decide as decided
    from entente.counsel.decide import sentences
    from entente.counsel.decide_charts import decision_figures
    from entente.counsel.decision import decision_names, load_decision
    from entente.experiments.folder import run_folder
    from entente.experiments.kept import kept_folder
    from entente.experiments.places import Folder
    from entente.screen import note, now_and_then

    if question is None:
        list_files(decision_names(), lambda name: load_decision(name)[0].summary)
        return
    changes = replaced(
        probability=probability, by=by, parameters=parameters, draws=draws, replicates=replicates, seed=seed
    )
    need_workbench("decide")
    own = mechanisms_of(mechanism)
    asked, _ = load_decision(question, changes, own)
    count = len(asked.choices())
    folder = kept_folder(out if out is not None else run_folder(None, f"decide-{asked.name}"))
    worlds = 1 + len(asked.rivals)
    note(
        f"{asked.name}: {count} options in {asked.draws * worlds:,} worlds, {count * asked.draws * worlds * asked.replicates:,} runs, and sequences of them"
    )
    told = now_and_then(note)
    with Folder(folder).held():
        found = decided(
            question, folder, mechanisms=own, say=lambda words: told(f"{asked.name}: {words}"), **changes
        )
        tables = {
            "options": found.options,
            "sequences": found.sequences,
            "explanations": found.explanations,
            "years": found.years,
        }
        if found.discovery is not None:
            tables |= {"fails": found.discovery.boxes, "fails-limits": found.discovery.limits}
        write_into(folder, tables, decision_figures(found), found.report)
    if as_json:
        sys.stdout.write(json.dumps({"run_dir": str(folder), **found.report}, allow_nan=False) + "\n")
        return
    sys.stdout.write("\n".join([*sentences(found), f"Tables, figures and report are in {folder}"]) + "\n")
