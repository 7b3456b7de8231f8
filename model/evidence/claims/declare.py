"""What a claim is: a world and its changes, what is seen of it in each draw, and the relation that confirms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from entente.world.draws import Floats

TESTED, BUILT_IN, NOT_MODELLED = "tested", "built-in", "not-modelled"
KINDS = (TESTED, BUILT_IN, NOT_MODELLED)
BEFORE = "as read before"
"""The margin that keeps the old reading of a claim that is read anew, told beside the new one."""


@dataclass(frozen=True)
class PerDraw:
    """A value that depends on a draw's parameters: `of` takes all behaviour parameters (a column a dotted path, a
    row a draw) and gives one value each."""

    of: Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class World:
    """A scenario and what is changed in it: dotted paths to values, or to `PerDraw`.

    It is run `replicates` times a draw; run r of a draw hears the same noise in every world.

    Examples:
        >>> from entente.evidence.claims import World
        >>> World("memo-2001", {"months": 60}).but({"behaviour.rise": 0.5}).changes
        {'months': 60, 'behaviour.rise': 0.5}
    """

    scenario: str | Path
    changes: Mapping[str, Any] = field(default_factory=dict)
    replicates: int = 1

    def but(self, *changes: Mapping[str, Any]) -> World:
        """The same world with further changes; later ones win."""
        merged = dict(self.changes)
        for some in changes:
            merged.update(some)
        return replace(self, changes=merged)

    def repeated(self, replicates: int) -> World:
        """The same world, run so many times a draw."""
        return replace(self, replicates=replicates)

    @property
    def key(self) -> str:
        """The same text for the same world."""
        changes = sorted((path, repr(value)) for path, value in self.changes.items())
        return f"{self.scenario}{changes}x{self.replicates}"


class See(Protocol):
    """What a claim is given: outcomes of worlds, named as in `entente.world.outcomes`, all on the same draws and noise."""

    def __call__(self, world: World, outcome: str) -> Floats:
        """One number a draw: the mean over the world's replicates."""
        ...

    def each(self, world: World, outcome: str) -> Floats:
        """A row a replicate, a column a draw."""
        ...


Parts = dict[str, Floats]
"""Margins by name, one number a draw. A draw confirms where every margin is above zero; the first is the effect."""


@dataclass(frozen=True)
class Claim:
    """One claim.

    `id`; `source`: paragraphs of the memo; `words`: the claim, in our words; `kind`; `note`: for a tested
    claim how it is read, else why it is not tested; `unit` of the effect; `off`: changes that switch its
    mechanism off, `without`: the same in words; `told`: margins that are reported and not required;
    `anew`: of a claim that was once read otherwise, what changed and why, its old reading being told as `BEFORE`;
    `parts`: the margins of a tested claim from what is seen.
    """

    id: str
    source: str
    words: str
    kind: str
    note: str
    unit: str = ""
    off: Mapping[str, Any] = field(default_factory=dict)
    without: str = ""
    told: tuple[str, ...] = ()
    anew: str = ""
    parts: Callable[[See], Parts] | None = None


def to_test(
    id_: str,
    source: str,
    words: str,
    *,
    note: str,
    unit: str,
    off: Mapping[str, Any],
    without: str,
    told: tuple[str, ...] = (),
    anew: str = "",
) -> Callable[[Callable[[See], Parts]], Claim]:
    """Make a claim of a function that gives its margins; where it is read `anew`, one of them is `before(...)`.

    The function takes `see`: `see(world, outcome)` gives the outcome of each draw, shape (draws,); a margin above
    0 holds. `id_`, `source`, `words`, `note`, `unit` (of the effect), `off`, `without` and `told` are those of
    `Claim`.

    Examples:
        >>> from entente import evaluate_claims
        >>> from entente.evidence.claims import World, to_test
        >>> world = World("memo-2001", {"months": 24})
        >>> alarmed = world.but({"behaviour.rise": 0.5})
        >>> @to_test("M1", "mine", "Faster alarm deepens the tie.", note="Depth after two years.", unit="depth",
        ...     off={"behaviour.rise": 0.2}, without="slow alarm")
        ... def m1(see):
        ...     return {"deeper": see(alarmed, "depth:rus-chn-2001@last") - see(world, "depth:rus-chn-2001@last")}
        >>> evaluate_claims(draws=10, claims=[m1]).claims["id"].tolist()
        ['M1']
    """
    beside = (*told, BEFORE) if anew else told
    return lambda parts: Claim(id_, source, words, TESTED, note, unit, off, without, beside, anew, parts)


def before(*margins: Floats) -> Parts:
    """The old reading as one margin: above zero where all that it required is."""
    return {BEFORE: np.asarray(np.min(np.stack(margins), axis=0))}


def built_in(id_: str, source: str, words: str, why: str) -> Claim:
    """A claim that the equations assume."""
    return Claim(id_, source, words, BUILT_IN, why)


def not_modelled(id_: str, source: str, words: str, why: str) -> Claim:
    """A claim about what the model does not hold."""
    return Claim(id_, source, words, NOT_MODELLED, why)
