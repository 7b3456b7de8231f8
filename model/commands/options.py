"""What several commands have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from entente.month.mechanism import Mechanism


def shipped(folder: str) -> Callable[[str], list[str]]:
    """What completes the name of a file that ships in a folder of `configs/`."""

    def complete(incomplete: str) -> list[str]:
        from entente.schema.load import CONFIGS

        return sorted(file.stem for file in (CONFIGS / folder).glob("*.*") if file.stem.startswith(incomplete))

    return complete


MechanismFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--mechanism", metavar="FILE", help="A Python file whose mechanism acts too; reading it runs it."
    ),
]


Probability = Annotated[float | None, typer.Option(help="In which share of runs it must hold.")]
By = Annotated[str | None, typer.Option(metavar="YYYY-MM", help="The month by which it must hold.")]
Parameters = Annotated[
    str | None, typer.Option(help="default, prior, posterior, or a .parquet or .csv file of dotted paths.")
]
Draws = Annotated[int | None, typer.Option(min=1, help="Draws of the parameters.")]
Replicates = Annotated[int | None, typer.Option(min=1, help="Runs of each draw.")]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of the draws and the noise.")]
"""What replaces a field of the file that a command is given."""


def replaced(**fields: Any) -> dict[str, Any]:
    """The fields that options replace."""
    return {name: value for name, value in fields.items() if value is not None}


def list_files(names: Sequence[str], told: Callable[[str], str]) -> None:
    """Print what a command can be given, and a sentence on each."""
    width = max(map(len, names), default=0)
    for name in names:
        sys.stdout.write(f"{name:<{width}}  {told(name)}\n")


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
