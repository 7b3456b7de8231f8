"""The mark of an equation: an ordinary function in Python, compiled in place when a kernel calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import types
from numba.extending import overload, register_jitable

F = TypeVar("F", bound=Callable[..., float])

QUICK: dict[str, Any] = {"_nrt": False, "no_rewrites": True, "no_cfunc_wrapper": True}
"""Left out when compiling, since numbers are all there is: counted references, array expressions, a way in from C."""

EQUATIONS: dict[str, Callable[..., float]] = {}
"""Every equation of the package by name, so that tests and documentation can go through all of them."""


def equation(function: F) -> F:
    """Mark `function` as an equation of the model.

    An equation is a pure function of plain floats that uses `+ - * /`, `sqrt`, `floor`, `min`, `max` and `where`
    only, so that interpreted and compiled code agree to the last bit. It stays an ordinary
    function (cheap to call, easy to step through) and can be inlined by a numba kernel, for which each
    number may also stand for many runs side by side.

    Examples:
        >>> from entente import equation
        >>> @equation
        ... def shared_burden(cost, parties):
        ...     return cost / max(parties, 1.0)
        >>> shared_burden(0.6, 3.0)
        0.19999999999999998
    """
    if function.__module__.startswith(f"{__name__.partition('.')[0]}."):
        EQUATIONS[function.__name__] = function
    function.is_equation = True  # type: ignore[attr-defined]
    return register_jitable(**QUICK)(function)  # type: ignore[no-any-return]


def where(condition: bool, yes: float, no: float) -> float:
    """`yes` if `condition` holds, else `no`. Both are computed: runs side by side may differ in which they take.

    Examples:
        >>> from entente import where
        >>> where(2.0 > 1.0, 0.5, 0.0)
        0.5
    """
    return yes if condition else no


@overload(where, strict=False)
def _where(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(condition, types.Boolean):
        return lambda condition, yes, no: yes if condition else no
    return None
