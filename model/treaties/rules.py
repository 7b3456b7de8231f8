"""Articles as executable rules: what the articles of a treaty that are on do together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..pack import Clause
from ..schema.base import MONTHS_IN_YEAR

FULL = 1.0
"""Articles of one kind add up to full strength at most."""


@dataclass(frozen=True)
class Effects:
    """What a treaty's articles amount to.

    `confidence` adds non-aggression and confidence-building strengths (E-mistrust), `exclusivity` enters
    the price of an outside offer (E15), `consultation` E4, `coordination` E14; `norm` and `support`
    hold a strength per source (E2; E5 and E7); `promotes` the treaties it supports with their strengths
    (E8); `term` and `renewal` months, 0 where no term article is on.
    """

    confidence: float
    exclusivity: float
    consultation: float
    coordination: float
    norm: tuple[float, ...]
    support: tuple[float, ...]
    promotes: tuple[tuple[int, float], ...]
    term: int
    renewal: int
    term_strength: float


def effects(
    clauses: Sequence[Clause],
    on: Sequence[float],
    strength: Sequence[float],
    weights: Sequence[Sequence[float]],
    years: Sequence[float],
    renewal_years: Sequence[float],
    scope: Sequence[float],
) -> Effects:
    """Add up the articles of one treaty; the sequences run over its articles, `weights` per source."""
    amounts = dict.fromkeys(
        ("non_aggression", "confidence_building", "exclusivity", "consultation", "policy_coordination"), 0.0
    )
    norm, support = [0.0] * len(scope), [0.0] * len(scope)
    promotes: list[tuple[int, float]] = []
    term = renewal = 0
    term_strength = 0.0
    for a, clause in enumerate(clauses):
        force = on[a] * strength[a]
        if clause.rule in amounts:
            amounts[clause.rule] += force
        elif clause.rule == "regional_mechanism":
            if clause.towards >= 0:
                promotes.append((clause.towards, force))
        elif clause.rule == "term":
            if on[a]:
                term, renewal = months(years[a]), months(renewal_years[a])
                term_strength = force
        else:
            into = norm if clause.rule == "norm_defence" else support
            for k, covered in enumerate(scope):
                share = (1.0 if covered > 0 else 0.0) if clause.whole_scope else weights[a][k]
                into[k] = max(into[k], force * share)
    return Effects(
        confidence=amounts["non_aggression"] + amounts["confidence_building"],
        exclusivity=min(amounts["exclusivity"], FULL),
        consultation=min(amounts["consultation"], FULL),
        coordination=min(amounts["policy_coordination"], FULL),
        norm=tuple(norm),
        support=tuple(support),
        promotes=tuple(promotes),
        term=term,
        renewal=renewal,
        term_strength=term_strength,
    )


def months(years: float) -> int:
    """Years of a term in whole months."""
    return round(years * MONTHS_IN_YEAR)


def directed_share(scope: Sequence[float], sponsored: Sequence[bool]) -> float:
    """`directed[p]`: share of a treaty's scope whose sources an outside power sponsors; 0 without scope."""
    total = aimed = 0.0
    for k, covered in enumerate(scope):
        total += covered
        aimed += covered if sponsored[k] else 0.0
    return aimed / total if total > 0.0 else 0.0
