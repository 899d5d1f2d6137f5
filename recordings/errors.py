"""What goes wrong with recordings, in sentences that say what to do."""

from __future__ import annotations

MOST_LETTERS = 1000


class SessionError(Exception):
    """A session cannot be opened, read or believed. The message says what to do about it.

    Parameters
    ----------
    sentence
        What to tell. It may quote names from a file that nobody has checked, so whatever would break the line, or
        command a terminal, becomes a space, and of a very long one the middle is left out.
    """

    def __init__(self, sentence: object = "") -> None:
        text = str(sentence)
        if len(text) > MOST_LETTERS:
            text = f"{text[: MOST_LETTERS // 2]} … {text[-MOST_LETTERS // 3 :]}"
        super().__init__(text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text))


class RecordingError(SessionError):
    """A session cannot be written. The message says what to do about it."""
