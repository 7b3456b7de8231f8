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
    words: str,
    error: str,
    headline: str,
    land: str,
    happened: Rows,
    cards: Rows,
    details: str,
    chosen: str,
    shown: int,
    reached: int,
    horizon: int,
    previewed: bool,
    playing: bool,
    link: str,
    parcel: dict[str, Any] | None,
    event_painted: Callable[[int], None],
    event_undo: Callable[[Any], None],
    event_pick: Callable[[str], None],
    event_show: Callable[[int], None],
    event_take: Callable[[dict[str, str]], None],
    event_follow: Callable[[str], None],
) -> None:
    """The board of a month.

    `happened` are month, text, cause, treaty and kind, the newest first; `cards` are id, title, svg, summary, and `land` is
    what pictures of all months use. `tick`
    numbers the frames, and `painted` returns it once drawn. Of `horizon` months the run has reached `reached`, and
    `shown` is looked at; `show` asks for another. `parcel` is what the browser saves, `take` asks for a picture: card
    and kind. `link` is the session as a link, and `follow` one that the browser was given.
    """


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
    foreseen: dict[str, Any],
    event_pull: Callable[[dict[str, Any]], None],
    event_foresee: Callable[[dict[str, Any]], None],
    event_alter: Callable[[dict[str, Any]], None],
    event_drop: Callable[[str], None],
    event_clear: Callable[[Any], None],
) -> None:
    """Forms of levers, `rows` as JSON; `pulled` are id, month, text and size; `foreseen` the lines on one form; `pull` and `foresee` return the id of a form and its values, `alter` a lever's id with its month and size, `drop` its id. `label` tells one scenario from another."""


@solara.component_vue("beside.vue")
def BesideBoard(
    choices: list[tuple[str, str]],
    others: list[str],
    problem: str,
    event_add: Callable[[str], None],
    event_drop: Callable[[int], None],
) -> None:
    """What stands beside the session; `add` returns one of the choices, `drop` a place."""


@solara.component_vue("files.vue")
def FileBoard(
    home: str,
    runs: list[str],
    limit: int,
    problem: str,
    event_get: Callable[[str], None],
    event_opened: Callable[[dict[str, str]], None],
    event_replay: Callable[[str], None],
    event_look: Callable[[Any], None],
) -> None:
    """Downloads and uploads; `look` asks for the runs of now."""


@solara.component
def Style() -> None:
    """The style sheet of pictures and controls."""
    solara.Style(STYLE)
