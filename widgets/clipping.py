"""Where a signal reaches the limits of its device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sources.envelope import Envelope
from .look import Look
from .picture import Picture

MOST = 4000
NONE = (np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))


class Clipping:
    """Finds the columns of a picture in which the raw signal is at a limit. Main thread only.

    A view filter hides what it does to a signal that was cut off, so the raw samples are asked.
    """

    def __init__(self) -> None:
        self._raw: Envelope | None = None

    def look_at(
        self, look: Look, picture: Picture, shown: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]:
        """Return place, lane and end (the upper one, or the lower) of each mark, at most some thousand.

        Parameters
        ----------
        look
            The stream as it is looked at.
        picture
            What is drawn of it, up to date.
        shown
            Shape (n_shown,), int64: the channels, top to bottom.
        """
        limits, drawn = look.stream.info.limits, picture.envelope
        raw = look.raw
        # After a montage a lane is no channel of the device any more.
        if limits is None or drawn is None or raw is None or raw.n_channels != picture.ring.n_channels:
            return NONE
        envelope = drawn
        if raw is not picture.ring:
            known, wanted = self._raw, (drawn.bucket, drawn.n_columns)
            if known is None or known.ring is not raw or (known.bucket, known.n_columns) != wanted:
                known = self._raw = Envelope(raw, *wanted)
            known.update(look.end)
            envelope = known
        low, high = limits
        columns = (envelope.slots if picture.sweep else envelope.columns)[shown]
        # A format's limit is met exactly; half a part in a million allows for float32.
        slack = (high - low)[shown, None] * np.float32(5e-7)
        above = columns[:, :, 1] >= high[shown, None] - slack
        below = columns[:, :, 0] <= low[shown, None] + slack
        if not above.any() and not below.any():
            return NONE
        lanes, at = np.nonzero(above | below)
        lanes, at = lanes[-MOST:], at[-MOST:]
        return picture.x[::2][at], lanes.astype(np.int64), above[lanes, at]
