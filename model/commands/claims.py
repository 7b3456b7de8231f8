"""`entente claims`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def claims(
    draws: Annotated[int, typer.Option(min=2, help="Draws of the parameters.")] = 1000,
    only: Annotated[str | None, typer.Option(metavar="C34,C19", help="Claims by id; none: all.")] = None,
    rival: Annotated[
        str | None,
        typer.Option(help="A rival of configs/rivals, laid over every world.", autocompletion=shipped("rivals")),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of draws.")
    ] = "prior",
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    out: Annotated[Path | None, typer.Option(help="Keep tables and figures in this folder; new or empty.")] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list and nothing else.")] = False,
) -> None:
    """Put the memo's claims to the model: in which share of draws does each hold?

    Example: entente claims --only C19,C34 --draws 100
    """
    from entente.engines.compiled.ensemble import prepare
    from entente.evidence.claims import inquire
    from entente.evidence.claims.report import json_rows, keep, print_table
    from entente.experiments.folder import run_folder
    from entente.screen import note, runs_progress

    ids = None if only is None else [id_.strip() for id_ in only.split(",") if id_.strip()]
    ready = inquire(draws, ids, rival, seed, parameters, mechanisms=mechanisms_of(mechanism))
    folder = None if out is None else run_folder(out, "claims")
    prepare(note, *ready.scenarios)
    with runs_progress(ready.runs, "claims") as advance:
        found = ready.evaluate(workers, advance)
    if folder is not None:
        keep(found, folder, {"draws": draws, "rival": rival, "seed": seed, "parameters": parameters})
    if as_json:
        sys.stdout.write(json.dumps(json_rows(found.claims), allow_nan=False) + "\n")
    else:
        print_table(found, rival)
        if folder is not None:
            sys.stdout.write(f"Everything is in {folder}\n")
