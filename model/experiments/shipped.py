"""The studies of `configs/`, known without what a design needs."""

from __future__ import annotations

from pathlib import Path

from entente.schema.load import CONFIGS, read_record
from entente.schema.study import Study

STUDIES = CONFIGS / "studies"


def study_names() -> list[str]:
    """The ids of the studies in `configs/`."""
    return sorted(path.stem for path in STUDIES.glob("*.yaml"))


def study_file(name: str) -> Path:
    """The file of a study by its id or its own path."""
    return Path(name) if name.endswith((".yaml", ".yml")) else STUDIES / f"{name}.yaml"


def summaries() -> dict[str, str]:
    """What each study is for, in a sentence."""
    return {name: read_record(Study, study_file(name)).summary for name in study_names()}
