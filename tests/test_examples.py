"""The example in the docstring of each public name does what it shows."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import entente
from entente.starter import write_starter
from tests.test_docs import PAGES, ROOT, blocks

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def taught() -> dict[str, Any]:
    """What `entente` offers, and what the pages and the notebook import from its modules, by full name."""
    texts = [block.text for page in PAGES for block in blocks(page) if block.language == "python"]
    found = {f"entente.{name}": getattr(entente, name) for name in entente.__all__}
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("entente."):
                module = importlib.import_module(node.module)
                found |= {f"{node.module}.{alias.name}": getattr(module, alias.name) for alias in node.names}
    return found


TAUGHT = taught()
CALLED = {name: what for name, what in TAUGHT.items() if callable(what)}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", CALLED)
def test_the_example_of_a_public_name_is_true(name, desk):
    if name == "entente.response":
        # Its ties are those of the page on it, which says how they are made.
        write_starter("pact")
        page = blocks(ROOT / "docs" / "response.md")
        exec(next(block.text for block in page if block.language == "python"), {"__name__": "page"})
    (example,) = doctest.DocTestFinder(recurse=False).find(CALLED[name], name, module=False, globs={})
    assert example.examples, f"{name}: its docstring shows no example"
    said: list[str] = []
    failed = doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=said.append)
    assert not failed.failed, "".join(said)


FUNCTIONS = [name for name, what in CALLED.items() if not isinstance(what, type)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_each_argument_is(name):
    told = (CALLED[name].__doc__ or "").partition("Examples:")[0]
    named = set(re.findall(r"`(\w+)", told))
    assert set(inspect.signature(CALLED[name]).parameters) <= named
