"""Long work in the background, with how far it is and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..recordings.progress import Progress, Stopped
from ..sources.language import tr
from .log import Level, Log
from .worker import STOP_WITHIN_S, Worker, stop_all


@dataclass(frozen=True)
class JobState:
    """One job at one moment.

    Parameters
    ----------
    number
        Its number, from 1.
    title
        What it does, for a person.
    share
        How much is done, 0 to 1.
    stopping
        Whether it was asked to stop.
    """

    number: int
    title: str
    share: float
    stopping: bool


class Job:
    """One piece of work. Made by `Jobs.start`; any thread may look at it or stop it.

    Parameters
    ----------
    number, title
        As in `JobState`.
    """

    def __init__(self, number: int, title: str) -> None:
        self.number, self.title = number, title
        self.share = 0.0
        self.stopping = self.done = False

    def progress(self, share: float) -> None:
        """Note how much is done; the work calls it.

        Raises
        ------
        Stopped
            When a person asked for it.
        """
        self.share = min(1.0, max(0.0, share))
        if self.stopping:
            raise Stopped(self.title)

    def stop(self) -> None:
        """Ask the work to end; what it has made is removed."""
        self.stopping = True

    @property
    def state(self) -> JobState:
        """How it is doing."""
        return JobState(self.number, self.title, self.share, self.stopping)


class Jobs:
    """Runs long work, each on a thread of its own. Any thread may call it.

    Parameters
    ----------
    log
        Told how each ends.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._running: dict[int, tuple[Job, Worker]] = {}
        self._n_started = 0

    def start(self, title: str, work: Callable[[Progress], str]) -> Job:
        """Begin.

        Parameters
        ----------
        title
            What it does, such as ``Exporting abduction as XDF``.
        work
            Does it; told a `Progress`. Returns a sentence for the log, or an empty text. What it raises is logged.
        """
        self._n_started += 1
        job = Job(self._n_started, title)

        def step() -> float:
            level: Level = "good"
            try:
                told = work(job.progress)
            except Stopped:
                told, level = tr("Stopped: {title}. Nothing of it is left.").format(title=title), "info"
            except Exception as error:  # noqa: BLE001  whatever a library raises, the person must see it
                told, level = str(error) or type(error).__name__, "bad"
            if told:
                self._log(told, level)
            job.done = True
            self._running.pop(job.number, None)
            worker.stop()
            return 0.0

        worker = Worker(f"job-{job.number}", step, on_error=lambda name, error: self._log(f"{name}: {error}", "bad"))
        self._running[job.number] = (job, worker)
        worker.start()
        return job

    @property
    def states(self) -> tuple[JobState, ...]:
        """Those that run, the oldest first."""
        return tuple(job.state for job, _ in list(self._running.values()))

    def stop(self, number: int) -> None:
        """Ask one to end. Nothing happens when it has already."""
        running = self._running.get(number)
        if running is not None:
            running[0].stop()

    def wait(self, job: Job, timeout_s: float) -> bool:
        """Wait until one has ended; return whether it did in time."""
        running = self._running.get(job.number)
        return running is None or running[1].join(timeout_s)

    def stop_all(self, timeout_s: float = STOP_WITHIN_S) -> list[Worker]:
        """Ask all to end, and wait; return the workers that hang."""
        running = list(self._running.values())
        for job, _ in running:
            job.stop()
        return stop_all([worker for _, worker in running], timeout_s)
