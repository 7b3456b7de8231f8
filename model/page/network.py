"""The network of ties on fixed places: who is tied to whom, how deeply, and who fears."""

from __future__ import annotations

from math import cos, hypot, pi, sin, sqrt

from entente.schema.scenario import Scenario

from .palette import alignment, rung, series
from .places import Box, Point, capitals, hull, outlines, positions, power_positions
from .scene import MULTILATERAL, Scene
from .svg import REACHED, WIDTH, Picture, line, picture, points, tag, text, tip

HEIGHT = 424
BOX: Box = (92, 48, WIDTH - 40, 342)
FRAME: Box = (50, 0, WIDTH, 384)
"""The part of the picture that shows the map."""
GROUND = "entente-ground"
"""The name under which the map stands beside the pictures, once for all frames."""
POWER_BOX: Box = (26, 70, 26, 330)
GAP = 52.0
LEAST_RADIUS, RADIUS_RANGE = 7.0, 15.0
RING_WIDTH = 7.0
LEAST_EDGE, EDGE_RANGE = 0.8, 6.0
PAD, PAD_STEP = 24.0, 6.0
CORNERS = 14
NAME_ROW = 13.0
OFFER_SHOWN = 0.001


def network(scene: Scene) -> Picture:
    """Nodes on their capitals; edges are dyads with a treaty of their own; shapes are treaties of three or more parties."""
    at = _places(scene.scenario)
    parts = [
        *_ground(),
        *_legend(),
        *_treaties(scene, at),
        *_edges(scene, at),
        *_powers(scene, at),
        *_nodes(scene, at),
    ]
    return picture("network", "Network of ties", HEIGHT, parts, summary(scene))


def summary(scene: Scene) -> str:
    """The deepest tie and the most threatened state, in words."""
    found = scene.ties()
    felt = scene.now("perception")
    words = f"{scene.date}: no two states share a treaty."
    if found:
        a, b, index, top = max(found, key=lambda tie: tie[2])
        words = (f"{scene.date}: {len(found)} pairs share a treaty; the deepest tie is {scene.state_name(a)} and "
                 f"{scene.state_name(b)}, {index:.2f} of 1 on rung {top}.")  # fmt: skip
    if felt.size and felt.max() > 0:
        state, source = divmod(int(felt.argmax()), felt.shape[1])
        words += (f" {scene.state_name(state)} feels most threatened: {scene.source_name(source)}, "
                  f"{felt.max():.2f}.")  # fmt: skip
    return words


def ground(scenario: Scenario) -> str:
    """What stands still beneath the network, as a definition that the picture uses: coasts and borders."""
    return tag("defs", tag("path", d=outlines(scenario, BOX, FRAME), id=GROUND))


def _ground() -> list[str]:
    left, top, right, foot = FRAME
    box = f"{left:g} {top:g} {right - left:g} {foot - top:g}"
    land = tag("use", href=f"#{GROUND}", class_="ground")
    return [tag("svg", land, x=left, y=top, width=right - left, height=foot - top, viewBox=box)]


_PLACED: dict[tuple[tuple[str, float, float], ...], dict[str, Point]] = {}
"""Places by what they are worked out from: once a scenario, so that nothing moves between two frames."""


def _places(scenario: Scenario) -> dict[str, Point]:
    key = tuple((id_, s.place.longitude, s.place.latitude) for id_, s in sorted(scenario.states.items()))
    if key not in _PLACED:
        _PLACED[key] = positions(scenario, BOX, GAP)
    return _PLACED[key] | power_positions(scenario, POWER_BOX)


def _radius(scene: Scene, i: int) -> float:
    largest = float(scene.now("capability").max())
    return LEAST_RADIUS + RADIUS_RANGE * sqrt(float(scene.now("capability")[i]) / largest)


def _treaties(scene: Scene, at: dict[str, Point]) -> list[str]:
    """A shape around the parties of each treaty of three or more, the larger ones below, and their names."""
    many = [p for p in scene.running() if len(scene.members(p)) >= MULTILATERAL]
    shapes = {p: _shape(scene, p, PAD + PAD_STEP * n, at) for n, p in enumerate(many)}
    ys = [y for corners in shapes.values() for _, y in corners]
    parts = [_outline(scene, p, shapes[p]) for p in sorted(many, key=lambda p: -len(scene.members(p)))]
    for n, p in enumerate(many):
        # Names stand in turn above and below all shapes, each over the middle of its own.
        row = n // 2 * NAME_ROW
        y = min(ys) - 8 - row if n % 2 == 0 else max(ys) + 15 + row
        xs = [x for x, _ in shapes[p]]
        parts.append(text((min(xs) + max(xs)) / 2, y, f"{scene.treaty_name(p)}, rung {int(scene.now('rung')[p])}",
                          class_="small middle pick halo", data_pick=f"treaty:{scene.world.treaties[p]}", **REACHED))  # fmt: skip
    return parts


def _shape(scene: Scene, p: int, pad: float, at: dict[str, Point]) -> list[Point]:
    """The corners of a shape that keeps a distance `pad` around the parties of a treaty."""
    turns = [2 * pi * c / CORNERS for c in range(CORNERS)]
    places = [at[scene.world.states[i]] for i in scene.members(p)]
    return hull([(x + pad * cos(turn), y + pad * sin(turn)) for x, y in places for turn in turns])


def _outline(scene: Scene, p: int, corners: list[Point]) -> str:
    level, depth, id_ = int(scene.now("rung")[p]), float(scene.now("depth")[p]), scene.world.treaties[p]
    words = tip(f"{scene.treaty_name(p)}: depth {depth:.2f}, rung {level}")
    colour = series(p).split(";")[0].removeprefix("stroke:")
    return tag("polygon", words, points=points(*zip(*corners, strict=True)), data_pick=f"treaty:{id_}",
               class_="shape chosen" if scene.chosen == id_ else "shape",
               style=f"fill:{colour};stroke:{rung(level)};stroke-width:{1 + 4 * depth:.1f}")  # fmt: skip


def _edges(scene: Scene, at: dict[str, Point]) -> list[str]:
    """Lines between those who have a treaty of their own; what a treaty of many ties is its shape."""
    own = {tuple(members) for p in scene.running() if len(members := scene.members(p)) < MULTILATERAL}
    parts = []
    for a, b, index, top in sorted(scene.ties(), key=lambda tie: tie[2]):
        if (a, b) not in own:
            continue
        left, right = scene.world.states[a], scene.world.states[b]
        (x1, y1), (x2, y2) = at[left], at[right]
        pick = f"tie:{left}|{right}"
        words = tip(f"{scene.state_name(a)} and {scene.state_name(b)}: tie {index:.2f}, highest rung {top}")
        chosen = scene.chosen == f"{left}|{right}"
        parts.append(line(x1, y1, x2, y2, class_="edge chosen" if chosen else "edge",
                          style=f"stroke:{rung(top)};stroke-width:{LEAST_EDGE + EDGE_RANGE * index:.1f}"))  # fmt: skip
        parts.append(line(x1, y1, x2, y2, words, class_="hit", data_pick=pick, **REACHED))
    return parts


def _nodes(scene: Scene, at: dict[str, Point]) -> list[str]:
    parts = []
    felt, true = scene.now("perception"), capitals(scene.scenario, BOX)
    for i, id_ in enumerate(scene.world.states):
        x, y = at[id_]
        radius = _radius(scene, i)
        threat = float(felt[i].max()) if felt.shape[1] else 0.0
        lean = float(scene.now("alignment")[i])
        words = tip(f"{scene.state_name(i)}: alignment {lean:+.2f}, strongest perceived threat {threat:.2f}, "
                    f"capability {100 * float(scene.now('capability')[i]):.2f} % of the world")  # fmt: skip
        ring = RING_WIDTH * min(threat, 1.5)
        parts.append(tag("circle", words, cx=x, cy=y, r=radius + 1 + ring / 2, class_="ring",
                         style=f"stroke-width:{ring:.2f}", data_state=id_, data_threat=f"{threat:.4f}"))  # fmt: skip
        here = true[id_]
        if hypot(x - here[0], y - here[1]) > radius:
            parts += [
                line(*here, x, y, class_="hair"),
                tag("circle", cx=here[0], cy=here[1], r=1.6, class_="capital"),
            ]
        parts.append(tag("circle", words, cx=x, cy=y, r=radius, class_="node", style=f"fill:{alignment(lean)}"))
        parts.append(text(x, y + radius + ring + 12, id_, class_="small middle strong halo"))
    return parts


def _powers(scene: Scene, at: dict[str, Point]) -> list[str]:
    """Outside powers, and what they offer to whom: dashed where it is refused, whole where it is taken."""
    parts = []
    for id_ in scene.world.powers:
        x, y = at[id_]
        words = tip(scene.scenario.powers[id_].name)
        for i, state in enumerate(scene.world.states):
            size = float(scene.now("offer")[i])
            if size > OFFER_SHOWN:
                taken = size > float(scene.now("price")[i])
                told = tip(f"offer to {scene.state_name(i)}: {size:.2f}, price {float(scene.now('price')[i]):.2f}, "
                           f"accepted so far {float(scene.now('accepted')[i]):.2f}")  # fmt: skip
                parts.append(line(x, y, *at[state], told, class_="offer taken" if taken else "offer",
                                  style=f"stroke-width:{1 + 4 * size:.1f}"))  # fmt: skip
        parts.append(tag("rect", words, x=x - 11, y=y - 11, width=22, height=22, class_="power"))
        parts.append(text(x, y + 24, id_, class_="small middle strong halo"))
    return parts


def _legend() -> list[str]:
    """What size, colours, rings and widths say."""
    foot = HEIGHT - 26
    parts = [text(2, foot, "rung", class_="tiny muted")]
    for level in range(7):
        x = 26 + 19 * level
        parts.append(tag("rect", x=x, y=foot - 8, width=17, height=9, fill=rung(level)))
        parts.append(text(x + 8, foot + 12, str(level), class_="tiny muted middle"))
    parts.append(text(172, foot, "outside", class_="tiny muted"))
    for n in range(9):
        x = 208 + 9 * n
        parts.append(tag("rect", x=x, y=foot - 8, width=9, height=9, style=f"fill:{alignment(-1 + n / 4)}"))
    parts += [text(292, foot, "bloc: alignment", class_="tiny muted"),
              text(172, foot + 12, "disc: capability", class_="tiny muted"),
              text(252, foot + 12, "line: own treaty; width: depth", class_="tiny muted"),
              tag("circle", cx=388, cy=foot - 4, r=5, class_="ring", style="stroke-width:4"),
              text(398, foot, "ring: threat felt", class_="tiny muted"),
              text(388, foot + 12, "shape: treaty of 3+", class_="tiny muted")]  # fmt: skip
    return parts
