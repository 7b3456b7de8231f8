"""The world that states act in: treaties, institutions, runs.

`from model import load_scenario, run` is all that a notebook needs: `run("memo-2001", seed=1)`
gives an object with each table as a frame. Heavy modules are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "AllianceModel": "model.alliance",
    "InputError": "model.schema.errors",
    "Result": "model.result",
    "Scenario": "model.schema.scenario",
    "Simulation": "model.ensemble",
    "calibrate": "model.evidence.calibrate",
    "hindcast": "model.evidence.hindcast",
    "landscape": "model.evidence.landscape",
    "compare": "model.analysis.compare",
    "discover": "model.analysis.discover",
    "evaluate_claims": "model.evidence.claims",
    "decompose": "model.analysis.factorial",
    "load_run": "model.experiments.folder",
    "load_scenario": "model.schema.load",
    "paired": "model.analysis.paired",
    "parameter_sets": "model.experiments.prior",
    "run": "model.result",
    "scenario_names": "model.schema.load",
    "sensitivity": "model.analysis.sensitivity",
    "signs": "model.analysis.signs",
    "simulate": "model.ensemble",
    "threshold": "model.analysis.threshold",
    "why": "model.why",
}

__all__ = sorted(_PUBLIC)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'model' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
