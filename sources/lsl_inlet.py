"""One subscription to one LSL outlet, and the watch over it."""

from __future__ import annotations

import contextlib
import math
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import lsl_library
from .block import Block
from .clock import local_clock
from .errors import SourceError, SourceLost
from .info import StreamInfo
from .lsl_header import read_header, shown
from .lsl_network import Lookout, Wanted, full_header
from .lsl_offset import ClockOffset
from .lsl_timeline import JITTER_S, Timeline

MAX_BUFFER_BYTES = 256 * 2**20
SAMPLE_OVERHEAD_BYTES = 64
TEXT_BYTES = 256
PULL_BYTES = 4 * 2**20
IRREGULAR_PER_SECOND = 1000
WAIT_S = 0.1
TOGETHER_S = 0.002
LOOKAHEAD_S = 0.05
OFFSET_WAIT_S = 1.0
HEADER_WAIT_S = 0.5
SILENT_S = 0.5
SILENT_SAMPLES = 5
IRREGULAR_SILENT_S = 2.0
PATIENCE_S = 1.0
IRREGULAR_PATIENCE_S = 2.5
LOOK_AGAIN_S = 2.0
STALL_S = 2.0


class Inlet:
    """Samples of one outlet as blocks, until it has gone.

    Parameters
    ----------
    outlet
        The resolved ``pylsl.StreamInfo``.
    short
        What its short description says.
    wanted
        What may take its place.
    max_buffered_s
        How much is kept when nobody reads, s.

    Raises
    ------
    SourceError
        When it says that it sends more than can be buffered.
    """

    def __init__(self, outlet: Any, short: StreamInfo, wanted: Wanted, max_buffered_s: float) -> None:
        pylsl = lsl_library.load()

        self._info = short
        self._title = shown(short.name)
        self._wanted = wanted
        self._uid, self._source_id = outlet.uid(), outlet.source_id()
        units, self._buffered_s = buffer_length(short, max_buffered_s)
        # recover=True: without it, what is buffered cannot be had any more once the outlet has gone.
        self._inlet: Any = pylsl.StreamInlet(outlet, max_buflen=units, recover=True)
        # The estimate takes 0.6 s; from here on it is made in the background.
        self._offset = ClockOffset(self._inlet)
        self._timeline = Timeline(short.fs)
        self._max_samples = _pull_size(short)
        # A device that sends sample by sample would otherwise wake us for each.
        self._min_samples = min(self._max_samples, max(1, int(TOGETHER_S * short.fs)))
        self._held: list[tuple[NDArray[Any], NDArray[np.float64]]] = []
        self._ready: deque[Block] = deque()
        self._lookout: Lookout | None = None
        self._looked = -math.inf
        self._arrived = self._pulled = local_clock()
        # After the buffer ran over, single samples are missing here and there until it has been emptied.
        self._exact_until = -math.inf
        self._lost = ""

    @property
    def clock_offset(self) -> tuple[float, float] | None:
        """The newest (offset, uncertainty) of the sender's clock, s, or None."""
        return self._offset.newest

    @property
    def sync_age_s(self) -> float:
        """How long ago the sender's clock was compared with ours, s; NaN before the first time."""
        return local_clock() - self._offset.measured_at

    @property
    def n_clock_resets(self) -> int:
        """How often the sender set its clock since it was connected."""
        return self._timeline.n_resets

    def open(self, timeout_s: float) -> StreamInfo:
        """Subscribe and return the whole description.

        In this order, with these timeouts: an outlet that dies before its description has come makes a pull hang.

        Raises
        ------
        SourceError
            When the outlet does not answer, or cannot be believed.
        """
        from pylsl.util import LostError
        from pylsl.util import TimeoutError as LSLTimeoutError

        try:
            self._inlet.open_stream(timeout_s)
            info = read_header(self._inlet.info(timeout_s).as_xml())
        except (LSLTimeoutError, LostError) as error:
            raise SourceError(
                f"LSL stream {self._title} was seen but does not answer. Restart it, and check the firewall."
            ) from error
        short = self._info
        if (info.fs, info.dtype, info.n_channels) != (short.fs, short.dtype, short.n_channels):
            raise SourceError(f"LSL stream {self._title} changed while it was being connected. Connect it again.")
        self._offset.wait(OFFSET_WAIT_S)
        self._info = info
        self._arrived = self._pulled = local_clock()
        return info

    def read(self) -> Block | None:
        """Return the samples that have come, or None; wait at most about 0.1 s.

        Raises
        ------
        SourceLost
            When the outlet has gone, or came back as another.
        """
        if self._ready:
            return self._ready.popleft()
        if self._lost:
            raise SourceLost(self._lost)
        stalled = local_clock() - self._pulled > 0.9 * self._buffered_s
        data, timestamps = self._pull(WAIT_S, at_least=self._min_samples)
        now = local_clock()
        if stalled:
            self._exact_until = now + STALL_S
        if len(timestamps):
            self._held.append((data, timestamps))
        if not self._settled(now) or not self._held:
            return None
        self._arrived = now
        self._ready.extend(self._blocks(now, 0.0 if now < self._exact_until else JITTER_S))
        return self._ready.popleft()

    def close(self) -> None:
        """Unsubscribe. The inlet is gone when this returns."""
        self._inlet.close_stream()
        self._offset.close()
        self._inlet = self._lookout = None

    def _pull(self, timeout_s: float, at_least: int | None) -> tuple[NDArray[Any], NDArray[np.float64]]:
        from pylsl.util import LostError

        try:
            data, timestamps = self._inlet.pull_chunk(
                timeout=timeout_s, max_samples=self._max_samples, min_samples=at_least, as_numpy=True
            )
        except LostError:
            raise self._gone() from None
        self._pulled = local_clock()
        return data, timestamps

    def _blocks(self, now: float, jitter_s: float) -> list[Block]:
        """Turn what is held into blocks, one for each stretch without a loss."""
        held, self._held = self._held, []
        timestamps = held[0][1] if len(held) == 1 else np.concatenate([t for _, t in held])
        timestamps = timestamps + self._offset.value_s
        placed = self._timeline.calm(timestamps, now, jitter_s)
        if placed is not None:
            return [Block(self._shaped([d for d, _ in held]), placed)]
        if self._timeline.jumps(timestamps, jitter_s):
            # A burst makes up for the jump before it; nothing makes up for a loss. The next few samples tell.
            with contextlib.suppress(SourceLost):
                data, more = self._pull(LOOKAHEAD_S, at_least=None)
                held.append((data, more))
                timestamps = np.concatenate((timestamps, more + self._offset.value_s))
        data = self._shaped([d for d, _ in held])
        placed = self._timeline.place(timestamps, now)
        runs = self._timeline.take(placed, jitter_s)
        return [Block(data[start:stop], placed[start:stop], lost) for start, stop, lost in runs]

    def _shaped(self, parts: list[NDArray[Any]]) -> NDArray[Any]:
        data = parts[0] if len(parts) == 1 else np.concatenate(parts)
        if self._info.is_text:
            data = _decoded(data)
        return data.reshape(-1, *self._info.sample_shape)

    # Is it still there?

    def _settled(self, now: float) -> bool:
        """Whether the outlet is, as far as one knows, the one that was connected.

        After a silence samples are held back until that is clear: liblsl goes on with whatever looks alike, and its
        rate may be another. They are never held for longer than the patience of the look-out.
        """
        forgotten = self._offset.update(now)
        regular = self._info.fs > 0
        if self._lookout is None:
            silent_s = max(SILENT_S, SILENT_SAMPLES / self._info.fs) if regular else IRREGULAR_SILENT_S
            if not forgotten and now - max(self._arrived, self._looked + LOOK_AGAIN_S) < silent_s:
                return True
            patience_s = PATIENCE_S if regular else IRREGULAR_PATIENCE_S
            self._lookout = Lookout(self._uid, self._source_id, self._wanted, patience_s)
        verdict, outlet = self._lookout.verdict()
        if verdict == "pending":
            return False
        self._lookout, self._looked = None, now
        if verdict == "renewed":
            self._meet(outlet)
        elif verdict == "gone" and not self._held:
            raise self._gone()
        return True

    def _meet(self, outlet: Any) -> None:
        """Go on with an outlet started anew when it is the same in every respect, else say that this one is lost."""
        if self._held and outlet.source_id() != self._source_id:
            # These samples cannot be that one's: liblsl goes by the id.
            return
        header = None
        if self._held:
            with contextlib.suppress(SourceError):
                header = full_header(outlet, HEADER_WAIT_S)
        if header is None or not _same_description(header, self._info):
            self._held.clear()
            self._lost = f"LSL stream {self._title} was started anew. It is being connected again."
            raise SourceLost(self._lost)
        self._uid = outlet.uid()

    def _gone(self) -> SourceLost:
        self._lost = (
            f"LSL stream {self._title} has gone from the network. Check the device;"
            " it is connected again once it is back."
        )
        return SourceLost(self._lost)


def _same_description(new: StreamInfo, old: StreamInfo) -> bool:
    known = (old.name, old.channel_names, old.grid)
    return new.same_samples(old) and (new.name, new.channel_names, new.grid) == known


def _sample_bytes(info: StreamInfo) -> int:
    return info.n_channels * (TEXT_BYTES if info.is_text else np.dtype(info.dtype).itemsize)


def buffer_length(info: StreamInfo, wanted_s: float) -> tuple[int, float]:
    """Return what liblsl takes as ``max_buflen`` (s, or hundreds of samples where irregular), and how long that is, s.

    Raises
    ------
    SourceError
        When not even one second fits into the memory allowed.
    """
    fit = MAX_BUFFER_BYTES // (_sample_bytes(info) + SAMPLE_OVERHEAD_BYTES)
    if not info.fs:
        return max(1, min(fit, math.ceil(wanted_s * IRREGULAR_PER_SECOND)) // 100), math.inf
    seconds = min(math.ceil(wanted_s), int(fit / info.fs))
    if seconds < 1:
        rate = info.fs * _sample_bytes(info) / 2**20
        raise SourceError(
            f"LSL stream {shown(info.name)} says that it sends {info.n_channels:,} channels at {info.fs:,.0f} Hz,"
            f" {rate:,.0f} MiB a second. That is more than can be taken; lower its rate or its channels."
        )
    return seconds, float(seconds)


def _pull_size(info: StreamInfo) -> int:
    """Return how many samples one call may bring: a second's worth, but no more than a few MiB."""
    fit = max(1, PULL_BYTES // _sample_bytes(info))
    return min(fit, max(256, math.ceil(info.fs)))


def _decoded(data: NDArray[Any]) -> NDArray[Any]:
    """Return bytes as text; what is not UTF-8 becomes U+FFFD."""
    decoded = np.empty(data.shape, dtype=object)
    decoded.reshape(-1)[:] = [text.decode("utf-8", "replace") for text in data.flat]
    return decoded
