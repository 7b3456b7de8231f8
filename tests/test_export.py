"""Tables as CSV, Stata and Excel: what was written is what is read, under names that all of them take."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from math import isclose
from operator import eq
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import InputError, export, load_run, load_scenario, run
from entente.cli import main
from entente.experiments import afford, formats
from entente.experiments.batch import run_batch
from entente.experiments.parquet import parquet_bytes
from entente.experiments.plan import make_batch
from entente.telling.columns import Column, arrow_table
from entente.telling.short import distinct, is_legal, short_names
from entente.telling.tables import TABLES

# An environment for the numbers alone has no Excel.
openpyxl = pytest.importorskip("openpyxl")
ILLEGAL_CHARACTERS_RE = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE

STUDY = """
name: little
scenario: memo-2001
months: 6
factors:
  behaviour.rise: {uniform: [.2, .5]}
  treaties.tashkent.articles.term.on: {list: [true, false]}
design: {kind: latin_hypercube, points: 6}
replicates: 3
outcomes: [depth:rus-chn-2001, dyad:CHN-RUS@2001-09, "members:tashkent@mean:2001-09..2001-10"]
keep: yearly
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run, and a study of several parts."""
    home = tmp_path_factory.mktemp("folders")
    run("memo-2001", months=6).save(home / "run", figures=False)
    (home / "study.yaml").write_text(STUDY)
    run_batch(make_batch(str(home / "study.yaml"), block=4), home / "study", 2)
    return {kind: home / kind for kind in ("run", "study")}


# -- names --------------------------------------------------------------------------------------

NAMES = st.lists(
    st.one_of(
        st.text(max_size=50),
        st.from_regex(r"[a-zA-Z_.:@0-9-]{1,50}", fullmatch=True),
        st.sampled_from(
            ["if", "float", "TRUE", "str12", "strL", "NA_integer_", "a.b", "a:b", "A_b", "2001-08", "", "é"]
        ),
    ),
    max_size=30,
)


@given(NAMES)
def test_short_names_are_legal_distinct_and_always_the_same(names):
    found = short_names(names)
    assert list(found) == list(dict.fromkeys(names))
    assert all(is_legal(short) for short in found.values()), found
    assert len({short.lower() for short in found.values()}) == len(found)
    assert short_names(names) == found
    assert short_names(found.values()) == {short: short for short in found.values()}, "what is legal stays"


@given(NAMES)
def test_a_legal_name_stays_whatever_stands_before_it(names):
    assert short_names([*names, "a_name"])["a_name"] in ("a_name", *(f"a_name_{n}" for n in range(2, 40)))
    if not {"a_name"} & {name.lower() for name in names if is_legal(name)}:
        assert short_names([*names, "a_name"])["a_name"] == "a_name"


@given(st.lists(st.text(min_size=1, max_size=40), max_size=20), st.integers(8, 32))
def test_names_of_sheets_are_distinct_and_fit(names, most):
    taken: set[str] = set()
    found = [distinct(name, taken, most) for name in names]
    assert all(len(name) <= most for name in found)
    assert len({name.lower() for name in found}) == len(found)


def test_a_short_name_says_what_the_long_one_does():
    assert short_names(
        [
            "depth:rus-chn-2001",
            "treaties.tashkent.articles.term.on",
            "behaviour.rise",
            "2001",
            "depth.rus:chn-2001",
            "if",
        ]
    ) == {
        "depth:rus-chn-2001": "depth_rus_chn_2001",
        "treaties.tashkent.articles.term.on": "tre_tashkent_articles_term_on",
        "behaviour.rise": "behaviour_rise",
        "2001": "v_2001",
        "depth.rus:chn-2001": "depth_rus_chn_2001_2",
        "if": "v_if",
    }


@pytest.mark.parametrize("name", ["memo-2001", "record-1992"])
def test_columns_of_the_tables_of_a_run_keep_their_names(name):
    of = load_scenario(name).of
    columns = [column for table in TABLES.values() for column in table.columns(of)]
    assert all(long == short for long, short in short_names(columns).items())


# -- any table ----------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.one_of(TEXT, st.sampled_from(["=1+1", "a,b", 'a"b', "NA", "1", "TRUE", "x" * 3000, "é" * 2000])),
    "whole": st.one_of(st.integers(-5, 5), st.integers(-(2**53), 2**53)),
    "number": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "flag": st.booleans(),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, dict[str, Column]]:
    names = draw(st.lists(st.text("aB:@.-_1", min_size=1, max_size=12), min_size=1, max_size=4, unique=True))
    columns = {name: Column(draw(st.sampled_from(sorted(VALUES))), draw(TEXT), draw(TEXT)) for name in names}
    count = draw(st.integers(0, 4))
    rows = {
        name: pd.Series(draw(st.lists(st.none() | VALUES[one.kind], min_size=count, max_size=count)), dtype=object)
        for name, one in columns.items()
    }
    return pd.DataFrame(rows, columns=names), columns


def read_csv(folder: Path, columns: dict[str, Column]) -> list[list[Any]]:
    """Values by column as a CSV says them; an empty cell is None."""
    frame = pd.read_csv(folder / "some.csv", dtype=str, keep_default_na=False)
    as_kind = {"text": str, "whole": int, "number": float, "flag": {"TRUE": True, "FALSE": False}.__getitem__}
    return [
        [None if text == "" else as_kind[one.kind](text) for text in frame[short]]
        for short, one in zip(frame, columns.values(), strict=True)
    ]


def read_stata(folder: Path, columns: dict[str, Column]) -> list[list[Any]]:
    with pd.io.stata.StataReader(folder / "some.dta") as reader:
        frame = reader.read()
        assert all(len(label) <= 80 for label in reader.variable_labels().values())
    return [[None if value == "" or pd.isna(value) else value for value in frame[name]] for name in frame]


def read_excel(folder: Path, columns: dict[str, Column]) -> list[list[Any]]:
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    head, *rows = book["some"].iter_rows(values_only=True)
    return [[None if row[n] == "" else row[n] for row in rows] for n in range(len(head))]


def alike(value: Any, meant: Any) -> bool:
    """Whether two cells are the same to the sixteen digits that a workbook holds."""
    numbers = isinstance(value, int | float) and isinstance(meant, float)
    return isclose(value, meant, rel_tol=1e-15) if numbers else value == meant


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(tables())
@pytest.mark.parametrize(("to", "read"), [("csv", read_csv), ("dta", read_stata), ("xlsx", read_excel)])
def test_what_is_read_is_what_was_written(to, read, tmp_path_factory, table):
    frame, columns = table
    home = tmp_path_factory.mktemp("any")
    assert arrow_table(frame, columns).num_rows == len(frame)
    (home / "some.parquet").write_bytes(parquet_bytes(frame, columns, "a row"))
    export(home, to, home / "out")
    # A sheet ends with its last row in which anything stands.
    found = [[*values, *[None] * (len(frame) - len(values))] for values in read(home / "out", columns)]
    wanted = [[None if value is None or value == "" else value for value in frame[name]] for name in frame]
    for values, meant in zip(found, wanted, strict=True):
        assert len(values) == len(meant)
        assert all(map(alike if to == "xlsx" else eq, values, meant)), (values, meant)
    names = pd.read_csv(home / "out" / "names.csv", keep_default_na=False, dtype=str)
    assert dict(zip(names["name"], names["short_name"], strict=True)) == short_names(columns)
    assert list(names["meaning"]) == [one.meaning for one in columns.values()]


@pytest.mark.parametrize("to", ["dta", "xlsx"])
def test_what_a_format_cannot_hold_as_a_number_is_text_or_missing(to, tmp_path):
    columns = {"n": Column("whole", "", ""), "x": Column("number", "", ""), "t": Column("text", "", "")}
    frame = pd.DataFrame({"n": [2**60, 1], "x": [np.inf, -np.inf], "t": ["a\x07b", None]})
    (tmp_path / "some.parquet").write_bytes(parquet_bytes(frame, columns, "a row"))
    export(tmp_path, to, tmp_path / "out")
    n, x, t = (read_stata if to == "dta" else read_excel)(tmp_path / "out", columns)
    assert [str(value) for value in n] == [str(2**60), "1"]
    assert x == [None, None]
    assert t == [ILLEGAL_CHARACTERS_RE.sub("", "a\x07b") if to == "xlsx" else "a\x07b", None]


# -- runs and studies ---------------------------------------------------------------------------


def said_of(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "names.csv", keep_default_na=False)


def test_a_run_has_a_file_a_table(folders, tmp_path):
    files = export(folders["run"], "csv", tmp_path / "out")
    assert files == sorted([f"{name}.csv" for name in TABLES] + ["names.csv"])
    kept = load_run(folders["run"])
    for name, frame in kept.tables.items():
        read = pd.read_csv(tmp_path / "out" / f"{name}.csv", keep_default_na=False)
        assert list(read.columns) == list(frame.columns)
        if len(frame):
            numbers = frame.select_dtypes("number").columns
            assert np.array_equal(read[numbers].to_numpy(float), frame[numbers].to_numpy(float)), name
    names = said_of(tmp_path / "out")
    assert set(names["table"]) == set(TABLES)
    assert (names["meaning"] != "").all()


def test_a_study_is_one_table_whatever_parts_it_has(folders, tmp_path):
    kept = load_run(folders["study"])
    assert len(list((folders["study"] / "outcomes").glob("*.parquet"))) > 2
    export(folders["study"], "csv", tmp_path / "csv")
    export(folders["study"], "dta", tmp_path / "dta")
    short = dict(said_of(tmp_path / "csv")[["name", "short_name"]].itertuples(index=False))
    for name in ("design", "outcomes", "trajectories", "failed"):
        whole = getattr(kept, name).rename(columns=short)
        keys = [key for key in ("point", "replicate", "month") if key in whole]
        for read in (
            pd.read_csv(tmp_path / "csv" / f"{name}.csv"),
            pd.read_stata(tmp_path / "dta" / f"{name}.dta"),
        ):
            assert list(read.columns) == list(whole.columns)
            read = read.sort_values(keys, ignore_index=True)
            for column in whole.columns if len(whole) else ():
                assert list(read[column]) == list(whole[column]), column
    names = said_of(tmp_path / "csv")
    assert (names["meaning"] != "").all()
    labels = pd.io.stata.StataReader(tmp_path / "dta" / "outcomes.dta")
    with labels:
        assert labels.variable_labels()["depth_rus_chn_2001"].startswith("D: institutional depth")
        assert labels.data_label == "outcomes"


def test_analyses_below_a_study_and_folders_of_analyses_are_exported_and_kept_parts_are_not(folders, tmp_path):
    study = tmp_path / "study"
    shutil.copytree(folders["study"], study)
    table = parquet_bytes(pd.DataFrame({"x y": [1]}))
    for name in (
        "sensitivity/indices",
        f"sensitivity/{'0a' * 10}",
        "sensitivity/signs/deep",
        "kept/some",
        "stray",
    ):
        (study / f"{name}.parquet").parent.mkdir(parents=True, exist_ok=True)
        (study / f"{name}.parquet").write_bytes(table)
    files = export(study, "csv", tmp_path / "out")
    assert files == [
        "design.csv", "failed.csv", "names.csv", "outcomes.csv", "sensitivity-indices.csv", "trajectories.csv",
    ]  # fmt: skip
    assert export(study / "sensitivity", "csv", tmp_path / "alone")[0] == "indices.csv"
    assert (tmp_path / "alone" / "indices.csv").read_text() == "x_y\n1\n"


@pytest.mark.parametrize("to", ["csv", "dta", "xlsx"])
@pytest.mark.parametrize("kind", ["run", "study"])
def test_the_same_folder_gives_the_same_bytes(folders, kind, to, tmp_path):
    for name in "ab":
        export(folders[kind], to, tmp_path / name)
    files = [sorted((tmp_path / name).iterdir()) for name in "ab"]
    assert [file.name for file in files[0]] == [file.name for file in files[1]]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(*files, strict=True))


def test_a_workbook_holds_no_time(folders, tmp_path):
    export(folders["run"], "xlsx", tmp_path / "out")
    with zipfile.ZipFile(tmp_path / "out" / "tables.xlsx") as book:
        assert {about.date_time for about in book.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        times = re.findall(rb"dcterms:\w+ [^>]*>([^<]*)<", book.read("docProps/core.xml"))
    assert set(times) == {b"2000-01-01T00:00:00Z"}
    sheets = openpyxl.load_workbook(tmp_path / "out" / "tables.xlsx", read_only=True).sheetnames
    assert sheets == list(TABLES)


# -- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["run", "study"])
def test_a_damaged_table_is_refused_and_nothing_is_written(folders, kind, tmp_path):
    for number, path in enumerate(sorted(folders[kind].rglob("*.parquet"))):
        folder = tmp_path / str(number)
        shutil.copytree(folders[kind], folder)
        damaged = folder / path.relative_to(folders[kind])
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(bytes(content))
        with pytest.raises(InputError, match=f"{damaged.name}: is not what the manifest says"):
            export(folder, "csv", tmp_path / "out")
        damaged.unlink()
        with pytest.raises(InputError, match=f"{damaged.name} is missing"):
            export(folder, "csv", tmp_path / "out")
        assert not [path for path in tmp_path.iterdir() if "out" in path.name]


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["export", *arguments])
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert not out
    assert len(err.splitlines()) == 1
    return err


def test_what_is_wrong_is_one_sentence(folders, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "text.parquet").write_text("no table")
    source, out = str(folders["run"]), str(tmp_path / "out")
    for arguments, sentence in (
        ([source, "--to", "excel", "--out", out], "--to 'excel': must be one of csv, xlsx, dta"),
        ([source, "--to", "csv", "--out", str(tmp_path / "full")], "exists and is not empty"),
        (
            [source, "--to", "csv", "--out", "s3://bucket/out"],
            "an export is written into a folder of this machine",
        ),
        (
            [str(tmp_path / "nosuch"), "--to", "csv", "--out", out],
            "nosuch: holds no table; name the folder of a run",
        ),
        ([str(tmp_path / "full"), "--to", "csv", "--out", out], "full: holds no table; name the folder of a run"),
        ([str(tmp_path), "--to", "csv", "--out", out], "text.parquet: "),
        ([source, "--to", "csv"], "--out"),
    ):
        assert sentence in refusal(arguments, capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "text.parquet"]


def test_a_table_too_large_for_a_format_names_another(folders, tmp_path, capsys, monkeypatch):
    source, out = str(folders["study"]), str(tmp_path / "out")
    monkeypatch.setattr(formats, "SHEET_ROWS", 18)
    said = refusal([source, "--to", "xlsx", "--out", out], capsys)
    assert "outcomes: 18 rows, and a sheet of Excel holds 17; use --to csv or dta" in said
    monkeypatch.setattr(formats, "STATA_COLUMNS", 4)
    said = refusal([source, "--to", "dta", "--out", out], capsys)
    assert "outcomes: 5 columns, and a file of Stata holds 4; use --to csv" in said
    monkeypatch.setattr(formats, "STATA_COLUMNS", 40)
    monkeypatch.setattr(afford, "memory", lambda: 1000)
    said = refusal([source, "--to", "dta", "--out", out], capsys)
    assert "use --to csv, which is written part by part" in said
    assert not (tmp_path / "out").exists()
    export(source, "csv", out)


def test_without_openpyxl_the_extra_is_named(folders, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = refusal([str(folders["run"]), "--to", "xlsx", "--out", str(tmp_path / "out")], capsys)
    assert said == "entente: --to xlsx: needs openpyxl; install the extra: pip install 'entente[excel]'\n"
    export(folders["run"], "dta", tmp_path / "out")


def test_the_command_says_where_the_files_are(folders, tmp_path, capsys):
    for words, told in (([], "5 files in "), (["--json"], '{"out": ')):
        with pytest.raises(SystemExit) as ended:
            main(
                ["export", str(folders["study"]), "--to", "csv", "--out", str(tmp_path / str(len(words))), *words]
            )
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(told)
