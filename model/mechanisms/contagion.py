"""Consultation (E4): alarm of any one party spreads among all; the perceptual channel of obligation."""

from __future__ import annotations

from entente.agents.equation import where
from entente.month.mechanism import Mechanism

contagion = Mechanism("contagion", "Consultation spreads perception (E4).", idle_at_zero="contagion")
contagion.parameter(
    "contagion", 0.08, "Share of the gap to the partners' perception that a consultation closes.",
    low=0, high=1, prior=(0.02, 0.15), unit="1/month", symbol="kappa", group="commitment",
)  # fmt: skip
contagion.parameter(
    "trigger", 0.2, "Perceived threat of any one party above which the parties consult.",
    low=0, high=2, prior=(0, 0.4), unit="intensity", symbol="theta_c", group="commitment",
)  # fmt: skip
contagion.article(
    "consultation",
    into="consultation",
    effect="Spreads perception among the parties when one of them is alarmed (E4).",
    brief="an alarm of one party spreads to the others",
)
contagion.says("consultation begins", "above the trigger")
contagion.says("consultation ends", "below the trigger again")


@contagion.adds_to("alarm", only_where="consultation")
def alarmed(consultation: float, contagion: float, scope: float, greatest_threat: float, trigger: float) -> float:
    """E4. 1 where the treaty has a duty to consult, covers the source, and `max_j P[j,k] > trigger`.

    0 where `contagion` is 0, also beside runs in which it is not.
    """
    able = (consultation > 0.0) & (contagion > 0.0) & (scope > 0.0)
    return where(able & (greatest_threat > trigger), 1.0, 0.0)


@contagion.adds_to("spreading")
def consulted_threat(
    own_threat: float,
    partners_mean: float,
    greatest_threat: float,
    trigger: float,
    contagion: float,
    consultation: float,
    depth: float,
    scope: float,
) -> float:
    """E4. Increment of P[i,k] from one treaty's consultation.

    `contagion * consult[p] * D[p] * scope[p,k] * max(0, mean_j P[j,k] - P[i,k])` where
    `max_j P[j,k] > trigger`, else 0.
    """
    gap = max(0.0, partners_mean - own_threat)
    increment = contagion * consultation * depth * scope * gap
    return where(greatest_threat > trigger, increment, 0.0)
