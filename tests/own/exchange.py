"""Exchange: commerce between the parties makes some depth worth having."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

exchange = Mechanism("exchange", "Exchange between the parties is worth depth.")
exchange.parameter(
    "exchange_value", 0.6, "Benefit of exchange.",
    low=0, high=2, prior=(0.3, 0.9), unit="utility", symbol="e", group="bargaining",
)  # fmt: skip
exchange.constant(
    "exchange_need", 4 / 7, "Depth up to which exchange is useful.", low=0.05, high=1, unit="depth", symbol="r_0"
)
exchange.of_party("exchange", "Exchange of the party within the treaty.", low=0, high=1, unit="share", symbol="X")


@exchange.adds_to("common_benefit", need="exchange_need")
def exchange_benefit(exchange_value: float, exchange: float) -> float:
    """`b_0 = exchange_value * X`."""
    return exchange_value * exchange
