"""Calibration to a folder of ties: what is planted is found, ties held back decide, a killed command goes on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError
from entente.cli import main
from entente.evidence.calibration.checks import predictive_checks, statistics, synthetic_many, told
from entente.evidence.calibration.figures import many_figures
from entente.evidence.calibration.held import Split, folds, paired, split
from entente.evidence.calibration.judgement import DOUBLINGS, JUDGED, applied
from entente.evidence.calibration.many import (
    LEAST,
    MODEL,
    PERSISTENCE,
    ManyTies,
    calibrate_many,
    evidence_table,
    fit_to,
    judgement_file,
    many_runs,
    population_table,
)
from entente.evidence.calibration.pool import Pool, TieRuns, pool_design, pool_ranges
from entente.evidence.calibration.report import sum_up, words, write
from entente.evidence.calibration.spread import intervals, least_spread, population, varying
from entente.evidence.likelihood import effective, largest_power, log_evidence, rung_log_likelihood, weights
from entente.evidence.record import TOP_RUNG, Cell, Record
from entente.experiments.parquet import parquet_frame
from entente.experiments.prior import prior_ranges
from entente.schema.load import load_scenario

WORLD = """
name: {name}
start: 1990-01
months: 60
states:
  A: {{name: A, place: {{longitude: 0, latitude: 0}}, capability: .1, exposure: {{rival: {exposure}}}, contribution: {{rival: .5}}}}
  B: {{name: B, place: {{longitude: 5, latitude: 5}}, capability: .05, exposure: {{}}, contribution: {{rival: .5}}}}
sources:
  rival: {{name: rival, origin: outside, base: .2, need: .9}}
treaties:
  pact:
    name: pact
    parties: {{A: true, B: true}}
    signed: 1985-06
    obligation: 2
    scope: {{rival: 1}}
    articles: {{consultation: {{rule: consultation, strength: .5}}}}
    opening: {{rung: {rung}, mistrust: .3}}
"""


MEMO = load_scenario("memo-2001")


def put(folder, name, rungs, exposure=0.5):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(WORLD.format(name=name, exposure=exposure, rung=rungs[0]))
    rows = [f"{name},pact,{1990 + year},{rung}" for year, rung in enumerate(rungs)]
    (folder / f"{name}.csv").write_text("tie,treaty,year,rung\n" + "\n".join(rows) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Eight ties, of which one cannot be read."""
    place = tmp_path_factory.mktemp("ties")
    for number in range(7):
        put(place, f"tie{number}", [number % 4, number % 4, 1, 2, 2], 0.2 + number / 10)
    put(place, "wrong", [1, 1])
    (place / "wrong.csv").write_text("tie,treaty,year,rung\nwrong,none,1990,1\n")
    return place


# -- parameters that vary between ties ---------------------------------------------------------


def seen(truths, error, draws=1500, others=2, seed=0):
    """Log likelihoods of ties whose one observation is the first parameter with a normal error, and the draws."""
    rng = np.random.default_rng(seed)
    unit = pd.DataFrame(rng.random((draws, 1 + others)), columns=["a", *(f"o{n}" for n in range(others))])
    observed = truths + error * rng.standard_normal(len(truths))
    return -(((observed[:, np.newaxis] - unit["a"].to_numpy()) / error) ** 2) / 2, unit


@settings(max_examples=15)
@given(st.floats(0.3, 0.7), st.integers(0, 99))
def test_ties_that_share_a_parameter_have_hardly_any_spread(mean, seed):
    log_likelihood, unit = seen(np.full(60, mean), 0.1, seed=seed)
    found = population(log_likelihood, unit[["a"]])
    assert found.spread[0] <= 2 * least_spread(len(unit), 1)
    assert found.mean[0] == pytest.approx(mean, abs=0.1)


@settings(max_examples=15)
@given(st.floats(0.4, 0.6), st.floats(0.15, 0.25), st.integers(0, 99))
def test_the_spread_of_ties_that_differ_is_found(mean, spread, seed):
    rng = np.random.default_rng(seed)
    truths = mean + spread * rng.standard_normal(400)
    truths = truths[(truths > 0) & (truths < 1)]
    log_likelihood, unit = seen(truths, 0.1, seed=seed)
    found = population(log_likelihood, unit[["a"]])
    assert found.spread[0] == pytest.approx(spread, rel=0.3)
    assert found.mean[0] == pytest.approx(mean, abs=0.06)
    table = intervals(log_likelihood, unit, found, 20, seed)
    assert table["spread_low"][0] > least_spread(len(unit), 1)
    assert table["common"][0] < -2


@settings(max_examples=20)
@given(st.integers(0, 999), st.integers(1, 3))
def test_a_population_is_never_worse_than_the_prior_and_leaves_draws(seed, number):
    log_likelihood, unit = seen(np.random.default_rng(seed).random(20), 0.3, draws=800, seed=seed)
    found = population(log_likelihood, unit.iloc[:, :number])
    # At its widest a normal is the prior but for an eighth of a width's square.
    assert found.gain > -0.1
    assert found.effective > 0.7 * LEAST
    assert found.weights.sum() == pytest.approx(1)


def test_what_informs_varies_and_what_does_nothing_does_not():
    truths = np.random.default_rng(1).normal(0.5, 0.2, 80)
    log_likelihood, unit = seen(truths, 0.1, others=10)
    found, table = varying(log_likelihood, unit, 3, 0)
    assert found.paths == ("a",)
    assert table["path"][0] == "a"
    none, _ = varying(log_likelihood, unit.drop(columns="a"), 3, 0)
    assert none.paths == ()
    assert none.weights == pytest.approx(np.full(len(unit), 1 / len(unit)))


# -- toys: rungs that one parameter sets -------------------------------------------------------


def toy(records, draws=800, cells=4, split_at=None, hierarchical=False, seed=0, path="behaviour.rise"):
    """A calibration in which `path` alone sets the rung of all cells, to ties whose records are a constant rung each."""
    design = pool_design(draws, seed)
    low, high = pool_ranges()[path]
    rung = np.minimum((design[path] - low) / (high - low) * (TOP_RUNG + 1), TOP_RUNG).astype(np.int8).to_numpy()
    rungs = np.repeat(rung[:, np.newaxis, np.newaxis], cells, axis=2)
    ties = tuple(
        TieRuns(f"t{n}", Record(f"t{n}", tuple(Cell("t", ("p",), 1990 + y, r, r, r) for y in range(cells))), rungs)
        for n, r in enumerate(records)
    )
    pool = Pool(design, pool_ranges(), ties, pd.DataFrame(columns=["name", "message"]))
    still = replace(
        pool, design=design.iloc[:1],
        ties=tuple(replace(tie, rungs=np.full((1, 1, cells), 3, dtype=np.int8)) for tie in ties),
    )  # fmt: skip
    names = [tie.name for tie in ties]
    at = split_at or len(names) // 2
    one = Split(tuple(names[:at]), tuple(names[at:]))
    fit = fit_to(pool, one.fitted, hierarchical, seed)
    return ManyTies(
        "made", seed, hierarchical, {MODEL: pool, PERSISTENCE: still}, [one], [fit], fit, dict.fromkeys(names, "x"),
        pd.DataFrame(columns=["name", "message"]),
    )  # fmt: skip


@pytest.mark.parametrize("hierarchical", [False, True])
def test_the_posterior_is_written_only_where_it_forecasts_held_ties_better(tmp_path, hierarchical):
    alike = toy([5] * 20, hierarchical=hierarchical)
    summed = sum_up(alike, 5)
    assert summed.report["better"]
    write(alike, summed, tmp_path, 50)
    written = parquet_frame(tmp_path / "posterior.parquet")
    assert set(written) == set(prior_ranges())
    assert set(parquet_frame(judgement_file(tmp_path / "posterior.parquet"))) == set(JUDGED)
    origin = json.loads(pq.read_schema(tmp_path / "posterior.parquet").metadata[b"entente"])
    assert set(origin["ties"]) == set(alike.fitted)
    assert "better than the prior" in words(summed.report, tmp_path)
    # Held ties at the other end: what was learned of the fitted ones misleads, and the old file goes too.
    other = toy([5] * 10 + [0] * 10, hierarchical=hierarchical)
    summed = sum_up(other, 5)
    assert not summed.report["better"]
    write(other, summed, tmp_path, 50)
    assert not list(tmp_path.glob("posterior*"))
    assert "no posterior is written" in words(summed.report, tmp_path)
    assert json.loads((tmp_path / "calibration.json").read_text())["rps_difference"]["low"] > 0


def test_a_planted_parameter_is_found_and_others_are_not():
    for rung in (1, 5):
        table = sum_up(toy([rung] * 8), 5).tables["parameters"].set_index("path")
        low, high = prior_ranges()["behaviour.rise"]
        truth = low + (rung + 0.5) / 7 * (high - low)
        assert table.index[0] == "behaviour.rise"
        assert table["low"]["behaviour.rise"] < truth < table["high"]["behaviour.rise"]
        assert table["narrowed"]["behaviour.rise"] > 0.5
        # 100 draws are left, and 48 columns are looked at.
        assert (table["ks"].drop("behaviour.rise") < 0.25).all()


def test_too_few_draws_are_told_and_the_power_leaves_enough():
    found = toy([1, 5] * 20, draws=400)
    assert found.fit.power < 1
    assert effective(found.fit.weights) == pytest.approx(LEAST)
    said = words(sum_up(found, 5).report, "there")
    assert "too few" in said
    assert "--hierarchical helps" in said


@given(st.lists(st.floats(-200, 0), min_size=3, max_size=40), st.floats(1, 3))
def test_the_power_is_the_largest_that_leaves_enough(logs, least):
    values = np.array(logs)
    power = largest_power(values, least)
    assert 0 <= power <= 1
    assert effective(weights(power * values)) >= least - 1e-6
    if power < 1:
        assert effective(weights(min(1.0, 1.01 * power + 1e-9) * values)) <= least + 0.1


def test_evidence_by_hand():
    found = toy([2, 2, 4, 5], draws=200)
    table = evidence_table(found).set_index("model")
    single = [log_evidence(tie.log_likelihood) for tie in found.pool.ties]
    assert table.loc[MODEL, "alone"] == pytest.approx(sum(single))
    joint = sum(tie.log_likelihood for tie in found.pool.ties)
    assert table.loc[MODEL, "pooled"] == pytest.approx(log_evidence(joint))
    # Delete-one jackknife against the formula for the error.
    without = [log_evidence(np.delete(joint, at)) for at in range(len(joint))]
    jackknife = np.sqrt((len(joint) - 1) ** 2 / len(joint) * np.var(without))
    assert table.loc[MODEL, "pooled_error"] == pytest.approx(jackknife, rel=0.1)
    kept = [
        rung_log_likelihood(np.full((1, 4), 3), tie.record.codings, tie.record.weight) for tie in found.pool.ties
    ]
    assert table.loc[PERSISTENCE, "alone"] == pytest.approx(np.sum(kept))
    assert table.loc[PERSISTENCE, "pooled_error"] == 0


def test_ranks_of_synthetic_truths_are_even_and_a_vague_method_is_found_out():
    pool = toy([3] * 6).pool
    ranks, behind = synthetic_many(pool, 150, 0, ties=1)
    assert behind > LEAST
    assert told(ranks[["behaviour.rise"]], behind)["least_p"] > 1e-3
    # So many ties that the likelihood must be counted for less: posteriors are too wide.
    many = toy([3] * 60, draws=200).pool
    ranks, behind = synthetic_many(many, 150, 0)
    assert behind < LEAST
    assert told(ranks[["behaviour.rise"]], behind)["width"] < 0.9


def test_moves_of_a_tie_by_hand():
    rungs = np.array([[0, 1, 1, 4, 3], [2, 2, 2, 2, 2]])
    level, rises, falls, leaps = statistics(rungs, [[0, 1, 2, 3, 4]])
    assert level.tolist() == [1.8, 2]
    assert rises.tolist() == [0.5, 0]
    assert falls.tolist() == [0.25, 0]
    assert leaps.tolist() == [0.25, 0]
    assert statistics(rungs, [[0], [1, 2, 3, 4]])[1].tolist() == [1 / 3, 0]
    table = predictive_checks(toy([5] * 10)).set_index(["statistic", "ties", "forecast"])
    assert table.loc[("level", "held", "posterior"), "record"] == 5
    gap = (table["median"] - table["record"]).abs()
    assert gap[("level", "held", "posterior")] < gap[("level", "held", "prior")]


# -- splits and judgement ------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.sets(st.text("abc", min_size=1, max_size=4), min_size=30, max_size=60), st.integers(0, 99))
def test_a_tie_stays_on_its_side_whatever_else_there_is(names, seed):
    ordered = sorted(names)
    whole, half = split(ordered, 0.4, seed), split([*ordered[: len(ordered) // 2], "zz", "zy", "zx"], 0.5, seed)
    assert set(whole.fitted) | set(whole.held) == names
    assert not set(whole.fitted) & set(whole.held)
    # A larger share holds back more and lets none go.
    assert not set(whole.held) & set(half.fitted)
    parts = folds(ordered, 4, seed)
    assert sorted(name for one in parts for name in one.held) == ordered
    assert all(not set(one.held) & set(one.fitted) for one in parts)


def test_a_share_that_leaves_nothing_to_do_is_a_sentence():
    for share, side in ((0.0, "held back"), (1.0, "fitted")):
        with pytest.raises(InputError, match=f"none is {side}"):
            split(["a", "b"], share, 0)
    with pytest.raises(InputError, match="there are only 2"):
        folds(["a", "b"], 3, 0)


@settings(max_examples=20)
@given(st.lists(st.floats(*DOUBLINGS), min_size=2, max_size=5), st.sampled_from(sorted(JUDGED)))
def test_factors_keep_the_order_of_sources_and_the_bounds(doublings, column):
    scenario = MEMO
    design = pd.DataFrame({name: np.zeros(len(doublings)) for name in JUDGED}).assign(
        **{column: sorted(doublings)}
    )
    table = applied(scenario, design)
    number = JUDGED[column].number
    made = table[[f"sources.{id_}.{number}" for id_ in scenario.sources]].to_numpy()
    own = np.array([getattr(source, number) for source in scenario.sources.values()])
    assert (np.diff(made, axis=0) >= -1e-12).all()
    order = np.argsort(own)
    assert (np.diff(made[:, order], axis=1) >= -1e-12).all()
    assert (made <= (1 if number == "need" else 2)).all()
    still = applied(scenario, design.assign(**{column: 0.0}))
    assert still[[f"sources.{id_}.{number}" for id_ in scenario.sources]].to_numpy()[0] == pytest.approx(own)


@settings(max_examples=25)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_the_interval_of_a_mean_holds_it(values):
    found = paired(np.array(values), 0)
    assert min(values) - 1e-9 <= found["low"] <= found["mean"] + 1e-9
    assert found["mean"] - 1e-9 <= found["high"] <= max(values) + 1e-9


# -- a folder ------------------------------------------------------------------------------------


def left(out):
    """Digests of what a calibration leaves, but for pictures."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.suffix in (".parquet", ".csv", ".json")
    }


def run(folder, out, **options):
    found = calibrate_many(folder, out, draws=80, replicates=2, seed=3, held=0.5, rivals=False, **options)
    write(found, sum_up(found, 5), out, 20)
    return found


def test_a_killed_calibration_goes_on_and_leaves_the_same_bytes(folder, tmp_path):
    run(folder, tmp_path / "whole")

    class Killed(Exception):
        pass

    def kill(runs):
        if runs >= 3 * 160:
            raise Killed

    with pytest.raises(Killed):
        run(folder, tmp_path / "cut", progress=kill, workers=1)
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cut" / "kept").iterdir()}
    assert 0 < len(kept) < 8
    assert not (tmp_path / "cut" / "calibration.json").exists()
    found = run(folder, tmp_path / "cut", workers=2)
    assert left(tmp_path / "cut") == left(tmp_path / "whole")
    now = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "cut" / "kept").iterdir()}
    assert {name: now[name] for name in kept} == kept
    assert len(found.pool.ties) == 7
    # A tie's noise is its own: it does not hang on what else is in the folder.
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("tie4", "tie5"):
        for suffix in (".yaml", ".csv"):
            (alone / f"{name}{suffix}").write_text((folder / f"{name}{suffix}").read_text())
    few = calibrate_many(alone, tmp_path / "few", draws=80, replicates=2, seed=3, fold_count=2, rivals=False)
    again = next(tie for tie in found.pool.ties if tie.name == "tie4")
    assert (few.pool.ties[0].rungs == again.rungs).all()
    assert few.held == ["tie4", "tie5"] or few.held == ["tie5", "tie4"]


def test_another_record_or_seed_is_run_anew(folder, tmp_path):
    out = tmp_path / "out"
    first = run(folder, out)
    before = set((out / "kept").iterdir())
    again = calibrate_many(folder, out, draws=80, replicates=2, seed=4, held=0.5, rivals=False)
    assert set((out / "kept").iterdir()) > before
    assert not (again.pool.ties[0].rungs == first.pool.ties[0].rungs).all()


def test_what_the_model_made_leads_back_to_its_parameters(folder, tmp_path):
    """Ties are given the rungs of one draw as their records; the posterior then favours draws like it."""
    found = run(folder, tmp_path)
    rungs = np.stack([tie.rungs.mean(axis=(1, 2)) for tie in found.pool.ties]).mean(axis=0)
    for truth in (int(rungs.argmin()), int(rungs.argmax())):
        ties = []
        for tie in found.pool.ties:
            made = tie.rungs[truth, 0].tolist()
            cells = tuple(replace(c, rung=r, low=r, high=r) for c, r in zip(tie.record.cells, made, strict=True))
            ties.append(replace(tie, record=Record(tie.record.name, cells)))
        planted = replace(found.pool, ties=tuple(ties))
        weight = fit_to(planted, planted.names, False, 0).weights
        assert abs(weight @ rungs - rungs[truth]) < abs(rungs.mean() - rungs[truth])
        assert weight[truth] > 1 / len(weight)


def test_the_command_uses_what_it_can_and_lists_the_rest(folder, tmp_path, capsys):
    out = tmp_path / "out"
    asked = ["calibrate", str(folder), "--draws", "40", "--replicates", "1", "--synthetic", "5", "--keep", "10",
             "--out", str(out), "--hierarchical", "--folds", "3"]  # fmt: skip
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--json"])
    report = json.loads(capsys.readouterr().out)
    assert report["ties"] == report["held"] == 7
    assert [row["name"] for row in report["failures"]] == ["wrong"]
    assert {row["model"] for row in report["evidence"]} >= {"model", "ratchet", "persistence", "threat-only"}
    assert (out / "posterior.parquet").is_file() == report["better"]
    tables = {path.name for path in (out / "tables").iterdir()}
    names = ("held", "evidence", "parameters", "population", "checks", "ties", "failed", "synthetic")
    assert tables == {f"{name}.{kind}" for name in names for kind in ("csv", "parquet")}
    pictures = {path.name for path in (out / "figures").iterdir()}
    assert {"held.png", "evidence.svg", "checks.png", "learned.png", "synthetic.svg"} <= pictures
    assert many_runs(folder, 40, 1, True) == 7 * (40 * 6 + 1)
    with pytest.raises(SystemExit, match="2"):
        main(["calibrate", str(folder), "--draws", "40", "--held", "0", "--out", str(tmp_path / "none")])
    assert "none is held back" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_the_population_is_told_in_the_parameters_own_unit_and_drawn():
    rungs = np.clip(np.random.default_rng(2).normal(3, 1.2, 40).round(), 0, 6).astype(int).tolist()
    found = toy(rungs, hierarchical=True)
    table = population_table(found)
    assert table["path"].tolist() == ["behaviour.rise"]
    low, high = prior_ranges()["behaviour.rise"]
    assert low < table["mean_low"][0] < table["mean"][0] < table["mean_high"][0] < high
    assert "population" in many_figures(found, sum_up(found, 5))
