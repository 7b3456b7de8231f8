"""The sidebar: Mesa's controller, scenario and seed, levers, parameters, files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import solara
from mesa.visualization.solara_viz import ModelController

from entente.errors import InputError
from entente.schema.yaml12 import MAX_BYTES

from .behind import printed
from .beside import KEPT, Beside
from .board import BesideBoard, DialBoard, FileBoard, LeverBoard, SetupBoard
from .dials import dials, groups, parse
from .files import figures_file, opened_scenario, session_file, tables_file
from .foresee import foreseen
from .gallery import gallery
from .levers import act, altered, forms, setting, size_of
from .network import ground
from .player import Pace, Player
from .problem import problem_of
from .replay import open_run, run_names
from .session import Session

RUNS = Path(os.environ.get("ENTENTE_RUNS", "runs"))
"""The folder whose runs can be replayed."""
SLOWEST_MS, MOST_MONTHS = 500, 100
"""Ends of SolaraViz's own sliders."""

Changed = Callable[[], None]
"""To be called when what is shown has changed; `edition` counts how often it has, so that the parts of the
sidebar are made anew then and not at every month."""


@solara.component
def Controls(session: Session, pace: Pace, player: solara.Reactive[Player]) -> None:
    """Play, pause, step, reset, and how fast."""
    once, threads = solara.use_reactive(1), solara.use_reactive(False)
    parameters = solara.use_reactive({"session": session, "pace": pace})
    ModelController(
        player, model_parameters=parameters, play_interval=pace, render_interval=once, use_threads=threads
    ).key(f"controller-{session.seat}")
    solara.SliderInt("Play Interval (ms)", value=pace.interval, min=1, max=SLOWEST_MS)
    solara.SliderInt("Render Interval (steps)", value=pace.months, min=1, max=MOST_MONTHS)


@solara.component
def Setup(session: Session, edition: int, changed: Changed) -> None:
    """Scenario and seed, and what waits for Reset."""
    problem, set_problem = solara.use_state("")

    def choose(name: str) -> None:
        set_problem(problem_of(lambda: session.choose(name)))
        changed()

    def sow(words: str) -> None:
        set_problem(problem_of(lambda: session.set_seed(words)))
        changed()

    names = session.choices
    known = names if session.label in names else [*names, session.label]
    SetupBoard(names=known, label=session.label, summary=session.base.summary if session.run is None else "A finished run, replayed.",
               seed=str(session.next_seed), problem=problem, waiting=session.waiting,
               event_choose=choose, event_sow=sow)  # fmt: skip


@solara.component
def Levers(session: Session, edition: int, changed: Changed) -> None:
    """Forms for shocks, offers, concessions, articles and leaving, and the levers pulled so far."""
    problems, set_problems = solara.use_state({})
    told, set_told = solara.use_state({})
    made = solara.use_memo(
        lambda: json.dumps([asdict(form) for form in forms(session.base)]), [session.generation]
    )

    def pull(filled: dict[str, Any]) -> None:
        form = str(filled.get("form"))
        values = filled.get("values") or {}
        words = problem_of(lambda: session.pull(partial(act, session.base, form, values)))
        set_problems({form: words})
        set_told({})
        changed()

    def drop(id_: str) -> None:
        session.drop_lever(id_)
        changed()

    def clear(_: Any = None) -> None:
        session.clear_levers()
        changed()

    def foresee(filled: dict[str, Any]) -> None:
        form, lines = str(filled.get("form")), list[str]()
        words = problem_of(lambda: lines.extend(foreseen(session, form, filled.get("values") or {})))
        set_problems({form: words})
        set_told({"form": form, "lines": lines} if lines else {})

    def alter(values: dict[str, Any]) -> None:
        id_ = str(values.get("id"))
        words = problem_of(lambda: session.alter(id_, lambda lever: altered(session.base, lever, values)))
        set_problems({"pulled": words})
        changed()

    pulled = [
        {
            "id": id_,
            "month": lever.month,
            "text": lever.text,
            "size": size[1] if (size := size_of(lever)) else None,
        }
        for id_, lever in session.levers.items()
    ]
    LeverBoard(label=session.label, rows=made, problems=problems, pulled=pulled, foreseen=told, event_pull=pull,
               event_foresee=foresee, event_alter=alter, event_drop=drop, event_clear=clear)  # fmt: skip


@solara.component
def SideBySide(session: Session, beside: Beside, edition: int, changed: Changed) -> None:
    """What stands beside the session."""
    problem, set_problem = solara.use_state("")

    def add(name: str) -> None:
        set_problem(problem_of(lambda: beside.add(name)))
        changed()

    def drop(place: int) -> None:
        beside.drop(place)
        changed()

    words = {KEPT: "this session as it is now"}
    choices = [(name, words.get(name, f"rival: {name}")) for name in beside.choices]
    BesideBoard(choices=choices, others=[other.name for other in beside.others], problem=problem,
                event_add=add, event_drop=drop)  # fmt: skip


@solara.component
def Dials(session: Session, edition: int, changed: Changed) -> None:
    """Parameters and mechanisms, generated from the schema."""
    problems, set_problems = solara.use_state({})
    found = solara.use_memo(lambda: {dial.path: dial for dial in dials(session.base)}, [session.generation])

    def enter(entry: dict[str, Any]) -> None:
        path, typed = str(entry.get("path")), entry.get("value")
        if path in found:
            words = problem_of(lambda: session.set_parameter(path, parse(found[path], typed)))
            set_problems({**problems, path: words, f"typed {path}": str(typed)})
            changed()

    def back(path: str) -> None:
        session.forget_parameter(path)
        set_problems({**problems, path: ""})
        changed()

    def now(path: str) -> None:
        value = session.next_changes.get(path)
        if value is not None:
            words = problem_of(lambda: session.pull(partial(setting, path, value)))
            set_problems({**problems, path: words})
            session.forget_parameter(path)
            changed()

    rows = []
    for path, dial in found.items():
        value, problem = session.next_changes.get(path, dial.default), problems.get(path, "")
        shown = problems[f"typed {path}"] if problem else f"{value:g}"
        rows.append(
            {**asdict(dial), "is_switch": dial.is_switch, "value": value, "shown": shown, "problem": problem}
        )
    DialBoard(groups=groups(list(found.values())), rows=json.dumps(rows),
              event_set=enter, event_back=back, event_now=now)  # fmt: skip


@solara.component
def Files(session: Session, give: Callable[..., None], changed: Changed) -> None:
    """The session, tables and figures to take away, which `give` sends to the browser; scenario files and run folders to open."""
    problem, set_problem = solara.use_state("")
    runs, set_runs = solara.use_state(run_names(RUNS))

    def look(_: object = None) -> None:
        set_runs(run_names(RUNS))

    def get(kind: str) -> None:
        set_problem(problem_of(lambda: give(*_parcel(session, kind))))

    def opened(file: dict[str, str]) -> None:
        set_problem(problem_of(lambda: session.open(opened_scenario(str(file["name"]), str(file["text"])))))
        changed()

    def replay(name: str) -> None:
        set_problem(problem_of(lambda: session.replay(open_run(RUNS, name))))
        changed()

    FileBoard(home=f"{RUNS.name}/", runs=runs, limit=MAX_BYTES, problem=problem,
              event_get=get, event_opened=opened, event_replay=replay, event_look=look)  # fmt: skip


def _parcel(session: Session, kind: str) -> tuple[str, str, bytes | str]:
    """What a button of the files asks for: name, type and content of a file."""
    with session.lock:
        if kind == "scenario":
            name, text = session_file(
                session.scenario, session.seed, session.replicate, session.levers, session.date
            )
            return name, "application/yaml", text
        stem = f"{session.scenario.name}-{session.date}"
        if kind == "figures":
            pictures = figures_file(gallery(session.scene()), printed(session), ground(session.scenario))
            return f"{stem}-figures.zip", "application/zip", pictures
        if session.shown == 0:
            raise InputError("no month has been run yet; press Step or play first")
        facts = {
            "scenario": session.scenario.name,
            "seed": session.seed,
            "replicate": session.replicate,
            "until": session.date,
        }
        data = tables_file(session.scenario, session.tables(), kind, facts)
        return f"{stem}-{kind}.zip", "application/zip", data
