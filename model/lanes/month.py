"""The month in lanes: the same phases in the same order as in the interactive engine."""

from __future__ import annotations

from typing import Any

from ..pack import MEMBER
from .bargains import bargain
from .institutions import institute
from .interests import weigh
from .kernel import kernel
from .layout import AT, OF, SOURCE
from .membership import intervene, review
from .outside import act, turn
from .threats import consult, perceive, shock


def advance(
    first: int, last: int, plan: Any, num: Any, now: Any, noise: Any, rows: Any, probes: Any, out: Any
) -> None:
    """Run the months from step `first` up to `last`, and write the probed rows of recorded months.

    `rows` are the recorded numbers of `now`; `probes` (row, treaty or -1) names those that are kept, the
    ones of a treaty only while it runs; `out` has the shape (months, probes, lanes).
    """
    for step in range(first, last):
        intervene(step, plan, num, now)
        shock(step, plan, num, now, noise)
        perceive(step, plan, num, now, noise)
        consult(plan, num, now)
        act(plan, num, now)
        weigh(plan, num, now)
        bargain(plan, num, now)
        institute(step, plan, num, now, noise)
        review(step, plan, num, now)
        turn(step, plan, num, now)
        if step >= plan.opens:
            _measure(step - plan.opens, plan, num, now, rows, probes, out)


@kernel
def _measure(month: int, plan: Any, num: Any, now: Any, rows: Any, probes: Any, out: Any) -> None:
    """E16."""
    for t in range(plan.treaties):
        for z in range(plan.lanes):
            now.t[AT.obligation, t, z] = num.t[OF.obligation, t, z]
            now.t[AT.term_end, t, z] = now.t[AT.ends, t, z] - plan.opens if now.t[AT.ends, t, z] >= 0.0 else -1.0
    if plan.wants_orientation:
        _orientation(plan, num, now)
    for probe in range(probes.shape[0]):
        row, t = probes[probe, 0], probes[probe, 1]
        for z in range(plan.lanes):
            kept = t < 0 or now.t[AT.status, t, z] == 1.0
            out[month, probe, z] = rows[row, z] if kept else 0.0


@kernel
def _orientation(plan: Any, num: Any, now: Any) -> None:
    """E16: share of a treaty's threats whose origin lies outside its membership."""
    outside, inside = now.z[AT.a], now.z[AT.b]
    for t in range(plan.treaties):
        outside[:] = 0.0
        inside[:] = 0.0
        for k in range(plan.sources):
            origin = plan.k[SOURCE.origin, k]
            for i in plan.seats[t]:
                if i < 0:
                    continue
                for z in range(plan.lanes):
                    weight = 1.0 if origin == MEMBER else num.tk[OF.scope, t, k, z]
                    felt = now.ts[AT.member, t, i, z] * (now.sk[AT.perception, i, k, z] * weight)
                    within = origin == MEMBER or (origin >= 0 and now.ts[AT.member, t, origin, z] != 0.0)
                    inside[z] += felt if within else 0.0
                    outside[z] += 0.0 if within else felt
        for z in range(plan.lanes):
            whole = outside[z] + inside[z]
            now.t[AT.orientation, t, z] = outside[z] / whole if whole > 0.0 else 0.0
