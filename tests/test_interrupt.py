"""Ctrl-C: it is heard at once, the command says what stays, and what stays is gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STUDY = """
name: long
scenario: memo-2001
months: 240
factors: {behaviour.rise: {uniform: [.2, .5]}}
design: {kind: latin_hypercube, points: 6000}
replicates: 4
seed: 1
"""


def interrupted(arguments: list[str], folder: Path, ready) -> tuple[int, str]:
    """Start a command, interrupt it once `ready` says so, and return its code and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "entente", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 300
    while not ready() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert process.poll() is None, process.communicate()[1]
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=300)
    return process.returncode, said


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["batch", "long.yaml", "--workers", "1", "--out", "out"], "out/outcomes/*.parquet"),
        (["batch", "long.yaml", "--workers", "2", "--out", "out"], "out/outcomes/*.parquet"),
        (["decide", "keep-apart", "--draws", "60", "--out", "out"], "out/kept/*.parquet"),
    ],
)
def test_what_is_finished_stays_and_is_named(tmp_path, arguments, kept) -> None:
    (tmp_path / "long.yaml").write_text(STUDY)
    code, said = interrupted(arguments, tmp_path, lambda: any(tmp_path.glob(kept)))
    assert code == 130, said
    assert "entente: stopping" in said
    assert "entente: interrupted; what was finished stays in out, and the same command goes on with it" in said
    assert "Traceback" not in said
    assert any(tmp_path.glob(kept))
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_written_at_the_end_is_not_written_at_all(tmp_path) -> None:
    begun = time.monotonic()
    code, said = interrupted(
        ["compare", "memo-2001", "us-satisfied", "--replicates", "20000", "--out", "out"], tmp_path,
        lambda: time.monotonic() - begun > 6,
    )  # fmt: skip
    assert code == 130, said
    assert "entente: interrupted; what was not finished was not written" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
