"""Two worlds on the same noise: the difference, its interval, and what pairing saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from entente.engines.compiled.ensemble import Simulation
from entente.errors import InputError
from entente.month.mechanism import Mechanism
from entente.schema.base import month_number, month_text
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.draws import Floats
from entente.world.outcomes import parse_outcomes, series_of
from entente.world.pack import World, pack

from .runs import Runner, by_draw, repeated, run_rows

LEVEL = 0.95
"""Confidence of every interval."""
SAME = 1e-9
"""Numbers that are no further apart are the same: no outcome has meaning on such a scale."""
SKEWED = 25
"""Units that an interval needs, times the squared skewness of the differences (Cochran 1977, section 2.15)."""
UNSEEN = 3
"""What happens in fewer than so many of the units may have happened in none (95 %, the rule of three)."""
MOST = 10**15
"""Counts of runs beyond this are told as this."""
TIES = ("depth", "rung", "dyad", "members", "obligation", "status")
"""Quantities that are 0 in a world that has no such treaty or state: there is no tie."""

AnyWorld = str | Path | dict[str, Any] | Scenario
Pair = str | tuple[str, str]


@dataclass(frozen=True)
class Paired:
    """What two worlds differ in.

    `effects` has a row an outcome and month: `outcome`, `when` (a month, or mean, min, max), `a` and `b` (means),
    `difference` (`b - a`), `low` and `high` (95 % Student interval of the paired differences), `n` (draws, or
    replicates where there is one draw), `runs` (of each world), `variance_ratio` (of an unpaired to the paired
    difference) and `runs_unpaired` (of each world, for an interval as narrow; both empty where the difference
    does not vary), `needed` (units before an interval can be trusted, where a few of them differ much more than the others),
    `verdict` (higher, lower, unclear, or identical: no run differs by more than 1e-9).
    `a`, `b` are the runs themselves: `point` is the row of parameters, `replicate` counts from 0 in each, and rows
    of `failed` (which could not run in one of the worlds, and why) are in neither. `absent` says which ties a
    world lacks.
    """

    effects: pd.DataFrame
    a: Simulation
    b: Simulation
    failed: pd.DataFrame
    absent: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether no run differs in anything measured."""
        return bool((self.effects["verdict"] == "identical").all())


def paired(
    a: AnyWorld,
    b: AnyWorld,
    outcomes: Sequence[Pair],
    parameters: pd.DataFrame | None = None,
    replicates: int = 200,
    seed: int = 0,
    months: int | None = None,
    keep: str = "none",
    runner: Runner = run_rows,
    mechanisms: Iterable[Mechanism] = (),
) -> Paired:
    """Run the worlds `a` and `b` over the rows of `parameters` (dotted paths; none: as they are) and `replicates`.

    A world is an id in `configs/`, a `.yaml` file, a mapping or a `Scenario`; `seed` is that of the noise,
    `months` replaces the horizons. The same row and replicate hears the same noise in both, and no two rows share
    any. Noise belongs to named things, so that worlds that differ in treaties, states or sources still pair.
    `outcomes` are names as in `entente.world.outcomes`, or pairs of a name in `a` and one in `b`; `keep` (none,
    yearly, monthly) asks for every December or month of their series too. The interval is Student's t on the
    paired differences: of replicates where there is one row, else of the rows' means. `runner` is what runs the
    rows. `mechanisms` act in both worlds; a parameter or switch of a mechanism that one world alone brings is set
    there alone. Raises `InputError`, also for fewer than two draws or replicates.

    Examples:
        >>> from entente import paired
        >>> both = paired("memo-2001", "us-satisfied", ["depth:rus-chn-2001"], replicates=5, months=24)
        >>> both.effects[["outcome", "n", "runs"]].to_dict("records")
        [{'outcome': 'depth:rus-chn-2001', 'n': 5, 'runs': 5}]
    """
    worlds = _worlds(a, b, months, tuple(mechanisms))
    design = pd.DataFrame(index=[0]) if parameters is None else parameters.reset_index(drop=True)
    units = len(design) if len(design) > 1 else replicates
    if units < 2:
        raise InputError(f"replicates: {replicates}: an interval needs two runs at least")
    pairs = [(item, item) if isinstance(item, str) else item for item in outcomes]
    if not pairs:
        raise InputError("outcomes: none named; there is nothing to compare")
    absent = _absent(pairs, worlds)
    rows, noise = repeated(design, replicates)
    sides = []
    for world, names, gone in zip(worlds, zip(*pairs, strict=True), absent, strict=True):
        # A world without any of the ties still has states, so that its rows run and fail as they should.
        wanted = [name for name in dict.fromkeys(names) if name not in gone]
        own = rows.drop(columns=_of_the_other(world, worlds, rows.columns))
        sides.append(runner(world, own, noise, seed, wanted or [f"provision:{next(iter(world.states))}"], keep))
    failed = by_draw(pd.concat([side.failed for side in sides]), replicates)
    first, second = (_of_draws(side, failed["point"], replicates) for side in sides)
    labels, (before, after) = _columns(pairs, absent, (first, second), worlds[0], keep)
    group = replicates if len(design) > 1 else 1
    effects = pd.concat([labels, effect(before, after, group)], axis=1)
    effects = effects.drop_duplicates(["outcome", "when"], ignore_index=True)
    words = [f"{name} is not in {'ab'[side]}: 0 there" for side in (0, 1) for name in absent[side]]
    return Paired(effects, first, second, failed, tuple(words))


def effect(a: Floats, b: Floats, group: int = 1) -> pd.DataFrame:
    """Differences of paired runs, one row a column of `a` and `b` (runs, columns); see `Paired.effects`.

    Each `group` of neighbouring rows is one unit (a draw and its replicates), of which two are needed.
    """
    means = [side.reshape(-1, group, side.shape[1]).mean(axis=1) for side in (a, b)]
    difference = means[1] - means[0]
    units = len(difference)
    if units < 2:
        raise InputError(f"{units} draw or replicate that runs in both worlds: an interval needs two at least")
    variance = difference.var(axis=0, ddof=1)
    variance[np.sqrt(variance) < SAME] = 0.0
    apart = means[0].var(axis=0, ddof=1) + means[1].var(axis=0, ddof=1)
    half = student.ppf((1 + LEVEL) / 2, units - 1) * np.sqrt(variance / units)
    centre = difference.mean(axis=0)
    ratio = np.divide(apart, variance, out=np.full_like(apart, np.nan), where=variance > 0)
    varies = variance > 0
    lopsided = np.zeros_like(variance)
    apiece = difference[:, varies] - centre[varies]
    lopsided[varies] = (apiece**3).mean(axis=0) / (apiece**2).mean(axis=0) ** (3 / 2)
    needed = np.maximum(np.ceil(SKEWED * lopsided**2), 2)
    verdict = np.select(
        [(np.abs(b - a) <= SAME).all(axis=0), centre - half > 0, centre + half < 0],
        ["identical", "higher", "lower"],
        "unclear",
    )
    return pd.DataFrame(
        {
            "a": means[0].mean(axis=0),
            "b": means[1].mean(axis=0),
            "difference": centre,
            "low": centre - half,
            "high": centre + half,
            "n": units,
            "runs": len(a),
            "variance_ratio": ratio,
            "runs_unpaired": pd.array(np.minimum(np.ceil(ratio * len(a)), MOST), dtype="Float64").astype("Int64"),
            "needed": np.minimum(needed, MOST).astype(np.int64),
            "verdict": verdict,
        }
    )


def _of_the_other(world: Scenario, worlds: Sequence[Scenario], paths: Iterable[str]) -> list[str]:
    """Paths that are parameters or switches of mechanisms that only the other world brings."""
    parts = ("behaviour", "institution", "switches")
    known, all_known = (
        {f"{part}.{name}" for one in some for part in parts for name in type(getattr(one, part)).model_fields}
        for some in ([world], worlds)
    )
    return [path for path in paths if path in all_known - known]


def _worlds(a: AnyWorld, b: AnyWorld, months: int | None, own: Sequence[Mechanism]) -> tuple[Scenario, Scenario]:
    """Both scenarios, which must begin and end together."""
    changes = None if months is None else {"months": months}
    first, second = (load_scenario(world, changes, own) for world in (a, b))
    for what in ("start", "months", "prelude"):
        if getattr(first, what) != getattr(second, what):
            raise InputError(
                f"{what}: {getattr(first, what)} in {first.name}, {getattr(second, what)} in {second.name}: "
                "worlds that are compared must begin and end together"
            )
    return first, second


def _absent(pairs: Sequence[tuple[str, str]], worlds: Sequence[Scenario]) -> list[list[str]]:
    """Ties that only the other world has. Raises `InputError` for an outcome that is none in either."""
    found: list[list[str]] = [[], []]
    packed = [pack(world) for world in worlds]
    for pair in dict.fromkeys(pairs):
        if pair[0].partition("@")[2] != pair[1].partition("@")[2]:
            raise InputError(f"outcomes: {pair[0]} and {pair[1]}: must be of the same month to be compared")
        wrong = [_complaint(name, world) for name, world in zip(pair, packed, strict=True)]
        for side, complaint in enumerate(wrong):
            if complaint is None:
                continue
            if wrong[1 - side] is not None or pair[side].partition(":")[0] not in TIES:
                raise complaint
            found[side].append(pair[side])
    return [list(dict.fromkeys(names)) for names in found]


def _complaint(name: str, world: World) -> InputError | None:
    try:
        parse_outcomes([name], world)
    except InputError as error:
        return error
    return None


def _of_draws(made: Simulation, failed: pd.Series, replicates: int) -> Simulation:
    """A simulation numbered by draw and replicate of it, without the draws that failed."""
    tables = []
    for frame in (made.outcomes, made.trajectories):
        place = frame["point"]
        numbered = frame.assign(point=place // replicates, replicate=place % replicates)
        tables.append(numbered[~numbered["point"].isin(failed)].reset_index(drop=True))
    return Simulation(tables[0], tables[1], by_draw(made.failed, replicates))


def _columns(
    pairs: Sequence[tuple[str, str]],
    absent: Sequence[Sequence[str]],
    sides: Sequence[Simulation],
    world: Scenario,
    keep: str,
) -> tuple[pd.DataFrame, list[Floats]]:
    """What is compared, as labels (outcome, when) and as one array (runs, columns) a world."""
    last = month_text(month_number(world.start) + world.months - 1)
    months = list(dict.fromkeys(sides[0].trajectories["month"])) if keep != "none" else []
    runs = len(sides[0].outcomes)
    labels: list[tuple[str, str]] = []
    columns: list[list[Floats]] = [[], []]
    for pair in pairs:
        series = list(dict.fromkeys(map(series_of, pair)))
        _, at, when = pair[0].partition("@")
        when = {"": last, "last": last}.get(when, f"{when}-12" if when.isdigit() else when)
        times = [when] if at else [*months, when]
        labels += [(" -> ".join(series), time) for time in times]
        for side, (name, made) in enumerate(zip(pair, sides, strict=True)):
            if name in absent[side]:
                columns[side].append(np.zeros((runs, len(times))))
                continue
            if not at and months:
                # A run's months stand below each other.
                columns[side].append(made.trajectories[name].to_numpy().reshape(runs, len(months)))
            columns[side].append(made.outcomes[name].to_numpy(dtype=float)[:, np.newaxis])
    return pd.DataFrame(labels, columns=["outcome", "when"]), [np.hstack(side) for side in columns]
