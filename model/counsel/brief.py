"""What a scenario says of a tie, computed for two to four pages: answer, drivers, levers, signals, record, and how to repeat it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from entente.analysis.paired import LEVEL, effect
from entente.analysis.question import december, until
from entente.analysis.runs import Noise, repeated, run_rows
from entente.analysis.search import share_interval
from entente.engines.compiled.compiled import source_digest
from entente.engines.result import run
from entente.errors import InputError, nearest, shown
from entente.evidence.hindcast.one import Hindcast, hindcast
from entente.evidence.rivals import laid_over, rival_names
from entente.experiments.afford import afford
from entente.experiments.futures import QUANTITIES, bands
from entente.experiments.plan import make_batch
from entente.experiments.prior import parameter_sets
from entente.experiments.shipped import study_names
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTH_PATTERN, MONTHS_IN_YEAR, month_number, month_text
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.scenario import Scenario
from entente.schema.yaml12 import read_yaml
from entente.telling.tables import FUTURES_NAME
from entente.telling.tie_figures import focus, succession
from entente.world.draws import Floats

from .pull import Lever, levers_of

ANSWERS = ("deeper", "the same", "shallower", "not in force")
"""What can have become of a tie's organs, by the rung at the end and at the start."""
DRIVERS = 6
"""Parameters that are named at most."""
THIRDS = 3
"""A parameter's greatest values are held against its smallest: the outer of so many parts."""
CHECKPOINT = 4
"""Signals are read after so large a part of the time has passed."""
RECORD, RECORD_SCENARIO = "rungs-1992-2001", "record-1992"
FEWEST = 30
"""Runs with a signal below which nothing is said of it."""


@dataclass(frozen=True)
class Brief:
    """What a brief says, before it is written.

    `answers`: `answer, probability, low, high`. `rungs`: `rung, probability` at the end. `drivers`: what is not known, by what it
    does: `path, meaning, difference, low, high` of the probability that the tie is deeper, from the worlds with the smallest third of
    its values to those with the greatest. `levers`: `lever, kind, deeper, difference, low, high, depth, depth_low, depth_high, beyond`
    (share of worlds in which it lies beyond the outside power's ceiling, empty where it has none). `signals`: `signal, share,
    deeper, low, high`. `rivals`: `rival, deeper, low, high` and why one cannot act (`words`). `record` is the model scored on one.
    """

    scenario: Scenario
    treaty: str
    start: str
    by: str
    opened: int
    parameters: str
    draws: int
    replicates: int
    seed: int
    runs: int
    tables: Mapping[str, pd.DataFrame]
    answers: pd.DataFrame
    rungs: pd.DataFrame
    drivers: pd.DataFrame
    levers: pd.DataFrame
    signals: pd.DataFrame
    rivals: pd.DataFrame
    record: Hindcast
    own_record: bool
    sources: tuple[str, ...]
    command: str
    digests: Mapping[str, str]

    @property
    def deeper(self) -> pd.Series:
        """The row of the first answer."""
        return self.answers.iloc[0]


@dataclass(frozen=True)
class _Bench:
    """Runs of a world and of what is changed in it, on the same noise."""

    rows: pd.DataFrame
    noise: Noise
    replicates: int
    seed: int
    treaty: str

    def ran(
        self, scenario: Scenario, names: Sequence[str], keep: str = "none"
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Outcomes of each run, and its series, in the order of the rows."""
        rows = self.rows.drop(columns=[path for path in self.rows if _is_lost(scenario, str(path))])
        made = run_rows(scenario, rows, self.noise, self.seed, list(names), keep)
        if len(made.failed):
            raise InputError(f"parameters, row {made.failed['point'].iloc[0]}: {made.failed['message'].iloc[0]}")
        return made.outcomes.sort_values("point", kind="stable"), made.trajectories

    def ends(self, scenario: Scenario) -> tuple[np.ndarray, Floats]:
        """Whether the tie is deeper at the end than at the start, and its depth then, in each run."""
        names = [f"rung:{self.treaty}", f"rung:{self.treaty}@{scenario.start}", f"depth:{self.treaty}"]
        table, _ = self.ran(scenario, names)
        last, first, depth = (table[name].to_numpy(dtype=float) for name in names)
        return last > first, depth


def brief(
    subject: str,
    parameters: str = "prior",
    draws: int = 200,
    replicates: int = 2,
    seed: int = 0,
    by: str | None = None,
    treaty: str | None = None,
    record: str | None = None,
    mechanisms: Iterable[Mechanism] = (),
    say: Callable[[str], None] = lambda words: None,
) -> Brief:
    """Compute a brief on a `subject`: a scenario (of `configs/` or a file) or a study.

    The points of a study stand for what is not known. `draws` rows of `parameters` (or points of the study) are
    run `replicates` times; every lever hears their noise. `by` (a month, none: the end) ends the runs, `treaty`
    (none: the scenario's focus) is what the brief is on, `record` one of its ties to score it by. `seed` is that
    of the draws and the noise; `mechanisms` act besides those of the scenario; `say` is told in words how far it
    is. Raises `InputError`.

    Examples:
        >>> from entente.counsel.brief import brief
        >>> found = brief("memo-2001", draws=6, replicates=1, by="2003-12")
        >>> list(found.answers), round(float(found.answers["probability"].sum()), 6)
        (['answer', 'probability', 'low', 'high'], 1.0)
    """
    own = tuple(mechanisms)
    scenario, rows, source = _subject(subject, parameters, draws, seed, own)
    scenario = _until(scenario, by)
    afford(len(rows) * replicates, len(QUANTITIES) * scenario.months, "draws and replicates")
    told = run(scenario, seed)
    about = treaty if treaty is not None else focus(scenario, told.tables)
    if about is None or about not in scenario.treaties:
        names = ", ".join(sorted(scenario.treaties))
        close = nearest(str(about), scenario.treaties)
        raise InputError(f"--treaty {shown(about)}: {scenario.name} has the treaties {names}{close}")
    scenario = load_scenario(scenario, {"focus": about})
    if len(rows) < THIRDS * 2:
        raise InputError(f"draws: {len(rows)}: too few to say what moves a tie; name {THIRDS * 2} or more")
    points, noise = repeated(rows, replicates)
    bench = _Bench(points, noise, replicates, seed, about)
    line = succession(scenario, about)
    say("the futures")
    wanted = [f"{quantity}:{name}" for name in line for quantity in QUANTITIES]
    _, series = bench.ran(scenario, wanted, keep="monthly")
    status, depth, rung = (
        series[f"{quantity}:{about}"].to_numpy(dtype=float).reshape(len(points), -1) for quantity in QUANTITIES
    )
    deeper = rung[:, -1] > rung[:, 0]
    say("what moves it")
    drivers = _drivers(scenario, rows, deeper.reshape(-1, replicates).mean(axis=1))
    levers = _levers(bench, scenario, about, (deeper, depth[:, -1]), say)
    say("rivals and the record")
    rivals = _rivals(bench, scenario)
    scored = hindcast(
        scenario if record is not None else RECORD_SCENARIO, record or RECORD,
        "posterior" if source == "posterior" else "prior", max(draws, 2), seed, mechanisms=() if record is None else own,
    )  # fmt: skip
    options = {"--parameters": (parameters, "prior"), "--draws": (draws, 200), "--replicates": (replicates, 2), "--seed": (seed, 0),
               "--by": (by, None), "--treaty": (treaty, None), "--record": (record, None)}  # fmt: skip
    said = [f"{name} {value}" for name, (value, default) in options.items() if value != default]
    return Brief(
        scenario, about, scenario.start, _last(scenario), int(np.median(rung[:, 0])), source, len(rows), replicates, seed,
        len(points) * (1 + len(levers) + len(rivals[rivals["words"] == ""])),
        dict(told.tables) | {FUTURES_NAME: bands(series, line, len(points))},
        _answers(status[:, -1], rung, replicates, seed), _last_rungs(rung[:, -1]), drivers, levers,
        _signals(scenario, deeper, depth, rung, replicates, seed), rivals, scored, record is not None, _sources(scenario),
        " ".join(["entente brief", subject, *said]),
        {"scenario": scenario_hash(scenario), "code": source_digest()},
    )  # fmt: skip


def _subject(
    subject: str, parameters: str, draws: int, seed: int, own: tuple[Mechanism, ...]
) -> tuple[Scenario, pd.DataFrame, str]:
    """The scenario, the rows in which what is not known differs, and where these come from."""
    if _is_study(subject):
        batch = make_batch(subject, mechanisms=own)
        rows = batch.rows
        shape = [path for path in rows if path in ("months", "seed")]
        failed = {failure.point for failure in batch.failures}
        rows = rows.drop(columns=shape)[~rows.index.isin(failed)]
        chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:draws])
        return batch.scenario, rows.iloc[chosen].reset_index(drop=True), f"the study {batch.study.name}"
    scenario = load_scenario(subject, mechanisms=own)
    if parameters == "default":
        raise InputError(
            "parameters: default: one set of values says nothing of what is not known; name prior or posterior"
        )
    return scenario, parameter_sets(parameters, draws, seed, scenario), parameters


def _is_study(subject: str) -> bool:
    """Whether a name or file is that of a study: it is one in `configs/studies`, or a file that has factors."""
    if not subject.endswith((".yaml", ".yml")):
        return subject in study_names()
    path = Path(subject)
    return path.is_file() and "factors" in read_yaml(path)[0]


def _until(scenario: Scenario, by: str | None) -> Scenario:
    if by is None:
        return scenario
    month = december(by)
    if not re.fullmatch(MONTH_PATTERN, month):
        raise InputError(f"--by {shown(by)}: must be a month, YYYY-MM, or a year")
    ended = until(scenario, month)
    if ended.months < MONTHS_IN_YEAR:
        raise InputError(f"--by {by}: {scenario.name} begins in {scenario.start}; a brief needs a year at least")
    return ended


def _last(scenario: Scenario) -> str:
    return month_text(month_number(scenario.start) + scenario.months - 1)


def _is_lost(scenario: Scenario, path: str) -> bool:
    """Whether a path belongs to an event that a changed world lacks."""
    return path.startswith("interventions.") and path.split(".")[1] not in scenario.interventions


def _answers(status: Floats, rung: Floats, replicates: int, seed: int) -> pd.DataFrame:
    """What became of the organs, with intervals over draws."""
    gone, first, last = status != 1, rung[:, 0], rung[:, -1]
    flags = (last > first, ~gone & (last == first), ~gone & (last < first), gone & (last <= first))
    rows = []
    for answer, flag in zip(ANSWERS, flags, strict=True):
        low, high = share_interval(flag, replicates, seed)
        rows.append({"answer": answer, "probability": flag.mean(), "low": low, "high": high})
    return pd.DataFrame(rows)


def _last_rungs(last: Floats) -> pd.DataFrame:
    rungs, counts = np.unique(last.astype(int), return_counts=True)
    return pd.DataFrame({"rung": rungs, "probability": counts / len(last)})


def _drivers(scenario: Scenario, rows: pd.DataFrame, deeper: Floats) -> pd.DataFrame:
    """What the probability differs by between worlds with much and with little of a parameter."""
    fields = type(scenario.behaviour).model_fields
    found = []
    size = len(rows) // THIRDS
    for path in rows:
        values = rows[path]
        if not pd.api.types.is_numeric_dtype(values) or values.nunique() < 2:
            continue
        order = np.argsort(values.to_numpy(dtype=float), kind="stable")
        little, much = deeper[order[:size]], deeper[order[-size:]]
        apart = much.mean() - little.mean()
        spread = np.sqrt(much.var(ddof=1) / size + little.var(ddof=1) / size)
        half = student.ppf((1 + LEVEL) / 2, 2 * size - 2) * spread
        field = fields.get(str(path).removeprefix("behaviour."))
        meaning = field.description if field is not None and field.description else ""
        found.append(
            {"path": path, "meaning": meaning, "difference": apart, "low": apart - half, "high": apart + half}
        )
    table = pd.DataFrame(found, columns=["path", "meaning", "difference", "low", "high"])
    strongest = table.sort_values("difference", key=abs, ascending=False, kind="stable")
    return strongest.head(DRIVERS).reset_index(drop=True)


def _levers(
    bench: _Bench, scenario: Scenario, treaty: str, base: tuple[np.ndarray, Floats], say: Callable[[str], None]
) -> pd.DataFrame:
    """What each lever does to the probability and to the depth, on the same noise."""
    rows = []
    for lever in levers_of(scenario, treaty):
        if any(path in bench.rows for path in lever.changes):
            # What the rows vary themselves is no lever but what is not known.
            continue
        say(lever.name)
        deeper, depth = bench.ends(load_scenario(scenario, dict(lever.changes)))
        before = np.column_stack([base[0].astype(float), base[1]])
        after = np.column_stack([deeper.astype(float), depth])
        found = effect(before, after, bench.replicates)
        chance, practice = found.iloc[0], found.iloc[1]
        rows.append(
            {
                "lever": lever.name, "kind": lever.kind, "deeper": chance["b"], "difference": chance["difference"],
                "low": chance["low"], "high": chance["high"], "depth": practice["difference"],
                "depth_low": practice["low"], "depth_high": practice["high"], "beyond": _beyond(bench, scenario, lever),
            }
        )  # fmt: skip
    columns = [
        "lever",
        "kind",
        "deeper",
        "difference",
        "low",
        "high",
        "depth",
        "depth_low",
        "depth_high",
        "beyond",
    ]
    return pd.DataFrame(rows, columns=columns).sort_values("difference", kind="stable").reset_index(drop=True)


def _beyond(bench: _Bench, scenario: Scenario, lever: Lever) -> float:
    """Share of worlds in which an outside power's package is larger than its domestic politics allow; NaN for other levers."""
    if lever.size is None:
        return float("nan")
    path = "behaviour.domestic_cap"
    caps = (
        bench.rows[path].to_numpy(dtype=float)
        if path in bench.rows
        else scenario.behaviour.model_dump()["domestic_cap"]
    )
    return float(np.mean(lever.size > np.asarray(caps)))


def _signals(
    scenario: Scenario, deeper: np.ndarray, depth: Floats, rung: Floats, replicates: int, seed: int
) -> pd.DataFrame:
    """How the probability changes with what has been seen by the checkpoint."""
    at = max(rung.shape[1] // CHECKPOINT, 1)
    when = month_text(month_number(scenario.start) + at)
    middle = np.median(depth[:, at])
    flags = {
        f"organs have grown by {when}": rung[:, at] > rung[:, 0],
        f"organs stand where they stood by {when}": rung[:, at] == rung[:, 0],
        f"organs have shrunk by {when}": rung[:, at] < rung[:, 0],
        f"practice is above {middle:.2f} in {when}": depth[:, at] > middle,
        f"practice is {middle:.2f} or less in {when}": depth[:, at] <= middle,
    }
    rows = []
    for signal, flag in flags.items():
        row: dict[str, Any] = {
            "signal": signal,
            "share": flag.mean(),
            "deeper": np.nan,
            "low": np.nan,
            "high": np.nan,
        }
        if flag.sum() >= FEWEST:
            # Runs with a signal are no whole draws any more: each is its own unit.
            low, high = share_interval(deeper[flag], 1, seed)
            row |= {"deeper": deeper[flag].mean(), "low": low, "high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _rivals(bench: _Bench, scenario: Scenario) -> pd.DataFrame:
    """What each rival explanation says, or why it can say nothing."""
    rows = []
    for rival in rival_names():
        row: dict[str, Any] = {"rival": rival, "deeper": np.nan, "low": np.nan, "high": np.nan, "words": ""}
        try:
            deeper, _ = bench.ends(laid_over(rival, scenario))
        except InputError as error:
            row["words"] = str(error).removeprefix(f"--rival {rival}: ")
        else:
            low, high = share_interval(deeper, bench.replicates, bench.seed)
            row |= {"deeper": deeper.mean(), "low": low, "high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _sources(scenario: Scenario) -> tuple[str, ...]:
    """The works that the scenario's numbers cite, each once."""
    found: dict[str, None] = {}
    waiting: list[Any] = [scenario.model_dump(exclude_none=True)]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, dict):
            found |= dict.fromkeys(item.get("citation", {}).values())
            waiting += [value for key, value in item.items() if key != "citation"]
    return tuple(sorted(found))
