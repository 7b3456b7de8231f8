"""What a study holds in memory at once follows from the size of its blocks, not from the number of its runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

WORLD = """
name: tiny
start: 2000-01
months: 12
states:
  A: {name: A, place: {longitude: 0, latitude: 0}, capability: 0.1, exposure: {x: 0.5}, contribution: {x: 0.5}}
  B: {name: B, place: {longitude: 0, latitude: 0}, capability: 0.2, exposure: {x: 0.5}, contribution: {x: 0.5}}
sources: {x: {name: x, origin: Elsewhere, base: 0.3, need: 0.8}}
treaties: {t: {name: t, parties: {A: true, B: true}, signed: 2000-01, obligation: 1, scope: {x: 1}}}
"""
STUDY = """
scenario: tiny.yaml
factors: {behaviour.rise: {uniform: [.2, .5]}, behaviour.fall: {uniform: [.02, .2]}}
design: {kind: latin_hypercube, points: POINTS}
replicates: 20
outcomes: [depth:t, rung:t]
keep: monthly
"""
CODE = """
import sys
from entente.experiments.batch import make_batch, run_batch

print(run_batch(make_batch(sys.argv[1]), sys.argv[2], 2)["peak_rss_mib"])
"""
MORE_MIB = 64
"""Far below what the kept series of the larger study would take in memory: 73 MiB of numbers and the months beside them."""


@pytest.mark.skipif(sys.platform == "win32", reason="the system does not tell")
def test_ten_times_the_runs_take_hardly_more_memory(tmp_path):
    (tmp_path / "tiny.yaml").write_text(WORLD)
    peaks = []
    for points in (1_000, 10_000):
        (tmp_path / f"{points}.yaml").write_text(STUDY.replace("POINTS", str(points)))
        command = [sys.executable, "-c", CODE, str(tmp_path / f"{points}.yaml"), str(tmp_path / str(points))]
        peaks.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] < peaks[0] + MORE_MIB, peaks
