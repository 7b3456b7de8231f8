"""Which option is good when nobody knows the world: loss, regret, robustness, cost, where it fails, and until when it lasts.

A world is a draw of the parameters under the model or under a rival explanation. Every option is tried in every world on
the same noise, so that options differ by nothing but themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from entente.analysis.discover import CASES, Discovery, discover
from entente.analysis.output import records
from entente.analysis.paired import LEVEL, effect
from entente.analysis.runs import Noise, Runner, repeated, run_rows
from entente.analysis.search import share_interval
from entente.analysis.values import DECEMBER
from entente.errors import InputError
from entente.evidence.rivals import laid_over
from entente.experiments.afford import afford
from entente.experiments.kept import KEPT, kept
from entente.experiments.places import checksum
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.base import MONTHS_IN_YEAR, month_number
from entente.schema.load import load_scenario, scenario_hash
from entente.schema.paths import leaf
from entente.schema.scenario import Scenario
from entente.world.draws import Floats

from .decision import Decision, Option, load_decision
from .sequence import switched
from .words import MODEL

HIGH_REGRET = 0.9
"""Quantile of regret beside its maximum, which rests on a single world."""
MOST_SEQUENCES = 12
TOGETHER = 20
"""Options that are run at a time, and kept."""
OPTION = "option"
THEN = " then "


@dataclass(frozen=True)
class Decided:
    """What was found.

    `options`: one row an option: `option, cost`; `loss` with `low, high` (95 %, over draws): the outcome, or its
    negative where more is wanted, mean over worlds; `gain` with `gain_low, gain_high`: loss less than that of the first
    option; `regret_mean, regret_high, regret_max`: loss beyond that of the best option of each world; `kept` with
    `kept_low, kept_high`: share of runs in which the level is kept; `robust`: share of worlds in which it is kept
    in the share `probability` of runs; `pareto`: whether no option does better at no more cost; `lasts`: the last year in which it
    is kept in that share of runs, empty where it never is, and `lasts_on`: whether that is the last of all.
    `sequences`: the same for first one option and then another. `explanations`: `option, explanation, loss, kept`.
    `years`: `option, year, kept`. `discovery`: where the `chosen` option fails, None where too few worlds tell.
    """

    decision: Decision
    options: pd.DataFrame
    sequences: pd.DataFrame
    explanations: pd.DataFrame
    years: pd.DataFrame
    chosen: str
    discovery: Discovery | None
    runs: int

    @property
    def report(self) -> dict[str, Any]:
        """The decision as JSON holds it."""
        return {
            "decision": self.decision.model_dump(exclude_none=True), "aim": self.decision.aim, "runs": self.runs,
            "interval": f"Student's t over draws of the parameters, {LEVEL:.0%}; of shares a bootstrap over draws",
            "chosen": self.chosen, "sentences": sentences(self), "options": records(self.options),
            "sequences": records(self.sequences), "explanations": records(self.explanations),
            "fails_where": None if self.discovery is None else self.discovery.report,
        }  # fmt: skip


@dataclass(frozen=True)
class _Trial:
    """What options are tried in."""

    decision: Decision
    worlds: dict[str, Scenario]
    rows: pd.DataFrame
    noise: Noise
    folder: Path | None
    runner: Runner
    say: Callable[[str], None]

    def tried(self, options: Mapping[str, Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
        """The runs of each option, its changes as leaves of the scenario: `explanation, draw, replicate, value, YYYY-12, ...`."""
        found: dict[str, pd.DataFrame] = {}
        names = list(options)
        for at in range(0, len(names), TOGETHER):
            some = names[at : at + TOGETHER]
            whole = self._under_each({}, [options[name] for name in some])
            found |= {
                name: whole[whole[OPTION] == place].drop(columns=OPTION).reset_index(drop=True)
                for place, name in enumerate(some)
            }
            self.say(f"{len(found)} of {len(names)} options tried")
        return found

    def then(self, changes: Mapping[str, Any]) -> pd.DataFrame:
        """The same for an option that changes more than leaves."""
        return self._under_each(changes, [{}]).drop(columns=OPTION)

    def _under_each(self, changes: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        frames = []
        for who, world in self.worlds.items():
            ready = load_scenario(world, dict(changes))
            design = self._design(ready, options)
            asked = ["decide", scenario_hash(ready), checksum(design.to_csv(index=False).encode()), self.decision.replicates,
                     self.decision.seed, self.decision.measured(ready)]  # fmt: skip
            frame = kept(self.folder, asked, lambda ready=ready, design=design: self._run(ready, design))  # type: ignore[misc]
            frames.append(frame.assign(explanation=who))
        return pd.concat(frames, ignore_index=True)

    def _design(self, world: Scenario, options: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """Rows of parameters for each option in turn, so that all hear their noise together and it is drawn once.

        What an option leaves alone has the value of its world: a rival may have changed it.
        """
        paths = list(dict.fromkeys(path for option in options for path in option))
        given = {path: leaf(world, path) for path in paths}
        return pd.concat(
            [
                self.rows.assign(**(given | dict(option)), **{OPTION: place})
                for place, option in enumerate(options)
            ],
            ignore_index=True,
        )

    def _run(self, scenario: Scenario, design: pd.DataFrame) -> pd.DataFrame:
        names = self.decision.measured(scenario)
        noise = np.tile(self.noise, len(design) // len(self.rows))
        made = self.runner(scenario, design.drop(columns=OPTION), noise, self.decision.seed, names, "yearly")
        if len(made.failed):
            raise InputError(f"an option or a draw cannot run: {made.failed['message'].iloc[0]}")
        table = made.outcomes.sort_values("point", kind="stable")
        opening = table[names[1]].to_numpy(dtype=float) if self.decision.since_start else np.zeros(len(table))
        series = made.trajectories.pivot(
            index="point", columns="month", values=self.decision.outcome.partition("@")[0]
        )
        found = pd.DataFrame(
            {
                OPTION: design[OPTION], "draw": noise // self.decision.replicates,
                "replicate": noise % self.decision.replicates,
                "value": table[names[0]].to_numpy(dtype=float) - opening,
            }
        )  # fmt: skip
        return found.assign(**{str(month): series[month].to_numpy() - opening for month in series})


def decide(
    decision: str,
    out: Path | None = None,
    runner: Runner = run_rows,
    mechanisms: Iterable[Mechanism] = (),
    say: Callable[[str], None] = lambda words: None,
    **changes: Any,
) -> Decided:
    """Try the options of a `decision` of `configs/decisions` or of a .yaml file (see `decision.Decision`).

    `changes` replaces fields of it. Runs are kept in `out/kept` as they are made, so that an ended call goes on.
    `say` is told how far it is. `runner` is what runs the rows; `mechanisms` act besides those of the scenario.
    Raises `InputError`.

    Examples:
        >>> from entente.counsel.decide import decide
        >>> found = decide("keep-apart", draws=6, replicates=1)
        >>> found.chosen in set(found.options["option"])
        True
    """
    asked, scenario = load_decision(decision, changes, mechanisms)
    count = 1 if asked.parameters == "default" else asked.draws
    options = asked.choices()
    numbers = len(type(scenario.behaviour).model_fields)
    afford(count * asked.replicates * min(len(options), TOGETHER), numbers, "draws, replicates and options")
    draws = parameter_sets(asked.parameters, count, asked.seed, scenario)
    twice = [path for option in options.values() for path in option.set if path in draws]
    if twice:
        raise InputError(f"{twice[0]}: is drawn with the parameters and set by an option; it cannot be both")
    if len(draws) < 2:
        raise InputError(
            "parameters, draws: what is good in one world alone needs no decision; name prior or posterior"
        )
    rows, noise = repeated(draws, asked.replicates)
    worlds = {MODEL: scenario} | {rival: laid_over(rival, scenario) for rival in asked.rivals}
    folder = None if out is None else out / KEPT
    trial = _Trial(asked, worlds, rows, noise, folder, runner, say)
    tried = trial.tried({name: option.set for name, option in options.items()})
    best_of = _least(asked, tried)
    table = _table(asked, options, tried, best_of, next(iter(tried)))
    later = _sequences(trial, options, table)
    sequences = _table(
        asked, {name: option for name, (option, _) in later.items()}, {name: frame for name, (_, frame) in later.items()},
        best_of, next(iter(tried)), tried[next(iter(tried))],
    )  # fmt: skip
    chosen = _chosen(asked, table)
    shown = pd.concat(
        [_yearly(asked, frame).assign(option=name) for name, frame in tried.items()], ignore_index=True
    )
    return Decided(
        asked, table, sequences, _explained(asked, tried), shown[["option", "year", "kept"]], chosen,
        _where_it_fails(asked, draws, tried[chosen]), len(rows) * len(worlds) * (len(options) + len(later)),
    )  # fmt: skip


def _loss(asked: Decision, frame: pd.DataFrame) -> Floats:
    """The outcome where less is wanted, its negative where more is."""
    values = frame["value"].to_numpy(dtype=float)
    return values if asked.below is not None else -values


def _by_world(asked: Decision, frame: pd.DataFrame, values: Floats) -> Floats:
    """Means over the replicates of each world, shape (explanations, draws)."""
    return np.asarray(values.reshape(frame["explanation"].nunique(), -1, asked.replicates).mean(axis=2))


def _least(asked: Decision, tried: dict[str, pd.DataFrame]) -> Floats:
    """The least loss of any option in each world, shape (explanations, draws)."""
    return np.asarray(np.min([_by_world(asked, frame, _loss(asked, frame)) for frame in tried.values()], axis=0))


def _table(
    asked: Decision,
    options: dict[str, Option],
    tried: dict[str, pd.DataFrame],
    least: Floats,
    first: str,
    beside: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row an option; see `Decided.options`. `beside` are the runs of the first option where it is none of these."""
    reference = tried[first] if beside is None else beside
    rows = []
    for name, frame in tried.items():
        loss = _by_world(asked, frame, _loss(asked, frame))
        # A draw and its explanations are one unit: they share their noise.
        units, base = loss.mean(axis=0), _by_world(asked, reference, _loss(asked, reference)).mean(axis=0)
        apart = effect(units[:, np.newaxis], base[:, np.newaxis]).iloc[0]
        half = float(student.ppf((1 + LEVEL) / 2, len(units) - 1) * units.std(ddof=1) / np.sqrt(len(units)))
        regret = np.maximum(loss - least, 0)
        holds = asked.met(frame["value"].to_numpy(dtype=float))
        together = holds.reshape(len(loss), -1, asked.replicates)
        shares = together.mean(axis=2)
        by_draw = np.ascontiguousarray(together.transpose(1, 0, 2)).reshape(-1)
        low, high = share_interval(by_draw, len(loss) * asked.replicates, asked.seed)
        lasts, on = _lasting(asked, frame)
        rows.append(
            {
                "option": name, "cost": options[name].cost, "loss": units.mean(), "low": units.mean() - half,
                "high": units.mean() + half, "gain": apart["difference"], "gain_low": apart["low"],
                "gain_high": apart["high"], "regret_mean": regret.mean(),
                "regret_high": np.quantile(regret, HIGH_REGRET), "regret_max": regret.max(), "kept": holds.mean(),
                "kept_low": low, "kept_high": high, "robust": (shares >= asked.probability).mean(), "lasts": lasts,
                "lasts_on": on,
            }
        )  # fmt: skip
    columns = ["option", "cost", "loss", "low", "high", "gain", "gain_low", "gain_high", "regret_mean", "regret_high", "regret_max",
               "kept", "kept_low", "kept_high", "robust", "lasts", "lasts_on"]  # fmt: skip
    found = pd.DataFrame(rows, columns=columns)
    found["lasts"] = found["lasts"].astype("Int64")
    found["pareto"] = pareto(found["cost"].to_numpy(dtype=float), found["loss"].to_numpy(dtype=float))
    return found


def pareto(cost: Floats, loss: Floats) -> np.ndarray:
    """Which options no other beats: none costs no more and loses no more, and less in one of the two."""
    no_more = (cost <= cost[:, np.newaxis]) & (loss <= loss[:, np.newaxis])
    less = (cost < cost[:, np.newaxis]) | (loss < loss[:, np.newaxis])
    return np.asarray(~(no_more & less).any(axis=1))


def _yearly(asked: Decision, frame: pd.DataFrame) -> pd.DataFrame:
    """`year, kept`: share of runs in which the level is kept each December."""
    months = [name for name in frame if str(name).endswith(DECEMBER)]
    kept_ = [asked.met(frame[month].to_numpy(dtype=float)).mean() for month in months]
    return pd.DataFrame({"year": [int(str(month)[:4]) for month in months], "kept": kept_})


def _lasting(asked: Decision, frame: pd.DataFrame) -> tuple[int | None, bool]:
    """The last year in which the level is kept often enough, None where it never is, and whether that is the run's last."""
    years = _yearly(asked, frame)
    enough = years[years["kept"] >= asked.probability]["year"]
    return (
        (None, False) if enough.empty else (int(enough.iloc[-1]), bool(enough.iloc[-1] == years["year"].iloc[-1]))
    )


def _sequences(
    trial: _Trial, options: dict[str, Option], table: pd.DataFrame
) -> dict[str, tuple[Option, pd.DataFrame]]:
    """First one option and, when it has been enough for the last time, another that costs more, with their runs.

    All are on the Pareto front. The second is one that is enough at the end, or the surest where none is.
    """
    front = table[table["pareto"]].sort_values("cost", kind="stable")
    enough = front[front["kept"] >= trial.decision.probability]
    seconds = enough if len(enough) else front.sort_values("kept", kind="stable").tail(1)
    start, last = month_number(trial.worlds[MODEL].start), month_number(trial.decision.by)
    found: dict[str, tuple[Option, pd.DataFrame]] = {}
    # What is never enough has no end of being enough.
    for first in front[front["lasts"].notna() & ~front["lasts_on"]].to_dict("records"):
        year = int(first["lasts"]) + 1
        month = year * MONTHS_IN_YEAR
        for second in seconds[seconds["cost"] > first["cost"]]["option"]:
            if not start < month < last or len(found) == MOST_SEQUENCES:
                continue
            share = (month - start) / (last + 1 - start)
            cost = share * options[first["option"]].cost + (1 - share) * options[second].cost
            model = trial.worlds[MODEL]
            changes = switched(model, options[first["option"]].set, options[second].set, month)
            name = f"{first['option']}{THEN}{second} in {year}"
            found[name] = (Option(cost=cost), trial.then(changes))
            trial.say(f"{name} tried")
    return found


def _chosen(asked: Decision, table: pd.DataFrame) -> str:
    """The cheapest option that is enough; where none is, that of the least expected loss."""
    enough = table[table["kept"] >= asked.probability]
    ranked = (
        enough.sort_values(["cost", "loss"], kind="stable")
        if len(enough)
        else table.sort_values("loss", kind="stable")
    )
    return str(ranked["option"].iloc[0])


def _explained(asked: Decision, tried: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for name, frame in tried.items():
        for who, own in frame.groupby("explanation", sort=False):
            held = asked.met(own["value"].to_numpy(dtype=float)).mean()
            rows.append({"option": name, "explanation": who, "loss": _loss(asked, own).mean(), "kept": held})
    return pd.DataFrame(rows)


def _where_it_fails(asked: Decision, draws: pd.DataFrame, frame: pd.DataFrame) -> Discovery | None:
    """The boxes of parameters, and the explanations, in which an option does not keep the level."""
    fails = ~asked.met(frame["value"].to_numpy(dtype=float))
    worlds = list(dict.fromkeys(frame["explanation"]))
    points = pd.concat([draws.assign(explanation=who) for who in worlds], ignore_index=True)
    if len(worlds) == 1:
        points = points.drop(columns="explanation")
    points.insert(0, "point", range(len(points)))
    table = points.assign(fails=_by_world(asked, frame, fails.astype(float)).reshape(-1))
    failing = int((table["fails"] > 1 / 2).sum())
    if min(failing, len(table) - failing) < CASES:
        return None
    return discover(table, "fails", above=1 / 2, seed=asked.seed)


def sentences(found: Decided) -> list[str]:
    """The decision that `found` holds in plain words.

    Examples:
        >>> from entente.counsel.decide import decide, sentences
        >>> len(sentences(decide("keep-apart", draws=6, replicates=1))) > 5
        True
    """
    asked, table = found.decision, found.options
    enough = table[table["kept"] >= asked.probability].sort_values(["cost", "loss"], kind="stable")
    lines = []
    if len(enough):
        row = enough.iloc[0]
        lines.append(
            f"The cheapest option that is enough for {asked.aim} in {asked.probability:.0%} of runs: {row['option']}, at a cost of "
            f"{row['cost']:g}; it holds in {row['kept']:.0%} ({row['kept_low']:.0%} to {row['kept_high']:.0%})."
        )
    else:
        row = table.sort_values("kept", kind="stable").iloc[-1]
        lines.append(
            f"No option is enough for {asked.aim} in {asked.probability:.0%} of runs; the surest, {row['option']}, keeps it in "
            f"{row['kept']:.0%} ({row['kept_low']:.0%} to {row['kept_high']:.0%}) at a cost of {row['cost']:g}."
        )
    for words, by in (
        ("Least expected loss", "loss"), ("Least greatest regret", "regret_max"),
        (f"Least regret in {HIGH_REGRET:.0%} of worlds", "regret_high"),
    ):  # fmt: skip
        row = table.sort_values([by, "cost"], kind="stable").iloc[0]
        lines.append(f"{words}: {row['option']} ({row[by]:.3f}, cost {row['cost']:g}).")
    row = table.sort_values(["robust", "cost"], ascending=[False, True], kind="stable").iloc[0]
    lines.append(
        f"Most robust: {row['option']}, which is enough in {row['robust']:.0%} of worlds (cost {row['cost']:g})."
    )
    front = table[table["pareto"]].sort_values("cost", kind="stable")["option"]
    lines.append(f"Not beaten at its cost: {'; '.join(front)}.")
    lines += _by_explanation(found)
    lines += _in_time(found)
    if found.discovery is None:
        lines.append(
            f"{found.chosen} fails, or holds, in fewer than {CASES} worlds: nothing can be said of where."
        )
    elif found.discovery.boxes.empty:
        lines.append(
            f"{found.chosen} fails in {found.discovery.base:.0%} of worlds, and no box of parameters says where."
        )
    else:
        where = found.discovery.boxes["words"].iloc[0].partition(" when ")[2]
        lines.append(f"{found.chosen} fails in {found.discovery.base:.0%} of worlds, most of all where {where}.")
    return lines


def _by_explanation(found: Decided) -> list[str]:
    """What is cheapest if one explanation alone is right."""
    lines = []
    table = found.explanations.merge(found.options[["option", "cost"]], on="option")
    for who, own in table.groupby("explanation", sort=False):
        enough = own[own["kept"] >= found.decision.probability].sort_values(["cost", "loss"], kind="stable")
        if len(enough):
            row = enough.iloc[0]
            words = f"{row['option']} is enough at a cost of {row['cost']:g} ({row['kept']:.0%})"
        else:
            words = f"nothing is enough ({own['kept'].max():.0%} at best)"
        whose = "If the model is right" if who == MODEL else f"If {who} is right"
        lines.append(f"{whose}, {words}.")
    return lines


def _in_time(found: Decided) -> list[str]:
    """Until when what costs less is enough, and what it brings to begin with less."""
    row = found.options[found.options["option"] == found.chosen].iloc[0]
    less = found.options[found.options["pareto"] & (found.options["cost"] < row["cost"])]
    ends = less[less["lasts"].notna() & ~less["lasts_on"]].sort_values("cost", kind="stable")
    lines = [
        f"{each['option']} (cost {each['cost']:g}) is enough until {each['lasts']}."
        for each in ends.to_dict("records")
    ]
    wanted = min(found.decision.probability, row["kept"])
    sure = found.sequences[(found.sequences["kept"] >= wanted) & (found.sequences["cost"] < row["cost"])]
    if len(sure):
        first = sure.sort_values("cost", kind="stable").iloc[0]
        lines.append(f"Cheaper in time: {first['option']} ({first['kept']:.0%}, cost {first['cost']:.3g}).")
    elif len(found.sequences):
        lines.append("To begin with less and go on with more is not enough at less cost.")
    return lines
