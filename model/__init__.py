"""The world that states act in: treaties, institutions, runs.

`from entente import load_scenario, run` is all that a notebook needs: `run("memo-2001", seed=1)`
gives an object with each table as a frame. Heavy modules are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "AllianceModel": "entente.engines.interactive.alliance",
    "InputError": "entente.errors",
    "Mechanism": "entente.month.mechanism",
    "OutsidePower": "entente.agents.power",
    "Result": "entente.engines.result",
    "Scenario": "entente.schema.scenario",
    "Simulation": "entente.engines.compiled.ensemble",
    "StateAgent": "entente.agents.state",
    "Treaty": "entente.engines.interactive.treaty",
    "calibrate": "entente.evidence.calibration.calibrate",
    "hindcast": "entente.evidence.hindcast.one",
    "landscape": "entente.evidence.landscape",
    "compare": "entente.analysis.compare",
    "discover": "entente.analysis.discover",
    "equation": "entente.agents.equation",
    "export": "entente.experiments.export",
    "evaluate_claims": "entente.evidence.claims",
    "decompose": "entente.analysis.factorial",
    "load_mechanism": "entente.schema.own",
    "load_run": "entente.experiments.folder",
    "load_scenario": "entente.schema.load",
    "paired": "entente.analysis.paired",
    "parameter_sets": "entente.experiments.prior",
    "response": "entente.evidence.response.estimate",
    "run": "entente.engines.result",
    "scenario_names": "entente.schema.load",
    "sensitivity": "entente.analysis.sensitivity",
    "signs": "entente.analysis.signs",
    "simulate": "entente.engines.compiled.ensemble",
    "threshold": "entente.analysis.threshold",
    "where": "entente.agents.equation",
    "why": "entente.telling.why",
}

__all__ = sorted(_PUBLIC)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'entente' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
