"""Why a treaty is where it is, told when it is asked for: the tables behind it take longer than a frame."""

from __future__ import annotations

from entente.schema.base import month_number
from entente.telling.why import why

from .session import Session

TABLES_READ = ("treaties", "events", "parties", "perceptions")
PATIENCE_MONTHS = 12
"""While the run plays, an explanation is renewed when it has grown this old."""


class Teller:
    """The sentences of `why` for one session, kept until they are out of date."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._kept: dict[str, tuple[object, str, list[str]]] = {}

    def __call__(self, treaty: str) -> tuple[str, list[str]]:
        """Month up to which it is told, and the sentences; none before the first month."""
        session = self.session
        if session.shown == 0:
            return "", []
        version, month, lines = self._kept.get(treaty, (None, "", []))
        if version != (session.version, session.previewed) or self._old(month):
            month = session.date
            lines = why(session.scenario, session.tables(*TABLES_READ), treaty)
            self._kept[treaty] = ((session.version, session.previewed), month, lines)
        return month, lines

    def forget(self) -> None:
        """Tell anew at the next question."""
        self._kept.clear()

    def _old(self, month: str) -> bool:
        age = month_number(self.session.date) - month_number(month)
        return age < 0 or age >= (PATIENCE_MONTHS if self.session.hasty else 1)
