"""Security dilemma (E15, reverse channel): depth provokes what it guards against."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

security_dilemma = Mechanism("security_dilemma", "Depth draws a response from the outside power (E15).", on=False)
security_dilemma.parameter(
    "dilemma", 0.025, "Monthly intensity that the depth of treaties directed at it draws from the outside power.",
    low=0, high=0.5, prior=(0, 0.05), unit="intensity/month", symbol="delta", source="Jervis 1978", group="outside power",
)  # fmt: skip
security_dilemma.of_source(
    "provoked", 0.0, "How far the sponsor steps it up against treaties directed at it.",
    low=0, high=1, unit="1", symbol="u_k",
)  # fmt: skip


@security_dilemma.adds_to("shock")
def dilemma_shock(dilemma: float, provoked: float, directed_depth: float) -> float:
    """E15, reverse channel. `dilemma * provoked * sum_p directed[p]*D[p]` (intensity a month).

    An outside power steps up what a deeper alliance provokes (Jervis 1978, security dilemma).
    """
    return dilemma * provoked * directed_depth
