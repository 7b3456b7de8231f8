"""The interactive engine: a Mesa model whose step is one month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from entente.agents.equation import where
from entente.agents.interest import capability_share, supplied_help
from entente.agents.power import OutsidePower
from entente.agents.state import StateAgent
from entente.month.gather import Mechanisms
from entente.month.mechanism import Mechanism
from entente.month.weave import INTERACTIVE, weave
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.draws import draw, fresh_seed
from entente.world.pack import MEMBER, World, pack
from entente.world.terms import arrival_size, by_name, long_run_intensity, terms

from .calendar import intervene, shock
from .collect import Collector
from .membership import review
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
    `record` keeps the full tables, which `datacollector.get_table_dataframe` then gives at any time;
    `mechanisms` act besides those of the model.
    `parameters` are dotted paths, so `AllianceModel(**{"behaviour.rise": 0.4})` changes one number.
    A prelude, where the scenario has one, is run by the constructor. Raises `InputError`.

    `month` counts the months of the recorded run so far and `date` names the last of them.
    The model stops by `running = False` at the horizon; a further `step()` does nothing.
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario = "memo-2001",
        seed: int | None = None,
        replicate: int = 0,
        record: bool = False,
        mechanisms: Sequence[Mechanism] = (),
        **parameters: Any,
    ) -> None:
        self.seed = fresh_seed() if seed is None else int(seed)
        super().__init__(seed=self.seed)
        self.scenario = load_scenario(scenario, parameters, mechanisms)
        self.replicate = int(replicate)
        self.world: World = pack(self.scenario)
        w = self.world
        self.terms = woven(w.mechanisms)
        self.numbers = {name: values.copy() for name, values in w.numbers.items()}
        streams = w.mechanisms.streams
        self.draws = draw(w.states, w.sources, w.treaties, w.steps, self.seed, self.replicate, own=streams)
        self.clock = 0
        self.running = True
        self.noise: list[list[float]] = []
        self.states = [StateAgent(self, i) for i in range(len(w.states))]
        self.powers = [OutsidePower(self, a) for a in range(len(w.powers))]
        self.treaties = [Treaty(self, p) for p in range(len(w.bodies))]
        self.refresh()
        self._set_out()
        self.datacollector = Collector(self, record)
        while self.clock < w.opens:
            self._advance()

    # -- time -------------------------------------------------------------------------------

    @property
    def month(self) -> int:
        """Months of the recorded run so far."""
        return max(self.clock - self.world.opens, 0)

    @property
    def date(self) -> str:
        """The last month run, `YYYY-MM`; before the first step the month before the start."""
        return self.world.month(self.clock - 1)

    def step(self) -> None:
        """Run one month; at the horizon nothing more."""
        if not self.running:
            return
        self._advance()
        self.datacollector.collect(self)
        self.running = self.clock < self.world.steps

    def _advance(self) -> None:
        for phase in PHASES:
            getattr(self, f"_{phase}")()
        self.clock += 1

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

    def neighbour_threat(self, t: int) -> float:
        """Threat from fellow members that the parties of a treaty perceive, the mean over parties."""
        members = self.treaties[t].members
        felt = 0.0
        for k, origin in enumerate(self.world.origin):
            if origin == MEMBER:
                for i in members:
                    felt += self.states[i].perception[k]
        return felt / len(members)

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
            treaty.left = []
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
        if self.clock >= self.world.opens:
            self.datacollector.measure(self, self.clock - self.world.opens)

    # -- numbers ------------------------------------------------------------------------------

    def _set_out(self) -> None:
        """The world before its first month."""
        w = self.world
        base = self.of["base"]
        self.intensity = list(base)
        self.restraint = [0.0] * len(w.sources)
        self.effective = list(base)
        for i, state in enumerate(self.states):
            state.hold([self.of["exposure"][i][k] * base[k] for k in range(len(w.sources))])
            state.provision = self.of["provision"][i]
        for a, power in enumerate(self.powers):
            for i in range(len(w.states)):
                power.put(i, float(self.numbers["packages"][a, i]))
        shapes = {"s": len(w.states), "k": len(w.sources), "t": len(w.treaties)}
        self.memory = {
            one.name: np.zeros([shapes[letter] for letter in one.over]).tolist() for one in w.mechanisms.memories
        }
        self.pulses: dict[int, list[Any]] = {}
        for pulse in w.pulses:
            self.pulses.setdefault(pulse.step, []).append(pulse)
        self._all_states = self.agents_by_type.get(StateAgent)
        self._all_powers = self.agents_by_type.get(OutsidePower, mesa.agent.AgentSet([], random=self.random))
        self.provide()
        self._seat()

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
            nominal * state.provision for nominal, state in zip(self._nominal, self.states, strict=True)
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
        self.deliberation = int(self.dial["deliberation"])
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


def release(model: AllianceModel) -> None:
    """Let a finished model go: Mesa 3.3 keeps every model in a class attribute (mended in 3.5)."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


__all__ = ["PHASES", "AllianceModel", "release"]
