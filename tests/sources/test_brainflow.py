"""BrainFlow, on its own synthetic board: a real session, 16 channels at 250 Hz."""

from __future__ import annotations

import gc
import threading
import time

import numpy as np
import pytest
from brainflow import board_shim

from myoscope.sources import SourceError, SourceLost, local_clock, name_of, open_source
from myoscope.sources.brainflow import BrainFlowSource
from tests.sources.contract import gathered, keep_reading


@pytest.fixture
def board():
    """Return sources whose settings no other test shares; all are let go afterwards."""
    made = []

    def make(name="synthetic", **options):
        made.append(BrainFlowSource(name, **options))
        return made[-1]

    yield make
    for source in made:
        source.disconnect()


def intruder(serial_number):
    """Return another hand on the session with that serial number: BrainFlow keeps one session for equal settings."""
    params = board_shim.BrainFlowInputParams()
    params.serial_number = serial_number
    return board_shim.BoardShim(board_shim.BoardIds.SYNTHETIC_BOARD, params)


def test_it_reads_emg_without_a_gap(board):
    source = board()
    began = local_clock()
    info = source.connect()
    assert (info.fs, info.n_channels, info.unit, info.dtype) == (250.0, 16, "µV", "float64")
    assert info.labels[:2] == ("emg_01", "emg_02")
    assert info.device["board"] == "SYNTHETIC_BOARD"
    blocks = gathered(source, 100)
    stamps = np.concatenate([block.timestamps for block in blocks])
    data = np.concatenate([block.data for block in blocks])
    assert sum(block.lost for block in blocks) == 0
    assert data.shape == (len(stamps), 16)
    assert data.std(axis=0).min() > 0
    assert (np.diff(stamps) > 0).all()
    assert began - 0.01 < stamps[0] < stamps[-1] <= local_clock()


@pytest.mark.parametrize(("channels", "first", "n"), [("eeg", "Fz", 16), ("exg", "emg_01", 16), ("all", "emg_01", 29)])
def test_channel_sets(board, channels, first, n):
    info = board(channels=channels).connect()
    assert info.n_channels == n
    assert info.labels[0] == first
    assert len(set(info.labels)) == n
    assert ("accel_01" in info.labels) == ("battery" in info.labels) == (channels == "all")


def test_a_board_without_emg_says_what_it_has(board):
    with pytest.raises(SourceError, match=r"'unicorn' has no emg channels\. It has: .*eeg \(8\).* Choose channels=eeg"):
        board("unicorn").connect()


def test_what_was_not_fetched_in_time_is_counted(board):
    source = board(buffer_s=0.2, serial_number="overrun")
    source.connect()
    blocks = gathered(source, 20)
    time.sleep(0.6)  # the reader under test is late by three buffers
    blocks += gathered(source, 50)
    lost = sum(block.lost for block in blocks)
    stamps = np.concatenate([block.timestamps for block in blocks])
    assert lost > 50
    # What the counter says and what the clock says is the same.
    assert abs((stamps[-1] - stamps[0]) * 250 - (len(stamps) - 1 + lost)) < 5


def test_a_second_owner_is_refused_and_the_first_is_not_disturbed(board):
    first, second = board(serial_number="twice"), board("SYNTHETIC_BOARD", serial_number="twice")
    first.connect()
    assert gathered(first, 20)
    with pytest.raises(SourceError, match="busy: this program has it already"):
        second.connect()
    second.disconnect()
    del second
    gc.collect()
    assert gathered(first, 20)
    with pytest.raises(SourceError, match="connected already"):
        first.connect()
    first.disconnect()
    third = board(serial_number="twice")
    third.connect()
    assert gathered(third, 20)


def test_two_boards_may_be_read_at_once(board):
    sources = [board(serial_number=number) for number in ("one", "two")]
    for source in sources:
        source.connect()
    assert all(gathered(source, 20) for source in sources)


def test_only_one_of_many_at_once_gets_the_board(board):
    sources = [board(serial_number="race") for _ in range(8)]
    outcomes = []

    def try_it(source):
        try:
            source.connect()
            outcomes.append(True)
        except SourceError:
            outcomes.append(False)

    threads = [threading.Thread(target=try_it, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]


def test_a_board_that_fails_is_lost_and_can_be_connected_again(board):
    source = board(serial_number="failing")
    source.connect()
    gathered(source, 20)
    # What a pulled cable does to some boards: the session is gone.
    intruder("failing").release_session()
    with pytest.raises(SourceLost, match="was lost"):
        gathered(source, 1000)
    source.disconnect()
    source.connect()
    assert gathered(source, 20)


def test_a_silent_board_is_lost(board):
    ahead = [0.0]
    source = board(serial_number="silent", clock=lambda: local_clock() + sum(ahead), sleep=lambda _: None)
    source.connect()
    shim = intruder("silent")
    shim.stop_stream()
    with pytest.raises(SourceLost, match="sent nothing for 5 s"):
        keep_reading(source, 50, lambda: ahead.append(0.5))


def test_a_recording_is_played_to_its_end(board, tmp_path):
    rows = np.zeros((60, 32))
    rows[:, 0] = np.arange(60)
    rows[:, 1] = np.arange(60) * 10.0
    rows[:, 30] = 1.7e9 + np.arange(60) / 250
    path = tmp_path / "recording.csv"
    path.write_text("\n".join("\t".join(f"{value:f}" for value in row) for row in rows) + "\n")
    ahead = [0.0]
    source = board("playback_file", file=str(path), master_board="synthetic", clock=lambda: local_clock() + sum(ahead))
    assert source.connect().n_channels == 16
    blocks = gathered(source, 60)
    data = np.concatenate([block.data for block in blocks])
    assert np.array_equal(data[:, 0], np.arange(60) * 10.0)
    with pytest.raises(EOFError, match="played to its end"):
        keep_reading(source, 5, lambda: ahead.append(2.0))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "synthetik"}, r"no board called 'synthetik'\. Give board by name, such as synthetic"),
        ({"name": "no_board"}, "no board called"),
        ({"name": ""}, "no board called"),
        ({"name": "cyton"}, "'cyton' needs other settings"),
        ({"name": "cyton", "serial_port": "/dev/no-such-port"}, "cannot be opened. Check that it is plugged in"),
        ({"ip_address": "300.1.1.1"}, "no network address"),
        ({"ip_port": 99999}, "ip_port"),
        ({"timeout_s": -1}, "timeout_s"),
        ({"buffer_s": float("nan")}, "buffer_s"),
        ({"serial_port": "x" * 200}, "too long"),
        ({"mac_address": "a\0b"}, "odd characters"),
        ({"channels": "feet"}, "Choose one of emg"),
        ({"name": "playback_file", "file": "nowhere.csv", "master_board": "synthetic"}, "no file 'nowhere.csv'"),
        ({"name": "streaming"}, "master_board"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(board, options, says):
    source = board(**options)
    with pytest.raises(SourceError, match=says) as refusal:
        source.connect()
    assert "\n" not in str(refusal.value)
    with pytest.raises(SourceLost):
        source.read()


@pytest.mark.parametrize("name", ["Synthetic", "SYNTHETIC_BOARD", "synthetic-board", " synthetic board "])
def test_names_are_forgiving(board, name):
    assert board(name, serial_number="names").connect().n_channels == 16


def test_its_name():
    assert name_of(BrainFlowSource()) == "brainflow:synthetic"
    name = name_of(BrainFlowSource("cyton", channels="eeg", serial_port="/dev/ttyUSB0"))
    assert name == "brainflow:cyton?channels=eeg&serial_port=/dev/ttyUSB0"
    assert open_source(name).serial_port == "/dev/ttyUSB0"
    assert open_source("brainflow:synthetic").board == "synthetic"
