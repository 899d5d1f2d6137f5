"""The list of sessions: a picture, a name, a line of facts; one or more of them chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import calling, tooltip
from ..widgets.theme import Theme
from .browser_summary import SessionEntry
from .browser_words import line

PAGE = 30
THUMBNAIL_PX = 112
THUMBNAIL_SHARE = 0.2
CHOSEN = "● "


def draw_outline(outline: Sequence[Sequence[float]], width: int, height: int, theme: Theme, parent: Tag = 0) -> None:
    """Draw a session's picture, lowest to highest value of each column, into a list of drawings `width` px wide."""
    middle, reach, step = height / 2, height * 0.45, width / max(1, len(outline))
    points: list[tuple[float, float]] = []
    for i, (low, high) in enumerate(outline):
        x = (i + 0.5) * step
        ends = ((x, middle - reach * high - 0.5), (x, middle - reach * low + 0.5))
        points += ends if i % 2 else ends[::-1]
    # One line up and down through all columns: a page of pictures is drawn anew each frame.
    dpg.draw_polyline(points, color=theme.channel(0), thickness=max(1.0, step - 0.4), parent=parent)


class BrowserRows:
    """A page of the list at a time. A click chooses; with Ctrl one more, with Shift all between. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces, measures.
    on_choose
        Called when others are chosen.
    on_open
        Called with the one that was clicked twice.
    """

    def __init__(
        self, theme: Theme, on_choose: Callable[[], object], on_open: Callable[[SessionEntry], object]
    ) -> None:
        self._theme, self._on_choose, self._on_open = theme, on_choose, on_open
        self._entries: Sequence[SessionEntry] = ()
        self._nothing = ""
        self.chosen: list[Path] = []
        self.page = 0
        self.buttons: dict[Path, Tag] = {}
        self._box: Tag = 0
        self._drawn: tuple[object, ...] | None = None
        self._clicked: Path | None = None
        self._room = 0.0

    def build(self, parent: Tag) -> None:
        """Make the list inside `parent`."""
        self._parent = parent
        self._box = dpg.add_group(parent=parent)
        dpg.bind_item_theme(self._box, self._theme.rows())
        with dpg.group(parent=parent, horizontal=True) as self._turns:
            self._back = Switch(self._theme, "‹", tr("The page before"), lambda: self._turn(-1))
            self._on = Switch(self._theme, "›", tr("The next page"), lambda: self._turn(+1))
            self._back.build(self._turns, self._theme.row_height)
            self._on.build(self._turns, self._theme.row_height)
            self._where = Words(self._theme, "small", "muted")
            self._where.build(self._turns)
        self._drawn = None

    def show(self, entries: Sequence[SessionEntry], nothing: str) -> None:
        """Show other sessions, or why there are none; what was chosen stays so where it is still there."""
        self._entries, self._nothing = entries, nothing
        there = {entry.path for entry in entries}
        self.chosen = [path for path in self.chosen if path in there]
        self._drawn = None

    def first_page(self) -> None:
        """Go to the beginning."""
        self.page = 0

    def _turn(self, step: int) -> None:
        self.page += step
        dpg.set_y_scroll(self._parent, 0)
        self._drawn = None

    def chosen_entries(self) -> list[SessionEntry]:
        """Return the chosen ones, in the order of the list."""
        chosen = set(self.chosen)
        return [entry for entry in self._entries if entry.path in chosen]

    def choose_none(self) -> None:
        """Let go of what is chosen."""
        self.chosen = []
        self._mark()
        self._on_choose()

    def draw(self) -> None:
        """Bring the page up to date. Once a frame."""
        n_pages = max(1, -(-len(self._entries) // PAGE))
        self.page = min(max(self.page, 0), n_pages - 1)
        drawn = (self.page, tuple(id(entry) for entry in self._on_page()), self._nothing)
        if drawn != self._drawn:
            self._drawn = drawn
            self._fill()
            first, n = self.page * PAGE, len(self._entries)
            dpg.configure_item(self._turns, show=n_pages > 1)
            words = tr("{first} to {last} of {n}")
            self._where.say(words.format(first=first + 1, last=min(n, first + PAGE), n=n))
            self._back.show(why_off="" if self.page else tr("This is the first page."))
            self._on.show(why_off="" if self.page + 1 < n_pages else tr("This is the last page."))
        for path, button in self.buttons.items():
            if dpg.is_item_hovered(button) and dpg.is_mouse_button_double_clicked(dpg.mvMouseButton_Left):
                entry = next(one for one in self._entries if one.path == path)
                if not entry.error:
                    self._on_open(entry)
                    return

    def _on_page(self) -> Sequence[SessionEntry]:
        return self._entries[self.page * PAGE : (self.page + 1) * PAGE]

    def _fill(self) -> None:
        theme = self._theme
        dpg.delete_item(self._box, children_only=True)
        self.buttons = {}
        if not self._entries:
            words = dpg.add_text(clean(self._nothing), parent=self._box, wrap=0)
            dpg.bind_item_theme(words, theme.text("muted"))
        height = 2 * theme.fonts.height("words") + 2 * theme.padding
        room = dpg.get_item_rect_size(self._parent)[0] or theme.px(600)
        wide = int(min(theme.px(THUMBNAIL_PX), room * THUMBNAIL_SHARE))
        self._room = room - wide - theme.px(50)
        for entry in self._on_page():
            with dpg.group(parent=self._box, horizontal=True, horizontal_spacing=theme.px(6)):
                self._picture(entry, wide, height)
                button = dpg.add_button(label="", width=-1, height=height, callback=calling(self._click, entry.path))
                tip = " · ".join(part for part in (entry.notes, *entry.problems, str(entry.path)) if part)
                tooltip(button, label(tip, 600), theme)
                self.buttons[entry.path] = button
        self._mark()

    def _picture(self, entry: SessionEntry, width: int, height: int) -> None:
        theme, outline = self._theme, entry.outline
        with dpg.drawlist(width, height):
            dpg.draw_rectangle((0, 0), (width, height), fill=theme.colour("plot"), color=(0, 0, 0, 0), rounding=4)
            if outline is None:
                return
            draw_outline(outline.tolist(), width, height, theme)

    def _mark(self) -> None:
        """Show which ones are chosen: by a dot and by colour."""
        by_path = {entry.path: entry for entry in self._on_page()}
        for path, button in self.buttons.items():
            entry, on = by_path[path], path in self.chosen
            name = label(f"{CHOSEN if on else ''}{entry.title}", 120)
            dpg.configure_item(button, label=f"{self._fitting(name)}\n{self._fitting(label(line(entry), 300))}")
            dpg.bind_item_theme(button, self._theme.choice("on" if on else "quiet"))

    def _fitting(self, text: str) -> str:
        """Return a line, cut where the row ends; the right side of the window says it all."""
        width = self._theme.fonts.width
        if width(text, "words") <= self._room:
            return text
        short, long = 0, len(text)
        while short < long - 1:
            middle = (short + long) // 2
            short, long = (middle, long) if width(text[:middle] + "…", "words") <= self._room else (short, middle)
        return text[:short].rstrip(" ·") + "…"

    def _click(self, path: Path) -> None:
        if any(dpg.is_key_down(key) for key in (dpg.mvKey_LControl, dpg.mvKey_RControl)):
            self.chosen = [one for one in self.chosen if one != path] if path in self.chosen else [*self.chosen, path]
        elif any(dpg.is_key_down(key) for key in (dpg.mvKey_LShift, dpg.mvKey_RShift)) and self._clicked:
            order = [entry.path for entry in self._entries]
            ends = sorted(order.index(one) for one in (self._clicked, path) if one in order)
            self.chosen = order[ends[0] : ends[-1] + 1]
        else:
            self.chosen = [path]
        self._clicked = path
        self._mark()
        self._on_choose()
