"""Hostile files and options: each is taken, or refused in one sentence. `make fuzz` goes on for as long as one likes."""

from __future__ import annotations

import os

import numpy as np
import pytest

from entente import InputError, load_scenario, run, simulate
from entente.errors import shown
from entente.experiments.given import csv_frame

from .fuzz import attack, option_violation

CASES, PARTS = 240, 4
OPTIONS = 120


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutated_file_is_taken_amiss(part: int) -> None:
    counted, found = attack(seed=int(os.environ.get("ENTENTE_FUZZ_SEED", "0")) + part, cases=CASES)
    assert sum(counted.values()) == CASES
    assert found == []


def test_no_hostile_option_ends_in_a_traceback(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = []
    for case in range(OPTIONS):
        arguments, words = option_violation(np.random.default_rng([1, case]))
        said = capsys.readouterr().err
        if words or "Traceback" in said or len(said.strip().splitlines()) > 1:
            wrong.append((arguments, words, said[:200]))
    assert wrong == []


def test_a_sentence_is_a_line() -> None:
    assert str(InputError("a\nb\r\nc")) == "a\\nb\\nc"
    assert shown(10**5000) == "a number too long to be shown"


@pytest.mark.parametrize("digits", [309, 400, 4000])
def test_a_number_too_large_to_compute_with_is_refused(digits: int) -> None:
    with pytest.raises(InputError, match=r"must be a (finite )?number"):
        load_scenario("memo-2001", {"behaviour.rise": 10**digits})
    with pytest.raises(InputError, match=r"must be a (finite )?number"):
        load_scenario({"extends": "memo-2001", "behaviour": {"rise": 10**digits}})


def test_cells_beyond_the_header_are_not_lost() -> None:
    with pytest.raises(ValueError, match="more cells than the header"):
        csv_frame("a,b\n1,2,3\n4,5,6\n")


@pytest.mark.parametrize("name", ["seed", "replicate", "months"])
def test_whole_numbers_of_numpy_are_whole_numbers_and_nothing_else_is(name: str) -> None:
    plain = run("memo-2001", **{"seed": 3, "replicate": 2, "months": 4}).trajectory["depth"]
    given = {"seed": 3, "replicate": 2, "months": 4}
    assert np.array_equal(run("memo-2001", **(given | {name: np.int64(given[name])})).trajectory["depth"], plain)
    for wrong in (True, 3.0, np.float64(3), "3", -1, 2**63, 10**5000, np.bool_(True)):
        with pytest.raises(InputError, match=f"{name}: .*: must be a whole number"):
            run("memo-2001", **(given | {name: wrong}))


@pytest.mark.parametrize("name", ["seed", "replicates", "months", "shared"])
def test_the_same_holds_of_many_runs(name: str) -> None:
    given = {"seed": 3, "replicates": 2, "months": 4, "shared": 1}
    plain = simulate("memo-2001", **given).outcomes
    assert simulate("memo-2001", **(given | {name: np.int32(given[name])})).outcomes.equals(plain)
    for wrong in (True, 3.0, "3", -1, 2**63):
        with pytest.raises(InputError, match=f"{name}: .*: must be a whole number"):
            simulate("memo-2001", **(given | {name: wrong}))
