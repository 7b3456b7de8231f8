"""The page in a real Chromium: everything an analyst does with it, and nothing leaves this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest

from entente.engines.result import run
from entente.experiments.folder import load_run

# An environment for the numbers alone has neither Playwright nor the page's server.
playwright = pytest.importorskip("playwright.sync_api")
Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 120
SETTLE_MS = 500
HOST = "127.0.0.1"
PLAY, PAUSE = "▶", "❚❚"
FAILING_APP = """
from entente.engines.interactive.alliance import AllianceModel
from app import Page as Page

month = AllianceModel.step
def step(model):
    if model.month == 3:
        raise ArithmeticError("a treaty fell off the ladder")
    month(model)
AllianceModel.step = step
"""

pytestmark = pytest.mark.skipif(
    not Path(CHROMIUM).exists() and "ENTENTE_NEEDS_BROWSER" not in os.environ, reason="no Chromium here"
)


class Server:
    """The page's server as a user starts it, in a process group of its own."""

    def __init__(self, app: Path, home: Path, port: int = 0) -> None:
        if not port:
            with socket.socket() as free:
                free.bind((HOST, 0))
                port = free.getsockname()[1]
        self.port = port
        command = [sys.executable, "-m", "entente.page", str(app), "--port", str(port)]
        paths = {"PYTHONPATH": str(ROOT), "ENTENTE_RUNS": str(home)}
        self.log = (home / f"server-{port}.log").open("w")
        self.process = subprocess.Popen(
            command,
            cwd=home,
            env={**os.environ, **paths},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.url = f"http://{HOST}:{port}/"
        self._await()

    def _await(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url, timeout=5).read()
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"the server does not answer: {Path(self.log.name).read_text()}")

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE_SECONDS)
        self.log.close()


class Visit:
    """A tab of the browser, and what it saw."""

    def __init__(self, browser: Any, url: str, scheme: Any = "light") -> None:
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, accept_downloads=True, color_scheme=scheme
        )
        self.context.set_default_timeout(1000 * PATIENCE_SECONDS)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on(
            "response", lambda answer: answer.status >= 400 and self.errors.append(f"{answer.status} {answer.url}")
        )
        self.page.goto(url)
        self.page.wait_for_selector(".card.ladder svg")

    def _asked(self, url: str) -> None:
        if not re.match(rf"(https?|ws)://{re.escape(HOST)}[:/]|data:|blob:", url):
            self.errors.append(f"asked for {url}")

    @property
    def month(self) -> str:
        return self.page.inner_text("[data-test=month]")

    def until(self, script: str, argument: Any = None) -> None:
        try:
            self.page.wait_for_function(script, arg=argument)
        except playwright.TimeoutError as error:
            # What the page showed instead tells more than that time was up.
            raise AssertionError(
                f"{script} ({argument}) of:\n{self.page.inner_text('body')}\n{self.errors}"
            ) from error

    def until_month(self, month: str) -> None:
        self.until("month => document.querySelector('[data-test=month]').innerText === month", month)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def step(self, months: int = 1) -> None:
        for _ in range(months):
            before = self.month
            self.press("Step")
            self.until("month => document.querySelector('[data-test=month]').innerText !== month", before)

    def play_until(self, month: str) -> None:
        self.press(PLAY)
        self.until("month => document.querySelector('[data-test=month]').innerText >= month", month)
        self.press(PAUSE)
        self.page.get_by_role("button", name=PLAY, exact=True).wait_for()
        # The month that was being made when the button was pressed still arrives.
        self.page.wait_for_timeout(SETTLE_MS)

    def slider(self, label: str, keys: list[str]) -> None:
        thumb = self.page.locator(".v-input__slider", has_text=label).get_by_role("slider")
        thumb.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def section(self, name: str) -> None:
        """Open a section of the sidebar."""
        self.page.locator(".v-expansion-panel-header", has_text=name).click()

    def pull(self, form: str, **values: str) -> None:
        """Fill the form of a lever and pull it."""
        box = self.page.locator(f"[data-form={form}]")
        if box.get_attribute("open") is None:
            box.locator("summary").click()
        for name, value in values.items():
            field = self.page.locator(f"#{form}-{name}")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
                field.blur()
        pulled = self.page.locator(".pulled li").count()
        self.page.click(f"[data-pull={form}]")
        self.until("n => document.querySelectorAll('.pulled li').length > n", pulled)

    def felt(self, state: str, source: str) -> float:
        return float(self.page.get_attribute(f"[data-cell='{state}|{source}']", "data-value") or "nan")

    def summary(self, card: str) -> str:
        return self.page.inner_text(f".card.{card} .summary")

    def download(self, kind: str, into: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.click(f"[data-get={kind}]")
        path = into / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of runs that the server is given, with one finished run in it."""
    folder = tmp_path_factory.mktemp("runs")
    run("memo-2001", 3, months=18).save(folder / "kept", figures=False)
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    running = Server(ROOT / "app.py", home)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert Path(CHROMIUM).exists(), f"{CHROMIUM} is missing"
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(server: Server, browser: Any) -> Iterator[Visit]:
    tab = Visit(browser, server.url)
    yield tab
    tab.context.close()
    assert not tab.errors


def test_the_page_opens_on_the_memo_with_every_picture(visit: Visit) -> None:
    assert visit.month == "2001-07"
    assert [card.get_attribute("data-month") for card in visit.page.query_selector_all("[data-month]")] == [
        "2001-07"
    ] * 5
    assert visit.page.locator(".card .picture > svg").count() == 5
    assert all(len(p.inner_text()) > 20 for p in visit.page.query_selector_all(".summary"))


def test_step_play_pause_and_reset(visit: Visit) -> None:
    visit.step(2)
    assert visit.month == "2001-09"
    visit.play_until("2002-03")
    paused = visit.month
    visit.page.wait_for_timeout(SETTLE_MS)
    assert visit.month == paused
    visit.step()
    assert visit.month > paused
    visit.press(PLAY)
    visit.until("month => document.querySelector('[data-test=month]').innerText > month", visit.month)
    visit.press("Reset")
    visit.until_month("2001-07")
    visit.page.wait_for_timeout(SETTLE_MS)
    assert visit.month == "2001-07"
    visit.step()
    assert visit.month == "2001-08"


def test_step_is_one_month_whatever_the_render_interval(visit: Visit) -> None:
    visit.slider("Render Interval", ["Home", *["ArrowRight"] * 4])
    visit.slider("Play Interval", ["Home"])
    visit.step()
    assert visit.month == "2001-08"
    visit.page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => window.seen.push(
        document.querySelector('[data-test=month]').innerText)).observe(
        document.querySelector('[data-test=month]'), {characterData: true, childList: true, subtree: true}); }"""
    )
    visit.play_until("2004-02")
    seen = visit.page.evaluate("window.seen")
    assert seen[:4] == ["2002-01", "2002-06", "2002-11", "2003-04"]


def test_a_slower_play_interval_plays_slower(visit: Visit) -> None:
    visit.slider("Play Interval", ["End"])
    visit.press(PLAY)
    visit.page.wait_for_timeout(1600)
    visit.press(PAUSE)
    assert visit.month <= "2001-11"


def test_a_parameter_acts_at_reset(visit: Visit) -> None:
    visit.step(4)
    before = visit.felt("KGZ", "militancy")
    visit.section("Parameters")
    visit.page.click("[data-group=threat] summary")
    visit.page.fill("[data-slider='behaviour.rise']", "0.2")
    visit.page.wait_for_selector("text=Waits for Reset: behaviour.rise")
    assert visit.felt("KGZ", "militancy") == before
    visit.press("Reset")
    visit.until_month("2001-07")
    visit.step(4)
    assert visit.felt("KGZ", "militancy") != before
    visit.page.click("[data-default='behaviour.rise']")
    visit.page.wait_for_selector("text=Waits for Reset: behaviour.rise")
    visit.press("Reset")
    visit.until_month("2001-07")
    visit.step(4)
    assert visit.felt("KGZ", "militancy") == before


def test_a_parameter_acts_from_now_as_a_lever(visit: Visit) -> None:
    visit.section("Parameters")
    visit.step()
    visit.page.click("[data-group=mechanisms] summary")
    visit.page.locator("[id='switches.payments']").uncheck()
    visit.page.click("[data-now='switches.payments']")
    visit.page.wait_for_selector(".pulled >> text=switches.payments set to off")
    visit.step()
    assert "Nobody pays" in visit.summary("wishes")


def test_a_shock_raises_perceived_threat_and_the_twin_stays(visit: Visit) -> None:
    visit.step(3)
    before = visit.felt("BLR", "nato")
    visit.pull("shock", source="nato", size="1.5")
    assert visit.felt("BLR", "nato") == before
    visit.step(2)
    raised = visit.felt("BLR", "nato")
    assert raised > before + 0.1
    assert visit.page.locator("[data-cell='BLR|nato'] + text").text_content().endswith("▲")
    assert visit.page.locator(".card.ties [data-lever=shock]").count() == 1
    visit.step(6)
    assert visit.page.locator(".card.ties .ghost").count() > 0
    visit.press("Reset")
    visit.until_month("2001-07")
    visit.step(5)
    assert visit.felt("BLR", "nato") == raised
    visit.page.click("[data-clear=levers]")
    visit.until("() => !document.querySelector('.ghost') && !document.querySelector('.pulled')")
    assert visit.felt("BLR", "nato") < raised - 0.1


def test_a_rumour_is_pulled_while_playing(visit: Visit) -> None:
    visit.press(PLAY)
    visit.until_month("2001-10")
    visit.pull("shock", source="md", kind="rumour", state="CHN", size="1")
    month = visit.page.input_value(".pulled li input")
    visit.until("month => document.querySelector('[data-test=month]').innerText > month", month)
    visit.press(PAUSE)
    assert "rumour of 1 about Missile defence, for China" in visit.page.inner_text(".pulled")
    assert visit.page.locator(".card.ties [data-lever=rumour]").count() == 1


def test_an_offer_lowers_the_tie_against_its_twin(visit: Visit) -> None:
    visit.step()
    visit.pull("offer", state="CHN", size="2")
    visit.pull("offer", state="RUS", size="2")
    visit.play_until("2006-01")
    assert re.search(r"Against the twin.*Russia-China treaty 2001 -0\.", visit.summary("ties"))


def test_an_article_goes_off_and_on(visit: Visit) -> None:
    visit.step()
    visit.page.locator(".card.ladder [data-pick='treaty:rus-chn-2001']").click()
    visit.page.click("[data-pick='article:rus-chn-2001/consultation/off']")
    visit.page.wait_for_selector(".pulled >> text=consultation of Russia-China treaty 2001 switched off")
    assert visit.page.locator(".details tr.off").count() == 0
    visit.step()
    assert "consultation" in visit.page.inner_text(".details tr.off")
    visit.page.click("[data-pick='article:rus-chn-2001/consultation/on']")
    visit.step()
    assert visit.page.locator(".details tr.off").count() == 0


def test_a_state_leaves(visit: Visit) -> None:
    visit.step()
    assert visit.page.locator("[data-pick='tie:RUS|UZB']").count() == 1
    visit.pull("exit", seat="rus-uzb/UZB")
    visit.step(2)
    assert visit.page.locator("[data-pick='tie:RUS|UZB']").count() == 0


def test_an_edge_tells_its_treaties(visit: Visit) -> None:
    visit.step(2)
    visit.page.dispatch_event("[data-pick='tie:CHN|RUS']", "click", {"bubbles": True})
    visit.page.wait_for_selector(".details >> text=China and Russia, 2001-09")
    told = visit.page.inner_text(".details")
    for words in ("Russia-China treaty 2001", "Article IX", "obligation 2", "Rung history", "What the parties want",
                  "Why, up to 2001-09"):  # fmt: skip
        assert words in told
    visit.page.click(".details details:nth-of-type(2) summary")
    visit.step()
    visit.page.wait_for_selector(".details >> text=China and Russia, 2001-10")
    assert visit.page.locator(".details details[open]").count() == 2
    visit.page.click(".details .close")
    visit.page.wait_for_selector("text=Choose an edge, a shape, a line or a chip")


def test_the_exported_session_runs_to_the_same_last_digit(visit: Visit, tmp_path: Path) -> None:
    visit.page.fill("#seed", "11")
    visit.page.locator("#seed").blur()
    visit.page.wait_for_selector("text=Waits for Reset: seed 11")
    visit.press("Reset")
    visit.page.wait_for_selector("text=seed 11")
    visit.step(2)
    visit.pull("shock", source="militancy", size="0.8")
    visit.step(3)
    visit.pull("concession", source="md", share="0.5")
    visit.step(3)
    visit.section("Files")
    visit.page.wait_for_selector("[data-get=scenario]")
    scenario = visit.download("scenario", tmp_path)
    page = visit.download("parquet", tmp_path)
    command = [
        str(Path(sys.executable).parent / "entente"),
        "run",
        str(scenario),
        "--out",
        "study",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    kept = load_run(tmp_path / "study")
    with zipfile.ZipFile(page) as archive:
        for name, table in kept.tables.items():
            seen = pd.read_parquet(archive.open(f"{name}.parquet"))
            until = table[table["month"] <= visit.month]
            if name == "dyads":
                # The table lists pairs that share a treaty in any month of the run, later ones included.
                until = until.merge(seen[["a", "b"]].drop_duplicates())
                until = until.sort_values(["month", "a", "b"], kind="stable")
            until = until.reset_index(drop=True)
            pd.testing.assert_frame_equal(seen, until, check_exact=True)
    shown = kept.tables["perceptions"].query("month == @visit.month and state == 'KGZ' and source == 'militancy'")
    assert f"{shown['perception'].item():.4f}" == f"{visit.felt('KGZ', 'militancy'):.4f}"


def test_tables_and_figures_are_downloaded(visit: Visit, tmp_path: Path) -> None:
    visit.section("Files")
    visit.page.click("[data-get=csv]")
    visit.page.wait_for_selector(".files >> text=no month has been run yet; press Step or play first")
    visit.step(2)
    with zipfile.ZipFile(visit.download("csv", tmp_path)) as archive:
        assert len(archive.read("treaties.csv").splitlines()) == 1 + 2 * 10
    with zipfile.ZipFile(visit.download("figures", tmp_path)) as archive:
        assert archive.read("network.svg").startswith(b"<svg")


def test_two_tabs_are_independent(visit: Visit, server: Server, browser: Any) -> None:
    other = Visit(browser, server.url)
    visit.step(3)
    visit.pull("shock", source="twn")
    assert other.month == "2001-07"
    assert other.page.locator(".pulled").count() == 0
    other.step()
    assert (visit.month, other.month) == ("2001-10", "2001-08")
    other.context.close()
    assert not other.errors


def test_wrong_values_get_a_sentence_beside_them(visit: Visit) -> None:
    page = visit.page
    page.fill("#seed", "many")
    page.locator("#seed").blur()
    page.wait_for_selector(".setup .wrong >> text=seed: 'many': must be a whole number, 0 or more")
    page.fill("#shock-size", "9")
    page.locator("#shock-size").blur()
    page.click("[data-pull=shock]")
    page.wait_for_selector("[data-form=shock] .wrong >> text=size: 9.0")
    visit.section("Parameters")
    page.click("[data-group=threat] summary")
    page.fill("[id='behaviour.rise']", "7")
    page.locator("[id='behaviour.rise']").blur()
    page.wait_for_selector(".dial .wrong >> text=rise: 7: must lie in 0.01..1 1/month")
    page.fill("[id='behaviour.rise']", "0.3")
    page.locator("[id='behaviour.rise']").blur()
    page.wait_for_selector("text=Waits for Reset: behaviour.rise")
    assert page.locator(".dial .wrong").count() == 0
    visit.step()
    assert visit.month == "2001-08"


def test_another_scenario_opens_at_its_start(visit: Visit) -> None:
    visit.press(PLAY)
    visit.until_month("2001-10")
    visit.page.select_option("#scenario", "record-1992")
    visit.until_month("1991-12")
    visit.page.wait_for_timeout(SETTLE_MS)
    assert visit.month == "1991-12"
    visit.step()
    assert visit.month == "1992-01"
    assert "record-1992" in visit.page.inner_text(".clock")


def test_a_scenario_file_is_opened_and_checked(visit: Visit) -> None:
    def give(text: str) -> None:
        visit.page.set_input_files(
            "input[type=file]", {"name": "mine.yaml", "mimeType": "text/yaml", "buffer": text.encode()}
        )

    visit.section("Files")
    visit.page.wait_for_selector("input[type=file]", state="attached")
    give("name: mine\nextends: memo-2001\nmonths: none\n")
    visit.page.wait_for_selector(".files .wrong >> text=months: 'none': must be a whole number")
    give("extends: ../../secret.yaml\n")
    visit.page.wait_for_selector(".files .wrong >> text=can extend a scenario of configs/ only")
    give("#" * 8_000_001)
    visit.page.wait_for_selector(".files .wrong >> text=at most")
    give("name: mine\nextends: memo-2001\nmonths: 2\n")
    visit.page.wait_for_selector(".clock >> text=month 0 of 2; mine")
    visit.step(2)
    visit.page.wait_for_selector("button:has-text('Step'):disabled")


def test_a_finished_run_is_replayed(visit: Visit, home: Path) -> None:
    visit.section("Files")
    visit.page.select_option("[aria-label='run folder']", "kept")
    visit.page.click("[data-replay=run]")
    visit.until_month("2001-08")
    visit.step(5)
    tables = load_run(home / "kept").tables
    row = tables["perceptions"].query("month == @visit.month and state == 'UZB' and source == 'militancy'")
    assert visit.felt("UZB", "militancy") == float(f"{row['perception'].item():.4f}")
    visit.page.click("[data-pull=shock]")
    visit.page.wait_for_selector("[data-form=shock] .wrong >> text=a finished run is replayed as it is")
    visit.press("Reset")
    visit.until_month("2001-08")


def test_a_whole_run_plays_to_its_end(visit: Visit) -> None:
    visit.slider("Play Interval", ["Home"])
    visit.slider("Render Interval", ["Home", *["ArrowRight"] * 19])
    visit.press(PLAY)
    visit.until_month("2021-07")
    visit.press("Reset")
    visit.until_month("2001-07")
    visit.step()
    assert visit.month == "2001-08"


def test_dark_and_light_show_the_same(visit: Visit) -> None:
    def paper() -> str:
        return str(visit.page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor"))

    first = paper()
    visit.page.locator(".v-app-bar button").last.click()
    visit.until("first => getComputedStyle(document.querySelector('.card')).backgroundColor !== first", first)


@pytest.mark.parametrize(("wide", "high"), [(1280, 800), (1920, 1080)])
def test_nothing_is_cut_at_the_usual_sizes(visit: Visit, wide: int, high: int) -> None:
    visit.page.set_viewport_size({"width": wide, "height": high})
    visit.step()
    cut = visit.page.evaluate(
        """() => [...document.querySelectorAll('.card .picture > svg text')].filter((text) => {
          const own = text.getBoundingClientRect(), all = text.ownerSVGElement.getBoundingClientRect();
          return own.left < all.left - 1 || own.right > all.right + 1 || own.top < all.top - 1 || own.bottom > all.bottom + 1;
        }).map((text) => text.textContent)"""
    )
    assert cut == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= wide
    assert visit.page.locator(".card.network .picture > svg").bounding_box()["width"] > 380


def test_on_a_narrow_screen_there_is_one_column(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 600, "height": 900})
    lefts = visit.page.evaluate(
        "[...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect().left)"
    )
    assert len(lefts) > 5
    assert len({round(left) for left in lefts}) == 1


def test_the_first_screen_tells_what_happened(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    assert visit.page.inner_text("[data-test=headline]").endswith("as it sets out.")
    visit.pull("shock", source="militancy", size="1.5")
    visit.play_until("2004-01")
    headline = visit.page.inner_text("[data-test=headline]")
    assert re.match(r"Russia-China treaty 2001: rung \d, [a-z ]+.*; threat to its parties \d\.\d\d", headline)
    for part in ("[data-test=headline]", ".card.ties h2", ".card.happened li"):
        box = visit.page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] < 800, part
    months = visit.page.locator(".happened time").all_inner_texts()
    assert months == sorted(months, reverse=True)
    told = visit.page.locator(".happened button.told").first
    name = told.inner_text().partition(":")[0]
    told.focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(f".details.open >> text={name}")


def test_futures_appear_behind_the_tie_and_part_anew_after_a_lever(visit: Visit) -> None:
    visit.page.wait_for_selector(".card.ties .fan", state="attached")
    visit.step(3)
    visit.until(
        "() => /futures of .* after 2001-10/.test(document.querySelector('.card.ties .summary').innerText)"
    )
    before = visit.page.locator(".card.ties .middle-way:not(.of-twin)").first.get_attribute("points")
    visit.pull("offer", power="USA", state="RUS", size="1.5")
    visit.until(
        "old => { const line = document.querySelector('.card.ties .middle-way:not(.of-twin)'); return line && line.getAttribute('points') !== old; }",
        before,
    )


def test_keys_step_play_and_take_the_last_lever_back(visit: Visit) -> None:
    visit.page.locator("[data-test=headline]").click()
    visit.page.keyboard.press("ArrowRight")
    visit.until_month("2001-08")
    visit.pull("shock", source="nato", size="1")
    visit.pull("offer", power="USA", state="RUS", size="1")
    visit.page.locator("[data-test=headline]").click()
    visit.page.keyboard.press("u")
    visit.until("() => document.querySelectorAll('.pulled li').length === 1")
    assert "NATO" in visit.page.inner_text(".pulled li")
    visit.page.keyboard.press(" ")
    visit.until("() => document.querySelector('[data-test=month]').innerText >= '2001-12'")
    visit.page.keyboard.press(" ")
    visit.page.get_by_role("button", name=PLAY, exact=True).wait_for()
    visit.page.click("[data-drop=lever-001]")
    visit.until("() => !document.querySelector('.pulled')")


def slide(visit: Visit, month: int) -> None:
    """Draw the thumb of the time slider to a month."""
    script = "(time, month) => { time.value = month; time.dispatchEvent(new Event('input')); }"
    visit.page.locator(".time").evaluate(script, month)


def test_the_slider_goes_to_any_month_and_back(visit: Visit) -> None:
    visit.step(3)
    slide(visit, 150)
    visit.until_month("2014-01")
    assert visit.page.inner_text("[data-test=headline]").startswith("Not yet run: Russia-China treaty 2001")
    assert visit.page.locator(".card.ties .ahead").count() > 0
    slide(visit, 1)
    visit.until_month("2001-08")
    visit.page.click("[data-test=now]")
    visit.until_month("2001-10")
    slide(visit, 150)
    visit.until_month("2014-01")
    visit.page.locator(".happened .when").last.click()
    visit.until("() => document.querySelector('[data-test=month]').innerText < '2014-01'")
    assert visit.page.locator(".happened li.then").count() >= 1
    visit.step()
    assert visit.month == "2001-11"


def test_a_lever_is_previewed_dated_and_edited(visit: Visit) -> None:
    visit.step(2)
    visit.page.click("[data-foresee=shock]")
    visit.page.wait_for_selector(".foreseen >> text=Median of 200 paired futures")
    assert visit.page.locator(".pulled").count() == 0
    visit.pull("shock", source="nato", size="1.5")
    visit.step(2)
    visit.page.fill("[data-month=lever-001]", "2001-08")
    visit.page.locator("[data-month=lever-001]").blur()
    visit.until("() => document.querySelector('.happened').innerText.includes('2001-08')")
    visit.page.fill("[data-size=lever-001]", "much")
    visit.page.locator("[data-size=lever-001]").blur()
    visit.page.wait_for_selector(".levers .wrong >> text=size: 'much'")


def test_a_link_brings_the_session_back_after_a_reload_and_elsewhere(visit: Visit, browser: Any) -> None:
    visit.step()
    visit.pull("shock", source="nato", size="1.5")
    visit.step(2)
    link = visit.page.evaluate("() => document.querySelector('.entente').__vue__.link")
    visit.until("link => location.hash === '#' + link", link)
    visit.page.reload()
    visit.page.wait_for_selector(".pulled")
    visit.until_month("2001-10")
    other = Visit(browser, visit.page.url)
    other.until_month("2001-10")
    assert other.page.input_value("[data-month=lever-001]") == "2001-09"
    other.context.close()
    assert not other.errors
    damaged = Visit(browser, f"{visit.page.url[:-8]}")
    damaged.page.wait_for_selector(".problem >> text=this link is damaged")
    assert damaged.month == "2001-07"
    damaged.context.close()


def test_rivals_and_a_kept_session_stand_beside_and_are_presented(visit: Visit) -> None:
    visit.step(2)
    visit.section("Side by side")
    for n, name in enumerate(("ratchet", "kept")):
        visit.page.select_option(".beside select", name)
        visit.page.click("[data-beside=add]")
        visit.page.wait_for_selector(f".card.beside-{n} svg")
    visit.page.evaluate("() => document.activeElement.blur()")
    visit.page.keyboard.press("p")
    assert not visit.page.locator(".card.network").is_visible()
    assert visit.page.locator(".card.beside-0").is_visible()
    assert not visit.page.get_by_role("button", name="Step").is_visible()
    visit.page.keyboard.press("ArrowRight")
    visit.until_month("2001-10")
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("button", name="Step").wait_for()
    visit.page.click("[data-beside-drop='0']")
    visit.until("() => !document.querySelector('.card.beside-1')")


def test_a_picture_is_taken_as_svg_as_png_and_as_numbers(visit: Visit, tmp_path: Path) -> None:
    visit.step(2)

    def taken(what: str) -> Path:
        with visit.page.expect_download() as waiting:
            visit.page.click(f"[data-take='{what}']")
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    picture = taken("network.png")
    assert picture.name == "memo-2001-2001-09-network.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert len(picture.read_bytes()) > 20_000, "an empty picture is smaller"
    assert "Entente: memo-2001, seed 0, 2001-09" in taken("network.svg").read_text()
    assert set(pd.read_csv(taken("ties.csv"))["series"]) >= {"run"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out(server: Server, browser: Any, scheme: Any) -> None:
    """What axe-core finds, in every state of the page."""
    visit = Visit(browser, server.url, scheme)

    def check(state: str) -> None:
        visit.page.wait_for_timeout(SETTLE_MS)
        found = Axe().run(visit.page).response["violations"]
        assert found == [], f"{state}: {[(one['id'], one['nodes'][0]['html'][:200]) for one in found]}"

    check("at the start")
    visit.step(2)
    visit.pull("shock", source="nato", size="1.5")
    for name in ("Parameters", "Side by side", "Files"):
        visit.section(name)
    visit.page.locator(".card.ladder [data-pick='treaty:rus-chn-2001']").focus()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".details >> text=Russia-China treaty 2001, 2001-09")
    assert visit.page.evaluate("() => document.activeElement.dataset.pick") == "treaty:rus-chn-2001"
    check("with everything open")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_selector(".details:not(.open)")
    visit.page.evaluate("() => document.activeElement.blur()")
    visit.page.keyboard.press("p")
    check("presenting")
    visit.context.close()
    assert not visit.errors


def test_every_picture_is_reached_by_the_keyboard(visit: Visit) -> None:
    visit.step()
    reached = """() => [...document.querySelectorAll('.card')].map((card) => {
        const all = new Set([...card.querySelectorAll('svg [data-pick]')].map((part) => part.dataset.pick));
        const by_key = new Set([...card.querySelectorAll('svg [data-pick][tabindex]')].map((part) => part.dataset.pick));
        return [all.size, by_key.size];
    })"""
    counts = [pair for pair in visit.page.evaluate(reached) if pair[0]]
    assert len(counts) >= 4
    assert all(every == by_key for every, by_key in counts), counts


def test_a_server_that_is_started_again_finds_the_session(browser: Any, home: Path) -> None:
    server = Server(ROOT / "app.py", home)
    visit = Visit(browser, server.url)
    visit.step()
    visit.pull("shock", source="nato", size="1.5")
    visit.step()
    visit.until("() => location.hash === '#' + document.querySelector('.entente').__vue__.link")
    server.stop()
    visit.page.wait_for_selector("text=Server disconnected.")
    again = Server(ROOT / "app.py", home, server.port)
    visit.until("() => !document.body.innerText.includes('Server disconnected.')")
    visit.page.wait_for_selector(".pulled >> text=shock of 1.5 about NATO enlargement")
    visit.until_month("2001-09")
    visit.step()
    visit.context.close()
    again.stop()


def test_an_exception_in_the_model_is_shown_and_the_page_stays(browser: Any, home: Path, tmp_path: Path) -> None:
    app = tmp_path / "failing.py"
    app.write_text(FAILING_APP)
    server = Server(app, home)
    try:
        visit = Visit(browser, server.url)
        visit.step(3)
        visit.press("Step")
        visit.page.wait_for_selector("[role=alert] >> text=ArithmeticError: a treaty fell off the ladder")
        visit.page.select_option("#scenario", "record-1992")
        visit.until_month("1991-12")
        visit.press("Reset")
        visit.step(2)
        visit.press("Reset")
        visit.until_month("1991-12")
        assert not visit.errors
        visit.context.close()
    finally:
        server.stop()


def test_stopping_the_server_while_it_plays_leaves_no_process(browser: Any, home: Path) -> None:
    server = Server(ROOT / "app.py", home)
    group = server.process.pid
    visit = Visit(browser, server.url)
    visit.press(PLAY)
    visit.until_month("2001-10")
    server.stop()
    visit.context.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_make_app_serves_this_page_guarded() -> None:
    recipe = (ROOT / "Makefile").read_text()
    assert "$(BIN)/python -m entente.page app.py --port 8765" in recipe


def test_the_server_says_one_line_and_listens_on_this_machine_only(server: Server, visit: Visit) -> None:
    said = Path(server.log.name).read_text().splitlines()
    assert said == [f"The page is on {server.url.rstrip('/')} (Ctrl-C ends it)"]
    port = int(server.url.rstrip("/").rpartition(":")[2])
    others = {address[4][0] for address in socket.getaddrinfo(socket.gethostname(), None)} - {
        HOST,
        "127.0.1.1",
        "::1",
    }
    for address in others:
        with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
            socket.create_connection((address, port), timeout=2).close()


INTRUDER = """<script>
const tried = {};
async function attempt(name, work) { try { tried[name] = await work(); } catch (error) { tried[name] = "no: " + error; } }
const socket = (url) => new Promise((yes, no) => {
  const line = new WebSocket(url); line.onopen = () => yes("open"); line.onerror = () => no("refused");
});
(async () => {
  await attempt("read", async () => (await fetch("PAGE")).status);
  await attempt("send", async () => (await fetch("PAGE_solara/api/close/k?session_id=s", {method: "POST", mode: "no-cors"})).type);
  await attempt("socket", () => socket("PAGE".replace("http", "ws") + "jupyter/api/kernels/k/channels?session_id=s"));
  const frame = document.createElement("iframe"); frame.src = "PAGE"; document.body.append(frame);
  document.title = JSON.stringify(tried);
})();
</script><body></body>"""
"""A page of another site that is open in the same browser."""


def test_a_page_of_another_site_reaches_nothing(browser: Any, server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(INTRUDER.replace("PAGE", server.url))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer((HOST, 0), handler) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://{HOST}:{other.server_port}/")
        page.wait_for_function("() => document.title.startsWith('{')")
        tried = json.loads(page.title())
        page.wait_for_timeout(SETTLE_MS)
        assert tried["read"].startswith("no:")
        assert tried["socket"] == "no: refused"
        assert tried["send"].startswith("no:")
        assert not any("Entente" in (frame.title() or "") for frame in page.frames[1:]), "it cannot be framed"
        page.close()
        other.shutdown()


def test_another_name_for_this_machine_leads_nowhere(browser: Any, server: Server) -> None:
    port = server.url.rstrip("/").rpartition(":")[2]
    rebound = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*FLAGS, f"--host-resolver-rules=MAP rebound.example {HOST}"]
    )
    page = rebound.new_page()
    answer = page.goto(f"http://rebound.example:{port}/")
    assert answer.status == 403
    assert page.inner_text("body").strip() == f"This server does not answer to the name rebound.example:{port}."
    rebound.close()


def test_the_cookie_is_out_of_reach_of_scripts_and_the_page_says_its_language(visit: Visit) -> None:
    assert visit.page.evaluate("document.cookie") == ""
    assert [cookie["httpOnly"] for cookie in visit.context.cookies()] == [True]
    assert visit.page.evaluate("document.documentElement.lang") == "en"


def test_what_is_not_there_is_fetched_from_nowhere(server: Server) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{server.url}_solara/cdn/nothing@1.0/x.js", timeout=PATIENCE_SECONDS)
