"""What analyses find: the records that tables, figures and reports are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from entente.schema.scenario import Scenario
from entente.schema.study import Study

JOIN = " x "
"""Between the factors of an interaction."""


@dataclass
class Sensitivity:
    """What a sensitivity study found.

    `indices` has the columns `outcome, year, method, parameter, index, value, low, high, n`; `convergence` the same
    for nested parts of the sample; `variance` tells chance from parameters; `signs` the pre-registered signs;
    `constant` names outcomes that nothing moved (`outcome`, `year`, `value`); `warnings` are sentences. `scenario`
    is the study's, where it is known: it says what its parameters are.
    """

    study: Study
    indices: pd.DataFrame
    convergence: pd.DataFrame
    variance: pd.DataFrame
    signs: pd.DataFrame
    constant: pd.DataFrame
    warnings: list[str]
    points: int
    scenario: Scenario | None = None
    folder: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The frames by the names of their files."""
        return {
            "indices": self.indices, "convergence": self.convergence, "variance": self.variance,
            "signs": self.signs, "constant": self.constant,
        }  # fmt: skip


@dataclass
class Decomposition:
    """What a factorial study found.

    `terms`: a row an outcome, year and term (a factor, or factors joined by ` x `), with its `order`, its `share` of
    the variance between combinations, and for terms of two-level factors the `effect` of going from the first levels
    to the second, each with `low` and `high`. `cells`: the mean outcome of each combination, with its interval.
    """

    study: Study
    terms: pd.DataFrame
    cells: pd.DataFrame
    folder: Path | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The frames by the names of their files."""
        return {"terms": self.terms, "cells": self.cells}
