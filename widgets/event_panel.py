"""The latest events: go to one, give one another text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg

from ..sources.block import Event
from ..sources.language import tr
from .door import Tag, clean, label
from .figures import clock_tenths
from .panel import Panel, Switch, Words
from .popup import calling, tooltip
from .theme import Theme
from .time_axis import TimeAxis

WIDTH = 280
FOCUS_AFTER = 2


def centre(axis: TimeAxis, t: float) -> None:
    """Stand still with a moment, s, LSL clock, in the middle of the window, as far as there are samples."""
    if math.isfinite(t) and math.isfinite(axis.newest):
        axis.hold(min(t + axis.seconds / 2, axis.newest))
        # Within what is kept.
        axis.scroll(0.0)


def nothing() -> str:
    """Nothing stands against it."""
    return ""


class EventPanel:
    """The latest events, newest first. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    events
        Asked each frame; newest last.
    start
        The moment from which times are counted, s, LSL clock.
    axis
        The time that a press on an event goes to.
    on_edit
        Called with an event, its label and its text, when somebody changed them.
    why_not_edit
        Returns why texts cannot be changed now; empty when they can.
    n_shown
        How many are shown.
    """

    def __init__(
        self,
        theme: Theme,
        events: Callable[[], Sequence[Event]],
        start: Callable[[], float],
        axis: TimeAxis,
        on_edit: Callable[[Event, str, str], object],
        why_not_edit: Callable[[], str] = nothing,
        n_shown: int = 8,
    ) -> None:
        self._theme = theme
        self._events, self._start, self._axis = events, start, axis
        self._on_edit, self._why_not_edit = on_edit, why_not_edit
        self._n_shown = n_shown
        self.panel = Panel(theme, tr("Events"))
        self.field = EventField(theme, self._on_edit)
        self.rows: list[EventRow] = []
        self.shown: tuple[Event, ...] = ()
        self._drawn: tuple[object, ...] | None = None

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        body = self.panel.build(parent)
        self._drawn = None
        self._nothing = Words(self._theme, "small", "muted", wrap=0)
        self._nothing.build(body)
        self._nothing.say(tr("Nothing has happened yet. T, or Ctrl and a click on the traces, drops an event."))
        self.rows = [EventRow(self._theme, calling(self.go, i), calling(self.edit, i)) for i in range(self._n_shown)]
        for row in self.rows:
            row.build(body)

    def go(self, row: int) -> None:
        """Look at the moment of an event."""
        if row < len(self.shown):
            centre(self._axis, self.shown[row].t)

    def edit(self, row: int) -> None:
        """Open the field for an event's texts."""
        if row < len(self.shown):
            self.field.open(self.shown[row], self.rows[row].more.tag)

    def draw(self) -> None:
        """Bring the events up to date."""
        self.field.draw()
        shown = tuple(self._events()[-self._n_shown :][::-1])
        start, oldest, why_not = self._start(), self._axis.oldest, self._why_not_edit()
        # Which of them are still in the buffer; and times in the tenths in which they are written.
        gone = tuple(not event.t >= oldest for event in shown)
        drawn = (shown, round(start, 1), gone, why_not)
        if drawn == self._drawn:
            return
        self._drawn, self.shown = drawn, shown
        self._nothing.show(not shown)
        for i, row in enumerate(self.rows):
            row.show(i < len(shown))
            if i < len(shown):
                row.say(shown[i], clock_tenths(max(0.0, shown[i].t - start)), gone=gone[i], why_not_edit=why_not)

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        self.field.close()
        self.panel.delete()


class EventRow:
    """One event: a wide button that goes there, a small one that opens its texts. Main thread only."""

    def __init__(self, theme: Theme, on_go: Callable[[], object], on_edit: Callable[[], object]) -> None:
        self._theme = theme
        self.go = Switch(theme, "", tr("Look at this moment"), on_go, "quiet")
        self.more = Switch(theme, tr("Edit"), tr("Change its name, or add a text"), on_edit, "quiet")
        self.time = Words(theme, "small figures", "muted")
        self._row: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the row inside `parent`."""
        theme = self._theme
        self._row = dpg.generate_uuid()
        wide = round(theme.fonts.width(tr("Edit"), "words")) + theme.px(28)
        with dpg.group(tag=self._row, parent=parent, horizontal=True, show=False):
            self.time.build(self._row)
            self.go.build(self._row, -wide)
            self.more.build(self._row)
        dpg.bind_item_theme(self._row, theme.choice())

    def show(self, shown: bool) -> None:
        """Draw the row, or leave no room for it."""
        dpg.configure_item(self._row, show=shown)

    def say(self, event: Event, time: str, *, gone: bool, why_not_edit: str) -> None:
        """Write what it is about."""
        self.time.say(f"{time:>7}")
        name = event.label or event.kind
        self.go.show(
            text=f"{name} · {event.text}" if event.text else name,
            why_off=tr("«{name}»: its samples are no longer in the buffer.").format(name=name) if gone else "",
        )
        self.more.show(why_off=why_not_edit)


class EventField:
    """A small window with an event's name and text. Enter keeps both, Esc neither. Main thread only.

    The event's time was taken when it happened; nothing here changes it.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    on_done
        Called with the event, the name and the text, when they are others than before.
    """

    def __init__(self, theme: Theme, on_done: Callable[[Event, str, str], object]) -> None:
        self._theme = theme
        self._on_done = on_done
        self.event: Event | None = None
        self.window: Tag = 0
        self.name: Tag = 0
        self.text: Tag = 0
        self._n_frames = 0

    def open(self, event: Event, beside: Tag | None = None, *, unnamed: bool = False) -> None:
        """Open for an event, below an item or at the top; `unnamed` leaves the name to be typed."""
        self.close()
        theme = self._theme
        width, room = theme.px(WIDTH), dpg.get_viewport_client_width()
        place = [(room - width) // 2, theme.px(64)]
        if beside is not None:
            left, top = dpg.get_item_rect_min(beside)
            below = top + dpg.get_item_rect_size(beside)[1] + theme.px(4)
            place = [int(min(left, room - width - theme.px(24))), int(below)]
        self.event = event
        self.window, self.name, self.text = (dpg.generate_uuid() for _ in range(3))
        # No popup of dearpygui's: a second one does not open in the frame in which the first one goes.
        with (
            dpg.window(tag=self.window, no_title_bar=True, no_move=True, no_resize=True, autosize=True, pos=place),
            dpg.child_window(width=width, auto_resize_y=True, always_use_window_padding=True) as ground,
        ):
            heading = dpg.add_text(label(tr("Event, already noted") if unnamed else tr("Event")))
            theme.fonts.bind(heading, "small")
            dpg.bind_item_theme(heading, theme.text("muted"))
            dpg.add_input_text(
                tag=self.name, width=-1, hint=label(event.label if unnamed else tr("Name")), on_enter=True,
                default_value="" if unnamed else clean(event.label), callback=lambda: self.keep(),
            )  # fmt: skip
            dpg.add_input_text(
                tag=self.text, width=-1, hint=tr("Text"), default_value=clean(event.text), on_enter=True,
                callback=lambda: self.keep(),
            )  # fmt: skip
            dpg.bind_item_theme(self.window, theme.tight())
            dpg.bind_item_theme(ground, theme.list_lines())
            tooltip(self.name, tr("Enter keeps it, Esc leaves the event as it is"), theme)
            tooltip(self.text, tr("Anything longer"), theme)
        self._n_frames = 0

    @property
    def is_open(self) -> bool:
        """Whether the window is there."""
        return bool(self.window and dpg.does_item_exist(self.window) and dpg.is_item_shown(self.window))

    def keep(self) -> None:
        """Take what was typed over, and close."""
        event = self.event
        if event is None or not dpg.does_item_exist(self.name):
            return
        name, text = clean(dpg.get_value(self.name)).strip(), clean(dpg.get_value(self.text)).strip()
        self.close()
        if (name or event.label, text) != (event.label, event.text):
            self._on_done(event, name or event.label, text)

    def draw(self) -> None:
        """Close on Esc; a click elsewhere keeps what was typed."""
        if self.event is None:
            return
        self._n_frames += 1
        if self._n_frames == FOCUS_AFTER:
            # Before it has been drawn, the field cannot take the keyboard from the window that is going.
            dpg.focus_item(self.name)
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            self.close()
        elif self._n_frames > FOCUS_AFTER and self._clicked_elsewhere():
            self.keep()

    def _clicked_elsewhere(self) -> bool:
        if not any(dpg.is_mouse_button_clicked(button) for button in (0, 1)):
            return False
        (x, y), (left, top) = dpg.get_mouse_pos(local=False), dpg.get_item_pos(self.window)
        width, height = dpg.get_item_rect_size(self.window)
        return not (left <= x <= left + width and top <= y <= top + height)

    def close(self) -> None:
        """Put the window away, and leave the event as it is. Safe to call twice."""
        if self.window and dpg.does_item_exist(self.window):
            dpg.delete_item(self.window)
        self.window, self.event = 0, None


class EventDrop:
    """A key that notes an event at once, and asks for its name afterwards. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    mark
        Notes an event that happens now, and returns it.
    on_edit
        Called with the event, its name and its text, once somebody typed them.
    """

    def __init__(self, theme: Theme, mark: Callable[[], Event], on_edit: Callable[[Event, str, str], object]) -> None:
        self._mark = mark
        self.field = EventField(theme, on_edit)

    def press(self) -> None:
        """Note an event, then open the field for its name; one that is open keeps what was typed."""
        event = self._mark()
        self.field.keep()
        self.field.open(event, unnamed=True)

    def draw(self) -> None:
        """Follow the field. Each frame."""
        self.field.draw()

    def delete(self) -> None:
        """Put the field away. Safe to call twice."""
        self.field.close()
