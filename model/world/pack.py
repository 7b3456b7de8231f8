"""The only door from words to numbers: a scenario becomes arrays, in one fixed order.

States, sources, treaties, powers and articles are sorted by id, so the order in a file is
irrelevant to the last bit. `numbers` holds every number that may differ between runs or change
during one, `slots` the place of each dotted path in them, `Body` what shapes a treaty and never
changes, and `pulses`, `settings` and `moves` the dated interventions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from entente.month.gather import Mechanisms
from entente.month.ladder import ceiling, opening_depth
from entente.schema.base import MONTHS_IN_YEAR, month_number, month_text
from entente.schema.check import lives
from entente.schema.scenario import Scenario
from entente.schema.state import FOREVER, NEVER, life
from entente.schema.treaty import CoveringArticle, TermArticle, TowardsArticle

from .dated import Change, Move, Pulse, Quarrel, Slot, may_be_party, pack_interventions
from .draws import Floats

OUTSIDE, MEMBER = -1, -2
"""Origin of a source that is neither a state of the world: a place outside it, or a fellow party."""
UNNAMED = -1
"""The state that a source is of, where it says of none."""


@dataclass(frozen=True)
class Start:
    """A treaty's state at the scenario's start: organs, mistrust, its members, who had left and in which step.

    `given` is the depth of practice that the scenario names, None where it names none.
    """

    rung: int
    mistrust: float
    members: tuple[int, ...]
    left: dict[int, int]
    given: float | None = None

    def practice(self, steps: float) -> float:
        """Depth at the start, 0..1: what is given, as far as the organs carry it, or what the rung can show."""
        if self.given is None:
            return opening_depth(self.rung, steps)
        return min(self.given, ceiling(self.rung, steps))


@dataclass(frozen=True)
class Body:
    """What shapes a treaty and never changes during a run. Steps count from the first month run."""

    id: str
    founders: tuple[int, ...]
    candidates: tuple[int, ...]
    endogenous: bool
    signed: int
    force_delay: int
    predecessor: int
    decision: str
    leads: tuple[int, ...]
    hub: int
    rung: int
    articles: tuple[int, ...]
    opening: Start | None


@dataclass(frozen=True)
class Clause:
    """An article: its treaty, rule and, for a regional mechanism, the treaty that it promotes."""

    treaty: int
    id: str
    rule: str
    towards: int
    whole_scope: bool


@dataclass(frozen=True)
class World:
    """A scenario as numbers. `opens` is the step at which the recorded run starts (0: no prelude).

    `whose` says of which state a source of origin `MEMBER` is; `pairs` are the states, two and two, that ever quarrel.
    """

    scenario: Scenario
    mechanisms: Mechanisms
    first_month: int
    opens: int
    steps: int
    states: tuple[str, ...]
    powers: tuple[str, ...]
    sources: tuple[str, ...]
    treaties: tuple[str, ...]
    bodies: tuple[Body, ...]
    clauses: tuple[Clause, ...]
    origin: tuple[int, ...]
    whose: tuple[int, ...]
    sponsor: tuple[int, ...]
    core: tuple[int, ...]
    policy: tuple[str, ...]
    first_year: int
    numbers: dict[str, Floats]
    slots: dict[str, Slot]
    pulses: tuple[Pulse, ...]
    quarrels: tuple[Quarrel, ...]
    pairs: tuple[tuple[int, int], ...]
    settings: tuple[Change, ...]
    moves: tuple[Move, ...]

    @property
    def parted(self) -> bool:
        """Whether any state can ever fear another by name: whether any quarrel, or a source says of whom it is."""
        return bool(self.pairs) or any(state != UNNAMED for state in self.whose)

    @property
    def succession(self) -> tuple[int, ...]:
        """All treaties, predecessors before their successors: the order in which what is signed in a month is signed."""

        def before(p: int) -> int:
            return 1 + before(self.bodies[p].predecessor) if p >= 0 else 0

        return tuple(sorted(range(len(self.bodies)), key=before))

    def month(self, step: int) -> str:
        """The calendar month of a step, `YYYY-MM`."""
        return month_text(self.first_month + step)


class _Packer:
    """Collects arrays and slots while it walks a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.states = tuple(sorted(scenario.states))
        self.powers = tuple(sorted(scenario.powers))
        self.sources = tuple(sorted(scenario.sources))
        self.treaties = tuple(sorted(id_ for id_, t in scenario.treaties.items() if t.enabled))
        self.numbers: dict[str, Floats] = {}
        self.slots: dict[str, Slot] = {}
        self.begin = month_number(scenario.prelude or scenario.start)
        self.settings: list[Change] = []
        self.values: list[float] = []
        self.moves: list[Move] = []

    def lives(self, id_: str, step: int) -> bool:
        """Whether a state exists in the month of a step."""
        return lives(self.scenario, id_, self.begin + step)

    def column(self, array: str, prefix: str, field: str, ids: tuple[str, ...], items: Any) -> None:
        """One number of each thing: `prefix.id.field`."""
        self.numbers[array] = np.array([float(getattr(items[id_], field)) for id_ in ids])
        for i, id_ in enumerate(ids):
            self.slots[f"{prefix}.{id_}.{field}"] = Slot(array, (i,))

    def table(
        self,
        array: str,
        prefix: str,
        field: str,
        ids: tuple[str, ...],
        items: Any,
        columns: tuple[str, ...],
    ) -> None:
        """A map of numbers of each thing: `prefix.id.field.column`, 0 where it is not named."""
        table = np.zeros((len(ids), len(columns)))
        for i, id_ in enumerate(ids):
            for j, column in enumerate(columns):
                given, path = getattr(items[id_], field).get(column, 0.0), f"{prefix}.{id_}.{field}.{column}"
                if isinstance(given, dict):
                    by_month = {(int(year) * MONTHS_IN_YEAR, year): value for year, value in given.items()}
                    table[i, j] = self.in_time(Slot(array, (i, j)), path, by_month)
                else:
                    table[i, j] = given
                    self.slots[path] = Slot(array, (i, j))
        self.numbers[array] = table

    def in_time(self, slot: Slot, path: str, given: dict[tuple[int, str], float], field: str = "") -> float:
        """A number that changes in time, given by (month, key): what it is at first, and the rest put into the calendar.

        The first value holds before its month, too. Those that no month sees have a place all the same, where they
        change nothing, so that every leaf has its path.
        """
        months = sorted(given)
        first = max([at for at in months if at[0] <= self.begin], default=months[0])
        for at in months:
            leaf = ".".join(part for part in (path, at[1], field) if part)
            if at < first:
                self.slots[leaf] = Slot("values", ([],))
            elif at == first:
                self.slots[leaf] = slot
            else:
                self.set_later(at[0] - self.begin, slot, given[at], leaf)
        return given[first]

    def set_later(self, step: int, slot: Slot, value: float, path: str = "") -> None:
        """A number that takes a value at a step; `path` is that of the value."""
        if path:
            self.slots[path] = Slot("values", (len(self.values),))
        self.settings.append(Change(step, slot, len(self.values)))
        self.values.append(float(value))

    def group(self, array: str, record: Any, names: tuple[str, ...]) -> None:
        """A flat record: `array.name`."""
        self.numbers[array] = np.array([float(getattr(record, name)) for name in names])
        for i, name in enumerate(names):
            self.slots[f"{array}.{name}"] = Slot(array, (i,))

    def capability(self, array: str, prefix: str, ids: tuple[str, ...], items: Any, years: range) -> None:
        """Capabilities by year; the first and the last given year hold before and after."""
        table = np.zeros((len(years), len(ids)))
        for i, id_ in enumerate(ids):
            given = items[id_].capability
            if not isinstance(given, dict):
                table[:, i] = given
                self.slots[f"{prefix}.{id_}.capability"] = Slot(array, (slice(None), i))
                continue
            known = sorted(int(year) for year in given)
            at = [max([y for y in known if y <= year], default=known[0]) for year in years]
            table[:, i] = [given[str(year)] for year in at]
            for year in known:
                rows = tuple(row for row, used in enumerate(at) if used == year)
                self.slots[f"{prefix}.{id_}.capability.{year}"] = Slot(array, (list(rows), i))
        self.numbers[array] = table


def pack(scenario: Scenario) -> World:
    """Turn a checked scenario into arrays."""
    packer = _Packer(scenario)
    begin = packer.begin
    opens = month_number(scenario.start) - begin
    steps = opens + scenario.months
    years = range(begin // MONTHS_IN_YEAR, (begin + steps - 1) // MONTHS_IN_YEAR + 1)
    _pack_numbers(packer, years)
    clauses = _pack_clauses(packer)
    _pack_phases(packer)
    _pack_lives(packer)
    state_at = {id_: i for i, id_ in enumerate(packer.states)}
    power_at = {id_: i for i, id_ in enumerate(packer.powers)}
    origin = tuple(
        MEMBER if scenario.sources[id_].origin == "member" else state_at.get(scenario.sources[id_].origin, OUTSIDE)
        for id_ in packer.sources
    )
    sponsor = tuple(power_at.get(scenario.sources[id_].sponsor or "", -1) for id_ in packer.sources)
    whose = tuple(state_at.get(scenario.sources[id_].of or "", UNNAMED) for id_ in packer.sources)
    pulses, quarrels, settings, moves = pack_interventions(packer, sponsor)
    return World(
        scenario=scenario,
        mechanisms=scenario.of,
        first_month=begin,
        opens=opens,
        steps=steps,
        states=packer.states,
        powers=packer.powers,
        sources=packer.sources,
        treaties=packer.treaties,
        bodies=tuple(_body(packer, id_, clauses) for id_ in packer.treaties),
        clauses=clauses,
        origin=origin,
        whose=whose,
        sponsor=sponsor,
        core=tuple(_core(packer, id_) for id_ in packer.states),
        policy=tuple(scenario.powers[id_].policy for id_ in packer.powers),
        first_year=years[0],
        numbers=packer.numbers,
        slots=packer.slots,
        pulses=pulses,
        quarrels=quarrels,
        pairs=tuple(sorted({(quarrel.one, quarrel.other) for quarrel in quarrels})),
        settings=settings,
        moves=moves,
    )


def _pack_numbers(packer: _Packer, years: range) -> None:
    s = packer.scenario
    mechanisms = s.of
    packer.group("behaviour", s.behaviour, mechanisms.dials)
    packer.group("institution", s.institution, mechanisms.constants)
    packer.group("switches", s.switches, tuple(mechanisms.switches))
    packer.capability("capability", "states", packer.states, s.states, years)
    packer.capability("power_capability", "powers", packer.powers, s.powers, years)
    packer.table("exposure", "states", "exposure", packer.states, s.states, packer.sources)
    packer.table("contribution", "states", "contribution", packer.states, s.states, packer.sources)
    for field in ("independence", "provision", *_declared(mechanisms, "states")):
        packer.column(field, "states", field, packer.states, s.states)
    for field in (
        "base",
        "need",
        "rate",
        "median",
        "log_sd",
        "concession",
        "held",
        *_declared(mechanisms, "sources"),
    ):
        packer.column(field, "sources", field, packer.sources, s.sources)
    for what, ids in (("treaties", packer.treaties), ("states", packer.states)):
        _pack_sponsors(packer, what, ids)
    packer.table("packages", "powers", "packages", packer.powers, s.powers, packer.states)
    packer.table("courts", "powers", "courts", packer.powers, s.powers, packer.states)
    for field in ("obligation", "mistrust", *_declared(mechanisms, "treaties")):
        packer.column(field, "treaties", field, packer.treaties, s.treaties)
    for field in _declared(mechanisms, "treaties", "ts"):
        packer.table(field, "treaties", field, packer.treaties, s.treaties, packer.states)
    packer.table("scope", "treaties", "scope", packer.treaties, s.treaties, packer.sources)


def _pack_sponsors(packer: _Packer, what: str, ids: tuple[str, ...]) -> None:
    """How far each treaty, or state, stands behind each source: those lead, as in all tables of theirs by source."""
    table = np.zeros((len(ids), len(packer.sources)))
    for k, source in enumerate(packer.sources):
        behind = getattr(packer.scenario.sources[source].sponsors, what)
        for n, id_ in enumerate(ids):
            table[n, k] = behind.get(id_, 0.0)
            packer.slots[f"sources.{source}.sponsors.{what}.{id_}"] = Slot(f"sponsoring_{what}", (n, k))
    packer.numbers[f"sponsoring_{what}"] = table


def _declared(mechanisms: Mechanisms, part: str, over: str = "") -> list[str]:
    """Names of the numbers that mechanisms declare of each thing of a part, or of each party of a treaty (`ts`)."""
    return [n.name for n in mechanisms.at(part) if (n.over == "ts") == (over == "ts")]


def _pack_clauses(packer: _Packer) -> tuple[Clause, ...]:
    treaty_at = {id_: p for p, id_ in enumerate(packer.treaties)}
    clauses: list[Clause] = []
    rows: list[dict[str, Any]] = []
    for p, treaty in enumerate(packer.treaties):
        for id_, article, text, force in _texts(packer, treaty):
            path, a = f"treaties.{treaty}.{text}articles.{id_}", len(clauses)
            towards = treaty_at.get(article.towards, -1) if isinstance(article, TowardsArticle) else -1
            covered = article.sources if isinstance(article, CoveringArticle) else {}
            whole = isinstance(article, CoveringArticle) and not covered
            clauses.append(Clause(p, id_, article.rule, towards, whole))
            term = article if isinstance(article, TermArticle) else None
            rows.append(
                {
                    "article_on": float(article.on) if force.now else 0.0,
                    "article_strength": article.strength,
                    "article_years": term.years if term else 0.0,
                    "article_renewal_years": term.renewal_years if term else 0.0,
                    "article_sources": [covered.get(k, 0.0) for k in packer.sources],
                }
            )
            for field in ("on", "strength", *(("years", "renewal_years") if term else ())):
                packer.slots[f"{path}.{field}"] = Slot(f"article_{field}", (a,))
            on = Slot("article_on", (a,))
            if not force.now:
                packer.slots[f"{path}.on"] = Slot("values", ([],))
            if force.begins is not None:
                packer.set_later(force.begins, on, float(article.on), f"{path}.on")
            if force.ends is not None:
                packer.set_later(force.ends, on, 0.0)
            if covered:
                for k, source in enumerate(packer.sources):
                    packer.slots[f"{path}.sources.{source}"] = Slot("article_sources", (a, k))
    for name in ("article_on", "article_strength", "article_years", "article_renewal_years"):
        packer.numbers[name] = np.array([row[name] for row in rows], dtype=float)
    packer.numbers["article_sources"] = np.array([row["article_sources"] for row in rows], dtype=float).reshape(
        len(rows), len(packer.sources)
    )
    return tuple(clauses)


@dataclass(frozen=True)
class _Force:
    """When a text is in force: at first, from a later step, until another takes its place."""

    now: bool
    begins: int | None
    ends: int | None


def _texts(packer: _Packer, id_: str) -> Iterator[tuple[str, Any, str, _Force]]:
    """Every article of every text of a treaty: id, article, the part of its path that names the text, and when it binds."""
    treaty = packer.scenario.treaties[id_]
    texts: list[tuple[int, str, Any]] = [(NEVER, "", treaty.articles)]
    for month, phase in sorted(treaty.phases.items()):
        if phase.articles is not None:
            texts.append((month_number(month) - packer.begin, f"phases.{month}.", phase.articles))
    for n, (begins, text, articles) in enumerate(texts):
        ends = texts[n + 1][0] if n + 1 < len(texts) else FOREVER
        force = _Force(begins <= 0 < ends, begins if begins > 0 else None, ends if 0 < ends < FOREVER else None)
        for key, article in sorted(articles.items()):
            yield key, article, text, force


def _pack_phases(packer: _Packer) -> None:
    """What later texts of treaties promise, and whom they let in or out."""
    for p, id_ in enumerate(packer.treaties):
        treaty = packer.scenario.treaties[id_]
        slot, path = Slot("obligation", (p,)), f"treaties.{id_}"
        promises = {
            (month_number(month), month): float(phase.obligation)
            for month, phase in treaty.phases.items()
            if phase.obligation is not None
        }
        if promises:
            first = {(NEVER, ""): float(treaty.obligation)} | promises
            packer.numbers["obligation"][p] = packer.in_time(slot, f"{path}.phases", first, "obligation")
            packer.slots[f"{path}.obligation"] = packer.slots.pop(f"{path}.phases.obligation")
        for month, phase in sorted(treaty.phases.items()):
            for state, enters in sorted(phase.parties.items()):
                step, i = month_number(month) - packer.begin, packer.states.index(state)
                packer.moves.append(Move(step, p, i, enters, "as the treaty then says"))


def _pack_lives(packer: _Packer) -> None:
    """When states begin and end, and who takes their seats."""
    alive = np.ones(len(packer.states))
    for i, id_ in enumerate(packer.states):
        state = packer.scenario.states[id_]
        first, last = (month - packer.begin for month in life(state))
        alive[i] = float(first <= 0 <= last)
        if 0 < first < FOREVER - packer.begin:
            packer.set_later(first, Slot("alive", (i,)), 1.0)
        if state.to is None or last < 0:
            continue
        packer.set_later(last + 1, Slot("alive", (i,)), 0.0)
        heir = -1 if state.successor is None else packer.states.index(state.successor)
        for p, treaty in enumerate(packer.treaties):
            if id_ in may_be_party(packer.scenario, treaty):
                if state.inherits.get(treaty, False):
                    packer.moves.append(Move(last + 1, p, heir, True, f"it takes the seat of {state.name}", i))
                packer.moves.append(Move(last + 1, p, i, False, "it exists no longer"))
    packer.numbers["alive"] = alive


def _core(packer: _Packer, id_: str) -> int:
    state = packer.scenario.states[id_]
    if state.core is not None:
        return packer.sources.index(state.core)
    exposures = packer.numbers["exposure"][packer.states.index(id_)].tolist()
    return exposures.index(max(exposures)) if any(exposures) else -1


def _body(packer: _Packer, id_: str, clauses: tuple[Clause, ...]) -> Body:
    treaty = packer.scenario.treaties[id_]
    at = packer.states.index
    p = packer.treaties.index(id_)
    signed = NEVER if treaty.signed is None else month_number(treaty.signed) - packer.begin
    delay = 0
    if treaty.signed is not None and treaty.in_force is not None:
        delay = month_number(treaty.in_force) - month_number(treaty.signed)
    opens = month_number(packer.scenario.start) - packer.begin
    opening = None
    if treaty.opening is not None:
        opening = Start(
            treaty.opening.rung,
            treaty.opening.mistrust,
            tuple(
                sorted(
                    at(s)
                    for s in {
                        *(s for s, signs in treaty.parties.items() if signs and s not in treaty.opening.left),
                        *treaty.opening.joined,
                    }
                    if packer.lives(s, opens)
                )
            ),
            {at(s): month_number(m) - packer.begin for s, m in treaty.opening.left.items()},
            treaty.opening.depth,
        )
    return Body(
        id=id_,
        founders=tuple(
            sorted(
                at(s)
                for s, signs in treaty.parties.items()
                if signs and (signed == NEVER or packer.lives(s, signed))
            )
        ),
        candidates=tuple(sorted(at(s) for s, listed in treaty.candidates.items() if listed)),
        endogenous=treaty.signing == "endogenous",
        signed=signed,
        force_delay=delay,
        predecessor=packer.treaties.index(treaty.succeeds) if treaty.succeeds in packer.treaties else -1,
        decision=treaty.decision,
        leads=tuple(sorted(at(s) for s, leads in treaty.leads.items() if leads)),
        hub=at(treaty.hub) if treaty.hub is not None else -1,
        rung=treaty.rung,
        articles=tuple(a for a, clause in enumerate(clauses) if clause.treaty == p),
        opening=opening,
    )
