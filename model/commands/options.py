"""What several commands have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from entente.month.mechanism import Mechanism

MechanismFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--mechanism", metavar="FILE", help="A Python file whose mechanism acts too; reading it runs it."
    ),
]


def mechanisms_of(files: Sequence[str] | None) -> list[Mechanism]:
    """The mechanisms of the files named by `--mechanism`. Raises `InputError` with one sentence."""
    from entente.errors import InputError
    from entente.schema.own import load_mechanism

    found = []
    for file in files or ():
        try:
            found.append(load_mechanism(file))
        except InputError as error:
            raise InputError(f"--mechanism: {str(error).removeprefix('mechanism: ')}") from None
    return found


def horizons_of(horizons: str | None) -> tuple[int, ...]:
    """`1,3,5` as whole numbers. Raises `InputError` for anything else."""
    from entente.errors import InputError, shown

    try:
        found = tuple(int(text) for text in horizons.split(",")) if horizons is not None else ()
    except ValueError:
        found = (0,)
    if any(years < 1 for years in found):
        raise InputError(f"--horizons {shown(horizons)}: must be whole years joined by commas, 1,3,5,10")
    return found
