"""A window that answers questions on standard input, one JSON object a line: where is this button, how are things.

Run as a program by `test_window`, which clicks into it from outside.
"""

from __future__ import annotations

import json
import math
import select
import sys
import zlib
from pathlib import Path

import dearpygui.dearpygui as dpg

from myoscope.app.launcher import launch
from myoscope.app.on_screen import rect_of
from myoscope.app.stream_names import make_streams
from myoscope.sources import Found
from myoscope.widgets.measures import Measures
from myoscope.widgets.plane import px_of_time
from myoscope.widgets.viewer_plane import ViewerPlane

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
        entry = next((e for e in entries(level) if plain(e) == label), None)
        if entry is None:
            return None
        left, top = dpg.get_item_pos(entry)
        if depth == len(path) - 1:
            return [x + left + 12, y + top + 8]
        # The bar's own pop-ups open below it, all others beside their entry.
        x, y = (left, top + BAR_HEIGHT) if depth == 0 else (x + dpg.get_item_rect_size(level)[0], y + top - 8)
        level = entry
    return None


def entries(menu):
    """Return the entries of a menu; those of a submenu that changes are in a group."""
    children = dpg.get_item_children(menu, 1)
    return [e for c in children for e in (dpg.get_item_children(c, 1) if "mvGroup" in dpg.get_item_type(c) else [c])]


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
        "report": reported(window),
        "notice": window.desk.report_notice.card.is_open,
        "start": window.desk.start is not None,
        "theme": window.theme.mode,
        "language": window.settings.language,
        "scale": window.theme.scale,
        "paused": [viewer.paused for viewer in window.desk.views.viewers],
        "seconds": [viewer.seconds for viewer in window.desk.views.viewers],
        "newest_drawn": [finite(viewer.picture.newest) for viewer in window.desk.views.viewers if viewer.picture],
        "viewers": {viewer.stream.name: looked_at(viewer) for viewer in window.desk.views.viewers},
        "layout": window.workbench.layout_name,
        "panes": {
            pane.id: {
                "kind": pane.kind,
                "title": pane.title,
                "floating": pane.floating,
                "shown": placed(window, pane.id) is not None and placed(window, pane.id).is_built,
                "failed": placed(window, pane.id) is not None and placed(window, pane.id).notice is not None,
                "rect": list(rect_of(placed(window, pane.id).box)) if placed(window, pane.id) else None,
            }
            for pane in window.workbench.panes()
        },
        "handles": handles(window),
        "maximised": window.workbench.workspace.maximised,
        "axes": len({id(look.axis) for look in window.workbench.workspace.looks}),
        "busy": state.busy,
        "scanned": window.workbench.scanner.found is not None,
        "log": [[line.level, line.text] for line in window.engine.log.lines],
        "events": [event.label for event in window.engine.events],
        "event_times": [event.t for event in window.engine.events],
    }


def reported(window):
    """Return what the report on screen says; None while there is none."""
    report = window.desk.report.report
    return None if report is None else {"path": str(report.path), "ok": report.ok, "checked": report.checked}


def looked_at(viewer):
    """Return where one viewer is in time, what it shows, and where its traces are on the screen."""
    axis, channels, plane = viewer.axis, viewer.channels, ViewerPlane(viewer)
    return {
        "held": axis.held,
        "held_at": axis.held_at,
        "edge": finite(axis.edge),
        "newest": finite(axis.newest),
        "oldest": finite(axis.oldest),
        "seconds": axis.seconds,
        "mode": axis.mode,
        "swept": viewer.picture.sweep,
        "overlaid": viewer.overlaid,
        "cursors": axis.cursors,
        "cursors_px": [finite(px_of_time(plane, t)) for t in axis.cursors or ()],
        "ground": viewer.plot.ground if viewer.plot.has_size else None,
        "seconds_per_pixel": viewer.plot.seconds_per_pixel if viewer.plot.has_size else None,
        "auto": viewer.scale.auto,
        "half_lane": finite(float(viewer.scale.target[channels.numbers[0]])) if viewer.scale.known else None,
        "numbers": list(channels.numbers),
        "labels": [channels.label(i) for i in channels.numbers],
        "bad": sorted(channels.bad),
        "solo": channels.any_solo,
        "page": channels.page,
        "filter": viewer.look.filter.to_json(),
        "filtered": not viewer.look.filter.is_off,
    }


def time_at(window, stream, px):
    """Return the moment below a point of the screen, s, LSL clock."""
    return finite(ViewerPlane(viewer_of(window, stream)).time_at(px))


def drawn(window, stream):
    """Return a number that is another one when the traces are."""
    return zlib.crc32(viewer_of(window, stream).picture.values().tobytes())


def between_cursors(window, stream):
    """Return the samples that are shown between the cursors, both included: rows of channels."""
    look = viewer_of(window, stream).look
    view, (a, b) = look.ring.view(None), sorted(look.axis.cursors)
    inside = (view.timestamps >= a) & (view.timestamps <= b)
    return view.data[inside].tolist()


def at_cursors(window, stream):
    """Return the samples that are nearest to the cursors, A and B: two rows of channels."""
    look = viewer_of(window, stream).look
    view = look.ring.view(None)
    return [view.data[abs(view.timestamps - t).argmin()].tolist() for t in look.axis.cursors]


def measured(window):
    """Return the table of the measures on screen: a row a channel, its name first; None before there is one."""
    table = next((w.values() for w in window.desk.views.widgets if isinstance(w, Measures)), None)
    return None if table is None else [list(row) for row in table.rows]


def viewer_of(window, stream):
    return next(viewer for viewer in window.desk.views.viewers if viewer.stream.name == stream)


def new_devices(window, *labels):
    """Let the search find other devices from now on, such as a test needs while a menu is open."""
    window.workbench.scanner.stop()
    window.workbench.scanner.found = tuple(Found(f"synthetic:?seed={ord(label[0])}", label) for label in labels)
    return True


def texts_on_screen(_window):
    """Return every label, hint and text that is drawn, menus included."""
    shown = []
    for item in dpg.get_all_items():
        kind = dpg.get_item_type(item)
        if kind.endswith(("mvText", "mvButton", "mvMenuItem", "mvMenu", "mvInputText", "mvCheckbox")):
            value = dpg.get_value(item) if kind.endswith("mvText") else plain(item)
            shown.append(value or dpg.get_item_configuration(item).get("hint") or "")
    return sorted({text for text in shown if text})


def text_place(_window, words):
    """Return [x, y, width, height] of the text that is drawn and holds some words; None where there is none."""
    for item in dpg.get_all_items():
        if dpg.get_item_type(item).endswith("mvText") and words in dpg.get_value(item):
            state = dpg.get_item_state(item)
            if state.get("visible"):
                return [*state["rect_min"], *state["rect_size"]]
    return None


def values_on_screen(_window):
    """Return what stands in the fields that are drawn."""
    fields = [item for item in dpg.get_all_items() if dpg.get_item_type(item).endswith("mvInputText")]
    return [dpg.get_value(item) for item in fields if dpg.get_item_state(item).get("visible")]


def off_without_reason(_window):
    """Return the labels of items that dearpygui has disabled and that have no tooltip with words."""
    bad = []
    for item in dpg.get_all_items():
        if dpg.get_item_configuration(item).get("enabled", True):
            continue
        tips = [t for t in dpg.get_item_children(dpg.get_item_parent(item) or item, 1) if _is_tip_of(t, item)]
        if not any(words_in(tip) for tip in tips):
            bad.append(f"{dpg.get_item_type(item)} {plain(item)}")
    return bad


def without_tooltip(_window):
    """Return what can be pressed or filled in, is drawn, and has no tooltip with words."""
    bad = []
    for item in dpg.get_all_items():
        kind = dpg.get_item_type(item).removeprefix("mvAppItemType::")
        pressed = kind in ("mvButton", "mvCheckbox", "mvCombo", "mvInputText", "mvSliderFloat", "mvMenuItem")
        if not pressed or not (dpg.get_item_state(item).get("visible") or kind == "mvMenuItem"):
            continue
        siblings = dpg.get_item_children(dpg.get_item_parent(item), 1)
        after = siblings[siblings.index(item) + 1 : siblings.index(item) + 2]
        if not any("mvTooltip" in dpg.get_item_type(tip) and words_in(tip) for tip in after):
            bad.append(f"{kind} {plain(item)}")
    return bad


def _is_tip_of(tip, item):
    siblings = dpg.get_item_children(dpg.get_item_parent(item), 1)
    return "mvTooltip" in dpg.get_item_type(tip) and siblings.index(tip) == siblings.index(item) + 1


def words_in(tip):
    texts = [i for i in dpg.get_item_children(tip, 1) if dpg.get_item_type(i).endswith("mvText")]
    return any(dpg.get_value(text) for text in texts)


def cut(_window):
    """Return the labels of buttons that are drawn and narrower than their words."""
    found = []
    for item in dpg.get_all_items():
        if not dpg.get_item_type(item).endswith("mvButton") or not dpg.get_item_state(item).get("visible"):
            continue
        font = dpg.get_item_font(item)
        words = (dpg.get_item_label(item) or "").split("##")[0]
        needed = dpg.get_text_size(words, font=font) if font else dpg.get_text_size(words)
        if needed and needed[0] > dpg.get_item_rect_size(item)[0] + 1:
            found.append(words)
    return found


def palette(window):
    """Return what the list of commands shows."""
    shown = window.desk.dialogs.palette
    if not shown.is_open:
        return None
    entry = shown.entries[shown.chosen] if shown.entries else None
    return {
        "n": len(shown.entries),
        "first": [e.key for e in shown.entries[:12]],
        "chosen": None if entry is None else entry.key,
        "why_not": "" if entry is None else entry.why_not,
    }


def show(window, name, path=None):
    """Open a window over the desk by its name, on a recording where it is about one."""
    bench, path = window.workbench, path and Path(path)
    opening = {
        "describe": bench.describe,
        "export": bench.export,
        "replay": bench.open_session,
        "report": bench.shown_report,
    }
    opening[name](path) if path else bench.open_dialog(name)
    return True


def strip_is_drawn(window):
    """Tell whether the strip of the whole session shows what it was asked for."""
    line = window.desk.replay.session
    return line is not None and line.reader.answer is not None and not line.reader.busy


def holding(_window, words):
    """Return [x, y, width, height] of the first drawn item whose label holds some words."""
    for item in dpg.get_all_items():
        state = dpg.get_item_state(item)
        if words in (dpg.get_item_label(item) or "") and state.get("visible") and "rect_min" in state:
            return [*state["rect_min"], *state["rect_size"]]
    return None


DOING = {
    "at cursors": at_cursors,
    "between": between_cursors,
    "cut": cut,
    "drawn": drawn,
    "measured": measured,
    "time_at": time_at,
    "holding": holding,
    "show": show,
    "strip": strip_is_drawn,
    "devices": new_devices,
    "text place": text_place,
    "texts": texts_on_screen,
    "values": values_on_screen,
    "off": off_without_reason,
    "untold": without_tooltip,
    "palette": palette,
    "clipboard": lambda _window: dpg.get_clipboard_text(),
    "scale": lambda window, percent: window.workbench.set_scale(percent),
}


def placed(window, pane):
    return window.desk.views.dock.placed.get(pane)


def handles(window):
    """Return where each pane's button is: [x, y, width, height]."""
    dock = window.desk.views.dock
    found = {frame.front.pane.id: frame.handle for frame in dock.frames.values() if frame.handle}
    found |= {name: floating.handle for name, floating in dock.floats.items()}
    return {name: list(rect_of(handle)) for name, handle in found.items()}


def finite(value):
    return value if math.isfinite(value) else None


def reply_to(ask, window):
    if "find" in ask:
        return rects(ask["find"])
    if "menu" in ask:
        return menu_point(ask["menu"], window)
    if "do" in ask:
        return DOING[ask["do"]](window, *ask.get("with", ()))
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
