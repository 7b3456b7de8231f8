"""What somebody typed, as a number."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def typed_number(words: object) -> float | None:
    """A number in decimal digits; None where it is none. No number is -0."""
    text = str(words).strip()
    return float(text) + 0.0 if _NUMBER.fullmatch(text) else None
