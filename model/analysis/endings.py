"""Treaties that end in the runs of a comparison: a tie that is gone explains a difference that else looks odd."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entente.engines.compiled.ensemble import Simulation
from entente.engines.interactive.treaty import ENDED
from entente.schema.scenario import Scenario
from entente.world.draws import Floats
from entente.world.outcomes import series_of
from entente.world.trajectory import quantities

from .paired import Paired

FEW = 0.05
"""Endings in no larger a share of runs than this are not worth a word."""


def treaties_told(outcomes: Sequence[str], *scenarios: Scenario) -> list[str]:
    """The treaties that outcomes of some scenarios speak of, each once."""
    recorded = {name: of.over for one in scenarios for name, of in quantities(one.of).items()}
    found = []
    for name in outcomes:
        quantity, _, thing = series_of(name).partition(":")
        if quantity == "members" or recorded.get(quantity, "").startswith("t"):
            found.append(thing.partition("/")[0])
    return list(dict.fromkeys(found))


def status_of(treaty: str) -> str:
    """The outcome that says whether a treaty has ended."""
    return f"status:{treaty}"


def endings(found: Paired, treaties: Sequence[str], names: tuple[str, str], last: str) -> list[str]:
    """A sentence for each treaty that ends in more than a few runs of a world, unless it ends alike in both.

    The runs must have `status_of` each of the treaties, kept yearly; `names` are those of the worlds, `last` is
    the last year of the run.
    """
    said = []
    for treaty in treaties:
        years = [_years(side, status_of(treaty), last) for side in (found.a, found.b)]
        shares = [np.isfinite(own).mean() for own in years]
        if max(shares) <= FEW or np.array_equal(years[0], years[1], equal_nan=True):
            continue
        parts = [_part(own, name) for own, name in zip(years, names, strict=True)]
        said.append(f"{treaty} ended in {parts[1]}; in {parts[0]}")
    return said


def _years(side: Simulation, status: str, last: str) -> Floats:
    """The year in which the treaty ended in each run; not a number where it did not."""
    if status not in side.outcomes:
        return np.full(len(side.outcomes), np.nan)
    ended = np.where(side.outcomes[status] == ENDED, float(last), np.nan)
    if not side.trajectories.empty:
        # A run's years stand below each other.
        kept = (side.trajectories[status] == ENDED).to_numpy().reshape(len(ended), -1)
        years = side.trajectories["month"].str[:4].to_numpy(dtype=float)[: kept.shape[1]]
        ended = np.where(kept.any(axis=1), years[kept.argmax(axis=1)], ended)
    return ended


def _part(years: Floats, name: str) -> str:
    count = int(np.isfinite(years).sum())
    first = f", first in {np.nanmin(years):.0f}" if count else ""
    return f"{count:,} of {len(years):,} runs of {name}{first}"
