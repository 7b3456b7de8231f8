"""What the data sets say of states, rivalries, disputes and treaties, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from entente.errors import InputError
from entente.schema.base import MONTHS_IN_YEAR

from .read import Table
from .sets import LISTED
from .states import country

MIDDLE = 6
"""The month of a signature of which only the year is known."""

TERMINAL = 9999
"""The year in which what has not ended is taken to end."""

SESSION_ZERO = 1945
"""Session n of the General Assembly begins in the year 1945 + n."""

YEAR = 4
"""Digits of the year with which a date begins, 1920-01-01 or 192001."""

LAND = 1
"""Contiguity type 1: a land border."""

GENERAL = "general"


@dataclass(frozen=True)
class Pact:
    """A treaty as a data set has it: one row a member and phase, with the months of entry and exit.

    Columns of `rows`: member, entered, left (months since year 0), phase and, for an alliance, ATOP's clauses.
    """

    table: Table
    id: str
    rows: pd.DataFrame

    @property
    def agreement(self) -> bool:
        """Whether it is a defence cooperation agreement and no alliance."""
        return self.table.of.id == "dcad"

    @property
    def name(self) -> str:
        """Name as it stands in scenarios."""
        return f"{'Defence cooperation agreement' if self.agreement else 'ATOP'} {self.id}"

    @cached_property
    def _spells(self) -> dict[int, tuple[int, int]]:
        """The months in which each member entered first and left for good."""
        found: dict[int, tuple[int, int]] = {}
        for row in self.rows[["member", "entered", "left"]].to_dict("records"):
            before = found.get(row["member"], (row["entered"], row["left"]))
            found[row["member"]] = (min(before[0], row["entered"]), max(before[1], row["left"]))
        return dict(sorted(found.items()))

    @property
    def members(self) -> list[int]:
        """COW numbers of all that ever were members, in the order of their numbers."""
        return list(self._spells)

    @property
    def begun(self) -> int:
        """The month from which two states at least were in it."""
        return sorted(entered for entered, _ in self._spells.values())[1]

    @property
    def ended(self) -> int:
        """The month in which its last member left."""
        return max(left for _, left in self._spells.values())

    def entered(self, member: int) -> int:
        """The month in which a member entered first."""
        return self._spells[member][0]

    def left(self, member: int) -> int:
        """The month in which a member left for good."""
        return self._spells[member][1]


def month_of(year: pd.Series, month: pd.Series | None, otherwise: int) -> pd.Series:
    """Years and months as counts of months since year 0; a month that is not known is `otherwise`."""
    known = pd.Series(float(otherwise), index=year.index) if month is None else month
    return (year * MONTHS_IN_YEAR + known.where(known.between(1, MONTHS_IN_YEAR), otherwise) - 1).astype(int)


@dataclass(frozen=True)
class Facts:
    """The tables that were given, by the id of their data set."""

    tables: dict[str, Table]

    def table(self, id_: str, why: str) -> Table:
        """A table that is needed. Raises `InputError` where it was not given."""
        if id_ not in self.tables:
            raise InputError(f"--{id_}: missing: {why}")
        return self.tables[id_]

    def has(self, id_: str) -> bool:
        """Whether a data set was given."""
        return id_ in self.tables

    @cached_property
    def cinc(self) -> dict[int, pd.Series]:
        """CINC above 0 of each state, by year."""
        rows = self.table("nmc", "capabilities come from it").rows
        rows = rows[rows.cinc > 0]
        return {code: of.set_index("year").cinc.sort_index() for code, of in by_number(rows, "ccode").items()}

    @cached_property
    def lives(self) -> dict[int, tuple[int, int]]:
        """The first and last year in which NMC has a row of each state, with or without a number in it."""
        rows = self.table("nmc", "capabilities come from it").rows
        return {code: (int(of.year.min()), int(of.year.max())) for code, of in by_number(rows, "ccode").items()}

    @cached_property
    def span(self) -> tuple[int, int]:
        """The first and last year of NMC."""
        return min(first for first, _ in self.lives.values()), max(last for _, last in self.lives.values())

    @cached_property
    def alliances(self) -> dict[int, Pact]:
        """Every ATOP alliance by its number, from the file of members, of phases or of alliances."""
        id_ = next((one for one in ("members", "phases", "alliances") if self.has(one)), "members")
        table = self.table(id_, "alliances come from it (or from --phases or --alliances)")
        rows = table.rows if id_ == "members" else _melted(table.rows)
        if "phase" not in rows:
            rows = rows.assign(phase=0)
        begun = month_of(rows.yrent, rows.get("moent"), 1)
        ended = rows.yrexit.where(rows.yrexit > 0, TERMINAL)
        rows = rows.assign(entered=begun, left=month_of(ended, rows.get("moexit"), MONTHS_IN_YEAR))
        return {atop: Pact(table, str(atop), of) for atop, of in by_number(rows, "atopid").items()}

    @cached_property
    def of_pair(self) -> dict[tuple[int, int], list[int]]:
        """The numbers of the alliances that two states (the lower code first) were in together."""
        found: dict[tuple[int, int], list[int]] = {}
        for atop, pact in self.alliances.items():
            for n, a in enumerate(pact.members):
                for b in pact.members[n + 1 :]:
                    found.setdefault((a, b), []).append(atop)
        return found

    @cached_property
    def agreements(self) -> dict[tuple[int, int], list[Pact]]:
        """The general defence cooperation agreements of two states (the lower code first), the earliest first."""
        if not self.has("dcad"):
            return {}
        table = self.tables["dcad"]
        rows = table.rows[(table.rows.type.str.lower() == GENERAL) & table.rows.signyear.notna()]
        # A row in which both sides have one code is a slip of the coders and names no dyad.
        rows = rows[rows.ccode1 != rows.ccode2]
        found: dict[tuple[int, int], list[Pact]] = {}
        for row in rows.sort_values("signyear", kind="stable").to_dict("records"):
            pair = tuple(sorted((int(row["ccode1"]), int(row["ccode2"]))))
            one = pd.DataFrame([row])
            entered = int(month_of(one.signyear, one.get("signmonth"), MIDDLE).iloc[0])
            left = int(month_of(one.endyearestimate.fillna(TERMINAL), None, MONTHS_IN_YEAR).iloc[0])
            members = pd.DataFrame({"member": pair, "entered": entered, "left": left, "phase": 0})
            found.setdefault((pair[0], pair[1]), []).append(Pact(table, f"of {int(row['signyear'])}", members))
        return found

    @cached_property
    def rivalries(self) -> dict[int, list[dict]]:
        """The rivalries of each state: `other`, `start`, `end`, `principal`, and both codes as they stand."""
        if not self.has("rivalries"):
            return {}
        found: dict[int, list[dict]] = {}
        for row in self.tables["rivalries"].rows.to_dict("records"):
            principal = any(row.get(name) == 1 for name in ("principal", "aprin"))
            end = TERMINAL if pd.isna(row["end"]) else int(row["end"])
            for own, other in (("ccode1", "ccode2"), ("ccode2", "ccode1")):
                one = {"other": row[other], "start": int(row["start"]), "end": end, "principal": principal}
                found.setdefault(row[own], []).append({**one, "ccode1": row["ccode1"], "ccode2": row["ccode2"]})
        return found

    @cached_property
    def borders(self) -> dict[tuple[int, int], list[tuple[int, int]]]:
        """The years (first, last) in which two states had a land border, in either order of codes."""
        found: dict[tuple[int, int], list[tuple[int, int]]] = {}
        if self.has("contiguity"):
            rows = self.tables["contiguity"].rows
            for row in rows[rows.conttype == LAND].to_dict("records"):
                years = (int(str(row["begin"])[:YEAR]), int(str(row["end"])[:YEAR]))
                for own, other in (("ccode1", "ccode2"), ("ccode2", "ccode1")):
                    found.setdefault((row[own], row[other]), []).append(years)
        return found

    @cached_property
    def disputes(self) -> dict[int, pd.DataFrame]:
        """The disputes of each state, in the months in which they began."""
        if not self.has("disputes"):
            return {}
        rows = self.tables["disputes"].rows
        rows = rows.sort_values(["year", "dispnum", "ccode1", "ccode2"], kind="stable")
        # Without a column of onsets a dispute begins in the first year in which it has a row.
        begun = rows[rows.onset == 1] if "onset" in rows else rows
        begun = begun.drop_duplicates(["dispnum", "ccode1", "ccode2"])
        return by_number(begun, "ccode1")

    @cached_property
    def crises(self) -> pd.DataFrame:
        """The crises of states."""
        return self.tables["icb"].rows if self.has("icb") else pd.DataFrame(columns=["cracid"])

    @cached_property
    def ideal(self) -> dict[int, pd.Series]:
        """UN ideal points of each state by year."""
        if not self.has("ideal"):
            return {}
        rows = self.tables["ideal"].rows
        if "year" not in rows and "session" not in rows:
            raise InputError(f"{self.tables['ideal'].file}: no column year and none session")
        year = rows["year"] if "year" in rows else rows.session + SESSION_ZERO
        return {
            code: of.set_index("year").idealpoint.dropna().sort_index()
            for code, of in by_number(rows.assign(year=year).drop_duplicates(["ccode", "year"]), "ccode").items()
        }

    @cached_property
    def practice(self) -> dict[tuple[int, int], pd.DataFrame]:
        """The practice of two states (the lower code first), by year."""
        if not self.has("practice"):
            return {}
        rows = self.tables["practice"].rows
        low, high = rows[["ccode1", "ccode2"]].min(axis=1), rows[["ccode1", "ccode2"]].max(axis=1)
        rows = rows.assign(ccode1=low, ccode2=high).dropna(subset=["rung"]).sort_values("year")
        return {
            (a, b): of
            for a, own in by_number(rows, "ccode1").items()
            for b, of in by_number(own, "ccode2").items()
        }

    def rivals_between(self, members: Iterable[int], first: int, last: int) -> set[tuple[int, int]]:
        """The pairs of some states, the lower code first, that were rivals at some time between two years."""
        among = set(members)
        return {
            (min(one, r["other"]), max(one, r["other"]))
            for one in among
            for r in self.rivalries.get(one, [])
            if r["other"] in among and r["start"] <= last and r["end"] >= first
        }


def by_number(rows: pd.DataFrame, column: str) -> dict[int, pd.DataFrame]:
    """Rows by a column of whole numbers, in its order."""
    return {int(str(number).partition(".")[0]): of for number, of in rows.groupby(column)}


def _melted(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a member from a file that lists members in columns."""
    listed = [name for name in LISTED if name in rows]
    rest = [name for name in rows if name not in listed]
    long = rows.melt(rest, listed, value_name="member").dropna(subset=["member"])
    names = {"begyr": "yrent", "begmo": "moent", "endyr": "yrexit"}
    return long.astype({"member": int}).drop(columns="variable").rename(columns=names)


def title(codes: Iterable[int]) -> str:
    """Names of states, joined."""
    return ", ".join(country(code).name for code in codes)
