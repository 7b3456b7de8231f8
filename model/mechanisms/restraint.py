"""Restraint (E2): joint opposition restrains the sponsor of a threat."""

from __future__ import annotations

from entente.month.declare import MEMO
from entente.month.mechanism import Mechanism

restraint = Mechanism("restraint", "Joint opposition restrains sponsors (E2).")
restraint.parameter(
    "rho", 0.25, "Restraint of a sponsor's programme by joint opposition.",
    low=0, high=1, prior=(0, 0.5), unit="1", symbol="rho", source=MEMO, group="outside power",
)  # fmt: skip
restraint.article(
    "norm_defence",
    into="norm",
    kind="covering",
    effect="Joint opposition restrains the sponsor of the named sources (E2).",
    brief="joint opposition restrains the sponsor of a threat",
)


@restraint.adds_to("restraint", only_where="norm")
def opposition(
    rho: float, norm: float, depth: float, parties_capability: float, sponsor_capability: float
) -> float:
    """E2, term of one treaty. `rho * norm[p,k] * D[p] * C_p/(C_p + C_sponsor)`, 0..1; the greatest of all counts."""
    return rho * (norm * depth * parties_capability / (parties_capability + sponsor_capability))
