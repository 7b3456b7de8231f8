"""Many ties scored at once: each scenario of a folder is run, kept as a file when it is finished, and all are pooled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from entente.analysis.runs import on_cores, repeated
from entente.engines.compiled.ensemble import prepare
from entente.errors import InputError
from entente.experiments.kept import KEPT, kept
from entente.experiments.places import Folder, checksum
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.scenario import Scenario
from entente.screen import now_and_then

from ..rivals import laid_over, rival_changes
from ..ties import Tie, Ties, load_ties
from .around import Around
from .origins import Plan, forecasts

REPORT = "report.html"
"""The folder of finished ties, and the file by which a folder of scores is known."""
NETWORK = "network"
"""The rival that reads who else is tied to whom."""
OWN_SOURCES = ("baselines.py", "forecast.py", "likelihood.py", "hindcast/origins.py", "record.py", "score.py")
"""Files of the evidence: what makes a tie's file, beside what makes the numbers of runs."""


@dataclass(frozen=True)
class Many:
    """What was asked of a folder, the forecasts of every tie that could be run, and why the others could not.

    `forecasts` has the columns of `origins.forecasts` and `name`, that of the scenario's file; `failed` has `name` and
    `message`.
    """

    ties: Ties
    plan: Plan
    asked: dict[str, object]
    forecasts: pd.DataFrame
    failed: pd.DataFrame


def run_many(
    folder: str | Path,
    parameters: str = "prior",
    draws: int = 200,
    replicates: int = 1,
    seed: int = 0,
    rival: str | None = None,
    horizons: Sequence[int] = (),
    out: Path | None = None,
    mechanisms: Iterable[Mechanism] = (),
    say: Callable[[str], None] = lambda words: None,
    progress: Callable[[str], None] = lambda words: None,
) -> Many:
    """Run every tie of a folder on all cores: each of the `draws` of `parameters` under `replicates` noises.

    With `horizons`, whole years ahead, forecasts begin anew from every coded year; without, from the scenario's start.
    What is finished is kept in `out`, so that a call that was ended goes on; `progress` is told now and then how many ties are done.
    Raises `InputError` for a folder without a tie that can be run, or wrong numbers.
    """
    for name, value in (("draws", draws), ("replicates", replicates)):
        if value < 1:
            raise InputError(f"{name}: {value}: must be a whole number, 1 or more")
    asked = tuple(sorted(set(horizons)))
    if any(years < 1 for years in asked):
        raise InputError(f"--horizons: {asked[0]}: must be whole years, 1 or more")
    if rival == NETWORK and not asked:
        raise InputError(
            "--rival network: give --horizons; who is tied to whom is read from the records at each origin"
        )
    found = load_ties(folder, mechanisms)
    rows, _ = repeated(parameter_sets(parameters, draws, seed, found.ties[0].scenario), replicates)
    plan = Plan(rows, seed, asked)
    with nullcontext() if out is None else Folder(out).held():
        ready, failed = [], found.failed.to_dict("records")
        for tie in found.ties:
            try:
                ready.append(Tie(tie.name, _under(rival, tie.scenario), tie.record))
            except InputError as error:
                failed.append({"name": tie.name, "message": str(error)})
        if ready:
            prepare(say, *(tie.scenario for tie in ready), load_scenario())
        network = Around(found.ties) if rival == NETWORK else None
        done, tell = 0, now_and_then(progress)

        def one(tie: Tie, _: Callable[[], bool]) -> pd.DataFrame | str:
            nonlocal done
            try:
                return _kept(tie, plan, out, network).assign(name=tie.name)
            except InputError as error:
                return str(error)
            finally:
                done += 1
                tell(f"{found.folder.name}: {done} of {len(ready)} scenarios are run")

        made = on_cores(one, ready)
    failed += [
        {"name": tie.name, "message": why} for tie, why in zip(ready, made, strict=True) if isinstance(why, str)
    ]
    tables = [table for table in made if not isinstance(table, str)]
    if not tables:
        raise InputError(f"{found.folder}: no tie can be run; the first of {len(failed)}: {failed[0]['message']}")
    about = {
        "folder": found.folder.name, "parameters": parameters, "draws": draws, "replicates": replicates,
        "seed": seed, "rival": rival, "horizons": list(asked),
    }  # fmt: skip
    missing = pd.DataFrame(failed, columns=["name", "message"]).sort_values("name", ignore_index=True)
    return Many(found, plan, about, pd.concat(tables, ignore_index=True), missing)


def _under(rival: str | None, scenario: Scenario) -> Scenario:
    """A scenario under a rival; the network is read from the records, not from the scenario alone."""
    if rival is None:
        return scenario
    if rival == NETWORK:
        return load_scenario(scenario, rival_changes(rival))
    return laid_over(rival, scenario)


def _kept(tie: Tie, plan: Plan, out: Path | None, network: Around | None) -> pd.DataFrame:
    """The forecasts of a tie, read from `out` where the same code has left the same ones there."""
    years = sorted({cell.year for cell in tie.record.cells})
    around = None if network is None else {year: network.changes(tie, year) for year in years}
    cells = [asdict(cell) for cell in tie.record.cells]
    rows = checksum(plan.parameters.to_csv().encode())
    asked = [scenario_hash(tie.scenario), cells, rows, plan.seed, plan.horizons, around, _own_digest()]
    folder = None if out is None else out / KEPT
    return kept(folder, asked, lambda: forecasts(tie.scenario, tie.record, plan, around))


@cache
def _own_digest() -> str:
    evidence = Path(__file__).parents[1]
    return hashlib.sha256(b"".join((evidence / name).read_bytes() for name in OWN_SOURCES)).hexdigest()
