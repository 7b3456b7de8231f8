"""The mechanisms that come with the model, one a file: whatever a file here declares is part of the model."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from entente.month.gather import Mechanisms, the_mechanism

HERE = Path(__file__).resolve().parent


@cache
def shipped() -> Mechanisms:
    """All mechanisms of this folder, in the order of their names."""
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem != "__init__")
    found = [the_mechanism(import_module(f"{__name__}.{name}")) for name in names]
    for one in found:
        one.vetted = True
    return Mechanisms(found)
