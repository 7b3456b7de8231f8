"""What a study measured, as one array: points, replicates, and columns of an outcome and a year."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from entente.errors import InputError
from entente.experiments.parquet import parquet_frame
from entente.experiments.plan import Batch
from entente.experiments.store import OUTCOMES, TRAJECTORIES
from entente.schema.base import MONTHS_IN_YEAR, month_number, month_text
from entente.world.draws import Floats
from entente.world.outcomes import series_of

DECEMBER = "-12"


@dataclass(frozen=True)
class Values:
    """Measured values: `runs` has shape (points, replicates, columns); a column is an outcome and its year.

    The first `named` columns are the study's outcomes; what follows are their series, year by year.
    """

    columns: list[tuple[str, int]]
    runs: Floats
    named: int

    @property
    def means(self) -> Floats:
        """The mean over replicates, shape (points, columns)."""
        return np.asarray(self.runs.mean(axis=1))

    def rows(self, keep: np.ndarray) -> Values:
        """The values of some of the points."""
        return Values(self.columns, self.runs[keep], self.named)


def read_values(batch: Batch, folder: Path) -> Values:
    """Read a finished study, part by part. Kept series give a column each December.

    Raises `InputError` where runs are missing.
    """
    years = _years(batch)
    last = _last_year(batch)
    named = [(name, _year(name, last)) for name in batch.outcomes]
    series = batch.study.trajectories or list(dict.fromkeys(series_of(name) for name in batch.outcomes))
    # At a year's end the outcome itself says what its series says.
    over_time = [(name, year) for name in series for year in years if (name, year) not in named]
    columns = named + over_time
    place = {column: number for number, column in enumerate(columns)}
    runs = np.full((batch.points.count, batch.study.replicates, len(columns)), np.nan)
    for part in sorted((folder / OUTCOMES).glob("part-*.parquet")):
        table = parquet_frame(part)
        where = (table["point"].to_numpy(), table["replicate"].to_numpy())
        for name, year in named:
            runs[(*where, place[(name, year)])] = table[name].to_numpy()
    for part in sorted((folder / TRAJECTORIES).glob("part-*.parquet")) if over_time else []:
        table = parquet_frame(part)
        month = table["month"].to_numpy()
        point, replicate = table["point"].to_numpy(), table["replicate"].to_numpy()
        for year in years:
            rows = month == f"{year}{DECEMBER}"
            for name in series:
                if (name, year) in place:
                    runs[point[rows], replicate[rows], place[(name, year)]] = table[name].to_numpy()[rows]
    return Values(columns, runs, len(named))


def _years(batch: Batch) -> list[int]:
    """Years whose December is kept."""
    if batch.study.keep == "none":
        return []
    first = month_number(batch.scenario.start)
    months = [month_text(first + month) for month in range(batch.scenario.months)]
    return [int(month[:4]) for month in months if month.endswith(DECEMBER)]


def _last_year(batch: Batch) -> int:
    return (month_number(batch.scenario.start) + batch.scenario.months - 1) // MONTHS_IN_YEAR


def _year(outcome: str, last: int) -> int:
    """The year in which an outcome is measured; the last of the run for what is measured over all of it."""
    when = outcome.partition("@")[2]
    return int(when[:4]) if when[:4].isdigit() else last


def complete(values: Values, what: str) -> Values:
    """The same values, where no run is missing. Raises `InputError`."""
    missing = int(np.isnan(values.runs).any(axis=(1, 2)).sum())
    if missing:
        raise InputError(f"{what}: {missing} of {len(values.runs)} points have not been run in full")
    return values
