"""Support (E5): parties act on a partner's threat as on their own; the behavioural channel of obligation."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

support = Mechanism("support", "Parties act on a partner's threat as on their own (E5).")
support.article(
    "strategic_support", into="support", kind="covering",
    effect="Parties act on a partner's threat from the named sources (E5), at a price (E7).",
    brief="parties act on a partner's threat as on their own, and pay for it",
)  # fmt: skip
support.article(
    "mutual_defence", into="support", kind="covering",
    effect="As strategic support; for one source the stronger of the two counts (E5, E7).",
    brief="parties owe help against an attack",
)  # fmt: skip


@support.adds_to("help", only_where="support")
def help_owed(partner_contribution: float, support: float, own_threat: float, partner_threat: float) -> float:
    """E5, term of one partner. `g[j,k] * support[p,k] * max(0, P[i,k] - P[j,k])`: help beyond the partner's own fear."""
    return partner_contribution * support * max(0.0, own_threat - partner_threat)
