"""The record of a run: one array a measured quantity, months leading, the same from any engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entente.mechanisms import shipped
from entente.month.gather import Mechanisms

from .draws import Floats
from .pack import World

OWN_WILL, MOVED = 1, 2
"""Codes of what brought a state in or took it out; the number of the calendar's move is added to the second."""
LAPSED, ONE_LEFT, SUCCEEDED = 1, 2, 3
"""Codes of what ended a treaty; the number of its successor is added to the third."""


@dataclass(frozen=True)
class Quantity:
    """A recorded quantity: over which things it runs (`s` states, `k` sources, `t` treaties), unit, meaning."""

    over: str
    unit: str
    meaning: str


CORE: dict[str, Quantity] = {
    "intensity": Quantity("k", "intensity 0..2", "S: intensity of the source before its sponsor is restrained (E1)"),
    "effective": Quantity("k", "intensity 0..2", "intensity that is left after concession and restraint (E2)"),
    "restraint": Quantity("k", "share 0..1", "restraint of the sponsor by joint opposition (E2)"),
    "shock": Quantity("k", "intensity", "intensity that this month's events and arrivals added to the source"),
    "event": Quantity("sk", "intensity 0..2", "F: extra intensity that dated events left behind for the state (E1)"),
    "event_shock": Quantity("sk", "intensity", "what this month's dated events added to F (E1)"),
    "rumour": Quantity("sk", "intensity 0..2", "stock of rumour about the source (E1)"),
    "rumour_shock": Quantity("sk", "intensity", "what this month's rumours added to their stock (E1)"),
    "perception": Quantity("sk", "intensity 0..2", "P: threat from the source as the state perceives it (E3, E4)"),
    "provision": Quantity("s", "share 0.2..2", "share of its nominal capacity that the state can provide (E1)"),
    "capability": Quantity("s", "share of world", "capability share times provision"),
    "offer": Quantity("s", "utility 0..2", "outside offer before the state (E15)"),
    "price": Quantity("s", "utility", "price of taking the offer (E15)"),
    "accepted": Quantity("s", "utility 0..2", "W: outside offer that the state has accepted (E15)"),
    "alignment": Quantity("s", "-1..1", "x: -1 with the outside power, 0 equidistant, +1 with the bloc (E14)"),
    "status": Quantity("t", "0, 1, 2", "0 not signed, 1 running, 2 ended"),
    "depth": Quantity("t", "depth 0..1", "D: institutional depth, practice (E12)"),
    "rung": Quantity("t", "rung 0..6", "R: rung on the ladder, organs (E13)"),
    "obligation": Quantity("t", "0..4", "O: obligation in force, promise; declared by the treaty"),
    "mistrust": Quantity("t", "share 0..1", "M: mistrust among the parties"),
    "floor": Quantity("t", "depth 0..1", "depth that the decision rule yields without payments (E11)"),
    "joint": Quantity("t", "depth 0..1", "depth that is best for the parties together (E11)"),
    "agreed": Quantity("t", "depth 0..1", "depth that the parties agree on (E11)"),
    "demand": Quantity("t", "depth 0..1", "depth that practice and organs follow: what is agreed, and what wanders about it (E13)"),
    "rise_pressure": Quantity("t", "rung-months", "pressure for more organs (E13)"),
    "fall_pressure": Quantity("t", "rung-months", "pressure for fewer organs (E13)"),
    "orientation": Quantity("t", "share 0..1", "share of the treaty's threats whose origin lies outside its membership (E16)"),
    "overlap": Quantity("t", "ratio", "least overlap of core contingencies among the deciders (E13)"),
    "blocked": Quantity("t", "0, 1, 2", "what keeps too small organs from rising: 0 nothing, 1 the gate of the top rung, 2 pressure that still builds up"),
    "ended_by": Quantity("t", "code", "what ended the treaty in this month: 0 nothing, 1 that nobody wanted it, 2 that one party was left, 3 + n its successor, treaty n"),
    "term_end": Quantity("t", "month of the run", "month in which the running term ends, -1 without a term (E13)"),
    "member": Quantity("ts", "0, 1", "1 where the state is party to the treaty"),
    "left": Quantity("ts", "0, 1", "1 in the month in which the state leaves the treaty"),
    "left_by": Quantity("ts", "code", "what took the state out of the treaty in this month: 0 nothing, 1 its own will, 2 + n the calendar's move n"),
    "came_by": Quantity("ts", "code", "what brought the state into the treaty in this month: 0 nothing, 1 its own will, 2 + n the calendar's move n"),
    "guest": Quantity("ts", "0, 1", "1 where a candidate takes part without being party (E13)"),
    "ideal": Quantity("ts", "depth 0..1", "depth that a party or candidate would have (E10)"),
    "fear": Quantity("ts", "intensity", "N: threat from those with whom the state is in the treaty: quarrels, and sources that say of whom they are (E1, E3)"),
    "value": Quantity("ts", "utility", "V: utility of the depth agreed, with payments (E13)"),
    "common": Quantity("ts", "utility", "benefit without a source, a unit of depth, that falls to 0 at a need (E6)"),
    "linear": Quantity("ts", "utility", "l: gain (or, below 0, price) of each unit of depth (E8)"),
    "curve": Quantity("ts", "utility", "a: price of depth that grows with depth (E9)"),
    "received": Quantity("ts", "utility", "side payments received (E11)"),
    "paid": Quantity("ts", "utility", "side payments made (E11)"),
    "benefit": Quantity("tsk", "utility", "b: benefit from the source, a unit of depth (E6)"),
    "consulted": Quantity("tk", "0, 1", "1 where the treaty consulted on the source (E4)"),
}  # fmt: skip
"""What is recorded whatever mechanisms act."""


def quantities(mechanisms: Mechanisms) -> dict[str, Quantity]:
    """What is recorded of a run: the numbers of the core, and those that its mechanisms declare."""
    return CORE | {name: Quantity(*told) for name, told in mechanisms.records.items()}


QUANTITIES = quantities(shipped())
"""What is recorded of a run with the mechanisms of the model."""


@dataclass
class Trajectory:
    """Arrays by name, each (months, ...) over the things of its quantity; `months` are filled."""

    arrays: dict[str, Floats]
    months: int = 0

    @classmethod
    def empty(cls, world: World) -> Trajectory:
        sizes = {"s": len(world.states), "k": len(world.sources), "t": len(world.treaties)}
        length = world.steps - world.opens
        return cls(
            {
                name: np.zeros((length, *(sizes[axis] for axis in quantity.over)))
                for name, quantity in quantities(world.mechanisms).items()
            }
        )

    def __getitem__(self, name: str) -> Floats:
        """The filled months of one quantity."""
        return self.arrays[name][: self.months]
