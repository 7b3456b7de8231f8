"""What a person sees in the terminal: progress bars, tables, code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from .month.ladder import RUNG_NAMES
from .schema.scenario import Scenario

NARROWEST = 80
"""Columns of a terminal that tables are made for at least."""


def note(words: str) -> None:
    """Tell something on stderr: stdout holds results only."""
    sys.stderr.write(words + "\n")


@contextmanager
def progress(months: int, title: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr; a plain line where there is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{title}: {months} months", highlight=False)
        yield lambda month: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=months)
        yield lambda month: bar.update(task, completed=month)


def yearly_table(scenario: Scenario, report: dict[str, Any], names: bool = False) -> None:
    """Rung and depth of every treaty that runs, one row a year; where the screen is too narrow, in several tables.

    With `names` the rung is named. A legend says what the cells hold.
    """
    shown = [(id_, treaty) for id_, treaty in report["treaties"].items() if any(treaty["members"])]
    console = Console()
    # A pipe has no width: what is read back by a program is one width everywhere.
    width = max(console.width, NARROWEST)
    each = max(map(len, RUNG_NAMES)) if names else len("0 0.00")
    fit = max((width - len("│ 2001 │")) // (each + len("  │")), 1)
    for at in range(0, max(len(shown), 1), fit):
        table = Table(title=f"{scenario.name}, seed {report['seed']}, each December" if at == 0 else None)
        table.add_column("year")
        for id_, _ in shown[at : at + fit]:
            # Rich breaks at spaces only.
            head = id_ if len(id_) <= each else id_.replace("-", "- ")
            table.add_column(head, justify="left" if names else "right", width=each, overflow="fold")
        for row, year in enumerate(report["years"]):
            table.add_row(str(year), *(_cell(treaty, row, names) for _, treaty in shown[at : at + fit]))
        Console(width=width).print(table)
    legend = "The rung of organs" if names else "Rung of organs and depth of practice"
    words = (
        "" if names else " Rungs: " + ", ".join(f"{rung} {words}" for rung, words in enumerate(RUNG_NAMES)) + "."
    )
    Console(width=width, highlight=False).print(f"{legend}; - where a treaty is not in force.{words}")


def _cell(treaty: dict[str, Any], row: int, names: bool) -> str:
    if not treaty["members"][row]:
        return "-"
    rung = treaty["rung"][row]
    return RUNG_NAMES[rung] if names else f"{rung} {treaty['depth'][row]:.2f}"


SECONDS_BETWEEN_LINES = 10.0


def now_and_then(tell: Callable[[str], None]) -> Callable[[str], None]:
    """A function that passes words on to `tell`, some seconds after the last at the earliest."""
    last = time.monotonic()

    def told(words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            tell(words)

    return told


def forecast(name: str, sizes: dict[str, int], impossible: int) -> str:
    """What a study will make, in a sentence."""
    rows = f"; {impossible} points are impossible" if impossible else ""
    return f"{name}: {sizes['runs']:,} runs, {sizes['rows']:,} rows, at most {sizes['bytes'] / 1e6:,.1f} MB{rows}"


@contextmanager
def runs_progress(runs: int, title: str) -> Iterator[Callable[[int], None]]:
    """A progress bar with rate and time left on stderr; where there is no terminal a line now and then."""
    console = Console(stderr=True)
    began = time.monotonic()
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
                   TimeRemainingColumn())  # fmt: skip
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=runs, rate="")
            yield lambda done: bar.update(
                task, completed=done, rate=f"{done / max(time.monotonic() - began, 1e-3):,.0f} runs/s"
            )
        return
    tell = now_and_then(lambda words: console.print(words, highlight=False))

    def line(done: int) -> None:
        rate = done / max(time.monotonic() - began, 1e-3)
        left = (runs - done) / rate if rate else 0.0
        tell(f"{title}: {done:,} of {runs:,} runs, {rate:,.0f} a second, {left:.0f} s left")

    yield line


def rows_table(title: str, columns: list[str], rows: list[tuple[str, ...]]) -> None:
    """Rows under their columns: a table on a terminal; in a pipe plain text, never cut."""
    console = Console()
    if console.is_terminal:
        table = Table(title=title)
        for number, column in enumerate(columns):
            table.add_column(column, no_wrap=number == 0)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        return
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    for row in (tuple(columns), *rows):
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def headed(title: str, parts: list[tuple[str, list[str]]]) -> None:
    """Headings, each with its lines; those without lines are left out."""
    console = Console()
    wide = max(len(heading) for heading, _ in parts)
    if console.is_terminal:
        table = Table(title=title, show_header=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for heading, lines in parts:
            if lines:
                table.add_row(heading, Text("\n".join(lines)))
        console.print(table)
        return
    sys.stdout.write(title + "\n")
    for heading, lines in parts:
        for number, line in enumerate(lines):
            sys.stdout.write(f"  {heading if number == 0 else '':<{wide}}  {line}\n")


def python_code(text: str) -> None:
    """Python, in colours on a terminal."""
    console = Console()
    if console.is_terminal:
        console.print(Syntax(text, "python", word_wrap=True))
    else:
        sys.stdout.write(text)
