"""Probabilities in words: one scale for all that is handed on.

The scale is that of Intelligence Community Directive 203 (2015), whose words are read more alike than any others; what
lies between its bands is told as even.
"""

from __future__ import annotations

SCALE = (
    (0.01, "practically ruled out"),
    (0.05, "almost no chance"),
    (0.2, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.8, "likely"),
    (0.95, "very likely"),
    (0.99, "almost certain"),
    (1.0, "practically certain"),
)
"""Upper ends of bands and their words; the outermost say that hardly a run did otherwise."""


def chance(probability: float) -> str:
    """A probability in words. Raises `ValueError` for what is none."""
    for end, words in SCALE:
        if 0 <= probability <= end:
            return words
    raise ValueError(f"{probability:g}: a probability lies between 0 and 1")


def told(probability: float) -> str:
    """A probability in words and as a number."""
    return f"{chance(probability)} ({probability:.0%})"
