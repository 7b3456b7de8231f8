"""What went away: the losses behind a fall of organs, an exit or an end, the largest first.

The year before the event is compared with the year in which most was wanted before it. What is lost is told source by
source where it is fear or help, and by what moved it elsewhere. All is read from the recorded trajectory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from entente.agents.interest import bent_utility
from entente.schema.base import MONTHS_IN_YEAR
from entente.schema.scenario import acting_at
from entente.world.draws import Floats
from entente.world.pack import World
from entente.world.trajectory import Trajectory

MOST_TOLD = 4
"""Losses that are told of one event."""
LEAST, LEAST_SHARE = 0.01, 0.2
"""A loss is told from this size on (depth, or utility of an exit), and from this share of the largest."""
NOTHING = "nothing, no more was wanted in any year before"
NO_BETTER = "nothing, staying was worth no more in any year before"
MOVED = 0.02
"""Rise of what makes depth dear, or fall of what a partner provides, from which it is named."""


@dataclass(frozen=True)
class Loss:
    """Something that went away: how much of depth (of an exit: of utility) went with it, in words, and its source."""

    size: float
    words: str
    source: int = -1


@dataclass(frozen=True)
class Lost:
    """What went away since the year that ends in the row `since`, the largest loss first; nothing where nothing did."""

    since: int = 0
    losses: tuple[Loss, ...] = ()
    none: str = NOTHING

    def words(self, world: World) -> str:
        """`since 1996 fear of Militants among the parties fell from 0.80 to 0.10; ...`."""
        told = "; ".join(loss.words for loss in self.losses)
        return f"since {world.month(world.opens + self.since)[:4]} {told}" if told else self.none

    def sources(self, world: World) -> list[str]:
        """The sources of which less is feared, the largest loss first."""
        return [world.sources[loss.source] for loss in self.losses if loss.source >= 0]


@dataclass(frozen=True)
class Years:
    """Rows of the year in which most was wanted, and of the last one; fewer months where there are no two years."""

    then: slice
    now: slice

    def of(self, values: Floats) -> tuple[Floats, Floats]:
        """Means over both."""
        return values[self.then].mean(axis=0), values[self.now].mean(axis=0)


Weights = Callable[[int], tuple[Floats, float, float, float]]
"""Of a party: what a unit of benefit from each source, of common benefit, of l and of a comes to."""


def deciders(world: World, t: Trajectory, row: int, p: int) -> list[int]:
    """Lead states where these decide and one is party, else all parties."""
    member = [int(i) for i in np.flatnonzero(t["member"][row, p])]
    body = world.bodies[p]
    return ([i for i in body.leads if i in member] if body.decision == "lead" else []) or member


def lost_organs(world: World, t: Trajectory, row: int, p: int) -> Lost:
    """Why less is wanted than when the rung was gained that is lost in `row`, or since: losses in depth."""
    last = row if t["status"][row, p] == 1 else row - 1
    begun = _since(t["status"][: last + 1, p] == 1)
    stood = _since(t["rung"][:row, p] >= t["rung"][row - 1, p])
    # What led to a rung came before it.
    years = _years(t["demand"][:, p], max(begun, stood - MONTHS_IN_YEAR), last)
    return Lost() if years is None else _of_depth(world, t, p, last, years)


def lost_treaty(world: World, t: Trajectory, row: int, p: int) -> Lost:
    """Why a treaty that ends in `row` is not wanted any more: losses in depth since most was wanted of it."""
    last = row - 1
    years = _years(t["demand"][:, p], _since(t["status"][:row, p] == 1), last)
    return Lost() if years is None else _of_depth(world, t, p, last, years)


def lost_party(world: World, t: Trajectory, row: int, p: int, i: int) -> Lost:
    """Why staying is worth less to a party that leaves in `row` than it was at its best: losses in utility."""
    last = row - 1
    above = t["value"][:, p, i] - t["offer"][:, i]
    years = _years(above, _since(t["member"][:row, p, i] == 1), last)
    if years is None:
        return Lost(none=NO_BETTER)
    (value, less), (offer, more) = years.of(t["value"][:, p, i]), years.of(t["offer"][:, i])
    agreed, agrees = years.of(t["agreed"][:, p])
    received, paid = (years.of(t[name][:, p, i]) for name in ("received", "paid"))
    depth, need = float(agreed + agrees) / 2, world.numbers["need"]
    common_need = world.scenario.institution.exchange_need
    common = bent_utility(common_need, 1.0 / common_need, 0.0, 0.0, depth)

    def weights(_: int) -> tuple[Floats, float, float, float]:
        return np.minimum(depth, need), common, depth, depth * depth / 2

    found = list(_of_interest(world, t, p, last, years, [i], weights))
    unpaid = float((received[0] - paid[0]) - (received[1] - paid[1]))
    found.append(
        Loss(unpaid, f"payments that it nets fell from {received[0] - paid[0]:.2f} to {received[1] - paid[1]:.2f}")
    )
    rest = float(value - less) - sum(loss.size for loss in found)
    trust, fears = years.of(t["fear"][:, p, i])
    if fears - trust >= MOVED:
        found.append(
            Loss(
                rest, f"the company of partners that it fears, {trust:.2f} then and {fears:.2f} now, is worth less"
            )
        )
    elif agrees < agreed:
        found.append(Loss(rest, f"what is agreed fell from a depth of {agreed:.2f} to {agrees:.2f}"))
    # What an offer counts for is for mechanisms to say: all of it, so that it is told wherever it weighs.
    found.append(Loss(float(more - offer), f"the outside offer before it rose from {offer:.2f} to {more:.2f}"))
    return Lost(years.then.stop - 1, _largest(found), NO_BETTER)


def _since(holds: Floats) -> int:
    """The row from which a condition has held up to the last one; the last row where it does not hold there."""
    fails = np.flatnonzero(~np.asarray(holds, dtype=bool))
    return min(int(fails[-1]) + 1, len(holds) - 1) if len(fails) else 0


def _years(series: Floats, first: int, last: int) -> Years | None:
    """The year with the highest mean of a series from `first` on, and the year up to `last`; none where it did not fall."""
    months = min(MONTHS_IN_YEAR, (last - first + 1) // 2)
    if months < 1:
        return None
    starts = range(first, last - 2 * months + 2)
    means = [float(series[start : start + months].mean()) for start in starts]
    best = len(means) - 1 - int(np.argmax(means[::-1]))  # the last of several that are equal
    now = slice(last - months + 1, last + 1)
    if means[best] - float(series[now].mean()) < LEAST:
        return None
    return Years(slice(first + best, first + best + months), now)


def _largest(found: Sequence[Loss]) -> tuple[Loss, ...]:
    ordered = sorted((loss for loss in found if loss.size >= LEAST), key=lambda loss: -loss.size)
    return tuple(loss for loss in ordered[:MOST_TOLD] if loss.size >= LEAST_SHARE * ordered[0].size)


def _of_depth(world: World, t: Trajectory, p: int, last: int, years: Years) -> Lost:
    """Losses of the deciders, in depth, and what payments and politics carried beyond them."""
    pool = deciders(world, t, last, p)
    stayed = [i for i in pool if t["member"][years.then, p, i].all()] or pool
    agreed, agrees = (float(mean) for mean in years.of(t["agreed"][:, p]))
    low, high = min(agreed, agrees), max(agreed, agrees)
    need = world.numbers["need"]
    # Marginal utility is lost in between: by how much of that way a benefit is of use.
    reach = np.clip((need - low) / (high - low), 0.0, 1.0) if high > low else (need > low).astype(float)
    common_need = world.scenario.institution.exchange_need
    common = max(0.0, 1.0 - (low + high) / (2 * common_need))

    def weights(i: int) -> tuple[Floats, float, float, float]:
        curve = float(t["curve"][years.now, p, i].mean())
        # Common benefits fall with depth, and so bend marginal utility as the price of depth does.
        curve += float(t["common"][years.now, p, i].mean()) / common_need if common > 0.0 else 0.0
        scale = 1.0 / (curve * len(stayed)) if curve > 0.0 else 0.0
        return reach * scale, common * scale, scale, (low + high) / 2 * scale

    found = [
        *_of_interest(world, t, p, last, years, stayed, weights),
        *_of_bargain(t, p, years),
        *_of_politics(world, t, p, years),
    ]
    return Lost(years.then.stop - 1, _largest(found))


def _of_interest(
    world: World, t: Trajectory, p: int, last: int, years: Years, states: Sequence[int], weights: Weights
) -> Iterator[Loss]:
    """What the treaty was good for to some parties: fear and help by source, common benefits, the price of depth."""
    members = np.flatnonzero(t["member"][last, p])
    felt, feels = years.of(t["perception"][:, members].mean(axis=1))
    by_source, common, price = np.zeros(len(world.sources)), 0.0, 0.0
    for i in states:
        of_source, of_common, of_linear, of_curve = weights(i)
        benefit, keeps = years.of(t["benefit"][:, p, i])
        by_source += (benefit - keeps) * of_source
        for name, weight in (("linear", of_linear), ("curve", -of_curve)):
            was, is_ = years.of(t[name][:, p, i])
            price += float(was - is_) * weight
        was, is_ = years.of(t["common"][:, p, i])
        common += float(was - is_) * of_common
    unhelped: dict[int, float] = {}
    for k in np.flatnonzero(by_source > 0.0):
        gave, gives = (float(mean) for mean in years.of(t["benefit"][:, p, states, k].mean(axis=1)))
        fear = float(by_source[k]) * _part_of_fear(float(felt[k]), float(feels[k]), gave, gives)
        name = _source(world, int(k))
        yield Loss(fear, f"fear of {name} among the parties fell from {felt[k]:.2f} to {feels[k]:.2f}", int(k))
        unhelped[int(k)] = float(by_source[k]) - fear
    trust, fears = years.of(t["fear"][:, p, states].mean(axis=1))
    if fears - trust >= MOVED:
        # With whom one fears one gains little, whatever it is: one loss, by whatever place mechanisms say so.
        words = f"the parties' fear of each other rose from {trust:.2f} to {fears:.2f}, and help and exchange count for less"
        yield Loss(sum(unhelped.values()) + common, words)
    else:
        if unhelped:
            yield Loss(sum(unhelped.values()), _help_in_words(world, t, p, last, years, unhelped))
        yield Loss(common, _common_in_words(world, t, p, years, states))
    yield Loss(price, _price_in_words(world, t, p, years, states))


def _part_of_fear(felt: float, feels: float, benefit: float, keeps: float) -> float:
    """The share of a benefit's fall that is due to fear, 0..1.

    A benefit grows in proportion to the threat that all perceive, so the logarithms of both falls compare.
    """
    if feels >= felt:
        return 0.0
    if feels <= 0.0 or keeps <= 0.0 or keeps >= benefit:
        return 1.0
    return min(1.0, log(felt / feels) / log(benefit / keeps))


def _help_in_words(
    world: World, t: Trajectory, p: int, last: int, years: Years, unhelped: dict[int, float]
) -> str:
    """Help that partners gave: who left, who can provide less, and against what it counts for less."""
    left = np.flatnonzero(t["left"][years.then.start : last + 1, p].any(axis=0))
    provided, provides = years.of(t["provision"])
    reasons = [f"{_state(world, int(i))} left" for i in left]
    body = world.bodies[p]
    for i in np.flatnonzero(t["member"][last, p]):
        if provided[i] - provides[i] >= MOVED:
            leads = int(i) == body.hub or (body.decision == "lead" and int(i) in body.leads)
            who = f"the lead, {_state(world, int(i))}," if leads else _state(world, int(i))
            reasons.append(f"{who} can provide {provides[i]:.2f} of its capacity, {provided[i]:.2f} before")
    worst = max(unhelped, key=lambda k: unhelped[k])
    told = f" ({', '.join(reasons)})" if reasons else ""
    return f"help that partners give counts for less, most against {_source(world, worst)}{told}"


def _common_in_words(world: World, t: Trajectory, p: int, years: Years, states: Sequence[int]) -> str:
    was, is_ = years.of(t["common"][:, p, states].mean(axis=1))
    mistrust, less = years.of(t["mistrust"][:, p])
    eased = f", as mistrust fell from {mistrust:.2f} to {less:.2f}" if mistrust - less >= MOVED else ""
    given = _acting(world, "common_benefit") or "what needs no enemy"
    return f"the worth of {given} fell from {was:.2f} to {is_:.2f} a unit of depth{eased}"


def _price_in_words(world: World, t: Trajectory, p: int, years: Years, states: Sequence[int]) -> str:
    """Depth is dearer: by accepted offers, mistrust, and what mechanisms add up over sources."""
    reasons = []
    for i in states:
        offer, more = years.of(t["accepted"][:, i])
        if more - offer >= MOVED:
            reasons.append(
                f"what {_state(world, i)} accepted of the outside offer rose from {offer:.2f} to {more:.2f}"
            )
    mistrust, more = years.of(t["mistrust"][:, p])
    if more - mistrust >= MOVED:
        reasons.append(f"mistrust rose from {mistrust:.2f} to {more:.2f}")
    for sum_ in world.mechanisms.source_sums:
        if sum_.record is not None:
            was, is_ = years.of(t[sum_.name][:, p, states].mean(axis=1))
            if is_ - was >= MOVED:
                reasons.append(f"{sum_.record.meaning.partition(' (')[0]} rose from {was:.2f} to {is_:.2f}")
    return "depth is dearer" + (f": {', '.join(reasons)}" if reasons else "")


def _of_bargain(t: Trajectory, p: int, years: Years) -> Iterator[Loss]:
    """How far side payments carried the parties from the least that all accept to what is best for all."""
    room, left = years.of(t["joint"][:, p] - t["floor"][:, p])
    way, goes = years.of(t["agreed"][:, p] - t["floor"][:, p])
    if room >= LEAST and left >= LEAST:
        was, is_ = float(way / room), float(goes / left)
        yield Loss(
            (was - is_) * float(left),
            f"side payments carry the parties {is_:.0%} of the way to the joint best, {was:.0%} before",
        )


def _of_politics(world: World, t: Trajectory, p: int, years: Years) -> Iterator[Loss]:
    """What was wanted beside what was agreed."""
    beside, now = years.of(t["demand"][:, p] - t["agreed"][:, p])
    name = _acting(world, "demand") or "what is wanted beside the bargain"
    yield Loss(float(beside - now), f"{name} turned against it, from {beside:+.2f} to {now:+.2f} of depth")


def _acting(world: World, place: str) -> str:
    """The mechanisms that act at a place, by name."""
    return " and ".join(
        one.name.replace("_", " ") for one in acting_at(world.scenario, place) if place not in one.silenced
    )


def _source(world: World, k: int) -> str:
    # As it is written: only its author knows which of its words are proper names.
    return world.scenario.sources[world.sources[k]].name


def _state(world: World, i: int) -> str:
    return world.scenario.states[world.states[i]].name
