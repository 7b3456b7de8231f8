"""A number is declared once: default, bounds, unit, symbol, sentence, prior range, source."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo

JUDGEMENT = "judgement"
MEMO = "policy memo on the Russia-China treaty, August 2001"
LEEDS = "Leeds and Anac 2005"


def quantity(
    default: Any,
    description: str,
    *,
    low: float,
    high: float,
    unit: str,
    symbol: str,
    prior: tuple[float, float] | None = None,
    source: str = JUDGEMENT,
    group: str = "",
) -> Any:
    """Declare a number once: default, bounds, unit, symbol, sentence, prior range, source.

    Sliders, sampling bounds, axis labels, the parameter table and the JSON schema are all read
    from this declaration. `default` is `...` where the scenario must give the value. `prior` is
    the range that sensitivity studies and priors sample; `low` and `high` are what is allowed.
    """
    extra: dict[str, Any] = {"unit": unit, "symbol": symbol, "source": source}
    if prior is not None:
        extra["prior"] = list(prior)
    if group:
        extra["group"] = group
    return Field(default, ge=low, le=high, description=description, json_schema_extra=extra)


def declared(field: FieldInfo, key: str) -> Any:
    """The value that `quantity` stored under `key` (`unit`, `symbol`, `prior`, ...), or None."""
    extra = field.json_schema_extra
    return extra.get(key) if isinstance(extra, dict) else None


def bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and greatest value that a declared number may take."""
    low = next((item.ge for item in field.metadata if getattr(item, "ge", None) is not None), None)
    high = next((item.le for item in field.metadata if getattr(item, "le", None) is not None), None)
    return low, high
