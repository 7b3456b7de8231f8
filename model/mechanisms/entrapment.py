"""Entrapment (E9): partners' quarrels that are not shared are a brake at high depth."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

entrapment = Mechanism("entrapment", "Quarrels that are not shared cost (E9).")
entrapment.parameter(
    "entrapment", 0.75, "Price at high depth of partners' quarrels that are not shared.",
    low=0, high=5, prior=(0.3, 1.2), unit="utility/intensity", symbol="eta", source="Snyder 1984", group="bargaining",
)  # fmt: skip


@entrapment.sum_over("sources")
def quarrels(scope: float, partners_mean: float, own_threat: float) -> float:
    """E9, term of one source. `scope[p,k]*max(0, mean_j P[j,k] - P[i,k])`: a quarrel that is not shared."""
    return scope * max(0.0, partners_mean - own_threat)


@entrapment.adds_to("curvature")
def entrapment_risk(entrapment: float, quarrels: float) -> float:
    """E9. `entrapment * sum_k quarrel`."""
    return entrapment * quarrels
