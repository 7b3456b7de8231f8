"""`entente batch`: run a study."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from entente.errors import InputError

from .options import MechanismFiles, mechanisms_of, shipped


def batch(
    study: Annotated[
        str, typer.Argument(help="A study of configs/studies, or a .yaml file.", autocompletion=shipped("studies"))
    ],
    out: Annotated[
        str | None,
        typer.Option(help="The study's folder, or an address such as s3://bucket/prefix; default runs/STUDY."),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Run on the Dask cluster of this scheduler, tcp://HOST:PORT."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew in a folder that holds a study.")] = False,
    figures: Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")] = True,
    parameters: Annotated[
        str, typer.Option(help="default, prior, posterior, or a .parquet or .csv file of dotted paths.")
    ] = "default",
    draws: Annotated[
        int, typer.Option(min=1, help="With --parameters: under how many sets each point is run.")
    ] = 100,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Run a study; interrupted or killed, the same command goes on where it stopped.

    Example: entente batch small --workers 2 --out small
    """
    from entente.experiments.batch import run_batch
    from entente.experiments.places import below
    from entente.experiments.plan import make_batch
    from entente.experiments.redraw import redraw
    from entente.experiments.store import make_way, same_study
    from entente.screen import forecast, note, runs_progress

    if workers is not None and scheduler is not None:
        raise InputError("--workers: threads of this machine; with --scheduler the cluster has its own")
    ready = make_batch(study, parameters=parameters, draws=draws, mechanisms=mechanisms_of(mechanism))
    folder = out or str(Path("runs") / ready.study.name)
    make_way(folder)
    if not fresh:
        same_study(folder, ready.identity)
    note(forecast(ready.study.name, ready.forecast(), len(ready.failures)))
    if dry_run:
        if as_json:
            sys.stdout.write(json.dumps({"run_dir": folder, **ready.forecast()}) + "\n")
        return
    with runs_progress(ready.runs, ready.study.name) as advance:
        report = run_batch(ready, folder, workers, fresh, advance, note, scheduler)
    if figures:
        redraw(folder)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
    else:
        sys.stdout.write(
            f"{report['ok']} runs done, {report['failed']} failed, {report['resumed']} found finished; "
            f"{report['runs_per_s']:.0f} runs a second. Everything is in {folder}\n"
        )
    if report["failed"]:
        note(f"{report['failed']} runs failed; {below(folder, 'failed.parquet')} says why")
        sys.exit(1)
