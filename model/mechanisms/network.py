"""The network (rival, Kinne 2018): ties follow ties, whatever the threat: shared partners and many partners."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

network = Mechanism("network", "Rival: shared partners, and many of them, are worth depth.", on=False)
network.parameter(
    "closure", 0.6, "Benefit of the first unit of depth where third states tied to all parties are many (network only).",
    low=0, high=4, unit="utility", symbol="b_c", source="Kinne 2018; size judgement", group="rivals",
)  # fmt: skip
network.parameter(
    "attachment", 0.3, "Benefit of the first unit of depth to a party whose other ties are many (network only).",
    low=0, high=4, unit="utility", symbol="b_n", source="Kinne 2018; size judgement", group="rivals",
)  # fmt: skip
network.constant(
    "network_half", 2.0, "Third states, or other ties, at which their benefit is half of the whole (network only).",
    low=0.1, high=100, unit="ties", symbol="n_h",
)  # fmt: skip
network.of_treaty(
    "shared_partners", 0.0, "Third states outside the scenario that are tied to all parties (network only).",
    low=0, high=200, unit="states", symbol="S_n",
)  # fmt: skip
network.of_state(
    "ties_elsewhere", 0.0, "Ties of the state outside the scenario (network only).",
    low=0, high=200, unit="ties", symbol="N",
)  # fmt: skip


@network.sum_over("treaties")
def ties_within(other_depth: float) -> float:
    """Rival of E6, term of another treaty of the party: its depth `D[q]`, 1 for a full tie."""
    return other_depth


@network.adds_to("common_benefit")
def network_benefit(
    closure: float,
    attachment: float,
    network_half: float,
    shared_partners: float,
    ties_elsewhere: float,
    ties_within: float,
) -> float:
    """Rival of E6 (Kinne 2018). `b_c*S/(S + h) + b_n*n/(n + h)`: closing triangles, and being tied to many.

    `S` are third states tied to all parties, `n` the other ties of the party, outside the scenario and, by their depth, within.
    """
    ties = ties_elsewhere + ties_within
    return closure * (shared_partners / (shared_partners + network_half)) + attachment * (
        ties / (ties + network_half)
    )
