"""Overlap (E6): what other treaties already do against a source leaves less to do."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

overlap = Mechanism("overlap", "Other treaties' cover of a source substitutes (E6).", idle_at_zero="overlap_use")
overlap.parameter(
    "overlap_use", 0.0, "How far another treaty's cover of a source substitutes for this one's.",
    low=0, high=1, prior=(0, 0.5), unit="1", symbol="chi", group="bargaining",
)  # fmt: skip


@overlap.sum_over("treaties")
def covered(other_scope: float, other_depth: float) -> float:
    """E6, term of another treaty of the party. `scope[q,k] * D[q]`."""
    return other_scope * other_depth


@overlap.adds_to("worth")
def left_to_do(overlap_use: float, covered: float) -> float:
    """E6. `1 - overlap_use*min(1, sum_{q != p} scope[q,k]*D[q])`: what other treaties leave to do."""
    return 1.0 - overlap_use * min(1.0, covered)
