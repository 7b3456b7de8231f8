"""The widgets of the page: each a template of its own, so that a month reaches the screen whole.

What is long and seldom changes is handed over as JSON: reacton looks into every list at every frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from .style import STYLE

Rows = list[dict[str, Any]]


@solara.component_vue("board.vue")
def Board(
    month: str,
    tick: int,
    done: float,
    words: str,
    error: str,
    headline: str,
    happened: Rows,
    cards: Rows,
    details: str,
    chosen: str,
    event_painted: Callable[[int], None],
    event_undo: Callable[[Any], None],
    event_pick: Callable[[str], None],
) -> None:
    """`happened` are month, text, cause, treaty, kind, the newest first; `cards` are id, title, svg, summary; `tick` numbers the frames, and `painted` returns it once drawn."""


@solara.component_vue("setup.vue")
def SetupBoard(
    names: list[str],
    label: str,
    summary: str,
    seed: str,
    problem: str,
    waiting: list[str],
    event_choose: Callable[[str], None],
    event_sow: Callable[[str], None],
) -> None:
    """Scenario and seed; `choose` returns the name of a scenario, `sow` what was typed as seed."""


@solara.component_vue("dials.vue")
def DialBoard(
    groups: list[str],
    rows: str,
    event_set: Callable[[dict[str, Any]], None],
    event_back: Callable[[str], None],
    event_now: Callable[[str], None],
) -> None:
    """Parameters by group, `rows` as JSON; `set` returns a path and what was entered, `back` and `now` a path."""


@solara.component_vue("levers.vue")
def LeverBoard(
    label: str,
    rows: str,
    problems: dict[str, str],
    pulled: Rows,
    event_pull: Callable[[dict[str, Any]], None],
    event_drop: Callable[[str], None],
    event_clear: Callable[[Any], None],
) -> None:
    """Forms of levers, `rows` as JSON; `pulled` are id and text; `pull` returns the id of a form and its values, `drop` a lever's. `label` tells one scenario from another."""


@solara.component_vue("files.vue")
def FileBoard(
    home: str,
    runs: list[str],
    limit: int,
    problem: str,
    parcel: dict[str, Any] | None,
    event_get: Callable[[str], None],
    event_opened: Callable[[dict[str, str]], None],
    event_replay: Callable[[str], None],
    event_look: Callable[[Any], None],
) -> None:
    """Downloads and uploads; `parcel` is what the browser saves, `look` asks for the runs of now."""


@solara.component
def Style() -> None:
    """The style sheet of pictures and controls."""
    solara.Style(STYLE)
