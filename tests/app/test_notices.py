"""The notice at the corner: where it stands, what it leaves free, and when it goes."""

from __future__ import annotations

import types
from pathlib import Path

import dearpygui.dearpygui as dpg
import pytest

from myoscope.app.corner_card import READ_S
from myoscope.app.exchange import Exchanged
from myoscope.app.exchange_notice import ExchangeNotice
from myoscope.app.report_notice import ReportNotice
from myoscope.app.reports import Checked

pytestmark = pytest.mark.gui
ABOVE_PX = 40


@pytest.fixture(scope="module")
def _the_theme(_the_screen):
    from myoscope.widgets import Theme

    return Theme()


@pytest.fixture
def theme(screen, _the_theme):
    _the_theme.set_mode("dark")
    _the_theme.set_scale(1.0)
    yield _the_theme
    screen.clear()


def checked(verdict):
    problems = ("A chunk is damaged.",) if verdict == "bad" else ()
    report = types.SimpleNamespace(verdict=verdict, duration_s=3.0, problems=problems, concerns=())
    return Checked(report, True, None)


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def notice(screen, theme, now):
    reports = types.SimpleNamespace(newest=None)
    made = ReportNotice(theme, reports, lambda: False, lambda: None, lambda: ABOVE_PX, lambda: now[0])
    screen.each_frame(made.draw)
    made.tell = lambda verdict: setattr(reports, "newest", checked(verdict))
    yield made
    made.delete()


def test_clicks_beside_it_go_where_they_are_meant(screen, notice):
    pressed = []
    right, bottom = dpg.get_viewport_client_width(), dpg.get_viewport_client_height()
    notice.tell("ok")
    screen.frames(4)
    high = notice.card.height
    assert 40 < high < 80, "as high as its words, whatever dearpygui thinks a window is"
    assert dpg.get_item_rect_size(notice.card.window)[0] > 250, "as wide as its words and buttons"
    button = dpg.add_button(
        label="below", parent=screen.window, width=300, height=30, pos=(right - 400, bottom - ABOVE_PX + 2),
        callback=lambda: pressed.append("below"),
    )  # fmt: skip
    screen.frames(3)
    screen.click(button)
    assert pressed == ["below"]
    assert notice.card.is_open


def test_good_news_goes_by_itself_and_bad_news_stays(screen, notice, now):
    notice.tell("ok")
    screen.frames(3)
    now[0] = READ_S - 1
    screen.frames(1)
    assert notice.card.is_open
    now[0] = READ_S + 1
    screen.frames(1)
    assert not notice.card.is_open
    assert notice.card.height == 0
    notice.tell("bad")
    screen.frames(3)
    now[0] = 100 * READ_S
    screen.frames(2)
    assert notice.card.is_open


def test_two_notices_stand_above_each_other(screen, theme, notice):
    exchange = types.SimpleNamespace(newest=None)
    other = ExchangeNotice(theme, exchange, lambda path: False, lambda: ABOVE_PX + notice.card.height)
    screen.each_frame(other.draw)
    notice.tell("ok")
    exchange.newest = Exchanged("export", Path("take.xdf"), (), "The disk is full.")
    screen.frames(6)
    below, above = ([*dpg.get_item_pos(n.card.window), *dpg.get_item_rect_size(n.card.window)] for n in (notice, other))
    assert above[1] + above[3] <= below[1]
    screen.screenshot("notices")
    other.delete()
