from __future__ import annotations

import numpy as np

from myoscope.widgets.scale import Scale
from myoscope.widgets.scale import extents as extents_but

SHOWN = np.arange(3, dtype=np.int64)


def extents(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the extents of 5 s, of which 150 ms may stick out."""
    return extents_but(values, 0.03)


def columns(*amplitudes: float, n: int = 500, offset: float = 0.0) -> np.ndarray:
    random = np.random.default_rng(1)
    high = np.abs(random.normal(1, 0.1, (len(amplitudes), n))) * np.array(amplitudes)[:, None]
    return np.stack((offset - high, offset + high), axis=2).astype(np.float32)


def test_extents_leave_out_a_short_artefact():
    quiet = columns(50, 50)
    loud = quiet.copy()
    loud[0, 100:110] *= 100
    centre, reach = extents(loud)
    np.testing.assert_allclose(reach, extents(quiet)[1], rtol=0.05)
    np.testing.assert_allclose(centre, 0, atol=3)


def test_extents_know_the_middle_and_leave_out_what_was_not_sampled():
    values = columns(50, 50, offset=300)
    values[0, 50:200] = np.nan
    values[1] = np.nan
    centre, reach = extents(values)
    assert abs(centre[0] - 300) < 5
    assert 50 < reach[0] < 70
    assert np.isnan(centre[1])
    assert np.isnan(reach[1])


def test_the_first_signal_is_fitted_at_once_and_later_ones_are_eased():
    scale = Scale(3)
    scale.aim(*extents(columns(50, 50, 50)), SHOWN)
    scale.ease(0.0)
    first = float(scale.reach[0])
    assert 50 < first < 100
    scale.aim(*extents(columns(500, 500, 500)), SHOWN)
    seen = []
    for _ in range(20):
        scale.ease(1 / 60)
        seen.append(float(scale.reach[0]))
    assert first < seen[0] < seen[5] < seen[-1]
    assert seen[17] > 0.85 * float(scale.target[0])
    for _ in range(60):
        scale.ease(1 / 60)
    assert scale.settled
    assert 500 < scale.reach[0] < 900


def test_a_steady_signal_does_not_move_the_scale():
    scale = Scale(3)
    scale.aim(*extents(columns(50, 50, 50)), SHOWN)
    before = scale.target.copy()
    for seed in range(10):
        scale.aim(*extents(columns(50 + seed % 3, 50, 49)), SHOWN)
    np.testing.assert_array_equal(scale.target, before)


def test_one_scale_for_all_ignores_a_broken_channel_and_hidden_ones():
    scale = Scale(4)
    scale.aim(*extents(columns(50, 60, 55, 9000)), np.arange(4))
    assert 60 < scale.target[0] < 120
    hidden = Scale(4)
    hidden.aim(*extents(columns(50, 10, 10, 10)), np.array([1, 2, 3]))
    assert hidden.target[0] < 30


def test_each_its_own():
    scale = Scale(3)
    scale.share("none")
    scale.aim(*extents(columns(10, 100, 1000)), SHOWN)
    assert scale.target[0] < 30 < scale.target[1] < 300 < scale.target[2]


def test_by_hand():
    scale = Scale(3)
    scale.aim(*extents(columns(50, 50, 50)), SHOWN)
    before = float(scale.target[0])
    scale.nudge(+1)
    assert not scale.auto
    assert scale.target[0] < before
    scale.nudge(-1)
    assert np.isclose(scale.target[0], before)
    scale.aim(*extents(columns(5000, 5000, 5000)), SHOWN)
    assert np.isclose(scale.target[0], before)


def test_a_dead_channel_has_a_scale():
    scale = Scale(3)
    scale.share("none")
    scale.aim(np.zeros(3, np.float32), np.zeros(3, np.float32), SHOWN)
    scale.ease(0.1)
    assert np.isfinite(scale.gain).all()


def test_what_is_shorter_than_an_artefact_does_not_count_and_what_is_longer_does():
    quiet = columns(50)
    for n_loud, counts in ((20, False), (60, True)):
        loud = quiet.copy()
        loud[0, 100 : 100 + n_loud] *= 100
        # 500 columns are 5 s, so that 400 ms are 40 columns.
        reach = extents_but(loud, 0.4 / 5.0)[1]
        assert bool(reach[0] > 1000) is counts


def test_one_scale_a_type():
    scale = Scale(4, ("EMG", "EMG", "ACC", "ACC"))
    scale.share("type")
    scale.aim(*extents(columns(50, 60, 2, 1)), np.arange(4))
    assert scale.target[0] == scale.target[1] > 60
    assert scale.target[2] == scale.target[3] < 4
    scale.nudge(+1, channel=2)
    assert scale.target[2] == scale.target[3] < 2.9
    assert scale.target[0] > 60
    scale.share("all")
    assert len(set(scale.target)) == 1


def test_a_channel_scaled_by_hand_leaves_the_others():
    scale = Scale(3)
    scale.share("none")
    scale.aim(*extents(columns(50, 50, 50)), SHOWN)
    before = scale.target.copy()
    scale.nudge(-1, channel=1)
    assert scale.target[1] > before[1]
    assert (scale.target[[0, 2]] == before[[0, 2]]).all()
