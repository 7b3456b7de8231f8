"""Probabilities in words: one scale for all that is handed on.

The scale is that of Intelligence Community Directive 203 (2015), whose words are read more alike than most; its ends are
split once more, to tell what hardly a run did otherwise.
"""

from __future__ import annotations

MODEL = "model"
"""How the model is called beside its rivals."""
_ENDS = (
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
SCALE = tuple((low, high, words) for (low, _), (high, words) in zip(((0.0, ""), *_ENDS), _ENDS, strict=False))
"""Bands of probability, from their lower to their upper end, and their words."""


def chance(probability: float) -> str:
    """A probability in words. Raises `ValueError` for what is none."""
    for _, high, words in SCALE:
        if 0 <= probability <= high:
            return words
    raise ValueError(f"{probability:g}: a probability lies between 0 and 1")


def told(probability: float) -> str:
    """A probability in words and as a number."""
    return f"{chance(probability)} ({probability:.0%})"
