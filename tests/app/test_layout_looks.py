"""Every built-in layout in the real window, looked at; and what else of the workspace a person sees at once."""

from __future__ import annotations

import itertools
import json
import struct
import zlib

import numba
import numpy as np
import pytest

from myoscope.app.built_in import BUILT_IN, OPERATOR
from myoscope.app.settings import Settings, settings_path

pytestmark = pytest.mark.gui
HD = "emg=synthetic:?n_channels=64&rate_hz=2000"
EMG = "emg=synthetic:?n_channels=4&rate_hz=1000"
WIDTH, HEIGHT = 1280, 800


def pixels(path):
    """Return a PNG of 8-bit RGB or RGBA without interlacing as an array, shape (height, width, 3), uint8."""
    data, at, packed = path.read_bytes(), 8, b""
    assert data.startswith(b"\x89PNG")
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, interlaced) == (8, 0)
            n = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * n)
    return unfiltered(rows, n).reshape(height, width, n)[:, :, :3]


@numba.njit
def unfiltered(rows, n):
    """Return the bytes of a PNG's rows, shape (height, bytes); the first of each row names its filter (PNG, 9)."""
    height, width = rows.shape[0], rows.shape[1] - 1
    out = np.zeros((height, width), np.uint8)
    for y in range(height):
        kind = rows[y, 0]
        for x in range(width):
            left = int(out[y, x - n]) if x >= n else 0
            up = int(out[y - 1, x]) if y else 0
            corner = int(out[y - 1, x - n]) if y and x >= n else 0
            guess = 0
            if kind == 1:
                guess = left
            elif kind == 2:
                guess = up
            elif kind == 3:
                guess = (left + up) // 2
            elif kind == 4:
                to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
                guess = left if to_left <= to_up and to_left <= to_corner else up if to_up <= to_corner else corner
            out[y, x] = (int(rows[y, x + 1]) + guess) & 255
    return out


def colours(picture, rect):
    """Return how many different colours there are in a part of a picture."""
    x, y, width, height = (int(v) for v in rect)
    part = picture[max(0, y) : y + height, max(0, x) : x + width]
    return len(np.unique(part.reshape(-1, 3) @ np.array([65536, 256, 1])))


def overlap(a, b):
    """Tell whether two rectangles have more than an edge in common."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return across > 1 and down > 1


def bad(seen):
    return [text for level, text in seen["log"] if level == "bad"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_pane_of_a_built_in_layout_is_drawn_and_none_lies_over_another(window, name):
    settings = Settings.load()
    settings.workspace = {"name": name}
    settings.save()
    person = window(HD)
    person.until(person.live(n=3000), "some seconds of the stream")
    seen = person.until(lambda seen: seen["layout"] == name and seen["panes"], name)
    person.frames(30)
    path = person.shoot(f"built-in-{name.split(',')[0].lower().replace(' ', '-')}")
    seen, picture = person.see(), pixels(path)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    shown = {i: pane for i, pane in seen["panes"].items() if pane["shown"]}
    tabs = {"spectrogram", "numbers"} if name == "EMG, 8 channels" else set()
    assert set(shown) == set(seen["panes"]) - tabs, "only what lies behind a tab is not drawn"
    assert not any(pane["failed"] for pane in seen["panes"].values())
    assert not bad(seen)
    for a, b in itertools.combinations(shown, 2):
        assert not overlap(shown[a]["rect"], shown[b]["rect"]), (a, b)
    for pane, at in shown.items():
        x, y, width, height = at["rect"]
        assert width > 0, pane
        assert height > 0, pane
        assert x >= 0, pane
        assert x + width <= WIDTH, pane
        if y + 40 < HEIGHT:  # panels below the fold are reached by the wheel
            assert colours(picture, at["rect"]) > 4, f"nothing is drawn in {pane}"
    traces = next(p["rect"] for p in shown.values() if p["kind"] == "signals")
    assert traces[2] * traces[3] >= 0.4 * WIDTH * HEIGHT, "the traces have most of the room"
    assert colours(picture, traces) > 20, "in many colours"
    assert not person.ask("cut")


def test_an_operator_finds_every_target_large_and_whole(window):
    settings = Settings.load()
    settings.workspace = {"name": OPERATOR}
    settings.language = "de"
    settings.save()
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.frames(30)
    places = {text: person.rects(text) for text in ("Aufnehmen", "Marke", "lift", "hold", "rest")}
    person.shoot("operator-targets")
    for text, ((x, y, width, height),) in places.items():
        assert min(width, height) >= 44, text
        assert x + width <= WIDTH, text
        assert y + height <= HEIGHT, text
    for a, b in itertools.combinations(places.values(), 2):
        assert not overlap(a[0], b[0])
    assert not person.ask("cut")
    person.click("hold")
    person.until(lambda seen: seen["events"] == ["hold"], "the mark")


def test_the_long_panel_is_folded_until_it_is_wanted_and_that_is_remembered(window):
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.frames(10)
    panels = [i for i in person.see()["panes"] if not i.startswith("view ")]
    assert panels == ["record", "devices", "streams", "events", "filter", "log"]
    assert not person.has("Remove offset")
    # The panels above it may fill the column; the wheel brings it up.
    x, y, *_ = person.see()["panes"]["record"]["rect"]
    person.turn(x + 20, y + 20, -8)
    person.until(lambda _: person.rects("VIEW FILTER  +"), "its heading, folded")
    person.click("VIEW FILTER  +")
    person.until(lambda _: person.has("EEG"), "what is in it")
    person.shoot("filter-unfolded")
    person.quit()
    assert json.loads(settings_path().read_text(encoding="utf-8"))["folded"] == []
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.frames(10)
    x, y, *_ = person.see()["panes"]["record"]["rect"]
    person.turn(x + 20, y + 20, -8)
    person.until(lambda _: person.rects("VIEW FILTER"), "its heading, unfolded")


def test_the_whole_screen_by_a_key_and_back(window):
    settings = Settings.load()
    settings.width, settings.height = 1000, 640
    settings.save()
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.frames(5)
    before = person.see()["panes"]["view emg"]["rect"]
    person.press("F11")
    seen = person.until(lambda seen: seen["panes"]["view emg"]["rect"][2] > before[2] + 150, "the whole screen")
    assert seen["panes"]["view emg"]["rect"][3] > before[3] + 100
    person.frames(10)
    assert pixels(person.shoot("full-screen")).shape[:2] == (HEIGHT, WIDTH)
    person.press("F11")
    person.until(lambda seen: seen["panes"]["view emg"]["rect"] == before, "the window as it was")
    person.quit()
    saved = Settings.load()
    assert (saved.width, saved.height) == (1000, 640)


def test_a_picture_of_a_view_is_that_part_of_the_window(window, tmp_path):
    person = window(EMG)
    person.until(person.live(n=6000), "a full window of time")
    person.press("space")
    person.until(lambda seen: seen["paused"] == [True], "a picture that stands still")
    person.frames(30)
    x, y, width, height = (int(v) for v in person.see()["panes"]["view emg"]["rect"])
    person.move_to(x + width / 2, y + height / 2)
    person.frames(10)
    folder = tmp_path / "recordings"
    person.press("ctrl+shift+s")
    person.until(lambda seen: sum("picture is" in text for _, text in seen["log"]) == 1, "the window's picture")
    person.press("ctrl+k")
    person.until(lambda seen: seen["dialog"] == "palette", "the list of commands")
    person.frames(5)
    person.write("picture of emg")
    person.press("Return")
    person.until(lambda seen: sum("picture is" in text for _, text in seen["log"]) == 2, "the view's picture")
    (window_path,) = folder.glob("*_window.png")
    (view_path,) = set(folder.glob("*.png")) - {window_path}
    whole, part = pixels(window_path), pixels(view_path)
    assert whole.shape == (HEIGHT, WIDTH, 3)
    assert part.shape[:2] == pytest.approx((height, width), abs=2)
    cut = whole[y : y + part.shape[0], x : x + part.shape[1]]
    # Only figures that go on while the picture stands still may differ.
    assert np.mean(np.any(cut != part, axis=2)) < 0.01
    assert colours(part, (0, 0, width, height)) > 20


def test_layout_theme_size_and_language_are_there_again_after_a_restart(window):
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.menu("View", "Layout", "EMG, 8 channels")
    person.until(lambda seen: seen["layout"] == "EMG, 8 channels", "the layout")
    person.menu("View", "Theme", "Light")
    person.until(lambda seen: seen["theme"] == "light", "the theme")
    person.menu("View", "Language", "Deutsch")
    person.until(lambda seen: seen["language"] == "de", "German")
    person.ask("scale", 125)
    person.until(lambda seen: seen["scale"] == 1.25, "the size")
    person.frames(10)
    before = person.see()["panes"]
    person.quit()
    person = window(EMG)
    person.until(person.live(), "the stream")
    person.frames(20)
    seen = person.see()
    assert (seen["layout"], seen["theme"], seen["scale"], seen["language"]) == ("EMG, 8 channels", "light", 1.25, "de")
    assert {i: p["rect"] for i, p in seen["panes"].items()} == {i: p["rect"] for i, p in before.items()}
    assert "Aufnehmen" in person.ask("texts")
    assert any("verbunden" in text for _, text in seen["log"]), "what is logged first speaks German, too"
    assert not bad(seen)
    person.shoot("after-restart")
