"""The board of pictures: one widget, so that a month reaches the screen whole, and says when it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from .style import STYLE


@solara.component_vue("board.vue")
def Board(
    month: str,
    tick: int,
    done: float,
    words: str,
    error: str,
    cards: list[dict[str, Any]],
    details: str,
    event_painted: Callable[[int], None],
    event_pick: Callable[[str], None],
) -> None:
    """`cards` are id, title, svg, summary; `tick` numbers the frames, and `painted` returns it once drawn."""


@solara.component
def Style() -> None:
    """The style sheet of pictures and controls."""
    solara.Style(STYLE)
