"""The month of many runs: the same phases in the same order as in the interactive engine."""

from __future__ import annotations

from typing import Any

from entente.agents.equation import where
from entente.world.pack import MEMBER, UNNAMED

from .bargains import bargain
from .beginnings import intervene
from .institutions import institute
from .interests import weigh
from .kernel import kernel, routine
from .layout import AT, OF, noise_of, numbers_of, state_of
from .marks import SOURCE
from .membership import review
from .outside import act, turn
from .tables import get, put, table, tables
from .threats import consult, perceive, shock
from .vector import spread


def advance(
    first: int,
    last: int,
    tiles: Any,
    plan: Any,
    nums: Any,
    rows: Any,
    present: Any,
    noise: Any,
    probes: Any,
    out: Any,
) -> None:
    """Run the months from step `first` up to `last` in each of `tiles`, and write the probed rows of recorded ones.

    `rows` is the state (tiles, rows, runs); `probes` (row, treaty or -1) names those that are kept, the
    ones of a treaty only while it runs; `out` has the shape (tiles, months, probes, runs).
    """
    plan, nums, noise = tables(plan), tables(nums), tables(noise)
    rows, present, probes, out = table(rows), table(present), table(probes), table(out)
    for tile in range(tiles[0], tiles[1]):
        now, num = state_of(rows[tile], present, plan), numbers_of(tile, nums)
        _run(first, last, plan, num, now, noise_of(tile, noise), rows[tile], probes, out[tile])


@routine
def _run(
    first: int, last: int, plan: Any, num: Any, now: Any, noise: Any, rows: Any, probes: Any, out: Any
) -> None:
    """The months of one tile."""
    for step in range(first, last):
        intervene(step, plan, num, now)
        shock(step, plan, num, now, noise)
        perceive(step, plan, num, now, noise)
        consult(plan, num, now)
        act(plan, num, now)
        weigh(plan, num, now)
        bargain(plan, num, now)
        institute(step, plan, num, now)
        review(step, plan, num, now)
        turn(step, plan, num, now)
        if step >= plan.opens:
            _measure(plan, num, now, rows, probes, out[step - plan.opens])


@kernel
def _measure(plan: Any, num: Any, now: Any, rows: Any, probes: Any, out: Any) -> None:
    """E16."""
    for t in range(plan.treaties):
        ends = get(now.t, AT.ends, t)
        put(now.t, get(num.t, OF.obligation, t), AT.obligation, t)
        put(now.t, where(ends >= 0.0, ends - plan.opens, -1.0), AT.term_end, t)
    if plan.wants_orientation:
        for t in range(plan.treaties):
            put(now.t, _orientation(t, plan, num, now), AT.orientation, t)
    for probe in range(len(probes)):
        row, t = probes[probe, 0], probes[probe, 1]
        kept = get(rows, row)
        if t >= 0:
            kept = where(get(now.t, AT.status, t) == 1.0, kept, 0.0)
        put(out, kept, probe)


@kernel
def _orientation(t: int, plan: Any, num: Any, now: Any) -> Any:
    """E16: share of a treaty's threats whose origin lies outside its membership."""
    outside, inside = spread(0.0), spread(0.0)
    for k in range(plan.sources):
        origin, whose = plan.k[SOURCE.origin, k], plan.k[SOURCE.whose, k]
        unnamed = origin == MEMBER and whose == UNNAMED
        for at in range(len(plan.seats[t])):
            i = plan.seats[t][at]
            if i < 0:
                break
            weight = spread(1.0)
            if not unnamed:
                weight = get(num.tk, OF.scope, t, k)
            within = spread(1.0 if unnamed else 0.0) != 0.0
            if origin >= 0:
                within = within | (get(now.ts, AT.member, t, origin) != 0.0)
            if whose >= 0:
                # A neighbour's threat weighs in full among its fellows, and is an outsider's elsewhere.
                fellow = get(now.ts, AT.member, t, whose) != 0.0
                within, weight = within | fellow, where(fellow, 1.0, weight)
            felt = get(now.ts, AT.member, t, i) * (get(now.sk, AT.perception, i, k) * weight)
            inside += where(within, felt, 0.0)
            outside += where(within, 0.0, felt)
    whole = outside + inside
    return where(whole > 0.0, outside / where(whole > 0.0, whole, 1.0), 0.0)
