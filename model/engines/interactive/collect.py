"""Mesa's DataCollector for the interactive engine: light reporters every month, full tables when asked."""

from __future__ import annotations

from typing import Any

import pandas as pd
from mesa.datacollection import DataCollector

from entente.telling.tables import TABLES, build_table
from entente.world.pack import MEMBER
from entente.world.trajectory import Trajectory

from .treaty import Treaty


class Collector(DataCollector):  # type: ignore[misc]
    """Collects model reporters each month; with `record`, the trajectory from which all tables are built.

    `get_table_dataframe("treaties")` works at any time of a recorded run, for the tables `states`,
    `perceptions`, `sources`, `treaties`, `parties`, `dyads`, `payments` and `events`.
    """

    def __init__(self, model: Any, record: bool) -> None:
        reporters: dict[str, Any] = {
            "date": "date",
            "mean_depth": mean_depth,
            "top_rung": top_rung,
            "threat": mean_threat,
        }
        for treaty in model.treaties:
            reporters[f"depth:{treaty.id}"] = [getattr, [treaty, "depth"]]
            reporters[f"rung:{treaty.id}"] = [getattr, [treaty, "rung"]]
        super().__init__(model_reporters=reporters, tables={name: [] for name in TABLES} if record else None)
        self.world = model.world
        self.trajectory = Trajectory.empty(model.world) if record else None
        self.kept = [(n, sum_.name) for n, sum_ in enumerate(model.world.mechanisms.source_sums) if sum_.record]

    def collect(self, model: Any) -> None:
        """Append this month's value of every model reporter."""
        for name, reporter in self.model_reporters.items():
            values = self.model_vars[name]
            if isinstance(reporter, str):
                values.append(getattr(model, reporter))
            elif isinstance(reporter, list):
                values.append(reporter[0](*reporter[1]))
            else:
                values.append(reporter(model))

    def get_table_dataframe(self, table_name: str) -> pd.DataFrame:
        """A full table up to the present month. Raises KeyError for one that is not kept."""
        if self.trajectory is None or table_name not in TABLES:
            raise KeyError(f"{table_name}: not recorded; make the model with record=True")
        return build_table(table_name, self.world, self.trajectory)

    def measure(self, model: Any, row: int) -> None:
        """E16: write one month into the trajectory, where one is kept."""
        if self.trajectory is None:
            return
        arrays = self.trajectory.arrays
        for name, value in _of_sources(model).items():
            arrays[name][row] = value
        for i, state in enumerate(model.states):
            for name, attribute in _OF_STATES.items():
                arrays[name][row, i] = getattr(state, attribute)
        arrays["event_shock"][row] = model.event_shocks
        arrays["rumour_shock"][row] = model.rumour_shocks
        arrays["capability"][row] = model.capability
        for memory in self.world.mechanisms.memories:
            if memory.record is not None:
                arrays[memory.name][row] = model.memory[memory.name]
        for p, treaty in enumerate(model.treaties):
            _write_treaty(arrays, row, p, treaty, model)
        self.trajectory.months = row + 1


_OF_STATES = {
    "event": "event",
    "rumour": "rumour",
    "perception": "perception",
    "provision": "provision",
    "offer": "offer",
    "price": "price",
    "accepted": "accepted",
    "alignment": "alignment",
}


def _of_sources(model: Any) -> dict[str, Any]:
    return {
        "intensity": model.intensity,
        "effective": model.effective,
        "restraint": model.restraint,
        "shock": model.shocks,
    }


def _write_treaty(arrays: dict[str, Any], row: int, p: int, treaty: Treaty, model: Any) -> None:
    arrays["status"][row, p] = treaty.status
    arrays["left"][row, p, treaty.left] = 1
    if not treaty.running:
        return
    for name in ("depth", "rung", "mistrust", "overlap", "blocked"):
        arrays[name][row, p] = getattr(treaty, name)
    arrays["obligation"][row, p] = treaty.promised
    arrays["orientation"][row, p] = orientation(treaty, model)
    arrays["term_end"][row, p] = treaty.term_end - model.world.opens if treaty.term_end >= 0 else -1
    bargain = treaty.bargain
    for name in ("floor", "joint", "agreed"):
        arrays[name][row, p] = getattr(bargain, name)
    arrays["member"][row, p, treaty.members] = 1
    arrays["guest"][row, p, treaty.guests] = 1
    arrays["consulted"][row, p, treaty.consulted] = 1
    for i, state in enumerate(model.states):
        interest = state.interests.get(p)
        if interest is None:
            continue
        arrays["ideal"][row, p, i] = interest.ideal
        for n, name in model.datacollector.kept:
            arrays[name][row, p, i] = interest.sums[n]
        arrays["benefit"][row, p, i] = interest.benefits[: len(model.world.sources)]
        # Whoever bargained this month, a party that left at its end included.
        if i in bargain.received:
            arrays["value"][row, p, i] = treaty.worth(i, interest)
            arrays["received"][row, p, i] = bargain.received[i]
            arrays["paid"][row, p, i] = bargain.paid[i]


def orientation(treaty: Treaty, model: Any) -> float:
    """E16: share of `sum scope*P` and of neighbour threat whose origin lies outside the membership."""
    outside = inside = 0.0
    for k, origin in enumerate(model.world.origin):
        fellow = origin == MEMBER
        for i in treaty.members:
            felt = model.states[i].perception[k] * (1.0 if fellow else treaty.of("scope")[k])
            if fellow or origin in treaty.members:
                inside += felt
            else:
                outside += felt
    return outside / (outside + inside) if outside + inside > 0.0 else 0.0


def mean_depth(model: Any) -> float:
    """Mean depth of the running treaties, 0 where there is none."""
    depths = [treaty.depth for treaty in model.treaties if treaty.running]
    return sum(depths) / len(depths) if depths else 0.0


def top_rung(model: Any) -> int:
    """Highest rung of any treaty."""
    return max((treaty.rung for treaty in model.treaties), default=0)


def mean_threat(model: Any) -> float:
    """Mean perceived threat, over states and sources."""
    values = [value for state in model.states for value in state.perception]
    return sum(values) / len(values) if values else 0.0
