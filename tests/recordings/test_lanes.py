"""Lanes share one capacity without a lock on the way; whatever is put, no more waits than it."""

from __future__ import annotations

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings.inbox import Inbox
from myoscope.recordings.sink import RecorderSink, Refused
from myoscope.sources import Block

CAPACITY = 20_000


def block(n):
    return Block(np.zeros((n, 1), np.int16), np.zeros(n))


@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 2), st.integers(1, 2500)),
            st.tuples(st.just("take"), st.integers(1, 30_000)),
        ),
        max_size=80,
    )
)
def test_all_that_is_put_is_taken_or_refused_and_no_more_waits_than_there_is_room_for(acts):
    inbox: Inbox[str] = Inbox(CAPACITY, CAPACITY // 2)
    sinks = [RecorderSink(inbox, str(i), "") for i in range(3)]
    put, got, refused = [0, 0, 0], [0, 0, 0], [0, 0, 0]

    def take(n_bytes):
        for i, sink in enumerate(sinks):
            for item in sink.take(n_bytes):
                if isinstance(item, Refused):
                    refused[i] += item.n_rows
                else:
                    got[i] += len(item.timestamps)

    for who, n in acts:
        if who == "take":
            take(n)
            continue
        before = sum(sink.n_waiting for sink in sinks)
        sinks[who].write(block(n))
        put[who] += n
        # A block larger than the whole queue is taken where nothing else waits.
        assert sum(sink.n_waiting for sink in sinks) <= max(CAPACITY, before, 0 if before else 10 * n)
    for sink in sinks:
        sink.hand_in()
    while not all(sink.is_empty for sink in sinks):
        take(CAPACITY)
    assert [a + b for a, b in zip(got, refused, strict=True)] == put
    assert inbox.fraction == 0


def test_threads_that_put_while_one_takes_lose_nothing():
    inbox: Inbox[str] = Inbox(CAPACITY, CAPACITY // 2)
    sinks = [RecorderSink(inbox, str(i), "") for i in range(3)]
    n_blocks, n_rows = 3000, 37

    def produce(sink):
        for _ in range(n_blocks):
            sink.write(block(n_rows))
        sink.hand_in()

    threads = [threading.Thread(target=produce, args=(sink,)) for sink in sinks]
    for thread in threads:
        thread.start()
    found = 0
    while any(thread.is_alive() for thread in threads) or not inbox.is_empty:
        assert inbox.fraction <= 1
        inbox.wait(0.001)
        for sink in sinks:
            for item in sink.take(CAPACITY):
                found += item.n_rows if isinstance(item, Refused) else len(item.timestamps)
    for thread in threads:
        thread.join()
    assert found == 3 * n_blocks * n_rows


def test_what_nobody_uses_is_not_kept_from_others():
    inbox: Inbox[str] = Inbox(CAPACITY, CAPACITY // 2)
    sinks = [RecorderSink(inbox, str(i), "") for i in range(40)]
    for sink in sinks:
        sink.write(block(1))
    sinks[0].write(block(1960))
    assert sum(sink.n_waiting for sink in sinks) == CAPACITY
    assert sinks[0].n_refused == 0


def test_closed_it_takes_nothing_more():
    inbox: Inbox[str] = Inbox(CAPACITY, CAPACITY // 2)
    sink = RecorderSink(inbox, "emg", "")
    sink.write(block(10))
    inbox.close("disk full")
    sink.write(block(10))
    assert (len(sink.take(CAPACITY)), sink.n_refused) == (1, 10)
