"""Colours that the colour-blind can tell (Okabe and Ito 2008), with a line style or a number beside each."""

from __future__ import annotations

SERIES = 8
DASHES = ("", "7 3", "2 3", "9 3 2 3")

LIGHT = {
    "ink": "#1b1f24", "muted": "#57606a", "line": "#d5dae0", "paper": "#ffffff", "ground": "#f3f5f7",
    "bloc": "#0072b2", "outside": "#d98200", "neutral": "#c3c9d0", "heat": "#d55e00", "accent": "#005f94", "wrong": "#b3261e", "bar": "#005f94",
    "s0": "#0072b2", "s1": "#d55e00", "s2": "#009e73", "s3": "#b1578e", "s4": "#b07d00", "s5": "#3a9fd6",
    "s6": "#7a3b2e", "s7": "#7a3e9d",
    "r0": "#c9ced4", "r1": "#e0c33c", "r2": "#a5b84a", "r3": "#5aa76e", "r4": "#2a8a83", "r5": "#2b648b", "r6": "#3b2a6e",
}  # fmt: skip
DARK = {
    "ink": "#e8ebee", "muted": "#a4adb7", "line": "#3a4149", "paper": "#1b1f24", "ground": "#121519",
    "bloc": "#4fb3ea", "outside": "#f0a030", "neutral": "#6c757e", "heat": "#e8702a", "accent": "#6cc4f5", "wrong": "#ff8a80", "bar": "#1f6f9f",
    "s0": "#4fb3ea", "s1": "#f0803c", "s2": "#2fc89b", "s3": "#dd92bf", "s4": "#e6b93c", "s5": "#9bd8ff",
    "s6": "#a8765c", "s7": "#bd8be0",
    "r0": "#565d65", "r1": "#fdf07a", "r2": "#c0d050", "r3": "#72b56a", "r4": "#2f9d96", "r5": "#3f7cc0", "r6": "#7d55cc",
}  # fmt: skip
"""Series `s`; rungs `r`, from yellow to violet on either ground, so that a hue means a rung."""


def series(index: int) -> str:
    """The style of the n-th of several lines: colour, and beyond the eighth a line style too."""
    dash = DASHES[(index // SERIES + index) % len(DASHES)]
    return f"stroke:{hue(index)}" + (f";stroke-dasharray:{dash}" if dash else "")


def hue(index: int) -> str:
    """The colour of the n-th of several lines."""
    return f"var(--s{index % SERIES})"


def rung(level: int) -> str:
    """The colour of a rung."""
    return f"var(--r{min(max(level, 0), 6)})"


def alignment(value: float) -> str:
    """The colour of an alignment: orange with the outside power, grey equidistant, blue with the bloc."""
    end = "bloc" if value >= 0 else "outside"
    return f"color-mix(in srgb, var(--{end}) {100 * min(abs(value), 1):.0f}%, var(--neutral))"


def variables(theme: dict[str, str]) -> str:
    """The custom properties of a style sheet."""
    return "".join(f"--{name}:{colour};" for name, colour in theme.items())
