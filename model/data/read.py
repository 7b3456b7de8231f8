"""Files of the field's data sets as frames: CSV in chunks, Parquet and Stata, with one sentence for every mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from entente.errors import InputError, shown
from entente.experiments.parquet import parquet_frame

from .sets import COW, MISSING, NAMED, SETS, DataSet
from .states import cow_of, unknown

CHUNK = 200_000
"""Rows of a CSV file that are held at a time."""

TEXT = (".csv", ".tsv", ".txt")
SUFFIXES = (*TEXT, ".parquet", ".dta")
FIRST_LINE = 2
"""The line of a text file on which the first row stands."""

SEMICOLON = ";"
STRANGE = 0.5
"""Share of the states of a column that COW does not know from which the codes are taken for those of another system."""


@dataclass(frozen=True)
class Table:
    """A file of a data set as a frame with the names of `sets`: state codes are COW numbers, missing is NaN."""

    of: DataSet
    file: Path
    rows: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Header:
    """How a file is written: its columns as they stand there, and what separates them."""

    columns: tuple[str, ...]
    separator: str = ","

    @property
    def known(self) -> dict[str, str]:
        """Columns by their name in small letters."""
        return {name.strip().lower(): name for name in self.columns}


@dataclass(frozen=True)
class _Plan:
    """Which column of a file is which, and in what system its codes are."""

    columns: dict[str, str] = field(default_factory=dict)
    systems: dict[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()


def read_set(
    path: Path,
    kind: DataSet,
    years: tuple[int, int] | None = None,
    states: Iterable[int] | None = None,
) -> Table:
    """The rows of a file that a purpose needs: of `years` (first, last) and with one of `states` (COW numbers).

    Only the columns that the data set declares are read. Raises `InputError` with one sentence.
    """
    header = _header(path)
    plan = _plan(header, kind)
    if plan.lacking:
        raise InputError(f"{path}: no column {plan.lacking[0]}, which {kind.name} has{_looks_like(header, kind)}")
    wanted = None if states is None else set(states)
    notes: list[str] = []
    kept: list[pd.DataFrame] = []
    dropped, strange = 0, set[str]()
    for raw in _chunks(path, header, plan):
        rows = pd.DataFrame({name: raw[column] for name, column in plan.columns.items()}, index=raw.index)
        rows, lost = _clean(rows, plan, kind, path, header, strange)
        dropped += lost
        if years is not None and kind.year in rows:
            rows = rows[rows[kind.year].between(*years)]
        if wanted is not None:
            rows = rows[rows[list(kind.codes)].isin(wanted).any(axis=1)]
        kept.append(rows)
    frame = pd.concat(kept) if kept else pd.DataFrame(columns=list(plan.columns))
    _check(frame, kind, path)
    if header.separator == SEMICOLON:
        notes.append(f"{path}: separated by semicolons; a comma inside a number was read as its decimal point")
    if dropped:
        some = f" ({', '.join(sorted(strange)[:3])}, ...)" if strange else ""
        notes.append(f"{path}: {dropped} rows without a state that could be recognised{some} were left out")
    return Table(kind, path, frame.reset_index(drop=True), tuple(notes))


def is_set(path: Path, kind: DataSet) -> bool:
    """Whether a file has the columns of a data set."""
    return not _plan(_header(path), kind).lacking


def find_sets(folder: Path, wanted: Iterable[str] = tuple(SETS)) -> dict[str, Path]:
    """The files of a folder by the data set whose columns they have, the one with most of its columns for each.

    Only the data sets that are `wanted` are returned.

    Raises `InputError` where the folder is none, or where two files serve equally well.
    """
    if not folder.is_dir():
        raise InputError(f"--data {shown(str(folder))}: no such folder")
    found: dict[str, list[tuple[int, Path]]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        try:
            header = _header(path)
        except InputError:
            continue
        fits = {id_: _plan(header, kind) for id_, kind in SETS.items()}
        whole = {id_: len(plan.columns) for id_, plan in fits.items() if not plan.lacking}
        if whole:
            # A file of phases has the columns of alliances too; the data set with most columns is meant.
            id_ = max(whole, key=lambda one: whole[one])
            found.setdefault(id_, []).append((whole[id_], path))
    chosen = {}
    for id_, files in found.items():
        if id_ not in set(wanted):
            continue
        most = max(count for count, _ in files)
        best = [path for count, path in files if count == most]
        if len(best) > 1:
            names = " and ".join(path.name for path in best[:2])
            raise InputError(f"--data {folder}: {names} both hold {SETS[id_].name}; name one with --{id_}")
        chosen[id_] = best[0]
    if not found:
        raise InputError(f"--data {folder}: holds no file of a data set that is known")
    return chosen


def _header(path: Path) -> _Header:
    """The columns of a file. Raises `InputError` where it cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(f"{path}: must end in one of {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    try:
        if suffix == ".parquet":
            return _Header(tuple(map(str, parquet_frame(path).columns)))
        if suffix == ".dta":
            with pd.read_stata(path, iterator=True) as reader:
                return _Header(tuple(reader.variable_labels()))
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            line = file.readline()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    if not line.strip():
        raise InputError(f"{path}: empty")
    separator = max((",", SEMICOLON, "\t"), key=line.count)
    return _Header(tuple(name.strip().strip('"') for name in line.rstrip("\r\n").split(separator)), separator)


def _plan(header: _Header, kind: DataSet) -> _Plan:
    known = header.known
    columns, systems, lacking = {}, {}, []
    for name, spellings in kind.codes.items():
        named = [(system, one) for system, list_ in spellings.items() for one in list_ if one in known]
        if named:
            systems[name], columns[name] = named[0][0], known[named[0][1]]
        else:
            lacking.append(name)
    for column in kind.columns:
        here = [known[name] for name in (column.name, *column.also) if name in known]
        if here:
            columns[column.name] = here[0]
        elif column.needed:
            lacking.append(column.name)
    return _Plan(columns, systems, tuple(lacking))


def _looks_like(header: _Header, wanted: DataSet) -> str:
    """What a file that is not what it should be looks like, where that can be said."""
    shares: dict[str, float] = {}
    for id_, kind in SETS.items():
        needed = len(kind.codes) + sum(column.needed for column in kind.columns)
        shares[id_] = 1 - len(_plan(header, kind).lacking) / needed
    best = max(shares, key=lambda id_: shares[id_])
    if shares[best] <= shares[wanted.id] or best == wanted.id:
        columns = ", ".join(header.columns[:5])
        return f"; it has {columns}{', ...' if len(header.columns) > 5 else ''}"
    return f"; its columns are nearest to those of {SETS[best].name} (--{best})"


def _chunks(path: Path, header: _Header, plan: _Plan) -> Iterator[pd.DataFrame]:
    columns = list(dict.fromkeys(plan.columns.values()))
    try:
        if path.suffix.lower() == ".parquet":
            yield parquet_frame(path)[columns]
        elif path.suffix.lower() == ".dta":
            with pd.read_stata(path, columns=columns, chunksize=CHUNK, convert_categoricals=False) as chunks:
                yield from chunks
        else:
            with pd.read_csv(
                path,
                sep=header.separator,
                usecols=lambda name: str(name).strip() in columns,
                dtype=str,
                keep_default_na=False,
                chunksize=CHUNK,
                encoding="utf-8-sig",
                encoding_errors="replace",
            ) as parts:
                for part in parts:
                    yield part.rename(columns=lambda name: str(name).strip())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None


def _clean(
    rows: pd.DataFrame, plan: _Plan, kind: DataSet, path: Path, header: _Header, strange: set[str]
) -> tuple[pd.DataFrame, int]:
    """Numbers as numbers, missing as NaN and states as COW numbers; how many rows have no known state."""
    declared = {column.name: column for column in kind.columns}
    made: dict[str, pd.Series] = {}
    for name in rows:
        if name in declared:
            if declared[name].text:
                text = rows[name].astype(str).str.strip()
                made[name] = text.mask(text.isin(MISSING), "")
            else:
                made[name] = _numbers(rows[name], str(name), path, header, kind.negative)
    year = None if kind.year is None else made.get(kind.year)
    for name, system in plan.systems.items():
        made[name] = _codes(rows[name], system, year, strange)
    frame = pd.DataFrame(made, index=rows.index)
    whole = frame[list(kind.codes)].notna().all(axis=1)
    if kind.year in made:
        # A row without a year is of no use, and no mistake: coders leave them.
        whole &= frame[kind.year].notna()
    kept = frame[whole]
    return kept.astype(dict.fromkeys(kind.codes, int)), int((~whole).sum())


def _numbers(values: pd.Series, name: str, path: Path, header: _Header, negative: bool) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        found = values.astype(float)
    else:
        text = values.astype(str).str.strip()
        if header.separator == SEMICOLON:
            text = text.str.replace(",", ".", regex=False)
        gone = text.isin(MISSING)
        found = pd.to_numeric(text.mask(gone), errors="coerce")
        wrong = found.isna() & ~gone
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            line = int(values.index[at]) + FIRST_LINE
            raise InputError(f"{path}:{line}: {name}: {shown(text.iloc[at])}: must be a number")
    # Codebooks write what is unknown, still lasting or not applicable as -9, -8, -77 and so on.
    return found if negative else found.where(found >= 0)


def _codes(values: pd.Series, system: str, year: pd.Series | None, strange: set[str]) -> pd.Series:
    text = values.astype(str).str.strip()
    gone = text.isin(MISSING) | (text == "None")
    if system == COW:
        number = pd.to_numeric(text.mask(gone), errors="coerce")
        if (number.notna() | gone).all():
            return number.where(number > 0)
        system = NAMED
    years = pd.Series(np.nan, index=text.index) if year is None else year
    pairs = pd.DataFrame({"code": text, "year": years})[~gone].drop_duplicates()
    known: dict[tuple[str, object], float] = {}
    for code, when in pairs.itertuples(index=False):
        found = cow_of(code, system, None if pd.isna(when) else int(when))
        if found is None:
            strange.add(code)
        known[code, None if pd.isna(when) else when] = np.nan if found is None else found
    made = [
        np.nan if none else known[code, None if pd.isna(when) else when]
        for code, when, none in zip(text, years, gone, strict=True)
    ]
    return pd.Series(made, index=text.index, dtype=float)


def _check(rows: pd.DataFrame, kind: DataSet, path: Path) -> None:
    """Refuse codes of another system, values out of range and two rows of one key."""
    for name in kind.codes:
        codes = rows[name].unique()
        odd = unknown(codes)
        if len(odd) > STRANGE * len(codes):
            raise InputError(
                f"{path}: {name}: {odd[0]} and {len(odd) - 1} more are no COW numbers of states; codes of another "
                "system stand in a column named gwcode (Gleditsch-Ward), iso3c or country"
            )
    for column in kind.columns:
        if column.name not in rows or (column.low is None and column.high is None):
            continue
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        wrong = rows[rows[column.name].notna() & ~rows[column.name].between(low, high)]
        if len(wrong):
            rule = f"must lie in {low:g}..{high:g}" if high < np.inf else f"must be {low:g} or more"
            first = wrong.iloc[0]
            raise InputError(f"{path}: {column.name}: {first[column.name]:g} ({row_key(kind, first)}): {rule}")
    if kind.key:
        twice = rows[rows.duplicated(list(kind.key))]
        if len(twice):
            raise InputError(f"{path}: two rows of {row_key(kind, twice.iloc[0])}; {kind.name} has one")


def row_key(kind: DataSet, row: Mapping | pd.Series) -> str:
    """What finds a row again in its file: `ccode=2 year=1985`."""
    names = kind.key or (*kind.codes, *((kind.year,) if kind.year else ()))
    return " ".join(
        f"{name}={row[name]:g}" if not isinstance(row[name], str) else f"{name}={row[name]}" for name in names
    )
