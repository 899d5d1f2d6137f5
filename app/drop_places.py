"""Where a pane that is being dragged may be dropped: on each leaf, and above or below each panel of a stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .dragging import Place
from .frames import Frame
from .on_screen import rect_of
from .placed import Placed
from .rooms import Rect


def places(frames: Iterable[Frame], area: Rect, title: Callable[[Placed], str]) -> list[Place]:
    """Return the places in all frames, as far as they are seen in `area`, px from the window's corner."""
    found = []
    for frame in frames:
        rect = _within(rect_of(frame.box), area)
        if not frame.stacked:
            found.append(Place(frame.front.pane.id, title(frame.front), rect))
            continue
        for placed in frame.panes:
            own = _within(rect_of(placed.box), rect)
            found.append(Place(placed.pane.id, title(placed), own, panel=True))
        # Below the last panel there may be room, too.
        last = frame.panes[-1]
        bottom = rect_of(last.box)
        top = bottom.y + bottom.height
        rest = Rect(rect.x, top, rect.width, max(0, rect.y + rect.height - top))
        found.append(Place(last.pane.id, title(last), rest, panel=True))
    return found


def _within(rect: Rect, area: Rect) -> Rect:
    x, y = max(rect.x, area.x), max(rect.y, area.y)
    right = min(rect.x + rect.width, area.x + area.width)
    bottom = min(rect.y + rect.height, area.y + area.height)
    return Rect(x, y, max(0, right - x), max(0, bottom - y))
