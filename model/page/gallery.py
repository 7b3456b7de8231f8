"""All pictures of the page, in their order."""

from __future__ import annotations

from .ladder import ladder
from .network import network
from .scene import Scene
from .svg import Picture
from .threats import threats
from .ties import ties
from .wishes import wishes

PICTURES = (ties, network, threats, wishes, ladder)


def gallery(scene: Scene) -> list[Picture]:
    """Every picture of one month."""
    return [draw(scene) for draw in PICTURES]
