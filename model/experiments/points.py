"""Points of a design, of which any range can be had without the others: what a study holds does not grow with their number."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from entente.schema.study import Factor
from entente.world.draws import Floats

from .cubes import Cube
from .parquet import parquet_bytes
from .places import Place, checksum

CHUNK = 2**16
"""Points that are gone through, written and read back at once."""


class Points(ABC):
    """The points of a design in their order, one row a point and one column a factor or dotted path."""

    columns: list[str]
    count: int

    @abstractmethod
    def frame(self, first: int, last: int) -> pd.DataFrame:
        """The points `first` up to `last`; the index is their numbers. A column has one type whatever the range."""

    def whole(self) -> pd.DataFrame:
        """All points."""
        return self.frame(0, self.count)

    def chunks(self) -> Iterator[pd.DataFrame]:
        """All points, some at a time."""
        for first in range(0, self.count, CHUNK):
            yield self.frame(first, min(first + CHUNK, self.count))

    def given(self) -> str:
        """A digest of what the text of the study does not say of its points; empty where it says all."""
        return checksum("".join(checksum(parquet_bytes(plain(chunk))) for chunk in self.chunks()).encode())

    def cubes(self) -> list[Cube]:
        """The samples of the unit cube that the points are made of."""
        return []


class Held(Points):
    """Points in memory. `said` tells whether the text of the study says all of them."""

    def __init__(self, frame: pd.DataFrame, said: bool = False) -> None:
        self.held, self.said = frame, said
        self.columns, self.count = list(frame.columns), len(frame)

    def frame(self, first: int, last: int) -> pd.DataFrame:
        return self.held.iloc[first:last]

    def given(self) -> str:
        return "" if self.said else super().given()


class Sampled(Points):
    """Places of the unit cube as values of factors."""

    def __init__(self, cube: Cube, factors: dict[str, Factor]) -> None:
        self.cube, self.factors = cube, factors
        self.columns, self.count = list(factors), cube.count

    def frame(self, first: int, last: int) -> pd.DataFrame:
        unit = self.cube.unit(first, last)
        columns = {name: take(factor, unit[:, n]) for n, (name, factor) in enumerate(self.factors.items())}
        return pd.DataFrame(columns, index=pd.RangeIndex(first, last))

    def given(self) -> str:
        return ""

    def cubes(self) -> list[Cube]:
        return [self.cube]


class Product(Points):
    """Every combination of some levels, the last factor fastest, and all again for each of some rows `drawn`."""

    def __init__(self, levels: dict[str, list], drawn: pd.DataFrame) -> None:
        self.levels = {name: pd.Series(own) for name, own in levels.items()}
        self.drawn = drawn
        self.sizes = tuple(map(len, self.levels.values()))
        self.cells = int(np.prod(self.sizes))
        self.columns = [*levels, *drawn.columns]
        self.count = self.cells * len(drawn)

    def frame(self, first: int, last: int) -> pd.DataFrame:
        numbers = np.arange(first, last)
        places = np.unravel_index(numbers % self.cells, self.sizes)
        columns = {
            name: own.take(place).array for (name, own), place in zip(self.levels.items(), places, strict=True)
        }
        index = pd.RangeIndex(first, last)
        again = self.drawn.take(numbers // self.cells).set_index(index)
        return pd.concat([pd.DataFrame(columns, index=index), again], axis=1)

    def given(self) -> str:
        return ""


class Crossed(Points):
    """Every point of a design under every set of parameters, points first; what a point names itself stands."""

    def __init__(self, points: Points, sets: pd.DataFrame) -> None:
        self.points, self.added = points, sets.drop(columns=[name for name in sets if name in points.columns])
        self.columns, self.count = [*points.columns, *self.added.columns], points.count * len(sets)

    def frame(self, first: int, last: int) -> pd.DataFrame:
        numbers, each = np.arange(first, last), len(self.added)
        base = first // each
        index = pd.RangeIndex(first, last)
        points = self.points.frame(base, -(-last // each))
        sides = (points.take(numbers // each - base), self.added.take(numbers % each))
        return pd.concat([side.set_index(index) for side in sides], axis=1)

    def given(self) -> str:
        return checksum((self.points.given() + checksum(parquet_bytes(plain(self.added)))).encode())

    def cubes(self) -> list[Cube]:
        return self.points.cubes()


class Chosen(Points):
    """Some columns of points."""

    def __init__(self, points: Points, columns: Sequence[str]) -> None:
        self.points, self.columns, self.count = points, list(columns), points.count

    def frame(self, first: int, last: int) -> pd.DataFrame:
        return self.points.frame(first, last)[self.columns]

    def given(self) -> str:
        return self.points.given()

    def cubes(self) -> list[Cube]:
        return self.points.cubes()


class Stored(Points):
    """Points in a Parquet file of a place, read by the groups of rows that it is made of. Raises `OSError` where there is none."""

    def __init__(self, place: Place, name: str) -> None:
        self.place, self.name = place, name
        with place.open(name) as file, pq.ParquetFile(file) as held:
            named = held.schema_arrow.empty_table().to_pandas().columns
            self.columns = [column for column in named if column != "point"]
            self.count = held.metadata.num_rows

    def frame(self, first: int, last: int) -> pd.DataFrame:
        with self.place.open(self.name) as file, pq.ParquetFile(file) as held:
            about = held.metadata
            rows = [about.row_group(n).num_rows for n in range(about.num_row_groups)]
            edges = np.cumsum([0, *rows])
            some = [n for n, (low, high) in enumerate(pairwise(edges)) if low < last and high > first]
            # In this thread alone; see `parquet_frame`.
            table = held.read_row_groups(some, self.columns, use_threads=False)
            start = first - int(edges[some[0]]) if some else 0
            frame: pd.DataFrame = table.slice(start, last - first).to_pandas(use_threads=False)
        return frame.set_index(pd.RangeIndex(first, last))


def take(factor: Factor, unit: Floats) -> object:
    """Values of a factor at places of the unit interval."""
    levels = factor.levels
    if levels is not None:
        return pd.Series(levels).take(np.minimum((unit * len(levels)).astype(int), len(levels) - 1)).array
    if factor.log_uniform is not None:
        low, high = factor.log_uniform
        return np.clip(low * np.exp(unit * math.log(high / low)), low, high)
    low, high = factor.uniform or (0.0, 1.0)
    return np.clip(low + unit * (high - low), low, high)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Some points with their numbers, the index; columns of mixed values become text."""
    found = frame.copy(deep=False)
    for name in found.columns:
        if found[name].dtype == object:
            found[name] = found[name].map(str)
    found.insert(0, "point", found.index.to_numpy())
    return found
