"""The `App`: what a script writes to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from ..sources import SourceError, Stream, local_clock
from ..sources.language import set_language, system_language
from .context import Context
from .engine import Engine
from .errors import AppError
from .predict import Predictor, with_context
from .settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
Mode = Literal["gui", "headless"]


class App:
    """Registers streams, runs acquisition and predict threads, shows the window.

    ``app.run()`` does everything; ``with App() as app:`` runs the engine without a window for as long as the
    block lasts. Afterwards no thread is left.

    Parameters
    ----------
    title
        Shown in the window's title bar.
    clock
        The LSL clock, unless a test passes its own.
    """

    def __init__(self, title: str = "myoscope", *, clock: Callable[[], float] = local_clock) -> None:
        self.title = title
        self.engine = Engine(clock)
        self._clock = clock
        self._extract: Callable[[dict[str, Any]], Any] | None = None
        self._ui: Callable[[Context], Any] | None = None
        self._record_at_start: Callable[[], Path] | None = None
        self.stopping = threading.Event()
        """Set when `run` shall end."""
        self.stopped_by = 0
        """Number of the signal that ended `run`, 0 when none did."""

    @property
    def context(self) -> Context:
        """What the script's functions are given: ``streams``, ``events``, ``log``."""
        return self.engine.context

    # Describing

    def streams(self, *streams: Stream) -> App:
        """Register streams. While the app runs they start at once.

        Raises
        ------
        AppError
            When a name is taken.
        """
        for stream in streams:
            self.engine.add(stream)
        return self

    def extract(self, function: F) -> F:
        """Decorate the function that makes features: ``extract(windows) -> features``.

        ``windows`` is a dict of arrays, one a stream, each (n_channels, n_samples) float32 in the stream's unit.
        The predict thread calls it.
        """
        self._extract = with_context(function, self.context)
        return function

    def predict(self, rate_hz: float = 30.0, name: str = "prediction") -> Callable[[F], F]:
        """Decorate the function that decodes: ``predict(features)`` or ``predict(features, ctx)``.

        Parameters
        ----------
        rate_hz
            How often it is called at most, Hz.
        name
            Name of the stream that its results become.
        """

        def register(function: F) -> F:
            self.engine.predict(Predictor(function, rate_hz, name, self.context, lambda: self._extract, self._clock))
            return function

        return register

    def ui(self, function: F) -> F:
        """Decorate the function that chooses what is shown: ``ui(ctx) -> widgets``.

        It is called once, by the main thread, when the window is built; it returns one widget or a list of them,
        for instance ``[SignalViewer(ctx.streams["emg"])]``. Without it every stream has a viewer.
        """
        self._ui = function
        return function

    # Running

    def run(
        self, mode: Mode = "gui", seconds: float | None = None, prepare: Callable[[], object] | None = None
    ) -> None:
        """Run until the window is closed, `stop` is called, `seconds` are over or Ctrl-C is pressed.

        Headless, it also ends when every source has come to its end.

        Parameters
        ----------
        mode
            ``"gui"`` opens the window; ``"headless"`` runs the engine alone.
        seconds
            For how long; None for as long as it takes.
        prepare
            Headless, called once when every stream has connected, before `seconds` begin; what it raises ends the run.

        Raises
        ------
        SourceError
            Headless, when a stream cannot connect. In the window it is shown, and tried again.
        AppError
            When there is no display for the window.
        SessionError
            When the recording asked for cannot be written.
        """
        if mode not in ("gui", "headless"):
            raise AppError(f"mode is {mode!r}. Choose 'gui' or 'headless'.")
        self.stopping.clear()
        if mode == "gui":
            from .display import require_display

            require_display()
            _speak()
        self.stopped_by = 0
        with self.stop_on_signals(), self:
            if mode == "headless":
                self._run_headless(seconds, prepare)
            else:
                from .window import Window

                Window(self.engine, self.title, ui=self._ui, stopping=self.stopping).run(seconds)

    def _run_headless(self, seconds: float | None, prepare: Callable[[], object] | None) -> None:
        try:
            self.engine.wait_connected()
        except SourceError:
            self.engine.stop_recording(keep_empty=False)
            raise
        if prepare is not None:
            prepare()
        deadline = None if seconds is None else self._clock() + seconds
        while not self.stopping.is_set() and not self.engine.all_ended:
            left = 0.1 if deadline is None else deadline - self._clock()
            if left <= 0:
                break
            self.stopping.wait(min(0.1, left))

    def stop(self) -> None:
        """End `run`. Any thread may call it."""
        self.stopping.set()

    def record(
        self, path: str | Path, name: str = "", subject: str = "", notes: str = "", *, task: str = "",
        operator: str = "",
    ) -> Path | None:  # fmt: skip
        """Record every stream to `path`, at once when running, else from the beginning of `run`.

        Parameters
        ----------
        path
            A folder ending in ``.myo`` becomes the session; in any other a new session is made.
        name, subject, notes, task, operator
            Metadata of the session.

        Returns
        -------
        The session's folder when running, else None; `last_recording` tells it later.

        Raises
        ------
        AppError, SessionError
            When a recording runs already, or the folder cannot be written.
        """
        begin = partial(self.engine.record, path, name, subject, notes, task=task, operator=operator)
        if self.engine.running:
            return begin()
        self._record_at_start = begin
        return None

    def keep_before(self, seconds: float) -> None:
        """Keep the last seconds of every stream, to be put in front of the next recording; 0 keeps nothing.

        Parameters
        ----------
        seconds
            How much, s; a minute at most, and less where that would take over 256 MiB of memory.
        """
        self.engine.keep_before(seconds)

    def stop_recording(self) -> Path | None:
        """Close the recording; return its folder, or None when none runs."""
        return self.engine.stop_recording()

    @property
    def last_recording(self) -> Path | None:
        """Folder of the newest recording made by this app."""
        return self.engine.last_recording

    @property
    def recording_error(self) -> str:
        """What went wrong with the newest recording, in one sentence; empty when nothing did."""
        return self.engine.recording_error

    @contextmanager
    def stop_on_signals(self) -> Iterator[None]:
        """Turn Ctrl-C and SIGTERM into a clean end while the main thread runs the app."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, _frame: object) -> None:
            self.stopped_by = number
            self.stop()

        numbers = [signal.SIGINT, signal.SIGTERM]
        before = [signal.signal(number, stop) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def __enter__(self) -> App:
        try:
            if self._record_at_start is not None:
                # The recorder is there before the first sample is.
                begin, self._record_at_start = self._record_at_start, None
                begin()
            self.engine.start()
        except BaseException:
            self.engine.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.stop()


def _speak() -> None:
    """Choose the person's language before the engine starts: what it logs first is in it, too."""
    set_language(Settings.load().language or system_language())
