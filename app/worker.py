"""The one place where threads begin and end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

STOP_WITHIN_S = 3.0


class Worker:
    """A thread that calls `step` over and over until told to stop.

    Parameters
    ----------
    name
        Shown in diagnostics; the thread is called ``myoscope-NAME``.
    step
        One round of work; returns how long to pause before the next, s. It must not wait for longer than
        about a quarter of a second, or stopping is slow.
    finish
        Called in the thread after the last step, whatever ended it.
    on_error
        Told of an exception that `step` or `finish` let out. Work goes on after a pause.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], float],
        *,
        finish: Callable[[], object] | None = None,
        on_error: Callable[[str, Exception], None],
    ) -> None:
        self.name = name
        self._step = step
        self._finish = finish
        self._on_error = on_error
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"myoscope-{name}", daemon=True)

    def start(self) -> Worker:
        """Begin."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask the thread to end; return at once."""
        self._stopping.set()

    def join(self, timeout_s: float = STOP_WITHIN_S) -> bool:
        """Wait for the end; return whether it came in time. A thread that hangs is left behind."""
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    pause_s = self._step()
                except Exception as error:  # noqa: BLE001  the person is told, and the thread must live on
                    self._on_error(self.name, error)
                    pause_s = 0.2
                if pause_s > 0:
                    self._stopping.wait(pause_s)
        finally:
            if self._finish is not None:
                try:
                    self._finish()
                except Exception as error:  # noqa: BLE001  the person is told; the thread ends either way
                    self._on_error(self.name, error)


def stop_all(workers: list[Worker], timeout_s: float = STOP_WITHIN_S) -> list[Worker]:
    """Stop workers, the last first; return those that hang and were left behind."""
    for worker in reversed(workers):
        worker.stop()
    deadline = time.monotonic() + timeout_s
    return [worker for worker in reversed(workers) if not worker.join(deadline - time.monotonic())]
