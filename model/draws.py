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

Floats = NDArray[np.float64]

SEED_LIMIT = 2**63


def fresh_seed() -> int:
    """A seed from the operating system, for runs that name none; record it to repeat the run."""
    return secrets.randbelow(2**31)


def stream(name: str, seed: int, replicate: int) -> np.random.Generator:
    """The generator of one stream. `seed` and `replicate` are whole numbers from 0 on."""
    if not 0 <= seed < SEED_LIMIT or not 0 <= replicate < SEED_LIMIT:
        raise ValueError(f"seed {seed}, replicate {replicate}: must be whole numbers from 0 to 2**63 - 1")
    digest = hashlib.sha256(f"{seed}/{replicate}/{name}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest[:16], dtype=np.uint64)))


@dataclass(frozen=True)
class Draws:
    """The noise of one replicate, for every month of a run.

    `arrival` (months, sources) uniform: a shock arrives where it is below the monthly probability.
    `magnitude` (months, sources) standard normal: the log of its size.
    `perception` (months, states, sources) standard normal: the noise of E3.
    `drift` (months, treaties) uniform: the ratchet's rise, used by that rival only.
    """

    arrival: Floats
    magnitude: Floats
    perception: Floats
    drift: Floats


def draw(
    states: tuple[str, ...],
    sources: tuple[str, ...],
    treaties: tuple[str, ...],
    months: int,
    seed: int,
    replicate: int = 0,
) -> Draws:
    """Noise for `months` months, one stream a thing; see `Draws` for the shapes."""

    def uniform(name: str) -> Floats:
        return stream(name, seed, replicate).random(months)

    def normal(name: str) -> Floats:
        return stream(name, seed, replicate).standard_normal(months)

    arrival, magnitude = (np.zeros((months, len(sources))) for _ in range(2))
    perception = np.zeros((months, len(states), len(sources)))
    drift = np.zeros((months, len(treaties)))
    for k, source in enumerate(sources):
        arrival[:, k] = uniform(f"{source}/arrival")
        magnitude[:, k] = normal(f"{source}/magnitude")
        for i, state in enumerate(states):
            perception[:, i, k] = normal(f"{state}/{source}/perception")
    for p, treaty in enumerate(treaties):
        drift[:, p] = uniform(f"{treaty}/drift")
    return Draws(arrival, magnitude, perception, drift)
