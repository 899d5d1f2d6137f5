"""The unit in which samples travel."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Block(NamedTuple):
    """Consecutive samples of one stream.

    Parameters
    ----------
    data
        Shape (n_samples, *sample_shape), C-contiguous, in the device's own dtype.
    timestamps
        Shape (n_samples,), float64, seconds on the LSL clock.
    lost
        Samples that the device says went missing just before this block.
    """

    data: NDArray[Any]
    timestamps: NDArray[np.float64]
    lost: int = 0


class Event(NamedTuple):
    """Something that happened at one moment: a marker, a cue, a label, a device swap.

    Parameters
    ----------
    t
        Seconds on the LSL clock.
    kind
        ``"marker"``, ``"cue"``, ``"label"``, ``"device"`` or a word of one's own.
    label
        What is drawn beside the line.
    text
        Anything longer.
    stream
        The stream it came from, empty for the person or the program.
    """

    t: float
    kind: str
    label: str
    text: str = ""
    stream: str = ""
