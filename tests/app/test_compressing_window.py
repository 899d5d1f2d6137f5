"""Compressing recordings, in the real window: what the menu says and does."""

from __future__ import annotations

import pytest

from myoscope.app.settings import Settings

pytestmark = pytest.mark.gui
WORDS = "Compress recordings after stop"


def test_the_menu_turns_it_off(window):
    person = window("emg=synthetic:?n_channels=4&rate_hz=1000")
    person.until(person.live(), "the stream")
    person.menu("Session")
    place = person.place("Session", WORDS)
    person.move_to(*place)
    person.frames(60)
    person.shoot("compressing-menu")
    person.click_at(*place)
    person.frames(10)
    person.quit()
    assert Settings.load().compress is False
