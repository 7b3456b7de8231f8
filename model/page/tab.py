"""One tab of the browser: its session, its sidebar and its board."""

from __future__ import annotations

from dataclasses import asdict

import solara
import solara.lab
from mesa.visualization.utils import force_update, update_counter

from .board import Board, Style
from .controls import Controls
from .player import Player, Screen
from .session import Session
from .ladder import ladder
from .network import network
from .threats import threats
from .ties import ties
from .wishes import wishes

PICTURES = (network, ties, threats, wishes, ladder)


@solara.component
def Tab() -> None:
    """The whole page; every tab makes its own session."""
    session = solara.use_memo(Session, [])
    screen = solara.use_memo(Screen, [])
    player = solara.use_memo(lambda: solara.reactive(Player(session)), [])
    solara.Title("Entente")
    Style()
    with solara.AppBar():
        solara.AppBarTitle("Entente")
        solara.lab.ThemeToggle()
    with solara.Sidebar():
        Controls(session, screen, player, force_update)
    View(session, screen, player)


@solara.component
def View(session: Session, screen: Screen, player: solara.Reactive[Player]) -> None:
    """The board of the present month."""
    update_counter.get()
    player.get()
    scene = session.scene()
    cards = [asdict(draw(scene)) for draw in PICTURES]

    def pick(what: str) -> None:
        session.chosen = what.partition(":")[2]
        force_update()

    Board(
        month=session.date,
        tick=screen.send(),
        done=session.month / session.horizon,
        words=f"month {session.month} of {session.horizon}, {session.label}, seed {session.seed}",
        error=session.error,
        cards=cards,
        details="",
        event_painted=screen.show,
        event_pick=pick,
    )
