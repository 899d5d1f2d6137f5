"""A look through a filter: the same rows, live and held, for every view of it."""

from __future__ import annotations

import numpy as np
import pytest

from myoscope.sources import filtered as module
from myoscope.sources.filter_chain import FilterChain
from myoscope.sources.info import Grid, StreamInfo
from myoscope.sources.stream import Stream
from myoscope.sources.view_filter import ViewFilter
from myoscope.widgets.look import Look

BAND = ViewFilter(20.0, 400.0, 50.0)


def filtered(data: np.ndarray, info: StreamInfo, chosen: ViewFilter, bad=()) -> np.ndarray:
    """Return all of it in one go."""
    chain = FilterChain(info, chosen, bad)
    out = np.empty((len(data), chain.info.n_channels), dtype=np.float32)
    chain.restart(data[: chain.n_warm])
    chain.run(data, out)
    return out


class Marked:
    """Channels of which a test says which are bad."""

    def __init__(self, look: Look) -> None:
        self.bad: frozenset[int] = frozenset()
        self.version = 0
        self.placement = None
        self.infos: list[StreamInfo] = []
        look.channels = self

    def set_info(self, info: StreamInfo) -> None:
        self.infos.append(info)
        self.version += 1


@pytest.fixture
def seen(bench):
    """Return a look at a stream that holds 3 s of noise, its bench and its samples."""

    def make(**settings):
        made = bench(**settings)
        look = Look(made.stream)
        data = made.noise(3.0)
        look.update()
        return look, made, data

    return make


def test_switched_on_the_whole_past_is_filtered_and_goes_on(seen):
    look, bench, data = seen()
    plain, info, version = look.ring, look.info, look.version
    look.filter = BAND
    look.update()
    assert look.version > version
    assert look.ring is not plain
    assert look.raw is plain
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, info, BAND))
    version = look.version
    more = bench.noise(0.1, seed=1)
    look.update()
    assert look.version == version
    whole = np.concatenate([data, more])
    np.testing.assert_array_equal(look.view(0.05).data, filtered(whole, info, BAND)[-100:])
    assert look.end == 6200
    assert look.newest == bench.t
    look.filter = ViewFilter()
    look.update()
    assert look.ring is plain
    assert look.info is info
    np.testing.assert_array_equal(look.view(3.1).data, whole)


def test_what_is_held_stands_still_and_takes_another_filter(seen):
    look, bench, data = seen()
    info = look.info
    look.filter = BAND
    look.update()
    look.axis.hold()
    look.update()
    held, version = look.ring, look.version
    np.testing.assert_array_equal(held.view(None).data, filtered(data, info, BAND))
    more = bench.noise(1.0, seed=1)
    look.update()
    assert (look.ring, look.end, look.version) == (held, 6000, version)
    other = ViewFilter(highpass_hz=5.0, rectify=True)
    look.filter = other
    look.update()
    assert look.version > version
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, info, other))
    assert look.end == 6000
    np.testing.assert_array_equal(look.raw.view(None).data, data)
    look.axis.release()
    look.update()
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(np.concatenate([data, more]), info, other))
    look.axis.hold()
    look.update()
    look.filter = ViewFilter()
    look.update()
    np.testing.assert_array_equal(look.ring.view(None).data, np.concatenate([data, more]))


def test_held_goes_on_filtering_unseen(seen):
    look, bench, data = seen()
    look.filter = BAND
    look.update()
    live = look.ring
    look.axis.hold()
    look.update()
    more = bench.noise(1.0, seed=1)
    look.update()
    assert live.n_total == 8000
    look.axis.release()
    look.update()
    assert look.ring is live
    np.testing.assert_array_equal(live.view(None).data, filtered(np.concatenate([data, more]), look.stream.info, BAND))


def test_held_before_there_was_a_filter(seen):
    look, bench, data = seen()
    look.axis.hold()
    look.update()
    bench.noise(1.0, seed=1)
    look.filter = BAND
    look.update()
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, look.stream.info, BAND))


def test_a_montage_names_the_channels_anew(bench):
    made = bench(n_channels=3, names=("A", "B", "C"))
    look = Look(made.stream)
    channels = Marked(look)
    data = made.noise(1.0)
    look.update()
    look.filter = ViewFilter(montage="bipolar")
    look.update()
    assert channels.infos[-1].labels == look.info.labels == ("A−B", "B−C")
    np.testing.assert_allclose(look.view(1.0).data, -np.diff(data, axis=1), rtol=1e-5)
    n = len(channels.infos)
    look.filter = ViewFilter(montage="bipolar", highpass_hz=20.0)
    look.update()
    # The same channels as before: whoever arranged them finds them so.
    assert len(channels.infos) == n
    look.filter = ViewFilter(highpass_hz=20.0)
    look.update()
    assert channels.infos[-1].labels == look.info.labels == ("A", "B", "C")


def test_a_channel_marked_bad_leaves_the_average(seen):
    look, _, data = seen()
    channels = Marked(look)
    average = ViewFilter(montage="common average")
    look.filter = average
    look.update()
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, look.stream.info, average))
    version, channels.bad = look.version, frozenset({2})
    channels.version += 1
    look.update()
    assert look.version > version
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, look.stream.info, average, {2}))
    look.axis.hold()
    look.update()
    channels.bad, channels.version = frozenset({0}), channels.version + 1
    look.update()
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, look.stream.info, average, {0}))


def test_a_filter_that_does_not_fit_shows_everything_and_says_why(seen):
    look, _, data = seen(fs=200.0)
    look.filter = BAND
    look.update()
    assert "Give less than 100 Hz" in look.why_unfiltered
    np.testing.assert_array_equal(look.view(3.0).data, data)
    look.filter = ViewFilter(highpass_hz=20.0)
    look.update()
    assert look.why_unfiltered == ""
    assert look.ring is not look.raw


def test_another_source_is_filtered_by_its_own_rate(seen):
    look, bench, _ = seen()
    look.filter = BAND
    look.update()
    grid = Grid(((0, 0), (0, 1), (1, 0), (1, 1)))
    bench.fed.info = StreamInfo(fs=1000.0, sample_shape=(4,), unit="mV", grid=grid)
    bench.stream.reconnect()
    data = bench.noise(2.0, seed=3)
    look.update()
    assert (look.info.fs, look.info.unit, look.info.grid) == (1000.0, "mV", grid)
    np.testing.assert_array_equal(look.view(2.0).data, filtered(data, bench.fed.info, BAND))


def test_a_gap_is_where_it_was(seen):
    look, bench, _ = seen()
    look.filter = BAND
    look.update()
    bench.noise(1.0, seed=2, lost=40)
    look.update()
    assert look.ring.gaps == look.raw.gaps != ()
    assert look.ring.lost_before(look.end - 1) == 40


def test_a_long_past_comes_soon_and_the_window_at_once(seen, monkeypatch):
    look, bench, data = seen()
    monkeypatch.setattr(module, "AT_ONCE", 1)
    monkeypatch.setattr(module, "SLICE", 100_000)
    look.axis.seconds = 0.5
    look.filter = BAND
    look.update()
    quick, version = look.ring, look.version
    assert quick.view(None).first == 6000 - 3000 - 1
    while look.ring is quick:
        look.update()
    assert look.version > version
    np.testing.assert_array_equal(look.ring.view(None).data, filtered(data, look.stream.info, BAND))
    # Held far back, what is looked at comes first.
    look.axis.hold(bench.t - 1.0)
    look.filter = ViewFilter(highpass_hz=10.0)
    look.update()
    assert look.end == 4000
    assert look.ring.view(None).first == 1000 - 1
    assert len(look.view(0.5).data) == 1000


def test_before_anything_has_come(bench):
    made = bench()
    look = Look(made.stream)
    look.filter = BAND
    look.update()
    assert look.end == 0
    assert len(look.view(1.0).data) == 0
    waiting = Look(Stream("emg", made.fed))
    waiting.filter = BAND
    waiting.update()
    assert waiting.ring is None
    assert waiting.raw is None


def test_differences_follow_the_grid_that_a_person_chose(bench):
    made = bench(n_channels=4)
    look = Look(made.stream)
    channels = Marked(look)
    made.noise(1.0)
    look.filter = ViewFilter(montage="bipolar", along="rows")
    look.update()
    assert look.info.n_channels == 3

    class Square:
        n_channels = 4

        def grid(self) -> Grid:
            return Grid(((0, 0), (0, 1), (1, 0), (1, 1)))

    channels.placement = Square()
    look.update()
    assert look.raw_info.grid == Square().grid()
    assert look.info.labels == ("ch_0−ch_1", "ch_2−ch_3")
