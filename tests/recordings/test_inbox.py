"""Between the sources and the disk: what the queue holds, and what is said of what it refuses."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings import open_session

from .sessions import EMG, block, counted, recorder


def test_step_waits_for_blocks_to_gather_but_no_longer_than_asked(tmp_path):
    made = recorder(tmp_path, queue_bytes=10_000)
    sink = made.sink("emg")
    sink.open(EMG)
    made.step(0.001)
    sink.write(block(0, 500))  # more than half the queue, so this step does not wait at all
    made.step(timeout_s=3600.0)
    assert made.status.n_written == {"emg": 500}
    made.close()


def test_a_full_queue_refuses_names_and_tells(tmp_path):
    made = recorder(tmp_path, queue_bytes=20 * 100 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 3000, 100):
        sink.write(block(first, 100, lost=1 if first == 2500 else 0))
    assert made.status.queue_fraction == 1
    assert made.status.n_lost == 1001
    assert "too slow" in made.status.error
    made.step(0)
    sink.write(block(3000, 100, at=3001))
    made.close()
    assert "too slow" in made.status.error
    stream = open_session(made.path).streams["emg"]
    assert (stream.read()[0] == np.concatenate([counted(0, 2000), counted(3000, 100)])).all()
    assert {gap.cause: gap.n_lost for gap in stream.gaps} == {"device": 1, "queue full": 1000}
    assert stream.n_samples + stream.n_lost == 3101


def test_what_a_full_queue_refused_last_is_named_at_the_close(tmp_path):
    made = recorder(tmp_path, queue_bytes=1000 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    for first in range(0, 2000, 100):
        sink.write(block(first, 100))
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert (stream.n_samples, stream.n_lost) == (1000, 1000)


# At most 960 rows: further on the numbers that rows hold begin anew.
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3), st.booleans()), max_size=16))
def test_delivered_is_recorded_plus_gaps_whatever_the_queue_does(tmp_path_factory, deliveries):
    made = recorder(tmp_path_factory.mktemp("queue"), queue_bytes=100 * 16)
    sink = made.sink("emg")
    sink.open(EMG)
    n = lost_by_device = 0
    for rows, lost, step in deliveries:
        sink.write(block(n, rows, lost=lost))
        n += rows
        lost_by_device += lost
        if step:
            made.step(0)
    made.close()
    stream = open_session(made.path).streams["emg"]
    assert stream.n_samples + stream.n_lost == n + lost_by_device
    assert made.status.n_lost == stream.n_lost
    # The first channel tells each row's number: every row is there once, in order.
    numbers = stream.read()[0][:, 0] // 31
    assert (np.diff(numbers) > 0).all()
