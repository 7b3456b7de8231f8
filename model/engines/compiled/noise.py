"""The noise of many replicates, drawn in compiled code: to the last bit what numpy's `Generator(Philox)` draws.

A study of few points and many replicates hears new noise in every run, and numpy has to be asked for each of its streams by the
interpreter. Here a replicate's streams are drawn in one go and without the interpreter's lock. Philox is that of Salmon et al. (2011),
with 64 bits and ten rounds; normal numbers are made by numpy's ziggurat, from the tables that numba has of it. Whether
both do the same is tried once in each process; where not, numpy draws.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.random._constants import fi_double, ki_double, wi_double, ziggurat_nor_inv_r, ziggurat_nor_r
from numpy.typing import NDArray

from entente.month.mechanism import NORMAL, UNIFORM
from entente.world.draws import ARRIVAL, MAGNITUDE, PERCEPTION, Draws, Floats, key_of
from entente.world.pack import World

from .compiled import compiled_of
from .kernel import kernel
from .layout import Ints

Keys = NDArray[np.uint64]

ROUNDS = 10
MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
WEYL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
ONE, EIGHT, NINE, ELEVEN = (np.uint64(n) for n in (1, 8, 9, 11))
BYTE, MANTISSA = np.uint64(0xFF), np.uint64(0x000FFFFFFFFFFFFF)
IN_UNIT = 1.0 / 9007199254740992.0
EACH, WORDS = 4, 64
"""Numbers of 64 bits that a count gives, and that are made at once: the processor works on several counts side by side."""
COUNT, PLACE, KEY = 0, 1, 2
"""Where a stream keeps its count, the place of its next number, and its key of two words."""
STATE = 4
TRIED_STREAMS, TRIED_NUMBERS = 64, 2048
"""What is tried against numpy: the rarest branch is taken once in some four thousand numbers."""


@intrinsic  # type: ignore[untyped-decorator]
def _high(typing: Any, a: Any, b: Any) -> Any:
    """The upper half of the product of two numbers of 64 bits."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), code


@kernel
def _refill(stream: Keys, words: Keys) -> None:
    """The next numbers, four a count. A count of 64 bits is enough: numpy's has 256, which no run uses up."""
    for at in range(0, len(words), EACH):
        stream[COUNT] += ONE
        a, b, c, d = stream[COUNT], np.uint64(0), np.uint64(0), np.uint64(0)
        one, other = stream[KEY], stream[KEY + 1]
        for _ in range(ROUNDS):
            high_a, low_a = _high(MULTIPLIERS[0], a), MULTIPLIERS[0] * a
            high_c, low_c = _high(MULTIPLIERS[1], c), MULTIPLIERS[1] * c
            a, b, c, d = high_c ^ b ^ one, low_c, high_a ^ d ^ other, low_a
            one += WEYL[0]
            other += WEYL[1]
        words[at], words[at + 1], words[at + 2], words[at + 3] = a, b, c, d
    stream[PLACE] = 0


@kernel
def _bits(stream: Keys, words: Keys) -> Any:
    """The next number of 64 bits."""
    if stream[PLACE] == len(words):
        _refill(stream, words)
    place = np.int64(stream[PLACE])
    stream[PLACE] += ONE
    return words[place]


@kernel
def _uniform(stream: Keys, words: Keys) -> Any:
    return np.float64(_bits(stream, words) >> ELEVEN) * IN_UNIT


@kernel
def _normal(stream: Keys, words: Keys) -> Any:
    while True:
        bits = _bits(stream, words)
        layer = np.int64(bits & BYTE)
        bits >>= EIGHT
        places = (bits >> ONE) & MANTISSA
        x = np.float64(places) * wi_double[layer]
        if bits & ONE:
            x = -x
        if places < ki_double[layer]:
            return x
        if layer == 0:
            while True:
                far = -ziggurat_nor_inv_r * math.log1p(-_uniform(stream, words))
                up = -math.log1p(-_uniform(stream, words))
                if up + up > far * far:
                    beyond = ziggurat_nor_r + far
                    return -beyond if (places >> EIGHT) & ONE else beyond
        elif (fi_double[layer - 1] - fi_double[layer]) * _uniform(stream, words) + fi_double[layer] < math.exp(
            -0.5 * x * x
        ):
            return x


def fill(keys: Keys, columns: Ints, normal: bool, stream: Keys, words: Keys, into: Floats) -> None:
    """Draw streams: `keys` (replicates, streams, 2) into the `columns` (streams) of `into` (replicates, months, things).

    All are standard normal, or else uniform. `stream` and `words` are room for what a stream is at, and for its next numbers.
    """
    for r in range(keys.shape[0]):
        for n in range(keys.shape[1]):
            stream[COUNT], stream[PLACE] = 0, len(words)
            stream[KEY], stream[KEY + 1] = keys[r, n, 0], keys[r, n, 1]
            column = columns[n]
            if normal:
                for month in range(into.shape[1]):
                    into[r, month, column] = _normal(stream, words)
            else:
                for month in range(into.shape[1]):
                    into[r, month, column] = _uniform(stream, words)


@cache
def _compiled() -> Any:
    return compiled_of(fill)


def fill_by_numpy(keys: Keys, columns: Sequence[int], law: str, into: Floats) -> None:
    """What `fill` does, by numpy."""
    bits = np.random.Philox(key=0)
    fresh, generator = bits.state, np.random.Generator(bits)
    for own, rows in zip(keys, into, strict=True):
        for key, column in zip(own, columns, strict=True):
            bits.state = fresh | {"state": fresh["state"] | {"key": key}}
            months = len(rows)
            rows[:, column] = generator.random(months) if law == UNIFORM else generator.standard_normal(months)


def fill_by_code(keys: Keys, columns: Sequence[int], law: str, into: Floats) -> None:
    """What `fill` does, compiled."""
    places = np.array(columns, dtype=np.int64)
    stream, words = np.zeros(STATE, dtype=np.uint64), np.zeros(WORDS, dtype=np.uint64)
    _compiled()(keys, places, law == NORMAL, stream, words, into)


@cache
def is_exact() -> bool:
    """Whether the compiled code draws what numpy draws, tried on some streams; a process that finds otherwise warns."""
    if numba.config.DISABLE_JIT:
        return False
    digests = (hashlib.sha256(bytes([number])).digest()[:16] for number in range(TRIED_STREAMS))
    keys = np.frombuffer(b"".join(digests), dtype=np.uint64).reshape(1, TRIED_STREAMS, 2)
    for law in (UNIFORM, NORMAL):
        ours, theirs = (np.zeros((1, TRIED_NUMBERS, TRIED_STREAMS)) for _ in range(2))
        fill_by_code(keys, range(TRIED_STREAMS), law, ours)
        fill_by_numpy(keys, range(TRIED_STREAMS), law, theirs)
        if ours.tobytes() != theirs.tobytes():
            warnings.warn(
                "compiled noise is not that of this numpy; numpy draws it, and studies of many replicates take longer",
                RuntimeWarning,
                stacklevel=2,
            )
            return False
    return True


def drawn(world: World, seed: int, replicates: Iterable[int], wanted: frozenset[str]) -> Draws:
    """The noise of some replicates: arrays as in `Draws`, replicates leading; streams that are not `wanted` are left 0."""
    fills = fill_by_code if is_exact() else fill_by_numpy
    numbers = list(replicates)

    def of(names: list[str], law: str) -> Floats:
        into = np.zeros((len(numbers), world.steps, len(names)))
        heard = [(column, name) for column, name in enumerate(names) if name in wanted]
        if heard:
            keys = b"".join([key_of(name, seed, replicate) for replicate in numbers for _, name in heard])
            shape = (len(numbers), len(heard), 2)
            fills(np.frombuffer(keys, dtype=np.uint64).reshape(shape), [column for column, _ in heard], law, into)
        return into

    things = {"s": world.states, "k": world.sources, "t": world.treaties}
    pairs = [PERCEPTION.format(state, source) for state in world.states for source in world.sources]
    perception = of(pairs, NORMAL).reshape(len(numbers), world.steps, len(world.states), len(world.sources))
    return Draws(
        arrival=of([ARRIVAL.format(source) for source in world.sources], UNIFORM),
        magnitude=of([MAGNITUDE.format(source) for source in world.sources], NORMAL),
        perception=perception,
        own={
            one.name: of([f"{thing}/{one.label}" for thing in things[one.over]], one.law)
            for one in world.mechanisms.streams
        },
    )
