"""How much faster than real time a session is written in other formats: 64 channels at 2 kHz, as whole files."""

from __future__ import annotations

import importlib.util
import tempfile
import time
from pathlib import Path

import numpy as np
from effort import Effort
from numpy.typing import NDArray
from table import Row, cheaper

from myoscope import StreamInfo, names, open_session
from myoscope.recordings.building import SessionBuilder
from myoscope.recordings.formats import export_session, format_named

RATE_HZ = 2000
N_CHANNELS = 64
STRETCH_S = 10
ASKED = 100.0
"""Times real time, of the formats in `NAMED`."""
NAMED = ("xdf", "bdf")
OTHERS = {"mat5": "", "hdf5": "h5py", "nwb": "pynwb"}


def rows(effort: Effort) -> list[Row]:
    """Write an hour, or with little effort six minutes, in each format that is installed."""
    seconds = 360 if effort.quick else 3600
    found = []
    with tempfile.TemporaryDirectory(prefix="myoscope-bench-") as scratch:
        path = _session(Path(scratch) / "hour.myo", seconds)
        for name in (*NAMED, *OTHERS):
            if OTHERS.get(name) and importlib.util.find_spec(OTHERS[name]) is None:
                continue
            if importlib.util.find_spec(f"myoscope.recordings.{format_named(name).module}") is None:
                continue
            with open_session(path) as session:
                begun = time.perf_counter()
                made = export_session(session, name, Path(scratch) / f"hour.{name}")
                times = seconds / (time.perf_counter() - begun)
            made.path.unlink()
            what = f"export of {seconds // 60} min × {N_CHANNELS} ch × {RATE_HZ} Hz as {format_named(name).title}"
            asked = (f"> {ASKED:.0f} × real time", times > ASKED) if name in NAMED else ("", None)
            found.append(Row(what, f"{times:.0f} × real time", "", "", *asked))
        found += _peers(Path(scratch))
    return found


def _peers(scratch: Path) -> list[Row]:
    """Write a minute as BDF+ with ours, and with the usual libraries from arrays that are in memory already."""
    seconds, found = 60, []
    data = np.tile(_noise(), (seconds // STRETCH_S, 1)).astype(np.int32)
    ours = _session(scratch / "minute.myo", seconds)
    with open_session(ours) as session:
        begun = time.perf_counter()
        export_session(session, "bdf", scratch / "ours.bdf")
        ours_s = time.perf_counter() - begun
    for name, write in (("edfio", _with_edfio), ("pyedflib", _with_pyedflib)):
        if importlib.util.find_spec(name) is None:
            continue
        begun = time.perf_counter()
        write(data, scratch / f"{name}.bdf")
        peer_s = time.perf_counter() - begun
        what = f"a minute × {N_CHANNELS} ch as BDF+: ours from the disk, {name} from memory"
        found.append(cheaper(what, ours_s, peer_s, name, peer_s / ours_s))
    return found


def _with_edfio(data: NDArray[np.int32], path: Path) -> None:
    import edfio

    edfio.Bdf(
        [edfio.BdfSignal.from_digital(one, RATE_HZ) for one in np.ascontiguousarray(data.T)], annotations=[]
    ).write(path)


def _with_pyedflib(data: NDArray[np.int32], path: Path) -> None:
    import pyedflib

    head = {"dimension": "uV", "sample_frequency": RATE_HZ, "physical_min": -8388608, "physical_max": 8388607,
            "digital_min": -8388608, "digital_max": 8388607, "transducer": "", "prefilter": ""}  # fmt: skip
    with pyedflib.EdfWriter(str(path), N_CHANNELS, pyedflib.FILETYPE_BDFPLUS) as file:
        file.setSignalHeaders([{"label": f"emg {i}", **head} for i in range(N_CHANNELS)])
        file.writeSamples(list(np.ascontiguousarray(data.T)), digital=True)


def _session(path: Path, seconds: int) -> Path:
    """Make a session of noise in the 16 bits and with the scale of a usual amplifier."""
    data = _noise()
    n = len(data)
    with SessionBuilder(path, clock_at_created=100.0) as builder:
        info = StreamInfo(fs=RATE_HZ, channel_names=names("emg", N_CHANNELS), unit="µV", dtype="int16", scale=0.195)
        builder.stream("emg", info)
        for first in range(0, seconds, STRETCH_S):
            builder.write("emg", data, 100.0 + first + np.arange(n) / RATE_HZ)
        return builder.finish()


def _noise() -> NDArray[np.int16]:
    noise: NDArray[np.int16] = (np.random.default_rng(0).normal(size=(STRETCH_S * RATE_HZ, N_CHANNELS)) * 300).astype(
        np.int16
    )
    return noise
