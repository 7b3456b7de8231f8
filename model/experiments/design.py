"""Designs: a study's factors as a table of points, one column a dotted path."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from entente.errors import InputError, nearest, shown
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario, read_record
from entente.schema.scenario import Scenario
from entente.schema.study import DUMMY, RUNS_AT_MOST, Factor, FullFactorial, Morris, Saltelli, Sample, Study, Table
from entente.world.draws import Floats
from entente.world.rows import leaf_value

from .cubes import Cube, Fixed, Hypercube, Sobol
from .cubes import Saltelli as SaltelliCube
from .given import given_table
from .groups import moved, study_groups, with_groups
from .places import Folder
from .points import CHUNK, Held, Points, Product, Sampled, Stored
from .prior import prior_draws
from .shipped import study_file, study_names


def load_study(name: str, mechanisms: Iterable[Mechanism] = ()) -> tuple[Study, Scenario, Path]:
    """A study by its id in `configs/` or its file, its scenario, and the folder that its paths start from.

    `mechanisms` act in the scenario besides those that it brings. Raises `InputError` with one sentence.
    """
    path = study_file(name)
    if not path.is_file():
        rule = (
            "no such file"
            if path.suffix and name.endswith((".yaml", ".yml"))
            else "no study of that name (entente studies lists them)"
        )
        raise InputError(f"{shown(name)}: {rule}{nearest(name, study_names())}")
    study = read_record(Study, path)
    scenario = study.scenario
    if scenario.endswith((".yaml", ".yml")):
        scenario = str(path.parent / scenario)
    try:
        changes = {"months": study.months} if study.months is not None else None
        ready = load_scenario(scenario, changes, mechanisms)
    except InputError as error:
        raise InputError(f"{path}: scenario: {error}") from None
    study = with_groups(study, ready)
    _check(study, ready, path)
    return study, ready, path.parent


def _check(study: Study, scenario: Scenario, path: Path) -> None:
    """Every factor must name a leaf of the scenario and stay within its bounds; the design must fit."""
    if not study.factors and not isinstance(study.design, Table):
        raise InputError(f"{path}: factors: none named; only the design `table` may bring its own")
    if "seed" in study.factors:
        raise InputError(f"{path}: factors.seed: noise comes from the study's own seed and replicates")
    for factor, takes in study.factors.items():
        for value in [] if takes.scenarios else takes.extremes:
            try:
                load_scenario(scenario, {factor: leaf_value(scenario, factor, value)})
            except InputError as error:
                raise InputError(f"{path}: {_of_factor(factor, value, str(error))}") from None
        if isinstance(study.design, FullFactorial) and takes.levels is None:
            raise InputError(f"{path}: factors.{factor}: a full factorial needs values: list, discrete or grid")
    try:
        study_groups(study)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if isinstance(study.design, Saltelli) and study.design.base & (study.design.base - 1):
        near = 2 ** round(math.log2(study.design.base))
        raise InputError(
            f"{path}: design.base: {study.design.base}: must be a power of two; the nearest is {near}"
        )
    if isinstance(study.design, Morris) and study.design.levels % 2:
        raise InputError(f"{path}: design.levels: {study.design.levels}: must be an even number")
    runs = points_of(study, path.parent) * study.replicates
    if runs > RUNS_AT_MOST:
        raise InputError(f"{path}: design: {runs:.3g} runs: {RUNS_AT_MOST:.0e} at most")


def _of_factor(factor: str, value: Any, sentence: str) -> str:
    """What is wrong with a factor, from the sentence about the scenario that takes its value."""
    at, _, rule = sentence.partition(": ")[2].partition(": ")
    if factor == at:
        return f"factors.{factor}: {rule}"
    # A mistake in a part of the path, or one elsewhere that the value brings about.
    inside = factor.startswith(f"{at}.")
    return f"factors.{at}: {rule}" if inside else f"factors.{factor}: {shown(value)}: {at}: {rule}"


def points_of(study: Study, folder: Path) -> int:
    """How many points the design has, without making it."""
    design, factors = study.design, len(moved(study))
    if isinstance(design, FullFactorial):
        return math.prod(len(factor.levels or []) for factor in study.factors.values()) * max(design.draws, 1)
    if isinstance(design, Sample):
        return design.points
    if isinstance(design, Saltelli):
        return design.base * ((2 * factors + 2) if design.second_order else (factors + 2))
    if isinstance(design, Morris):
        return design.trajectories * (factors + 1)
    return _table(design, folder).count


def make_points(study: Study, scenario: Scenario, folder: Path) -> Points:
    """The points of a study, one row a point and one column a factor. The same study gives the same rows."""
    design = study.design
    if isinstance(design, Table):
        return _table_points(study, scenario, design, folder)
    if isinstance(design, FullFactorial):
        return _combinations(study, scenario, design)
    return sampled_points(study)


def sampled_points(study: Study) -> Sampled:
    """The points of a design that is sampled, which the study alone says."""
    return Sampled(cube_of(study), {name: study.factors.get(name, _DUMMY) for name in study.sampled})


_DUMMY = Factor(uniform=[0.0, 1.0])


def _even(count: int, seed: int) -> Floats:
    """Values of the dummy for rows that came without one: even steps of the unit interval in random order."""
    return (np.random.default_rng(seed).permutation(count) + 0.5) / count


def _combinations(study: Study, scenario: Scenario, design: FullFactorial) -> Product:
    """Every combination of levels, the last factor fastest; with draws, all of them again for each draw."""
    levels = {name: factor.levels or [] for name, factor in study.factors.items()}
    if not design.draws:
        return Product(levels, pd.DataFrame(index=[0]))
    return Product(
        levels, prior_draws(design.draws, study.seed, scenario).drop(columns=list(levels), errors="ignore")
    )


def unit_points(study: Study) -> Floats:
    """Points of the unit cube, one column a sampled factor. Only for designs that are sampled."""
    cube = cube_of(study)
    return cube.unit(0, cube.count)


def cube_of(study: Study) -> Cube:
    """The sample of the unit cube behind a design that is sampled."""
    design, count = study.design, len(study.sampled)
    if isinstance(design, Sample):
        kind = Hypercube if design.kind == "latin_hypercube" else Sobol
        return kind(count, design.points, study.seed)
    # SALib takes a seed of 0 for none at all.
    if isinstance(design, Saltelli):
        groups = study_groups(study) or study.sampled
        return SaltelliCube(groups, design.base, design.second_order, study.seed + 1)
    assert isinstance(design, Morris)
    from SALib.sample import morris

    seed = (study.seed + 1) % 2**32
    points = morris.sample(problem_of(study), design.trajectories, num_levels=design.levels, seed=seed)
    return Fixed(np.asarray(points))


def problem_of(study: Study) -> dict[str, Any]:
    """A study's factors in SALib's own form, over the unit cube."""
    names = study.sampled
    problem: dict[str, Any] = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    groups = study_groups(study)
    return problem if groups is None else problem | {"groups": groups}


def _table(design: Table, folder: Path) -> Points:
    """The rows of a file: a Parquet file is read as it is needed, any other is text that has to be read to be understood."""
    path = folder / design.file
    try:
        return Stored(Folder(path.parent), path.name) if path.suffix == ".parquet" else Held(given_table(path))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None


def _table_points(study: Study, scenario: Scenario, design: Table, folder: Path) -> Points:
    points, path = _table(design, folder), folder / design.file
    if not points.count or not points.columns:
        raise InputError(f"{path}: empty; a design needs a row and a column at least")
    for column in points.columns:
        if study.factors and column not in study.factors:
            raise InputError(f"{path}: {shown(column)}: no factor of this study{nearest(column, study.factors)}")
    some = points.frame(0, min(CHUNK, points.count))
    for column in points.columns:
        if not _takes_something(scenario, column, some[column]):
            _explain(scenario, column, some[column].iloc[0], path)
    if DUMMY in study.sampled:
        return Held(points.whole().assign(**{DUMMY: _even(points.count, study.seed)}))
    return points


def _takes_something(scenario: Scenario, column: str, values: pd.Series) -> bool:
    """Whether the path is one of the scenario: some value of the column is possible there."""
    for value in values.drop_duplicates().head(100):
        try:
            load_scenario(scenario, {column: leaf_value(scenario, column, value)})
        except InputError:
            continue
        return True
    return False


def _explain(scenario: Scenario, column: str, value: Any, path: Path) -> None:
    try:
        load_scenario(scenario, {column: leaf_value(scenario, column, value)})
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
