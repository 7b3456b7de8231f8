"""Exchange (E6): trade, credits, arms and transit make a tie worth having that needs no enemy."""

from __future__ import annotations

from entente.month.declare import MEMO
from entente.month.mechanism import Mechanism

exchange = Mechanism("exchange", "Exchange between the parties is worth depth, without any enemy (E6).")
exchange.parameter(
    "exchange_value", 0.6, "Benefit of the first unit of depth of a full programme of exchange.",
    low=0, high=4, prior=(0.3, 0.9), unit="utility", symbol="b_x", source=MEMO, group="bargaining",
)  # fmt: skip
exchange.of_party(
    "exchange", "How much the party gains by exchange within the treaty.", low=0, high=1, unit="share", symbol="X"
)


@exchange.adds_to("common_benefit")
def exchange_benefit(exchange_value: float, exchange: float) -> float:
    """E6b. `exchange_value * X[i,p]`: arms and energy, credits, technology, transit, settled borders."""
    return exchange_value * exchange
