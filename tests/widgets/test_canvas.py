from __future__ import annotations

import subprocess

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from myoscope.widgets.canvas import Canvas, HoverWords
from myoscope.widgets.canvas_image import CanvasImage

pytestmark = pytest.mark.gui


@pytest.fixture
def canvas(screen, theme, clock):
    theme.apply()
    made = Canvas(theme, 1)
    made.build(screen.window)
    made.fit(400, 300)
    made.seen = []

    def draw():
        clock.now += 0.02
        made.seen.append(made.follow(clock.now))

    screen.each_frame(draw)
    screen.frames(3)
    yield made
    made.delete()


def test_clicks_double_clicks_and_drags_are_told_apart(screen, canvas):
    screen.click_at(100, 100)
    assert [p.clicked for p in canvas.seen].count(True) == 1
    assert not any(p.doubled for p in canvas.seen)
    screen.click_at(100, 100)
    assert [p.doubled for p in canvas.seen].count(True) == 1
    canvas.seen.clear()
    screen.drag((100, 100), (160, 130))
    assert sum(p.dx for p in canvas.seen) == pytest.approx(60)
    assert sum(p.dy for p in canvas.seen) == pytest.approx(30)
    assert not any(p.clicked for p in canvas.seen)


def test_what_begins_outside_is_not_its_business(screen, canvas):
    screen.drag((700, 500), (100, 100))
    assert all(p.button < 0 and not p.clicked for p in canvas.seen)
    screen.move(700, 500)
    subprocess.run(["xdotool", "click", "4"], check=True)
    screen.frames(4)
    assert all(p.wheel == 0 for p in canvas.seen)
    screen.move(100, 100)
    subprocess.run(["xdotool", "click", "4"], check=True)
    screen.frames(4)
    assert sum(p.wheel for p in canvas.seen) == 1


def test_a_drag_does_not_carry_a_floating_window_away(screen, theme, clock):
    theme.apply()
    made = Canvas(theme, 1)
    with dpg.window(pos=(300, 200), width=500, height=400) as window:
        box = dpg.add_child_window(border=False)
    made.build(box)
    made.fit(400, 300)
    seen = []
    screen.each_frame(lambda: seen.append(made.follow(0.0)))
    screen.frames(3)
    screen.drag((500, 400), (560, 430))
    assert dpg.get_item_pos(window) == [300, 200]
    assert sum(p.dx for p in seen) == pytest.approx(60)
    made.delete()


def test_words_follow_the_pointer_and_pictures_are_dropped(screen, canvas, theme):
    tip = HoverWords(canvas, theme)
    tip.say("one\ntwo")
    screen.move(100, 100)
    screen.frames(3)
    assert tip.words == "one\ntwo"
    tip.say("")
    image = CanvasImage(4, 6)
    image.pixels[:] = np.float32(1)
    image.show(canvas.layers[0], (0, 0, 60, 40))
    screen.frames(2)
    assert len(dpg.get_item_children(canvas.layers[0], 2)) == 1
    image.drop()
    image.drop()
    screen.frames(2)
    assert dpg.get_item_children(canvas.layers[0], 2) == []
    with pytest.raises(ValueError, match="5000 × 10"):
        CanvasImage(10, 5000)
