"""The one row above the traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from .door import Tag, label
from .figures import si
from .flow import Flow
from .popup import PopupButton, centred, tooltip
from .theme import Theme

if TYPE_CHECKING:
    from .signal_viewer import SignalViewer


class ViewerControls:
    """Name and state of the stream; pause, length, scale, channels. Main thread only.

    Parameters
    ----------
    viewer
        Whose controls these are.
    theme
        Faces and measures.
    """

    def __init__(self, viewer: SignalViewer, theme: Theme) -> None:
        self._viewer = viewer
        self._theme = theme
        self._flow = Flow(theme)
        self.length = PopupButton("5 s", "Length of the window ([ and ])", self._fill_lengths, 160)
        self.lengths: dict[float, Tag] = {}
        self._looks: dict[Tag, tuple[str, str]] = {}

    def build(self, parent: Tag) -> None:
        """Make the row inside `parent`."""
        viewer, theme = self._viewer, self._theme
        self._looks = {}
        self._title, self._facts, self.pause_button, self.auto_button, self.smaller, self.larger, self.reach = (
            dpg.generate_uuid() for _ in range(7)
        )
        self.common_button, self.typed = dpg.generate_uuid(), dpg.generate_uuid()
        self._flow.build(parent)
        head = self._flow.group()
        fonts = theme.fonts
        dpg.add_text(label(viewer.stream.name), tag=self._title, parent=centred(head, fonts.height("title"), theme))
        dpg.add_text("", tag=self._facts, parent=centred(head, fonts.height("small"), theme))
        viewer.state_line.build(head, level=True)
        theme.fonts.bind(self._title, "title")
        theme.fonts.bind(self._facts, "small")
        dpg.bind_item_theme(self._facts, theme.text("muted"))

        time = self._flow.group()
        dpg.add_button(
            tag=self.pause_button, label="Pause", parent=time, width=theme.px(84), callback=lambda: viewer.pause()
        )
        tooltip(self.pause_button, "Make the picture stand still; samples keep coming (Space)", theme)
        self.length.build(time, theme)
        viewer.channels.build(time, theme)

        scale = self._flow.group()
        dpg.add_button(
            tag=self.auto_button,
            label="Auto scale",
            parent=scale,
            callback=lambda: viewer.set_auto(not viewer.scale.auto),
        )
        tooltip(self.auto_button, "Fit the signal into its lanes; short artefacts do not count (A)", theme)
        side = theme.px(34)
        dpg.add_button(tag=self.smaller, label="−", width=side, parent=scale, callback=lambda: viewer.gain(-1))
        dpg.add_button(tag=self.reach, width=theme.px(92), parent=scale, callback=lambda: viewer.set_auto(True))
        dpg.add_button(tag=self.larger, label="+", width=side, parent=scale, callback=lambda: viewer.gain(+1))
        tooltip(self.smaller, "Draw smaller (−)", theme)
        tooltip(self.larger, "Draw larger (+)", theme)
        tooltip(self.reach, "How much half a lane spans. Press to fit it again.", theme)
        theme.fonts.bind(self.reach, "small figures")
        dpg.bind_item_theme(self.reach, theme.button("quiet"))
        dpg.add_button(
            tag=self.common_button, parent=self._flow.group(), width=theme.px(116),
            callback=lambda: viewer.set_common(not viewer.scale.common),
        )  # fmt: skip
        tooltip(self.common_button, "One scale for all channels, or each its own (S)", theme)

    def draw(self) -> None:
        """Bring words and looks up to date."""
        viewer = self._viewer
        scale = viewer.scale
        self._show(self.pause_button, "Resume" if viewer.paused else "Pause", "on" if viewer.paused else "plain")
        self._show(self.auto_button, "Auto scale", "on" if scale.auto else "plain")
        self._show(self.common_button, "Common" if scale.common else "Per channel", "plain")
        unit = viewer.stream.info.unit if viewer.stream.connected_once else ""
        numbers = viewer.channels.numbers
        first = float(scale.target[numbers[0]]) if numbers and scale.known else float("nan")
        self._show(self.reach, f"± {si(first, unit)}" if scale.common or len(numbers) == 1 else "each its own", "quiet")
        self.length.set_text(f"{viewer.seconds:g} s")
        self._say(self._facts, viewer.facts)
        self._flow.fit()

    def _show(self, button: Tag, text: str, look: str) -> None:
        if self._looks.get(button) != (text, look):
            self._looks[button] = (text, look)
            dpg.configure_item(button, label=label(text))
            dpg.bind_item_theme(button, self._theme.button(look))

    def _say(self, item: Tag, text: str) -> None:
        if self._looks.get(item) != (text, ""):
            self._looks[item] = (text, "")
            dpg.set_value(item, label(text))

    # Length of the window

    def _choices(self) -> list[float]:
        most = self._viewer.stream.buffer_seconds
        return sorted({seconds for seconds in self._viewer.lengths_s if seconds < most} | {most})

    def longer(self, direction: int) -> None:
        """Go to the next longer (+1) or shorter (-1) window."""
        now, choices = self._viewer.seconds, self._choices()
        further = [s for s in choices if (s - now) * direction > 0.001 * now][::direction]
        if further:
            self._viewer.set_seconds(further[0])

    def _fill_lengths(self, window: Tag) -> None:
        theme = self._theme
        self.lengths = {}
        for seconds in self._choices():
            self.lengths[seconds] = tag = dpg.generate_uuid()
            dpg.add_button(
                tag=tag, label=f"{seconds:g} s", parent=window, width=theme.px(140), user_data=seconds,
                callback=self._chosen,
            )  # fmt: skip
            dpg.bind_item_theme(tag, theme.button("on" if seconds == self._viewer.seconds else "plain"))
        dpg.add_input_text(
            tag=self.typed, parent=window, width=theme.px(140), hint="other, s", on_enter=True, decimal=True,
            callback=self._typed,
        )  # fmt: skip
        tooltip(self.typed, f"Seconds, then Enter; up to {self._viewer.stream.buffer_seconds:g}", theme)

    def _chosen(self, _sender: Tag, _data: object, seconds: float) -> None:
        self._viewer.set_seconds(seconds)
        self.length.close()

    def _typed(self, _sender: Tag, text: str) -> None:
        try:
            self._viewer.set_seconds(float(text.replace(",", ".")))
        except ValueError:
            return
        self.length.close()
