"""A window that answers questions on standard input, one JSON object a line: where is this button, how are things.

Run as a program by `test_window`, which clicks into it from outside.
"""

from __future__ import annotations

import json
import math
import select
import sys
from pathlib import Path

import dearpygui.dearpygui as dpg

from myoscope.app.launcher import launch
from myoscope.app.stream_names import make_streams

BAR_HEIGHT = 31


def rects(label):
    """Return [x, y, width, height] of every item on screen that is called `label`, or hints at it."""
    found = []
    for item in dpg.get_all_items():
        if plain(item) != label and dpg.get_item_configuration(item).get("hint") != label:
            continue
        state = dpg.get_item_state(item)
        if state.get("visible") and "rect_min" in state and state["rect_size"][0] > 0:
            found.append([*state["rect_min"], *state["rect_size"]])
    return found


def menu_point(path, window):
    """Return where to click for the last entry of `path`, when those before it are open; None when it is not there.

    dearpygui tells no rectangles of menus, but where entries are in their own pop-up, and how large that is.
    """
    level = window.desk.menu_bar.tag
    x = y = 0
    for depth, label in enumerate(path):
        entry = next((e for e in dpg.get_item_children(level, 1) if plain(e) == label), None)
        if entry is None:
            return None
        left, top = dpg.get_item_pos(entry)
        if depth == len(path) - 1:
            return [x + left + 12, y + top + 8]
        # The bar's own pop-ups open below it, all others beside their entry.
        x, y = (left, top + BAR_HEIGHT) if depth == 0 else (x + dpg.get_item_rect_size(level)[0], y + top - 8)
        level = entry
    return None


def plain(item):
    return (dpg.get_item_label(item) or "").split("##")[0].split("   ")[0]


def summary(window):
    state = window.engine.snapshot()
    return {
        "n_frames": window.n_frames,
        "streams": {
            s.name: {
                "state": s.health.state,
                "source": s.source_name,
                "n": s.health.n_received,
                "gaps": s.health.n_gaps,
            }
            for s in state.streams
        },
        "recording": None if state.recording is None else sum(state.recording.n_written.values()),
        "last": str(window.engine.last_recording or ""),
        "replay": None
        if state.replay is None
        else {"playing": state.replay.playing, "position": state.replay.position_seconds, "loop": state.replay.loop},
        "dialog": window.desk.dialogs.name,
        "start": window.desk.start is not None,
        "theme": window.theme.mode,
        "paused": [viewer.paused for viewer in window.desk.views.viewers],
        "seconds": [viewer.seconds for viewer in window.desk.views.viewers],
        "newest_drawn": [finite(viewer.picture.newest) for viewer in window.desk.views.viewers if viewer.picture],
        "busy": state.busy,
        "scanned": window.workbench.scanner.found is not None,
        "log": [[line.level, line.text] for line in window.engine.log.lines],
        "events": [event.label for event in window.engine.events],
    }


def finite(value):
    return value if math.isfinite(value) else None


def reply_to(ask, window):
    if "find" in ask:
        return rects(ask["find"])
    if "menu" in ask:
        return menu_point(ask["menu"], window)
    if "shot" in ask:
        window.screenshot(Path(ask["shot"]))
        return True
    return summary(window)


def answer(window):
    while select.select([sys.stdin], [], [], 0)[0]:
        line = sys.stdin.readline()
        if not line:
            window.workbench.quit()
            return
        ask = json.loads(line)
        try:
            reply = reply_to(ask, window)
        except Exception as error:  # noqa: BLE001  told to the test, which would wait for ever
            reply = {"error": repr(error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    launch(make_streams(sys.argv[1:]), each_frame=answer)
