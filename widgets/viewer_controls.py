"""The one row above the traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

from ..sources.language import later, tr
from .cursors import toggle
from .door import Tag, label
from .figures import si
from .flow import Flow
from .popup import PopupButton, centred, tooltip
from .scale import SHARINGS, Sharing
from .theme import Theme

if TYPE_CHECKING:
    from .signal_viewer import SignalViewer

FILTER_TIP = later("Switch the view filter on and off; its settings are at the right. The file holds the raw signal.")
SHARED = {
    "all": (later("Common"), later("One scale for all channels")),
    "type": (later("By type"), later("One scale for all channels of a type")),
    "none": (later("Per channel"), later("Each channel has a scale of its own")),
}


class ViewerControls:
    """Name and state of the stream; pause, length, scale, channels. Main thread only.

    Parameters
    ----------
    viewer
        Whose controls these are.
    theme
        Faces and measures.
    """

    def __init__(self, viewer: SignalViewer, theme: Theme) -> None:
        self._viewer = viewer
        self._theme = theme
        self.length = PopupButton("5 s", tr("Length of the window ([ and ])"), self._fill_lengths, 160)
        self.scaling = PopupButton(tr("Common"), tr("How traces share scale and room"), self._fill_scaling, 300)
        self.lengths: dict[float, Tag] = {}
        self.choices: dict[str, Tag] = {}
        self._looks: dict[Tag, tuple[str, str]] = {}

    def build_heading(self, head: Tag) -> None:
        """Put name, facts and state into a group."""
        viewer, theme = self._viewer, self._theme
        fonts = theme.fonts
        self._title, self._facts = dpg.generate_uuid(), dpg.generate_uuid()
        dpg.add_text(label(viewer.stream.name), tag=self._title, parent=centred(head, fonts.height("title"), theme))
        dpg.add_text("", tag=self._facts, parent=centred(head, fonts.height("small"), theme))
        viewer.state_line.build(head, level=True)
        fonts.bind(self._title, "title")
        fonts.bind(self._facts, "small")
        dpg.bind_item_theme(self._facts, theme.text("muted"))

    def build(self, flow: Flow) -> None:
        """Put the buttons into a row."""
        viewer, theme = self._viewer, self._theme
        self._looks = {}
        self.pause_button, self.auto_button, self.smaller, self.larger, self.reach, self.typed, self.artefact = (
            dpg.generate_uuid() for _ in range(7)
        )
        self.filter_button, self.cursors_button, self._filter_tip = (dpg.generate_uuid() for _ in range(3))
        time = flow.group()
        dpg.add_button(tag=self.pause_button, parent=time, width=theme.px(84), callback=lambda: viewer.pause())
        tooltip(self.pause_button, tr("Make the picture stand still; samples keep coming (Space)"), theme)
        self.length.build(time, theme)
        viewer.channel_list.build(time, theme)

        scale = flow.group()
        dpg.add_button(
            tag=self.auto_button,
            label=tr("Auto scale"),
            parent=scale,
            callback=lambda: viewer.set_auto(not viewer.scale.auto),
        )
        tooltip(self.auto_button, tr("Fit the signal into its lanes; short artefacts do not count (A)"), theme)
        side = theme.px(34)
        dpg.add_button(tag=self.smaller, label="−", width=side, parent=scale, callback=lambda: viewer.gain(-1))
        dpg.add_button(tag=self.reach, width=theme.px(92), parent=scale, callback=viewer.fit)
        dpg.add_button(tag=self.larger, label="+", width=side, parent=scale, callback=lambda: viewer.gain(+1))
        tooltip(self.smaller, tr("Draw smaller (−)"), theme)
        tooltip(self.larger, tr("Draw larger (+)"), theme)
        tooltip(self.reach, tr("How much half a lane spans. Press to fit it now and leave it so."), theme)
        theme.fonts.bind(self.reach, "small figures")
        dpg.bind_item_theme(self.reach, theme.button("quiet"))
        self.scaling.build(scale, theme)

        reading = flow.group()
        dpg.add_button(tag=self.filter_button, parent=reading, callback=viewer.toggle_filter)
        self._filter_tip = tooltip(self.filter_button, FILTER_TIP, theme)
        dpg.add_button(
            tag=self.cursors_button, label=label(tr("Cursors")), parent=reading, callback=lambda: toggle(viewer.axis)
        )
        tooltip(
            self.cursors_button, tr("Two lines to measure between; drag them, or click where they should be (K)"), theme
        )

    def draw(self) -> None:
        """Bring words and looks up to date."""
        viewer = self._viewer
        scale = viewer.scale
        held = tr("Back to live") if viewer.axis.held_at != viewer.axis.newest else tr("Resume")
        wide = dpg.get_item_width(self.pause_button)
        wanted = self._theme.px(84) if not viewer.paused else 0
        if wide != wanted:
            dpg.configure_item(self.pause_button, width=wanted)
        self._show(self.pause_button, held if viewer.paused else tr("Pause"), "on" if viewer.paused else "plain")
        self._show(self.auto_button, tr("Auto scale"), "on" if scale.auto else "plain")
        unit = viewer.look.info.unit if viewer.stream.connected_once else ""
        numbers = viewer.channels.numbers
        first = float("nan")
        if numbers and scale.known and max(numbers) < len(scale.target):
            first = float(scale.target[numbers[0]])
        one = scale.sharing == "all" or len(numbers) == 1
        self._show(self.reach, f"± {si(first, unit)}" if one else tr("each its own"), "quiet")
        self.length.set_text(f"{viewer.seconds:.3g} s")
        self.scaling.set_text(tr("Overlaid") if viewer.overlaid else tr(SHARED[scale.sharing][0]))
        self._say(self._facts, viewer.facts)
        self._show(self.cursors_button, tr("Cursors"), "on" if viewer.axis.cursors is not None else "plain")
        shown, why = viewer.look.filter, viewer.why_not_filter()
        look = "off" if why else "plain" if shown.is_off else "on"
        self._show(self.filter_button, tr("No filter") if shown.is_off else shown.describe(), look)
        self._say(self._filter_tip, why or tr(FILTER_TIP))

    def close(self) -> None:
        """Close what is open."""
        self.length.close()
        self.scaling.close()

    def _show(self, button: Tag, text: str, look: str) -> None:
        if self._looks.get(button) != (text, look):
            self._looks[button] = (text, look)
            dpg.configure_item(button, label=label(text))
            dpg.bind_item_theme(button, self._theme.button(look))

    def _say(self, item: Tag, text: str) -> None:
        if self._looks.get(item) != (text, ""):
            self._looks[item] = (text, "")
            dpg.set_value(item, label(text))

    # Length of the window

    def _choices(self) -> list[float]:
        most = self._viewer.stream.buffer_seconds
        return sorted({seconds for seconds in self._viewer.lengths_s if seconds < most} | {most})

    def longer(self, direction: int) -> None:
        """Go to the next longer (+1) or shorter (-1) window."""
        now, choices = self._viewer.seconds, self._choices()
        further = [s for s in choices if (s - now) * direction > 0.001 * now][::direction]
        if further:
            self._viewer.set_seconds(further[0])

    def _fill_lengths(self, window: Tag) -> None:
        theme, viewer = self._theme, self._viewer
        self.lengths = {}
        for seconds in self._choices():
            self.lengths[seconds] = tag = dpg.generate_uuid()
            dpg.add_button(
                tag=tag, label=f"{seconds:g} s", parent=window, width=theme.px(140), user_data=seconds,
                callback=self._chosen,
            )  # fmt: skip
            dpg.bind_item_theme(tag, theme.button("on" if seconds == viewer.seconds else "plain"))
        dpg.add_input_text(
            tag=self.typed, parent=window, width=theme.px(140), hint=tr("other, s"), on_enter=True, decimal=True,
            callback=self._typed,
        )  # fmt: skip
        tooltip(
            self.typed, tr("Seconds, then Enter; up to {most}").format(most=f"{viewer.stream.buffer_seconds:g}"), theme
        )
        for sweep, text, tip in (
            (False, tr("Scroll"), tr("The newest sample is at the right edge.")),
            (True, tr("Sweep"), tr("Samples keep their places and are replaced one window later.")),
        ):
            self._choice(window, "sweep" if sweep else "scroll", text, tip, (viewer.axis.mode == "sweep") is sweep)

    def _chosen(self, _sender: Tag, _data: object, seconds: float) -> None:
        self._viewer.set_seconds(seconds)
        self.length.close()

    def _typed(self, _sender: Tag, text: str) -> None:
        try:
            self._viewer.set_seconds(float(text.replace(",", ".")))
        except ValueError:
            return
        self.length.close()

    # Scale and room

    def _fill_scaling(self, window: Tag) -> None:
        viewer, theme = self._viewer, self._theme
        for sharing, (text, tip) in SHARED.items():
            self._choice(window, sharing, tr(text), tr(tip), viewer.scale.sharing == sharing)
        dpg.add_separator(parent=window)
        for name, on, text, tip in (
            ("overlaid", viewer.overlaid, tr("All over one another"), tr("Butterfly: every trace in one lane (B)")),
            ("axes", viewer.axes, tr("Axis with figures"), tr("At the right of each lane, instead of a scale bar")),
        ):
            self.choices[name] = box = dpg.generate_uuid()
            dpg.add_checkbox(
                tag=box, label=label(text), default_value=on, parent=window, user_data=name, callback=self._ticked
            )
            tooltip(box, tip, theme)
        dpg.add_separator(parent=window)
        with dpg.group(horizontal=True, parent=window):
            dpg.add_input_int(
                tag=self.artefact, default_value=round(viewer.artefact_ms), min_value=0, max_value=5000, step=0,
                min_clamped=True, max_clamped=True, width=theme.px(72), callback=self._set_artefact,
            )  # fmt: skip
            words = dpg.add_text(tr("ms do not count"))
        tip = tr("What sticks out for no longer than this does not change the scale.")
        tooltip(self.artefact, tip, theme)
        tooltip(words, tip, theme)

    def _choice(self, window: Tag, name: str, text: str, tip: str, on: bool) -> None:
        self.choices[name] = tag = dpg.generate_uuid()
        dpg.add_button(tag=tag, label=label(text), parent=window, width=self._theme.px(140), user_data=name,
                       callback=self._choose)  # fmt: skip
        dpg.bind_item_theme(tag, self._theme.button("on" if on else "plain"))
        tooltip(tag, tip, self._theme)

    def _choose(self, _sender: Tag, _data: object, name: str) -> None:
        if name in ("sweep", "scroll"):
            self._viewer.set_sweep(name == "sweep")
        else:
            sharing: Sharing = next(s for s in SHARINGS if s == name)
            self._viewer.set_sharing(sharing)
        self.close()

    def _ticked(self, _sender: Tag, on: bool, name: str) -> None:
        (self._viewer.set_overlaid if name == "overlaid" else self._viewer.set_axes)(bool(on))

    def _set_artefact(self, _sender: Tag, value: int) -> None:
        self._viewer.set_artefact_ms(float(value))
