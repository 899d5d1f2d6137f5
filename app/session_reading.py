"""Reading a session's envelope away from the screen: the newest question counts, older ones are left."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ..recordings.errors import SessionError
from ..recordings.session import Session
from .session_columns import Band, Lanes, StreamLine, reach_of
from .session_marks import SessionMarks, marks_of
from .worker import Worker


@dataclass(frozen=True)
class Question:
    """What is to be drawn.

    Parameters
    ----------
    start, stop
        Times of the session, s.
    n_columns
        How many pixels wide.
    lanes
        Of which streams and channels.
    """

    start: float
    stop: float
    n_columns: int
    lanes: Lanes


@dataclass(frozen=True)
class Answer:
    """What was found.

    Parameters
    ----------
    question
        What was asked.
    bands
        One for each stream that has been read.
    waiting
        Names of streams that have no overview yet.
    problem
        What could not be read; empty when all could.
    """

    question: Question
    bands: tuple[Band, ...]
    waiting: tuple[str, ...] = ()
    problem: str = ""


class SessionReader:
    """Answers questions about one session on a thread that is there only while there are any.

    `ask`, `answer`, `whole` and `close` are for the main thread.

    Parameters
    ----------
    session
        Open for as long as this is.
    zero
        Its first moment, s, LSL clock.
    duration
        How long it is, s.
    """

    def __init__(self, session: Session, zero: float, duration: float) -> None:
        self.session = session
        self.duration = duration
        self._zero = zero
        self._lines: dict[str, StreamLine] = {}
        # Held while one reference is put in the place of another.
        self._lock = threading.Lock()
        self._wanted: Question | None = None
        self._reading: Question | None = None
        self._worker: Worker | None = None
        self._closed = False
        self.answer: Answer | None = None
        """The newest one; of an older question where the newest has none yet."""
        self.whole: Answer | None = None
        """The last one that was of the whole session: something to show wherever one zooms to."""
        self.marks: SessionMarks | None = None
        """Events, trials and gaps, once they have been read."""

    def ask(self, question: Question) -> None:
        """Ask; what was asked before need not be answered any more. Returns at once."""
        with self._lock:
            self._wanted = question
            if self._worker is None and not self._closed:
                self._worker = Worker("session-strip", self._step, on_error=self._failed).start()

    @property
    def busy(self) -> bool:
        """Whether an answer is to come."""
        return self._worker is not None

    def _step(self) -> float:
        with self._lock:
            question, self._wanted = self._wanted, None
            if question is None or self._closed:
                if self._worker is not None:
                    self._worker.stop()
                self._worker = None
                return 0.0
        self._reading = question
        if self.marks is None:
            self.marks = marks_of(self.session, self._zero, self.duration)
        known = self.whole
        if known is None or known.question.lanes != question.lanes or known.waiting:
            everything = Question(0.0, self.duration, question.n_columns, question.lanes)
            self.whole = self._answer(everything) or known
        whole = self.whole
        if whole is not None and whole.question == question and not whole.problem:
            self._put(whole)
        else:
            self._put(self._answer(question))
        return 0.0

    def _failed(self, _name: str, error: Exception) -> None:
        if self._reading is not None:
            known = self.answer.bands if self.answer is not None else ()
            self.answer = Answer(self._reading, known, problem=str(error) or type(error).__name__)

    def _put(self, answer: Answer | None) -> None:
        if answer is not None:
            self.answer = answer

    def _answer(self, question: Question) -> Answer | None:
        lanes, bands, waiting = question.lanes, [], []
        try:
            for name, stream in self.session.streams.items():
                if lanes.stream and name != lanes.stream:
                    continue
                if self._is_stale():
                    return None
                if name not in self._lines:
                    self._lines[name] = StreamLine(stream, self._zero)
                span = (question.start, question.stop, question.n_columns)
                columns = self._lines[name].columns(*span, lanes.channel)
                if columns is None:
                    waiting.append(name)
                else:
                    bands.append(Band(name, columns, reach_of(columns)))
        except SessionError as error:
            return Answer(question, tuple(bands), tuple(waiting), problem=str(error))
        return Answer(question, tuple(bands), tuple(waiting))

    def _is_stale(self) -> bool:
        """Whether nobody waits for this answer any more: the main thread may have asked for another meanwhile."""
        return self._closed or self._wanted is not None

    def close(self, timeout_s: float = 3.0) -> bool:
        """Stop reading; return whether the thread ended in time."""
        with self._lock:
            self._closed, self._wanted, worker = True, None, self._worker
        if worker is None:
            return True
        worker.stop()
        return worker.join(timeout_s)
