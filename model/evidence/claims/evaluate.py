"""Worlds are run, claims are judged: share of draws, effect, interval, verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from entente.errors import GREATEST, InputError, shown, whole
from entente.evidence.rivals import rival_changes
from entente.experiments.prior import parameter_sets
from entente.month.mechanism import Mechanism
from entente.schema.load import load_scenario
from entente.schema.scenario import Scenario
from entente.world.draws import Floats

from .declare import TESTED, Claim
from .seen import Needs, needs_of, run_worlds

TIE = 1e-9
"""A margin must exceed this to confirm; less is a tie, and refutes."""
HOLDS, FAILS = 0.9, 0.5
"""A claim holds in this share of draws at least, and fails below the other."""
RESAMPLES, LEVEL = 999, 0.95
"""Bootstrap of the mean effect: how many resamples of the draws, and the level of its interval."""
COLUMNS = ("id", "kind", "share", "effect", "low", "high", "verdict", "draws", "seconds")


@dataclass(frozen=True)
class Evidence:
    """`claims`: a row a claim, columns `COLUMNS`. `parts`: a row a margin of a tested claim: `id`, `part`,
    `share` of draws in which it is confirmed, its `mean`, and whether the claim `required` it. `effects`: the
    effect of each tested claim (column) in each draw (row). `draws`: the parameters of each draw.
    """

    claims: pd.DataFrame
    parts: pd.DataFrame
    effects: pd.DataFrame
    draws: pd.DataFrame


@dataclass(frozen=True)
class Inquiry:
    """Claims made ready: what they need, over which draws, what is laid over every world, and what acts besides."""

    claims: list[Claim]
    needs: dict[str, Needs]
    draws: pd.DataFrame
    seed: int
    over: dict[str, Any]
    mechanisms: tuple[Mechanism, ...] = ()

    @property
    def runs(self) -> int:
        """Worlds, each as often as it is repeated, times draws."""
        return sum(world.replicates for world in self._needs.worlds.values()) * len(self.draws)

    @property
    def _needs(self) -> Needs:
        return Needs.union(self.needs.values())

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios that the worlds are made of."""
        return scenarios_of(self._needs, self.mechanisms)

    def evaluate(
        self, workers: int | None = None, progress: Callable[[int], None] = lambda done: None
    ) -> Evidence:
        """Run the worlds and judge; `progress` is told the runs done."""
        seen = run_worlds(self._needs, self.draws, self.seed, self.over, workers, progress, self.mechanisms)
        rows, parts, effects = [], [], {}
        for claim in self.claims:
            if claim.parts is None:
                rows.append(_untested(claim))
                continue
            margins = {name: np.asarray(margin, dtype=float) for name, margin in claim.parts(seen).items()}
            seconds = seen.seconds(self.needs[claim.id])
            verdict, effects[claim.id] = _judge(claim, margins, self.seed, seconds)
            rows.append(verdict)
            parts += [_part(claim, name, margin) for name, margin in margins.items()]
        return Evidence(
            pd.DataFrame(rows, columns=list(COLUMNS)),
            pd.DataFrame(parts, columns=["id", "part", "share", "mean", "required"]),
            pd.DataFrame(effects),
            self.draws,
        )


def inquire(
    draws: int = 1000,
    only: Iterable[str] | None = None,
    rival: str | None = None,
    seed: int = 0,
    parameters: str | Path = "prior",
    claims: Sequence[Claim] | None = None,
    changes: Mapping[str, Any] | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Inquiry:
    """Make claims ready; see `evaluate_claims`. Raises `InputError` before anything runs."""
    whole("draws", draws, 2, GREATEST, ", 2 or more")
    chosen = chosen_claims(only) if claims is None else list(claims)
    over = (rival_changes(rival) if rival else {}) | dict(changes or {})
    own = tuple(mechanisms)
    needs = {claim.id: needs_of(claim) for claim in chosen if claim.kind == TESTED}
    table = parameter_sets(str(parameters), draws, seed, *scenarios_of(Needs.union(needs.values()), own))
    return Inquiry(chosen, needs, table, seed, over, own)


def scenarios_of(needs: Needs, own: Sequence[Mechanism]) -> list[Scenario]:
    """The scenarios of some worlds, with mechanisms that act besides."""
    return [
        load_scenario(name, mechanisms=own) for name in dict.fromkeys(w.scenario for w in needs.worlds.values())
    ]


def evaluate_claims(
    draws: int = 1000,
    only: Iterable[str] | None = None,
    rival: str | None = None,
    seed: int = 0,
    parameters: str | Path = "prior",
    claims: Sequence[Claim] | None = None,
    changes: Mapping[str, Any] | None = None,
    workers: int | None = None,
    mechanisms: Iterable[Mechanism] = (),
) -> Evidence:
    """Put claims to the model over `draws` of its parameters; draw n has the same noise, of `seed`, in every world.

    `only` names claims by id (none: all); `claims` gives claims of one's own instead; `rival` is laid over
    every world, and so are `changes` (dotted paths to values), which win over whatever a claim changes.
    `parameters` is a name for `parameter_sets`. `workers` threads (none:
    all cores) share the work and do not change the numbers. `mechanisms` act in every world besides those of the
    model. Raises `InputError` with one sentence.

    Examples:
        >>> from entente import evaluate_claims
        >>> found = evaluate_claims(draws=20, only=["C19"])
        >>> found.claims[["id", "draws"]].to_dict("records"), found.effects.shape
        ([{'id': 'C19', 'draws': 20}], (20, 1))
    """
    return inquire(draws, only, rival, seed, parameters, claims, changes, mechanisms).evaluate(workers)


def chosen_claims(only: Iterable[str] | None) -> list[Claim]:
    """The claims of these ids, in the order of the memo. Raises `InputError` for an id that there is not."""
    from . import CLAIMS

    if only is None:
        return list(CLAIMS.values())
    known = {id_.casefold(): id_ for id_ in CLAIMS}
    wanted = [known.get(str(id_).casefold(), str(id_)) for id_ in only]
    for id_ in wanted:
        if id_ not in CLAIMS:
            raise InputError(f"{shown(id_)}: no claim of that id; they are {_range(CLAIMS)}{_meant(id_, CLAIMS)}")
    if not wanted:
        raise InputError("only: names no claim")
    return [claim for id_, claim in CLAIMS.items() if id_ in wanted]


def _range(known: Iterable[str]) -> str:
    """Ids in words: those that are plain numbers by their ends, the others by name."""
    plain = [id_ for id_ in known if id_[1:].isdigit()]
    return " and ".join([f"{plain[0]} to {plain[-1]}", *(id_ for id_ in known if id_ not in plain)])


def _meant(text: str, known: Iterable[str]) -> str:
    """An id written otherwise, such as 34 or C034; another number is no misspelling."""
    id_ = "C" + text.casefold().lstrip("c-_ 0")
    return f"; did you mean {id_}?" if id_ in known else ""


def _untested(claim: Claim) -> dict[str, Any]:
    nothing = dict.fromkeys(("share", "effect", "low", "high"))
    return {"id": claim.id, "kind": claim.kind, **nothing, "verdict": claim.kind, "draws": 0, "seconds": 0.0}


def _judge(claim: Claim, margins: dict[str, Floats], seed: int, seconds: float) -> tuple[dict[str, Any], Floats]:
    required = [margin for name, margin in margins.items() if name not in claim.told]
    share = float(np.mean(np.all(np.stack(required) > TIE, axis=0)))
    effect = required[0]
    # The id enters the seed: claims are judged alike whichever others are asked for.
    found = bootstrap(
        (effect,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method="percentile",
        rng=np.random.default_rng([seed, *claim.id.encode()]),
        batch=max(1, 10**6 // len(effect)),
    ).confidence_interval
    verdict = "contested"
    if share >= HOLDS and found.low > TIE:
        verdict = "holds"
    elif share < FAILS:
        verdict = "fails"
    row = {
        "id": claim.id, "kind": claim.kind, "share": share, "effect": float(effect.mean()),
        "low": float(found.low), "high": float(found.high), "verdict": verdict,
        "draws": len(effect), "seconds": round(seconds, 3),
    }  # fmt: skip
    return row, effect


def _part(claim: Claim, name: str, margin: Floats) -> dict[str, Any]:
    return {
        "id": claim.id, "part": name, "share": float(np.mean(margin > TIE)), "mean": float(margin.mean()),
        "required": name not in claim.told,
    }  # fmt: skip
