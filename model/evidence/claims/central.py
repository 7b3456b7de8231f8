"""C34, the memo's central claim: more threat to the members, and organs follow fast."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from entente.schema.base import month_number, month_text
from entente.world.draws import Floats

from .declare import Parts, See, World, before, to_test
from .worlds import MEMO, NO_THREAT, QUIET, SHANGHAI, SHOCK, TREATY, lever

DATES = ("2003-08", "2005-08", "2007-08", "2009-08")
"""When the threat comes: never one date picked, since a tie may be about to rise or to fall on it by itself."""
WINDOW, QUARTER = 24, 3
"""Months within which organs are to follow, the month of the shock being the first; steps in which they are timed."""
REPLICATES, COMPARED = 8, 2
"""Runs of each draw, world and date; and how many of them the comparisons (one party, another source, less) have too."""
LIKELY, NOTHING = 0.5, 0.1
"""The gain in chance that is asked for, and what still counts as none."""
GREAT = ("RUS", "CHN")
LEVERS = {"RUS": ("RUS",), "CHN": ("CHN",), "rest": ("KAZ", "KGZ", "TJK", "UZB")}
"""Who perceives a threat together: by these the members of a tie are alarmed one by one or all."""
TIES = {
    "Russia-China": (TREATY, "md", "regional_war", GREAT),
    "Shanghai": (SHANGHAI, "militancy", "md", tuple(LEVERS)),
}
"""The treaty, a source that it covers, one that it does not, and all who are concerned."""
PLACES = {"quiet world": False, "memo-2001": True}
"""Whether shocks arrive at random besides."""
LEAST = 1 / (len(TIES) * len(PLACES) * len(DATES) * REPLICATES)
"""The least step of the mean gain: half of it lets one half itself pass."""


def _name(source: str, who: str, date: str) -> str:
    return f"{source}-{who}-{date}"


def _root() -> World:
    """`memo-2001` to the end of the last window, with every threat at size 0."""
    threats = {
        f"interventions.{_name(source, who, date)}": {
            "kind": "shock", "month": date, "source": source, "size": 0, "weights": dict.fromkeys(states, 1),
        }
        for source, (who, states), date in product(("md", "militancy", "regional_war"), LEVERS.items(), DATES)
    }  # fmt: skip
    months = month_number(DATES[-1]) + WINDOW - month_number("2001-08")
    return World("memo-2001", {"months": months} | threats)


ROOT = _root()


def threat(source: str, date: str, to: tuple[str, ...], size: float = 1.0) -> dict[str, Any]:
    """A threat that each of these perceives at this size, whatever it is exposed to."""
    return {f"interventions.{_name(source, who, date)}.size": size for who in to}


def _after(date: str, months: int) -> str:
    return month_text(month_number(date) + months)


def _risen(see: See, world: World, twin: World, treaty: str, date: str, months: int) -> Floats:
    """Whether a rung comes within some months that was not there the month before; a row a replicate."""
    # Until the date the twin is the world itself.
    begun = see.each(twin, f"rung:{treaty}@{_after(date, -1)}")[: world.replicates]
    most = see.each(world, f"rung:{treaty}@max:{date}..{_after(date, months - 1)}")
    return (most > begun).astype(float)


def gain(
    see: See,
    case: tuple[str, str],
    source: str,
    to: tuple[str, ...],
    size: float = 1.0,
    runs: int = COMPARED,
    months: int = WINDOW,
) -> Floats:
    """By how much likelier a threat makes a new rung in one tie and world: mean over dates, a row a replicate."""
    tie, place = case
    treaty = TIES[tie][0]
    twin = ROOT.but({"switches.arrivals": PLACES[place]}).repeated(REPLICATES)
    found = []
    for date in DATES:
        world = twin.but(threat(source, date, to, size)).repeated(runs)
        calm = _risen(see, twin, twin, treaty, date, months)
        found.append(_risen(see, world, twin, treaty, date, months) - calm[:runs])
    return np.asarray(np.mean(found, axis=0))


CASES = tuple(product(TIES, PLACES))


def shared(see: See, size: float = 1.0, runs: int = REPLICATES, months: int = WINDOW) -> list[Floats]:
    """The gains of all cases where all concerned perceive a threat that the treaty covers."""
    return [gain(see, case, TIES[case[0]][1], TIES[case[0]][3], size, runs, months) for case in CASES]


def _mean(gains: list[Floats]) -> Floats:
    """Over cases and replicates, a number a draw."""
    return np.asarray(np.mean(gains, axis=(0, 1)))


TWO_YEARS = [_after(SHOCK, months) for months in range(1, WINDOW + 1)]
READ_BEFORE = (("Shanghai", "shock-militancy", SHANGHAI), ("Russia-China", "shock-md", TREATY))
"""The ties of the old reading, each with a shock to a source that it covers."""


def rungs_gained(see: See, world: World, shock: str, treaty: str) -> Floats:
    """The most rungs by which a treaty is ahead of its twin without the shock, within two years."""
    shocked = world.but(lever(shock))
    ahead = [see(shocked, f"rung:{treaty}@{month}") - see(world, f"rung:{treaty}@{month}") for month in TWO_YEARS]
    return np.asarray(np.max(ahead, axis=0))


@to_test(
    "C34", "P11", "A rise in perceived threat triggers rapid institutionalisation.",
    note="A threat of 1 to every member of a tie, on a source that it covers: missile defence for Russia and China, "
    "militancy for Shanghai. The chance of a rung within 24 months that was not there the month before, less the same chance in the twin "
    "without the threat: mean over both ties, a quiet world and `memo-2001`, four dates (August 2003, 2005, 2007, 2009) "
    f"and {REPLICATES} runs of noise each. It must be one half or more (likely), more than where Russia or China alone perceives the threat, and in "
    f"neither tie more than {NOTHING} either way where the treaty does not cover the source (regional war; missile defence), both compared over {COMPARED} "
    "runs of noise. Told beside it: the gain of each case, within six and twelve months, at a quarter and half the size, "
    "and how many of the 24 months sooner the rung is there.",
    unit="chance", off=NO_THREAT, without="threats that make no treaty useful",
    anew="The memo speaks of threat to the members and of what is likely. The old reading shocked a source, which each perceives by its "
    "exposure (Russia .3 of missile defence, so that the least willing party hardly felt it), on one date, and asked for a rung in each of "
    "four cases with certainty.",
    told=(
        *(f"{tie}, {place}" for tie, place in CASES), "within six months", "within twelve months",
        "a quarter of the threat", "half of the threat", "months sooner, of 24",
    ),
)  # fmt: skip
def c34(see: See) -> Parts:
    full = shared(see)
    whole, few = _mean(full), _mean([case[:COMPARED] for case in full])
    alone = [_mean([gain(see, case, TIES[case[0]][1], (who,)) for case in CASES]) for who in GREAT]
    uncovered = [
        _mean([gain(see, (tie, place), source, to) for place in PLACES])
        for tie, (_, _, source, to) in TIES.items()
    ]
    by_quarter = {months: _mean(shared(see, months=months)) for months in range(QUARTER, WINDOW + 1, QUARTER)}
    return {
        "a new rung is likelier": whole,
        "by one half or more": whole - LIKELY + LEAST / 2,
        "more than by one party's alarm": few - np.max(alone, axis=0),
        "nothing where the source is not covered": NOTHING - np.max(np.abs(uncovered), axis=0),
        **{f"{tie}, {place}": case.mean(axis=0) for (tie, place), case in zip(CASES, full, strict=True)},
        "within six months": by_quarter[6],
        "within twelve months": by_quarter[12],
        "a quarter of the threat": _mean(shared(see, 0.25, COMPARED)),
        "half of the threat": _mean(shared(see, 0.5, COMPARED)),
        "months sooner, of 24": QUARTER * np.sum(list(by_quarter.values()), axis=0),
        **before(
            *(
                rungs_gained(see, world, shock, treaty)
                for _, shock, treaty in READ_BEFORE
                for world in (QUIET, MEMO)
            )
        ),
    }
