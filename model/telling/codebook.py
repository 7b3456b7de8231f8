"""What the declarations say, as text: codebook of the tables, parameter tables, JSON schema."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from entente.mechanisms import shipped
from entente.month.declare import bounds, declared
from entente.month.gather import Mechanisms
from entente.schema.behaviour import Behaviour, Institution, Switches
from entente.schema.scenario import Scenario

from .columns import Columns, codebook_of
from .tables import FUTURES, FUTURES_NAME, FUTURES_ROW, TABLES


def codebook(mechanisms: Mechanisms) -> str:
    """Type, unit and meaning of every column of every table of a run with some mechanisms, in Markdown."""
    told: dict[str, tuple[str, Columns]] = {
        f"{name}.parquet": (table.row, table.columns(mechanisms)) for name, table in TABLES.items()
    }
    told[f"{FUTURES_NAME}.parquet"] = (f"{FUTURES_ROW}, where these were asked for", FUTURES)
    return codebook_of(told)


def parameter_table(scenario: Scenario | None = None) -> str:
    """Every behaviour parameter and institutional constant, in Markdown, from its declaration.

    Of a scenario, with the mechanisms that it brings; of none, those of the model.
    """
    behaviour, institution = (
        (Behaviour, Institution) if scenario is None else (type(scenario.behaviour), type(scenario.institution))
    )
    head = "| path | symbol | unit | default | prior range | allowed | meaning | source |"
    return "\n".join(
        [head, "| --- " * 8 + "|", *_rows(behaviour, "behaviour"), *_rows(institution, "institution")]
    )


def _rows(record: type[BaseModel], at: str) -> list[str]:
    rows = []
    for name, field in record.model_fields.items():
        low, high = bounds(field)
        prior = declared(field, "prior")
        shown = f"{prior[0]:g}-{prior[1]:g}" if prior else ""
        rows.append(
            f"| `{at}.{name}` | {declared(field, 'symbol')} | {declared(field, 'unit')} | {field.default:.4g} "
            f"| {shown} | {low:g}-{high:g} | {field.description} | {declared(field, 'source')} |"
        )
    return rows


def switch_table(scenario: Scenario | None = None) -> str:
    """Every mechanism's switch, in Markdown; see `parameter_table`."""
    lines = ["| path | default | meaning |", "| --- | --- | --- |"]
    for name, field in (Switches if scenario is None else type(scenario.switches)).model_fields.items():
        lines.append(f"| `switches.{name}` | {'on' if field.default else 'off'} | {field.description} |")
    return "\n".join(lines)


def outcome_table() -> str:
    """Every recorded quantity, in Markdown."""
    lines = ["| table | column | unit | meaning |", "| --- | --- | --- | --- |"]
    for name, table in TABLES.items():
        lines += [
            f"| {name} | `{column}` | {about.unit} | {about.meaning} |"
            for column, about in table.columns(shipped()).items()
        ]
    return "\n".join(lines)


def json_schema(scenario: Scenario | None = None) -> str:
    """JSON schema of a scenario file, for editors: every part optional, since a file may extend another.

    Of a scenario, with what its own mechanisms declare.
    """
    schema: dict[str, Any] = (Scenario if scenario is None else type(scenario)).model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Entente scenario"
    # Of the docstring, what an editor shows; its example is Python.
    schema["description"] = schema["description"].partition("\n\nExamples:")[0]
    schema["properties"]["extends"] = {
        "description": "Scenario of configs/ or .yaml file that this one starts from, or a list of them.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    }
    _loosen(schema)
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _loosen(node: Any) -> None:
    """Let a file name only what it changes: drop `required`, and let null delete a leaf."""
    if isinstance(node, dict):
        node.pop("required", None)
        node.pop("minProperties", None)
        for value in node.values():
            _loosen(value)
    elif isinstance(node, list):
        for value in node:
            _loosen(value)
