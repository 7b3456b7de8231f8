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
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from entente import run, scenario_names

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


def built(folder: Path, dist: Path) -> Path:
    """The wheel of the project in a folder."""
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", dist, folder, folder=folder)
    (wheel,) = dist.glob("*.whl")
    return wheel


def install(target: Path, wheel: Path) -> None:
    call(
        sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
        "--target", target, wheel, folder=target.parent,
    )  # fmt: skip


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
    return built(source, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed") / "target"
    install(target, wheel)
    return target


FOLDERS = {"model": "entente", "agents": "entente.agents", "configs": "entente.configs"}
"""The folders at the top of the repository, and the packages that they are installed as."""


def package_of(folder: Path) -> str:
    """What a folder of the repository is installed as."""
    return ".".join((FOLDERS[folder.parts[0]], *folder.parts[1:]))


FOR_EDITORS = {"scenario.schema.json"}
"""What stands beside the scenarios and is read by nothing that runs."""


def test_a_wheel_holds_every_file_of_its_packages_and_no_other(source, wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    declared = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert declared["package-dir"] == {package: folder for folder, package in FOLDERS.items()}
    kept = {
        f"{package_of(file.parent).replace('.', '/')}/{file.name}"
        for file in repository_files()
        if file.parts[0] in FOLDERS and file.name not in FOR_EDITORS
    }
    assert held == kept
    assert sum(name.endswith(".yaml") for name in held) > 50


WHERE = """
import json, entente, entente.agents, entente.schema.load as load
print(json.dumps([entente.agents.__file__, entente.__file__, str(load.CONFIGS)]))
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


# -- one name ------------------------------------------------------------------------------


def test_a_wheel_installs_one_name(wheel, installed):
    with zipfile.ZipFile(wheel) as archive:
        (record,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        paths = [line.partition(",")[0] for line in archive.read(record).decode().splitlines()]
        told = archive.read(record.replace("RECORD", "top_level.txt")).decode().split()
    assert told == ["entente"]
    assert {path.partition("/")[0] for path in paths} == {"entente", record.partition("/")[0]}
    assert {path.name for path in installed.iterdir()} == {"entente", record.partition("/")[0], "bin"}


@pytest.fixture(params=["wheel", "editable"])
def ours(request) -> tuple[Path, dict[str, str]]:
    """Where the package lies, installed from a wheel and as these tests find it, and what makes Python find it."""
    if request.param == "editable":
        return ROOT, {}
    installed = request.getfixturevalue("installed")
    return installed, {"PYTHONPATH": str(installed)}


def test_no_folder_of_the_repository_is_importable_by_its_own_name(ours, tmp_path):
    code = f"from importlib.util import find_spec; print([n for n in {[*FOLDERS, 'app']} if find_spec(n)])"
    assert call(sys.executable, "-c", code, folder=tmp_path, **ours[1]) == "[]\n"


USES = """
import json, sys
from entente import run, simulate
from entente.agents.perception import perceived_threat

done = run("memo-2001", seed=1, months=4)
many = simulate("memo-2001", seed=1, months=2, outcomes=["depth:rus-chn-2001"])
assert not done.treaties.empty and len(many.outcomes) == 1
print(json.dumps([sys.modules["entente"].__file__, repr(float(done.trajectory["perception"].sum()))]))
"""
USERS = """
import agents, configs, model
assert (agents.whose, configs.whose, model.whose) == ("the user's",) * 3
"""
FOREIGN = """
import sys
if not sys.modules["__main__"].asked:
    raise ImportError(f"{__name__} of the user was imported")
whose = "the user's"
"""


@pytest.mark.parametrize("first", ["entente", "the user's"])
def test_a_script_beside_a_users_model_agents_and_configs(first, ours, tmp_path):
    """Neither takes the other's modules or data, whichever is imported first."""
    for name in ("model.py", "agents.py", "configs/__init__.py", "configs/scenarios/memo-2001.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(FOREIGN)
    asks = f"asked = True\n{USERS}"
    code = f"asked = False\n{USES}{asks}" if first == "entente" else f"{asks}{USES}"
    (tmp_path / "script.py").write_text(code)
    # The compiled month runs as Python here: a copy at another place would be compiled anew.
    said = call(sys.executable, "script.py", folder=tmp_path, NUMBA_DISABLE_JIT="1", **ours[1])
    place, number = json.loads(said)
    assert Path(place).is_relative_to(ours[0])
    assert number == repr(float(run("memo-2001", seed=1, months=4).trajectory["perception"].sum()))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a project that ships `agents` and `configs` of its own."""
    folder = tmp_path_factory.mktemp("stranger")
    for package in ("agents", "configs"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text("whose = 'a stranger'\n")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "stranger"\nversion = "1"\n'
        '[tool.setuptools]\npackages = ["agents", "configs"]\n'
    )
    return built(folder, tmp_path_factory.mktemp("dist"))


BOTH = f"""
import agents, configs
assert agents.whose == configs.whose == "a stranger"
{USES}
"""


@pytest.mark.parametrize("first", ["entente", "the stranger"])
def test_a_wheel_that_ships_agents_may_be_installed_before_or_after(first, wheel, stranger, tmp_path):
    target, folder = tmp_path / "target", tmp_path / "elsewhere"
    folder.mkdir()
    for one in (wheel, stranger) if first == "entente" else (stranger, wheel):
        install(target, one)
    said = call(sys.executable, "-c", BOTH, folder=folder, PYTHONPATH=str(target), NUMBA_DISABLE_JIT="1")
    assert Path(json.loads(said)[0]).is_relative_to(target)


def test_an_editable_install_lives_beside_a_wheel_that_ships_agents(stranger, tmp_path):
    install(tmp_path / "target", stranger)
    path = str(tmp_path / "target")
    said = call(sys.executable, "-c", BOTH, folder=tmp_path, PYTHONPATH=path, NUMBA_DISABLE_JIT="1")
    assert Path(json.loads(said)[0]).is_relative_to(ROOT)


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
    found = {package_of(file.parent) for file in repository_files() if file.parts[0] in FOLDERS}
    assert found == set(declared)


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
