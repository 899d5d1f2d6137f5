"""Makes the widgets of all panes, keeps them in step with the streams, and draws them in the dock."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from ..sources.language import tr
from ..sources.view_filter import ViewFilter
from ..widgets import SignalViewer
from ..widgets.door import Tag
from ..widgets.latency_panel import HealthFigure, LatencyPanel
from ..widgets.look import Look
from ..widgets.theme import Theme
from ..widgets.time_axis import TimeAxis
from ..widgets.view import View
from ..widgets.widget import Widget
from .built_in import Wanted
from .dock import Dock, with_settings
from .health_figures import figures
from .layouts import Leaf, Pane, find
from .notice import Notice
from .on_screen import rect_of
from .operator_panel import OperatorPanel
from .panels import Panels
from .panes import HEALTH, KINDS, OPERATOR, SCRIPTS, is_panel
from .snapshots import ShownView
from .viewing import Viewing
from .workbench import Workbench

SHOWN_EVENTS = 200


class Views:
    """Everything that is placed: views of streams, panels, and what a script chose. Main thread only.

    Parameters
    ----------
    workbench
        The workspace, the streams, and what is remembered of their viewers.
    theme
        Colours, faces, measures.
    panels
        Record, devices and the like.
    ui
        The script's choice of widgets; None for a viewer a stream.
    """

    def __init__(self, workbench: Workbench, theme: Theme, panels: Panels, ui: Callable[[Any], Any] | None) -> None:
        self._bench = workbench
        self._space = workbench.workspace
        self._theme = theme
        self._panels = panels
        self._ui = ui
        self._script: dict[str, Widget] = {}
        self.frame_ms = 0.0
        """What drawing one frame takes, ms; the window says so."""
        self._events_of: tuple[object, ...] = ()
        self._filters: dict[str, ViewFilter] = {}
        self.dock = Dock(workbench, theme, self, self._is_seen)
        self.viewing = Viewing(workbench, lambda: self.viewers)
        workbench.snapshots.views = self.shown

    # What is on screen

    @property
    def widgets(self) -> list[Widget]:
        """Every widget that is drawn."""
        return [p.widget for p in self.dock.placed.values() if p.is_built and p.widget is not None]

    @property
    def viewers(self) -> list[SignalViewer]:
        """The signal viewers that are drawn."""
        return [widget for widget in self.widgets if isinstance(widget, SignalViewer)]

    def shown(self) -> list[ShownView]:
        """Return the views that are drawn, for pictures and copied values."""
        return [
            ShownView(self._space.title(p.pane), p.widget.box, p.widget.values)
            for p in self.dock.placed.values()
            if p.is_built and isinstance(p.widget, View) and p.widget.box and rect_of(p.widget.box).width
        ]

    # Life

    def build(self, parent: Tag) -> None:
        """Make an empty area inside `parent`."""
        if self._ui is not None and not self._script:
            self._ask_script(self._ui)
        self._events_of = ()
        self.dock.build(parent)

    def _ask_script(self, ui: Callable[[Any], Any]) -> None:
        chosen = ui(self._bench.engine.context)
        widgets = list(chosen) if isinstance(chosen, Iterable) else [chosen] if chosen is not None else []
        wanted = []
        for i, widget in enumerate(widgets):
            if getattr(widget, "theme", self._theme) is None:
                widget.theme = self._theme
            if isinstance(widget, View):
                # What shows the same stream shows the same filter, channels and time: as the script has set them up.
                own, widget.look = widget.look, self._space.looks.of(widget.look.stream)
                _take_over(widget.look, own)
            pane = Pane(f"script {i}", SCRIPTS.kind)
            self._script[pane.id] = widget
            self._space.titles[pane.id] = _title(widget)
            # The traces come first: among other views they have twice the height.
            wanted.append(Wanted(pane, 2.0 if isinstance(widget, SignalViewer) else 1.0))
        self._space.script = tuple(wanted)

    def draw(self, width: int, height: int) -> None:
        """Bring everything up to date; together it fills `width` and `height` px."""
        space, bench = self._space, self._bench
        space.follow()
        self._note_filters()
        streams = tuple((name, id(s), s.connected_once) for name, s in space.streams().items())
        self._send_events()
        self.dock.draw(width, height, self._with_panels, bench.raw, bench.settings.layout, streams, self._theme.scale)

    @property
    def _with_panels(self) -> bool:
        return self._bench.settings.panels and not self._bench.too_narrow

    def _is_seen(self, leaf: Leaf) -> bool:
        return leaf.style != "stack" or self._with_panels

    def _note_filters(self) -> None:
        """Tell the engine, for the recording, what each stream is shown through."""
        for look in self._space.looks:
            name = look.stream.name
            if self._filters.get(name) != look.filter:
                self._filters[name] = look.filter
                self._bench.engine.note_view(name, look.filter.to_json())

    def _send_events(self) -> None:
        engine = self._bench.engine
        viewers = self.viewers
        changed = (engine.events.version, engine.shown_since, tuple(map(id, viewers)))
        if changed != self._events_of:
            self._events_of = changed
            events = [event for event in engine.events.latest[-SHOWN_EVENTS:] if event.t >= engine.shown_since]
            for viewer in viewers:
                viewer.set_events(events)
                viewer.on_event = lambda t: self._bench.mark(t=t)

    def remember(self) -> None:
        """Note each viewer's settings and the whole arrangement, for the next start."""
        self.dock.note()
        for placed in self.dock.placed.values():
            if placed.widget is not None:
                self._note(placed.pane, placed.widget)
        self._space.save()

    def _note(self, pane: Pane, widget: Widget) -> None:
        if isinstance(widget, SignalViewer) and widget.kind == pane.kind == "signals":
            self._bench.settings.viewers[widget.stream.name] = widget.settings()

    def delete(self) -> None:
        """Remove everything; the area can be built again."""
        self.remember()
        self.dock.delete()

    # For the dock

    @property
    def locked(self) -> bool:
        """Whether nothing can be moved, and views have no fine controls."""
        return self._space.layout.locked

    def key(self, pane: Pane) -> Hashable:
        """Return something else when the pane needs another widget."""
        kind = KINDS.get(pane.kind)
        if kind is None or not kind.of_stream:
            return pane.kind
        stream = self._space.stream_of(pane)
        return self._kind(pane), pane.stream, None if stream is None else id(stream), self.locked

    def _kind(self, pane: Pane) -> str:
        return "samples" if pane.kind == "signals" and self._bench.raw else pane.kind

    def is_panel(self, pane: Pane) -> bool:
        """Tell whether a pane is one of the panels."""
        return is_panel(pane.kind)

    def make(self, pane: Pane) -> Widget:
        """Return the widget of a pane."""
        if pane.id in self._script:
            return self._script[pane.id]
        if pane.kind == OPERATOR.kind:
            return OperatorPanel(self._bench, self._theme, self._panels.record.labels)
        if pane.kind == HEALTH.kind:
            return LatencyPanel(self._health, self._theme)
        if is_panel(pane.kind):
            return self._panels.take(pane)
        kind = KINDS.get(self._kind(pane))
        if kind is None or not kind.is_there or not kind.of_stream:
            return Notice(
                self._theme,
                tr("No such view"),
                tr("This version has no view of the kind «{kind}».").format(kind=pane.kind),
                ((tr("Close"), tr("Take it out of the layout."), lambda: self.close(pane.id)),),
            )
        stream = self._space.stream_of(pane)
        if stream is None:
            return self._missing(pane)
        settings = dict(pane.settings)
        if not settings and kind.kind == "signals":
            settings = dict(self._bench.settings.viewers.get(stream.name, {}))
        if kind.kind == "samples" and pane.kind == "signals":
            settings = {}
        return kind.view()(self._space.looks.of(stream), self._theme, settings)

    def _health(self) -> tuple[HealthFigure, ...]:
        state = self._bench.state
        drawn = {
            viewer.stream.name: state.t - viewer.picture.newest
            for viewer in self.viewers
            if not viewer.axis.held and math.isfinite(viewer.picture.newest)
        }
        return figures(state, self.frame_ms, drawn)

    def _missing(self, pane: Pane) -> Notice:
        if pane.stream.startswith("?"):
            headline = tr("No stream with channels yet")
            reason = tr("This place is for one. Connect a device, with the menu Device or the panel Devices.")
        else:
            headline = tr("{stream} is not there").format(stream=pane.stream)
            reason = tr("This view comes back when a stream of that name is connected.")
        buttons = (
            (tr("Add device…"), tr("Choose a kind and its settings."), lambda: self._bench.shown_dialog("device")),
            (tr("Close"), tr("Take it out of the layout."), lambda: self.close(pane.id)),
        )
        return Notice(self._theme, headline, reason, buttons)

    def failed(self, pane: Pane, text: str) -> None:
        """Write into the log why a pane could not be made or drawn."""
        self._bench.engine.log(f"{self._space.title(pane)}: {text}", "bad")

    def close(self, pane: str) -> None:
        """Take a pane away."""
        self._bench.close_pane(pane)

    def let_go(self, pane: Pane, widget: Widget) -> None:
        """Note what a viewer wants to find again."""
        self._note(pane, widget)
        now = find(self._space.layout, pane.id)
        if now is not None and now.stream == pane.stream:
            self._space.layout = with_settings(self._space.layout, pane.id, widget)
        if is_panel(pane.kind):
            self._panels.give_back(pane)


def _take_over(shared: Look, own: Look) -> None:
    """Show a stream as a script has set it up: filter, length of the window, sweep or scroll."""
    if not own.filter.is_off:
        shared.filter = own.filter
    usual = TimeAxis()
    if own.axis.seconds != usual.seconds:
        shared.axis.seconds = own.axis.seconds
    if own.axis.mode != usual.mode:
        shared.axis.mode = own.axis.mode


def _title(widget: Widget) -> str:
    if isinstance(widget, View):
        return f"{tr(widget.title)} · {widget.stream.name}"
    return type(widget).__name__
