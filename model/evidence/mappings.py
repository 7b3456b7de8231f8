"""How much scores hang on what an import assumes: the same ties, built under several mappings."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from entente.analysis.output import records
from entente.data.cases import pair_name, pairs_of, population
from entente.data.facts import Facts
from entente.data.mapping import MappingFile
from entente.data.write import write_cases
from entente.errors import InputError
from entente.telling.drawing import DRAWING

from .hindcast.many import run_many
from .hindcast.origins import SHARES
from .hindcast.pooled import RESAMPLES, Pooled, interval, resampled
from .score import RUNGS, rps

DEFAULT = "as given"
"""The mapping that the others differ from."""
CELL = ["name", "tie", "origin", "year"]
COLOUR = sns.color_palette("colorblind")[0]


@dataclass(frozen=True)
class Mappings:
    """Scores of the same ties under several mappings.

    `scores` has a row a mapping and horizon (`all`, or years ahead): `ties` and `cells` that every mapping has, the mean
    ranked probability score `rps`, the mean level less the rung coded `bias` (rungs), and `rps_more`, what the score is
    above that of the mapping as given, with 95 % intervals over ties (`_low`, `_high`) and over states (`_low_states`,
    `_high_states`). `left_out` lists ties that some mapping or run could not make: `mapping`, `name`, `message`.
    """

    asked: dict[str, Any]
    scores: pd.DataFrame
    left_out: pd.DataFrame

    def report(self) -> dict[str, Any]:
        """What `entente mappings --json` prints."""
        return {**self.asked, "scores": records(self.scores), "left_out": records(self.left_out)}


def compare_mappings(
    facts: Facts,
    mappings: Mapping[str, MappingFile],
    years: tuple[int, int],
    parameters: str = "prior",
    draws: int = 60,
    seed: int = 0,
    horizons: Sequence[int] = (),
    most: int | None = None,
    out: Path | None = None,
    say: Callable[[str], None] = lambda words: None,
) -> Mappings:
    """Build and score the dyads of a population under each of the `mappings`, the first of which the others differ from.

    `years` are the first and last of the population; `most` bounds the number of ties, which are then spread evenly over
    those that can be built. Ties that some mapping cannot build are left out under all. Finished runs are kept in `out`.
    Raises `InputError` where no tie can be scored.
    """
    first, last = years
    base = next(iter(mappings.values()))
    pairs = pairs_of(facts, base, first)
    parts, left_out = [], []
    with tempfile.TemporaryDirectory() as place:
        for name, mapping in mappings.items():
            cases, failed = population(facts, mapping, pairs, first, last, say)
            if mapping is base:
                built = {case.name for case in cases}
                pairs = [pair for pair in pairs if pair_name(*pair) in built]
                pairs = pairs if most is None else pairs[:: -(-len(pairs) // most)]
                chosen = {pair_name(*pair) for pair in pairs}
                cases = [case for case in cases if case.name in chosen]
            else:
                left_out.append(failed.rename(columns={"reason": "message"}).assign(mapping=name))
            if not cases:
                raise InputError(f"{name}: no dyad can be built between {first} and {last}")
            folder = Path(place) / name
            write_cases(folder, cases, mapping, None)
            many = run_many(
                folder, parameters, draws, seed=seed, horizons=horizons, out=out, say=say, progress=say
            )
            left_out.append(many.failed.assign(mapping=name))
            parts.append(_scored(Pooled(many).cells).assign(mapping=name))
    asked = {
        "first": first, "last": last, "parameters": parameters, "draws": draws, "seed": seed,
        "horizons": list(horizons), "mappings": list(mappings),
    }  # fmt: skip
    missing = pd.concat(left_out, ignore_index=True)[["mapping", "name", "message"]]
    return Mappings(asked, _compared(parts, bool(horizons), seed), missing)


def _scored(cells: pd.DataFrame) -> pd.DataFrame:
    """The score and the level of each forecast."""
    shares = cells[SHARES].to_numpy()
    return cells[[*CELL, "label", "states", "horizon"]].assign(
        rps=rps(shares, cells[["rung_lo", "rung", "rung_hi"]].to_numpy()),
        above=shares @ np.arange(RUNGS) - cells["rung"].to_numpy(),
    )


def _compared(parts: Sequence[pd.DataFrame], by_horizon: bool, seed: int) -> pd.DataFrame:
    """Means of the cells that all have, and differences from the first."""
    shared = set.intersection(*(set(part["label"]) for part in parts))
    kept = [part[part["label"].isin(shared)].set_index(CELL).sort_index() for part in parts]
    given, rows = kept[0], []
    horizons = sorted(given["horizon"].unique().tolist()) if by_horizon else []
    for horizon in ("all", *horizons):
        at = slice(None) if horizon == "all" else (given["horizon"] == horizon).to_numpy()
        weights = resampled(given[at], RESAMPLES, seed)
        for own in kept:
            more = (own["rps"] - given["rps"])[at]
            row: dict[str, Any] = {
                "mapping": own["mapping"].iloc[0], "horizon": str(horizon), "ties": len(shared), "cells": len(more),
                "rps": own["rps"][at].mean(), "bias": own["above"][at].mean(), "rps_more": more.mean(),
            }  # fmt: skip
            for drawn, behind in weights:
                low, high = interval(more, given["label"][at], drawn)
                row |= {f"rps_low{behind}": low, f"rps_high{behind}": high}
            rows.append(row)
    return pd.DataFrame(rows)


def mappings_figure(found: Mappings) -> Figure:
    """What each mapping adds to the score, over all cells, with intervals over ties (thick) and states (thin)."""
    rows = found.scores[found.scores["horizon"] == "all"].iloc[1:].sort_values("rps_more")
    with mpl.rc_context(DRAWING):
        figure = Figure(figsize=(7, 1.4 + 0.32 * len(rows)), layout="constrained")
        axes = figure.subplots()
        at = np.arange(len(rows))
        axes.hlines(at, rows["rps_low_states"], rows["rps_high_states"], color=COLOUR, lw=1)
        axes.hlines(at, rows["rps_low"], rows["rps_high"], color=COLOUR, lw=3)
        axes.plot(rows["rps_more"], at, "o", color=COLOUR, mec="white")
        axes.axvline(0, color="0.4", lw=0.8, zorder=0)
        axes.set(
            yticks=at, yticklabels=rows["mapping"], ylim=(-0.6, len(rows) - 0.4),
            xlabel="ranked probability score above that of the mapping as given (left is better)",
            title=f"{found.scores['ties'].iloc[0]} ties; 95 % intervals over ties (thick) and states (thin)",
        )  # fmt: skip
    return figure
