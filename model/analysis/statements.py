"""The pre-registered signs, read from `configs/signs.yaml`: each a lever, an outcome and the direction expected."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from entente.schema.base import Record
from entente.schema.load import CONFIGS, read_record
from entente.schema.scenario import MAX_MONTHS


class Statement(Record):
    """A sign to expect: `change` or `parameters` say what is raised, `sign` which way `outcome` should go."""

    statement: str = Field(min_length=1, description="The statement in plain words.")
    sign: Literal["+", "-"]
    outcome: str = Field(min_length=1, description="What should move, as outcomes are named in studies.")
    than: str | None = Field(None, description="Another outcome that should move less.")
    scenario: str = Field("memo-2001", description="Where it is tested.")
    months: int | None = Field(None, ge=1, le=MAX_MONTHS, description="Horizon; none: the scenario's own.")
    with_: dict[str, Any] = Field(default_factory=dict, alias="with", description="Set on both sides.")
    change: dict[str, Any] = Field(default_factory=dict, description="Set on one side.")
    parameters: dict[str, Literal[-1, 1]] = Field(
        default_factory=dict, description="Behaviour parameters and the direction in which each is moved."
    )

    @model_validator(mode="after")
    def _one_lever(self) -> Statement:
        if bool(self.change) == bool(self.parameters):
            raise ValueError("needs either change or parameters")
        return self

    @property
    def lever(self) -> str:
        """What is raised, in a few words."""
        if self.parameters:
            return ", ".join(f"{path} {'up' if way > 0 else 'down'}" for path, way in self.parameters.items())
        return ", ".join(
            f"{value['kind']} {value.get('source') or value.get('state')}"
            if isinstance(value, dict)
            else f"{path}={value}"
            for path, value in self.change.items()
        )

    @property
    def direction(self) -> int:
        """The sign expected, 1 or -1."""
        return 1 if self.sign == "+" else -1


class Statements(Record):
    """The file of all statements."""

    signs: list[Statement] = Field(min_length=1)


@cache
def statements() -> tuple[Statement, ...]:
    """All pre-registered statements, in the order of the file.

    Examples:
        >>> from entente.analysis.statements import statements
        >>> {statement.sign for statement in statements()} == {"+", "-"}
        True
    """
    return tuple(read_record(Statements, CONFIGS / "signs.yaml").signs)
