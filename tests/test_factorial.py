"""Full factorial studies: an exact decomposition, and scenarios as the levels of a factor."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from entente import InputError, decompose, load_scenario, simulate
from entente.analysis.factorial import components, decomposed
from entente.analysis.factorial_charts import _level
from entente.analysis.values import Values
from entente.cli import main
from entente.experiments.design import load_study, make_points
from entente.experiments.folder import run_of
from entente.experiments.prior import prior_ranges
from entente.experiments.settings import differences
from entente.experiments.settings import settings as set_by
from entente.schema.study import Study

TWO = {"list": [0, 1]}


def study_of(factors: dict[str, Any], draws: int = 0) -> Study:
    design = {"kind": "full_factorial", "draws": draws}
    return Study.model_validate({"scenario": "memo-2001", "factors": factors, "design": design, "seed": 0})


def term(found: Any, name: str) -> pd.Series:
    return found.terms.set_index("term").loc[name]


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4).flatmap(
        lambda sizes: arrays(float, (2, *sizes), elements=st.floats(-100, 100))
    )
)
def test_the_parts_are_orthogonal_and_add_up(tables):
    parts = components(tables)
    np.testing.assert_allclose(
        sum(np.broadcast_to(part, tables.shape) for part in parts.values()), tables, atol=1e-9
    )
    for term_, part in parts.items():
        for factor in term_:
            np.testing.assert_allclose(part.sum(axis=factor + 1), 0, atol=1e-9)
    inside = tuple(range(1, tables.ndim))
    spread = sum((part**2).mean(axis=inside) for name, part in parts.items() if name)
    np.testing.assert_allclose(spread, tables.var(axis=inside), atol=1e-6)


def test_known_effects_are_found_whatever_the_draws_and_noises_add():
    """y = 3 + 2a - b + 4ab + draw + noise: additions that all combinations share change nothing."""
    draws, replicates = 12, 5
    rng = np.random.default_rng(0)
    cells = np.array([3 + 2 * a - b + 4 * a * b + 0 * c for a, b, c in itertools.product((0, 1), repeat=3)])
    runs = cells[None, :, None] + rng.normal(size=(draws, 1, 1)) + rng.normal(size=(1, 1, replicates))
    values = Values([("y", 2021)], runs.reshape(-1, replicates, 1), 1)
    found = decomposed(study_of({"a": TWO, "b": TWO, "c": TWO}, draws), values)
    for name, effect in {"a": 4, "b": 1, "a x b": 4, "c": 0, "a x b x c": 0}.items():
        row = term(found, name)
        assert [row["effect"], row["effect_low"], row["effect_high"]] == pytest.approx([effect] * 3, abs=1e-9)
    assert found.terms["share"].sum() == pytest.approx(1)
    # Parts of half an effect, a quarter for two factors: 4, .25 and 1 make up the variance.
    assert term(found, "a")["share"] == pytest.approx(4 / 5.25)
    assert term(found, "a x b")["share"] == pytest.approx(1 / 5.25)
    assert list(found.cells["mean"] - found.cells["mean"][0]) == pytest.approx(list(cells - cells[0]))


def test_intervals_hold_the_effect_that_differs_between_draws_and_noises():
    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(60):
        effect = 1 + rng.normal(size=(30, 1, 1)) + rng.normal(size=(1, 1, 30))
        runs = np.array([0, 1])[None, :, None] * effect
        found = decomposed(study_of({"a": TWO}, 30), Values([("y", 2021)], runs.reshape(-1, 30, 1), 1))
        covered += found.terms["effect_low"][0] <= 1 <= found.terms["effect_high"][0]
    assert covered >= 50


def test_a_factor_of_three_levels_has_a_share_and_no_effect():
    runs = np.array([0.0, 1, 4, 0, 1, 4])[:, None, None].repeat(2, axis=1)
    found = decomposed(study_of({"a": TWO, "b": {"list": [0, 1, 2]}}), Values([("y", 2021)], runs, 1))
    assert term(found, "b")["share"] == pytest.approx(1)
    assert np.isnan(term(found, "b")["effect"])
    assert term(found, "a")["effect"] == 0
    with pytest.raises(InputError, match="the same in every combination"):
        decomposed(study_of({"a": TWO, "b": {"list": [0, 1, 2]}}), Values([("y", 2021)], 0 * runs, 1))


@pytest.mark.parametrize("name", ["high-imminence", "high-task", "high-demand", "common-core"])
def test_a_scenario_as_a_level_is_that_scenario(name):
    base = load_scenario("memo-2001", {"months": 24})
    changes = differences(base, name, Path())
    outcomes = ["depth:rus-chn-2001", "depth:shanghai-2001"]
    by_changes = simulate(base, parameters={path: [value] for path, value in changes.items()}, outcomes=outcomes)
    itself = simulate(load_scenario(name, {"months": 24}), outcomes=outcomes)
    pd.testing.assert_frame_equal(by_changes.outcomes, itself.outcomes)


def test_a_scenario_that_differs_in_more_than_numbers_is_no_level():
    with pytest.raises(InputError, match="differs from memo-2001 in more than numbers"):
        differences(load_scenario(), "militancy-shock", Path())


def test_all_four_reasons_together_are_their_scenario():
    study, scenario, folder = load_study("four-reasons")
    points = make_points(study, scenario, folder)
    design, rows = points.whole(), set_by(study, scenario, points, folder).whole()
    assert len(design) == 2**5 * 40
    assert len(design.drop(columns=list(study.factors)).iloc[:33].drop_duplicates()) == 2
    assert set(prior_ranges()) <= set(rows.columns)
    all_gone = design[(design["imminence"] != "memo-2001") & (design["task"] != "memo-2001")
                      & (design["demand"] != "memo-2001") & (design["core"] != "memo-2001")]  # fmt: skip
    row = rows.loc[all_gone.index[0]].drop(labels=list(prior_ranges()))
    changed = load_scenario("all-four-reasons-gone", {"months": 24})
    outcomes = ["depth:rus-chn-2001"]
    both = [
        simulate(
            base,
            parameters={**{path: [value] for path, value in row.items()}, "behaviour.stake": [0.0]},
            outcomes=outcomes,
        )
        for base in (load_scenario("memo-2001", {"months": 24}), changed)
    ]
    pd.testing.assert_frame_equal(both[0].outcomes, both[1].outcomes)
    assert (rows.loc[all_gone.index, "behaviour.stake"] == 0).all()


STUDY = """
name: two-reasons
scenario: memo-2001
months: 24
factors:
  imminence: {scenarios: [memo-2001, high-imminence]}
  demand: {scenarios: [memo-2001, high-demand]}
design: {kind: full_factorial, draws: 3}
replicates: 2
outcomes: [depth:rus-chn-2001]
keep: yearly
"""


def ends(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_a_factorial_from_start_to_figure(tmp_path, capsys):
    path, out = tmp_path / "study.yaml", tmp_path / "out"
    path.write_text(STUDY)
    assert ends(["decompose", str(path), "--out", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["runs"], answer["points"]) == (24, 12)
    assert {row["term"] for row in answer["terms"]} == {"imminence", "demand", "imminence x demand"}
    assert {row["year"] for row in answer["terms"]} == {2001, 2002, 2003}
    for name in ("terms.parquet", "terms.csv", "cells.csv", "figures/terms.png", "figures/terms.svg"):
        assert (out / "decomposition" / name).stat().st_size > 0
    found = decompose(str(path), out)
    pd.testing.assert_frame_equal(found.terms, pd.read_parquet(out / "decomposition" / "terms.parquet"))
    # Any point is run again as it was: the last has both levels set, and its own draw.
    scenario, changes, _ = run_of(out, 11)
    assert changes["sources.md.rate"] == 0.6
    assert changes["behaviour.stake"] == 0
    assert load_scenario(scenario, changes).behaviour.rise != scenario.behaviour.rise


BAD = {
    "no factorial": (("full_factorial, draws: 3", "latin_hypercube, points: 5"), "a decomposition needs a full_factorial"),
    "one level": (("[memo-2001, high-demand]", "[high-demand]"), "takes one value only"),
    "no such scenario": (("high-demand", "high-demant"), "did you mean high-demand?"),
    "the same path twice": (("[memo-2001, high-demand]", "[memo-2001, all-four-reasons-gone]"), "which factors.imminence sets too"),
    "one run": (("draws: 3}\nreplicates: 2", "draws: 1}\nreplicates: 1"), "too few for an interval"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_gets_one_sentence_and_leaves_nothing(case, tmp_path, capsys):
    (old, new), words = BAD[case]
    assert old in STUDY
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.replace(old, new))
    assert ends(["decompose", str(path), "--out", str(tmp_path / "out")]) == 2
    notes = capsys.readouterr().err
    assert words in notes
    assert notes.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_switch_is_told_as_on_or_off():
    assert [_level("gate", level) for level in (False, True)] == ["gate off", "gate on"]
    assert _level("rise", 0.5) == "rise: 0.5"


def test_whole_numbers_are_factors(tmp_path: Path):
    """As a file says them, whatever door they come through."""
    text = "name: whole\nscenario: memo-2001\ndesign: {kind: full_factorial}\noutcomes: [depth:rus-chn-2001]\nfactors:\n"
    path = tmp_path / "whole.yaml"
    path.write_text(text + "  months: {list: [3, 5]}\n  treaties.rus-chn-2001.obligation: {list: [1, 2]}\n")
    study, scenario, base = load_study(str(path))
    rows = make_points(study, scenario, base).whole()
    done = simulate(scenario, parameters=rows, keep="monthly")
    assert done.trajectories.groupby("point").size().sort_values().tolist() == [3, 3, 5, 5]
