"""What every part of a scenario shares: strict immutable records, calendar months."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from entente.errors import shown

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


def month_number(month: str) -> int:
    """`"1992-01"` as a count of months since year 0, so that months can be subtracted."""
    year, of_year = month.split("-")
    return int(year) * MONTHS_IN_YEAR + int(of_year) - 1


def month_text(number: int) -> str:
    """The inverse of `month_number`."""
    return f"{number // MONTHS_IN_YEAR:04d}-{number % MONTHS_IN_YEAR + 1:02d}"


def _widen(value: Any) -> Any:
    """Whole numbers are numbers: `1` is accepted where `1.0` is meant, but never `true`."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{shown(value)}: must be a finite number") from None


Month = Annotated[str, Field(pattern=MONTH_PATTERN, description="Calendar month, YYYY-MM.")]
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Share = Annotated[float, BeforeValidator(_widen), Field(ge=0, le=1)]
Intensity = Annotated[float, BeforeValidator(_widen), Field(ge=0, le=2)]
Signed = Annotated[float, BeforeValidator(_widen), Field(ge=-2, le=2)]
