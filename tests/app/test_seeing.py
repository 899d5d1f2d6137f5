"""What a person does with the traces in the real window, with real mouse and keys, while samples keep coming."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import periodogram

from myoscope import open_session
from myoscope.sources.synthetic import SyntheticSource

pytestmark = pytest.mark.gui
EMG = "emg=synthetic:?n_channels=8&rate_hz=1000"
MANY = "emg=synthetic:?n_channels=96&rate_hz=500"


def emg(seen):
    """Return how the viewer is."""
    return seen["viewers"]["emg"]


def n_samples(seen):
    return seen["streams"]["emg"]["n"]


def spot(seen, across, down=0.5):
    """Return a place on the traces: shares of their width and height."""
    left, top, right, bottom = emg(seen)["ground"]
    return left + across * (right - left), top + down * (bottom - top)


def watching(window, source=EMG, n=2500, seconds=2.0):
    """Open the window on a stream, wait for some past, and look at the last two seconds of it."""
    person = window(source)
    person.until(person.live(n=n), "the stream")
    while emg(person.see())["seconds"] > seconds:
        before = emg(person.see())["seconds"]
        person.press("bracketleft")
        person.until(lambda seen, before=before: emg(seen)["seconds"] < before, "a shorter window")
    person.until(lambda seen: emg(seen)["ground"] and emg(seen)["half_lane"], "the traces")
    return person


def more_samples(person, n=300):
    """Wait for samples to come."""
    start = n_samples(person.see())
    return person.until(lambda seen: n_samples(seen) > start + n, "more samples")


def live(person):
    return person.until(lambda seen: not emg(seen)["held"], "live again")


def test_the_past_is_dragged_and_wheeled_to_while_samples_keep_coming(window):
    # With less of a past there is nowhere to go back to.
    person = watching(window, n=4500)
    seen = person.see()
    person.drag(spot(seen, 0.3), spot(seen, 0.8))
    seen = person.until(lambda seen: emg(seen)["held"], "the past")
    back = emg(seen)["held_at"]
    assert emg(seen)["newest"] - back > 0.4 * 2.0, "half a window back, and what came meanwhile"
    seen = more_samples(person)
    assert emg(seen)["held_at"] == back, "it stays while samples come"
    assert emg(seen)["newest"] > back + 1.0
    person.shoot("seeing-past")
    person.turn(*spot(seen, 0.5), 2)
    seen = person.until(lambda seen: emg(seen)["held_at"] < back - 0.15 * 2.0, "further back by two notches")
    assert emg(seen)["held_at"] == pytest.approx(back - 0.2 * 2.0, abs=1e-3), "a tenth of the window a notch"
    assert emg(seen)["held_at"] - emg(seen)["seconds"] >= emg(seen)["oldest"] - 1e-6
    person.press("End")
    seen = live(person)
    assert emg(seen)["edge"] == emg(seen)["newest"]
    person.press("Prior")
    person.until(lambda seen: emg(seen)["held"], "a page back")
    person.double_click_at(*spot(seen, 0.5))
    live(person)
    person.turn(*spot(seen, 0.5), 1)
    person.until(lambda seen: emg(seen)["held"], "back by a notch")
    person.frames(20)
    person.click("Back to live")
    live(person)
    person.press("Home")
    seen = person.until(lambda seen: emg(seen)["held"], "the oldest")
    assert emg(seen)["held_at"] == pytest.approx(emg(seen)["oldest"] + 2.0, abs=0.01)


def test_a_stretch_is_zoomed_to_while_live_and_left_again(window):
    person = watching(window)
    seen = person.see()
    before = emg(seen)
    person.drag(spot(seen, 0.2), spot(seen, 0.6), button=3)
    seen = person.until(lambda seen: emg(seen)["held"], "the stretch")
    zoomed = emg(seen)
    # Where the band begins sticks to the signal, which goes on to the left: the stretch is as long as the way, or more.
    assert zoomed["seconds"] > 0.4 * 2.0 - 0.02
    assert zoomed["held_at"] - zoomed["seconds"] > before["edge"] - 0.8 * 2.0 - 0.02
    assert zoomed["held_at"] < zoomed["newest"]
    n = n_samples(seen)
    person.until(lambda seen: n_samples(seen) > n + 200, "more samples")
    person.shoot("seeing-zoomed")
    # Held, the picture stands still: the very stretch under the band.
    seen = person.see()
    (x0, y), (x1, _) = spot(seen, 0.25), spot(seen, 0.75)
    times = [person.ask("time_at", "emg", int(x)) for x in (x0, x1)]
    person.drag((x0, y), (x1, y), button=3)
    inner = emg(person.until(lambda seen: emg(seen)["seconds"] < zoomed["seconds"], "a shorter stretch"))
    pixel = zoomed["seconds_per_pixel"]
    assert inner["held_at"] == pytest.approx(times[1], abs=2 * pixel)
    assert inner["held_at"] - inner["seconds"] == pytest.approx(times[0], abs=2 * pixel)
    person.press("End")
    assert emg(live(person))["seconds"] == 2.0, "as long as before"


def test_the_wheel_with_control_changes_length_and_with_shift_size(window):
    person = watching(window)
    seen = person.see()
    with person.holding("ctrl"):
        person.turn(*spot(seen, 0.5), 2)
    seen = person.until(lambda seen: emg(seen)["seconds"] < 2.0, "a shorter window")
    assert emg(seen)["seconds"] == pytest.approx(2.0 / 1.2**2, rel=1e-6)
    assert not emg(seen)["held"], "live it stays at the newest sample"
    with person.holding("ctrl"):
        person.turn(*spot(seen, 0.5), -2)
    person.until(lambda seen: abs(emg(seen)["seconds"] - 2.0) < 1e-6, "as long as before")
    person.press("f")
    person.until(lambda seen: not emg(seen)["auto"], "a scale that is locked")
    half = emg(person.see())["half_lane"]
    with person.holding("shift"):
        person.turn(*spot(seen, 0.5), 1)
    seen = person.until(lambda seen: emg(seen)["half_lane"] < half, "larger traces")
    larger = emg(seen)["half_lane"]
    seen = more_samples(person)
    assert emg(seen)["half_lane"] == larger, "and so they stay"


def test_sweep_butterfly_and_single_channels_by_keys(window):
    person = watching(window)
    person.press("w")
    person.until(lambda seen: emg(seen)["mode"] == "sweep" and emg(seen)["swept"], "the sweep")
    more_samples(person)
    person.shoot("seeing-sweep")
    person.press("w")
    person.until(lambda seen: emg(seen)["mode"] == "scroll" and not emg(seen)["swept"], "it scrolls")
    person.press("b")
    person.until(lambda seen: emg(seen)["overlaid"], "all over one another")
    person.frames(20)
    person.shoot("seeing-butterfly")
    person.press("b")
    person.until(lambda seen: not emg(seen)["overlaid"], "a lane each")
    person.press("s")
    person.until(lambda seen: emg(seen)["solo"] and emg(seen)["numbers"] == [0], "the first alone")
    person.press("Down")
    person.until(lambda seen: emg(seen)["numbers"] == [1], "the second")
    person.shoot("seeing-solo")
    person.press("Up", "Up")
    person.until(lambda seen: emg(seen)["numbers"] == [7], "round to the last")
    person.press("s")
    person.until(lambda seen: emg(seen)["numbers"] == list(range(8)), "all again")


def test_cursors_measure_what_lies_between_them(window):
    person = watching(window)
    person.press("k")
    person.until(lambda seen: emg(seen)["cursors"], "the cursors")
    person.press("space")
    person.until(lambda seen: emg(seen)["held"], "the pause")
    person.press("i")
    person.until(lambda seen: any(p["kind"] == "measures" for p in seen["panes"].values()), "the table")
    # The traces have less room now.
    person.frames(20)
    seen = person.see()
    first, second = emg(seen)["cursors"]
    x, _ = emg(seen)["cursors_px"]
    to = spot(seen, 0.12)
    person.drag((round(x), to[1]), to)
    seen = person.until(lambda seen: emg(seen)["cursors"][0] != first, "the cursor is elsewhere")
    a, b = emg(seen)["cursors"]
    pixel = emg(seen)["seconds_per_pixel"]
    assert a == pytest.approx(person.ask("time_at", "emg", int(to[0])), abs=2 * pixel)
    assert b == second, "the other one stays"
    assert emg(seen)["held"], "and so does time"
    samples = np.array(person.ask("between", "emg"))
    assert len(samples) == pytest.approx((b - a) * 1000, abs=2)
    peak_to_peak = samples.max(axis=0) - samples.min(axis=0)

    def told(_):
        rows = person.ask("measured")
        return rows and np.allclose([row[1] for row in rows], peak_to_peak, rtol=1e-5)

    person.until(told, "the figures between the cursors")
    rows = person.ask("measured")
    assert [row[0] for row in rows] == emg(seen)["labels"]
    figures = np.array([row[1:] for row in rows])
    np.testing.assert_allclose(figures[:, 1], np.sqrt(np.mean(samples**2, axis=0)), rtol=1e-5)
    np.testing.assert_allclose(figures[:, 2], samples.mean(axis=0), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(figures[:, 3], medians(samples, 1000.0), rtol=0.03)
    at_a, at_b = np.array(person.ask("at cursors", "emg"))
    np.testing.assert_allclose(figures[:, 4], at_b - at_a, rtol=1e-5, atol=1e-4)
    person.shoot("seeing-measures")
    person.press("k")
    person.until(lambda seen: not emg(seen)["cursors"], "the cursors are gone")


def medians(samples, rate_hz):
    """Return the frequency of each channel below which half its power lies, Hz."""
    hz, power = periodogram(samples, rate_hz, axis=0, detrend="constant")
    shares = np.cumsum(power, axis=0) / power.sum(axis=0)
    return [np.interp(0.5, share, hz) for share in shares.T]


def test_what_is_filtered_for_the_eye_is_recorded_as_it_came(window):
    person = watching(window)
    person.click("No filter")
    seen = person.until(lambda seen: emg(seen)["filtered"], "the filter")
    shown = emg(seen)["filter"]
    person.press("r")
    person.until(lambda seen: (seen["recording"] or 0) > 1000, "a second on the disk")
    person.frames(20)
    person.shoot("seeing-filtered")
    person.click("Stop")
    seen = person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    with open_session(seen["last"]) as session:
        stored = session.streams["emg"]
        assert stored.view_filter is not None
        assert stored.view_filter.to_json() == shown
        recorded, _ = stored.read()
    made = as_made(n_samples(seen))
    (starts,) = np.nonzero((made == recorded[0]).all(axis=1))
    assert len(starts) == 1
    np.testing.assert_array_equal(recorded, made[starts[0] : starts[0] + len(recorded)])
    person.until(lambda seen: n_samples(seen) > len(recorded), "it goes on")


def as_made(n):
    """Return the first samples of the device, as it makes them."""
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    source = SyntheticSource(n_channels=8, rate_hz=1000, clock=lambda: now[0], sleep=sleep)
    source.connect()
    blocks, had = [], 0
    while had < n:
        block = source.read()
        if block is not None:
            blocks.append(block.data)
            had += len(block.data)
        else:
            sleep(0.01)
    source.disconnect()
    return np.concatenate(blocks)


def test_channels_are_renamed_and_marked_in_the_list_and_taken_back(window):
    person = watching(window)
    before = emg(person.see())["labels"]
    person.press("n")
    person.until(lambda _: person.has(before[1]), "the list")
    person.frames(10)
    x, y, width, height = person.rects(before[1])[0]
    person.double_click_at(x + width / 2, y + height / 2)
    person.press("ctrl+a")
    person.write("left arm")
    person.press("Return")
    person.until(lambda seen: emg(seen)["labels"] == [before[0], "left arm", *before[2:]], "the new name")
    person.click("×", 2)
    person.until(lambda seen: emg(seen)["bad"] == [2], "the third one is bad")
    person.frames(20)
    person.shoot("seeing-channels")
    person.press("ctrl+z")
    person.until(lambda seen: emg(seen)["bad"] == [], "good again")
    person.press("ctrl+z")
    person.until(lambda seen: emg(seen)["labels"] == before, "its own name")
    person.press("ctrl+y")
    seen = person.until(lambda seen: emg(seen)["labels"] != before, "done again")
    assert emg(seen)["labels"][1] == "left arm"


def test_many_channels_are_paged_through(window):
    person = watching(window, MANY, n=800)
    assert emg(person.see())["numbers"] == list(range(32))
    person.shoot("seeing-page-1")
    for page in (1, 2):
        person.press("ctrl+Next")
        person.until(lambda seen, page=page: emg(seen)["page"] == page, "the next page")
        assert emg(person.see())["numbers"] == list(range(32 * page, 32 * page + 32))
    person.frames(20)
    person.shoot("seeing-page-3")
    person.press("ctrl+Next")
    person.frames(5)
    assert emg(person.see())["page"] == 2, "these are the last"
    person.press("ctrl+Prior")
    person.until(lambda seen: emg(seen)["page"] == 1, "the page before")


def test_control_and_a_click_mark_that_place(window):
    person = watching(window)
    seen = person.see()
    start = emg(seen)["edge"]
    with person.holding("ctrl"):
        person.click_at(*spot(seen, 0.4))
    seen = person.until(lambda seen: len(seen["events"]) == 1, "the event")
    (t,) = seen["event_times"]
    assert start - 2.0 < t < emg(seen)["newest"] - 0.5 * 2.0, "there, and not now"
    person.press("space")
    seen = person.until(lambda seen: emg(seen)["held"], "the pause")
    x, y = spot(seen, 0.7)
    with person.holding("ctrl"):
        person.click_at(x, y)
    seen = person.until(lambda seen: len(seen["events"]) == 2, "another event")
    there = person.ask("time_at", "emg", int(x))
    assert seen["event_times"][1] == pytest.approx(there, abs=2 * emg(seen)["seconds_per_pixel"])
    person.shoot("seeing-events")


def test_a_pause_stops_the_picture_and_not_the_samples(window):
    person = watching(window)
    person.press("space")
    person.until(lambda seen: emg(seen)["held"], "the pause")
    person.frames(10)
    picture = person.ask("drawn", "emg")
    seen = more_samples(person, 1000)
    assert person.ask("drawn", "emg") == picture
    assert emg(seen)["newest"] - emg(seen)["edge"] > 0.9
    assert seen["streams"]["emg"]["gaps"] == 0
    person.press("space")
    live(person)
    person.frames(5)
    assert person.ask("drawn", "emg") != picture
