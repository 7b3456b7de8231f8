"""A run in short: one value a year, for the table on the screen and for programs that read JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd

from entente.schema.scenario import Scenario


def yearly(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of each year's December; an unfinished last year takes its last month."""
    months = frame["month"].drop_duplicates()
    last = months.groupby(months.str[:4]).max()
    return frame[frame["month"].isin(set(last))].assign(year=lambda f: f["month"].str[:4].astype(int))


def summary(scenario: Scenario, tables: dict[str, pd.DataFrame], seed: int, run_dir: str) -> dict[str, Any]:
    """The object that `entente run --json` prints."""
    treaties, dyads = yearly(tables["treaties"]), yearly(tables["dyads"])
    years = sorted(set(yearly(tables["states"])["year"].tolist()))
    signed = tables["events"][tables["events"]["kind"] == "signing"].set_index("treaty")["month"].to_dict()
    running = set(tables["treaties"].loc[tables["treaties"]["status"] == 1, "treaty"])
    by_treaty = {}
    for id_, rows in treaties.groupby("treaty", sort=True):
        before = scenario.treaties[str(id_)].signed if id_ in running else None
        by_treaty[str(id_)] = {
            "signed": signed.get(id_, before),
            "depth": rows["depth"].tolist(),
            "rung": rows["rung"].tolist(),
            "obligation": rows["obligation"].tolist(),
            "members": [members.split() for members in rows["members"]],
        }
    return {
        "scenario": scenario.name,
        "seed": seed,
        "months": scenario.months,
        "run_dir": run_dir,
        "years": years,
        "treaties": by_treaty,
        "dyads": {f"{a}-{b}": rows["index"].tolist() for (a, b), rows in dyads.groupby(["a", "b"], sort=True)},
        "events": tables["events"].to_dict(orient="records"),
    }
