"""Where the pictures' numbers come from: a model that runs, or a run that is worked out ahead; and how they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from entente.engines.compiled.ensemble import trajectory
from entente.engines.interactive.alliance import AllianceModel, release
from entente.schema.intervention import Intervention
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.telling.tables import build_table
from entente.world.pack import World, pack
from entente.world.trajectory import Trajectory

AT_START = "ENTENTE_SCENARIO"
"""Variable that names the scenario with which a page begins: its file is chosen by whoever serves the page."""


@dataclass(frozen=True)
class Live:
    """A model that runs, with what the pictures ask of it."""

    model: AllianceModel

    @property
    def world(self) -> World:
        return self.model.world

    @property
    def trajectory(self) -> Trajectory:
        kept = self.model.trajectory
        assert kept is not None
        return kept

    def table(self, name: str) -> pd.DataFrame:
        return build_table(name, self.world, self.trajectory)


@dataclass(frozen=True)
class Whole:
    """A run to its end, made at once by the compiled engine; month by month it is that of the model."""

    world: World
    trajectory: Trajectory

    def table(self, name: str) -> pd.DataFrame:
        return build_table(name, self.world, self.trajectory)


class Foresight:
    """Runs to their ends, each kept as long as it is asked for: those of the last few scenarios and seeds."""

    KEPT = 5
    """The session's, its twin's, and those of what stands beside it."""

    def __init__(self) -> None:
        self._kept: list[tuple[Scenario, int, int, Whole]] = []

    def of(self, scenario: Scenario, seed: int, replicate: int = 0) -> Whole:
        """The run of a seed to the horizon of a scenario."""
        for one in self._kept:
            if one[1:3] == (seed, replicate) and (one[0] is scenario or one[0] == scenario):
                return one[3]
        world = pack(scenario)
        made = Whole(world, trajectory(world, seed, replicate))
        self._kept = [*self._kept[1 - self.KEPT :], (scenario, seed, replicate, made)]
        return made


def started(scenario: Scenario, seed: int, months: int) -> AllianceModel:
    """A recorded model of a scenario, run for some months."""
    model = AllianceModel(scenario, seed=seed, record=True)
    release(model)
    for _ in range(months):
        model.step()
    return model


def steered(base: Scenario, changes: Mapping[str, Any], levers: Mapping[str, Intervention]) -> Scenario:
    """A scenario with changed parameters and with levers among its interventions. Raises `InputError`."""
    acts = {f"interventions.{id_}": act.model_dump(exclude_none=True) for id_, act in levers.items()}
    return load_scenario(base, {**changes, **acts})
