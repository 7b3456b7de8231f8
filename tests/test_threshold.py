"""Thresholds: known responses are found again, and what cannot be answered is told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, simulate, threshold
from entente.analysis.question import load_question, question_names
from entente.analysis.search import bootstrap, critical_values, share_interval, smallest
from entente.analysis.threshold import sentence
from entente.cli import main

from .toys import toy

LEVER = "interventions.usa-package-russia.size"
QUESTION = """
name: toy
scenario: us-package-russia
levers: {interventions.usa-package-russia.size: [0, 2]}
outcome: depth:rus-chn-2001
below: 0
probability: .9
by: 2001-12
ceiling: behaviour.domestic_cap
draws: 400
replicates: 2
"""


@pytest.fixture
def asked(tmp_path):
    def write(**changes: str) -> str:
        text = QUESTION
        for name, value in changes.items():
            text = "\n".join(line for line in text.splitlines() if not line.startswith(f"{name}:"))
            text += f"\n{name}: {value}\n" if value else "\n"
        path = tmp_path / "toy.yaml"
        path.write_text(text)
        return str(path)

    return write


def normal(scenario, rows, noise):
    """Each run needs a lever of 1 + .2*noise; the outcome falls through 0 there."""
    return {"depth:rus-chn-2001": 1 + 0.2 * noise - rows[LEVER].to_numpy()}


@given(
    st.lists(st.floats(-1, 3), min_size=2, max_size=30), st.integers(3, 12), st.floats(0.001, 0.1), st.booleans()
)
@settings(max_examples=60)
def test_monotone_responses_are_found_within_the_tolerance(truth, steps, tolerance, rising):
    true = np.array(truth)
    sign = 1.0 if rising else -1.0

    def measure(levers, runs):
        return sign * (levers - true[runs])

    found = critical_values(measure, lambda v: sign * v > 0, 0.0, 2.0, len(true), steps, tolerance)
    inside = (true >= 0) & (true < 2)
    assert (found.critical[true < 0] == 0).all()
    assert np.isinf(found.critical[true >= 2]).all()
    assert (found.critical[inside] >= true[inside]).all()
    assert (found.critical[inside] <= true[inside] + tolerance + 1e-12).all()
    assert found.monotone == 1.0
    assert not found.flat


def test_a_response_that_turns_back_counts_from_where_it_stays():
    def measure(levers, runs):
        return np.where((levers > 0.3) & (levers < 0.7), 1.0, 0.0) + np.where(levers > 1.5, 1.0, 0.0)

    found = critical_values(measure, lambda v: v > 0.5, 0.0, 2.0, 4, 21, 0.001)
    assert found.monotone == 0.0
    assert found.critical == pytest.approx(np.full(4, 1.5), abs=0.001)


def test_the_threshold_of_a_known_distribution_is_its_quantile(asked):
    found = threshold(asked(), runner=toy(normal))
    (answer,) = found.answers
    true = 1 + 0.2 * 1.2816
    assert answer.verdict == "found"
    assert answer.threshold == pytest.approx(true, abs=0.03)
    assert answer.low < true < answer.high
    assert answer.monotone == 1.0
    assert len(answer.runs) == 800
    # Ceilings of the prior are .3 to .6, so that nearly every run needs more, and the threshold is above all of them.
    assert answer.beyond > 0.97
    assert answer.above_ceiling == 1.0
    shares = answer.curve["share"].to_numpy()
    assert (np.diff(shares) >= 0).all()
    assert ((answer.curve["share_low"] <= shares) & (shares <= answer.curve["share_high"])).all()


def test_what_comes_out_holds_in_the_share_asked_for(asked):
    answer = threshold(asked(), runner=toy(normal)).answers[0]
    critical = answer.runs["critical"].fillna(np.inf)
    assert (critical <= answer.threshold).mean() >= 0.9
    assert (critical < answer.threshold).mean() < 0.9


def test_above_is_the_mirror_of_below(asked):
    mirrored = toy(lambda *a: {name: -values for name, values in normal(*a).items()})
    below = threshold(asked(), runner=toy(normal)).answers[0]
    above = threshold(asked(below="", above="0"), runner=mirrored).answers[0]
    assert (below.threshold, below.low, below.high) == (above.threshold, above.low, above.high)


@pytest.mark.parametrize(
    ("measure", "verdict", "words"),
    [
        (lambda s, rows, noise: {"depth:rus-chn-2001": 1 + 0 * noise}, "no effect", "no effect on"),
        (lambda s, rows, noise: {"depth:rus-chn-2001": 9 - rows[LEVER].to_numpy()}, "not within the range", "no value from"),
        (lambda s, rows, noise: {"depth:rus-chn-2001": -1 - rows[LEVER].to_numpy()}, "holds without it", "nothing above 0 is needed"),
    ],
)  # fmt: skip
def test_honest_answers_that_are_no_number(measure, verdict, words, asked):
    found = threshold(asked(), runner=toy(measure), draws=10)
    answer = found.answers[0]
    assert answer.verdict == verdict
    assert words in sentence(found.question, answer)
    json.dumps(found.report, allow_nan=False)
    assert len(answer.curve) == 11


def test_intervals_of_the_bootstrap():
    rng = np.random.default_rng(0)
    flags = rng.random(2000) < 0.3
    low, high = share_interval(flags, 1, 0)
    assert low < flags.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.21 / 2000), rel=0.1)
    # Runs of a draw that are all alike tell no more than one of them.
    alike = np.repeat(flags[:500], 4)
    wide = share_interval(alike, 4, 0)
    assert wide[1] - wide[0] > 1.5 * (high - low)
    assert bootstrap(np.array([1.0, np.inf]), 1, 0, lambda s: smallest(s, 0.5)) == (1.0, np.inf)


def test_change_since_the_start_is_what_simulate_shows(asked):
    file = asked(since_start="true", draws="3", replicates="1", steps="3", tolerance=".4", by="2002-03")
    found = threshold(file)
    question, scenario = load_question(file)
    rows = found.answers[0].curve
    # The middle lever for the first draw, run by hand with that draw's noise.
    from entente import parameter_sets

    draw = parameter_sets("prior", 3, 0)
    alone = simulate(scenario, 3, 0, draw.assign(**{LEVER: 1.0}),
                     ["depth:rus-chn-2001", "depth:rus-chn-2001@2001-08"]).outcomes  # fmt: skip
    own = alone[alone["point"] == alone["replicate"]]
    change = own["depth:rus-chn-2001"] - own["depth:rus-chn-2001@2001-08"]
    assert rows["outcome"].iloc[1] == pytest.approx(change.mean(), abs=1e-15)
    assert question.by == "2002-03"


def test_the_questions_that_come_with_the_model_are_fine():
    assert "memo-package" in question_names()
    for name in question_names():
        question, scenario = load_question(name)
        assert question.name == name
        assert scenario.months >= 60


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"levers": "{interventions.usa-package-rusia.size: [0, 1]}"}, "did you mean interventions.usa-package-russia.size?"),
        ({"levers": "{interventions.usa-package-russia.size: [0, 3]}"}, "must be from 0 to 2"),
        ({"levers": "{interventions.usa-package-russia.size: [1, 1]}"}, "the first must be below the second"),
        ({"levers": "{treaties.tashkent.articles.term.on: [0, 1]}"}, "a switch"),
        ({"levers": "{behaviour.rise: [0.1, 0.5]}"}, "it cannot be both"),
        ({"outcome": "depth:rus-chn-201"}, "did you mean rus-chn-2001?"),
        ({"above": "1"}, "exactly one of below and above"),
        ({"by": "1999-01"}, "the scenario begins in 2001-08"),
        ({"by": "soon"}, "must be a month"),
        ({"probability": "1.5"}, "must be above 0 and below 1"),
        ({"tolerance": "1e-12"}, "must be at least 1e-06"),
        ({"ceiling": "behaviour.domestic_cab"}, "did you mean behaviour.domestic_cap?"),
        ({"parameters": "default", "replicates": "1"}, "needs two runs at least"),
        ({"parameters": "nothing.csv"}, "cannot be read"),
        ({"scenario": "us-package-rusia"}, "did you mean us-package-russia?"),
    ],
)  # fmt: skip
def test_wrong_questions_are_told_and_nothing_is_written(changes, words, asked, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["threshold", asked(**changes), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["toy.yaml"]


def test_options_are_checked_like_the_file(asked):
    for name, value in (("probability", 2), ("draws", 0), ("by", "soon")):
        with pytest.raises(InputError, match=name):
            threshold(asked(), **{name: value})


def test_a_year_is_its_december(asked):
    assert load_question(asked(by="2006"))[0].by == load_question(asked(), {"by": "2006"})[0].by == "2006-12"


def test_the_command_writes_a_folder_that_repeats_itself(tmp_path, asked, capsys):
    contents = []
    for name in ("one", "two"):
        out = tmp_path / name
        with pytest.raises(SystemExit) as ended:
            main(["threshold", asked(), "--draws", "6", "--replicates", "1", "--out", str(out), "--json"])
        assert ended.value.code == 0
        report = json.loads(capsys.readouterr().out)
        contents.append({path.name: path.read_bytes() for path in out.iterdir() if path.name != "report.json"})
    assert contents[0] == contents[1]
    assert {"curve.csv", "runs.parquet", "dose-response.png", "dose-response.svg"} <= set(contents[0])
    assert report["answers"][0]["lever"] == LEVER
    assert len(pd.read_csv(tmp_path / "one" / "curve.csv")) == 11
