"""`entente record`: a yearly ladder of practice from agreements, exercises and troops, or several codings compared."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .data import Alliances, Dcad, Exercises, Folder, Ladder, Members, Nmc, Phases, Troops, facts_of


def record(
    codings: Annotated[
        list[Path] | None, typer.Argument(metavar="FILES", help="With --compare: the codings, two at least.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Compare codings of the same ties.")] = False,
    out: Annotated[Path | None, typer.Option(help="The .csv file to write; must not exist.")] = None,
    from_: Annotated[int | None, typer.Option("--from", help="First year; none: all that the data cover.")] = None,
    to: Annotated[int | None, typer.Option(help="Last year; none: all that the data cover.")] = None,
    data: Folder = None,
    nmc: Nmc = None,
    members: Members = None,
    alliances: Alliances = None,
    phases: Phases = None,
    dcad: Dcad = None,
    exercises: Exercises = None,
    troops: Troops = None,
    ladder: Ladder = "ladder",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Code the practice of every dyad and year by declared rules, or say how far several codings agree.

    Example: entente record --data files --out practice.csv
    """
    from entente.data.agreement import compare as compared
    from entente.data.ladder import absent, covered, load_ladder, practice
    from entente.errors import InputError
    from entente.experiments.places import write_whole
    from entente.screen import note

    if out is not None and out.exists():
        raise InputError(f"--out {str(out)!r}: exists")
    if codings and not compare:
        raise InputError(f"{codings[0]}: codings are compared with --compare; data sets are named by options")
    if compare:
        found = compared(codings or [])
        rows = found.units
        told: dict[str, Any] = {
            "coders": found.coders,
            "units": len(rows),
            "agreement": round(found.exact, 3),
            "within_one_rung": round(found.near, 3),
            "krippendorff_alpha": round(found.alpha, 3),
        }
    else:
        files = {
            "nmc": nmc,
            "members": members,
            "alliances": alliances,
            "phases": phases,
            "dcad": dcad,
            "exercises": exercises,
            "troops": troops,
        }
        facts = facts_of(data, files, files)
        rules = load_ladder(ladder)
        rows = practice(facts, rules, from_, to)
        without = absent(facts, rules)
        if without:
            note(f"not given, so 0 throughout: {', '.join(without)}")
        if not facts.has("nmc"):
            note("no --nmc: years before a state existed, or after, are coded too")
        told = {
            "dyads": len(rows[["ccode1", "ccode2"]].drop_duplicates()),
            "rows": len(rows),
            "first": int(rows.year.min()),
            "last": int(rows.year.max()),
            "rungs": {str(rung): int(count) for rung, count in rows.rung.value_counts().sort_index().items()},
            "covered": list(covered(facts, rules)),
        }
    if out is not None:
        write_whole(out, rows.to_csv(index=False, lineterminator="\n").encode())
    sys.stdout.write(json.dumps(told) + "\n" if as_json else _words(told))


def _words(told: dict) -> str:
    """What was found, a line each."""
    width = max(map(len, told))
    return "".join(f"{key.replace('_', ' '):<{width}}  {_plain(value)}\n" for key, value in told.items())


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} at {rung}" for rung, count in value.items())
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)
