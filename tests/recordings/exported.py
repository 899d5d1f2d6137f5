"""A session with everything that another format may lose, and what is compared when it comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from myoscope.recordings import open_session
from myoscope.recordings.about import About, ChannelAbout
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, format_named, import_file
from myoscope.recordings.progress import Stopped
from myoscope.sources import Event, StreamInfo, names

from .memory import Memory

T0 = 71234.567890123


def rich(path: Path, n: int = 4000, *, n_channels: int = 3, float_emg: bool = True) -> Path:
    """Make a session: `n` samples of EMG with a gap, scaled force, markers of another shape, irregular presses."""
    rng = np.random.default_rng(5)
    labels = ("Biceps", "=2+2", "Überlang: Trizeps, caput longum", *names("m", max(3, n_channels))[3:])[:n_channels]
    about = About(name="abduction", subject="S07", task="lift", operator="AB", notes="=cmd", take=2, tags=("a", "b"))
    with SessionBuilder(path, about, clock_at_created=T0 - 5) as builder:
        channels = tuple(
            ChannelAbout(muscle=f"muscle {i}", side="left", electrode_size_mm=10.0) for i in range(n_channels)
        )
        kind = {"dtype": "float32"} if float_emg else {"dtype": "int16", "scale": 0.195}
        info = StreamInfo(fs=2000.0, name="EMG", channel_names=labels, unit="µV", **kind)
        builder.stream("emg", info, "synthetic:", channels)
        values = rng.normal(size=(n, n_channels)) * 300
        values = values.astype(info.dtype)
        half = n // 2
        builder.write("emg", values[:half], T0 + np.arange(half) / 2000)
        builder.write(
            "emg", values[half:], T0 + (100 + half + np.arange(n - half)) / 2000, lost=100, cause="reconnected"
        )
        builder.stream("force", StreamInfo(fs=100.0, channel_names=("Fz",), unit="N", dtype="int32", scale=0.01))
        m = n // 20
        builder.write("force", rng.integers(-5000, 5000, (m, 1)), T0 + 0.0005 + np.arange(m) / 100)
        builder.event(Event(T0 + 0.25, "marker", "@lift", 'a, "b"\nc', ""))
        builder.event(Event(T0 + 0.75, "cue", "später", "", "emg"))
        return builder.finish()


def rich_irregular(path: Path) -> Path:
    """Make a session of what only some formats can hold: markers (3-D samples), an irregular stream, wide integers."""
    with SessionBuilder(path, About(name="odd"), clock_at_created=10.0) as builder:
        builder.stream("markers", StreamInfo(fs=100.0, sample_shape=(4, 3), unit="mm", dtype="float64"))
        builder.write("markers", np.arange(600, dtype=float).reshape(50, 4, 3) / 7, 10 + np.arange(50) / 100)
        builder.stream("presses", StreamInfo(fs=0, channel_names=("key",), dtype="uint64"))
        builder.write("presses", np.array([[2**63 + 1], [5], [7]], np.uint64), np.array([10.1, 10.15, 12.0]))
        return builder.finish()


def changed(path: Path) -> Path:
    """Make a session of a stream whose rate changed while it was recorded, a gap at its end, and an empty stream."""
    with SessionBuilder(path, About(name="changed"), clock_at_created=10.0) as builder:
        for fs, start in ((1000.0, 10.0), (500.0, 12.0)):
            builder.stream("emg", StreamInfo(fs=fs, channel_names=("a", "a"), unit="mV", dtype="int16"))
            builder.write("emg", np.arange(600, dtype=np.int16).reshape(300, 2), start + np.arange(300) / fs)
        builder.gap("emg", 12.598, 13.0, 200, "disk full")
        builder.stream("empty", StreamInfo(fs=100.0, channel_names=("x",)))
        return builder.finish()


def same(one: Path, other: Path, *, times: float = 0.0, gaps: bool = True, about: bool = True) -> None:
    """Assert that two sessions hold the same samples, bit for bit, and the same events and gaps."""
    with open_session(one) as a, open_session(other) as b:
        assert list(a.streams) == list(b.streams)
        for name, stream in a.streams.items():
            back = b.streams[name]
            data, timestamps = stream.read()
            read, moments = back.read()
            np.testing.assert_array_equal(read, data)
            assert read.dtype == data.dtype
            np.testing.assert_allclose(moments, timestamps, rtol=0, atol=times)
            assert back.info == stream.info
            assert back.channels_about == stream.channels_about
        if gaps:
            assert b.gaps == a.gaps
        if about:
            assert b.events == a.events
            assert b.about == a.about


def steady(tmp_path: Path, name: str, out_name: str, monkeypatch, *, n: int = 8000, file: str = "") -> Path:
    """Assert that a session four times as long is written and read in no more memory; return what was written.

    `file` is what is read of it, where that is a folder.
    """
    for module in ("pieces", "npz_reading", "bio_reading", "parquet_reading", "edf_writing", "edf_reading"):
        monkeypatch.setattr(f"myoscope.recordings.{module}.PIECE_BYTES", 2**18)
    monkeypatch.setattr("myoscope.recordings.format_parquet.GROUP_BYTES", 2**18)
    written, read = [], []
    for i, length in enumerate((n // 4, n, 4 * n)):
        path = rich(tmp_path / f"{i}.myo", length, n_channels=32)
        out = tmp_path / f"{i}-out" / out_name
        with open_session(path) as session, Memory() as memory:
            export_session(session, name, out)
        written.append(memory.peak_bytes)
        if format_named(name).reads:
            source = out / file if file else out
            with Memory() as memory:
                import_file(source, tmp_path / f"{i}-back.myo")
            read.append(memory.peak_bytes)
    for peaks in (written, read):
        assert not peaks or peaks[2] < peaks[1] * 1.5 + 2**19, (written, read)
    return source if read else out


def stops(work, left: Path) -> None:
    """Assert that work stops when asked half-way, and leaves nothing."""
    shares = []

    def progress(share: float) -> None:
        shares.append(share)
        if share > 0.3:
            raise Stopped

    try:
        work(progress)
    except Stopped:
        assert not left.exists()
        assert not list(left.parent.glob(f"*{left.name}*"))
        assert shares == sorted(shares)
        return
    raise AssertionError("it was not stopped")
