"""What mechanisms declare and in which words they are written, as rows: for the command line and the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any

from entente.errors import InputError, nearest, shown
from entente.mechanisms import HERE
from entente.month.gather import THINGS, Mechanisms
from entente.month.mechanism import Mechanism, Number, arguments
from entente.month.places import PLACES, Place
from entente.month.words import GIVEN, WORDS


@dataclass(frozen=True)
class Row:
    """A row of a table: its first cell is the name."""

    name: str

    def cells(self) -> tuple[str, ...]:
        """The row as text, one cell a column."""
        return tuple(_cell(value) for value in asdict(self).values())


@dataclass(frozen=True)
class MechanismRow(Row):
    """A mechanism at a glance."""

    switch: str
    places: tuple[str, ...]
    parameters: tuple[str, ...]
    file: str
    sentence: str


@dataclass(frozen=True)
class PlaceRow(Row):
    """A place of the month."""

    phase: str
    of: str
    terms: str
    within: str
    given: tuple[str, ...]
    meaning: str


@dataclass(frozen=True)
class WordRow(Row):
    """A word, and the expression by which either engine gets it."""

    of: str
    unit: str
    meaning: str
    interactive: str
    compiled: str


HOW = {
    "sum": "add", "product": "multiply", "greatest": "the greatest", "any": "any other than 0", "all": "all other than 0",
    "instead": "the last replaces", "each": "each for itself",
}  # fmt: skip
"""How terms of a place join, in words."""


def the(mechanisms: Mechanisms, name: str) -> Mechanism:
    """The mechanism of a name. Raises `InputError` with the nearest right one."""
    known = {one.name: one for one in mechanisms.all}
    if name not in known:
        raise InputError(
            f"{shown(name)}: no mechanism of that name (entente mechanisms lists them){nearest(name, known)}"
        )
    return known[name]


def file_of(one: Mechanism) -> str:
    """The file in which a mechanism is declared: within the package for one of the model."""
    if one.origin:
        return one.origin
    path = Path(one.functions[0].__code__.co_filename) if one.functions else HERE / f"{one.name}.py"
    return f"model/mechanisms/{path.name}" if path.parent == HERE else str(path)


def mechanism_rows(mechanisms: Mechanisms) -> list[MechanismRow]:
    """Every mechanism at a glance."""
    return [
        MechanismRow(
            one.name,
            "on" if one.on else "off",
            tuple(dict.fromkeys(term.place for term in one.terms))
            + tuple(f"no {place}" for place in one.silenced),
            tuple(number.name for number in one.numbers if number.at == "behaviour"),
            file_of(one),
            one.sentence,
        )
        for one in mechanisms.all
    ]


def path_of(number: Number) -> str:
    """Where a declared number stands in a scenario."""
    star = "" if number.at in ("behaviour", "institution") else ".*"
    return f"{number.at}{star}.{number.name}" + (".*" if number.over == "ts" else "")


def in_full(one: Mechanism) -> dict[str, Any]:
    """All that a mechanism declares, as plain data."""
    return {
        "name": one.name,
        "sentence": one.sentence,
        "file": file_of(one),
        "switch": {
            "path": f"switches.{one.name}",
            "default": one.on,
            "idle_at_zero": f"behaviour.{one.idle_at_zero}" if one.idle_at_zero else None,
        },
        "numbers": [
            {
                "path": path_of(number),
                **{key: number.declaration.get(key) for key in ("default", "low", "high", "unit", "symbol", "source")},
                "prior": list(number.declaration["prior"]) if number.declaration.get("prior") else None,
                "meaning": number.declaration["description"],
            }
            for number in one.numbers
        ],
        "articles": [asdict(article) for article in one.articles],
        "noise": [
            {"name": s.name, "of": _things(s.over), "law": s.law, "stream": f"{_things(s.over).upper()}/{s.label}"}
            for s in one.streams
        ],
        "memories": [
            {"name": m.name, "of": _things(m.over), "function": m.function.__name__, "words": list(arguments(m.function)),
             "formula": _doc(m.function), "recorded": m.record is not None}
            for m in one.memories
        ],
        "sums": [
            {"name": s.name, "over": s.over, "words": list(arguments(s.function)), "formula": _doc(s.function),
             "recorded": s.record is not None}
            for s in one.sums
        ],
        "terms": [
            {"place": t.place, "function": t.function.__name__, "words": list(arguments(t.function)),
             "formula": _doc(t.function), "only_where": t.only_where or None, "need": t.need or None}
            for t in one.terms
        ],
        "silences": list(one.silenced),
        "explains": dict(one.said),
    }  # fmt: skip


def place_rows() -> list[PlaceRow]:
    """Every place, in the order of the month."""
    return [
        PlaceRow(
            place.name,
            place.phase,
            _about(place.over),
            "only to be silenced" if place.core else HOW[place.how],
            _within(place),
            place.given,
            place.meaning,
        )
        for place in PLACES.values()
    ]


def word_rows(mechanisms: Mechanisms) -> list[WordRow]:
    """Every word: the month's, what is known at single places, and what the core and mechanisms declare."""
    rows = [_word_row(mechanisms, name) for name in WORDS]
    for name, (unit, meaning) in GIVEN.items():
        places = ", ".join(place.name for place in PLACES.values() if name in place.given)
        rows.append(WordRow(name, f"at {places}", unit, meaning, name, name))
    return rows + [_word_row(mechanisms, name) for name in mechanisms.vocabulary if name not in WORDS]


def _word_row(mechanisms: Mechanisms, name: str) -> WordRow:
    word = mechanisms.vocabulary[name]
    return WordRow(name, _about(word.over), word.unit, word.meaning, word.interactive, word.compiled)


def markdown(rows: Iterable[Row], columns: Iterable[str], code: Iterable[str] = ("name",)) -> str:
    """Rows as a table of some columns; those in `code` stand as code."""
    columns, code = tuple(columns), tuple(code)
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    for row in rows:
        cells = [
            _code(getattr(row, column)) if column in code else _cell(getattr(row, column)) for column in columns
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def described(one: Mechanism) -> Iterator[tuple[str, list[str]]]:
    """A mechanism in full, as headings with lines below them."""
    told = in_full(one)
    switch = told["switch"]
    idle = f"; idle where {switch['idle_at_zero']} is 0" if switch["idle_at_zero"] else ""
    yield (
        "switch",
        [f"{switch['path']}, {'on' if switch['default'] else 'off'} unless a scenario says otherwise{idle}"],
    )
    yield "file", [told["file"]]
    yield "numbers", [_number_line(number) for number in told["numbers"]]
    yield "articles", [f"{a['rule']} into {a['into']} ({a['kind']}): {a['effect']}" for a in told["articles"]]
    yield "noise", [f"{n['name']}: of each {n['of']}, {n['law']}, stream {n['stream']}" for n in told["noise"]]
    yield (
        "memory",
        [
            f"{m['name']} of each {m['of']}: {m['function']}({', '.join(m['words'])}): {m['formula']}"
            for m in told["memories"]
        ],
    )
    yield "sums", [f"{s['name']}({', '.join(s['words'])}) over {s['over']}: {s['formula']}" for s in told["sums"]]
    yield "terms", [_term_line(term) for term in told["terms"]]
    yield "silences", told["silences"]
    yield "explains", [f"{event}: {rule}" for event, rule in told["explains"].items()]


def _number_line(number: dict[str, Any]) -> str:
    prior = f", prior {number['prior'][0]:g} to {number['prior'][1]:g}" if number["prior"] else ""
    return (
        f"{number['path']} = {number['default']:g} {number['unit']}, {number['low']:g} to {number['high']:g}{prior}: "
        f"{number['meaning']} ({number['source']})"
    )


def _term_line(term: dict[str, Any]) -> str:
    where = f", only where {term['only_where']} is not 0" if term["only_where"] else ""
    need = f", up to {term['need']}" if term["need"] else ""
    return f"{term['place']}: {term['function']}({', '.join(term['words'])}){where}{need}: {term['formula']}"


def _doc(function: Any) -> str:
    return " ".join((function.__doc__ or "").split())


def _things(over: str) -> str:
    return {"s": "state", "k": "source", "t": "treaty", "sk": "state and source"}[over]


def _about(over: str) -> str:
    return ", ".join(THINGS[letter] for letter in over) or "the whole"


def _within(place: Place) -> str:
    if place.low == -inf:
        return ""
    return f"{place.low:g} or more" if place.high == inf else f"{place.low:g} to {place.high:g}"


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _code(value: Any) -> str:
    return ", ".join(f"`{item}`" for item in value) if isinstance(value, tuple) else f"`{value}`"
