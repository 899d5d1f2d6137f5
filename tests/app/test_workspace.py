"""The real window rearranged by a person: layouts, docking, floats, operator mode, and what a restart keeps."""

from __future__ import annotations

import json

import pytest

from myoscope.app.settings import Settings, settings_path

pytestmark = pytest.mark.gui
EMG = "emg=synthetic:?n_channels=4&rate_hz=1000"
AUX = "aux=synthetic:?n_channels=2&rate_hz=500"


def middle(rect):
    x, y, width, height = rect
    return x + width / 2, y + height / 2


def spot(rect, across, down):
    x, y, width, height = rect
    return x + across * width, y + down * height


def both(person):
    person.until(person.live("emg"), "emg")
    return person.until(person.live("aux", 100), "aux")


def choose(person, name):
    person.menu("View", "Layout", name)
    return person.until(lambda seen: seen["layout"] == name, f"the layout {name}")


def command(person, words):
    person.press("ctrl+k")
    person.frames(5)
    person.write(words)
    person.frames(5)
    person.press("Return")


def test_streams_stand_above_one_another_on_one_time_axis(window):
    person = window(EMG, AUX)
    both(person)
    person.frames(10)
    seen = person.see()
    emg, aux = seen["panes"]["view emg"]["rect"], seen["panes"]["view aux"]["rect"]
    assert emg[0] == aux[0]
    assert emg[1] + emg[3] < aux[1]
    assert seen["axes"] == 1
    assert emg[2] >= 0.7 * 1280
    person.press("space")
    person.until(lambda seen: seen["paused"] == [True, True], "both stand still")
    person.shoot("two-streams")


def test_a_view_is_dragged_beside_another_and_stays_there_after_a_restart(window):
    person = window(EMG, AUX)
    both(person)
    person.frames(5)
    seen = person.see()
    person.drag(middle(seen["handles"]["view aux"]), spot(seen["panes"]["view emg"]["rect"], 0.9, 0.5))
    seen = person.until(
        lambda seen: seen["panes"]["view aux"]["rect"][1] == seen["panes"]["view emg"]["rect"][1], "side by side"
    )
    left, right = seen["panes"]["view emg"]["rect"], seen["panes"]["view aux"]["rect"]
    assert left[0] + left[2] < right[0]
    person.shoot("side-by-side")
    person.quit()
    person = window(EMG, AUX)
    both(person)
    person.frames(10)
    seen = person.see()
    assert seen["panes"]["view aux"]["rect"] == right
    person.menu("View", "Reset layout")
    person.until(
        lambda seen: seen["panes"]["view aux"]["rect"][0] == seen["panes"]["view emg"]["rect"][0], "above one another"
    )


def test_a_stream_that_comes_later_gets_its_place_in_what_was_arranged(window):
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    person.frames(5)
    seen = person.see()
    rect = seen["panes"]["streams"]["rect"]
    person.drag(spot(rect, 0.3, 0.0 + 14 / rect[3]), spot(seen["panes"]["view emg"]["rect"], 0.5, 0.9))
    person.until(lambda seen: seen["panes"]["streams"]["rect"][0] == 8, "the health panel below the traces")
    person.shoot("panel-below")
    person.press("ctrl+d")
    person.until(lambda seen: seen["dialog"] == "device", "the form")
    person.frames(5)
    person.click("Connect device")
    seen = person.until(lambda seen: len([p for p in seen["panes"] if p.startswith("view ")]) == 2, "its viewer")
    assert seen["panes"]["streams"]["rect"][0] == 8, "what was arranged stays"
    assert len(seen["streams"]) == 2


def test_built_in_layouts_suit_whatever_is_there(window):
    person = window(EMG, AUX)
    both(person)
    seen = choose(person, "EMG, 8 channels")
    person.frames(10)
    seen = person.see()
    signals, spectrum = seen["panes"]["signals"], seen["panes"]["spectrum"]
    assert signals["title"] == "Signals · emg"
    assert signals["rect"][1] + signals["rect"][3] < spectrum["rect"][1]
    assert not any(pane["failed"] for pane in seen["panes"].values())
    person.shoot("layout-emg")
    choose(person, "HD-EMG, 64 channels")
    person.frames(20)
    seen = person.see()
    assert seen["panes"]["grid map"]["rect"][0] > seen["panes"]["signals"]["rect"][0]
    assert not any(pane["failed"] for pane in seen["panes"].values())
    person.shoot("layout-hd-emg")
    choose(person, "All streams")
    seen = person.until(lambda seen: set(seen["panes"]) == {"view emg", "view aux"}, "just the streams")
    assert seen["panes"]["view emg"]["rect"][2] == 1280 - 16
    choose(person, "Automatic")
    person.until(lambda seen: "record" in seen["panes"], "the panels again")


def test_a_layout_says_which_stream_is_missing(window):
    settings = Settings.load()
    settings.workspace = {
        "name": "Automatic",
        "layout": {
            "version": 1,
            "root": {
                "split": "row",
                "weights": [0.5, 0.5],
                "children": [
                    {"style": "tabs", "panes": [{"id": "a", "kind": "signals", "stream": "force"}]},
                    {"style": "tabs", "panes": [{"id": "b", "kind": "hologram", "stream": "emg"}]},
                ],
            },
            "floats": [],
        },
    }
    settings.save()
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    person.frames(5)
    assert person.has("Add device…")
    person.shoot("missing")
    assert set(person.see()["panes"]) == {"a", "b"}


def test_a_damaged_layout_is_the_automatic_one(window):
    settings = Settings.load()
    settings.workspace = {"name": 3, "layout": {"version": 1, "root": [1, 2]}, "seconds": "x", "linked": 5}
    settings.save()
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    seen = person.see()
    assert seen["layout"] == "Automatic"
    assert "view emg" in seen["panes"]
    assert not [text for level, text in seen["log"] if level == "bad"]


def test_operator_mode_is_large_and_leads_back(window):
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    choose(person, "Operator")
    seen = person.until(lambda seen: seen["scale"] >= 1.25 and "operator" in seen["panes"], "the large window")
    person.frames(10)
    assert seen["handles"] == {}
    ((x, y, width, height),) = person._ask(find="Record")
    assert height >= 44
    person.shoot("operator")
    person.click_at(x + width / 2, y + height / 2)
    person.until(lambda seen: (seen["recording"] or 0) > 300, "rows on disk")
    person.frames(20)
    person.shoot("operator-recording")
    person.click("Mark")
    person.until(lambda seen: len(seen["events"]) == 1, "the mark")
    person.click("Stop")
    person.until(lambda seen: seen["recording"] is None and not seen["busy"], "the end of the recording")
    person.press("F9")
    person.until(lambda seen: seen["scale"] == 1.0 and "record" in seen["panes"], "the usual window")


def test_a_pane_floats_and_comes_back(window):
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    person.frames(5)
    person.click_at(*middle(person.see()["handles"]["view emg"]))
    person.frames(5)
    person.shoot("pane-menu")
    person.click("Float")
    seen = person.until(lambda seen: seen["panes"]["view emg"]["floating"], "the float")
    person.frames(10)
    person.shoot("float")
    n = seen["newest_drawn"]
    person.until(lambda seen: seen["newest_drawn"] != n, "it goes on")
    person.quit()
    saved = json.loads(settings_path().read_text(encoding="utf-8"))["workspace"]["layout"]
    assert [f["pane"]["id"] for f in saved["floats"]] == ["view emg"]
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    person.frames(10)
    seen = person.see()
    assert seen["panes"]["view emg"]["floating"]
    person.click_at(*middle(seen["handles"]["view emg"]))
    person.frames(5)
    person.click("Dock")
    person.until(lambda seen: not seen["panes"]["view emg"]["floating"], "it is docked")


def test_views_are_added_and_closed(window):
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    command(person, "add view spectrum emg")
    seen = person.until(lambda seen: any(p["kind"] == "spectrum" for p in seen["panes"].values()), "the spectrum")
    person.frames(20)
    person.shoot("added")
    (name,) = [i for i, p in person.see()["panes"].items() if p["kind"] == "spectrum"]
    assert seen["panes"][name]["title"] == "Spectrum · emg"
    person.click_at(*middle(person.see()["handles"][name]))
    person.frames(5)
    person.click("Close")
    person.until(lambda seen: name not in seen["panes"], "it is closed")
    person.click_at(*middle(person.see()["handles"]["view emg"]))
    person.frames(5)
    person.click("Close")
    person.until(lambda seen: "view emg" not in seen["panes"], "the viewer is closed")
    person.frames(30)
    assert "view emg" not in person.see()["panes"], "and does not come back by itself"
    command(person, "add view signals emg")
    person.until(lambda seen: "view emg" in seen["panes"], "but when it is wanted")


def test_every_sample_for_a_while_leaves_the_viewer_as_it_was(window):
    person = window(EMG)
    person.until(person.live("emg"), "emg")
    person.press("bracketleft")
    before = person.until(lambda seen: seen["seconds"] == [2.0], "a shorter window")["seconds"]
    person.press("e")
    person.until(lambda seen: seen["seconds"] != before, "every sample of a short window")
    person.press("e")
    person.until(lambda seen: seen["seconds"] == before, "the traces as before")


def test_only_one_stream_and_hidden_panels(window):
    person = window(EMG, AUX)
    both(person)
    person.press("ctrl+b")
    seen = person.until(lambda seen: seen["panes"]["view emg"]["rect"][2] == 1280 - 16, "all the width")
    assert not seen["panes"]["record"]["shown"]
    person.shoot("no-panels")
    person.press("ctrl+b")
    person.until(lambda seen: seen["panes"]["record"]["shown"], "the panels again")
