"""Every scenario of configs/ loads, runs, says what it is for, and differs from what it extends."""

from __future__ import annotations

import json

import numpy as np
import pytest

from entente import load_run, load_scenario, run, scenario_names
from entente.cli import main
from entente.schema.load import SCENARIOS
from entente.schema.yaml12 import read_yaml
from entente.telling.why import why


@pytest.mark.parametrize("name", scenario_names())
def test_it_loads_runs_and_changes_some_outcome(name):
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.summary
    done = run(scenario, 1)
    extends = read_yaml(SCENARIOS / f"{name}.yaml")[0].get("extends")
    if isinstance(extends, str):
        base = run(extends, 1)
        if base.world.treaties == done.world.treaties:
            names = ("depth", "perception", "accepted", "alignment", "consulted", "offer", "price")
            assert any(not np.array_equal(done.trajectory[n], base.trajectory[n]) for n in names)


def test_run_folder_and_why(tmp_path, capsys):
    out = tmp_path / "run"
    for folder in (out, tmp_path / "again"):
        main_ok(["run", "memo-2001", "--months", "20", "--seed", "2", "--json", "--out", str(folder)])
    report = json.loads(capsys.readouterr().out.splitlines()[0])
    assert report["years"] == [2001, 2002, 2003]
    assert all(len(t["depth"]) == 3 == len(t["members"]) for t in report["treaties"].values())
    files = sorted(p.relative_to(out) for p in out.rglob("*") if p.is_file() and p.name != "manifest.json")
    assert len(files) == 9 + 2 + 12
    for file in files:
        assert (out / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file
    kept = load_run(out)
    assert kept.scenario == load_scenario("memo-2001", {"months": 20})
    assert why(kept.scenario, kept.tables, "tashkent", "2002-05")


def main_ok(arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0


def test_a_starter_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main_ok(["new", "mine"])
    main_ok(["check", "mine.yaml"])
    assert run(tmp_path / "mine.yaml").treaties["depth"].max() > 0
