"""Burden (E7): help owed beyond one's own fear costs."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

burden = Mechanism("burden", "Help owed beyond own fear costs (E7).")
burden.parameter(
    "omega", 0.55, "Price of help owed beyond one's own fear.",
    low=0, high=5, prior=(0.3, 0.8), unit="utility/intensity", symbol="omega", group="commitment",
)  # fmt: skip


@burden.sum_over(
    "sources", only_where="support", unit="utility", meaning="help owed beyond own fear (E7, before omega)"
)
def owed(support: float, contribution: float, partners_mean: float, own_threat: float) -> float:
    """E7, term of one source. `support[p,k]*g[i,k]*max(0, mean_j P[j,k] - P[i,k])`: help owed beyond own fear."""
    return support * contribution * max(0.0, partners_mean - own_threat)


@burden.adds_to("linear")
def burden_of_help(omega: float, owed: float) -> float:
    """E7 in E8. `-omega * f`."""
    return -omega * owed
