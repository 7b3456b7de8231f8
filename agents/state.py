"""A state: perceives threats, weighs its treaties, turns towards or away from the bloc."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mesa

from .alignment import (
    alignment,
    alignment_target,
    bloc_pull,
    coordination_pull,
    west_pull,
)
from .interest import (
    benefit_at,
    burden,
    curvature,
    dominance,
    linear_terms,
    overlap_left,
    quarrel,
    security_benefit,
    segment_optimum,
    square_share,
    supplied_help,
    tethering_benefit,
    utility,
)
from .outside import accepted_offer, offer_price, outside_offer
from .perception import (
    capped_threat,
    consulted_threat,
    perceived_threat,
    sponsored_intensity,
    threat_target,
)


def ideal_depth(
    benefits: Sequence[float], linear: float, curve: float, order: Sequence[int], needs: Sequence[float]
) -> float:
    """E10. The depth on [0, 1] that maximises `sum_k b[k]*min(D, r[k]) + l*D - a*D^2/2`.

    `order` runs over the sources from the greatest need down; the slope of a segment adds the
    benefits of all sources that are still of use in it.
    """
    inverse = 1.0 / curve
    best = segment_optimum(0.0, linear, inverse, 1.0)
    slope = linear
    for k in order:
        slope += benefits[k]
        best = segment_optimum(best, slope, inverse, needs[k])
    return best


@dataclass(frozen=True)
class Interest:
    """What a treaty is to a party: benefit per source (tethering last), l, a, and the depth it would have."""

    benefits: list[float]
    linear: float
    curve: float
    ideal: float
    owed: float

    def utility(self, depth: float, needs: Sequence[float]) -> float:
        """U of a depth, 0 at depth 0."""
        total = 0.0
        for k, benefit in enumerate(self.benefits):
            total += benefit_at(benefit, depth, needs[k])
        return utility(total, self.linear, self.curve, depth)


class StateAgent(mesa.Agent):
    """A state of the model. Every method reads the world at the end of the previous phase.

    `perceive`, `consult`, `weigh` and `turn` leave their results beside the current values;
    `settle` makes them current, so the order in which agents are visited never matters.
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

    def perceive(self) -> None:
        """E3 for every source."""
        m, i = self.model, self.index
        rise, fall, sigma = m.dial["rise"], m.dial["fall"], m.dial["sigma"]
        noise, exposure, roots = m.noise[i], m.exposure[i], m.exposure_root[i]
        self._perception = [
            perceived_threat(
                seen,
                threat_target(
                    exposure[k],
                    m.effective[k],
                    sponsored_intensity(self.event[k], m.concession[k], m.restraint[k]),
                    self.rumour[k],
                ),
                rise,
                fall,
                sigma,
                roots[k],
                noise[k],
            )
            for k, seen in enumerate(self.perception)
        ]

    def settle(self) -> None:
        """Make what the phase found current."""
        self.perception = self._perception
        self.alignment = self._alignment

    def hold(self, perception: list[float]) -> None:
        """Take given perceptions as they are, at the start of a run and where a rival holds them."""
        self.perception = self._perception = perception

    def consult(self) -> None:
        """E4 over all treaties that hold a consultation this month."""
        m, i = self.model, self.index
        seen = list(self.perception)
        gained = [0.0] * len(seen)
        for treaty in m.treaties_of(i):
            for k in treaty.consulted:
                gained[k] += consulted_threat(
                    seen[k],
                    m.partners_mean(treaty, i, k),
                    treaty.alarm[k],
                    m.dial["trigger"],
                    m.dial["contagion"],
                    treaty.effects.consultation,
                    treaty.depth,
                    treaty.scope[k],
                )
        self._perception = [capped_threat(seen[k], gain) for k, gain in enumerate(gained)]

    def respond(self) -> None:
        """E15: weigh the outside offer against its price and take it up or let it go."""
        m, i = self.model, self.index
        package = 0.0
        for power in m.powers:
            package += power.package[i]
        self.offer = outside_offer(m.leverage[i], package) * m.switch["offers"]
        self.price = 0.0
        for treaty in m.treaties_of(i):
            self.price += offer_price(
                treaty.directed, treaty.depth, treaty.effects.exclusivity, m.dial["backtrack"]
            )
        self.accepted = accepted_offer(self.accepted, self.offer, self.price, m.dial["adjust"])

    def weigh(self) -> None:
        """E5-E10 for every treaty that the state belongs to, could found or could join."""
        self.interests = {
            treaty.index: self.interest(treaty, self.model.partners(treaty, self.index, treaty.members))
            for treaty in self.model.tables_of(self.index)
        }

    def interest(self, treaty: Any, partners: Sequence[int]) -> Interest:
        """E5-E10 for one treaty, with the given partners."""
        m, i, dial = self.model, self.index, self.model.dial
        own_capability, agents = m.capability[i], m.states
        total, shares = m.capability_shares(partners)
        squares = 0.0
        for share in shares:
            squares += square_share(share)
        provider = m.provider(treaty)
        benefits = [0.0] * (len(m.world.sources) + 1)
        owed = quarrels = 0.0
        for k in treaty.covered if total > 0.0 else ():
            own, support, scope = (
                self.perception[k],
                treaty.effects.support[k] * m.switch["support"],
                treaty.scope[k],
            )
            received = mean = 0.0
            for j, share in zip(partners, shares, strict=True):
                theirs = agents[j].perception[k]
                received += supplied_help(m.contribution[j][k], theirs, own, support, m.kin[i][j])
                mean += share * theirs
            if provider >= 0:
                received = m.contribution[provider][k]
            owed += burden(support, m.contribution[i][k], mean, own)
            quarrels += quarrel(scope, mean, own)
            left = overlap_left(dial["overlap_use"], self._cover_elsewhere(treaty, k))
            benefits[k] = security_benefit(scope * m.switch["external_threats"], own, received, left)
        benefits[-1] = tethering_benefit(dial["tether"], treaty.mistrust)
        dominated = dominance(squares, total, own_capability)
        linear = linear_terms(
            dial["omega"],
            owed,
            treaty.directed,
            self.accepted,
            dial["stake"],
            m.weight[i],
            dial["m"],
            m.independence[i],
            treaty.mistrust,
            dominated,
            dial["region"],
            m.promoted(treaty, i),
        )
        curve = curvature(
            dial["autonomy"],
            m.independence[i],
            dial["mu"],
            dominated,
            treaty.mistrust,
            dial["entrapment"],
            quarrels,
        )
        ideal = ideal_depth(benefits, linear, curve, m.need_order, m.needs)
        return Interest(benefits, linear, curve, ideal, owed)

    def _cover_elsewhere(self, treaty: Any, source: int) -> float:
        """How much of a source the state's other treaties cover: `sum_{q != p} scope[q,k]*D[q]`."""
        covered = 0.0
        if self.model.dial["overlap_use"] > 0.0:
            for other in self.model.treaties_of(self.index):
                if other is not treaty:
                    covered += other.scope[source] * other.depth
        return covered

    def turn(self) -> None:
        """E14."""
        m, i, dial = self.model, self.index, self.model.dial
        bloc = coordinated = deepest = 0.0
        for treaty in m.treaties_of(i):
            partners = m.partners(treaty, i, treaty.members)
            total, shares = m.capability_shares(partners)
            mean = 0.0
            for j, share in zip(partners, shares, strict=True):
                mean += share * m.states[j].alignment
            bloc += bloc_pull(treaty.directed, treaty.depth, total, m.outside_capability)
            coordinated += coordination_pull(
                treaty.effects.coordination * m.switch["coordination"],
                treaty.depth,
                mean,
                self.alignment,
            )
            deepest = max(deepest, treaty.depth)
        west = west_pull(self.accepted, dial["stake"], m.weight[i])
        target = alignment_target(bloc, west, dial["x0"])
        self._alignment = alignment(self.alignment, target, dial["turn"], dial["lock"], deepest, coordinated)
