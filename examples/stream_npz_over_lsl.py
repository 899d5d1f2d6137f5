"""Send the arrays of an .npz file over LSL at their own rate, as a device would.

    python examples/stream_npz_over_lsl.py --file recording.npz --speed 1 --loop

Each array ``x`` in the file needs a number ``x_rate_hz``, and may have a text ``x_unit`` and ``x_labels``. The first
axis is time; all others together are the channels. What was sent is printed at the end, with a digest of the samples.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pylsl
from numpy.typing import NDArray

TYPES = {"emg": "EMG", "markers": "MoCap", "eeg": "EEG", "force": "Force"}
FORMATS = {
    "float32": "float32",
    "float64": "double64",
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "int64": "int64",
}
CHUNK_S = 0.01


@dataclass
class Outgoing:
    """One array on its way: samples (n_samples, n_channels), rate in Hz as sent."""

    key: str
    samples: NDArray[Any]
    rate_hz: float
    unit: str = ""
    labels: tuple[str, ...] = ()
    n_sent: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        """Put the stream on the network, with its channels described."""
        self.name = TYPES.get(self.key, self.key) if self.key != "markers" else "Markers"
        kind = TYPES.get(self.key, "")
        n_channels = self.samples.shape[1]
        number_format = FORMATS[str(self.samples.dtype)]
        info = pylsl.StreamInfo(self.name, kind, n_channels, self.rate_hz, number_format, f"npz-{self.key}")
        info.desc().append_child_value("manufacturer", "stream_npz_over_lsl")
        channels = info.desc().append_child("channels")
        for label in self.labels:
            channel = channels.append_child("channel")
            channel.append_child_value("label", label)
            channel.append_child_value("unit", self.unit)
            channel.append_child_value("type", kind)
        self.outlet = pylsl.StreamOutlet(info)

    def send_until(self, elapsed_s: float, start: float, loop: bool) -> bool:
        """Send what is due; return whether there is more to come."""
        due = int(elapsed_s * self.rate_hz)
        n_samples = len(self.samples)
        if not loop:
            due = min(due, n_samples)
        while self.n_sent < due:
            first = self.n_sent % n_samples
            chunk = self.samples[first : first + min(due - self.n_sent, n_samples - first)]
            times = start + (self.n_sent + np.arange(1, len(chunk) + 1)) / self.rate_hz
            self.outlet.push_chunk(chunk, times.tolist())
            self.digest.update(chunk.tobytes())
            self.n_sent += len(chunk)
        return loop or self.n_sent < n_samples


def arrays(file: Path, speed: float, only: Sequence[str]) -> Iterator[Outgoing]:
    """Read every array that has a rate, or those of them that are named in `only`."""
    with np.load(file, allow_pickle=False) as content:
        for key in content.files:
            if f"{key}_rate_hz" not in content.files or (only and key not in only):
                continue
            samples = np.ascontiguousarray(content[key])
            shape = samples.shape[1:] or (1,)
            unit = str(content[f"{key}_unit"]) if f"{key}_unit" in content.files else ""
            if f"{key}_labels" in content.files:
                labels = tuple(str(label) for label in content[f"{key}_labels"])
            else:
                labels = tuple(name_of(key, index, shape) for index in np.ndindex(*shape))
            flat = samples.reshape(len(samples), -1)
            yield Outgoing(key, flat, float(content[f"{key}_rate_hz"]) * speed, unit, labels)


def name_of(key: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Return ``emg_01`` for a channel, ``marker_01_x`` for a coordinate of a marker."""
    name = f"{key.rstrip('s')}_{index[0] + 1:02d}"
    if len(shape) == 2 and shape[1] == 3:
        return f"{name}_{'xyz'[index[1]]}"
    return "_".join([name, *(str(i + 1) for i in index[1:])])


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, but not for ever."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def main() -> int:
    """Send, and tell what was sent."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--file", type=Path, required=True, help="the .npz file")
    parser.add_argument("--only", nargs="+", default=(), help="names of the arrays to send; all by default")
    parser.add_argument("--speed", type=float, default=1.0, help="times real time; the rate is announced accordingly")
    parser.add_argument("--loop", action="store_true", help="begin again at the end, until stopped")
    parser.add_argument("--wait", type=float, default=0.0, help="wait so many seconds for a receiver of every stream")
    parser.add_argument("--linger", type=float, default=5.0, help="stay so many seconds for receivers to take the rest")
    options = parser.parse_args()
    if not 0 < options.speed <= 1000:
        parser.error("--speed is above 0 and up to 1000")
    try:
        streams = list(arrays(options.file, options.speed, options.only))
    except (OSError, ValueError, KeyError) as error:
        parser.error(f"{options.file} cannot be sent: {error}")
    if not streams:
        parser.error(f"{options.file} holds no array with a rate: emg needs emg_rate_hz")

    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    for stream in streams:
        print(f"{stream.name}: {stream.samples.shape[1]} channels at {stream.rate_hz:g} Hz", flush=True)
    if options.wait:
        wait_until(lambda: stopped or all(s.outlet.have_consumers() for s in streams), options.wait)
    start = pylsl.local_clock()
    more = True
    while more and not stopped:
        elapsed_s = pylsl.local_clock() - start
        unfinished = [stream for stream in streams if stream.send_until(elapsed_s, start, options.loop)]
        more = bool(unfinished)
        time.sleep(CHUNK_S)
    for stream in streams:
        sent = {
            "stream": stream.name,
            "n_samples": stream.n_sent,
            "n_channels": stream.samples.shape[1],
            "dtype": str(stream.samples.dtype),
            "sha256": stream.digest.hexdigest(),
        }
        print(json.dumps(sent), flush=True)
    # What is under way when an outlet goes is lost, so stay until the receivers have gone, or for a while.
    wait_until(lambda: stopped or not any(s.outlet.have_consumers() for s in streams), options.linger)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
