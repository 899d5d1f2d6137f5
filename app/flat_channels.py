"""Channels that repeat one value, looked for in a stream's newest second."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ..sources import Stream

SECONDS = 1.0
LEAST_ROWS = 32
FIRST_ROWS = 200


def flat_channels(streams: Collection[Stream]) -> dict[str, tuple[str, ...]]:
    """Return the names of flat channels, by stream; streams without any are left out. Any thread may ask.

    A few hundred rows tell most channels apart, so that it costs little; only what is flat in them is looked at whole.
    """
    found = {}
    for stream in streams:
        ring = stream.ring
        if ring is None or not stream.connected_once or not stream.info.fs or len(stream.info.sample_shape) != 1:
            continue
        # A view: should the writer overtake it, a channel is merely not found flat until the next look.
        view = ring.view(round(SECONDS * stream.info.fs))
        n = len(view.data)
        if n < LEAST_ROWS:
            continue
        some = view.data[:: max(1, n // FIRST_ROWS)]
        suspects = np.flatnonzero((some == some[0]).all(axis=0))
        flat = [int(i) for i in suspects if (view.data[:, i] == view.data[0, i]).all()]
        if flat:
            labels = stream.info.labels
            found[stream.name] = tuple(labels[i] for i in flat)
    return found
