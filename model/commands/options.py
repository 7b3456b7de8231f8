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
