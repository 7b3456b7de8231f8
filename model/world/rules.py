"""Articles as executable rules: what the articles of a treaty that are on do together.

Everything here works on arrays whose last axes may be lanes (runs side by side) or absent (one run).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entente.month.gather import Mechanisms
from entente.schema.base import MONTHS_IN_YEAR

from .draws import Floats
from .pack import Clause

FULL = 1.0
"""Articles of one kind add up to full strength at most, unless their mechanism says otherwise."""
OF_TERMS = ("term", "renewal", "term_strength")
"""What a term amounts to: months, months of each renewal (0 where no term is on), and how firmly it locks in."""


def effects(
    mechanisms: Mechanisms,
    clauses: Sequence[Clause],
    on: Floats,
    strength: Floats,
    weights: Floats,
    years: Floats,
    renewal_years: Floats,
    scope: Floats,
    treaties: int,
) -> dict[str, Floats]:
    """Add up the articles of one treaty; `on` to `renewal_years` run over its articles, `weights` per source.

    Each number that mechanisms name for their rules, by name: one of the treaty, one per source (`covering`) or one per
    treaty that is named (`towards`); and those of `OF_TERMS`.
    """
    nothing = np.zeros(scope.shape[1:])
    shapes = {"plain": nothing, "covering": np.zeros(scope.shape), "towards": np.zeros((treaties, *nothing.shape))}
    found = {name: shapes[article.kind] for name, article in mechanisms.effects.items()}
    found |= dict.fromkeys(OF_TERMS, nothing)
    for a, clause in enumerate(clauses):
        force = on[a] * strength[a]
        if clause.rule == "term":
            # Of several texts one binds: a term of another adds 0.
            found["term"] = found["term"] + months(years[a]) * on[a]
            found["renewal"] = found["renewal"] + months(renewal_years[a]) * on[a]
            found["term_strength"] = found["term_strength"] + force
            continue
        article = mechanisms.articles[clause.rule]
        if article.kind == "plain":
            found[article.into] = found[article.into] + force
        elif article.kind == "towards":
            if clause.towards >= 0:
                rows = [
                    held + force if p == clause.towards else held for p, held in enumerate(found[article.into])
                ]
                found[article.into] = np.stack(np.broadcast_arrays(*rows))
        else:
            amount = force * ((scope > 0).astype(float) if clause.whole_scope else weights[a])
            found[article.into] = np.maximum(found[article.into], amount)
    for name, article in mechanisms.effects.items():
        if article.kind == "plain" and article.full:
            found[name] = np.minimum(found[name], FULL)
    return found


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
