"""What can be placed in the window: kinds of views and of panels, and which streams each is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from ..sources import Stream, StreamInfo
from ..sources.language import later, tr
from ..widgets.view import View

HD_CHANNELS = 32
FIRST, EMG, HD_EMG = "?first", "?emg", "?hd"
"""Instead of a stream's name: the first one with channels, the first of EMG, the one with most electrodes."""


def _channels(info: StreamInfo) -> str:
    return "" if len(info.sample_shape) == 1 else later("Its samples are no row of channels.")


def _frames(info: StreamInfo) -> str:
    return "" if is_frames(info) else later("Its samples are no pictures.")


def _points(info: StreamInfo) -> str:
    return "" if is_points(info) else later("Its samples are no points in space.")


def _regular(info: StreamInfo) -> str:
    return _channels(info) or ("" if info.fs else later("Its samples come at no fixed rate."))


def _anything(_info: StreamInfo) -> str:
    return ""


def is_frames(info: StreamInfo) -> bool:
    """Tell whether samples are pictures."""
    return len(info.sample_shape) == 2 and not is_points(info)


def is_points(info: StreamInfo) -> bool:
    """Tell whether samples are points in space."""
    return len(info.sample_shape) == 2 and info.sample_shape[1] == 3


def is_emg(info: StreamInfo) -> bool:
    """Tell whether a stream seems to hold EMG: by its channels' type, or by its unit, rate and number of channels."""
    if len(info.sample_shape) != 1 or info.is_text:
        return False
    types = {kind.lower() for kind in info.types if kind}
    if types:
        return any("emg" in kind for kind in types)
    return "emg" in info.name.lower() or (info.fs >= 400 and info.unit in ("µV", "uV", "mV", "V", ""))


@dataclass(frozen=True)
class PaneKind:
    """One kind of thing that can be placed.

    Parameters
    ----------
    kind
        Its name in layouts.
    title
        What menus and tabs call it; `tr` when shown.
    help
        One sentence for a tooltip; `tr` when shown.
    place
        Module in ``widgets`` and class of a view; empty for a panel.
    why_not
        Says of a stream's description why this is not for it; empty when it is.
    needs
        Module in ``widgets`` that a panel stands on, where it may be missing.
    """

    kind: str
    title: str
    help: str
    place: str = ""
    why_not: Callable[[StreamInfo], str] = _anything
    needs: str = ""

    @property
    def of_stream(self) -> bool:
        """Whether it shows a stream."""
        return bool(self.place)

    @property
    def is_there(self) -> bool:
        """Whether this program has it."""
        module = self.needs or self.place.partition(":")[0]
        return not module or find_spec(f"..widgets.{module}", __package__) is not None

    def view(self) -> type[View]:
        """Return the class of the view; it is imported only now."""
        module, _, name = self.place.partition(":")
        found: type[View] = getattr(import_module(f"..widgets.{module}", __package__), name)
        return found


VIEWS: tuple[PaneKind, ...] = (
    PaneKind(
        "signals", later("Signals"), later("Traces, one lane a channel."), "signal_viewer:SignalViewer", _channels
    ),
    PaneKind(
        "samples",
        later("Every sample"),
        later("A short window, nothing left out."),
        "raw_viewer:RawSignalViewer",
        _channels,
    ),
    PaneKind("spectrum", later("Spectrum"), later("Power by frequency."), "spectrum_view:SpectrumView", _regular),
    PaneKind(
        "spectrogram",
        later("Spectrogram"),
        later("Power by frequency, as it changes."),
        "spectrogram_view:SpectrogramView",
        _regular,
    ),
    PaneKind("levels", later("Levels"), later("A bar a channel, with its peak."), "level_bars:LevelBars", _channels),
    PaneKind(
        "numbers", later("Numbers"), later("Figures to be read from afar."), "number_panel:NumberPanel", _channels
    ),
    PaneKind("xy", later("XY"), later("One channel against another."), "xy_view:XYView", _channels),
    PaneKind("measures", later("Measures"), later("Figures between the cursors."), "measures:Measures", _channels),
    PaneKind(
        "grid map", later("Grid map"), later("Electrodes where they sit, by colour."), "grid_map:GridMap", _channels
    ),
    PaneKind(
        "quality",
        later("Channel quality"),
        later("Which channels are flat, clipped or full of hum."),
        "quality_map:QualityMap",
        _channels,
    ),
    PaneKind(
        "frames",
        later("Pictures"),
        later("The newest picture of a stream of pictures."),
        "frame_view:FrameView",
        _frames,
    ),
    PaneKind(
        "markers", later("Points in space"), later("Markers of motion capture."), "marker_view:MarkerView", _points
    ),
)
PANELS: tuple[PaneKind, ...] = (
    PaneKind("record", later("Record"), later("Record, stop, mark.")),
    PaneKind("devices", later("Devices"), later("What is connected, and what was found.")),
    PaneKind("streams", later("Health"), later("How each stream is doing, in a line.")),
    PaneKind("events", later("Events"), later("What was marked lately.")),
    PaneKind(
        "filter", later("View filter"), later("What is done to signals before they are shown."), needs="filter_panel"
    ),
    PaneKind("log", later("Log"), later("What the program has done.")),
)
HEALTH = PaneKind(
    "health",
    later("Latency and health"),
    later("Rates, ages, queues, gaps and disk, each with its limits."),
    needs="latency_panel",
)
OPERATOR = PaneKind("operator", later("Operator"), later("Record and mark, with large targets."))
SCRIPTS = PaneKind("script", later("Script"), later("What the script has placed."))
KINDS: Mapping[str, PaneKind] = {k.kind: k for k in (*VIEWS, HEALTH, *PANELS, OPERATOR, SCRIPTS)}


def placeable() -> list[PaneKind]:
    """Return the kinds that a person can place: views first."""
    return [kind for kind in (*VIEWS, HEALTH, *PANELS) if kind.is_there]


def is_panel(kind: str) -> bool:
    """Tell whether panes of a kind are panels: there is one of each, as high as what is in it."""
    return any(kind == panel.kind for panel in PANELS)


def title_of(kind: str) -> str:
    """Return what a kind is called, in the person's language."""
    return tr(KINDS[kind].title) if kind in KINDS else kind


def own_view(stream: Stream) -> str:
    """Return the kind of view that a stream gets by itself; empty for none."""
    # A prediction has nothing to show before its first value; a text stream shows as events.
    if not stream.connected_once:
        return "" if stream.source_name == "PredictionSource" else "signals"
    info = stream.info
    if info.is_text:
        return ""
    for kind, is_one in (("frames", is_frames), ("markers", is_points)):
        if is_one(info):
            return kind if KINDS[kind].is_there else ""
    return "signals"


def chosen(name: str, streams: Mapping[str, Stream]) -> Stream | None:
    """Return the stream that a pane means: by name, or by what it is where the name begins with ``?``.

    Where no stream is what was asked for, another one with channels stands in.
    """
    if not name.startswith("?"):
        return streams.get(name)
    known = [s for s in streams.values() if s.connected_once and not s.info.is_text and len(s.info.sample_shape) == 1]
    real = [s for s in known if s.source_name != "PredictionSource"] or known
    emg = [s for s in real if is_emg(s.info)]
    match name:
        case "?emg":
            real = emg or real
        case "?hd":
            real = sorted(emg or real, key=_electrodes, reverse=True)
    return next(iter(real), None)


def _electrodes(stream: Stream) -> tuple[bool, int]:
    return stream.info.grid is not None, stream.info.n_channels


def suiting(kind: PaneKind, streams: Iterable[Stream]) -> list[Stream]:
    """Return the streams that a kind of view is for."""
    return [s for s in streams if s.connected_once and not s.info.is_text and not kind.why_not(s.info)]
