"""A take without a window: wait until data come, check them against a protocol, then record."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .app import App
from .errors import AppError
from .flat_channels import flat_channels
from .folder_watch import room_for
from .preflight import Override, Preflight, note_preflight, preflight

if TYPE_CHECKING:
    from ..recordings.protocol import RecordingProtocol

SETTLE_S = 3.0
"""How long to wait at most for the first data and a rate that can be told, s."""


class NotInOrder(AppError):
    """Something is red, and nobody has overridden it.

    Parameters
    ----------
    found
        What preflight found.
    """

    def __init__(self, found: Preflight) -> None:
        self.sentences = [f"✕ {item.about}: {item.sentence}" for item in found.of("red")]
        super().__init__("\n".join(self.sentences))


@dataclass(frozen=True)
class HeadlessTake:
    """What to record, and what to check before. `begin` is for `App.run`.

    Parameters
    ----------
    app
        Runs the streams.
    out
        A folder for new sessions; one ending in ``.myo`` becomes the session.
    protocol
        What is expected; None checks nothing.
    override
        Reason to record although something is red; None where nobody gave one.
    before_s
        Seconds from before to put in front; None for what the protocol says.
    name, subject, notes, task, operator
        Metadata.
    """

    app: App
    out: Path
    protocol: RecordingProtocol | None = None
    override: str | None = None
    before_s: float | None = None
    name: str = ""
    subject: str = ""
    notes: str = ""
    task: str = ""
    operator: str = ""

    def keep_before(self) -> float:
        """Begin to keep the seconds from before; return how many."""
        said = self.protocol.pretrigger_s if self.protocol is not None else 0.0
        seconds = said if self.before_s is None else self.before_s
        self.app.engine.keep_before(seconds)
        return seconds

    def begin(self) -> None:
        """Wait for data, check, and begin to record.

        Raises
        ------
        NotInOrder
            When something is red and there is no override; nothing is recorded then.
        SessionError
            When the folder cannot be written.
        """
        engine = self.app.engine
        self._settle(SETTLE_S + self.keep_before())
        if self.protocol is None:
            engine.record(self.out, self.name, self.subject, self.notes, task=self.task, operator=self.operator)
            return
        flat = flat_channels(list(engine.streams.values()))
        found = preflight(engine.snapshot(), self.protocol, room_for(self.out), flat)
        override = None
        if found.of("red"):
            if self.override is None:
                raise NotInOrder(found)
            override = Override(datetime.now(UTC).isoformat(timespec="seconds"), self.operator, self.override)
        self._record(self.protocol, found, override)

    def _record(self, protocol: RecordingProtocol, found: Preflight, override: Override | None) -> None:
        from ..recordings.layout import SUFFIX, session_name, unused
        from ..recordings.numbering import Attempt, Counted, next_attempt, takes_in, title

        engine, path = self.app.engine, self.out
        counted, attempt = Counted(self.name, self.subject, self.task or protocol.task), Attempt(0)
        if path.suffix != SUFFIX:
            attempt = next_attempt(takes_in(path), counted)
            today = f"{datetime.now(UTC).astimezone():%Y-%m-%d}"
            called = title(protocol.take_pattern, counted, attempt, today)
            path = unused(path, session_name(called, datetime.now(UTC)))
        engine.record(
            path, self.name, self.subject, self.notes, task=counted.task, operator=self.operator,
            protocol=protocol.name, take=attempt.take, facts={"preflight": found.to_json(override)},
        )  # fmt: skip
        note_preflight(engine, found, override)

    def _settle(self, longest_s: float) -> None:
        engine = self.app.engine
        until = engine.snapshot().t + longest_s
        while engine.snapshot().t < until and not self._is_settled() and not self.app.stopping.wait(0.05):
            pass

    def _is_settled(self) -> bool:
        state = self.app.engine.snapshot()
        known = all(math.isfinite(s.health.rate_hz) for s in state.streams if s.info is not None and s.info.fs)
        before = state.pretrigger
        return known and (before.full or before.kept_s >= 0.98 * before.seconds)
