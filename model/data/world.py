"""A scenario from the data sets: members, their rivals and disputes, and the treaty between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import log10
from typing import Any

import pandas as pd

from entente.errors import InputError
from entente.schema.base import MONTHS_IN_YEAR, month_text

from .facts import Facts, Pact, title
from .mapping import Clause, MappingFile
from .read import Table, row_key
from .states import country

TREATY = "pact"
DIGITS = 6
"""Decimals of CINC that are kept, as the data set has them."""

NEAR = 3
"""Years before the start within which a UN ideal point is still that of the start."""


@dataclass
class Ledger:
    """Where every number of a scenario comes from, a row a number."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def put(
        self, path: str, value: Any, table: Table | None = None, column: str = "", row: str = "", mapping: str = ""
    ) -> Any:
        """Note the origin of the number at a path, and give the number back."""
        self.rows.append(
            {
                "path": path,
                "value": value,
                "data_set": "" if table is None else table.of.name,
                "file": "" if table is None else table.file.name,
                "column": column,
                "row": row,
                "mapping": mapping,
                "citation": "" if table is None else table.of.citation,
            }
        )
        return value


@dataclass
class Built:
    """A scenario as plain data, the origin of its numbers, and what a reader should know."""

    world: dict[str, Any]
    ledger: Ledger
    members: list[int]
    notes: list[str]


def build(
    facts: Facts, mapping: MappingFile, name: str, pact: Pact, years: tuple[int, int], opening: int | None
) -> Built:
    """The scenario of a treaty from `years[0]` to `years[1]`; `opening` is the rung of practice at the start.

    Raises `InputError` with one sentence where the data do not allow it.
    """
    first, last = years
    draft = _Draft(facts, mapping, Ledger(), first, last)
    members, candidates = draft.members(pact)
    everyone = [*members, *candidates]
    rivals = draft.rivals(everyone)
    sources = sorted({code for own in rivals.values() for code in own})
    if not sources and not mapping.population.without_rivals.value:
        raise InputError(f"{name}: no member has a rival between {first} and {last}")
    put = draft.ledger.put
    world: dict[str, Any] = {
        "name": name,
        "summary": f"{pact.name} of {title(members)}, {first}-{last}, from public data."[:400],
        "start": put("start", month_text(first * MONTHS_IN_YEAR), row="option --from"),
        "months": put("months", MONTHS_IN_YEAR * (last - first + 1), row="options --from and --to"),
        "states": {
            country(code).id: draft.state(code, rivals[code], sources)
            | draft.life(code, everyone, code in members)
            for code in everyone
        },
        "sources": {source_id(code): draft.source(code) for code in sources},
        "treaties": {TREATY: draft.treaty(pact, members, candidates, sources, opening)},
    }
    world["interventions"] = draft.changing_exposures(rivals) | draft.shocks(everyone, sources)
    return Built(world, draft.ledger, members, draft.notes)


def source_id(code: int) -> str:
    """The id of a rival as a source of threat."""
    return f"rival-{country(code).id}"


@dataclass
class _Draft:
    facts: Facts
    mapping: MappingFile
    ledger: Ledger
    first: int
    last: int
    notes: list[str] = field(default_factory=list)

    @property
    def start(self) -> int:
        """The first month, counted from year 0."""
        return self.first * MONTHS_IN_YEAR

    @property
    def end(self) -> int:
        """The month after the last."""
        return (self.last + 1) * MONTHS_IN_YEAR

    def members(self, pact: Pact) -> tuple[list[int], list[int]]:
        """Who is party at the start or signs after it, and who may join later; all have capabilities."""
        begin = max(self.start, pact.begun)
        if begin >= self.end or pact.ended < self.start:
            ends = pact.ended // MONTHS_IN_YEAR
            until = f" to {ends}" if ends < self.last else ""
            raise InputError(
                f"{pact.name}: in force from {pact.begun // MONTHS_IN_YEAR}{until}, "
                f"not between {self.first} and {self.last}"
            )
        parties = [one for one in pact.members if pact.entered(one) <= begin <= pact.left(one)]
        later = [one for one in pact.members if begin < pact.entered(one) < self.end]
        without = [one for one in (*parties, *later) if not len(self.capability(one))]
        parties = [one for one in parties if one not in without]
        if len(parties) < 2:
            missing = f"; {title(without)}: no CINC in these years" if without else ""
            raise InputError(
                f"{pact.name}: {len(parties)} members with capabilities between {self.first} and {self.last}, "
                f"a treaty needs two{missing}"
            )
        if without:
            self.notes.append(f"left out, for want of CINC between {self.first} and {self.last}: {title(without)}")
        allowed = later if self.mapping.treaty.candidates.value else []
        return parties, [one for one in allowed if one not in without]

    def capability(self, code: int) -> pd.Series:
        """CINC of a state in the years of the scenario."""
        own = self.facts.cinc.get(code, pd.Series(dtype=float))
        return own[(own.index >= self.first) & (own.index <= self.last)].round(DIGITS).loc[lambda c: c > 0]

    def rivals(self, everyone: Sequence[int]) -> dict[int, dict[int, list[dict]]]:
        """For each state its rivals outside, each with the rivalries that fall in the years of the scenario."""
        found: dict[int, dict[int, list[dict]]] = {}
        for code in everyone:
            own = found.setdefault(code, {})
            for one in self.facts.rivalries.get(code, []):
                if one["other"] not in everyone and one["start"] <= self.last and one["end"] >= self.first:
                    own.setdefault(one["other"], []).append(one)
        return found

    def state(self, code: int, rivals: dict[int, list[dict]], sources: Sequence[int]) -> dict[str, Any]:
        who, at, put = country(code), f"states.{country(code).id}", self.ledger.put
        nmc, own = self.facts.tables["nmc"], self.capability(code)
        return {
            "name": f"{who.name} (COW {code})"[:60],
            "place": {
                "longitude": put(f"{at}.place.longitude", who.longitude, row="configs/countries.csv"),
                "latitude": put(f"{at}.place.latitude", who.latitude, row="configs/countries.csv"),
            },
            "capability": {
                str(year): put(f"{at}.capability.{year}", value, nmc, "cinc", f"ccode={code} year={year}")
                for year, value in zip(own.index.astype(int), own.tolist(), strict=True)
            },
            "exposure": {
                source_id(other): self.exposure(
                    f"{at}.exposure.{source_id(other)}", code, other, found, self.first
                )
                for other, found in sorted(rivals.items())
            },
            "contribution": {
                source_id(other): put(
                    f"{at}.contribution.{source_id(other)}",
                    self.mapping.contribution.value,
                    mapping="contribution",
                )
                for other in sources
            },
            "citation": {"capability": nmc.of.citation},
        }

    def life(self, code: int, everyone: Sequence[int], party: bool) -> dict[str, Any]:
        """When a state begins and ends within the years of the scenario, as NMC has rows of it, and who succeeds it.

        A party exists when the treaty is signed, whatever NMC lacks.
        """
        if not self.mapping.states.lives.value:
            return {}
        nmc, at = self.facts.tables["nmc"], f"states.{country(code).id}"
        (first, last), (_, latest) = self.facts.lives[code], self.facts.span
        key, found = "states.lives", {}
        if self.first < first <= self.last and not party:
            found["from"] = self.ledger.put(
                f"{at}.from", f"{first}-01", nmc, "year", f"ccode={code} year={first}", key
            )
        if last < min(self.last, latest):
            found["to"] = self.ledger.put(f"{at}.to", f"{last}-12", nmc, "year", f"ccode={code} year={last}", key)
            heir = self.mapping.states.successors.value.get(str(code))
            if heir is not None and heir in everyone:
                found["successor"] = country(heir).id
                self.ledger.put(f"{at}.successor", country(heir).id, mapping="states.successors")
        return found

    def exposure(self, path: str, code: int, other: int, rivalries: list[dict], year: int) -> float:
        """How much a rival concerns a state in a year."""
        how, table = self.mapping.rivalry, self.facts.tables["rivalries"]
        now = [one for one in rivalries if one["start"] <= year <= one["end"]]
        row = row_key(table.of, (now or rivalries)[0])
        if not now:
            return float(self.ledger.put(path, how.ended.value, table, "start, end", row, "rivalry.ended"))
        key = "principal" if any(one["principal"] for one in now) else "other"
        value = getattr(how, key).value
        if any(low <= year <= high for low, high in self.facts.borders.get((code, other), [])):
            value = round(min(1.0, value + how.contiguous.value), DIGITS)
            key = f"{key}, rivalry.contiguous"
        return float(self.ledger.put(path, value, table, "principal, aprin", row, f"rivalry.{key}"))

    def changing_exposures(self, rivals: dict[int, dict[int, list[dict]]]) -> dict[str, Any]:
        """A dated setting for every year in which a rivalry begins or has ended."""
        acts: dict[str, Any] = {}
        for code, own in rivals.items():
            for other, found in sorted(own.items()):
                turns = {one["start"] for one in found} | {one["end"] + 1 for one in found}
                for year in sorted(turn for turn in turns if self.first < turn <= self.last):
                    id_ = f"x{year}-{country(code).id}-{country(other).id}"
                    at = f"interventions.{id_}"
                    acts[id_] = {
                        "kind": "set",
                        "month": self.ledger.put(
                            f"{at}.month", f"{year}-01", self.facts.tables["rivalries"], "start, end"
                        ),
                        "path": f"states.{country(code).id}.exposure.{source_id(other)}",
                        "value": self.exposure(f"{at}.value", code, other, found, year),
                    }
        return acts

    def source(self, code: int) -> dict[str, Any]:
        at, how = f"sources.{source_id(code)}", self.mapping.source
        return {
            "name": country(code).name[:60],
            "origin": "outside",
            "base": self.ledger.put(f"{at}.base", how.base.value, mapping="source.base"),
            "need": self.ledger.put(f"{at}.need", how.need.value, mapping="source.need"),
        }

    def phases(self, pact: Pact) -> list[tuple[int, pd.Series]]:
        """The texts of a treaty: the month from which each holds, and a row with its clauses; the one at the start first."""
        texts = [
            (int(rows.entered.min()), rows.iloc[0])
            for _, rows in pact.rows.sort_values(["phase", "entered"], kind="stable").groupby("phase")
        ]
        texts.sort(key=lambda text: text[0])
        begin = max(self.start, pact.begun)
        before = [text for text in texts if text[0] <= begin]
        later = [text for text in texts if begin < text[0] < self.end]
        return [before[-1], *(later if self.mapping.treaty.phases.value else [])]

    def treaty(
        self,
        pact: Pact,
        members: Sequence[int],
        candidates: Sequence[int],
        sources: Sequence[int],
        opening: int | None,
    ) -> dict[str, Any]:
        at, put, how = f"treaties.{TREATY}", self.ledger.put, self.mapping.treaty
        text = self.phases(pact)[0][1]
        signed = pact.begun
        older = signed < self.start
        mistrust, keys = self.mistrust(members)
        row = row_of(pact)
        made: dict[str, Any] = {
            "name": pact.name[:80],
            "parties": {country(one).id: True for one in members},
            "signed": put(f"{at}.signed", month_text(signed), pact.table, "first month", row),
            "obligation": self.obligation(f"{at}.obligation", pact, text),
            "rung": self.rung(f"{at}.rung", pact, opening if older else None, older),
            "mistrust": put(f"{at}.mistrust", mistrust, row=title(members), mapping=keys),
            "scope": {
                source_id(one): put(f"{at}.scope.{source_id(one)}", how.scope.value, mapping="treaty.scope")
                for one in sources
            },
            "exchange": self.exchange(f"{at}.exchange", members),
            "articles": self.articles(f"{at}.articles", pact, text),
            "citation": {"obligation": pact.table.of.citation, "articles": pact.table.of.citation},
        }
        later = self.later_texts(f"{at}.phases", pact)
        if later:
            made["phases"] = later
        if candidates:
            made["candidates"] = {country(one).id: True for one in candidates}
        if older:
            made["opening"] = {
                "rung": self.rung(f"{at}.opening.rung", pact, opening, older),
                "mistrust": put(f"{at}.opening.mistrust", mistrust, row=title(members), mapping=keys),
            }
        return made

    def rung(self, path: str, pact: Pact, opening: int | None, older: bool) -> int:
        if opening is not None:
            table = self.facts.tables["practice"]
            return int(self.ledger.put(path, opening, table, "rung", f"{title(pact.members)} year={self.first}"))
        if older:
            return int(
                self.ledger.put(path, self.mapping.treaty.unknown_rung.value, mapping="treaty.unknown_rung")
            )
        key = "agreement" if pact.agreement else "treaty"
        return int(
            self.ledger.put(path, getattr(self.mapping, key).signed_rung.value, mapping=f"{key}.signed_rung")
        )

    def obligation(self, path: str, pact: Pact, text: pd.Series) -> int:
        if pact.agreement:
            value = self.mapping.agreement.obligation.value
            return int(self.ledger.put(path, value, pact.table, "type", row_of(pact), "agreement.obligation"))
        levels = self.mapping.treaty.obligation.value
        said = {clause: level for clause, level in levels.items() if text.get(clause, 0) >= 1}
        column = max(said, key=lambda clause: said[clause]) if said else ", ".join(levels)
        value = said.get(column, 0)
        return int(self.ledger.put(path, value, pact.table, column, row_of(pact), "treaty.obligation"))

    def articles(self, at: str, pact: Pact, text: pd.Series) -> dict[str, Any]:
        """The articles of one text of a treaty."""
        put = self.ledger.put
        if pact.agreement:
            key = "agreement.clauses"
            return {
                rule: {
                    "rule": rule,
                    "strength": put(f"{at}.{rule}.strength", value, pact.table, "type", row_of(pact), key),
                }
                for rule, value in self.mapping.agreement.clauses.value.items()
            }
        made: dict[str, Any] = {}
        for id_, clause in self.mapping.clauses.items():
            if not holds(clause, text):
                continue
            made[id_] = {
                "rule": clause.rule,
                "strength": put(
                    f"{at}.{id_}.strength",
                    clause.strength,
                    pact.table,
                    clause.column,
                    row_of(pact),
                    f"clauses.{id_}",
                ),
            }
        return made | self.term(at, pact, text)

    def term(self, at: str, pact: Pact, text: pd.Series) -> dict[str, Any]:
        length, again = (text.get(column, float("nan")) for column in ("length", "renewlgt"))
        if text.get("speclgth", 0) != 1 or not length >= MONTHS_IN_YEAR:
            return {}
        found: dict[str, Any] = {"rule": "term"}
        for key, column, months in (
            ("years", "length", length),
            ("renewal_years", "renewlgt", again if again >= 1 else length),
        ):
            years = int(min(self.mapping.treaty.longest_term.value, max(1, round(months / MONTHS_IN_YEAR))))
            cut = "treaty.longest_term" if years * MONTHS_IN_YEAR < months - MONTHS_IN_YEAR else ""
            found[key] = self.ledger.put(f"{at}.term.{key}", years, pact.table, column, row_of(pact), cut)
        return {"term": found}

    def later_texts(self, at: str, pact: Pact) -> dict[str, Any]:
        """What each later text promises and says, by the month in which it begins; one that changes neither is left out."""
        if pact.agreement:
            return {}
        found: dict[str, Any] = {}
        texts = self.phases(pact)
        # To compare texts is to note no number's origin.
        plain = replace(self, ledger=Ledger())
        for (_, before), (month, after) in zip(texts[:-1], texts[1:], strict=True):
            here, when = f"{at}.{month_text(month)}", month_text(month)
            changed: dict[str, Any] = {}
            if plain.obligation("", pact, before) != plain.obligation("", pact, after):
                changed["obligation"] = self.obligation(f"{here}.obligation", pact, after)
            if plain.articles("", pact, before) != plain.articles("", pact, after):
                changed["articles"] = self.articles(f"{here}.articles", pact, after)
            if changed:
                found[when] = changed
        return found

    def mistrust(self, members: Sequence[int]) -> tuple[float, str]:
        """Mistrust at the start, and the entries of the mapping that it rests on."""
        how = self.mapping.mistrust
        pairs = list(combinations(sorted(members), 2))
        memory = self.first - how.rival_memory.value
        rivals = self.facts.rivals_between(members, memory, self.first)
        share = len(rivals) / len(pairs)
        value, keys = how.plain.value + share * (how.rivals.value - how.plain.value), ["mistrust.plain"]
        if share:
            keys = ["mistrust.rivals", "mistrust.rival_memory", *keys]
        points = {one: self.ideal_point(one) for one in members}
        known = [(a, b) for a, b in pairs if points[a] is not None and points[b] is not None]
        if known:
            apart = sum(abs((points[a] or 0) - (points[b] or 0)) for a, b in known) / len(known)
            value += how.per_ideal_point.value * apart
            keys.append("mistrust.per_ideal_point")
        return round(min(1.0, value), DIGITS), ", ".join(keys)

    def ideal_point(self, code: int) -> float | None:
        own = self.facts.ideal.get(code, pd.Series(dtype=float))
        before = own[(own.index < self.first) & (own.index >= self.first - NEAR)]
        return float(before.iloc[-1]) if len(before) else None

    def exchange(self, at: str, members: Sequence[int]) -> dict[str, float]:
        """Gains by exchange: the mean over the partners of gravity between the capabilities of the first year."""
        how, nmc = self.mapping.exchange, self.facts.tables["nmc"]
        sizes = {one: float(self.capability(one).iloc[0]) for one in members}
        found = {}
        for one in members:
            others = [other for other in members if other != one]
            pulls = [(log10(sizes[one] * sizes[o]) + how.shift.value) / how.span.value for o in others]
            value = round(sum(min(1.0, max(0.0, pull)) for pull in pulls) / len(pulls), DIGITS)
            year = int(self.capability(one).index[0])
            found[country(one).id] = self.ledger.put(
                f"{at}.{country(one).id}",
                value,
                nmc,
                "cinc",
                f"{title([one, *others])} year={year}"[:200],
                "exchange.shift, exchange.span",
            )
        return found

    def shocks(self, everyone: Sequence[int], sources: Sequence[int]) -> dict[str, Any]:
        """Disputes and crises with rivals as shocks, disputes between members as quarrels, by month."""
        acts: dict[str, Any] = {}
        seen: set[tuple[int, int, int]] = set()
        for code in everyone:
            own = self.facts.disputes.get(code)
            if own is None:
                continue
            own = own[own.year.between(self.first, self.last)]
            for row in own[own.ccode2.isin([*sources, *everyone])].to_dict("records"):
                self.dispute(acts, seen, code, row, everyone)
        for row in self.facts.crises.to_dict("records"):
            self.crisis(acts, seen, row, everyone, sources)
        return dict(sorted(acts.items(), key=lambda item: (item[1]["month"], item[0])))

    def dispute(
        self, acts: dict[str, Any], seen: set[tuple[int, int, int]], code: int, row: dict, everyone: Sequence[int]
    ) -> None:
        size = self.mapping.shock.hostility.value.get(f"{row['hostlev']:.0f}")
        other, inside = int(row["ccode2"]), int(row["ccode2"]) in everyone
        if size is None or (inside and (code > other or not self.mapping.shock.between_members.value)):
            return
        table = self.facts.tables["disputes"]
        id_ = f"mid{int(row['dispnum'])}-{country(code).id}-{country(other).id}"
        key = f"dispnum={int(row['dispnum'])} {row_key(table.of, row)}"
        if not inside:
            seen.add((code, other, int(row["year"])))
        acts[id_] = self.event(
            id_,
            table,
            "hostlev",
            key,
            "shock.hostility",
            size,
            int(row["year"]),
            row.get("stmon"),
            code,
            other,
            inside,
        )

    def crisis(
        self,
        acts: dict[str, Any],
        seen: set[tuple[int, int, int]],
        row: dict,
        everyone: Sequence[int],
        sources: Sequence[int],
    ) -> None:
        code, other, year = row["cracid"], row["trigent"], row["yrtrig"]
        size = self.mapping.shock.gravity.value.get(f"{row['gravty']:.0f}")
        known = code in everyone and other in sources and self.first <= year <= self.last and size is not None
        # A crisis in the year of a dispute between the same two is the same quarrel.
        if not known or (int(code), int(other), int(year)) in seen:
            return
        id_ = f"icb{int(row['crisno'])}-{country(int(code)).id}-{country(int(other)).id}"
        key = f"crisno={int(row['crisno'])} cracid={int(code)}"
        acts[id_] = self.event(
            id_,
            self.facts.tables["icb"],
            "gravty",
            key,
            "shock.gravity",
            size or 0.0,
            int(year),
            row.get("motrig"),
            int(code),
            int(other),
            False,
        )

    def event(
        self,
        id_: str,
        table: Table,
        column: str,
        key: str,
        mapping: str,
        size: float,
        year: int,
        month: float | None,
        code: int,
        other: int,
        inside: bool,
    ) -> dict[str, Any]:
        known = month is not None and 1 <= month <= MONTHS_IN_YEAR
        when = int(month or 0) if known else self.mapping.shock.month.value
        at, put = f"interventions.{id_}", self.ledger.put
        text = put(
            f"{at}.month", f"{year}-{when:02d}", table, "month of onset", key, "" if known else "shock.month"
        )
        value = put(f"{at}.size", size, table, column, key, mapping)
        if inside:
            parties = [country(code).id, country(other).id]
            return {"kind": "rift", "month": text, "parties": parties, "size": value}
        weight = put(f"{at}.weights.{country(code).id}", 1.0, table, "ccode1", key)
        return {
            "kind": "shock",
            "month": text,
            "source": source_id(other),
            "size": value,
            "weights": {country(code).id: weight},
        }


def holds(clause: Clause, text: pd.Series) -> bool:
    """Whether a text of a treaty has a clause."""
    return bool(text.get(clause.column, 0) >= clause.least)


def row_of(pact: Pact) -> str:
    """What finds a treaty again in its file."""
    return f"{title(pact.members)} {pact.id}" if pact.agreement else f"atopid={pact.id}"
