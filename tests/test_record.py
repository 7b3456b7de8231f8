"""The ladder of practice and the agreement of codings."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from entente import InputError
from entente.data.agreement import compare, krippendorff
from entente.data.ladder import load_ladder
from entente.data.mapping import MAPPINGS

from . import field
from .test_import import refused, run

NAN = np.nan
# Four coders and twelve units, the example that Krippendorff himself works through; his ordinal alpha is .815.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.fixture
def files(tmp_path):
    return field.write(tmp_path / "files")


def coded(tmp_path, files, *arguments):
    run("record", "--data", files, "--out", tmp_path / "practice.csv", *arguments)
    return pd.read_csv(tmp_path / "practice.csv").set_index(["ccode1", "ccode2", "year"])


def test_the_rungs_follow_from_the_parts(tmp_path, files):
    rows = coded(tmp_path, files)
    of = rows.loc[field.USA, field.AUS]
    # Exercises of 1985, 1988, 1990 and 2000; a window of three years lags by design.
    assert of.rung.to_dict() == {1987: 3, 1988: 3, 1989: 3, 1990: 4, 1991: 3, 1992: 3,
                                 **dict.fromkeys(range(1993, 2000), 1), 2000: 3}  # fmt: skip
    agreed = rows.loc[field.USA, field.NZL].rung
    # New Zealand leaves the alliance in 1990; the agreement of 1987 lasts.
    assert set(agreed) == {2}
    assert rows.loc[field.USA, field.NZL].tie.to_dict() == {year: int(year <= 1990) for year in range(1987, 2001)}
    # A dyad of the large alliance alone is no dyad of the population.
    assert (500, 501) not in set(rows.index.droplevel("year"))


def test_troops_and_other_ladders(tmp_path, files):
    troops = [{"host": field.AUS, "sender": field.USA, "year": y, "troops": 600 if y < 1992 else 100}
              for y in field.YEARS]  # fmt: skip
    pd.DataFrame(troops).to_csv(files / "troops.csv", index=False)
    rows = coded(tmp_path, files).loc[field.USA, field.AUS].rung
    assert (rows[1990], rows[1991], rows[1992]) == (5, 4, 3)
    own = yaml.safe_load((MAPPINGS / "ladder.yaml").read_text())
    own["parts"]["troops"]["least"] = 50
    own["rungs"] = {"6": [["troops", "tie"]]}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(own))
    (tmp_path / "practice.csv").unlink()
    assert set(coded(tmp_path, files, "--ladder", tmp_path / "own.yaml").loc[field.USA, field.AUS].rung) == {6}


def test_without_practice_there_is_no_record(tmp_path, capsys, files):
    said = refused(capsys, "record", "--members", files / "members.csv", "--out", tmp_path / "p.csv")
    assert "alone is no practice" in said
    said = refused(capsys, "record", "--data", files, "--from", 1900, "--to", 1910)
    assert "no year in common between 1900 and 1910: they cover 1987-2000" in said
    own = yaml.safe_load((MAPPINGS / "ladder.yaml").read_text())
    own["rungs"][3] = [["anex"]]
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(own))
    with pytest.raises(InputError, match="'anex' is no part; did you mean anyex"):
        load_ladder(tmp_path / "own.yaml")


def test_alpha_is_that_of_the_published_example():
    assert krippendorff(np.array(PUBLISHED)) == pytest.approx(0.815, abs=0.0005)


@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=8), min_size=2, max_size=4), st.data())
def test_alpha_knows_no_order_and_is_one_where_all_agree(codings, data):
    width = min(map(len, codings))
    codes = np.array([coding[:width] for coding in codings], dtype=float)
    alpha = krippendorff(codes)
    assert alpha <= 1
    assert krippendorff(codes[::-1]) == pytest.approx(alpha)
    order = data.draw(st.permutations(range(width)))
    assert krippendorff(codes[:, order]) == pytest.approx(alpha)
    # Ordinal: only the order of the codes counts.
    assert krippendorff(codes * codes) == pytest.approx(alpha)
    assert krippendorff(np.tile(codes[0], (3, 1))) == 1


def test_codings_of_which_none_is_of_the_same_year_have_no_alpha(tmp_path):
    (tmp_path / "a.csv").write_text("tie,treaty,year,rung\nx,t,2001,1\n")
    (tmp_path / "b.csv").write_text("tie,treaty,year,rung\nx,t,2002,1\n")
    assert np.isnan(krippendorff(np.array([[1, NAN], [NAN, 1]])))
    with pytest.raises(InputError, match="share no tie and year"):
        compare([tmp_path / "a.csv", tmp_path / "b.csv"])
    with pytest.raises(InputError, match="two codings"):
        compare([tmp_path / "a.csv"])


def test_disagreement_becomes_the_range_of_the_record(tmp_path, capsys):
    for name, rungs in {"a": (1, 2, 3), "b": (1, 4, 3), "c": (1, 2, 2)}.items():
        rows = "".join(f"x,t,{2001 + n},{rung}\n" for n, rung in enumerate(rungs))
        (tmp_path / f"{name}.csv").write_text("tie,treaty,year,rung\n" + rows)
    files = [tmp_path / f"{name}.csv" for name in "abc"]
    run("record", "--compare", *files, "--out", tmp_path / "out.csv", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["coders"], told["units"]) == (3, 3)
    assert told["agreement"] == pytest.approx(5 / 9, abs=0.001)
    assert told["within_one_rung"] == pytest.approx(7 / 9, abs=0.001)
    assert (tmp_path / "out.csv").read_text() == (
        "tie,treaty,year,rung,rung_lo,rung_hi\nx,t,2001,1,1,1\nx,t,2002,2,2,4\nx,t,2003,3,2,3\n"
    )
    assert "exists" in refused(capsys, "record", "--compare", *files, "--out", tmp_path / "out.csv")
