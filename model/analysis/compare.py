"""Two scenarios, or one with and without something: the difference per tie and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import pandas as pd

from entente.engines.interactive.classes import ModelClass, model_class
from entente.errors import InputError
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.base import month_number, month_text
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.outcomes import series_of

from .endings import endings, status_of, treaties_told
from .knockout import events_gone, knock_outs
from .output import records
from .paired import LEVEL, UNSEEN, AnyWorld, paired
from .runs import run_rows

RARE = 0.05
"""Shares of runs above this that may be unseen are told."""
TOLD = 6
"""Differences that are told in sentences at most."""


@dataclass(frozen=True)
class Comparison:
    """`a` and `b`: what the two worlds are called; `effects`: one row an outcome and month (`outcome, when, year`
    and the columns of `Paired.effects`); `differing`: the outcomes that differ in some run and month;
    `failed`: rows of parameters that could not run; `notes`: sentences.
    """

    a: str
    b: str
    effects: pd.DataFrame
    differing: tuple[str, ...]
    failed: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def identical(self) -> bool:
        """Whether the two worlds never differ."""
        return not self.differing

    @property
    def report(self) -> dict[str, Any]:
        """The comparison as JSON holds it."""
        return {
            "a": self.a, "b": self.b, "difference": "b - a", "identical": self.identical,
            "interval": f"Student's t on paired differences, {LEVEL:.0%}",
            "differing": list(self.differing), "failed": records(self.failed), "notes": list(self.notes),
            "effects": records(self.effects),
        }  # fmt: skip


def compare(
    a: AnyWorld,
    b: AnyWorld | None = None,
    *,
    without: Sequence[str] = (),
    without_treaty: Sequence[str] = (),
    without_event: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] = (),
    parameters: str | pd.DataFrame = "default",
    draws: int = 200,
    replicates: int | None = None,
    seed: int = 0,
    months: int | None = None,
    model: ModelClass | str | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Comparison:
    """Compare world `b` with world `a` on the same noise; every difference is `b - a`.

    The second world is `b` (none: `a` again) `without` the articles (`TREATY:ARTICLE`), treaties
    (`without_treaty`) and events (`without_event`: an id, or shocks by source, date or `SOURCE@DATE`) named, and
    with `changes` by dotted path. `outcomes` (none: depth and rung of every treaty and the index of every dyad
    that shares one) are followed each December and to the end. `parameters` is a name for `parameter_sets` or a
    frame of dotted paths; `replicates` (none: 200 where there is one row, else one a row) each have their own
    noise. `draws` rows are drawn by name; `seed` is that of the draws and the noise; `months` replaces the
    horizons. `model`, a subclass of `AllianceModel` or `module:Class`, is run in place of the shipped model in
    both worlds, on the interactive engine, a few runs a second, and says how long it will take. `mechanisms` act
    in both worlds besides those that each brings; where only one brings a mechanism, its parameters are drawn for
    that world. Raises `InputError`.

    Examples:
        >>> from entente import compare
        >>> found = compare(
        ...     "memo-2001", without=["rus-chn-2001:consultation"], outcomes=["depth:rus-chn-2001"],
        ...     replicates=20, months=60,
        ... )
        >>> found.effects.tail(1)[["year", "verdict"]].to_dict("records")
        [{'year': 2006, 'verdict': 'lower'}]
    """
    runner = partial(run_rows, model=None if model is None else model_class(model))
    length, own = None if months is None else {"months": months}, tuple(mechanisms)
    first = load_scenario(a, length, own)
    second = first if b is None else load_scenario(b, length, own)
    gone, words = knock_outs(second, without, without_treaty, without_event)
    changed = [f"without {word}" for word in words] + [
        f"{path} = {value}" for path, value in (changes or {}).items()
    ]
    if b is None and not changed:
        raise InputError("compare: one scenario and no change: name a second, or what is different")
    notes = events_gone(second, gone)
    second = load_scenario(second, gone | dict(changes or {}))
    rows = parameters
    if isinstance(rows, str):
        # The defaults are one set, however many draws are asked for.
        rows = parameter_sets(rows, 1 if rows == "default" else draws, seed, first, second)
    if replicates is None:
        replicates = draws if len(rows) == 1 else 1
    asked = list(outcomes or tie_outcomes(first, second))
    treaties = [
        id_ for id_ in treaties_told(asked, first, second) if id_ in first.treaties or id_ in second.treaties
    ]
    on_the_side = [status_of(id_) for id_ in treaties if status_of(id_) not in map(series_of, asked)]
    found = paired(first, second, [*asked, *on_the_side], rows, replicates, seed, keep="yearly", runner=runner)
    effects = found.effects[~found.effects["outcome"].isin(on_the_side)].reset_index(drop=True)
    years = pd.to_numeric(effects["when"].str.extract(r"^(\d{4})-", expand=False))
    effects.insert(2, "year", years.astype("Int64"))
    differing = effects.loc[effects["verdict"] != "identical", "outcome"]
    label = " ".join([second.name, ", ".join(changed)]).strip()
    absent = [words for words in found.absent if words.partition(" ")[0] not in on_the_side]
    last = month_text(month_number(first.start) + first.months - 1)[:4]
    told_of = treaties_told(_told(effects)["outcome"].tolist(), first, second)
    ended = endings(found, told_of, (first.name, label), last)
    return Comparison(
        first.name, label, effects, tuple(dict.fromkeys(differing)), found.failed, (*notes, *absent, *ended)
    )


def tie_outcomes(a: Scenario, b: Scenario) -> list[str]:
    """Depth and rung of every treaty, and the index of every dyad that shares one, of either world."""
    treaties: dict[str, None] = {}
    dyads: dict[str, None] = {}
    for scenario in (a, b):
        for id_, treaty in sorted(scenario.treaties.items()):
            if treaty.enabled:
                treaties[id_] = None
                states = sorted({*(s for s, signs in treaty.parties.items() if signs), *treaty.candidates})
                dyads |= {f"dyad:{one}-{other}": None for one, other in combinations(states, 2)}
    return [f"{quantity}:{id_}" for id_ in treaties for quantity in ("depth", "rung")] + sorted(dyads)


def sentences(found: Comparison, year: int | None = None) -> list[str]:
    """What differs most in the December of a year (none: at the end of the run), or over it, in plain words.

    Raises `InputError` for a year that the comparison does not have.
    """
    if year is not None and year not in set(found.effects["year"].dropna()):
        years = found.effects["year"].dropna()
        raise InputError(f"--when {year}: the comparison has the years {years.min()} to {years.max()}")
    if found.identical:
        return ["The two worlds never differ, in any run, month or outcome."]
    rows = _told(found.effects, year).to_dict("records")
    if not rows:
        when = "At the end of the run nothing differs any more" if year is None else f"In {year} nothing differs"
        return [f"{when}; the table has the other years."]
    units = int(rows[0]["n"])
    unseen = UNSEEN / units
    lines = [_sentence(row) for row in rows]
    if unseen > RARE:
        rare = f"what happens in fewer than {unseen:.0%} of them may not have been seen at all"
        lines.append(
            f"With {units} pairs, {rare if unseen < 1 else 'nothing can be said of what happens seldom'}."
        )
    return lines


def _told(effects: pd.DataFrame, year: int | None = None) -> pd.DataFrame:
    """The effects that are told in sentences, the greatest first."""
    undated = effects["year"].isna()
    if year is None:
        last = effects[undated | (effects["when"] == effects.loc[~undated, "when"].max())]
    else:
        last = effects[effects["year"] == year]
    told = last[last["verdict"] != "identical"]
    order = told["difference"].abs().sort_values(ascending=False, kind="stable").index
    first: pd.DataFrame = told.reindex(order).head(TOLD)
    return first


def _sentence(row: dict[Any, Any]) -> str:
    interval = f"{LEVEL:.0%} interval {row['low']:+.3f} to {row['high']:+.3f}"
    line = f"{row['outcome']} ({row['when']}): {row['a']:.3f} and {row['b']:.3f}, difference {row['difference']:+.3f} ({interval})"
    if pd.isna(row["runs_unpaired"]):
        return f"{line}; the difference is the same in every run."
    line += f"; unpaired, {row['runs_unpaired']:,} runs of each would be needed instead of {row['runs']:,}."
    if row["needed"] > row["n"]:
        line += f" Not settled: it rests on a few pairs that differ much, and needs {row['needed']:,} where there are {row['n']:,}."
    return line
