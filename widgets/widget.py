"""What every widget can do."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Widget(Protocol):
    """Something drawn: built once, drawn each frame, removed in the end. Main thread only."""

    def build(self, parent: int) -> None:
        """Make the items inside the dearpygui container `parent`."""
        ...

    def draw(self) -> None:
        """Bring the items up to date. Called once each frame."""
        ...

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        ...
