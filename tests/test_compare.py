"""Paired worlds: what theory says of differences, on known functions and on the model."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from entente import InputError, compare, load_scenario, paired, simulate
from entente.analysis.compare import _sentence, sentences
from entente.analysis.compare_charts import comparison_figures
from entente.analysis.knockout import without_events
from entente.analysis.paired import effect
from entente.cli import main

from .toys import toy

SHORT = 30
DEPTH = "depth:rus-chn-2001"
OFF = {"treaties.rus-chn-2001.articles.consultation.on": False}


@given(st.integers(2, 40), st.integers(1, 3), st.floats(-2, 2), st.floats(0.1, 2), st.integers(0, 2**31))
@settings(max_examples=40)
def test_the_interval_is_that_of_a_paired_t_test(units, group, shift, spread, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(units * group, 2))
    b = a + rng.normal(shift, spread, size=a.shape)
    found = effect(a, b, group)
    means = [side.reshape(units, group, 2).mean(axis=1) for side in (a, b)]
    reference = stats.ttest_rel(means[1], means[0])
    between = reference.confidence_interval(0.95)
    assert np.allclose(found["low"], between.low)
    assert np.allclose(found["high"], between.high)
    assert (found["n"] == units).all()
    assert (found["runs"] == units * group).all()


def test_what_pairing_saves_is_what_theory_says():
    rng = np.random.default_rng(0)
    noise, own = rng.normal(size=(20_000, 1)), rng.normal(size=(20_000, 1))
    found = effect(noise, noise + 0.1 + 0.5 * own).iloc[0]
    # Unpaired: 1 + 1.25; paired: the variance of what is not shared.
    assert found["variance_ratio"] == pytest.approx(2.25 / 0.25, rel=0.05)
    assert found["runs_unpaired"] == np.ceil(found["variance_ratio"] * 20_000)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    a = rng.normal(size=(12, 4000))
    found = effect(a, a + 0.3 + rng.normal(size=a.shape))
    covered = ((found["low"] <= 0.3) & (found["high"] >= 0.3)).mean()
    assert covered == pytest.approx(0.95, abs=0.02)


def test_differences_that_never_vary_have_no_ratio_and_identical_ones_say_so():
    a = np.arange(6.0)[:, np.newaxis]
    apart, same = effect(a, a + 1).iloc[0], effect(a, a).iloc[0]
    assert (apart["low"], apart["high"], apart["verdict"]) == (1.0, 1.0, "higher")
    assert pd.isna(apart["runs_unpaired"])
    assert (same["difference"], same["verdict"]) == (0.0, "identical")


def test_draws_are_the_units_and_share_no_noise():
    heard: list[np.ndarray] = []

    def measure(scenario, rows, noise):
        heard.append(noise)
        return {DEPTH: noise + rows["behaviour.rise"].to_numpy()}

    rows = pd.DataFrame({"behaviour.rise": [0.2, 0.3, 0.4]})
    found = paired("memo-2001", "us-satisfied", [DEPTH], rows, replicates=4, runner=toy(measure))
    assert (heard[0] == heard[1]).all()
    assert len(set(heard[0])) == 12
    assert found.effects["n"].tolist() == [3]
    assert found.identical
    assert found.a.outcomes["point"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert found.a.outcomes["replicate"].tolist() == [0, 1, 2, 3] * 3


def test_the_opposite_comparison_is_the_opposite():
    there = compare("memo-2001", changes=OFF, outcomes=[DEPTH, "dyad:CHN-RUS"], replicates=6, months=SHORT, seed=3)
    other = load_scenario("memo-2001", {"months": SHORT} | OFF)
    one = load_scenario("memo-2001", {"months": SHORT})
    back = compare(other, one, outcomes=[DEPTH, "dyad:CHN-RUS"], replicates=6, seed=3)
    assert (there.effects["difference"] == -back.effects["difference"]).all()
    assert (there.effects["low"] == -back.effects["high"]).all()
    assert not there.identical


def test_a_world_is_identical_to_itself():
    found = compare("memo-2001", "memo-2001", replicates=2, months=SHORT)
    assert found.identical
    assert sentences(found) == ["The two worlds never differ, in any run, month or outcome."]
    assert comparison_figures(found) == {}
    assert not found.effects.drop(columns=["variance_ratio", "runs_unpaired"]).isna().any().any()


def test_pairing_beats_not_pairing_on_the_model():
    found = compare("memo-2001", changes=OFF, replicates=24, months=120, outcomes=[DEPTH])
    last = found.effects.iloc[-1]
    assert last["verdict"] == "lower"
    assert last["variance_ratio"] > 2
    assert last["runs_unpaired"] > last["runs"]


def test_an_outcome_over_the_whole_run_is_told_too():
    found = compare("memo-2001", changes=OFF, outcomes=[f"{DEPTH}@mean"], replicates=2, months=SHORT)
    assert found.effects["when"].tolist() == ["mean"]
    assert sentences(found)[0].startswith(f"{DEPTH} (mean): ")


def test_paired_runs_are_those_of_simulate():
    outcomes = [DEPTH, "rung:tashkent@2002"]
    found = paired("memo-2001", "us-package-russia", outcomes, replicates=3, seed=5, months=SHORT)
    alone = simulate("us-package-russia", 3, 5, outcomes=outcomes, months=SHORT).outcomes
    pd.testing.assert_frame_equal(found.b.outcomes[outcomes], alone[outcomes])
    assert found.effects["when"].tolist() == ["2004-01", "2002-12"]


def test_a_tie_that_one_world_lacks_is_0_there():
    found = paired("memo-2001", "without-russia-china", [DEPTH], replicates=2, months=SHORT)
    assert found.absent == (f"{DEPTH} is not in b: 0 there",)
    assert (found.effects["b"] == 0).all()
    assert found.effects["difference"].iloc[0] < 0


def test_a_treaty_that_ends_in_one_world_is_told():
    out = {"kind": "exit", "month": "2003-02", "treaty": "rus-chn-2001", "state": "RUS"}
    short = {"interventions.out": out}
    found = compare("memo-2001", "memo-2001", replicates=4, months=60, changes=short, outcomes=[DEPTH])
    status = "status:rus-chn-2001"
    runs = simulate(load_scenario("memo-2001", short), 4, 0, outcomes=[status], months=60, keep="yearly")
    ended = int((runs.outcomes[status] == 2).sum())
    first = runs.trajectories.loc[runs.trajectories[status] == 2, "month"].min()[:4]
    assert ended == 4
    told = [words for words in found.notes if words.startswith("rus-chn-2001 ended in ")]
    assert told == [
        f"rus-chn-2001 ended in 4 of 4 runs of {found.b}, first in {first}; in 0 of 4 runs of {found.a}"
    ]
    assert set(found.effects["outcome"]) == {DEPTH}


def test_a_treaty_that_ends_in_neither_world_has_no_note():
    assert compare("memo-2001", changes=OFF, outcomes=[DEPTH], replicates=2, months=SHORT).notes == ()


def test_outcomes_are_named_in_each_world():
    pair = ("depth:rus-chn-2001", "depth:shanghai-2001")
    found = paired("memo-2001", "memo-2001", [pair], replicates=2, months=SHORT)
    assert found.effects["outcome"].tolist() == ["depth:rus-chn-2001 -> depth:shanghai-2001"]
    assert found.effects["difference"].iloc[0] != 0


def test_draws_that_cannot_run_are_left_out_and_told():
    rows = pd.DataFrame({"behaviour.rise": [0.3, 7.0, 0.4]})
    found = paired("memo-2001", "us-package-russia", [DEPTH], rows, replicates=2, months=SHORT)
    assert found.failed["point"].tolist() == [1]
    assert sorted(set(found.b.outcomes["point"])) == [0, 2]
    assert found.effects["n"].tolist() == [2]


def test_shocks_of_a_year_are_taken_out_and_nothing_before_them_changes():
    scenario = load_scenario("record-1992")
    gone = without_events(scenario, "militancy@1999")
    assert {path.partition(".")[2] for path in gone} == {
        id_ for id_, act in scenario.interventions.items()
        if act.kind == "shock" and act.source == "militancy" and act.month.startswith("1999")
    }  # fmt: skip
    found = compare("record-1992", without_event=["militancy@1999"], replicates=2, months=120)
    effects = found.effects
    assert (effects.loc[effects["year"] < 1999, "verdict"] == "identical").all()
    assert (effects.loc[effects["year"] > 1999, "verdict"] != "identical").any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["memo-2001"], "one scenario and no change"),
        (["memo-2001", "--without", "tashkent:tem"], "did you mean term?"),
        (["memo-2001", "--without", "tashkent"], "must have the form TREATY:ARTICLE"),
        (["memo-2001", "--without", "tashkant:term"], "did you mean tashkent?"),
        (["memo-2001", "--without-treaty", "shanghai"], "is no treaty of this scenario"),
        (["memo-2001", "--without-event", "millitancy"], "did you mean militancy?"),
        (["memo-2001", "--without-event", "militancy@2003"], "there are some in 1992-05"),
        (["memo-2001", "us-satisfied", "--replicates", "1"], "an interval needs two runs at least"),
        (["memo-2001", "record-1992"], "must begin and end together"),
        (["memo-2001", "us-satisfied", "--outcome", "depth:tashkant"], "did you mean tashkent?"),
        (["memo-2001", "us-satisfied", "--outcome", "perception:RUS/nato@1950"], "must be last"),
        (["memo-2001", "us-satisfied", "--parameters", "priors"], "did you mean prior?"),
        (["memo-2001", "us-satisfied", "--parameters", "none.csv"], "cannot be read"),
        (["memo-2001", "--set", "behaviour.linkige=1"], "did you mean behaviour.linkage?"),
    ],
)
def test_wrong_comparisons_are_told_and_nothing_is_written(arguments, words, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["compare", *arguments, "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_folder_that_repeats_itself(tmp_path, capsys):
    contents = []
    for name in ("one", "two"):
        out = tmp_path / name
        with pytest.raises(SystemExit) as ended:
            main(["compare", "memo-2001", "--without", "rus-chn-2001:consultation", "--replicates", "4",
                  "--months", str(SHORT), "--outcome", DEPTH, "--out", str(out), "--json"])  # fmt: skip
        assert ended.value.code == 0
        report = json.loads(capsys.readouterr().out)
        assert report["run_dir"] == str(out)
        contents.append({path.name: path.read_bytes() for path in out.iterdir() if path.name != "report.json"})
    assert contents[0] == contents[1]
    assert {"effects.csv", "effects.parquet", "difference-depth.png", "difference-depth.svg"} <= set(contents[0])
    row = report["effects"][0]
    assert {"outcome", "when", "year", "difference", "low", "high", "runs", "runs_unpaired"} <= set(row)


def test_draws_must_begin_and_end_together():
    with pytest.raises(InputError, match="months: all runs must begin and end together"):
        paired("memo-2001", "us-satisfied", [DEPTH], pd.DataFrame({"months": [12, 24]}))


def test_nothing_to_measure_is_no_comparison():
    with pytest.raises(InputError, match="none named"):
        paired("memo-2001", "us-satisfied", [])


@given(st.floats(0.02, 0.3), st.integers(0, 2**31))
@settings(max_examples=20)
def test_an_interval_that_rests_on_few_pairs_says_so(rare, seed):
    rng = np.random.default_rng(seed)

    def made(units):
        a = rng.normal(size=(units, 1))
        # Now and then the treaty ends in one world alone.
        return effect(a, a + rng.normal(0, 0.01, size=a.shape) - (rng.random(a.shape) < rare)).iloc[0]

    # In theory a rare event of share p needs 25 (1 - 2p)^2 / (p (1 - p)) pairs.
    theory = 25 * (1 - 2 * rare) ** 2 / (rare * (1 - rare))
    many = made(20_000)
    assert many["needed"] == pytest.approx(theory, rel=0.35, abs=3)
    assert many["needed"] <= many["n"]


def test_normal_differences_are_settled_and_a_single_odd_one_is_not():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(200, 1))
    assert effect(a, a + rng.normal(size=a.shape)).iloc[0]["needed"] < 20
    one = np.zeros((20, 1))
    one[3] = 1.0
    found = effect(a[:20], a[:20] + 0.1 + one).iloc[0]
    assert found["needed"] > found["n"]
    assert "Not settled: it rests on a few pairs" in _sentence({**found, "outcome": DEPTH, "when": "2003-12"})


def test_a_year_is_told_on_demand(capsys):
    found = compare("memo-2001", changes=OFF, replicates=4, months=SHORT)
    assert all("(2002-12)" in line for line in sentences(found, 2002)[:-1])
    assert "may not have been seen at all" in sentences(found)[-1]
    with pytest.raises(InputError, match="--when 1999: the comparison has the years 2001 to 2004"):
        sentences(found, 1999)
