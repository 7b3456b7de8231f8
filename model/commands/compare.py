"""`entente compare`: two worlds on the same noise."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def compare(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A", help="Scenario of configs/ or a .yaml file.", autocompletion=shipped("scenarios")
        ),
    ],
    b: Annotated[
        str | None,
        typer.Argument(
            metavar="B", help="The second; none: A with the changes named.", autocompletion=shipped("scenarios")
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="TREATY:ARTICLE", help="The second without an article."),
    ] = None,
    without_treaty: Annotated[
        list[str] | None, typer.Option("--without-treaty", metavar="TREATY", help="The second without a treaty.")
    ] = None,
    without_event: Annotated[
        list[str] | None,
        typer.Option("--without-event", metavar="EVENT", help="An id, or shocks by SOURCE, DATE or SOURCE@DATE."),
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change one leaf of the second.")
    ] = None,
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help="What is compared; none: every tie.")
    ] = None,
    parameters: Annotated[
        str, typer.Option(help="default, prior, posterior, or a .parquet or .csv file of dotted paths.")
    ] = "default",
    draws: Annotated[int, typer.Option(min=1, help="Rows of parameters, where they are drawn.")] = 200,
    replicates: Annotated[
        int | None, typer.Option(min=1, help="Runs of each row; none: 200 of one row, one of many.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the noise and of the draws.")] = 0,
    months: Annotated[int | None, typer.Option(min=1, help="Length of the runs; none: the scenario's.")] = None,
    when: Annotated[
        int | None, typer.Option(metavar="YEAR", help="The December that is told; none: the end.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder; must be new or empty.")] = None,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Compare two worlds on the same noise: difference with interval per tie and year.

    Example: entente compare memo-2001 --without rus-chn-2001:consultation --replicates 20
    """
    from entente.analysis.compare import compare as compare_worlds
    from entente.analysis.compare import sentences
    from entente.analysis.compare_charts import comparison_figures
    from entente.analysis.declared import DECLARED
    from entente.analysis.output import write_analysis
    from entente.experiments.folder import run_folder
    from entente.schema.load import parse_changes

    folder = run_folder(out, "compare")
    found = compare_worlds(
        a, b, without=without or [], without_treaty=without_treaty or [], without_event=without_event or [],
        changes=parse_changes(set_ or []), outcomes=outcome or [], parameters=parameters, draws=draws,
        replicates=replicates, seed=seed, months=months, mechanisms=mechanisms_of(mechanism),
    )  # fmt: skip
    report = {"run_dir": str(folder), "parameters": parameters, "seed": seed, **found.report}
    told = sentences(found, when)
    write_analysis(folder, {"effects": found.effects}, comparison_figures(found), report, DECLARED)
    if as_json:
        sys.stdout.write(json.dumps(report, allow_nan=False) + "\n")
        return
    lines = [f"a: {found.a}", f"b: {found.b}", *found.notes, *told, f"Everything is in {folder}"]
    if len(found.failed):
        lines.insert(
            -1, f"{len(found.failed)} draws could not run and are left out: {found.failed['message'].iloc[0]}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
