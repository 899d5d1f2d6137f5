"""Sends a stream on to the network, with the lab streaming layer."""

from __future__ import annotations

import socket
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import lsl_library
from .block import Block
from .errors import SourceError
from .info import TEXT, StreamInfo

MAX_BUFFER_BYTES = 64 * 2**20
SAMPLE_OVERHEAD_BYTES = 64
TEXT_BYTES = 256
# LSL has no unsigned numbers: each format goes to the smallest one that holds all of it.
SENT_AS = {
    "int8": ("int8", "int8"),
    "uint8": ("int16", "int16"),
    "int16": ("int16", "int16"),
    "uint16": ("int32", "int32"),
    "int32": ("int32", "int32"),
    "uint32": ("int64", "int64"),
    "int64": ("int64", "int64"),
    "uint64": ("int64", "int64"),
    "float32": ("float32", "float32"),
    "float64": ("float64", "double64"),
    TEXT: (TEXT, "string"),
}


@dataclass(eq=False)
class LSLSink:
    """An outlet on the network: whoever runs LSL can read the stream, on this computer and others.

    Numbers are sent as they are; unit and scale go into the description, as do names, types and the electrode grid.
    Unsigned numbers, which LSL does not have, are sent in the next larger format.

    Parameters
    ----------
    name
        Name of the stream; empty for the name in the stream's description.
    stream_type
        Content type, for example ``EMG``.
    source_id
        The device's own id, by which receivers find it again; empty for one made of computer and name.
    max_buffered_s
        How much is kept for a receiver that does not read, s. Less where that would take over 64 MiB.
    """

    name: str = ""
    _: KW_ONLY
    stream_type: str = "EMG"
    source_id: str = ""
    max_buffered_s: float = 60.0
    _outlet: Any = field(default=None, init=False, repr=False)
    _info: StreamInfo | None = field(default=None, init=False, repr=False)

    def open(self, info: StreamInfo) -> None:
        """Put the stream on the network, or leave it there when it is the same as before.

        Raises
        ------
        SourceError
            When liblsl refuses.
        """
        if self._outlet is not None and info == self._info:
            return
        self.close()
        pylsl = lsl_library.load()

        name = self.name or info.name or "myoscope"
        source_id = self.source_id or f"myoscope:{socket.gethostname()}:{name}"
        _, number_format = SENT_AS[info.dtype]
        try:
            header = pylsl.StreamInfo(
                _plain(name), _plain(self.stream_type), info.n_channels, info.fs, number_format, _plain(source_id)
            )
            _describe(info, header.desc(), self.stream_type)
            self._outlet = pylsl.StreamOutlet(header, max_buffered=_buffer(info, self.max_buffered_s))
        except RuntimeError as error:
            raise SourceError(f"LSL stream {name!r} cannot be sent: {error} Check the network settings.") from error
        self._info = info

    def write(self, block: Block) -> None:
        """Send one block with its timestamps, s on the LSL clock.

        Raises
        ------
        SourceError
            When the sink is not open, or a number is too large for LSL.
        """
        if self._outlet is None or self._info is None:
            raise SourceError("The LSL sink is not open. Call open(info) first.")
        if not len(block.timestamps):
            return
        data = np.asarray(block.data).reshape(len(block.timestamps), -1)
        if self._info.is_text:
            rows: Any = [[str(text).encode("utf-8", "replace") for text in row] for row in data]
        else:
            rows = _widened(data, self._info)
        # As a list: pylsl takes an array of one time for a number.
        self._outlet.push_chunk(rows, block.timestamps.tolist())

    def have_consumers(self) -> bool:
        """Whether anyone receives the stream."""
        return self._outlet is not None and bool(self._outlet.have_consumers())

    def close(self) -> None:
        """Take the stream off the network. Safe to call twice."""
        self._outlet = self._info = None


def _widened(data: NDArray[Any], info: StreamInfo) -> NDArray[Any]:
    if info.dtype == "uint64" and data.max() > np.iinfo(np.int64).max:
        raise SourceError(f"LSL holds whole numbers up to 2^63 - 1, the stream has {data.max()}. Send it as float64.")
    return np.ascontiguousarray(data, dtype=SENT_AS[info.dtype][0])


def _describe(info: StreamInfo, desc: Any, stream_type: str) -> None:
    """Write what LSL's core elements have no place for; `read_header` reads it back."""
    types = info.channel_types or (stream_type,) * info.n_channels
    if info.device.get("manufacturer"):
        desc.append_child_value("manufacturer", _plain(str(info.device["manufacturer"])))
    channels = desc.append_child("channels")
    for i, (label, scale) in enumerate(zip(info.labels, info.scales, strict=True)):
        channel = channels.append_child("channel")
        if info.channel_names is not None:
            channel.append_child_value("label", _plain(label))
        channel.append_child_value("unit", _plain(info.unit))
        channel.append_child_value("type", _plain(types[i]))
        if scale != 1.0:
            channel.append_child_value("scale", repr(float(scale)))
        if info.grid is not None:
            channel.append_child_value("cell", "{} {}".format(*info.grid.cells[i]))
    own = desc.append_child("myoscope")
    own.append_child_value("number_format", info.dtype)
    if len(info.sample_shape) > 1:
        own.append_child_value("sample_shape", " ".join(map(str, info.sample_shape)))
    if info.grid is not None and info.grid.distance_mm is not None:
        own.append_child_value("distance_mm", f"{info.grid.distance_mm:.12g}")


def _plain(text: str) -> str:
    """Return text that XML and C can hold."""
    return "".join(c if c.isprintable() else " " for c in text)


def _buffer(info: StreamInfo, wanted_s: float) -> int:
    """Return what liblsl takes as ``max_buffered``: s, or hundreds of samples where irregular."""
    size = info.n_channels * (TEXT_BYTES if info.is_text else np.dtype(SENT_AS[info.dtype][0]).itemsize)
    fit = MAX_BUFFER_BYTES / (size + SAMPLE_OVERHEAD_BYTES)
    if not info.fs:
        return int(max(1, min(fit, wanted_s * 1000) / 100))
    return max(1, int(min(wanted_s, fit / info.fs)))
