"""Streams, workers, recorder, replay, prediction: everything but the screen.

The window, the command line and a script act through the commands here and look at one snapshot.
"""

from __future__ import annotations

import math
import queue
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..sources import Event, Source, SourceError, Stream, local_clock, open_source
from ..sources.language import tr
from . import pretrigger
from .context import Context, Events
from .errors import AppError
from .jobs import Jobs
from .log import Log
from .noting import Noting
from .predict import Predictor
from .recording import Recording
from .replaying import Replaying
from .reports import Reports
from .state import EngineState, StreamState
from .watch import Watch
from .worker import STOP_WITHIN_S, Worker, stop_all

if TYPE_CHECKING:
    from ..recordings import Replay
    from ..recordings.about import ChannelAbout

LATE_WITHIN_S = 0.5
"""How long the engine's end waits at least for what a command has started meanwhile."""
SWITCH_INTERVAL_S = 5e-4
"""How soon a busy Python thread must let another run; measured: a third less delay under load."""


class Engine:
    """Runs streams and whatever is done with their samples.

    Commands may be called from any thread but a worker's own; each returns when it is done and raises with
    one sentence when it cannot be. `submit` does one in the background, for callers that must not wait.

    Parameters
    ----------
    clock
        The LSL clock, unless a test passes its own.
    """

    def __init__(self, clock: Callable[[], float] = local_clock) -> None:
        self._clock = clock
        self._streams: dict[str, Stream] = {}
        self._workers: dict[str, Worker] = {}
        self._first_results: dict[str, threading.Event] = {}
        self._first_errors: dict[str, SourceError] = {}
        self._recording: Recording | None = None
        self._views: dict[str, Mapping[str, Any]] = {}
        self._channels_about: dict[str, tuple[ChannelAbout, ...]] = {}
        # Held to hand a few settings to the recorder's queue, never while a recording starts or stops.
        self._viewing = threading.Lock()
        self._pretrigger_s = 0.0
        self._replaying = Replaying(self, clock)
        self._predictors: list[Predictor] = []
        self._predict_workers: list[Worker] = []
        self._commands: queue.Queue[tuple[str, Callable[[], object]]] = queue.Queue()
        self._command_worker: Worker | None = None
        self.busy = ""
        """What a command is doing at the moment; a long one may say how far it is."""
        self._changing = threading.RLock()
        self._switch_interval = sys.getswitchinterval()
        self.running = False
        self.recording_since = math.inf
        """When the recording that runs was begun, s, LSL clock; samples from before may be in front of it."""
        self.shown_since = -math.inf
        """Events from before are of another session, and not drawn, s, LSL clock."""
        self.last_recording: Path | None = None
        self.last_counts = (0, 0)
        """Samples written to the last recording, and lost in it."""
        self.recording_error = ""
        self.log = Log(clock)
        self.jobs = Jobs(self.log)
        self.reports = Reports(self.jobs, self.log)
        self.on_stopped: list[Callable[[], object]] = []
        """Called by `stop`, the last thing, when it has stopped what ran."""
        self._watch = Watch(self.log, clock)
        self.events = Events(clock)
        self._noting = Noting(self.events, clock, self._on_disk)
        self.context = Context(self._streams, self.events, self.log)

    # Streams

    @property
    def streams(self) -> dict[str, Stream]:
        """All streams by name, in the order they were added."""
        return self._streams

    def add(self, stream: Stream) -> Stream:
        """Register a stream; started at once when the engine runs, recorded too when it records.

        Raises
        ------
        AppError
            When its name is taken.
        """
        with self._changing:
            if stream.name in self._streams:
                raise AppError(f"There is a stream {stream.name!r} already. Give this one another name.")
            self._streams[stream.name] = stream
            stream.on_event.append(self.events.add)
            if self._pretrigger_s:
                pretrigger.keep(self._streams.values(), self._pretrigger_s)
            if self._recording is not None:
                self._recording.follow(stream)
            if self.running and not self.is_fed(stream):
                self._start_stream(stream)
        return stream

    def is_fed(self, stream: Stream) -> bool:
        """Whether a predictor feeds and pumps it, rather than a device and a worker."""
        return any(stream is predictor.stream for predictor in self._predictors)

    def remove(self, name: str) -> None:
        """Stop a stream and forget it."""
        with self._changing:
            stream = self._stream(name)
            worker = self._workers.pop(name, None)
            if worker is not None:
                self._report_hung(stop_all([worker]))
            else:
                stream.disconnect()
            del self._streams[name]

    def _stream(self, name: str) -> Stream:
        if name not in self._streams:
            raise AppError(f"There is no stream {name!r}. There are: {', '.join(self._streams) or 'none'}.")
        return self._streams[name]

    def _start_stream(self, stream: Stream) -> None:
        self._first_results[stream.name] = threading.Event()
        self._first_errors.pop(stream.name, None)
        self._workers[stream.name] = Worker(
            stream.name, lambda: self._pump(stream), finish=stream.disconnect, on_error=self._worker_failed
        ).start()

    def _pump(self, stream: Stream) -> float:
        n = 0
        try:
            if stream.state == "idle":
                stream.connect()
            n = stream.pump()
        except SourceError as error:
            if not self._first_results[stream.name].is_set():
                self._first_errors[stream.name] = error
        state = self._watch.look(stream, any_rate=self.replay is not None)
        self._first_results[stream.name].set()
        recording = self._recording
        if recording is not None:
            recording.look()
        for predictor in self._predictors:
            predictor.look()
        if n:
            return 0.0
        return 0.001 if state in ("live", "silent", "held") else 0.05

    def _worker_failed(self, name: str, error: Exception) -> None:
        self.log(f"{name}: {type(error).__name__}: {error}" if not str(error) else f"{name}: {error}", "bad")

    def _report_hung(self, hung: list[Worker]) -> None:
        for worker in hung:
            self.log(tr("{name} does not answer and was left behind.").format(name=worker.name), "bad")

    # Lifetime

    def start(self) -> None:
        """Start every stream and prediction. Call `stop` in the end, or use the engine as a context."""
        if self.running:
            return
        self._switch_interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self.running = True
        self._command_worker = Worker("commands", self._next_command, on_error=self._worker_failed).start()
        for stream in list(self._streams.values()):
            if stream.state in ("stopped", "ended"):
                stream.reset()
            if not self.is_fed(stream):
                self._start_stream(stream)
        for predictor in self._predictors:
            self._start_predictor(predictor)

    def wait_connected(self, timeout_s: float = 30.0) -> None:
        """Wait until every stream has connected once.

        Raises
        ------
        SourceError
            The first reason why one could not.
        """
        for name, result in list(self._first_results.items()):
            if not result.wait(timeout_s):
                raise SourceError(f"Stream {name!r} did not connect within {timeout_s:.0f} s. Is the device on?")
        for error in self._first_errors.values():
            raise error

    def stop(self) -> None:
        """Stop everything in reverse, close a recording, leave hung sources behind. Safe to call twice.

        Sources have 3 s to answer; those that a command has started meanwhile at least half a second.
        """
        was_running, self.running = self.running, False
        if was_running:
            self._stop_feeding()
        self.stop_recording()
        self._replaying.drop()
        self.reports.settle()
        self._report_hung(self.jobs.stop_all())
        if was_running:
            sys.setswitchinterval(self._switch_interval)
            for tell in list(self.on_stopped):
                tell()

    def _stop_feeding(self) -> None:
        """Stop the sources first: all that they have given is then on its way to the recorder, which closes after."""
        deadline = time.monotonic() + STOP_WITHIN_S
        stopped: list[Worker] = []
        # A command on its way, such as the opening of a session, may have started some since.
        while new := [worker for worker in self._feeding if worker not in stopped]:
            self._report_hung(stop_all(new, max(LATE_WITHIN_S, deadline - time.monotonic())))
            stopped += new
        self._workers.clear()
        self._predict_workers.clear()
        self._command_worker = self._replaying.worker = None
        for predictor in self._predictors:
            predictor.stream.disconnect()

    @property
    def _feeding(self) -> list[Worker]:
        """Whatever gives samples, or starts what does."""
        workers = [self._command_worker, *self._workers.values(), self._replaying.worker, *self._predict_workers]
        return [worker for worker in workers if worker is not None]

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # Commands

    def submit(self, what: str, command: Callable[[], object]) -> None:
        """Run a command in the background; `what` is shown meanwhile, errors go to the log."""
        self._commands.put((what, command))

    def _next_command(self) -> float:
        try:
            what, command = self._commands.get(timeout=0.1)
        except queue.Empty:
            return 0.0
        self.busy = what
        try:
            command()
        except Exception as error:  # noqa: BLE001  whatever a device or disk raises, the person must see it
            self.log(str(error) or type(error).__name__, "bad")
        finally:
            self.busy = ""
        return 0.0

    def reconnect(self, name: str) -> None:
        """Connect a stream's present source again."""
        self.swap(name, None)

    def switch(self, name: str, source: Source | str) -> None:
        """Give a stream another source; ring and picture stay, a recording goes on with a named gap.

        Raises
        ------
        SourceError
            When the new source does not connect; the old one is then connected again.
        """
        self.swap(name, open_source(source) if isinstance(source, str) else source)

    def swap(self, name: str, source: Source | None, *, fresh: bool = False) -> None:
        """Give a stream another source, or connect the present one again; `fresh` empties the ring."""
        stream = self._stream(name)
        n_hung = len(stream.left_behind)
        try:
            stream.reconnect(source, fresh=fresh)
        finally:
            if len(stream.left_behind) > n_hung and name in self._workers:
                words = tr("{name} does not answer and was left behind.")
                self.log(words.format(name=stream.left_behind[-1]), "bad")
                self._workers[name].stop()
                self._start_stream(stream)
        if not fresh:
            label = "switched" if source else "reconnected"
            self.events.add(Event(self._clock(), "device", label, f"{name}: {stream.source_name}", name))

    def mark(self, label: str, text: str = "", kind: str = "marker", t: float | None = None) -> Event:
        """Add an event at a moment, s, LSL clock, now by default; a running recording keeps it."""
        return self.events.mark(label, text, kind, t)

    def edit_event(self, event: Event, label: str, text: str | None = None) -> Event:
        """Give an event another label and text; its time stays. The session that holds it gets a further line.

        Raises
        ------
        AppError
            When the event is no longer kept, or a replay runs.
        SessionError
            When the engine is stopped and the session cannot be written; while it runs, the log tells of it.
        """
        if self.replay is not None:
            raise AppError("A recorded session is open; its events keep their texts. Close it first.")
        return self._noting.edit(event, label, text)

    def _on_disk(self, write: Callable[[], None]) -> None:
        if self.running:
            self.submit(tr("noting the text"), write)
        else:
            write()

    def keep_before(self, seconds: float) -> None:
        """Keep the last seconds of every stream, to be put in front of the next recording; 0 keeps nothing.

        Parameters
        ----------
        seconds
            How much, s; a minute at most, and less where that takes too much memory: the snapshot tells.
        """
        with self._changing:
            self._pretrigger_s = pretrigger.keep(self._streams.values(), seconds)

    def record(
        self,
        path: str | Path,
        name: str = "",
        subject: str = "",
        notes: str = "",
        *,
        task: str = "",
        operator: str = "",
        protocol: str = "",
        take: int = 0,
        facts: Mapping[str, Any] | None = None,
    ) -> Path:
        """Begin to record every stream, after what `keep_before` has kept; return the session's folder.

        Parameters
        ----------
        path
            A folder ending in ``.myo`` becomes the session; in any other a new session is made.
        name, subject, notes, task, operator, protocol, take
            Metadata, kept from the first second.
        facts
            Further attributes of the session, such as ``preflight``.

        Raises
        ------
        AppError
            When a recording runs already.
        SessionError
            When the folder cannot be written.
        """
        from .. import __version__
        from ..recordings import Recorder

        with self._changing:
            if self._recording is not None:
                raise AppError(f"{self._recording.path} is being recorded. Stop that first.")
            now, before_s = self._clock(), self._pretrigger_s
            known = dict(facts or {})
            if before_s:
                leads = {stream.name: stream.lead for stream in self._streams.values()}
                kept = {key: round(lead.kept_s, 3) for key, lead in leads.items() if lead is not None}
                known["trigger"] = {"t": now, "before_s": before_s, "kept_s": kept}
            recorder = Recorder(
                path, name=name, subject=subject, notes=notes, task=task, operator=operator, protocol=protocol,
                take=take, facts=known, app_version=__version__, clock=self._clock,
            )  # fmt: skip
            recorder.open()
            recording = Recording(recorder, self.log, self._clock, self._worker_failed)
            self._recording = recording
            since = now - before_s if before_s else math.inf
            self._noting.begin(recording, max(since, self.shown_since))
            with self._viewing:
                for stream_name, settings in self._views.items():
                    recording.note_view(stream_name, settings)
                for stream_name, channels in self._channels_about.items():
                    recording.describe_channels(stream_name, channels)
            self.recording_error = ""
            self.recording_since = now
            self.last_recording = recorder.path
            for stream in self._streams.values():
                recording.follow(stream, since)
            if before_s:
                said = pretrigger.look(self._streams.values(), before_s).sentence
                self.events.add(Event(now, "trigger", "trigger", said))
        self.log(tr("Recording {name}.").format(name=recorder.path.name))
        return recorder.path

    def note_view(self, stream_name: str, settings: Mapping[str, Any]) -> None:
        """Hear through which filter a stream is looked at: recordings keep it beside the samples, which stay raw.

        Cheap, and never waits for a command that is being done.

        Parameters
        ----------
        stream_name
            The stream's name.
        settings
            What `ViewFilter.to_json` returned; that of a filter that is off says that nothing was filtered.
        """
        with self._viewing:
            self._views[stream_name] = dict(settings)
            if self._recording is not None:
                self._recording.note_view(stream_name, settings)

    def describe(self, **changes: str) -> None:
        """Change what is known of the recording that runs: fields of `About`. Nothing happens when none does."""
        with self._viewing:
            if self._recording is not None:
                self._recording.describe(**changes)

    def describe_channels(self, stream_name: str, channels: Sequence[ChannelAbout]) -> None:
        """Say what the channels of a stream are: kept by the recording that runs, and by those that follow.

        Cheap, and never waits for a command that is being done.
        """
        with self._viewing:
            self._channels_about[stream_name] = tuple(channels)
            if self._recording is not None:
                self._recording.describe_channels(stream_name, channels)

    def stop_recording(self, *, keep_empty: bool = True) -> Path | None:
        """Close the recording; return its folder, or None when there was none.

        Parameters
        ----------
        keep_empty
            Keep the session even if nothing came; otherwise its folder is removed and None returned.
        """
        with self._changing:
            recording, self._recording = self._recording, None
            if recording is None:
                return None
            self._noting.end()
            status = recording.stop()
        self.recording_error = status.error
        n = sum(status.n_written.values())
        self.last_counts = (n, status.n_lost)
        if not n and not keep_empty:
            shutil.rmtree(recording.path)
            self.last_recording = None
            return None
        words = tr("Recorded {n:,} samples, {lost:,} lost: {name}.")
        words = words.format(n=n, lost=status.n_lost, name=recording.path.name)
        self.log(words, "warn" if status.error else "good")
        self.reports.recorded(recording.path)
        return recording.path

    # Replay

    def open_replay(self, path: str | Path, speed: float = 1.0, loop: bool = False, play: bool = True) -> None:
        """Put a recorded session in the place of the live streams; those of the same name keep their viewers.

        Raises
        ------
        AppError
            While a recording runs.
        SessionError
            When the folder is no session, or is damaged beyond recovery.
        """
        from ..recordings import Replay

        with self._changing:
            if self._recording is not None:
                raise AppError("A recording runs. Stop it before you open another session.")
            replay = Replay(path, speed=speed, loop=loop, clock=self._clock)
            self._stop_replay_worker()
            self.shown_since = self._clock()
            self._replaying.open(replay, self.events.add, self._worker_failed)
            if play:
                replay.play()
        self.log(tr("Replaying {name}.").format(name=replay.session.path.name))

    def _stop_replay_worker(self) -> None:
        worker, self._replaying.worker = self._replaying.worker, None
        if worker is not None:
            self._report_hung(stop_all([worker]))

    def close_replay(self) -> None:
        """Leave the replay and connect the live sources again. Nothing happens when none runs."""
        with self._changing:
            if self.replay is None:
                return
            self._stop_replay_worker()
            self.shown_since = self._clock()
            for problem in self._replaying.close():
                self.log(problem, "bad")

    @property
    def replay(self) -> Replay | None:
        """The replay that runs, for play, pause, seek, step, speed and loop; None when live."""
        return self._replaying.replay

    # Prediction

    def predict(self, predictor: Predictor) -> None:
        """Run a predictor at its rate; its output becomes a stream of its own."""
        self._predictors.append(predictor)
        try:
            self.add(predictor.stream)
        except AppError:
            self._predictors.remove(predictor)
            raise
        if self.running:
            self._start_predictor(predictor)

    def _start_predictor(self, predictor: Predictor) -> None:
        worker = Worker(f"predict-{predictor.stream.name}", predictor.step, on_error=self._worker_failed)
        self._predict_workers.append(worker.start())

    # State

    @property
    def all_ended(self) -> bool:
        """Whether no source will ever give another sample."""
        streams = [s for s in list(self._streams.values()) if not self.is_fed(s)]
        return bool(streams) and all(s.state == "ended" for s in streams)

    def snapshot(self) -> EngineState:
        """Return everything there is to know at this moment. Cheap: once a frame is fine."""
        recording = self._recording
        return EngineState(
            t=self._clock(),
            streams=tuple(
                StreamState(s.name, s.source_name, s.info if s.connected_once else None, s.health)
                for s in list(self._streams.values())
            ),
            recording=recording.status if recording is not None else None,
            replay=self._replaying.state,
            predict=self._predictors[0].state if self._predictors else None,
            busy=self.busy,
            jobs=self.jobs.states,
            pretrigger=pretrigger.look(list(self._streams.values()), self._pretrigger_s),
        )
