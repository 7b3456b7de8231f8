"""A copy of the sources that a test may change, laid out as they are installed."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copy_sources(folder: Path) -> Path:
    """Lay the package out in `folder`, which then goes first on the path; where its files begin."""
    package = folder / "entente"
    for source, target in {"model": package, "agents": package / "agents", "configs": package / "configs"}.items():
        shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
    return package
