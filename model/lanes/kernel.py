"""How the phases are compiled, and the places of parameters in the arrays that they read."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from llvmlite import binding
from numba import njit

from ..pack import BEHAVIOUR, INSTITUTION, SWITCHES

# A lane loop reads up to a dozen arrays. LLVM vectorises it only if it may compare that many addresses
# for overlap when the loop begins; its default of eight leaves the widest loops scalar.
binding.set_option("entente", "-runtime-memory-check-threshold=128")

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def kernel(function: Callable[..., Any]) -> Any:
    """A function that runs in lanes: compiled without the interpreter's lock, no fast-math."""
    return njit(**OPTIONS)(function)


def _places(title: str, names: tuple[str, ...]) -> Any:
    return namedtuple(title, names)(*range(len(names)))  # type: ignore[misc]


DIAL = _places("DIAL", BEHAVIOUR)
SWITCH = _places("SWITCH", SWITCHES)
CONSTANT = _places("CONSTANT", INSTITUTION)
