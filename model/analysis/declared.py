"""What the tables of analyses hold: their columns, declared once."""

from __future__ import annotations

from entente.telling.columns import Column, Columns

_OUTCOME = Column("text", "words", "what is measured, quantity:thing@when")
_YEAR = Column("whole", "year", "year in which it is measured, in December")
_LOW, _HIGH = (Column("number", "as the value", f"{end} end of the interval") for end in ("lower", "upper"))

INDICES = {
    "outcome": _OUTCOME,
    "year": _YEAR,
    "method": Column("text", "word", "method of the indices: sobol, morris, pawn or delta"),
    "parameter": Column("text", "path", "factor, or two joined by ` x `, or group of factors"),
    "index": Column("text", "word", "name of the index, such as S1 and ST"),
    "value": Column("number", "as the index", "index"),
    "low": _LOW,
    "high": _HIGH,
    "n": Column("whole", "count", "size of the sample behind it"),
}
VARIANCE = {
    "outcome": _OUTCOME,
    "year": _YEAR,
    "between": Column(
        "number", "square of the outcome's", "variance of point means, freed of what chance adds to them"
    ),
    "within": Column("number", "square of the outcome's", "mean variance inside a point, over its replicates"),
    "share_of_chance": Column("number", "share 0..1", "share of chance in all variance", 0.0, 1.0),
    "common": Column("number", "square of the outcome's", "what a noise does to all points alike"),
    "mixed": Column("number", "square of the outcome's", "what a noise does to some points only"),
    "kept": Column(
        "number", "share 0..1", "share of the variance of point means that is due to parameters", 0.0, 1.0
    ),
    "points": Column("whole", "count", "points of the sample"),
    "replicates": Column("whole", "count", "runs of a point"),
}
SIGNS = {
    "statement": Column("text", "words", "what is expected"),
    "lever": Column("text", "words", "what is raised"),
    "outcome": _OUTCOME,
    "how": Column("text", "words", "tested on paired runs of its own, or on this sample"),
    "expected": Column("text", "+ or -", "direction that was registered"),
    "effect": Column("number", "as the outcome", "mean difference that the lever makes"),
    "low": Column("number", "as the outcome", "lower end of the 95 % interval"),
    "high": Column("number", "as the outcome", "upper end of the 95 % interval"),
    "share": Column(
        "number", "share 0..1", "draws whose own mean difference has the expected sign; none in a sample", 0.0, 1.0
    ),
    "verdict": Column("text", "word", "agree, disagree or unclear"),
}
CONSTANT = {
    "outcome": _OUTCOME,
    "year": _YEAR,
    "value": Column("number", "as the outcome", "value that nothing moved"),
}
TERMS = {
    "outcome": _OUTCOME,
    "year": _YEAR,
    "term": Column("text", "words", "factor, or factors joined by ` x `"),
    "order": Column("whole", "count", "factors of the term"),
    "share": Column("number", "share 0..1", "share of the variance between combinations", 0.0, 1.0),
    "share_low": _LOW,
    "share_high": _HIGH,
    "effect": Column(
        "number", "as the outcome", "change from the first levels to the second; none for more than two levels"
    ),
    "effect_low": _LOW,
    "effect_high": _HIGH,
}
EFFECTS = {
    "outcome": _OUTCOME,
    "when": Column("text", "YYYY-MM or word", "month, or mean, min or max of the months"),
    "year": Column("whole", "year", "year of the month, none of what is over several months"),
    "a": Column("number", "as the outcome", "mean in the first world"),
    "b": Column("number", "as the outcome", "mean in the second world"),
    "difference": Column("number", "as the outcome", "mean of b - a over the same noises"),
    "low": Column("number", "as the outcome", "lower end of the 95 % interval of the difference"),
    "high": Column("number", "as the outcome", "upper end of the 95 % interval of the difference"),
    "n": Column("whole", "count", "units of the interval: draws, or replicates where there is one draw"),
    "runs": Column("whole", "count", "runs of each world"),
    "variance_ratio": Column("number", "ratio", "variance of an unpaired to that of the paired difference"),
    "runs_unpaired": Column("whole", "count", "runs of each world for an interval as narrow without pairing"),
    "needed": Column("whole", "count", "units before the interval can be trusted"),
    "verdict": Column("text", "word", "higher, lower, unclear or identical"),
}
_LEVER = Column("text", "path", "what is moved")
CURVE = {
    "lever": _LEVER,
    "value": Column("number", "as the lever", "value of the lever"),
    "share": Column("number", "share 0..1", "share of runs in which it holds", 0.0, 1.0),
    "share_low": _LOW,
    "share_high": _HIGH,
    "outcome": Column("number", "as the outcome", "mean outcome"),
    "outcome_low": Column("number", "as the outcome", "lower edge of the band of runs"),
    "outcome_high": Column("number", "as the outcome", "upper edge of the band of runs"),
}
RUNS = {
    "lever": _LEVER,
    "draw": Column("whole", "id", "draw of the parameters, from 0"),
    "replicate": Column("whole", "id", "noise that the run hears, from 0"),
    "critical": Column(
        "number", "as the lever", "least lever at which it holds in this run, none where it never does"
    ),
    "ceiling": Column("number", "as the lever", "lever beyond which the run cannot go, none where there is none"),
}

DECLARED: dict[str, tuple[str, Columns]] = {
    "indices": ("an outcome, year, parameter and index", INDICES),
    "convergence": ("the same, on a part of the sample or all of it", INDICES),
    "variance": ("an outcome", VARIANCE),
    "signs": ("a statement and a way to test it", SIGNS),
    "constant": ("an outcome and year that no parameter moved", CONSTANT),
    "terms": ("an outcome, year and term", TERMS),
    "effects": ("an outcome and month", EFFECTS),
    "curve": ("a lever and a value of it", CURVE),
    "runs": ("a lever and a run", RUNS),
}
"""What a row is, and the columns, of each table by the name of its file."""
