"""The figures of a run or a study, drawn from its folder alone and put back into it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from entente.errors import InputError
from entente.telling.figures import draw_figures
from entente.telling.tables import FUTURES_NAME

from .charts import draw_study
from .folder import Run, load_run
from .places import below, place_of, reason

FIGURES = "figures"
MOST = 100_000
"""Runs that figures of a study are drawn from at most: more would change nothing that can be seen."""


def redraw(run: str | Path) -> list[str]:
    """Draw a run's or a study's figures into its `figures/`, each file whole; returns their paths or addresses."""
    kept, place = load_run(run, MOST), place_of(run)
    with tempfile.TemporaryDirectory() as draft:
        into = Path(draft)
        made = _draw_run(kept, into) if isinstance(kept, Run) else draw_study(kept, into)
        try:
            for file in made:
                place.put(f"{FIGURES}/{file.name}", file.read_bytes())
        except OSError as error:
            raise InputError(f"{run}: cannot be written: {reason(error)}") from None
    return [below(run, f"{FIGURES}/{file.name}") for file in made]


def _draw_run(kept: Run, into: Path) -> list[Path]:
    spread = {} if kept.futures is None else {FUTURES_NAME: kept.futures}
    return draw_figures(kept.scenario, kept.tables | spread, into, kept.manifest.get("seed"))
