"""The mark of an equation: an ordinary function in Python, compiled in place when a kernel calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numba.extending import register_jitable

F = TypeVar("F", bound=Callable[..., float])

EQUATIONS: dict[str, Callable[..., float]] = {}
"""Every equation by name, so that tests and documentation can go through all of them."""


def equation(function: F) -> F:
    """Mark `function` as an equation of the model.

    An equation is a pure function of plain floats that uses `+ - * /`, `sqrt`, `min` and `max`
    only, so that interpreted and compiled code agree to the last bit. It stays an ordinary
    function (cheap to call, easy to step through) and can be inlined by a numba kernel.
    """
    EQUATIONS[function.__name__] = function
    return register_jitable(function)  # type: ignore[no-any-return]
