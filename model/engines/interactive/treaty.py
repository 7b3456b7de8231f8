"""A treaty during a run: its members, practice, organs, promise, and what its parties agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from statistics import median_low
from typing import Any

from entente.agents.state import Bend, Interest, ideal_depth
from entente.errors import InputError
from entente.month.bargain import agreed_depth, due, gain, gain_share, payment
from entente.month.ladder import (
    BY_DELIBERATION,
    BY_GATE,
    FREE,
    ceiling,
    core_overlap,
    demanded,
    fall_pressure,
    next_depth,
    next_mistrust,
    opening_depth,
    raised_rung,
    rise_pressure,
    shortfall,
    surplus,
    whole_rung,
    worth,
)
from entente.schema.state import NEVER
from entente.world.trajectory import ONE_LEFT, SUCCEEDED

ABSENT, RUNNING, ENDED = 0, 1, 2


@dataclass
class Bargain:
    """E11 of one month: the least that the decision rule yields, the joint best, the depth agreed, flows."""

    floor: float = 0.0
    joint: float = 0.0
    agreed: float = 0.0
    received: dict[int, float] = field(default_factory=dict)
    paid: dict[int, float] = field(default_factory=dict)


class Treaty:
    """A treaty of the interactive engine, in a model. Steps count months from the first month run.

    Examples:
        >>> from dataclasses import replace
        >>> from entente import AllianceModel, Treaty
        >>> class CautiousTreaty(Treaty):
        ...     def negotiate(self, members, interests):
        ...         found = super().negotiate(members, interests)
        ...         return replace(found, agreed=0.9 * found.agreed)
        >>> model = AllianceModel("memo-2001", seed=1, months=12, treaty_class=CautiousTreaty)
        >>> model.run_model()
        >>> type(model.treaties[0]).__name__
        'CautiousTreaty'
    """

    def __init__(self, model: Any, index: int) -> None:
        self.model = model
        self.index = index
        self.body = model.world.bodies[index]
        self.id: str = self.body.id
        self.status = ABSENT
        self.members: list[int] = []
        self.depth = 0.0
        self.rung = 0
        self.mistrust = 0.0
        self.in_force = 0
        self.term_start = 0
        self.term_end = -1
        self.demand = 0.0
        self.rise_pressure = 0.0
        self.fall_pressure = 0.0
        self.blocked = FREE
        self.overlap = 0.0
        self.dormant = 0
        """Months for which it has been as good as dead."""
        self.leaving = [0] * len(model.world.states)
        self.joining = [0] * len(model.world.states)
        self.barred_until = [-1] * len(model.world.states)
        self.guests: list[int] = []
        self.left_by: dict[int, int] = {}
        self.came_by: dict[int, int] = {}
        self.ended_by = 0
        """Who has left this month."""
        self.consulted: list[int] = []
        self.alarm = [0.0] * len(model.world.sources)
        self.bargain = Bargain()
        self.values: dict[int, float] = {}
        """What staying is worth to each party that bargained this month (V)."""
        self.covered: list[int] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: rung {self.rung}, depth {self.depth:.2f}, {len(self.members)} parties>"

    # -- standing ---------------------------------------------------------------------------

    def of(self, name: str) -> Any:
        """A number of the treaty, such as `scope`, as it stands this month."""
        return self.model.of[name][self.index]

    @property
    def running(self) -> bool:
        return self.status == RUNNING

    @property
    def directed(self) -> float:
        """Share of the treaty's scope that is aimed at an outside power."""
        return float(self.of("directed"))

    @property
    def obligation(self) -> int:
        """The obligation that the treaty declares."""
        return int(self.of("obligation"))

    @property
    def promised(self) -> int:
        """The obligation in force: 0 unless the treaty runs."""
        return self.obligation if self.running else 0

    def deciders(self, members: Sequence[int]) -> list[int]:
        """Lead states where these decide and one is a member, else all members."""
        if self.body.decision == "lead":
            leads = [i for i in self.body.leads if i in members]
            if leads:
                return leads
        return list(members)

    def partners(self, state: int, members: Sequence[int]) -> list[int]:
        """The other parties; in a hub treaty the hub alone for a spoke."""
        if self.body.hub in members and state != self.body.hub:
            return [self.body.hub]
        return [j for j in members if j != state]

    # -- beginning and end ------------------------------------------------------------------

    def sign(self) -> None:
        """Sign among the founders: in the place of a predecessor that runs, or with the rung of the treaty's data.

        To succeed another treaty is a step in promise, not of itself in organs.
        """
        before = self.model.treaties[self.body.predecessor] if self.body.predecessor >= 0 else None
        if before is not None and before.running:
            self._begin(before.rung, before.mistrust, self.body.founders)
            self.depth = before.depth
            self.rise_pressure, self.fall_pressure = before.rise_pressure, before.fall_pressure
            before.end(SUCCEEDED + self.index)
        else:
            self._begin(self.body.rung, float(self.of("mistrust")), self.body.founders)
            self.depth = self._opening_depth()
        self.in_force = self.model.clock + self.body.force_delay
        self._run_term(self.in_force)

    def open(self) -> None:
        """Take the state that the scenario gives for its start."""
        start, step = self.body.opening, self.model.clock
        self._begin(start.rung, start.mistrust, start.members)
        for i, left in start.left.items():
            self.barred_until[i] = left + int(self.model.constant["reentry_months"])
        self.depth = start.practice(self.model.constant["steps"])
        signed = self.body.signed
        self.in_force = step if signed == NEVER else signed + self.body.force_delay
        begun, length = self.in_force, int(self.of("term"))
        while length > 0 and begun + length <= step:
            begun, length = begun + length, int(self.of("renewal"))
        self.term_start = begun
        self.term_end = begun + length if length > 0 else -1

    def _opening_depth(self) -> float:
        return opening_depth(self.rung, self.model.constant["steps"])

    def _begin(self, rung: int, mistrust: float, members: Sequence[int]) -> None:
        self.status = RUNNING
        self.members = list(members)
        self.rung = rung
        self.mistrust = mistrust
        self.rise_pressure = self.fall_pressure = 0.0
        self.dormant = 0
        self.leaving = [0] * len(self.leaving)
        self.joining = [0] * len(self.joining)
        self.term_end = -1

    def _run_term(self, start: int) -> None:
        """Start the first term, or the next one."""
        length = int(self.of("term") if self.term_end < 0 else self.of("renewal"))
        self.term_start = start
        self.term_end = start + length if length > 0 else -1

    def end(self, by: int) -> None:
        """Close the treaty, by a code that says why: no members, no practice."""
        self.status = ENDED
        self.ended_by = by
        self.members = []
        self.depth = 0.0
        self.rung = 0
        self.demand = self.rise_pressure = self.fall_pressure = 0.0
        self.dormant = 0
        self.guests = []
        self.consulted = []
        self.bargain = Bargain()

    def enter(self, state: int, by: int) -> None:
        """Let a state in, by a code that says why."""
        self.came_by[state] = by
        self.members = sorted([*self.members, state])
        self.guests = [i for i in self.guests if i != state]
        self.joining[state] = self.leaving[state] = 0

    def leave(self, state: int, by: int) -> None:
        """Let a state go, by a code that says why."""
        self.left_by[state] = by
        self.members = [i for i in self.members if i != state]
        self.leaving[state] = self.joining[state] = 0
        self.barred_until[state] = self.model.clock + int(self.model.constant["reentry_months"])
        if len(self.members) < 2:
            self.end(ONE_LEFT)

    # -- terms ------------------------------------------------------------------------------

    def renew(self) -> None:
        """Renew a term that ran out; a term article switched on or off starts or ends the lock-in."""
        step = self.model.clock
        if self.of("term") == 0:
            self.term_end = -1
        elif self.term_end < 0:
            self._run_term(max(step, self.in_force))
        elif step >= self.term_end:
            self._run_term(self.term_end)

    @property
    def months_left(self) -> int:
        """Months to the next renewal, 0 without a term."""
        return self.term_end - self.model.clock if self.term_end >= 0 else 0

    @property
    def term_left(self) -> float:
        """Share of the running term that is left, 0 without a term, 1 before it is in force."""
        return min(self.months_left / (self.term_end - self.term_start), 1.0) if self.term_end >= 0 else 0.0

    @property
    def unbound(self) -> bool:
        """No term binds in the months before a renewal, nor in any month without a term."""
        return self.term_end < 0 or self.months_left <= self.model.constant["window_months"]

    # -- consultation -----------------------------------------------------------------------

    def hold_consultation(self) -> None:
        """E4: on which sources the parties consult this month, and the alarm of the most alarmed of them."""
        m = self.model
        self.consulted = []
        for k in self.covered if self.running else ():
            greatest = 0.0
            for i in self.members:
                greatest = max(greatest, m.states[i].perception[k])
            self.alarm[k] = greatest
            if m.terms.alarm(m, self.index, k, greatest) > 0.0:
                self.consulted.append(k)

    # -- bargaining -------------------------------------------------------------------------

    def negotiate(self, members: Sequence[int], interests: dict[int, Interest]) -> Bargain:
        """E11 among `members`."""
        m = self.model
        ideals = [interests[i].ideal for i in self.deciders(members)]
        floor = median_low(ideals) if self.body.decision == "majority" else min(ideals)
        benefits = [0.0] * len(m.needs)
        linear = curve = common = saving = 0.0
        for i in members:
            own = interests[i]
            for k, benefit in enumerate(own.benefits):
                benefits[k] += benefit
            linear += own.linear
            curve += own.curve
            if own.bend is not None:
                common += own.bend.common
                saving += own.bend.saving
        joint = ideal_depth(benefits, linear, curve, m.need_order, m.needs, self.bend(common, saving))
        agreed = agreed_depth(floor, joint, m.terms.linkage(m, self.index), m.terms.agreement(m, self.index))
        bargain = Bargain(floor, joint, agreed)
        self._settle_payments(members, interests, bargain)
        return bargain

    def bend(self, common: float, saving: float) -> Bend | None:
        """What bends marginal utility where any mechanism may; `saving` reaches as far as the organs carry."""
        m = self.model
        if not m.world.mechanisms.bends:
            return None
        return Bend(common, saving, m.constant["exchange_need"], self.rung / m.constant["steps"])

    def _settle_payments(self, members: Sequence[int], interests: dict[int, Interest], bargain: Bargain) -> None:
        needs = self.model.needs
        at_floor = [interests[i].utility(bargain.floor, needs) for i in members]
        at_agreed = [interests[i].utility(bargain.agreed, needs) for i in members]
        dues = [due(f, a) for f, a in zip(at_floor, at_agreed, strict=True)]
        gained = [gain(f, a) for f, a in zip(at_floor, at_agreed, strict=True)]
        gains = 0.0
        for amount in gained:
            gains += amount
        shares = [gain_share(amount, gains) for amount in gained]
        for a, i in enumerate(members):
            bargain.received[i] = 0.0
            bargain.paid[i] = 0.0
            for b in range(len(members)):
                bargain.received[i] += payment(dues[a], shares[b])
                bargain.paid[i] += payment(dues[b], shares[a])

    # -- institutions -----------------------------------------------------------------------

    def institute(self) -> None:
        """E12, E13: mistrust changes, practice and organs follow what is wanted."""
        m, t, dial, steps = self.model, self.index, self.model.dial, self.model.constant["steps"]
        self.mistrust = next_mistrust(self.mistrust, m.terms.mistrust(m, t))
        self.demand = demanded(self.bargain.agreed, m.terms.demand(m, t))
        self.overlap = self._core_overlap()
        hollowing = m.terms.hollowing(m, t, 1.0 if self.unbound else 0.0)
        top, was = ceiling(self.rung, steps), self.depth
        moved = next_depth(was, self.demand, top, dial["deepen"], dial["hollow"], hollowing)
        self.depth = moved
        rung = self._climb(steps) if m.terms.ladder(m, t) > 0.0 else self._stay()
        # What replaces practice or organs reads them as they were.
        self.depth, moved = was, min(moved, ceiling(rung, steps))
        organs = whole_rung(m.terms.organs(m, t, rung), steps)
        self.depth = m.terms.practice(m, t, moved, organs)
        self.rung = int(organs)

    def _stay(self) -> int:
        self.blocked = FREE
        return self.rung

    def _climb(self, steps: float) -> int:
        """E13: the rung after organs have been too large for long enough, or too small."""
        m, dial, rung, demand = self.model, self.model.dial, self.rung, self.demand
        small, large = shortfall(demand, rung, steps), surplus(demand, rung, steps)
        self.rise_pressure = rise_pressure(self.rise_pressure, small, m.terms.pace(m, self.index, small))
        self.fall_pressure = fall_pressure(self.fall_pressure, large)
        self.blocked = FREE
        # The last rung is the text of the treaty, which goes with the treaty.
        if large > 0.0 and rung > 1 and self.fall_pressure >= dial["inertia"]:
            self.rise_pressure = self.fall_pressure = 0.0
            return rung - 1
        if not small > 0.0 or rung + 1 >= steps:
            return rung
        if self.rise_pressure < dial["deliberation"]:
            self.blocked = BY_DELIBERATION
            return rung
        highest = steps - 1.0 if m.terms.top(m, self.index, self.overlap) > 0.0 else steps - 2.0
        if rung >= highest:
            self.rise_pressure, self.blocked = dial["deliberation"], BY_GATE
            return rung
        self.rise_pressure = self.fall_pressure = 0.0
        return int(raised_rung(demand, steps, highest))

    def _core_overlap(self) -> float:
        """E13: the least overlap of core contingencies over ordered pairs of deciders, lone leads with all."""
        m = self.model
        deciders = self.deciders(self.members)
        pool = deciders if len(deciders) > 1 else self.members
        least = -1.0
        for j in pool:
            core = m.world.core[j]
            for i in pool:
                if i != j and core >= 0:
                    ours, theirs = m.states[i].perception[core], m.states[j].perception[core]
                    pair = core_overlap(ours, theirs, m.constant["core_floor"])
                    least = pair if least < 0.0 else min(least, pair)
        return max(least, 0.0)

    def appraise(self) -> None:
        """V of every party that bargained: what has been agreed is worth to it, with payments."""
        m, t = self.model, self.index
        for i, received in self.bargain.received.items():
            interest = m.states[i].interests[t]
            agreed = interest.utility(self.bargain.agreed, m.needs)
            if not isfinite(agreed):
                raise InputError(
                    f"{m.scenario.name}: {m.world.month(m.clock)}: {self.id}: is worth {agreed} to {m.world.states[i]}, "
                    "which is no finite number; look at the scenario's own mechanisms: `entente check` tries their functions"
                )
            self.values[i] = worth(agreed, received, self.bargain.paid[i], m.terms.staying(m, t, i, interest.fear))
