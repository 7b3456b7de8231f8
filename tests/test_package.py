"""What is built and installed is whole, what is pinned is what is tested, and no package index is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from entente import scenario_names
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def call(*command: object, folder: Path, **environment: str) -> str:
    """What a command prints; its own words where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def repository_files() -> list[Path]:
    """The files of the repository, those not yet committed included, that are there."""
    names = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT).split("\0")
    return sorted({Path(name) for name in names if name and (ROOT / name).is_file()})


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's files and nothing else, so that building leaves no trace in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for file in repository_files():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes((ROOT / file).read_bytes())
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, folder=source)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("target")
    call(
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
        "--target", target, wheel, folder=target,
    )  # fmt: skip
    return target


FOR_EDITORS = {"scenario.schema.json"}
"""What stands beside the scenarios and is read by nothing that runs."""


def test_a_wheel_holds_every_file_of_its_packages_and_no_other(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    declared = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    folders = [Path(*package.split(".")) for package in declared["packages"]]
    kept = {
        (folder / file.name).as_posix()
        for folder in folders
        for file in (source / folder).iterdir()
        if file.is_file() and file.name not in FOR_EDITORS
    }
    assert held == kept
    assert sum(name.endswith(".yaml") for name in held) > 50


WHERE = """
import json, agents, model, model.schema.load as load
print(json.dumps([agents.__file__, model.__file__, str(load.CONFIGS)]))
print(json.dumps(load.scenario_names()))
"""


def test_an_installed_package_runs_far_from_the_checkout(installed, tmp_path):
    places, names = call(sys.executable, "-c", WHERE, folder=tmp_path, PYTHONPATH=str(installed)).splitlines()
    for place in json.loads(places):
        assert Path(place).is_relative_to(installed), place
    assert json.loads(names) == scenario_names()
    said = call(
        sys.executable, "-m", "entente", "run", "memo-2001", "--months", "6", "--no-figures", "--json",
        folder=tmp_path, PYTHONPATH=str(installed),
    )  # fmt: skip
    report = json.loads(said)
    assert report["years"] == [2001, 2002]
    assert "rus-chn-2001" in report["treaties"]
    (folder,) = (tmp_path / "runs").iterdir()
    assert (folder / "treaties.parquet").is_file()


# -- pins -----------------------------------------------------------------------------------


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def direct() -> list[Requirement]:
    """What pyproject.toml names: dependencies and every extra."""
    named = project()
    extras = [text for texts in named["optional-dependencies"].values() for text in texts]
    return [Requirement(text) for text in [*named["dependencies"], *extras]]


def pins() -> dict[str, str]:
    """The exact versions of constraints.txt; any other line that is no comment is refused."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text:
            pin = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!+]+)", text)
            assert pin, f"constraints.txt: {line}: pins nothing exactly"
            name = canonicalize_name(pin[1])
            assert name not in found, f"constraints.txt: {name} is pinned twice"
            found[name] = pin[2]
    return found


@pytest.mark.parametrize("requirement", direct(), ids=lambda r: r.name)
def test_what_the_project_names_is_pinned_within_its_range_and_installed_as_pinned(requirement):
    name = canonicalize_name(requirement.name)
    pinned = pins().get(name)
    assert pinned, f"constraints.txt does not pin {name}"
    assert requirement.specifier.contains(pinned, prereleases=True), f"{requirement} is pinned to {pinned}"
    assert metadata.version(name) == pinned


def test_what_is_installed_for_the_project_agrees_with_the_pins():
    """Through all that the direct dependencies need in turn, as far as it is installed here."""
    pinned, seen = pins(), set()
    waiting = [(canonicalize_name(r.name), frozenset(r.extras)) for r in direct()]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        assert pinned.get(name) == there.version, (
            f"{name} {there.version} is installed, constraints.txt: {pinned.get(name)}"
        )
        for text in there.requires or ():
            need = Requirement(text)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append((canonicalize_name(need.name), frozenset(need.extras)))
    assert len(seen) > 60


def test_every_folder_of_code_or_scenarios_is_declared(source):
    declared = tomllib.loads((source / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        ".".join(file.parent.parts)
        for file in repository_files()
        if file.parts[0] in ("agents", "model", "configs") and file.suffix in {".py", ".yaml"}
    }
    assert not found - set(declared)


# -- what the files name ----------------------------------------------------------------------

# Put together here, so that this file names none either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pypi", "python", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("npmjs", "org"),
        ("npmjs", "com"), ("yarnpkg", "com"), ("crates", "io"), ("rubygems", "org"), ("proxy", "golang", "org"),
    )
]  # fmt: skip


def test_no_file_names_the_host_of_a_package_index():
    files = repository_files()
    assert len(files) > 100
    found = [
        f"{file}: {host}"
        for file in files
        for host in HOSTS
        if host.encode() in (ROOT / file).read_bytes().lower()
    ]
    assert not found
