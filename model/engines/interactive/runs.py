"""Whole runs of a model class on the interactive engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from entente.errors import InputError
from entente.schema.scenario import Scenario
from entente.world.draws import Floats
from entente.world.outcomes import Number
from entente.world.pack import World
from entente.world.trajectory import Trajectory

from .alliance import AllianceModel, release
from .classes import ModelClass


def run_whole(
    model: ModelClass,
    scenario: Scenario,
    seed: int,
    replicate: int,
    progress: Callable[[int], None] = lambda month: None,
) -> tuple[AllianceModel, Trajectory]:
    """A model of the class, run until it stops, and its record. `progress` is told the months done."""
    made: Any = model
    done: AllianceModel = made(scenario, seed=seed, replicate=replicate, record=True)
    while done.running:
        done.step()
        progress(done.month)
    release(done)
    if done.trajectory is None:
        raise InputError(f"model: {model.__qualname__}: keeps no record; its constructor must pass record on")
    return done, done.trajectory


def run_values(
    model: ModelClass, scenario: Scenario, world: World, seed: int, replicate: int, numbers: Sequence[Number]
) -> Floats:
    """Recorded numbers of one run, shape (numbers, months).

    Raises `InputError` where the model ran another world than the scenario's, or stopped before the horizon.
    """
    done, record = run_whole(model, scenario, seed, replicate)
    for what in ("states", "sources", "treaties", "first_month", "opens", "steps"):
        if getattr(done.world, what) != getattr(world, what):
            raise InputError(f"model: {model.__qualname__}: runs other {what} than the scenario has")
    if record.months != world.steps - world.opens:
        raise InputError(
            f"model: {model.__qualname__}: stopped after {record.months} of {world.steps - world.opens} months; "
            "runs that are measured together must end together"
        )
    return np.stack([np.moveaxis(record[name], 0, -1)[index] for name, index in numbers])
