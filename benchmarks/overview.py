"""An eight-hour recording of 64 channels: what its overview costs live, how fast it opens, zooms, jumps and is read.

The session is real: written through the recorder's own writing half, all samples and the overview, some 8 GB. What is
measured comes from memory where the machine has enough of it, as after a look at the session; «opens» is a process's
first look at it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from effort import Effort
from numpy.typing import NDArray
from screen import on_screen
from table import Row, duration, percent, times
from turns import in_turns

from myoscope import Replay, StreamInfo, names, open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.overview_building import build_overviews
from myoscope.recordings.overview_writer import OverviewWriter
from myoscope.recordings.stored import StoredStream

RATE_HZ = 2000.0
N_CHANNELS = 64
PIECE_S = 10.0
COLUMNS = (400, 1000, 2000)
SPANS_S = (1.0, 10.0, 60.0, 600.0, 3600.0)
LIVE = ((64, 2048.0), (512, 10_000.0))
LIVE_SHARE, OPEN_S, ZOOM_S, SEEK_S, READ_S, CHANNEL_S, STRIP_S = 0.02, 1.0, 0.05, 0.1, 1e-3, 0.1, 0.008


def rows(effort: Effort) -> list[Row]:
    """Measure the cost of building it, and what it gives."""
    hours = 0.5 if effort.quick else 8.0
    scratch = Path(tempfile.mkdtemp(prefix="myoscope-bench-"))
    try:
        found = [_live(scratch, n_channels, rate_hz, effort) for n_channels, rate_hz in LIVE]
        begun = perf_counter()
        path = _session(scratch / "day.myo", hours * 3600)
        wrote = perf_counter() - begun
        what = f"{hours:g} h of {N_CHANNELS} ch × {RATE_HZ:,.0f} Hz"
        opened = _opening(path)
        found.append(Row(f"{what}: opens", duration(opened), "", "", f"≤ {duration(OPEN_S)}", opened <= OPEN_S))
        with open_session(path) as session:
            stream = session.streams["emg"]
            assert not stream.lacks_overview
            found += [
                *_zooming(what, stream, effort),
                _seeking(what, path, hours, effort),
                _reading(what, stream, effort),
                *_one_channel(what, path, stream, effort),
            ]
        found += _time_line(what, path, effort)
        found.append(_rebuilding(what, path, wrote))
        return found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _live(folder: Path, n_channels: int, rate_hz: float, effort: Effort) -> Row:
    """Hand samples on in the pieces that the recorder writes; divide what that takes by the time they stand for."""
    seconds = effort.seconds(60.0, 10.0) if n_channels < 512 else effort.seconds(15.0, 3.0)
    n = round(rate_hz * 0.1) if n_channels < 512 else 80
    data = np.random.default_rng(3).standard_normal((round(rate_hz), n_channels), dtype=np.float32)
    shares = []
    for _ in range(effort.rounds(5)):
        writer = OverviewWriter(folder, np.dtype("<f4"), n_channels)
        spent = 0.0
        for first in range(0, round(seconds * rate_hz) - n, n):
            at = first % (len(data) - n)
            piece = data[at : at + n].copy()
            begun = process_time()
            writer.add([piece])
            spent += process_time() - begun
        begun = process_time()
        writer.finish()
        shares.append((spent + process_time() - begun) / seconds)
        shutil.rmtree(folder / "overview")
    share = median(shares)
    what = f"overview while recording {n_channels} ch × {rate_hz:,.0f} Hz: CPU"
    return Row(what, percent(share), "", "", f"≤ {100 * LIVE_SHARE:g} %", share <= LIVE_SHARE)


def _session(path: Path, seconds: float) -> Path:
    rng = np.random.default_rng(8)
    info = StreamInfo(fs=RATE_HZ, channel_names=names("EMG", N_CHANNELS), unit="µV", dtype="int16", scale=0.195)
    n = round(PIECE_S * RATE_HZ)
    noise = rng.normal(0, 300, (4 * n, N_CHANNELS)).astype(np.int16)
    with SessionBuilder(path) as builder:
        builder.stream("emg", info)
        for number in range(round(seconds / PIECE_S)):
            at = int(rng.integers(0, 3 * n))
            builder.write("emg", noise[at : at + n], (number * n + np.arange(n)) / RATE_HZ)
        return builder.finish()


def _opening(path: Path) -> float:
    begun = perf_counter()
    with open_session(path) as session:
        assert session.streams["emg"].overview(1000).shape == (N_CHANNELS, 1000, 2)
        return perf_counter() - begun


def _zooming(what: str, stream: StoredStream, effort: Effort) -> list[Row]:
    """Ask for pictures of any stretch anywhere; the longest is what a person would notice."""
    rng = np.random.default_rng(1)
    # The window has compiled loops at hand from its start; a script's first picture waits for them once.
    first_picture = _time(lambda: stream.overview(1000, 0, 10_000))
    _check(stream, rng)
    whole = stream.n_samples / RATE_HZ
    found = [Row(f"{what}: the first picture of samples in a process, numba loaded for it", duration(first_picture))]
    for n_columns, exact in (*((n, False) for n in COLUMNS), (COLUMNS[-1], True)):
        took = []
        for span_s in (*(span for span in SPANS_S if span < whole), whole):
            n = round(span_s * RATE_HZ)
            for _ in range(effort.rounds(9)):
                first = int(rng.integers(0, stream.n_samples - n + 1))
                begun = perf_counter()
                stream.overview(n_columns, first, first + n, exact=exact)
                took.append(perf_counter() - begun)
        longest = max(took)
        ends = ", to the sample" if exact else ""
        name = f"{what}: {n_columns:,} columns{ends} of 1 s to all of it: median {duration(median(took))}, longest"
        found.append(Row(name, duration(longest), "", "", f"≤ {duration(ZOOM_S)}", longest <= ZOOM_S))
    return found


def _check(stream: StoredStream, rng: np.random.Generator) -> None:
    """Hold one picture against the samples."""
    first = int(rng.integers(0, stream.n_samples // 2))
    data = stream.read(first, first + 120_000)[0].reshape(60, 2000, N_CHANNELS)
    expected = np.stack([data.min(axis=1), data.max(axis=1)], axis=-1).transpose(1, 0, 2) * stream.info.scales[0]
    assert np.array_equal(stream.overview(60, first, first + 120_000, exact=True), expected.astype(np.float32))


def _seeking(what: str, path: Path, hours: float, effort: Effort) -> Row:
    rng = np.random.default_rng(0)
    took = []
    with Replay(path) as replay:
        source = replay.sources["emg"]
        source.connect()
        for _ in range(effort.rounds(41)):
            begun = perf_counter()
            replay.seek(float(rng.uniform(20, hours * 3600 - 20)))
            while (block := source.read()) is None:
                pass
            took.append(perf_counter() - begun)
            assert len(block.timestamps) > 10_000, "the ten seconds before the new place come with it"
        source.disconnect()
    longest = max(took)
    name = f"{what}: a jump, with the 10 s before: median {duration(median(took))}, longest"
    return Row(name, duration(longest), "", "", f"≤ {duration(SEEK_S)}", longest <= SEEK_S)


def _reading(what: str, stream: StoredStream, effort: Effort) -> Row:
    rng = np.random.default_rng(2)
    n = round(10 * RATE_HZ)
    into: NDArray[np.int16] = np.empty((n, N_CHANNELS), dtype=np.int16)

    def read(first: int) -> None:
        into[...] = stream.read_samples(first, first + n)

    starts = rng.integers(0, stream.n_samples - n, effort.rounds(101))
    for first in starts:
        read(int(first))
    ten = median(_time(lambda first=first: read(int(first))) for first in starts)
    name = f"{what}: 10 s of all channels from anywhere, into memory"
    return Row(name, duration(ten), "", "", f"≤ {duration(READ_S)}", ten <= READ_S)


def _one_channel(what: str, path: Path, stream: StoredStream, effort: Effort) -> list[Row]:
    """Read one channel of an hour: by us, by numpy from the same files without any check, and by zarr."""
    import zarr

    hour = min(stream.n_samples, round(3600 * RATE_HZ))
    first = (stream.n_samples - hour) // 2
    samples, rows = path / "emg" / "samples", stream.layouts[0].chunk_rows

    def by_numpy() -> NDArray[np.int16]:
        out = np.empty((hour, 1), dtype=np.int16)
        at = first
        while at < first + hour:
            chunk, row = divmod(at, rows)
            n = min(rows - row, first + hour - at)
            mapped = np.memmap(samples / f"c.{chunk}.0", np.int16, "r", shape=(rows, N_CHANNELS))
            out[at - first : at - first + n] = mapped[row : row + n, 3:4]
            at += n
        return out

    def ours() -> NDArray[np.int16]:
        return stream.read_samples(first, first + hour, channels=slice(3, 4))

    assert np.array_equal(ours(), by_numpy())
    turns = in_turns(
        effort.rounds(11),
        lambda: [_time(ours)],
        lambda: [_time(by_numpy)],
        lambda: [_time(lambda: stream.read(first, first + hour, channels=slice(3, 4)))],
    )
    array = zarr.open_array(samples, mode="r")
    by_zarr = _time(lambda: array[first : first + hour, 3])
    one = turns.median(0)
    name = f"{what}: one channel of {hour / RATE_HZ / 60:.0f} min"
    return [
        Row(name, duration(one), f"{duration(turns.median(1))} numpy.memmap", times(turns.ratio(1, 0)),
            f"≤ {duration(CHANNEL_S)}", one <= CHANNEL_S),
        Row(name, duration(one), f"{duration(by_zarr)} zarr", times(by_zarr / one)),
        Row(f"{name}, with its timestamps", duration(turns.median(2))),
    ]  # fmt: skip


def _time_line(what: str, path: Path, effort: Effort) -> list[Row]:
    """Zoom and jump on the window's time line of the whole session, without drawing (null driver)."""
    turns = {"n_turns": effort.rounds(5), "n_jumps": effort.rounds(15)}
    cost = on_screen("session_strip", "null", 300.0, path=str(path), **turns)
    name = f"{what}: time line, a frame while zooming: median {duration(cost['cpu_p50_s'])}, 99 %"
    jump = f"{what}: time line, from a click to the samples there: median {duration(cost['jump_p50_s'])}, longest"
    return [
        Row(f"{what}: time line, from opening to the exact picture", duration(cost["opened_s"]), "", "",
            f"≤ {duration(OPEN_S)}", cost["opened_s"] <= OPEN_S),
        Row(name, duration(cost["cpu_p99_s"]), "", "", f"≤ {duration(STRIP_S)}", cost["cpu_p99_s"] <= STRIP_S),
        Row(jump, duration(cost["jump_longest_s"]), "", "", f"≤ {duration(SEEK_S)}", cost["jump_longest_s"] <= SEEK_S),
    ]  # fmt: skip


def _rebuilding(what: str, path: Path, wrote: float) -> Row:
    shutil.rmtree(path / "emg" / "overview")
    with open_session(path) as session:
        took = _time(lambda: build_overviews(session))
        assert not session.streams["emg"].lacks_overview
    return Row(f"{what}: the overview built anew", duration(took), f"{duration(wrote)} writing the session")


def _time(call: Callable[[], object]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun
