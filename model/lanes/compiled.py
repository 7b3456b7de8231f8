"""The compiled month."""

from __future__ import annotations

from numba import njit

from . import month
from .kernel import OPTIONS

advance = njit(**OPTIONS)(month.advance)
