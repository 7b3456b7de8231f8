"""The yearly ladder of practice: what two states do together, by declared rules, with no judgement per case."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from entente.errors import InputError, nearest
from entente.schema.base import MONTHS_IN_YEAR, Name, Record
from entente.schema.load import read_record

from .facts import TERMINAL, Facts
from .mapping import MAPPINGS, Because, Level

PAIR = ["ccode1", "ccode2"]
KEY = [*PAIR, "year"]


class AlliancePart(Record):
    """1 where two states are in an alliance with one of the clauses."""

    from_: Literal["alliances"] = Field(alias="from")
    clauses: Annotated[list[str], Field(min_length=1)]
    except_: list[int] = Field(default_factory=list, alias="except")
    largest: Annotated[int, Field(ge=2)] | None = None
    because: Because


class AgreementPart(Record):
    """1 where a defence cooperation agreement of one of the types is in force."""

    from_: Literal["agreements"] = Field(alias="from")
    types: Annotated[list[str], Field(min_length=1)]
    because: Because


class ExercisePart(Record):
    """1 where two states exercised together, in at least `years` of the `window` years that end with this."""

    from_: Literal["exercises"] = Field(alias="from")
    largest: Annotated[int, Field(ge=2)]
    window: Annotated[int, Field(ge=1, le=20)]
    years: Annotated[int, Field(ge=1, le=20)]
    because: Because


class TroopsPart(Record):
    """1 where one has at least so many soldiers in the land of the other."""

    from_: Literal["troops"] = Field(alias="from")
    least: Annotated[int, Field(ge=1)]
    because: Because


Part = Annotated[AlliancePart | AgreementPart | ExercisePart | TroopsPart, Field(discriminator="from_")]


class Dyads(Record):
    """Which dyads are coded."""

    largest: Annotated[int, Field(ge=2)]
    because: Because


class Ladder(Record):
    """Parts, and for every rung the lists of parts that reach it."""

    parts: dict[Name, Part]
    rungs: dict[Level, list[Annotated[list[str], Field(min_length=1)]]]
    population: Dyads


def load_ladder(name: str | Path = "ladder") -> Ladder:
    """The ladder of a file, or of `configs/mappings` by its id. Raises `InputError` with one sentence."""
    path = Path(name) if Path(name).suffix else MAPPINGS / f"{name}.yaml"
    ladder = read_record(Ladder, path)
    for rung, lists in ladder.rungs.items():
        if not 1 <= int(rung) <= 6:
            raise InputError(f"{path}: rungs.{rung}: must be a rung, 1 to 6")
        for part in {part for parts in lists for part in parts}:
            if part not in ladder.parts:
                raise InputError(f"{path}: rungs.{rung}: {part!r} is no part{nearest(part, ladder.parts)}")
    return ladder


def practice(facts: Facts, ladder: Ladder, first: int | None = None, last: int | None = None) -> pd.DataFrame:
    """The rung of every dyad and year, with the parts (0 or 1): columns ccode1, ccode2, year, rung, parts.

    Years that the data sets do not all cover are left out, whatever `first` and `last` say; so are years in which
    one of the two has no CINC, where capabilities are given. Parts of a data set that is not given are 0.
    """
    begin, end = covered(facts, ladder)
    begin, end = max(begin, first or begin), min(end, last or end)
    if begin > end:
        raise InputError(
            f"the data sets of practice have no year in common between {first or begin} and {last or end}: they "
            f"cover {covered(facts, ladder)[0]}-{covered(facts, ladder)[1]}"
        )
    pairs = _pairs(facts, ladder.population.largest)
    grid = pairs.merge(pd.DataFrame({"year": range(begin, end + 1)}), how="cross")
    if facts.has("nmc"):
        alive = {(code, int(year)) for code, own in facts.cinc.items() for year in own.index}
        lives = [
            (a, y) in alive and (b, y) in alive
            for a, b, y in zip(grid.ccode1, grid.ccode2, grid.year, strict=True)
        ]
        grid = grid[lives]
    made = grid.assign(rung=0)
    for name, part in ladder.parts.items():
        held = _part(facts, part, begin, end).assign(**{name: 1}).drop_duplicates(KEY)
        made = made.merge(held, on=KEY, how="left")
        made[name] = made[name].fillna(0).astype(int)
    for rung in sorted(ladder.rungs, key=int):
        for parts in ladder.rungs[rung]:
            made.loc[made[parts].all(axis=1), "rung"] = int(rung)
    return made.sort_values(KEY).reset_index(drop=True)


def covered(facts: Facts, ladder: Ladder) -> tuple[int, int]:
    """The years for which all data sets of practice that were given can say something."""
    begin, end = 0, TERMINAL
    for part in ladder.parts.values():
        table = facts.tables.get(_TABLE[part.from_])
        if table is None or table.of.year is None:
            continue
        years = table.rows[table.of.year]
        window = part.window - 1 if isinstance(part, ExercisePart) else 0
        begin, end = max(begin, int(years.min()) + window), min(end, int(years.max()))
    if facts.has("dcad"):
        end = min(end, int(facts.tables["dcad"].rows.endyearestimate.max()))
        begin = max(begin, int(facts.tables["dcad"].rows.signyear.min()))
    if not begin:
        raise InputError(
            "--exercises, --dcad or --troops: missing: a list of obligations in force (ATOP) alone is no practice"
        )
    return begin, end


def absent(facts: Facts, ladder: Ladder) -> list[str]:
    """The parts of a ladder that are 0 throughout because their data set was not given."""
    return [
        name
        for name, part in ladder.parts.items()
        if part.from_ != "alliances" and not facts.has(_TABLE[part.from_])
    ]


_TABLE = {"agreements": "dcad", "exercises": "exercises", "troops": "troops", "alliances": "members"}


def _pairs(facts: Facts, largest: int) -> pd.DataFrame:
    found = {
        pair
        for pact in facts.alliances.values()
        if len(pact.members) <= largest
        for pair in combinations(pact.members, 2)
    }
    if facts.has("dcad"):
        rows = facts.tables["dcad"].rows
        found |= {(min(a, b), max(a, b)) for a, b in zip(rows.ccode1, rows.ccode2, strict=True) if a != b}
    return pd.DataFrame(sorted(found), columns=PAIR)


def _part(facts: Facts, part: Part, begin: int, end: int) -> pd.DataFrame:
    """The dyads and years in which a part is 1."""
    if isinstance(part, AlliancePart):
        return _spells(_allied(facts, part), begin, end)
    table = facts.tables.get(_TABLE[part.from_])
    if table is None:
        return pd.DataFrame(columns=KEY, dtype=int)
    if isinstance(part, AgreementPart):
        rows = table.rows[table.rows.type.str.lower().isin(part.types)].dropna(subset=["signyear"])
        ends = rows.endyearestimate.fillna(TERMINAL)
        return _spells(zip(rows.ccode1, rows.ccode2, rows.signyear, ends, strict=True), begin, end)
    if isinstance(part, TroopsPart):
        rows = table.rows[table.rows.troops >= part.least]
        return _spells(zip(rows.host, rows.sender, rows.year, rows.year, strict=True), begin, end)
    return _exercised(table.rows, part, begin, end)


def _allied(facts: Facts, part: AlliancePart) -> Iterable[tuple[int, int, float, float]]:
    """Two members and the years of a phase in which both were in it."""
    for atop, pact in facts.alliances.items():
        if atop in part.except_ or (part.largest is not None and len(pact.members) > part.largest):
            continue
        for _, rows in pact.rows.groupby("phase"):
            said = rows.reindex(columns=part.clauses, fill_value=0)
            if not (said.iloc[0] >= 1).any():
                continue
            spells = list(
                zip(rows.member, rows.entered // MONTHS_IN_YEAR, rows.left // MONTHS_IN_YEAR, strict=True)
            )
            for (a, entered_a, left_a), (b, entered_b, left_b) in combinations(spells, 2):
                yield a, b, max(entered_a, entered_b), min(left_a, left_b)


def _spells(spells: Iterable[tuple[float, float, float, float]], begin: int, end: int) -> pd.DataFrame:
    rows = [
        (int(min(a, b)), int(max(a, b)), year)
        for a, b, first, last in spells
        if a != b
        for year in range(max(begin, int(first)), min(end, int(last)) + 1)
    ]
    return pd.DataFrame(rows, columns=KEY, dtype=int)


def _exercised(rows: pd.DataFrame, part: ExercisePart, begin: int, end: int) -> pd.DataFrame:
    took = rows.drop_duplicates(["mmeid", "ccode"])
    sizes = took.groupby("mmeid").ccode.transform("size")
    if "participant_count" in took:
        # A participant whom nobody could code still took part.
        sizes = sizes.where(sizes >= took.participant_count.fillna(0), took.participant_count)
    small = took[sizes <= part.largest][["mmeid", "ccode", "year"]]
    both = small.merge(small[["mmeid", "ccode"]], on="mmeid", suffixes=("1", "2"))
    met = both[both.ccode1 < both.ccode2][KEY].astype(int).drop_duplicates()
    seen = pd.concat([met.assign(year=met.year + later) for later in range(part.window)])
    counts = seen.groupby(KEY).size()
    found = counts[counts >= part.years].reset_index()[KEY]
    return found[found.year.between(begin, end)]
