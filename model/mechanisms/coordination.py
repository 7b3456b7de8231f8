"""Coordination (E14): policy coordination pulls the alignments of the parties together."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

coordination = Mechanism("coordination", "Policy coordination pulls alignments together (E14).")
coordination.article(
    "policy_coordination",
    into="coordination",
    effect="Pulls the alignments of the parties together (E14).",
    brief="draws the parties' alignments together",
)


@coordination.sum_over("partners")
def mean_alignment(partner_share: float, partner_alignment: float) -> float:
    """E14, term of one partner. `s_j * x[j]`."""
    return partner_share * partner_alignment


@coordination.adds_to("pull")
def coordination_pull(coordination: float, depth: float, mean_alignment: float, own_alignment: float) -> float:
    """E14, term of one treaty. `coordination[p]*D[p]*(mean_j x[j] - x[i])`."""
    return coordination * depth * (mean_alignment - own_alignment)
