"""`entente response`: what a shock does to the ties of a folder, in the record and in the model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of


def response(
    folder: Annotated[str, typer.Argument(help="Folder of scenarios NAME.yaml with their records NAME.csv.")],
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of rows.")
    ] = "prior",
    draws: Annotated[int, typer.Option(min=1, help="Sets of parameters, the same for all ties.")] = 200,
    replicates: Annotated[int, typer.Option(min=1, help="Runs of each set, each with noise of its own.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of draws, noise, chain and bootstraps.")] = 0,
    resamples: Annotated[int, typer.Option(min=1, help="Bootstraps by tie, and as many by state.")] = 2000,
    turns: Annotated[int, typer.Option(min=1, help="Records with turned dates, for the placebo.")] = 500,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables, figure and verdict; must be new or empty.")
    ] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Compare years after disputes with matched quiet ones in record, model and Markov chain, by one estimator.

    Example: entente response ties --draws 200 --out answer
    """
    from entente.analysis.output import write_analysis
    from entente.evidence.response.charts import response_figure
    from entente.evidence.response.estimate import response as estimate
    from entente.evidence.ties import load_ties
    from entente.experiments.folder import run_folder
    from entente.screen import note, runs_progress

    place = run_folder(out, "response")
    ties = load_ties(folder, mechanisms_of(mechanism))
    with runs_progress(len(ties.ties) * draws * replicates, "response") as advance:
        found = estimate(ties, parameters, draws, replicates, seed, resamples, turns, advance=advance)
    for row in found.failed.to_dict("records"):
        note(f"{row['name']}: left out: {row['message']}")
    report = found.report()
    tables = {"estimates": found.estimates, "placebos": found.placebos, "failed": found.failed}
    write_analysis(place, tables, {"response": response_figure(found)}, report)
    if as_json:
        sys.stdout.write(json.dumps(report | {"run_dir": str(place)}, allow_nan=False) + "\n")
        return
    sys.stdout.write("\n".join([*found.verdict, f"Everything is in {place}"]) + "\n")
