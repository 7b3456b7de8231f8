"""Errors that end in a sentence, without a traceback: what the user gave wrong, and what only a side product lacks."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from numbers import Integral

GREATEST = 2**63 - 1
"""The greatest whole number that files and tables hold."""
BEGINNING = 3
"""Letters with which a name must begin to be taken for the beginning of a longer one."""


class InputError(ValueError):
    """Something the user gave is wrong; the message names the thing, the value, the rule, the way out, on one line.

    Examples:
        >>> from entente import InputError, load_scenario
        >>> try:
        ...     load_scenario("memo-2021")
        ... except InputError as error:
        ...     print(error)
        'memo-2021': no scenario of that name (...) and no .yaml file; did you mean memo-2001?
    """

    def __init__(self, message: object = "") -> None:
        # What is quoted may hold line breaks, and a sentence is a line.
        super().__init__("\\n".join(str(message).splitlines()))


class SideProductError(RuntimeError):
    """Something beside the result could not be made, a figure or a report; the result itself is whole."""


def nearest(name: str, names: Iterable[str]) -> str:
    """`"; did you mean x?"` for the closest of `names`, or one that begins so, or nothing when none is close."""
    known = list(names)
    begun = [one for one in known if one.startswith(name)] if len(name) >= BEGINNING else []
    close = get_close_matches(name, known, n=1, cutoff=0.6) or begun
    return f"; did you mean {close[0]}?" if close else ""


def shown(value: object, limit: int = 60) -> str:
    """A value as it is quoted in a message: on one line and never long."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:
        # Python writes no whole number of more than some thousand digits.
        text = "a number too long to be shown"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def whole(name: str, value: object, low: int, high: int, rule: str) -> int:
    """A whole number of Python's or numpy's within a range, as Python's. Raises `InputError`; a switch and 3.0 are none."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not low <= int(value) <= high:
        raise InputError(f"{name}: {shown(value)}: must be a whole number{rule}")
    return int(value)
