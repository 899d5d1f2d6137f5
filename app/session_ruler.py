"""Times along a session: which stretch is shown, and where the figures stand."""

from __future__ import annotations

import math

from ..widgets.figures import clock

STEPS = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0,
    900.0, 1800.0, 3600.0, 7200.0, 10800.0, 21600.0, 43200.0, 86400.0,
)  # fmt: skip
SHORTEST_S = 0.05
PER_NOTCH = 1.35


class Stretch:
    """The part of a session that is shown.

    Parameters
    ----------
    duration
        Length of the session, s.
    """

    def __init__(self, duration: float) -> None:
        self.duration = max(duration, SHORTEST_S)
        self.start, self.stop = 0.0, self.duration

    @property
    def is_whole(self) -> bool:
        """Whether all of it is shown."""
        return self.stop - self.start >= self.duration * (1 - 1e-9)

    @property
    def seconds(self) -> float:
        """How long it is, s."""
        return self.stop - self.start

    def show(self, start: float, seconds: float) -> None:
        """Show so many seconds from a time on, or as near to it as the session's ends allow."""
        length = min(max(seconds, min(SHORTEST_S, self.duration)), self.duration)
        self.start = min(max(start, 0.0), self.duration - length)
        self.stop = self.start + length

    def zoom(self, notches: float, at: float) -> None:
        """Come nearer (above 0) or go away by notches of a wheel; the time `at`, s, stays where it is."""
        length = min(max(self.seconds * PER_NOTCH**-notches, min(SHORTEST_S, self.duration)), self.duration)
        self.show(at - (at - self.start) * (length / self.seconds), length)

    def pan(self, seconds: float) -> None:
        """Move by some seconds."""
        self.show(self.start + seconds, self.seconds)

    def show_all(self) -> None:
        """Show the whole session."""
        self.show(0.0, self.duration)

    def follow(self, before: float, now: float) -> None:
        """Turn the page where what was inside has run over an end."""
        if self.start <= before <= self.stop and not self.start <= now <= self.stop:
            self.show(now if now > self.stop else now - self.seconds, self.seconds)


def figures_of(start: float, stop: float, most: float) -> list[tuple[float, str]]:
    """Return round times of a stretch, s, and how they are written; about `most` of them at the most."""
    least = (stop - start) / max(1.0, most)
    step = next((step for step in STEPS if step >= least), STEPS[-1])
    if step < least:
        step *= math.ceil(least / step)
    first, last = math.ceil(start / step - 1e-6), math.floor(stop / step + 1e-6)
    return [(i * step, time_text(i * step, step)) for i in range(first, last + 1)]


def time_text(seconds: float, step: float) -> str:
    """Return a time as precisely as neighbours `step` away need: ``1:02:03``, ``00:42.35``."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    rounded = round(max(0.0, seconds), decimals)
    whole = math.floor(rounded + 1e-9)
    return clock(whole) + (f"{max(0.0, rounded - whole):.{decimals}f}"[1:] if decimals else "")
