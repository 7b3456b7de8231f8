"""What is measured of a run (E16): named outcomes, each one number a run.

An outcome is written `quantity:thing@when`, such as `depth:rus-chn-2001@2010` or
`perception:RUS/nato@mean`. `quantity` is what is recorded (`trajectory.quantities`), `dyad` (the index of a pair,
`dyad:CHN-RUS`) or `members` (how many parties); `thing` names what it runs over, separated by `/`;
`when` is `last` (the default), `mean`, `min`, `max`, a month `YYYY-MM` or a year `YYYY` (its December);
`mean`, `min` and `max` may be of a window of months only: `max:2003-08..2005-07`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from entente.errors import InputError, nearest, shown
from entente.schema.base import MONTHS_IN_YEAR, month_number

from .draws import Floats
from .pack import World
from .trajectory import quantities

Number = tuple[str, tuple[int, ...]]
"""A recorded number: a quantity and the indices of its things."""

_WINDOWED = ("mean", "min", "max")
_REDUCTIONS = ("last", *_WINDOWED)
_AXES = {"s": "state", "k": "source", "t": "treaty"}


@dataclass(frozen=True)
class Outcome:
    """One measured number: its full name, the recorded numbers that its series is made of, and when.

    `how` the months are reduced to one number; `months` those whose numbers it depends on.
    """

    name: str
    series_name: str
    numbers: tuple[Number, ...]
    combine: str
    how: str
    months: slice

    def series(self, values: Floats) -> Floats:
        """A monthly series, shape (months, runs), from those of `numbers`, shape (numbers, months, runs)."""
        return _COMBINE[self.combine](values)

    def reduce(self, series: Floats) -> Floats:
        """One number a run from the series of its `months`."""
        # Month by month: numpy's own sums depend on the shape that they run over.
        found: Floats = series[0].copy()
        for month in series[1:]:
            if self.how == "mean":
                found += month
            else:
                found = (np.minimum if self.how == "min" else np.maximum)(found, month)
        return found / len(series) if self.how == "mean" else found


def dyad_index(depths: Sequence[Floats]) -> Floats:
    """E16. `I = 1 - prod_p (1 - D[p])`, from the depths of treaties that hold both (0 elsewhere), in order."""
    left = np.ones(depths[0].shape)
    for depth in depths:
        left = left * (1.0 - depth)
    return 1.0 - left


def _one(values: Floats) -> Floats:
    return np.asarray(values[0])


def _index(values: Floats) -> Floats:
    """The dyad index from depth and both memberships of each treaty in turn."""
    shared = [depth * (a * b) for depth, a, b in zip(values[0::3], values[1::3], values[2::3], strict=True)]
    return dyad_index(shared) if shared else np.zeros(values.shape[1:])


def _count(values: Floats) -> Floats:
    found = np.zeros(values.shape[1:])
    for member in values:
        found = found + member
    return found


_COMBINE: dict[str, Callable[[Floats], Floats]] = {"one": _one, "index": _index, "count": _count}


def parse_outcomes(names: Sequence[str], world: World) -> list[Outcome]:
    """Outcomes by name, checked against a world. Raises `InputError` with one sentence."""
    found = [_parse(name, world) for name in names]
    if not found:
        raise InputError("outcomes: none named; a study measures one at least")
    twice = [name for n, name in enumerate(names) if name in names[:n]]
    if twice:
        raise InputError(f"outcomes: {shown(twice[0])}: named twice")
    return found


def series_of(name: str) -> str:
    """The monthly series behind an outcome's name."""
    return name.partition("@")[0]


def default_outcomes(world: World) -> list[str]:
    """Depth and rung of every treaty at the end."""
    return [f"{quantity}:{treaty}" for treaty in world.treaties for quantity in ("depth", "rung")]


def _parse(name: str, world: World) -> Outcome:
    series_name, at, when = name.partition("@")
    quantity, _, thing = series_name.partition(":")
    recorded = quantities(world.mechanisms)
    known = [*recorded, "dyad", "members"]
    if quantity not in known:
        raise InputError(f"outcomes: {shown(name)}: {shown(quantity)} is no quantity{nearest(quantity, known)}")
    how, months = _when(name, when if at else "last", world)
    if quantity == "dyad":
        a, b = sorted(_things(name, thing, "-", "ss", world))
        numbers: list[Number] = [
            number
            for p in range(len(world.treaties))
            for number in (("depth", (p,)), ("member", (p, a)), ("member", (p, b)))
        ]
        combine = "index"
    elif quantity == "members":
        (p,) = _things(name, thing, "/", "t", world)
        numbers, combine = [("member", (p, i)) for i in range(len(world.states))], "count"
    else:
        numbers = [(quantity, tuple(_things(name, thing, "/", recorded[quantity].over, world)))]
        combine = "one"
    return Outcome(name, series_name, tuple(numbers), combine, how, months)


def _things(name: str, text: str, mark: str, over: str, world: World) -> list[int]:
    ids = {"s": world.states, "k": world.sources, "t": world.treaties}
    parts = text.split(mark) if text else []
    if len(parts) != len(over):
        form = mark.join(_AXES[axis].upper() for axis in over)
        raise InputError(f"outcomes: {shown(name)}: must have the form {name.partition(':')[0]}:{form}")
    for part, axis in zip(parts, over, strict=True):
        if part not in ids[axis]:
            raise InputError(
                f"outcomes: {shown(name)}: {shown(part)} is no {_AXES[axis]} of this scenario{nearest(part, ids[axis])}"
            )
    return [ids[axis].index(part) for part, axis in zip(parts, over, strict=True)]


def _when(name: str, when: str, world: World) -> tuple[str, slice]:
    """How an outcome is reduced, and over which months of a run."""
    if when in _REDUCTIONS:
        return when, slice(-1, None) if when == "last" else slice(None)
    how, colon, window = when.partition(":")
    rows = [_row(text, world) for text in window.split("..")] if colon else [_row(when, world)]
    fits = (how in _WINDOWED and len(rows) == 2) if colon else True
    if not fits or min(rows) < 0 or rows[0] > rows[-1]:
        first, last = world.month(world.opens), world.month(world.steps - 1)
        raise InputError(
            f"outcomes: {shown(name)}: @{when}: must be {', '.join(_REDUCTIONS)}, or a month or year "
            f"of the run ({first} to {last}), or {', '.join(_WINDOWED)} of a window of it such as max:{first}..{last}"
        )
    return how if colon else "last", slice(rows[0], rows[-1] + 1)


def _row(when: str, world: World) -> int:
    """The recorded month that a month or a year (its December) names; -1 where the run has none of that name."""
    month = f"{when}-12" if len(when) == 4 and when.isdigit() else when
    try:
        row = month_number(month) - world.first_month - world.opens
        fits = 1 <= int(month[5:]) <= MONTHS_IN_YEAR and 0 <= row < world.steps - world.opens
    except ValueError:
        return -1
    return row if fits else -1
