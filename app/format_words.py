"""What a format keeps and loses of a session, in words, and how large its files are about."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..recordings import Session
from ..recordings.in_unit import unit_dtype
from ..sources.language import later

IN_UNIT = -1.0


class Kept(NamedTuple):
    """What becomes of samples.

    Parameters
    ----------
    words
        For a person.
    bytes_a_value
        About; 0 for as many as the device's number format has, `IN_UNIT` for as many as a value in its unit.
    bytes_a_sample
        In addition, for its time.
    is_packed
        Whether it is compressed, so that the size is a limit.
    """

    words: str
    bytes_a_value: float = 0.0
    bytes_a_sample: float = 8.0
    is_packed: bool = False


KEPT = {
    "csv": Kept(
        later("A table a stream, every digit of every value, events and gaps beside them. Large, slow to read."),
        11.0, 12.0,
    ),
    "parquet": Kept(later("A table a stream, exact, with units, for pandas, R and Spark."), IN_UNIT, 8.0, True),
    "npz": Kept(later("Arrays in their unit, times, events and gaps, for Python with NumPy."), IN_UNIT),
    "bio": Kept(later("Arrays in their unit, channels first. No channel names, events or notes."), IN_UNIT),
    "edf": Kept(
        later("16 bits a value, evenly spaced; events become annotations. Finer steps and uneven times are rounded."),
        2.0, 0.0,
    ),
    "bdf": Kept(
        later("24 bits a value, evenly spaced; events become annotations. Finer steps and uneven times are rounded."),
        3.0, 0.0,
    ),
    "bids": Kept(later("A folder as data sets are shared in, with its descriptions; the signals are BDF+."), 3.0, 0.0),
    "xdf": Kept(
        later("Every sample with its own time, exact; events and gaps as markers. For LSL programs, EEGLAB, MNE."),
        4.0, 9.0,
    ),
    "mat5": Kept(later("Exact arrays, a structure a stream, time along the columns. At most 2 GB a stream.")),
    "mat73": Kept(later("As MATLAB 5, of any length, compressed. Octave needs a package for it."), 0.0, 8.0, True),
    "hdf5": Kept(later("Exact, compressed arrays with all descriptions, for any language."), 0.0, 8.0, True),
    "nwb": Kept(
        later("Exact, with a table of electrodes, events and gaps. Times are counted from the first sample."),
        0.0, 8.0, True,
    ),
    "zip": Kept(later("Everything, to open with myoscope on another computer."), 0.0, 8.0, True),
}  # fmt: skip
"""By the format's name."""


def estimated_bytes(session: Session, name: str) -> int:
    """Return about how large an export is, bytes; for a compressed one at most."""
    kept = KEPT.get(name, Kept(""))
    total = 0.0
    for stream in session.streams.values():
        info = stream.info
        a_value = kept.bytes_a_value or np.dtype(info.dtype).itemsize
        if a_value == IN_UNIT:
            a_value = np.dtype(unit_dtype(info)).itemsize
        if name == "xdf":
            a_value = max(np.dtype(info.dtype).itemsize, 4 if info.scale != 1.0 else 1)
        total += stream.n_samples * (info.n_channels * a_value + kept.bytes_a_sample)
    return round(total) + 4096


def size_text(n_bytes: float) -> str:
    """Return a size such as ``1.4 GB``."""
    for unit in ("B", "kB", "MB"):
        if n_bytes < 999.5:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} GB"
