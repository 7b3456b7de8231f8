"""Damaged folders of runs and studies: one sentence, or what was written, and never other numbers."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from entente import InputError, load_run, run
from entente.cli import main
from entente.experiments.folder import Run, folders

CASES = 60
WRONG: list[Any] = [[], None, 7, "x", {}, -1, 1.5, "9" * 5000, [[[]]], {"a": 1}]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run and a study, as they were finished."""
    home = tmp_path_factory.mktemp("whole")
    run("memo-2001", 0, months=6).save(home / "run", figures=False)
    (home / "study.yaml").write_text(
        "name: small\nscenario: memo-2001\nmonths: 6\nreplicates: 3\noutcomes: [depth:rus-chn-2001]\nkeep: yearly\n"
        "design: {kind: full_factorial}\nfactors: {behaviour.linkage: {list: [0, 0.5]}}\n"
    )
    with pytest.raises(SystemExit) as ended:
        main(["batch", str(home / "study.yaml"), "--out", str(home / "study"), "--no-figures"])
    assert ended.value.code == 0
    return {kind: home / kind for kind in ("run", "study")}


def frames(folder: Path) -> dict[str, Any]:
    kept = load_run(folder)
    if isinstance(kept, Run):
        return kept.tables
    return {
        "design": kept.design,
        "outcomes": kept.outcomes,
        "trajectories": kept.trajectories,
        "failed": kept.failed,
    }


def same_or_refused(folder: Path, before: dict[str, Any]) -> bool:
    """Whether the folder was refused; where it was not, its tables are those that were written."""
    said = ""
    try:
        after = frames(folder)
    except InputError as error:
        said = str(error)
    if said:
        assert len(said) < 600
        assert "\n" not in said
        return True
    assert all(after[name].equals(frame) for name, frame in before.items())
    return False


@pytest.mark.parametrize("kind", ["run", "study"])
def test_flipped_bits_never_give_other_numbers(whole, kind, tmp_path):
    before, rng, refused = frames(whole[kind]), np.random.default_rng(0), 0
    for case in range(CASES):
        folder = tmp_path / str(case)
        shutil.copytree(whole[kind], folder)
        files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".parquet", ".yaml")]
        path = files[rng.integers(len(files))]
        content = bytearray(path.read_bytes())
        content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(content))
        refused += same_or_refused(folder, before)
        shutil.rmtree(folder)
    assert refused > CASES / 2


@pytest.mark.parametrize("kind", ["run", "study"])
def test_manifests_that_are_not_what_they_should_be_end_in_a_sentence(whole, kind, tmp_path):
    before = frames(whole[kind])
    folder = tmp_path / "one"
    shutil.copytree(whole[kind], folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    damaged = [json.dumps(value) for value in WRONG] + ["", "{", "[" * 100_000, '{"format": 1}']
    for key in manifest:
        damaged.append(json.dumps({name: value for name, value in manifest.items() if name != key}))
        damaged += [json.dumps(manifest | {key: value}) for value in WRONG]
    for text in damaged:
        (folder / "manifest.json").write_text(text)
        same_or_refused(folder, before)
        assert isinstance(folders(tmp_path), list), "the others are listed"


def test_a_damaged_folder_is_named_among_the_others(whole, tmp_path):
    for name in ("good", "bad"):
        shutil.copytree(whole["run"], tmp_path / name)
    (tmp_path / "bad" / "manifest.json").write_text('{"format": 1, "scenario": "memo-2001"}')
    listed = {Path(row["folder"]).name: row["state"] for row in folders(tmp_path)}
    assert listed["good"] == "finished"
    assert "seed: missing" in listed["bad"]
