"""The range of an axis or of a colour scale: follows what is shown, stepwise and eased, or is locked."""

from __future__ import annotations

import math

from .ticks import round_step

EASE_S = 0.3


class EasedRange:
    """From a low to a high value. Main thread only.

    Parameters
    ----------
    low, high
        Where it begins.
    parts
        It grows and shrinks by round steps, so many of which fit into it.
    """

    def __init__(self, low: float = 0.0, high: float = 1.0, parts: float = 8) -> None:
        self.low, self.high = low, high
        self.auto = True
        self.known = False
        self._parts = parts
        self._left_s = 0.0
        self._to = (low, high)

    @property
    def target(self) -> tuple[float, float]:
        """What is being eased to."""
        return self._to

    @property
    def settled(self) -> bool:
        """Whether it stands still."""
        return (self.low, self.high) == self._to

    def aim(self, low: float, high: float, least: float = 0.0) -> None:
        """Learn what is to be shown, `least` wide at least; nothing happens while it is locked or nothing is known."""
        if not self.auto or not (math.isfinite(low) and math.isfinite(high)):
            return
        wide = max(high - low, least, abs(high) * 1e-6, 1e-12)
        middle = (low + high) / 2
        low, high = min(low, middle - wide / 2), max(high, middle + wide / 2)
        now_low, now_high = self._to
        fits = now_low <= low and high <= now_high
        # Only when something does not fit, or when much less is filled: figures keep still.
        if self.known and fits and wide > 0.55 * (now_high - now_low):
            return
        step = round_step(wide * 1.1, self._parts)
        self._left_s = 4 * EASE_S
        self._to = (math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)
        if not self.known:
            self.known = True
            self.low, self.high = self._to

    def lock(self, low: float, high: float) -> None:
        """Stay at a range from now on."""
        if math.isfinite(low) and math.isfinite(high) and high > low:
            self.auto, self.known = False, True
            self.low, self.high = self._to = (low, high)

    def forget(self) -> None:
        """Take the next aim at once; nothing happens while it is locked."""
        self.known = self.known and not self.auto

    def ease(self, dt: float) -> None:
        """Move towards the target; `dt` is the time since the last frame, s."""
        if self.settled:
            return
        share = 1 - math.exp(-max(0.0, dt) * 3 / EASE_S)
        self.low += (self._to[0] - self.low) * share
        self.high += (self._to[1] - self.high) * share
        self._left_s -= dt
        near = 0.003 * (self._to[1] - self._to[0])
        # Coming from a far larger range the last part would take long: after a while it is simply there.
        there = abs(self.low - self._to[0]) < near and abs(self.high - self._to[1]) < near
        if there or self._left_s <= 0:
            self.low, self.high = self._to
