"""A model that runs, seen as its record; and how one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from entente.engines.interactive.alliance import AllianceModel, release
from entente.schema.intervention import Intervention
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.telling.tables import build_table
from entente.world.pack import World
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
