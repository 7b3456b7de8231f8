"""Scenario discovery: planted boxes are found, and what cannot be found is told."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
import pytest

from entente import InputError, discover
from entente.analysis.boxes import SIGNIFICANT
from entente.analysis.discover import sentences
from entente.analysis.discover_charts import discovery_figures
from entente.cli import main

STUDY = """
name: little
scenario: memo-2001
months: 48
factors:
  behaviour.rise: {uniform: [.2, .5]}
  behaviour.autonomy: {uniform: [.9, 1.6]}
  treaties.rus-chn-2001.articles.consultation.on: {list: [true, false]}
design: {kind: latin_hypercube, points: 160}
replicates: 2
seed: 4
outcomes: [depth:rus-chn-2001, rung:rus-chn-1992]
"""


def planted(points: int = 800, replicates: int = 2, seed: int = 0) -> pd.DataFrame:
    """A frame of runs whose outcome is 1 in a box of `rise` and `linkage`, with one level of `mode` shut out."""
    rng = np.random.default_rng(seed)
    design = pd.DataFrame(rng.random((points, 4)), columns=["rise", "linkage", "idle", "dull"])
    design["mode"] = rng.choice(["x", "y", "z"], points)
    design["point"] = range(points)
    runs = pd.concat([design.assign(replicate=r) for r in range(replicates)], ignore_index=True)
    inside = (runs["rise"] > 0.35) & (runs["linkage"] < 0.4) & (runs["mode"] != "z")
    runs["rung"] = 3.0 + inside + rng.normal(0, 0.05, len(runs))
    return runs.drop(columns="replicate")


@pytest.fixture(scope="module")
def found():
    return discover(planted(), "rung", above=3.5)


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_planted_box_is_found(found, method):
    first = found.boxes[(found.boxes["method"] == method) & (found.boxes["box"] == 1)].iloc[0]
    limits = found.limits[(found.limits["method"] == method) & (found.limits["box"] == 1)].set_index("factor")
    assert set(limits.index) == {"rise", "linkage", "mode"}
    assert limits.loc["rise", "low"] == pytest.approx(0.35, abs=0.04)
    assert limits.loc["linkage", "high"] == pytest.approx(0.4, abs=0.04)
    assert limits.loc["mode", "levels"] == "x, y"
    assert np.isnan(limits.loc["rise", "high"])
    assert first["coverage"] > 0.95
    assert first["density"] > 0.95
    assert first["words"].startswith("rung is above 3.5 when ")


def test_statistics_are_those_of_the_points_in_the_box(found):
    points = found.points
    for box in found.boxes.to_dict("records"):
        own = found.limits[(found.limits["method"] == box["method"]) & (found.limits["box"] == box["box"])]
        inside = np.ones(len(points), dtype=bool)
        for limit in own.to_dict("records"):
            values = points[limit["factor"]]
            if limit["levels"]:
                inside &= values.isin(limit["levels"].split(", "))
            inside &= ~(pd.notna(limit["low"]) & (values < limit["low"])) if not limit["levels"] else True
            inside &= ~(pd.notna(limit["high"]) & (values > limit["high"])) if not limit["levels"] else True
        assert box["points"] == inside.sum()
        assert box["mass"] == pytest.approx(inside.mean())
        assert box["density"] == pytest.approx(points.loc[inside, "counts"].mean())
        assert box["coverage"] == pytest.approx((inside & points["counts"]).sum() / points["counts"].sum())


def test_restrictions_have_quasi_p_values_that_are_small(found):
    assert (found.limits[["qp_low", "qp_high"]].min(axis=1) <= SIGNIFICANT).all()
    chosen = found.trajectory[found.trajectory["chosen"]].iloc[0]
    first = found.boxes.iloc[0]
    assert (chosen["coverage"], chosen["density"]) == (
        pytest.approx(first["coverage"]),
        pytest.approx(first["density"]),
    )


def test_below_looks_at_the_other_side():
    runs = planted()
    below = discover(runs.assign(rung=-runs["rung"]), "rung", below=-3.5)
    above = discover(runs, "rung", above=3.5)
    pd.testing.assert_frame_equal(below.boxes.drop(columns="words"), above.boxes.drop(columns="words"))


def test_noise_alone_makes_no_box_that_is_sure():
    rng = np.random.default_rng(3)
    runs = pd.DataFrame(rng.random((3000, 3)), columns=["a", "b", "out"])
    found = discover(runs, "out", above=0.5)
    assert (found.boxes["density"] < 0.65).all()
    assert not (found.boxes["method"] == "prim").any()


def test_the_same_input_gives_the_same_boxes(found):
    again = discover(planted(), "rung", above=3.5)
    assert set(discovery_figures(found)) == {"boxes", "points", "trajectory"}
    pd.testing.assert_frame_equal(found.boxes, again.boxes)
    pd.testing.assert_frame_equal(found.limits, again.limits)
    assert sentences(found) == sentences(again)
    json.dumps(found.report, allow_nan=False)


def test_a_point_counts_by_most_of_its_replicates():
    runs = pd.DataFrame({"point": np.repeat(np.arange(80), 3), "a": np.repeat(np.linspace(0, 1, 80), 3)})
    runs["out"] = np.tile([1.0, 1.0, 0.0], 80) * (runs["a"] > 0.5) + np.tile([1.0, 0.0, 0.0], 80) * (
        runs["a"] <= 0.5
    )
    found = discover(runs, "out", above=0.5)
    assert (found.points["counts"] == (found.points["a"] > 0.5)).all()
    assert set(found.points["share"].round(3)) == {0.333, 0.667}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"outcome": "rang", "above": 3.5}, "did you mean rung?"),
        ({"outcome": "rung"}, "exactly one of --above and --below"),
        ({"outcome": "rung", "above": 3, "below": 4}, "exactly one of --above and --below"),
        ({"outcome": "rung", "above": 9}, "0 of 800 points meet it, 20 are needed"),
        ({"outcome": "rung", "below": 9}, "0 of 800 points do not meet it"),
    ],
)
def test_wrong_searches_are_told(arguments, words):
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        discover(planted(), **arguments)


def test_a_constant_outcome_and_constant_factors_are_told():
    runs = planted()
    with pytest.raises(InputError, match="is 3 in every run; there is nothing to discover"):
        discover(runs.assign(rung=3.0), "rung", above=3.5)
    with pytest.raises(InputError, match="no factor of this study takes two values"):
        discover(runs[["point", "rung"]].assign(rise=0.3), "rung", above=3.5)


def test_the_command_runs_a_study_and_finds_boxes_in_its_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "little.yaml").write_text(STUDY)
    outputs = []
    for name, study in (("one", "little.yaml"), ("two", "runs/little")):
        with pytest.raises(SystemExit) as ended:
            main(["discover", study, "--outcome", "depth:rus-chn-2001", "--above", ".55", "--out", name, "--json"])
        assert ended.value.code == 0
        outputs.append(json.loads(capsys.readouterr().out))
    assert outputs[0]["boxes"] == outputs[1]["boxes"]
    assert outputs[0]["boxes"]
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir() if path.name != "report.json"}
    assert {"boxes.csv", "limits.parquet", "points.parquet", "boxes.png", "boxes.svg", "trajectory.png"} <= set(
        files
    )
    assert all((tmp_path / "two" / name).read_bytes() == content for name, content in files.items())
    with pytest.raises(SystemExit) as ended:
        main(["discover", "runs/little", "--outcome", "rung:rus-chn-1992", "--above", "3", "--out", "three"])
    assert ended.value.code == 2
    assert "is 0 in every run" in capsys.readouterr().err
    assert not (tmp_path / "three").exists()


def test_a_study_that_is_not_finished_or_not_there_is_told(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        discover(tmp_path, "depth", above=1)
    with pytest.raises(InputError, match="did you mean small"):
        discover("smal", "depth", above=1)


def test_without_the_workbench_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(InputError, match=r"discover: needs ema-workbench; .*entente\[studies\]"):
        discover(planted(), "rung", above=3.5)
