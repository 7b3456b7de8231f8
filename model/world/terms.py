"""A world's numbers as the equations of a month need them, derived once for both engines.

Numbers are arrays as `pack` made them, for one run, or the same arrays with a last axis of lanes, one
run a lane. Whatever is derived here is derived anew when an intervention changes a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from entente.schema.base import MONTHS_IN_YEAR

from .draws import Floats
from .pack import BEHAVIOUR, INSTITUTION, SWITCHES, World
from .rules import Effects, directed_share, effects

GATED = {
    "sigma": "noise", "rho": "restraint", "contagion": "contagion", "omega": "burden",
    "entrapment": "entrapment", "linkage": "payments", "region": "region", "stake": "stake",
    "lock": "lock", "m": "mistrust", "mu": "mistrust", "dilemma": "security_dilemma", "tether": "tethering",
}  # fmt: skip
"""Parameters that a switch turns to zero."""

WHOLE = ("deliberation",)
"""Parameters that count months: they act rounded."""
WHOLE_CONSTANTS = ("review_months", "reentry_months")

AS_GIVEN = (
    "capability", "power_capability", "exposure", "contribution", "independence", "weight", "leverage",
    "provision", "polity", "base", "provoked", "held", "courts", "scope", "mistrust", "sizes",
)  # fmt: skip
"""Numbers that act as the scenario gives them."""

OF_TREATIES = tuple(field.name for field in fields(Effects))
"""What the articles of each treaty amount to: fields of `Effects`, stacked over treaties."""


def terms(world: World, numbers: Mapping[str, Floats]) -> dict[str, Floats]:
    """All numbers that a month's equations use, by name.

    `dials`, `switches` and `constants` run over `BEHAVIOUR`, `SWITCHES` and `INSTITUTION`; a dial whose
    mechanism is switched off is 0. `needs` ends with the need of tethering; `order` lists the needs
    from the greatest down. The arrays of `OF_TREATIES` and `directed` run over treaties first.
    """
    found = {name: numbers[name] for name in AS_GIVEN}
    switches = found["switches"] = numbers["switches"]
    dials = found["dials"] = numbers["behaviour"].copy()
    for name, switch in GATED.items():
        dials[BEHAVIOUR.index(name)] *= switches[SWITCHES.index(switch)]
    for name in WHOLE:
        dials[BEHAVIOUR.index(name)] = np.rint(dials[BEHAVIOUR.index(name)])
    constants = found["constants"] = numbers["institution"].copy()
    for name in WHOLE_CONSTANTS:
        constants[INSTITUTION.index(name)] = np.rint(constants[INSTITUTION.index(name)])
    found["obligation"] = np.rint(numbers["obligation"])
    sponsored = [sponsor >= 0 for sponsor in world.sponsor]
    found["concession"] = numbers["concession"].copy()
    found["concession"][[k for k, behind in enumerate(sponsored) if not behind]] = 0.0
    needs = [*numbers["need"], constants[INSTITUTION.index("tether_need")]]
    found["needs"] = np.stack(np.broadcast_arrays(*needs))
    # Stable: equal needs stay in the order of their sources.
    found["order"] = np.argsort(-found["needs"], axis=0, kind="stable").astype(float)
    found["exposure_root"] = np.sqrt(numbers["exposure"])
    found["arrival"] = arrival_probability(numbers["rate"])
    return found | _of_treaties(world, numbers, sponsored)


def _of_treaties(world: World, numbers: Mapping[str, Floats], sponsored: list[bool]) -> dict[str, Floats]:
    columns: dict[str, list[Floats]] = {name: [] for name in (*OF_TREATIES, "directed")}
    for p, body in enumerate(world.bodies):
        own = list(body.articles)
        acting = effects(
            [world.clauses[a] for a in own],
            numbers["article_on"][own],
            numbers["article_strength"][own],
            numbers["article_sources"][own],
            numbers["article_years"][own],
            numbers["article_renewal_years"][own],
            numbers["scope"][p],
            len(world.treaties),
        )
        for name in OF_TREATIES:
            columns[name].append(getattr(acting, name))
        columns["directed"].append(directed_share(numbers["scope"][p], sponsored))
    lanes = numbers["behaviour"].shape[1:]
    over = {"norm": len(world.sources), "support": len(world.sources), "promotes": len(world.treaties)}
    return {
        name: np.stack(np.broadcast_arrays(*rows))
        if rows
        else np.zeros((0, *([over[name]] if name in over else []), *lanes))
        for name, rows in columns.items()
    }


def by_name(names: tuple[str, ...], values: Floats) -> dict[str, float]:
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
