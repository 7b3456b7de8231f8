"""The interactive engine: a Mesa model whose step is one month."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mesa

from agents.interest import kinship
from agents.perception import (
    dilemma_shock,
    event_intensity,
    opposition,
    provision,
    restraint,
    sponsored_intensity,
    threat_intensity,
)
from agents.power import OutsidePower
from agents.state import StateAgent

from .collect import Collector
from .draws import draw, fresh_seed
from .pack import (
    BEHAVIOUR,
    INSTITUTION,
    SWITCHES,
    World,
    arrival_probability,
    arrival_size,
    dials,
    long_run_intensity,
    pack,
)
from .schema.base import MONTHS_IN_YEAR
from .schema.load import load_scenario
from .schema.scenario import Scenario
from .treaties.ladder import admission_gain, core_overlap, next_mistrust
from .treaties.rules import directed_share, effects
from .treaties.treaty import Treaty

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
        self._clock = 0
        self.running = True
        self.noise: list[list[float]] = []
        self.states = [StateAgent(self, i) for i in range(len(w.states))]
        self.powers = [OutsidePower(self, a) for a in range(len(w.powers))]
        self.treaties = [Treaty(p, body, len(w.sources), len(w.states)) for p, body in enumerate(w.bodies)]
        self._refresh()
        self._set_out()
        self.datacollector = Collector(self, record)
        while self._clock < w.opens:
            self._advance()

    # -- time -------------------------------------------------------------------------------

    @property
    def month(self) -> int:
        """Months of the recorded run so far."""
        return max(self._clock - self.world.opens, 0)

    @property
    def date(self) -> str:
        """The last month run, `YYYY-MM`; before the first step the month before the start."""
        return self.world.month(self._clock - 1)

    def step(self) -> None:
        """Run one month; at the horizon nothing more."""
        if not self.running:
            return
        self._advance()
        self.datacollector.collect(self)
        self.running = self._clock < self.world.steps

    def _advance(self) -> None:
        for phase in PHASES:
            getattr(self, f"_{phase}")()
        self._clock += 1

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
        total = weighted = 0.0
        for j in treaty.partners(state, treaty.members):
            total += self.capability[j]
            weighted += self.capability[j] * self.states[j].perception[source]
        return weighted / total

    def promoted(self, treaty: Treaty, state: int) -> float:
        """E8: depth of the state's treaties that promote this one, by the strength of their article."""
        total = 0.0
        for other in self._treaties_of[state]:
            for target, strength in other.effects.promotes:
                if target == treaty.index:
                    total += strength * other.depth
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
        step, w = self._clock, self.world
        changed = False
        for at, slot, value in w.settings:
            if at == step:
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
            treaty.succeed(self._clock, self.treaties[before])
        else:
            mistrust = float(self.numbers["mistrust"][treaty.index])
            treaty.sign(self._clock, mistrust, steps, share)

    def _move(self, treaty: Treaty, state: int, enters: bool) -> None:
        if not treaty.running:
            return
        if enters and state not in treaty.members:
            treaty.enter(state)
        elif not enters and state in treaty.members:
            treaty.leave(state, self._clock, self._ladder_constants()[2])

    def _shock(self) -> None:
        """E1, E2: sources flare up and fade; dated events, rumours and weaknesses leave their mark."""
        step, w = self._clock, self.world
        shock = [0.0] * len(w.sources)
        event, rumour = ([[0.0] * len(w.sources) for _ in w.states] for _ in range(2))
        weakness = [0.0] * len(w.states)
        for pulse in self._pulses.get(step, ()) if self.switch["calendar"] else ():
            if pulse.target != "weakness" and self.held[pulse.source]:
                continue
            amount = pulse.amount * (self.dial["size"] if pulse.relative else 1.0) * self._scale(pulse)
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
                    shock[k] += self.sizes[step][k]
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
                state.perception = [self.exposure[i][k] * self.long_run[k] for k in range(len(self.world.sources))]
            return
        self.noise = self._draws.perception[self._clock].tolist()
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
            treaty.bargain = self._negotiate(treaty, members)

    def _negotiate(self, treaty: Treaty, members: list[int], interests: Any = None) -> Any:
        if interests is None:
            interests = {i: self.states[i].interests[treaty.index] for i in members}
        # The ratchet computes interests without using them: nothing is paid.
        linkage = 0.0 if self.switch["ratchet"] else self.dial["linkage"]
        return treaty.negotiate(members, interests, linkage, self.need_order, self.needs)

    def _institute(self) -> None:
        """E12, E13: practice follows the bargain, organs follow practice, mistrust fades."""
        step, dial, constant = self._clock, self.dial, self.constant
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
            if not treaty.review(step, round(constant["review_months"]), steps, constant["slack"]):
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
            if origin == -2:
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
        leaving = [(t, i) for t in self.treaties if t.running for i in t.members if self._leaves(t, i)]
        joining = [
            (t, i)
            for t in self.treaties
            if t.running
            for i in t.body.candidates
            if i not in t.members and self._joins(t, i)
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
                treaty.renew(self._clock)
        for treaty, i in joining:
            treaty.enter(i)
        for treaty, i in leaving:
            if treaty.running:
                treaty.leave(i, self._clock, reentry)
        for treaty in signing:
            self._sign(treaty)
        self._seat()

    def _leaves(self, treaty: Treaty, state: int) -> bool:
        dial = self.dial
        value = treaty.worth(state, self.states[state].interests[treaty.index], self.needs)
        wants = treaty.wants_out(
            self._clock,
            value,
            self.states[state].offer,
            dial["outside"],
            dial["exit_cost"],
            dial["backtrack"],
        )
        treaty.leaving[state] = treaty.leaving[state] + 1 if wants else 0
        return (
            treaty.leaving[state] >= self.deliberation
            and treaty.may_leave(self._clock, self.constant["window_months"])
            and bool(self.switch["exits"])
            and not self.switch["ratchet"]
        )

    def _joins(self, treaty: Treaty, state: int) -> bool:
        keen = self.states[state].interests[treaty.index].ideal > self.dial["entry"]
        welcome = keen and bool(self.switch["guests"])
        treaty.guests = sorted({*treaty.guests, state} if welcome else {*treaty.guests} - {state})
        free = keen and self._clock >= treaty.barred_until[state]
        treaty.joining[state] = treaty.joining[state] + 1 if free else 0
        return (
            treaty.joining[state] >= self.deliberation
            and bool(self.switch["entries"])
            and not self.switch["ratchet"]
            and self._admitted(treaty, state)
        )

    def _admitted(self, treaty: Treaty, state: int) -> bool:
        """Nobody who decides loses; a lead state elsewhere asks for a gain before it lets another in."""
        members = sorted([*treaty.members, state])
        interests = {i: self.states[i].interest(treaty, treaty.partners(i, members)) for i in members}
        agreed = self._negotiate(treaty, members, interests).agreed
        refusals = 0
        deciders = treaty.deciders(treaty.members)
        for i in deciders:
            with_it = interests[i].utility(agreed, self.needs)
            without = self.states[i].interests[treaty.index].utility(treaty.bargain.agreed, self.needs)
            asks = 0.0
            if self._guards(i, treaty, state):
                asks = admission_gain(self.dial["sphere"], self.states[i].provision)
            refusals += 1 if with_it < without + asks else 0
        allowed = (len(deciders) - 1) // 2 if treaty.body.decision == "majority" else 0
        return refusals <= allowed

    def _guards(self, lead: int, treaty: Treaty, newcomer: int) -> bool:
        """Whether `lead` leads another treaty with two other parties of this one, and without the newcomer."""
        return any(
            other is not treaty
            and other.running
            and lead in other.body.leads
            and lead in other.members
            and newcomer not in other.members
            and len([i for i in treaty.members if i != lead and i in other.members]) >= 2
            for other in self.treaties
        )

    def _turn(self) -> None:
        """E14."""
        self._all_states.do("turn")
        self._all_states.do("settle")

    def _measure(self) -> None:
        """E16: the record of the month, kept for months of the run proper."""
        if self._clock >= self.world.opens:
            self.datacollector.measure(self, self._clock - self.world.opens)

    # -- numbers ------------------------------------------------------------------------------

    def _set_out(self) -> None:
        """The world before its first month."""
        w = self.world
        self.intensity = list(self.base)
        self.restraint = [0.0] * len(w.sources)
        self.effective = list(self.base)
        for i, state in enumerate(self.states):
            state.perception = [self.exposure[i][k] * self.base[k] for k in range(len(w.sources))]
            state._perception = state.perception
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
        return c["steps"], c["opening_share"], round(c["reentry_months"])

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
        self.dial = dials(
            dict(zip(BEHAVIOUR, n["behaviour"].tolist(), strict=True)),
            dict(zip(SWITCHES, n["switches"].tolist(), strict=True)),
        )
        self.switch = dict(zip(SWITCHES, n["switches"].tolist(), strict=True))
        self.constant = dict(zip(INSTITUTION, n["institution"].tolist(), strict=True))
        self.deliberation = round(self.dial["deliberation"])
        year = (w.first_month + self._clock) // MONTHS_IN_YEAR - w.first_year
        self._nominal = n["capability"][year].tolist()
        self._contribution = n["contribution"].tolist()
        self.power_capability = n["power_capability"][year].tolist()
        self.outside_capability = 0.0
        for capability in self.power_capability:
            self.outside_capability += capability
        for name in ("exposure", "independence", "weight", "leverage", "base", "provoked", "held", "courts"):
            setattr(self, name, n[name].tolist())
        self.normal_provision = n["provision"].tolist()
        self.concession = [
            share if sponsor >= 0 else 0.0
            for share, sponsor in zip(n["concession"].tolist(), w.sponsor, strict=True)
        ]
        self.needs = [*n["need"].tolist(), self.constant["tether_need"]]
        self.need_order = sorted(range(len(self.needs)), key=lambda k: (-self.needs[k], k))
        self.arrival = arrival_probability(n["rate"]).tolist()
        self.sizes = arrival_size(n["median"], n["log_sd"], self._draws.magnitude).tolist()
        self.long_run = long_run_intensity(
            n["base"], n["rate"], n["median"], n["log_sd"], self.dial["persistence"]
        ).tolist()
        polity = n["polity"].tolist()
        self.kin = [[kinship(self.switch["solidarity"], own, other) for other in polity] for own in polity]
        self._refresh_treaties()

    def _refresh_treaties(self) -> None:
        n, w = self.numbers, self.world
        sponsored = [sponsor >= 0 for sponsor in w.sponsor]
        for p, treaty in enumerate(self.treaties):
            own = list(treaty.body.articles)
            treaty.scope = n["scope"][p].tolist()
            treaty.obligation = round(float(n["obligation"][p]))
            treaty.effects = effects(
                [w.clauses[a] for a in own],
                n["article_on"][own].tolist(),
                n["article_strength"][own].tolist(),
                n["article_sources"][own].tolist(),
                n["article_years"][own].tolist(),
                n["article_renewal_years"][own].tolist(),
                treaty.scope,
            )
            treaty.covered = [
                k for k, covered in enumerate(treaty.scope) if covered > 0.0 or treaty.effects.support[k] > 0.0
            ]
            treaty.directed = directed_share(treaty.scope, sponsored)


def release(model: AllianceModel) -> None:
    """Let a finished model go: Mesa 3.3 keeps every model in a class attribute (mended in 3.5)."""
    ids = getattr(mesa.Agent, "_ids", None)
    if ids is not None:
        ids.pop(model, None)


__all__ = ["PHASES", "AllianceModel", "release"]
