"""How much scores hang on the mapping: what is compared, and that a mapping which changes nothing changes nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from entente.cli import main
from entente.data.mapping import MAPPINGS, load_alternatives, load_mapping

from . import field
from .test_import import refused, run

TRIED = """
alternatives:
  same: {changes: {source.base: 0.2}, because: What the default says.}
  no-exchange: {changes: {exchange.shift: -100}, because: No gains by exchange.}
  pairs: {changes: {population.largest: 2, population.large_alliances: false}, because: Pacts of two only.}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Scores of the made-up dyads under three alternatives, with the folder they were written to."""
    place = tmp_path_factory.mktemp("mappings")
    (place / "tried.yaml").write_text(TRIED)
    field.write(place / "files")
    run("mappings", "--data", place / "files", "--years", "1985-2000", "--alternatives", place / "tried.yaml",
        "--draws", 8, "--horizons", "1,3", "--out", place / "out")  # fmt: skip
    return place, pd.read_csv(place / "out" / "mappings.csv").set_index(["mapping", "horizon"])


def test_a_mapping_that_says_the_same_scores_the_same(found):
    scores = found[1]
    given, same = scores.loc["as given"], scores.loc["same"]
    pd.testing.assert_frame_equal(given, same)
    assert (same[["rps_more", "rps_low", "rps_high"]] == 0).all(axis=None)
    assert scores.loc[("no-exchange", "all"), "rps_more"] != 0


def test_all_are_scored_on_the_cells_that_all_have(found):
    place, scores = found
    assert scores["ties"].nunique() == 1
    assert (scores.groupby(level="horizon")["cells"].nunique() == 1).all()
    left_out = pd.read_csv(place / "out" / "left-out.csv")
    assert set(left_out["mapping"]) == {"pairs"}
    assert left_out["message"].str.contains("at most 2 members").all()
    by_horizon = scores.drop("all", level="horizon")
    weighted = (by_horizon["rps"] * by_horizon["cells"]).groupby(level="mapping", sort=False).sum()
    assert weighted.to_numpy() == pytest.approx(
        (scores["rps"] * scores["cells"]).xs("all", level="horizon").to_numpy()
    )


def test_a_stopped_call_goes_on_and_says_the_same(found, capsys):
    place = found[0]
    before = (place / "out" / "mappings.csv").read_bytes()
    kept = sorted((place / "out" / "kept").iterdir())
    kept[0].unlink()
    (place / "out" / "mappings.csv").unlink()
    run("mappings", "--data", place / "files", "--years", "1985-2000", "--alternatives", place / "tried.yaml",
        "--draws", 8, "--horizons", "1,3", "--out", place / "out")  # fmt: skip
    assert (place / "out" / "mappings.csv").read_bytes() == before
    assert sorted((place / "out" / "kept").iterdir()) == kept
    ties = found[1]["ties"].iloc[0]
    assert f"ties that every mapping can build: {ties}, with" in capsys.readouterr().out


def test_the_alternatives_that_ship_change_one_thing_each():
    base = load_mapping()
    shipped = load_alternatives("alternatives", base)
    assert (MAPPINGS / "alternatives.yaml").is_file()
    assert len(shipped) >= 7
    assert all(one != base for one in shipped.values())
    assert len({one.model_dump_json() for one in shipped.values()}) == len(shipped)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("{source.bass: 0.1}", "'source.bass': no entry of that name; did you mean base?"),
        ("{source: 0.1}", "'source': names no entry with a reason, but a part of it or several"),
        ("{source.base.value: 0.1}", "'source.base.value': names no entry with a reason"),
        ("{source.base: 7}", "source.base.value: 7: input should be less than or equal to 2"),
        ("{}", "needs 1 at least"),
    ],
)
def test_alternatives_that_are_wrong_are_a_sentence(tmp_path, capsys, changes, words):
    file = tmp_path / "tried.yaml"
    file.write_text(f"alternatives:\n  odd: {{changes: {changes}, because: A trial.}}\n")
    field.write(tmp_path / "files")
    said = refused(capsys, "mappings", "--data", tmp_path / "files", "--years", "1985-2000", "--alternatives", file,
                   "--out", tmp_path / "out")  # fmt: skip
    assert words in said
    assert not (tmp_path / "out").exists()


def test_scores_without_records_are_a_sentence(tmp_path, capsys):
    files = field.write(tmp_path / "files")
    for name in ("exercises", "dcad"):
        (files / f"{name}.csv").unlink()
    assert "scores need records" in refused(capsys, "mappings", "--data", files, "--years", "1985-2000")


def test_an_import_of_many_says_how_far_it_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("entente.screen.SECONDS_BETWEEN_LINES", 0.0)
    files = field.write(tmp_path / "files")
    with pytest.raises(SystemExit):
        main(["import", "--all", "--years", "1985-2000", "--data", str(files), "--out", str(tmp_path / "out")])
    assert " dyads tried, " in capsys.readouterr().err
