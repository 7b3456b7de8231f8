"""Make the screenshots of the page, docs/pictures/page-*.png: `.venv/bin/python docs/screenshots.py`.

Starts the page on a free port, steers it in Chromium as an analyst would, and stops it again. Needs
Chromium (apt-get install chromium).
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
PATIENCE_SECONDS = 60
SETTLE_MS = 800
BEFORE, AFTER = 14, 46
"""Months run before and after the shock."""
SIZES = {
    "light": (1280, 800, "light"),
    "dark": (1280, 800, "dark"),
    "wide": (1920, 1080, "light"),
    "wide-dark": (1920, 1080, "dark"),
}


def serve() -> tuple[subprocess.Popen[bytes], str]:
    """The server of the page and its address, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "entente.page", "app.py", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url, until = f"http://127.0.0.1:{port}/", time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).read()
            return server, url
        except OSError:
            time.sleep(0.2)
    server.terminate()
    raise SystemExit("the page does not answer")


def step(page: Any, months: int) -> None:
    """Press Step and wait for each month."""
    for _ in range(months):
        before = page.inner_text("[data-test=month]")
        page.get_by_role("button", name="Step").click()
        page.wait_for_function("m => document.querySelector('[data-test=month]').innerText !== m", arg=before)


def tell(page: Any, what: str) -> None:
    """Steer the page to what a screenshot shows."""
    page.wait_for_selector(".card.ladder svg")
    step(page, BEFORE)
    page.select_option("#shock-source", "nato")
    page.click("[data-pull=shock]")
    page.wait_for_selector(".pulled")
    step(page, AFTER)
    if what.startswith("wide"):
        page.locator(".card.ladder [data-pick='treaty:rus-chn-2001']").click()
        page.wait_for_selector(".details details")
    page.wait_for_timeout(SETTLE_MS)


def main() -> None:
    server, url = serve()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, (wide, high, scheme) in SIZES.items():
                page = browser.new_page(viewport={"width": wide, "height": high}, color_scheme=scheme)
                page.goto(url)
                tell(page, name)
                page.screenshot(path=PICTURES / f"page-{name}.png")
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)


if __name__ == "__main__":
    main()
