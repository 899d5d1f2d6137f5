"""The writing thread's half of a recording: items from the queue become tracks, gaps and lines on disk."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ..sources.block import Block, Event
from . import disk, gaps
from .about import About
from .commits import Commit
from .event_lines import Edit, event_line
from .folder import SessionFolder
from .gaps import Gap
from .layout import CLOCK, EVENTS, GAPS, clock_text, group_name, plain
from .sink import ChannelsDescribed, ClockOffset, Described, Note, Opened, Refused, Viewed, refused
from .track import Track

RUN_BYTES = 4 * 2**20


class Take:
    """Writes what was queued, and names what could not be written. One thread calls it.

    Parameters
    ----------
    folder
        The session's folder, just made.
    refuse
        Called once with the reason when nothing more can be written.
    chunk_seconds
        About how much goes into one chunk file, s.
    overview
        Whether overviews are built.
    """

    def __init__(
        self, folder: SessionFolder, refuse: Callable[[str], None], chunk_seconds: float, overview: bool = True
    ) -> None:
        self.folder = folder
        self.tracks: list[Track] = []
        self.failed = self.error = ""
        self.bytes_written = 0
        self._refuse = refuse
        self._chunk_seconds, self._has_overview = chunk_seconds, overview
        self._current: dict[str, Track] = {}
        self._texts: dict[str, int] = {}
        self._views: dict[str, dict[str, Any]] = {}
        self._channels: dict[str, tuple[dict[str, Any], ...]] = {}
        self._missed: dict[tuple[str, str], Refused] = {}
        self._n_stray_lost = self._n_stray_gaps = 0

    @property
    def n_lost(self) -> int:
        """Samples that are, or will be, named in gaps. Any thread may ask."""
        missed = sum(one.n_rows + one.n_device for one in list(self._missed.values()))
        return sum(track.n_lost for track in self.tracks) + self._n_stray_lost + missed

    @property
    def n_gaps(self) -> int:
        """Gaps named so far."""
        return sum(track.n_gaps for track in self.tracks) + self._n_stray_gaps

    @property
    def seconds(self) -> float:
        """From the first sample to the newest, s. Any thread may ask."""
        spans = [(track.oldest, track.newest) for track in self.tracks if track.n_rows]
        return max(newest for _, newest in spans) - min(oldest for oldest, _ in spans) if spans else 0.0

    def current(self, stream: str) -> Track | None:
        """Return the group that a stream is written to at present; None when it has none."""
        return self._current.get(stream)

    # What comes from the queue

    def write(self, stream: str, items: Iterable[Block | Opened | Refused]) -> None:
        """Write what came of a stream, in order; consecutive blocks in as few writes as can be."""
        run: list[Block] = []
        for item in items:
            if isinstance(item, Block):
                run.append(item)
            else:
                self._write_run(stream, run)
                run = []
                self._guard(self._open_track if isinstance(item, Opened) else self._name_refused, item)
        self._write_run(stream, run)

    def note(self, notes: Iterable[Note]) -> None:
        """Keep what was said about the recording."""
        for note in notes:
            self._guard(self._note, note)

    def _guard(self, act: Callable[[Any], None], item: Note | Opened | Refused) -> None:
        try:
            act(item)
        except OSError as error:
            self.fail(error)

    def _note(self, item: Note) -> None:
        if isinstance(item, Viewed):
            self._views[item.stream] = item.settings
        elif isinstance(item, ChannelsDescribed):
            self._channels[item.stream] = item.channels
            if item.stream in self._current:
                self._current[item.stream].describe_channels(item.channels)
        elif isinstance(item, Event):
            self._append(EVENTS, event_line(item))
        elif isinstance(item, Edit):
            self._append(EVENTS, item.to_json())
        elif isinstance(item, ClockOffset):
            self._append(CLOCK, {"kind": "source", **plain(item._asdict())})
        else:
            about = About.from_json({**self.folder.attributes, **item.changes})
            self.folder.attributes.update(about.to_json())
            self.folder.write_attributes()

    def _note_views(self, _note: Note) -> None:
        for stream, track in self._current.items():
            track.note_view(self._views.get(stream))

    def _append(self, name: str, line: dict[str, Any]) -> None:
        try:
            self.folder.append(name, line)
        except OSError as error:
            self.fail(error)
            self.folder.append(name, line)

    def _open_track(self, opened: Opened) -> None:
        stream = opened.stream
        if opened.info.is_text:
            # Markers come as events; only what is lost of them is noted here.
            self._texts.setdefault(stream, 0)
            return
        self._texts.pop(stream, None)
        before = self._current.get(stream)
        if self.failed:
            return
        if before is not None and before.info.same_samples(opened.info):
            before.came_back = True
            return
        names = [track.name for track in self.tracks]
        name = group_name(stream, set(names))
        said = self._channels.get(stream, ())
        if not opened.channels and len(said) == opened.info.n_channels:
            opened = opened._replace(channels=said)
        track = Track(self.folder.path, len(names), name, opened, self._chunk_seconds, self._views.get(stream))
        if not self._has_overview:
            track.drop_overview()
        self.tracks.append(track)
        self._current[stream] = track
        if before is not None:
            track.came_back, track.newest = True, before.newest
        self.folder.attributes["streams"] = [*names, name]
        self.folder.write_attributes()

    # Blocks

    def _write_run(self, stream: str, blocks: list[Block]) -> None:
        track = self._current.get(stream)
        if stream in self._texts or track is None or self.failed:
            for block in blocks:
                self._leave(stream, block)
            return
        if not track.came_back and track.all_fit(blocks):
            self._write_blocks(track, blocks)
            return
        waiting: list[Block] = []
        n_bytes = 0
        for block in blocks:
            fitted = track.fitted(block)
            if block.lost or track.came_back or fitted is None or n_bytes + block.data.nbytes > RUN_BYTES:
                self._write_blocks(track, waiting)
                waiting, n_bytes = [], 0
            if block.lost or track.came_back:
                self._name_lost(track, block)
            if fitted is None:
                self._turn_away(track, block)
            elif len(block.timestamps):
                waiting.append(fitted)
                n_bytes += block.data.nbytes
        self._write_blocks(track, waiting)

    def _write_blocks(self, track: Track, blocks: list[Block]) -> None:
        if not blocks:
            return
        n = 0
        if not self.failed:
            n, error = track.write(blocks, self._commit)
            self.bytes_written += n * (blocks[0].data[:1].nbytes + 8)
            if error is not None:
                self.fail(error)
        if not self.failed:
            return
        for block in blocks:
            if n < len(block.timestamps):
                self._miss(track.stream, self.failed, Block(block.data[n:], block.timestamps[n:]))
            n = max(0, n - len(block.timestamps))

    def _name_lost(self, track: Track, block: Block) -> None:
        t = float(block.timestamps[0]) if len(block.timestamps) else track.newest
        cause = gaps.RECONNECTED if track.came_back else gaps.DEVICE
        track.came_back = False
        self._write_gap(track.gap(t, t, block.lost, cause))

    def _turn_away(self, track: Track, block: Block) -> None:
        self.error = self.error or (
            f"A block of {track.stream} has shape {block.data.shape} and {block.data.dtype} numbers, not as announced."
            " It is a named gap; check the source."
        )
        n_lost = len(block.timestamps)
        times = (float(block.timestamps[0]), float(block.timestamps[-1])) if n_lost else (math.nan, math.nan)
        self._write_gap(track.gap(*times, n_lost, gaps.NOT_OURS))

    def _commit(self, commit: Commit) -> None:
        try:
            self.folder.commit(commit)
        except OSError as error:
            # The ballast makes room for this last record. Should even that fail, `finish` still publishes the rows.
            self.fail(error)
            self._guard(lambda _: self.folder.commit(commit), Described({}))

    # Losses

    def _leave(self, stream: str, block: Block) -> None:
        """Count a block that is not written, or not here."""
        if stream not in self._texts:
            self._miss(stream, self.failed or gaps.UNNAMED, block)
            return
        if block.lost:
            t = float(block.timestamps[0]) if len(block.timestamps) else math.nan
            self._write_stray(Gap(stream, t, t, self._texts[stream], block.lost, gaps.DEVICE))
        self._texts[stream] += len(block.timestamps) + block.lost

    def _miss(self, stream: str, cause: str, block: Block) -> None:
        missed = self._missed.get((stream, cause))
        if missed is None:
            self._missed[stream, cause] = refused(stream, cause, block)
        else:
            missed.add(block)

    def _name_refused(self, item: Refused) -> None:
        if item.cause == gaps.QUEUE_FULL:
            self.error = self.error or too_slow(item.n_rows + item.n_device)
        track = self._current.get(item.stream)
        for n_lost, cause in ((item.n_device, gaps.DEVICE), (item.n_rows, item.cause)):
            if n_lost and track is not None:
                self._write_gap(track.gap(item.t_first, item.t_last, n_lost, cause))
            elif n_lost:
                self._write_stray(Gap(item.stream, item.t_first, item.t_last, 0, n_lost, cause))

    def _write_stray(self, gap: Gap) -> None:
        """Write a gap of a stream that has no group."""
        self._n_stray_lost += gap.n_lost
        self._n_stray_gaps += 1
        self._write_gap(gap)

    def _write_gap(self, gap: Gap) -> None:
        try:
            self._append(GAPS, gap.to_json())
        except OSError as error:
            # It stays counted, and the person is told.
            self.fail(error)

    def fail(self, error: OSError) -> None:
        """Stop taking samples; what is written is kept, and what comes is counted."""
        if self.failed:
            return
        path, full, there = self.folder.path, disk.is_full(error), self.folder.is_there
        self.failed = gaps.DISK_FULL if full and there else gaps.WRITE_ERROR
        self._refuse(self.failed)
        safe = f"{clock_text(self.seconds)} are safe in {path}."
        if not there:
            self.error = f"The folder {path} is gone while it was being recorded. Record again to another place."
            return
        with suppress(OSError):
            # Where nothing may be written, nothing can be given up either.
            self.folder.free_ballast()
        for track in self.tracks:
            track.drop_overview()
        if full:
            self.error = f"The disk is full: {safe} Free space and record again."
        elif isinstance(error, PermissionError):
            self.error = f"{path} may no longer be written ({error.strerror}): {safe} Record again to another place."
        else:
            self.error = f"The disk failed ({error.strerror or error}): {safe} Check the disk and record again."

    # Making it durable

    def anchor(self) -> None:
        """Note what time of day it is."""
        if not self.failed:
            self._guard(lambda _: self.folder.anchor(), Described({}))

    def sync(self, *, publish: bool, durable: bool = False) -> None:
        """Put everything on the disk, in the order in which it must be believed.

        Parameters
        ----------
        publish
            Let readers of the arrays see it, too.
        durable
            Wait until what they see is on the disk as well.

        Raises
        ------
        OSError
            When the disk does not do it, or the folder is gone.
        """
        if self.failed == gaps.WRITE_ERROR:
            return
        if not self.folder.is_there:
            raise FileNotFoundError(2, "the folder is gone")
        self.folder.sync_lines()
        if not self.failed:
            # Never worth a recording: should it fail, samples are synced and the session completed all the same.
            self._guard(self._note_views, Described({}))
        behind = [(track, track.n_rows) for track in self.tracks if track.n_rows != track.n_acknowledged]
        for track, _ in behind:
            track.sync()
        if behind:
            self.folder.sync_log()
        for track, n_rows in behind:
            track.n_acknowledged = n_rows
        if publish:
            for track in self.tracks:
                track.publish(durable=durable)

    def finish(self) -> str:
        """Name what is left to name, sync, verify, complete; return what is wrong, "" when nothing is.

        Raises
        ------
        OSError
            When the disk does not do it. The session stays as it is then, and is recovered when it is opened.
        """
        for key in list(self._missed):
            self._name_refused(self._missed.pop(key))
        if self.failed == gaps.WRITE_ERROR:
            return self.error
        self.folder.anchor()
        self.sync(publish=True, durable=True)
        for track in self.tracks:
            track.finish_overview()
            problem = track.verify()
            if problem:
                return f"{problem} Keep the folder as it is; opening it recovers what is there."
        self.folder.complete({track.name: track.checksums for track in self.tracks}, self.failed)
        return ""

    def close(self) -> None:
        """Let all files go. Safe to call twice."""
        for track in self.tracks:
            track.close()
        self.folder.close()


def too_slow(n_lost: int) -> str:
    """Return what a person is told when the queue was full."""
    return f"The disk is too slow: {n_lost:,} samples were not recorded and are a named gap. Record to a faster disk."
