"""The panels: record, devices, health, view filter, events, log; wherever in the window they are placed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from ..sources import local_clock
from ..sources.language import later, tr
from ..sources.view_filter import ViewFilter
from ..widgets import (
    DevicePanel,
    FoundView,
    HealthRow,
    HealthStrip,
    LogLine,
    LogPanel,
    Panel,
    RecordPanel,
    RecordView,
    StreamRow,
    Theme,
    state_view,
)
from ..widgets.door import Tag
from ..widgets.edits import Edit
from ..widgets.event_panel import EventPanel
from ..widgets.log_panel import Level as LineLevel
from ..widgets.look import Look
from ..widgets.record_setup import SetupActions, SetupView
from ..widgets.take_lines import TakeActions, TakeView
from ..widgets.widget import Widget
from .layouts import Pane
from .log import Level
from .notice import Notice
from .panes import KINDS
from .preflight_items import bytes_per_second
from .preflight_page import preflight_view
from .pretrigger import CHOICES
from .workbench import Workbench

LEVELS: Mapping[Level, LineLevel] = {"info": "info", "good": "info", "warn": "warning", "bad": "error"}
HEALTH = later("Health")
SAVED_AS = {"streams": "health"}
"""Names of panels in the settings, where they differ from their kinds."""
EVENT_LABELS = ("lift", "hold", "rest")


class PanelWidget(Widget, Protocol):
    """A widget with a heading that folds."""

    @property
    def panel(self) -> Panel:
        """The heading and the box."""
        ...


class HealthPanel:
    """How each stream is doing, below a heading. Main thread only."""

    def __init__(self, theme: Theme, strip: HealthStrip) -> None:
        self.panel = Panel(theme, tr(HEALTH))
        self._strip = strip

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        self._strip.build(self.panel.build(parent))

    def draw(self) -> None:
        """Bring the figures up to date."""
        self._strip.draw()

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        self._strip.delete()
        self.panel.delete()


class Panels:
    """What the engine's snapshot says, panel by panel. Main thread only.

    Parameters
    ----------
    workbench
        The snapshot, and what the buttons do.
    theme
        Colours, faces, measures.
    """

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        self._bench = workbench
        settings = workbench.settings
        takes = workbench.takes
        self.record = RecordPanel(
            theme, self._record_view, workbench.record_or_stop, workbench.record_or_stop, workbench.mark, EVENT_LABELS,
            takes=TakeActions(
                partial(workbench.open_dialog, "preflight"), takes.redo, takes.bring_back, takes.begin_trial,
                takes.redo_trial,
            ),
            setup=SetupActions(
                lambda: list(takes.protocols.all()), self._choose_protocol,
                partial(workbench.open_dialog, "protocol"), CHOICES, takes.keep_before, self._unfold_record,
            ),
        )  # fmt: skip
        self.record.setup.unfolded = settings.record_more
        self.record.fill_in(
            takes.name, subject=takes.subject, task=takes.task, operator=takes.operator, notes=takes.notes
        )
        takes.filled_in = lambda **texts: self.record.fill_in(**texts)
        self.devices = DevicePanel(
            theme,
            self._rows,
            self._found,
            workbench.reconnect,
            workbench.switch,
            workbench.scanner.look_again,
            workbench.connect,
        )
        self.health = HealthPanel(theme, HealthStrip(theme, self._health_rows))
        self.events = EventPanel(
            theme,
            lambda: workbench.engine.events.latest,
            self._start,
            workbench.workspace.looks.axis,
            workbench.engine.edit_event,
            self._why_not_edit,
        )
        self.log = LogPanel(theme, self._log_lines)
        self._theme = theme
        self._widgets = self._known()
        self._holders: dict[str, str] = {}
        # The wall clock when the LSL clock was zero: log lines are shown in the day's own time.
        self._epoch = datetime.now().astimezone().timestamp() - local_clock()

    def _known(self) -> dict[str, PanelWidget]:
        known: dict[str, PanelWidget] = {
            "record": self.record,
            "devices": self.devices,
            "streams": self.health,
            "events": self.events,
            "log": self.log,
        }
        if KINDS["filter"].is_there:
            from ..widgets.filter_panel import FilterPanel

            known["filter"] = FilterPanel(self._theme, lambda: list(self._bench.workspace.looks), self._filtered)
        return known

    def _filtered(self, look: Look, before: ViewFilter, after: ViewFilter) -> None:
        def give(chosen: ViewFilter) -> None:
            look.filter = chosen

        words = tr("View filter of {stream}").format(stream=look.stream.name)
        edit = Edit(words, lambda: give(after), lambda: give(before), f"filter {look.stream.name}")
        self._bench.workspace.looks.undo.do(edit)

    def _choose_protocol(self, name: str) -> None:
        self._bench.takes.choose(name)

    def _unfold_record(self, unfolded: bool) -> None:
        self._bench.settings.record_more = unfolded

    def take(self, pane: Pane) -> Widget:
        """Return the panel of a pane, folded as it was; there is one of each kind, in one place at a time."""
        if self._holders.setdefault(pane.kind, pane.id) != pane.id:
            return Notice(self._theme, tr("It is placed already"), tr("There is one panel of each kind."))
        panel = self._widgets[pane.kind]
        panel.panel.folded = SAVED_AS.get(pane.kind, pane.kind) in self._bench.settings.folded
        return panel

    def give_back(self, pane: Pane) -> None:
        """Hear that a panel was taken out of its place."""
        if self._holders.get(pane.kind) == pane.id:
            del self._holders[pane.kind]
            self._note_folded()

    def read(self) -> None:
        """Take over what was typed. Once a frame."""
        bench, record = self._bench, self.record
        takes = bench.takes
        takes.name, takes.subject, takes.notes = record.name, record.subject, record.notes
        takes.task, takes.operator = record.task, record.operator

    def remember(self) -> None:
        """Note which panels are folded away."""
        self._note_folded()

    def _note_folded(self) -> None:
        self._bench.settings.folded = [
            SAVED_AS.get(name, name) for name, widget in self._widgets.items() if widget.panel.folded
        ]

    # What the panels show

    def _record_view(self) -> RecordView:
        status = self._bench.state.recording
        engine = self._bench.engine
        if status is None:
            last = engine.last_recording
            take = (self._bench.takes.current or last.name) if last is not None else ""
            n_written, n_lost = engine.last_counts if last is not None else (0, 0)
            return RecordView(
                n_written=n_written,
                n_lost=n_lost,
                disk_seconds_left=self._disk_seconds_left(),
                take=take,
                why_not=self._bench.why_not_record(),
                error=engine.recording_error,
                **self._take_view(),
            )
        return RecordView(
            recording=True,
            seconds=status.seconds,
            n_written=sum(status.n_written.values()),
            n_lost=status.n_lost,
            disk_seconds_left=status.disk_seconds_left,
            take=self._bench.takes.current or status.path.name,
            error=status.error,
            **self._take_view(),
        )

    def _disk_seconds_left(self) -> float:
        """Return how long the disk would last at the rate of these streams, s; NaN while that is not known."""
        rate, free = bytes_per_second(self._bench.state.streams), self._bench.takes.watch.disk_free_bytes
        return free / rate if rate and free >= 0 else math.nan

    def _take_view(self) -> dict[str, Any]:
        """Return what the panel says of takes: before, between and in them."""
        bench, takes = self._bench, self._bench.takes
        recording = bench.state.recording is not None
        before = bench.state.pretrigger
        why_not = tr("A recording runs. Stop it first.") if recording else ""
        return {
            "takes": TakeView(
                takes.current if recording else takes.title,
                # While the recording is being closed it stays: nothing below it moves under the pointer.
                None
                if recording or (bench.why_not_record() and not bench.why_busy())
                else preflight_view(takes.look()),
                takes.why_not_redo(),
                not takes.why_not_bring_back(),
                takes.next_trial,
                takes.why_not_redo_trial(),
            ),
            "setup": SetupView(bench.settings.protocol, before.seconds, before.sentence, why_not),
        }

    def _rows(self) -> list[StreamRow]:
        bench = self._bench
        why_not = tr("A recorded session is open. Close it to work with devices.") if bench.state.replay else ""
        why_not = why_not or bench.why_busy()
        return [StreamRow(s.name, state_view(s.health), s.source_name, why_not) for s in bench.own_streams()]

    def _found(self) -> FoundView:
        return FoundView(tuple(self._bench.choices), self._bench.scanner.found is None)

    def _health_rows(self) -> list[HealthRow]:
        return [HealthRow(s.name, s.health) for s in self._bench.state.streams]

    def _start(self) -> float:
        status = self._bench.state.recording
        return self._bench.state.t - status.seconds if status else self._bench.started

    def _why_not_edit(self) -> str:
        return tr("A recorded session is open. Close it to name live events.") if self._bench.state.replay else ""

    def _log_lines(self) -> list[LogLine]:
        lines = self._bench.engine.log.lines[-8:]
        return [
            LogLine(
                f"{datetime.fromtimestamp(self._epoch + line.t):%H:%M:%S}",
                line.text if line.times == 1 else f"{line.text} (×{line.times})",
                LEVELS[line.level],
            )
            for line in lines
        ]
