"""Articles as executable rules: what the articles of a treaty that are on do together.

Everything here works on arrays whose last axes may be lanes (runs side by side) or absent (one run).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from entente.schema.base import MONTHS_IN_YEAR

from .draws import Floats
from .pack import Clause

FULL = 1.0
"""Articles of one kind add up to full strength at most."""


@dataclass(frozen=True)
class Effects:
    """What a treaty's articles amount to.

    `confidence` adds non-aggression and confidence-building strengths (E-mistrust), `exclusivity` enters
    the price of an outside offer (E15), `consultation` E4, `coordination` E14; `norm` and `support`
    hold a strength per source (E2; E5 and E7); `promotes` one per treaty that it supports (E8); `term`
    and `renewal` months, 0 where no term article is on, `term_strength` how firmly the term locks in.
    """

    confidence: Floats
    exclusivity: Floats
    consultation: Floats
    coordination: Floats
    norm: Floats
    support: Floats
    promotes: Floats
    term: Floats
    renewal: Floats
    term_strength: Floats


def effects(
    clauses: Sequence[Clause],
    on: Floats,
    strength: Floats,
    weights: Floats,
    years: Floats,
    renewal_years: Floats,
    scope: Floats,
    treaties: int,
) -> Effects:
    """Add up the articles of one treaty; `on` to `renewal_years` run over its articles, `weights` per source."""
    nothing = np.zeros(scope.shape[1:])
    amounts = dict.fromkeys(
        ("non_aggression", "confidence_building", "exclusivity", "consultation", "policy_coordination"), nothing
    )
    norm, support = np.zeros(scope.shape), np.zeros(scope.shape)
    promotes = [nothing] * treaties
    term = renewal = term_strength = nothing
    for a, clause in enumerate(clauses):
        force = on[a] * strength[a]
        if clause.rule in amounts:
            amounts[clause.rule] = amounts[clause.rule] + force
        elif clause.rule == "regional_mechanism":
            if clause.towards >= 0:
                promotes[clause.towards] = promotes[clause.towards] + force
        elif clause.rule == "term":
            term, renewal = months(years[a]) * on[a], months(renewal_years[a]) * on[a]
            term_strength = force
        else:
            amount = force * ((scope > 0).astype(float) if clause.whole_scope else weights[a])
            if clause.rule == "norm_defence":
                norm = np.maximum(norm, amount)
            else:
                support = np.maximum(support, amount)
    return Effects(
        confidence=amounts["non_aggression"] + amounts["confidence_building"],
        exclusivity=np.minimum(amounts["exclusivity"], FULL),
        consultation=np.minimum(amounts["consultation"], FULL),
        coordination=np.minimum(amounts["policy_coordination"], FULL),
        norm=norm,
        support=support,
        promotes=np.stack(np.broadcast_arrays(*promotes)),
        term=term,
        renewal=renewal,
        term_strength=term_strength,
    )


def months(years: Floats) -> Floats:
    """Years of a term in whole months."""
    return np.rint(years * MONTHS_IN_YEAR)


def directed_share(scope: Floats, sponsored: Sequence[bool]) -> Floats:
    """`directed[p]`: share of a treaty's scope whose sources an outside power sponsors; 0 without scope."""
    total = np.zeros(scope.shape[1:])
    aimed = np.zeros(scope.shape[1:])
    for k, covered in enumerate(scope):
        total = total + covered
        aimed = aimed + (covered if sponsored[k] else 0.0)
    return np.where(total > 0, aimed / np.where(total > 0, total, 1.0), 0.0)
