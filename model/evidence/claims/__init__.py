"""The memo's claims as code, and what the model says to each of them.

`evaluate_claims` runs every world that any claim asks for over the same draws and the same noise, and gives a
row a claim. A claim of one's own is made with `to_test`.
"""

from __future__ import annotations

import re

from . import central, central_asia, commitment, demand, nature, price, trajectories
from .declare import (
    BEFORE,
    BUILT_IN,
    KINDS,
    NOT_MODELLED,
    TESTED,
    Claim,
    Parts,
    PerDraw,
    See,
    World,
    before,
    to_test,
)
from .evaluate import Evidence, Inquiry, evaluate_claims, inquire

MODULES = (commitment, central_asia, nature, central, price, demand, trajectories)


def _place(id_: str) -> tuple[int, str]:
    """Where a claim stands in the list: C55, C55b, C56."""
    number = re.match(r"C(\d+)(\w*)", id_)
    assert number is not None
    return int(number[1]), number[2]


CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for claim in sorted(
        (item for module in MODULES for item in vars(module).values() if isinstance(item, Claim)),
        key=lambda claim: _place(claim.id),
    )
}
"""All claims by id, in the order of the memo."""

__all__ = [
    "BEFORE", "BUILT_IN", "CLAIMS", "KINDS", "NOT_MODELLED", "TESTED", "Claim", "Evidence", "Inquiry", "Parts", "PerDraw",
    "See", "World", "before", "evaluate_claims", "inquire", "to_test",
]  # fmt: skip
