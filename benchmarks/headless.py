"""Child process: streams recorded without a window, and what making the signal alone costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from time import process_time

from device import counting, missing
from emg import surface_emg
from screen import answer, arguments

from myoscope import App


def main() -> None:
    """Record for as long as the parent asks."""
    asked = arguments()
    n_channels, rate_hz, seconds = asked["n_channels"], asked["rate_hz"], asked["seconds"]
    stream, source = counting(n_channels, rate_hz, buffer_seconds=2.0)
    app = App()
    app.streams(stream)
    with tempfile.TemporaryDirectory(prefix="myoscope-bench-") as folder:
        app.record(Path(folder) / "take.myo")
        begun, cpu, fullest = time.monotonic(), process_time(), 0.0
        with app:
            while time.monotonic() - begun < seconds:
                time.sleep(0.1)
                recording = app.engine.snapshot().recording
                fullest = max(fullest, recording.queue_fraction if recording else 0.0)
            spent = (process_time() - cpu) / (time.monotonic() - begun)
            health = stream.health
        n_missing, n_breaks = missing(Path(folder) / "take.myo", source)
    answer(
        cpu=spent,
        device_cpu=device_cpu(n_channels, rate_hz),
        n_missing=n_missing,
        n_breaks=n_breaks,
        n_lost=health.n_lost,
        n_delivered=source.n_delivered,
        rate_hz=health.rate_hz,
        fullest=fullest,
        error=app.recording_error,
    )


def device_cpu(n_channels: int, rate_hz: float) -> float:
    """Return what making the signal alone takes: a real device does that by itself."""
    signal = surface_emg(n_channels, rate_hz)
    n, seconds = round(rate_hz * 0.01), 2.0
    cpu = process_time()
    for first in range(0, round(seconds * rate_hz), n):
        signal.rows(first, n)
    return (process_time() - cpu) / seconds


if __name__ == "__main__":
    main()
