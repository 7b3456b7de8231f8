"""The interactive engine: a Mesa model whose step is one month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mesa
from entente.agents.interest import capability_share, kinship
from entente.agents.perception import (
    dilemma_shock,
    event_intensity,
    opposition,
    provision,
    restraint,
    sponsored_intensity,
    threat_intensity,
)
from entente.agents.power import OutsidePower
from entente.agents.state import StateAgent
from entente.month.ladder import core_overlap, next_mistrust
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.draws import draw, fresh_seed
from entente.world.pack import BEHAVIOUR, INSTITUTION, MEMBER, RELATIVE, SWITCHES, World, pack
from entente.world.terms import OF_TREATIES, arrival_size, by_name, long_run_intensity, terms

from .collect import Collector
from .membership import joins, leaves
from .treaty import Standing, Treaty

PHASES = (
    "intervene", "shock", "perceive", "consult", "act",
    "weigh", "bargain", "institute", "review", "turn", "measure",
)  # fmt: skip
"""One month, in order. Every phase reads the world at the end of the one before."""


class AllianceModel(mesa.Model):
    """An alliance, month by month.

    `scenario` is the id of a scenario in `configs/`, a `.yaml` path, a mapping or a `Scenario`; `seed`
    a whole number (None: a fresh one, kept in `seed`); `replicate` numbers the runs of one seed;
    `record` keeps the full tables, which `datacollector.get_table_dataframe` then gives at any time.
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
        **parameters: Any,
    ) -> None:
        self.seed = fresh_seed() if seed is None else int(seed)
        super().__init__(seed=self.seed)
        self.scenario = load_scenario(scenario, parameters)
        self.replicate = int(replicate)
        self.world: World = pack(self.scenario)
        w = self.world
        self.numbers = {name: values.copy() for name, values in w.numbers.items()}
        self._draws = draw(w.states, w.sources, w.treaties, w.steps, self.seed, self.replicate)
        self.clock = 0
        self.running = True
        self.noise: list[list[float]] = []
        self.states = [StateAgent(self, i) for i in range(len(w.states))]
        self.powers = [OutsidePower(self, a) for a in range(len(w.powers))]
        self.treaties = [Treaty(p, body, len(w.sources), len(w.states)) for p, body in enumerate(w.bodies)]
        self._refresh()
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

    # -- what agents ask of the world -----------------------------------------------------------

    def treaties_of(self, state: int) -> list[Treaty]:
        """Running treaties that the state is party to."""
        return self._treaties_of[state]

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

    def partners_mean(self, treaty: Treaty, state: int, source: int) -> float:
        """Perception of a source by the other parties, weighted by capability."""
        partners = treaty.partners(state, treaty.members)
        _, shares = self.capability_shares(partners)
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

    def promoted(self, treaty: Treaty, state: int) -> float:
        """E8: depth of the state's treaties that promote this one, by the strength of their article."""
        total = 0.0
        for other in self._treaties_of[state]:
            total += other.effects.promotes[treaty.index] * other.depth
        return total

    def provider(self, treaty: Treaty) -> int:
        """Hub provision (rival): the hub, lead or strongest party provides; -1 where the rival is off."""
        if self.switch["hub_provision"] == 0.0:
            return -1
        members = treaty.members if treaty.running else list(treaty.body.founders)
        if treaty.body.hub in members:
            return treaty.body.hub
        chosen = treaty.deciders(members) if treaty.body.decision == "lead" else members
        return max(chosen, key=lambda i: (self.capability[i], -i))

    # -- phases -----------------------------------------------------------------------------

    def _intervene(self) -> None:
        """What the calendar does at the beginning of the month: settings, moves, signings, openings."""
        step, w = self.clock, self.world
        changed = False
        for change in w.settings:
            if change.step == step:
                slot, value = change.slot, float(self.numbers["values"][change.value])
                self.numbers[slot.array][slot.index] = value
                changed = True
                if slot.array == "packages":
                    a, i = slot.index
                    self.powers[a].put(i, value)
        if changed or (step + w.first_month) % MONTHS_IN_YEAR == 0:
            self._refresh()
        steps, share, reentry = self._ladder_constants()
        if step == w.opens:
            for treaty in self.treaties:
                if treaty.body.opening is not None:
                    treaty.open(step, steps, share, reentry)
                    if treaty.body.predecessor >= 0:
                        self.treaties[treaty.body.predecessor].end()
        for treaty in self.treaties:
            if treaty.status == 0 and treaty.body.signed == step and not treaty.body.endogenous:
                self._sign(treaty)
        for move in w.moves:
            if move.step == step:
                self._move(self.treaties[move.treaty], move.state, move.enters)
        self._seat()

    def _sign(self, treaty: Treaty) -> None:
        steps, share, _ = self._ladder_constants()
        before = treaty.body.predecessor
        if before >= 0 and self.treaties[before].running:
            treaty.succeed(self.clock, self.treaties[before])
        else:
            mistrust = float(self.numbers["mistrust"][treaty.index])
            treaty.sign(self.clock, mistrust, steps, share)

    def _move(self, treaty: Treaty, state: int, enters: bool) -> None:
        if not treaty.running:
            return
        if enters and state not in treaty.members:
            treaty.enter(state)
        elif not enters and state in treaty.members:
            treaty.leave(state, self.clock, self._ladder_constants()[2])

    def _shock(self) -> None:
        """E1, E2: sources flare up and fade; dated events, rumours and weaknesses leave their mark."""
        step, w = self.clock, self.world
        shock = [0.0] * len(w.sources)
        event, rumour = ([[0.0] * len(w.sources) for _ in w.states] for _ in range(2))
        weakness = [0.0] * len(w.states)
        for pulse in self._pulses.get(step, ()) if self.switch["calendar"] else ():
            if pulse.target != "weakness" and self.held[pulse.source]:
                continue
            size = self.dial["size"] if pulse.size == RELATIVE else self.event_sizes[pulse.size]
            amount = pulse.weight * size * self._scale(pulse)
            if pulse.target == "intensity":
                shock[pulse.source] += amount
            elif pulse.target == "weakness":
                weakness[pulse.state] += amount
            else:
                (event if pulse.target == "event" else rumour)[pulse.state][pulse.source] += amount
        directed_depth = 0.0
        for treaty in self.treaties:
            directed_depth += treaty.directed * treaty.depth
        for k in range(len(w.sources)):
            if not self.held[k]:
                if step >= w.opens and self.switch["arrivals"] and self._draws.arrival[step, k] < self.arrival[k]:
                    shock[k] += self.arrival_sizes[step][k]
                shock[k] += dilemma_shock(self.dial["dilemma"], self.provoked[k], directed_depth)
            self.intensity[k] = threat_intensity(
                self.intensity[k], self.base[k], self.dial["persistence"], shock[k]
            )
        self.shocks, self.event_shocks, self.rumour_shocks = shock, event, rumour
        self._decay_events(event, rumour, weakness)
        self._restrain()

    def _decay_events(self, event: list[list[float]], rumour: list[list[float]], weakness: list[float]) -> None:
        memory, floor = self.dial["persistence"], self.constant["provision_floor"]
        for i, state in enumerate(self.states):
            state.event = [event_intensity(now, memory, event[i][k]) for k, now in enumerate(state.event)]
            state.rumour = [event_intensity(now, memory, rumour[i][k]) for k, now in enumerate(state.rumour)]
            state.provision = provision(state.provision, self.normal_provision[i], memory, weakness[i], floor)
        self._provide()

    def _restrain(self) -> None:
        """E2: joint opposition restrains sponsors."""
        for k, sponsor in enumerate(self.world.sponsor):
            greatest = 0.0
            if sponsor >= 0:
                for treaty in self.treaties:
                    if treaty.running and treaty.effects.norm[k] > 0.0:
                        together = 0.0
                        for i in treaty.members:
                            together += self.capability[i]
                        greatest = max(
                            greatest,
                            opposition(
                                treaty.effects.norm[k],
                                treaty.depth,
                                together,
                                self.power_capability[sponsor],
                            ),
                        )
            self.restraint[k] = restraint(self.dial["rho"], greatest)
            self.effective[k] = sponsored_intensity(self.intensity[k], self.concession[k], self.restraint[k])

    def _perceive(self) -> None:
        """E3."""
        if self.switch["held_perception"]:
            for i, state in enumerate(self.states):
                state.hold([self.exposure[i][k] * self.long_run[k] for k in range(len(self.world.sources))])
            return
        self.noise = self._draws.perception[self.clock].tolist()
        self._all_states.do("perceive")
        self._all_states.do("settle")

    def _consult(self) -> None:
        """E4: a treaty consults on a source of its scope that alarms any one party."""
        for treaty in self.treaties:
            treaty.consulted = []
            if treaty.running and treaty.effects.consultation > 0.0 and self.dial["contagion"] > 0.0:
                for k, covered in enumerate(treaty.scope):
                    greatest = 0.0
                    for i in treaty.members:
                        greatest = max(greatest, self.states[i].perception[k])
                    treaty.alarm[k] = greatest
                    if covered > 0.0 and greatest > self.dial["trigger"]:
                        treaty.consulted.append(k)
        if not self.switch["held_perception"]:
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
            members = treaty.members
            if not treaty.running:
                if treaty.status != 0 or not treaty.body.endogenous:
                    continue
                members = list(treaty.body.founders)
            treaty.bargain = self.negotiate(treaty, members)

    def negotiate(self, treaty: Treaty, members: list[int], interests: Any = None) -> Any:
        """E11 of a treaty among `members`, on this month's interests or on others."""
        if interests is None:
            interests = {i: self.states[i].interests[treaty.index] for i in members}
        # The ratchet computes interests without using them: nothing is paid.
        linkage = 0.0 if self.switch["ratchet"] else self.dial["linkage"]
        return treaty.negotiate(members, interests, linkage, self.need_order, self.needs)

    def _institute(self) -> None:
        """E12, E13: practice follows the bargain, organs follow practice, mistrust fades."""
        step, dial, constant = self.clock, self.dial, self.constant
        steps = constant["steps"]
        for treaty in self.treaties:
            if not treaty.running:
                continue
            self._ease_mistrust(treaty)
            treaty.overlap = self._core_overlap(treaty)
            if self.switch["ratchet"]:
                uniform = float(self._draws.drift[step, treaty.index])
                treaty.drift(uniform, dial["drift"], steps, dial["deepen"])
                continue
            treaty.practise(step, steps, dial["deepen"], dial["hollow"], dial["lock"], constant["window_months"])
            if not treaty.review(step, int(constant["review_months"]), steps, constant["slack"]):
                treaty.climb(
                    step,
                    steps,
                    constant["near"],
                    self.deliberation,
                    self.switch["gate"],
                    dial["core_overlap"],
                )

    def _ease_mistrust(self, treaty: Treaty) -> None:
        alarm = 0.0
        for k, origin in enumerate(self.world.origin):
            if origin == MEMBER:
                for i in treaty.members:
                    alarm += self.states[i].perception[k]
        treaty.mistrust = next_mistrust(
            treaty.mistrust,
            self.dial["trust"],
            treaty.effects.confidence,
            self.dial["neighbour_mistrust"] / MONTHS_IN_YEAR,
            alarm / len(treaty.members),
        )

    def _core_overlap(self, treaty: Treaty) -> float:
        """E13: the least overlap of core contingencies over ordered pairs of deciders, lone leads with all."""
        deciders = treaty.deciders(treaty.members)
        pool = deciders if len(deciders) > 1 else treaty.members
        least = -1.0
        for j in pool:
            core = self.world.core[j]
            for i in pool:
                if i != j and core >= 0:
                    pair = core_overlap(
                        self.states[i].perception[core],
                        self.states[j].perception[core],
                        self.constant["core_floor"],
                    )
                    least = pair if least < 0.0 else min(least, pair)
        return max(least, 0.0)

    def _review(self) -> None:
        """E13: parties leave, candidates join or take part, founders sign, terms are renewed."""
        leaving = [(t, i) for t in self.treaties if t.running for i in t.members if leaves(self, t, i)]
        joining = [
            (t, i)
            for t in self.treaties
            if t.running
            for i in t.body.candidates
            if i not in t.members and joins(self, t, i)
        ]
        signing = [
            t
            for t in self.treaties
            if t.status == 0
            and t.body.endogenous
            and not self.switch["ratchet"]
            and t.bargain.agreed > self.dial["sign"]
        ]
        reentry = self._ladder_constants()[2]
        for treaty in self.treaties:
            if treaty.running:
                treaty.renew(self.clock)
        for treaty, i in joining:
            treaty.enter(i)
        for treaty, i in leaving:
            if treaty.running:
                treaty.leave(i, self.clock, reentry)
        for treaty in signing:
            self._sign(treaty)
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
        self.intensity = list(self.base)
        self.restraint = [0.0] * len(w.sources)
        self.effective = list(self.base)
        for i, state in enumerate(self.states):
            state.hold([self.exposure[i][k] * self.base[k] for k in range(len(w.sources))])
            state.provision = self.normal_provision[i]
        for a, power in enumerate(self.powers):
            for i in range(len(w.states)):
                power.put(i, float(self.numbers["packages"][a, i]))
        self._pulses: dict[int, list[Any]] = {}
        for pulse in w.pulses:
            self._pulses.setdefault(pulse.step, []).append(pulse)
        self._all_states = self.agents_by_type.get(StateAgent)
        self._all_powers = self.agents_by_type.get(OutsidePower, mesa.agent.AgentSet([], random=self.random))
        self._provide()
        self._seat()

    def _seat(self) -> None:
        """Who sits where, after memberships changed."""
        self._treaties_of = [
            [t for t in self.treaties if t.running and i in t.members] for i in range(len(self.states))
        ]

    def _scale(self, pulse: Any) -> float:
        if pulse.scale == "plain":
            return 1.0
        own = self.exposure[pulse.state]
        if pulse.scale == "exposure":
            return own[pulse.source]
        total = 0.0
        for k, sponsor in enumerate(self.world.sponsor):
            total += own[k] if sponsor == self.world.sponsor[pulse.source] else 0.0
        return own[pulse.source] / total if total > 0.0 else 0.0

    def _ladder_constants(self) -> tuple[float, float, int]:
        c = self.constant
        return c["steps"], c["opening_share"], int(c["reentry_months"])

    def _provide(self) -> None:
        """Capabilities and contributions, times what each state can provide this month."""
        self.capability = [
            nominal * state.provision for nominal, state in zip(self._nominal, self.states, strict=True)
        ]
        self.contribution = [
            [given * state.provision for given in row]
            for row, state in zip(self._contribution, self.states, strict=True)
        ]

    def _refresh(self) -> None:
        """Take over the numbers of the scenario as they now are."""
        n, w = self.numbers, self.world
        acting = terms(w, n)
        self.dial = by_name(BEHAVIOUR, acting["dials"])
        self.switch = by_name(SWITCHES, acting["switches"])
        self.constant = by_name(INSTITUTION, acting["constants"])
        self.deliberation = int(self.dial["deliberation"])
        year = (w.first_month + self.clock) // MONTHS_IN_YEAR - w.first_year
        self._nominal = n["capability"][year].tolist()
        self._contribution = n["contribution"].tolist()
        self.power_capability = n["power_capability"][year].tolist()
        self.outside_capability = 0.0
        for capability in self.power_capability:
            self.outside_capability += capability
        for name in (
            "exposure", "exposure_root", "independence", "weight", "leverage", "base", "provoked", "held", "courts",
            "concession", "needs", "arrival",
        ):  # fmt: skip
            setattr(self, name, acting[name].tolist())
        self.need_order = [int(k) for k in acting["order"]]
        self.normal_provision = acting["provision"].tolist()
        self.event_sizes = acting["sizes"].tolist()
        self.arrival_sizes = arrival_size(n["median"], n["log_sd"], self._draws.magnitude).tolist()
        self.long_run = long_run_intensity(
            n["base"], n["rate"], n["median"], n["log_sd"], self.dial["persistence"]
        ).tolist()
        polity = n["polity"].tolist()
        self.kin = [[kinship(self.switch["solidarity"], own, other) for other in polity] for own in polity]
        of_treaties = {name: acting[name].tolist() for name in (*OF_TREATIES, "directed", "scope", "obligation")}
        for p, treaty in enumerate(self.treaties):
            treaty.stand(Standing(**{name: values[p] for name, values in of_treaties.items()}))


def release(model: AllianceModel) -> None:
    """Let a finished model go: Mesa 3.3 keeps every model in a class attribute (mended in 3.5)."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


__all__ = ["PHASES", "AllianceModel", "release"]
