"""A session: one scenario, one seed, the levers pulled so far, the model that runs them and its twin."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any

import pandas as pd

from entente.engines.compiled.ensemble import prepare
from entente.engines.interactive.alliance import AllianceModel
from entente.errors import InputError, nearest, shown
from entente.experiments.folder import Run
from entente.schema.base import MONTH_PATTERN, month_number, month_text
from entente.schema.intervention import Intervention
from entente.schema.load import load_scenario, scenario_names
from entente.schema.scenario import Scenario
from entente.telling.tables import TABLES

from .fan import Fan, Parting
from .live import AT_START, Foresight, Live, Whole, started, steered
from .record import Dot, dots_of
from .replay import Recorded
from .scene import Scene, opening

DEFAULT_SCENARIO = "memo-2001"
MAX_SEED = 2**63 - 1
LEVER = re.compile(r"lever-(\d+)$")
"""Ids of interventions set on the page."""
FAN_MONTHS = 60
"""While the run plays, its futures are made anew when so many months have passed."""
REPLAYED = "a finished run is replayed as it is; choose a scenario first"


def session_at_start() -> Session:
    """A session of the scenario that whoever serves the page names in `ENTENTE_SCENARIO`, or of the default one.

    What is wrong with a scenario that was named is told on the page.
    """
    try:
        return Session(os.environ.get(AT_START) or DEFAULT_SCENARIO)
    except InputError as error:
        session = Session()
        session.error = f"{AT_START}: {error}"
        return session


def _parted(scenario: Scenario) -> tuple[Scenario, dict[str, Intervention]]:
    """A scenario without the levers of a session that was taken away, and these."""
    pulled = {id_: act for id_, act in scenario.interventions.items() if LEVER.match(id_)}
    others = {id_: act for id_, act in scenario.interventions.items() if id_ not in pulled}
    return scenario.model_copy(update={"interventions": others}) if pulled else scenario, pulled


class Session:
    """What one tab of the browser looks at and steers; nothing in it is shared with another.

    `levers` are dated interventions: they are part of the scenario that the model runs, and of what is
    exported. A lever pulled now acts at the start of the next month: the model that runs adopts the scenario
    with the lever, and is from then on the run that the exported scenario makes. Beside it runs the same
    without levers, which is the `twin` once there are some.

    `month` is the month that the model has reached; `shown` the one that is looked at, which may be past or, run
    ahead to it by the compiled engine, still to come.

    `generation` counts the scenarios and runs opened, `seat` those opened while another played or had
    ended, `epoch` all opened and the resets, `version` all changes but the passing of months;
    `hasty` says that the run is playing, so that what takes long may wait.
    """

    def __init__(self, scenario: str | Scenario = DEFAULT_SCENARIO, seed: int = 0) -> None:
        self.lock = RLock()
        self.levers: dict[str, Intervention]
        self.base, self.levers = _parted(load_scenario(scenario))
        self.label = scenario if isinstance(scenario, str) else scenario.name
        self.home = [scenario] if isinstance(scenario, str) else []
        self.seed, self.replicate = seed, 0
        self.changes: dict[str, Any] = {}
        self.next_seed = seed
        self.next_changes: dict[str, Any] = {}
        self.chosen = ""
        self.error = self.remark = ""
        self.run: Recorded | None = None
        self.month = 0
        self.hasty = False
        self._looked: int | None = None
        self._ahead = Foresight()
        self._dotted, self._dots = -1, list[Dot]()
        self.generation = self.seat = self.epoch = self.version = 0
        self.model: AllianceModel
        self._plain: AllianceModel
        self._stale = False
        self._parted = 0
        self._made_of: Any = None
        self._begin()

    # -- what it shows ------------------------------------------------------------------------

    @property
    def record(self) -> Live | Whole | Recorded:
        """Where the numbers of the pictures come from: the model, a finished run, or the run to come."""
        if self.run is not None:
            return self.run
        return self._ahead.of(self.scenario, self.seed) if self.previewed else Live(self.model)

    @property
    def shown(self) -> int:
        """Months of the run that the pictures show."""
        return self.month if self._looked is None else self._looked

    @property
    def previewed(self) -> bool:
        """Whether what is shown has not been run: it comes so unless a lever is pulled before."""
        return self.run is None and self.shown > self.month

    @property
    def scenario(self) -> Scenario:
        """The scenario that is being run, with parameters and levers; what an export writes."""
        return self.run.world.scenario if self.run else self._steered()

    @property
    def plain(self) -> Scenario:
        """The same without levers: what the twin runs."""
        return load_scenario(self.base, self.changes)

    @property
    def twin(self) -> Live | Whole | None:
        """The run without levers, where there are some."""
        if not self.levers or self.run is not None:
            return None
        return self._ahead.of(self.plain, self.seed) if self.previewed else Live(self._plain)

    @property
    def dots(self) -> list[Dot]:
        """What a record says became of the ties, where there is one that fits."""
        if self._dotted != self.generation:
            self._dotted, self._dots, self.remark = self.generation, [], ""
            try:
                self._dots = dots_of(self.scenario, self.label if self.label in self.home else "")
            except InputError as error:
                self.remark = str(error)
        return self._dots

    @property
    def horizon(self) -> int:
        return self.scenario.months if self.run is None else self.run.trajectory.months

    @property
    def running(self) -> bool:
        """Whether there is a further month to step to."""
        return not self.error and self.month < self.horizon

    @property
    def date(self) -> str:
        """The last month shown, `YYYY-MM`."""
        return self._date(self.shown)

    def _date(self, months: int) -> str:
        return month_text(month_number(self.scenario.start) + months - 1)

    @property
    def noise(self) -> str:
        """Which run of the scenario it is, in words."""
        return f"seed {self.seed}" + (f", replicate {self.replicate}" if self.replicate else "")

    @property
    def next_date(self) -> str:
        """The month at whose beginning a lever that is pulled now acts."""
        return self._date(self.month + 1)

    def parting(self) -> Parting | None:
        """Of which run, and from which month on, futures are wanted; None for a finished run.

        While the run plays they are wanted now and then, since they take longer than a month.
        """
        with self.lock:
            at = min(self.shown, self.month)
            if self.run is not None or self.error or at >= self.horizon:
                return None
            goes_on = self.hasty and not self._stale and 0 <= at - self._parted < FAN_MONTHS
            self._parted = self._parted if goes_on else at
            return Parting(self.scenario, self.plain if self.levers else None, self.seed, self._parted)

    def scene(self, fan: Fan | None = None, months: int | None = None) -> Scene:
        """The month that is shown, or another before it, ready to be drawn, with futures where they are known."""
        with self.lock:
            record, twin = self.record, self.twin
            return Scene(self.scenario, record.world, self.shown if months is None else months, record.trajectory,
                         self._opening, None if twin is None else twin.trajectory, frozenset(self.levers), self.chosen,
                         None if self.run else fan, self.month if self.previewed else None, self.dots)  # fmt: skip

    def tables(self, *names: str) -> dict[str, pd.DataFrame]:
        """Tables of the run up to the month shown, all of them where none is named."""
        with self.lock:
            kept = {name: self.record.table(name) for name in names or TABLES}
            if self.run is None and self.shown == self.month:
                return kept
            return {name: frame[frame["month"] <= self.date] for name, frame in kept.items()}

    # -- time -----------------------------------------------------------------------------------

    def step(self, epoch: int | None = None) -> None:
        """One month, of `epoch` only where one is given; what goes wrong is kept in `error` and ends the run."""
        with self.lock:
            if not self.running or epoch not in {None, self.epoch}:
                return
            try:
                self._looked = None
                if self.run is None:
                    self._step_models()
                self.month += 1
            except Exception as error:
                # Whatever a model raises must be shown rather than take the page down.
                self.error = f"The model stopped after {self.date}: {type(error).__name__}: {error}"

    def look(self, months: int) -> None:
        """Show another month of the run, by its number from 0, the start, to the horizon; past or still to come.

        What runs stays where it is: a step leads on from there, and shows that. Raises `InputError`.
        """
        with self.lock:
            if not 0 <= months <= self.horizon:
                raise InputError(f"month: {months}: this run has months 0 to {self.horizon}")
            self._looked = None if months == self.month else months
            if self.previewed:
                try:
                    prepare(lambda words: None, self.scenario)
                    self._ahead.of(self.scenario, self.seed)
                except Exception as error:
                    self._looked = None
                    raise InputError(f"this month cannot be shown ahead: {error}") from error

    def _step_models(self) -> None:
        if self._stale:
            self.model.adopt(self._steered())
            self._stale = False
        self.model.step()
        self._plain.step()

    def look_at(self, date: str) -> None:
        """Show the end of a month, `YYYY-MM`. Raises `InputError`."""
        if not re.fullmatch(MONTH_PATTERN, date):
            raise InputError(f"month: {shown(date)}: must be a month, such as {self.date}")
        self.look(month_number(date) - month_number(self.scenario.start) + 1)

    def reset(self) -> None:
        """Back to the start, with the seed and the parameters set meanwhile; levers stay and are replayed."""
        with self.lock:
            if self.run is None:
                self.seed, self.changes = self.next_seed, dict(self.next_changes)
            self.error = ""
            self.hasty = False
            self._looked = None
            self.epoch += 1
            self.version += 1
            if self.run is None:
                self._attempt(self._begin)
            else:
                self.month = 1

    # -- what is chosen ---------------------------------------------------------------------------

    @property
    def choices(self) -> list[str]:
        """The scenarios that can be chosen by name: those of `configs/`, and the one that the page began with."""
        return list(dict.fromkeys([*scenario_names(), *self.home]))

    def choose(self, name: str) -> None:
        """Another scenario, of those that can be chosen. Raises `InputError`."""
        self._offered(name)
        self.open(name)

    def _offered(self, name: str) -> None:
        if name not in self.choices:
            # The browser says a name: a path would reach files, and run mechanisms, that nobody offered.
            raise InputError(f"{shown(name)}: no scenario that can be chosen here{nearest(name, self.choices)}")

    def open(self, scenario: str | Scenario) -> None:
        """Another scenario, from its start, with its own parameters. Raises `InputError`.

        A name keeps the seed that is chosen; a scenario that was read brings its own and, where it is a session that
        was taken away, its levers: they can be cleared, and the twin runs without them.
        """
        loaded = load_scenario(scenario)
        seed = self.next_seed if isinstance(scenario, str) else loaded.seed
        try:
            model = started(loaded, seed, 0)
        except Exception as error:
            # What is shown stays until there is something else to show.
            raise InputError(f"{loaded.name}: no model of it could be made: {error}") from error
        with self.lock:
            self._turn()
            self.base, self.levers = _parted(loaded)
            self.label = scenario if isinstance(scenario, str) else scenario.name
            self.changes, self.next_changes, self.replicate = {}, {}, 0
            self.seed = self.next_seed = seed
            self.run, self.chosen, self.error = None, "", ""
            self._begin(None if self.levers else model)

    def resume(
        self,
        name: str,
        seed: int,
        changes: Mapping[str, Any],
        levers: Mapping[str, Intervention],
        month: int,
        chosen: str,
    ) -> None:
        """Go on in a session as it was: a scenario of `choices`, seed, parameters, levers, months run. Raises `InputError`."""
        self._offered(name)
        base, _ = _parted(load_scenario(name))
        scenario = steered(base, changes, levers)
        if month > scenario.months:
            raise InputError(f"month: {month}: this run has months 0 to {scenario.months}")
        try:
            model = started(scenario, seed, 0)
        except Exception as error:
            raise InputError(f"{name}: no model of it could be made: {error}") from error
        with self.lock:
            self._turn()
            self.base, self.levers, self.label = base, dict(levers), name
            self.changes, self.next_changes, self.replicate = dict(changes), dict(changes), 0
            self.seed = self.next_seed = seed
            self.run, self.chosen, self.error = None, chosen, ""
            self._begin(model)
            for _ in range(month):
                self.step()

    def replay(self, run: Run, month: int = 1, chosen: str = "") -> None:
        """Show a finished run, month by month, from one of its months. Raises `InputError`."""
        recorded = Recorded(run)
        if not 1 <= month <= recorded.trajectory.months:
            raise InputError(f"month: {month}: this run has months 1 to {recorded.trajectory.months}")
        with self.lock:
            self._turn()
            self.run = recorded
            self.label, self.seed = Path(run.path).name, int(run.manifest["seed"])
            self.replicate = int(run.manifest["replicate"])
            self.levers, self.chosen, self.error, self.month = {}, chosen, "", month
            self.changes, self.next_changes, self.next_seed = {}, {}, self.seed
            self._opening = opening(self.run.world)

    def _turn(self) -> None:
        """Something else is opened; what plays or has ended needs a controller of its own then."""
        self.seat += 1 if self.hasty or not self.running else 0
        self.hasty = False
        self._looked = None
        self.generation += 1
        self.epoch += 1
        self.version += 1

    def set_seed(self, text: str) -> None:
        """The seed of the next reset. Raises `InputError`."""
        words = text.strip()
        if self.run is not None:
            raise InputError(f"seed: {shown(text)}: {REPLAYED}")
        if not words.isdecimal() or int(words) > MAX_SEED:
            raise InputError(f"seed: {shown(text)}: must be a whole number, 0 or more")
        self.next_seed = int(words)

    def set_parameter(self, path: str, value: float | bool) -> None:
        """A parameter of the next reset. Raises `InputError`."""
        if self.run is not None:
            raise InputError(f"{path}: {REPLAYED}")
        changes = {**self.next_changes, path: value}
        load_scenario(self.base, changes)
        self.next_changes = changes

    def forget_parameter(self, path: str) -> None:
        """The parameter as the scenario has it, from the next reset on."""
        self.next_changes.pop(path, None)

    @property
    def waiting(self) -> list[str]:
        """What has been set and waits for a reset."""
        words = [f"seed {self.next_seed}"] if self.next_seed != self.seed else []
        paths = {**self.changes, **self.next_changes}
        words += sorted(p for p in paths if self.changes.get(p) != self.next_changes.get(p))
        return words

    # -- levers -----------------------------------------------------------------------------------

    def pull(self, made: Callable[[str], Intervention]) -> None:
        """Queue an intervention that is made for the next month, `YYYY-MM`. Raises `InputError`.

        It is dated here, under the lock: a month that passed between dating and pulling would have it act in the past.
        """
        with self.lock:
            if self.run is not None:
                raise InputError(REPLAYED)
            act = made(self.next_date)
            if month_number(act.month) >= month_number(self.base.start) + self.base.months:
                raise InputError(f"{act.month}: the run has ended; press Reset first")
            self._looked = None
            taken = [int(id_.rsplit("-", 1)[1]) for id_ in self.levers]
            levers = {**self.levers, f"lever-{max(taken, default=0) + 1:03d}": act}
            steered(self.base, self.changes, levers)
            self.levers = levers
            self.version += 1
            self._stale = True

    def alter(self, id_: str, changed: Callable[[Intervention], Intervention]) -> None:
        """A lever with another month or size; the run up to now is made anew with it. Raises `InputError`."""
        with self.lock:
            if self.run is not None or id_ not in self.levers:
                raise InputError(f"{shown(id_)}: no lever that can be changed")
            act = changed(self.levers[id_])
            start = month_number(self.base.start)
            if not start <= month_number(act.month) < start + self.base.months:
                raise InputError(
                    f"{act.month}: the run has months {self._date(1)} to {self._date(self.base.months)}"
                )
            touched = min(month_number(one.month) for one in (act, self.levers[id_])) - start
            levers = {**self.levers, id_: act}
            steered(self.base, self.changes, levers)
            self.levers = levers
            self.version += 1
            if touched < self.month:
                self._attempt(self._remade)
            else:
                self._stale = True

    def drop_lever(self, id_: str = "") -> None:
        """Take one lever back, the last where none is named; the run up to now is made anew without it."""
        with self.lock:
            named = id_ or next(reversed(self.levers), "")
            if self.run is not None or named not in self.levers:
                return
            self.levers = {other: act for other, act in self.levers.items() if other != named}
            self.version += 1
            self._attempt(self._remade if self.levers else self._without_levers)

    def clear_levers(self) -> None:
        """Take every lever back; the run up to now is made anew without them."""
        with self.lock:
            if self.levers and self.run is None:
                self.levers = {}
                self.version += 1
                self._attempt(self._without_levers)

    # -- models -----------------------------------------------------------------------------------

    def _steered(self) -> Scenario:
        if self._made_of != (self.base, self.changes, self.levers):
            self._made_of = (self.base, dict(self.changes), dict(self.levers))
            self._made = steered(self.base, self.changes, self.levers)
        return self._made

    def _begin(self, model: AllianceModel | None = None) -> None:
        """Set out from the first month, with a model that is there already or a new one."""
        self.month = 0
        self.model = model or started(self._steered(), self.seed, 0)
        self._plain = started(self.plain, self.seed, 0)
        self._opening = opening(self.model.world)
        for name in ("perception", "alignment", "provision"):
            self._opening[name][:] = [getattr(state, name) for state in self.model.states]
        self._stale = False

    def _remade(self) -> None:
        """The run with the levers that are left, up to the present month."""
        self.model = started(self._steered(), self.seed, self.month)
        self._stale = False

    def _without_levers(self) -> None:
        """The run without levers takes the place of that with them, and another runs beside it."""
        self.model = self._plain
        self._plain = started(self.plain, self.seed, self.month)
        self._stale = False

    def _attempt(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            self.error = f"The model could not be made: {type(error).__name__}: {error}"
