"""From page to study and back: the session as a scenario file, tables, figures, and files that are opened."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from entente.errors import InputError, shown
from entente.schema.load import parse_scenario, scenario_names
from entente.schema.scenario import Scenario
from entente.schema.yaml12 import MAX_BYTES, parse_yaml
from entente.telling.codebook import codebook
from entente.telling.files import CODEBOOK, scenario_text

from .live import AT_START
from .style import standalone
from .svg import Picture

SESSION = "-session"
NAME_ROOM = 60
"""Letters that a scenario's name may have (schema)."""


def session_name(scenario: Scenario) -> str:
    """The name of an exported session."""
    base = scenario.name.removesuffix(SESSION)
    return base[: NAME_ROOM - len(SESSION)] + SESSION


def session_file(
    scenario: Scenario, seed: int, replicate: int, levers: Iterable[str], month: str
) -> tuple[str, str]:
    """Name and text of the scenario file of a session: everything resolved, levers among the interventions.

    The seed is the file's own, so `entente run` on it repeats the session; a scenario cannot name a replicate, so the
    command in its first line does.
    """
    name = session_name(scenario)
    pulled = [f"{scenario.interventions[id_].month} {scenario.interventions[id_].text}" for id_ in sorted(levers)]
    of = f" --replicate {replicate}" if replicate else ""
    told = f", replicate {replicate}" if replicate else ""
    summary = f"A session on {scenario.name}, seed {seed}{told}, seen up to {month}, with {len(pulled)} levers."
    kept = scenario.model_copy(update={"name": name, "summary": summary, "seed": seed})
    head = [f"# Run it with: entente run {name}.yaml{of}", *(f"# lever: {line}" for line in pulled)]
    return f"{name}.yaml", "\n".join(head) + "\n" + scenario_text(kept)


def tables_file(
    scenario: Scenario, tables: Mapping[str, pd.DataFrame], kind: str, facts: Mapping[str, Any]
) -> bytes:
    """All tables as CSV or Parquet in one archive, with the codebook and what was run."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for name, frame in tables.items():
            data = frame.to_csv(index=False).encode() if kind == "csv" else frame.to_parquet(index=False)
            into.writestr(f"{name}.{kind}", data)
        into.writestr(CODEBOOK, codebook(scenario.of))
        into.writestr("session.json", json.dumps(facts, indent=2) + "\n")
    return archive.getvalue()


def figures_file(pictures: Iterable[Picture], lines: Sequence[str] = (), defined: str = "") -> bytes:
    """The pictures as SVG files in one archive, each with its summary in words; `lines` say which run they show, `defined` is what they use."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        for picture in pictures:
            into.writestr(f"{picture.id}.svg", standalone(picture, lines, defined))
            into.writestr(f"{picture.id}.txt", f"{picture.title}\n\n{picture.summary}\n")
    return archive.getvalue()


def parcel(name: str, kind: str, data: bytes | str, number: int) -> dict[str, Any]:
    """A download on its way to the browser; `number` tells it from the one before."""
    raw = data.encode() if isinstance(data, str) else data
    return {"name": name, "kind": kind, "data": base64.b64encode(raw).decode(), "number": number}


def opened_scenario(name: str, text: str) -> Scenario:
    """A scenario file that was opened in the browser, checked like any other. Raises `InputError`.

    It may extend scenarios of `configs/` by their ids; a path would reach files that were not chosen. It may bring
    no mechanisms: to read one is to run it, with all rights of whoever serves the page.
    """
    size = len(text.encode())
    if size > MAX_BYTES:
        raise InputError(f"{name}: {size:,} bytes: a scenario may have {MAX_BYTES:,} at most")
    data, _ = parse_yaml(text, name)
    if data.get("mechanisms"):
        raise InputError(
            f"{name}: mechanisms: a file opened here can bring none, since they are programs; start the page with it: "
            f"{AT_START}={name} make app"
        )
    extends = data.get("extends", [])
    for parent in extends if isinstance(extends, list) else [extends]:
        if parent not in scenario_names():
            raise InputError(
                f"{name}: extends: {shown(parent)}: a file opened here can extend a scenario of configs/ only"
            )
    return parse_scenario(text, name)
