"""A treaty during a run: its members, practice, organs, promise, and what its parties agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low

from entente.agents.state import Interest, ideal_depth
from entente.month.bargain import agreed_depth, due, gain, gain_share, payment
from entente.month.ladder import (
    BY_DELIBERATION,
    BY_GATE,
    FREE,
    ceiling,
    climbs,
    drift_depth,
    exit_threshold,
    next_depth,
    opening_depth,
    sinks,
    worth,
)
from entente.world.pack import Body

ABSENT, RUNNING, ENDED = 0, 1, 2


@dataclass
class Bargain:
    """E11 of one month: the least that the decision rule yields, the joint best, the depth agreed, flows."""

    floor: float = 0.0
    joint: float = 0.0
    agreed: float = 0.0
    received: dict[int, float] = field(default_factory=dict)
    paid: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What the treaty's text amounts to this month: see `rules.Effects`; scope, and `directed` and obligation."""

    confidence: float
    exclusivity: float
    consultation: float
    coordination: float
    norm: list[float]
    support: list[float]
    promotes: list[float]
    term: float
    renewal: float
    term_strength: float
    directed: float
    scope: list[float]
    obligation: float


class Treaty:
    """A treaty of the interactive engine. Steps count months from the first month run."""

    def __init__(self, index: int, body: Body, sources: int, states: int) -> None:
        self.index = index
        self.body = body
        self.id = body.id
        self.status = ABSENT
        self.members: list[int] = []
        self.depth = 0.0
        self.rung = 0
        self.mistrust = 0.0
        self.obligation = 0
        self.in_force = 0
        self.term_start = 0
        self.term_end = -1
        self.rising = 0
        self.blocked = FREE
        self.overlap = 0.0
        self.leaving = [0] * states
        self.joining = [0] * states
        self.barred_until = [-1] * states
        self.guests: list[int] = []
        self.consulted: list[int] = []
        self.alarm = [0.0] * sources
        self.bargain = Bargain()
        self.effects: Standing
        self.scope: list[float] = []
        self.covered: list[int] = []
        self.directed = 0.0

    # -- standing ---------------------------------------------------------------------------

    def stand(self, standing: Standing) -> None:
        """Take over what the text now amounts to."""
        self.effects = standing
        self.scope, self.directed = standing.scope, standing.directed
        self.obligation = int(standing.obligation)
        self.covered = [k for k, share in enumerate(self.scope) if share > 0.0 or standing.support[k] > 0.0]

    @property
    def running(self) -> bool:
        return self.status == RUNNING

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

    def sign(self, step: int, mistrust: float, steps: float, share: float) -> None:
        """Sign among the founders, with the rung of the treaty's data."""
        self._begin(self.body.rung, mistrust, self.body.founders)
        self.depth = opening_depth(self.rung, steps, share)
        self.in_force = step + self.body.force_delay
        self._run_term(self.in_force)

    def succeed(self, step: int, predecessor: Treaty) -> None:
        """Sign in the place of another treaty: a step in promise, not of itself in organs."""
        self._begin(predecessor.rung, predecessor.mistrust, self.body.founders)
        self.depth = predecessor.depth
        self.in_force = step + self.body.force_delay
        self._run_term(self.in_force)
        predecessor.end()

    def open(self, step: int, steps: float, share: float, reentry: int) -> None:
        """Take the state that the scenario gives for its start."""
        start = self.body.opening
        assert start is not None
        self._begin(start.rung, start.mistrust, start.members)
        for i, left in start.left.items():
            self.barred_until[i] = left + reentry
        self.depth = opening_depth(self.rung, steps, share)
        self.in_force = step if self.body.signed < 0 else self.body.signed + self.body.force_delay
        self._run_term(self.in_force)
        while 0 <= self.term_end <= step:
            self._run_term(self.term_end)

    def _begin(self, rung: int, mistrust: float, members: Sequence[int]) -> None:
        self.status = RUNNING
        self.members = list(members)
        self.rung = rung
        self.mistrust = mistrust
        self.rising = 0
        self.leaving = [0] * len(self.leaving)
        self.joining = [0] * len(self.joining)
        self.term_end = -1

    def _run_term(self, start: int) -> None:
        """Start the first term, or the next one."""
        length = int(self.effects.term if self.term_end < 0 else self.effects.renewal)
        self.term_start = start
        self.term_end = start + length if length > 0 else -1

    def end(self) -> None:
        """Close the treaty: no members, no practice."""
        self.status = ENDED
        self.members = []
        self.depth = 0.0
        self.rung = 0
        self.guests = []
        self.consulted = []
        self.bargain = Bargain()

    def enter(self, state: int) -> None:
        self.members = sorted([*self.members, state])
        self.guests = [i for i in self.guests if i != state]
        self.joining[state] = self.leaving[state] = 0

    def leave(self, state: int, step: int, reentry: int) -> None:
        self.members = [i for i in self.members if i != state]
        self.leaving[state] = self.joining[state] = 0
        self.barred_until[state] = step + reentry
        if len(self.members) < 2:
            self.end()

    # -- terms ------------------------------------------------------------------------------

    def renew(self, step: int) -> None:
        """Renew a term that ran out; a term article switched on or off starts or ends the lock-in."""
        if self.effects.term == 0:
            self.term_end = -1
        elif self.term_end < 0:
            self._run_term(max(step, self.in_force))
        elif step >= self.term_end:
            self._run_term(self.term_end)

    def months_left(self, step: int) -> int:
        """Months to the next renewal, 0 without a term."""
        return self.term_end - step if self.term_end >= 0 else 0

    def may_leave(self, step: int, window: float) -> bool:
        """Exit is possible around a renewal, and in any month without a term."""
        return self.term_end < 0 or self.months_left(step) <= window

    def lock(self, step: int, lock: float, window: float) -> float:
        """The lock-in of E12: of the term article's strength, off around a renewal and without a term."""
        return 0.0 if self.may_leave(step, window) else lock * self.effects.term_strength

    # -- bargaining and institutions --------------------------------------------------------

    def negotiate(
        self,
        members: Sequence[int],
        interests: dict[int, Interest],
        linkage: float,
        order: Sequence[int],
        needs: Sequence[float],
    ) -> Bargain:
        """E11 among `members`."""
        ideals = [interests[i].ideal for i in self.deciders(members)]
        floor = median_low(ideals) if self.body.decision == "majority" else min(ideals)
        benefits = [0.0] * len(needs)
        linear = curve = 0.0
        for i in members:
            own = interests[i]
            for k, benefit in enumerate(own.benefits):
                benefits[k] += benefit
            linear += own.linear
            curve += own.curve
        joint = ideal_depth(benefits, linear, curve, order, needs)
        bargain = Bargain(floor, joint, agreed_depth(floor, joint, linkage))
        self._settle_payments(members, interests, needs, bargain)
        return bargain

    def _settle_payments(
        self, members: Sequence[int], interests: dict[int, Interest], needs: Sequence[float], bargain: Bargain
    ) -> None:
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

    def practise(self, step: int, steps: float, deepen: float, hollow: float, lock: float, window: float) -> None:
        """E12."""
        top = ceiling(self.rung, steps)
        held = self.lock(step, lock, window)
        self.depth = next_depth(self.depth, self.bargain.agreed, top, deepen, hollow, held)

    def climb(
        self, step: int, steps: float, near: float, deliberation: int, gate: float, core_overlap: float
    ) -> None:
        """E13, upwards: one rung where the organs have been too small for long enough."""
        self.blocked = FREE
        if self.rung + 1 >= steps or not climbs(self.depth, self.bargain.agreed, ceiling(self.rung, steps), near):
            self.rising = 0
            return
        self.rising += 1
        if self.rising < deliberation:
            self.blocked = BY_DELIBERATION
        elif self.rung + 2 >= steps and gate > 0.0 and not self.overlap > core_overlap:
            self.blocked = BY_GATE
        else:
            self.rung += 1
            self.rising = 0

    def review(self, step: int, every: int, steps: float, slack: float) -> bool:
        """E13, downwards: True where a review of this month takes a rung away."""
        age = step - self.in_force
        if age <= 0 or age % every != 0 or self.rung == 0:
            return False
        if not sinks(self.depth, self.rung, steps, slack):
            return False
        self.rung -= 1
        self.rising = 0
        return True

    def drift(self, uniform: float, drift: float, steps: float, deepen: float) -> None:
        """The ratchet: a rung with probability `drift`, never back; depth follows the rung."""
        self.blocked = FREE
        self.rung += 1 if uniform < drift and self.rung + 1 < steps else 0
        self.depth = drift_depth(self.depth, ceiling(self.rung, steps), deepen)

    def worth(self, state: int, interest: Interest, needs: Sequence[float]) -> float:
        """V of a party: what has been agreed is worth to it, with payments."""
        agreed = interest.utility(self.bargain.agreed, needs)
        return worth(agreed, self.bargain.received[state], self.bargain.paid[state])

    def wants_out(
        self, step: int, value: float, offer: float, outside: float, exit_cost: float, backtrack: float
    ) -> bool:
        """E13: V is below what leaving is worth."""
        length = self.term_end - self.term_start
        left = self.months_left(step) / length if self.term_end >= 0 else 0.0
        return value < exit_threshold(outside, offer, exit_cost, backtrack, self.depth, left)
