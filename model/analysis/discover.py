"""Scenario discovery: which combinations of factors bring an outcome about, as boxes (PRIM) and as a tree (CART)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import InputError, nearest, shown
from entente.experiments.batch import run_batch
from entente.experiments.folder import StudyRun, whole_study
from entente.experiments.plan import make_batch

from .boxes import Box, Limit, factor_columns, find_boxes
from .output import records

MAJORITY = 0.5
"""A point counts where the outcome meets the level in more than this share of its replicates."""
CASES = 20
"""Points that meet the level, and that do not, below which no box can be trusted."""


@dataclass(frozen=True)
class Discovery:
    """What was found.

    `boxes`: one row a box: `method, box, coverage` (share of all points of interest that it holds), `density` (share
    of its points that are of interest), `mass` (share of all points), `points`, `words`. `limits`: one row a factor
    that a box restricts: `method, box, factor, low, high` (empty: not limited), `levels` (of a factor with named
    values), `qp_low, qp_high` (quasi-p-values: the chance of a box as dense, were its points drawn from the box
    without that limit). `trajectory`: PRIM's peeling of the first box. `points`: the factors of each point, `share`
    of its replicates that meet the level, and whether it counts.
    """

    outcome: str
    condition: str
    base: float
    boxes: pd.DataFrame
    limits: pd.DataFrame
    trajectory: pd.DataFrame
    points: pd.DataFrame

    @property
    def report(self) -> dict[str, Any]:
        """The discovery as JSON holds it."""
        return {
            "outcome": self.outcome, "condition": self.condition, "points": len(self.points),
            "of_interest": int(self.points["counts"].sum()), "base_rate": self.base,
            "boxes": records(self.boxes), "limits": records(self.limits),
        }  # fmt: skip


def discover(
    study: str | Path | StudyRun | pd.DataFrame,
    outcome: str,
    above: float | None = None,
    below: float | None = None,
    seed: int = 0,
) -> Discovery:
    """Find the boxes of factors in which `outcome` is `above` (or `below`) a level.

    `study` is the folder of a finished study, or the name or file of one to be run in `runs/`, or a study read
    back, or a frame with a row a run (`point`, the factors, the outcome). A point counts where most of its
    replicates meet the level. `seed` breaks ties of the tree. Raises `InputError`: unknown outcome, both or no
    level, a constant outcome, fewer than 20 points on either side.

    Examples:
        >>> import numpy as np
        >>> import pandas as pd
        >>> from entente import discover
        >>> draws = np.random.default_rng(1).uniform(size=(200, 2))
        >>> runs = pd.DataFrame(draws, columns=["size", "other"]).assign(point=range(200))
        >>> found = discover(runs.assign(depth=runs["size"]), "depth", above=0.6)
        >>> sorted(set(found.limits["factor"]))
        ['size']
    """
    _one_level(above, below)
    data, factors = _table(study, outcome)
    values = data[outcome]
    if values.nunique() == 1:
        raise InputError(
            f"--outcome {shown(outcome)}: is {values.iloc[0]:g} in every run; there is nothing to discover"
        )
    if above is not None:
        met, condition = values > above, f"{outcome} is above {above:g}"
    else:
        met, condition = values < below, f"{outcome} is below {below:g}"
    points = data.groupby("point")[factors].first()
    points["share"] = met.groupby(data["point"]).mean()
    points["counts"] = points["share"] > MAJORITY
    y = points["counts"].to_numpy()
    for count, what in ((int(y.sum()), "meet"), (int((~y).sum()), "do not meet")):
        if count < CASES:
            raise InputError(
                f"{condition}: {count} of {len(y)} points {what} it, {CASES} are needed; "
                f"the outcome runs from {values.min():.3g} to {values.max():.3g}"
            )
    x = factor_columns(points[factors])
    if x.empty:
        raise InputError("discover: no factor of this study takes two values")
    found = find_boxes(x, y, seed)
    boxes, limits = _frames(found, condition)
    trajectory = next((box.trajectory for box in found if box.method == "prim"), pd.DataFrame())
    return Discovery(outcome, condition, float(y.mean()), boxes, limits, trajectory, points.reset_index())


def check_search(study: str | Path, outcome: str, above: float | None, below: float | None) -> None:
    """Refuse a level or an outcome before a study is run for it. Raises `InputError`."""
    _one_level(above, below)
    if not Path(study).is_dir():
        _check_outcome(outcome, make_batch(str(study)).outcomes)


def _one_level(above: float | None, below: float | None) -> None:
    if (above is None) == (below is None):
        raise InputError("discover: give exactly one of --above and --below")


def _check_outcome(outcome: str, known: list[str]) -> None:
    if outcome not in known:
        close = nearest(outcome, known) or f"; it has {', '.join(known)}"
        raise InputError(f"--outcome {shown(outcome)}: the study does not measure it{close}")


def study_folder(
    study: str | Path, workers: int | None = None, say: Callable[[str], None] = lambda words: None
) -> Path:
    """The folder of a study: itself, or `runs/STUDY`, run or gone on with until it is finished.

    Raises `InputError` for a folder whose study is not finished.
    """
    path = Path(study)
    if path.is_dir():
        kept = whole_study(path)
        if kept.manifest["state"] != "finished":
            raise InputError(f"{path}: not finished; run entente batch with its study again first")
        return path
    batch = make_batch(str(study))
    folder = Path("runs") / batch.study.name
    say(f"{batch.study.name}: {batch.runs:,} runs, kept in {folder}")
    run_batch(batch, folder, workers, say=say)
    return folder


def _table(study: str | Path | StudyRun | pd.DataFrame, outcome: str) -> tuple[pd.DataFrame, list[str]]:
    """Runs with their factors and the outcome, and the names of the factors."""
    if isinstance(study, pd.DataFrame):
        data = study if "point" in study else study.assign(point=np.arange(len(study)))
        known = [name for name in data.columns if name not in ("point", "replicate")]
        factors = [name for name in known if name != outcome]
    else:
        kept = study if isinstance(study, StudyRun) else whole_study(study_folder(study))
        known = [name for name in kept.outcomes.columns if name not in ("point", "replicate")]
        factors = [name for name in kept.design.columns if name != "point"]
        data = kept.outcomes.merge(kept.design, on="point")
    _check_outcome(outcome, known)
    return data, factors


def _frames(found: list[Box], condition: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    numbers: dict[str, int] = {}
    boxes, limits = [], []
    for box in found:
        numbers[box.method] = number = numbers.get(box.method, 0) + 1
        words = f"{condition} when {' and '.join(_limit(*item) for item in box.limits.items())}"
        boxes.append((box.method, number, box.coverage, box.density, box.mass, box.count, words))
        for factor, limit in box.limits.items():
            ends = ("", *limit) if isinstance(limit, tuple) else (", ".join(sorted(limit)), np.nan, np.nan)
            limits.append((box.method, number, factor, *ends, *box.qp[factor]))
    columns = ["method", "box", "coverage", "density", "mass", "points", "words"]
    parts = ["method", "box", "factor", "levels", "low", "high", "qp_low", "qp_high"]
    return pd.DataFrame(boxes, columns=columns), pd.DataFrame(limits, columns=parts)


def _limit(factor: str, limit: Limit) -> str:
    if isinstance(limit, frozenset):
        return f"{factor} is {' or '.join(sorted(limit))}"
    low, high = limit
    if np.isnan(high):
        return f"{factor} is above {low:.3g}"
    if np.isnan(low):
        return f"{factor} is below {high:.3g}"
    return f"{factor} is between {low:.3g} and {high:.3g}"


def sentences(found: Discovery) -> list[str]:
    """The boxes in plain words."""
    lines = [
        f"{found.condition} in most runs of {found.points['counts'].sum()} of {len(found.points)} points ({found.base:.0%})."
    ]
    for row in found.boxes.to_dict("records"):
        lines.append(
            f"{row['method']} {row['box']}: {row['words']} (coverage {row['coverage']:.0%}, density {row['density']:.0%}, "
            f"mass {row['mass']:.0%})."
        )
    if found.boxes.empty:
        lines.append("No box of factors beats the base rate.")
    return lines
