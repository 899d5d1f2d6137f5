"""What comes before and between takes: protocol, preflight, numbers, doing one again, trials."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..sources import Event
from ..sources.language import tr
from .engine import Engine
from .errors import AppError
from .flat_channels import flat_channels
from .folder_watch import FolderWatch
from .preflight import Override, Preflight, note_preflight, preflight
from .protocols import Protocols, protocols_folder
from .settings import Settings
from .state import EngineState

if TYPE_CHECKING:
    from ..recordings.numbering import Attempt, Counted, NumberedTake
    from ..recordings.protocol import RecordingProtocol

REFRESH_S = 0.25
FLAT_EVERY_S = 1.0
TRIAL, SUPERSEDED = "trial", "superseded"


class TakeDesk:
    """Prepares recordings. The main thread calls everything here; what touches the disk is submitted.

    Parameters
    ----------
    engine
        Records.
    settings
        Remembers the protocol and the seconds before Record.
    state
        Returns the engine's snapshot of this frame.
    clock
        For the refresh, s; a test passes its own.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        state: Callable[[], EngineState],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine, self.settings = engine, settings
        self._state = state
        self._clock = clock
        self.watch = FolderWatch(lambda: settings.recordings_folder, lambda text: engine.log(text, "warn"))
        self.protocols = Protocols(protocols_folder())
        self.protocol: RecordingProtocol | None = None
        self.name = self.subject = self.task = self.operator = self.notes = ""
        self.preflight = Preflight()
        self.current = ""
        """What the take that is being recorded is called."""
        self.filled_in: Callable[..., object] = _nothing
        """Told by field what was filled in from elsewhere; a window says so."""
        self._looked_at = self._flat_at = -math.inf
        self._flat: dict[str, tuple[str, ...]] = {}
        if settings.protocol:
            self.choose(settings.protocol)
        else:
            engine.keep_before(settings.pretrigger_s)

    # Protocol and seconds before

    def choose(self, name: str) -> None:
        """Go by a protocol from now on; by none with an empty name, or where there is no such protocol."""
        self.protocol = self.protocols.get(name)
        for problem in self.protocols.problems:
            self.engine.log(problem, "warn")
        self.settings.protocol = self.protocol.name if self.protocol is not None else ""
        if self.protocol is not None:
            if self.protocol.task:
                self.task = self.protocol.task
                self.filled_in(task=self.task)
            self.keep_before(self.protocol.pretrigger_s)
        elif name:
            self.engine.log(tr("There is no protocol {name} any more.").format(name=name), "warn")
        self._looked_at = -math.inf

    def keep_before(self, seconds: float) -> None:
        """Keep so much from before Record, s; 0 for nothing."""
        self.settings.pretrigger_s = seconds
        self.engine.keep_before(seconds)

    def protocol_now(self, name: str) -> RecordingProtocol:
        """Return a protocol that expects just what is connected now."""
        from ..recordings.protocol import protocol_of

        streams = [(s.name, s.info) for s in self._state().streams if s.info and s.source_name != "PredictionSource"]
        return protocol_of(name, streams, task=self.task, pretrigger_s=self.settings.pretrigger_s)

    # Preflight

    def look(self) -> Preflight:
        """Return what speaks against recording, looked at four times a second at most."""
        now = self._clock()
        if now - self._looked_at >= REFRESH_S:
            self._looked_at = now
            if self.protocol is not None and now - self._flat_at >= FLAT_EVERY_S:
                self._flat_at = now
                self._flat = flat_channels(list(self.engine.streams.values()))
            flat = self._flat if self.protocol is not None else {}
            self.preflight = preflight(self._state(), self.protocol, self.watch.disk_free_bytes, flat)
        return self.preflight

    # Numbers

    @property
    def counted(self) -> Counted:
        """What the next take is counted with."""
        from ..recordings.numbering import Counted

        return Counted(self.name, self.subject, self.task)

    @property
    def next(self) -> Attempt:
        """Number of the next take, as far as is known."""
        from ..recordings.numbering import next_attempt

        return next_attempt(self.watch.takes or (), self.counted)

    @property
    def title(self) -> str:
        """What the next take is called."""
        return self._title(self.next)

    def _title(self, attempt: Attempt, counted: Counted | None = None) -> str:
        from ..recordings.numbering import PATTERN, title

        pattern = self.protocol.take_pattern if self.protocol is not None else PATTERN
        return title(pattern, counted or self.counted, attempt, f"{datetime.now(UTC).astimezone():%Y-%m-%d}")

    # Recording

    def begin(self, override: Override | None = None) -> None:
        """Begin the next take, with what preflight has found kept in it."""
        found = self.look()
        if found.of("red") and override is None:
            raise AppError(tr("Recording is not in order: {what}").format(what=found.of("red")[0].sentence))
        counted, about = self.counted, (self.name, self.subject, self.notes)
        protocol = self.protocol.name if self.protocol is not None else ""
        work = partial(self._begin, counted, about, self.operator, protocol, found, override)
        self.engine.submit(tr("starting to record"), work)

    def _begin(
        self, counted: Counted, about: tuple[str, str, str], operator: str, protocol: str, found: Preflight,
        override: Override | None,
    ) -> None:  # fmt: skip
        from ..recordings.layout import session_name, unused
        from ..recordings.numbering import next_attempt

        takes = self.watch.look()
        attempt = next_attempt(takes, counted)
        folder = self.settings.recordings_folder
        path = unused(folder, session_name(self._title(attempt, counted), datetime.now(UTC)))
        facts = {"preflight": found.to_json(override), "attempt": attempt.attempt}
        self.current = self._title(attempt, counted)
        path = self.engine.record(
            path, *about, task=counted.task, operator=operator, protocol=protocol, take=attempt.take, facts=facts
        )
        note_preflight(self.engine, found, override)
        if attempt.attempt > 1:
            self._link(takes, counted, attempt, path)
        self.watch.look_again()

    def _link(self, takes: tuple[NumberedTake, ...], counted: Counted, attempt: Attempt, path: Path) -> None:
        """Tell those that are done again which take that is."""
        from ..recordings.numbering import PENDING, set_aside

        for take in takes:
            if take.counted == counted and take.take == attempt.take and take.superseded == PENDING:
                set_aside(take.path, self.operator, path.name)

    # Doing one again

    @property
    def last(self) -> NumberedTake | None:
        """The last take of this name, subject and task that counts."""
        takes = [t for t in self.watch.takes or () if t.counted == self.counted and t.take and not t.superseded]
        return max(takes, key=lambda take: take.created, default=None)

    @property
    def last_aside(self) -> NumberedTake | None:
        """The take that was set aside last and has not been done again."""
        attempt = self.next
        takes = [
            t
            for t in self.watch.takes or ()
            if t.counted == self.counted and t.take == attempt.take and t.superseded and attempt.attempt > 1
        ]
        return max(takes, key=lambda take: take.created, default=None)

    def why_not_redo(self) -> str:
        """Return why there is no take to do again."""
        if self._state().recording:
            return ""
        return "" if self.last is not None else tr("There is no take of this name, subject and task yet.")

    def redo(self) -> None:
        """Set the last take aside, or the one that runs; the next one has its number. Nothing is removed."""
        if self._state().recording:
            self.engine.submit(tr("closing the recording"), self._stop_and_set_aside)
        elif self.last is not None:
            self.engine.submit(tr("setting the take aside"), partial(self._set_aside, self.last.path))

    def _stop_and_set_aside(self) -> None:
        path = self.engine.stop_recording()
        if path is not None:
            self.settings.remember_session(path)
            self._set_aside(path)

    def _set_aside(self, path: Path) -> None:
        from ..recordings.numbering import set_aside

        set_aside(path, self.operator)
        self.watch.look()
        words = tr("{name} is set aside and kept. The next take has its number.")
        self.engine.log(words.format(name=path.name), "good")

    def why_not_bring_back(self) -> str:
        """Return why there is no take to bring back."""
        if self._state().recording:
            return tr("A recording runs. Stop it first.")
        return "" if self.last_aside is not None else tr("No take is set aside.")

    def bring_back(self) -> None:
        """Let the take that was set aside last count again."""
        if self.last_aside is not None:
            self.engine.submit(tr("bringing the take back"), partial(self._bring_back, self.last_aside.path))

    def _bring_back(self, path: Path) -> None:
        from ..recordings.numbering import bring_back

        bring_back(path, self.operator)
        self.watch.look()
        self.engine.log(tr("{name} counts again.").format(name=path.name), "good")

    # Trials

    @property
    def trials(self) -> list[Event]:
        """The trials of the recording that runs, those that were done again too."""
        if not self._state().recording:
            return []
        since = self.engine.recording_since
        return [event for event in self.engine.events.latest if event.kind == TRIAL and event.t >= since]

    @property
    def next_trial(self) -> int:
        """Number of the next trial."""
        return sum(trial.text != SUPERSEDED for trial in self.trials) + 1

    def why_no_trial(self) -> str:
        """Return why no trial can begin."""
        return "" if self._state().recording else tr("Nothing is being recorded. Trials are parts of a recording.")

    def begin_trial(self) -> None:
        """Mark the beginning of the next trial."""
        self.engine.mark(tr("trial {n}").format(n=self.next_trial), kind=TRIAL)

    def why_not_redo_trial(self) -> str:
        """Return why there is no trial to do again."""
        if self.why_no_trial():
            return self.why_no_trial()
        return "" if self.next_trial > 1 else tr("No trial has been marked yet.")

    def redo_trial(self) -> None:
        """Begin the last trial again, under its number; the mark of the one before says that it was done again."""
        trials = self.trials
        number = self.next_trial - 1
        last = max((i for i, trial in enumerate(trials) if trial.text != SUPERSEDED), default=None)
        if last is None:
            return
        before = next((i for i in range(last - 1, -1, -1) if trials[i].text != SUPERSEDED), -1)
        again = trials[last]
        self.engine.edit_event(again, again.label, SUPERSEDED)
        self.engine.mark(again.label, tr("attempt {n}").format(n=last - before + 1), kind=TRIAL)
        self.engine.log(tr("Trial {n} begins again.").format(n=number))


def _nothing(**_: str) -> None:
    """Stand in until a window says where fields are."""
