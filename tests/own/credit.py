"""Credit: loans between the parties make some depth worth having."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

credit = Mechanism("credit", "Credit between the parties is worth depth.")
credit.parameter(
    "credit_value", 0.6, "Benefit of credit.",
    low=0, high=2, prior=(0.3, 0.9), unit="utility", symbol="e", group="bargaining",
)  # fmt: skip
credit.of_party("credit", "Credit of the party within the treaty.", low=0, high=1, unit="share", symbol="X")


@credit.adds_to("common_benefit")
def credit_benefit(credit_value: float, credit: float) -> float:
    """`b_0 = credit_value * X`."""
    return credit_value * credit
