"""The words for rungs and obligations that tables and figures of the evidence show."""

from __future__ import annotations

RUNG_NAMES = (
    "nothing", "declaration", "duty to consult", "policy coordination", "permanent organ", "joint forces or bases",
    "integrated command",
)  # fmt: skip
"""The rungs of organs, 0 to 6, in short (`docs/ODD.md`, section 2)."""
OBLIGATIONS = ("no promise", "non-aggression", "consultation", "act to meet the danger", "mutual defence")
"""What a treaty promises, 0 to 4."""
