"""What part of time is looked at: one axis for all views that go together."""

from __future__ import annotations

import math
from typing import Literal

Mode = Literal["scroll", "sweep"]
SHORTEST_S = 0.05


class TimeAxis:
    """The window's length and place, shared by every view that follows it. Main thread only.

    Live, the right edge is the newest sample of any stream on the axis. Held, it is a moment of the past, and
    acquisition goes on unseen.

    Parameters
    ----------
    seconds
        Length of the window, s.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self.seconds = seconds
        self.mode: Mode = "scroll"
        self.held_at: float | None = None
        """LSL clock, s, at the right edge while held; None while live."""
        self.cursors: tuple[float, float] | None = None
        """Two moments, s, LSL clock; None while cursors are off."""
        self._newest: dict[int, float] = {}
        self._oldest: dict[int, float] = {}
        self._longest: dict[int, float] = {}
        self._seconds_before_zoom: float | None = None

    # Who is on it

    def note(self, who: int, oldest: float, newest: float, longest_s: float) -> None:
        """Hear from a look, each frame, what it holds: moments in s, LSL clock, and its buffer's length, s."""
        self._oldest[who], self._newest[who], self._longest[who] = oldest, newest, longest_s

    def forget(self, who: int) -> None:
        """Leave a look out from now on."""
        for noted in (self._oldest, self._newest, self._longest):
            noted.pop(who, None)

    @property
    def newest(self) -> float:
        """The newest sample's moment of any stream, s, LSL clock; NaN before the first."""
        return max((t for t in self._newest.values() if math.isfinite(t)), default=math.nan)

    @property
    def oldest(self) -> float:
        """The oldest moment that is still kept, s, LSL clock; NaN before the first sample."""
        return min((t for t in self._oldest.values() if math.isfinite(t)), default=math.nan)

    @property
    def longest_s(self) -> float:
        """The longest window that makes sense: the longest buffer, s."""
        return max(self._longest.values(), default=math.inf)

    # Where it is

    @property
    def held(self) -> bool:
        """Whether the picture stands still."""
        return self.held_at is not None

    @property
    def edge(self) -> float:
        """The moment at the right edge, s, LSL clock; NaN before the first sample."""
        return self.newest if self.held_at is None else self.held_at

    @property
    def zoomed(self) -> bool:
        """Whether a selection is looked at, from which `release` goes back."""
        return self._seconds_before_zoom is not None

    def hold(self, t: float | None = None) -> None:
        """Stand still at a moment, s, LSL clock; now by default. Nothing happens before the first sample."""
        t = self.edge if t is None else t
        if math.isfinite(t):
            self.held_at = t

    def release(self) -> None:
        """Back to live, and to the length from before a zoom."""
        self.held_at = None
        if self._seconds_before_zoom is not None:
            self.seconds, self._seconds_before_zoom = self._seconds_before_zoom, None

    def scroll(self, by_s: float) -> None:
        """Move the window by so many seconds (below 0: into the past), as far as there are samples.

        Scrolled to the newest sample or beyond it is live again.
        """
        if not math.isfinite(self.edge):
            return
        to = self.edge + by_s
        if to >= self.newest and by_s > 0:
            self.held_at = None
            return
        first = self.oldest + min(self.seconds, self.newest - self.oldest)
        self.held_at = min(max(to, first), self.newest)

    def zoom(self, start: float, stop: float) -> None:
        """Look at just the time between two moments, s, LSL clock, in either order; live goes on unseen."""
        start, stop = min(start, stop), max(start, stop)
        if stop - start < SHORTEST_S:
            middle = (start + stop) / 2
            start, stop = middle - SHORTEST_S / 2, middle + SHORTEST_S / 2
        if self._seconds_before_zoom is None:
            self._seconds_before_zoom = self.seconds
        self.seconds, self.held_at = stop - start, stop

    def set_seconds(self, seconds: float) -> None:
        """Choose the window's length, s; within what is kept."""
        if math.isfinite(seconds):
            self.seconds = min(max(seconds, SHORTEST_S), self.longest_s)
            self._seconds_before_zoom = None


class OwnLength(TimeAxis):
    """The same place in time as another axis, but a length of its own. Main thread only.

    Parameters
    ----------
    whole
        The axis that is followed.
    seconds
        Length of the window, s.
    """

    def __init__(self, whole: TimeAxis, seconds: float) -> None:
        self._whole = whole
        self.seconds = seconds
        self._seconds_before_zoom: float | None = None

    def follows(self, axis: TimeAxis) -> bool:
        """Tell whether this is the axis that is followed."""
        return axis is self._whole

    def note(self, who: int, oldest: float, newest: float, longest_s: float) -> None:
        """Hear from a look, as the other axis does."""
        self._whole.note(who, oldest, newest, longest_s)

    def forget(self, who: int) -> None:
        """Leave a look out from now on."""
        self._whole.forget(who)

    @property
    def mode(self) -> Mode:
        """Sweep or scroll."""
        return self._whole.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._whole.mode = mode

    @property
    def held_at(self) -> float | None:
        """LSL clock, s, at the right edge while held; None while live."""
        return self._whole.held_at

    @held_at.setter
    def held_at(self, t: float | None) -> None:
        self._whole.held_at = t

    @property
    def cursors(self) -> tuple[float, float] | None:
        """Two moments, s, LSL clock; None while cursors are off."""
        return self._whole.cursors

    @cursors.setter
    def cursors(self, moments: tuple[float, float] | None) -> None:
        self._whole.cursors = moments

    @property
    def newest(self) -> float:
        """The newest sample's moment of any stream, s, LSL clock."""
        return self._whole.newest

    @property
    def oldest(self) -> float:
        """The oldest moment that is still kept, s, LSL clock."""
        return self._whole.oldest

    @property
    def longest_s(self) -> float:
        """The longest window that makes sense, s."""
        return self._whole.longest_s
