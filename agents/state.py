"""A state: perceives threats, weighs its treaties, turns towards or away from the bloc.

What mechanisms add to each step comes from `model.terms`, one function a place of the month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mesa

from .alignment import alignment, alignment_target, bloc_pull
from .interest import (
    benefit_at,
    benefit_left,
    bent_root,
    bent_utility,
    common_value,
    curvature,
    fall,
    inverse_of_both,
    kept_saving,
    segment_optimum,
    segment_root,
    utility,
)
from .outside import accepted_offer
from .perception import capped_threat, perceived_threat, sponsored_intensity, threat_target


@dataclass(frozen=True)
class Bend:
    """What bends the marginal utility of depth: a benefit that falls to 0 at `need`, a saving up to `organs`."""

    common: float = 0.0
    saving: float = 0.0
    need: float = 1.0
    organs: float = 0.0


def ideal_depth(
    benefits: Sequence[float],
    linear: float,
    curve: float,
    order: Sequence[int],
    needs: Sequence[float],
    bend: Bend | None = None,
) -> float:
    """E10. The depth on [0, 1] that maximises `sum_k b[k]*min(D, r[k]) + l*D - a*D^2/2` and what `bend` adds.

    `order` runs over the sources from the greatest need down; the slope of a segment adds the
    benefits of all sources that are still of use in it.
    """
    if bend is not None:
        fading = bend.common * (1.0 / bend.need)
        free, fading_free = fall(curve, 0.0, bend.saving), fall(curve, fading, bend.saving)
        fading_fall = fall(curve, fading, 0.0)
        straight, faded = inverse_of_both(free, curve), inverse_of_both(fading_free, fading_fall)
        inverses = (curve * straight, fading_fall * faded, free * straight, fading_free * faded)

    def root(slope: float) -> float:
        if bend is None:
            return segment_root(slope, curve)
        return bent_root(slope, bend.common, bend.saving * bend.organs, *inverses)

    best = segment_optimum(0.0, root(linear), 1.0)
    slope = linear
    for k in order:
        slope += benefits[k]
        best = segment_optimum(best, root(slope), needs[k])
    return best


@dataclass(frozen=True)
class Interest:
    """What a treaty is to a party: benefit per source (those without a source last), l, a, the depth it would have.

    `sums` are the sums over sources that mechanisms declare, `bend` what bends marginal utility, where anything does.
    """

    benefits: list[float]
    linear: float
    curve: float
    ideal: float
    sums: Sequence[float]
    bend: Bend | None = None
    fear: float = 0.0
    """Threat that the party perceives from those with whom it is in the treaty."""

    def utility(self, depth: float, needs: Sequence[float]) -> float:
        """U of a depth, 0 at depth 0."""
        total = 0.0
        for k, benefit in enumerate(self.benefits):
            total += benefit_at(benefit, depth, needs[k])
        worth = utility(total, self.linear, self.curve, depth)
        if self.bend is not None:
            b = self.bend
            worth += bent_utility(b.common * b.need, 1.0 / b.need, b.saving, b.organs, depth)
        return worth


class StateAgent(mesa.Agent):
    """A state of the model. Every method reads the world at the end of the previous phase.

    `perceive`, `consult`, `weigh` and `turn` leave their results beside the current values;
    `settle` makes them current, so the order in which agents are visited never matters.

    Examples:
        >>> from entente import StateAgent, AllianceModel
        >>> class Blurred(StateAgent):
        ...     def perceive(self):
        ...         super().perceive()
        ...         mean = sum(self._perception) / len(self._perception)
        ...         self._perception = [(seen + mean) / 2 for seen in self._perception]
        >>> model = AllianceModel("memo-2001", seed=1, months=12, state_class=Blurred)
        >>> model.run_model()
        >>> model.date
        '2002-07'
    """

    def __init__(self, model: Any, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.id: str = model.world.states[index]
        self.perception = [0.0] * len(model.world.sources)
        self.event = [0.0] * len(model.world.sources)
        self.rumour = [0.0] * len(model.world.sources)
        self.provision = 1.0
        self.accepted = 0.0
        self.offer = 0.0
        self.price = 0.0
        self.alignment = 0.0
        self.interests: dict[int, Interest] = {}
        self._perception = self.perception
        self._alignment = self.alignment

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: alignment {self.alignment:+.2f}>"

    def perceive(self) -> None:
        """E3 for every source."""
        m, i = self.model, self.index
        if not m.of["alive"][i]:
            self._perception = [0.0] * len(self.perception)
            return
        rise, fall, sigma = m.dial["rise"], m.dial["fall"], m.dial["sigma"]
        noise, exposure, roots = m.noise[i], m.of["exposure"][i], m.of["exposure_root"][i]
        concession, perceived = m.of["concession"], m.terms.perception
        self._perception = [
            perceived(
                m,
                i,
                k,
                perceived_threat(
                    seen,
                    threat_target(
                        exposure[k],
                        m.effective[k],
                        sponsored_intensity(self.event[k], concession[k], m.restraint[k]),
                        self.rumour[k],
                    ),
                    rise,
                    fall,
                    sigma,
                    roots[k],
                    noise[k],
                ),
            )
            for k, seen in enumerate(self.perception)
        ]

    def settle(self) -> None:
        """Make what the phase found current."""
        self.perception = self._perception
        self.alignment = self._alignment

    def hold(self, perception: list[float]) -> None:
        """Take given perceptions as they are, at the start of a run."""
        self.perception = self._perception = perception

    def consult(self) -> None:
        """E4 over all treaties that hold a consultation this month."""
        m, i = self.model, self.index
        gained = [0.0] * len(self.perception)
        for treaty in m.treaties_of(i):
            if treaty.consulted:
                partners = treaty.partners(i, treaty.members)
                _, shares = m.capability_shares(partners)
            for k in treaty.consulted:
                mean = m.partners_mean(partners, shares, k)
                gained[k] += m.terms.spreading(m, treaty.index, i, k, partners, shares, mean, treaty.alarm[k])
        self._perception = [capped_threat(self.perception[k], gain) for k, gain in enumerate(gained)]

    def respond(self) -> None:
        """E15: weigh the outside offer against its price and take it up or let it go."""
        m, i = self.model, self.index
        package = 0.0
        for power in m.powers:
            package += power.package[i]
        self.offer = m.terms.offer(m, i, package)
        self.price = 0.0
        for treaty in m.treaties_of(i):
            self.price += m.terms.price(m, treaty.index, i)
        self.accepted = accepted_offer(self.accepted, self.offer, self.price, m.dial["adjust"])

    def weigh(self) -> None:
        """E5-E10 for every treaty that the state belongs to, could found or could join."""
        self.interests = {
            treaty.index: self.interest(treaty, self.model.partners(treaty, self.index, treaty.members))
            for treaty in self.model.tables_of(self.index)
        }

    def interest(self, treaty: Any, partners: Sequence[int]) -> Interest:
        """E5-E10 for one treaty, with the given partners."""
        m, t, i = self.model, treaty.index, self.index
        terms = m.terms
        total, shares = m.capability_shares(partners)
        fear = m.fear(i, partners)
        benefits = [0.0] * len(m.world.sources)
        sums: Sequence[float] = terms.no_sums()
        for k in treaty.covered:
            received, mean = terms.supply(m, t, i, k, partners, shares)
            received = terms.help_received(m, t, i, k, received)
            sums = terms.add_source(m, t, i, k, sums, mean, received)
            gross = terms.benefit(m, t, i, k, partners, shares, received, mean)
            benefits[k] = benefit_left(gross, terms.worth(m, t, i, k, partners, shares, fear))
        benefits += terms.free_benefit(m, t, i)
        gross, left, linear, added, saving = terms.weigh(m, t, i, partners, shares, sums, fear, total)
        common = benefit_left(common_value(gross), left)
        curve = curvature(m.dial["autonomy"], m.of["independence"][i], added)
        bend = treaty.bend(common, kept_saving(saving, curve))
        ideal = ideal_depth(benefits, linear, curve, m.need_order, m.needs, bend)
        return Interest(benefits, linear, curve, ideal, sums, bend, fear)

    def turn(self) -> None:
        """E14."""
        m, i, dial = self.model, self.index, self.model.dial
        bloc = pulled = deepest = 0.0
        for treaty in m.treaties_of(i):
            partners = m.partners(treaty, i, treaty.members)
            total, shares = m.capability_shares(partners)
            bloc += bloc_pull(treaty.directed, treaty.depth, total, m.outside_capability)
            pulled += m.terms.pull(m, treaty.index, i, partners, shares)
            deepest = max(deepest, treaty.depth)
        target = alignment_target(bloc, m.terms.west(m, i), dial["x0"])
        turning = m.terms.turning(m, i, deepest)
        self._alignment = alignment(self.alignment, target, dial["turn"], turning, pulled)
