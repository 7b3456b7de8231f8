"""Samples of the unit cube, of which any range of points can be had: the same numbers as scipy and SALib give for all at once."""

from __future__ import annotations

import math
import mmap
import tempfile
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from entente.world.draws import Floats

FILLED = 2**20
"""Numbers that are written into a scratch file at once."""


class Cube(ABC):
    """`count` points of the unit cube."""

    count: int
    on_disk = False
    """Whether the points are made from a scratch file, so that they are better read once they are written."""
    scratch: Path | None = None
    """The folder of scratch files; None for the system's own."""

    @abstractmethod
    def unit(self, first: int, last: int) -> Floats:
        """The points `first` up to `last`, one row a point and one column a factor."""


class Fixed(Cube):
    """Points that have been made."""

    def __init__(self, points: Floats) -> None:
        self.points, self.count = points, len(points)

    def unit(self, first: int, last: int) -> Floats:
        return self.points[first:last]


class Sobol(Cube):
    """The first points of a scrambled Sobol sequence; with `older` scrambled by numpy's older generator, as SALib does."""

    def __init__(self, factors: int, count: int, seed: int, older: bool = False) -> None:
        self.factors, self.count, self.seed, self.older = factors, count, seed, older

    def unit(self, first: int, last: int) -> Floats:
        scrambled = {"seed": self.seed} if self.older else {"rng": np.random.default_rng(self.seed)}
        sequence = qmc.Sobol(d=self.factors, **scrambled)
        if first == 0:
            # Points of a Sobol sequence balance in powers of two; the first of more are the sequence's own.
            return np.asarray(sequence.random_base2(math.ceil(math.log2(last)))[:last])
        return np.asarray(sequence.fast_forward(first).random(last - first))


class Saltelli(Cube):
    """The points behind Sobol's indices, in SALib's order, over a Sobol sequence of twice as many factors.

    Each place A, B of the sequence becomes a block of points: A; A with what moves together taken from B, one `group`
    after the other; with `second_order` the same with A and B exchanged; B. `groups` names what each factor moves with.
    """

    def __init__(self, groups: list[str], base: int, second_order: bool, seed: int) -> None:
        named = list(dict.fromkeys(groups))
        mine = np.array([[group == name for group in groups] for name in named])
        nothing = np.zeros((1, len(groups)), dtype=bool)
        mixed = [nothing, mine, ~mine, ~nothing] if second_order else [nothing, mine, ~nothing]
        self.from_b = np.concatenate(mixed)
        self.sequence = Sobol(2 * len(groups), base, seed, older=True)
        self.count = base * len(self.from_b)

    def unit(self, first: int, last: int) -> Floats:
        block = len(self.from_b)
        start = first // block
        a, b = np.split(self.sequence.unit(start, -(-last // block))[:, np.newaxis], 2, axis=2)
        found = np.where(self.from_b, b, a).reshape(-1, self.from_b.shape[1])
        return found[first - start * block : last - start * block]


class Hypercube(Cube):
    """A Latin hypercube.

    Which stratum a point has of each factor is a shuffled row of numbers, and no part of a shuffle can be had
    without the whole. So these are held once, four bytes a point and factor, in a scratch file that goes with this object.
    """

    on_disk = True

    def __init__(self, factors: int, count: int, seed: int) -> None:
        self.factors, self.count, self.seed = factors, count, seed
        self._file: mmap.mmap | None = None
        self._guard = threading.Lock()

    def unit(self, first: int, last: int) -> Floats:
        with self._guard:
            strata = self._strata()
            rng = self._rng(first)
            found = (strata[:, first:last].T - rng.uniform(size=(last - first, self.factors))) / self.count
            self._let_go()
        return np.asarray(found)

    def _rng(self, points: int) -> np.random.Generator:
        """The generator that scipy would draw with, after the places within the strata of so many points: a number each."""
        rng: np.random.Generator = qmc.LatinHypercube(d=self.factors, rng=np.random.default_rng(self.seed)).rng
        rng.bit_generator.advance(points * self.factors)  # type: ignore[attr-defined]
        return rng

    def _strata(self) -> np.ndarray:
        """The stratum of each point, counted from 1: one row a factor. Shuffled on the first call."""
        fresh = self._file is None
        if self._file is None:
            with tempfile.TemporaryFile(dir=self.scratch) as file:
                size = self.factors * self.count * np.dtype(np.int32).itemsize
                file.truncate(size)
                self._file = mmap.mmap(file.fileno(), size)
        strata = np.frombuffer(self._file, dtype=np.int32).reshape(self.factors, self.count)
        if fresh:
            # The places within the strata are drawn first.
            rng = self._rng(self.count)
            for row in strata:
                for at in range(0, self.count, FILLED):
                    row[at : at + FILLED] = np.arange(at + 1, min(at + FILLED, self.count) + 1)
                rng.shuffle(row)
                self._let_go()
        return strata

    def _let_go(self) -> None:
        """Keep the file, and give the memory back in which it is seen; some systems decide that themselves."""
        if self._file is not None and hasattr(mmap, "MADV_DONTNEED"):
            self._file.madvise(mmap.MADV_DONTNEED)
