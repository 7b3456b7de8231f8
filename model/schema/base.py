"""What every part of a scenario shares: strict immutable records, declared quantities, calendar months."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo

JUDGEMENT = "judgement"

MONTHS_IN_YEAR = 12
MONTH_PATTERN = r"^(1[0-9]|20|21)[0-9][0-9]-(0[1-9]|1[0-2])$"
NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"


class Record(BaseModel):
    """A part of a scenario: unknown fields, coerced types and non-finite numbers are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Entity(Record):
    """A record that says where its numbers come from.

    `citation` maps the name of a field to the work, data set or judgement behind its value.
    """

    citation: dict[str, str] = Field(
        default_factory=dict, description="Where the value of each named field comes from."
    )


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


def month_number(month: str) -> int:
    """`"1992-01"` as a count of months since year 0, so that months can be subtracted."""
    year, of_year = month.split("-")
    return int(year) * MONTHS_IN_YEAR + int(of_year) - 1


def month_text(number: int) -> str:
    """The inverse of `month_number`."""
    return f"{number // MONTHS_IN_YEAR:04d}-{number % MONTHS_IN_YEAR + 1:02d}"


def _widen(value: Any) -> Any:
    """Whole numbers are numbers: `1` is accepted where `1.0` is meant, but never `true`."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


Month = Annotated[str, Field(pattern=MONTH_PATTERN, description="Calendar month, YYYY-MM.")]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Share = Annotated[float, BeforeValidator(_widen), Field(ge=0, le=1)]
Intensity = Annotated[float, BeforeValidator(_widen), Field(ge=0, le=2)]
Signed = Annotated[float, BeforeValidator(_widen), Field(ge=-2, le=2)]
