"""What stands behind a picture: its numbers as a table, and the lines that say which run it shows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .fan import EDGES, Bands, Fan
from .session import Session

TABLE_OF = {"network": "dyads", "threats": "perceptions", "wishes": "parties", "ladder": "treaties"}
"""The table of which a picture shows one month."""
OVER_TIME = ["month", "treaty", "series", "depth", "rung"]


def numbers_of(session: Session, picture: str, fan: Fan | None) -> pd.DataFrame:
    """The numbers of a picture of the month shown.

    Of a picture over time the columns are `OVER_TIME`, where `series` is `run`, `twin`, or an edge of the futures of
    either; of the others they are those of a table of the run.
    """
    with session.lock:
        name = TABLE_OF.get(picture)
        if name is not None:
            frame = session.tables(name)[name]
            return frame[frame["month"] == session.date].reset_index(drop=True)
        world = session.record.world
        calendar = [world.month(world.opens + row) for row in range(session.scenario.months)]
        frames = [_series("run", session.tables("treaties")["treaties"])]
        twin = session.twin
        if twin is not None:
            frames.append(_series("twin", twin.table("treaties").query("month <= @session.date")))
        if fan is not None:
            frames += _futures("futures", fan.bands, fan.months, calendar)
            frames += _futures("futures of the twin", fan.twin or {}, fan.months, calendar)
    return pd.concat(frames, ignore_index=True)


def _series(name: str, treaties: pd.DataFrame) -> pd.DataFrame:
    running = treaties[treaties["status"] == 1]
    return running.assign(series=name)[OVER_TIME]


def _futures(name: str, bands: Bands, months: int, calendar: list[str]) -> Iterator[pd.DataFrame]:
    first = max(months - 1, 0)
    for treaty, lines in bands.items():
        for edge in EDGES:
            yield pd.DataFrame({"month": calendar[first:], "treaty": treaty, "series": f"{name}: {edge}",
                                "depth": lines[f"practice_{edge}"][first:], "rung": lines[f"organs_{edge}"][first:]})  # fmt: skip


def printed(session: Session) -> list[str]:
    """Which run a picture shows, in lines: scenario, seed, month, and the levers."""
    with session.lock:
        seen = f"{session.date}, shown ahead of the run" if session.previewed else session.date
        changed = [f"{path} = {value:g}" for path, value in sorted(session.changes.items())]
        return [f"Entente: {session.scenario.name}, {session.noise}, {seen}", *changed,
                *(f"lever: {act.month} {act.text}" for act in session.levers.values())]  # fmt: skip
