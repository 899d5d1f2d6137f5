"""What a person changed, so that it can be taken back and done again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

MOST = 200
TOGETHER_S = 1.0


@dataclass(frozen=True)
class Edit:
    """One change and its opposite.

    Parameters
    ----------
    text
        What was done, as a person would say it, in their language: ``Rename E07 to Biceps``.
    do
        Makes the change; may be called again after `undo`.
    undo
        Brings back what was before.
    key
        Edits with the same key that follow each other closely are one step to take back, such as the many colours
        passed on the way through a colour wheel. Empty for a step of its own.
    within_s
        How closely they follow each other, s.
    """

    text: str
    do: Callable[[], object]
    undo: Callable[[], object]
    key: str = ""
    within_s: float = TOGETHER_S

    @classmethod
    def setting(cls, owner: object, name: str, value: Any, text: str, key: str = "") -> Edit:
        """Return the edit that sets an attribute, such as a look's ``filter``; what it is now comes back by `undo`."""
        before = getattr(owner, name)
        return cls(text, lambda: setattr(owner, name, value), lambda: setattr(owner, name, before), key)


class Undo:
    """The edits of a window in the order they were made. Main thread only.

    Give one stack to everything that should be taken back by the same key.

    Parameters
    ----------
    most
        How many edits are kept; the oldest are forgotten first.
    clock
        Tells which edits follow each other closely, s; a test passes its own.
    """

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._last = 0.0
        self.version = 0
        """Another number after every step."""

    def do(self, edit: Edit) -> Edit:
        """Make a change and keep it; what had been taken back can no longer be done again."""
        edit.do()
        now = self._clock()
        last = self._done[-1] if self._done else None
        together = bool(edit.key) and now - self._last <= edit.within_s and not self._undone
        if together and last is not None and last.key == edit.key:
            self._done[-1] = edit = replace(edit, undo=last.undo)
        else:
            self._done.append(edit)
            del self._done[: -self._most]
        self._undone.clear()
        self._last = now
        self.version += 1
        return edit

    def undo(self) -> str:
        """Take the last change back; return its text, empty when there is none."""
        if not self._done:
            return ""
        edit = self._done.pop()
        edit.undo()
        self._undone.append(edit)
        self.version += 1
        return edit.text

    def redo(self) -> str:
        """Make the change again that was taken back last; return its text, empty when there is none."""
        if not self._undone:
            return ""
        edit = self._undone.pop()
        edit.do()
        # A key of its own from now on: what comes next is another step.
        self._done.append(replace(edit, key=""))
        self.version += 1
        return edit.text

    @property
    def next_undo(self) -> str:
        """Text of the change that `undo` would take back; empty when there is none."""
        return self._done[-1].text if self._done else ""

    @property
    def next_redo(self) -> str:
        """Text of the change that `redo` would make again; empty when there is none."""
        return self._undone[-1].text if self._undone else ""

    def clear(self) -> None:
        """Forget all edits; what they changed stays."""
        self._done.clear()
        self._undone.clear()
        self.version += 1
