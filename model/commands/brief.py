"""`entente brief`: two to four pages on a tie, for somebody who decides."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def brief(
    subject: Annotated[
        str,
        typer.Argument(
            help="A scenario of configs/ or a .yaml file; or a study, whose points are what is not known.",
            autocompletion=shipped("scenarios"),
        ),
    ] = "memo-2001",
    out: Annotated[
        Path | None, typer.Option(help="The HTML file; must be new. [default: NAME-brief.html]")
    ] = None,
    treaty: Annotated[str | None, typer.Option(help="The tie it is on; none: the scenario's focus.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="The month it looks to; none: the run's last.")
    ] = None,
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, or a .parquet or .csv file of dotted paths.")
    ] = "prior",
    draws: Annotated[
        int, typer.Option(min=6, max=10_000, help="Draws of the parameters, or points of the study.")
    ] = 200,
    replicates: Annotated[int, typer.Option(min=1, max=1_000, help="Runs of each draw.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and the noise.")] = 0,
    record: Annotated[
        str | None,
        typer.Option(help="A record of the scenario's ties to score it by; none: that of 1992 to 2001."),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print it as a PDF too, by Chromium.")] = False,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object too.")] = False,
) -> None:
    """Write a brief: answer with probabilities, futures, levers, signals, record, sources, and how to repeat it.

    Example: entente brief memo-2001 --by 2011-12 --pdf
    """
    from entente.counsel.brief import brief as briefed
    from entente.counsel.page import brief_html, summary
    from entente.counsel.page import pdf as printed
    from entente.errors import InputError
    from entente.experiments.places import write_whole
    from entente.screen import note, now_and_then

    path = out if out is not None else Path(f"{Path(subject).stem}-brief.html")
    sheet = path.with_suffix(".pdf")
    for file in (path, *([sheet] if pdf else [])):
        if file.exists():
            raise InputError(f"{file}: exists; name another with --out")
    told = now_and_then(note)
    found = briefed(subject, parameters, draws, replicates, seed, by, treaty, record, mechanisms_of(mechanism),
                    lambda words: told(f"brief on {subject}: {words}"))  # fmt: skip
    found = replace(found, command=found.command + "".join(f" --mechanism {file}" for file in mechanism or ()))
    content = brief_html(found).encode()
    try:
        write_whole(path, content)
        first = found.deeper
        if as_json:
            sys.stdout.write(json.dumps({"file": str(path), **summary(found)}, allow_nan=False) + "\n")
        else:
            from entente.counsel.words import told as in_words

            sys.stdout.write(
                f"{found.treaty}: deeper by {found.by} is {in_words(first['probability'])}; "
                f"{found.runs:,} runs. The brief is in {path}\n"
            )
        if pdf:
            write_whole(sheet, printed(content))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
