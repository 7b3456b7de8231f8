"""The sidebar: Mesa's controller, scenario and seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController

from ..schema.errors import InputError
from ..schema.load import scenario_names
from .player import Pace, Screen
from .session import Session


@solara.component
def Controls(session: Session, screen: Screen, player: Any, changed: Callable[[], None]) -> None:
    """Play, pause, step, reset, speed; scenario; seed."""
    interval, months = solara.use_reactive(50), solara.use_reactive(1)
    problem, set_problem = solara.use_state("")
    pace = solara.use_memo(lambda: Pace(session, screen, interval, months), [])
    once, threads = solara.use_reactive(1), solara.use_reactive(False)
    parameters = solara.use_memo(lambda: solara.reactive({"session": session}), [])

    def choose(name: str) -> None:
        session.open(name)
        changed()

    def seed(words: str) -> None:
        try:
            session.set_seed(words)
            set_problem("")
        except InputError as error:
            set_problem(str(error))
        changed()

    ModelController(
        player, model_parameters=parameters, play_interval=pace, render_interval=once, use_threads=threads
    )
    solara.SliderInt("Play Interval (ms)", value=interval, min=1, max=500)
    solara.SliderInt("Render Interval (steps)", value=months, min=1, max=100)
    solara.Select("Scenario", values=scenario_names(), value=session.label, on_value=choose)
    solara.InputText("Seed", value=str(session.next_seed), on_value=seed, error=problem or False)
