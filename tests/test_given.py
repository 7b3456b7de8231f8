"""Tables that users give are read as they were meant, whatever wrote them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.experiments.given import csv_frame

MEANT = pd.DataFrame(
    {
        "behaviour.rise": [0.25, 0.5],
        "switches.lock": [True, False],
        "treaties.t.hub": ["NA", "NO"],
        "months": [12, 24],
    }
)


@pytest.mark.parametrize(
    "text",
    [
        MEANT.to_csv(index=False),
        MEANT.to_csv(),
        MEANT.to_csv(index=False, sep=";", decimal=","),
        MEANT.to_csv(index=False, sep="\t"),
        MEANT.to_csv(index=False).replace(",", " , ").replace("\n", "\r\n"),
    ],
)
def test_all_forms_of_a_table_are_the_same_table(text):
    pd.testing.assert_frame_equal(csv_frame(text), MEANT.astype({"treaties.t.hub": object}), check_dtype=False)


@settings(max_examples=100)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_numbers_are_read_to_the_last_bit(numbers):
    text = "x\n" + "\n".join(map(repr, numbers)) + "\n"
    assert csv_frame(text)["x"].tolist() == numbers


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a,b\n1,2\n3,\n", "line 3: b: empty"),
        ("a,\n1,2\n", "column 2 has no name"),
        ("a,b\n1\n", "line 2: b: empty"),
    ],
)
def test_what_is_not_there_is_said(text, rule):
    with pytest.raises(ValueError, match=rule):
        csv_frame(text)
