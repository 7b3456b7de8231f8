"""Sets of parameters: the defaults, draws from the declared prior ranges, the posterior that ships, or a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import qmc

from entente.errors import InputError, nearest, shown
from entente.month.declare import declared
from entente.schema.behaviour import Behaviour
from entente.schema.load import CONFIGS
from entente.schema.scenario import Scenario
from entente.world.draws import Floats

from .afford import afford
from .given import given_table

POSTERIOR = CONFIGS / "posterior.parquet"
NAMES = ("default", "prior", "posterior")


def prior_ranges(*scenarios: Scenario) -> dict[str, tuple[float, float]]:
    """Dotted path and prior range of every behaviour parameter that declares one.

    Of some scenarios, each with the mechanisms that it brings; of none, those of the model.
    """
    found: dict[str, tuple[float, float]] = {}
    for record in [type(one.behaviour) for one in scenarios] or [Behaviour]:
        for name, field in record.model_fields.items():
            prior = declared(field, "prior")
            if prior is not None:
                found.setdefault(f"behaviour.{name}", (float(prior[0]), float(prior[1])))
    return found


def prior_draws(draws: int, seed: int, *scenarios: Scenario) -> pd.DataFrame:
    """`draws` points of a Latin hypercube over the prior ranges of `prior_ranges`, one column a dotted path.

    A column depends on the seed and its own path alone: what other parameters there are does not matter to it.
    """
    ranges = prior_ranges(*scenarios)
    afford(draws, len(ranges), "draws")
    return pd.DataFrame(
        {path: low + (high - low) * spread(path, draws, seed) for path, (low, high) in ranges.items()}
    )


def spread(path: str, draws: int, seed: int) -> Floats:
    """`draws` points of the unit interval, one in each of as many equal parts, in an order of the path's own."""
    digest = hashlib.sha256(f"{seed}/{path}".encode()).digest()
    cube = qmc.LatinHypercube(d=1, rng=np.random.default_rng(int.from_bytes(digest[:16])))
    return np.asarray(cube.random(draws)[:, 0])


def parameter_sets(name: str, draws: int, seed: int, *scenarios: Scenario) -> pd.DataFrame:
    """`draws` rows of parameters, one column a dotted path.

    By `name`: `default` has no columns, `prior` is drawn from the prior ranges of some `scenarios` (none: of the
    model), by `seed`, `posterior` from the draws that ship with the model; any other name is a Parquet or CSV file
    of rows. Rows of a file are taken in shuffled order, and again from the first where more are asked for than it
    holds. Raises `InputError` with one sentence.

    Examples:
        >>> from entente import parameter_sets
        >>> rows = parameter_sets("prior", draws=4, seed=1)
        >>> len(rows), bool(rows["behaviour.rise"].between(0, 1).all())
        (4, True)
    """
    if draws < 1:
        raise InputError(f"draws: {draws}: must be 1 or more")
    if name == "default":
        return pd.DataFrame(index=range(draws))
    if name == "prior":
        return prior_draws(draws, seed, *scenarios)
    frame = _rows(name)
    afford(draws, len(frame.columns), "draws")
    order = np.random.default_rng(seed).permutation(len(frame))
    return frame.iloc[np.resize(order, draws)].reset_index(drop=True)


def one_set(name: str, number: int, seed: int, *scenarios: Scenario) -> pd.Series:
    """Row `number` of `parameter_sets`, counted from 0. Raises `InputError` beyond the rows of a file."""
    if name not in ("default", "prior") and number >= (held := len(_rows(name))):
        raise InputError(f"--draw {number}: {name} holds {held} sets of parameters, 0 to {held - 1}")
    return parameter_sets(name, number + 1, seed, *scenarios).iloc[number]


def _rows(name: str) -> pd.DataFrame:
    """The rows of a file of parameters, or of the posterior."""
    path = POSTERIOR if name == "posterior" else Path(name)
    if path.suffix not in (".parquet", ".csv"):
        rule = f"must be {', '.join(NAMES)}, or a .parquet or .csv file"
        raise InputError(f"--parameters {shown(name)}: {rule}{nearest(name, NAMES)}")
    if not path.is_file():
        raise InputError(f"--parameters {shown(name)}: cannot be read: no such file")
    try:
        frame = given_table(path)
    except (OSError, ValueError) as error:
        raise InputError(f"--parameters {path}: cannot be read: {' '.join(str(error).split())}") from None
    if frame.empty:
        raise InputError(f"--parameters {path}: holds no rows")
    return frame
