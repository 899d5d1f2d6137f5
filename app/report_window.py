"""The report of a recording on screen: figures with verdicts, what to do, and a way to the page and the folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import dearpygui.dearpygui as dpg
import typer

from ..recordings.session_report import Report, StreamReport
from ..recordings.verdicts import Figure, Verdict
from ..sources.language import later, tr
from ..widgets import StateView, Theme
from ..widgets.door import Tag, label
from ..widgets.figures import clock as clock_text
from ..widgets.marks import Mark, StateLine
from ..widgets.panel import Switch, Words
from ..widgets.popup import tooltip
from .figure_meanings import MEANINGS
from .report_notice import LOOKS
from .report_pictures import picture
from .reports import Checked, Reports, verdict_words

WIDE_PX, HIGH_PX = 820, 680
WORDS: dict[Verdict, str] = {"ok": later("ok"), "look": later("look"), "bad": later("bad")}
VERDICT_PX, TITLE_PX = 68, 190
FOOT_PX = 46
NARROW_PX = 500
"""In less room the value has a line of its own."""
MOST_TOLD = 40


class ReportWindow:
    """Shows the report of one session. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    reports
        Checks sessions.
    """

    def __init__(self, theme: Theme, reports: Reports) -> None:
        self._theme = theme
        self._reports = reports
        self._path: Path | None = None
        self._shown: Checked | None = None
        self._window: Tag = 0
        self._body: Tag = 0
        self._progress: Tag = 0
        self.page = Switch(
            theme, tr("Open the HTML"), tr("The same report as a page, to print or to send."), self._page
        )
        self.folder = Switch(theme, tr("Show the folder"), tr("The recording, in the file manager."), self._folder)
        self.again = Switch(theme, tr("Check again"), tr("Read every sample and every file once more."), self._again)
        self.close_button = Switch(theme, tr("Close"), tr("Close the report (Esc)."), self.delete)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self._window)

    @property
    def report(self) -> Report | None:
        """What is on screen; None while nothing is, or is not checked yet."""
        return self._shown.report if self._window and self._shown is not None else None

    def open(self, path: Path) -> None:
        """Show the report of a session; it is checked first where that was not done lately."""
        self.delete()
        self._path, self._shown = path, None
        if self._reports.of(path) is None:
            self._reports.check(path)
        theme = self._theme
        room = dpg.get_viewport_client_width(), dpg.get_viewport_client_height()
        width = max(200, min(theme.px(WIDE_PX), room[0] - theme.px(32)))
        # Menu and status bar stay in sight.
        height = max(160, min(theme.px(HIGH_PX), room[1] - theme.px(64)))
        self._window, self._body, self._progress = (dpg.generate_uuid() for _ in range(3))
        dpg.add_window(
            tag=self._window, label=label(tr("Report: {name}").format(name=path.stem)), width=width, height=height,
            pos=((room[0] - width) // 2, (room[1] - height) // 2), no_collapse=True, on_close=self.delete,
        )  # fmt: skip
        dpg.bind_item_theme(self._window, theme.dialog())
        dpg.add_child_window(
            tag=self._body, parent=self._window, width=-1, height=-theme.px(FOOT_PX), always_use_window_padding=True
        )
        dpg.bind_item_theme(self._body, theme.ground("panel"))
        self._room = width - 5 * theme.px(8) - theme.px(10)
        dpg.add_progress_bar(tag=self._progress, parent=self._body, width=-1, overlay="")
        self._hint = Words(theme, "words", "muted", wrap=0)
        self._hint.build(self._body)
        self._hint.say(tr("This recording was not checked to its end. Press «Check again»; the log says more."))
        # The buttons stay in sight however long the report is.
        with dpg.child_window(parent=self._window, width=-1, height=-1, horizontal_scrollbar=True) as foot:
            dpg.bind_item_theme(foot, theme.ground("ground"))
            with dpg.group(horizontal=True) as row:
                for switch in (self.page, self.folder, self.again, self.close_button):
                    switch.build(row)
        self._fill()

    def draw(self) -> None:
        """Take over what was found since; close on Esc. Once a frame."""
        path = self._path
        if not self._window or path is None:
            return
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            self.delete()
            return
        share = self._reports.share(path)
        dpg.configure_item(self._progress, show=share is not None)
        self._hint.show(share is None and self._shown is None)
        if share is not None:
            dpg.set_value(self._progress, share)
            words = tr("Checking, {percent:.0f} %").format(percent=100 * share)
            dpg.configure_item(self._progress, overlay=label(words))
        newest = self._reports.of(path)
        if newest is not None and newest is not self._shown:
            self._shown = newest
            self._fill()
        known = self._shown
        self.again.show(why_off=tr("It is being checked.") if share is not None else "")
        no_page = "" if known is not None and known.html is not None else tr("There is no page yet.")
        if known is not None and known.html is None:
            no_page = tr("The page could not be kept in the recording; the log says why.")
        self.page.show(why_off=no_page)

    def _page(self) -> None:
        if self._shown is not None and self._shown.html is not None:
            typer.launch(str(self._shown.html))

    def _folder(self) -> None:
        if self._path is not None:
            typer.launch(str(self._path))

    def _again(self) -> None:
        if self._path is not None:
            self._reports.check(self._path)

    # What it says

    def _fill(self) -> None:
        for item in dpg.get_item_children(self._body, 1):
            if item not in (self._progress, self._hint.tag):
                dpg.delete_item(item)
        known = self._shown
        if known is None:
            return
        report, body = known.report, self._body
        head = dpg.add_group(parent=body, horizontal=True)
        shape, role = LOOKS[report.verdict]
        line = StateLine(self._theme, "title")
        line.build(head, level=True)
        words = verdict_words(report)
        line.show(StateView(shape, role, words[:1].upper() + words[1:]))
        box = self._lines(body)
        facts = [report.about.name or report.path.stem, report.about.subject, report.about.task]
        length = tr("{time} long, {n:,} events").format(time=clock_text(report.duration_s), n=report.n_events)
        moment = datetime.fromisoformat(report.checked).astimezone()
        checked = tr("checked at {time}").format(time=f"{moment:%H:%M}")
        self._say(box, " · ".join(fact for fact in [*facts, length, checked] if fact), "muted")
        for problem in report.problems[:MOST_TOLD]:
            self._told(box, "bad", problem)
        for note in report.notes[:MOST_TOLD]:
            self._told(box, "look", note)
        self._figures(box, report.figures)
        for stream in report.streams:
            self._stream(body, stream, report)

    def _stream(self, body: Tag, stream: StreamReport, report: Report) -> None:
        theme = self._theme
        dpg.add_spacer(parent=body, height=theme.px(4))
        dpg.add_separator(parent=body)
        box = self._lines(body)
        self._say(box, stream.name, "text", "strong")
        summary = stream.summary
        rate = f"{summary['fs']:.10g} Hz" if summary["fs"] else tr("no steady rate")
        words = tr("{n:,} channels, {rate}, {unit}, {time}").format(
            n=summary["n_channels"], rate=rate, unit=summary["unit"] or tr("no unit"),
            time=clock_text(summary["duration_s"] or 0.0),
        )  # fmt: skip
        self._say(box, words, "muted")
        dpg.add_spacer(parent=box, height=theme.px(4))
        picture(box, theme, stream, report.span, self._room)
        self._figures(box, stream.figures)
        if stream.view_filter:
            seen = tr("Shown through {filter}. The file holds the raw signal.")
            self._say(box, seen.format(filter=stream.view_filter), "muted")

    def _lines(self, body: Tag) -> Tag:
        box: Tag = dpg.generate_uuid()
        dpg.add_group(tag=box, parent=body)
        dpg.bind_item_theme(box, self._theme.lines())
        return box

    def _figures(self, box: Tag, figures: tuple[Figure, ...]) -> None:
        theme = self._theme
        dpg.add_spacer(parent=box, height=theme.px(4))
        narrow = self._room < theme.px(NARROW_PX)
        for figure in figures:
            shape, role = LOOKS[figure.verdict]
            value = tr(figure.phrase).format(**figure.values) if figure.phrase else figure.value
            with dpg.group(parent=box, horizontal=True) as row:
                mark = Mark(theme)
                mark.build(row)
                mark.show(shape, role)
                with dpg.group(horizontal=True, xoffset=theme.px(VERDICT_PX)) as rest:
                    self._say(rest, tr(WORDS[figure.verdict]), role, wrap=-1)
                    with dpg.group(horizontal=True, xoffset=theme.px(TITLE_PX)) as last:
                        self._say(last, tr(figure.title), "text", wrap=0 if narrow else -1)
                        if not narrow:
                            self._say(last, value, "text", "figures", wrap=-1)
            if narrow:
                self._below(box, value, "text", "figures")
            words = {name: tr(text) for name, text in figure.words.items()}
            advice = tr(figure.advice).format(**figure.values, **words)
            if figure.verdict != "ok":
                self._below(box, advice, "muted")
            meaning = tr(MEANINGS[figure.key])
            tooltip(row, meaning if figure.verdict != "ok" else f"{meaning} {advice}", theme)

    def _below(self, box: Tag, text: str, role: str, face: str = "words") -> None:
        """Write a line below a figure's title."""
        with dpg.group(parent=box, horizontal=True) as row:
            dpg.add_spacer(width=self._theme.px(VERDICT_PX + 12))
            self._say(row, text, role, face)

    def _told(self, box: Tag, verdict: Verdict, sentence: str) -> None:
        shape, role = LOOKS[verdict]
        with dpg.group(parent=box, horizontal=True) as row:
            mark = Mark(self._theme)
            mark.build(row)
            mark.show(shape, role)
            self._say(row, sentence, "text")

    def _say(self, parent: Tag, text: str, role: str, face: str = "words", wrap: float = 0) -> None:
        words = Words(self._theme, face, role, wrap=wrap)
        words.build(parent)
        words.say(text)

    def delete(self) -> None:
        """Close it. Safe to call twice; a check that runs goes on."""
        window, self._window = self._window, 0
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
