"""`entente import`: from copies of the field's data files to scenarios and their records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .data import (
    Alliances,
    Dcad,
    Exercises,
    Folder,
    Ladder,
    Members,
    Nmc,
    Phases,
    Troops,
    Years,
    facts_of,
    first_and_last,
    with_practice,
)


def import_(
    out: Annotated[Path, typer.Option(help="Folder for what is made; new or empty.")],
    atop: Annotated[int | None, typer.Option(help="One alliance, by its number in ATOP.")] = None,
    dyad: Annotated[str | None, typer.Option(help="Two states: 2-900, or USA-AUS.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every dyad that can be built.")] = False,
    years: Years = None,
    from_: Annotated[int | None, typer.Option("--from", help="First year of the scenario.")] = None,
    to: Annotated[int | None, typer.Option(help="Last year of the scenario.")] = None,
    data: Folder = None,
    nmc: Nmc = None,
    members: Members = None,
    alliances: Alliances = None,
    phases: Phases = None,
    disputes: Annotated[
        Path | None, typer.Option(help="Militarized disputes by directed dyad (GML, COW).")
    ] = None,
    rivalries: Annotated[Path | None, typer.Option(help="Rivalries (Thompson; Klein, Goertz and Diehl).")] = None,
    contiguity: Annotated[Path | None, typer.Option(help="COW direct contiguity.")] = None,
    ideal: Annotated[Path | None, typer.Option(help="UN ideal points.")] = None,
    icb: Annotated[Path | None, typer.Option(help="International crises by actor (ICB2).")] = None,
    practice: Annotated[
        Path | None, typer.Option(help="Practice by dyad and year, as entente record writes it.")
    ] = None,
    dcad: Dcad = None,
    exercises: Exercises = None,
    troops: Troops = None,
    mapping: Annotated[str, typer.Option(help="What is assumed: default, or a .yaml file.")] = "default",
    ladder: Ladder = "ladder",
) -> None:
    """Make scenarios, and records of what became of their ties, from your own copies of public data sets.

    Example: entente import --dyad USA-AUS --years 1987-2000 --data files --out imported
    """
    from entente.data.cases import alliance, pairs_of, population
    from entente.data.cases import dyad as one_dyad
    from entente.data.mapping import load_mapping
    from entente.data.states import state_of
    from entente.data.write import NOT_BUILT, write_cases
    from entente.errors import InputError
    from entente.screen import note
    from entente.telling.files import new_folder

    if sum((atop is not None, dyad is not None, all_)) != 1:
        raise InputError("name what to import: one of --atop NUMBER, --dyad A-B and --all")
    first, last = first_and_last(years, from_, to)
    new_folder(out, f"--out {str(out)!r}")
    assumed = load_mapping(mapping)
    files = {
        "nmc": nmc,
        "members": members,
        "alliances": alliances,
        "phases": phases,
        "disputes": disputes,
        "rivalries": rivalries,
        "contiguity": contiguity,
        "ideal": ideal,
        "icb": icb,
        "practice": practice,
        "dcad": dcad,
        "exercises": exercises,
        "troops": troops,
    }
    facts = with_practice(facts_of(data, files, files, (first, last)), ladder)
    failed = None
    if atop is not None:
        cases = [alliance(facts, assumed, atop, first, last)]
    elif dyad is not None:
        a, dash, b = dyad.partition("-")
        if not dash:
            raise InputError(f"--dyad {dyad!r}: must be two states joined by a dash, such as 2-900 or USA-AUS")
        pair = [state_of(one, f"--dyad {dyad!r}") for one in (a, b)]
        if pair[0] == pair[1]:
            raise InputError(f"--dyad {dyad!r}: a state has no tie with itself")
        cases = [one_dyad(facts, assumed, pair[0], pair[1], first, last)]
    else:
        cases, failed = population(facts, assumed, pairs_of(facts, assumed, first), first, last, note)
        if not cases:
            reason = f"; the first of {len(failed)}: {failed.reason.iloc[0]}" if len(failed) else ""
            raise InputError(f"--all: no dyad can be built between {first} and {last}{reason}")
    write_cases(out, cases, assumed, failed)
    for case in cases if failed is None else ():
        for words in case.built.notes:
            note(words)
    records = sum(case.record is not None for case in cases)
    why = (
        "has no row of them" if facts.has("practice") else "was not given (--practice, or --dcad and --exercises)"
    )
    without = f"; practice {why}, so {_count(len(cases) - records, 'scenario')} without record"
    sys.stdout.write(
        f"{_count(len(cases), 'scenario')} and {_count(records, 'record')} in {out}"
        f"{'' if records == len(cases) else without}"
        f"{'' if failed is None else f'; not built: {len(failed)}, {NOT_BUILT} says why'}\n"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
