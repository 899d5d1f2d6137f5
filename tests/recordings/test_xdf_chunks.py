"""The codec of XDF's chunks: what is encoded comes back, and no bytes crash it."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from myoscope.recordings import xdf_chunks
from myoscope.recordings.xdf_frames import Skipped, frames


@given(st.integers(0, 2**64 - 1))
def test_lengths_come_back(n):
    data = xdf_chunks.encode_length(n)
    assert xdf_chunks.decode_length(data) == (n, len(data))
    with pytest.raises(xdf_chunks.DamagedChunk):
        xdf_chunks.decode_length(data[:-1])


@given(
    hnp.arrays(
        st.sampled_from([np.dtype(name) for name in xdf_chunks.FORMATS.values()]),
        st.tuples(st.integers(0, 120), st.integers(1, 5)),
    ),
    st.lists(st.booleans(), min_size=120, max_size=120),
)  # fmt: skip
def test_samples_come_back_with_and_without_their_own_times(data, stamped):
    times, last, rows = [], 5.0, []
    for row, has_time in zip(data, stamped, strict=False):
        last = last + 1.25 if has_time else last + 0.1
        times.append(last)
        rows.append((struct.pack("<Bd", 8, last) if has_time else b"\0") + row.tobytes())
    content = struct.pack("<I", 9) + xdf_chunks.encode_length(len(data)) + b"".join(rows)
    kind = xdf_chunks.NumberFormat(data.dtype.str, data.shape[1], 0.1)
    again, read = xdf_chunks.decode_samples(content, kind, 5.0)
    np.testing.assert_array_equal(again, data)
    np.testing.assert_array_equal(read, times)
    if len(data):
        with pytest.raises(xdf_chunks.DamagedChunk):
            xdf_chunks.decode_samples(content[:-1], kind, 5.0)
        with pytest.raises(xdf_chunks.DamagedChunk):
            xdf_chunks.decode_samples(content + b"\0", kind, 5.0)


@given(st.binary(max_size=300), st.integers(1, 5), st.sampled_from(sorted(xdf_chunks.FORMATS.values())))
def test_no_bytes_crash_the_codec(content, n_channels, dtype):
    kind = xdf_chunks.NumberFormat(dtype, n_channels, 0.01)
    for read in (
        lambda: xdf_chunks.decode_samples(content, kind, 0.0),
        lambda: list(xdf_chunks.decode_texts(content, n_channels, 0.0, 0.0)),
        lambda: xdf_chunks.decode_clock_offset(content),
    ):
        with suppress(xdf_chunks.DamagedChunk):
            assert read() is not None


@given(st.binary(max_size=400))
def test_any_bytes_are_chunks_or_skipped(data):
    whole = xdf_chunks.MAGIC + data
    found = list(frames(io.BytesIO(whole), len(whole)))
    at = len(xdf_chunks.MAGIC)
    for one in found:
        if isinstance(one, Skipped):
            assert one.first == at < one.last
            at = one.last
        else:
            assert one.at + len(one.content) > at
            at = one.at + len(one.content)
    assert at == len(whole)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.text("aµ€\n\0😀", max_size=8), st.text("xy", max_size=3)), max_size=5))
def test_texts_come_back(rows):
    times = [float(i) for i in range(len(rows))]
    chunk = xdf_chunks.encode_texts(3, rows, times)
    (frame,) = frames(io.BytesIO(xdf_chunks.MAGIC + chunk), 4 + len(chunk))
    assert [(t, tuple(texts)) for t, texts in xdf_chunks.decode_texts(frame.content, 2, 0.0, 0.0)] == [
        (t, row) for t, row in zip(times, rows, strict=True)
    ]
