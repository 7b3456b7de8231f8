"""What each party wants against what was agreed, treaty by treaty, and who pays whom for the difference."""

from __future__ import annotations

import numpy as np

from .scene import Scene
from .svg import REACHED, WIDTH, Picture, line, picture, spread, tag, text, tip

LEFT, RIGHT = 126, WIDTH - 12
TOP, ROOM, FLOWS = 34, 286, 6
ROW_RANGE = (22.0, 36.0)
FLOW_ROW = 15.0
LETTERS = 23.0
"""Width of a state's id beside the next one."""


def wishes(scene: Scene) -> Picture:
    """Above: ideal depth of each party, depth agreed and practised; below: this month's side payments."""
    running = scene.running()
    high = min(max(ROOM / max(len(running), 1), ROW_RANGE[0]), ROW_RANGE[1])
    parts = _axis(high * len(running))
    for n, p in enumerate(running):
        parts += _treaty(scene, p, TOP + high * n, high)
    foot = TOP + max(high * len(running), 60) + 26
    parts += _payments(scene, foot)
    return picture("wishes", "What each party wants, and who pays whom", foot + 16 + FLOW_ROW * FLOWS, parts,
                   summary(scene))  # fmt: skip


def summary(scene: Scene) -> str:
    """The party furthest from what was agreed, and the largest payment, in words."""
    ideal, agreed, member = scene.now("ideal"), scene.now("agreed"), scene.now("member")
    gaps = [(float(agreed[p] - ideal[p, i]), p, i) for p in scene.running() for i in np.flatnonzero(member[p])]
    words = f"{scene.date}: "
    if not gaps or scene.months == 0:
        return words + "nothing has been bargained for yet."
    gap, p, i = max(gaps, key=lambda item: abs(item[0]))
    side = "less" if gap > 0 else "more"
    words += (f"{scene.state_name(int(i))} is furthest from its wish: it would have {abs(gap):.2f} {side} than the "
              f"{agreed[p]:.2f} agreed in {scene.treaty_name(p)}.")  # fmt: skip
    found = flows(scene)
    if not found:
        return f"{words} Nobody pays."
    payer, payee, _, amount = found[0]
    return (f"{words} {scene.state_name(payer)} pays {scene.state_name(payee)} most, {amount:.4f} of "
            f"{sum(flow[3] for flow in found):.4f} in all.")  # fmt: skip


def flows(scene: Scene) -> list[tuple[int, int, int, float]]:
    """Payer, payee, treaty, amount (utility) of this month, the largest first (E11, as the payments table)."""
    received, paid = scene.now("received"), scene.now("paid")
    found = []
    for p in np.flatnonzero(received.sum(axis=1) > 0):
        total = float(paid[p].sum())
        for payer in np.flatnonzero(paid[p]):
            for payee in np.flatnonzero(received[p]):
                amount = float(received[p, payee] * paid[p, payer] / total)
                found.append((int(payer), int(payee), int(p), amount))
    return sorted(found, key=lambda flow: (-flow[3], flow))


def _x(depth: float) -> float:
    return LEFT + (RIGHT - LEFT) * depth


def _axis(height: float) -> list[str]:
    parts = [
        tag("rect", x=LEFT, y=2, width=14, height=8, class_="practised"),
        text(LEFT + 18, 10, "practised", class_="tiny muted"),
        line(LEFT + 72, 1, LEFT + 72, 12, class_="agreed"),
        text(LEFT + 77, 10, "agreed", class_="tiny muted"),
        tag("circle", cx=LEFT + 118, cy=6, r=3.5, class_="wish"),
        text(LEFT + 125, 10, "a party's wish, beneath its id", class_="tiny muted"),
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts += [line(_x(share), TOP - 6, _x(share), TOP + height, class_="grid"),
                  text(_x(share), TOP - 9, f"{share:g}", class_="tiny muted middle")]  # fmt: skip
    return parts


def _treaty(scene: Scene, p: int, y: float, high: float) -> list[str]:
    id_, base = scene.world.treaties[p], y + high - 7
    agreed, depth = float(scene.now("agreed")[p]), float(scene.now("depth")[p])
    name = scene.treaty_name(p)
    chosen = scene.chosen == id_
    words = tip(f"{name}: practised {depth:.3f}, agreed {agreed:.3f}")
    parts = [text(LEFT - 6, base + 2, scene.short_name(p), class_="tiny end pick chosen" if chosen else "tiny end pick",
                  data_pick=f"treaty:{id_}", **REACHED),
             line(LEFT, base, RIGHT, base, class_="grid"),
             tag("rect", words, x=LEFT, y=base - 3, width=_x(depth) - LEFT, height=6, class_="practised")]  # fmt: skip
    if scene.months:
        parts.append(line(_x(agreed), base - 9, _x(agreed), base + 5, words, class_="agreed"))
        members = scene.members(p)
        ideals = [float(scene.now("ideal")[p, i]) for i in members]
        labels = spread([_x(v) for v in ideals], LETTERS, LEFT + 8, RIGHT - 8)
        for i, ideal, at in zip(members, ideals, labels, strict=True):
            told = tip(f"{scene.state_name(i)} would have {ideal:.3f}")
            parts.append(tag("circle", told, cx=_x(ideal), cy=base, r=3.2, class_="wish"))
            parts.append(line(at, base - 10, _x(ideal), base - 3, class_="hair"))
            parts.append(text(at, base - 11, scene.world.states[i], class_="tiny middle"))
    return parts


def _payments(scene: Scene, y: float) -> list[str]:
    found = flows(scene)
    parts = [text(2, y, "Side payments this month (utility)", class_="small muted")]
    if not found:
        return [*parts, text(2, y + FLOW_ROW + 2, "none", class_="small")]
    largest = found[0][3]
    for n, (payer, payee, p, amount) in enumerate(found[:FLOWS]):
        row = y + FLOW_ROW * (n + 1) + 2
        names = f"{scene.state_name(payer)} pays {scene.state_name(payee)}"
        wide = 90 * amount / largest
        parts += [text(2, row, names, class_="small"),
                  tag("rect", tip(f"{names}: {amount:.5f} in {scene.treaty_name(p)}"), x=178.0, y=row - 8,
                      width=wide, height=8, class_="flow"),
                  text(184 + wide, row, f"{amount:.4f}, {scene.treaty_name(p)}", class_="tiny muted")]  # fmt: skip
    if len(found) > FLOWS:
        parts.append(text(WIDTH - 4, y, f"and {len(found) - FLOWS} smaller", class_="tiny muted end"))
    return parts
