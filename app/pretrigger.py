"""Seconds from before Record: how much is kept of each stream, in how much memory, and what is said of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..sources import Stream
from ..sources.language import tr

TOTAL_BYTES = 256 * 2**20
"""For all streams together: half of what the recorder's queue holds, so that it can take them all at once."""
MAX_SECONDS = 60.0
CHOICES = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True)
class PreTrigger:
    """What could be put in front of a recording at this moment.

    Parameters
    ----------
    seconds
        What was asked for, s; 0 for nothing.
    kept_s
        What is there of every stream with a rate, s.
    n_bytes
        The memory that takes, bytes.
    full
        Whether memory, not time, is what limits it.
    """

    seconds: float = 0.0
    kept_s: float = 0.0
    n_bytes: int = 0
    full: bool = False

    @property
    def sentence(self) -> str:
        """One sentence for the person; empty when nothing is kept."""
        if not self.seconds:
            return ""
        megabytes = f"{self.n_bytes / 2**20:.1f}"
        if self.full:
            words = tr("{kept} before Record are kept, not {asked}: more does not fit into {limit} MB of memory.")
            return words.format(kept=_seconds(self.kept_s), asked=_seconds(self.seconds), limit=TOTAL_BYTES // 2**20)
        if self.kept_s < 0.98 * self.seconds:
            words = tr("{kept} of {asked} before Record are there so far, in {size} MB of memory.")
            return words.format(kept=_seconds(self.kept_s), asked=_seconds(self.seconds), size=megabytes)
        words = tr("{asked} before Record are kept, in {size} MB of memory.")
        return words.format(asked=_seconds(self.seconds), size=megabytes)


def keep(streams: Collection[Stream], seconds: float) -> float:
    """Let streams keep their last seconds; return how many s that is: `MAX_SECONDS` at most.

    Each stream has an equal part of the memory.
    """
    seconds = min(max(0.0, seconds), MAX_SECONDS)
    share = TOTAL_BYTES // max(1, len(streams))
    for stream in streams:
        stream.keep_blocks(seconds, share)
    return seconds


def look(streams: Collection[Stream], seconds: float) -> PreTrigger:
    """Return what is kept at this moment. Cheap: once a frame is fine."""
    kept = [(stream, lead) for stream in streams if (lead := stream.lead) is not None]
    if not seconds or not kept:
        return PreTrigger(seconds)
    # A stream without a rate, or without a device at the moment, says nothing about how far back the others go.
    told = [lead.kept_s for stream, lead in kept if stream.state == "live" and stream.connected_once and stream.info.fs]
    full = any(lead.full for _, lead in kept)
    return PreTrigger(seconds, min(told, default=0.0), sum(lead.n_bytes for _, lead in kept), full)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 100 else f"{seconds:.0f} s"
