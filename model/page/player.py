"""What Mesa's ModelController drives: a session as a model, and the pace at which the browser can follow."""

from __future__ import annotations

from threading import Condition, main_thread
from typing import Any

from .session import Session

PATIENCE_SECONDS = 1.0
"""How long the play loop waits for a browser that says nothing, such as one in the background."""


class Screen:
    """Which frame the browser shows; the play loop steps only when it shows the newest."""

    def __init__(self) -> None:
        self.sent = 0
        self.painted = 0
        self._changed = Condition()

    def send(self) -> int:
        """The number of a frame that is being sent."""
        self.sent += 1
        return self.sent

    def show(self, frame: int) -> None:
        """The browser has drawn a frame."""
        with self._changed:
            self.painted = max(self.painted, int(frame))
            self._changed.notify_all()

    def wait(self) -> None:
        """Wait until the newest frame is drawn, or patience ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.painted >= self.sent, PATIENCE_SECONDS)


class Pace:
    """The play interval, ms, as ModelController's loop reads it: once before each of its steps.

    Reading it waits for the browser and sets how many months the step that follows runs. The button
    Step does not read it, and so always runs one.
    """

    def __init__(self, session: Session, screen: Screen, interval: Any, months: Any) -> None:
        self.session, self.screen, self.interval, self.months = session, screen, interval, months
        self._due: tuple[int, int] | None = None

    @property
    def value(self) -> int:
        self.screen.wait()
        self._due = self.session.epoch, int(self.months.value)
        return int(self.interval.value)

    def take(self) -> tuple[int, int] | None:
        """The epoch for which the loop asked for a step, and months of it; None where no loop did."""
        due, self._due = self._due, None
        return due


class Player:
    """A session in the form of a model; making one is what the button Reset does.

    A player outlives its epoch of the session when it is reset or opens something else, and its server
    when that is stopped; it then says that it has ended, and the loop that plays it ends too.
    """

    def __init__(self, session: Session, pace: Pace, reset: bool = True) -> None:
        self.session, self.pace = session, pace
        if reset:
            session.reset()
        self._epoch = session.epoch

    @property
    def running(self) -> bool:
        return self._epoch == self.session.epoch and self.session.running and main_thread().is_alive()

    def step(self) -> None:
        """One month, or as many as the pace asks for; nothing for a loop that played what was reset since."""
        epoch, months = self.pace.take() or (self._epoch, 0)
        self.session.hasty = months > 0
        for _ in range(max(months, 1)):
            if self.running:
                self.session.step(epoch)
