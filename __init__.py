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
    from .recordings import Recorder, Replay, ReplaySource, Session, SessionError, open_session
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
    from .sources.lsl import LSLSink, LSLSource
    from .sources.synthetic import SyntheticSource
    from .widgets import RawSignalViewer, SignalViewer

__version__ = "0.1.0"

_HOMES = {
    "app.app": ("App",),
    "app.context": ("Context",),
    "recordings": ("Recorder", "Replay", "ReplaySource", "Session", "SessionError", "open_session"),
    "sources": (
        "Block", "Derived", "Event", "Grid", "Processor", "Sink", "Source", "SourceError", "SourceLost", "Stream",
        "StreamInfo", "local_clock", "names", "open_source",
    ),
    "sources.brainflow": ("BrainFlowSource",),
    "sources.lsl": ("LSLSink", "LSLSource"),
    "sources.synthetic": ("SyntheticSource",),
    "widgets": ("RawSignalViewer", "SignalViewer"),
}  # fmt: skip
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "App",
    "Block",
    "BrainFlowSource",
    "Context",
    "Derived",
    "Event",
    "Grid",
    "LSLSink",
    "LSLSource",
    "Processor",
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
    "Stream",
    "StreamInfo",
    "SyntheticSource",
    "__version__",
    "local_clock",
    "names",
    "open_session",
    "open_source",
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
