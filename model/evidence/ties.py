"""Many ties at once: a folder of scenarios, each with its record beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from entente.errors import InputError, shown
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.schema.treaty import Treaty

from .record import Cell, Record, load_record

SCENARIO, RECORD = ".yaml", ".csv"


@dataclass(frozen=True)
class Tie:
    """A scenario and the record of what became of its ties; `name` is the stem of both files."""

    name: str
    scenario: Scenario
    record: Record


@dataclass(frozen=True)
class Ties:
    """What a folder holds: ties that can be scored, in the order of their names, and why others cannot.

    `failed` has a row a scenario file that cannot be used: `name`, `message`.
    """

    folder: Path
    ties: tuple[Tie, ...]
    failed: pd.DataFrame


@dataclass(frozen=True)
class Subject:
    """One tie of a record, in its scenario: `name` is that of the files, `tie` that in the record."""

    name: str
    tie: str
    scenario: Scenario
    cells: tuple[Cell, ...]
    label: str
    """A name that is its own among all ties of a folder."""

    @cached_property
    def treaties(self) -> list[Treaty]:
        """The treaties that make the tie."""
        names = dict.fromkeys(id_ for cell in self.cells for id_ in cell.treaties)
        return [self.scenario.treaties[id_] for id_ in names]

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Who signs one of them."""
        return tuple(sorted({state for one in self.treaties for state, signs in one.parties.items() if signs}))

    @property
    def obligation(self) -> int:
        """The gravest promise of their texts, 0..4, as when they are signed."""
        return max(one.obligation for one in self.treaties)


def subjects(ties: Iterable[Tie]) -> list[Subject]:
    """Every tie of every record."""
    return [
        Subject(
            one.name, tie, one.scenario, tuple(one.record.cells[place] for place in one.record.of(tie)),
            one.name if len(one.record.ties) == 1 else f"{one.name}: {tie}",
        )
        for one in ties
        for tie in one.record.ties
    ]  # fmt: skip


def load_ties(folder: str | Path, mechanisms: Iterable[Mechanism] = ()) -> Ties:
    """Read every `NAME.yaml` of a folder and the record `NAME.csv` beside it, here or one folder below.

    `mechanisms` act in all of them besides those of the model. A tie that cannot be read is listed and the others are read. Raises `InputError` where `folder` is none, or
    holds no tie that can be read.
    """
    place, own = Path(folder), tuple(mechanisms)
    if not place.is_dir():
        raise InputError(f"{shown(str(folder))}: no such folder")
    files = sorted([*place.glob(f"*{SCENARIO}"), *place.glob(f"*/*{SCENARIO}")])
    ties, failed = [], []
    for file in files:
        name = str(file.relative_to(place).with_suffix(""))
        record = file.with_suffix(RECORD)
        try:
            if not record.is_file():
                raise InputError(f"{file}: has no record {record.name} beside it")
            scenario = load_scenario(str(file), mechanisms=own)
            ties.append(Tie(name, scenario, load_record(str(record), scenario)))
        except InputError as error:
            failed.append({"name": name, "message": str(error)})
    if not ties:
        reason = f"; the first of {len(failed)}: {failed[0]['message']}" if failed else ""
        raise InputError(
            f"{place}: holds no scenario NAME{SCENARIO} with a record NAME{RECORD} that can be read{reason}"
        )
    return Ties(place, tuple(ties), pd.DataFrame(failed, columns=["name", "message"]))
