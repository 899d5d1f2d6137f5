"""myoscope: see, record, decode and replay live EMG and other biosignals.

The public face: everything a script needs is a name of this module. Names are loaded when first used, so that
``import myoscope`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app.app import App
    from .app.context import Context
    from .recordings import (
        Recorder,
        Replay,
        ReplaySource,
        Session,
        SessionError,
        check_session,
        export_session,
        import_file,
        open_session,
    )
    from .sources import (
        Block,
        Derived,
        Event,
        Grid,
        Processor,
        Sink,
        Source,
        SourceError,
        SourceLost,
        Stream,
        StreamInfo,
        local_clock,
        names,
        open_source,
    )
    from .sources.brainflow import BrainFlowSource
    from .sources.grids import otb_grid
    from .sources.lsl import LSLSink, LSLSource
    from .sources.synthetic import SyntheticSource
    from .sources.view_filter import ViewFilter
    from .widgets import RawSignalViewer, SignalViewer
    from .widgets.frame_view import FrameView
    from .widgets.grid_map import GridMap
    from .widgets.level_bars import LevelBars
    from .widgets.look import Look
    from .widgets.marker_view import MarkerView
    from .widgets.measures import Measures
    from .widgets.number_panel import NumberPanel
    from .widgets.quality_map import QualityMap
    from .widgets.spectrogram_view import SpectrogramView
    from .widgets.spectrum_view import SpectrumView
    from .widgets.time_axis import TimeAxis
    from .widgets.view import Table, View
    from .widgets.xy_view import XYView

__version__ = "0.1.0"

_HOMES = {
    "app.app": ("App",),
    "app.context": ("Context",),
    "recordings": (
        "Recorder", "Replay", "ReplaySource", "Session", "SessionError", "check_session", "export_session",
        "import_file", "open_session",
    ),
    "sources": (
        "Block", "Derived", "Event", "Grid", "Processor", "Sink", "Source", "SourceError", "SourceLost", "Stream",
        "StreamInfo", "local_clock", "names", "open_source",
    ),
    "sources.brainflow": ("BrainFlowSource",),
    "sources.lsl": ("LSLSink", "LSLSource"),
    "sources.synthetic": ("SyntheticSource",),
    "widgets": ("RawSignalViewer", "SignalViewer"),
    "sources.grids": ("otb_grid",),
    "sources.view_filter": ("ViewFilter",),
    "widgets.frame_view": ("FrameView",),
    "widgets.grid_map": ("GridMap",),
    "widgets.level_bars": ("LevelBars",),
    "widgets.look": ("Look",),
    "widgets.marker_view": ("MarkerView",),
    "widgets.measures": ("Measures",),
    "widgets.number_panel": ("NumberPanel",),
    "widgets.quality_map": ("QualityMap",),
    "widgets.spectrogram_view": ("SpectrogramView",),
    "widgets.spectrum_view": ("SpectrumView",),
    "widgets.time_axis": ("TimeAxis",),
    "widgets.view": ("Table", "View",),
    "widgets.xy_view": ("XYView",),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "App",
    "Block",
    "BrainFlowSource",
    "Context",
    "Derived",
    "Event",
    "FrameView",
    "Grid",
    "GridMap",
    "LSLSink",
    "LSLSource",
    "LevelBars",
    "Look",
    "MarkerView",
    "Measures",
    "NumberPanel",
    "Processor",
    "QualityMap",
    "RawSignalViewer",
    "Recorder",
    "Replay",
    "ReplaySource",
    "Session",
    "SessionError",
    "SignalViewer",
    "Sink",
    "Source",
    "SourceError",
    "SourceLost",
    "SpectrogramView",
    "SpectrumView",
    "Stream",
    "StreamInfo",
    "SyntheticSource",
    "Table",
    "TimeAxis",
    "View",
    "ViewFilter",
    "XYView",
    "__version__",
    "check_session",
    "export_session",
    "import_file",
    "local_clock",
    "names",
    "open_session",
    "open_source",
    "otb_grid",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'myoscope' has no attribute {name!r}")
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
