"""`entente landscape`: the two blocs of least energy, and how often the model agrees."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from .options import MechanismFiles, mechanisms_of, shipped


def landscape(
    scenario: Annotated[
        str,
        typer.Argument(help="Scenario of configs/ or path of a .yaml file.", autocompletion=shipped("scenarios")),
    ] = "record-1992",
    distances: Annotated[
        str | None, typer.Option(help="Draw pairs together by this table (a, b, distance), not by shared threats.")
    ] = None,
    when: Annotated[
        str, typer.Option(help="When alignments are compared: last, mean, a month or a year.")
    ] = "last",
    parameters: Annotated[
        str, typer.Option(help="prior, posterior, default, or a .parquet or .csv file of rows.")
    ] = "prior",
    draws: Annotated[int, typer.Option(min=1, help="Runs, each with its own parameters and noise.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws and of the noise.")] = 0,
    mechanism: MechanismFiles = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Divide states and powers into the two blocs of least energy, and compare the model's alignments.

    Example: entente landscape record-1992 --when mean
    """
    from entente.engines.compiled.ensemble import prepare
    from entente.evidence.landscape import landscape as compare
    from entente.schema.load import load_scenario
    from entente.screen import note

    ready = load_scenario(scenario, mechanisms=mechanisms_of(mechanism))
    prepare(note, ready)
    found = compare(ready, distances, when, parameters, draws, seed)
    if as_json:
        sys.stdout.write(json.dumps(found, allow_nan=False) + "\n")
        return
    for number, minimum in enumerate(found["minima"], start=1):
        blocs = " | ".join(" ".join(bloc) or "nobody" for bloc in minimum["blocs"])
        sys.stdout.write(f"minimum {number}, energy {minimum['energy']:.4g}: {blocs}\n")
    if "agreement" not in found:
        sys.stdout.write("no outside power: alignments are not compared\n")
        return
    agreement = found["agreement"]
    sys.stdout.write(
        f"alignments agree with the first for {agreement['mean']:.0%} of states "
        f"({agreement['low']:.0%} to {agreement['high']:.0%} over {draws} draws)\n"
    )
    for state, share in found["agreement_by_state"].items():
        sys.stdout.write(f"  {state}: in {share:.0%} of draws\n")
