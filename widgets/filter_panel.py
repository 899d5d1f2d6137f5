"""What is done to a stream before it is shown: filters, montage, envelope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources.errors import SourceError
from ..sources.language import later, tr
from ..sources.montage import Along, Montage
from ..sources.view_filter import MAX_ORDER, ViewFilter, preset
from .door import Tag, label
from .figure_field import FigureField
from .flow import Flow
from .look import Look
from .montage_choice import MontageChoice
from .panel import Panel, Switch, Words
from .popup import calling, tooltip
from .theme import Theme

PRESET_WORDS = {
    "emg": (later("EMG"), later("20–450 Hz, without mains")),
    "eeg": (later("EEG"), later("1–70 Hz, without mains")),
    "ecg": (later("ECG"), later("0.5–40 Hz, without mains: the band of monitors")),
    "envelope": (later("Envelope"), later("20–450 Hz, without mains, and the RMS over 100 ms")),
}
INDENT = 39
"""Where what belongs to a tick begins, px at 100 %."""
USUAL = ViewFilter(20.0, 450.0, 50.0, rms_ms=100.0, notch_to_hz=500.0)
"""What a part is when it is switched on for the first time."""


class FilterPanel:
    """The view filter of a stream, changed at once. Main thread only.

    A figure that cannot be is told beside its field, and the filter stays as it was.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    looks
        Asked each frame: what is looked at, one a stream.
    on_change
        Called with the look, its filter before and after, when a person changed it: for undo, and for the recorder.
    """

    def __init__(
        self,
        theme: Theme,
        looks: Callable[[], Sequence[Look]],
        on_change: Callable[[Look, ViewFilter, ViewFilter], object] | None = None,
    ) -> None:
        self._theme = theme
        self._looks = looks
        self._on_change = on_change
        self.panel = Panel(theme, tr("View filter"))
        self.look: Look | None = None
        """The one whose filter is shown."""
        self.streams: Tag = 0
        self.montage = MontageChoice(theme, self._set_montage)
        self._flows: list[Flow] = []
        self._shown: tuple[object, ...] = ()
        self._names: list[str] = []
        self._built = False

    # Making

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        theme = self._theme
        outside = self.panel.build(parent)
        self._flows, self._shown, self._names = [], (), []
        self.streams, self._body, self.slope = (dpg.generate_uuid() for _ in range(3))
        self._chooser = dpg.add_group(parent=outside, show=False)
        dpg.add_combo([], tag=self.streams, parent=self._chooser, width=-1, callback=self._choose)
        tooltip(self.streams, tr("Whose filter is shown below"), theme)
        self._nothing = Words(theme, "small", "muted", wrap=0)
        self._nothing.build(outside)
        dpg.add_group(tag=self._body, parent=outside)
        body = self._body
        self._build_presets(self._flow(body))
        self.ticks: dict[str, Tag] = {}
        self.fields: dict[str, FigureField] = {}
        self.problems: dict[str, Words] = {}
        self._build_band(body)
        self._build_notch(body)
        flow = self._flow(body)
        self._tick(flow, "remove_dc", tr("Remove offset"), tr("Take a slow mean away: a high-pass at 0.5 Hz"))
        self._problem(body, "remove_dc")
        heading = Words(theme, "small", "muted")
        heading.build(body)
        heading.say(tr("Montage"))
        self.montage.build(body)
        self._flows.extend(self.montage.flows)
        self._problem(body, "montage")
        flow = self._flow(body)
        self._tick(flow, "rectify", tr("Rectify"), tr("Show absolute values"))
        group = self._tick(
            flow, "rms_ms", tr("RMS"), tr("Root mean square of the last so many ms: an envelope that is never below 0")
        )
        self._field(group, "rms_ms", tr("Length of the RMS, ms"), tr("ms"), "rms_ms")
        self._problem(body, "rms_ms")
        self._trouble = Words(theme, "small", "warn", wrap=0)
        self._trouble.build(body)
        words = Words(theme, "small", "muted", wrap=0)
        words.build(body)
        words.say(tr("Shown only. The file holds the raw signal."))
        self._built = True

    def _flow(self, parent: Tag, indent: float = 0) -> Flow:
        flow = Flow(self._theme, 8)
        if indent:
            parent = dpg.add_group(parent=parent, indent=self._theme.px(indent))
            flow.spare = indent
        flow.build(parent)
        self._flows.append(flow)
        return flow

    def _build_presets(self, flow: Flow) -> None:
        self.presets: dict[str, Switch] = {}
        for name, (text, tip) in PRESET_WORDS.items():
            self.presets[name] = Switch(self._theme, tr(text), tr(tip), calling(self._use, name))
        self.off = Switch(self._theme, tr("Off"), tr("Show the signal as it comes"), self._switch_off)
        for switch in (*self.presets.values(), self.off):
            switch.build(flow.group())

    def _build_band(self, body: Tag) -> None:
        flow = self._flow(body)
        self._tick(flow, "band", tr("Band-pass"), tr("Show only what is between two frequencies (Butterworth)"))
        group = flow.group()
        empty = tr("Hz, at -3 dB; empty for no limit on this side")
        self._field(group, "highpass_hz", tr("Lowest frequency, {more}").format(more=empty), "–", "band")
        self._field(group, "lowpass_hz", tr("Highest frequency, {more}").format(more=empty), tr("Hz"), "band")
        slot = dpg.add_group(parent=self._flow(body, INDENT).group())
        self._slopes = [tr("{n} dB/octave").format(n=6 * order) for order in range(1, MAX_ORDER + 1)]
        dpg.add_combo(
            [label(text) for text in self._slopes], tag=self.slope, parent=slot, width=self._theme.px(150),
            callback=self._set_slope,
        )  # fmt: skip
        tooltip(self.slope, tr("How steep the edges are. Steeper ones ring longer."), self._theme)
        self._problem(body, "band")

    def _build_notch(self, body: Tag) -> None:
        flow = self._flow(body)
        group = self._tick(
            flow, "notch", tr("Notch"), tr("Take mains hum out: 50 or 60 Hz and all its multiples up to a limit")
        )
        self._field(group, "notch_hz", tr("Mains frequency, Hz: 50 or 60"), tr("Hz"), "notch", 50)
        group = flow.group()
        self._words(group, tr("width"))
        tip = tr("Width of each notch at -3 dB, Hz. Narrow ones ring longer.")
        self._field(group, "notch_width_hz", tip, tr("Hz"), "notch", 42)
        group = self._flow(body, INDENT).group()
        self._words(group, tr("and multiples up to"))
        tip = tr("The highest harmonic that is taken out, Hz; empty for all that there are")
        self._field(group, "notch_to_hz", tip, tr("Hz"), "notch", hint=tr("all"))
        self._problem(body, "notch")

    def _tick(self, flow: Flow, name: str, text: str, tip: str) -> Tag:
        group = flow.group()
        self.ticks[name] = tag = dpg.generate_uuid()
        slot = dpg.add_group(parent=group)
        dpg.add_checkbox(tag=tag, parent=slot, label=label(text), callback=calling(self._ticked, name))
        tooltip(tag, tip, self._theme)
        return group

    def _field(self, group: Tag, name: str, tip: str, unit: str, part: str, width: float = 58, hint: str = "") -> None:
        self.fields[name] = field = FigureField(self._theme, tip, calling(self._typed, part), width, hint)
        usual = getattr(USUAL, name)
        field.build(group, f"{usual:g}" if usual else "")
        self._words(group, unit)

    def _words(self, group: Tag, text: str) -> None:
        words = Words(self._theme, "words", "muted")
        words.build(group)
        words.say(text)

    def _problem(self, body: Tag, part: str) -> None:
        self.problems[part] = words = Words(self._theme, "small", "bad", wrap=0)
        words.build(body)
        words.show(False)

    # What a person does

    def _choose(self, _sender: Tag, text: str) -> None:
        looks = list(self._looks())
        if text in self._names and self._names.index(text) < len(looks):
            self._show_look(looks[self._names.index(text)])

    def _ticked(self, part: str) -> None:
        self._change(part, on=bool(dpg.get_value(self.ticks[part])))

    def _typed(self, part: str) -> None:
        """Take over figures; those of a part that is off wait until it is switched on."""
        self._change(part, on=bool(dpg.get_value(self.ticks[part])))

    def _change(self, part: str, *, on: bool) -> None:
        try:
            changes = self._part(part, on=on)
        except ValueError as error:
            self._say(part, str(error))
            return
        self._set_part(part, changes)

    def _part(self, part: str, *, on: bool) -> dict[str, Any]:
        """Return the settings of a part as they are typed.

        Raises
        ------
        ValueError
            When that cannot be; one sentence.
        """
        if part in ("remove_dc", "rectify"):
            return {part: on}
        fields = self.fields
        if part == "band":
            edges = {name: fields[name].value if on else 0.0 for name in ("highpass_hz", "lowpass_hz")}
            if on and not any(edges.values()):
                raise ValueError(tr("Type the lowest or the highest frequency, or both."))
            return edges
        if not on:
            return {"notch_hz": 0.0} if part == "notch" else {part: 0.0}
        if part == "rms_ms":
            if not fields[part].value:
                raise ValueError(tr("Type how many ms."))
            return {part: fields[part].value}
        if not fields["notch_hz"].value:
            raise ValueError(tr("Type the mains frequency: 50 or 60 Hz."))
        return {name: fields[name].value for name in ("notch_hz", "notch_to_hz", "notch_width_hz")}

    def _set_slope(self, _sender: Tag, text: str) -> None:
        self._set_part("band", {"order": self._slopes.index(text) + 1})

    def _set_montage(self, montage: Montage, along: Along) -> None:
        self._set_part("montage", {"montage": montage, "along": along})

    def _set_part(self, part: str, changes: dict[str, Any]) -> None:
        if self.look is None:
            return
        try:
            chosen = replace(self.look.filter, **changes)
        except SourceError as error:
            self._say(part, str(error))
            return
        self._set(part, chosen)

    def _set(self, part: str, chosen: ViewFilter) -> None:
        look = self.look
        if look is None:
            return
        before, info = look.filter, look.raw_info
        problem = chosen.check(info) if info is not None else ""
        if problem and info is not None and not before.check(info):
            self._say(part, problem)
            return
        # Where the filter from before did not fit either, any change may be a step towards one that does.
        for words in self.problems.values():
            words.show(False)
        look.filter = chosen
        self._shown = ()
        if self._on_change is not None and chosen != before:
            self._on_change(look, before, chosen)

    def _use(self, name: str) -> None:
        if self.look is not None and self.look.raw_info is not None:
            self._set("band", self._preset(name, self.look))

    def _preset(self, name: str, look: Look) -> ViewFilter:
        info = look.raw_info
        if info is None:
            return ViewFilter()
        return replace(
            preset(name, info, look.filter.notch_hz or USUAL.notch_hz),
            montage=look.filter.montage, along=look.filter.along,
        )  # fmt: skip

    def _switch_off(self) -> None:
        self._set("band", ViewFilter())

    def _say(self, part: str, problem: str) -> None:
        words = self.problems["rms_ms" if part == "rectify" else part]
        words.say(problem)
        words.show(True)
        # What is ticked is what is so.
        self._show_ticks()

    # What is shown

    def draw(self) -> None:
        """Bring the panel up to date. Each frame; nothing happens while nothing changes."""
        if not self._built:
            return
        looks = list(self._looks())
        self._show_streams(looks)
        if self.look is None or not any(look is self.look for look in looks):
            self._show_look(looks[0] if looks else None)
        for flow in self._flows:
            flow.fit()
        look = self.look
        if look is None:
            return
        shown = (look, look.filter, look.raw_info, look.why_unfiltered)
        if shown != self._shown:
            self._shown = shown
            self._show(look)

    def _show_streams(self, looks: list[Look]) -> None:
        names = [label(look.stream.name, 60) for look in looks]
        if names != self._names:
            self._names = names
            dpg.configure_item(self.streams, items=names)
            dpg.configure_item(self._chooser, show=len(names) > 1)
            self._nothing.say("" if names else tr("No stream is shown. Add a device first."))
            self._nothing.show(not names)
            dpg.configure_item(self._body, show=bool(names))

    def _show_look(self, look: Look | None) -> None:
        self.look, self._shown = look, ()
        for words in self.problems.values():
            words.show(False)
        if look is not None:
            dpg.set_value(self.streams, label(look.stream.name, 60))

    def _show(self, look: Look) -> None:
        chosen, fields = look.filter, self.fields
        if chosen.highpass_hz or chosen.lowpass_hz:
            fields["highpass_hz"].say(chosen.highpass_hz)
            fields["lowpass_hz"].say(chosen.lowpass_hz)
        if chosen.notch_hz:
            for name in ("notch_hz", "notch_to_hz", "notch_width_hz"):
                fields[name].say(getattr(chosen, name))
        if chosen.rms_ms:
            fields["rms_ms"].say(chosen.rms_ms)
        dpg.set_value(self.slope, label(self._slopes[chosen.order - 1]))
        self._show_ticks()
        info = look.raw_info
        waiting = "" if info is not None else tr("Nothing has come yet.")
        for name, switch in self.presets.items():
            wanted = self._preset(name, look)
            off = waiting or (wanted.check(info) if info is not None else "")
            switch.show(look="on" if not off and chosen == wanted else "plain", why_off=off)
        self.off.show(look="on" if chosen.is_off else "plain")
        self.montage.show(chosen, info)
        self._trouble.say(look.why_unfiltered and tr("Not filtered. {why}").format(why=look.why_unfiltered))
        self._trouble.show(bool(look.why_unfiltered))

    def _show_ticks(self) -> None:
        chosen = self.look.filter if self.look is not None else ViewFilter()
        is_on = {
            "band": chosen.highpass_hz or chosen.lowpass_hz,
            "notch": chosen.notch_hz,
            "remove_dc": chosen.remove_dc,
            "rectify": chosen.rectify,
            "rms_ms": chosen.rms_ms,
        }
        for name, tag in self.ticks.items():
            dpg.set_value(tag, bool(is_on[name]))

    def delete(self) -> None:
        """Remove the panel. Safe to call twice, and before `build`."""
        if self._built:
            for field in self.fields.values():
                field.delete()
        self._built = False
        self.panel.delete()
