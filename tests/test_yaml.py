"""Files are read quickly, by the rules of the slower reader, and what costs too much is refused before the work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from entente import InputError, load_scenario
from entente.schema.load import CONFIGS, MAX_EXTENDED
from entente.schema.yaml12 import MAX_BYTES, MAX_DEPTH, MAX_VALUES, Lines, _composed_slowly, _mapping, parse_yaml
from entente.telling.files import scenario_text, yaml_text

FILES = sorted(CONFIGS.rglob("*.yaml"))
TEXTS = [path.read_text(encoding="utf-8") for path in FILES if path.stat().st_size < 5_000]


def slowly(text: str) -> object:
    """What the slower reader makes of a text, or its sentence."""
    lines: Lines = {}
    try:
        node = _composed_slowly(text, "x")
        if not isinstance(node, yaml.MappingNode):
            raise InputError("x: must be a mapping of fields to values")
        return _mapping(node, "", "x", lines, 0), lines
    except InputError as error:
        return str(error)


def quickly(text: str) -> object:
    try:
        return parse_yaml(text, "x")
    except InputError as error:
        return str(error)


def test_every_shipped_file_reads_the_same():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert quickly(text) == slowly(text), path


@settings(max_examples=200)
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False))
def test_a_damaged_file_reads_the_same_and_what_is_refused_is_refused_in_the_same_words(text, random):
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(text))
        some = random.choice(
            ["", "\n", " ", "- ", "{", "]", ": ", '"', "'", "#", "|", "\t", "é", "0o17", "~", "@", ",", "? "]
        )
        text = text[:at] + some + text[at + random.randint(0, 2) :]
    told = slowly(text)
    if "&" in text or "*" in text or "---" in text:
        return  # references and several documents are refused in words of their own
    read = quickly(text)
    # libyaml reads some plain words that PyYAML's own reader refuses (a tab or a question mark inside).
    assert read == told or (isinstance(told, str) and not isinstance(read, str))


def test_what_is_read_is_the_callers_own():
    text = "a: {b: [1, 2]}"
    one, lines = parse_yaml(text, "x")
    one["a"]["b"].append(3)
    lines.clear()
    assert parse_yaml(text, "x") == ({"a": {"b": [1, 2]}}, {"a": 1, "a.b": 1})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a: " + "[" * 5_000, "nested too deeply"),
        (
            "states:\n" + "".join(f"  S{n}: 1\n" for n in range(MAX_VALUES)),
            f"more than {MAX_VALUES:,} keys and values",
        ),
        ("- " * 1_000_000, f"nested more than {MAX_DEPTH} deep"),
        ("#" * (MAX_BYTES + 1), "bytes: a scenario may have"),
    ],
)
def test_what_costs_too_much_is_refused_before_the_work(text, rule, tmp_path: Path):
    (tmp_path / "large.yaml").write_text(text)
    with pytest.raises(InputError, match=rule):
        load_scenario(tmp_path / "large.yaml")


def test_files_that_extend_each_other_many_times_over_are_refused(tmp_path: Path):
    for n in range(20):
        (tmp_path / f"a{n}.yaml").write_text(f"extends: [a{n + 1}.yaml, a{n + 1}.yaml]\n")
    (tmp_path / "a20.yaml").write_text("name: last\n")
    with pytest.raises(InputError, match=f"extends: leads to more than {MAX_EXTENDED} files"):
        load_scenario(tmp_path / "a0.yaml")


def test_what_is_no_regular_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero")):
        with pytest.raises(InputError, match=r"not a regular file|no scenario of that name"):
            load_scenario(str(path))


# -- what is written reads the same by the rules of YAML 1.1, which PyYAML, R and Ruby follow ------------------------

OTHER_TYPES = [
    "y", "Y", "n", "N", "yes", "Yes", "NO", "on", "Off", "true", "FALSE", "~", "null", "Null", "", "NA", ".na",
    "1_000", "0b101", "0o7", "07", "0x1F", "1:30", "1:30.5", "190:20:30", "2001-08-15", "2001-08-15 12:00:00",
    "2001-08", ".inf", "-.INF", ".nan", "1.", ".5", "1e3", "1.2.3", "1,000", "+12", "=", "<<", "-", "a: b", "# c", " d ",
]  # fmt: skip
TEXTS_OF_ANY_KIND = st.one_of(
    st.sampled_from(OTHER_TYPES),
    st.from_regex(r"[-+]?[0-9._:oxbeE]{1,8}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=12),
)
SOME = st.recursive(
    st.one_of(TEXTS_OF_ANY_KIND, st.booleans(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS_OF_ANY_KIND, inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.dictionaries(TEXTS_OF_ANY_KIND, SOME, max_size=4))
def test_what_is_written_reads_the_same_by_yaml_1_1_and_1_2(data):
    text = yaml_text(data)
    assert yaml.safe_load(text) == data
    assert parse_yaml(text, "x")[0] == data


@pytest.mark.parametrize("word", ["y", "Y", "n", "N", "NA", "1.2.3", "1,000"])
def test_words_that_only_other_readers_of_yaml_1_1_take_for_something_else_are_quoted(word):
    assert yaml_text({word: word}) == f"'{word}': '{word}'\n"


@pytest.mark.parametrize("name", ["memo-2001", "record-1992"])
def test_a_resolved_scenario_is_the_same_to_a_reader_of_yaml_1_1(name):
    scenario = load_scenario(name)
    assert yaml.safe_load(scenario_text(scenario)) == scenario.model_dump(exclude_none=True)
