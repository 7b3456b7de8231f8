"""Regenerate docs/worth.md: what leaving out each mechanism changes.

    python docs/worth.py [DRAWS] [--population FOLDER]

Every mechanism that is on by default is switched off alone, in every world: a minute and a half each on two cores.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from behaviour import table
from behaviour_numbers import DATES, SEED, SETTINGS, SHOCKED, WITHIN, later, values_of
from behaviour_population import population

from entente.engines.compiled.ensemble import prepare
from entente.evidence.claims import CLAIMS
from entente.evidence.claims.evaluate import evaluate_claims
from entente.evidence.hindcast.one import MODEL, hindcast
from entente.evidence.score import rps
from entente.experiments.prior import prior_draws
from entente.mechanisms import shipped
from entente.schema.base import month_number
from entente.schema.load import load_scenario

HERE = Path(__file__).resolve().parent
KEPT = HERE / "worth.csv"
DRAWS, DYAD_DRAWS, REPLICATES = 60, 40, 2
HOLDS = "holds"
WHOLE = "(none)"
"""Stands for the model with all of them."""


def gain(draws: pd.DataFrame, off: dict[str, Any]) -> float:
    """C34: by how much a threat of 1 to all parties raises the chance of a new rung, mean over ties, settings and dates."""
    shocks = {
        f"interventions.{tie.lower()}-{date[:4]}": {
            "kind": "shock", "month": date, "source": source, "size": 0, "weights": dict.fromkeys(parties, 1),
        }
        for tie, (_, source, parties) in SHOCKED.items()
        for date in DATES
    }  # fmt: skip
    calm = {f"{name}.size": 0.0 for name in shocks}
    worlds = pd.DataFrame([calm, *(calm | {size: 1.0} for size in calm)])
    spans = [
        (treaty, later(date, -1), f"{date}..{later(date, WITHIN)}")
        for treaty, _, _ in SHOCKED.values()
        for date in DATES
    ]
    outcomes = [
        name for treaty, before, span in spans for name in (f"rung:{treaty}@{before}", f"rung:{treaty}@max:{span}")
    ]
    base = load_scenario("memo-2001")
    months = month_number(DATES[-1]) + WITHIN + 1 - month_number(base.start)
    gains = []
    for setting in SETTINGS.values():
        scenario = load_scenario(base, {"months": months, **setting, **shocks, **off})
        found = values_of(scenario, draws, outcomes, REPLICATES, worlds)
        risen = found[..., 1::2] > found[..., ::2]
        gains += [risen[n + 1, ..., n].mean() - risen[0, ..., n].mean() for n in range(len(spans))]
    return float(np.mean(gains))


def record(draws: int, off: dict[str, Any]) -> float:
    """Mean ranked probability score on the record from 1992 to 2001."""
    found = hindcast(load_scenario("record-1992", off), "rungs-1992-2001", "prior", draws=draws, seed=SEED)
    return float(rps(found.forecasts[MODEL], found.record.codings).mean())


def verdicts(draws: int, off: dict[str, Any]) -> dict[str, str]:
    """The verdict on each tested claim."""
    claims = evaluate_claims(draws, seed=SEED, changes=off).claims
    tested = claims[claims["kind"] == "tested"]
    return dict(zip(tested["id"], tested["verdict"], strict=True))


def dyads(folder: Path, off: dict[str, Any]) -> float:
    """Mean ranked probability score on the records of a population, with exchange as the folder codes it."""
    found = population(folder, DYAD_DRAWS, off)
    own = found[found["number"] == "model"]
    return float(own["value"].iloc[-1])


def told(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Claims that no longer hold, and those that now do."""
    lost = [id_ for id_, verdict in after.items() if before[id_] == HOLDS != verdict]
    won = [id_ for id_, verdict in after.items() if before[id_] != HOLDS == verdict]
    return [", ".join(lost), ", ".join(won)]


def measured(folder: Path | None, draws: int) -> pd.DataFrame:
    """A row a mechanism: its scores, and the claims that are lost and won without it."""
    names = ["", *(one.name for one in shipped().all if one.on)]
    drawn = prior_draws(draws, SEED)
    older = pd.read_csv(KEPT, index_col="mechanism")["dyads"] if KEPT.exists() else pd.Series(dtype=float)
    rows, whole, began = [], {}, time.perf_counter()
    for name in names:
        off = {f"switches.{name}": False} if name else {}
        found = verdicts(draws, off)
        whole = whole or found
        lost, won = told(whole, found)
        scored = older.get(name or WHOLE, np.nan) if folder is None else dyads(folder, off)
        rows.append(
            {"mechanism": name or WHOLE, "record": record(draws, off), "gain": gain(drawn, off), "dyads": scored,
             "lost": lost, "won": won, "holds": sum(verdict == HOLDS for verdict in found.values())}
        )  # fmt: skip
        print(f"{name or 'the whole'}: {time.perf_counter() - began:.0f} s", flush=True)
    return pd.DataFrame(rows).set_index("mechanism")


def carried(name: str) -> str:
    """The claims whose test is that they fall where the mechanism is switched off."""
    return ", ".join(id_ for id_, claim in CLAIMS.items() if f"switches.{name}" in (claim.off or {}))


def page(found: pd.DataFrame, draws: int) -> str:
    whole = found.loc[WHOLE]
    rows = [
        [f"`{name}`", f"{row['record'] - whole['record']:+.4f}", f"{row['gain'] - whole['gain']:+.2f}",
         "-" if np.isnan(row["dyads"]) else f"{row['dyads'] - whole['dyads']:+.4f}", carried(str(name)), row["lost"], row["won"]]
        for name, row in found.drop(WHOLE).iterrows()
    ]  # fmt: skip
    head = [
        "without",
        "record",
        "gain of a threat",
        "dyads",
        "claims that turn on it",
        "lost without it",
        "won without it",
    ]
    lines = [
        "# What each mechanism is worth", "",
        f"Each mechanism that is on by default, switched off alone, over {draws} draws from the prior ranges; written by "
        "`python docs/worth.py`. *Record* and *dyads* are mean ranked probability scores, less being better: on the record from "
        "1992 to 2001, and on the development half of the dyads of [behaviour.md](behaviour.md), exchange coded by gravity. "
        "*Gain of a threat* is by how much a threat of 1 to all parties raises the chance of a new rung within two years (C34). "
        "A claim *turns on* a mechanism where its test is that it falls without it; *lost* and *won* are claims whose verdict "
        "`holds` goes or comes; - was not measured.", "",
        f"With all of them: record {whole['record']:.4f}, gain {whole['gain']:+.2f}, dyads {whole['dyads']:.4f}, "
        f"{whole['holds']:.0f} claims hold.", "",
        *table(head, rows),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Regenerate docs/worth.md.")
    parser.add_argument("draws", nargs="?", type=int, default=DRAWS, help="draws from the prior ranges")
    parser.add_argument(
        "--population", type=Path, metavar="FOLDER", help="scenarios of dyads with a record beside each"
    )
    given = parser.parse_args()
    prepare(print)
    found = measured(given.population, given.draws)
    found.to_csv(KEPT, float_format="%.6g", lineterminator="\n")
    (HERE / "worth.md").write_text(
        page(pd.read_csv(KEPT, index_col="mechanism").fillna({"lost": "", "won": ""}), given.draws),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
