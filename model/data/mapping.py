"""What an import assumes: a file of values, each with its reason, that users can replace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from entente.errors import InputError, nearest, shown
from entente.schema.base import MONTHS_IN_YEAR, Intensity, Name, Record, Share, _widen
from entente.schema.load import CONFIGS, read_record
from entente.schema.treaty import RULES

MAPPINGS = CONFIGS / "mappings"
V = TypeVar("V")

Because = Annotated[str, Field(min_length=1, max_length=400, description="Why the value is what it is.")]
Number = Annotated[float, BeforeValidator(_widen)]
Level = Annotated[str, Field(pattern=r"^[0-9]$")]
Count = Annotated[int, Field(ge=0, le=500)]
RungNumber = Annotated[int, Field(ge=0, le=6)]
Promise = Annotated[int, Field(ge=0, le=4)]


class Assumed(Record, Generic[V]):
    """A value and why it is assumed."""

    value: V
    because: Because


class Rivalry(Record):
    """From rivalries to how much a source concerns a state."""

    principal: Assumed[Share]
    other: Assumed[Share]
    contiguous: Assumed[Share]
    ended: Assumed[Share]


class SourceOf(Record):
    """What every rival is as a source of threat."""

    base: Assumed[Intensity]
    need: Assumed[Share]


class Shock(Record):
    """From disputes and crises to dated shocks."""

    hostility: Assumed[dict[Level, Intensity]]
    gravity: Assumed[dict[Level, Intensity]]
    month: Assumed[Annotated[int, Field(ge=1, le=MONTHS_IN_YEAR)]]
    between_members: Assumed[bool]


class StatesOf(Record):
    """When states begin and end, and who takes the place of whom."""

    lives: Assumed[bool]
    successors: Assumed[dict[str, int]]


class TreatyOf(Record):
    """From an alliance to a treaty."""

    signed_rung: Assumed[RungNumber]
    unknown_rung: Assumed[RungNumber]
    longest_term: Assumed[Annotated[int, Field(ge=1, le=100)]]
    obligation: Assumed[dict[str, Promise]]
    scope: Assumed[Share]
    phases: Assumed[bool]
    candidates: Assumed[bool]


class Clause(Record):
    """An article that is written where a column of ATOP is at least so large."""

    column: str
    least: Annotated[int, Field(ge=1)]
    rule: str
    strength: Share
    because: Because


class AgreementOf(Record):
    """From a general defence cooperation agreement to a treaty."""

    clauses: Assumed[dict[str, Share]]
    signed_rung: Assumed[RungNumber]
    obligation: Assumed[Promise]


class Mistrust(Record):
    """Mistrust among the members at the start."""

    plain: Assumed[Share]
    rivals: Assumed[Share]
    rival_memory: Assumed[Count]
    per_ideal_point: Assumed[Share]


class Exchange(Record):
    """Gains by exchange from the members' capabilities."""

    shift: Assumed[Number]
    span: Assumed[Annotated[float, BeforeValidator(_widen), Field(gt=0)]]


class Population(Record):
    """Which dyads are ties."""

    largest: Assumed[Count]
    large_alliances: Assumed[bool]
    signed_within: Assumed[Count]
    fewest_years: Assumed[Annotated[int, Field(ge=1)]]
    without_rivals: Assumed[bool]


class AllianceRecord(Record):
    """From the practice of pairs to the record of an alliance."""

    quantiles: Assumed[Annotated[list[Share], Field(min_length=3, max_length=3)]]


class MappingFile(Record):
    """All that an import assumes."""

    rivalry: Rivalry
    source: SourceOf
    contribution: Assumed[Share]
    shock: Shock
    states: StatesOf
    treaty: TreatyOf
    clauses: dict[Name, Clause]
    agreement: AgreementOf
    mistrust: Mistrust
    exchange: Exchange
    population: Population
    alliance_record: AllianceRecord

    def because(self, key: str) -> tuple[object, str]:
        """The value and the reason of an entry, by its dotted key."""
        here: object = self
        for part in key.split("."):
            here = here[part] if isinstance(here, Mapping) else getattr(here, part)
        if isinstance(here, Clause):
            return here.strength, here.because
        assert isinstance(here, Assumed)
        return here.value, here.because


class Alternative(Record):
    """Entries of a mapping that might be otherwise."""

    changes: Annotated[
        dict[str, Any], Field(min_length=1, description="Values by the dotted keys of their entries.")
    ]
    because: Because


class Alternatives(Record):
    """Mappings that differ in few entries from one, to see how much hangs on these."""

    alternatives: Annotated[dict[Name, Alternative], Field(min_length=1)]


def load_alternatives(name: str | Path, base: MappingFile) -> dict[str, MappingFile]:
    """Mappings by name, each `base` with some entries changed. Raises `InputError` with one sentence."""
    path = _path(name)
    given = read_record(Alternatives, path).alternatives
    return {id_: _changed(base, one.changes, f"{path}: alternatives.{id_}.changes") for id_, one in given.items()}


def _changed(base: MappingFile, changes: Mapping[str, Any], at: str) -> MappingFile:
    draft = base.model_dump()
    for key, value in changes.items():
        entry: Any = draft
        for part in key.split("."):
            known = entry if isinstance(entry, dict) else {}
            if part not in known:
                raise InputError(f"{at}: {shown(key)}: no entry of that name{nearest(part, known)}")
            entry = entry[part]
        if not isinstance(entry, dict) or "because" not in entry:
            raise InputError(f"{at}: {shown(key)}: names no entry with a reason, but a part of it or several")
        entry["strength" if "strength" in entry else "value"] = value
    try:
        return MappingFile.model_validate(draft)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{at}: {where}: {shown(first['input'])}: {first['msg'].lower()}") from None


def _path(name: str | Path) -> Path:
    return Path(name) if Path(name).suffix else MAPPINGS / f"{name}.yaml"


def load_mapping(name: str | Path = "default") -> MappingFile:
    """The mapping of a file, or of `configs/mappings` by its id. Raises `InputError` with one sentence."""
    path = _path(name)
    mapping = read_record(MappingFile, path)
    for key, clause in mapping.clauses.items():
        _known_rule(f"{path}: clauses.{key}.rule", clause.rule)
    for rule in mapping.agreement.clauses.value:
        _known_rule(f"{path}: agreement.clauses", rule)
    low, middle, high = mapping.alliance_record.quantiles.value
    if not low <= middle <= high:
        raise InputError(f"{path}: alliance_record.quantiles: must rise, low, middle, high")
    return mapping


# Articles that need more than a strength (a treaty towards which they work, years) cannot be read off a clause.
SIMPLE_RULES = tuple(rule for rule in RULES if rule not in ("term", "regional_mechanism"))


def _known_rule(where: str, rule: str) -> None:
    if rule not in SIMPLE_RULES:
        raise InputError(f"{where}: {rule!r}: must be one of {', '.join(SIMPLE_RULES)}")
