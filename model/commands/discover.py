"""`entente discover`: which factors bring an outcome about."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import shipped


def discover(
    study: Annotated[
        str,
        typer.Argument(
            help="Folder of a finished study, or a study to run: its id or .yaml file.",
            autocompletion=shipped("studies"),
        ),
    ],
    outcome: Annotated[str, typer.Option(help="An outcome that the study measures.")],
    above: Annotated[float | None, typer.Option(help="What is looked for: the outcome above this,")] = None,
    below: Annotated[float | None, typer.Option(help="or below this.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed that breaks ties of the tree.")] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads that run the study; default all cores.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder; must be new or empty.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Find the boxes of factors in which an outcome is above or below a level (PRIM and CART).

    Example: entente discover shock-size-timing --outcome depth:tashkent@2016 --above .5
    """
    from entente.analysis.boxes import need_workbench
    from entente.analysis.discover import check_search, sentences, study_folder
    from entente.analysis.discover import discover as find
    from entente.analysis.discover_charts import discovery_figures
    from entente.analysis.output import write_analysis
    from entente.experiments.folder import run_folder
    from entente.screen import note

    need_workbench("discover")
    folder = run_folder(out, "discover")
    check_search(study, outcome, above, below)
    kept = study_folder(study, workers, note)
    found = find(kept, outcome, above, below, seed)
    report = {"run_dir": str(folder), "study": str(kept), "seed": seed, **found.report}
    tables = {"boxes": found.boxes, "limits": found.limits, "points": found.points}
    write_analysis(folder, tables, discovery_figures(found), report)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
    else:
        sys.stdout.write("\n".join([*sentences(found), f"Everything is in {folder}"]) + "\n")
