"""Codes of states: COW numbers are the ids inside; Gleditsch-Ward, ISO3, abbreviations and names lead to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from entente.errors import InputError, nearest, shown
from entente.schema.load import CONFIGS

from .sets import COW, GW

FIRST_YEAR, LAST_YEAR = 1816, 9999
SEPARATOR = ";"


@dataclass(frozen=True)
class Country:
    """A state of the COW system: its number, the id it gets in scenarios, names, life and where its capital lies.

    `id` is the ISO 3166 code (withdrawn ones too) or, where there is none, the COW abbreviation. `since` and
    `until` are years and given only where two states shared a code.
    """

    cow: int
    id: str
    abbreviation: str
    gw: tuple[int, ...]
    since: int
    until: int
    longitude: float
    latitude: float
    name: str
    also: tuple[str, ...]


@cache
def countries() -> dict[int, Country]:
    """Every state of the table in `configs/countries.csv`, by its COW number."""
    table = pd.read_csv(CONFIGS / "countries.csv", dtype=str, keep_default_na=False)
    return {one.cow: one for one in map(_country, table.to_dict("records"))}


def _country(row: dict) -> Country:
    cow = int(row["cow"])
    return Country(
        cow,
        row["id"],
        row["cow_abbreviation"] or row["id"],
        tuple(int(code) for code in (row["gw"] or row["cow"]).split(SEPARATOR)),
        int(row["from"] or FIRST_YEAR),
        int(row["to"] or LAST_YEAR),
        float(row["longitude"]),
        float(row["latitude"]),
        row["name"],
        tuple(filter(None, row["also"].split(SEPARATOR))),
    )


def country(cow: int) -> Country:
    """A state by its COW number; one that the table does not know gets its number as id and name."""
    known = countries().get(cow)
    return known or Country(cow, f"COW{cow}", f"COW{cow}", (), FIRST_YEAR, LAST_YEAR, 0, 0, f"COW {cow}", ())


def plain(text: str) -> str:
    """A name without accents, case and signs, so that spellings of it are one."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", bare.lower()).split())


@cache
def _named() -> dict[str, list[Country]]:
    """Every spelling of a state, the best first: ids, then names, then abbreviations of COW."""
    found: dict[str, list[Country]] = {}

    def put(text: str, one: Country) -> None:
        at = found.setdefault(plain(text), [])
        if one not in at:
            at.append(one)

    everyone = countries().values()
    # AUS is Australia as ISO code and Austria as abbreviation of COW: the ISO code goes first.
    for one in everyone:
        put(one.id, one)
    for one in everyone:
        for text in (one.name, *one.also):
            put(text, one)
    for one in everyone:
        put(one.abbreviation, one)
    return found


@cache
def _by_gw() -> dict[int, list[Country]]:
    found: dict[int, list[Country]] = {}
    for one in countries().values():
        for code in one.gw:
            found.setdefault(code, []).append(one)
    return found


def _alive(found: list[Country], year: int | None) -> int | None:
    """Of the states that share a code, the one that a year means: the youngest that lived in it."""
    if year is None or len(found) < 2:
        return found[0].cow if found else None
    living = [one for one in found if one.since <= year <= one.until]
    return max(living, key=lambda one: one.since).cow if living else found[0].cow


def cow_of(value: object, system: str, year: int | None = None) -> int | None:
    """The COW number of a code of a system (`COW`, `Gleditsch-Ward` or a name, ISO3 or abbreviation); None: unknown.

    `year` decides where a code named several states in turn, as DEU did.
    """
    text = str(value).strip()
    number = int(float(text)) if re.fullmatch(r"\d+(\.0*)?", text) else None
    if system == COW and number is not None:
        return number
    if system == GW and number is not None:
        return _alive(_by_gw().get(number, []), year) or number
    return _alive(_named().get(plain(text), []), year)


def state_of(text: str, where: str) -> int:
    """The COW number of a state as a person writes it: a COW number, an ISO3 code, an abbreviation or a name."""
    number = text.strip()
    if number.isdigit():
        if int(number) not in countries():
            raise InputError(f"{where}: {shown(number)}: no state has this COW number")
        return int(number)
    found = _named().get(plain(text), [])
    if not found:
        raise InputError(f"{where}: {shown(text)}: no state of that code or name{nearest(plain(text), _named())}")
    return found[0].cow


def unknown(codes: Iterable[int]) -> list[int]:
    """Those of some numbers that no state of the COW system has."""
    return sorted({int(code) for code in codes} - set(countries()))
