"""The whole session on one time line: its envelope, events, gaps and trials, where the replay is and what is seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from ..recordings.session import Session
from ..sources.language import tr
from ..widgets.canvas import Canvas, HoverWords, Pointer
from ..widgets.canvas_image import MOST, CanvasImage
from ..widgets.door import Tag
from ..widgets.theme import Theme
from .session_columns import Lanes, stretched
from .session_pixels import LaneColours, paint_band, paint_events, paint_ranges
from .session_reading import Answer, Question, SessionReader
from .session_ruler import Stretch, figures_of, time_text

HEAD_PX, LANE_PX, LANES_PX, THIN_PX, NEAR_PX, GRIP_PX, LABEL_PX = 6, 50, 96, 136, 4, 6, 110
ASK_AGAIN_S = 0.5
SHADE_ALPHA, NAME_ALPHA = 60, 215
PICTURE, WORDS, MOVING = range(3)


@dataclass(frozen=True)
class Now:
    """Where the replay is.

    Parameters
    ----------
    seconds
        Time of the session, s.
    seen
        From when to when the viewers show it, s; None where that is not known.
    playing
        Whether it moves.
    """

    seconds: float
    seen: tuple[float, float] | None = None
    playing: bool = False


class SessionStrip:
    """The time line of one session. Main thread only; files are read on a thread of its own.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    session
        Open, and open until `delete`.
    zero
        Its first moment, s, LSL clock.
    duration
        How long it is, s.
    now
        Asked each frame.
    seek
        Called with a time of the session, s.
    """

    def __init__(
        self, theme: Theme, session: Session, zero: float, duration: float, now: Callable[[], Now],
        seek: Callable[[float], object],
    ) -> None:  # fmt: skip
        self._theme = theme
        self.session = session
        self._now, self._seek = now, seek
        self.stretch = Stretch(duration)
        self.reader = SessionReader(session, zero, duration)
        self.lanes = Lanes()
        self.canvas = Canvas(theme, 3)
        self._image: CanvasImage | None = None
        self._asked: Question | None = None
        self._asked_at = -math.inf
        self._drawn: object = None
        self.last = Now(0.0)
        self._came_from = 0.0
        self._held = -1
        self._scrubs = False
        self._folded = False

    def build(self, parent: Tag, folded: bool = False) -> None:
        """Make it inside `parent`: one thin line when `folded`."""
        self._folded = folded
        self.canvas.build(parent)
        self.tip = HoverWords(self.canvas, self._theme)
        self._line = self._shade = self._left = self._right = 0
        self._drawn = None

    @property
    def height(self) -> int:
        """How high it wants to be when it is not folded, px."""
        theme, lanes = self._theme, self.lanes
        each = THIN_PX if lanes.channel == -1 else min(LANES_PX, LANE_PX * (1 if lanes.stream else self._n_lanes))
        return theme.px(HEAD_PX + each) + self._theme.fonts.height("small figures") + theme.px(2)

    @property
    def _n_lanes(self) -> int:
        return max(1, len(self.session.streams))

    @property
    def _words(self) -> int:
        return 0 if self._folded else self._theme.fonts.height("small figures") + self._theme.px(2)

    def choose(self, lanes: Lanes) -> None:
        """Show other streams or channels."""
        self.lanes = lanes

    # Each frame

    def draw(self, width: int, height: int, now_s: float) -> None:
        """Bring it up to date in a room of so many px; `now_s` is any steady clock, s."""
        now = self._now()
        if now.playing and not self.stretch.is_whole:
            self.stretch.follow(self.last.seconds, now.seconds)
        self.last = now
        if self.canvas.fit(width, height):
            self._drawn = None
        if width < 16 or height < 8:
            return
        self._pointed(self.canvas.follow(now_s), now)
        self._ask(now_s)
        self._picture()
        self._moving(now)

    def _ask(self, now_s: float) -> None:
        columns = min(self.canvas.width, MOST)
        question = Question(self.stretch.start, self.stretch.stop, columns, self.lanes)
        answer, streams = self.reader.answer, self.session.streams
        ready = answer is not None and any(not streams[name].lacks_overview for name in answer.waiting)
        if question != self._asked or (ready and now_s - self._asked_at > ASK_AGAIN_S):
            self._asked, self._asked_at = question, now_s
            self.reader.ask(question)

    # The pointer

    def time_at(self, x: float) -> float:
        """Return the time of the session at a place of the canvas, s."""
        return self.stretch.start + x / max(1, self.canvas.width) * self.stretch.seconds

    def x_of(self, seconds: float) -> float:
        """Return the place on the canvas of a time of the session, px."""
        return (seconds - self.stretch.start) / self.stretch.seconds * self.canvas.width

    def _pointed(self, pointer: Pointer, now: Now) -> None:
        stretch = self.stretch
        at = min(max(self.time_at(pointer.x), 0.0), stretch.duration) if pointer.inside else 0.0
        if pointer.wheel:
            stretch.zoom(pointer.wheel, at)
        if pointer.button == 0 and self._held != 0:
            self._scrubs = abs(pointer.x - self.x_of(now.seconds)) <= self._theme.px(GRIP_PX)
        self._held = pointer.button
        if pointer.dx and pointer.button == 0 and self._scrubs:
            self._seek(at)
        elif pointer.dx and pointer.button == 0:
            stretch.pan(-pointer.dx / self.canvas.width * stretch.seconds)
        if pointer.doubled:
            # The first of the two clicks has gone elsewhere.
            stretch.show_all()
            self._seek(self._came_from)
        elif pointer.clicked:
            self._came_from = now.seconds
            self._seek(at)
        self.tip.say(self._said(at) if pointer.inside and pointer.button < 0 else "")

    def _said(self, at: float) -> str:
        pixel = self.stretch.seconds / self.canvas.width
        lines = [time_text(at, min(0.1, pixel))]
        marks, answer = self.reader.marks, self.reader.answer
        if marks is not None:
            lines += marks.said_at(at, self._theme.px(NEAR_PX) * pixel)
        if answer is not None and answer.problem:
            lines.append(answer.problem)
        return "\n".join([*lines, tr("Click: go there · wheel: nearer · drag: along · double click: all of it")])

    # The picture

    def _picture(self) -> None:
        reader, stretch, theme = self.reader, self.stretch, self._theme
        span = (stretch.start, stretch.stop)
        wanted = (id(reader.answer), id(reader.whole), reader.marks is None, span, theme.version, self.lanes)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        width, height = self.canvas.width, self.canvas.height - self._words
        size = (min(height, MOST), min(width, MOST))
        if self._image is None or self._image.pixels.shape[:2] != size:
            self._drop_image()
            self.canvas.clear(PICTURE)
            self._image = CanvasImage(*size)
        self._paint(self._image.pixels, span)
        self._image.show(self.canvas.layers[PICTURE], (0.0, 0.0, float(width), float(height)))
        self._write()

    def _paint(self, out: NDArray[np.float32], span: tuple[float, float]) -> None:
        theme, reader = self._theme, self.reader
        head = min(theme.px(HEAD_PX), out.shape[0] // 4)
        out[:] = 0
        n_columns = out.shape[1]
        answer = self._best(span)
        marks = reader.marks
        if answer is not None and answer.bands:
            reaches = self._reaches(answer)
            height = (out.shape[0] - head) // len(answer.bands)
            numbers = {name: i for i, name in enumerate(self.session.streams)}
            for i, band in enumerate(answer.bands):
                columns, reach = band.columns, reaches.get(band.stream, band.reach)
                if (answer.question.start, answer.question.stop) != span or columns.shape[1] != n_columns:
                    columns = stretched(columns, (answer.question.start, answer.question.stop), span, n_columns)
                if len(columns) > height:
                    columns, reach = _joined(columns, reach, max(1, height // 2))
                one = numbers[band.stream] if answer.question.lanes.channel is None else 0
                first = max(0, answer.question.lanes.channel or 0)
                strokes = tuple(theme.channel(one + first + k) for k in range(len(columns)))
                in_gap = np.zeros(n_columns, dtype=np.bool_)
                if marks is not None:
                    in_gap = marks.columns_of_gaps(*span, n_columns, (band.stream,))
                colours = LaneColours(strokes, theme.colour("gap"), theme.colour("gap line"))
                top = head + i * height
                paint_band(out[top : top + height], columns, reach, in_gap, colours)
        if marks is not None:
            scale = n_columns / (span[1] - span[0])
            ranges = [
                (int((begin - span[0]) * scale), int((end - span[0]) * scale))
                for begin, end, _ in marks.trials
                if end > span[0] and begin < span[1]
            ]
            paint_ranges(out[:head], ranges, theme.colour("on hover"))
            paint_events(out, marks.columns_of_events(*span, n_columns), theme.colour("event"), 2 * head)

    def _best(self, span: tuple[float, float]) -> Answer | None:
        """Return the answer that covers most of what is shown."""
        answer, whole = self.reader.answer, self.reader.whole
        if answer is None or answer.question.lanes != self.lanes:
            return whole if whole is not None and whole.question.lanes == self.lanes else None
        covers = answer.question.start <= span[0] + 1e-9 and answer.question.stop >= span[1] - 1e-9
        return answer if covers or whole is None or whole.question.lanes != self.lanes else whole

    def _reaches(self, answer: Answer) -> dict[str, NDArray[np.float32]]:
        whole = self.reader.whole
        same = whole is not None and whole.question.lanes == answer.question.lanes
        return {band.stream: band.reach for band in whole.bands} if whole is not None and same else {}

    def _write(self) -> None:
        """Write the times below, and what is missing."""
        canvas, theme = self.canvas, self._theme
        canvas.clear(WORDS)
        layer, bottom = canvas.layers[WORDS], canvas.height - self._words
        answer = self._best((self.stretch.start, self.stretch.stop))
        waiting = answer is not None and (answer.waiting or answer.problem)
        if waiting and answer is not None:
            words = answer.problem or tr("The overview of {name} is being made.").format(name=", ".join(answer.waiting))
            place = (theme.px(8), (bottom - canvas.text_height("small")) / 2)
            canvas.text(WORDS, place, canvas.fitted(words, canvas.width - 2 * place[0]), "muted")
        if self._folded:
            return
        self._name_lanes(answer)
        for seconds, text in figures_of(self.stretch.start, self.stretch.stop, canvas.width / theme.px(LABEL_PX)):
            x = round(self.x_of(seconds))
            dpg.draw_line((x, 0), (x, bottom), color=theme.colour("grid"), parent=layer)
            half = theme.fonts.width(text, "small figures") / 2
            at = min(max(x - half, 0), canvas.width - 2 * half)
            canvas.text(WORDS, (at, bottom + theme.px(1)), text, "muted", "small figures")

    def _name_lanes(self, answer: Answer | None) -> None:
        """Write the names of streams over their lanes, where there is more than one and room for it."""
        canvas, theme = self.canvas, self._theme
        bands = answer.bands if answer is not None else ()
        head, high = theme.px(HEAD_PX), canvas.text_height("small")
        each = (canvas.height - self._words - head) // max(1, len(bands))
        if len(bands) < 2 or each < high:
            return
        for i, band in enumerate(bands):
            name = canvas.fitted(band.stream, canvas.width / 4)
            left, top = theme.px(2), head + i * each + theme.px(1)
            right = left + theme.fonts.width(name, "small") + theme.px(8)
            ground = (*theme.colour("panel")[:3], NAME_ALPHA)
            dpg.draw_rectangle(
                (left, top), (right, top + high), color=ground, fill=ground, rounding=theme.px(3),
                parent=canvas.layers[WORDS],
            )  # fmt: skip
            canvas.text(WORDS, (left + theme.px(4), top), name, "text")

    def _moving(self, now: Now) -> None:
        """Move the line where the replay is, and the shade over what the viewers show."""
        canvas, theme = self.canvas, self._theme
        layer, bottom = canvas.layers[MOVING], canvas.height - self._words
        if not self._line or not dpg.does_item_exist(self._line):
            self._shade = dpg.draw_rectangle((0, 0), (1, 1), parent=layer, thickness=1)
            self._line = dpg.draw_line((0, 0), (0, 1), parent=layer)
            self._left = dpg.draw_triangle((0, 0), (0, 0), (0, 0), parent=layer)
        x = round(self.x_of(now.seconds))
        accent, text = theme.colour("accent"), theme.colour("text")
        if now.seen is None:
            dpg.configure_item(self._shade, show=False)
        else:
            left, right = (min(max(self.x_of(t), -2.0), canvas.width + 2.0) for t in now.seen)
            right = max(right, left + theme.px(2))
            fill = (*accent[:3], SHADE_ALPHA)
            dpg.configure_item(self._shade, pmin=(left, 0), pmax=(right, bottom), color=accent, fill=fill, show=True)
        dpg.configure_item(self._line, p1=(x, 0), p2=(x, bottom), color=text, thickness=max(1, theme.px(1.5)))
        side, deep = theme.px(5), theme.px(7)
        dpg.configure_item(self._left, p1=(x - side, 0), p2=(x + side, 0), p3=(x, deep), color=text, fill=text)

    def _drop_image(self) -> None:
        if self._image is not None:
            self._image.drop()
            self._image = None

    def remove(self) -> None:
        """Remove what is drawn; it can be built again. Safe to call twice."""
        self._drop_image()
        self.canvas.delete()

    def delete(self) -> None:
        """Remove it and stop reading. Safe to call twice."""
        self.remove()
        self.reader.close()


def _joined(
    columns: NDArray[np.float32], reach: NDArray[np.float32], n_lanes: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return fewer lanes, each of what neighbours reach together, where not every channel has two pixels."""
    at = np.arange(n_lanes) * len(columns) // n_lanes
    low, high = np.fmin.reduceat(columns[..., 0], at), np.fmax.reduceat(columns[..., 1], at)
    return np.stack([low, high], axis=-1), np.maximum.reduceat(reach, at)
