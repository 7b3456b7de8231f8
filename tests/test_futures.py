"""Futures: bands over many runs of a scenario, kept beside a run and drawn behind its ties."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from entente import InputError, load_run, load_scenario, run, simulate
from entente.cli import app
from entente.errors import SideProductError
from entente.experiments.folder import Run
from entente.experiments.futures import futures
from entente.experiments.redraw import redraw
from entente.telling.figures import FIGURES
from entente.telling.tables import FUTURES
from entente.telling.tie_figures import focus, succession, threat_to

SHORT = load_scenario("memo-2001", {"months": 30})


@pytest.fixture(scope="module")
def spread() -> pd.DataFrame:
    return futures(SHORT, 3, 40)


def test_bands_are_nested_and_hold_what_they_say(spread):
    assert list(spread.columns) == list(FUTURES)
    kept = simulate(SHORT, replicates=40, seed=3, outcomes=["depth:rus-chn-2001"], keep="monthly").trajectories
    own = spread[spread["treaty"] == "rus-chn-2001"].set_index("month")
    inside = {share: [] for share in (50, 90)}
    for month, depths in kept.groupby("month")["depth:rus-chn-2001"]:
        row = own.loc[month]
        assert row["practice_low_90"] <= row["practice_low_50"] <= row["practice_median"]
        assert row["practice_median"] <= row["practice_high_50"] <= row["practice_high_90"]
        for share, found in inside.items():
            found.append(depths.between(row[f"practice_low_{share}"], row[f"practice_high_{share}"]).mean())
    for share, found in inside.items():
        assert np.mean(found[1:]) == pytest.approx(share / 100, abs=0.06)


def test_a_treaty_is_counted_where_it_is_in_force(spread):
    before = load_scenario("record-1992", {"months": 24})
    found = futures(before, 0, 5)
    unsigned = found[found["treaty"] == "rus-chn-2001"]
    assert (unsigned["in_force"] == 0).all()
    assert unsigned.filter(regex="practice|organs").isna().all(axis=None)
    assert spread.loc[spread["treaty"] == "tashkent", "in_force"].eq(1).all()


@pytest.mark.parametrize("runs", [-1, 0, 10_001])
def test_a_number_of_futures_out_of_bounds_is_refused(runs):
    with pytest.raises(InputError, match=f"futures: {runs}: must be a whole number"):
        futures(SHORT, 0, runs)


def test_the_command_keeps_futures_and_draws_the_same_again(tmp_path: Path):
    out = tmp_path / "kept"
    told = CliRunner().invoke(app, ["run", "--months", "14", "--futures", "6", "--csv", "--out", str(out)])
    assert told.exit_code == 0, told.output
    kept = load_run(out)
    assert isinstance(kept, Run)
    assert kept.futures is not None
    assert kept.futures["runs"].eq(6).all()
    for name, frame in (kept.tables | {"futures": kept.futures}).items():
        assert list(pd.read_csv(out / f"{name}.csv").columns) == list(frame.columns)
    drawn = {path.name: path.read_bytes() for path in (out / "figures").iterdir()}
    redraw(out)
    assert {path.name: path.read_bytes() for path in (out / "figures").iterdir()} == drawn
    plain = tmp_path / "plain"
    assert CliRunner().invoke(app, ["run", "--months", "2", "--no-figures", "--out", str(plain)]).exit_code == 0
    assert not (plain / "futures.parquet").exists()


def test_the_table_fits_eighty_columns_and_names_rungs_on_request(tmp_path: Path):
    for n, options in enumerate(([], ["--names"])):
        out = str(tmp_path / str(n))
        told = CliRunner().invoke(app, ["run", "--months", "5", "--no-figures", "--out", out, *options]).stdout
        assert max(map(len, told.splitlines())) <= max(80, len(f"Everything is in {out}"))
        assert "policy coordination" in told


def test_the_focus_is_the_scenarios_or_what_moves_most():
    done = run(SHORT, 0)
    assert focus(done.scenario, done.tables) == "rus-chn-2001"
    moved = run(load_scenario("memo-2001", {"months": 60, "focus": None}), 0)
    rungs = moved.treaties[moved.treaties["status"] == 1].groupby("treaty")["rung"]
    steps = rungs.agg(lambda values: values.diff().abs().sum())
    assert steps[focus(moved.scenario, moved.tables)] == steps.max()
    with pytest.raises(InputError, match="focus"):
        load_scenario("memo-2001", {"focus": "rus-chn-2002"})
    assert succession(done.scenario, "rus-chn-2001") == ["rus-chn-2001", "rus-chn-1992"]


def test_threat_to_the_parties_is_what_they_perceive_within_its_scope():
    done = run(SHORT, 0)
    felt = threat_to(done.scenario, done.tables, "rus-chn-2001")
    scope = done.scenario.treaties["rus-chn-2001"].scope
    own = done.perceptions.set_index(["month", "state", "source"])["perception"]
    assert set(felt["state"]) == {"RUS", "CHN"}
    for row in felt.sample(20, random_state=0).itertuples():
        assert row.threat == own[row.month, row.state, row.source] * scope[row.source]


def test_bands_lie_behind_the_tie(spread):
    done = run(SHORT, 3)
    without, behind = (
        FIGURES["tie"](done.scenario, done.tables | extra, 3).axes[0] for extra in ({}, {"futures": spread})
    )
    assert len(without.collections) == 0
    assert len(behind.collections) == 2
    assert "seed 3" in behind.get_title(loc="left")


def test_a_figure_that_fails_costs_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise RuntimeError("no such glyph")

    done = run(SHORT, 0)
    monkeypatch.setitem(FIGURES, "wishes", broken)
    with pytest.raises(
        SideProductError, match="complete but for its figures, which cannot be drawn: no such glyph"
    ):
        done.save(tmp_path / "out")
    kept = load_run(tmp_path / "out")
    assert all(kept.tables[name].equals(frame) for name, frame in done.tables.items())
    assert not (tmp_path / "out" / "figures").exists()


@pytest.mark.parametrize("name", ["$$", r"Pact of $ \\frac and $", "Pact of $2bn and $3bn", "<b>&amp;"])
def test_names_are_drawn_as_they_are(name: str, tmp_path: Path):
    changes = {"treaties.rus-chn-2001.name": name, "states.RUS.name": name, "sources.nato.name": name, "months": 4}
    run("memo-2001", 0, changes=changes).save(tmp_path / "out")
    assert len(list((tmp_path / "out" / "figures").iterdir())) == 2 * len(FIGURES)
