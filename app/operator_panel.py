"""What an operator needs, large: record or stop, mark, how long, how much disk is left, whether all is well."""

from __future__ import annotations

import time

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets import Theme, state_view
from ..widgets.door import Tag, label
from ..widgets.figures import clock as clock_text
from ..widgets.figures import span
from ..widgets.marks import StateLine
from ..widgets.panel import Switch, Words
from ..widgets.popup import calling, centred, tooltip
from .workbench import Workbench

REFRESH_S = 0.25
RECORD_PX = 64
TARGET_PX = 44
MARK_SHARE = 0.34
SPACE_PX = 8


class OperatorPanel:
    """Large buttons and few words. Main thread only.

    Parameters
    ----------
    workbench
        Does what the buttons say.
    theme
        Colours, faces and measures.
    labels
        Event buttons besides Mark.
    """

    def __init__(self, workbench: Workbench, theme: Theme, labels: list[str]) -> None:
        self._bench = workbench
        self._theme = theme
        self._labels = labels
        tip = tr("Record every stream, or stop (R)")
        self.record = Switch(theme, tr("Record"), tip, workbench.record_or_stop, "record")
        self.mark = Switch(theme, tr("Mark"), tr("Note this moment (M)"), workbench.mark)
        self._time = Words(theme, "title")
        self._disk = Words(theme, "words", "muted")
        self._problem = Words(theme, "words", "bad", wrap=0)
        self._states: dict[str, StateLine] = {}
        self._buttons: list[Tag] = []
        self._rows: list[Tag] = []
        self._fitted = (0, 0)
        self._refreshed = 0.0
        self._first: Tag = 0
        self._second: Tag = 0
        self._mark: Tag = 0
        self.box: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`; it fills it."""
        theme = self._theme
        self.box = dpg.generate_uuid()
        dpg.add_child_window(tag=self.box, parent=parent, width=-1, height=-1, always_use_window_padding=True)
        dpg.bind_item_theme(self.box, theme.ground("panel"))
        spacing = theme.px(SPACE_PX)
        self._first = dpg.add_group(parent=self.box, horizontal=True, horizontal_spacing=spacing)
        self._second = dpg.add_group(parent=self.box, show=False)
        self.record.build(self._first, theme.px(RECORD_PX), theme.px(RECORD_PX))
        theme.fonts.bind(self.record.tag, "title")
        # In a group of its own, so that its tooltip moves with it.
        self._mark = dpg.add_group(parent=self._first)
        self.mark.build(self._mark, theme.px(RECORD_PX), theme.px(RECORD_PX))
        self._rows = [dpg.add_group(parent=self.box, horizontal=True, horizontal_spacing=spacing) for _ in self._labels]
        self._buttons = [self._event(text, row) for text, row in zip(self._labels, self._rows, strict=True)]
        self._fitted = (0, 0)
        for words in (self._time, self._disk, self._problem):
            words.build(self.box)
        self._streams: Tag = dpg.generate_uuid()
        dpg.add_group(tag=self._streams, parent=self.box)
        self._states = {}
        self._refreshed = 0.0

    def _event(self, text: str, row: Tag) -> Tag:
        theme = self._theme
        button: Tag = dpg.generate_uuid()
        # In a group of its own, so that its tooltip moves with it.
        with dpg.group(parent=row):
            dpg.add_button(
                tag=button, label=label(text, 24), height=theme.px(TARGET_PX), callback=calling(self._bench.mark, text)
            )
            tooltip(button, tr("Note «{label}» at this moment.").format(label=text), theme)
        return button

    def _fit(self) -> None:
        """Fill the width with the buttons; those of events are equally wide, as many side by side as can be read."""
        theme = self._theme
        space = theme.px(SPACE_PX)
        # The scroll bar's room is kept free: it comes and goes with what is recorded.
        room = int(dpg.get_item_rect_size(self.box)[0]) - 2 * space - theme.px(10)
        wanted = (room, len(self._buttons))
        if room <= 0 or wanted == self._fitted:
            return
        self._fitted = wanted
        mark = max(int(room * MARK_SHARE), self._needed(tr("Mark"), "words"))
        record = max(self._needed(text, "title") for text in (tr("Record"), tr("Stop")))
        beside = record + space + mark <= room
        dpg.configure_item(self.mark.tag, width=mark if beside else room)
        dpg.configure_item(self.record.tag, width=room - mark - space if beside else room)
        dpg.move_item(self._mark, parent=self._first if beside else self._second)
        dpg.configure_item(self._second, show=not beside)
        if self._buttons:
            widest = max(theme.px(TARGET_PX), *(self._needed(text, "words") for text in self._labels))
            n = min(len(self._buttons), max(1, (room + space) // (widest + space)))
            for i, button in enumerate(self._buttons):
                dpg.configure_item(button, width=(room - (n - 1) * space) // n)
                dpg.move_item(dpg.get_item_parent(button), parent=self._rows[i // n])
            for i, row in enumerate(self._rows):
                dpg.configure_item(row, show=i * n < len(self._buttons))

    def _needed(self, text: str, face: str) -> int:
        """Return how wide a button with this text is at least, px."""
        return int(self._theme.fonts.width(label(text, 24), face)) + 2 * self._theme.px(12)

    def draw(self) -> None:
        """Bring the words up to date, four times a second."""
        now = time.perf_counter()
        if now - self._refreshed < REFRESH_S:
            return
        self._refreshed = now
        bench, recording = self._bench, self._bench.state.recording
        self._fit()
        if recording is not None:
            self.record.show(text=tr("Stop"), look="record")
            self._time.say(tr("Recording {time}").format(time=clock_text(recording.seconds)))
            self._disk.say(tr("Disk left: {time}").format(time=span(recording.disk_seconds_left)))
        else:
            self.record.show(text=tr("Record"), look="plain", why_off=bench.why_not_record())
            self._time.say(tr("Not recording"))
            self._disk.say("")
        self.mark.show(why_off=bench.why_no_stream())
        self._problem.say(bench.engine.recording_error)
        self._problem.show(bool(bench.engine.recording_error))
        self._disk.show(recording is not None)
        self._say_streams()

    def _say_streams(self) -> None:
        streams = self._bench.state.streams
        if [s.name for s in streams] != list(self._states):
            dpg.delete_item(self._streams, children_only=True)
            self._states = {}
            for stream in streams:
                row = dpg.add_group(parent=self._streams, horizontal=True)
                name = Words(self._theme, "strong")
                name.build(centred(row, self._theme.fonts.height("strong"), self._theme))
                name.say(label(stream.name, 24))
                self._states[stream.name] = StateLine(self._theme, "words")
                self._states[stream.name].build(row, level=True)
        for stream in streams:
            self._states[stream.name].show(state_view(stream.health))

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0
