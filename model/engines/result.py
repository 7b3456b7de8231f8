"""One run in memory: `run` gives an object with each table as a frame; `Result.save` makes a run folder of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from entente.errors import GREATEST, InputError, shown, whole
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.scenario import MAX_MONTHS, Scenario, own_digests
from entente.telling.files import new_folder, write_run
from entente.telling.tables import TABLES, build_table
from entente.world.pack import World, pack
from entente.world.trajectory import Trajectory

if TYPE_CHECKING:
    from .interactive.classes import ModelClass

INTERACTIVE, COMPILED = "mesa", "ensemble"
ENGINES = (INTERACTIVE, COMPILED)


@dataclass(repr=False)
class Result:
    """A finished run. Each table is an attribute: `states`, `perceptions`, `sources`, `treaties`,
    `parties`, `dyads`, `payments`, `events`; `world` and `trajectory` hold the numbers behind them.

    `engine` is the one that ran it, `model` the class of the model as `module:Class` (None on the compiled
    engine), `seconds` the time that it took.

    Examples:
        >>> from entente import run
        >>> result = run("memo-2001", seed=1, months=12)
        >>> result.treaties[["month", "treaty", "depth", "rung"]].shape
        (120, 4)
        >>> result.engine, result.seed, result.scenario.name
        ('mesa', 1, 'memo-2001')
    """

    scenario: Scenario
    seed: int
    replicate: int
    world: World
    trajectory: Trajectory
    engine: str
    model: str | None
    seconds: float = field(compare=False)

    def __repr__(self) -> str:
        months, first = self.trajectory.months, self.world.month(self.world.opens)
        return f"<Result {self.scenario.name}: seed {self.seed}, replicate {self.replicate}, {months} months from {first}>"

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: build_table(name, self.world, self.trajectory) for name in TABLES}

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(name)

    def save(
        self,
        folder: str | Path,
        figures: bool = True,
        command: Sequence[str] = (),
        futures: pd.DataFrame | None = None,
        csv: bool = False,
    ) -> Path:
        """Write the run folder that `entente run --out` writes, which `load_run` reads; returns its path.

        `folder` must be new or empty. `figures=False` leaves out the figures, which take some seconds; `command` is
        kept in the manifest; `futures` are the bands of `entente.experiments.futures.futures`; `csv` writes every table as CSV too. Raises `InputError` for a folder that is not empty or cannot be written.
        """
        where = new_folder(folder, f"save: {shown(str(folder))}")
        draw: Any = None
        if figures:
            # matplotlib takes a second to import, which a run without figures need not wait for.
            from entente.telling.figures import draw_figures

            draw = draw_figures
        own = own_digests(self.scenario)
        manifest = {
            "format": 1,
            "scenario": self.scenario.name,
            "scenario_sha256": scenario_hash(self.scenario),
            **({"mechanisms": own} if own else {}),
            "seed": self.seed,
            "replicate": self.replicate,
            "months": self.scenario.months,
            "engine": self.engine,
            "model": self.model,
            "command": list(command),
            "seconds": {"run": self.seconds},
        }
        write_run(where, self.scenario, self.tables, manifest, draw, futures, csv)
        return where


def checked(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    seed: int | None,
    months: int | None = None,
    replicate: int = 0,
    changes: Mapping[str, Any] | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Scenario:
    """The scenario of a run, with its changes, horizon and mechanisms. Raises `InputError` before anything is done."""
    if not isinstance(scenario, str | Path | Mapping | Scenario):
        raise InputError(
            f"scenario: {shown(scenario)}: is a {type(scenario).__name__}; name a scenario, or give one; the class of a model goes "
            "into model="
        )
    for name, number in (("seed", seed), ("replicate", replicate)):
        if number is not None:
            whole(name, number, 0, GREATEST, ", 0 or more, below 2**63")
    length = {}
    if months is not None:
        length = {"months": whole("months", months, 1, MAX_MONTHS, f" from 1 to {MAX_MONTHS}")}
    altered = dict(changes or {}) | length
    return load_scenario(scenario, altered, mechanisms)


def quickest(scenario: Scenario) -> str:
    """The engine on which one run of a scenario is done soonest: the compiled one, where nothing has to be compiled first."""
    from .compiled.ensemble import compiled

    return COMPILED if compiled(scenario) else INTERACTIVE


def run(
    scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
    seed: int | None = None,
    *,
    months: int | None = None,
    replicate: int = 0,
    changes: Mapping[str, Any] | None = None,
    progress: Callable[[int], None] | None = None,
    engine: str = "mesa",
    model: ModelClass | str | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Result:
    """Run a scenario once and keep everything.

    `scenario` is an id in `configs/`, a `.yaml` file, a mapping or a `Scenario`. `seed` is the scenario's own
    where none is given (0, unless its file says another); `replicate` numbers the runs of one seed. `changes` maps
    dotted paths to values, `months` replaces the horizon, `progress` is called with the number of months done.
    `engine` is `mesa`, the interactive one, or `ensemble`, the compiled one; both give the same numbers. `model`
    is a subclass of `AllianceModel` that is run in its place, on the interactive engine, given as it is or as
    `module:Class`. `mechanisms` act besides those of the model and of the scenario. Raises `InputError` with one
    sentence for bad input.

    Examples:
        >>> from entente import run
        >>> result = run("memo-2001", seed=1, months=24, changes={"behaviour.linkage": 0.6})
        >>> result.treaties["month"].max(), float(result.treaties["depth"].max()) <= 1
        ('2003-07', True)
    """
    ready = checked(scenario, seed, months, replicate, changes, mechanisms)
    if engine not in ENGINES:
        raise InputError(f"engine: {engine!r}: must be one of {', '.join(ENGINES)}")
    if engine == COMPILED and model is not None:
        raise InputError(
            f"engine: {engine!r}: knows the shipped model only; a model class runs on {INTERACTIVE!r}"
        )
    seed, replicate = ready.seed if seed is None else int(seed), int(replicate)
    tell = progress or (lambda month: None)
    began = time.perf_counter()
    # Each engine takes a while to import, which a run on the other need not wait for.
    if engine == COMPILED:
        from .compiled.ensemble import trajectory

        world = pack(ready)
        whole = trajectory(world, seed, replicate)
        tell(ready.months)
        return Result(ready, seed, replicate, world, whole, engine, None, time.perf_counter() - began)
    from .interactive.alliance import AllianceModel
    from .interactive.classes import model_class, model_name
    from .interactive.runs import run_whole

    chosen = AllianceModel if model is None else model_class(model)
    done, whole = run_whole(chosen, ready, seed, replicate, tell)
    seconds = time.perf_counter() - began
    return Result(done.scenario, seed, replicate, done.world, whole, engine, model_name(chosen), seconds)
