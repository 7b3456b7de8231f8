"""The contract that every mechanism keeps, checked on values that its words may take.

What a function may do is checked when its file is read (`month/algebra.py`), and whether its words are known where it
stands, and its names free, when it is put beside the others (`month/gather.py`). Here its functions are computed: they
must be finite, within their bounds, neutral where they are said to be, and the same to the last bit interpreted and
compiled for runs side by side. Switched off, a mechanism must leave a run as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import floor, inf, isfinite, sqrt
from typing import Any

import numpy as np
from numba import njit

from entente.errors import InputError, shown
from entente.month.gather import LOOPS, Mechanisms
from entente.month.mechanism import NORMAL, Bounds, Mechanism, Sum, Term, arguments
from entente.month.places import INSTEAD, PLACES, Place
from entente.month.words import GIVEN, WORDS, Word
from entente.schema.load import load_scenario
from entente.schema.own import placed, together
from entente.world.draws import Floats

from .compiled.kernel import OPTIONS
from .compiled.tables import aligned_zeros, get, put, table
from .compiled.vector import WIDTH, spread
from .result import run

POINTS = 512
"""Values of each word that a function is computed on: a multiple of the runs that are compiled side by side."""
MOST = 3
"""Things that a sum runs over, at most."""
RUN, MONTHS = "record-1992", 24
"""The run that a mechanism that is switched off must leave alone, and its length."""
SLACK = 1e-12

_RANGES: dict[str, Bounds] = {
    "share of world": (1e-5, 1.0), "intensity": (0.0, 2.0), "1": (0.05, 10.0), "depth": (0.0, 10.0), "utility": (-3.0, 3.0),
    "ratio": (0.0, 40.0), "uniform": (0.0, 1.0 - 2.0**-53),
}  # fmt: skip
"""What words of a unit may be whose unit does not say it, as `intensity 0..2` does."""
_KEPT = (-2.0, 2.0)
"""What a memory may be whose unit does not say it."""
_WITHIN = re.compile(r"(-?\d*\.?\d+)\.\.(-?\d*\.?\d+)")

Values = dict[str, Floats]


def check_contract(one: Mechanism, mechanisms: Mechanisms | None = None) -> int:
    """Hold a mechanism to the contract among others (those of the model, where none are given).

    The number of functions that were computed. Raises `InputError` with one sentence for the first that breaks it.
    """
    among = mechanisms or together([one])
    try:
        _Contract(one, among).check()
    except InputError as error:
        raise InputError(placed(str(error), [one])) from None
    return len(set(one.functions))


def check_switched_off(own: Sequence[Mechanism]) -> None:
    """Hold mechanisms of a scenario's own to it that, switched off, they leave a run as if they were not there.

    Runs two years of `record-1992` twice on the interactive engine. Raises `InputError` with one sentence.
    """
    off = {f"switches.{one.name}": False for one in own}
    without = run(load_scenario(RUN, {"months": MONTHS}), 0).trajectory
    beside = run(load_scenario(RUN, {"months": MONTHS, **off}, own), 0).trajectory
    for name, values in without.arrays.items():
        if not np.array_equal(values, beside.arrays[name]):
            names = ", ".join(one.name for one in own)
            raise InputError(f"{names}: switched off, {name} of {RUN} is still not what it was")


class _Contract:
    """One mechanism while it is checked, and the values that its words take."""

    def __init__(self, one: Mechanism, mechanisms: Mechanisms) -> None:
        self.one, self.mechanisms = one, mechanisms

    @cached_property
    def declared(self) -> dict[str, dict[str, Any]]:
        return {number.name: number.declaration for number in self.mechanisms.numbers}

    def check(self) -> None:
        for term in self.one.terms:
            self._term(term)
        for sum_ in self.one.sums:
            for place in self._places_of(sum_):
                values = _Draws(self, place).of(sum_.function, LOOPS[sum_.over])
                self._computed(sum_.function, values, sum_.bounds)
                if sum_.only_where:
                    self._neutral(sum_.function, place, sum_.only_where, "only_where", LOOPS[sum_.over])
        for memory in self.one.memories:
            place = Place(
                memory.name, "intervene", {"s": "i", "sk": "ik"}.get(memory.over, memory.over), INSTEAD, ""
            )
            self._computed(memory.function, _Draws(self, place).of(memory.function), memory.bounds)

    def _places_of(self, sum_: Sum) -> list[Place]:
        """Where a sum is asked for; it is the same function everywhere, so the first will do."""
        found = [PLACES[term.place] for term in self.one.terms if sum_.name in arguments(term.function)]
        return found[:1] or [PLACES["linear"]]

    def _term(self, term: Term) -> None:
        place = PLACES[term.place]
        at = f"{self.one.name}: {term.function.__name__}"
        draws = _Draws(self, place)
        values = draws.of(term.function)
        found = self._computed(term.function, values, term.bounds)
        self._within(at, values, found, (place.low, place.high), f", as {place.name} must")
        for name, says in ((self.one.idle_at_zero, "idle_at_zero"), (term.only_where, "only_where")):
            if name:
                self._neutral(term.function, place, name, says)

    def _neutral(self, function: Callable[..., Any], place: Place, name: str, says: str, loop: str = "") -> None:
        """A term is neutral where a number without which it should be is 0; one of a sum is 0."""
        draws = _Draws(self, place, {name: 0.0})
        values = draws.of(function, loop)
        found = self._plain(function, values)
        replaced = place.how == INSTEAD and not loop
        neutral = draws.word(place.given[0]) if replaced else np.full(POINTS, 0.0 if loop else place.neutral)
        wrong = np.flatnonzero(found != neutral)
        if len(wrong):
            n = int(wrong[0])
            raise InputError(
                f"{self.one.name}: {function.__name__}: is {found[n]:.4g} where {name} is 0 ({says}), and should be "
                f"{neutral[n]:.4g}; at {_point(values, n)}"
            )

    def _computed(self, function: Callable[..., Any], values: Values, bounds: Bounds | None) -> Floats:
        """A function's values, which are finite, within its bounds, and the same compiled."""
        at = f"{self.one.name}: {function.__name__}"
        found = self._plain(function, values)
        self._within(at, values, found, bounds or (-inf, inf), ", its bounds")
        compiled = _compiled(at, function, values)
        # Of all numbers two are equal whose bits are not, 0 and -0, and no algebra makes anything else of them.
        wrong = np.flatnonzero(found != compiled)
        if len(wrong):
            n = int(wrong[0])
            raise InputError(
                f"{at}: is {float(found[n])!r} interpreted and {float(compiled[n])!r} compiled, at {_point(values, n)}"
            )
        return found

    def _within(self, at: str, values: Values, found: Floats, bounds: Bounds, why: str) -> None:
        low, high = bounds
        wrong = np.flatnonzero((found < low - SLACK) | (found > high + SLACK))
        if len(wrong):
            n = int(wrong[0])
            within = f"{low:g} or more" if high == inf else f"{low:g} to {high:g}"
            raise InputError(f"{at}: is {found[n]:.4g} at {_point(values, n)}; it must be {within}{why}")

    def _plain(self, function: Callable[..., Any], values: Values) -> Floats:
        """A function's values, interpreted; they must be finite."""
        at = f"{self.one.name}: {function.__name__}"
        found = np.empty(POINTS)
        rows = [values[name].tolist() for name in arguments(function)]
        for n in range(POINTS):
            try:
                value = float(function(*(row[n] for row in rows)))
            except ZeroDivisionError:
                raise InputError(
                    f"{at}: divides by 0 at {_point(values, n)}; both answers of a `where` are computed, so keep the divisor "
                    "above 0, as by max(divisor, 0.001)"
                ) from None
            except (ArithmeticError, ValueError) as error:
                raise InputError(f"{at}: cannot be computed at {_point(values, n)}: {error}") from None
            if not isfinite(value):
                raise InputError(f"{at}: is {value} at {_point(values, n)}; it must be finite")
            found[n] = value
        return found


class _Draws:
    """Random legal values of words, each drawn once; a quarter of them from the ends of what is allowed."""

    def __init__(self, contract: _Contract, place: Place, fixed: Mapping[str, float] | None = None) -> None:
        self.contract, self.place = contract, place
        self.rng = np.random.default_rng(7)
        self.drawn: Values = {name: np.full(POINTS, value) for name, value in (fixed or {}).items()}

    def of(self, function: Callable[..., Any], loop: str = "") -> Values:
        """Values of a function's arguments, sums among them worked out over up to three things."""
        one, mechanisms = self.contract.one, self.contract.mechanisms
        found: Values = {}
        for name in arguments(function):
            word = mechanisms.word(one, name, self.place, function.__name__, loop)
            found[name] = self._sum(word) if isinstance(word, Sum) else self.word(name)
        return found

    def word(self, name: str) -> Floats:
        if name not in self.drawn:
            self.drawn[name] = self._draw(name)
        return self.drawn[name]

    def _sum(self, sum_: Sum) -> Floats:
        """A sum over none to three things, whose own words differ and whose shares add up to 1."""
        letter = LOOPS[sum_.over]
        names = arguments(sum_.function)
        words = [self.contract.mechanisms.word(self.contract.one, n, self.place, sum_.name, letter) for n in names]
        theirs = [
            n for n, word in zip(names, words, strict=True) if isinstance(word, Word) and _of_thing(word, letter)
        ]
        count = self.rng.integers(0, MOST + 1, POINTS)
        present = [(count > thing).astype(float) for thing in range(MOST)]
        shares = [here * self.rng.uniform(0.01, 1.0, POINTS) for here in present]
        total = np.maximum(sum(shares), 0.01)
        added = np.zeros(POINTS)
        for here, share in zip(present, shares, strict=True):
            own = {n: share / total if n == "partner_share" else self._draw(n) for n in theirs}
            values = {n: own[n] if n in own else self.word(n) for n in names}
            added += here * self.contract._plain(sum_.function, values)
        return added

    def _draw(self, name: str) -> Floats:
        mechanisms = self.contract.mechanisms
        if name in GIVEN and name not in mechanisms.vocabulary:
            return self._of_unit(name, GIVEN[name][0])
        if name in WORDS:
            return self._of_unit(name, WORDS[name].unit)
        plain = next((n for n in (name, name.partition("_")[2]) if n in self._known), name)
        if plain in self.contract.declared:
            whole = self.contract.declared[plain]
            if plain == "steps":
                return self.rng.integers(2, 8, POINTS).astype(float)
            return self._spread(whole["low"], whole["high"], whole.get("prior"))
        if plain in mechanisms.effects:
            # Strengths of several articles may add up beyond one where they are not capped.
            return self._spread(0.0, 1.0 if mechanisms.effects[plain].full else 2.0)
        stream = next((s for s in mechanisms.streams if s.name == plain), None)
        if stream is not None:
            return self.rng.standard_normal(POINTS) if stream.law == NORMAL else self._of_unit(name, stream.law)
        memory = next((m for m in mechanisms.memories if m.name == plain), None)
        if memory is not None:
            # A memory begins with 0 and is 0 again wherever its mechanism was off.
            found = self._spread(*(memory.bounds or _KEPT))
            return np.where(self.rng.random(POINTS) < ZEROS, 0.0, found)
        return self._of_unit(name, mechanisms.vocabulary[name].unit, _KEPT)

    @cached_property
    def _known(self) -> set[str]:
        mechanisms = self.contract.mechanisms
        kept = [m.name for m in mechanisms.memories] + [s.name for s in mechanisms.streams]
        return {*self.contract.declared, *mechanisms.effects, *kept}

    def _of_unit(self, name: str, unit: str, otherwise: Bounds | None = None) -> Floats:
        if unit == "0, 1":
            return self.rng.integers(0, 2, POINTS).astype(float)
        if unit.startswith("rung"):
            rungs = self.rng.integers(0, 7, POINTS).astype(float)
            top: Floats = self.word("steps") - 1.0
            return np.where(rungs < top, rungs, top)
        told = _WITHIN.search(unit)
        low, high = (float(told.group(1)), float(told.group(2))) if told else _RANGES.get(unit, otherwise or _KEPT)
        return self._spread(low, high)

    def _spread(self, low: float, high: float, likely: Bounds | None = None) -> Floats:
        """Numbers between two ends, half of them from what is likely, and a quarter the ends themselves."""
        found = self.rng.uniform(low, high, POINTS)
        if likely is not None:
            found = np.where(self.rng.random(POINTS) < 0.5, self.rng.uniform(likely[0], likely[1], POINTS), found)
        ends = self.rng.random(POINTS)
        found = np.where(ends < 0.125, low, np.where(ends < 0.25, high, found))
        # 0 is where quotients break, also between the ends.
        return np.where((ends > 1 - ZEROS) & (low < 0 < high), 0.0, found)


ZEROS = 0.0625
"""Share of values that are 0 where a number may be 0 between its ends."""


def _of_thing(word: Word, letter: str) -> bool:
    """Whether a word differs from one thing of a loop to the next."""
    return letter in word.over or (letter == "k" and not word.over and word.name in GIVEN)


def _point(values: Mapping[str, Floats], n: int) -> str:
    """The values of the words at one point."""
    return ", ".join(f"{name} {row[n]:.4g}" for name, row in values.items()) or "any values"


def _compiled(at: str, function: Callable[..., Any], values: Values) -> Floats:
    """A function's values, compiled as in a month: for the runs of a tile side by side."""
    names = arguments(function)
    given = ", ".join(f"get(given, {place}, n)" for place in range(len(names)))
    text = (
        "def kernel(given_, found_):\n"
        "    given, found = table(given_), table(found_)\n"
        "    for n in range(given_.shape[1]):\n"
        f"        put(found, spread(1.0) * called({given}), n)\n"
    )
    space = {
        "called": function, "get": get, "put": put, "spread": spread, "table": table, "floor": floor, "sqrt": sqrt,
    }  # fmt: skip
    exec(text, space)
    tiles = POINTS // WIDTH
    rows, found = aligned_zeros((max(len(names), 1), tiles, WIDTH)), aligned_zeros((tiles, WIDTH))
    for place, name in enumerate(names):
        rows[place] = values[name].reshape(tiles, WIDTH)
    try:
        njit(**OPTIONS)(space["kernel"])(rows, found)
    except Exception as error:
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(f"{at}: cannot be compiled: {shown(first, 200)}") from None
    return found.reshape(POINTS)
