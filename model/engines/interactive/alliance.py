"""The interactive engine: a Mesa model whose step is one month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import mesa
import numpy as np
import pandas as pd
from mesa.agent import AgentSet
from mesa.datacollection import DataCollector

from entente.agents.equation import where
from entente.agents.interest import capability_share, supplied_help
from entente.agents.power import OutsidePower
from entente.agents.state import StateAgent
from entente.errors import InputError, nearest, shown
from entente.month.gather import Mechanisms
from entente.month.mechanism import Mechanism
from entente.month.weave import INTERACTIVE, weave
from entente.schema.base import MONTHS_IN_YEAR, month_number, month_text
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.telling.tables import TABLES, build_table
from entente.world.draws import draw, fresh_seed
from entente.world.pack import MEMBER, UNNAMED, World, pack
from entente.world.terms import arrival_size, by_name, long_run_intensity, terms
from entente.world.trajectory import Trajectory

from .calendar import intervene, shock
from .collect import Collector, reporters
from .membership import review
from .record import Recorder
from .treaty import Treaty

PHASES = (
    "intervene", "shock", "perceive", "consult", "act",
    "weigh", "bargain", "institute", "review", "turn", "measure",
)  # fmt: skip
"""One month, in order. Every phase reads the world at the end of the one before."""


@lru_cache(maxsize=64)
def woven(mechanisms: Mechanisms) -> SimpleNamespace:
    """What the mechanisms do at each place of the month, as functions of the model."""
    return SimpleNamespace(**weave(mechanisms, INTERACTIVE, {"where": where, "supplied_help": supplied_help}))


class AllianceModel(mesa.Model):
    """An alliance, month by month.

    `scenario` is the id of a scenario in `configs/`, a `.yaml` path, a mapping or a `Scenario`; `seed`
    a whole number (None: a fresh one, kept in `seed`); `replicate` numbers the runs of one seed;
    `record` keeps the full tables, which `table` then gives at any time; `mechanisms` act besides those of
    the model. `state_class`, `treaty_class` and `power_class` are what states, treaties and outside powers
    are made of: subclasses of `StateAgent`, `Treaty` and `OutsidePower` (None: what the class attribute of
    that name says). `datacollector` collects in place of the model's own; `model.datacollector` may be
    replaced later, too. `parameters` are dotted paths, so `AllianceModel(**{"behaviour.rise": 0.4})` changes
    one number. A prelude, where the scenario has one, is run by the constructor. Raises `InputError`.

    `month` and `steps` count the months of the recorded run so far and `date` names the last of them.
    The model stops by `running = False` at the horizon; a further `step()` does nothing. `random` and `rng`
    belong to the user's own agents: the model itself draws from named streams of its own.

    Examples:
        >>> from entente import AllianceModel
        >>> model = AllianceModel("memo-2001", seed=1)
        >>> for _ in range(12):
        ...     model.step()
        >>> model.date, len(model.states), len(model.treaties)
        ('2002-07', 9, 10)
    """

    state_class: type[StateAgent] = StateAgent
    treaty_class: type[Treaty] = Treaty
    power_class: type[OutsidePower] = OutsidePower
    running: bool

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
        seed: int | None = None,
        replicate: int = 0,
        record: bool = False,
        mechanisms: Sequence[Mechanism] = (),
        state_class: type[StateAgent] | None = None,
        treaty_class: type[Treaty] | None = None,
        power_class: type[OutsidePower] | None = None,
        datacollector: DataCollector | None = None,
        **parameters: Any,
    ) -> None:
        self.clock = 0
        self.seed = fresh_seed() if seed is None else int(seed)
        self.replicate = int(replicate)
        # Replicates of a seed hear other noise; so do the generators that a subclass may draw from.
        super().__init__(rng=np.random.SeedSequence([self.seed, self.replicate]))
        self.scenario = load_scenario(scenario, parameters, mechanisms)
        self.state_class = checked_class("state_class", state_class or self.state_class, StateAgent)
        self.treaty_class = checked_class("treaty_class", treaty_class or self.treaty_class, Treaty)
        self.power_class = checked_class("power_class", power_class or self.power_class, OutsidePower)
        self.world: World = pack(self.scenario)
        w = self.world
        self.terms = woven(w.mechanisms)
        self.numbers = {name: values.copy() for name, values in w.numbers.items()}
        streams = w.mechanisms.streams
        self.draws = draw(w.states, w.sources, w.treaties, w.steps, self.seed, self.replicate, own=streams)
        self.noise: list[list[float]] = []
        self.states = [self.state_class(self, i) for i in range(len(w.states))]
        self.powers = [self.power_class(self, a) for a in range(len(w.powers))]
        self.treaties = [self.treaty_class(self, p) for p in range(len(w.bodies))]
        # Mesa's own sets hold one class each, and whatever agents a user adds.
        self._all_states = AgentSet(self.states, random=self.random)
        self._all_powers = AgentSet(self.powers, random=self.random)
        self.refresh()
        self._set_out()
        self.recorder = Recorder(w) if record else None
        self.datacollector = Collector(self) if datacollector is None else datacollector
        while self.clock < w.opens:
            self._advance()

    def __repr__(self) -> str:
        name = type(self).__name__
        if "world" not in vars(self):
            return f"<{name}: not yet made>"
        months = self.world.steps - self.world.opens
        return f"<{name} {self.scenario.name}: seed {self.seed}, month {self.month} of {months}, {self.date}>"

    # -- time -------------------------------------------------------------------------------

    @property
    def month(self) -> int:
        """Months of the recorded run so far."""
        return max(self.clock - self.world.opens, 0)

    @property
    def date(self) -> str:
        """The last month run, `YYYY-MM`; before the first step the month before the start."""
        return self.world.month(self.clock - 1)

    @property
    def steps(self) -> int:
        """Months of the recorded run so far: Mesa's count of steps, which stays where it is at the horizon."""
        return self.month

    @steps.setter
    def steps(self, count: int) -> None:
        """Mesa counts calls of `step`; here the months that they ran are counted."""

    def step(self) -> None:
        """Run one month; at the horizon, or where the run has been stopped, nothing more."""
        if not self.running or self.clock == self.world.steps:
            return
        self._advance()
        self.datacollector.collect(self)
        if self.clock == self.world.steps:
            self.running = False

    def adopt(self, scenario: Scenario) -> None:
        """Go on under another scenario, which differs by interventions of the months to come only.

        The run is then, to the last bit, the one that the new scenario makes from its start. Raises `InputError` for a
        scenario that differs in anything else, or of which two states fall out that did not before.
        """
        world, now = pack(scenario), month_number(self.date) + 1
        if _but_for_what_comes(scenario, now) != _but_for_what_comes(self.scenario, now):
            raise InputError(f"{scenario.name}: differs in more than interventions from {month_text(now)} on")
        if world.pairs != self.world.pairs:
            raise InputError(f"{scenario.name}: other states fall out than in the run so far")
        self.scenario, self.world = scenario, world
        self.numbers = {name: values.copy() for name, values in world.numbers.items()}
        for change in world.settings:
            if change.step < self.clock:
                self.numbers[change.slot.array][change.slot.index] = self.numbers["values"][change.value]
        for treaty, body in zip(self.treaties, world.bodies, strict=True):
            treaty.body = body
        self._schedule()
        self.refresh()

    def _advance(self) -> None:
        try:
            for phase in PHASES:
                getattr(self, f"_{phase}")()
        except ZeroDivisionError as error:
            raise InputError(f"{self._where_of(error)}: divides by 0") from error
        self.clock += 1

    def _where_of(self, error: ZeroDivisionError) -> str:
        """The month, mechanism and function in which an error arose."""
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        code = None if at is None else at.tb_frame.f_code
        owners = [one.name for one in self.world.mechanisms.all if any(f.__code__ is code for f in one.functions)]
        parts = [*owners, *([] if code is None else [code.co_name])]
        return f"{self.scenario.name}: {self.world.month(self.clock)}: {': '.join(parts)}"

    # -- what is kept of the run --------------------------------------------------------------

    @property
    def trajectory(self) -> Trajectory | None:
        """The record of the run so far; None unless the model was made with `record=True`."""
        return None if self.recorder is None else self.recorder.trajectory

    @property
    def reporters(self) -> dict[str, Any]:
        """The model's own reporters by name, in Mesa's form, for a `mesa.DataCollector` that has them beside others."""
        return reporters(self)

    def table(self, name: str) -> pd.DataFrame:
        """A full table up to the present month: `states`, `perceptions`, `sources`, `treaties`, `parties`,
        `dyads`, `payments` or `events`. Raises `InputError` for another, and where none is kept.
        """
        if name not in TABLES:
            raise InputError(f"table: {shown(name)}: must be one of {', '.join(TABLES)}{nearest(name, TABLES)}")
        if self.trajectory is None:
            raise InputError(f"table: {name}: not recorded; make the model with record=True")
        return build_table(name, self.world, self.trajectory)

    # -- what agents and mechanisms ask of the world ------------------------------------------

    def treaties_of(self, state: int) -> list[Treaty]:
        """Running treaties that the state is party to."""
        return self._treaties_of[state]

    def seats_of(self, state: int) -> list[int]:
        """The places of the treaties that the state is party to."""
        return self._seats_of[state]

    def tables_of(self, state: int) -> list[Treaty]:
        """Treaties at whose table the state weighs its interest: as party, founder or candidate."""
        return [
            t
            for t in self.treaties
            if (t.running and (state in t.members or state in t.body.candidates))
            or (t.status == 0 and t.body.endogenous and state in t.body.founders)
        ]

    def partners(self, treaty: Treaty, state: int, members: list[int]) -> list[int]:
        """With whom a party, founder or candidate would be in the treaty."""
        return treaty.partners(state, members if treaty.running else list(treaty.body.founders))

    def partners_mean(self, partners: Sequence[int], shares: Sequence[float], source: int) -> float:
        """Perception of a source by some partners, weighted by their shares of capability."""
        mean = 0.0
        for j, share in zip(partners, shares, strict=True):
            mean += share * self.states[j].perception[source]
        return mean

    def capability_shares(self, partners: Sequence[int]) -> tuple[float, list[float]]:
        """Capability of some partners together, and the share of each; none has a share where there is none."""
        total = 0.0
        for j in partners:
            total += self.capability[j]
        if total <= 0.0:
            return total, [0.0] * len(partners)
        return total, [capability_share(self.capability[j], total) for j in partners]

    def feared(self, state: int, other: int) -> float:
        """What a state fears of another, intensity: from sources that are of it, and since they fell out."""
        fear = 0.0
        for k in self._sources_of[other]:
            fear += self.states[state].perception[k]
        return fear + self.quarrel[state][other]

    def fear(self, state: int, others: Sequence[int]) -> float:
        """N: what a state fears of some others, the mean by capability; 0 where no threat and no quarrel has a name."""
        partners = [j for j in others if j != state] if self.world.parted else []
        fear = 0.0
        for j, share in zip(partners, self.capability_shares(partners)[1], strict=True):
            fear += share * self.feared(state, j)
        return fear

    def neighbour_threat(self, t: int) -> float:
        """Threat from fellow members that the parties of a treaty perceive, the mean over parties.

        From sources that do not say of whom they are, and from those and quarrels that do.
        """
        w, members = self.world, self.treaties[t].members
        felt = 0.0
        for k, origin in enumerate(w.origin):
            if origin == MEMBER and w.whose[k] == UNNAMED:
                for i in members:
                    felt += self.states[i].perception[k]
        for i in members if w.parted else ():
            felt += self.fear(i, members)
        return felt / len(members) if members else 0.0

    def rift_shock(self, t: int) -> float:
        """What the parties fell out this month (below 0: made up), the mean over pairs of them."""
        members = self.treaties[t].members if self.world.pairs else []
        felt = 0.0
        for at, i in enumerate(members):
            for j in members[at + 1 :]:
                felt += self.quarrel_shock[i][j]
        pairs = len(members) * (len(members) - 1) / 2
        return felt / pairs if pairs else 0.0

    def provider_contribution(self, t: int, k: int) -> float:
        """Contribution against a source of the hub, or of the strongest of those that decide."""
        treaty = self.treaties[t]
        members = treaty.members if treaty.running else list(treaty.body.founders)
        if treaty.body.hub in members:
            return self.contribution[treaty.body.hub][k]
        chosen = treaty.deciders(members) if treaty.body.decision == "lead" else members
        return self.contribution[max(chosen, key=lambda i: (self.capability[i], -i))][k]

    # -- phases -----------------------------------------------------------------------------

    def _intervene(self) -> None:
        """What the calendar does at the beginning of the month."""
        for treaty in self.treaties:
            treaty.left_by, treaty.came_by, treaty.ended_by = {}, {}, 0
        intervene(self)
        self._seat()

    def _shock(self) -> None:
        """E1, E2."""
        shock(self)

    def _perceive(self) -> None:
        """E3."""
        self.noise = self.draws.perception[self.clock].tolist()
        self._all_states.do("perceive")
        self._all_states.do("settle")

    def _consult(self) -> None:
        """E4: a treaty consults on a source of its scope that alarms any one party."""
        for treaty in self.treaties:
            treaty.hold_consultation()
        self._all_states.do("consult")
        self._all_states.do("settle")

    def _act(self) -> None:
        """E15: outside powers act, states respond."""
        self._all_powers.do("act")
        self._all_states.do("respond")

    def _weigh(self) -> None:
        """E5-E10."""
        self._all_states.do("weigh")

    def _bargain(self) -> None:
        """E11 in every running treaty, and among the founders of one not yet signed."""
        for treaty in self.treaties:
            if treaty.running or (treaty.status == 0 and treaty.body.endogenous):
                members = treaty.members if treaty.running else list(treaty.body.founders)
                interests = {i: self.states[i].interests[treaty.index] for i in members}
                treaty.bargain = treaty.negotiate(members, interests)

    def _institute(self) -> None:
        """E12, E13."""
        for treaty in self.treaties:
            if treaty.running:
                treaty.institute()

    def _review(self) -> None:
        """E13: parties leave, candidates join or take part, founders sign, terms are renewed."""
        review(self)
        self._seat()

    def _turn(self) -> None:
        """E14."""
        self._all_states.do("turn")
        self._all_states.do("settle")

    def _measure(self) -> None:
        """E16: the record of the month, kept for months of the run proper."""
        if self.recorder is not None and self.clock >= self.world.opens:
            self.recorder.write(self, self.clock - self.world.opens)

    # -- numbers ------------------------------------------------------------------------------

    def _set_out(self) -> None:
        """The world before its first month."""
        w = self.world
        base = self.of["base"]
        self.intensity = list(base)
        self.restraint = [0.0] * len(w.sources)
        self.effective = list(base)
        for i, state in enumerate(self.states):
            state.hold([self.of["exposure"][i][k] * base[k] * self.of["alive"][i] for k in range(len(w.sources))])
            state.provision = self.of["provision"][i]
        for a, power in enumerate(self.powers):
            for i in range(len(w.states)):
                power.put(i, float(self.numbers["packages"][a, i]))
        self.quarrel, self.quarrel_shock = ([[0.0] * len(w.states) for _ in w.states] for _ in range(2))
        self._sources_of = [[k for k, state in enumerate(w.whose) if state == i] for i in range(len(w.states))]
        shapes = {"s": len(w.states), "k": len(w.sources), "t": len(w.treaties)}
        self.memory = {
            one.name: np.zeros([shapes[letter] for letter in one.over]).tolist() for one in w.mechanisms.memories
        }
        self._schedule()
        self.provide()
        self._seat()

    def _schedule(self) -> None:
        """The dated events by the step of their month."""
        self.pulses: dict[int, list[Any]] = {}
        for pulse in self.world.pulses:
            self.pulses.setdefault(pulse.step, []).append(pulse)

    def _seat(self) -> None:
        """Who sits where, after memberships changed."""
        states = range(len(self.states))
        self._treaties_of = [[t for t in self.treaties if t.running and i in t.members] for i in states]
        self._seats_of = [[t.index for t in own] for own in self._treaties_of]

    def hear(self) -> None:
        """The noise that mechanisms hear this month."""
        self.heard = {name: drawn[self.clock].tolist() for name, drawn in self.draws.own.items()}

    def provide(self) -> None:
        """Capabilities and contributions, times what each state can provide this month."""
        self.capability = [
            nominal * state.provision * alive
            for nominal, state, alive in zip(self._nominal, self.states, self.of["alive"], strict=True)
        ]
        self.contribution = [
            [given * state.provision for given in row]
            for row, state in zip(self.of["contribution"], self.states, strict=True)
        ]

    def refresh(self) -> None:
        """Take over the numbers of the scenario as they now are."""
        n, w = self.numbers, self.world
        acting = terms(w, n)
        self.dial = by_name(w.mechanisms.dials, acting["dials"])
        self.switch = by_name(tuple(w.mechanisms.switches), acting["switches"])
        self.constant = by_name(w.mechanisms.constants, acting["constants"])
        self.patience = int(self.dial["patience"])
        year = (w.first_month + self.clock) // MONTHS_IN_YEAR - w.first_year
        self._nominal = n["capability"][year].tolist()
        self.power_capability = n["power_capability"][year].tolist()
        self.outside_capability = 0.0
        for capability in self.power_capability:
            self.outside_capability += capability
        acting["long_run"] = long_run_intensity(
            n["base"], n["rate"], n["median"], n["log_sd"], self.dial["persistence"]
        )
        self.of: dict[str, Any] = {name: values.tolist() for name, values in acting.items()}
        self.acts: list[bool] = self.of["acts"]
        self.needs: list[float] = self.of["needs"]
        self.need_order = [int(k) for k in acting["order"]]
        self.arrival_sizes = arrival_size(n["median"], n["log_sd"], self.draws.magnitude).tolist()
        for t, treaty in enumerate(self.treaties):
            about = [self.of["scope"][t], *(self.of[name][t] for name in w.mechanisms.widening)]
            treaty.covered = [k for k in range(len(w.sources)) if any(row[k] > 0.0 for row in about)]


def _but_for_what_comes(scenario: Scenario, month: int) -> Scenario:
    """A scenario without the interventions from a month on."""
    past = {id_: act for id_, act in scenario.interventions.items() if month_number(act.month) < month}
    return scenario.model_copy(update={"interventions": past})


C = TypeVar("C")


def checked_class(name: str, given: Any, base: type[C]) -> type[C]:
    """The class given for some part of the model. Raises `InputError` where it is no subclass of `base`."""
    if not isinstance(given, type) or not issubclass(given, base):
        raise InputError(f"{name}: {shown(given)}: must be {base.__name__} or a subclass of it")
    return given


def release(model: AllianceModel) -> None:
    """Let a finished model go: Mesa 3.3 keeps every model in a class attribute (mended in 3.5)."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


__all__ = ["PHASES", "AllianceModel", "checked_class", "release"]
