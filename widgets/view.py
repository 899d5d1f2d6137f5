"""What all views of a stream have in common: a box, a heading row, an empty state, and a pace."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..sources.stream import Stream
from .door import Tag, label
from .flow import Flow
from .look import Look
from .panel import Words
from .popup import centred
from .theme import Theme

REFRESH_S = 0.25


class Table(NamedTuple):
    """The values a view shows, to be copied or saved.

    Parameters
    ----------
    header
        Names of the columns, units in brackets.
    rows
        One tuple a row, as many cells as the header has.
    """

    header: tuple[str, ...]
    rows: list[tuple[object, ...]]


class View:
    """Base of every view of a stream. A subclass fills the heading row and the body, and draws each frame.

    Parameters
    ----------
    subject
        The stream, or a look that several views share.
    theme
        Colours, faces and measures; may be given later, before `build`.
    settings
        What `settings` returned some other day.
    clock
        For pace and easing, s; a test passes its own.
    """

    kind: ClassVar[str] = ""
    """Name of this kind of view in layouts and settings."""
    title: ClassVar[str] = ""
    """What menus and headings call it; marked with `later`, translated when shown."""

    def __init__(
        self,
        subject: Stream | Look,
        theme: Theme | None = None,
        settings: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.look = Look.of(subject)
        self.theme = theme
        self.clock = clock
        self.box: Tag = 0
        self.head: Tag = 0
        """The group with the view's name; whoever places the view may let it be dragged by that."""
        self.with_controls = True
        """Whether the heading row holds controls, not only the name; said before `build`."""
        self.spare = 0.0
        """Room kept free at the right end of the heading row, px at 100 %, for a button of whoever places the view."""
        self._refreshed = -math.inf
        self.update_ms = 0.0
        """What bringing the view up to date takes, ms, smoothed; without drawing."""
        self._n_frames = 0
        self._seen: tuple[int, int, int] | None = None
        self.prepare()
        self.apply(settings or {})

    @property
    def stream(self) -> Stream:
        """The stream that is looked at."""
        return self.look.stream

    # For the subclass

    def prepare(self) -> None:
        """Make what `apply` puts settings into. Called once, by the constructor."""

    def build_heading(self, head: Tag) -> None:
        """Put the view's name and the stream's into the group `head`, the first of the heading row."""
        fonts, theme = self._theme.fonts, self._theme
        name = dpg.add_text(label(tr(self.title)), parent=centred(head, fonts.height("strong"), theme))
        fonts.bind(name, "strong")
        self._facts = Words(theme, "small", "muted")
        self._facts.build(centred(head, fonts.height("small"), theme))

    def refresh_heading(self) -> None:
        """Bring the heading row up to date. Four times a second, also while there is nothing to show."""
        self._facts.say(self.stream.name)

    def build_controls(self, flow: Flow) -> None:
        """Put controls into the heading row, each cluster in a ``flow.group()``."""

    def build_body(self, parent: Tag) -> None:
        """Make what is below the heading row; the group `parent` is hidden while there is nothing to show."""

    def begin(self) -> None:
        """Start anew: the stream's description, the filter, the channels or the colours are others than before."""

    def draw_body(self, now: float) -> None:
        """Bring the picture up to date. Each frame while there is something to show; `now` is of `clock`."""

    def refresh(self, now: float) -> None:
        """Bring figures and words up to date. Four times a second while there is something to show."""

    def why_empty(self) -> tuple[str, str]:
        """Return a headline and a sentence why nothing can be drawn; two empty ones when it can."""
        return "", ""

    def hint(self) -> str:
        """Return what a person may try while there is nothing to show."""
        return ""

    def settings(self) -> dict[str, Any]:
        """Return what should survive a restart, ready for JSON."""
        return {}

    def apply(self, settings: Mapping[str, Any]) -> None:
        """Take settings over. What is not understood is left as it is."""

    def values(self) -> Table | None:
        """Return the values that are shown, for copying; None where there are none."""
        return None

    def size(self) -> tuple[int, int]:
        """Return width and height of the room for the body, px; 0 before the first frame."""
        if not self.box:
            return 0, 0
        width, height = dpg.get_item_rect_size(self.box)
        # A child window tells no place on the screen; the body's place is within it.
        top = dpg.get_item_pos(self.body)[1]
        edge = self._theme.px(8)
        return max(0, int(width) - 2 * edge), max(0, int(height - top) - edge) if top > 0 else 0

    # Life

    def build(self, parent: Tag) -> None:
        """Make the items inside `parent`; they fill it."""
        if self.theme is None:
            self.theme = Theme()
        self._theme = theme = self.theme
        self._refreshed, self._seen = -math.inf, None
        self.box, self.body, self._empty = (dpg.generate_uuid() for _ in range(3))
        self._flow = Flow(theme)
        self._n_frames = 0
        self.headline, self.reason = Words(theme, "title", wrap=0), Words(theme, wrap=0)
        self._hint = Words(theme, "words", "muted", wrap=0)
        dpg.add_child_window(
            tag=self.box, parent=parent, width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True,
            always_use_window_padding=True,
        )  # fmt: skip
        dpg.bind_item_theme(self.box, theme.ground("panel"))
        self._flow.build(self.box)
        self._flow.spare = self.spare
        self.head = self._flow.group()
        self.build_heading(self.head)
        self.build_controls(self._flow)
        if not self.with_controls:
            self._flow.hide_all_but(self.head)
        dpg.add_group(tag=self.body, parent=self.box, show=False)
        self.build_body(self.body)
        with dpg.group(tag=self._empty, parent=self.box):
            dpg.add_spacer(height=theme.px(16))
            for words in (self.headline, self.reason, self._hint):
                words.build(self._empty)

    def draw(self) -> None:
        """Bring the view up to date with the stream."""
        if not self.box:
            return
        begun = time.perf_counter()
        now = self.clock()
        look = self.look
        look.update()
        headline, reason = self._why()
        dpg.configure_item(self.body, show=not headline)
        dpg.configure_item(self._empty, show=bool(headline))
        if not headline:
            seen = (look.version, look.channels.version, self._theme.version)
            if seen != self._seen:
                self._seen, self._refreshed = seen, -math.inf
                self.begin()
            self.draw_body(now)
        if now - self._refreshed >= REFRESH_S:
            self._refreshed = now
            self.refresh_heading()
            if headline:
                for words, text in ((self.headline, headline), (self.reason, reason), (self._hint, self.hint())):
                    words.say(text)
            else:
                self.refresh(now)
            self._flow.fit()
        # The first frames build things; they say nothing about the frames to come.
        self._n_frames += 1
        took, share = 1000 * (time.perf_counter() - begun), 0.05 if self._n_frames > 20 else 0.5
        self.update_ms += (took - self.update_ms) * share

    def _why(self) -> tuple[str, str]:
        if not self.look.ready:
            if self.stream.connected_once:
                return tr("Text markers"), tr("They are drawn as events on the other streams.")
            waiting = tr("Waiting for {device}").format(device=self.stream.source_name)
            return waiting, self.stream.health.message or tr("Nothing has come yet.")
        return self.why_empty()

    def delete(self) -> None:
        """Remove the items. Safe to call twice, and before `build`."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0
