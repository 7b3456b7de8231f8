"""Sets of parameters: as declared, drawn from the prior ranges, from a posterior, or from a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from scipy.stats import qmc

from ..schema.base import declared
from ..schema.behaviour import Behaviour
from ..schema.errors import InputError, nearest, shown
from ..schema.load import CONFIGS

POSTERIOR = CONFIGS / "posterior.parquet"
SETS = ("default", "prior", "posterior")
NUMBERING = ("point", "draw", "replicate")
"""Columns of a file that number its rows and are no paths."""


def prior_ranges() -> dict[str, tuple[float, float]]:
    """Dotted path and prior range of every behaviour parameter that declares one."""
    found = {}
    for name, field in Behaviour.model_fields.items():
        prior = declared(field, "prior")
        if prior is not None:
            found[f"behaviour.{name}"] = (float(prior[0]), float(prior[1]))
    return found


def prior_draws(draws: int, seed: int) -> pd.DataFrame:
    """`draws` points of a Latin hypercube over the prior ranges, one column a dotted path."""
    ranges = prior_ranges()
    low, high = zip(*ranges.values(), strict=True)
    unit = qmc.LatinHypercube(d=len(ranges), rng=seed).random(draws)
    return pd.DataFrame(qmc.scale(unit, low, high), columns=list(ranges))


def parameter_sets(name: str, draws: int, seed: int) -> pd.DataFrame:
    """Rows of parameters, one column a dotted path.

    `default`: one row that changes nothing; `prior`: `draws` points over the prior ranges; `posterior`, or the
    path of a Parquet or CSV file: its rows, of which `draws` are drawn without replacement where it has more.
    The same name, number and seed give the same rows. Raises `InputError`.
    """
    if draws < 1:
        raise InputError(f"draws: {draws}: must be 1 or more")
    if name == "default":
        return pd.DataFrame(index=[0])
    if name == "prior":
        return prior_draws(draws, seed)
    path = POSTERIOR if name == "posterior" else Path(name)
    if path.suffix not in (".parquet", ".csv"):
        raise InputError(
            f"parameters: {shown(name)}: must be one of {', '.join(SETS)}, "
            f"or a .parquet or .csv file of dotted paths{nearest(name, SETS)}"
        )
    if not path.is_file():
        why = "no posterior has been made yet" if name == "posterior" else "no such file"
        raise InputError(f"parameters: {shown(name)}: {why}")
    try:
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    frame = frame.drop(columns=[column for column in NUMBERING if column in frame.columns])
    if frame.empty:
        raise InputError(f"{path}: empty; a row and a column are needed at least")
    if len(frame) > draws:
        frame = frame.sample(draws, random_state=seed % 2**32).sort_index()
    return frame.reset_index(drop=True)
