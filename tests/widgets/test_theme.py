from __future__ import annotations

import pytest

from myoscope.sources.stream import Gap, StreamHealth
from myoscope.widgets.fonts import FACES, FOLDER
from myoscope.widgets.palette import CHANNELS, MODES, ROLES, contrast, role
from myoscope.widgets.state import state_view


@pytest.mark.parametrize("mode", MODES)
def test_words_can_be_read(mode):
    def on(ink: str, ground: str) -> float:
        return contrast(role(mode, ink), role(mode, ground))

    for ground in ("ground", "panel", "raised", "hover", "plot", "on", "gap label", "event label"):
        assert on("text", ground) >= 4.5, ground
    for ground in ("ground", "panel", "raised", "plot"):
        assert on("muted", ground) >= 4.5, ground
    for ink in ("good", "warn", "bad", "accent"):
        for ground in ("ground", "panel"):
            assert on(ink, ground) >= 4.5, (ink, ground)
    assert on("on record", "record") >= 4.5
    assert set(ROLES[mode]) == set(ROLES["dark"])


@pytest.mark.parametrize("mode", MODES)
def test_traces_can_be_seen_and_told_apart(mode):
    cycle = CHANNELS[mode]
    assert len(set(cycle)) == 8
    for colour in cycle:
        assert contrast((*colour, 255), role(mode, "plot")) >= 3


def test_every_state_has_a_shape_and_a_word_of_its_own():
    states = ("idle", "connecting", "live", "silent", "lost", "failed", "ended", "stopped")
    views = {state: state_view(StreamHealth(state, age_s=2.0)) for state in states}
    assert len({view.words for view in views.values()}) == len(states)
    assert views["live"].shape != views["lost"].shape != views["stopped"].shape != views["silent"].shape
    back = StreamHealth("live", newest=10.0, gaps=(Gap(8.0, 9.4, 0),), back_after_s=1.4)
    assert state_view(back).words == "back after 1.4 s"
    later = StreamHealth("live", newest=60.0, gaps=(Gap(8.0, 9.4, 0),), back_after_s=1.4)
    assert state_view(later).words == "live"


def test_every_face_has_its_file():
    for name, (_, files) in FACES.items():
        assert any((FOLDER / file).is_file() for file in files), name


@pytest.mark.gui
def test_no_face_is_below_12_px(theme):
    from myoscope.widgets.fonts import Fonts

    fonts = Fonts(0.75)
    assert all(fonts.height(name) >= 12 for name in FACES)


@pytest.mark.gui
def test_what_is_pressed_is_high_enough(screen, theme):
    import dearpygui.dearpygui as dpg

    button = dpg.add_button(label="Press", parent=screen.window)
    screen.frames(3)
    assert dpg.get_item_rect_size(button)[1] >= 30
    assert dpg.get_item_rect_size(button)[1] == theme.row_height
