"""Grudge: fear of what partners do not share is remembered, and courts settle it."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

grudge = Mechanism("grudge", "Fear that partners do not share is remembered against them.")
grudge.parameter(
    "rancour", 0.2, "Price of depth to a state that bears a grudge.",
    low=0, high=1, prior=(0, 0.4), unit="utility", symbol="r_g", group="commitment",
)  # fmt: skip
grudge.parameter(
    "forgetting", 0.05, "Share of a grudge that is forgotten.", low=0.01, high=1, unit="1/month", symbol="v_g"
)
grudge.of_state("pride", 0.5, "How easily the state takes offence.", low=0, high=2, unit="1", symbol="p")
grudge.noise("insult", over="state", law="normal")
grudge.article("court", into="court", effect="A court of the parties settles grudges.")


@grudge.remembers("resentment", over="state", unit="utility", meaning="grudge that the state bears")
def resentment_next(
    resentment: float, forgetting: float, pride: float, insult: float, accepted_offer: float
) -> float:
    """`(1 - forgetting)*G + .05*pride*max(0, insult) + .01*W`."""
    return (1.0 - forgetting) * resentment + 0.05 * pride * max(0.0, insult) + 0.01 * accepted_offer


@grudge.remembers("dread", over="state and source")
def dread_next(dread: float, own_threat: float) -> float:
    """`.9*d + .1*P`."""
    return 0.9 * dread + 0.1 * own_threat


@grudge.sum_over("sources", unit="intensity", meaning="fear within the treaty's scope that partners do not share")
def lonely_fear(scope: float, own_threat: float, partners_mean: float, dread: float) -> float:
    """Sum over sources of `scope * max(0, (P + d)/2 - mean)`."""
    return scope * max(0.0, (own_threat + dread) / 2.0 - partners_mean)


@grudge.adds_to("linear")
def price_of_a_grudge(rancour: float, resentment: float, lonely_fear: float, court: float) -> float:
    """`-rancour * (G + fear) * (1 - court)`."""
    return -rancour * (resentment + lonely_fear) * (1.0 - court)
