"""The site is built strictly, asks nothing of other hosts, can be searched, and holds every page and every public name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytest.importorskip("mkdocs")

from tests.test_docs import ROOT
from tests.test_examples import TAUGHT

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "object": "data"}
"""What a browser fetches for a page, and the attribute that says from where."""


class Page(HTMLParser):
    """What a page of the site loads, links to and can be linked at."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids.add(given.get("id", ""))
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag in LOADED and LOADED[tag] in given:
            self.loaded.append(given[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built where no proxy or network could help, and without a warning."""
    folder = tmp_path_factory.mktemp("site") / "site"
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-f", ROOT / "docs" / "site" / "mkdocs.yml", "-d", folder],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {str(file.relative_to(site)): Page(file) for file in sorted(site.rglob("*.html"))}


def test_a_page_loads_nothing_from_elsewhere(site, pages):
    for name, page in pages.items():
        for target in page.loaded:
            assert not re.match(r"(https?:)?//", target), f"{name}: loads {target}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), (
            sheet.name
        )


def test_what_a_page_loads_or_links_to_is_there(site, pages):
    for name, page in pages.items():
        for target in [*page.loaded, *page.links]:
            path = target.partition("#")[0].partition("?")[0]
            # The page for what is not found is asked for from anywhere, so it names places from the root.
            if path and not re.match(r"[a-z]+:", target) and name != "404.html":
                assert (site / name).parent.joinpath(path).exists(), f"{name}: {target}"


def test_every_page_of_docs_is_in_the_navigation(pages):
    listed = set(pages["index.html"].links)
    written = {file.relative_to(ROOT / "docs").with_suffix(".html") for file in (ROOT / "docs").rglob("*.md")}
    made = {Path("index.html"), Path("notebook.html"), Path("reference/commands.html")}
    assert {str(path) for path in written | made} <= listed


def test_every_public_name_has_an_entry(pages):
    entries = set().union(*(page.ids for name, page in pages.items() if name.startswith("reference/")))
    assert set(TAUGHT) - entries == {"entente.experiments.prior.parameter_sets"}, (
        "entente.parameter_sets stands for it"
    )


def test_every_command_has_an_entry_with_its_example(site, pages):
    text = re.sub(r"<[^>]+>", "", (site / "reference" / "commands.html").read_text(encoding="utf-8"))
    assert "entente-hindcast" in pages["reference/commands.html"].ids
    assert "$ entente run memo-2001 --seed 35" in text


def test_the_site_can_be_searched_from_a_disk(site):
    for name in ("search_index.json", "search_index.js"):
        assert "evaluate_claims" in (site / "search" / name).read_text(encoding="utf-8")
    assert 'src="site/iframe-worker.js"' in (site / "index.html").read_text(encoding="utf-8")


def test_a_browser_finds_words_from_a_disk_and_asks_no_host(site):
    playwright = pytest.importorskip("playwright.sync_api")
    if shutil.which("chromium") is None:
        pytest.skip("no chromium here")
    asked: list[str] = []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.goto((site / "index.html").as_uri())
        # As one searches: the field opens, and is typed into.
        page.locator("input.md-search__input").click(force=True)
        page.keyboard.type("evaluate_claims", delay=20)
        page.wait_for_selector(".md-search-result__item a", state="attached")
        assert "reference/evidence.html" in page.locator(".md-search-result__list").inner_html()
        browser.close()
    assert {url.partition(":")[0] for url in asked} <= {"file", "data", "blob"}


def test_the_notebook_is_shown_with_its_outputs(site):
    text = (site / "notebook.html").read_text(encoding="utf-8")
    assert "<table" in text
    assert "interventions.usa-package-russia.size" in text
    assert {file.name for file in site.glob("notebook-*.png")} == set(
        re.findall(r'src="(notebook-\d+\.png)"', text)
    )
