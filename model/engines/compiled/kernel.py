"""How the phases are compiled, and the places of parameters in the arrays that they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from numba import njit

from entente.month.core import CORE, SWITCHES

# Nothing is allocated and no whole arrays are computed with: a sixth less to compile.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_rewrites": True}


def kernel(function: Callable[..., Any]) -> Any:
    """A function of many runs: compiled into its caller, without the interpreter's lock, no fast-math.

    Only compiled code calls it. The wrappers that let the interpreter call it would take longer to
    compile than the function itself.
    """
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **OPTIONS)(function)


def routine(function: Callable[..., Any]) -> Any:
    """A kernel that is called, not compiled into its caller: large parts of a month, which then compile faster."""
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS)(function)


def places(title: str, groups: Iterable[Iterable[str]]) -> Any:
    """The place of each name within its group, as constants: `AT.member`.

    A module, since compiled code folds a module's numbers and would build any other holder each time.
    """
    holder = ModuleType(title)
    for group in groups:
        for place, name in enumerate(group):
            setattr(holder, name, place)
    return holder


def _core(part: str) -> list[str]:
    return [number.name for number in CORE.numbers if number.at == part]


# The core's come first in every set of mechanisms, so that their places are always the same.
DIAL = places("DIAL", [_core("behaviour")])
SWITCH = places("SWITCH", [SWITCHES])
CONSTANT = places("CONSTANT", [_core("institution")])
