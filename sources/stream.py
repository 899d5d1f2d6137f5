"""One source, its recent past, and whoever else wants its samples."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .block import Block, Event
from .checked import checked
from .clock import local_clock
from .errors import SourceError, SourceLost
from .health import Gap, RateMeter, State, StreamHealth, TimeOrder
from .info import StreamInfo
from .lead import Lead
from .naming import name_of, open_source
from .past import Past, bytes_per_second
from .ring import RingBuffer
from .source import Sink, Source

RETRY_S = (0.2, 0.5, 1.0, 2.0)
TURN_TIMEOUT_S = 3.0
ALWAYS_KEPT_S = 10.0


class Stream:
    """A source with a ring buffer and sinks. It owns no thread: someone calls `pump` over and over.

    Parameters
    ----------
    name
        Key of the stream everywhere: in ``ctx.streams``, on screen, in the recording.
    source
        A `Source`, or its one-string name such as ``"lsl:EMG"``.
    window_seconds
        Length of what `get_window` returns, s.
    buffer_seconds
        How much of the past is kept, s.
    buffer_bytes
        Keep less than `buffer_seconds`, but 10 s of them at least, where the buffer would take more memory than that.
    clock
        The LSL clock, unless a test passes its own.

    Raises
    ------
    SourceError
        When the name cannot serve as a folder's name, or the source's name is not understood.
    """

    def __init__(
        self,
        name: str,
        source: Source | str,
        window_seconds: float = 1.0,
        buffer_seconds: float = 10.0,
        *,
        buffer_bytes: int | None = None,
        clock: Callable[[], float] = local_clock,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_.\-]{1,64}", name) or name.strip(".") == "":
            raise SourceError(f"A stream cannot be called {name!r}. Use up to 64 letters, digits, '_', '-' and '.'.")
        for value, what in ((window_seconds, "window_seconds"), (buffer_seconds, "buffer_seconds")):
            if not math.isfinite(value) or value <= 0:
                raise SourceError(f"{what} of stream {name!r} is {value:g}. Give a time above 0 s.")
        self.name = name
        self.source: Source = open_source(source) if isinstance(source, str) else source
        self.source_name = name_of(self.source)
        self.window_seconds = window_seconds
        self.buffer_seconds = self._asked_seconds = max(buffer_seconds, window_seconds)
        self._buffer_bytes = buffer_bytes
        self.on_event: list[Callable[[Event], object]] = []
        self._clock = clock
        self._info: StreamInfo | None = None
        self._past: Past | None = None
        self._sinks: tuple[Sink, ...] = ()
        # Whose turn it is to touch the source. Replaced, never waited for, when a source hangs in a call.
        self._turn = threading.RLock()
        self._wanted = 0
        self.left_behind: tuple[str, ...] = ()
        self._sinks_lock = threading.Lock()
        self._lead: Lead | None = None
        self._owed = 0
        self._state: State = "idle"
        self._message = ""
        self._n_received = self._n_lost = self._n_gaps = 0
        self._newest = self._arrived = math.nan
        self._gaps: tuple[Gap, ...] = ()
        self._interrupted = False
        # Another session is about to begin: nothing of this one is shown once the new source has connected.
        self._fresh = False
        self._lost_since = math.nan
        self._back_after_s = 0.0
        self._retry_at = 0.0
        self._n_retries = 0
        self._rate = RateMeter()
        self._order = TimeOrder()

    # What a stream is

    @property
    def info(self) -> StreamInfo:
        """What the source said when it connected last.

        Raises
        ------
        SourceError
            When it has never been connected.
        """
        if self._info is None:
            raise SourceError(f"Stream {self.name!r} has not been connected yet. Call connect() or app.run() first.")
        return self._info

    @property
    def connected_once(self) -> bool:
        """Whether `info` is known."""
        return self._info is not None

    @property
    def ring(self) -> RingBuffer | None:
        """The buffer; another object after a change of rate or channel count; None before that is known."""
        return None if self._past is None else self._past.ring

    @property
    def health(self) -> StreamHealth:
        """State and counts at this moment. Any thread may ask."""
        info, state, now = self._info, self._state, self._clock()
        nominal = info.fs if info else 0.0
        message = self._message
        if state == "live" and nominal and now - self._arrived > max(0.6, 3 / nominal):
            if getattr(self.source, "held", False):
                state = "held"
            else:
                state, message = "silent", message or f"Nothing has come for {now - self._arrived:.1f} s."
        return StreamHealth(
            state=state,
            message=message,
            n_received=self._n_received,
            n_lost=self._n_lost,
            n_gaps=self._n_gaps,
            newest=self._newest,
            age_s=now - self._newest,
            rate_hz=self._rate.hz,
            nominal_hz=nominal,
            gaps=self._gaps,
            back_after_s=self._back_after_s,
            sync_age_s=getattr(self.source, "sync_age_s", math.nan),
            clock_uncertainty_s=_clock_uncertainty(self.source),
            battery_percent=_battery(self.source),
            n_back=self._order.n_back,
            n_repeated=self._order.n_repeated,
            n_clock_resets=getattr(self.source, "n_clock_resets", 0),
        )

    @property
    def state(self) -> State:
        """The state without the counts; ``silent`` shows in `health` only."""
        return self._state

    # Running

    def connect(self) -> StreamInfo:
        """Connect the source and make room for its samples.

        Raises
        ------
        SourceError
            As the source says; the stream is then ``lost`` and `pump` tries again.
        """
        with self._turn:
            return self._connect()

    def _connect(self) -> StreamInfo:
        if math.isnan(self._lost_since):
            self._state, self._message = "connecting", ""
        try:
            info = self.source.connect()
            if not isinstance(info, StreamInfo):
                raise SourceError(
                    f"connect() of {_kind(self.source)} returned {type(info).__name__}. Return a StreamInfo."
                )
            self._begin(info)
        except SourceError as error:
            self._lose(str(error), self._clock())
            raise
        except Exception as error:  # a user's source may raise anything; the person must see what
            self._lose(f"{_kind(self.source)} could not connect: {type(error).__name__}: {error}", self._clock())
            raise SourceError(self._message) from error
        return info

    def _begin(self, info: StreamInfo) -> None:
        before, self._info = None if self._fresh else self._info, info
        if self._fresh:
            self._fresh = False
            self._count_anew()
        reconnected = before is not None
        if info.is_text:
            self._past = None
        elif self._past is None or before is None or not _same_picture(before, info):
            self.buffer_seconds = self._affordable(info)
            self._past = Past(info, self.buffer_seconds)
            reconnected = False
        else:
            self._past.follow(info)
        self._interrupted = self._interrupted or reconnected
        self._rate = RateMeter()
        self._arrived = self._clock()
        if not math.isnan(self._lost_since):
            self._back_after_s = self._clock() - self._lost_since
            self._lost_since = math.nan
        self._n_retries = 0
        self._state, self._message = "live", ""
        with self._sinks_lock:
            if self._lead is not None:
                self._lead.open(info)
            for sink in self._sinks:
                sink.open(info)

    def _affordable(self, info: StreamInfo) -> float:
        """Return how much of the past may be kept, s."""
        if self._buffer_bytes is None:
            return self._asked_seconds
        affordable = self._buffer_bytes / bytes_per_second(info)
        return min(self._asked_seconds, max(affordable, self.window_seconds, ALWAYS_KEPT_S))

    def pump(self) -> int:
        """Read the source once and hand on what came; return how many samples that was.

        One thread calls it, over and over. A lost source is connected again here, with growing pauses.

        Raises
        ------
        SourceError
            When what the source returned cannot be believed; the stream is then ``failed``.
        """
        turn = self._turn
        if self._wanted:
            # Someone waits to swap the source; locks are not fair, so stand back.
            return 0
        with turn:
            if self._turn is not turn or self._state in ("idle", "stopped", "ended", "failed"):
                return 0
            if self._state == "lost":
                return self._retry()
            source = self.source
            try:
                raw = source.read()
            except EOFError as error:
                self._state, self._message = "ended", str(error) or "The source has come to its end."
                return 0
            except SourceLost as error:
                self._lose(str(error), self._clock())
                return 0
            except SourceError as error:
                self._fail(str(error))
                raise
            except Exception as error:  # a user's source may raise anything; the person must see what
                self._fail(f"read() of {_kind(source)} raised {type(error).__name__}: {error}")
                raise SourceError(self._message) from error
            if raw is None or self._turn is not turn:
                return 0
            try:
                return self._take(raw)
            except SourceError as error:
                self._fail(str(error))
                raise

    def _retry(self) -> int:
        if self._clock() >= self._retry_at:
            try:
                self.source.disconnect()
                self._connect()
            except SourceError:
                # The reason is in `health`; the next attempt is due after a pause.
                return 0
        return 0

    def _lose(self, message: str, now: float) -> None:
        if math.isnan(self._lost_since):
            self._lost_since = self._arrived if not math.isnan(self._arrived) else now
        self._retry_at = now + RETRY_S[min(self._n_retries, len(RETRY_S) - 1)]
        self._n_retries += 1
        self._state, self._message = "lost", message

    def _fail(self, message: str) -> None:
        self._state, self._message = "failed", message

    def disconnect(self) -> None:
        """Stop for good and let the source go; close the sinks. Safe to call twice.

        Raises
        ------
        SourceError
            When the source hangs in a call and had to be left behind.
        """
        with self._take_turn() as answered:
            if self._state != "ended":
                self._state = "stopped"
            if answered:
                self.source.disconnect()
            with self._sinks_lock:
                sinks, self._sinks = self._sinks, ()
            for sink in sinks:
                sink.close()
        if not answered:
            raise SourceError(f"{self.source_name} of stream {self.name!r} does not answer. It was left behind.")

    def reconnect(self, source: Source | str | None = None, *, fresh: bool = False) -> StreamInfo:
        """Stop reading, swap the source, go on. The ring stays, and so does the picture.

        Any thread may call it; it returns when the new source is connected.

        Parameters
        ----------
        source
            The new source; None connects the present one again.
        fresh
            Empty the ring and begin counting anew, as for another session.

        Raises
        ------
        SourceError
            When the new source does not connect; the stream is then back on the old one if that still answers.
        """
        new = self.source if source is None else open_source(source) if isinstance(source, str) else source
        with self._take_turn() as answered:
            return self._swap(new, answered, fresh)

    @contextmanager
    def _take_turn(self) -> Iterator[bool]:
        """Hold the source; yield whether it answered, or hangs in a call and was left behind."""
        self._wanted += 1
        turn = self._turn
        answered = turn.acquire(timeout=TURN_TIMEOUT_S)
        if not answered:
            # Whoever hangs there finds, once it returns, that it is no longer its turn.
            self.left_behind = (*self.left_behind, self.source_name)
            self._turn = turn = threading.RLock()
            turn.acquire()
        self._wanted -= 1
        try:
            yield answered
        finally:
            turn.release()

    def _swap(self, new: Source, answered: bool, fresh: bool) -> StreamInfo:
        old, fallback = self.source, answered and self._state not in ("idle", "stopped")
        if fresh:
            # Until the new source is there the old one stays known: whoever draws it must not find it gone.
            self._fresh, self._lost_since, self._arrived = True, math.nan, math.nan
        elif math.isnan(self._lost_since) and not math.isnan(self._arrived):
            self._lost_since = self._arrived
        if answered:
            old.disconnect()
        self._hold(new)
        try:
            return self._connect()
        except SourceError as error:
            new.disconnect()
            if self._fresh:
                self._fresh = False
                self._forget()
            if new is old or not fallback:
                raise
            self._hold(old)
            try:
                self._connect()
            except SourceError:
                raise error from None
            raise SourceError(f"{error} Still on {self.source_name}.") from error

    def _hold(self, source: Source) -> None:
        self.source, self.source_name = source, name_of(source)

    def pause(self) -> None:
        """Let the source go but keep ring and sinks; `reconnect` goes on.

        Raises
        ------
        SourceError
            When the source hangs in a call and had to be left behind.
        """
        with self._take_turn() as answered:
            self._state = "stopped"
            if answered:
                self.source.disconnect()

    def reset(self) -> None:
        """Forget everything, as before the first connection. Only while nobody pumps."""
        self._forget()
        self._arrived = self._lost_since = math.nan
        self._state, self._message = "idle", ""

    def _forget(self) -> None:
        self._past = self._info = None
        self._count_anew()

    def _count_anew(self) -> None:
        with self._sinks_lock:
            if self._lead is not None:
                self._lead.forget()
        self._n_received = self._n_lost = self._n_gaps = self._owed = 0
        self._newest = math.nan
        self._gaps, self._interrupted, self._back_after_s = (), False, 0.0
        self._order = TimeOrder()

    # Samples

    def _take(self, raw: Block | tuple[NDArray[Any], NDArray[np.float64]]) -> int:
        info = self.info
        block = checked(raw, info, self.source)
        n = len(block.timestamps)
        block, self._owed = block._replace(lost=block.lost + self._owed), 0
        if not n:
            self._owed = block.lost
            return 0
        if info.is_text:
            self._hand_out_events(block)
        else:
            block = self._count(block, info)
            self._order.add(self._newest, block.timestamps)
            if self._past is not None:
                self._past.take(block, broken=self._interrupted)
                self._interrupted = False
        with self._sinks_lock:
            # A sink that joins now gets this block either from what is kept, or as the first of its own.
            if self._lead is not None:
                self._lead.take(block)
            sinks = self._sinks
        for sink in sinks:
            sink.write(block)
        self._n_received += n
        self._newest = float(block.timestamps[-1])
        self._arrived = self._clock()
        self._rate.add(self._n_received + self._n_lost, self._newest)
        return n

    def _count(self, block: Block, info: StreamInfo) -> Block:
        """Add what an interruption cost to the block's loss, by the clock, and note the gap."""
        lost = block.lost
        first = float(block.timestamps[0])
        if self._interrupted and info.fs and not math.isnan(self._newest):
            lost = max(lost, round((first - self._newest) * info.fs) - 1)
            block = block._replace(lost=lost)
        if lost or self._interrupted:
            self._n_lost += lost
            self._n_gaps += 1
            self._gaps = (*self._gaps, Gap(self._newest, first, lost))[-32:]
        return block

    def _hand_out_events(self, block: Block) -> None:
        for row, t in zip(block.data, block.timestamps, strict=True):
            event = Event(float(t), "marker", " ".join(str(text) for text in row), stream=self.name)
            for callback in self.on_event:
                callback(event)

    def add_sink(self, sink: Sink, since: float = math.inf) -> None:
        """Give every block from now on to `sink` too. Any thread may call it.

        Parameters
        ----------
        sink
            Who wants them.
        since
            Of the blocks that `keep_blocks` has kept, those from this moment on come first, s, LSL clock; each sample
            once, none missing between past and present. None of them by default.
        """
        with self._sinks_lock:
            if self._lead is not None and since < math.inf:
                self._lead.hand_over(sink, since)
            elif self._info is not None:
                sink.open(self._info)
            self._sinks = (*self._sinks, sink)

    def keep_blocks(self, seconds: float, max_bytes: int) -> None:
        """Keep the newest blocks as they came, for sinks that join later. Any thread may call it.

        Parameters
        ----------
        seconds
            How much of the past, s; 0 keeps nothing.
        max_bytes
            Less is kept where that would take more memory.
        """
        with self._sinks_lock:
            if seconds <= 0:
                self._lead = None
            elif self._lead is None:
                self._lead = Lead(seconds, max_bytes)
                if self._info is not None:
                    self._lead.open(self._info)
            else:
                self._lead.seconds, self._lead.max_bytes, self._lead.full = seconds, max_bytes, False

    @property
    def lead(self) -> Lead | None:
        """The blocks that `keep_blocks` keeps; None when it keeps none."""
        return self._lead

    def remove_sink(self, sink: Sink) -> None:
        """Stop giving blocks to `sink` and close it. Any thread may call it."""
        with self._sinks_lock:
            self._sinks = tuple(other for other in self._sinks if other is not sink)
        sink.close()

    # Reading

    def get_window(self) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return the newest `window_seconds`, channels first, as an owned copy. Any thread may call it.

        Returns
        -------
        data
            Shape (n_channels, n_samples), float32, in the stream's unit; fewer samples where there are fewer yet.
        timestamps
            Shape (n_samples,), float64, s, LSL clock.
        """
        info, past = self.info, self._past
        if past is None:
            return np.empty((info.n_channels, 0), dtype=np.float32), np.empty(0)
        return past.window(self.window_seconds)

    def get_raw_snapshot(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return the whole ring as it lies, as an owned copy. Any thread may call it.

        Returns
        -------
        timestamps
            Shape (capacity,), float64, s, LSL clock; fewer until the ring has filled once.
        data
            Shape (capacity, n_channels), float32, in the stream's unit.
        """
        info, past = self.info, self._past
        if past is None:
            return np.empty(0), np.empty((0, info.n_channels), dtype=np.float32)
        view = past.ring.copy()
        return view.timestamps, view.data

    def get_display(
        self, n_pixels: int, seconds: float | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Return the M4 envelope of the visible window, `n_pixels` columns. Any thread may call it.

        Asked again with the same arguments from the same thread, only new samples are looked at.

        Parameters
        ----------
        n_pixels
            Columns.
        seconds
            Length of the window, s; `window_seconds` by default.

        Returns
        -------
        columns
            Shape (n_channels, n_pixels, 2), float32, in the stream's unit: lowest and highest value of each
            column, newest last, NaN where nothing was sampled. Each column reaches the last sample of the one before.
        timestamps
            Shape (n_pixels,), float64, s, LSL clock: the beginning of each column, by the nominal rate.
        """
        info, past = self.info, self._past
        if n_pixels < 1:
            raise ValueError(f"n_pixels is {n_pixels}. Ask for at least 1 column.")
        if past is None:
            return np.full((info.n_channels, n_pixels, 2), np.nan, np.float32), np.full(n_pixels, np.nan)
        columns, ages = past.display(n_pixels, self.window_seconds if seconds is None else seconds)
        return columns, self._newest - ages

    def __repr__(self) -> str:
        return f"Stream({self.name!r}, {self.source_name!r}, {self._state})"


def _same_picture(before: StreamInfo, after: StreamInfo) -> bool:
    """Whether the ring can be kept: it holds float32 in the unit, so a number format may change."""
    return (before.fs, before.n_channels, before.unit) == (after.fs, after.n_channels, after.unit)


def _clock_uncertainty(source: Source) -> float:
    ask = getattr(source, "clock_offset", None)
    offset = ask() if ask is not None else None
    return math.nan if offset is None else float(offset[1])


def _battery(source: Source) -> float:
    told = getattr(source, "battery_percent", math.nan)
    return float(told) if 0 < told <= 100 else math.nan


def _kind(source: Source) -> str:
    return type(source).__name__
