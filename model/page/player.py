"""What Mesa's ModelController drives: a session as a model, and the pace at which the browser can follow."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, main_thread
from time import monotonic
from typing import Any

from .session import Session

PATIENCE_SECONDS = 1.0
"""How long the play loop waits for a browser that says nothing, such as one in the background."""

GONE_SECONDS = 20.0
"""How long a tab may be away before what plays in it ends."""


class Screen:
    """Which frame the browser shows; the play loop steps only when it shows the newest."""

    def __init__(self) -> None:
        self.sent = 0
        self.painted = 0
        self._expected = 0
        self._changed = Condition()

    def expect(self) -> None:
        """A month has been run; the frame after the last one sent will show it."""
        self._expected = self.sent + 1

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
        """Wait until the month that was run last is drawn, or patience ends."""
        with self._changed:
            self._changed.wait_for(lambda: self.painted >= max(self.sent, self._expected), PATIENCE_SECONDS)


class Pace:
    """The play interval, ms, as ModelController's loop reads it: once before each of its steps.

    Reading it waits for the browser and sets how many months the step that follows runs. The button
    Step does not read it, and so always runs one.
    """

    def __init__(
        self,
        session: Session,
        screen: Screen,
        interval: Any,
        months: Any,
        is_open: Callable[[], bool] = lambda: True,
    ) -> None:
        self.session, self.screen, self.interval, self.months = session, screen, interval, months
        self._due: tuple[int, int] | None = None
        self._is_open, self._seen = is_open, monotonic()

    @property
    def watched(self) -> bool:
        """Whether the tab is there, or was a moment ago: a connection may be cut and come back."""
        now = monotonic()
        if self._is_open():
            self._seen = now
        return now - self._seen < GONE_SECONDS

    @property
    def value(self) -> int:
        # What is reset or opened while the loop waits must not be stepped by it.
        epoch = self.session.epoch
        self.screen.wait()
        self._due = epoch, int(self.months.value)
        return int(self.interval.value)

    def take(self) -> tuple[int, int] | None:
        """The epoch for which the loop asked for a step, and months of it; None where no loop did."""
        due, self._due = self._due, None
        return due


class Player:
    """A session in the form of a model; making one is what the button Reset does.

    A player outlives what it plays when the session opens something else, and its server when that is stopped; it then
    says that it has ended, and the loop that plays it ends too. A reset, whoever asked for it, leaves it what it is.
    """

    def __init__(self, session: Session, pace: Pace, reset: bool = True) -> None:
        self.session, self.pace = session, pace
        if reset:
            session.reset()
        self._generation = session.generation

    @property
    def current(self) -> bool:
        """Whether the session still shows what this player plays."""
        return self._generation == self.session.generation

    @property
    def running(self) -> bool:
        return self.current and self.session.running and self.pace.watched and main_thread().is_alive()

    def step(self) -> None:
        """One month, or as many as the pace asks for; nothing for a loop that played what is gone or reset since."""
        due = self.pace.take()
        if due is not None and (due[0] != self.session.epoch or not self.current):
            return
        months = due[1] if due else 0
        # The lock keeps a picture that is drawn meanwhile from showing a month in between.
        with self.session.lock:
            self.session.hasty = months > 0
            for _ in range(max(months, 1)):
                self.session.step(due[0] if due else None)
            self.pace.screen.expect()
