"""`entente sensitivity`: run a study and say what its outcomes depend on."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def sensitivity(
    study: Annotated[
        str,
        typer.Argument(
            help="A study with an analysis: of configs/studies, or a .yaml file.",
            autocompletion=shipped("studies"),
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="The study's folder; default runs/STUDY.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Threads; default all cores.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew in a folder that holds a study.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs it needs, and do nothing.")
    ] = False,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say what a study's outcomes depend on, with intervals, figures and a report.

    Example: entente sensitivity sobol-groups --dry-run
    """
    from entente.analysis.methods import needed
    from entente.analysis.sensitivity import FOLDER, forecast_runs, make_sensitivity
    from entente.analysis.sensitivity import sensitivity as analyse
    from entente.experiments.store import make_way, same_study
    from entente.screen import note, runs_progress

    ready = make_sensitivity(study, mechanisms_of(mechanism))
    folder = out or Path("runs") / ready.study.name
    make_way(folder)
    if not fresh:
        same_study(folder, ready.identity)
    method, runs = needed(ready.study).method, forecast_runs(ready)
    note(
        f"{ready.study.name}: {method}: {runs:,} runs: {len(ready.design):,} points, {ready.study.replicates} replicates"
        + (f", and {runs - ready.runs:,} for the signs" if runs > ready.runs else "")
    )
    plan = {"method": method, "runs": runs, "points": len(ready.design), "replicates": ready.study.replicates}
    if dry_run:
        if as_json:
            sys.stdout.write(json.dumps(plan) + "\n")
        return
    with runs_progress(ready.runs, ready.study.name) as advance:
        found = analyse(ready, folder, workers, fresh, advance, note)
    for row in found.constant.to_dict("records"):
        note(f"{row['outcome']} in {row['year']}: always {row['value']:.3g}; there is nothing to explain in it")
    for sentence in found.warnings:
        note(sentence)
    report = folder / FOLDER / "report.html"
    if as_json:
        kept = ["outcome", "year", "parameter", "index", "value", "low", "high"]
        answer = plan | {
            "seconds": round(found.seconds["all"], 3),
            "seconds_by_part": {name: round(value, 3) for name, value in found.seconds.items()},
            "report": str(report),
            "indices": found.indices[kept].to_dict("records"),
            "signs": json.loads(found.signs.to_json(orient="records")),
            "variance": found.variance.to_dict("records"),
            "constant": found.constant.to_dict("records"),
            "warnings": found.warnings,
        }
        sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
        return
    _print(found, report)


def _print(found: object, report: Path) -> None:
    from entente.analysis.found import Sensitivity
    from entente.analysis.sensitivity_charts import main_rows, short

    assert isinstance(found, Sensitivity)
    for outcome, own in main_rows(found).groupby("outcome", sort=False):
        top = own.sort_values("value", ascending=False, kind="stable").head(5)
        words = ", ".join(
            f"{short(row['parameter'])} {row['value']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
            for row in top.to_dict("records")
        )
        sys.stdout.write(f"{outcome}: {top['index'].iloc[0]}: {words}\n")
    verdicts = found.signs["verdict"].value_counts()
    if len(verdicts):
        sys.stdout.write("Signs: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items()) + "\n")
    sys.stdout.write(f"The report is {report}\n")
