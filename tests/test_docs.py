"""What README.md and docs/ show is run: blocks, output, links, generated tables, references.

In each file, in a folder of its own: ```python blocks run in order in one namespace; in ```console blocks
each line that begins with `$ ` is run by bash and must succeed, and lines below it are compared with what it
prints, `...` standing for anything; ```r blocks are run by Rscript, each by itself, where it and the packages that the block names are
installed, and their output compared; ```yaml blocks are written to the file that a comment before them names,
`<!-- file: name.yaml -->`, and so are ```python blocks that such a comment precedes, besides being run; a ```text block after `<!-- output -->` is compared with what the Python or R block before it
printed, and is otherwise left alone. Commands that set the project up (make, pip, venv, docker, git clone) are
not run: they would install it anew.
"""

from __future__ import annotations

import calendar
import contextlib
import functools
import io
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from entente.engines.interactive.alliance import PHASES
from entente.month.declare import declared
from entente.schema.behaviour import Behaviour, Institution
from entente.schema.yaml12 import read_yaml

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PREFIX = Path(sys.prefix)
R = shutil.which("Rscript")
SET_UP = re.compile(r"(make|pip|docker|git clone|python3? -m venv|\.venv/bin/python -m pip)\b")
FILE_MARK = re.compile(r"<!-- file: ([\w.-]+\.(?:yaml|py)) -->")
OUTPUT_MARK = "<!-- output -->"
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMES = r"([A-Z]\w+)(?:(?:,\s[A-Z]\w+)*,?\s+and\s+[A-Z]\w+|\s+et\s+al\.)"
WORK = re.compile(NAMES[:-1] + r"|),?\s\(?((?:19|20)\d\d)\b(?!-)")
CITED = re.compile(
    NAMES + r",?\s\(?((?:19|20)\d\d)\b"
    r"|[(;]\s?([A-Z]\w+)\s((?:19|20)\d\d)[;,)]"
    r"|([A-Z]\w+)\s\(((?:19|20)\d\d)\)"
)
ENTRY = re.compile(r"^- (?:[a-z]+ |[A-Z]')?([A-Z]\w+), [^(]*?(?:\([^)\d]*\)[^(]*?)*?\((\d{4})\)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the line that opens it, the line before that, and its text."""

    language: str
    line: int
    before: str
    text: str


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    opened: int | None = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            hidden = opened is None and re.match(r"\s+```|\s*~~~", line)
            assert not hidden, f"{page.name}:{number + 1}: a fence must be ``` at the beginning of its line"
            continue
        if opened is None:
            opened = number
            continue
        before = lines[opened - 1] if opened else ""
        text = "\n".join(lines[opened + 1 : number]) + "\n"
        found.append(Block(lines[opened][3:].strip(), opened + 1, before, text))
        opened = None
    assert opened is None, f"{page.name}:{(opened or 0) + 1}: a block that is never closed"
    return found


def commands(text: str) -> list[tuple[str, str]]:
    """Each command of a console block with the output written below it."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, output = found.pop()
            found.append((command, f"{output}{line}\n"))
    return found


def agrees(shown: str, real: str) -> bool:
    """Whether real output is what a page shows; `...` alone stands for lines, inside a line for characters."""
    pattern = ""
    for line in shown.strip("\n").splitlines():
        inside = r"[^\n]*".join(re.escape(part) for part in line.rstrip().split("..."))
        pattern += r"(?:[^\n]*\n)*?" if line.strip() == "..." else rf"{inside} *\n"
    return re.fullmatch(pattern, real.strip("\n") + "\n") is not None


def run_command(command: str, folder: Path) -> str:
    path = f"{PREFIX / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, whose modules can be imported, and are forgotten with it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / ".venv").symlink_to(PREFIX)
    yield tmp_path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(f"{tmp_path}{os.sep}"):
            del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_blocks_do_what_the_page_shows(page: Path, desk: Path):
    namespace: dict[str, object] = {"__name__": "page"}
    printed, last = "", ""
    for block in blocks(page):
        last = block.language if block.language in ("python", "r") else last
        at = f"{page.name}:{block.line}"
        named = FILE_MARK.fullmatch(block.before)
        if named:
            (desk / named.group(1)).write_text(block.text, encoding="utf-8")
        if block.language == "python":
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                exec(compile(block.text, at, "exec"), namespace)
            printed = stream.getvalue()
        elif block.language == "console":
            for command, shown in commands(block.text):
                if SET_UP.match(command):
                    continue
                real = run_command(command, desk)
                assert not shown or agrees(shown, real), f"{at}: $ {command}\nshown:\n{shown}\nreal:\n{real}"
        elif block.language == "yaml":
            assert named, f"{at}: a yaml block needs <!-- file: name.yaml --> on the line before it"
        elif block.language != "r":
            assert block.language == "text", f"{at}: {block.language or 'no language'}: nothing runs such a block"
            if block.before == OUTPUT_MARK and last == "python":
                assert agrees(block.text, printed), f"{at}: shown:\n{block.text}\nreal:\n{printed}"


R_BLOCKS = [
    (page, block, shown)
    for page in PAGES
    for block, shown in zip(blocks(page), [*blocks(page)[1:], None], strict=False)
    if block.language == "r"
]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """A folder for each page with R, in which its files were written and its commands run, made when it is first needed."""
    return Desks(tmp_path_factory)


class Desks(dict):
    """See `desks`."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self.factory = factory

    def __missing__(self, page: Path) -> Path:
        folder = self[page] = self.factory.mktemp(page.stem)
        for block in blocks(page):
            if named := FILE_MARK.fullmatch(block.before):
                (folder / named.group(1)).write_text(block.text, encoding="utf-8")
            for command, _ in commands(block.text) if block.language == "console" else ():
                run_command(command, folder)
        return folder


@functools.cache
def r_has(package: str) -> bool:
    """Whether R is installed with a package."""
    ask = f"quit(status = !requireNamespace({package!r}, quietly = TRUE))"
    return subprocess.run([R, "-e", ask], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("page", "block", "shown"), R_BLOCKS, ids=[f"{page.name}:{block.line}" for page, block, _ in R_BLOCKS]
)
def test_blocks_of_r_print_what_the_page_shows(page: Path, block: Block, shown: Block | None, desks):
    if R is None:
        pytest.skip("Rscript is not on the path")
    for package in re.findall(r"library\((\w+)\)", block.text):
        if not r_has(package):
            pytest.skip(f"R has no package {package}")
    done = subprocess.run(
        [R, "-e", block.text], cwd=desks[page], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{page.name}:{block.line}: {done.stderr}"
    if shown is not None and shown.before == OUTPUT_MARK:
        assert agrees(shown.text, done.stdout), f"{page.name}:{block.line}: real:\n{done.stdout}"


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a ... c\n", "a b c\n", True),
        ("...\nc\n", "a\nb\nc\n", True),
        ("...\nc\n...\n", "a\nc\n", True),
        ("a ...\n", "a b\nc\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_dots_stand_for_anything(shown: str, real: str, same: bool):
    assert agrees(shown, real) is same


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name}: {target}: no such file"
        assert not heading or heading in headings(file), f"{page.name}: {target}: no such heading"


def headings(page: Path) -> set[str]:
    """The headings of a page as the ends of links to them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_generated_files_are_current():
    made = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    for path, text in made["files"]().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python docs/generate.py"


def test_the_schedule_of_the_model_description_is_that_of_the_code():
    text = (ROOT / "docs" / "ODD.md").read_text(encoding="utf-8")
    schedule = text[text.index("## 3.") : text.index("## 4.")]
    assert tuple(re.findall(r"^\| `(\w+)` \|", schedule, re.MULTILINE)) == PHASES


def bibliography() -> set[tuple[str, str]]:
    """First author and year of every entry."""
    return set(ENTRY.findall((ROOT / "docs" / "bibliography.md").read_text(encoding="utf-8")))


def cited_sources() -> set[str]:
    """Every source of a declared number, and every citation in the files of configs/."""
    found = {
        str(declared(field, "source"))
        for record in (Behaviour, Institution)
        for field in record.model_fields.values()
    }
    waiting: list[object] = [read_yaml(file)[0] for file in (ROOT / "configs").rglob("*.yaml")]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.update(item.get("citation", {}).values())
            waiting += item.values()
    return found


def test_every_work_that_is_named_stands_in_the_bibliography():
    named = {work for source in cited_sources() for work in WORK.findall(source)}
    pages = [page for page in PAGES if page.name != "bibliography.md"]
    code = [file for part in ("agents", "model") for file in (ROOT / part).rglob("*.py")]
    for file in [*pages, *code]:
        for groups in CITED.findall(file.read_text(encoding="utf-8")):
            author, year = (part for part in groups if part)
            named.add((author, year))
    named = {(author, year) for author, year in named if author not in set(calendar.month_name)}
    assert {("Snyder", "1984"), ("Leeds", "2005"), ("Singer", "1972"), ("Grimm", "2020")} <= named
    assert named <= bibliography(), sorted(named - bibliography())
    assert bibliography() <= named, sorted(bibliography() - named)
