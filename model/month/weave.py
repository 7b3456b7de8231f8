"""From mechanisms to code: one function a place, in the words of either engine.

A place's function adds the terms of all mechanisms that act there. Its text is made from the places, the words and
the mechanisms' declarations, can be printed and read, and stands in tracebacks. The equations themselves are not
copied into it but called: they are written once, in their mechanism's file.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .gather import LOOPS, Mechanisms
from .mechanism import Mechanism, Memory, Sum, Term, arguments
from .places import (
    ALL,
    ANY,
    EACH,
    FACTOR,
    GREATEST,
    HELP,
    INSTEAD,
    PLACES,
    SOURCE_SUM,
    SUM,
    SUPPLY,
    TOGETHER,
    WITH_PARTNERS,
    WITH_SUMS,
    Place,
    memory_place,
)
from .words import GUARDS, Word

JOINED = {
    SUM: "{0} + {1}",
    FACTOR: "{0} * {1}",
    GREATEST: "max({0}, {1})",
    ANY: "where({1} != 0.0, 1.0, {0})",
    ALL: "where({1} != 0.0, {0}, 0.0)",
    INSTEAD: "{1}",
}
"""How a term joins what is there already."""
ABOUT = ("alarm", "benefit", SOURCE_SUM.name)
"""Where terms count for sources only that are the treaty's business."""
LINE = 90
"""Letters of a line of the made text, about."""


@dataclass(frozen=True)
class Dialect:
    """How an engine says the same: what it passes on, how it begins, chooses, and goes through things."""

    name: str
    passes: str
    partners: str
    marks: str
    zero: str
    one: str

    @property
    def compiled(self) -> bool:
        return self.name == "compiled"


INTERACTIVE = Dialect("interactive", "m", "partners, shares", "", "0.0", "1.0")
COMPILED = Dialect("compiled", "plan, num, now", "mates, shares", "@kernel\n", "spread(0.0)", "spread(1.0)")


def functions() -> dict[str, tuple[Place, ...]]:
    """The functions that are made, and the places that each evaluates, in their order."""
    owner = {name: function for function, names in (TOGETHER | {SUPPLY: HELP}).items() for name in names}
    found: dict[str, tuple[Place, ...]] = {}
    for place in PLACES.values():
        function = owner.get(place.name, place.name)
        found[function] = (*found.get(function, ()), place)
    return found


class Weaver:
    """Makes the text of all functions for one set of mechanisms and one engine."""

    def __init__(self, mechanisms: Mechanisms, dialect: Dialect) -> None:
        self.mechanisms, self.dialect = mechanisms, dialect
        self.called: dict[str, Callable[..., Any]] = {}

    def text(self) -> str:
        """The whole module."""
        made = [
            self._supply(places) if name == SUPPLY else self._function(name, places)
            for name, places in functions().items()
        ]
        made += [self._no_sums(), self._source_sums(), self._remember()]
        made += [self._keep_sums()] if self.dialect.compiled else []
        return "\n\n".join(made)

    # -- functions --------------------------------------------------------------------------------

    def _function(self, name: str, places: tuple[Place, ...]) -> str:
        first = places[0]
        given = list(dict.fromkeys(word for place in places for word in place.given))
        extra = [self.dialect.partners] if name in WITH_PARTNERS else []
        extra += ["sums"] if name in WITH_SUMS else []
        if first.how == EACH and self.dialect.compiled:
            extra.append("benefit")
        lines = [f'"""{"; ".join(f"{place.name}: {place.meaning}" for place in places)}."""']
        lines += self._start(places)
        for one in self.mechanisms.all:
            lines += self._part(one, places)
        for place in places:
            lines += self._silence(place)
        lines.append(self._result(places))
        return self._define(name, list(first.over), [*extra, *given], lines)

    def _define(self, name: str, letters: list[str], extra: list[str], lines: list[str]) -> str:
        head = [*letters, self.dialect.passes, *extra] if self.dialect.compiled else ["m", *letters, *extra]
        body = "\n".join(f"    {line}" for line in lines)
        return f"{self.dialect.marks}def {name}({', '.join(head)}):\n{body}"

    def _start(self, places: tuple[Place, ...]) -> list[str]:
        if places[0].how == EACH:
            count = len(self.mechanisms.free_benefits)
            if self.dialect.compiled:
                return [f"put(benefit, 0.0, plan.sources + {slot})" for slot in range(count)]
            return [f"free = [0.0] * {count}"]
        begin = {FACTOR: self.dialect.one, ALL: self.dialect.one}
        return [
            f"{_total(place)} = {place.given[0] if place.how == INSTEAD else begin.get(place.how, self.dialect.zero)}"
            if not place.core
            else f"{_total(place)} = {self.dialect.one}"
            for place in places
        ]

    def _result(self, places: tuple[Place, ...]) -> str:
        if places[0].how == EACH:
            return "return None" if self.dialect.compiled else "return free"
        return f"return {', '.join(_total(place) for place in places)}"

    def _part(self, one: Mechanism, places: tuple[Place, ...]) -> list[str]:
        """What one mechanism does at some places."""
        terms = [(place, term) for place in places for term in one.terms if term.place == place.name]
        if not terms:
            return []
        inner: list[str] = []
        made: set[str] = set()
        for place, term in terms:
            for name in arguments(term.function):
                word = self.mechanisms.word(one, name, place, term.function.__name__)
                if isinstance(word, Sum) and word.over != "sources" and name not in made:
                    made.add(name)
                    inner += self._loop(one, word, place)
            inner += self._term(one, place, term)
        return [f"{self._acts(one)}  # {one.name}", *(f"    {line}" for line in inner)]

    def _term(self, one: Mechanism, place: Place, term: Term) -> list[str]:
        total = _total(place)
        otherwise = total if place.how == INSTEAD else f"{place.neutral}"
        lines = self._call_of(one, term.function, place, lines="term = ")
        lines += self._kept_to(one, term, place, otherwise)
        if place.how == EACH:
            lines += self._chosen(one, "term", "0.0")
            slot = next(n for n, (_, held) in enumerate(self.mechanisms.free_benefits) if held is term)
            lines.append(
                f"put(benefit, term, plan.sources + {slot})" if self.dialect.compiled else f"free[{slot}] = term"
            )
        else:
            lines += self._chosen(one, "term", otherwise)
            lines.append(f"{total} = {JOINED[place.how].format(total, 'term')}")
        return self._guarding(term.only_where, lines)

    def _guarding(self, field: str, lines: list[str]) -> list[str]:
        """Lines that matter only where a number is other than 0."""
        return [f"if {self._guarded(field)}:", *(f"    {line}" for line in lines)] if field else lines

    def _kept_to(self, one: Mechanism, term: Term | Sum, place: Place, otherwise: str) -> list[str]:
        """A term as it is in runs in which it should vanish, whatever its function says there.

        The compiled engine goes through what matters in any run. Of the model's own mechanisms tests hold that they
        vanish elsewhere by themselves, which costs less.
        """
        if not self.dialect.compiled or one.vetted:
            return []
        where = []
        if term.only_where:
            guard = term.only_where
            number = guard if guard in GUARDS else self.mechanisms.vocabulary[guard].compiled
            where.append(f"({number} != 0.0)")
        if place.name in ABOUT:
            about = [f"(get(num.tk, OF.{name}, t, k) > 0.0)" for name in ("scope", *self.mechanisms.widening)]
            where.append(f"({' | '.join(about)})")
        return [f"term = where({' & '.join(where)}, term, {otherwise})"] if where else []

    def _chosen(self, one: Mechanism, value: str, otherwise: str) -> list[str]:
        """A value as it is in runs in which the mechanism is off."""
        if not self.dialect.compiled:
            return []
        return [
            f"if {self._mixed(one)}:",
            f"    {value} = where({self._on(one)}, {value}, {otherwise})",
        ]

    def _guarded(self, field: str) -> str:
        """Whether a number is other than 0: in any run, in the compiled engine."""
        if field in GUARDS:
            return GUARDS[field][1 if self.dialect.compiled else 0]
        word = self.mechanisms.vocabulary[field]
        if self.dialect.compiled:
            over = self.mechanisms.fields[field]
            return f"plan.some_{over}[OF.{field}, {', '.join(word.over)}] != 0"
        return f"{word.interactive} != 0.0"

    def _acts(self, one: Mechanism) -> str:
        return f"if {self._acting(one)}:"

    def _acting(self, one: Mechanism) -> str:
        """Whether a mechanism acts: in any run, in the compiled engine."""
        number = self.mechanisms.index(one.name)
        return f"plan.acts & {1 << number} != 0" if self.dialect.compiled else f"m.acts[{number}]"

    def _mixed(self, one: Mechanism) -> str:
        """Whether a mechanism acts in some runs and not in others."""
        return f"plan.mixed & {1 << self.mechanisms.index(one.name)} != 0"

    def _on(self, one: Mechanism) -> str:
        """In which runs a mechanism acts; the switch of one that is idle is 0."""
        return f"get(num.switches, SWITCH.{one.name}) != 0.0"

    def _silence(self, place: Place) -> list[str]:
        lines = []
        total = _total(place)
        for one in self.mechanisms.all:
            if place.name in one.silenced:
                empty = place.given[0] if place.how == INSTEAD else f"{0.0 if place.core else place.neutral}"
                value = f"where({self._on(one)}, {empty}, {total})"
                lines += [
                    f"{self._acts(one)}  # {one.name} silences {place.name}",
                    f"    {total} = {value if self.dialect.compiled else empty}",
                ]
        return lines

    # -- help -------------------------------------------------------------------------------------

    def _supply(self, places: tuple[Place, ...]) -> str:
        """E5: help from all partners and the mean of their perceptions; what is the same for all is taken once."""
        taken: dict[str, str] = {}
        inner: list[str] = []
        for place in places:
            for one in self.mechanisms.all:
                for term in (term for term in one.terms if term.place == place.name):
                    inner += self._help(one, place, term, taken)
        # A partner that can contribute nothing gives nothing; the model's own terms vanish there by themselves.
        helping = [one for one in self.mechanisms.all if any(term.place in HELP for term in one.terms)]
        counted = "get(mates, j) * helped"
        if not all(one.vetted for one in helping):
            counted = f"where(get(now.sk, AT.contribution, j, k) != 0.0, {counted}, 0.0)"
        if self.dialect.compiled:
            loop = [
                "for at in range(len(now.present[t])):",
                "    j = now.present[t][at]",
                "    if j < 0:",
                "        break",
                "    if j == i:",
                "        continue",
                "    theirs = get(now.sk, AT.perception, j, k)",
                "    mean = mean + get(shares, j) * theirs",
                "    if plan.gives[j, k] != 0:",
                "        helped = supplied_help(get(now.sk, AT.contribution, j, k), theirs)",
                *(f"        {line}" for line in inner),
                f"        received = received + {counted}",
            ]
        else:
            loop = [
                "for j, share in zip(partners, shares, strict=True):",
                "    theirs = m.states[j].perception[k]",
                "    mean = mean + share * theirs",
                "    if m.contribution[j][k] != 0.0:",
                "        helped = supplied_help(m.contribution[j][k], theirs)",
                *(f"        {line}" for line in inner),
                "        received = received + helped",
            ]
        lines = [
            f'"""{"; ".join(f"{place.name}: {place.meaning}" for place in places)}."""',
            *(f"{name}_ = {expression}" for name, expression in taken.items()),
            f"received = {self.dialect.zero}",
            f"mean = {self.dialect.zero}",
            *loop,
            "return received, mean",
        ]
        return self._define(SUPPLY, ["t", "i", "k"], [self.dialect.partners], lines)

    def _help(self, one: Mechanism, place: Place, term: Term, taken: dict[str, str]) -> list[str]:
        """A term of one partner; into `taken` goes what does not depend on the partner."""
        called, words = self._called(one, term.function, place, "")
        given = []
        for word, expression in zip(arguments(term.function), words, strict=True):
            over = self.mechanisms.vocabulary[word].over
            if "j" not in over:
                taken[word] = expression
            given.append("theirs" if word == "partner_threat" else expression if "j" in over else f"{word}_")
        guard = f" and {self._guarded(term.only_where)}" if term.only_where else ""
        taken[f"acts_{called}"] = f"{self._acting(one)}{guard}"
        lines = [f"term = {called}({', '.join(given)})", *self._kept_to(one, term, place, f"{place.neutral}")]
        if self.dialect.compiled:
            taken[f"mixed_{one.name}"] = self._mixed(one)
            lines += [f"if mixed_{one.name}_:", f"    term = where({self._on(one)}, term, {place.neutral})"]
        lines.append(f"helped = {JOINED[place.how].format('helped', 'term')}")
        return [f"if acts_{called}_:  # {one.name}", *(f"    {line}" for line in lines)]

    # -- sums and memories ------------------------------------------------------------------------

    def _loop(self, one: Mechanism, sum_: Sum, place: Place) -> list[str]:
        """A sum over partners or other treaties, worked out where a term asks for it."""
        call = self._call_sum(one, sum_, place)
        return self._partners(sum_.name, call) if sum_.over == "partners" else self._treaties(sum_, call)

    def _partners(self, name: str, call: str) -> list[str]:
        if not self.dialect.compiled:
            return [
                f"{name} = 0.0",
                "for j, share in zip(partners, shares, strict=True):",
                f"    {name} += {call}",
            ]
        return [
            f"{name} = spread(0.0)",
            "for at in range(len(now.present[t])):",
            "    j = now.present[t][at]",
            "    if j < 0:",
            "        break",
            "    if j != i:",
            f"        {name} += where(get(mates, j) != 0.0, {call}, 0.0)",
        ]

    def _treaties(self, sum_: Sum, call: str) -> list[str]:
        name = sum_.name
        if not self.dialect.compiled:
            linked = f" and m.of['{sum_.along}'][q][t] != 0.0" if sum_.along else ""
            return [
                f"{name} = 0.0",
                "for q in m.seats_of(i):",
                f"    if q != t{linked}:",
                f"        {name} += {call}",
            ]
        listed = f"plan.links[OF.{sum_.along}, t]" if sum_.along else "plan.tables[i]"
        sits = "get(now.ts, AT.member, q, i) != 0.0"
        if sum_.along:
            sits = f"({sits}) & (get(num.tt, OF.{sum_.along}, q, t) != 0.0)"
        return [
            f"{name} = spread(0.0)",
            f"for at in range(len({listed})):",
            f"    q = {listed}[at]",
            "    if q < 0:",
            "        break",
            "    if q != t:",
            f"        {name} += where({sits}, {call}, 0.0)",
        ]

    def _source_sums(self) -> str:
        """Each sum over sources, one source further; none is added to where its mechanism does not act."""
        lines = ['"""Sums over sources, one source further."""']
        sums = [(one, s) for one in self.mechanisms.all for s in one.sums if s.over == "sources"]
        for n, (one, sum_) in enumerate(sums):
            more = [
                *self._call_of(one, sum_.function, SOURCE_SUM, lines="term = "),
                *self._kept_to(one, sum_, SOURCE_SUM, "0.0"),
                *self._chosen(one, "term", "0.0"),
                f"s{n} = s{n} + term",
            ]
            more = self._guarding(sum_.only_where, more)
            lines += [f"s{n} = sums[{n}]", f"{self._acts(one)}  # {one.name}", *(f"    {line}" for line in more)]
        lines.append(f"return {', '.join(f's{n}' for n in range(len(sums)))}," if sums else "return sums")
        return self._define("add_source", ["t", "i", "k"], ["sums", *SOURCE_SUM.given], lines)

    def _no_sums(self) -> str:
        zeros = ", ".join([self.dialect.zero] * max(len(self.mechanisms.source_sums), 1))
        return f'{self.dialect.marks}def no_sums():\n    """Sums over no sources."""\n    return ({zeros},)'

    def _keep_sums(self) -> str:
        """Write the recorded sums of a party that weighs, 0 of one that does not."""
        lines = ['"""Record the sums over sources of one party."""']
        for number, sum_ in enumerate(self.mechanisms.source_sums):
            if sum_.record is not None:
                lines.append(f"put(now.ts, where(weighs, sums[{number}], 0.0), AT.{sum_.name}, t, i)")
        return f"{self.dialect.marks}def keep_sums(t, i, now, sums, weighs):\n" + "\n".join(
            f"    {x}" for x in lines
        )

    def _remember(self) -> str:
        """The next value of every memory, one after the other."""
        lines = ['"""Numbers that mechanisms keep, a month further."""']
        for one in self.mechanisms.all:
            for memory in one.memories:
                lines += self._memory(one, memory)
        return self._define("remember", [], [], [*lines, "return None"])

    def _memory(self, one: Mechanism, memory: Memory) -> list[str]:
        letters = {"s": ["i"], "k": ["k"], "t": ["t"], "sk": ["i", "k"]}[memory.over]
        place = memory_place(memory.name, "".join(letters))
        call = self._inline(one, memory.function, place)
        counts = {"i": "states", "k": "sources", "t": "treaties"}
        lines, depth = [], 0
        for letter in letters:
            count = f"plan.{counts[letter]}" if self.dialect.compiled else f"len(m.world.{counts[letter]})"
            lines.append("    " * depth + f"for {letter} in range({count}):")
            depth += 1
        if self.dialect.compiled:
            value = f"where({self._on(one)}, {call}, 0.0)"
            lines.append(
                "    " * depth + f"put(now.{memory.over}, {value}, AT.{memory.name}, {', '.join(letters)})"
            )
        else:
            index = "".join(f"[{letter}]" for letter in letters)
            on = self._acting(one)
            lines.append("    " * depth + f"m.memory['{memory.name}']{index} = {call} if {on} else 0.0")
        if self.dialect.compiled:
            return [f"{self._acts(one)}  # {one.name}", *(f"    {line}" for line in lines)]
        return lines

    # -- calls --------------------------------------------------------------------------------------

    def _call_sum(self, one: Mechanism, sum_: Sum, place: Place) -> str:
        return self._inline(one, sum_.function, place, LOOPS[sum_.over])

    def _inline(self, one: Mechanism, function: Callable[..., Any], place: Place, loop: str = "") -> str:
        """A call within a line."""
        name, words = self._called(one, function, place, loop)
        return f"{name}({', '.join(words)})"

    def _call_of(self, one: Mechanism, function: Callable[..., Any], place: Place, lines: str) -> list[str]:
        """A call on lines of its own, which begin with `lines`."""
        name, words = self._called(one, function, place, "")
        whole = f"{lines}{name}({', '.join(words)})"
        if len(whole) <= LINE:
            return [whole]
        return [f"{lines}{name}(", *(f"    {word}," for word in words), ")"]

    def _called(
        self, one: Mechanism, function: Callable[..., Any], place: Place, loop: str
    ) -> tuple[str, list[str]]:
        name = f"{one.name}__{function.__name__}"
        self.called[name] = function
        words = [self.mechanisms.word(one, word, place, function.__name__, loop) for word in arguments(function)]
        return name, [self._expression(word) for word in words]

    def _expression(self, word: Word | Sum) -> str:
        if isinstance(word, Sum):
            if word.over != "sources":
                return word.name
            return f"sums[{next(n for n, s in enumerate(self.mechanisms.source_sums) if s is word)}]"
        return word.compiled if self.dialect.compiled else word.interactive


def _total(place: Place) -> str:
    return f"{place.name}_"


def weave(mechanisms: Mechanisms, dialect: Dialect, names: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """The functions of all places for an engine; `names` is what its text may use beside the equations."""
    weaver = Weaver(mechanisms, dialect)
    text = weaver.text()
    file = f"<entente: places, {dialect.name}, {mechanisms.digest[:12]}>"
    # So that a traceback shows the line, as of any file.
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    # A module that can be found by its name: the compiler asks for it when it takes code from its cache.
    module = ModuleType(f"{__package__}.woven_{dialect.name}_{mechanisms.digest[:12]}")
    space = vars(module)
    space.update(names, **weaver.called)
    sys.modules[module.__name__] = module
    exec(compile(text, file, "exec"), space)
    made = [*functions(), "no_sums", "add_source", "remember", *(["keep_sums"] if dialect.compiled else [])]
    return {name: space[name] for name in made}


def code_of(mechanisms: Mechanisms, dialect: Dialect, name: str) -> Iterator[str]:
    """The functions made for an engine in whose text a mechanism stands, as text."""
    for text in Weaver(mechanisms, dialect).text().split("\n\n"):
        if re.search(rf"\b{re.escape(name)}__|# {re.escape(name)}\b", text):
            yield text
