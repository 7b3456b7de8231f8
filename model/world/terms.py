"""A world's numbers as the equations of a month need them, derived once for both engines.

Numbers are arrays as `pack` made them, for one run, or the same arrays with a last axis of lanes, one
run a lane. Whatever is derived here is derived anew when an intervention changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from entente.schema.base import MONTHS_IN_YEAR

from .draws import Floats
from .pack import World
from .rules import OF_TERMS, directed_share, effects

WHOLE = ("patience",)
"""Parameters that count months: they act rounded."""
WHOLE_CONSTANTS = ("session_months", "reentry_months")

AS_GIVEN = (
    "alive", "capability", "power_capability", "exposure", "contribution", "independence", "provision", "base", "held", "courts",
    "scope", "mistrust", "sizes", "sponsoring_states", "sponsoring_treaties",
)  # fmt: skip
"""Numbers of the core that act as the scenario gives them."""


def terms(world: World, numbers: Mapping[str, Floats]) -> dict[str, Floats]:
    """All numbers that a month's equations use, by name.

    `dials`, `switches` and `constants` run over those of the world's mechanisms, and `acts` over the mechanisms: 1
    where one is switched on and not idle. `needs` ends with those of benefits without a source; `order` lists the
    needs from the greatest down. What articles amount to runs over treaties first.
    """
    mechanisms = world.mechanisms
    dials_of, switches_of, constants_of = mechanisms.dials, tuple(mechanisms.switches), mechanisms.constants
    found = {name: numbers[name] for name in AS_GIVEN}
    found |= {number.name: numbers[number.name] for number in mechanisms.numbers if number.over}
    switches = found["switches"] = numbers["switches"]
    dials = found["dials"] = numbers["behaviour"].copy()
    dials[dials_of.index("sigma")] *= switches[switches_of.index("noise")]
    for name in WHOLE:
        dials[dials_of.index(name)] = np.rint(dials[dials_of.index(name)])
    constants = found["constants"] = numbers["institution"].copy()
    for name in WHOLE_CONSTANTS:
        constants[constants_of.index(name)] = np.rint(constants[constants_of.index(name)])
    found["acts"] = np.array(
        [
            (switches[switches_of.index(one.name)] != 0)
            & (dials[dials_of.index(one.idle_at_zero)] != 0 if one.idle_at_zero else True)
            for one in mechanisms.all
        ]
    ).reshape(len(mechanisms.all), *switches.shape[1:])
    # A mechanism that is idle is as good as switched off.
    found["switches"] = switches.copy()
    for one, acts in zip(mechanisms.all, found["acts"], strict=True):
        found["switches"][switches_of.index(one.name)] = acts
    found["obligation"] = np.rint(numbers["obligation"])
    sponsored = [sponsor >= 0 for sponsor in world.sponsor]
    found["concession"] = numbers["concession"].copy()
    named = [world.scenario.sources[id_].sponsored for id_ in world.sources]
    found["concession"][[k for k, behind in enumerate(named) if not behind]] = 0.0
    needs = [*numbers["need"], *(constants[constants_of.index(term.need)] for _, term in mechanisms.free_benefits)]
    found["needs"] = _stacked(needs, (), numbers["behaviour"].shape[1:])
    # Stable: equal needs stay in the order of their sources.
    found["order"] = np.argsort(-found["needs"], axis=0, kind="stable").astype(float)
    found["exposure_root"] = np.sqrt(numbers["exposure"])
    found["arrival"] = arrival_probability(numbers["rate"])
    found |= _of_treaties(world, numbers, sponsored)
    # Articles of a mechanism that is off bind nobody, whoever reads what they amount to.
    for one, acts in zip(mechanisms.all, found["acts"], strict=True):
        for name in {article.into for article in one.articles}:
            found[name] = found[name] * acts
    return found


def _of_treaties(world: World, numbers: Mapping[str, Floats], sponsored: list[bool]) -> dict[str, Floats]:
    names = [*world.mechanisms.effects, *OF_TERMS, "directed"]
    columns: dict[str, list[Floats]] = {name: [] for name in names}
    for p, body in enumerate(world.bodies):
        own = list(body.articles)
        acting = effects(
            world.mechanisms,
            [world.clauses[a] for a in own],
            numbers["article_on"][own],
            numbers["article_strength"][own],
            numbers["article_sources"][own],
            numbers["article_years"][own],
            numbers["article_renewal_years"][own],
            numbers["scope"][p],
            len(world.treaties),
        )
        acting["directed"] = directed_share(numbers["scope"][p], sponsored)
        for name in names:
            columns[name].append(acting[name])
    lanes = numbers["behaviour"].shape[1:]
    over = {"covering": (len(world.sources),), "towards": (len(world.treaties),)}
    shapes = {name: over.get(article.kind, ()) for name, article in world.mechanisms.effects.items()}
    return {name: _stacked(rows, shapes.get(name, ()), lanes) for name, rows in columns.items()}


def _stacked(rows: Sequence[Floats], shape: tuple[int, ...], lanes: tuple[int, ...]) -> Floats:
    """Arrays of the same things, lanes last, one under the other; none where there are no rows."""
    if not rows:
        return np.zeros((0, *shape, *lanes))
    return np.stack(np.broadcast_arrays(*rows))


def by_name(names: Sequence[str], values: Floats) -> dict[str, float]:
    """The values of one run as plain floats by name."""
    return dict(zip(names, values.tolist(), strict=True))


def arrival_probability(rate: Floats) -> Floats:
    """Chance that a source with `rate` shocks a year has one in a month: `1 - exp(-rate/12)`."""
    return -np.expm1(-np.asarray(rate) / MONTHS_IN_YEAR)


def arrival_size(median: Floats, log_sd: Floats, magnitude: Floats) -> Floats:
    """Log-normal sizes `median*exp(log_sd*z)`, in the shape of `magnitude`, whose last axis is sources."""
    return median * np.exp(log_sd * magnitude)


def long_run_intensity(base: Floats, rate: Floats, median: Floats, log_sd: Floats, persistence: float) -> Floats:
    """Mean of E1 under random arrivals: `base + p*E[size]/(1 - persistence)`, at most 2."""
    mean = median * np.exp(log_sd * log_sd / 2)
    return np.minimum(base + arrival_probability(rate) * mean / (1 - persistence), 2.0)
