"""The manifest of a run or a study, checked like any other input: what is read back is what was written."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from entente.errors import InputError, shown
from entente.telling.files import MANIFEST

from .places import below

Count = Annotated[StrictInt, Field(ge=0, le=2**63 - 1)]
Digest = Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{64}$")]


class _Manifest(BaseModel):
    """What both have; all else that a manifest holds is told and not read."""

    model_config = ConfigDict(extra="allow")

    format: Literal[1]
    seed: Count


class RunManifest(_Manifest):
    """Of a single run. `sha256` has the digests of its tables; folders that were written before have none."""

    scenario: StrictStr
    replicate: Count
    written: StrictStr
    sha256: dict[str, Digest] = {}


class StudyManifest(_Manifest):
    """Of a study: `files` has the digests of all finished parts, `sums` what the digest of their outcomes is made of.

    Folders that were written before have no sums, and a digest of another kind: see `digest`.
    """

    kind: Literal["study"]
    study: StrictStr
    state: Literal["running", "finished"]
    begun: StrictStr
    points: Annotated[StrictInt, Field(ge=1)]
    replicates: Annotated[StrictInt, Field(ge=1)]
    identity: dict[str, StrictStr]
    files: dict[str, Digest]
    sums: dict[str, Digest] = {}
    digest: Literal[1, 2] = 1
    outcomes: list[StrictStr] = []
    outcomes_sha256: Digest | None = None
    model: StrictStr | None = None
    ok: Count | None = None


def read_manifest(content: bytes, folder: object) -> dict[str, Any]:
    """The manifest in the bytes of its file, which lies in `folder`. Raises `InputError` with one sentence."""
    where = f"{below(str(folder), MANIFEST)}: damaged"
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(found, dict):
        raise InputError(f"{where}: must be a map, not {shown(found)}")
    kind = StudyManifest if "kind" in found else RunManifest
    try:
        kind.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        rule = "missing" if first["type"] == "missing" else f"{shown(first.get('input'))}: {first['msg'].lower()}"
        raise InputError(f"{where}: {at}: {rule}") from None
    return found
