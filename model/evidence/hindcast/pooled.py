"""Scores of many ties together: by horizon, rung, decade and promise, with intervals, beside what knows less."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from entente.month.ladder import OBLIGATIONS, RUNG_NAMES

from ..chain import ahead, chain, climb
from ..record import JOIN
from ..resamples import of_states, of_ties
from ..score import RUNGS, log_score, rps
from ..ties import subjects
from .many import Many
from .origins import SHARES, SHIPPED
from .others import Others, base_rate, rise_rate, shipped_climb

MODEL, MARKOV = "model", "Markov chain"
PERSISTENCE, BASE_RATE, RATCHET = "persistence", "base rate of others", "ratchet of others"
SHIPPED_PERSISTENCE, SHIPPED_RATCHET = "rung as signed", "ratchet as shipped"
NAMES = (MODEL, PERSISTENCE, BASE_RATE, MARKOV, RATCHET, SHIPPED_PERSISTENCE, SHIPPED_RATCHET)
"""The model, then the forecasts that know less, in the order of tables and figures."""
RESAMPLES = 1000
LEVEL = 0.95
BINS = 10
DECADE = 10
WHOLE = "all"
GROUPS = ("horizon", "rung", "decade", "obligation")
MUCH = 0.5
"""Rungs by which a tie's mean forecast must be off to be called too deep or too shallow."""
HALF = 1 / 2
"""Share of runs, or of origins, above which a move counts as expected, or as made."""


@dataclass(frozen=True)
class Pooled:
    """All scores of a folder; each table is made when it is asked for.

    `seed` is that of the resamples.
    """

    many: Many
    resamples: int = RESAMPLES

    @cached_property
    def cells(self) -> pd.DataFrame:
        """A row a tie, origin and year at an asked horizon: what is known of it, and what was coded."""
        rows = self.many.forecasts
        if self.many.plan.horizons:
            rows = rows[rows["ahead"].isin(self.many.plan.horizons)]
        rows = rows.reset_index(drop=True)
        about = {(one.name, one.tie): one for one in subjects(self.many.ties.ties)}
        whose = [about[key] for key in zip(rows["name"], rows["tie"], strict=True)]
        return rows.assign(
            label=[one.label for one in whose],
            states=[JOIN.join(one.parties) for one in whose],
            obligation=[OBLIGATIONS[one.obligation] for one in whose],
            horizon=rows["ahead"],
            decade=[f"{year // DECADE * DECADE}s" for year in rows["year"]],
        )

    @cached_property
    def distributions(self) -> dict[str, np.ndarray]:
        """The distribution over rungs of each forecast by name, shape (cells, 7)."""
        cells, seed = self.cells, self.many.plan.seed
        others = Others(((one.name, one.tie), one.cells) for one in subjects(self.many.ties.ties))
        rolling = bool(self.many.plan.horizons)
        eye = np.eye(RUNGS)
        known, opened, years = (cells[name].to_numpy(dtype=int) for name in ("known", "opened", "ahead"))
        base, moved, climbed = (np.zeros((len(cells), RUNGS)) for _ in range(3))
        origins = list(zip(cells["name"], cells["tie"], cells["origin"].astype(int), strict=True))
        places_of: dict[tuple[str, str, int], list[int]] = {}
        for place, begun in enumerate(origins):
            places_of.setdefault(begun, []).append(place)
        for (name, one, origin), places in places_of.items():
            until = origin if rolling else None
            pairs, rate = others.pairs((name, one), until), base_rate(others.codings((name, one), until))
            step, up = chain(pairs), climb(rise_rate(pairs))
            for place in places:
                base[place] = rate
                moved[place] = ahead(step, int(years[place]))[known[place]]
                climbed[place] = ahead(up, int(years[place]))[known[place]]
        if SHIPPED[0] in cells:
            shipped = cells[SHIPPED].to_numpy()
        else:
            powers = {int(number): shipped_climb(int(number), seed) for number in np.unique(years)}
            shipped = np.stack([powers[number][rung] for number, rung in zip(years, known, strict=True)])
        return dict(
            zip(
                NAMES,
                (cells[SHARES].to_numpy(), eye[known], base, moved, climbed, eye[opened], shipped),
                strict=True,
            )
        )

    @cached_property
    def scores(self) -> pd.DataFrame:
        """A row a cell and forecast: `rps`, `log_score`, the mean `level`, and the chance given to a `rise` and a `fall`."""
        cells = self.cells
        codings = cells[["rung_lo", "rung", "rung_hi"]].to_numpy()
        above = np.arange(RUNGS) > cells["known"].to_numpy()[:, np.newaxis]
        below = np.arange(RUNGS) < cells["known"].to_numpy()[:, np.newaxis]
        kept = [
            "label",
            "name",
            "tie",
            "states",
            "origin",
            "year",
            "horizon",
            "decade",
            "obligation",
            "known",
            "rung",
        ]
        parts = [
            cells[kept].assign(
                forecast=name, rps=rps(shares, codings), log_score=log_score(shares, codings),
                level=shares @ np.arange(RUNGS), rise=(shares * above).sum(axis=1), fall=(shares * below).sum(axis=1),
            )
            for name, shares in self.distributions.items()
        ]  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Mean scores by group: `by`, `group`, `forecast`, `cells`, `ties`, `rps`, `log_score`, `bias` (rungs).

        Of the model minus the forecast there are the differences `rps_less` and `log_less` (below 0: the model is better), each with a
        95 % interval over ties (`_low`, `_high`) and over states (`_low_states`, `_high_states`).
        """
        scores = self.scores
        parts = [self._group(scores, WHOLE, WHOLE)]
        by = [name for name in GROUPS if name != "horizon" or self.many.plan.horizons]
        for name in by:
            column = "known" if name == "rung" else name
            there = scores[column].unique().tolist()
            for value in [one for one in OBLIGATIONS if one in there] if name == "obligation" else sorted(there):
                label = f"{value} {RUNG_NAMES[int(value)]}" if name == "rung" else str(value)
                parts.append(self._group(scores[scores[column] == value], name, label))
        return pd.concat(parts, ignore_index=True)

    def _group(self, rows: pd.DataFrame, by: str, group: str) -> pd.DataFrame:
        model = rows[rows["forecast"] == MODEL].reset_index(drop=True)
        draws = resampled(model, self.resamples, self.many.plan.seed)
        found = []
        for name in NAMES:
            own = rows[rows["forecast"] == name].reset_index(drop=True)
            row = {
                "by": by, "group": group, "forecast": name, "cells": len(own), "ties": own["label"].nunique(),
                "rps": own["rps"].mean(), "log_score": own["log_score"].mean(),
                "bias": (own["level"] - own["rung"]).mean(),
            }  # fmt: skip
            for score, short in (("rps", "rps"), ("log_score", "log")):
                gap = model[score] - own[score]
                row[f"{short}_less"] = gap.mean()
                for weights, behind in draws:
                    row[f"{short}_low{behind}"], row[f"{short}_high{behind}"] = interval(
                        gap, model["label"], weights
                    )
            found.append(row)
        return pd.DataFrame(found)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Moves from the rung at the origin: `horizon`, `forecast`, `direction`, `recorded`, `hit`, `missed`, `false`.

        A forecast hits a move by the chance that it gave it; `hit` and `missed` add up to `recorded`, `false` is the chance given to moves
        where there was none, all in moves.
        """
        rows, scores = [], self.scores
        for (horizon, forecast), own in scores.groupby(["horizon", "forecast"], sort=True):
            for word, sign, column in (("up", 1, "rise"), ("down", -1, "fall")):
                happened = np.sign(own["rung"] - own["known"]) == sign
                hit = float(own.loc[happened, column].sum())
                rows.append({
                    "horizon": horizon, "forecast": forecast, "direction": word, "cells": len(own),
                    "recorded": int(happened.sum()), "hit": hit, "missed": float(happened.sum()) - hit,
                    "false": float(own.loc[~happened, column].sum()),
                })  # fmt: skip
        order = {name: place for place, name in enumerate(NAMES)}
        return pd.DataFrame(rows).sort_values(
            ["horizon", "forecast", "direction"],
            key=lambda c: c.map(order) if c.name == "forecast" else c,
            ignore_index=True,
        )

    @cached_property
    def pace(self) -> pd.DataFrame:
        """Rises, falls and leaps (two rungs or more) a tie and year, in runs and in the record, and the years counted.

        Of runs by year ahead of the origin, since a restart moves most in its first years.
        """
        rows = self.many.forecasts.dropna(subset=["up"])
        years = sorted(set(rows["ahead"].astype(int).tolist()))
        model = [_pace(rows[rows["ahead"] == year], f"model, year {year}") for year in years]
        steps = []
        for one in subjects(self.many.ties.ties):
            pairs = zip(one.cells[:-1], one.cells[1:], strict=True)
            steps += [b.rung - a.rung for a, b in pairs if b.year - a.year == 1]
        step = pd.Series(steps, dtype=float)
        coded = pd.DataFrame({"up": step > 0, "down": step < 0, "leap": step.abs() > 1}).astype(float)
        return pd.DataFrame([_pace(coded, "record"), _pace(rows, MODEL), *model])

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """What happened where a move was given a chance: `forecast`, `direction`, `bin`, `said`, `happened`, `cells`."""
        rows = []
        for name in (MODEL, MARKOV):
            own = self.scores[self.scores["forecast"] == name]
            for word, sign, column in (("up", 1, "rise"), ("down", -1, "fall")):
                came = (np.sign(own["rung"] - own["known"]) == sign).astype(float)
                bins = np.minimum((own[column] * BINS).astype(int), BINS - 1)
                for number in sorted(set(bins.tolist())):
                    part = own[bins == number]
                    rows.append({
                        "forecast": name, "direction": word, "bin": number, "said": part[column].mean(),
                        "happened": came[part.index].mean(), "cells": len(part),
                    })  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def ties(self) -> pd.DataFrame:
        """A row a tie, the model's greatest gains first: `rps`, that of the chain, the difference, the bias, and why."""
        both = self.scores[self.scores["forecast"].isin((MODEL, MARKOV))]
        rows = []
        for label, own in both.groupby("label", sort=True):
            model = own[own["forecast"] == MODEL].reset_index(drop=True)
            other = own[own["forecast"] == MARKOV].reset_index(drop=True)
            rows.append({
                "tie": label, "obligation": model["obligation"].iloc[0], "cells": len(model),
                "rps": model["rps"].mean(), "rps_chain": other["rps"].mean(),
                "rps_less": (model["rps"] - other["rps"]).mean(), "bias": (model["level"] - model["rung"]).mean(),
                "why": why(model, other),
            })  # fmt: skip
        return pd.DataFrame(rows).sort_values(["rps_less", "tie"], ignore_index=True)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by name."""
        return {
            "scores": self.scores, "summary": self.summary, "moves": self.moves, "pace": self.pace,
            "reliability": self.reliability, "ties": self.ties, "failed": self.many.failed,
        }  # fmt: skip


def resampled(rows: pd.DataFrame, resamples: int, seed: int) -> list[tuple[pd.DataFrame, str]]:
    """How often each tie (column) is drawn in each resample (row): ties, and states with all ties among them.

    `rows` name ties by `label` and their parties by `states`; the second of each pair is what its columns end with.
    """
    states = rows.drop_duplicates("label").set_index("label")["states"].sort_index()
    parties = [text.split(JOIN) for text in states]
    ties = of_ties(len(states), resamples, np.random.default_rng([seed, 0]))
    of_all = of_states(parties, resamples, np.random.default_rng([seed, 1]))
    return [
        (pd.DataFrame(drawn, columns=states.index), behind) for drawn, behind in ((ties, ""), (of_all, "_states"))
    ]


def interval(values: pd.Series, labels: pd.Series, weights: pd.DataFrame) -> tuple[float, float]:
    """The central interval of the mean over resamples of ties; missing where there is one tie, or no resample with any."""
    if labels.nunique() == 1:
        return np.nan, np.nan
    sums, counts = values.groupby(labels).sum(), labels.value_counts()
    drawn = weights.to_numpy()
    size = drawn @ counts[weights.columns].to_numpy()
    some = size > 0
    if not some.any():
        return np.nan, np.nan
    means = drawn[some] @ sums[weights.columns].to_numpy() / size[some]
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _pace(rows: pd.DataFrame, who: str) -> dict[str, object]:
    return {
        "who": who, "rises": rows["up"].mean(), "falls": rows["down"].mean(), "leaps": rows["leap"].mean(),
        "tie_years": len(rows),
    }  # fmt: skip


def why(model: pd.DataFrame, other: pd.DataFrame) -> str:
    """In words, what made a tie's forecasts better or worse than others; rows of both in the same order.

    Says by how much the level is off, and what the year did that told most, all origins together.
    """
    gap = model["rps"] - other["rps"]
    better = float(gap.mean()) < 0
    bias = float((model["level"] - model["rung"]).mean())
    told = []
    if not better and abs(bias) >= MUCH:
        told.append(f"too {'deep' if bias > 0 else 'shallow'} by {abs(bias):.1f} rungs")
    years = gap.groupby(model["year"]).sum()
    own = model[model["year"] == (years.idxmin() if better else years.idxmax())]
    return "; ".join([*told, _told_of(own, better)])


def _told_of(own: pd.DataFrame, better: bool) -> str:
    """What the forecasts of one year said, and what came, in a few words."""
    rung = int(own["rung"].iloc[0])
    at = f"rung {rung} ({RUNG_NAMES[rung]}) in {int(own['year'].iloc[0])}"
    moved = np.sign(own["rung"] - own["known"]).mean()
    said = {"rise": float(own["rise"].mean()), "fall": float(own["fall"].mean())}
    if abs(moved) <= HALF:
        wrong = max(said, key=lambda word: said[word])
        return f"rightly kept {at}" if better else f"false {wrong}: it kept {at}"
    came, contrary = ("rise", "fall") if moved > 0 else ("fall", "rise")
    if better:
        return f"foresaw the {came} to {at}" if said[came] > HALF else f"was less surprised by the {came} to {at}"
    if said[contrary] > HALF:
        return f"expected a {contrary} and missed the {came} to {at}"
    return f"missed the {came} to {at}" if said[came] <= HALF else f"misjudged how far the {came} went, to {at}"
