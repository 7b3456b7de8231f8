"""A brief as one HTML file that needs nothing else, and as a PDF where Chromium is installed."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from entente.analysis.output import records
from entente.analysis.paired import LEVEL
from entente.errors import SideProductError
from entente.month.ladder import RUNG_NAMES
from entente.telling.drawing import DRAWING, images
from entente.telling.files import versions
from entente.telling.tie_figures import tie

from .brief import Brief
from .scored import scores, verdict
from .words import SCALE, chance

TEMPLATE = "brief.html.j2"
LEVERS_SHOWN = 7
"""Levers that are drawn on either side."""
UP, DOWN, NONE = "#0072B2", "#D55E00", "0.6"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SECONDS = 120


def brief_html(found: Brief) -> str:
    """The brief as HTML with its figures inlined; it holds no time and no path."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    page = Environment(loader=PackageLoader("entente.counsel", "."), autoescape=True, undefined=StrictUndefined)
    page.filters |= {"percent": _percent, "signed": _signed, "chance": chance}
    with mpl.rc_context(DRAWING):
        pictures = {"fan": tie(found.scenario, found.tables, found.seed), "effects": _effects(found)}
    return page.get_template(TEMPLATE).render(
        brief=found, treaty=found.scenario.treaties[found.treaty].name, question=question(found),
        opened=f"{found.opened} ({RUNG_NAMES[found.opened]})", answers=found.answers.to_dict("records"),
        rungs=[row | {"name": RUNG_NAMES[int(row["rung"])]} for row in found.rungs.to_dict("records")],
        drivers=found.drivers.to_dict("records"), level=LEVEL,
        packages=found.levers[found.levers["beyond"].notna()].to_dict("records"), buys=buys(found),
        still=_still(found.levers), signals=found.signals.to_dict("records"), rivals=found.rivals.to_dict("records"),
        scores=scores(found.record), verdict=verdict(found.record), scale=[f"{words} {low:.0%} to {high:.0%}" for low, high, words in SCALE], versions=versions(),
        record=found.record.record.name, cells=len(found.record.record.cells),
        figures={name: base64.b64encode(images(figure)["png"]).decode() for name, figure in pictures.items()},
    )  # fmt: skip


def question(found: Brief) -> str:
    """What the brief answers."""
    return f"How will {found.scenario.treaties[found.treaty].name} have changed by {found.by}, what moves it, and what could be done about it?"


def buys(found: Brief) -> list[dict[str, Any]]:
    """The levers that move the tie beyond what could be chance, the strongest on either side first, in words."""
    moved = found.levers[(found.levers["low"] > 0) | (found.levers["high"] < 0)]
    down = moved[moved["difference"] < 0].head(LEVERS_SHOWN)
    up = moved[moved["difference"] > 0].tail(LEVERS_SHOWN).iloc[::-1]
    return records(pd.concat([down, up]))


def _still(levers: pd.DataFrame) -> list[str]:
    """Levers of which nothing can be said."""
    return levers.loc[(levers["low"] <= 0) & (levers["high"] >= 0), "lever"].tolist()


def _percent(share: float) -> str:
    """A share as it is read: no more certain than the runs allow."""
    if 0 < share < 0.01:
        return "below 1 %"
    return f"{100 * share:.0f} %"


def _signed(value: float, digits: int = 0) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * value:+.{digits}f}".replace("-", "\u2212")


def _effects(found: Brief) -> Figure:
    """What levers do, and what is not known does, to the probability that the tie is deeper."""
    pulled = pd.DataFrame(buys(found), columns=found.levers.columns).sort_values("difference", ascending=False)
    unknown = found.drivers.iloc[::-1]
    figure = Figure(figsize=(10.5, 1.6 + 0.27 * (len(pulled) + len(unknown))), layout="constrained")
    cells = figure.subplots(2, 1, sharex=True, height_ratios=[max(len(pulled), 1), max(len(unknown), 1)])
    _forest(cells[0], pulled["lever"].tolist(), pulled, "what a lever does")
    names = [str(path).removeprefix("behaviour.").replace("_", " ") for path in unknown["path"]]
    _forest(cells[1], names, unknown, "what is not known: much of it rather than little")
    cells[1].set_xlabel(
        f"change of the probability that the organs are deeper by {found.by}, percentage points, with {LEVEL:.0%} intervals"
    )
    return figure


def _forest(axes: Axes, names: list[str], rows: pd.DataFrame, title: str) -> None:
    places = np.arange(len(rows))
    colours = np.select([rows["low"] > 0, rows["high"] < 0], [UP, DOWN], NONE)
    axes.hlines(places, 100 * rows["low"], 100 * rows["high"], color=colours, lw=2)
    axes.scatter(100 * rows["difference"], places, color=colours, s=24, zorder=3)
    axes.axvline(0, color="0.4", lw=0.8, zorder=0)
    axes.set_yticks(places, names)
    axes.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    axes.grid(axis="y", color="0.93")
    axes.set_axisbelow(True)
    axes.set_title(title, fontsize=9, loc="left")


def pdf(html: bytes) -> bytes:
    """The same pages as a PDF, printed by Chromium. Raises `SideProductError` where none is installed or it fails."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SideProductError(
            "no PDF: Chromium is not installed; the HTML file is whole and prints from any browser"
        )
    with tempfile.TemporaryDirectory() as folder:
        page, sheet = Path(folder) / "brief.html", Path(folder) / "brief.pdf"
        page.write_bytes(html)
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "--disable-sync", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
                   f"--print-to-pdf={sheet}", page.as_uri()]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
            return sheet.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise SideProductError(
                f"no PDF: Chromium failed ({type(error).__name__}); the HTML file is whole"
            ) from None


def summary(found: Brief) -> dict[str, Any]:
    """The brief as JSON holds it."""
    return {
        "question": question(found), "treaty": found.treaty, "scenario": found.scenario.name, "start": found.start, "by": found.by,
        "parameters": found.parameters, "draws": found.draws, "replicates": found.replicates, "seed": found.seed, "runs": found.runs,
        "opened": found.opened, "command": found.command, "digests": dict(found.digests), "scores": scores(found.record),
        **{name: records(getattr(found, name)) for name in ("answers", "rungs", "drivers", "levers", "signals", "rivals")},
    }  # fmt: skip
