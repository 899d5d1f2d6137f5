"""A stream's activity and gaps, drawn small for the report on screen."""

from __future__ import annotations

import math
from itertools import groupby

import dearpygui.dearpygui as dpg

from ..recordings.figures import CLIPPED, FLAT, MISSING, N_COLUMNS, NOTHING, STRIP
from ..recordings.session_report import StreamReport
from ..sources.language import tr
from ..widgets import Theme
from ..widgets.door import Tag, label
from ..widgets.panel import Words

WIDE_PX, ROW_PX, MOST_PX, GAPS_PX = 560, 6, 132, 12
MOST_ROWS = 64
ROLES = {CLIPPED: "bad", FLAT: "muted", MISSING: "warn"}
SAMPLE_PX = 14, 10


def picture(parent: Tag, theme: Theme, stream: StreamReport, span: tuple[float, float], room: int) -> None:
    """Draw a row a channel, time to the right: stronger is denser; cut off, flat and missing have shapes of their own.

    Below is a line with the gaps. Main thread only.

    Parameters
    ----------
    parent
        Where to.
    theme
        Colours and measures.
    stream
        Of which stream.
    span
        First and last moment of the session, s, LSL clock.
    room
        Most of its width, px.
    """
    strips = stream.samples.strips
    of = max(1, math.ceil(len(strips) / MOST_ROWS))
    rows = [_together(strips[i : i + of]) for i in range(0, len(strips), of)]
    row = min(theme.px(ROW_PX), theme.px(MOST_PX) / max(1, len(rows)))
    wide, high = max(N_COLUMNS, min(theme.px(WIDE_PX), room)), round(row * len(rows))
    gaps = theme.px(GAPS_PX)
    box = dpg.add_drawlist(wide, high + gaps, parent=parent)
    cell = wide / N_COLUMNS
    for i, strip in enumerate(rows):
        at = 0
        for letter, run in groupby(strip):
            n = len(list(run))
            if letter not in (NOTHING, STRIP[0]):
                _cell(box, theme, letter, (at * cell, i * row), (n * cell, row))
            at += n
    middle = high + gaps / 2
    dpg.draw_line((0, middle), (wide, middle), color=theme.colour("hairline"), parent=box)
    seconds = max(1e-9, span[1] - span[0])
    for gap in stream.gaps:
        if math.isfinite(gap.t_first) and math.isfinite(gap.t_last):
            left = min(max((gap.t_first - span[0]) / seconds, 0.0), 1.0) * wide
            right = min(max((gap.t_last - span[0]) / seconds, 0.0), 1.0) * wide
            dpg.draw_rectangle(
                (left, high + 2), (max(right, left + 2), high + gaps - 2), color=(0, 0, 0, 0),
                fill=theme.colour("bad"), parent=box,
            )  # fmt: skip
    _legend(parent, theme, stream)


def _legend(parent: Tag, theme: Theme, stream: StreamReport) -> None:
    """Say what the rows are, with a sample of each mark in them."""
    strips = stream.samples.strips
    names = {CLIPPED: tr("cut off"), FLAT: tr("flat"), MISSING: tr("values missing")}
    said = [("", tr("Activity, {first} at the top").format(first=stream.labels[0]))] if strips else []
    said += [(letter, names[letter]) for letter in sorted({c for strip in strips for c in strip} & set(names))]
    row = dpg.add_group(parent=parent, horizontal=True)
    wide, high = (theme.px(side) for side in SAMPLE_PX)
    for letter, text in [*said, ("", tr("gaps below"))]:
        if letter:
            line = theme.fonts.height("small")
            sample = dpg.add_drawlist(wide, line, parent=row)
            _cell(sample, theme, letter, (0, (line - high) / 2), (wide, high))
        words = Words(theme, "small", "muted", wrap=-1)
        words.build(row)
        words.say(label(text))


def _together(strips: tuple[str, ...]) -> str:
    """Return several rows as one: the worst mark wins, then the strongest signal."""
    rank = NOTHING + STRIP + FLAT + MISSING + CLIPPED
    return "".join(max(letters, key=rank.index) for letters in zip(*strips, strict=True))


def _cell(box: Tag, theme: Theme, letter: str, at: tuple[float, float], size: tuple[float, float]) -> None:
    (x, y), (wide, high) = at, size
    red, green, blue, _ = theme.colour(ROLES.get(letter, "accent"))
    share = STRIP.index(letter) / (len(STRIP) - 1) if letter in STRIP else 1.0
    fill = (red, green, blue, round(255 * share))
    parts = [(y, high * 0.86)]
    if letter == FLAT:
        parts = [(y + 0.4 * high, max(1.0, 0.2 * high))]
    elif letter == CLIPPED:
        parts = [(y, high / 3), (y + 0.6 * high, high / 3)]
    elif letter == MISSING:
        dpg.draw_triangle((x, y + high), (x, y), (x + wide, y + high), color=(0, 0, 0, 0), fill=fill, parent=box)
        return
    for top, tall in parts:
        dpg.draw_rectangle((x, top), (x + wide, top + tall), color=(0, 0, 0, 0), fill=fill, parent=box)
