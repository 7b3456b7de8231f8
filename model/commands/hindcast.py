"""`entente hindcast`: score a scenario against a record of what happened."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .options import MechanismFiles, mechanisms_of


def hindcast(
    scenario: Annotated[str, typer.Argument(help="Scenario of configs/ or path of a .yaml file.")] = "record-1992",
    record: Annotated[
        str, typer.Argument(help="Record of configs/records, or a .csv file: tie, treaty, year, rung.")
    ] = "rungs-1992-2001",
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of rows.")
    ] = "prior",
    draws: Annotated[int, typer.Option(min=1, help="Runs, each with its own parameters and noise.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    rival: Annotated[str | None, typer.Option(help="A rival of configs/rivals, laid over the scenario.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for scores, cells and the figure; new or empty.")
    ] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Score a scenario against a record, beside persistence, base rate and the ratchet."""
    from entente.engines.compiled.ensemble import prepare
    from entente.evidence.hindcast import hindcast as score
    from entente.experiments.folder import run_folder
    from entente.schema.load import load_scenario
    from entente.screen import note

    folder = None if out is None else run_folder(out, "hindcast")
    # The baselines are fitted on the scenario that comes with the record.
    ready = load_scenario(scenario, mechanisms=mechanisms_of(mechanism))
    prepare(note, ready, load_scenario())
    found = score(ready, record, parameters, draws, seed, rival)
    report = found.report()
    if folder is not None:
        from entente.evidence.charts import hindcast_figure, save
        from entente.experiments.places import write_whole

        write_whole(folder / "hindcast.json", (json.dumps(report, indent=1) + "\n").encode())
        write_whole(folder / "cells.csv", found.cells.to_csv(index=False).encode())
        save({"hindcast": hindcast_figure(found)}, folder)
    sys.stdout.write(json.dumps(report, allow_nan=False) + "\n" if as_json else _table(report))


def _table(report: dict[str, Any]) -> str:
    """Scores of each tie and of all, a line each, as columns."""
    names = ["rps", "rps_persistence", "rps_base_rate", "rps_ratchet", "log_score", "coverage90", "hit_rate_up"]
    lines = [" ".join([f"{'tie':<24}", "cells", *names])]
    for tie, scores in {**report["ties"], "all": report["overall"]}.items():
        values = ["-" if scores[name] is None else f"{scores[name]:.3f}" for name in names]
        cells = [f"{value:>{len(name)}}" for name, value in zip(names, values, strict=True)]
        lines.append(" ".join([f"{tie[:24]:<24}", f"{scores['cells']:>5}", *cells]))
    return "\n".join(lines) + "\n"
