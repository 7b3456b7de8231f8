"""All randomness: uniform and normal numbers keyed by seed, replicate and the name of a stream.

A stream belongs to one named thing (`militancy/arrival`, `UZB/militancy/perception`), so adding or
removing a state, a source or a treaty leaves the noise of all others alone, and every run of a
study that shares a replicate shares its noise (common random numbers). Months lead: a longer
horizon only appends.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entente.errors import InputError, shown
from entente.month.mechanism import NORMAL, UNIFORM, Stream

Floats = NDArray[np.float64]

SEED_LIMIT = 2**63

ARRIVAL, MAGNITUDE, PERCEPTION = "{}/arrival", "{}/magnitude", "{}/{}/perception"
"""Names of streams: of a source, of a source, of a state and a source; those of a mechanism are `THING/NAME`."""


def fresh_seed() -> int:
    """A seed from the operating system, for runs that name none; record it to repeat the run."""
    return secrets.randbelow(2**31)


def stream(name: str, seed: int, replicate: int) -> np.random.Generator:
    """The generator of one stream. `seed` and `replicate` are whole numbers from 0 on."""
    return np.random.Generator(np.random.Philox(key=_key(name, seed, replicate)))


def key_of(name: str, seed: int, replicate: int) -> bytes:
    """The key of a stream, two words of 64 bits. Raises `InputError` for numbers outside 0 to 2**63 - 1."""
    if not 0 <= seed < SEED_LIMIT or not 0 <= replicate < SEED_LIMIT:
        raise InputError(
            f"seed {shown(seed)}, replicate {shown(replicate)}: must be whole numbers from 0 to 2**63 - 1"
        )
    return hashlib.sha256(f"{seed}/{replicate}/{name}".encode()).digest()[:16]


def _key(name: str, seed: int, replicate: int) -> NDArray[np.uint64]:
    return np.frombuffer(key_of(name, seed, replicate), dtype=np.uint64)


class _Streams:
    """The streams of one replicate: one generator that takes up each in turn, since making one takes long."""

    def __init__(self, seed: int, replicate: int) -> None:
        self._of = seed, replicate
        self._bits = np.random.Philox(key=0)
        self._fresh = self._bits.state
        self._generator = np.random.Generator(self._bits)

    def at(self, name: str) -> np.random.Generator:
        """The generator at the beginning of the named stream, until the next is asked for."""
        state = self._fresh["state"] | {"key": _key(name, *self._of)}
        self._bits.state = self._fresh | {"state": state}
        return self._generator


@dataclass(frozen=True)
class Draws:
    """The noise of one replicate, for every month of a run.

    `arrival` (months, sources) uniform: a shock arrives where it is below the monthly probability.
    `magnitude` (months, sources) standard normal: the log of its size.
    `perception` (months, states, sources) standard normal: the noise of E3.
    `own` (months, things) by name: the streams of mechanisms.
    """

    arrival: Floats
    magnitude: Floats
    perception: Floats
    own: dict[str, Floats]


def draw(
    states: tuple[str, ...],
    sources: tuple[str, ...],
    treaties: tuple[str, ...],
    months: int,
    seed: int,
    replicate: int = 0,
    wanted: frozenset[str] | None = None,
    own: tuple[Stream, ...] = (),
) -> Draws:
    """Noise for `months` months, one stream a thing; see `Draws` for the shapes.

    `own` are the streams of mechanisms. `wanted` names the streams that are read; the others are left 0.
    None: all are drawn.
    """
    streams = _Streams(seed, replicate)

    def fill(name: str, law: str, into: Floats) -> None:
        if wanted is None or name in wanted:
            generator = streams.at(name)
            into[:] = generator.random(months) if law == UNIFORM else generator.standard_normal(months)

    arrival, magnitude = (np.zeros((months, len(sources))) for _ in range(2))
    perception = np.zeros((months, len(states), len(sources)))
    for k, source in enumerate(sources):
        fill(ARRIVAL.format(source), UNIFORM, arrival[:, k])
        fill(MAGNITUDE.format(source), NORMAL, magnitude[:, k])
        for i, state in enumerate(states):
            fill(PERCEPTION.format(state, source), NORMAL, perception[:, i, k])
    things = {"s": states, "k": sources, "t": treaties}
    drawn = {}
    for one in own:
        drawn[one.name] = np.zeros((months, len(things[one.over])))
        for n, thing in enumerate(things[one.over]):
            fill(f"{thing}/{one.label}", one.law, drawn[one.name][:, n])
    return Draws(arrival, magnitude, perception, drawn)
