"""Months painted a second in Chromium while the page plays, and seconds to its first picture (advisory).

    python tests/benchmarks/bench_page.py URL

A month counts when an animation frame finds it on the screen with every picture drawn for it.
"""

from __future__ import annotations

import sys
import time

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
SECONDS = 4
INTERVALS = (1, 5)

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
    """Play for a while at the smallest interval, and say what was painted."""
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
    began = time.perf_counter()
    page.wait_for_timeout(SECONDS * 1000)
    seen, took = page.evaluate("window.seen"), time.perf_counter() - began
    run = months_between(seen[0], seen[-1])
    print(
        f"render interval {months}: {run / took:.1f} months/s, {(len(seen) - 1) / took:.1f} pictures/s, to {seen[-1]}"
    )


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for interval in INTERVALS:
            measure(browser.new_page(viewport={"width": 1280, "height": 800}), sys.argv[1], interval)
        browser.close()
