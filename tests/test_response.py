"""The response to a shock: the estimator finds what is planted, and nothing where there is nothing."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario, response
from entente.cli import main
from entente.evidence.chain import counts, leaving_one_out, simulate_chain
from entente.evidence.record import Cell, Record
from entente.evidence.response.estimate import _of_runs, bootstraps, estimated, interval
from entente.evidence.response.exposed import Panel, panel
from entente.evidence.response.matched import FALL, RELIEF, RISE, SHOCK, WITHIN, design, earlier, moves, turned
from entente.evidence.response.verdict import sentences
from entente.evidence.ties import Tie, load_ties
from entente.experiments.parquet import parquet_frame
from entente.schema.yaml12 import parse_yaml

YEARS = np.arange(1985, 2011)
NO_TOP = 99
UP, EXTRA = 0.1, 0.3


def made(rng, ties=60, extra=0.0, start=3):
    """Ties that rise at random, more so (or fall, below 0) in the year after the one shock that each has."""
    shape = (ties, len(YEARS))
    size = np.zeros(shape)
    at = rng.integers(5, len(YEARS) - 5, ties)
    size[np.arange(ties), at] = rng.choice([0.3, 0.5, 0.8], ties)
    chance = np.full(shape, UP)
    chance[np.arange(ties), at + 1] += max(extra, 0)
    down = np.zeros(shape)
    down[np.arange(ties), at + 1] = max(-extra, 0)
    rungs = start + (rng.random(shape) < chance).cumsum(axis=1) - (rng.random(shape) < down).cumsum(axis=1)
    yes = np.ones(shape, dtype=bool)
    return Panel(
        tuple(f"t{n}" for n in range(ties)), tuple((f"A{n % 7}", f"B{n}") for n in range(ties)), YEARS,
        np.where(np.arange(ties) % 2, 4, 1), rungs.astype(float), yes, yes, size, size > 0.4, ~yes,
    )  # fmt: skip


def estimate(ties, move=RISE, lag=WITHIN, weights=None, plan=None, treatment=SHOCK):
    plan = design(ties) if plan is None else plan
    once = np.ones((1, len(ties.names))) if weights is None else weights
    of = moves(ties, ties.rungs, move, lag, NO_TOP, once)
    return of(plan.treated[treatment], plan.quiet[treatment])


@pytest.mark.parametrize("lag", range(4))
@pytest.mark.parametrize("extra", [0.0, EXTRA])
def test_a_planted_response_is_found_at_every_lag(lag, extra):
    found = [estimate(made(np.random.default_rng([lag, n]), extra=extra), lag=lag).response[0] for n in range(200)]
    still = (1 - UP) ** (lag + 1)
    risen = still if lag < 1 else (1 - UP) ** lag * (1 - UP - extra)
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(still - risen, abs=4 * error)
    assert error < 0.01


def test_a_planted_fall_is_found():
    found = [estimate(made(np.random.default_rng(n), extra=-0.5), FALL, 1).response[0] for n in range(100)]
    # It falls in the second of two years, unless it rises in either.
    assert np.mean(found) == pytest.approx(0.5 * (1 - UP) ** 2, abs=0.02)


@pytest.mark.parametrize("extra", [0.0, EXTRA])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(extra):
    truth = (1 - UP) ** WITHIN * extra
    held = []
    for n in range(150):
        rng = np.random.default_rng([7, n])
        ties = made(rng, extra=extra)
        weights = bootstraps(ties, 200, rng)
        low, high = interval(estimate(ties, weights=weights).response[1:201])
        held.append(low <= truth <= high)
    assert 0.82 <= np.mean(held) <= 0.97


def test_placebos_find_nothing_of_a_planted_response():
    before, at_random = [], []
    for n in range(100):
        rng = np.random.default_rng([3, n])
        ties = made(rng, extra=EXTRA)
        plan = design(ties)
        before.append(estimate(ties, plan=earlier(plan)).response[0])
        at_random.append(estimate(turned(ties, rng)).response[0])
    assert np.nanmean(before) == pytest.approx(0, abs=0.03)
    assert np.nanmean(at_random) == pytest.approx(0, abs=0.03)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), move=st.sampled_from([RISE, FALL]), lag=st.integers(0, 5))
def test_a_tie_counted_twice_is_as_two_ties_alike(seed, move, lag):
    rng = np.random.default_rng(seed)
    ties = made(rng, ties=8, extra=EXTRA)
    twice = Panel(
        (*ties.names, "again"), (*ties.parties, ties.parties[0]), ties.years,
        *(np.concatenate([grid, grid[:1]]) for grid in (
            ties.duty, ties.rungs, ties.known, ties.signed, ties.size, ties.shared, ties.ended,
        )),
    )  # fmt: skip
    weights = np.ones((1, 8))
    weights[0, 0] = 2
    one, other = estimate(ties, move, lag, weights), estimate(twice, move, lag)
    np.testing.assert_allclose(one.response, other.response, equal_nan=True)
    assert one.treated == other.treated
    assert one.dropped == other.dropped


def test_by_hand():
    """Two ties, one shock: the treated year is held against the quiet years of its own rung, period and duty only."""
    rungs = np.full((3, len(YEARS)), 2.0)
    size = np.zeros(rungs.shape)
    size[0, 10] = 0.5
    rungs[0, 12:] = 3
    rungs[1, 11:] = 3
    yes = np.ones(rungs.shape, dtype=bool)
    duty = np.array([1, 1, 4])
    ties = Panel(("a", "b", "c"), (("A", "B"),) * 3, YEARS, duty, rungs, yes, yes, size, ~yes, ~yes)
    found = estimate(ties)
    assert (found.treated, found.ties, found.dropped) == (1, 1, 0)
    # 1995 to 1999 of b at rung 2 the year before: 1995 and 1996, and both rise by the second year after.
    assert found.quiet == 2
    assert found.treated_rate[0] == 1
    assert found.quiet_rate[0] == 1
    # Three years after the shock, quiet since: a relief, for which nothing of rung 3 and of lasting quiet is there.
    assert design(ties).treated[RELIEF].nonzero()[1].tolist() == [13]
    alone = estimate(
        Panel(("a", "b", "c"), (("A", "B"),) * 3, YEARS, np.array([2, 1, 4]), rungs, yes, yes, size, ~yes, ~yes)
    )
    assert (alone.treated, alone.dropped, alone.strata_dropped) == (0, 1, 1)
    assert np.isnan(alone.response[0])


def test_years_outside_the_scenario_are_not_quiet():
    ties = made(np.random.default_rng(0), ties=3)
    quiet = design(ties).quiet
    assert not quiet[SHOCK][:, :2].any()
    assert not quiet[SHOCK][:, -2:].any()
    assert not quiet[RELIEF][:, :5].any()


def test_a_declared_end_takes_the_place_of_quiet_years():
    ties = made(np.random.default_rng(0), ties=3)
    ties.ended[0, 20] = True
    assert np.argwhere(design(ties).treated[RELIEF]).tolist() == [[0, 20]]
    assert not design(ties).quiet[RELIEF][0, 18:26].any()


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6))
def test_turned_dates_keep_what_a_tie_has(seed):
    rng = np.random.default_rng(seed)
    ties = made(rng, ties=5)
    other = turned(ties, rng)
    np.testing.assert_array_equal(np.sort(ties.size, axis=1), np.sort(other.size, axis=1))
    np.testing.assert_array_equal(other.shared, other.size > 0.4)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), gap=st.integers(1, 18))
def test_the_chain_of_a_tie_knows_all_ties_but_it(seed, gap):
    rungs = np.random.default_rng(seed).integers(0, 7, (4, 20)).astype(float)
    rungs[2, gap] = np.nan
    chances = leaving_one_out(list(rungs))
    np.testing.assert_allclose(chances.sum(axis=2), 1)
    other = rungs.copy()
    other[0] = 5
    np.testing.assert_array_equal(chances[0], leaving_one_out(list(other))[0])
    assert counts(rungs[2]).sum() == 17


def test_walks_move_as_often_as_the_chain_says():
    chances = leaving_one_out([np.array([0, 1, 0, 1, 1, 2, 1.0])] * 2)[0]
    walks = simulate_chain(chances, 1, 40, 5000, np.random.default_rng(0))
    assert (walks[:, 0] == 1).all()
    now, later = walks[:, :-1].ravel(), walks[:, 1:].ravel()
    for rung in (0, 1, 2):
        share = np.bincount(later[now == rung], minlength=7) / (now == rung).sum()
        np.testing.assert_allclose(share, chances[rung], atol=0.01)


def folder(path, ties=4, wrong=False):
    """Scenarios of two states with a rival and made records; one names a treaty that is none, where `wrong`."""
    rng = np.random.default_rng(5)
    for n in range(ties):
        shocks = "".join(
            f"  s{year}: {{kind: shock, month: {year}-05, source: rival, size: 0.8, weights: {{AAA: 1}}}}\n"
            for year in rng.choice(np.arange(1992, 2008), 2, replace=False)
        )
        path.mkdir(exist_ok=True)
        (path / f"t{n}.yaml").write_text(WORLD.format(name=f"t{n}", shocks=shocks))
        rungs = 1 + (rng.random(20) < 0.15).cumsum().clip(max=4)
        rows = [f"AAA-BBB,pact,{1990 + year},{rung}" for year, rung in enumerate(rungs)]
        (path / f"t{n}.csv").write_text("\n".join(["tie,treaty,year,rung", *rows, ""]))
    if wrong:
        (path / "wrong.yaml").write_text(WORLD.format(name="wrong", shocks=shocks))
        (path / "wrong.csv").write_text("tie,treaty,year,rung\na,pakt,1995,1\n")
    return path


WORLD = """
name: {name}
start: 1990-01
months: 240
sources:
  rival: {{name: Rival, origin: outside, base: 0.2, need: 0.9}}
states:
  AAA: {{name: A, place: {{longitude: 1, latitude: 1}}, capability: 0.1, exposure: {{rival: 0.8}}, contribution: {{rival: 0.5}}}}
  BBB: {{name: B, place: {{longitude: 1, latitude: 2}}, capability: 0.1, exposure: {{}}, contribution: {{rival: 0.5}}}}
treaties:
  pact:
    name: Pact
    parties: {{AAA: true, BBB: true}}
    signed: 1980-06
    obligation: 1
    scope: {{rival: 1}}
    articles:
      help: {{rule: mutual_defence, strength: 0.5}}
    opening: {{rung: 1}}
interventions:
{shocks}
"""


def few(where, **more):
    return response(where, **({"draws": 3, "resamples": 20, "turns": 10} | more))


def test_a_scenario_is_read_as_its_words_say(tmp_path):
    ties = panel(load_ties(folder(tmp_path / "f", 1)).ties)
    assert ties.parties == (("AAA", "BBB"),)
    # Its obligation is non-aggression, but an article promises defence.
    assert ties.duty.tolist() == [4]
    assert (ties.size > 0).sum() == 2
    assert ties.size.max() == 0.8
    assert not ties.shared.any()
    assert ties.signed.all()


@pytest.mark.parametrize(
    ("change", "shocks", "shared", "ended"),
    [
        ({}, 1, 0, 0),
        ({"states.BBB.exposure.rival": 0.3}, 1, 1, 0),
        ({"sources.rival.origin": "AAA"}, 0, 0, 0),
        ({"sources.rival.origin": "member"}, 0, 0, 0),
        ({"treaties.pact.scope.rival": 0.0}, 0, 0, 0),
        ({"interventions.s.size": -0.5}, 0, 0, 1),
        ({"interventions.s.weights": {}}, 1, 0, 0),
        ({"interventions.s.weights.AAA": -1.0}, 0, 0, 0),
        ({"interventions.s.kind": "rumour"}, 0, 0, 0),
    ],
)
def test_what_counts_as_a_shock_from_outside(change, shocks, shared, ended):
    text = WORLD.format(
        name="one", shocks="  s: {kind: shock, month: 1995-05, source: rival, size: 0.8, weights: {AAA: 1}}\n"
    )
    data, _ = parse_yaml(text, "one")
    for path, value in change.items():
        *way, last = path.split(".")
        place = data
        for step in way:
            place = place[step]
        place[last] = value
    scenario = load_scenario(data)
    cells = tuple(Cell("A-B", ("pact",), year, 1, 1, 1) for year in range(1990, 2010))
    ties = panel([Tie("one", scenario, Record("one", cells))])
    assert (ties.shock.sum(), ties.shared.sum(), ties.ended.sum()) == (shocks, shared, ended)


def test_a_lower_base_and_a_concession_are_declared_ends():
    shocks = """
  a: {kind: set, month: 1995-05, path: sources.rival.base, value: 0.1}
  b: {kind: set, month: 1997-05, path: sources.rival.base, value: 0.9}
  c: {kind: concession, month: 1999-05, source: rival, share: 0.5}
"""
    data, _ = parse_yaml(WORLD.format(name="one", shocks=shocks), "one")
    data["powers"] = {"OUT": {"name": "Out", "place": {"longitude": 0, "latitude": 0}, "capability": 0.1}}
    data["sources"]["rival"]["sponsor"] = "OUT"
    cells = (Cell("A-B", ("pact",), 1999, 1, 1, 1),)
    ties = panel([Tie("one", load_scenario(data), Record("one", cells))])
    assert ties.years[ties.ended[0]].tolist() == [1995, 1999]


def test_a_folder_gives_the_same_numbers_twice_and_lists_what_fails(tmp_path):
    where = folder(tmp_path / "f", wrong=True)
    one, other = few(where), few(where)
    pd.testing.assert_frame_equal(one.estimates, other.estimates)
    pd.testing.assert_frame_equal(one.placebos, other.placebos)
    assert one.verdict == other.verdict
    assert one.failed["name"].tolist() == ["wrong"]
    assert not one.estimates["response"].equals(few(where, seed=1).estimates["response"])
    record = one.estimates[one.estimates.source == "record"].drop(columns="source").reset_index(drop=True)
    fewer = few(where, draws=1).estimates
    # The record's numbers are the same however many runs stand beside them.
    pd.testing.assert_frame_equal(
        record, fewer[fewer.source == "record"].drop(columns="source").reset_index(drop=True)
    )
    still = one.estimates[one.estimates.source == "persistence"]["response"].dropna()
    assert (still == 0).all()


def test_the_record_in_place_of_runs_gives_the_record(tmp_path):
    """One estimator: rungs of runs that are those of the record have its response in every row."""
    ties = panel(load_ties(folder(tmp_path / "f", 8)).ties)
    plan, top = design(ties), int(np.nanmax(ties.rungs))
    once = np.ones((1, len(ties.names)))
    here = estimated(ties, plan, ties.rungs, top, once)
    runs = _of_runs("model", ties, plan, np.stack([ties.rungs] * 3), top).set_index(
        ["treatment", "move", "group", "lag"]
    )
    for key, found in here.items():
        np.testing.assert_allclose(runs.loc[key, "response"], found.response[0], equal_nan=True)


def test_the_folder_of_results_is_whole(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    where = folder(tmp_path / "f", wrong=True)
    with pytest.raises(SystemExit) as left:
        main(
            [
                "response",
                str(where),
                "--draws",
                "3",
                "--resamples",
                "20",
                "--turns",
                "10",
                "--out",
                "out",
                "--json",
            ]
        )
    assert left.value.code == 0
    told = json.loads(capsys.readouterr().out)
    names = {f"{table}.{kind}" for table in ("estimates", "placebos", "failed") for kind in ("csv", "parquet")}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names | {
        "response.png",
        "response.svg",
        "report.json",
    }
    kept = parquet_frame(tmp_path / "out" / "estimates.parquet")
    assert set(kept["source"]) == {"record", "model", "markov", "persistence"}
    assert len(kept) == len(told["estimates"])
    assert told["failed"][0]["name"] == "wrong"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"draws": 0}, "draws: 0: must be"),
        ({"turns": 0}, "turns: 0: must be"),
        ({"parameters": "prio"}, "did you mean prior"),
    ],
)
def test_bad_input_is_a_sentence(tmp_path, change, sentence):
    with pytest.raises(InputError, match=sentence):
        few(folder(tmp_path / "f", 1), **change)


def test_a_folder_without_shocks_is_a_sentence(tmp_path):
    where = folder(tmp_path / "f", 1)
    quiet = WORLD.format(name="t0", shocks="  r: {kind: rumour, month: 1995-05, source: rival, size: 0.8}\n")
    (where / "t0.yaml").write_text(quiet)
    with pytest.raises(InputError, match="no shock from outside touches a tie"):
        few(where)


def row(response=None, low=None, high=None, low_states=None, high_states=None, share=None):
    return {
        "response": response, "low": low, "high": high, "low_states": low_states, "high_states": high_states,
        "treated_rate": 0.2, "quiet_rate": 0.1, "treated": 50, "share": share, "placebo": "turned",
        "treatment": "shock", "move": "rise",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("record", "model", "words"),
    [
        (row(0.1, 0.05, 0.15, 0.02, 0.2), row(0.1, 0, 0.2), ["All is above 0", "in the record's interval."]),
        (
            row(0.1, 0.05, 0.15, -0.02, 0.2),
            row(0.1, 0, 0.2),
            ["wider holds 0", "cannot tell the model from no response"],
        ),
        (row(0.1, 0.05, 0.15, 0.02, 0.2), row(0.3, 0, 0.5), ["lies above the record's interval"]),
        (row(-0.1, -0.15, -0.05), row(0.3, 0, 0.5), ["contrary to what was expected"]),
        (row(), row(0.3, 0, 0.5), ["cannot say"]),
    ],
)
def test_the_verdict_says_what_the_numbers_say(record, model, words):
    told = " ".join(sentences(lambda source, *rest: {"record": record, "model": model}.get(source, row()), []))
    for some in words:
        assert some in told


def test_a_placebo_that_finds_something_is_told():
    told = sentences(lambda *rest: row(), [row(0.04, 0.01, 0.07, share=0.05), row(0.01, -0.01, 0.03, share=0.5)])
    assert "may not be read as an effect" in told[-2]
    assert "may not" not in told[-1]
