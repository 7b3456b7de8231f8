"""`entente export`: tables as CSV, Stata or Excel."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer


def export(
    folder: Annotated[
        str, typer.Argument(help="Folder or address of a run or a study, or folder of an analysis.")
    ],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="csv, xlsx (Excel) or dta (Stata).")],
    out: Annotated[str, typer.Option(metavar="DIR", help="Folder for the files; must be new or empty.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Write every table of a folder for Excel, Stata or R, under short names.

    names.csv says for each short name which column it stands for, its unit and its meaning.

    Example: entente export runs/alarm --to dta --out alarm-dta
    """
    from entente.experiments.export import export as write

    files = write(folder, to, out)
    if as_json:
        sys.stdout.write(json.dumps({"out": out, "files": files}) + "\n")
    else:
        sys.stdout.write(f"{len(files)} files in {out}; names.csv says what each column is\n")
