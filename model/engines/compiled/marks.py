"""Whole numbers by which a plan marks things: decision rules, targets of events, and the rows of its lists."""

from __future__ import annotations

from .kernel import places

THREE = 3
"""Columns of a list at least, so that its third entry can be asked for in the smallest world."""
UNANIMITY, MAJORITY, LEAD = 0, 1, 2
DECISIONS = {"unanimity": UNANIMITY, "majority": MAJORITY, "lead": LEAD}
INTENSITY, EVENT, RUMOUR, WEAKNESS = 0, 1, 2, 3
TARGETS = {"intensity": INTENSITY, "event": EVENT, "rumour": RUMOUR, "weakness": WEAKNESS}
PLAIN, BY_EXPOSURE, BY_SHARE = 0, 1, 2
SCALES = {"plain": PLAIN, "exposure": BY_EXPOSURE, "share": BY_SHARE}

BODY = places(
    "BODY",
    [("hub", "decision", "endogenous", "signed", "delay", "predecessor", "rung", "opens_with", "open_rung")],
)
SEAT = places("SEAT", [("founder", "candidate", "lead", "open_member", "open_left")])
SOURCE = places("SOURCE", [("origin", "sponsor", "whose")])
COVER = places("COVER", [("covers", "covered")])
OF_STATES, OF_SOURCES, OF_TREATIES = 0, 1, 2
"""What the noise of a mechanism runs over."""
