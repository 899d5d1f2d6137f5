"""The panels at the right: record, devices, health, events, log."""

from __future__ import annotations

from datetime import datetime

import dearpygui.dearpygui as dpg

from ..sources import local_clock
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
from ..widgets.figures import clock_tenths
from .workbench import Workbench

LEVELS = {"info": "info", "good": "info", "warn": "warning", "bad": "error"}
EVENT_LABELS = ("lift", "hold", "rest")


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
        self.record = RecordPanel(
            theme, self._record_view, workbench.record_or_stop, workbench.record_or_stop, workbench.mark, EVENT_LABELS
        )
        self.record.fill_in(subject=settings.subject)
        self.devices = DevicePanel(
            theme,
            self._rows,
            self._found,
            workbench.reconnect,
            workbench.switch,
            workbench.scanner.look_again,
            workbench.connect,
        )
        self._health_panel = Panel(theme, "Health")
        self.health = HealthStrip(theme, self._health_rows)
        self.events = LogPanel(theme, self._event_lines, heading="Events")
        self.log = LogPanel(theme, self._log_lines)
        # The wall clock when the LSL clock was zero: log lines are shown in the day's own time.
        self._epoch = datetime.now().astimezone().timestamp() - local_clock()

    @property
    def _all(self) -> dict[str, Panel]:
        return {
            "record": self.record.panel,
            "devices": self.devices.panel,
            "health": self._health_panel,
            "events": self.events.panel,
            "log": self.log.panel,
        }

    def build(self, parent: Tag) -> None:
        """Make the panels inside `parent`."""
        for name, panel in self._all.items():
            panel.folded = name in self._bench.settings.folded
        box = dpg.add_group(parent=parent)
        self.record.build(box)
        self.devices.build(box)
        self.health.build(self._health_panel.build(box))
        self.events.build(box)
        self.log.build(box)

    def draw(self) -> None:
        """Bring the panels up to date."""
        bench = self._bench
        bench.take_name, bench.subject, bench.notes = self.record.name, self.record.subject, self.record.notes
        for widget in (self.record, self.devices, self.health, self.events, self.log):
            widget.draw()

    def remember(self) -> None:
        """Note which panels are folded away."""
        self._bench.settings.folded = [name for name, panel in self._all.items() if panel.folded]

    def delete(self) -> None:
        """Remove the panels."""
        for widget in (self.record, self.devices, self.health, self.events, self.log, self._health_panel):
            widget.delete()

    # What the panels show

    def _record_view(self) -> RecordView:
        status = self._bench.state.recording
        engine = self._bench.engine
        if status is None:
            take = engine.last_recording.name if engine.last_recording is not None else ""
            return RecordView(take=take, why_not=self._bench.why_not_record(), error=engine.recording_error)
        return RecordView(
            recording=True,
            seconds=status.seconds,
            n_written=sum(status.n_written.values()),
            n_lost=status.n_lost,
            disk_seconds_left=status.disk_seconds_left,
            take=status.path.name,
            error=status.error,
        )

    def _rows(self) -> list[StreamRow]:
        bench = self._bench
        why_not = "A recorded session is open. Close it to work with devices." if bench.state.replay else ""
        if not why_not and bench.state.busy:
            why_not = f"Busy: {bench.state.busy}."
        return [StreamRow(s.name, state_view(s.health), s.source_name, why_not) for s in bench.own_streams()]

    def _found(self) -> FoundView:
        return FoundView(tuple(self._bench.choices), self._bench.scanner.found is None)

    def _health_rows(self) -> list[HealthRow]:
        return [HealthRow(s.name, s.health) for s in self._bench.state.streams]

    def _event_lines(self) -> list[LogLine]:
        status = self._bench.state.recording
        start = self._bench.state.t - status.seconds if status else self._bench.started
        return [LogLine(clock_tenths(max(0.0, e.t - start)), e.label) for e in self._bench.engine.events.latest[-8:]]

    def _log_lines(self) -> list[LogLine]:
        lines = self._bench.engine.log.lines[-8:]
        return [
            LogLine(
                f"{datetime.fromtimestamp(self._epoch + line.t):%H:%M:%S}",
                line.text if line.times == 1 else f"{line.text} (×{line.times})",
                LEVELS[line.level],  # type: ignore[arg-type]  # both are the four levels
            )
            for line in lines
        ]
