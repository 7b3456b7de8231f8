"""The record of a run on the interactive engine (E16): one month after the other into its trajectory."""

from __future__ import annotations

from typing import Any

from entente.world.pack import MEMBER, UNNAMED, World
from entente.world.trajectory import Trajectory

from .treaty import Treaty


class Recorder:
    """Writes months into `trajectory`, from which all tables are built. Nothing of it depends on a DataCollector."""

    def __init__(self, world: World) -> None:
        self.trajectory = Trajectory.empty(world)
        self._memories = [memory.name for memory in world.mechanisms.memories if memory.record is not None]
        self._sums = [(n, sum_.name) for n, sum_ in enumerate(world.mechanisms.source_sums) if sum_.record]

    def write(self, model: Any, row: int) -> None:
        """Write the month that the model has just run as the month `row` of the record."""
        arrays = self.trajectory.arrays
        for name, value in _of_sources(model).items():
            arrays[name][row] = value
        for i, state in enumerate(model.states):
            for name in _OF_STATES:
                arrays[name][row, i] = getattr(state, name)
        arrays["event_shock"][row] = model.event_shocks
        arrays["rumour_shock"][row] = model.rumour_shocks
        arrays["capability"][row] = model.capability
        for name in self._memories:
            arrays[name][row] = model.memory[name]
        for treaty in model.treaties:
            self._write_treaty(row, treaty, model)
        self.trajectory.months = row + 1

    def _write_treaty(self, row: int, treaty: Treaty, model: Any) -> None:
        arrays, p = self.trajectory.arrays, treaty.index
        arrays["status"][row, p] = treaty.status
        arrays["ended_by"][row, p] = treaty.ended_by
        for i, by in treaty.came_by.items():
            arrays["came_by"][row, p, i] = by
        for i, by in treaty.left_by.items():
            arrays["left"][row, p, i] = 1
            arrays["left_by"][row, p, i] = by
        if not treaty.running:
            return
        for name in (
            "depth",
            "rung",
            "mistrust",
            "demand",
            "rise_pressure",
            "fall_pressure",
            "overlap",
            "blocked",
        ):
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
            arrays["fear"][row, p, i] = interest.fear
            arrays["linear"][row, p, i] = interest.linear
            arrays["curve"][row, p, i] = interest.curve
            arrays["common"][row, p, i] = 0.0 if interest.bend is None else interest.bend.common
            for n, name in self._sums:
                arrays[name][row, p, i] = interest.sums[n]
            arrays["benefit"][row, p, i] = interest.benefits[: len(model.world.sources)]
            # Whoever bargained this month, a party that left at its end included.
            if i in bargain.received:
                arrays["value"][row, p, i] = treaty.values[i]
                arrays["received"][row, p, i] = bargain.received[i]
                arrays["paid"][row, p, i] = bargain.paid[i]


_OF_STATES = ("event", "rumour", "perception", "provision", "offer", "price", "accepted", "alignment")


def _of_sources(model: Any) -> dict[str, Any]:
    return {
        "intensity": model.intensity,
        "effective": model.effective,
        "restraint": model.restraint,
        "shock": model.shocks,
    }


def orientation(treaty: Treaty, model: Any) -> float:
    """E16: share of `sum scope*P` and of neighbour threat whose origin lies outside the membership.

    A neighbour's threat is that of any outsider where the neighbour is not party to the treaty.
    """
    outside = inside = 0.0
    for k, (origin, whose) in enumerate(zip(model.world.origin, model.world.whose, strict=True)):
        fellow = origin == MEMBER and (whose == UNNAMED or whose in treaty.members)
        for i in treaty.members:
            felt = model.states[i].perception[k] * (1.0 if fellow else treaty.of("scope")[k])
            if fellow or origin in treaty.members:
                inside += felt
            else:
                outside += felt
    return outside / (outside + inside) if outside + inside > 0.0 else 0.0
