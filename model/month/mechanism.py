"""A mechanism: all that a month does for one reason, declared in one file.

A mechanism has a name, by which it is switched on and off, and declares its numbers and what it adds where:

    prestige = Mechanism("prestige", "A place beside a great power is worth something in itself.")
    prestige.parameter("honour", 0.05, "Worth of it.", low=0, high=1, unit="utility", symbol="h")

    @prestige.adds_to("linear")
    def honour_of_company(honour, partners_capability, capability):
        return honour * partners_capability / (partners_capability + capability)

The names of a function's arguments are words (`words.py`): what each is, and how an engine gets it, is told
there once. Where terms can be added is told in `places.py`. Declaring runs nothing and knows no engine.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

from entente.agents.equation import equation

from .declare import JUDGEMENT, quantity

F = TypeVar("F", bound=Callable[..., float])
Bounds = tuple[float, float]

UNIFORM, NORMAL = "uniform", "normal"
OVER = MappingProxyType({"state": "s", "source": "k", "treaty": "t", "state and source": "sk"})
"""What numbers, noise and memories may run over, and the letters of it."""


@dataclass(frozen=True)
class Number:
    """A declared number: the arguments of `quantity`, and where it stands in a scenario."""

    name: str
    at: str
    declaration: dict[str, Any]
    over: str = ""

    def as_field(self) -> Any:
        """The pydantic field of it."""
        return quantity(**self.declaration)


@dataclass(frozen=True)
class Article:
    """A rule that an article of a treaty may name, and the number in which the strengths of such articles meet.

    `kind`: `plain` adds up per treaty (`full`: to 1 at most), `covering` takes the strongest per source, `towards`
    adds up per treaty that is named.
    """

    rule: str
    into: str
    kind: str
    effect: str
    full: bool = True
    brief: str = ""
    """The same in the words of the page, where these are shorter."""


@dataclass(frozen=True)
class Stream:
    """Noise of its own, one stream a thing and month: uniform on [0, 1) or standard normal."""

    name: str
    over: str
    law: str
    label: str
    """What stands behind the thing in the stream's name: `THING/LABEL`."""


@dataclass(frozen=True)
class Record:
    """A number of the mechanism that is recorded: unit and meaning."""

    unit: str
    meaning: str


@dataclass(frozen=True)
class Sum:
    """A number added up over sources, partners or treaties, which the mechanism's terms name as an argument."""

    name: str
    over: str
    function: Callable[..., float]
    along: str = ""
    only_where: str = ""
    record: Record | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Memory:
    """A number that is kept from month to month, of each state, source or treaty."""

    name: str
    over: str
    function: Callable[..., float]
    bounds: tuple[float, float] | None = None
    record: Record | None = None


@dataclass(frozen=True)
class Term:
    """A function at a place.

    `only_where` names a number without which it is neutral, `need` that of a free benefit, `bounds` what it says of itself:
    that it stays within.
    """

    place: str
    function: Callable[..., float]
    only_where: str = ""
    need: str = ""
    bounds: Bounds | None = None


@dataclass(repr=False)
class Mechanism:
    """One reason for what happens in a month; see the module.

    `name` is that of its switch, `switches.NAME`; `on` whether it acts where a scenario does not say;
    `idle_at_zero` names a parameter at whose 0 it is as good as switched off.

    Examples:
        >>> from entente import Mechanism
        >>> prestige = Mechanism("prestige", "A place beside a great power is worth something in itself.")
        >>> prestige.parameter(
        ...     "honour", 0.1, "Worth of such a place.", low=0, high=1, prior=(0, 0.2), unit="utility", symbol="h"
        ... )
        >>> @prestige.adds_to("linear", bounds=(0, 1))
        ... def honour_of_company(honour, partners_capability, capability):
        ...     return honour * partners_capability / (partners_capability + capability)
        >>> [number.name for number in prestige.numbers], [term.place for term in prestige.terms]
        (['honour'], ['linear'])
    """

    name: str
    sentence: str
    on: bool = True
    idle_at_zero: str = ""
    numbers: list[Number] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    memories: list[Memory] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    silenced: tuple[str, ...] = ()
    said: dict[str, str] = field(default_factory=dict)
    vetted: bool = False
    """Of the model's own: tests hold that its terms vanish by themselves wherever the engines skip them."""
    source: str = ""
    origin: str = ""

    @property
    def functions(self) -> tuple[Callable[..., float], ...]:
        """All its functions: of terms, of sums, of memories."""
        return (
            *(term.function for term in self.terms),
            *(sum_.function for sum_ in self.sums),
            *(memory.function for memory in self.memories),
        )

    # -- numbers ------------------------------------------------------------------------------

    def parameter(self, name: str, default: float, sentence: str, **declaration: Any) -> None:
        """A number of behaviour: `behaviour.NAME`. `declaration` as in `quantity`."""
        self._number(
            name, "behaviour", default, sentence, declaration | {"group": declaration.get("group", "other")}
        )

    def constant(self, name: str, default: float, sentence: str, **declaration: Any) -> None:
        """A constant of institutions: `institution.NAME`."""
        self._number(name, "institution", default, sentence, declaration)

    def of_state(self, name: str, default: float, sentence: str, **declaration: Any) -> None:
        """A number of each state: `states.*.NAME`; for a partner's the word is `partner_NAME`."""
        self._number(name, "states", default, sentence, declaration, "s")

    def of_source(self, name: str, default: float, sentence: str, **declaration: Any) -> None:
        """A number of each source of threat: `sources.*.NAME`."""
        self._number(name, "sources", default, sentence, declaration, "k")

    def of_treaty(self, name: str, default: float, sentence: str, **declaration: Any) -> None:
        """A number of each treaty: `treaties.*.NAME`."""
        self._number(name, "treaties", default, sentence, declaration, "t")

    def of_party(self, name: str, sentence: str, **declaration: Any) -> None:
        """A number of each party in each treaty: `treaties.*.NAME.STATE`, 0 where it is not named."""
        self._number(name, "treaties", 0.0, sentence, declaration, "ts")

    def _number(
        self, name: str, at: str, default: float, sentence: str, declaration: dict[str, Any], over: str = ""
    ) -> None:
        whole = {"source": JUDGEMENT, "symbol": name} | declaration
        whole |= {"default": float(default), "description": sentence}
        self.numbers.append(Number(name, at, whole, over))

    # -- articles, noise, memory ----------------------------------------------------------------

    def article(
        self, rule: str, into: str, effect: str, *, kind: str = "plain", full: bool = True, brief: str = ""
    ) -> None:
        """A rule of articles, whose strengths meet in the number `into`."""
        self.articles.append(Article(rule, into, kind, effect, full, brief))

    def noise(self, name: str, over: str, law: str = UNIFORM, label: str = "") -> None:
        """Noise of each `state`, `source` or `treaty`: a new number each month, from a stream of its own."""
        self.streams.append(Stream(name, OVER.get(over, over), law, label or name))

    def remembers(
        self, name: str, over: str, *, bounds: tuple[float, float] | None = None, unit: str = "", meaning: str = ""
    ) -> Callable[[F], F]:
        """The next value of a number that is kept from month to month, of each `state`, `source` or `treaty`.

        At first it is 0, and 0 it is while the mechanism is off. It moves at the beginning of the month, so that
        terms see its new value. `bounds` is what you claim of it; with `unit` and `meaning` it is recorded.
        """

        def add(function: F) -> F:
            record = Record(unit, meaning) if unit else None
            self.memories.append(Memory(name, OVER.get(over, over), equation(function), bounds, record))
            return function

        return add

    # -- what it adds where -----------------------------------------------------------------------

    def sum_over(
        self,
        over: str,
        *,
        along: str = "",
        only_where: str = "",
        unit: str = "",
        meaning: str = "",
        bounds: Bounds | None = None,
    ) -> Callable[[F], F]:
        """A sum over `sources`, `partners` or the party's other `treaties`, named as the function.

        `along` names a number of articles that links treaties, over whose links alone it runs; `only_where` one
        without which a term is 0. With `unit` and `meaning` a sum over sources is recorded. `bounds` are those of one
        thing's term, which `entente check` holds it to.
        """

        def add(function: F) -> F:
            record = Record(unit, meaning) if unit else None
            self.sums.append(Sum(function.__name__, over, equation(function), along, only_where, record, bounds))
            return function

        return add

    def adds_to(
        self, place: str, *, only_where: str = "", need: str = "", bounds: Bounds | None = None
    ) -> Callable[[F], F]:
        """A term of a place (`places.py`). `entente check` holds it to `bounds`, and to those of the place."""

        def add(function: F) -> F:
            self.terms.append(Term(place, equation(function), only_where, need, bounds))
            return function

        return add

    replaces = adds_to
    """The same for a place whose value is replaced: the word for the former reads better so."""

    def __repr__(self) -> str:
        places = ", ".join(dict.fromkeys(term.place for term in self.terms)) or "no place"
        return f"<Mechanism {self.name}: {self.sentence} At {places}>"

    def silences(self, *places: str) -> None:
        """Places that are as if empty while this mechanism acts."""
        self.silenced = (*self.silenced, *places)

    def says(self, event: str, rule: str) -> None:
        """The words with which an event is explained that this mechanism made or held back."""
        self.said[event] = rule


@lru_cache(maxsize=1024)
def arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """The words that a function asks for, in order."""
    return tuple(inspect.signature(function).parameters)
