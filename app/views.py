"""The part of the window that belongs to the traces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources import Stream
from ..widgets import RawSignalViewer, SignalViewer
from ..widgets.door import Tag
from ..widgets.theme import Theme
from ..widgets.widget import Widget
from .workbench import Workbench

SMALLEST_PX = 190
FEW_CHANNELS = 4
SHOWN_EVENTS = 200


@dataclass
class Place:
    """A widget and the box it is drawn in."""

    widget: Widget
    box: Tag
    weight: float
    raw: bool = False


class Views:
    """A viewer for every stream, or what the script chose, one above the other. Main thread only.

    Parameters
    ----------
    workbench
        The streams and what is remembered of their viewers.
    theme
        Colours, faces, measures.
    ui
        The script's choice of widgets; None for a viewer a stream.
    """

    def __init__(self, workbench: Workbench, theme: Theme, ui: Callable[[Any], Any] | None) -> None:
        self._bench = workbench
        self._theme = theme
        self._ui = ui
        self._places: dict[str, Place] = {}
        self._box: Tag = 0
        self._events_of: tuple[object, ...] = ()
        workbench.viewer_command = self.command
        workbench.is_paused = lambda: any(viewer.paused for viewer in self.viewers)

    @property
    def viewers(self) -> list[SignalViewer]:
        """The signal viewers on screen."""
        return [place.widget for place in self._places.values() if isinstance(place.widget, SignalViewer)]

    def build(self, parent: Tag) -> None:
        """Make an empty area inside `parent`."""
        self._box = dpg.add_group(parent=parent)
        self._events_of = ()
        if self._ui is not None:
            chosen = self._ui(self._bench.engine.context)
            widgets = list(chosen) if isinstance(chosen, Iterable) else [chosen] if chosen is not None else []
            for i, widget in enumerate(widgets):
                if getattr(widget, "theme", self._theme) is None:
                    widget.theme = self._theme
                self._put(f"widget {i}", widget, 1.0)

    def _put(self, name: str, widget: Widget, weight: float, *, raw: bool = False) -> None:
        box = dpg.add_child_window(parent=self._box, width=-1, height=self._theme.px(SMALLEST_PX), no_scrollbar=True)
        widget.build(box)
        self._places[name] = Place(widget, box, weight, raw)

    def draw(self, height: int) -> None:
        """Bring the views up to date; together they fill `height` px."""
        if self._ui is None:
            self._follow_streams()
        engine = self._bench.engine
        changed = (engine.events.n_total, engine.shown_since, tuple(self._places))
        if changed != self._events_of:
            self._events_of = changed
            shown = [event for event in engine.events.latest[-SHOWN_EVENTS:] if event.t >= engine.shown_since]
            for viewer in self.viewers:
                viewer.set_events(shown)
        self._share(height)
        for place in self._places.values():
            place.widget.draw()

    def _follow_streams(self) -> None:
        wanted = {
            name: stream
            for name, stream in list(self._bench.engine.streams.items())
            if self._shown(stream) and self._bench.only in ("", name)
        }
        for name in [n for n, p in self._places.items() if n not in wanted or p.raw != self._bench.raw]:
            self._remove(name)
        if list(self._places) != [n for n in wanted if n in self._places]:
            for name in list(self._places):
                self._remove(name)
        for name, stream in wanted.items():
            if name not in self._places:
                self._add(name, stream)

    def _shown(self, stream: Stream) -> bool:
        # A prediction has nothing to show before its first value; a text stream shows as events.
        if not stream.connected_once:
            return stream.source_name != "PredictionSource"
        return not stream.info.is_text

    def _add(self, name: str, stream: Stream) -> None:
        weight = 1.0 if not stream.connected_once or stream.info.n_channels >= FEW_CHANNELS else 0.5
        if self._bench.raw:
            self._put(name, RawSignalViewer(stream, self._theme), weight, raw=True)
        else:
            settings = self._bench.settings.viewers.get(name)
            self._put(name, SignalViewer(stream, self._theme, settings), weight)

    def _remove(self, name: str) -> None:
        place = self._places.pop(name)
        self._note(name, place.widget)
        place.widget.delete()
        dpg.delete_item(place.box)

    def _share(self, height: int) -> None:
        total = sum(place.weight for place in self._places.values()) or 1.0
        room = height - self._theme.px(8) * max(0, len(self._places) - 1)
        for place in self._places.values():
            share = max(self._theme.px(SMALLEST_PX), int(room * place.weight / total))
            if dpg.get_item_height(place.box) != share:
                dpg.configure_item(place.box, height=share)

    def command(self, name: str) -> None:
        """Do the same in every viewer: pause, auto, common, gain up, gain down, longer, shorter."""
        viewers = self.viewers
        paused = not any(viewer.paused for viewer in viewers)
        auto = not all(viewer.scale.auto for viewer in viewers)
        common = not all(viewer.scale.common for viewer in viewers)
        for viewer in viewers:
            match name:
                case "pause":
                    viewer.pause(paused)
                case "auto":
                    viewer.set_auto(auto)
                case "common":
                    viewer.set_common(common)
                case "gain up":
                    viewer.gain(+1)
                case "gain down":
                    viewer.gain(-1)
                case "longer":
                    viewer.controls.longer(+1)
                case "shorter":
                    viewer.controls.longer(-1)

    def remember(self) -> None:
        """Note each viewer's settings, for the next start."""
        for name, place in self._places.items():
            self._note(name, place.widget)

    def _note(self, name: str, widget: Widget) -> None:
        if self._ui is None and isinstance(widget, SignalViewer):
            self._bench.settings.viewers[name] = widget.settings()

    def delete(self) -> None:
        """Remove everything; the area can be built again."""
        for name in list(self._places):
            self._remove(name)
        if self._box and dpg.does_item_exist(self._box):
            dpg.delete_item(self._box)
        self._box = 0
