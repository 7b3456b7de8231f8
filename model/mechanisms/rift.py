"""Rift (E6, E13): whom one fears is no help and bad company, and a quarrel raises mistrust at once."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

rift = Mechanism("rift", "Quarrels between parties breed mistrust, and whom one fears is no help (E6, E13).")
rift.parameter(
    "rift", 1.0, "Share of what a treaty is good for that is lost, a unit of threat from the partners.",
    low=0, high=4, prior=(0.5, 1.5), unit="1/intensity", symbol="rho_q", group="bargaining",
)  # fmt: skip
rift.parameter(
    "resent", 0.05, "What staying with partners costs, a unit of threat from them.",
    low=0, high=2, prior=(0, 0.1), unit="utility/intensity", symbol="c_q", group="commitment",
)  # fmt: skip


@rift.adds_to("worth", only_where="fear", bounds=(0, 1))
@rift.adds_to("common_worth", only_where="fear", bounds=(0, 1))
def calm(rift: float, fear: float) -> float:
    """E6. `max(0, 1 - rift*N[i,p])`, `N` what i fears of the partners: with whom one fears, one gains nothing together."""
    return max(0.0, 1.0 - rift * fear)


@rift.adds_to("mistrust")
def breach(rift_shock: float) -> float:
    """E13. `size * share`: mistrust rises at once by a quarrel, as far as pairs of parties are in it; sinks by a reconciliation."""
    return rift_shock


@rift.adds_to("staying", only_where="fear")
def bad_company(resent: float, fear: float) -> float:
    """E13. `-resent * N[i,p]`: whom partners hurt for long enough leaves, however little depth it agrees to."""
    return -resent * fear
