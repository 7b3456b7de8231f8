"""Behaviour parameters, institutional constants and switches: whatever the core and the mechanisms declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, create_model

from entente.mechanisms import shipped
from entente.month.gather import Mechanisms
from entente.month.mechanism import Number

from .base import Name, Record, _widen

R = TypeVar("R", bound=Record)


def with_numbers(record: type[R], numbers: tuple[Number, ...], **more: Any) -> type[R]:
    """A record that has some declared numbers besides its own fields (and whatever else is given)."""
    fields: dict[str, Any] = dict(map(_field, numbers))
    return create_model(
        record.__name__.removeprefix("_"),
        __base__=record,
        __module__=record.__module__,
        __doc__=record.__doc__,
        **fields,
        **more,
    )


def _field(number: Number) -> tuple[str, Any]:
    if number.over != "ts":
        return number.name, (float, number.as_field())
    # A map of states to numbers: the bounds are those of each.
    whole = number.declaration
    each = Annotated[float, BeforeValidator(_widen), Field(ge=whole["low"], le=whole["high"])]
    told = {key: whole[key] for key in ("unit", "symbol", "source")}
    described: Any = Field(default_factory=dict, description=whole["description"], json_schema_extra=told)
    return number.name, (dict[Name, each], described)  # type: ignore[valid-type]


class _Behaviour(Record):
    """How states perceive, weigh, commit and bargain; one value for all states."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...


class _Institution(Record):
    """Constants of the ladder and of treaty procedure; the same for every treaty."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...


class _Switches(Record):
    """Every mechanism by name. Off means that its term is absent, whatever its parameters say."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> bool: ...


def records(mechanisms: Mechanisms) -> tuple[type[_Behaviour], type[_Institution], type[_Switches]]:
    """The three records as a set of mechanisms declares them."""
    switches: dict[str, Any] = {
        name: (bool, Field(on, description=sentence)) for name, (on, sentence) in mechanisms.switches.items()
    }
    return (
        with_numbers(_Behaviour, mechanisms.at("behaviour")),
        with_numbers(_Institution, mechanisms.at("institution")),
        with_numbers(_Switches, (), **switches),
    )


if TYPE_CHECKING:
    Behaviour = _Behaviour
    Institution = _Institution
    Switches = _Switches
else:
    Behaviour, Institution, Switches = records(shipped())
