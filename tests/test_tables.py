"""Every table has one schema, with rows or without; what its columns hold is said beside it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entente import load_run, load_scenario, run
from entente.analysis.declared import DECLARED
from entente.analysis.noise import noise_table
from entente.analysis.output import write_tables
from entente.analysis.values import Values
from entente.experiments.batch import run_batch
from entente.experiments.folder import StudyRun
from entente.experiments.plan import make_batch
from entente.telling.columns import KINDS, Column, arrow_table, empty, typed
from entente.telling.tables import FUTURES, TABLES
from tests.worlds import scenarios

STUDY = """
name: little
scenario: memo-2001
months: {months}
factors:
  behaviour.rise: {{uniform: [.2, .5]}}
  treaties.tashkent.articles.term.on: {{list: [true, false]}}
  states.UZB.exposure.nato: {{list: [0.0, 0.5]}}
design: {{kind: latin_hypercube, points: 4}}
outcomes: [depth:rus-chn-2001, "members:tashkent@mean:2001-09..2001-10", dyad:CHN-RUS@2001-09]
keep: yearly
"""
COLUMNS = st.dictionaries(
    st.text("abc:@-.", min_size=1, max_size=6),
    st.builds(Column, st.sampled_from(sorted(KINDS)), st.just("unit"), st.just("meaning")),
    min_size=1,
    max_size=5,
)
VALUES = {
    "text": st.text(max_size=4), "whole": st.integers(-(2**53), 2**53), "number": st.floats(allow_nan=False),
    "flag": st.booleans(),
}  # fmt: skip


@given(COLUMNS, st.data())
def test_a_table_has_its_declared_schema_whatever_rows_it_has(columns, data):
    count = data.draw(st.integers(1, 4))
    rows = {
        name: data.draw(st.lists(VALUES[one.kind], min_size=count, max_size=count))
        for name, one in columns.items()
    }
    full = typed(pd.DataFrame(rows), columns)
    none = empty(columns)
    assert list(full.dtypes) == list(none.dtypes)
    unknown = pd.DataFrame({name: [None] for name in columns})
    schemas = [
        arrow_table(frame, columns, "a row").schema
        for frame in (full, none, pd.DataFrame(columns=list(columns)), unknown)
    ]
    assert all(schema.equals(schemas[0], check_metadata=True) for schema in schemas)
    assert {field.name: field.metadata[b"meaning"] for field in schemas[0]} == dict.fromkeys(columns, b"meaning")
    assert arrow_table(full, columns).to_pandas().equals(full)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(scenarios(months=8))
def test_every_table_of_any_world_has_the_schema_of_its_declaration(world):
    scenario = load_scenario(world)
    done = run(scenario, seed=0)
    for name, table in TABLES.items():
        columns = table.columns(scenario.of)
        assert list(done.tables[name].columns) == list(columns)
        assert list(done.tables[name].dtypes) == list(empty(columns).dtypes), name


def test_a_file_says_of_every_column_what_it_holds(tmp_path):
    run("memo-2001", months=3).save(tmp_path / "run", figures=False)
    of = load_scenario("memo-2001").of
    for name, table in TABLES.items():
        schema = pq.read_schema(tmp_path / "run" / f"{name}.parquet")
        assert schema.metadata == {b"row": table.row.encode()}
        for column, about in table.columns(of).items():
            told = {b"unit": about.unit.encode(), b"meaning": about.meaning.encode()}
            assert schema.field(column).metadata == told, f"{name}.{column}"


def test_bands_without_a_treaty_have_the_types_of_those_with_one():
    assert list(empty(FUTURES).dtypes) == list(typed(pd.DataFrame([dict.fromkeys(FUTURES, 0)]), FUTURES).dtypes)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_tables_of_analyses_have_the_same_schema_with_rows_and_without(name, tmp_path):
    row, columns = DECLARED[name]
    values = {"text": "a", "whole": 1, "number": 0.5, "flag": True}
    full = pd.DataFrame([{column: values[about.kind] for column, about in columns.items()}])
    for folder, frame in (("full", full), ("none", pd.DataFrame(columns=list(columns)))):
        write_tables(tmp_path / folder, {name: frame, "other": pd.DataFrame({"x": [1]})}, DECLARED)
    schemas = [pq.read_schema(tmp_path / folder / f"{name}.parquet") for folder in ("full", "none")]
    assert schemas[0].equals(schemas[1], check_metadata=True)
    told = (tmp_path / "none" / "codebook.md").read_text()
    assert re.findall(r"^\| `(.+?)` \|", told, re.MULTILINE) == list(columns)
    assert f"One row: {row}." in told
    assert "other" not in told


def test_what_no_sign_and_no_chance_was_found_in_has_the_types_of_what_has_some():
    one = Values([("depth", 2001)], np.arange(8.0).reshape(2, 4, 1) % 3, 1)
    alone = Values([("depth", 2001)], np.arange(2.0).reshape(2, 1, 1), 1)
    some, none = noise_table(one), noise_table(alone)
    assert (len(some), len(none)) == (1, 0)
    assert list(some.dtypes) == list(none.dtypes)


# -- studies ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The same study over three months, of which no December is kept, and over six."""
    home = tmp_path_factory.mktemp("studies")
    for months in (3, 6):
        (home / f"{months}.yaml").write_text(STUDY.format(months=months))
        run_batch(make_batch(str(home / f"{months}.yaml")), home / str(months), 1)
    return {months: home / str(months) for months in (3, 6)}


def test_the_tables_of_a_study_have_the_same_schema_with_rows_and_without(studies):
    short, long = (load_run(folder) for folder in studies.values())
    assert isinstance(short, StudyRun)
    assert isinstance(long, StudyRun)
    assert (len(short.trajectories), len(long.trajectories)) == (0, 4)
    assert list(short.trajectories.dtypes) == list(long.trajectories.dtypes)
    for part in sorted(path.relative_to(studies[3]) for path in studies[3].rglob("*.parquet")):
        assert pq.read_schema(studies[3] / part).equals(pq.read_schema(studies[6] / part)), part


def test_the_codebook_of_a_study_has_every_column_of_every_table_once(studies):
    told = (studies[6] / "codebook.md").read_text()
    for section in told.split("\n## ")[1:]:
        name = section.splitlines()[0]
        (file, *_) = sorted((studies[6] / name).glob("*.parquet")) if name.endswith("/") else [studies[6] / name]
        assert re.findall(r"^\| `(.+?)` \|", section, re.MULTILINE) == pq.read_schema(file).names
    assert len(re.findall("^## ", told, re.MULTILINE)) == 4
    for line in (
        "| `behaviour.rise` | 1/month | Speed at which perceived threat climbs towards a higher target. | number | 0.01 to 1 |",
        "| `members:tashkent@mean:2001-09..2001-10` | states 0..9 | number of parties: tashkent, mean of the months from 2001-09 "
        "to 2001-10 | number | 0 to 9 |",
    ):
        assert line in told


def test_a_study_begun_without_a_codebook_is_gone_on_with_and_has_the_same_one(studies, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(studies[3], folder)
    (folder / "codebook.md").unlink()
    text = (folder / "manifest.json").read_text()
    listed = re.search(r'\n *"codebook.md": "[0-9a-f]+",', text)
    assert listed
    (folder / "manifest.json").write_text(text.replace(listed[0], ""))
    load_run(folder)
    run_batch(make_batch(f"{studies[3]}.yaml"), folder, 1)
    assert (folder / "codebook.md").read_bytes() == (studies[3] / "codebook.md").read_bytes()
    assert (folder / "manifest.json").read_text() == text
