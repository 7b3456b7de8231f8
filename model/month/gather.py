"""A set of mechanisms: what they declare together, in one fixed order, and whether they go together."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

from entente.errors import InputError, nearest, shown

from .core import CORE, SWITCHES
from .mechanism import Article, Mechanism, Memory, Number, Stream, Sum, Term, arguments
from .places import (
    EACH,
    HELP,
    INSTEAD,
    PLACES,
    SOURCE_SUM,
    TOGETHER,
    WITH_PARTNERS,
    WITH_SUMS,
    Place,
    function_of,
    memory_place,
)
from .words import GIVEN, GUARDS, KEPT, WORDS, Word

MOST = 62
"""Mechanisms of a set at most: which act is one whole number, a bit a mechanism."""
LOOPS = {"sources": "k", "partners": "j", "treaties": "q"}
"""What a sum runs over, and the letter of it."""
THINGS = {"t": "a treaty", "i": "a party", "j": "a partner", "k": "a source", "q": "another treaty"}


def the_mechanism(module: ModuleType) -> Mechanism:
    """The mechanism that a module declares. Raises `InputError` where there is none, or several."""
    found = [value for value in vars(module).values() if isinstance(value, Mechanism)]
    if len(found) != 1:
        raise InputError(f"{module.__name__}: declares {len(found)} mechanisms; a file declares one")
    return found[0]


class Mechanisms:
    """Mechanisms in their order. Raises `InputError` with one sentence where one of them cannot be used."""

    def __init__(self, all_: Sequence[Mechanism]) -> None:
        self.all = tuple(all_)
        if len(self.all) > MOST:
            raise InputError(
                f"{len(self.all)} mechanisms: a scenario may have {MOST} at most, those of the model included"
            )
        for mechanism in self.all:
            _check_kinds(mechanism)
        self._check_names()
        for mechanism in self.all:
            self._check(mechanism)

    def __reduce__(self) -> Any:
        return Mechanisms, (self.all,)

    def with_(self, more: Sequence[Mechanism]) -> Mechanisms:
        """These and some more after them, in the order of their names."""
        return Mechanisms([*self.all, *sorted(more, key=lambda mechanism: mechanism.name)]) if more else self

    # -- what they declare ----------------------------------------------------------------------

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Every declared number, the core's first."""
        return tuple(number for one in (CORE, *self.all) for number in one.numbers)

    def at(self, part: str) -> tuple[Number, ...]:
        """The numbers of one part of a scenario: `behaviour`, `institution`, `states`, `sources`, `treaties`."""
        return tuple(number for number in self.numbers if number.at == part)

    @cached_property
    def dials(self) -> tuple[str, ...]:
        return tuple(number.name for number in self.at("behaviour"))

    @cached_property
    def constants(self) -> tuple[str, ...]:
        return tuple(number.name for number in self.at("institution"))

    @cached_property
    def switches(self) -> dict[str, tuple[bool, str]]:
        """Default and sentence of every switch; those of the core come first, then one a mechanism."""
        core = {name: (True, sentence) for name, sentence in SWITCHES.items()}
        return core | {one.name: (one.on, one.sentence) for one in self.all}

    @cached_property
    def articles(self) -> dict[str, Article]:
        """Every rule of articles by name; `term` is the core's."""
        return {article.rule: article for one in self.all for article in one.articles}

    @cached_property
    def effects(self) -> dict[str, Article]:
        """The numbers in which the strengths of articles meet, by name."""
        return {article.into: article for one in self.all for article in one.articles}

    @cached_property
    def fields(self) -> dict[str, str]:
        """Numbers of states, sources, treaties and articles by name, and the letters of what they are of."""
        kinds = {"plain": "t", "covering": "tk", "towards": "tt"}
        found = {number.name: number.over for number in self.numbers if number.over}
        return found | {name: kinds[article.kind] for name, article in self.effects.items()}

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        return tuple(stream for one in self.all for stream in one.streams)

    @cached_property
    def memories(self) -> tuple[Memory, ...]:
        return tuple(memory for one in self.all for memory in one.memories)

    @cached_property
    def source_sums(self) -> tuple[Sum, ...]:
        """Sums over sources, which are made while benefits are."""
        return tuple(sum_ for one in self.all for sum_ in one.sums if sum_.over == "sources")

    @cached_property
    def records(self) -> dict[str, tuple[str, str, str]]:
        """Recorded numbers of mechanisms: letters, unit and meaning."""
        found = {s.name: ("ts", s.record.unit, s.record.meaning) for s in self.source_sums if s.record}
        kept = {m.name: (m.over, m.record.unit, m.record.meaning) for m in self.memories if m.record}
        return found | kept

    @cached_property
    def free_benefits(self) -> tuple[tuple[Mechanism, Term], ...]:
        """Benefits without a source, each with a need of its own."""
        return tuple((one, term) for one in self.all for term in one.terms if PLACES[term.place].how == EACH)

    @cached_property
    def vetted(self) -> bool:
        """Whether all are the model's own."""
        return all(one.vetted for one in self.all)

    @cached_property
    def minds_alignment(self) -> bool:
        """Whether alignment feeds back: whether anything but alignment itself reads it."""
        reads = {"own_alignment", "partner_alignment"}
        for one in self.all:
            turning = [term.function for term in one.terms if PLACES[term.place].phase == "turn"]
            named = {name for function in turning for name in arguments(function)}
            turning += [sum_.function for sum_ in one.sums if sum_.name in named]
            if any(reads & set(arguments(f)) for f in one.functions if f not in turning):
                return True
        return False

    @cached_property
    def bends(self) -> bool:
        """Whether anything bends the marginal utility of depth."""
        return any(term.place in ("common_benefit", "saving") for one in self.all for term in one.terms)

    @cached_property
    def widening(self) -> tuple[str, ...]:
        """Numbers of articles that make a source a treaty's business, since what weighs it reads them."""
        weighing = [t.function for one in self.all for t in one.terms if PLACES[t.place].phase == "weigh"]
        weighing += [sum_.function for sum_ in self.source_sums]
        read = {word for function in weighing for word in arguments(function)}
        return tuple(name for name, article in self.effects.items() if article.kind == "covering" and name in read)

    def reading(self, word: str, acts: Any) -> bool:
        """Whether any mechanism that acts reads a word; `acts` says of each whether it does, in any number of runs."""
        for one, does in zip(self.all, acts, strict=True):
            if does.any() and any(word in arguments(function) for function in one.functions):
                return True
        return False

    def index(self, name: str) -> int:
        """The place of a mechanism in the order."""
        return next(n for n, one in enumerate(self.all) if one.name == name)

    def owner(self, name: str) -> Mechanism | None:
        """The mechanism that declares a parameter or constant; None for one of the core."""
        return next((one for one in self.all if any(number.name == name for number in one.numbers)), None)

    @cached_property
    def digest(self) -> str:
        """A digest of all that they declare and compute."""
        return hashlib.sha256("".join(self.digest_of(one) for one in self.all).encode()).hexdigest()

    @staticmethod
    def digest_of(one: Mechanism) -> str:
        """A digest of one mechanism: that of its file where the text is known, else of functions and declarations."""
        return hashlib.sha256((one.source or repr((one.name, one.on, told(one)))).encode()).hexdigest()

    # -- whether they go together ---------------------------------------------------------------

    def _check_names(self) -> None:
        taken: dict[str, str] = dict.fromkeys((*WORDS, *GIVEN), "a word of the month")
        taken |= {number.name: "a number of the core" for number in CORE.numbers}
        switches = dict.fromkeys(SWITCHES, "a switch of the core")
        for one in self.all:
            if one.name in switches:
                raise InputError(f"{one.name}: {switches[one.name]}; a mechanism needs a name of its own")
            switches[one.name] = "another mechanism has this name"
            names = [number.name for number in one.numbers] + [stream.name for stream in one.streams]
            names += [memory.name for memory in one.memories] + list(dict.fromkeys(a.into for a in one.articles))
            names += [sum_.name for sum_ in one.sums if sum_.record is not None]
            for name in names:
                if name in taken and not (taken[name] == one.name and name in self.effects):
                    raise InputError(f"{one.name}: {name}: is {_whose(taken[name])} already; take another name")
                taken[name] = one.name
            for rule in one.articles:
                if rule.rule in taken.get("rules", "").split():
                    raise InputError(f"{one.name}: {rule.rule}: is a rule of articles already; take another name")
            for stream in one.streams:
                if taken.get(f"noise {stream.over} {stream.label}", one.name) != one.name:
                    raise InputError(
                        f"{one.name}: {stream.label}: labels noise of another mechanism; take another label"
                    )
                taken[f"noise {stream.over} {stream.label}"] = one.name
            taken["rules"] = " ".join([taken.get("rules", "term"), *(a.rule for a in one.articles)])

    def _check(self, one: Mechanism) -> None:
        for term in one.terms:
            if term.place not in PLACES:
                raise InputError(
                    f"{one.name}: {term.function.__name__}: {shown(term.place)} is no place of a month"
                    f"{nearest(term.place, PLACES)}"
                )
            place = PLACES[term.place]
            if place.core:
                raise InputError(
                    f"{one.name}: {term.function.__name__}: {place.name} is there to be silenced only"
                )
            for name in arguments(term.function):
                self.word(one, name, place, term.function.__name__)
            if place.needed != bool(term.need):
                rule = "needs a constant as its need" if place.needed else "has no need"
                raise InputError(f"{one.name}: {term.function.__name__}: a term of {place.name} {rule}")
            guards = [
                name
                for name, over in self.fields.items()
                if over != "tt" and set(self.vocabulary[name].over) <= set(place.over)
            ]
            guards += [name for name in place.given if name in GUARDS]
            for name, known in ((term.need, self.constants), (term.only_where, guards)):
                if name and name not in known:
                    raise InputError(
                        f"{one.name}: {term.function.__name__}: {shown(name)} is not declared for {place.name}"
                        f"{nearest(name, known)}"
                    )
            self._check_idle(one, place)
        for name in one.silenced:
            if name not in PLACES:
                raise InputError(f"{one.name}: silences {shown(name)}, which is no place{nearest(name, PLACES)}")
            if name in HELP or PLACES[name].how == EACH:
                raise InputError(
                    f"{one.name}: {name} cannot be silenced; silence what is made of it, such as benefit"
                )
        if one.idle_at_zero and one.idle_at_zero not in self.dials:
            raise InputError(
                f"{one.name}: {shown(one.idle_at_zero)}: is no parameter{nearest(one.idle_at_zero, self.dials)}"
            )
        for sum_ in one.sums:
            self._check_sum(one, sum_)
        for memory in one.memories:
            place = memory_place(memory.name, _variants(memory.over)[0][1])
            for name in arguments(memory.function):
                if name in (sum_.name for sum_ in one.sums):
                    raise InputError(f"{one.name}: {memory.name}: a memory can name no sum, such as {name}")
                self.word(one, name, place, memory.function.__name__)

    def _check_sum(self, one: Mechanism, sum_: Sum) -> None:
        at = f"{one.name}: {sum_.name}"
        if sum_.name in self.vocabulary or sum_.name in GIVEN:
            raise InputError(f"{at}: is a word already; a sum needs a name of its own")
        own = [s.name for s in one.sums]
        recorded = [s.name for other in self.all for s in other.sums if s.record and s is not sum_]
        if own.count(sum_.name) > 1 or (sum_.record and sum_.name in recorded):
            raise InputError(f"{at}: is the name of another sum; take another name")
        links = [name for name, over in self.fields.items() if over == "tt"]
        if sum_.along and sum_.along not in links:
            raise InputError(
                f"{at}: {shown(sum_.along)}: is no number of articles that link treaties{nearest(sum_.along, links)}"
            )
        if not any(sum_.name in arguments(term.function) for term in one.terms) and not sum_.record:
            raise InputError(f"{at}: is asked for by no term of {one.name}")

    def _check_idle(self, one: Mechanism, place: Place) -> None:
        if one.idle_at_zero and place.how == INSTEAD:
            raise InputError(f"{one.name}: replaces {place.name} and so is never idle; leave out idle_at_zero")

    # -- words ------------------------------------------------------------------------------------

    def word(self, one: Mechanism, name: str, place: Place, function: str, loop: str = "") -> Word | Sum:
        """What an argument of a mechanism's function stands for at a place (within a sum's `loop`).

        Raises `InputError` where it is no word, or one of things that the place is not about.
        """
        if loop == LOOPS["sources"]:
            place = SOURCE_SUM
        over = place.over + loop
        sums = {s.name: s for s in one.sums}
        if name in sums and not loop:
            return self._sum(one, sums[name], place, function)
        if name in place.given:
            unit, meaning = GIVEN[name]
            return Word(name, "", unit, meaning, name, name)
        known = self.vocabulary
        if name not in known:
            words = [*known, *place.given, *sums]
            elsewhere = f", which is known at {_places_of(name)} only" if name in GIVEN else ""
            raise InputError(
                f"{one.name}: {function}: {shown(name)} is no word at {place.name}{elsewhere}{nearest(name, words)}"
            )
        word = known[name]
        if word.phase not in ("", place.phase):
            raise InputError(
                f"{one.name}: {function}: {name} is known where a treaty is weighed only, not at {place.name}"
            )
        theirs = next((o for o in self.all if o is not one and name.removeprefix("partner_") in _drawn(o)), None)
        if theirs is not None:
            raise InputError(
                f"{one.name}: {function}: {name} is noise of {theirs.name}; a mechanism hears its own only"
            )
        missing = [letter for letter in word.over if letter not in over]
        if missing:
            about = ", ".join(THINGS[letter] for letter in place.over) or "nothing"
            raise InputError(
                f"{one.name}: {function}: {name} is of {THINGS[missing[0]]}, and {place.name} is about {about}"
            )
        return word

    def _sum(self, one: Mechanism, sum_: Sum, place: Place, function: str) -> Sum:
        at, evaluated = f"{one.name}: {function}: {sum_.name} is a sum over {sum_.over}", function_of(place.name)
        if sum_.over == "sources":
            if evaluated not in WITH_SUMS:
                raise InputError(f"{at}, known at {', '.join(TOGETHER['weigh'])} only, not at {place.name}")
            for name in arguments(sum_.function):
                self.word(one, name, SOURCE_SUM, sum_.name, LOOPS["sources"])
            return sum_
        if sum_.over == "partners" and evaluated not in WITH_PARTNERS:
            raise InputError(f"{at}, and who they are is not known at {place.name}")
        if place.name in HELP or not {"t", "i"} <= set(place.over):
            raise InputError(f"{at} of a party, and cannot be named at {place.name}")
        for name in arguments(sum_.function):
            self.word(one, name, place, sum_.name, LOOPS[sum_.over])
        return sum_

    @cached_property
    def vocabulary(self) -> dict[str, Word]:
        """Every word but those given at single places: of the month, parameters, constants, declared numbers."""
        found = dict(WORDS)
        for number in (*self.at("behaviour"), *self.at("institution")):
            group = (
                ("dial", "dials", "DIAL") if number.at == "behaviour" else ("constant", "constants", "CONSTANT")
            )
            held, array, places = group
            found[number.name] = Word(
                number.name, "", number.declaration["unit"], number.declaration["description"],
                f"m.{held}['{number.name}']", f"get(num.{array}, {places}.{number.name})",
            )  # fmt: skip
        told = {number.name: number for number in self.numbers}
        for name, over in self.fields.items():
            unit = told[name].declaration["unit"] if name in told else "share 0..1"
            meaning = told[name].declaration["description"] if name in told else self.effects[name].effect
            for prefix, letters in _variants(over):
                index = "".join(f"[{letter}]" for letter in letters)
                found[prefix + name] = Word(
                    prefix + name, letters, unit, meaning, f"m.of['{name}']{index}",
                    f"get(num.{over}, OF.{name}, {', '.join(letters)})",
                )  # fmt: skip
        kept = [
            (
                m.name,
                m.over,
                "memory",
                m.record.unit if m.record else "",
                m.record.meaning if m.record else "kept from month to month",
            )
            for m in self.memories
        ]
        drawn = [
            (s.name, s.over, "heard", "uniform" if s.law == "uniform" else "normal", "noise of this month")
            for s in self.streams
        ]
        for name, over, holder, unit, meaning in (*kept, *drawn):
            for prefix, letters in _variants(over):
                index = "".join(f"[{letter}]" for letter in letters)
                found[prefix + name] = Word(
                    prefix + name, letters, unit, meaning, f"m.{holder}['{name}']{index}",
                    f"get(now.{over}, AT.{name}, {', '.join(letters)})",
                )  # fmt: skip
        return found


KINDS = ("plain", "covering", "towards")
"""Of which kinds an article may be."""


def _check_kinds(one: Mechanism) -> None:
    """Raise `InputError` where an article or a sum is of a kind that there is not, or a name would be ambiguous."""
    articles = tuple((a.rule, a.kind, KINDS) for a in one.articles)
    for name, kind, known in (*articles, *((s.name, s.over, tuple(LOOPS)) for s in one.sums)):
        if kind not in known:
            raise InputError(
                f"{one.name}: {name}: is {' or '.join(known)}, not {shown(kind)}{nearest(kind, known)}"
            )
    for name in (one.name, *(function.__name__ for function in one.functions)):
        if "__" in name:
            raise InputError(
                f"{one.name}: {shown(name)}: two underscores part a mechanism from its function; use one"
            )
    for number, article in enumerate(one.articles):
        if article.into in KEPT:
            raise InputError(
                f"{one.name}: {article.into}: is kept by the engines for something else; take another name"
            )
        other = next((o for o in one.articles[:number] if o.into == article.into and o.kind != article.kind), None)
        if other is not None:
            raise InputError(
                f"{one.name}: {article.into}: is {other.kind} by {other.rule}, {article.kind} by {article.rule}"
            )
    labels = [(stream.over, stream.label) for stream in one.streams]
    for over, label in labels:
        if labels.count((over, label)) > 1:
            raise InputError(f"{one.name}: {label}: labels two streams, which would be the same noise")


def _drawn(one: Mechanism) -> list[str]:
    return [stream.name for stream in one.streams]


def _variants(over: str) -> tuple[tuple[str, str], ...]:
    """Prefixes of a number's word, and the letters that each is of."""
    return {
        "s": (("", "i"), ("partner_", "j")), "k": (("", "k"),), "t": (("", "t"), ("other_", "q")),
        "ts": (("", "ti"), ("partner_", "tj")), "tk": (("", "tk"), ("other_", "qk")), "tt": (("", "qt"),),
        "sk": (("", "ik"), ("partner_", "jk")),
    }[over]  # fmt: skip


def _whose(taken: str) -> str:
    return taken if " " in taken else f"declared by {taken}"


def _places_of(name: str) -> str:
    return ", ".join(place.name for place in PLACES.values() if name in place.given)


def told(one: Mechanism) -> str:
    """All that a mechanism declares and computes, as text: also the equations and numbers that its functions use."""
    declared = (one.numbers, one.articles, one.streams, one.silenced, one.idle_at_zero)
    held: list[tuple[str, ...]] = [(t.place, t.only_where, t.need, t.function.__name__) for t in one.terms]
    held += [(s.name, s.over, s.along, s.only_where, repr(s.record)) for s in one.sums]
    held += [(m.name, m.over, repr(m.bounds), repr(m.record), m.function.__name__) for m in one.memories]
    used: dict[str, str] = {}
    waiting: list[Any] = list(one.functions)
    while waiting:
        function = waiting.pop()
        used[function.__qualname__] = inspect.getsource(function)
        for name in function.__code__.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, int | float):
                used[name] = repr(value)
            elif getattr(value, "is_equation", False) and value.__qualname__ not in used:
                waiting.append(value)
    return repr((declared, held, sorted(one.said.items()), sorted(used.items())))
