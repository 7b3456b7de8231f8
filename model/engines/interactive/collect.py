"""Mesa's DataCollector with the model's own reporters, collected every month."""

from __future__ import annotations

from typing import Any

import pandas as pd
from mesa.datacollection import DataCollector

from entente.telling.tables import TABLES


class Collector(DataCollector):  # type: ignore[misc]
    """The collector that a model has unless it is given another.

    It reports `reporters(model)`; of a recorded run `get_table_dataframe("treaties")` works at any time, for the
    tables of `AllianceModel.table`.
    """

    def __init__(self, model: Any) -> None:
        super().__init__(model_reporters=reporters(model))
        self._model = model

    def get_table_dataframe(self, table_name: str) -> pd.DataFrame:
        """A full table up to the present month. Raises `InputError` for one that is not kept."""
        others = table_name in self.tables and table_name not in TABLES
        found: pd.DataFrame = super().get_table_dataframe(table_name) if others else self._model.table(table_name)
        return found


def reporters(model: Any) -> dict[str, Any]:
    """What is reported of the model: seed, date, means over it, depth and rung of every treaty."""
    found: dict[str, Any] = {
        "seed": "seed",
        "date": "date",
        "mean_depth": mean_depth,
        "top_rung": top_rung,
        "threat": mean_threat,
    }
    for treaty in model.treaties:
        found[f"depth:{treaty.id}"] = [getattr, [treaty, "depth"]]
        found[f"rung:{treaty.id}"] = [getattr, [treaty, "rung"]]
    return found


def mean_depth(model: Any) -> float:
    """Mean depth of the running treaties, 0 where there is none."""
    depths = [treaty.depth for treaty in model.treaties if treaty.running]
    return sum(depths) / len(depths) if depths else 0.0


def top_rung(model: Any) -> int:
    """Highest rung of any treaty."""
    return max((treaty.rung for treaty in model.treaties), default=0)


def mean_threat(model: Any) -> float:
    """Mean perceived threat, over states and sources."""
    values = [value for state in model.states for value in state.perception]
    return sum(values) / len(values) if values else 0.0
