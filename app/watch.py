"""Tells the person what becomes of each stream: connected, lost, back, at another rate than it says."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..sources import Stream
from ..sources.language import tr, trn
from .log import Log

RATE_OFF, RATE_OFF_FOR_S = 0.05, 3.0
"""A rate is wrong when it is off by this share for so long."""


class Watch:
    """Notes changes of state in the log, each once. A stream's own worker calls it after every step.

    Parameters
    ----------
    log
        Told what happens.
    clock
        The LSL clock.
    """

    def __init__(self, log: Log, clock: Callable[[], float]) -> None:
        self._log = log
        self._clock = clock
        self._states: dict[str, str] = {}
        self._rate_off_since: dict[str, float] = {}

    def look(self, stream: Stream, *, any_rate: bool) -> str:
        """Note what changed since the last look; return the state.

        Parameters
        ----------
        stream
            Which one.
        any_rate
            A replay runs, and may do so at any speed.
        """
        state = stream.health.state
        before = self._states.get(stream.name, "idle")
        if state != before:
            self._states[stream.name] = state
            self._note(stream, before, state)
        self._look_at_rate(stream, any_rate)
        return state

    def _note(self, stream: Stream, before: str, state: str) -> None:
        health = stream.health
        if state == "live":
            if before in ("lost", "silent", "failed") and health.back_after_s:
                words = tr("{stream}: back after {seconds:.1f} s.")
                self._log(words.format(stream=stream.name, seconds=health.back_after_s), "good")
            elif before not in ("silent", "held"):
                info = stream.info
                words = tr("{stream}: connected to {device}, {facts}.")
                facts = describe(info.n_channels, info.fs)
                self._log(words.format(stream=stream.name, device=stream.source_name, facts=facts), "good")
        elif state in ("lost", "failed"):
            self._log(f"{stream.name}: {health.message}", "bad")
        elif state == "silent":
            self._log(f"{stream.name}: {health.message}", "warn")
        elif state == "ended":
            self._log(f"{stream.name}: {health.message}")

    def _look_at_rate(self, stream: Stream, any_rate: bool) -> None:
        health = stream.health
        off = health.state == "live" and health.nominal_hz and abs(health.rate_hz / health.nominal_hz - 1) > RATE_OFF
        if not off or any_rate:
            self._rate_off_since.pop(stream.name, None)
            return
        now = self._clock()
        since = self._rate_off_since.setdefault(stream.name, now)
        if since <= now - RATE_OFF_FOR_S:
            self._rate_off_since[stream.name] = math.inf  # said once, until it is right again
            words = tr(
                "{stream}: runs at {measured:.1f} Hz but says {nominal:.10g} Hz."
                " Check the device's settings; every sample is kept with its own timestamp."
            )
            facts = {"measured": health.rate_hz, "nominal": health.nominal_hz}
            self._log(words.format(stream=stream.name, **facts), "warn")


def describe(n_channels: int, rate_hz: float) -> str:
    """Return ``64 channels at 2048 Hz``."""
    channels = trn("{n} channel", "{n} channels", n_channels).format(n=n_channels)
    if not rate_hz:
        return tr("{channels}, irregular").format(channels=channels)
    return tr("{channels} at {rate} Hz").format(channels=channels, rate=f"{rate_hz:.10g}")
