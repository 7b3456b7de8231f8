"""Forecasts fixed before the event: no word changes unseen, scores are what their formulas say, nothing is graded twice."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError
from entente.cli import main
from entente.counsel.grade import Entry, calibration, calibration_figure, enter, grade, read_ledger, report, scores
from entente.counsel.seal import Seal, again, forecast_names, load_forecast, read_seal, seal
from entente.counsel.words import MODEL, SCALE, chance
from entente.evidence.score import rps

BEFORE, AFTER = date(2002, 1, 15), date(2004, 1, 1)
FORECAST = """
name: toy
question: How deep?
rubric: Ask two people.
scenario: memo-2001
outcome: rung:rus-chn-2001
answers: [{name: low, up_to: 2}, {name: middle, up_to: 3}, {name: high}]
by: 2003
draws: 40
rivals: [ratchet]
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("forecast") / "toy.yaml"
    path.write_text(FORECAST)
    return path


@pytest.fixture(scope="module")
def sealed(asked: Path) -> Seal:
    return seal(str(asked), BEFORE, "entente seal toy.yaml")


def test_a_seal_is_read_back_and_made_again(sealed: Seal, tmp_path: Path) -> None:
    path = tmp_path / "toy.seal.json"
    path.write_bytes(sealed.text)
    found = read_seal(path)
    assert found == sealed
    assert again(found) == sealed.probabilities
    assert list(sealed.probabilities) == [MODEL, "ratchet"]
    assert all(sum(shares) == pytest.approx(1) for shares in sealed.probabilities.values())
    assert sealed.runs == 40


def leaves(content, at=()):
    """The paths of all leaves of a JSON document."""
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield from leaves(content[key], (*at, key))
    else:
        yield at


@given(st.data())
@settings(max_examples=60)
def test_no_word_of_a_seal_changes_unseen(sealed: Seal, tmp_path_factory, data: st.DataObject) -> None:
    content = json.loads(sealed.text)
    at = data.draw(st.sampled_from(list(leaves(content))))
    holder = content
    for key in at[:-1]:
        holder = holder[key]
    old = holder[at[-1]]
    holder[at[-1]] = data.draw(
        st.one_of(st.integers(0, 9), st.floats(0, 1), st.text(max_size=9), st.none(), st.booleans())
    )
    if json.dumps(holder[at[-1]]) == json.dumps(old) or (holder[at[-1]] == old and not isinstance(old, bool)):
        return
    path = tmp_path_factory.mktemp("changed") / "toy.seal.json"
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"toy.seal.json: (was changed|no seal)"):
        read_seal(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1, "kind": "seal"}', "\x00", "[" * 5000])
def test_what_is_no_seal_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "no.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"no.json: no seal"):
        read_seal(path)
    with pytest.raises(InputError, match=r"no.json: no ledger"):
        read_ledger(path)


def test_a_forecast_comes_before_the_event_and_its_grade_after(asked: Path, sealed: Seal) -> None:
    with pytest.raises(InputError, match="by: 2003-12: is past"):
        seal(str(asked), AFTER)
    with pytest.raises(InputError, match="known after 2003-12, and today is 2002-01-15"):
        grade(sealed, "low", "a communique", BEFORE)
    with pytest.raises(InputError, match="known after"):
        grade(sealed, "low", "a communique", date(2003, 12, 31))
    with pytest.raises(InputError, match=r"has the answers 'low', 'middle', 'high'; did you mean middle\?"):
        grade(sealed, "midle", "a communique", AFTER)
    with pytest.raises(InputError, match="--source: name what says so"):
        grade(sealed, "low", "  ", AFTER)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("answers: [{name: a}, {name: b}]", "every answer but the last needs up_to"),
        ("answers: [{name: a, up_to: 1}, {name: b, up_to: 2}]", "the last has none"),
        ("answers: [{name: a, up_to: 2}, {name: b, up_to: 1}, {name: c}]", "must rise"),
        ("answers: [{name: a, up_to: 2}, {name: a}]", "two answers have one name"),
        ("rivals: [hubb]", "no rival of that name.*did you mean hub"),
        ("outcome: rung:rus-chn-2011", "did you mean rus-chn-2001"),
        ("by: 1990-01", "the scenario begins in 2001-08"),
    ],
)  # fmt: skip
def test_a_wrong_forecast_is_a_sentence(tmp_path: Path, wrong: str, rule: str) -> None:
    key = wrong.partition(":")[0]
    text = "\n".join(line for line in FORECAST.splitlines() if not line.startswith(f"{key}:"))
    (tmp_path / "wrong.yaml").write_text(f"{text}\n{wrong}\n")
    with pytest.raises(InputError, match=rule):
        load_forecast(str(tmp_path / "wrong.yaml"))


def entry(shares: list[float], came_true: int, name: str = "one") -> Entry:
    answers = [f"answer {number}" for number in range(len(shares))]
    return Entry(
        name=name, digest="0" * 64, sealed="2002-01-01", graded="2004-01-01", answers=answers,
        answer=answers[came_true], source="a document", probabilities={MODEL: shares},
    )  # fmt: skip


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.data())
def test_scores_reward_the_truth(weights: list[float], data: st.DataObject) -> None:
    shares = [weight / sum(weights) for weight in weights]
    came_true = data.draw(st.integers(0, len(shares) - 1))
    row = scores([entry(shares, came_true)]).iloc[0]
    sure = [float(place == came_true) for place in range(len(shares))]
    best = scores([entry(sure, came_true)]).iloc[0]
    assert best["brier"] == best["rps"] == 0
    for name in ("brier", "log", "rps"):
        assert row[name] >= best[name] - 1e-12
    # By hand: half the squared difference of two answers is the ranked score.
    if len(shares) == 2:
        assert row["rps"] == pytest.approx(row["brier"] / 2)
    # In expectation nobody does better than by saying what is true (the scores are proper).
    said = data.draw(st.lists(st.floats(0.01, 1), min_size=len(shares), max_size=len(shares)))
    other = [weight / sum(said) for weight in said]
    for name in ("brier", "rps"):
        mean = [
            sum(share * scores([entry(given_, at)]).iloc[0][name] for at, share in enumerate(shares))
            for given_ in (shares, other)
        ]
        assert mean[0] <= mean[1] + 1e-9


def test_the_ranked_score_is_that_of_the_hindcasts() -> None:
    shares = [0.1, 0.2, 0.3, 0.1, 0.1, 0.1, 0.1]
    known = rps(np.array([shares]), np.array([[4, 4, 4]]))[0]
    assert scores([entry(shares, 4)]).iloc[0]["rps"] == pytest.approx(known)


def test_calibration_counts_every_answer_once() -> None:
    grades = [entry([0.9, 0.1], number % 10 == 0, str(number)) for number in range(100)]
    table = calibration(grades)
    assert table["forecasts"].sum() == 200
    # Nine in ten came true of what had been given .9.
    assert table["came_true"].to_numpy() == pytest.approx(table["given"].to_numpy())
    assert calibration_figure(grades).axes


def test_a_ledger_keeps_every_grade_once(sealed: Seal, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.json"
    made = grade(sealed, "high", "a communique of 2003", AFTER)
    assert enter(ledger, made).grades == [made]
    assert read_ledger(ledger).grades == [made]
    with pytest.raises(InputError, match=r"toy was graded on 2004-01-01: 'high'"):
        enter(ledger, grade(sealed, "low", "another", AFTER))
    assert read_ledger(ledger).grades == [made]
    told = report(read_ledger(ledger))
    assert told["graded"] == 1
    assert set(told["means"]) == {MODEL, "ratchet"}


def test_the_commands_seal_compare_and_refuse(asked: Path, tmp_path: Path, capsys) -> None:
    def ended(*arguments: object) -> int:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        return int(end.value.code or 0)

    def failing(*arguments: object) -> str:
        assert ended(*arguments) == 2
        return capsys.readouterr().err

    future = tmp_path / "future.yaml"
    future.write_text(FORECAST.replace("by: 2003", "by: 2199"))
    assert "by: 2003-12: is past" in failing("seal", asked, "--out", tmp_path / "past.json")
    assert not (tmp_path / "past.json").exists()
    soon = tmp_path / "soon.yaml"
    soon.write_text(FORECAST.replace("by: 2003", "by: 2150").replace("draws: 40", "draws: 3"))
    path = tmp_path / "soon.seal.json"
    assert ended("seal", soon, "--out", path) == 0
    said = capsys.readouterr().out
    assert read_seal(path).digest in said
    assert "middle" in said
    assert "exists; a seal replaces nothing" in failing("seal", soon, "--out", path)
    assert ended("seal", "--again", path) == 0
    assert "every probability is the same" in capsys.readouterr().out
    assert "known after 2150-12" in failing("grade", path, "--answer", "low", "--source", "x")
    assert "both are needed; the answers are 'low', 'middle', 'high'" in failing("grade", path)
    assert "holds no grade" in failing("grade", "--ledger", tmp_path / "none.json")
    assert failing("seal", future, "--draws", 3, "--parameters", "priod").count("\n") == 1


def test_the_forecasts_that_are_sealed_hold() -> None:
    folder = Path(__file__).parents[1] / "docs" / "forecasts"
    found = {path.name.removesuffix(".seal.json"): read_seal(path) for path in folder.glob("*.seal.json")}
    assert sorted(found) == forecast_names()
    for name, one in found.items():
        asked, _ = load_forecast(name)
        assert one.forecast == asked
        assert one.sealed < one.forecast.by


def test_words_cover_every_probability_and_rise() -> None:
    assert (SCALE[0][0], SCALE[-1][1]) == (0, 1)
    assert all(below[1] == above[0] < above[1] for below, above in pairwise(SCALE))
    assert [chance(share) for share in (0, 0.5, 1)] == [SCALE[0][2], "roughly even chance", SCALE[-1][2]]
    with pytest.raises(ValueError, match="between 0 and 1"):
        chance(1.2)
