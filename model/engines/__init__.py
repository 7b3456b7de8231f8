"""The two engines, which do not know each other, and one run of either."""
