"""Confidence: non-aggression and confidence-building articles let mistrust fade."""

from __future__ import annotations

from entente.month.mechanism import Mechanism

confidence = Mechanism("confidence", "Confidence-building articles let mistrust fade (E13).")
confidence.parameter(
    "trust", 0.0035, "Monthly decay of mistrust at a full confidence-building article.",
    low=0, high=0.2, prior=(0.001, 0.006), unit="1/month", symbol="tau", group="bargaining",
)  # fmt: skip
for rule in ("non_aggression", "confidence_building"):
    confidence.article(
        rule,
        into="confidence",
        full=False,
        effect="Its strength adds to `confidence`, by which mistrust fades (E13) and reassurance is worth depth (E6c).",
        brief="mistrust fades",
    )


@confidence.adds_to("mistrust")
def fading_mistrust(trust: float, confidence: float, mistrust: float) -> float:
    """E13. `-trust * confidence * M`; `confidence` is the sum of strengths of both kinds of articles."""
    return -trust * confidence * mistrust
