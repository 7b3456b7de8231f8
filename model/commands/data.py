"""The options that name files of data sets, and reading them; what `import` and `record` have in common."""

from __future__ import annotations

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
