"""What holds for every source."""

from __future__ import annotations

import inspect
import threading

import numpy as np
import pytest

from myoscope.sources import Found, Source, SourceError, StreamInfo, form_fields, name_of, open_source
from tests.sources.contract import SOURCES, SourceCase, gathered

every_source = pytest.mark.parametrize("case", SOURCES, ids=lambda case: case.name)


@every_source
def test_it_is_a_source(case: SourceCase):
    with case.ready() as source:
        assert isinstance(source, Source)


@every_source
def test_blocks_are_as_described(case: SourceCase):
    with case.ready() as source:
        info = source.connect()
        assert isinstance(info, StreamInfo)
        blocks = gathered(source, 30)
        source.disconnect()
    assert sum(len(block.timestamps) for block in blocks) >= 30
    newest = -np.inf
    for data, timestamps, lost in blocks:
        assert timestamps.dtype == np.float64
        assert timestamps.ndim == 1
        assert np.isfinite(timestamps).all()
        assert (np.diff(timestamps, prepend=newest) > 0).all()
        newest = timestamps[-1] if len(timestamps) else newest
        if info.is_text:
            assert data.shape == (len(timestamps), info.n_channels)
        else:
            assert data.shape == (len(timestamps), *info.sample_shape)
            assert data.dtype == np.dtype(info.dtype)
            assert data.flags.c_contiguous
        assert isinstance(lost, int)
        assert lost >= 0


@every_source
def test_blocks_are_not_touched_again(case: SourceCase):
    with case.ready() as source:
        source.connect()
        first = gathered(source, 5)
        data, timestamps = first[0].data.copy(), first[0].timestamps.copy()
        gathered(source, 20)
        source.disconnect()
    assert np.array_equal(first[0].data, data)
    assert np.array_equal(first[0].timestamps, timestamps)


@every_source
def test_disconnect_may_come_at_any_time(case: SourceCase):
    with case.ready() as source:
        source.disconnect()
        source.connect()
        source.disconnect()
        source.disconnect()


@every_source
def test_reading_unconnected_is_refused(case: SourceCase):
    with case.ready() as source:
        with pytest.raises(SourceError):
            source.read()
        source.connect()
        source.disconnect()
        with pytest.raises(SourceError):
            source.read()


@every_source
def test_it_connects_again(case: SourceCase):
    with case.ready() as source:
        before = source.connect()
        gathered(source, 5)
        source.disconnect()
        after = source.connect()
        assert after.same_samples(before)
        assert gathered(source, 5)
        source.disconnect()


@every_source
def test_it_leaves_no_thread(case: SourceCase):
    before = set(threading.enumerate())
    with case.ready() as source:
        during = set(threading.enumerate())
        source.connect()
        gathered(source, 5)
        assert set(threading.enumerate()) <= during
        source.disconnect()
    assert set(threading.enumerate()) <= before


@every_source
def test_its_name_makes_it_again(case: SourceCase):
    with case.ready() as source:
        name = name_of(source)
        again = open_source(name)
    assert type(again) is type(source)
    assert name_of(again) == name


@every_source
def test_its_form_explains_itself(case: SourceCase):
    with case.ready() as source:
        fields = form_fields(type(source))
    assert fields
    assert [f.name for f in fields if not f.help] == []


@every_source
def test_what_it_discovers_can_be_opened(case: SourceCase):
    with case.ready() as source:
        discover = getattr(type(source), "discover", None)
        assert (discover is not None) == case.discovers
        if discover is None:
            return
        assert "timeout_s" in inspect.signature(discover).parameters
        found = discover(timeout_s=0.5)
        for one in found:
            assert isinstance(one, Found)
            assert one.label
            assert type(open_source(one.name)) is type(source)
