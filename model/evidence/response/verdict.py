"""What the response of ties to shocks comes to, in plain sentences made from its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .matched import CONTRASTS, FALL, RELIEF, RISE, SHOCK

RECORD, MODEL, CHAIN, PERSISTENCE = "record", "model", "markov", "persistence"
PRIMARY = ((SHOCK, RISE), (RELIEF, FALL))
TREATED = {SHOCK: "a dispute with an outside rival", RELIEF: "a relief"}
MOVED = {RISE: "a rise", FALL: "a fall"}


Row = dict[str, Any]


def sentences(row: Callable[..., Row], placebos: Iterable[Row]) -> list[str]:
    """The verdict on both primary hypotheses, then contrasts and placebos, a sentence or two each.

    `row` gives the estimate of a source, treatment and move, of a group if one is named; numbers that are none
    are None.
    """
    told = []
    for treatment, move in PRIMARY:
        told += _primary(treatment, move, *(row(source, treatment, move) for source in (RECORD, MODEL, CHAIN)))
    told += [
        _contrast(name, *(row(source, SHOCK, RISE, name) for source in (RECORD, MODEL))) for name in CONTRASTS
    ]
    return [*told, *map(_placebo, placebos)]


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return f"{100 * share:+.1f}"


def wider(row: Row) -> tuple[float, float] | None:
    """The interval of a record's row that counts, by tie or by state, whichever is wider; None without any."""
    pairs = [(row["low"], row["high"]), (row["low_states"], row["high_states"])]
    known = [(low, high) for low, high in pairs if low is not None and high is not None]
    return max(known, key=lambda pair: pair[1] - pair[0], default=None)


def _primary(treatment: str, move: str, row: Row, model: Row, chain: Row) -> list[str]:
    counted = wider(row)
    if row["response"] is None or counted is None:
        return [
            f"The record cannot say whether {TREATED[treatment]} changes the chance of {MOVED[move]}: "
            "no matched years."
        ]
    low, high = counted
    if low <= 0 <= high:
        shown = "The wider holds 0: the record does not show a response."
    else:
        shown = (
            "All is above 0: the record shows a response."
            if low > 0
            else "All is below 0: the record shows a response, contrary to what was expected."
        )
    told = [
        f"In the record {MOVED[move]} within 24 months follows {TREATED[treatment]} in {row['treated_rate']:.1%} "
        f"of {row['treated']:,.0f} tie-years, and {row['quiet_rate']:.1%} of matched quiet ones: "
        f"{points(row['response'])} points (90 %: {_spans(row)}). {shown}"
    ]
    if model["response"] is not None:
        value = model["response"]
        place = "in" if low <= value <= high else "below" if value < low else "above"
        told.append(
            f"In the model it is {points(value)} points (90 % of runs: {points(model['low'])} to "
            f"{points(model['high'])}); its mean lies {place} the record's interval"
            + (
                ", which holds 0 too: this record cannot tell the model from no response."
                if low <= 0 <= high and place == "in"
                else "."
            )
        )
    if chain["response"] is not None:
        told.append(
            f"A Markov chain that knows no threat gives {points(chain['response'])} points "
            f"({points(chain['low'])} to {points(chain['high'])})."
        )
    return told


def _spans(row: Row) -> str:
    """The intervals of a record's row, by tie and by state, those that there are."""
    named = [("by tie", row["low"], row["high"]), ("by state", row["low_states"], row["high_states"])]
    return ", ".join(
        f"{name} {points(low)} to {points(high)}"
        for name, low, high in named
        if low is not None and high is not None
    )


def _contrast(name: str, row: Row, model: Row) -> str:
    if row["response"] is None or wider(row) is None:
        return f"Contrast, {name}: the record cannot say."
    beside = ""
    if model["response"] is not None:
        beside = f"; in the model {points(model['response'])} ({points(model['low'])} to {points(model['high'])})"
    return f"Contrast, {name}: {points(row['response'])} points in the record (90 %: {_spans(row)}){beside}."


def _placebo(row: Row) -> str:
    what = f"Placebo, {row['treatment']} and {row['move']}, dates {row['placebo']}"
    counted = wider(row)
    if row["response"] is None or counted is None:
        return f"{what}: cannot be estimated."
    low, high = counted
    if row["share"] is None:
        told = f"{what}: {points(row['response'])} points (90 %: {_spans(row)})."
    else:
        told = (
            f"{what}: {points(row['response'])} points (90 % of turned records: {points(low)} to {points(high)}); "
            f"{row['share']:.0%} of them reach the true response."
        )
    return told if low <= 0 <= high else f"{told} This is not 0: the true difference may not be read as an effect."
