"""How the phases are compiled, and the places of parameters in the arrays that they read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from entente.world.pack import BEHAVIOUR, INSTITUTION, SWITCHES
from numba import njit

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def kernel(function: Callable[..., Any]) -> Any:
    """A function of many runs: compiled into its caller, without the interpreter's lock, no fast-math.

    Only compiled code calls it. The wrappers that let the interpreter call it would take longer to
    compile than the function itself.
    """
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **OPTIONS)(function)


def places(title: str, groups: Iterable[Iterable[str]]) -> Any:
    """The place of each name within its group, as constants: `AT.member`.

    A module, since compiled code folds a module's numbers and would build any other holder each time.
    """
    holder = ModuleType(title)
    for group in groups:
        for place, name in enumerate(group):
            setattr(holder, name, place)
    return holder


DIAL = places("DIAL", [BEHAVIOUR])
SWITCH = places("SWITCH", [SWITCHES])
CONSTANT = places("CONSTANT", [INSTITUTION])
