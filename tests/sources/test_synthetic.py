"""The synthetic device: a pure function of seed and sample number, that looks like EMG, with faults that add up."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.sources import SourceError, SourceLost, Stream, name_of, open_source
from myoscope.sources.surface_emg import SurfaceEmg, layout
from myoscope.sources.synthetic import SyntheticSource
from tests.recordings.sessions import SteppedTime
from tests.sources.contract import gathered, keep_reading

RATE = 2048.0


def device(**options):
    clock = SteppedTime()
    return SyntheticSource(clock=clock, sleep=clock.sleep, **options), clock


def spectrum(column, rate_hz=RATE):
    power = np.abs(np.fft.rfft(column - column.mean())) ** 2
    return np.fft.rfftfreq(len(column), 1 / rate_hz), power


# The signal

MODELS = {
    "pairs": SurfaceEmg(9, 500.0, ecg_uv=100, movement_uv=200, bad_channel="popping", seed=3),
    "tiles": SurfaceEmg(150, 100.0, electrodes="grid", bad_channel="noisy", seed=4),
    "odd rate": SurfaceEmg(2, 1.7, seed=5),
}
WHOLE = {name: model.rows(0, 3 * model.n_loop) for name, model in MODELS.items()}


@given(st.sampled_from(sorted(MODELS)), st.lists(st.integers(0, 700), min_size=1, max_size=12), st.data())
@settings(max_examples=60, deadline=None)
def test_samples_do_not_depend_on_how_they_are_cut(name, lengths, data):
    model, whole = MODELS[name], WHOLE[name]
    at = start = data.draw(st.integers(0, len(whole) // 2))
    parts = []
    for n in lengths:
        n = min(n, len(whole) - at)
        parts.append(model.rows(at, n))
        at += n
    assert np.concatenate(parts).tobytes() == whole[start:at].tobytes()


def test_a_very_long_stretch_is_the_same_in_one_piece():
    model = SurfaceEmg(2, 3000.0)
    whole = model.rows(5, 20_000)
    assert np.array_equal(whole[9000:9010], model.rows(9005, 10))


@pytest.mark.parametrize("electrodes", ["pairs", "grid"])
def test_the_seed_decides(electrodes):
    one, again, other = (SurfaceEmg(4, 1000.0, electrodes=electrodes, seed=s).rows(700, 900) for s in (7, 7, 8))
    assert np.array_equal(one, again)
    assert not np.isclose(one, other).all(axis=0).any()


def test_it_is_finite_and_of_a_body_s_size():
    emg = SurfaceEmg(8, RATE).rows(0, 24 * 2048)
    assert emg.dtype == np.float32
    assert np.isfinite(emg).all()
    peaks = np.abs(emg).max(axis=0)
    assert ((peaks > 300) & (peaks < 2000)).all()


def test_bursts_stand_out_of_the_baseline():
    emg = SurfaceEmg(8, RATE, hum_uv=0, noise_uv=5).rows(0, 24 * 2048)
    rms = np.sqrt((emg.reshape(-1, 256, 8) ** 2).mean(axis=1))
    low, high = np.quantile(rms, [0.1, 0.9], axis=0)
    assert ((low > 3) & (low < 12)).all()
    assert (high > 8 * low).all()


def test_its_spectrum_is_that_of_surface_emg():
    emg = SurfaceEmg(8, RATE, profile="steady", hum_uv=0).rows(0, 12 * 2048)
    for column in emg.T:
        f, power = spectrum(column)
        inside = (f > 5) & (f < 600)
        mean_hz = (f * power)[inside].sum() / power[inside].sum()
        assert 60 < mean_hz < 150
        assert power[(f > 20) & (f < 450)].sum() > 0.95 * power.sum()


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_stands_at_the_mains_frequency(mains_hz):
    emg = SurfaceEmg(3, RATE, profile="rest", mains_hz=mains_hz, hum_uv=20).rows(100, 8 * 2048)
    for column in emg.T:
        f, power = spectrum(column)
        assert abs(f[power.argmax()] - mains_hz) < 0.2


def test_hum_is_the_same_phase_everywhere():
    emg = SurfaceEmg(130, 1000.0, profile="rest", noise_uv=0, hum_uv=10).rows(0, 1000)
    assert np.corrcoef(emg.T).min() > 0.999


def test_the_loop_closes_without_a_jump():
    model = SurfaceEmg(4, RATE, profile="steady", noise_uv=0)
    steps = np.abs(np.diff(model.rows(model.n_loop - 2048, 4096), axis=0))
    assert steps[2040:2056].max() < 2 * steps[:2000].max()


def test_potentials_travel_along_the_columns_of_a_grid():
    emg = SurfaceEmg(64, RATE, electrodes="grid", profile="steady", hum_uv=0).rows(0, 4096)
    cells = layout(64).cells
    column = [channel for channel, (_, c) in enumerate(cells) if c == 3]
    expected = 0.008 / 4.0 * RATE
    for upper, lower in pairwise(column[3:]):
        a, b = emg[100:-100, upper], emg[:, lower]
        match = [float(a @ b[100 + lag : len(b) - 100 + lag]) for lag in range(-12, 13)]
        assert abs(np.argmax(match) - 12 - expected) <= 1
        assert max(match) > 0.7 * np.linalg.norm(a) * np.linalg.norm(b)


def test_a_grid_has_one_place_for_each_electrode():
    for n in (1, 5, 8, 64, 65, 256, 512):
        grid = layout(n)
        assert len(set(grid.cells)) == n
    assert max(layout(256).cells) == (15, 15)
    assert layout(64).cells[:9] == (*((row, 0) for row in range(8)), (0, 1))


def test_artefacts_are_there_when_asked_for():
    quiet = SurfaceEmg(3, 500.0, profile="rest", hum_uv=0).rows(0, 12_000)
    heart = SurfaceEmg(3, 500.0, profile="rest", hum_uv=0, ecg_uv=300).rows(0, 12_000)
    moved = SurfaceEmg(3, 500.0, profile="rest", hum_uv=0, movement_uv=400).rows(0, 12_000)
    assert np.abs(quiet).max() < 50
    strongest = heart[:, np.abs(heart).max(axis=0).argmax()]
    beats = np.flatnonzero(np.diff((strongest > strongest.max() / 2).astype(int)) == 1)
    assert len(beats) == 27
    f, power = spectrum(moved[:, np.abs(moved).max(axis=0).argmax()], 500.0)
    assert f[power.argmax()] < 6


@pytest.mark.parametrize("kind", ["flat", "noisy", "popping"])
def test_one_channel_can_be_bad(kind):
    good, bad = (SurfaceEmg(6, 1000.0, bad_channel=b).rows(0, 24_000) for b in ("none", kind))
    others = [0, 1, 2, 4, 5]
    assert np.array_equal(good[:, others], bad[:, others])
    assert {"flat": bad[:, 3].std() == 0, "noisy": bad[:, 3].std() > 80, "popping": np.ptp(bad[:, 3]) > 1500}[kind]


# The device


@pytest.mark.parametrize("rate_hz", [1.0, 250.0, 1234.5, 2048.0, 10_000.0])
def test_it_keeps_its_rate_exactly(rate_hz):
    source, clock = device(n_channels=2, rate_hz=rate_hz)
    source.connect()
    began = clock.now
    blocks = []
    while clock.now < began + 20:
        blocks += gathered(source, 1, 1)
    stamps = np.concatenate([block.timestamps for block in blocks])
    assert abs(len(stamps) - 20 * rate_hz) <= 0.1 * rate_hz + 1
    assert np.allclose(stamps, began + np.arange(1, len(stamps) + 1) / rate_hz, rtol=0, atol=1e-9)
    assert source.n_made == source.n_delivered == len(stamps)


def test_the_same_device_however_it_is_read():
    steady, _ = device(seed=2)
    steady.connect()
    hasty, clock = device(seed=2)
    hasty.connect()
    one = np.concatenate([block.data for block in gathered(steady, 3000)])
    other = []
    for pause in (0.0, 0.3, 0.001, 0.9, 0.05, 0.4):
        clock.sleep(pause)
        other += [block.data for block in gathered(hasty, 1, 3)]
    other = np.concatenate(other)[: len(one)]
    assert np.array_equal(one[: len(other)], other)


def test_integers_are_the_same_signal():
    real, _ = device(n_channels=4)
    whole, _ = device(n_channels=4, dtype="int16")
    assert real.connect().scale == 1.0
    info = whole.connect()
    a, b = (np.concatenate([block.data for block in gathered(s, 2000)]) for s in (real, whole))
    assert b.dtype == np.int16
    assert np.abs(b * info.scales - a).max() < 0.051


@pytest.mark.parametrize(("dtype", "wraps"), [("float32", 2**24), ("int16", 2**15)])
def test_the_counter_counts_in_the_last_channel(dtype, wraps):
    source, _ = device(n_channels=3, rate_hz=20_000.0, dtype=dtype, counter_channel=True)
    info = source.connect()
    assert info.labels[-1] == "Counter"
    assert info.scales[-1] == 1.0
    data = np.concatenate([block.data for block in gathered(source, 40_000)])
    assert np.array_equal(data[:, -1], np.arange(len(data)) % wraps)


def test_dropped_samples_are_told_and_left_out():
    source, _ = device(n_channels=2, rate_hz=1000.0, counter_channel=True)
    source.connect()
    before = gathered(source, 100)
    source.drop(30)
    source.drop(7)
    after = gathered(source, 100)
    assert [block.lost for block in after if block.lost] == [37]
    counts = np.concatenate([block.data[:, -1] for block in before + after])
    assert counts[len(counts) - sum(len(b.data) for b in after)] == sum(len(b.data) for b in before) + 37
    assert (source.n_made, source.n_dropped) == (counts[-1] + 1, 37)


@given(st.floats(0.1, 2.0), st.integers(1, 60), st.lists(st.floats(0, 0.9), max_size=8))
@settings(max_examples=20, deadline=None)
def test_regular_drops_add_up_and_fall_on_the_same_samples(every_s, n_drop, pauses):
    source, clock = device(n_channels=1, rate_hz=700.0, counter_channel=True, drop_every_s=every_s, drop_samples=n_drop)
    source.connect()
    blocks = []
    for pause in [*pauses, 0.0]:
        clock.sleep(pause)
        blocks += gathered(source, 300, 50)
    # Whatever went missing last is told by the block after it.
    blocks += gathered(source, 1)
    counts = np.concatenate([block.data[:, 0] for block in blocks]).astype(int)
    period = round(every_s * 700)
    assert np.array_equal(counts, [k for k in range(counts[-1] + 1) if k < period or k % period >= n_drop])
    assert sum(block.lost for block in blocks) == source.n_dropped == source.n_made - len(counts)
    for block in blocks:
        assert (np.diff(block.data[:, 0]) == 1).all()


def test_a_stall_is_silence_and_then_everything():
    source, clock = device(n_channels=1, rate_hz=1000.0, counter_channel=True)
    source.connect()
    gathered(source, 50)
    source.stall(2.5)
    until = clock.now + 2.5
    assert [source.read() for _ in range(24)] == [None] * 24
    blocks = gathered(source, 2600)
    assert blocks[0].timestamps[0] < until - 2.4
    assert sum(block.lost for block in blocks) == source.n_dropped == 0
    counts = np.concatenate([block.data[:, 0] for block in blocks])
    assert (np.diff(counts) == 1).all()


def test_unplugged_it_is_lost_until_plugged_back_and_runs_on_meanwhile():
    source, clock = device(n_channels=1, rate_hz=1000.0, counter_channel=True)
    source.connect()
    last = gathered(source, 50)[-1]
    source.disconnect_device()
    with pytest.raises(SourceLost, match="unplugged"):
        source.read()
    source.disconnect()
    with pytest.raises(SourceError, match="Plug it back in"):
        source.connect()
    clock.sleep(4.0)
    source.plug_back()
    source.connect()
    first = gathered(source, 1)[0]
    assert first.lost == 0
    missing = int(first.data[0, 0] - last.data[-1, 0]) - 1
    assert missing == source.n_dropped
    assert missing == round((first.timestamps[0] - last.timestamps[-1]) * 1000) - 1
    assert source.n_made == source.n_delivered + missing


def test_faults_can_be_asked_for_by_name():
    named = open_source("synthetic:2?rate_hz=500&stall_every_s=2&unplug_every_s=4")
    clock = SteppedTime()
    source = SyntheticSource(
        named.n_channels, named.rate_hz, stall_every_s=named.stall_every_s, unplug_every_s=named.unplug_every_s,
        clock=clock, sleep=clock.sleep,
    )  # fmt: skip
    source.connect()
    received = []
    with pytest.raises(SourceLost):
        keep_reading(source, 1000, lambda: received.append((clock.now, source.n_delivered)))
    # Nothing was delivered for 1.5 s after the first two, and nothing was lost by it.
    assert received[-1][0] == pytest.approx(1004.0, abs=0.1)
    assert max(n for now, n in received if now < 1003.4) == pytest.approx(1000, abs=10)
    assert source.n_delivered == pytest.approx(2000, abs=10)
    assert source.n_dropped == 0
    with pytest.raises(SourceError):
        source.connect()
    clock.sleep(3.0)
    source.connect()
    assert gathered(source, 10)


def test_a_stream_counts_what_it_missed():
    source, clock = device(n_channels=2, rate_hz=1000.0)
    stream = Stream("emg", source, clock=clock)
    stream.connect()
    while stream.health.n_received < 300:
        stream.pump()
    source.disconnect_device()
    for _ in range(30):
        stream.pump()
        clock.sleep(0.1)
    assert stream.health.state == "lost"
    source.plug_back()
    source.drop(11)
    while stream.health.n_received < 600:
        stream.pump()
        clock.sleep(0.01)
    health = stream.health
    assert health.state == "live"
    assert health.n_lost == source.n_dropped
    assert health.n_received == source.n_delivered


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n_channels": 0}, "0 channels"),
        ({"n_channels": 1_000_000}, "1,000,000 channels"),
        ({"rate_hz": math.nan}, "nan Hz"),
        ({"rate_hz": 0.0}, "0 Hz"),
        ({"rate_hz": 1e9}, "Give 1 to 200,000"),
        ({"noise_uv": -1.0}, "noise_uv"),
        ({"amplitude_uv": math.inf}, "amplitude_uv"),
        ({"mains_hz": 0.0}, "mains_hz"),
        ({"profile": "dance"}, "contractions"),
        ({"drop_every_s": math.nan}, "drop_every_s"),
        ({"drop_every_s": 0.1, "drop_samples": 500}, "drop_samples"),
        ({"unplug_every_s": 1.0}, "Give 4 s or more, or 0 for never"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(options, says):
    with pytest.raises(SourceError, match=says) as refusal:
        SyntheticSource(**options)
    assert "\n" not in str(refusal.value)


def test_its_name_holds_only_what_was_changed():
    assert name_of(SyntheticSource()) == "synthetic:"
    name = name_of(SyntheticSource(64, electrodes="grid", ecg_uv=50.0))
    assert name == "synthetic:?n_channels=64&electrodes=grid&ecg_uv=50"
    assert open_source(name).ecg_uv == 50.0


def test_eight_channels_bear_the_names_of_muscles():
    assert SyntheticSource(3).connect().labels == ("Biceps", "Triceps", "Wrist flexors")
    assert SyntheticSource(16).connect().labels[15] == "EMG_16"
    info = SyntheticSource(64, electrodes="grid").connect()
    assert info.grid is not None
    assert info.grid.distance_mm == 8.0
