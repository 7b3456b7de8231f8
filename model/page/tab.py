"""One tab of the browser: its session, its sidebar and its board."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import solara
import solara.lab
from mesa.visualization.utils import force_update, update_counter
from solara.server.kernel_context import PageStatus, get_current_context

from entente.errors import InputError, shown

from .behind import numbers_of, printed
from .beside import Beside
from .board import Board, Style
from .controls import RUNS, Changed, Controls, Dials, Files, Levers, Setup, SideBySide
from .details import details
from .fan import Fan, fan_of
from .files import parcel
from .gallery import gallery
from .levers import act
from .link import follow, link_of
from .network import ground
from .palette import DARK, LIGHT
from .player import Pace, Player, Screen
from .problem import problem_of
from .session import Session, session_at_start
from .story import Story, headline
from .style import standalone
from .svg import Picture
from .teller import Teller

FIRST_INTERVAL_MS = 50
SETTLED_SECONDS = 0.1
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
    beside = solara.use_memo(lambda: Beside(session), [])
    parcels = solara.use_reactive(None)
    player.get()

    def changed() -> None:
        # A loop that still plays keeps its old player, and so ends; else the buttons get a new one.
        if session.seat == seat and not player.value.current:
            player.value = Player(session, pace, reset=False)
        edition.value += 1
        force_update()

    def give(name: str, kind: str, data: bytes | str) -> None:
        number = parcels.value["number"] + 1 if parcels.value else 1
        parcels.value = parcel(name, kind, data, number)

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
        with solara.Details("Side by side"):
            SideBySide(session, beside, session.version + edition.value, changed)
        with solara.Details("Files"):
            Files(session, give, changed)
    View(session, screen, player, beside, parcels, give, changed)


@solara.component
def View(
    session: Session,
    screen: Screen,
    player: solara.Reactive[Player],
    beside: Beside,
    parcels: solara.Reactive[dict[str, Any] | None],
    give: Callable[..., None],
    changed: Changed,
) -> None:
    """The board of the month that is shown."""
    update_counter.get()
    player.get()
    teller = solara.use_memo(lambda: Teller(session), [])
    story = solara.use_memo(Story, [])
    problem, set_problem = solara.use_state("")

    def attempt(action: Callable[[], None]) -> None:
        set_problem(problem_of(action))
        changed()

    def pick(what: str) -> None:
        kind, _, id_ = what.partition(":")
        set_problem("")
        if kind == "article":
            treaty, article, on = id_.split("/")
            values = {"article": f"{treaty}/{article}", "on": on}
            attempt(lambda: session.pull(partial(act, session.base, "article", values)))
        elif kind == "month":
            attempt(lambda: session.look_at(id_))
        elif kind == "why":
            teller.forget()
            changed()
        else:
            session.chosen = id_
            changed()

    def show(months: int) -> None:
        attempt(lambda: session.look(int(months)))

    def undo(_: object = None) -> None:
        session.drop_lever()
        changed()

    def go(link: str) -> None:
        attempt(lambda: follow(session, link, RUNS))

    parting = session.parting()

    def foretell() -> Fan | None:
        # Who steps on quickly waits for none of them.
        time.sleep(SETTLED_SECONDS)
        return fan_of(parting) if parting is not None and session.parting() == parting else None

    fan = solara.lab.use_task(
        foretell,
        dependencies=[None if parting is None else (session.version, session.epoch, parting.months)],
        raise_error=False,
    )
    # While new ones are made the old would tell of other levers.
    known = fan.value if fan.finished else None
    scene = session.scene(known)
    edition = (session.version, session.epoch, session.previewed)
    told = story.lines(session.scene(months=max(session.shown, session.month)), edition)

    def take(wanted: dict[str, str]) -> None:
        attempt(lambda: give(*_picture(session, cards, wanted, known)))

    cards = gallery(scene)
    cards[1:1] = beside.pictures()
    land = solara.use_memo(lambda: ground(session.scenario), [session.generation])
    Board(
        land=land,
        month=scene.date,
        tick=screen.send(),
        words=f"month {session.shown} of {session.horizon}; {session.label}, {session.noise}",
        error=session.error or problem or session.remark,
        headline=headline(scene),
        happened=[asdict(line) for line in reversed(told)],
        cards=[asdict(picture) for picture in cards],
        details=details(scene, teller),
        chosen=scene.chosen,
        shown=session.shown,
        reached=session.month,
        horizon=session.horizon,
        previewed=session.previewed,
        playing=session.hasty,
        link=link_of(session),
        parcel=parcels.value,
        event_painted=screen.show,
        event_undo=undo,
        event_pick=pick,
        event_show=show,
        event_take=take,
        event_follow=go,
    )


def _picture(
    session: Session, cards: list[Picture], wanted: dict[str, str], fan: Fan | None
) -> tuple[str, str, bytes | str]:
    """A picture or its numbers as a file: name, type and content. PNG is made of the SVG by the browser."""
    card = next((one for one in cards if one.id == wanted.get("card")), None)
    kind = wanted.get("kind")
    if card is None or kind not in {"svg", "png", "csv"}:
        raise InputError(f"{shown(wanted.get('card'))}: no picture that can be taken away")
    name = f"{session.scenario.name}-{session.date}-{card.id}.{kind}"
    if kind == "csv":
        return name, "text/csv", numbers_of(session, card.id, fan).to_csv(index=False)
    return name, f"image/{kind}", standalone(card, printed(session), ground(session.scenario))
