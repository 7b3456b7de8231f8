"""A folder of ties: what can be read is read, and what cannot is listed."""

from __future__ import annotations

import pytest

from entente import InputError
from entente.evidence.ties import load_ties

WORLD = """
extends: memo-2001
name: {name}
"""
RECORD = "tie,treaty,year,rung\nRUS-CHN,rus-chn-2001,2002,2\nRUS-CHN,rus-chn-2001,2003,2\n"


def put(folder, name, record=RECORD):
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(WORLD.format(name=name))
    if record is not None:
        (folder / f"{name}.csv").write_text(record)


def test_ties_are_read_in_the_order_of_names_and_the_others_listed(tmp_path):
    put(tmp_path, "b")
    put(tmp_path, "a")
    put(tmp_path / "below", "c")
    put(tmp_path, "lonely", record=None)
    put(tmp_path, "wrong", RECORD.replace("rus-chn-2001", "rus-chn-2002"))
    (tmp_path / "table.csv").write_text("of,no\ntie,at all\n")
    found = load_ties(tmp_path)
    assert [tie.name for tie in found.ties] == ["a", "b", "below/c"]
    assert [cell.rung for cell in found.ties[0].record.cells] == [2, 2]
    assert list(found.failed["name"]) == ["lonely", "wrong"]
    assert "no record lonely.csv" in found.failed["message"][0]
    assert "did you mean rus-chn-2001" in found.failed["message"][1]


def test_a_folder_without_ties_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        load_ties(tmp_path / "none")
    with pytest.raises(InputError, match="holds no scenario"):
        load_ties(tmp_path)
    put(tmp_path, "lonely", record=None)
    with pytest.raises(InputError, match=r"the first of 1: .*lonely"):
        load_ties(tmp_path)
