"""The commit log as bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myoscope.recordings.commits import RECORD_BYTES, Commit, decode, decode_from, encode

word = st.integers(0, 2**32 - 1)
commits = st.lists(st.builds(Commit, word, word, word, word, word, st.integers(0, 2**64 - 1)), max_size=20)


@given(commits)
def test_what_was_encoded_is_decoded(some):
    assert decode(b"".join(map(encode, some))) == some


@given(commits, st.integers(1, RECORD_BYTES - 1))
def test_a_torn_last_record_is_left_out(some, kept):
    log = b"".join(map(encode, some))
    assert decode(log + encode(Commit(1, 2, 3, 4, 5, 6))[:kept]) == some


@given(commits, st.data())
def test_a_changed_byte_costs_its_record_and_no_other(some, data):
    if not some:
        return
    log = bytearray(b"".join(map(encode, some)))
    at = data.draw(st.integers(0, len(log) - 1))
    log[at] ^= data.draw(st.integers(1, 255))
    hurt = at // RECORD_BYTES
    assert decode(bytes(log)) == some[:hurt] + some[hurt + 1 :]


@given(st.binary(max_size=500))
def test_foreign_bytes_are_no_commits_and_raise_nothing(junk):
    assert decode(junk) == []


def test_recovery_reads_full_chunks_and_the_end_only():
    log = [
        Commit(0, 0, 5, 1, 1),
        Commit(0, 0, 10, 2, 2),
        Commit(0, 1, 3, 3, 3),
        Commit(1, 0, 4, 4, 4),
        Commit(7, 0, 1, 5, 5),
    ]
    data = b"".join(map(encode, log))
    assert decode_from(data, [1, 0], [10, 20]) == [log[1], log[2], log[3]]


def test_a_record_is_36_bytes():
    assert len(encode(Commit(0, 0, 0, 0, 0))) == RECORD_BYTES == 36
