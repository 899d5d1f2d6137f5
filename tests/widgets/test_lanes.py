from __future__ import annotations

import numpy as np
import pytest

from myoscope.sources.ring import RingBuffer
from myoscope.widgets import lanes
from myoscope.widgets.picture import Picture


@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_warming_covers_what_a_frame_calls(n_channels):
    lanes.warm()
    before = len(lanes.lay_bars.signatures), len(lanes.lay_lines.signatures)
    ring = RingBuffer(n_channels, 20_000)
    for i in range(30):
        ring.extend(np.zeros((500, n_channels), np.float32), np.arange(500) / 2000 + i / 4, 3 if i % 7 == 0 else 0)
    each = np.ones(n_channels, dtype=np.float32)
    for seconds, n_wide in ((5.0, 500), (0.1, 800)):
        picture = Picture()
        picture.look_at(ring, 2000.0, seconds, n_wide)
        picture.update()
        picture.lay(np.arange(n_channels, dtype=np.int64), each, each, 0.01)
    assert (len(lanes.lay_bars.signatures), len(lanes.lay_lines.signatures)) == before


def test_a_flat_line_is_one_pixel_high_and_a_missing_one_is_not_drawn():
    columns = np.array([[[5, 5], [np.nan, np.nan], [4, 8]]], dtype=np.float32)
    out = np.empty((1, 6), dtype=np.float32)
    one = np.ones(1, dtype=np.float32)
    lanes.lay_bars(out, columns, np.zeros(1, dtype=np.int64), one * 0.5, one * 5, one * 0.1, 0.02)
    np.testing.assert_allclose(out[0], [0.49, 0.51, np.nan, np.nan, 0.4, 0.8], atol=1e-6)
