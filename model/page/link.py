"""A session as a link: what stands behind the # of the page's address, so that it comes back after a reload or elsewhere.

Browsers send that part of an address to nobody.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from entente.errors import InputError
from entente.schema.base import Record
from entente.schema.intervention import Intervention
from entente.schema.scenario import MAX_MONTHS

from .replay import open_run
from .session import LEVER, MAX_SEED, Session

LONGEST = 16_000
"""Letters of a link: some hundred levers."""
LARGEST = 200_000
"""Bytes that a link may unfold to."""
DAMAGED = "this link is damaged"

_ACT: TypeAdapter[Intervention] = TypeAdapter(Intervention)


def _acts(value: Any) -> Any:
    return {id_: _ACT.validate_python(act) for id_, act in value.items()} if isinstance(value, dict) else value


class Link(Record):
    """What a session is made of: a scenario by name and what was changed in it, or a finished run."""

    scenario: str = Field("", max_length=200)
    run: str = Field("", max_length=200)
    seed: int = Field(0, ge=0, le=MAX_SEED)
    changes: dict[str, float | bool] = Field(default_factory=dict, max_length=1000)
    levers: Annotated[dict[str, Intervention], BeforeValidator(_acts)] = Field(
        default_factory=dict, max_length=200
    )
    month: int = Field(0, ge=0, le=MAX_MONTHS)
    chosen: str = Field("", max_length=100)


def link_of(session: Session) -> str:
    """The link of a session as it stands; empty where it is on a scenario that was opened from a file, which no link can hold."""
    with session.lock:
        if session.run is None and session.label not in session.choices:
            return ""
        parts: dict[str, Any] = {
            "scenario": "" if session.run is not None else session.label,
            "run": session.label if session.run is not None else "",
            "seed": 0 if session.run is not None else session.seed,
            "changes": session.changes,
            "levers": {id_: act.model_dump(exclude_defaults=True) for id_, act in session.levers.items()},
            "month": session.month,
            "chosen": session.chosen,
        }
    text = json.dumps(
        {name: part for name, part in parts.items() if part}, separators=(",", ":"), ensure_ascii=False
    )
    packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    return packed if len(packed) <= LONGEST else ""


def follow(session: Session, link: str, runs: Path) -> None:
    """Make a session what a link says; finished runs are read from the folder `runs`. Raises `InputError`, and nothing has changed then."""
    found = _read(link)
    if found.run:
        session.replay(open_run(runs, found.run), found.month, found.chosen)
    else:
        session.resume(found.scenario, found.seed, found.changes, found.levers, found.month, found.chosen)


def _read(link: str) -> Link:
    if len(link) > LONGEST:
        raise InputError(f"{DAMAGED}: it has {len(link):,} letters, and no session has more than {LONGEST:,}")
    try:
        unfold = zlib.decompressobj()
        raw = unfold.decompress(base64.urlsafe_b64decode(link + "=" * (-len(link) % 4)), LARGEST)
        found = Link.model_validate(json.loads(raw))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{DAMAGED}: {where}: {first['msg'].lower()}") from None
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise InputError(f"{DAMAGED}: nothing can be read from it") from None
    if not all(LEVER.fullmatch(id_) for id_ in found.levers):
        raise InputError(f"{DAMAGED}: levers: they have names that no lever has")
    if bool(found.run) == bool(found.scenario):
        raise InputError(f"{DAMAGED}: it names no scenario or run, or both")
    return found
