"""What is on screen, to be kept: pictures of the window and of any view, and the values that a view shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..sources.language import tr
from ..widgets.door import Tag, clean
from ..widgets.view import Table, View
from .on_screen import rect_of
from .png import write_png
from .rooms import Rect

SETTLE_FRAMES = 4
"""Drawn before a picture is taken, so that the menu or the list it was asked for from is gone."""
MAX_TEXT = 10_000_000


@dataclass(frozen=True)
class ShownView:
    """A view on screen.

    Parameters
    ----------
    title
        What a person calls it.
    box
        The item that it fills.
    values
        Returns the values it shows; None where there are none at the moment. None for a view that never has any.
    """

    title: str
    box: Tag
    values: Callable[[], Table | None] | None = None


class Snapshots:
    """Takes pictures, copies values. Main thread only; files are written in the background.

    Parameters
    ----------
    folder
        Returns where files go.
    submit
        Runs something in the background: a word on what, and a call.
    say
        Told what was done, with a level: ``good`` or ``warn``.
    now
        The wall clock, for the files' names.
    """

    def __init__(
        self,
        folder: Callable[[], Path],
        submit: Callable[[str, Callable[[], object]], object],
        say: Callable[[str, Literal["good", "warn"]], object],
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self._folder = folder
        self._submit = submit
        self._say = say
        self._now = now
        self.views: Callable[[], list[ShownView]] = list
        """Returns the views on screen; a window says so."""
        self._waiting: list[tuple[int, str, Tag]] = []
        self._given: set[Path] = set()

    # Which

    @property
    def pointed(self) -> ShownView | None:
        """The view under the pointer, or the first one; None where there is none."""
        views = self.views()
        x, y = dpg.get_mouse_pos(local=False) if views else (0.0, 0.0)
        # The one drawn last lies above the others.
        for view in reversed(views):
            rect = rect_of(view.box)
            if rect.holds(x, y):
                return view
        return views[0] if views else None

    def why_no_view(self) -> str:
        """Return why there is no view to keep."""
        return "" if self.views() else tr("No view is on screen. Add one first.")

    def why_no_values(self, view: ShownView | None = None) -> str:
        """Return why there are no values to copy: of a view, or of the one under the pointer."""
        view = view or self.pointed
        if view is None:
            return self.why_no_view()
        # The base class of views has none; a view that has some says so by a method of its own.
        has = view.values is not None and getattr(view.values, "__func__", None) is not View.values
        return "" if has else tr("{view} shows no values.").format(view=view.title)

    def _table(self, view: ShownView) -> Table | None:
        table = None if view.values is None else view.values()
        if table is None:
            self._say(tr("{view} shows no values at the moment.").format(view=view.title), "warn")
        return table

    # Pictures

    def take_window(self) -> None:
        """Keep a picture of the whole window."""
        self._waiting.append((SETTLE_FRAMES, tr("window"), 0))

    def take(self, view: ShownView) -> None:
        """Keep a picture of a view."""
        self._waiting.append((SETTLE_FRAMES, view.title, view.box))

    def take_pointed(self) -> None:
        """Keep a picture of the view under the pointer, or of the first."""
        view = self.pointed
        if view is not None:
            self.take(view)

    def draw(self) -> None:
        """Take the pictures that are due. Once a frame, before it is drawn."""
        waiting, self._waiting = self._waiting, []
        for frames, title, box in waiting:
            if frames > 0:
                self._waiting.append((frames - 1, title, box))
            elif box and not dpg.does_item_exist(box):
                self._say(tr("{view} is no longer on screen: no picture.").format(view=title), "warn")
            else:
                whole = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height())
                rect = rect_of(box) if box else Rect(0, 0, *whole)
                path = self._path(title, "png")
                dpg.output_frame_buffer(callback=partial(self._taken, path, rect, whole))

    def _taken(self, path: Path, rect: Rect, whole: tuple[int, int], _sender: Any, frame: Any) -> None:
        width, height = int(frame.get_width()), int(frame.get_height())
        # A view of dearpygui's own memory, which lives as long as the array does.
        picture = np.frombuffer(frame, np.float32).reshape(height, width, 4)

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_png(path, cropped(picture, rect, whole))
            self._say(tr("The picture is {path}.").format(path=path), "good")

        self._submit(tr("saving a picture"), write)

    # Values

    def copy_pointed(self) -> None:
        """Put the values of the view under the pointer on the clipboard."""
        view = self.pointed
        if view is not None:
            self.copy(view)

    def copy(self, view: ShownView) -> None:
        """Put a view's values on the clipboard, as CSV."""
        table = self._table(view)
        if table is not None:
            dpg.set_clipboard_text(clean(csv_of(table).replace("\r\n", "\n"), MAX_TEXT))
            words = tr("{n} rows of {view} are on the clipboard, as CSV.")
            self._say(words.format(n=len(table.rows), view=view.title), "good")

    def save(self, view: ShownView) -> None:
        """Write a view's values to a CSV file."""
        table = self._table(view)
        if table is None:
            return
        path, text = self._path(view.title, "csv"), csv_of(table)

        def write() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            self._say(tr("The values are in {path}.").format(path=path), "good")

        self._submit(tr("saving values"), write)

    def _path(self, title: str, suffix: str) -> Path:
        name = re.sub(r"[^\w-]+", "-", title.lower()).strip("-")[:60] or tr("view")
        stem = f"{self._now():%Y-%m-%dT%H%M%S}_{name}"
        folder = self._folder()
        paths = (folder / f"{stem}{more}.{suffix}" for more in ("", *(f"-{i}" for i in range(2, 1000))))
        # A file that is still being written is not there yet.
        path = next(
            (path for path in paths if not path.exists() and path not in self._given), folder / f"{stem}.{suffix}"
        )
        self._given.add(path)
        return path


def cropped(frame: NDArray[np.float32], rect: Rect, whole: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a part of the window's picture.

    Parameters
    ----------
    frame
        Shape (height, width, 4), float32, 0 to 1: what is on screen.
    rect
        The part, px of the window.
    whole
        The window's width and height, px: the picture has more of them on some screens of high density.

    Returns
    -------
    pixels
        Shape (height, width, 3), uint8; at least one pixel.
    """
    height, width = frame.shape[:2]
    across, down = width / max(1, whole[0]), height / max(1, whole[1])
    left = min(max(0, round(rect.x * across)), width - 1)
    top = min(max(0, round(rect.y * down)), height - 1)
    right = min(max(left + 1, round((rect.x + rect.width) * across)), width)
    bottom = min(max(top + 1, round((rect.y + rect.height) * down)), height)
    part = np.clip(frame[top:bottom, left:right, :3], 0.0, 1.0)
    pixels: NDArray[np.uint8] = (part * 255.0 + 0.5).astype(np.uint8)
    return pixels


def csv_of(table: Table) -> str:
    """Return a table as CSV (RFC 4180); no cell of text can be run as a formula by a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (table.header, *table.rows):
        writer.writerow(_cells(row))
    return text.getvalue()


def _cells(row: Iterable[object]) -> list[object]:
    from ..recordings.csv_cells import safe

    return [safe(cell) if isinstance(cell, str) else cell for cell in row]
