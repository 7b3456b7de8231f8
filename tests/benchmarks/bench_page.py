"""What the page takes in Chromium (advisory): months painted a second, kilobytes a month, from a lever to its line and to its
futures at several months, and, where the server's process is named, its memory before and after many visits.

    python tests/benchmarks/bench_page.py URL [PID]

A month counts when an animation frame finds it on the screen with every picture drawn for it.
"""

from __future__ import annotations

import sys
import time

from playwright.sync_api import Browser, Page, sync_playwright

from entente.page.link import link_of
from entente.page.session import Session

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
SECONDS = 4
INTERVALS = (1, 5)
MONTHS = (1, 60, 200)
VISITS = 30
SIZE = {"width": 1280, "height": 800}
DRAWN = """before => { const own = document.querySelectorAll('.card.ties .middle-way:not(.of-twin)');
  return own.length && [...own].map((line) => line.getAttribute('points')).join() !== before; }"""
FUTURES = """[...document.querySelectorAll('.card.ties .middle-way:not(.of-twin)')].map((line) => line.getAttribute('points')).join()"""

WATCH = """() => {
  window.seen = [];
  const look = () => {
    const month = document.querySelector('[data-test=month]').innerText;
    const cards = [...document.querySelectorAll('.card[data-month]')].map((card) => card.dataset.month);
    if (cards.every((own) => own === month) && window.seen.at(-1) !== month) { window.seen.push(month); }
    requestAnimationFrame(look);
  };
  look();
}"""


def months_between(first: str, last: str) -> int:
    """Calendar months from one `YYYY-MM` to another."""
    (a, b), (c, d) = (map(int, month.split("-")) for month in (first, last))
    return (c - a) * 12 + d - b


def set_slider(page: Page, label: str, keys: list[str]) -> None:
    """Move a slider by the keyboard."""
    thumb = page.locator(".v-input__slider", has_text=label).get_by_role("slider")
    thumb.focus()
    for key in keys:
        page.keyboard.press(key)


def measure(page: Page, url: str, months: int) -> None:
    """Play for a while at the smallest interval, and say what was painted and sent."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sent.append(len(data))))
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(".card svg")
    print(f"first picture after {time.perf_counter() - began:.1f} s")
    set_slider(page, "Play Interval", ["Home"])
    set_slider(page, "Render Interval", ["Home", *["ArrowRight"] * (months - 1)])
    page.evaluate(WATCH)
    page.get_by_role("button", name="▶").click()
    page.wait_for_timeout(500)
    page.evaluate("window.seen = [document.querySelector('[data-test=month]').innerText]")
    sent.clear()
    began = time.perf_counter()
    page.wait_for_timeout(SECONDS * 1000)
    seen, took = page.evaluate("window.seen"), time.perf_counter() - began
    run = months_between(seen[0], seen[-1])
    print(
        f"render interval {months}: {run / took:.1f} months/s, {(len(seen) - 1) / took:.1f} pictures/s, to {seen[-1]}, "
        f"{sum(sent) / 1000 / max(len(seen) - 1, 1):.0f} kB a picture"
    )


def pull(page: Page, url: str, month: int) -> None:
    """Open a session in some month, pull a lever, and say when its line and its futures are drawn."""
    session = Session()
    for _ in range(month):
        session.step()
    page.goto(f"{url}#{link_of(session)}")
    page.wait_for_function(
        "month => document.querySelector('[data-test=month]')?.innerText === month", arg=session.date
    )
    page.wait_for_function(DRAWN, arg="")
    page.wait_for_timeout(SECONDS * 1000)
    before, began = page.evaluate(FUTURES), time.perf_counter()
    page.click("[data-pull=shock]")
    page.wait_for_selector(".pulled li")
    page.get_by_role("button", name="Step").click()
    page.wait_for_selector(".card.ties [data-lever]", state="attached")
    line = time.perf_counter() - began
    page.wait_for_function(DRAWN, arg=before)
    print(
        f"month {month}: {1000 * line:.0f} ms to the line and the month after it, {1000 * (time.perf_counter() - began):.0f} ms to the futures"
    )


def resident(pid: str) -> float:
    """Memory that a process holds, MB."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1000


def visit(browser: Browser, url: str) -> None:
    """Open the page, run a year of it, and close it."""
    page = browser.new_page(viewport=SIZE)
    page.goto(url)
    page.wait_for_selector(".card svg")
    for _ in range(12):
        page.get_by_role("button", name="Step").click()
    page.wait_for_function("() => document.querySelector('[data-test=month]').innerText >= '2002-07'")
    page.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for interval in INTERVALS:
            measure(browser.new_page(viewport=SIZE), sys.argv[1], interval)
        for month in MONTHS:
            pull(browser.new_page(viewport=SIZE), sys.argv[1], month)
        if sys.argv[2:]:
            before = resident(sys.argv[2])
            for _ in range(VISITS):
                visit(browser, sys.argv[1])
            print(f"server: {before:.0f} MB, after {VISITS} visits {resident(sys.argv[2]):.0f} MB")
        browser.close()
