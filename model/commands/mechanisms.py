"""`entente mechanisms`: what the model consists of, and the words in which more can be written."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from entente.month.gather import Mechanisms
    from entente.telling.vocabulary import Row

PYTHON = ".py"


def mechanisms(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A mechanism, to tell it in full; or a scenario or mechanism file, to list its own too."
        ),
    ] = None,
    scenario: Annotated[
        str | None, typer.Argument(help="The scenario, or the file of a mechanism, whose own are meant too.")
    ] = None,
    code: Annotated[
        bool, typer.Option("--code", help="Print the functions made for both engines in which NAME stands.")
    ] = False,
    words: Annotated[
        bool, typer.Option("--words", help="Print the words in which mechanisms are written.")
    ] = False,
    places: Annotated[bool, typer.Option("--places", help="Print the places of a month.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """List the mechanisms, tell one in full, or print the words and places in which they are written.

    A mechanism file that is named is run: only name files that you trust.

    Example: entente mechanisms --code burden
    """
    from entente.errors import InputError
    from entente.screen import headed, rows_table
    from entente.telling.vocabulary import described, in_full, mechanism_rows, place_rows, the, word_rows

    if code + words + places > 1:
        raise InputError("--code, --words, --places: ask for one of them")
    found, asked = _asked(name, scenario)
    if code:
        if asked is None:
            raise InputError("--code: name the mechanism whose code is meant")
        _print_code(found, the(found, asked).name, as_json)
        return
    if asked is not None and not (words or places):
        one = the(found, asked)
        if as_json:
            sys.stdout.write(json.dumps(in_full(one)) + "\n")
        else:
            headed(f"{one.name}: {one.sentence}", list(described(one)))
        return
    if as_json and not (words or places):
        sys.stdout.write(json.dumps([in_full(one) for one in found.all]) + "\n")
        return
    rows: list[Row] = [*(word_rows(found) if words else place_rows() if places else mechanism_rows(found))]
    title = "Words" if words else "Places, in the order of a month" if places else "Mechanisms"
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows]) + "\n")
    else:
        rows_table(title, list(asdict(rows[0])), [row.cells() for row in rows])


def _asked(name: str | None, scenario: str | None) -> tuple[Mechanisms, str | None]:
    """The mechanisms that are meant, and the one that is asked for, if any."""
    from entente.errors import InputError, nearest, shown
    from entente.mechanisms import shipped
    from entente.schema.load import scenario_names

    if name is None:
        return shipped(), None
    if scenario is not None:
        return _of(scenario)[0], name
    if name in {one.name for one in shipped().all}:
        return shipped(), name
    if name.endswith((".yaml", ".yml", PYTHON)) or name in scenario_names():
        return _of(name)
    known = [*(one.name for one in shipped().all), *scenario_names()]
    guess = nearest(name, known) or f"; one of your own is named with its file, such as {name}.py"
    raise InputError(f"{shown(name)}: no mechanism or scenario of that name{guess}")


def _of(place: str) -> tuple[Mechanisms, str | None]:
    """The mechanisms of a scenario, or those of the model and the one of a file, which is then asked for."""
    from entente.mechanisms import shipped
    from entente.schema.load import load_scenario
    from entente.schema.own import load_mechanism

    if place.endswith(PYTHON):
        one = load_mechanism(place)
        return shipped().with_([one]), one.name
    return load_scenario(place).of, None


def _print_code(found: Mechanisms, name: str, as_json: bool) -> None:
    from entente.month.weave import COMPILED, INTERACTIVE, code_of
    from entente.screen import python_code

    texts: dict[str, Any] = {d.name: list(code_of(found, d, name)) for d in (INTERACTIVE, COMPILED)}
    if as_json:
        sys.stdout.write(json.dumps(texts) + "\n")
        return
    for engine, functions in texts.items():
        python_code(f"# {engine} engine\n\n" + "\n\n\n".join(functions) + "\n\n")
