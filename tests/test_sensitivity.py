"""Sensitivity: known functions through the very path that runs take, SALib's own numbers, sentences for mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import delta, morris, pawn, sobol
from SALib.test_functions import Sobol_G
from scipy.stats import ks_2samp

from entente import InputError, sensitivity
from entente.analysis.found import Sensitivity
from entente.analysis.given import _delta, places, sliced
from entente.analysis.methods import MAIN, indices, warnings
from entente.analysis.noise import noise_table
from entente.analysis.sensitivity import analyse
from entente.analysis.signs import sample_signs, signs
from entente.analysis.statements import statements
from entente.analysis.values import Values
from entente.cli import main
from entente.experiments.design import load_study, make_points, problem_of, unit_points
from entente.experiments.groups import declared_group, moved
from entente.experiments.prior import prior_ranges
from entente.experiments.shipped import study_names
from entente.schema.load import load_scenario
from entente.schema.study import DUMMY, Study
from entente.world.outcomes import parse_outcomes
from entente.world.pack import pack

ISHIGAMI_S1 = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0, DUMMY: 0.0}
ISHIGAMI_ST = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437, DUMMY: 0.0}
SALTELLI = {"kind": "saltelli", "base": 4096}
CUBE = {"kind": "latin_hypercube", "points": 1024}


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def linear(x: np.ndarray) -> np.ndarray:
    return 4 * x[:, 0] + 2 * x[:, 1] - x[:, 2]


def study_of(factors: dict[str, Any] | int, design: dict[str, Any], seed: int = 0, **analysis: Any) -> Study:
    if isinstance(factors, int):
        factors = {f"x{n + 1}": {"uniform": [-np.pi, np.pi]} for n in range(factors)}
    return Study.model_validate(
        {"scenario": "memo-2001", "factors": factors, "design": design, "seed": seed, "analysis": analysis}
    )


def values_of(outputs: dict[str, np.ndarray], replicates: int = 1) -> Values:
    columns = [(name, 2021) for name in outputs]
    runs = np.stack(list(outputs.values()), axis=1)[:, None, :].repeat(replicates, axis=1)
    return Values(columns, runs, len(columns))


def through(function: Callable[[np.ndarray], np.ndarray], study: Study) -> Sensitivity:
    """A known function where the runs would be: design, values, analysis, tables."""
    design = make_points(study, load_scenario(), Path()).whole()
    return analyse(study, design, values_of({"y": function(design[list(study.factors)].to_numpy())}))


def value(found: Sensitivity, index: str) -> dict[str, float]:
    own = found.indices[found.indices["index"] == index]
    return dict(zip(own["parameter"], own["value"], strict=True))


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_ishigamis_indices_are_found(seed):
    found = through(ishigami, study_of(3, SALTELLI | {"second_order": True}, seed, method="sobol"))
    assert value(found, "S1") == pytest.approx(ISHIGAMI_S1, abs=0.03)
    assert value(found, "ST") == pytest.approx(ISHIGAMI_ST, abs=0.03)
    second = value(found, "S2")
    assert second["x1 x x3"] == pytest.approx(0.2437, abs=0.06)
    assert max(abs(v) for name, v in second.items() if name != "x1 x x3") < 0.06
    rows = found.indices[(found.indices["parameter"] == DUMMY)]
    assert ((rows["low"] <= 0) & (rows["high"] >= 0)).all()
    assert set(found.indices["n"]) == {4096}
    assert not found.indices.isna().any().any()


def test_the_indices_of_sobols_g_function_are_found():
    a = [0, 1, 4.5, 9, 99, 99, 99, 99]
    factors = {f"x{n}": {"uniform": [0, 1]} for n in range(8)}
    found = through(Sobol_G.evaluate, study_of(factors, SALTELLI, method="sobol"))
    names = [f"x{n}" for n in range(8)]
    first = dict(zip(names, Sobol_G.sensitivity_index(a), strict=True))
    total = dict(zip(names, Sobol_G.total_sensitivity_index(a), strict=True))
    assert value(found, "S1") == pytest.approx(first | {DUMMY: 0}, abs=0.02)
    assert value(found, "ST") == pytest.approx(total | {DUMMY: 0}, abs=0.02)


@pytest.mark.parametrize("seed", [0, 5])
@pytest.mark.parametrize("groups", ["none", {"both": ["x1", "x3"]}])
def test_sobols_indices_and_intervals_are_salibs(seed, groups):
    study = study_of(
        3, {"kind": "saltelli", "base": 128, "second_order": True}, seed, method="sobol", groups=groups
    )
    design = make_points(study, load_scenario(), Path()).whole()
    x = design[["x1", "x2", "x3"]].to_numpy()
    outputs = np.column_stack([ishigami(x), linear(x)])
    mine = indices(study, design, outputs, [("a", 1), ("b", 2)])
    for column, outcome in enumerate("ab"):
        theirs = sobol.analyze(problem_of(study), outputs[:, column], num_resamples=200, seed=seed + 1)
        for index in ("S1", "ST"):
            own = mine[(mine["outcome"] == outcome) & (mine["index"] == index)].set_index("parameter")
            np.testing.assert_allclose(own.loc[moved(study), "value"], theirs[index], atol=1e-12)
            np.testing.assert_allclose(
                own.loc[moved(study), "high"] - own["value"], theirs[f"{index}_conf"], atol=1e-12
            )
        second = theirs["S2"][np.triu_indices(len(moved(study)), 1)]
        own = mine[(mine["outcome"] == outcome) & (mine["index"] == "S2")]
        np.testing.assert_allclose(own["value"], second, atol=1e-12)


@pytest.mark.parametrize("groups", ["none", {"both": ["x1", "x3"]}])
def test_morris_is_salibs_and_ranks_right(groups):
    study = study_of(3, {"kind": "morris", "trajectories": 30}, method="morris", groups=groups)
    design = make_points(study, load_scenario(), Path()).whole()
    outputs = linear(design[["x1", "x2", "x3"]].to_numpy())
    mine = indices(study, design, outputs[:, None], [("y", 1)]).set_index(["index", "parameter"])["value"]
    theirs = morris.analyze(problem_of(study), unit_points(study), outputs, num_levels=4, seed=1)
    for index in ("mu_star", "mu", "sigma") if groups == "none" else ("mu_star",):
        own = mine[index].loc[list(theirs["names"])]
        np.testing.assert_allclose(own, np.asarray(theirs[index]), atol=1e-9)
    assert mine["mu_star"].idxmax() == ("x1" if groups == "none" else "both")
    assert mine["mu_star"][DUMMY] == 0
    if groups == "none":
        span = 2 * np.pi
        assert mine["mu"].to_dict() == pytest.approx({"x1": 4 * span, "x2": 2 * span, "x3": -span, DUMMY: 0})


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_pawn_is_salibs_and_ranks_right(kind):
    study = study_of(3, {"kind": kind, "points": 1024}, method="pawn", resamples=20)
    design = make_points(study, load_scenario(), Path()).whole()
    outputs = linear(design[["x1", "x2", "x3"]].to_numpy())
    mine = indices(study, design, outputs[:, None], [("y", 1)]).set_index(["index", "parameter"])["value"]
    theirs = pawn.analyze(problem_of(study), design.to_numpy(), outputs, S=10)
    np.testing.assert_allclose(mine["pawn_median"].loc[theirs["names"]], theirs["median"], atol=1e-12)
    np.testing.assert_allclose(mine["pawn_max"].loc[theirs["names"]], theirs["maximum"], atol=1e-12)
    assert list(mine["pawn_median"].sort_values(ascending=False).index) == ["x1", "x2", "x3", DUMMY]


def test_pawn_reads_levels_and_ties_as_scipy_does():
    rng = np.random.default_rng(0)
    design = pd.DataFrame({"switch": rng.random(300) < 0.4, "word": rng.choice(["a", "b", "c"], 300)})
    outputs = (design["switch"] + rng.integers(0, 3, 300)).to_numpy(dtype=float)
    study = study_of(
        {"switch": {"list": [True, False]}, "word": {"list": ["a", "b", "c"]}},
        {"kind": "latin_hypercube", "points": 300}, method="pawn", resamples=20, dummy=False,
    )  # fmt: skip
    mine = indices(study, design, outputs[:, None], [("y", 1)]).set_index(["index", "parameter"])["value"]
    for name in design:
        apart = [ks_2samp(outputs[design[name] == level], outputs).statistic for level in design[name].unique()]
        assert mine["pawn_median"][name] == pytest.approx(np.median(apart))
        assert mine["pawn_max"][name] == pytest.approx(max(apart))


def test_slices_hold_equal_parts():
    counts = np.bincount(sliced(np.random.default_rng(0).random(1001), 10) + 1)
    assert counts[0] == 1  # the greatest value
    assert counts[1:] == pytest.approx(100, abs=1)


@pytest.mark.parametrize("steps", [0, 3])
def test_the_delta_of_a_sample_is_salibs(steps):
    rng = np.random.default_rng(0)
    x = rng.random(203)
    y = np.round(x * steps) if steps else x + rng.random(203)
    grid, edges = np.linspace(y.min(), y.max(), 100), np.linspace(0, 203, 6)
    theirs = delta.calc_delta(y, grid, x, edges), delta.sobol_first(y, x, edges)
    assert _delta(y, grid, x, edges) == pytest.approx(theirs, rel=1e-9)


def test_delta_is_salibs_without_its_bias_and_ranks_right():
    study = study_of(3, {"kind": "latin_hypercube", "points": 200}, method="delta", resamples=20)
    design = make_points(study, load_scenario(), Path()).whole()
    outputs = linear(design[["x1", "x2", "x3"]].to_numpy())
    mine = indices(study, design, outputs[:, None], [("y", 1)]).set_index(["index", "parameter"])["value"]
    theirs = delta.analyze(problem_of(study), design.to_numpy(), outputs, num_resamples=5, seed=1)
    excess = theirs["delta_raw"] - mine["delta"].loc[theirs["names"]].to_numpy()
    assert excess.mean() > 0
    assert np.abs(excess).max() < 0.2
    assert abs(mine["delta"][DUMMY]) < 0.08
    assert list(mine["delta"].sort_values(ascending=False).index)[:3] == ["x1", "x2", "x3"]
    shares = {"x1": 16 / 21, "x2": 4 / 21, "x3": 1 / 21}
    assert {name: mine["S1"][name] for name in shares} == pytest.approx(shares, abs=0.1)


@pytest.mark.parametrize(
    ("design", "method"),
    [
        ({"kind": "saltelli", "base": 64}, "sobol"),
        ({"kind": "morris", "trajectories": 8}, "morris"),
        (CUBE, "pawn"),
    ],
)
def test_the_same_seed_gives_the_same_tables_and_zero_is_a_seed(design, method):
    found = [through(ishigami, study_of(3, design, seed, method=method)).indices for seed in (0, 0, 1)]
    pd.testing.assert_frame_equal(found[0], found[1])
    assert not found[0].equals(found[2])


def test_convergence_is_reported_on_nested_parts_and_warned_about():
    small = through(ishigami, study_of(3, {"kind": "saltelli", "base": 64}, method="sobol"))
    large = through(ishigami, study_of(3, {"kind": "saltelli", "base": 16384}, method="sobol"))
    assert sorted(small.convergence["n"].unique()) == [16, 32, 64]
    whole = large.convergence[large.convergence["n"] == 16384].reset_index(drop=True)
    pd.testing.assert_frame_equal(whole, large.indices)
    assert "not settled" in small.warnings[0]
    assert large.warnings == []


def table_of(values: dict[str, tuple[float, float, float, float]]) -> pd.DataFrame:
    """ST of factors on half the sample and on all of it: half, whole, and the ends of the whole's interval."""
    rows = [
        {"outcome": "y", "index": "ST", "parameter": name, "value": value, "low": low, "high": high, "n": n}
        for name, (half, whole, low, high) in values.items()
        for n, value in ((32, half), (64, whole))
    ]
    return pd.DataFrame(rows)


def test_warnings_say_only_what_applies():
    study = study_of(3, {"kind": "saltelli", "base": 64}, method="sobol")
    calm, moved, wide = (0.3, 0.3, 0.28, 0.32), (0.2, 0.3, 0.28, 0.32), (0.3, 0.3, 0.1, 0.5)
    assert warnings(study, table_of({"a": calm, "b": calm})) == []
    (only_moved,) = warnings(study, table_of({"a": moved, "b": calm}))
    assert "1 value moved" in only_moved
    assert "wider" not in only_moved
    (only_wide,) = warnings(study, table_of({"a": wide, "b": calm}))
    assert "1 of 2 intervals of ST is wider" in only_wide
    assert "moved" not in only_wide
    (both,) = warnings(study, table_of({"a": wide, "b": wide, "c": moved, "d": moved}))
    assert "2 of 4 intervals of ST are wider" in both
    assert "2 values moved" in both


def test_a_total_effect_above_1_is_told_as_sampling_error():
    study = study_of(3, {"kind": "saltelli", "base": 64}, method="sobol")
    (caution,) = warnings(study, table_of({"a": (0.99, 0.99, 0.95, 1.04)}))
    assert "ST of a reaches 1.04" in caution
    assert "sampling error" in caution


def test_chance_is_told_from_parameters():
    rng = np.random.default_rng(0)
    points, replicates = 4000, 60
    runs = (
        2 * rng.normal(size=(points, 1))
        + rng.normal(size=(1, replicates))
        + 0.5 * rng.normal(size=(points, replicates))
    )
    row = noise_table(Values([("y", 2021)], runs[:, :, None], 1)).iloc[0]
    assert row["between"] == pytest.approx(4, rel=0.1)
    assert row["common"] == pytest.approx(1, rel=0.5)
    assert row["mixed"] == pytest.approx(0.25, rel=0.05)
    assert row["within"] == pytest.approx(row["common"] + row["mixed"], rel=1e-6)
    assert row["share_of_chance"] == pytest.approx(row["within"] / (row["within"] + row["between"]))
    assert row["kept"] == pytest.approx(4 / (4 + 0.25 / replicates), rel=0.01)
    assert noise_table(Values([("y", 2021)], runs[:, :1, None], 1)).empty


def test_an_outcome_that_nothing_moves_is_named_and_in_no_table():
    study = study_of(3, {"kind": "saltelli", "base": 32}, method="sobol")
    design = make_points(study, load_scenario(), Path()).whole()
    y = ishigami(design[["x1", "x2", "x3"]].to_numpy())
    found = analyse(study, design, values_of({"y": y, "still": np.full(len(y), 0.1)}))
    assert found.constant.to_dict("records") == [{"outcome": "still", "year": 2021, "value": pytest.approx(0.1)}]
    for table in (found.indices, found.convergence):
        assert set(table["outcome"]) == {"y"}
        assert not table.isna().any().any()
    with pytest.raises(InputError, match="still: the same at every point"):
        analyse(study, design, values_of({"still": np.full(len(y), 0.1)}))


def test_a_factor_that_takes_one_value_is_refused():
    study = study_of({"x1": {"uniform": [0, 1]}, "x2": {"list": [3]}}, CUBE, method="pawn")
    with pytest.raises(InputError, match=r"factors\.x2: takes one value only"):
        through(lambda x: x[:, 0].astype(float), study)


# -- groups and signs -----------------------------------------------------------------------


def test_groups_come_from_the_declarations():
    assert {declared_group(path) for path in prior_ranges()} == {
        "threat", "commitment", "bargaining", "outside power", "rivals"
    }  # fmt: skip
    assert declared_group("treaties.rus-chn-2001.articles.consultation.on") == "articles"
    assert declared_group("sources.md.rate") == "threat"
    assert declared_group("powers.USA.packages.RUS") == "outside power"


def test_a_group_moves_together_in_the_design():
    study = study_of(3, {"kind": "saltelli", "base": 16}, method="sobol", groups={"both": ["x1", "x3"]})
    assert moved(study) == ["both", "x2", DUMMY]
    design = make_points(study, load_scenario(), Path()).whole()
    assert len(design) == 16 * 5
    changed = design.iloc[0] != design.iloc[1]
    assert list(changed[changed].index) == ["x1", "x3"]


def test_every_statement_can_be_tested_in_its_scenario():
    for statement in statements():
        scenario = load_scenario(statement.scenario, {"months": statement.months} if statement.months else None)
        changed = load_scenario(load_scenario(scenario, statement.with_), statement.change)
        parse_outcomes([statement.outcome, *([statement.than] if statement.than else [])], pack(changed))
        assert set(statement.parameters) <= set(prior_ranges())


@pytest.mark.parametrize(("sign", "verdict"), [(-1, "agree"), (1, "disagree"), (0, "unclear")])
def test_signs_in_a_sample_are_those_of_partial_effects(sign, verdict):
    """`autonomy` is expected to loosen the Tashkent Treaty; a correlated factor must not speak for it."""
    rng = np.random.default_rng(3)
    factors = pd.DataFrame({"behaviour.autonomy": rng.random(2000)})
    factors["behaviour.rise"] = factors["behaviour.autonomy"] + rng.random(2000)
    noise = rng.normal(size=2000)
    outputs = pd.DataFrame(
        {"depth:tashkent": sign * factors["behaviour.autonomy"] + 3 * factors["behaviour.rise"] + noise}
    )
    found = sample_signs("memo-2001", factors, outputs, 1, 200, 0)
    assert list(found["verdict"]) == [verdict]
    assert found["low"].iloc[0] < sign < found["high"].iloc[0]
    assert sample_signs("record-1992", factors, outputs, 1, 200, 0).empty


def test_paired_signs_are_kept_and_repeat(tmp_path):
    chosen = [s for s in statements() if "regime" in s.statement or "Taiwan" in s.statement]
    alone = signs(draws=8, chosen=chosen)
    kept = signs(draws=8, chosen=chosen, folder=tmp_path, workers=2)
    pd.testing.assert_frame_equal(alone, kept)
    assert len(list(tmp_path.glob("*.parquet"))) == 2
    pd.testing.assert_frame_equal(kept, signs(draws=8, chosen=chosen, folder=tmp_path))
    # A threat of regime change cannot but raise the benefit of the treaty that covers it.
    assert list(kept["verdict"])[-1] == "agree"


# -- from the command line ------------------------------------------------------------------

STUDY = """
name: little
scenario: memo-2001
months: 17
factors:
  behaviour.autonomy: {uniform: [.9, 1.6]}
  behaviour.rise: {uniform: [.2, .5]}
design: {kind: saltelli, base: 16}
replicates: 2
seed: 0
outcomes: [depth:rus-chn-2001, depth:tashkent@2002, rung:rus-chn-2001@2001-09]
keep: yearly
analysis: {method: sobol, resamples: 50}
"""
TABLES = ("indices", "convergence", "variance", "signs", "constant")


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "little.yaml"
    path.write_text(STUDY)
    return str(path)


def ends(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_study_from_start_to_report(study, tmp_path, capsys):
    out = tmp_path / "out"
    assert ends(["sensitivity", study, "--out", str(out), "--json"]) == 0
    printed, notes = capsys.readouterr()
    answer = json.loads(printed)
    assert {"method", "runs", "points", "replicates", "seconds", "report", "indices", "signs"} <= set(answer)
    assert (answer["method"], answer["runs"], answer["points"], answer["replicates"]) == ("sobol", 160, 80, 2)
    assert "160 runs" in notes
    assert set(answer["indices"][0]) == {"outcome", "year", "parameter", "index", "value", "low", "high"}
    assert {(row["outcome"], row["year"]) for row in answer["indices"]} == {
        ("depth:rus-chn-2001", 2002), ("depth:rus-chn-2001", 2001),
        ("depth:tashkent@2002", 2002), ("depth:tashkent", 2001), ("depth:tashkent", 2002),
    }  # fmt: skip
    assert answer["constant"][0]["outcome"] == "rung:rus-chn-2001@2001-09"
    assert {"statement", "verdict"} <= set(answer["signs"][0])
    page = Path(answer["report"]).read_text()
    assert "http" not in page
    assert page.count("data:image/png;base64,") == 4
    assert all(name in page for name in ("depth:rus-chn-2001", "depth:tashkent@2002", "autonomy", "little"))
    for name in TABLES:
        pd.testing.assert_frame_equal(
            pd.read_parquet(out / "sensitivity" / f"{name}.parquet").astype(str),
            pd.read_csv(out / "sensitivity" / f"{name}.csv").astype(str),
        )
    assert list(pd.read_parquet(out / "sensitivity" / "indices.parquet").columns) == [
        "outcome", "year", "method", "parameter", "index", "value", "low", "high", "n"
    ]  # fmt: skip


def test_the_same_files_for_any_number_of_workers_and_after_a_batch(study, tmp_path, capsys):
    folders = [tmp_path / "one", tmp_path / "two"]
    assert ends(["sensitivity", study, "--out", str(folders[0]), "--workers", "1"]) == 0
    assert ends(["batch", study, "--out", str(folders[1]), "--workers", "2", "--no-figures"]) == 0
    capsys.readouterr()
    found = sensitivity(study, folders[1], workers=2)
    assert files(folders[0] / "sensitivity") == files(folders[1] / "sensitivity")
    assert found.seconds["runs"] >= 0
    assert (found.indices["method"] == "sobol").all()
    # Another analysis of the same runs makes no new ones.
    Path(study).write_text(STUDY.replace("resamples: 50", "resamples: 60"))
    before = {name: text for name, text in files(folders[1]).items() if name.startswith("outcomes")}
    sensitivity(study, folders[1])
    assert before == {name: text for name, text in files(folders[1]).items() if name.startswith("outcomes")}


def test_a_dry_run_says_how_many_runs_and_does_nothing(study, tmp_path, capsys):
    assert ends(["sensitivity", study, "--out", str(tmp_path / "out"), "--dry-run", "--json"]) == 0
    printed, notes = capsys.readouterr()
    assert json.loads(printed)["runs"] == 160
    assert "160 runs" in notes
    assert not (tmp_path / "out").exists()


BAD = {
    "not a power of two": (("base: 16", "base: 100"), "100: must be a power of two; the nearest is 128"),
    "too few": (("base: 16", "base: 8"), "design.base: 8: too few for an interval; sobol needs 16 at least"),
    "unknown outcome": (("depth:tashkent@2002", "depth:tashkend@2002"), "did you mean tashkent?"),
    "unknown parameter": (("behaviour.rise", "behaviour.ris"), "did you mean behaviour.rise?"),
    "zero range": (("[.2, .5]", "[.3, .3]"), "the first must be below the second"),
    "no analysis": (("analysis: {method: sobol, resamples: 50}", ""), "analysis: missing"),
    "unknown method": (("method: sobol", "method: sobel"), "must be one of"),
    "a group named as a factor": (
        ("resamples: 50", "groups: {behaviour.rise: [behaviour.autonomy]}"), "is the name of a factor"
    ),
    "another design": (("method: sobol", "method: morris"), "morris needs the design morris, not saltelli"),
    "few resamples": (("resamples: 50", "resamples: 3"), "must be at least 20"),
    "unknown in a group": (("resamples: 50", "groups: {g: [behaviour.autonom]}"), "did you mean behaviour.autonomy?"),
    "twice in groups": (
        ("resamples: 50", "groups: {g: [behaviour.rise], h: [behaviour.rise]}"), "is in g already"
    ),
    "the dummy's name": (("behaviour.rise:", "dummy:"), "this name is kept"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_gets_one_sentence_and_leaves_nothing(case, study, tmp_path, capsys):
    (old, new), words = BAD[case]
    assert old in STUDY
    Path(study).write_text(STUDY.replace(old, new))
    assert ends(["sensitivity", study, "--out", str(tmp_path / "out")]) == 2
    _, notes = capsys.readouterr()
    assert words in notes
    assert notes.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_of_an_analysis_in_which_nothing_moved(study, tmp_path, capsys):
    Path(study).write_text(STUDY.replace("depth:rus-chn-2001, depth:tashkent@2002, ", ""))
    assert ends(["sensitivity", study, "--out", str(tmp_path / "out")]) == 2
    assert "the same at every point" in capsys.readouterr().err
    assert not (tmp_path / "out" / "sensitivity").exists()


@pytest.mark.parametrize(
    ("design", "analysis", "figures"),
    [
        ("{kind: morris, trajectories: 6}", "{method: morris, groups: {both: [behaviour.rise, dummy]}}", 4),
        ("{kind: morris, trajectories: 6}", "{method: morris}", 5),
        ("{kind: latin_hypercube, points: 128}", "{method: pawn, resamples: 20}", 4),
        ("{kind: table, file: points.csv}", "{method: delta, resamples: 20}", 4),
    ],
)
def test_every_method_ends_in_a_report(design, analysis, figures, study, tmp_path):
    rng = np.random.default_rng(0)
    table = {"behaviour.autonomy": rng.uniform(0.9, 1.6, 100), "behaviour.rise": rng.uniform(0.2, 0.5, 100)}
    pd.DataFrame(table).to_csv(tmp_path / "points.csv", index=False)
    text = STUDY.replace("{kind: saltelli, base: 16}", design)
    if "delta" in analysis:
        text = text.replace(", depth:tashkent@2002, rung:rus-chn-2001@2001-09", "")
    Path(study).write_text(text.replace("{method: sobol, resamples: 50}", analysis))
    found = sensitivity(study, tmp_path / "out")
    assert found.folder is not None
    assert (found.folder / "sensitivity" / "report.html").read_text().count("data:image/png") == figures
    main_index = found.indices[found.indices["index"] == MAIN[found.indices["method"].iloc[0]]]
    assert set(main_index["parameter"]) == set(moved(found.study))
    assert not found.indices.isna().any().any()


def test_places_of_names_follow_their_order():
    design = pd.DataFrame({"a": [True, False], "b": ["y", "x"], "c": [1.5, 2.5]})
    np.testing.assert_array_equal(places(design), [[1, 1, 1.5], [0, 0, 2.5]])


@pytest.mark.parametrize("name", [n for n in study_names() if n.endswith("-behaviour") or n == "sobol-groups"])
def test_ready_studies_sample_every_parameter_over_its_prior_range(name):
    ready = load_study(name)[0]
    assert ready.analysis is not None
    assert {path: tuple(factor.uniform or ()) for path, factor in ready.factors.items()} == prior_ranges()


@pytest.mark.parametrize(
    "name", ["sobol-behaviour", "sobol-groups", "morris-behaviour", "pawn-behaviour", "delta-behaviour"]
)
def test_studies_of_all_parameters_move_each_over_its_prior_range(name):
    study, _, _ = load_study(name)
    found = {path: tuple(factor.uniform) for path, factor in study.factors.items()}
    assert found == {path: pytest.approx(ends) for path, ends in prior_ranges().items()}


def test_the_thirty_parameters_move_over_their_prior_ranges():
    study, _, _ = load_study("thirty-parameters")
    assert len(study.factors) == 30
    for path, factor in study.factors.items():
        assert tuple(factor.uniform) == pytest.approx(prior_ranges()[path]), path
