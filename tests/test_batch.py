"""Studies on disk: the same files whatever happens, and nothing finished ever lost."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.sample import sobol

from entente import InputError, load_run, run
from entente.cli import main
from entente.experiments.batch import run_batch
from entente.experiments.design import load_study, make_points
from entente.experiments.digest import SERIAL, SUMMED, outcomes_digest, outcomes_sum
from entente.experiments.folder import one_run, run_of, verify
from entente.experiments.plan import make_batch
from entente.experiments.redraw import redraw
from entente.experiments.shipped import study_names
from entente.experiments.store import Store

STUDY = """
name: little
scenario: memo-2001
months: 24
factors:
  behaviour.rise: {uniform: [.2, .5]}
  treaties.rus-chn-2001.articles.consultation.on: {list: [true, false]}
design: {kind: latin_hypercube, points: 24}
replicates: 5
seed: 4
outcomes: [depth:rus-chn-2001, rung:tashkent@max, dyad:CHN-RUS@2002]
keep: yearly
"""
TIMES = {"begun", "finished", "seconds", "runs_per_s", "resumed"}


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "little.yaml"
    path.write_text(STUDY)
    return str(path)


def contents(folder: Path) -> dict[str, bytes]:
    """All data files, and the manifest without its times; figures are drawn from these."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files if path.parent.name != "figures"}
    manifest = json.loads(found["manifest.json"])
    found["manifest.json"] = json.dumps({k: v for k, v in manifest.items() if k not in TIMES}).encode()
    return found


def test_the_same_files_for_any_number_of_workers(study, tmp_path):
    for workers in (1, 2, 3):
        run_batch(make_batch(study, block=17), tmp_path / str(workers), workers)
    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(tmp_path / "3")


def test_the_same_outcomes_for_any_block_size(study, tmp_path):
    reports = [run_batch(make_batch(study, block=size), tmp_path / f"b{size}", 2) for size in (1, 7, 64, 1000)]
    assert len({report["outcomes_sha256"] for report in reports}) == 1
    assert {report["runs"] for report in reports} == {120}


@settings(max_examples=50)
@given(st.integers(0, 40), st.lists(st.integers(0, 40), max_size=4), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_how_runs_are_cut_or_in_what_order_they_come(runs, cuts, dice):
    values = np.random.default_rng(runs)
    table = pd.DataFrame(
        {
            "point": np.arange(runs) // 3,
            "replicate": np.arange(runs) % 3,
            "a": values.random(runs),
            "b": values.random(runs),
        }
    )
    table.loc[table.index % 5 == 4, "b"] = np.nan
    whole = outcomes_digest([outcomes_sum(table, ["a", "b"])], ["a", "b"])
    order = list(range(runs))
    dice.shuffle(order)
    edges = [0, *sorted(min(cut, runs) for cut in cuts), runs]
    sums = [outcomes_sum(table.iloc[order[a:b]], ["a", "b"]) for a, b in zip(edges, edges[1:], strict=False)]
    dice.shuffle(sums)
    assert outcomes_digest(sums, ["a", "b"]) == whole
    assert outcomes_digest(sums, ["b", "a"]) != whole
    if runs:
        for column in ("point", "replicate", "a"):
            other = table.copy()
            other.loc[runs - 1, column] += 1
            assert outcomes_digest([outcomes_sum(other, ["a", "b"])], ["a", "b"]) != whole


def test_a_finished_study_is_verified_also_one_with_a_digest_of_the_old_kind(study, tmp_path, capsys):
    out = tmp_path / "out"
    report = run_batch(make_batch(study, block=17), out)
    main_ends(["runs", str(out), "--verify"])
    assert "are what the manifest says" in capsys.readouterr().out
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["digest"] == SUMMED
    # As such folders were written: no mark, no sums, and one hash of the sorted outcomes.
    table = load_run(out).outcomes
    whole = hashlib.sha256()
    for name in table.columns:
        kind = "<i8" if name in ("point", "replicate") else "<f8"
        whole.update(name.encode() + hashlib.sha256(table[name].to_numpy().astype(kind).tobytes()).digest())
    old = {key: value for key, value in manifest.items() if key not in ("digest", "sums")}
    (out / "manifest.json").write_text(json.dumps(old | {"outcomes_sha256": whole.hexdigest()}))
    assert verify(out) == len(manifest["files"])
    for mark in (SERIAL, SUMMED):
        (out / "manifest.json").write_text(
            json.dumps(old | {"digest": mark, "outcomes_sha256": report["outcomes_sha256"][::-1]})
        )
        with pytest.raises(InputError, match="not those that the manifest says"):
            verify(out)
    with pytest.raises(InputError, match="no finished study"):
        verify(tmp_path)


def test_each_run_is_the_run_that_it_would_be_alone(study, tmp_path):
    batch = make_batch(study)
    run_batch(batch, tmp_path / "out")
    outcomes = pd.read_parquet(tmp_path / "out" / "outcomes").set_index(["point", "replicate"])
    for point, replicate in ((0, 0), (13, 4)):
        changes = {
            path: value.item() if hasattr(value, "item") else value
            for path, value in batch.design.loc[point].items()
        }
        alone = run(batch.scenario, batch.study.seed, replicate=replicate, changes=changes)
        depth = alone.trajectory["depth"][-1, alone.world.treaties.index("rus-chn-2001")]
        assert outcomes.loc[(point, replicate), "depth:rus-chn-2001"] == depth


def test_a_study_stopped_anywhere_goes_on_to_the_same_files(study, tmp_path, monkeypatch):
    run_batch(make_batch(study, block=10), tmp_path / "whole", 1)
    add, left = Store.add, 5

    def dies(self, files, *sums):
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")
        add(self, files, *sums)

    monkeypatch.setattr(Store, "add", dies)
    with pytest.raises(InputError, match="No space left on device"):
        run_batch(make_batch(study, block=10), tmp_path / "out", 1)
    monkeypatch.undo()
    report = run_batch(make_batch(study, block=10), tmp_path / "out", 1)
    assert report["resumed"] == 30
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_study_killed_again_and_again_ends_with_the_same_files(study, tmp_path):
    """SIGKILL at random moments; every time the same command is given again."""
    Path(study).write_text(STUDY.replace("points: 24", "points: 400").replace("months: 24", "months: 60"))
    whole = run_batch(make_batch(study), tmp_path / "whole", 2)
    command = [
        sys.executable,
        "-m",
        "model",
        "batch",
        study,
        "--out",
        str(tmp_path / "out"),
        "--json",
        "--workers",
        "2",
    ]
    dice = random.Random(1)
    for _ in range(20):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.0, 3.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcomes_sha256"] == whole["outcomes_sha256"]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_study_killed_as_it_begins_goes_on(study, tmp_path):
    """A manifest without its design, or nothing but a half-written file, is no obstacle."""
    run_batch(make_batch(study), tmp_path / "whole")
    out = tmp_path / "out"
    out.mkdir()
    (out / ".manifest.json.1.2.part").write_text("{")
    (out / ".lock").touch()
    run_batch(make_batch(study), out)
    assert contents(out) == contents(tmp_path / "whole")
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(manifest | {"files": {}, "state": "running"}))
    (out / "design.parquet").unlink()
    run_batch(make_batch(study), out)
    assert contents(out) == contents(tmp_path / "whole")


def test_a_finished_study_is_recognised_and_a_damaged_part_is_done_again(study, tmp_path):
    first = run_batch(make_batch(study, block=30), tmp_path / "out")
    again = run_batch(make_batch(study, block=30), tmp_path / "out")
    assert {**again, "peak_rss_mib": 0} == {**first, "peak_rss_mib": 0}
    before = contents(tmp_path / "out")
    part = tmp_path / "out" / "outcomes" / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-9])
    assert run_batch(make_batch(study, block=30), tmp_path / "out")["resumed"] == 90
    assert contents(tmp_path / "out") == before


def test_another_study_or_scenario_is_refused_and_fresh_begins_anew(study, tmp_path):
    run_batch(make_batch(study), tmp_path / "out")
    Path(study).write_text(STUDY.replace("seed: 4", "seed: 5"))
    with pytest.raises(InputError, match="another study"):
        run_batch(make_batch(study), tmp_path / "out")
    Path(study).write_text(STUDY.replace("months: 24", "months: 25"))
    with pytest.raises(InputError, match="another scenario and study"):
        run_batch(make_batch(study), tmp_path / "out")
    assert run_batch(make_batch(study), tmp_path / "out", fresh=True)["resumed"] == 0


def test_fresh_removes_nothing_that_is_not_ours(study, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="holds no study"):
        run_batch(make_batch(study), tmp_path / "mine", fresh=True)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_one_process_writes_a_folder(study, tmp_path):
    batch = make_batch(study)
    (tmp_path / "out").mkdir()
    holder = (
        "import fcntl, sys; f = open(sys.argv[1], 'a+b'); fcntl.flock(f, 2); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path / "out" / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        with pytest.raises(InputError, match="another process"):
            run_batch(batch, tmp_path / "out")
        other.kill()
        other.wait()
    assert run_batch(batch, tmp_path / "out")["ok"] == 120


def test_impossible_points_are_recorded_and_the_others_run(tmp_path, capsys):
    (tmp_path / "points.csv").write_text("behaviour.rise,treaties.tashkent.obligation\n.3,4\n9,4\n.4,2.5\n.5,3\n")
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: memo-2001\nmonths: 3\nfactors: {}\ndesign: {kind: table, file: points.csv}\nreplicates: 2\n"
    )
    with pytest.raises(SystemExit) as stop:
        main(["batch", str(path), "--out", str(tmp_path / "out"), "--json"])
    assert stop.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["runs"], report["ok"], report["failed"]) == (8, 4, 4)
    failed = pd.read_parquet(tmp_path / "out" / "failed.parquet")
    assert failed["point"].tolist() == [1, 2]
    assert "must be at most 1" in failed["message"][0]


BAD = {
    "unknown path": (STUDY.replace("behaviour.rise", "behaviour.linkige"), "did you mean behaviour.linkage"),
    "out of bounds": (STUDY.replace("[.2, .5]", "[.2, 5]"), "must be at most 1"),
    "backwards": (STUDY.replace("[.2, .5]", "[.5, .2]"), "must be below"),
    "two kinds": (STUDY.replace("{uniform: [.2, .5]}", "{uniform: [.2, .5], list: [1]}"), "exactly one of"),
    "no points": (STUDY.replace("points: 24", "points: 0"), "at least 1"),
    "too many runs": (STUDY.replace("points: 24", "points: 100000000").replace("replicates: 5", "replicates: 10000"), "1e+12 runs"),
    "range in a factorial": (STUDY.replace("{kind: latin_hypercube, points: 24}", "{kind: full_factorial}"), "needs values"),
    "unknown outcome": (STUDY.replace("depth:rus-chn-2001", "depht:rus-chn-2001"), "did you mean depth"),
    "unknown series": (STUDY + "trajectories: [depth:tashkant]\n", "must be the series of an outcome"),
    "series without keeping": (STUDY.replace("keep: yearly", "keep: none") + "trajectories: [depth:rus-chn-2001]\n", "keep is none"),
    "unknown design": (STUDY.replace("latin_hypercube", "latin_cube"), "must be one of"),
    "unknown scenario": (STUDY.replace("scenario: memo-2001", "scenario: memo-2002"), "did you mean memo-2001"),
    "unknown field": (STUDY + "replicas: 3\n", "did you mean replicates"),
    "no factors": ("scenario: memo-2001\nfactors: {}\ndesign: {kind: full_factorial}\n", "none named"),
    "base no power of two": (STUDY.replace("{kind: latin_hypercube, points: 24}", "{kind: saltelli, base: 100}"), "the nearest is 128"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_study_gets_one_sentence(case, tmp_path, capsys):
    text, part = BAD[case]
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(SystemExit) as stop:
        main(["batch", str(path), "--out", str(tmp_path / "out")])
    told = capsys.readouterr()
    assert stop.value.code == 2
    assert part in told.err
    assert told.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_gets_one_sentence(study, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as stop:
        main(["batch", study, "--out", str(tmp_path / "file" / "below")])
    assert stop.value.code == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_dry_run_makes_nothing(study, tmp_path, capsys):
    main_ends(["batch", study, "--out", str(tmp_path / "out"), "--dry-run", "--json"])
    assert json.loads(capsys.readouterr().out)["runs"] == 120
    assert not (tmp_path / "out").exists()


def main_ends(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code in (0, None)


@pytest.mark.parametrize("name", study_names())
def test_every_study_of_the_repository_is_sound(name):
    assert make_batch(name).runs > 0


@pytest.mark.parametrize(
    "kind", ["latin_hypercube, points: 8", "sobol, points: 8", "saltelli, base: 8", "morris, trajectories: 4"]
)
def test_designs_repeat_and_seed_zero_is_a_seed(kind, tmp_path):
    path = tmp_path / "s.yaml"

    def points(seed: int) -> pd.DataFrame:
        path.write_text(
            "scenario: memo-2001\nfactors: {behaviour.rise: {uniform: [.2, .5]}, behaviour.size: {log_uniform: [.1, 1]}}\n"
            f"design: {{kind: {kind}}}\nseed: {seed}\n"
        )
        return make_points(*load_study(str(path))).whole()

    assert points(0).equals(points(0))
    assert not points(0).equals(points(1))
    assert points(0)["behaviour.rise"].between(0.2, 0.5).all()
    assert points(0)["behaviour.size"].between(0.1, 1).all()


def test_a_saltelli_design_is_salibs(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(
        "scenario: memo-2001\nfactors: {behaviour.rise: {uniform: [0.2, 0.4]}, behaviour.fall: {uniform: [0.2, 0.4]}}\n"
        "design: {kind: saltelli, base: 16}\nseed: 6\n"
    )
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    unit = sobol.sample(problem, 16, calc_second_order=False, seed=7)
    assert np.allclose(make_points(*load_study(str(path))).whole(), 0.2 + 0.2 * unit)


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(2, 6))
def test_a_latin_hypercube_fills_every_stratum_once(points, seed):
    from entente.experiments.design import unit_points
    from entente.schema.study import Study

    study = Study.model_validate(
        {"scenario": "memo-2001", "factors": {"behaviour.rise": {"uniform": [0.2, 0.5]}}, "seed": seed,
         "design": {"kind": "latin_hypercube", "points": points}}
    )  # fmt: skip
    assert sorted(np.floor(unit_points(study)[:, 0] * points)) == list(range(points))


def test_a_study_is_read_back(study, tmp_path):
    run_batch(make_batch(study), tmp_path / "out")
    kept = load_run(tmp_path / "out")
    assert (len(kept.design), len(kept.outcomes), len(kept.failed)) == (24, 120, 0)
    assert kept.trajectories["month"].unique().tolist() == ["2001-12", "2002-12"]
    with pytest.raises(InputError, match="entente run --from"):
        one_run(tmp_path / "out")
    with pytest.raises(InputError, match="points 0 to 23"):
        run_of(tmp_path / "out", 24)


def figures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}


def test_a_resumed_study_is_drawn_as_an_undisturbed_one(study, tmp_path, monkeypatch):
    """Also where figures of the half-done study were drawn in between."""
    run_batch(make_batch(study, block=10), tmp_path / "whole")
    redraw(tmp_path / "whole")
    interrupt = iter([None, KeyboardInterrupt()])

    def progress(done: int) -> None:
        error = next(interrupt, None)
        if error is not None:
            raise error

    with pytest.raises(KeyboardInterrupt):
        run_batch(make_batch(study, block=10), tmp_path / "out", 1, progress=progress)
    assert 0 < len(load_run(tmp_path / "out").outcomes) < 120
    redraw(tmp_path / "out")
    assert figures(tmp_path / "out") != figures(tmp_path / "whole")
    run_batch(make_batch(study, block=10), tmp_path / "out")
    redraw(tmp_path / "out")
    assert figures(tmp_path / "out") == figures(tmp_path / "whole")


def test_figures_of_a_large_study_come_from_a_sample_that_is_always_the_same(study, tmp_path):
    run_batch(make_batch(study), tmp_path / "out")
    some = [load_run(tmp_path / "out", most) for most in (40, 40, 10)]
    assert [(len(kept.design), len(kept.outcomes)) for kept in some] == [(24, 24), (24, 24), (10, 10)]
    assert some[0].outcomes.equals(some[1].outcomes)
    assert set(some[2].outcomes["replicate"]) == {0}


def test_any_row_can_be_looked_at_in_full(study, tmp_path):
    main_ends(["batch", study, "--out", str(tmp_path / "out")])
    drawn = {path.name for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"outcome-01.png", "outcome-03.svg", "time-depth-rus-chn-2001.png"} <= drawn
    options = ["--from", str(tmp_path / "out"), "--point", "17", "--replicate", "3", "--no-figures"]
    main_ends(["run", *options, "--out", str(tmp_path / "one")])
    outcomes = load_run(tmp_path / "out").outcomes.set_index(["point", "replicate"]).loc[(17, 3)]
    tables = load_run(tmp_path / "one").tables
    depth = tables["treaties"].query("treaty == 'rus-chn-2001'")["depth"].iloc[-1]
    assert depth == outcomes["depth:rus-chn-2001"]
    assert tables["treaties"].query("treaty == 'tashkent'")["rung"].max() == outcomes["rung:tashkent@max"]


def test_folders_are_listed(study, tmp_path, capsys):
    run_batch(make_batch(study), tmp_path / "runs" / "one")
    main_ends(["runs", str(tmp_path / "runs")])
    assert "study little  finished" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_reading_a_study_leaves_no_thread_behind(study, tmp_path):
    # A pool that still ends as a short process leaves aborts it: its work done, it exits with -6.
    run_batch(make_batch(study, 64), tmp_path / "out", 1)
    code = (
        "import os, entente.experiments.folder as f\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        f"f.load_run({str(tmp_path / 'out')!r})\n"
        "print(before, len(os.listdir('/proc/self/task')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = done.stdout.split()
    assert before == after
