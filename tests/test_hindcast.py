"""Scores against theory, records read or refused, and any scenario scored against any record."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente import InputError, hindcast, load_scenario
from entente.cli import main
from entente.evidence.baselines import base_rate, last_coded, persistence, ratchet, ratchet_rungs
from entente.evidence.forecast import forecast, measure, reading
from entente.evidence.likelihood import fitting
from entente.evidence.record import TOP_RUNG, Cell, Record, load_record
from entente.evidence.score import (
    RUNGS,
    SMOOTHING,
    coverage,
    interval,
    log_score,
    move_summary,
    moves,
    rps,
)
from entente.experiments.prior import parameter_sets

ALPS = """
name: alps
start: 1950-01
months: 96
states:
  AAA: {name: Aland, place: {longitude: 0, latitude: 40}, capability: .05, exposure: {raid: .8}, contribution: {raid: .6}}
  BBB: {name: Bland, place: {longitude: 5, latitude: 42}, capability: .03, exposure: {raid: .7}, contribution: {raid: .5}}
  CCC: {name: Cland, place: {longitude: 9, latitude: 42}, capability: .02, exposure: {raid: .2}, contribution: {raid: .1}}
sources: {raid: {name: Raids, origin: steppe, base: .3, need: .8, rate: 1}}
treaties:
  pact:
    name: Pact
    parties: {AAA: true, BBB: true}
    signed: 1950-03
    obligation: 2
    rung: 2
    scope: {raid: 1}
    articles: {consultation: {rule: consultation, strength: .5}}
  league: {name: League, parties: {AAA: true, CCC: true}, signed: 1952-03, obligation: 1, rung: 1, scope: {raid: .5}}
"""
RECORD = """tie,treaty,year,rung,rung_lo,rung_hi
north,pact+league,1950,2,1,2
north,pact+league,1953,3,,
north,pact+league,1955,2,,
south,league,1951,0,,
south,league,1954,1,0,1
"""


@pytest.fixture
def alps(tmp_path):
    """A scenario of states that nobody has heard of, and a record of their ties."""
    scenario, record = tmp_path / "alps.yaml", tmp_path / "alps.csv"
    scenario.write_text(ALPS)
    record.write_text(RECORD)
    return str(scenario), str(record)


def distributions(cells: int = 1) -> st.SearchStrategy[np.ndarray]:
    shares = st.lists(st.floats(0.01, 1), min_size=RUNGS, max_size=RUNGS)
    return st.lists(shares, min_size=cells, max_size=cells).map(
        lambda rows: np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    )


# -- scores ---------------------------------------------------------------------------------


@given(st.integers(0, TOP_RUNG), st.integers(0, TOP_RUNG))
def test_a_point_forecast_scores_its_distance(said, coded):
    score = rps(np.eye(RUNGS)[[said]], np.array([[coded]]))
    assert score[0] == pytest.approx(abs(said - coded) / TOP_RUNG)


@given(distributions(), distributions())
def test_honesty_pays(truth, other):
    """Scores are proper: nobody expects a better one than from saying what is believed."""
    every = np.arange(RUNGS)[np.newaxis].T
    for score, loss in ((rps, 0.0), (log_score, -np.log(1 - SMOOTHING))):
        mine = truth[0] @ score(np.repeat(truth, RUNGS, axis=0), every)
        theirs = truth[0] @ score(np.repeat(other, RUNGS, axis=0), every)
        assert mine <= theirs + loss + 1e-9


def test_a_rung_that_no_run_reached_costs_a_known_finite_score():
    shares = np.eye(RUNGS)[[2, 2]]
    assert log_score(shares, np.array([[5], [2]])) == pytest.approx(
        [np.log(RUNGS / SMOOTHING), -np.log(1 - SMOOTHING + SMOOTHING / RUNGS)]
    )


@given(distributions(3), st.lists(st.integers(0, TOP_RUNG), min_size=3, max_size=3))
def test_codings_are_averaged(shares, coded):
    codings = np.array(coded)[np.newaxis].repeat(3, axis=0)
    for score in (rps, log_score, coverage):
        each = np.mean([score(shares, codings[:, [n]]) for n in range(3)], axis=0)
        assert score(shares, codings) == pytest.approx(each)


@given(distributions(4))
def test_an_interval_holds_nine_tenths_and_no_rung_too_many(shares):
    for row, (low, high) in zip(shares, interval(shares), strict=True):
        assert row[low : high + 1].sum() >= 0.9 - 1e-9
        assert row[:low].sum() < 0.05 + 1e-9
        assert row[high + 1 :].sum() <= 0.05 + 1e-9


def cells(rungs: list[int]) -> Record:
    coded = enumerate(rungs, start=1950)
    return Record("made", tuple(Cell("north", ("pact",), year, rung, rung, rung) for year, rung in coded))


def test_moves_are_hits_within_two_years_and_false_beyond():
    record = cells([1, 1, 1, 2, 2, 2, 2, 1])
    runs = np.array([
        [1, 2, 2, 2, 2, 2, 2, 1],  # up two years early, down in time
        [1, 1, 1, 1, 1, 1, 2, 2],  # up three years late, never down
        [1, 1, 1, 1, 1, 1, 1, 1],  # never
        [2, 1, 2, 2, 2, 2, 2, 2],  # down long before, up a year early
    ])  # fmt: skip
    up, down = moves(runs, record, "north", 1), moves(runs, record, "north", -1)
    assert (up.recorded, up.hit_rate, up.made, up.false) == (1, 0.5, 3, 1)
    assert (down.recorded, down.hit_rate, down.made, down.false) == (1, 0.25, 2, 1)
    assert move_summary(runs, record, ["north"])["false_moves"] == pytest.approx(2 / 5)


def test_a_record_without_moves_has_no_hit_rate():
    found = move_summary(np.ones((3, 4), dtype=int), cells([1, 1, 1, 1]), ["north"])
    assert found["hit_rate_up"] is None
    assert found["false_moves"] is None


# -- records --------------------------------------------------------------------------------


def test_the_record_that_ships_is_whole():
    record = load_record("rungs-1992-2001", load_scenario("record-1992"))
    assert record.ties == ["Russia-China", "Shanghai", "Tashkent"]
    assert [cell.year for cell in record.cells] == [*range(1992, 2002)] * 3
    assert {cell.when for cell in record.cells} == {*(f"{year}-12" for year in range(1992, 2001)), "2001-08"}
    assert record.spells == 3 + 7
    assert record.weight == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty; needs the columns tie, treaty, year, rung"),
        ("tie,treaty,year,rung\n", "empty; needs a row at least"),
        ("tie,treaty,year\nn,pact,1950\n", "column rung: missing"),
        ("tie,treaties,year,rung\nn,pact,1950,1\n", "column treaty: missing; did you mean treaties?"),
        ("tie,treaty,year,rung\nn,pact+leage,1950,1\n", ":2: treaty: 'leage': no treaty of the scenario alps; did you mean league?"),
        ("tie,treaty,year,rung\n,pact,1950,1\n", ":2: tie: '': must have a name"),
        ("tie,treaty,year,rung\nn,pact,1950,7\n", ":2: rung: 7: must be a rung, 0 to 6"),
        ("tie,treaty,year,rung\nn,pact,1950,-1\n", ":2: rung: -1: must be a rung, 0 to 6"),
        ("tie,treaty,year,rung\nn,pact,1950,1.5\n", ":2: rung: '1.5': must be a whole number"),
        ("tie,treaty,year,rung\nn,pact,1950,\n", ":2: rung: '': must be a whole number"),
        ("tie,treaty,year,rung\nn,pact,soon,1\n", ":2: year: 'soon': must be a whole number"),
        ("tie,treaty,year,rung\nn,pact,1958,1\n", ":2: year: 1958: its month 12 is outside the scenario alps, which runs from 1950-01 to 1957-12"),
        ("tie,treaty,year,rung\nn,pact,1949,1\n", ":2: year: 1949: its month 12 is outside"),
        ("tie,treaty,year,month,rung\nn,pact,1958,1,1\n", ":2: year: 1958: its month 1 is outside"),
        ("tie,treaty,year,month,rung\nn,pact,1950,0,1\n", ":2: month: 0: must be a month, 1 to 12"),
        ("tie,treaty,year,month,rung\nn,pact,1950,13,1\n", ":2: month: 13: must be a month, 1 to 12"),
        ("tie,treaty,year,month,rung\nn,pact,1950,August,1\n", ":2: month: 'August': must be a whole number"),
        ("tie,treaty,year,month,rung\nn,pact,1950,8,1\nn,pact,1950,9,2\n", ":3: n, 1950: coded twice, first in line 2"),
        ("tie,treaty,year,rung,rung_lo,rung_hi\nn,pact,1950,1,2,3\n", ":2: rung: 1: must lie between rung_lo 2 and rung_hi 3"),
        ("tie,treaty,year,rung,rung_low\nn,pact,1950,1,0\n", ": column rung_low: not known; did you mean rung_lo?"),
        ("tie,treaty,year,rung,rung_hi\nn,pact,1950,1,0\n", ":2: rung: 1: must lie between rung_lo 1 and rung_hi 0"),
        ("tie,treaty,year,rung\nn,pact,1950\n", ":2: rung: '': must be a whole number"),
        ("tie,treaty,year,rung\nn,pact,1950,1,more,words\n", "cannot be read"),
        ("tie,treaty,year,rung\n\nn,pact,1950,9\n\n", ":3: rung: 9: must be a rung"),
        ("tie,treaty,year,rung\nn,pact,1950,1\nn,pact,1950,2\n", ":3: n, 1950: coded twice, first in line 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_record_is_said_in_a_sentence(alps, tmp_path, capsys, text, words):
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["hindcast", alps[0], str(path)])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("\n") == 1
    assert words in said


def test_a_record_from_a_spreadsheet_is_read(tmp_path, alps):
    path = tmp_path / "sheet.csv"
    path.write_bytes(
        '\ufefftie, treaty ,year,rung,note\r\n north , pact + league ,1950.0,2,"a, b"\r\n\r\n'.encode()
    )
    (cell,) = load_record(str(path), load_scenario(alps[0])).cells
    assert cell == Cell("north", ("pact", "league"), 1950, 2, 2, 2)


def test_a_record_that_is_not_there_and_parameters_that_are_none(alps, tmp_path):
    with pytest.raises(InputError, match="no such record; did you mean rungs-1992-2001"):
        hindcast("record-1992", "rungs-1992")
    with pytest.raises(InputError, match="did you mean posterior"):
        hindcast(*alps, parameters="posterio")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("behaviour.rise\n3\n")
    with pytest.raises(InputError, match=r"parameters, row 0.*behaviour\.rise"):
        hindcast(*alps, parameters=str(wrong), draws=2)


# -- forecasts and baselines ----------------------------------------------------------------


def test_files_alone_are_enough_for_other_states(alps, capsys, tmp_path):
    with pytest.raises(SystemExit, match="0"):
        main(["hindcast", *alps, "--draws", "30", "--seed", "3", "--json", "--out", str(tmp_path / "out")])
    report = json.loads(capsys.readouterr().out)
    wanted = {"rps", "rps_persistence", "rps_base_rate", "rps_ratchet", "coverage90", "log_score"}
    assert wanted <= set(report["overall"])
    assert set(report["ties"]) == {"north", "south"}
    assert wanted <= set(report["ties"]["north"])
    assert report["overall"]["cells"] == 5
    weighted = sum(tie["cells"] * tie["rps"] for tie in report["ties"].values()) / 5
    assert report["overall"]["rps"] == pytest.approx(weighted)
    assert report["overall"]["last_coded"]["cells"] == 3
    again = hindcast(*alps, draws=30, seed=3)
    assert json.loads(json.dumps(again.report())) == report
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cells.csv", "hindcast.json", "hindcast.png", "hindcast.svg"
    ]  # fmt: skip


def test_a_record_made_by_the_model_is_foreseen_perfectly(alps, tmp_path):
    quiet = tmp_path / "quiet.yaml"
    quiet.write_text(ALPS + "switches: {arrivals: false, noise: false, politics: false}\n")
    scenario = load_scenario(str(quiet))
    asked = load_record(alps[1], scenario)
    rungs = forecast(scenario, asked, pd.DataFrame(index=range(1)), 0)[0]
    rows = [f"{c.tie},{'+'.join(c.treaties)},{c.year},{r}" for c, r in zip(asked.cells, rungs, strict=True)]
    made = tmp_path / "made.csv"
    made.write_text("\n".join(["tie,treaty,year,rung", *rows]))
    found = hindcast(str(quiet), str(made), "default", draws=3).report()["overall"]
    assert found["rps"] == 0
    assert found["coverage90"] == 1
    assert found["log_score"] == pytest.approx(-np.log(1 - SMOOTHING + SMOOTHING / RUNGS))


def test_the_highest_rung_of_a_tie_counts_and_a_treaty_not_signed_is_rung_0(alps):
    scenario = load_scenario(alps[0])
    record = load_record(alps[1], scenario)
    before = [place for place, cell in enumerate(record.cells) if (cell.tie, cell.year) == ("south", 1951)]
    rungs = forecast(scenario, record, parameter_sets("prior", 20, 0), 0)
    assert (rungs[:, before] == 0).all()
    read = reading(record)
    values = np.arange(len(read.outcomes), dtype=float)[np.newaxis]
    for cell, rung in zip(record.cells, read.rungs(values)[0], strict=True):
        assert rung == max(read.outcomes.index(f"rung:{id_}@{cell.year}-12") for id_ in cell.treaties)


def test_a_cell_is_read_in_the_month_of_its_coding(alps, tmp_path):
    """The league is signed in March 1952: its rung is 0 the month before and 1 from then on."""
    scenario, path = load_scenario(alps[0]), tmp_path / "months.csv"
    path.write_text(
        "tie,treaty,year,month,rung\n"
        "before,league,1952,2,0\nafter,league,1952,3,1\nlater,league,1952,,1\npact,pact,1950,3,2\n"
    )
    record = load_record(str(path), scenario)
    assert [cell.when for cell in record.cells] == ["1952-02", "1952-03", "1952-12", "1950-03"]
    assert reading(record).outcomes == [
        "rung:league@1952-02", "rung:league@1952-03", "rung:league@1952-12", "rung:pact@1950-03"
    ]  # fmt: skip
    assert persistence(scenario, record, 0).argmax(axis=1).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(("month", "heard"), [("1955-08", True), ("1955-09", False)])
def test_what_happens_after_a_coding_changes_no_forecast_of_it(alps, tmp_path, month, heard):
    """A party leaves, which ends the pact, in the month of the coding or in the month after it."""
    path = tmp_path / "august.csv"
    path.write_text("tie,treaty,year,month,rung\nn,pact,1954,,2\nn,pact,1955,8,2\n")
    scenario = load_scenario(alps[0])
    record = load_record(str(path), scenario)
    ending = tmp_path / "ending.yaml"
    ending.write_text(f"{ALPS}interventions: {{end: {{kind: exit, month: {month}, treaty: pact, state: BBB}}}}\n")
    sets = parameter_sets("prior", 20, 0)
    known, ended = (forecast(each, record, sets, 0) for each in (scenario, load_scenario(str(ending))))
    assert (known[:, 0] == ended[:, 0]).all()
    assert known[:, 1].all()
    assert (ended[:, 1] == (0 if heard else known[:, 1])).all()


def test_runs_are_the_same_in_any_company_and_each_has_noise_of_its_own(alps):
    scenario = load_scenario(alps[0])
    sets = parameter_sets("default", 600, 0)
    whole = measure(scenario, sets, range(600), ["depth:pact@mean"], 5)
    later = measure(scenario, sets.iloc[301:], range(301, 600), ["depth:pact@mean"], 5)
    assert (whole[301:] == later).all()
    assert len(np.unique(whole)) > 590


def test_persistence_is_the_rung_that_treaties_begin_with(alps):
    scenario = load_scenario(alps[0])
    record = load_record(alps[1], scenario)
    shares = persistence(scenario, record, 0)
    assert np.argmax(shares, axis=1).tolist() == [2, 2, 2, 0, 1]
    assert shares.max(axis=1).tolist() == [1.0] * 5


def test_the_ratchet_never_falls_and_knows_no_threat(alps):
    scenario = load_scenario(alps[0])
    record = load_record(alps[1], scenario)
    rungs = ratchet(scenario, record, 40, 0)
    north = rungs[:, record.of("north")]
    assert (np.diff(north, axis=1) >= 0).all()
    assert north[:, -1].max() > 2
    alarmed = load_scenario(scenario, {"sources.raid.base": 1.5})
    assert (ratchet(alarmed, record, 40, 0) == rungs).all()


def test_base_rate_and_last_year_are_read_from_the_record(alps):
    record = load_record(alps[1], load_scenario(alps[0]))
    shares = base_rate(record)
    # Codings: 1 2 2, 3 3 3, 2 2 2, 0 0 0, 0 1 1.
    assert shares[0] == pytest.approx(np.array([4, 3, 5, 3, 0, 0, 0]) / 15)
    places, before = last_coded(record)
    assert places == [1, 2, 4]
    assert before[0] == pytest.approx([0, 1 / 3, 2 / 3, 0, 0, 0, 0])


def test_the_ratchet_is_fitted_on_nothing_later_than_august_2001():
    scenario, record = fitting()
    assert scenario.months == 9 * 12 + 8
    assert {name.partition("@")[2] for name in reading(record).outcomes} == {
        *(f"{year}-12" for year in range(1992, 2001)), "2001-08"
    }  # fmt: skip
    openings = persistence(load_scenario("record-1992"), record, 0).argmax(axis=1)[np.newaxis]
    assert (ratchet_rungs(np.zeros(1), 0)[0] == openings).all()
