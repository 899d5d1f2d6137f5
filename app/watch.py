"""Tells the person what becomes of each stream: connected, lost, back, at another rate than it says."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..sources import Stream, StreamHealth, StreamInfo
from ..sources.language import tr, trn
from .log import Log

RATE_OFF, RATE_OFF_FOR_S = 0.05, 1.2
"""A rate is wrong when it is off by this share for so long: it is told within two seconds of the change."""
REPEATED, REPEATED_IN_S = 0.05, 0.5
"""So large a share of repeated timestamps is told of."""
QUIET_S = 10.0
"""Timestamps in order for so long are in order again."""


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
        self._infos: dict[str, StreamInfo] = {}
        self._n_resets: dict[str, int] = {}
        self._n_back: dict[str, int] = {}
        # When a share of repeated timestamps was taken last, of how many samples, and how many had been repeated.
        self._repeated: dict[str, tuple[float, int, int]] = {}
        self._said_at: dict[tuple[str, str], float] = {}

    def look(self, stream: Stream, *, any_rate: bool) -> str:
        """Note what changed since the last look; return the state.

        Parameters
        ----------
        stream
            Which one.
        any_rate
            A replay runs, and may do so at any speed.
        """
        health = stream.health
        state = health.state
        before = self._states.get(stream.name, "idle")
        if state != before:
            self._states[stream.name] = state
            self._note(stream, before, health)
        self._look_at_description(stream, any_rate)
        self._look_at_rate(stream.name, health, any_rate)
        self._look_at_times(stream.name, health, any_rate)
        return state

    def _note(self, stream: Stream, before: str, health: StreamHealth) -> None:
        state = health.state
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

    def _look_at_description(self, stream: Stream, any_rate: bool) -> None:
        if any_rate:
            self._infos.pop(stream.name, None)
        elif stream.connected_once:
            before, info = self._infos.get(stream.name), stream.info
            self._infos[stream.name] = info
            if before is not None and before is not info and not before.same_samples(info):
                words = tr(
                    "{stream}: has changed to {facts}; it had {before}. A recording goes on in a part of its own."
                )
                facts = {"facts": describe(info.n_channels, info.fs), "before": describe(before.n_channels, before.fs)}
                self._log(words.format(stream=stream.name, **facts), "warn")

    def _look_at_times(self, name: str, health: StreamHealth, any_rate: bool) -> None:
        """Tell of timestamps out of order, and of a device that has set its clock."""
        n_resets, n_back = self._n_resets.get(name, 0), self._n_back.get(name, 0)
        self._n_resets[name], self._n_back[name] = health.n_clock_resets, health.n_back
        if any_rate:
            return
        if health.n_clock_resets > n_resets:
            words = tr(
                "{stream}: the sender has set its clock. Timestamps go on where they were; every sample is kept."
            )
            self._log(words.format(stream=name), "warn")
        if health.n_back > n_back:
            words = tr("{stream}: timestamps run backwards. Every sample is kept as it came; check the device's clock.")
            self._say_once(name, words)
        if self._share_repeated(name, health) > REPEATED:
            words = tr(
                "{stream}: many samples repeat the timestamp of the one before."
                " Every sample is kept as it came; check the device's settings."
            )
            self._say_once(name, words)

    def _share_repeated(self, name: str, health: StreamHealth) -> float:
        now = self._clock()
        since, n_received, n_repeated = self._repeated.get(name, (-math.inf, 0, 0))
        if now < since + REPEATED_IN_S:
            return 0.0
        self._repeated[name] = (now, health.n_received, health.n_repeated)
        n = health.n_received - n_received
        return (health.n_repeated - n_repeated) / n if n > 0 else 0.0

    def _say_once(self, name: str, words: str) -> None:
        """Say it, but not again before it has been right for a while."""
        now, before = self._clock(), self._said_at.get((name, words), -math.inf)
        self._said_at[name, words] = now
        if now > before + QUIET_S:
            self._log(words.format(stream=name), "warn")

    def _look_at_rate(self, name: str, health: StreamHealth, any_rate: bool) -> None:
        off = health.state == "live" and health.nominal_hz and abs(health.rate_hz / health.nominal_hz - 1) > RATE_OFF
        if not off or any_rate:
            self._rate_off_since.pop(name, None)
            return
        now = self._clock()
        since = self._rate_off_since.setdefault(name, now)
        if since <= now - RATE_OFF_FOR_S:
            self._rate_off_since[name] = math.inf  # said once, until it is right again
            words = tr(
                "{stream}: runs at {measured:.1f} Hz but says {nominal:.10g} Hz."
                " Check the device's settings; every sample is kept with its own timestamp."
            )
            facts = {"measured": health.rate_hz, "nominal": health.nominal_hz}
            self._log(words.format(stream=name, **facts), "warn")


def describe(n_channels: int, rate_hz: float) -> str:
    """Return ``64 channels at 2048 Hz``."""
    channels = trn("{n} channel", "{n} channels", n_channels).format(n=n_channels)
    if not rate_hz:
        return tr("{channels}, irregular").format(channels=channels)
    return tr("{channels} at {rate} Hz").format(channels=channels, rate=f"{rate_hz:.10g}")
