"""`entente mappings`: how much scores hang on what an import assumes."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from .data import Folder, Ladder, Years, facts_of, first_and_last, with_practice
from .options import horizons_of


def mappings(
    data: Folder = None,
    years: Years = None,
    from_: Annotated[int | None, typer.Option("--from", help="First year of the scenarios.")] = None,
    to: Annotated[int | None, typer.Option(help="Last year of the scenarios.")] = None,
    alternatives: Annotated[
        str, typer.Option(help="Entries that might be otherwise: alternatives, or a .yaml file.")
    ] = "alternatives",
    mapping: Annotated[str, typer.Option(help="What is assumed: default, or a .yaml file.")] = "default",
    ladder: Ladder = "ladder",
    most: Annotated[
        int | None, typer.Option(min=1, help="At most so many ties, spread evenly over those that can be built.")
    ] = None,
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of rows.")
    ] = "prior",
    draws: Annotated[int, typer.Option(min=1, help="Sets of parameters.")] = 60,
    horizons: Annotated[
        str | None, typer.Option(metavar="YEARS", help="Years ahead, 1,3,5,10, from every coded year.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Folder for table and figure; new, empty, or one to go on in.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Build the dyads of a population under several mappings, score each, and say how far the scores move.

    Example: entente mappings --data files --years 1985-2000 --out tried
    """
    from entente.analysis.output import write_into
    from entente.data.mapping import load_alternatives, load_mapping
    from entente.data.sets import SETS
    from entente.errors import InputError
    from entente.evidence.mappings import DEFAULT, compare_mappings, mappings_figure
    from entente.experiments.kept import kept_folder
    from entente.screen import note

    if data is None:
        raise InputError("--data FOLDER: name the folder with your copies of the data sets")
    span = first_and_last(years, from_, to)
    base = load_mapping(mapping)
    tried = {DEFAULT: base} | load_alternatives(alternatives, base)
    ahead = horizons_of(horizons)
    facts = with_practice(facts_of(data, {}, SETS, span), ladder)
    facts.table("practice", "scores need records (practice, or dcad and exercises)")
    place = None if out is None else kept_folder(out)
    found = compare_mappings(facts, tried, span, parameters, draws, seed, ahead, most, place, note)
    if place is not None:
        write_into(
            place, {"mappings": found.scores, "left-out": found.left_out}, {"mappings": mappings_figure(found)},
            found.report(),
        )  # fmt: skip
    if as_json:
        sys.stdout.write(json.dumps(found.report(), allow_nan=False) + "\n")
        return
    lines = [f"{'mapping':<18} {'rps':>6} {'more':>7} {'95 % over ties':>18} {'bias':>6}"]
    for row in found.scores[found.scores["horizon"] == "all"].to_dict("records"):
        low, high = row["rps_low"], row["rps_high"]
        between = "-" if math.isnan(low) else f"{low:+.4f} to {high:+.4f}"
        lines.append(
            f"{row['mapping']:<18} {row['rps']:>6.4f} {row['rps_more']:>+7.4f} {between:>18} {row['bias']:>+6.2f}"
        )
    first = found.scores.iloc[0]
    lines.append(f"ties that every mapping can build: {first['ties']}, with {first['cells']} cells")
    sys.stdout.write("\n".join(lines) + "\n")
    if place is not None:
        sys.stdout.write(f"Table, figure and report are in {place}\n")
