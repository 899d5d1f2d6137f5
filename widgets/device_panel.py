"""Streams with their state, and the devices one can switch to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..sources.source import Found
from .door import Tag, clean, label
from .marks import StateLine
from .panel import Panel, Switch, Words
from .popup import PopupButton, calling, tooltip
from .state import StateView
from .theme import Theme


@dataclass(frozen=True)
class StreamRow:
    """One stream, as the device panel shows it.

    Parameters
    ----------
    name
        The stream's own name.
    state
        Shape, words and colour.
    source
        Its source's one-string name.
    why_not
        Why it cannot be reconnected or switched now; empty when it can.
    """

    name: str
    state: StateView
    source: str
    why_not: str = ""


@dataclass(frozen=True)
class FoundView:
    """What the background scan knows.

    Parameters
    ----------
    devices
        Found so far.
    scanning
        Whether it is still looking.
    """

    devices: tuple[Found, ...] = ()
    scanning: bool = False


class DevicePanel:
    """Streams, each with Reconnect and Switch to…, and a way to add one. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    rows
        Asked each frame.
    found
        Asked each frame while a list is open.
    on_reconnect
        Called with a stream's name.
    on_switch
        Called with a stream's name and the one-string name of a source.
    on_scan
        Called when somebody wants to look again; also each time a list opens.
    on_add
        Called with the one-string name of a source for a new stream; None leaves the button out.
    """

    def __init__(
        self,
        theme: Theme,
        rows: Callable[[], Sequence[StreamRow]],
        found: Callable[[], FoundView],
        on_reconnect: Callable[[str], object],
        on_switch: Callable[[str, str], object],
        on_scan: Callable[[], object],
        on_add: Callable[[str], object] | None = None,
    ) -> None:
        self._theme = theme
        self._rows = rows
        self._found = found
        self._on_reconnect = on_reconnect
        self._on_switch = on_switch
        self._on_scan = on_scan
        self._on_add = on_add
        self.panel = Panel(theme, tr("Devices"))
        self.items: dict[str, _Row] = {}
        self.add: _Devices | None = None
        self._list: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        body = self.panel.build(parent)
        self._list = dpg.generate_uuid()
        dpg.add_group(tag=self._list, parent=body)
        self.items = {}
        if self._on_add is not None:
            self.add = _Devices(
                self._theme, tr("Add device…"), tr("Show one more stream"), self._found, self._on_add, self._on_scan
            )
            self.add.build(body, -1)

    def draw(self) -> None:
        """Bring the rows up to date."""
        rows = self._rows()
        if [row.name for row in rows] != list(self.items):
            self._remake(rows)
        for row in rows:
            self.items[row.name].draw(row)
        if self.add is not None:
            self.add.draw()

    def _remake(self, rows: Sequence[StreamRow]) -> None:
        for item in self.items.values():
            item.devices.close()
        dpg.delete_item(self._list, children_only=True)
        self.items = {}
        for row in rows:
            devices = _Devices(
                self._theme, tr("Switch to…"), tr("Go on with another device; the picture and a recording stay"),
                self._found, partial(self._on_switch, row.name), self._on_scan,
            )  # fmt: skip
            self.items[row.name] = item = _Row(self._theme, devices, partial(self._on_reconnect, row.name))
            item.build(self._list, row.name)

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        for devices in (*(item.devices for item in self.items.values()), self.add):
            if devices is not None:
                devices.close()
        self.items = {}
        self.panel.delete()


class _Row:
    def __init__(self, theme: Theme, devices: _Devices, on_reconnect: Callable[[], object]) -> None:
        self._theme = theme
        self.devices = devices
        self.state = StateLine(theme, "small")
        self.source = Words(theme, "small", "muted", wrap=0)
        self.reconnect = Switch(theme, tr("Reconnect"), tr("Let the device go and open it again (F5)"), on_reconnect)

    def build(self, parent: Tag, name: str) -> None:
        theme = self._theme
        with dpg.group(parent=parent) as lines:
            with dpg.group(horizontal=True) as line:
                title = Words(theme, "strong")
                title.build(line)
                title.say(label(name, 24))
                self.state.build(line)
            self.source.build(lines)
        dpg.bind_item_theme(lines, theme.lines())
        with dpg.group(horizontal=True, parent=parent) as line:
            self.reconnect.build(line)
            self.devices.build(line, -1)
        dpg.add_spacer(height=1, parent=parent)

    def draw(self, row: StreamRow) -> None:
        self.state.show(row.state)
        self.source.say(label(row.source, 120))
        self.reconnect.show(why_off=row.why_not)
        self.devices.draw(row.why_not)


class _Devices:
    """A button with the list of found devices below it."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        tip: str,
        found: Callable[[], FoundView],
        on_choose: Callable[[str], object],
        on_scan: Callable[[], object],
    ) -> None:
        self._theme = theme
        self._found = found
        self._on_choose = on_choose
        self._on_scan = on_scan
        self.popup = PopupButton(text, tip, self._fill, 360)
        self.choices: dict[str, Tag] = {}
        self._shown: FoundView | None = None
        self._list: Tag = 0
        self.typed: Tag = 0
        self.again: Tag = 0

    def build(self, parent: Tag, width: int) -> None:
        self.popup.build(parent, self._theme)
        dpg.configure_item(self.popup.button, width=width)

    def close(self) -> None:
        self.popup.close()

    def _fill(self, window: Tag) -> None:
        theme = self._theme
        self._list, self.typed, self.again = (dpg.generate_uuid() for _ in range(3))
        self._shown = None
        dpg.add_group(tag=self._list, parent=window)
        dpg.add_input_text(
            tag=self.typed, parent=window, width=theme.px(360), hint=tr("or type one, e.g. lsl:EMG, then Enter"),
            on_enter=True, callback=lambda _sender, text: self._choose(clean(text).strip()),
        )  # fmt: skip
        dpg.add_button(tag=self.again, label=label(tr("Look again")), parent=window, callback=lambda: self._on_scan())
        tooltip(self.again, tr("Search the network and this computer once more."), theme)
        tooltip(self.typed, tr("A kind, a colon and a name: lsl:EMG, brainflow:synthetic, synthetic:"), theme)
        self._on_scan()

    def draw(self, why_not: str = "") -> None:
        self.popup.set_off(why_not)
        if not self.popup.is_open:
            return
        view = self._found()
        if view == self._shown:
            return
        self._shown = view
        theme = self._theme
        dpg.delete_item(self._list, children_only=True)
        self.choices = {}
        for device in view.devices:
            tag: Tag = dpg.generate_uuid()
            self.choices[device.name] = tag
            text = f"{device.label}  ·  {device.detail}" if device.detail else device.label
            dpg.add_button(
                tag=tag, label=label(text, 80), parent=self._list, width=theme.px(360),
                callback=calling(self._choose, device.name),
            )  # fmt: skip
            dpg.bind_item_theme(tag, theme.choice())
            tooltip(tag, device.name, theme)
        words = Words(theme, "small", "muted", wrap=360)
        words.build(self._list)
        if view.scanning:
            words.say(tr("Looking for devices…"))
        elif not view.devices:
            words.say(
                tr(
                    "No device found. Is it on and in reach? A firewall may hide LSL streams. To try without one, type"
                    " synthetic: below."
                )
            )

    def _choose(self, name: str) -> None:
        if name:
            self.close()
            self._on_choose(name)
