"""Designs as streams: any range of points is what the whole holds there, and the whole is scipy's and SALib's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.sample import sobol
from scipy.stats import qmc

from entente.experiments.batch import run_batch
from entente.experiments.cubes import Cube, Hypercube, Saltelli, Sobol
from entente.experiments.parquet import write_parquet
from entente.experiments.places import Folder
from entente.experiments.plan import make_batch, runs_of
from entente.experiments.points import Crossed, Held, Points, Product, Stored, plain
from entente.world.rows import lots

seeds = st.integers(0, 2**31)
cuts = st.lists(st.floats(0, 1), max_size=4)


def in_ranges(cube: Cube, cuts: list[float]) -> np.ndarray:
    edges = [0, *sorted(int(cut * cube.count) for cut in cuts), cube.count]
    return np.concatenate([cube.unit(a, b) for a, b in zip(edges, edges[1:], strict=False) if a < b])


def same(found: np.ndarray, asked: np.ndarray) -> bool:
    return found.shape == asked.shape and found.tobytes() == np.ascontiguousarray(asked).tobytes()


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(1, 300), seeds, cuts)
def test_a_sobol_sample_in_ranges_is_scipys(factors, count, seed, cuts):
    whole = qmc.Sobol(d=factors, rng=np.random.default_rng(seed)).random_base2(int(np.ceil(np.log2(count))))[
        :count
    ]
    assert same(in_ranges(Sobol(factors, count, seed), cuts), whole)


@settings(max_examples=60)
@given(st.integers(1, 6), st.integers(1, 300), seeds, cuts)
def test_a_latin_hypercube_in_ranges_is_scipys(factors, count, seed, cuts):
    whole = qmc.LatinHypercube(d=factors, rng=np.random.default_rng(seed)).random(count)
    assert same(in_ranges(Hypercube(factors, count, seed), cuts), whole)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from("abcd"), min_size=2, max_size=6),
    st.booleans(),
    st.integers(1, 5),
    seeds,
    st.booleans(),
    cuts,
)
def test_a_saltelli_design_in_ranges_is_salibs(groups, grouped, power, seed, second, cuts):
    names = [f"x{n}" for n in range(len(groups))]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    if grouped and len(set(groups)) > 1:
        problem["groups"] = groups
    else:
        groups = names
    whole = sobol.sample(problem, 2**power, calc_second_order=second, seed=seed)
    assert same(in_ranges(Saltelli(groups, 2**power, second, seed), cuts), whole)


levels = st.lists(st.one_of(st.floats(-9, 9), st.integers(-9, 9)), min_size=1, max_size=4)


def parts(points: Points, cuts: list[float]) -> pd.DataFrame:
    edges = [0, *sorted(int(cut * points.count) for cut in cuts), points.count]
    return pd.concat([points.frame(a, b) for a, b in zip(edges, edges[1:], strict=False) if a < b])


@settings(max_examples=60)
@given(st.lists(levels, min_size=1, max_size=3), st.integers(0, 3), cuts)
def test_a_product_and_what_is_crossed_are_the_same_in_ranges_and_from_a_file(tmp_path_factory, own, draws, cuts):
    named = {f"f{n}": values for n, values in enumerate(own)} | {"words": ["so", "otherwise"]}
    drawn = pd.DataFrame({"drawn": np.arange(draws) / 7}) if draws else pd.DataFrame(index=[0])
    product = Product(named, drawn)
    cells = pd.MultiIndex.from_product(named.values(), names=list(named)).to_frame(index=False)
    assert product.count == len(cells) * max(draws, 1)
    for name in named:
        assert product.whole()[name].tolist() == cells[name].tolist() * max(draws, 1)
    crossed = Crossed(product, pd.DataFrame({"set": [1.5, 2.5, 3.5], "words": ["no"] * 3}))
    assert crossed.whole()["set"].tolist() == [1.5, 2.5, 3.5] * product.count
    for points in (product, crossed):
        pd.testing.assert_frame_equal(parts(points, cuts), points.whole(), check_index_type=False)
        folder = tmp_path_factory.mktemp("points")
        with (folder / "p.parquet").open("wb") as file:
            write_parquet(file, [plain(points.frame(0, 2)), plain(points.frame(2, points.count))])
        stored = Stored(Folder(folder), "p.parquet")
        pd.testing.assert_frame_equal(
            parts(stored, cuts),
            Held(points.whole()).frame(0, points.count),
            check_dtype=False,
            check_index_type=False,
        )


STUDY = """
scenario: memo-2001
months: 12
factors:
  behaviour.rise: {uniform: [.2, .5]}
  behaviour.size: {log_uniform: [.1, 1]}
  FACTOR
design: {DESIGN}
replicates: 3
seed: 8
outcomes: [depth:rus-chn-2001, dyad:CHN-RUS@mean]
"""
FACTORS = {
    "a number": "behaviour.linkage: {list: [0, .4]}",
    "a date": "treaties.rus-chn-2001.signed: {list: ['2001-07', '2001-09']}",
    "whole numbers alone": "treaties.tashkent.obligation: {uniform: [2, 4]}",
    "scenarios": "demand: {scenarios: [memo-2001, high-demand]}",
}
DESIGNS = [
    "kind: sobol, points: 24",
    "kind: latin_hypercube, points: 24",
    "kind: saltelli, base: 4",
    "kind: morris, trajectories: 4",
]


def written(folder: Path, factor: str, design: str) -> str:
    path = folder / "s.yaml"
    path.write_text(STUDY.replace("FACTOR", FACTORS[factor]).replace("DESIGN", design))
    return str(path)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("factor", FACTORS)
def test_blocks_hold_the_points_that_all_at_once_would_give(factor, design, tmp_path):
    """Whatever the block size: no run twice, none left out, each with the numbers of its own point."""
    path = written(tmp_path, factor, design)
    for block in (1, 7, 64):
        batch = make_batch(path, block)
        found, failures = lots(batch.scenario, batch.rows, batch.outcomes)
        assert [(one.point, one.message) for one in failures] == [
            (one.point, one.message) for one in batch.failures
        ]
        rows = batch.rows
        seen = []
        for task in batch.tasks:
            lot, runs = runs_of(batch, task)
            assert len(lot.points) <= max(len(task), 1)
            points = lot.points[runs.rows]
            seen += zip(points.tolist(), runs.replicates.tolist(), strict=True)
            for name, values in lot.columns.items():
                assert values[runs.rows].tolist() == rows[name].loc[points].astype(float).tolist()
        possible = {int(point) for lot in found for point in lot.points}
        assert len(seen) == len(set(seen)) == 3 * len(possible)
        assert {point for point, _ in seen} == possible


def test_a_parquet_table_and_a_csv_are_the_same_design(tmp_path):
    study = "scenario: memo-2001\nmonths: 3\nfactors: {}\ndesign: {kind: table, file: FILE}\n"
    rows = pd.DataFrame({"behaviour.rise": [0.3, 9.0, 0.4], "powers.USA.policy": ["fixed", "fixed", "responsive"]})
    rows.to_csv(tmp_path / "t.csv", index=False)
    # A table as pandas leaves it, with an index of its own, and numbers of points of somebody else's.
    rows.assign(point=7).set_index(pd.Index([4, 5, 6])).to_parquet(tmp_path / "t.parquet")
    digests = []
    for file in ("t.csv", "t.parquet"):
        (tmp_path / "s.yaml").write_text(study.replace("FILE", file))
        batch = make_batch(str(tmp_path / "s.yaml"))
        assert batch.design["behaviour.rise"].tolist() == [0.3, 9.0, 0.4]
        assert [failure.point for failure in batch.failures] == [1]
        digests.append(run_batch(batch, tmp_path / file.replace(".", "-"))["outcomes_sha256"])
    assert digests[0] == digests[1]


def test_a_table_that_has_changed_is_another_study(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("scenario: memo-2001\nmonths: 3\nfactors: {}\ndesign: {kind: table, file: t.csv}\n")
    identities = []
    for value in (0.3, 0.3, 0.4):
        (tmp_path / "t.csv").write_text(f"behaviour.rise\n{value}\n")
        identities.append(make_batch(str(path)).identity["study"])
    assert identities[0] == identities[1] != identities[2]
