"""A method of sensitivity analysis applied to a sample: one table, and the same on nested parts of the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entente.errors import InputError
from entente.experiments.design import unit_points
from entente.experiments.groups import moved, study_groups
from entente.schema.study import Analysis, Morris, Saltelli, Study
from entente.world.draws import Floats

from .given import delta_indices, pawn_indices, places
from .morris import morris_indices
from .sobol import sobol_indices
from .tables import Columns, Estimate, index_table

MAIN = {"sobol": "ST", "morris": "mu_star", "pawn": "pawn_median", "delta": "delta"}
"""The index that a method ranks factors by."""
LEAST = {"sobol": 16, "morris": 4, "pawn": 100, "delta": 100}
"""Base sample, trajectories or points below which a bootstrap interval says nothing."""
WIDE, MOVED = 0.1, 0.05
"""Width of an interval, and change on doubling the sample, above which an index is called unsettled.

The first is twice the width that Sarrazin, Pianosi, and Wagener (2016) ask for: what is called unsettled here
is so by their rule as well. Of Morris' index they are shares of the outcome's greatest.
"""
_SAMPLE = {"sobol": "design.base", "morris": "design.trajectories", "pawn": "points", "delta": "points"}


def needed(study: Study) -> Analysis:
    """The study's analysis. Raises `InputError` where it has none."""
    if study.analysis is None:
        raise InputError(f"{study.name}: analysis: missing; name a method, such as analysis: {{method: sobol}}")
    return study.analysis


def block_length(study: Study) -> int:
    """How many points of the design were made together and are resampled together."""
    design, count = study.design, len(moved(study))
    if isinstance(design, Saltelli):
        return (2 * count + 2) if design.second_order else (count + 2)
    return count + 1 if isinstance(design, Morris) else 1


def check_sample(study: Study, points: int) -> None:
    """Raises `InputError` where the sample is too small for intervals."""
    method = needed(study).method
    size = points // block_length(study)
    if size < LEAST[method]:
        raise InputError(
            f"{study.name}: {_SAMPLE[method]}: {size}: too few for an interval; {method} needs {LEAST[method]} at least"
        )


def indices(study: Study, design: pd.DataFrame, outputs: Floats, columns: Columns) -> pd.DataFrame:
    """The indices of a sample: `outputs` has shape (points, columns), in the order of `design`, none constant."""
    whole = len(design) // block_length(study)
    return _indices(study, design, outputs, columns, whole)


def convergence(study: Study, design: pd.DataFrame, outputs: Floats, columns: Columns) -> pd.DataFrame:
    """The method's indices on the first half, quarter, ... of the sample, and on all of it."""
    size = len(design) // block_length(study)
    least = LEAST[needed(study).method]
    sizes = [size // 2**halving for halving in range(size.bit_length()) if size // 2**halving >= least]
    found = [_indices(study, design, outputs, columns, part) for part in reversed(sizes)]
    return pd.concat(found, ignore_index=True)


def _indices(study: Study, design: pd.DataFrame, outputs: Floats, columns: Columns, size: int) -> pd.DataFrame:
    rows = size * block_length(study)
    # A short part may hold one value only; it says nothing yet.
    varied = np.flatnonzero(np.ptp(outputs[:rows], axis=0) > 0).tolist()
    shown = [columns[column] for column in varied]
    found = _estimates(study, design.iloc[:rows], outputs[:rows, varied]) if shown else []
    return index_table(found, shown, needed(study).method, size)


def _estimates(study: Study, design: pd.DataFrame, outputs: Floats) -> list[Estimate]:
    asked, names = needed(study), moved(study)
    bootstrap = (asked.resamples, asked.level, study.seed)
    if isinstance(study.design, Saltelli):
        return sobol_indices(outputs, names, study.design.second_order, *bootstrap)
    if isinstance(study.design, Morris):
        unit = unit_points(study)[: len(design)]
        return morris_indices(unit, outputs, study_groups(study) or names, *bootstrap)
    inputs, factors = places(design), [str(name) for name in design.columns]
    if asked.method == "pawn":
        found = pawn_indices(inputs, outputs, factors, asked.slices, *bootstrap)
    else:
        found = delta_indices(inputs, outputs, factors, *bootstrap)
    return found


def warnings(study: Study, table: pd.DataFrame) -> list[str]:
    """What is not yet settled, in words: one sentence an outcome whose indices are wide or still move."""
    main = MAIN[needed(study).method]
    said = []
    for outcome, own in table[table["index"] == main].groupby("outcome", sort=False):
        full = own[own["n"] == own["n"].max()].set_index("parameter")
        # Only Morris' index has the outcome's unit; the others lie between 0 and 1.
        scale = 1.0 if main != "mu_star" else max(float(full["value"].max()), np.finfo(float).tiny)
        wide = full[(full["high"] - full["low"]) / scale > WIDE]
        half = own[own["n"] == full["n"].iloc[0] // 2].set_index("parameter")["value"].reindex(full.index)
        moved_on = full[((full["value"] - half).abs() / scale > MOVED).to_numpy()]
        if len(wide) or len(moved_on):
            of_greatest = "" if main != "mu_star" else " of the greatest value"
            said.append(f"{outcome}: not settled: {_unsettled(full, len(wide), len(moved_on), main, of_greatest)}")
        beyond = full[full["high"] > 1] if main == "ST" else full[:0]
        if len(beyond):
            largest = str(beyond["high"].idxmax())
            said.append(
                f"{outcome}: the interval of ST of {largest} reaches {beyond['high'].max():.2f}, but no share of a "
                "variance is above 1: that is sampling error, and a larger base sample is needed."
            )
    return said


def _unsettled(full: pd.DataFrame, wide: int, moved: int, main: str, of_greatest: str) -> str:
    """Intervals that are wide and values that still move, told where there are some, and the widest interval."""
    parts = []
    if wide:
        verb = "is" if wide == 1 else "are"
        parts.append(f"{wide} of {len(full)} intervals of {main} {verb} wider than {WIDE:g}{of_greatest}")
    if moved:
        noun = "value" if moved == 1 else "values"
        parts.append(f"{moved} {noun} moved by more than {MOVED:g}{of_greatest} when the sample doubled")
    widest = full.reset_index().to_dict("records")[int((full["high"] - full["low"]).argmax())]
    ends = f"{widest['low']:.2f} to {widest['high']:.2f}"
    return (
        f"{' and '.join(parts)}; the widest interval is that of {widest['parameter']}, {ends}. Double the sample."
    )
