"""`entente hindcast`: score a scenario against a record of what happened, or a folder of scenarios against theirs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from entente.errors import InputError, shown
from entente.month.mechanism import Mechanism

from .options import MechanismFiles, horizons_of, mechanisms_of, shipped

RECORD = "rungs-1992-2001"
DRAWS, DRAWS_OF_MANY = 500, 200


def hindcast(
    scenario: Annotated[
        str,
        typer.Argument(
            help="Scenario of configs/, a .yaml file, or a folder of NAME.yaml, each with NAME.csv.",
            autocompletion=shipped("scenarios"),
        ),
    ] = "record-1992",
    record: Annotated[
        str | None,
        typer.Argument(
            help="Record of configs/records, or a .csv file: tie, treaty, year, rung. [default: rungs-1992-2001]",
            show_default=False,
            autocompletion=shipped("records"),
        ),
    ] = None,
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of rows.")
    ] = "prior",
    draws: Annotated[
        int | None,
        typer.Option(min=1, help="Sets of parameters. [default: 500; of a folder 200]", show_default=False),
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Runs of each set, each with noise of its own.")] = 1,
    horizons: Annotated[
        str | None,
        typer.Option(
            metavar="YEARS",
            help="Years ahead, 1,3,5,10: forecasts of a folder begin anew from every coded year.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    rival: Annotated[
        str | None,
        typer.Option(help="A rival of configs/rivals, laid over the scenario.", autocompletion=shipped("rivals")),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for scores, cells and figures; new or empty. Of many ties also one to go on in."
        ),
    ] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Score a scenario against a record, or a folder of them, beside forecasts that know nothing of threats.

    Example: entente hindcast record-1992 rungs-1992-2001 --parameters posterior
    """
    own = mechanisms_of(mechanism)
    if Path(scenario).is_dir():
        if record is not None:
            raise InputError(f"{shown(record)}: a folder of ties brings its own records; leave the record out")
        asked = {
            "parameters": parameters, "draws": draws or DRAWS_OF_MANY, "replicates": replicates, "seed": seed,
            "rival": rival, "horizons": horizons_of(horizons), "mechanisms": own,
        }  # fmt: skip
        _many(scenario, out, as_json, asked)
        return
    if horizons is not None:
        raise InputError(
            f"--horizons: {scenario} is one scenario; name a folder that holds NAME.yaml and NAME.csv of many ties"
        )
    _one(scenario, record or RECORD, parameters, draws or DRAWS, replicates, seed, rival, out, own, as_json)


def _one(
    scenario: str,
    record: str,
    parameters: str,
    draws: int,
    replicates: int,
    seed: int,
    rival: str | None,
    out: Path | None,
    own: Sequence[Mechanism],
    as_json: bool,
) -> None:
    from entente.engines.compiled.ensemble import prepare
    from entente.evidence.hindcast.one import hindcast as score
    from entente.experiments.folder import run_folder
    from entente.schema.load import load_scenario
    from entente.screen import note

    folder = None if out is None else run_folder(out, "hindcast")
    # The baselines are fitted on the scenario that comes with the record.
    ready = load_scenario(scenario, mechanisms=own)
    prepare(note, ready, load_scenario())
    if parameters == "default" and draws > 1:
        note(
            f"--parameters default: the {draws} draws differ by noise alone; prior and posterior vary the parameters"
        )
    found = score(ready, record, parameters, draws, seed, rival, replicates=replicates)
    report = found.report()
    if folder is not None:
        from entente.evidence.hindcast.charts import hindcast_figure, save
        from entente.experiments.places import write_whole

        write_whole(folder / "hindcast.json", (json.dumps(report, indent=1) + "\n").encode())
        write_whole(folder / "cells.csv", found.cells.to_csv(index=False).encode())
        save({"hindcast": hindcast_figure(found)}, folder)
    sys.stdout.write(json.dumps(report, allow_nan=False) + "\n" if as_json else _table(report))


def _many(folder: str, out: Path | None, as_json: bool, asked: dict[str, Any]) -> None:
    from entente.evidence.hindcast.many import REPORT, run_many
    from entente.evidence.hindcast.many_report import in_short, overview, write
    from entente.evidence.hindcast.pooled import Pooled
    from entente.experiments.kept import kept_folder
    from entente.screen import note

    place = None if out is None else kept_folder(out)
    found = Pooled(run_many(folder, out=place, say=note, progress=note, **asked))
    failed = found.many.failed
    if len(failed):
        first = failed.iloc[0]
        where = "" if place is None else f"; all are in {place / 'failed.csv'}"
        note(f"{len(failed)} could not be scored; the first is {first['name']}: {first['message']}{where}")
    if place is not None:
        write(found, place)
    report = overview(found)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
        return
    sys.stdout.write(_scores(report) + "".join(f"{sentence}\n" for sentence in in_short(found)))
    if place is not None:
        sys.stdout.write(f"Tables, figures and {REPORT} are in {place}\n")


def _scores(report: dict[str, Any]) -> str:
    """Scores of every forecast, a line each; one column a horizon."""
    groups = list(report["scores"])
    lines = [" ".join([f"{'rps':<20}", *(f"{_ahead(group):>9}" for group in groups)])]
    for name in report["scores"][groups[0]]:
        values = (f"{report['scores'][group][name]['rps']:>9.3f}" for group in groups)
        lines.append(" ".join([f"{name:<20}", *values]))
    return "\n".join(lines) + "\n"


def _ahead(group: str) -> str:
    return f"{group} years" if group.isdigit() and group != "1" else "1 year" if group == "1" else group


def _table(report: dict[str, Any]) -> str:
    """Scores of each tie and of all, a line each, as columns."""
    names = ["rps", "rps_persistence", "rps_base_rate", "rps_ratchet", "log_score", "coverage90", "hit_rate_up"]
    lines = [" ".join([f"{'tie':<24}", "cells", *names])]
    for tie, scores in {**report["ties"], "all": report["overall"]}.items():
        values = ["-" if scores[name] is None else f"{scores[name]:.3f}" for name in names]
        cells = [f"{value:>{len(name)}}" for name, value in zip(names, values, strict=True)]
        lines.append(" ".join([f"{tie[:24]:<24}", f"{scores['cells']:>5}", *cells]))
    return "\n".join(lines) + "\n"
