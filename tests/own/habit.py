"""Habit: what stands is cheaper to keep than to build."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

habit = Mechanism("habit", "What stands is cheaper to keep.")
habit.parameter(
    "habit_share", 0.2, "Share of the price of depth that habit saves.",
    low=0, high=0.9, prior=(0.1, 0.3), unit="1", symbol="s", group="bargaining",
)  # fmt: skip


@habit.adds_to("saving")
def kept_habit(habit_share: float, autonomy: float) -> float:
    """`habit_share * autonomy`."""
    return habit_share * autonomy
