"""What may stand beside a session: the same run under rival explanations, and sessions as they once were."""

from __future__ import annotations

from dataclasses import dataclass

from entente.engines.compiled.ensemble import prepare
from entente.errors import InputError, nearest, shown
from entente.evidence.rivals import laid_over, rival_names
from entente.schema.scenario import Scenario

from .live import Foresight
from .scene import Scene, opening
from .session import Session
from .svg import Picture
from .ties import ties

MOST = 3
"""Runs that may stand beside the session: four in all."""
KEPT = "kept"


@dataclass(frozen=True)
class Other:
    """A run beside the session: a rival explanation by its name, or a session that was kept: its scenario and seed."""

    name: str
    rival: str = ""
    scenario: Scenario | None = None
    seed: int = 0
    replicate: int = 0


class Beside:
    """Runs beside one session, each to its horizon, shown up to the month that the session shows."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.others: list[Other] = []
        self._ahead = Foresight()
        self._laid: dict[str, tuple[Scenario, Scenario]] = {}

    @property
    def choices(self) -> list[str]:
        """What can be put beside it: the session as it is now, and rivals."""
        taken = {other.rival for other in self.others}
        return [KEPT, *(name for name in rival_names() if name not in taken)]

    def add(self, name: str) -> None:
        """Put a rival, or the session as it stands, beside it. Raises `InputError`."""
        if len(self.others) == MOST:
            raise InputError(f"{MOST + 1} stand side by side already; take one away first")
        if name not in self.choices:
            raise InputError(
                f"{shown(name)}: nothing of that name can stand beside this{nearest(name, self.choices)}"
            )
        session = self.session
        with session.lock:
            if name == KEPT:
                words = f"{session.label}, {session.noise}, {len(session.levers)} lever{'' if len(session.levers) == 1 else 's'}"
                other = Other(words, scenario=session.scenario, seed=session.seed, replicate=session.replicate)
            else:
                other = Other(f"rival {name}", name)
            prepare(lambda words: None, self._scenario(other))
        self.others = [*self.others, other]

    def drop(self, place: int) -> None:
        """Take one away, by its place from 0."""
        self.others = [other for n, other in enumerate(self.others) if n != place]

    def pictures(self) -> list[Picture]:
        """The ties over time of each, with the session's own as a dashed line."""
        return [self._picture(n, other) for n, other in enumerate(self.others)]

    def _scenario(self, other: Other) -> Scenario:
        if other.scenario is not None:
            return other.scenario
        ours = self.session.scenario
        kept = self._laid.get(other.rival)
        if kept is None or kept[0] is not ours:
            self._laid[other.rival] = ours, laid_over(other.rival, ours)
        return self._laid[other.rival][1]

    def _picture(self, place: int, other: Other) -> Picture:
        session, title = self.session, f"Side by side: {other.name}"
        with session.lock:
            try:
                scenario = self._scenario(other)
                seed, replicate = (
                    (other.seed, other.replicate) if other.scenario else (session.seed, session.replicate)
                )
                whole = self._ahead.of(scenario, seed, replicate)
            except InputError as error:
                return Picture(f"beside-{place}", title, "", str(error))
            main = session.scene()
            months = min(main.months, scenario.months)
            alike = whole.world.treaties == main.world.treaties and scenario.start == main.scenario.start
            scene = Scene(scenario, whole.world, months, whole.trajectory, opening(whole.world),
                          main.trajectory if alike else None, chosen=session.chosen, dots=session.dots if alike else (),
                          beside="this session")  # fmt: skip
        return ties(scene, f"beside-{place}", title)
