"""One run in memory: `run` gives an object with each table as a frame, no files needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from entente.errors import InputError
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import MAX_MONTHS, Scenario
from entente.telling.tables import TABLES, build_table
from entente.world.pack import World, pack
from entente.world.trajectory import Trajectory

from .compiled.ensemble import trajectory
from .interactive.alliance import AllianceModel, release

ENGINES = ("mesa", "ensemble")


@dataclass
class Result:
    """A finished run. Each table is an attribute: `states`, `perceptions`, `sources`, `treaties`,
    `parties`, `dyads`, `payments`, `events`; `world` and `trajectory` hold the numbers behind them.
    """

    scenario: Scenario
    seed: int
    replicate: int
    world: World
    trajectory: Trajectory = field(repr=False)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: build_table(name, self.world, self.trajectory) for name in TABLES}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(name)


def checked(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    seed: int | None,
    months: int | None = None,
    replicate: int = 0,
    changes: Mapping[str, Any] | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Scenario:
    """The scenario of a run, with its changes, horizon and mechanisms. Raises `InputError` before anything is done."""
    for name, number in (("seed", seed), ("replicate", replicate)):
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < 0):
            raise InputError(f"{name}: {number!r}: must be a whole number, 0 or more")
    if months is not None and (
        isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= MAX_MONTHS
    ):
        raise InputError(f"months: {months!r}: must be a whole number from 1 to {MAX_MONTHS}")
    altered = dict(changes or {}) | ({"months": months} if months is not None else {})
    return load_scenario(scenario, altered, mechanisms)


def run(
    scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
    seed: int | None = None,
    *,
    months: int | None = None,
    replicate: int = 0,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
    engine: str = "mesa",
    mechanisms: Iterable[Mechanism] = (),
) -> Result:
    """Run a scenario once and keep everything.

    `seed` is the scenario's own where none is given (0, unless its file says another). `changes` maps
    dotted paths to values, `months` replaces the horizon, `progress` is called with the number of months done. `engine` is `mesa`, the interactive one, or `ensemble`, the compiled one;
    both give the same numbers. `mechanisms` act besides those of the model and of the scenario. Raises `InputError` with one sentence for bad input.
    """
    ready = checked(scenario, seed, months, replicate, changes, mechanisms)
    if engine not in ENGINES:
        raise InputError(f"engine: {engine!r}: must be one of {', '.join(ENGINES)}")
    if seed is None:
        seed = ready.seed
    if engine == "ensemble":
        world = pack(ready)
        whole = trajectory(world, seed, replicate)
        if progress is not None:
            progress(ready.months)
        return Result(ready, seed, replicate, world, whole)
    model = AllianceModel(ready, seed=seed, replicate=replicate, record=True)
    while model.running:
        model.step()
        if progress is not None:
            progress(model.month)
    recorded = model.datacollector.trajectory
    assert recorded is not None
    result = Result(model.scenario, seed, replicate, model.world, recorded)
    release(model)
    return result
