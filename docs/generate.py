"""Write what the declarations say into docs/ODD.md, docs/words.md and docs/briefs.md, and the JSON schema of scenarios into configs/.

    python docs/generate.py            rewrite them in place
    python docs/generate.py --check    change nothing; exit 1 where a file is not current

In these pages the text between `<!-- begin NAME -->` and `<!-- end NAME -->` is made here.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import entente.month.bargain
import entente.month.ladder  # noqa: F401  (registers its equations)
from entente import InputError, load_scenario
from entente.agents.equation import EQUATIONS
from entente.agents.state import ideal_depth
from entente.counsel.words import SCALE
from entente.engines.interactive.alliance import PHASES
from entente.engines.interactive.record import orientation
from entente.mechanisms import shipped
from entente.month.declare import bounds, declared
from entente.schema.state import Power, State
from entente.schema.threat import Source
from entente.schema.treaty import RULES, Opening, Rule, TermArticle, Treaty
from entente.telling.codebook import json_schema, outcome_table, parameter_table, switch_table
from entente.telling.vocabulary import markdown, mechanism_rows, place_rows, word_rows
from entente.world.outcomes import dyad_index

ROOT = Path(__file__).resolve().parents[1]
ODD = ROOT / "docs" / "ODD.md"
WORDS = ROOT / "docs" / "words.md"
BRIEFS = ROOT / "docs" / "briefs.md"
SCHEMA = ROOT / "configs" / "scenario.schema.json"
MARKED = re.compile(r"(<!-- begin ([\w -]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)

TERM = "Locks practice in until the renewal, and makes leaving before it cost (E12, E13, E14)."
"""What the one rule of articles does that the core declares; what the others do, their mechanisms say."""
UNNUMBERED = {
    "capability_share": 4,
    "benefit_at": 10,
    "utility": 10,
    "bent_utility": 10,
    "opening_depth": 12,
}
"""Equations whose docstring names no number, and with which numbered one they belong."""


def equation_list(number: int) -> str:
    """Every function of one equation number, with its docstring."""
    lines = []
    for function in sorted((*EQUATIONS.values(), ideal_depth, dyad_index, orientation), key=place):
        name = function.__name__
        if number_of(name, function) == number:
            text = inspect.cleandoc(function.__doc__ or "").replace("\n\n", " ").replace("\n", " ")
            lines.append(f"- **`{name}`** (`{function.__module__}`): {text}")
    return "\n".join(lines)


def place(function: Callable[..., Any]) -> tuple[str, int]:
    """Where a function stands, so that the order is that of the code whatever was imported first."""
    return function.__module__, inspect.getsourcelines(function)[1]


def number_of(name: str, function: Callable[..., Any]) -> int:
    """The `E<number>` with which a docstring begins; of a term of one equation in another, the other."""
    found = re.match(r"(?:Rival of |E\d+ in )?E(\d+)[a-z]?\b", inspect.cleandoc(function.__doc__ or ""))
    return int(found.group(1)) if found else UNNUMBERED[name]


def attribute_table() -> str:
    """The declared numbers of states, outside powers, sources, treaties and articles."""
    lines = ["| path | symbol | unit | default | allowed | meaning |", "| --- " * 6 + "|"]
    records: tuple[tuple[str, type[BaseModel]], ...] = (
        ("states.*", State),
        ("powers.*", Power),
        ("sources.*", Source),
        ("treaties.*", Treaty),
        ("treaties.*.opening", Opening),
        ("treaties.*.articles.*", Rule),
        ("treaties.*.articles.*", TermArticle),
    )
    told: set[str] = set()
    for at, record in records:
        for name, field in record.model_fields.items():
            if declared(field, "symbol") is None or f"{at}.{name}" in told:
                continue
            told.add(f"{at}.{name}")
            low, high = bounds(field)
            allowed = "0-1, above 0" if low is None or high is None else f"{low:g}-{high:g}"
            default = "given" if field.is_required() else "0"
            each = (
                ".*" if field.default_factory is not None else ""
            )  # a map of states to numbers, 0 where not named
            if not each and not field.is_required():
                default = f"{field.default:g}"
            elif each:
                number = next(number for number in shipped().at("treaties") if number.name == name)
                allowed = f"{number.declaration['low']:g}-{number.declaration['high']:g}"
            lines.append(
                f"| `{at}.{name}{each}` | {declared(field, 'symbol')} | {declared(field, 'unit')} | {default} "
                f"| {allowed} | {field.description} |"
            )
    return "\n".join(lines)


def rule_table() -> str:
    """What an article of each rule does, and which treaties of `record-1992` carry it."""
    lines = ["| rule | effect | in the treaties of `record-1992` |", "| --- | --- | --- |"]
    treaties = load_scenario("record-1992").treaties
    for rule in RULES:
        carried = []
        for id_, treaty in treaties.items():
            for article in treaty.articles.values():
                if article.rule == rule:
                    term = f", {article.years:g}+{article.renewal_years:g} years" if rule == "term" else ""
                    carried.append(f"{id_} ({article.strength:g}{term})")
        effect = TERM if rule == "term" else shipped().articles[rule].effect
        lines.append(f"| `{rule}` | {effect} | {', '.join(carried) or 'none'} |")
    return "\n".join(lines)


def phase_list() -> str:
    """The phases of a month in order."""
    return "`" + "` -> `".join(PHASES) + "`"


def part_of(table: str, prefix: str) -> str:
    """The head of a table and its rows under one path."""
    head, rule, *rows = table.splitlines()
    return "\n".join([head, rule, *(row for row in rows if row.startswith(f"| `{prefix}."))])


def blocks() -> dict[str, str]:
    """Every generated text by the name of its markers."""
    parameters = parameter_table()
    return {
        "phases": phase_list(),
        "attributes": attribute_table(),
        "rules": rule_table(),
        "parameters": part_of(parameters, "behaviour"),
        "institution": part_of(parameters, "institution"),
        "switches": switch_table(),
        "outcomes": outcome_table(),
        "mechanisms": markdown(
            mechanism_rows(shipped()),
            ("name", "switch", "places", "parameters", "file", "sentence"),
            ("name", "places", "parameters", "file"),
        ),
        "places": markdown(
            place_rows(), ("name", "phase", "of", "terms", "within", "given", "meaning"), ("name", "given")
        ),
        "words": markdown(
            word_rows(shipped()),
            ("name", "of", "unit", "meaning", "interactive", "compiled"),
            ("name", "interactive", "compiled"),
        ),
        "scale": scale_table(),
        **{f"equations E{number}": equation_list(number) for number in range(1, 17)},
    }


def scale_table() -> str:
    """The words for probabilities and what they stand for."""
    rows = [f"| {low:.0%} to {high:.0%} | {words} |" for low, high, words in SCALE]
    return "\n".join(["| probability | words |", "| --- | --- |", *rows])


def filled(*pages: Path) -> dict[Path, str]:
    """Pages with every generated text in its place, each text in one of them."""
    made = blocks()
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    marked = {name for text in texts.values() for _, name, _ in MARKED.findall(text)}
    if marked != set(made):
        odd = ", ".join(sorted(marked ^ set(made)))
        raise InputError(f"{', '.join(page.name for page in pages)}: markers and generated texts differ: {odd}")
    return {
        page: MARKED.sub(lambda found: f"{found.group(1)}{made[found.group(2)]}\n{found.group(3)}", text)
        for page, text in texts.items()
    }


def files() -> dict[Path, str]:
    """The generated files as they should be."""
    return filled(ODD, WORDS, BRIEFS) | {SCHEMA: json_schema()}


def main(arguments: list[str]) -> int:
    made = files()
    stale = [p for p, text in made.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]
    for path in stale:
        if arguments == ["--check"]:
            print(f"{path.relative_to(ROOT)} is not current; run python docs/generate.py")
        else:
            path.write_text(made[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return 1 if stale and arguments == ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
