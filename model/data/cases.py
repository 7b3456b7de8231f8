"""What can be imported: an alliance, a dyad, or every dyad of a population, each with its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from entente.errors import InputError
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.load import load_scenario
from entente.screen import now_and_then

from .facts import Facts, Pact, title
from .mapping import MappingFile
from .states import country
from .world import TREATY, Built, build

RECORD = ["tie", "treaty", "year", "rung", "rung_lo", "rung_hi"]
DEFENCE = "defense"
RANKED = {DEFENCE: 4, "consul": 2, "nonagg": 1}
"""Which of several alliances of a dyad is its treaty: the one that promises most, then the oldest."""


@dataclass(frozen=True)
class Case:
    """A scenario that loads, and the record of its tie; none where there is no practice data of these years."""

    name: str
    built: Built
    record: pd.DataFrame | None


def alliance(facts: Facts, mapping: MappingFile, atop: int, first: int, last: int) -> Case:
    """One alliance with all its members. Raises `InputError` with one sentence."""
    if atop not in facts.alliances:
        close = min(facts.alliances, key=lambda one: abs(one - atop))
        raise InputError(f"--atop {atop}: no alliance of this number; the nearest is {close}")
    pact = facts.alliances[atop]
    practice = _of_alliance(facts, mapping, pact, first, last)
    return _case(facts, mapping, f"atop{atop}", pact, (first, last), practice, f"atop{atop}")


def pair_name(a: int, b: int) -> str:
    """What the files of a dyad are called."""
    return f"d{a}-{b}"


def dyad(facts: Facts, mapping: MappingFile, a: int, b: int, first: int, last: int) -> Case:
    """Two states and the treaty between them, in the years asked for. Raises `InputError` with one sentence."""
    a, b = sorted((a, b))
    practice = facts.practice.get((a, b))
    if practice is not None:
        _overlapping(practice, a, b, first, last)
    pact = treaty_of(facts, mapping, a, b, first)
    return _case(
        facts, mapping, pair_name(a, b), pact, (first, last), practice, f"{country(a).id}-{country(b).id}"
    )


def _overlapping(practice: pd.DataFrame, a: int, b: int, first: int, last: int) -> pd.DataFrame:
    rows = practice[practice.year.between(first, last)]
    if rows.empty:
        ran = f"{practice.year.min():g}-{practice.year.max():g}"
        raise InputError(f"{title((a, b))}: its record, {ran}, has no year between {first} and {last}")
    return rows


def of_population(facts: Facts, mapping: MappingFile, a: int, b: int, first: int, last: int) -> Case:
    """A dyad whose scenario begins and ends with its record, so that how it opens is known."""
    practice = facts.practice.get((a, b))
    if practice is None:
        return dyad(facts, mapping, a, b, first, last)
    rows = _overlapping(practice, a, b, first, last)
    fewest = mapping.population.fewest_years.value
    if not practice[practice.year <= last].rung.any():
        raise InputError(f"{title((a, b))}: its record never leaves rung 0")
    if len(rows) < fewest:
        raise InputError(
            f"{title((a, b))}: its record has {len(rows)} years between {first} and {last}; the mapping asks for "
            f"{fewest} (population.fewest_years)"
        )
    return dyad(facts, mapping, a, b, int(rows.year.min()), int(rows.year.max()))


def treaty_of(facts: Facts, mapping: MappingFile, a: int, b: int, first: int) -> Pact:
    """The alliance of two states that promises most or, without one, their first general cooperation agreement."""
    how, start = mapping.population, first * MONTHS_IN_YEAR
    latest = start + (how.signed_within.value + 1) * MONTHS_IN_YEAR
    shared = [facts.alliances[atop] for atop in facts.of_pair.get((a, b), [])]
    small = [_between(pact, a, b) for pact in shared if len(pact.members) <= how.largest.value]
    large = [_between(pact, a, b) for pact in shared if len(pact.members) > how.largest.value]
    if not how.large_alliances.value:
        large = []
    large = [pact for pact in large if _says(pact, DEFENCE) and pact.begun <= start]
    for found in (small, large, facts.agreements.get((a, b), [])):
        inside = [pact for pact in found if pact.begun < latest and _parted(pact) >= max(start, pact.begun)]
        if inside:
            return max(inside, key=lambda pact: (_promises(pact), -pact.begun))
    raise InputError(
        f"{title((a, b))}: no alliance of at most {how.largest.value} members, no larger one for defence and no "
        f"general cooperation agreement in force in {first}; nor signed within {how.signed_within.value} years of it"
    )


def pairs_of(facts: Facts, mapping: MappingFile, first: int) -> list[tuple[int, int]]:
    """The dyads of the practice data or, without it, all that share an alliance small enough."""
    if facts.has("practice"):
        return sorted(facts.practice)
    largest = mapping.population.largest.value
    return sorted(
        {
            pair
            for pact in facts.alliances.values()
            if len(pact.members) <= largest and pact.ended >= first * MONTHS_IN_YEAR
            for pair in combinations(pact.members, 2)
        }
        | set(facts.agreements)
    )


def population(
    facts: Facts,
    mapping: MappingFile,
    pairs: Sequence[tuple[int, int]],
    first: int,
    last: int,
    progress: Callable[[str], None] = lambda words: None,
) -> tuple[list[Case], pd.DataFrame]:
    """Those of the `pairs` that can be built, and a table of those that cannot: `name`, `states`, `reason`.

    `progress` is told now and then how many were tried.
    """
    cases: list[Case] = []
    failed, tell = [], now_and_then(progress)
    for tried, (a, b) in enumerate(pairs):
        tell(f"{tried} of {len(pairs)} dyads tried, {len(cases)} built")
        try:
            cases.append(of_population(facts, mapping, a, b, first, last))
        except InputError as error:
            failed.append({"name": pair_name(a, b), "states": title((a, b)), "reason": str(error)})
    return cases, pd.DataFrame(failed, columns=["name", "states", "reason"])


def _case(
    facts: Facts,
    mapping: MappingFile,
    name: str,
    pact: Pact,
    years: tuple[int, int],
    practice: pd.DataFrame | None,
    tie: str,
) -> Case:
    """Built and loaded; of the record only the rung of the first year goes into the scenario."""
    first, last = years
    at_start = None if practice is None else practice[practice.year == first]
    opening = None if at_start is None or at_start.empty else int(at_start.rung.iloc[0])
    built = build(facts, mapping, name, pact, years, opening)
    load_scenario(built.world)
    record = None if practice is None else _record(practice[practice.year.between(first + 1, last)], tie)
    return Case(name, built, record)


def _record(rows: pd.DataFrame, tie: str) -> pd.DataFrame | None:
    if rows.empty:
        return None
    made = rows.assign(tie=tie, treaty=TREATY)
    for bound in ("rung_lo", "rung_hi"):
        if bound in made:
            made[bound] = made[bound].fillna(made.rung)
    numbers = [name for name in RECORD[2:] if name in made]
    return made[[*RECORD[:2], *numbers]].astype(dict.fromkeys(numbers, int)).reset_index(drop=True)


def _of_alliance(facts: Facts, mapping: MappingFile, pact: Pact, first: int, last: int) -> pd.DataFrame | None:
    """The practice of an alliance by year: the median of the pairs that were members, and its quartiles."""
    parts = []
    for a, b in combinations(pact.members, 2):
        own = facts.practice.get((a, b))
        if own is not None:
            begin = max(pact.entered(a), pact.entered(b)) // MONTHS_IN_YEAR
            end = min(pact.left(a), pact.left(b)) // MONTHS_IN_YEAR
            parts.append(own[own.year.between(max(first, begin), min(last, end))])
    rows = pd.concat(parts) if parts else pd.DataFrame()
    if rows.empty:
        return None
    levels = mapping.alliance_record.quantiles.value
    low, middle, high = (rows.groupby("year").rung.quantile(level, interpolation="lower") for level in levels)
    return pd.DataFrame({"rung": middle, "rung_lo": low, "rung_hi": high}).reset_index()


def _between(pact: Pact, a: int, b: int) -> Pact:
    return Pact(pact.table, pact.id, pact.rows[pact.rows.member.isin((a, b))])


def _parted(pact: Pact) -> int:
    return min(map(pact.left, pact.members))


def _promises(pact: Pact) -> int:
    if pact.agreement:
        return 0
    return sum(weight * _says(pact, clause) for clause, weight in RANKED.items())


def _says(pact: Pact, clause: str) -> bool:
    return bool((pact.rows[clause] >= 1).any())
