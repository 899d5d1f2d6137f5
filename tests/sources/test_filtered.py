"""A filtered copy of a ring: each sample once, the same rows, and quiet on both sides of a gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.sources import filtered as module
from myoscope.sources.errors import SourceError
from myoscope.sources.filter_chain import FilterChain
from myoscope.sources.filtered import Filtered, FilteredAtOnce
from myoscope.sources.info import StreamInfo
from myoscope.sources.ring import RingBuffer
from myoscope.sources.view_filter import ViewFilter

FS = 1000.0
EMG = ViewFilter(20.0, 400.0, 50.0, montage="common average")


def info(n_channels: int = 3, fs: float = FS) -> StreamInfo:
    return StreamInfo(fs=fs, sample_shape=(n_channels,), unit="µV")


class Feeder:
    """Writes noise into a ring and remembers it."""

    def __init__(self, capacity: int = 20_000, n_channels: int = 3, offset: float = 0.0, first: int = 0) -> None:
        self.ring = RingBuffer(n_channels, capacity, first=first)
        self.rng = np.random.default_rng(1)
        self.offset = offset
        self.pieces: list[np.ndarray] = []

    def __call__(self, n: int, lost: int = 0, *, broken: bool = False) -> None:
        data = (self.rng.normal(0, 100, (n, self.ring.n_channels)) + self.offset).astype(np.float32)
        self.ring.extend(data, (self.ring.n_total + np.arange(n)) / FS, lost, broken=broken)
        self.pieces.append(data)


def expected(pieces: list[np.ndarray], chosen: ViewFilter = EMG) -> np.ndarray:
    """Return each piece between gaps, filtered in one go by a chain of its own."""
    found = []
    for piece in pieces:
        chain = FilterChain(info(piece.shape[1]), chosen)
        out = np.empty((len(piece), chain.info.n_channels), dtype=np.float32)
        chain.restart(piece[: chain.n_warm])
        chain.run(piece, out)
        found.append(out)
    return np.concatenate(found)


def same_rows(copy: RingBuffer, source: RingBuffer) -> None:
    """Check that both hold the same rows with the same times and gaps."""
    ours, theirs = copy.view(None), source.view(None)
    assert ours.first == theirs.first
    np.testing.assert_array_equal(ours.timestamps, theirs.timestamps)
    assert copy.gaps == source.gaps
    assert copy.n_lost == source.n_lost
    for row in range(ours.first, ours.first + len(ours.data), 7):
        assert copy.lost_before(row) == source.lost_before(row)


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from([0, 0, 0, 1, 50]), st.booleans(), st.booleans()),
        min_size=1,
        max_size=20,
    ),
    first=st.sampled_from([0, 12_345]),
)
def test_whenever_it_is_updated_it_holds_the_same_numbers(steps, first):
    feed = Feeder(first=first)
    feed(30)
    copy = Filtered(feed.ring, info(), EMG)
    segments = [feed.pieces[:1]]
    for n, lost, broken, looked in steps:
        feed(n, lost, broken=broken)
        if lost or broken:
            segments.append([])
        segments[-1].append(feed.pieces[-1])
        if looked:
            copy.update()
    copy.update(whole=True)
    same_rows(copy.ring, feed.ring)
    np.testing.assert_array_equal(copy.ring.view(None).data, expected([np.concatenate(s) for s in segments]))
    assert copy.behind == 0
    assert copy.update() == 0


@given(ends=st.lists(st.integers(0, 3000), max_size=10), at_most=st.integers(1, 700))
def test_slices_change_nothing(ends, at_most):
    feed = Feeder()
    feed(1000)
    feed(2000, lost=10)
    copy = Filtered(feed.ring, info(), EMG)
    for end in ends:
        before = copy.ring.n_total
        done = copy.update(end, at_most=at_most)
        assert copy.ring.n_total == before + done <= max(before, end)
    while copy.behind:
        assert copy.update(at_most=at_most) > 0
    np.testing.assert_array_equal(copy.ring.view(None).data, expected(feed.pieces))


def test_nothing_rings_after_a_gap_between_two_offsets():
    feed = Feeder(offset=10_000.0)
    copy = Filtered(feed.ring, info(), ViewFilter(20.0, 400.0, 50.0))
    feed(2000)
    copy.update()
    feed.offset = -10_000.0
    feed(500, lost=300)
    feed.offset = 20_000.0
    feed(500, broken=True)
    for end in range(2000, 3001, 13):
        copy.update(end)
    copy.update()
    data = copy.ring.view(None).data
    assert len(data) == 3000
    # Without a new start there would be 20,000 right after the gap.
    assert np.abs(data).max() < 600


def test_a_new_piece_waits_for_20_ms_to_start_from():
    feed = Feeder()
    feed(19)
    copy = Filtered(feed.ring, info(), EMG)
    assert copy.update() == 0
    feed(1)
    assert copy.update() == 20
    feed(5, lost=3)
    assert copy.update() == 0
    feed(5, lost=3)
    # A piece that ended before it was long enough is filtered all the same.
    assert copy.update() == 5
    assert copy.update(whole=True) == 5
    same_rows(copy.ring, feed.ring)


def test_a_writer_that_was_too_fast_costs_the_past_and_nothing_else():
    feed = Feeder(capacity=1000, offset=10_000.0)
    feed(800)
    copy = Filtered(feed.ring, info(), ViewFilter(highpass_hz=20.0))
    copy.update()
    before = copy.ring
    feed(700, lost=4)
    feed(5000)
    assert copy.update() == 1000
    assert copy.ring is not before
    same_rows(copy.ring, feed.ring)
    assert np.abs(copy.ring.view(None).data).max() < 600
    assert copy.first == feed.ring.view(None).first


def test_rows_overwritten_while_they_are_read_are_not_shown(monkeypatch):
    feed = Feeder(capacity=1000, offset=10_000.0)
    feed(1000)
    copy = Filtered(feed.ring, info(), ViewFilter(highpass_hz=20.0))
    run, late = copy._chain.run, []

    def overtaken(data, out):
        if not late:
            # The writer goes once round while the filter reads.
            late.append(True)
            feed.offset = -10_000.0
            feed(3000)
        run(data, out)

    monkeypatch.setattr(copy._chain, "run", overtaken)
    copy.update()
    copy.update()
    same_rows(copy.ring, feed.ring)
    assert np.abs(copy.ring.view(None).data).max() < 600


def test_it_can_begin_later_than_the_ring():
    feed = Feeder()
    feed(3000)
    copy = Filtered(feed.ring, info(), EMG, first=2500)
    assert copy.update() == 500
    view = copy.ring.view(None)
    assert (view.first, len(view.data), copy.first) == (2500, 500, 2500)
    np.testing.assert_array_equal(view.data, expected([feed.pieces[0][2500:]]))


def test_montage_without_a_rate():
    feed = Feeder(n_channels=2)
    copy = Filtered(feed.ring, info(2, fs=0.0), ViewFilter(montage="bipolar", rectify=True))
    feed(3)
    feed(1, broken=True)
    assert copy.update() == 4
    assert copy.info.labels == ("ch_0−ch_1",)
    data = np.concatenate(feed.pieces)
    np.testing.assert_allclose(copy.ring.view(None).data[:, 0], np.abs(data[:, 0] - data[:, 1]), rtol=1e-5)
    with pytest.raises(SourceError, match="no steady rate"):
        Filtered(feed.ring, info(2, fs=0.0), EMG)


def test_bad_channels_are_left_out_of_the_average():
    feed = Feeder()
    feed(100)
    copy = Filtered(feed.ring, info(), ViewFilter(montage="common average"), bad={2})
    copy.update()
    data = feed.pieces[0].astype(np.float64)
    np.testing.assert_allclose(
        copy.ring.view(None).data, data - data[:, :2].mean(axis=1, keepdims=True), rtol=1e-4, atol=1e-3
    )


def test_a_long_past_comes_in_slices_behind_what_is_looked_at(monkeypatch):
    feed = Feeder()
    feed(10_000)
    monkeypatch.setattr(module, "AT_ONCE", 1)
    cost = Filtered(feed.ring, info(), EMG).cost
    monkeypatch.setattr(module, "SLICE", 4000 * cost)
    copy = FilteredAtOnce(feed.ring, info(), EMG, (), 8500)
    copy.update()
    quick = copy.ring
    assert not copy.is_whole
    assert quick.view(None).first == 8500
    assert quick.n_total == 10_000
    feed(100)
    copy.update()
    assert copy.ring is quick
    assert quick.n_total == 10_100
    while not copy.is_whole:
        copy.update()
    assert copy.ring is not quick
    same_rows(copy.ring, feed.ring)
    np.testing.assert_array_equal(copy.ring.view(None).data, expected([np.concatenate(feed.pieces)]))
    # Where both had settled, they agree.
    np.testing.assert_allclose(copy.ring.view(500, end=10_000).data, quick.view(500, end=10_000).data, atol=0.5)


def test_a_short_past_is_there_at_once():
    feed = Feeder()
    feed(10_000)
    copy = FilteredAtOnce(feed.ring, info(), EMG, (), 8500)
    copy.update()
    assert copy.is_whole
    same_rows(copy.ring, feed.ring)
