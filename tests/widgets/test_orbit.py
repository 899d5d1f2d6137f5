from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from myoscope.widgets.marker_links import marker_names, proposed, read_links, toggled
from myoscope.widgets.orbit import FIELD_OF_VIEW, Orbit, floor_lines

angles = st.floats(-400, 400)


@given(angles, angles, st.sampled_from(["Z", "Y"]))
def test_axes_are_a_right_handed_frame_with_up_up(dx, dy, up):
    orbit = Orbit(up)
    orbit.turn(dx, dy)
    right, above, back = orbit.axes
    np.testing.assert_allclose(np.cross(right, above), back, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm([right, above, back], axis=1), 1)
    vertical = 2 if up == "Z" else 1
    assert right[vertical] == pytest.approx(0, abs=1e-12)
    assert above[vertical] > 0


@given(angles, angles, st.integers(0, 99))
def test_projection_is_that_of_a_pinhole(dx, dy, seed):
    orbit = Orbit()
    rng = np.random.default_rng(seed)
    points = rng.normal((300, -200, 900), 100, (20, 3))
    orbit.look_at(points)
    orbit.turn(dx, dy)
    # The oracle turns the world: about z by the yaw, then about x by the pitch, so that the camera looks along y.
    turn = Rotation.from_euler("zx", [-(orbit.yaw + math.pi / 2), orbit.pitch])
    seen = turn.apply(points - orbit.target) + np.array([0, orbit.distance, 0])
    focal = 300 / math.tan(FIELD_OF_VIEW / 2)
    oracle = np.stack((400 + focal * seen[:, 0] / seen[:, 1], 300 - focal * seen[:, 2] / seen[:, 1]), axis=1)
    placed = orbit.project(points, 800, 600)
    np.testing.assert_allclose(placed[:, :2], oracle, atol=1e-6)
    np.testing.assert_allclose(placed[:, 2], seen[:, 1])
    assert (placed[:, 1] > 0).all()
    assert (placed[:, 1] < 600).all()


def test_what_is_behind_or_unknown_is_nowhere():
    orbit = Orbit()
    orbit.look_at(np.array([[0.0, 0, 0], [100, 100, 100], [np.nan, 0, 0]]))
    _, _, back = orbit.axes
    placed = orbit.project(np.array([orbit.target, orbit.target + 2 * orbit.distance * back, [np.nan] * 3]), 800, 600)
    assert placed[0, :2] == pytest.approx([400, 300])
    assert np.isnan(placed[1:]).all()


@given(st.floats(-200, 200), st.floats(-200, 200))
def test_a_pan_takes_the_target_along(dx, dy):
    orbit = Orbit()
    orbit.look_at(np.random.default_rng(1).normal(0, 100, (9, 3)))
    before = orbit.target.copy()
    orbit.pan(dx, dy, 600)
    assert orbit.project(before[None], 800, 600)[0, :2] == pytest.approx([400 + dx, 300 + dy])
    orbit.zoom(3)
    orbit.reset()
    assert orbit.target == pytest.approx(before)


def test_the_camera_survives_json_and_nonsense():
    orbit = Orbit("Y")
    orbit.turn(30, 40)
    other = Orbit()
    assert other.apply(json.loads(json.dumps(orbit.to_json())))
    assert (other.up, other.yaw, other.pitch) == ("Y", orbit.yaw, orbit.pitch)
    for bad in (None, {}, {"yaw": "x"}, {**orbit.to_json(), "distance": -1}, {**orbit.to_json(), "target": [1]}):
        assert not other.apply(bad)


def test_the_floor_lies_below():
    points = np.random.default_rng(0).uniform(300, 900, (30, 3))
    lines, square = floor_lines(points, "Z")
    assert lines.shape == (22, 2, 3)
    assert np.unique(lines[..., 2]).size == 1
    assert lines[0, 0, 2] <= points[:, 2].min()
    assert square == 200
    assert lines[..., 0].min() <= points[:, 0].min()
    assert lines[..., 0].max() >= points[:, 0].max()
    assert np.unique(floor_lines(points, "Y")[0][..., 1]).size == 1
    assert len(floor_lines(np.full((2, 3), np.nan), "Z")[0]) == 0


def test_proposed_links_join_what_keeps_its_distance():
    rng = np.random.default_rng(0)
    t = np.linspace(0, 6, 100)[:, None, None]
    still = rng.normal(0, 40, (1, 4, 3))
    moving = rng.normal((150, 0, 0), 40, (1, 4, 3)) + 60 * np.sin(t) * np.array([1, 0, 1])
    path = np.concatenate((np.broadcast_to(still, (100, 4, 3)), moving, np.full((100, 1, 3), np.nan)), axis=1)
    links = proposed(path)
    assert len(links) == 7
    assert sum(a < 4 <= b for a, b in links) == 1
    assert all(b < 8 for _, b in links)


def test_links_are_read_by_number_or_name_and_toggled():
    assert read_links([[2, 0], ["elbow", "wrist"], [1, 9], [1, 1]], 4, ("hip", "elbow", "knee", "wrist")) == (
        (0, 2), (1, 3),
    )  # fmt: skip
    assert read_links("x", 4) is None
    assert read_links([[1]], 4) is None
    assert toggled(((0, 2),), 2, 0) == ()
    assert toggled((), 3, 1) == ((1, 3),)


def test_names_come_from_the_coordinates():
    assert marker_names(("C7_x", "C7_y", "C7_z", "T8_x", "T8_y", "T8_z"), 2) == ("C7", "T8")
    assert marker_names(tuple(f"ch_{i}" for i in range(6)), 2) == ("1", "2")
