"""The options that name files of data sets, and reading them; what `import` and `record` have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from entente.data.facts import Facts

Folder = Annotated[
    Path | None, typer.Option("--data", help="A folder in which the files are found by their columns.")
]
Nmc = Annotated[Path | None, typer.Option(help="COW National Material Capabilities.")]
Members = Annotated[Path | None, typer.Option(help="ATOP 5.1, a row a member (atop5_1m).")]
Alliances = Annotated[Path | None, typer.Option(help="ATOP 5.1, a row an alliance; where there is no --members.")]
Phases = Annotated[Path | None, typer.Option(help="ATOP 5.1, a row a phase; where there is no --members.")]
Dcad = Annotated[Path | None, typer.Option(help="Defence cooperation agreements (DCAD).")]
Exercises = Annotated[Path | None, typer.Option(help="Multinational military exercises (MME).")]
Troops = Annotated[Path | None, typer.Option(help="Troops by host, sender and year.")]
Ladder = Annotated[str, typer.Option(help="The ladder of practice: ladder, or a .yaml file.")]
Years = Annotated[str | None, typer.Option(metavar="FIRST-LAST", help="Years of the scenario.")]

YEARS = re.compile(r"(\d{4})-(\d{4})$")
FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1816, 2100, 200


def facts_of(
    folder: Path | None,
    files: Mapping[str, Path | None],
    wanted: Iterable[str],
    years: tuple[int, int] | None = None,
) -> Facts:
    """Read what was given or found of the `wanted` data sets; notes go to stderr. Raises `InputError`.

    `years` (first, last) bounds the state-years that are kept.
    """
    from entente.data.facts import Facts
    from entente.data.read import find_sets, read_set
    from entente.data.sets import SETS
    from entente.screen import note

    named = {id_: path for id_, path in files.items() if path is not None}
    # A file that was named needs not be found, so two of its kind in the folder are no question.
    found = {} if folder is None else find_sets(folder, set(wanted) - set(named))
    tables = {}
    for id_, path in sorted({**found, **named}.items()):
        tables[id_] = read_set(path, SETS[id_], years if id_ in BY_YEAR else None)
        for words in tables[id_].notes:
            note(words)
    return Facts(tables)


BY_YEAR = ("nmc", "disputes", "practice")
"""Data sets of which only the years of the scenario are kept; of others, earlier years still count."""


def with_practice(facts: Facts, ladder: str) -> Facts:
    """The facts with a record of practice: their own or, where exercises or agreements are given, one by a ladder."""
    from entente.data.facts import Facts
    from entente.data.ladder import load_ladder, practice
    from entente.data.read import Table
    from entente.data.sets import PRACTICE

    facts.table("nmc", "capabilities come from it")
    if facts.has("practice") or not (facts.has("exercises") or facts.has("dcad")):
        return facts
    rows = practice(facts, load_ladder(ladder))
    return Facts(facts.tables | {"practice": Table(PRACTICE, Path(f"ladder {ladder}"), rows)})


def first_and_last(years: str | None, from_: int | None, to: int | None) -> tuple[int, int]:
    """The years asked for, by `--years` or by `--from` and `--to`. Raises `InputError`."""
    from entente.errors import InputError

    if years is not None:
        found = YEARS.match(years)
        if not found or from_ is not None or to is not None:
            raise InputError(f"--years {years!r}: must be FIRST-LAST, such as 1985-2010, without --from and --to")
        from_, to = int(found[1]), int(found[2])
    if from_ is None or to is None:
        raise InputError("name the years of the scenario: --from FIRST --to LAST, or --years FIRST-LAST")
    if not FIRST_YEAR <= from_ <= to <= LAST_YEAR:
        raise InputError(f"years {from_}-{to}: must rise, between {FIRST_YEAR} and {LAST_YEAR}")
    if to - from_ >= MOST_YEARS:
        raise InputError(f"years {from_}-{to}: {MOST_YEARS} years at most")
    return from_, to
