"""Briefs: every number is one that was computed, the same twice, for any scenario; nothing is asked of the network."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from entente import InputError
from entente.analysis.runs import repeated, run_rows
from entente.cli import main
from entente.counsel.brief import ANSWERS, Brief, brief
from entente.counsel.page import brief_html, buys, summary
from entente.counsel.pull import levers_of
from entente.counsel.scored import CHAIN, MODEL, NAMES, scores, verdict
from entente.counsel.words import chance
from entente.evidence.hindcast.one import hindcast
from entente.evidence.rivals import rival_names
from entente.experiments.prior import parameter_sets
from entente.schema.load import load_scenario, scenario_names

DRAWS, TREATY = 24, "rus-chn-2001"


@pytest.fixture(scope="module")
def found() -> Brief:
    return brief("memo-2001", draws=DRAWS, replicates=2, by="2005-12", seed=3)


@pytest.fixture(scope="module")
def html(found: Brief) -> str:
    return brief_html(found)


def test_the_answer_is_that_of_the_runs(found: Brief) -> None:
    scenario = load_scenario("memo-2001", {"months": 53})
    rows, noise = repeated(parameter_sets("prior", DRAWS, 3, scenario), 2)
    names = [f"rung:{TREATY}", f"rung:{TREATY}@{scenario.start}"]
    made = run_rows(scenario, rows, noise, 3, names).outcomes
    last, first = (made[name].to_numpy() for name in names)
    answers = found.answers.set_index("answer")
    assert tuple(answers.index) == ANSWERS
    assert answers.loc["deeper", "probability"] == (last > first).mean()
    assert answers["probability"].sum() == pytest.approx(1)
    assert ((answers["low"] <= answers["probability"]) & (answers["probability"] <= answers["high"])).all()
    assert found.rungs["probability"].sum() == pytest.approx(1)
    shares = dict(zip(*np.unique(last, return_counts=True), strict=True))
    assert found.rungs.set_index("rung")["probability"].to_dict() == {k: v / len(last) for k, v in shares.items()}


def test_a_lever_is_pulled_alone_in_the_same_worlds(found: Brief) -> None:
    scenario = load_scenario("memo-2001", {"months": 53})
    levers = {lever.name: lever for lever in levers_of(scenario, TREATY)}
    assert set(found.levers["lever"]) == set(levers)
    row = found.levers.iloc[0]
    rows, noise = repeated(parameter_sets("prior", DRAWS, 3, scenario), 2)
    changed = load_scenario(scenario, dict(levers[row["lever"]].changes))
    names = [f"rung:{TREATY}", f"rung:{TREATY}@{scenario.start}"]
    made = run_rows(changed, rows, noise, 3, names).outcomes
    assert row["deeper"] == (made[names[0]] > made[names[1]]).mean()
    assert row["difference"] == pytest.approx(row["deeper"] - found.deeper["probability"])
    # A package of half a unit lies beyond the ceiling of those worlds whose ceiling is lower, and only packages have one.
    packages = found.levers[found.levers["kind"] == "package"]
    caps = parameter_sets("prior", DRAWS, 3, scenario)["behaviour.domestic_cap"]
    assert set(packages["beyond"]) == {(caps < 0.5).mean()}
    assert found.levers[found.levers["kind"] != "package"]["beyond"].isna().all()


@pytest.mark.parametrize("name", scenario_names())
def test_every_lever_of_every_scenario_can_be_pulled(name: str) -> None:
    scenario = load_scenario(name)
    for treaty in scenario.treaties:
        one_of_each_kind = {lever.kind: lever for lever in levers_of(scenario, treaty)}
        for lever in one_of_each_kind.values():
            changed = load_scenario(scenario, dict(lever.changes))
            assert changed != scenario


def test_the_page_has_the_numbers_and_nothing_from_elsewhere(found: Brief, html: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    first = found.deeper
    assert f"{chance(first['probability'])} : {100 * first['probability']:.0f} %" in text
    for row in buys(found):
        assert row["lever"] in text
    for row in scores(found.record):
        assert f"{row['who']} {row['rps']:.3f} {row['log']:.2f}".replace("'", "&#39;") in text
    for rival in rival_names():
        assert rival in text
    assert found.command == "entente brief memo-2001 --draws 24 --seed 3 --by 2005-12"
    assert found.command in text
    assert not re.findall(r"https?://|src=\"(?!data:)|<script|@import", html)
    assert "/work" not in html
    assert "nan" not in text.lower().split()


def test_the_same_command_gives_the_same_bytes(found: Brief, html: str) -> None:
    again = brief("memo-2001", draws=DRAWS, replicates=2, by="2005-12", seed=3)
    assert brief_html(again) == html
    assert json.dumps(summary(again), allow_nan=False) == json.dumps(summary(found), allow_nan=False)


def test_drivers_are_told_apart_from_chance(found: Brief) -> None:
    table = found.drivers
    assert table["difference"].abs().is_monotonic_decreasing
    assert (table["low"] <= table["difference"]).all()
    assert all(table["meaning"])


def test_a_study_says_what_is_not_known(tmp_path) -> None:
    (tmp_path / "alarm.yaml").write_text(
        "name: alarm\nscenario: memo-2001\nmonths: 30\nfactors:\n  behaviour.rise: {uniform: [.2, .5]}\n"
        "  behaviour.linkage: {list: [0, .4]}\ndesign: {kind: latin_hypercube, points: 9}\nreplicates: 2\nseed: 1\n"
    )
    found = brief(str(tmp_path / "alarm.yaml"), draws=8, replicates=1)
    assert found.parameters == "the study alarm"
    assert found.draws == 8
    assert set(found.drivers["path"]) <= {"behaviour.rise", "behaviour.linkage"}
    assert "behaviour" not in brief_html(found).partition("What moves it")[2].partition("What would")[0]


def test_what_a_study_varies_is_no_lever(tmp_path) -> None:
    (tmp_path / "rates.yaml").write_text(
        "name: rates\nscenario: memo-2001\nmonths: 24\nfactors:\n  sources.nato.rate: {uniform: [.1, 2]}\n"
        "design: {kind: latin_hypercube, points: 8}\noutcomes: [rung:rus-chn-2001]\n"
    )
    found = brief(str(tmp_path / "rates.yaml"), draws=8, replicates=1)
    levers = found.levers["lever"].tolist()
    assert "Missile defence: half as many shocks" in levers
    assert not [lever for lever in levers if lever.startswith("NATO enlargement") and "shocks" in lever]
    assert list(found.drivers["path"]) == ["sources.nato.rate"]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"treaty": "tashkant"}, "did you mean tashkent"),
        ({"by": "soon"}, "--by 'soon': must be a month"),
        ({"by": "2001-10"}, "needs a year at least"),
        ({"draws": 3}, "too few to say what moves a tie"),
        ({"parameters": "default"}, "name prior or posterior"),
        ({"record": "rungs-1993-2001"}, "rungs-1992-2001"),
    ],
)
def test_wrong_wishes_are_sentences(wrong, rule) -> None:
    with pytest.raises(InputError, match=rule):
        brief("memo-2001", **({"draws": 6, "replicates": 1, "by": "2003-12"} | wrong))


def test_the_scores_are_those_of_the_record() -> None:
    record = hindcast(draws=30)
    overall = record.report()["overall"]
    rows = {row["who"]: row for row in scores(record)}
    assert rows[MODEL]["rps"] == pytest.approx(overall["rps"])
    for key, words in NAMES.items():
        if words != MODEL:
            assert rows[words]["rps"] == pytest.approx(overall[f"rps_{key}"])
    assert set(rows) == {*NAMES.values(), CHAIN}
    assert list(pd.DataFrame(scores(record))["rps"]) == sorted(row["rps"] for row in rows.values())
    said = verdict(record)
    assert all(tie in said for tie in record.record.ties)
    better = [who for who, row in rows.items() if who != MODEL and row["rps"] <= rows[MODEL]["rps"]]
    assert ("nothing simpler does as well" in said) == (not better)


def test_the_command_writes_a_page_and_a_sheet(tmp_path, capsys) -> None:
    out = tmp_path / "page.html"
    few = ["brief", "memo-2001", "--draws", "6", "--replicates", "1", "--by", "2003-01", "--out", str(out)]
    with pytest.raises(SystemExit) as ended:
        main([*few, "--pdf"])
    said = capsys.readouterr()
    assert out.read_text().startswith("<!doctype html>")
    assert "The brief is in" in said.out
    if shutil.which("chromium") is None:
        assert ended.value.code == 3
        assert "Chromium is not installed" in said.err
    else:
        assert ended.value.code == 0
        assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(SystemExit) as ended:
        main(few)
    assert ended.value.code == 2
    assert "exists; name another with --out" in capsys.readouterr().err
