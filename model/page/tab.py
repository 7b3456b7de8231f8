"""One tab of the browser: its session, its sidebar and its board."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import solara
import solara.lab
from mesa.visualization.utils import force_update, update_counter
from solara.server.kernel_context import PageStatus, get_current_context

from entente.errors import InputError

from .board import Board, Style
from .controls import Changed, Controls, Dials, Files, Levers, Setup
from .details import details
from .fan import Fan, fan_of
from .gallery import gallery
from .levers import act
from .palette import DARK, LIGHT
from .player import Pace, Player, Screen
from .session import Session, session_at_start
from .story import Story, headline
from .teller import Teller

FIRST_INTERVAL_MS = 50
SETTLED_SECONDS = 0.2
"""How long nothing must have changed before futures are made."""


def _open_tab() -> Callable[[], bool]:
    """Tells whether a browser is connected to this tab."""
    context = get_current_context()
    return lambda: PageStatus.CONNECTED in context.page_status.values()


@solara.component
def Tab() -> None:
    """The whole page; every tab makes its own session."""
    session = solara.use_memo(session_at_start, [])
    screen = solara.use_memo(Screen, [])
    interval, months = solara.use_reactive(FIRST_INTERVAL_MS), solara.use_reactive(1)
    is_open = solara.use_memo(_open_tab, [])
    pace = solara.use_memo(lambda: Pace(session, screen, interval, months, is_open), [])
    seat = session.seat
    player = solara.use_memo(lambda: solara.reactive(Player(session, pace, reset=False)), [seat])
    edition = solara.use_reactive(0)
    player.get()

    def changed() -> None:
        # A loop that still plays keeps its old player, and so ends; else the buttons get a new one.
        if session.seat == seat and not player.value.current:
            player.value = Player(session, pace, reset=False)
        edition.value += 1
        force_update()

    solara.Title("Entente")
    solara.lab.theme.themes.light.primary, solara.lab.theme.themes.dark.primary = LIGHT["bar"], DARK["bar"]
    Style()
    with solara.AppBar():
        solara.AppBarTitle("Entente")
        solara.lab.ThemeToggle()
    with solara.Sidebar():
        Controls(session, pace, player)
        Setup(session, session.version + edition.value, changed)
        with solara.Details("Levers", expand=True):
            Levers(session, session.version + edition.value, changed)
        with solara.Details("Parameters"):
            Dials(session, session.version + edition.value, changed)
        with solara.Details("Files"):
            Files(session, changed)
    View(session, screen, player, changed)


@solara.component
def View(session: Session, screen: Screen, player: solara.Reactive[Player], changed: Changed) -> None:
    """The board of the present month."""
    update_counter.get()
    player.get()
    teller = solara.use_memo(lambda: Teller(session), [])
    story = solara.use_memo(Story, [])
    problem, set_problem = solara.use_state("")

    def pick(what: str) -> None:
        kind, _, id_ = what.partition(":")
        set_problem("")
        if kind == "article":
            treaty, article, on = id_.split("/")
            values = {"article": f"{treaty}/{article}", "on": on}
            try:
                session.pull(partial(act, session.base, "article", values))
            except InputError as error:
                set_problem(str(error))
        elif kind == "why":
            teller.forget()
        else:
            session.chosen = id_
        changed()

    def undo(_: object = None) -> None:
        session.drop_lever()
        changed()

    parting = session.parting()

    def foretell() -> Fan | None:
        # Who steps on quickly waits for none of them.
        time.sleep(SETTLED_SECONDS)
        return fan_of(*parting) if parting is not None and session.parting() == parting else None

    fan = solara.lab.use_task(
        foretell,
        dependencies=[None if parting is None else (session.version, session.epoch, *parting[1:])],
        raise_error=False,
    )
    # While new ones are made the old would tell of other levers.
    scene = session.scene(fan.value if fan.finished else None)
    Board(
        month=scene.date,
        tick=screen.send(),
        done=session.month / session.horizon,
        words=f"month {session.month} of {session.horizon}; {session.label}, {session.noise}",
        error=session.error or problem,
        headline=headline(scene),
        happened=[asdict(line) for line in reversed(story.lines(scene, (session.version, session.epoch)))],
        cards=[asdict(picture) for picture in gallery(scene)],
        details=details(scene, teller),
        chosen=scene.chosen,
        event_painted=screen.show,
        event_undo=undo,
        event_pick=pick,
    )
