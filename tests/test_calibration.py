"""Likelihoods and weights against theory, calibration on disk, the posterior that ships."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from entente import InputError, load_run
from entente.cli import main
from entente.engines.compiled.compiled import source_digest
from entente.evidence.calibration import diagnostics
from entente.evidence.calibration.calibrate import (
    KEPT,
    SETS,
    Calibration,
    calibrate,
    resample,
    study_of,
    write_posterior,
)
from entente.evidence.calibration.diagnostics import chains, learned, synthetic_ranks, unevenness
from entente.evidence.calibration.odds import evidence, reached
from entente.evidence.likelihood import (
    ALIGNMENT_ERROR,
    DISTANCES,
    ERROR,
    RECORD,
    alignment_log_likelihood,
    effective,
    fitting,
    log_evidence,
    over_replicates,
    rung_log_likelihood,
    rung_table,
    un_distances,
    weights,
)
from entente.evidence.record import TOP_RUNG, Cell, Record, record_file
from entente.experiments.places import checksum
from entente.experiments.plan import make_batch
from entente.experiments.prior import POSTERIOR, parameter_sets, prior_ranges

# -- likelihood -----------------------------------------------------------------------------


def test_a_coding_is_a_rung_with_a_normal_error():
    table = rung_table(0.5)
    assert table.sum(axis=1) == pytest.approx(np.ones(TOP_RUNG + 1))
    assert table == pytest.approx(table[::-1, ::-1])
    assert (table.argmax(axis=1) == np.arange(TOP_RUNG + 1)).all()
    assert table[3, 3] == pytest.approx(norm.cdf(1) - norm.cdf(-1))


@given(st.lists(st.integers(0, TOP_RUNG), min_size=3, max_size=3), st.integers(0, TOP_RUNG))
def test_the_likelihood_of_codings_by_hand(codings, rung):
    table = rung_table()
    shared = sum(table[rung, coded] for coded in codings) / 3
    found = rung_log_likelihood(np.array([[rung, 0]]), np.array([codings, [0, 0, 0]]), weight=0.5)
    assert found[0] == pytest.approx(0.5 * (np.log(shared) + np.log(table[0, 0])))


def test_alignments_are_compared_by_order_alone():
    distances = np.array([1.0, 2.0, 3.0, 4.0])
    same = alignment_log_likelihood(np.array([[-0.9, 0.0, 0.1, 0.2], [-0.2, -0.1, 0.8, 0.9]]), distances)
    assert same[0] == same[1] == pytest.approx(4 * norm.logpdf(0, scale=ALIGNMENT_ERROR))
    other = alignment_log_likelihood(np.array([[0.2, 0.1, 0.0, -0.9]]), distances)
    gaps = np.array([1, 1 / 3, -1 / 3, -1])
    assert other[0] == pytest.approx(norm.logpdf(gaps, scale=ALIGNMENT_ERROR).sum())
    assert un_distances("USA").idxmax() == "CHN"
    assert len(un_distances("USA")) == 9


@given(st.lists(st.lists(st.floats(-30, 0), min_size=4, max_size=4), min_size=1, max_size=9))
def test_likelihoods_and_not_their_logs_are_averaged(logs):
    table = np.array(logs)
    assert over_replicates(table) == pytest.approx(np.log(np.exp(table).mean(axis=1)))
    assert log_evidence(table[:, 0]) == pytest.approx(np.log(np.exp(table[:, 0]).mean()))
    weight = weights(table[:, 0])
    assert weight.sum() == pytest.approx(1)
    assert 1 - 1e-9 <= effective(weight) <= len(weight) + 1e-9


def test_weighted_draws_from_a_wide_prior_are_the_posterior_that_theory_knows():
    """A normal mean with a normal prior: the posterior and the evidence have closed forms."""
    draws = norm(0, 2).ppf((np.arange(100_000) + 0.5) / 100_000)
    seen, error = 1.5, 0.8
    log_likelihood = norm.logpdf(seen, draws, error)
    weight = weights(log_likelihood)
    variance = 1 / (1 / 4 + 1 / error**2)
    mean = variance * seen / error**2
    assert weight @ draws == pytest.approx(mean, abs=1e-3)
    assert weight @ (draws - mean) ** 2 == pytest.approx(variance, abs=1e-3)
    assert log_evidence(log_likelihood) == pytest.approx(norm.logpdf(seen, 0, np.hypot(2, error)), abs=1e-3)
    kept = draws[resample(weight, 4000, 0)]
    assert kept.mean() == pytest.approx(mean, abs=0.01)
    assert kept.std() == pytest.approx(np.sqrt(variance), abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30).filter(lambda w: sum(w) > 0.1), st.integers(0, 99))
def test_resampling_takes_each_as_often_as_its_weight_asks(shares, seed):
    weight = np.array(shares) / sum(shares)
    counts = np.bincount(resample(weight, 50, seed), minlength=len(weight))
    assert counts.sum() == 50
    assert (np.abs(counts - 50 * weight) < 1 + 1e-9).all()


# -- what diagnostics find --------------------------------------------------------------------


def toy(cells: int = 9, points: int = 4000, seed: int = 0) -> Calibration:
    """A calibration whose answer is known: `rise` sets the rung of all cells, no other parameter does anything."""
    rng = np.random.default_rng(seed)
    ranges = prior_ranges()
    unit = rng.random((points, len(ranges)))
    low, high = np.array(list(ranges.values())).T
    design = pd.DataFrame(low + unit * (high - low), columns=list(ranges))
    rung = np.floor(unit[:, list(ranges).index("behaviour.rise")] * (TOP_RUNG + 1)).astype(int)
    rungs = np.repeat(rung[:, np.newaxis, np.newaxis], cells, axis=2)
    record = Record("made", tuple(Cell("north", ("pact",), 1950 + n, 5, 5, 5) for n in range(cells)))
    by_rungs = rung_log_likelihood(rungs[:, 0], record.codings, 1)[:, np.newaxis]
    scenario = fitting()[0]
    return Calibration(
        "made", record, scenario, seed, design, rungs, np.zeros((points, 1, 9)), by_rungs, 0 * by_rungs
    )


def test_what_is_learned_is_told_from_what_is_not():
    found = toy()
    table = learned(found).set_index("path")
    assert table.index[0] == "behaviour.rise"
    rise = table.loc["behaviour.rise"]
    width = rise["prior_high"] - rise["prior_low"]
    assert rise["prior_low"] + width * 4 / 7 < rise["low"] < rise["high"] <= rise["prior_high"]
    assert rise["narrowed"] > 0.8
    assert (table["ks"].drop("behaviour.rise") < 0.1).all()
    sets = chains(found, 200)
    assert sets.shape == (SETS, 200, len(table))
    assert diagnostics.r_hat(found) < 1.05


@pytest.mark.parametrize("cells", [9, 2])
def test_ranks_of_synthetic_truths_are_even(cells):
    ranks = synthetic_ranks(toy(cells), 150)
    assert ranks.shape == (150, len(prior_ranges()))
    assert ((ranks >= 0) & (ranks <= 1)).all(axis=None)
    found = unevenness(ranks[["behaviour.rise"]])
    assert found["least_p"] > 1e-3


@pytest.mark.parametrize(("cells", "weight"), [(9, 0.02), (2, 40)])
def test_a_likelihood_that_is_too_vague_or_too_sure_is_found_out(monkeypatch, cells, weight):
    honest = diagnostics.rung_log_likelihood
    monkeypatch.setattr(
        diagnostics, "rung_log_likelihood", lambda rungs, codings, **_: honest(rungs, codings, weight)
    )
    ranks = synthetic_ranks(toy(cells), 400)
    assert unevenness(ranks[["behaviour.rise"]])["least_p"] < 1e-3


# -- calibration on disk ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> tuple[Calibration, Path]:
    folder = tmp_path_factory.mktemp("calibration")
    return calibrate(folder, draws=80, replicates=2, seed=5), folder


def test_the_same_seed_gives_the_same_posterior_and_what_is_finished_is_not_run_again(small, tmp_path):
    found, folder = small
    told: list[int] = []
    again = calibrate(folder, draws=80, replicates=2, seed=5, progress=told.append)
    assert told == [160]
    assert again.posterior(30).equals(found.posterior(30))
    for number in (1, 2):
        write_posterior(found, tmp_path / f"{number}.parquet", 30)
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    rows = found.design.apply(tuple, axis=1)
    assert set(found.posterior(30).apply(tuple, axis=1)) <= set(rows)
    with pytest.raises(InputError, match="holds a study of another"):
        calibrate(folder, draws=80, replicates=2, seed=6)


def test_each_point_is_weighed_by_its_own_runs(small):
    found, _ = small
    expected = rung_log_likelihood(found.rungs[7], found.record.codings, found.record.weight)
    assert found.by_rungs[7] == pytest.approx(expected)
    assert found.rungs.shape == (80, 2, 30)
    assert found.alignments.shape == (80, 2, 9)
    assert (np.abs(found.alignments) <= 1).all()


def test_the_evidence_is_told_for_each_tie_and_for_other_judgements(small):
    found, _ = small
    told = evidence(found)
    alone = log_evidence(over_replicates(found.by_rungs))
    assert told["model"] == pytest.approx(alone)
    assert len(told["sensitivity"]) == 6
    (own,) = [row for row in told["sensitivity"] if row["error"] == ERROR and row["cell_weight"] < 1]
    assert own["ratchet"] == told["ratchet"]
    # Rungs that stay as signed have no prior: their ties add up.
    assert sum(tie["persistence"] for tie in told["ties"].values()) == pytest.approx(told["persistence"])
    for row in reached(found):
        assert row["posterior_rung"] <= row["posterior_rung_lo"] + 1e-12
        assert row["prior_rung"] <= row["prior_rung_lo"] <= 1


def test_what_happened_after_august_2001_changes_nothing(tmp_path):
    text = record_file(RECORD).read_text()
    later = tmp_path / "later.csv"
    later.write_text(
        text
        + "autumn,tashkent,2001,9,0,0,0,,\nTashkent,tashkent,2004,,0,0,0,,\nShanghai,shanghai-2001,2010,,6,6,6,,\n"
    )
    batch, kept, _ = study_of(str(later), 8, 1, 0)
    known, record, _ = study_of(RECORD, 8, 1, 0)
    assert kept.cells == record.cells
    assert batch.outcomes == known.outcomes
    assert batch.scenario.months == known.scenario.months == 116
    told: list[str] = []
    calibrate(tmp_path / "out", str(later), draws=4, replicates=1, say=told.append)
    assert any("3 cells after 2001-08 are left out" in words for words in told)
    only = tmp_path / "only.csv"
    only.write_text("tie,treaty,year,rung\nTashkent,tashkent,2001,0\n")
    with pytest.raises(InputError, match="only: begins after 2001-08"):
        study_of(str(only), 8, 1, 0)


def test_draws_that_do_not_divide_into_sets_are_refused():
    with pytest.raises(InputError, match="--draws 10: must be a multiple of 4"):
        study_of(RECORD, 10, 1, 0)


def test_the_command_keeps_everything_in_its_folder(tmp_path, capsys):
    out = tmp_path / "out"
    asked = [
        "calibrate",
        "--draws",
        "40",
        "--replicates",
        "1",
        "--synthetic",
        "5",
        "--keep",
        "30",
        "--out",
        str(out),
    ]
    with pytest.raises(SystemExit, match="0"):
        main([*asked, "--json"])
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert "effective draws stand behind the 30 kept" in said.err
    assert set(report["log_evidence"]) == {"model", "ratchet", "persistence", "ties", "sensitivity"}
    assert set(report["log_evidence"]["ties"]) == {"Russia-China", "Shanghai", "Tashkent"}
    assert set(report["parameters"]) == set(prior_ranges())
    assert report["synthetic"]["records"] == 5
    assert len(pd.read_parquet(out / "posterior.parquet")) == 30
    pictures = {path.name for path in (out / "figures").iterdir()}
    assert {"posterior-check.png", "learned.svg", "marginals.png", "sets.png", "synthetic.png"} <= pictures


# -- sets of parameters, and the posterior that ships -------------------------------------------


def test_the_posterior_that_ships_is_that_of_the_record_that_ships():
    origin = json.loads(pq.read_schema(POSTERIOR).metadata[b"entente"])
    assert origin["data"] == {path.name: checksum(path.read_bytes()) for path in (record_file(RECORD), DISTANCES)}
    assert origin["data_until"] == "2001-08"
    assert origin["sources"] == source_digest(), "the sources that make the numbers have changed: make posterior"
    assert origin["effective_draws"] > KEPT
    draws = pd.read_parquet(POSTERIOR)
    assert len(draws) == KEPT
    assert set(draws.columns) == set(prior_ranges())
    for path, (low, high) in prior_ranges().items():
        assert draws[path].between(low, high).all(), path


def test_sets_of_parameters_by_name(tmp_path):
    assert parameter_sets("default", 3, 0).shape == (3, 0)
    assert parameter_sets("prior", 5, 1).equals(parameter_sets("prior", 5, 1))
    few = parameter_sets("posterior", 50, 0)
    assert len(few.drop_duplicates()) >= 45
    assert not few.equals(parameter_sets("posterior", 50, 1))
    own = tmp_path / "own.csv"
    own.write_text("point,behaviour.rise\n0,.3\n1,.4\n")
    many = parameter_sets(str(own), 5, 0)
    assert list(many.columns) == ["behaviour.rise"]
    assert sorted(many["behaviour.rise"].value_counts()) == [2, 3]
    own.write_text("behaviour.rise\n")
    for name, words in (
        (str(own), "holds no rows"),
        (str(tmp_path / "none.parquet"), "cannot be read"),
        ("posteriors", "did you mean posterior"),
    ):
        with pytest.raises(InputError, match=words):
            parameter_sets(name, 2, 0)


def test_a_run_and_a_study_take_sets_of_parameters(tmp_path, capsys):
    study = tmp_path / "study.yaml"
    study.write_text(
        "scenario: memo-2001\nmonths: 3\nfactors: {behaviour.rise: {list: [.2, .5]}}\n"
        "design: {kind: full_factorial}\nseed: 3\noutcomes: [depth:tashkent]\n"
    )
    batch = make_batch(str(study), parameters="posterior", draws=3)
    sets = parameter_sets("posterior", 3, 3)
    assert batch.design["behaviour.rise"].tolist() == [0.2] * 3 + [0.5] * 3
    for path in sets.columns.drop("behaviour.rise"):
        assert batch.design[path].tolist() == [*sets[path]] * 2
    with pytest.raises(InputError, match="--draws 1000000000: 2e\\+09 runs"):
        make_batch(str(study), parameters="posterior", draws=10**9)
    with pytest.raises(SystemExit, match="0"):
        main(["run", "memo-2001", "--months", "2", "--parameters", "posterior", "--draw", "1", "--no-figures",
              "--set", "behaviour.rise=0.33", "--out", str(tmp_path / "run")])  # fmt: skip
    behaviour = load_run(tmp_path / "run").scenario.behaviour
    assert behaviour.rise == 0.33
    assert behaviour.stake == parameter_sets("posterior", 2, 0)["behaviour.stake"][1]


def test_replacing_the_seed_shuffles_the_posterior(small):
    found, _ = small
    assert not replace(found, seed=6).posterior(30).equals(found.posterior(30))
