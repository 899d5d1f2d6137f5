"""What is drawn: viewers, and the panels beside them. Main thread only."""

from __future__ import annotations

from .device_panel import DevicePanel, FoundView, StreamRow
from .form import FormError, FormWidget
from .health_strip import HealthRow, HealthStrip
from .log_panel import LogLine, LogPanel
from .panel import Panel
from .raw_viewer import RawSignalViewer
from .record_panel import RecordPanel, RecordView
from .replay_bar import ReplayBar, ReplayView
from .signal_viewer import SignalViewer
from .state import StateView, state_view
from .theme import Theme
from .widget import Widget

__all__ = [
    "DevicePanel",
    "FormError",
    "FormWidget",
    "FoundView",
    "HealthRow",
    "HealthStrip",
    "LogLine",
    "LogPanel",
    "Panel",
    "RawSignalViewer",
    "RecordPanel",
    "RecordView",
    "ReplayBar",
    "ReplayView",
    "SignalViewer",
    "StateView",
    "StreamRow",
    "Theme",
    "Widget",
    "state_view",
]
