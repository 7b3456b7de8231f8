"""First one option, then another: the changes of both as one scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from entente.errors import InputError
from entente.schema.base import month_number, month_text
from entente.schema.load import load_scenario
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario

AMOUNTS = re.compile(r"interventions\.([^.]+)\.(size|share)")
ARTICLE = re.compile(r"treaties\.([^.]+)\.articles\.([^.]+)\.on")


def switched(
    scenario: Scenario, first: Mapping[str, Any], second: Mapping[str, Any], month: int
) -> dict[str, Any]:
    """Changes that make a scenario begin with the options `first` and go on with `second` from a month (its number) on.

    A package or a deal is put on the table anew, an article is switched, and any other number is set from that month on. An
    intervention that comes later than the month is simply that of `second`. Raises `InputError` for what cannot change on the way.
    """
    found = dict(first)
    acts = load_scenario(scenario, dict(first)).model_dump(exclude_none=True)["interventions"]
    for number, path in enumerate(sorted({*first, *second})):
        value = second[path] if path in second else leaf(scenario, path)
        if first.get(path, leaf(scenario, path)) == value:
            continue
        at = f"interventions.then-{number:03d}"
        amount, article = AMOUNTS.fullmatch(path), ARTICLE.fullmatch(path)
        if amount is not None:
            act = acts[amount[1]]
            if month_number(act["month"]) >= month:
                found[path] = value
            else:
                found[at] = act | {"month": month_text(month), amount[2]: value}
        elif article is not None:
            found[at] = {
                "kind": "article", "month": month_text(month), "treaty": article[1], "article": article[2], "on": value,
            }  # fmt: skip
        elif isinstance(value, str):
            raise InputError(f"{path}: {value}: is no number or switch, which could change on the way")
        else:
            found[at] = {"kind": "set", "month": month_text(month), "path": path, "value": value}
    return found
