"""Record, stop, mark; which take comes next, and whether anything speaks against it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, clean, label
from .figures import clock as clock_text
from .figures import samples, span
from .flow import Flow
from .panel import Facts, Panel, Switch, Words
from .popup import calling, tooltip
from .record_setup import RecordSetup, SetupActions, SetupView
from .take_lines import TakeActions, TakeLines, TakeView
from .theme import Theme

REFRESH_S = 0.25


@dataclass(frozen=True)
class RecordView:
    """How the recording is doing.

    Parameters
    ----------
    recording
        Whether samples are being written.
    seconds
        Since it began, s.
    n_written, n_lost
        Samples, over all streams; of the last recording while none runs.
    disk_seconds_left
        How long the disk still lasts, s; NaN when unknown.
    take
        Name of the session being written, or of the last one.
    why_not
        Why one cannot record now; empty when one can.
    error
        One sentence about what went wrong; empty when nothing did.
    takes
        Which take comes next, and whether anything speaks against it.
    setup
        What is set up besides.
    """

    recording: bool = False
    seconds: float = 0.0
    n_written: int = 0
    n_lost: int = 0
    disk_seconds_left: float = math.nan
    take: str = ""
    why_not: str = ""
    error: str = ""
    takes: TakeView = field(default_factory=TakeView)
    setup: SetupView = field(default_factory=SetupView)


class RecordPanel:
    """Record and Stop, event buttons, and what has been written. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    view
        Asked each frame.
    on_record, on_stop
        Called when the big button is pressed. `name`, `subject` and `notes` say what was typed.
    on_event
        Called with the label of the event button that was pressed.
    labels
        Event buttons besides Mark.
    clock
        For the refresh, s; a test passes its own.
    takes
        What the buttons about takes and trials do.
    setup
        What the choices below the fold do.
    """

    def __init__(
        self,
        theme: Theme,
        view: Callable[[], RecordView],
        on_record: Callable[[], object],
        on_stop: Callable[[], object],
        on_event: Callable[[str], object],
        labels: Sequence[str] = (),
        clock: Callable[[], float] = time.perf_counter,
        takes: TakeActions | None = None,
        setup: SetupActions | None = None,
    ) -> None:
        self._theme = theme
        self._view = view
        self._on_record = on_record
        self._on_stop = on_stop
        self._on_event = on_event
        self._clock = clock
        self.labels = list(labels)
        self.panel = Panel(theme, tr("Record"))
        self.button = Switch(theme, tr("Record"), tr("Write every sample to disk (R)"), self.press, "record")
        self.mark = Switch(theme, tr("Mark"), tr("Note this moment (M)"), calling(on_event, "mark"))
        self.facts = Facts(theme, (tr("Take"), tr("Written"), tr("Lost"), tr("Disk left")))
        self.error = Words(theme, "small", "bad", wrap=0)
        self.event_buttons: dict[str, Tag] = {}
        self._recording = False
        self.takes = TakeLines(theme, takes or TakeActions())
        self.setup = RecordSetup(theme, setup or SetupActions())
        self.name_input: Tag = 0
        self._name = ""
        self._refreshed = -math.inf
        self._flow = Flow(theme, 8)
        self.new_label: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the panel inside `parent`."""
        theme = self._theme
        body = self.panel.build(parent)
        with dpg.group(horizontal=True, parent=body) as line:
            self.button.build(line, -theme.px(92), theme.px(40))
            self.mark.build(line, -1, theme.px(40))
        self.error.build(body)
        self.error.show(False)
        self.name_input = dpg.generate_uuid()
        dpg.add_input_text(
            tag=self.name_input, parent=body, hint=tr("Name of the take"), width=-1, default_value=self._name,
            callback=self._note,
        )  # fmt: skip
        tooltip(self.name_input, tr("Becomes part of the recording's name; its takes are numbered."), theme)
        self.takes.build(body)
        self.setup.build(body)
        self.facts.build(body)
        dpg.add_spacer(height=1, parent=body)
        self._events_box: Tag = dpg.generate_uuid()
        dpg.add_group(tag=self._events_box, parent=body)
        self._make_events()
        self._refreshed = -math.inf

    def _note(self, _sender: Tag, text: str) -> None:
        self._name = clean(text)

    @property
    def name(self) -> str:
        """The name that was typed for the take."""
        return self._name.strip()

    @property
    def subject(self) -> str:
        """The subject code that was typed."""
        return self.setup.typed["subject"].strip()

    @property
    def task(self) -> str:
        """The task that was typed."""
        return self.setup.typed["task"].strip()

    @property
    def operator(self) -> str:
        """The operator that was typed."""
        return self.setup.typed["operator"].strip()

    @property
    def notes(self) -> str:
        """The notes that were typed."""
        return self.setup.typed["notes"].strip()

    def fill_in(self, name: str | None = None, **texts: str) -> None:
        """Write into the fields: ``name``, ``subject``, ``task``, ``operator``, ``notes``."""
        if name is not None:
            self._name = label(name, 1000)
            if self.name_input:
                dpg.set_value(self.name_input, self._name)
        for key, text in texts.items():
            self.setup.fill_in(key, text)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Choose the event buttons."""
        self.labels = list(labels)
        self._make_events()

    def _make_events(self) -> None:
        theme = self._theme
        dpg.delete_item(self._events_box, children_only=True)
        self._flow.build(self._events_box)
        self.event_buttons = {}
        for number, text in enumerate(self.labels, start=1):
            self.event_buttons[text] = tag = dpg.generate_uuid()
            group = self._flow.group()
            dpg.add_button(tag=tag, label=label(text, 24), parent=group, callback=calling(self._on_event, text))
            with dpg.tooltip(tag, delay=0.4):
                keyed = tr("Note «{event}» at this moment ({key})") if number < 10 else tr("Note «{event}»")
                dpg.add_text(label(keyed.format(event=text, key=number)))
        self.new_label = dpg.generate_uuid()
        dpg.add_input_text(
            tag=self.new_label, parent=self._flow.group(), hint=tr("+ event"), width=theme.px(92), on_enter=True,
            callback=self._add_label,
        )  # fmt: skip
        tooltip(self.new_label, tr("One more event button: its name, then Enter"), theme)

    def _add_label(self, _sender: Tag, text: str) -> None:
        text = label(text, 24).strip()
        if text and text not in self.labels:
            self.set_labels([*self.labels, text])

    def press(self) -> None:
        """Do what the big button does: record, or stop."""
        if self._recording:
            self._on_stop()
        else:
            self._on_record()

    def draw(self) -> None:
        """Bring the panel up to date."""
        view = self._view()
        self._flow.fit()
        now = self._clock()
        if view.recording == self._recording and now - self._refreshed < REFRESH_S:
            return
        self._refreshed = now
        self._recording = view.recording
        if view.recording:
            self.button.say(tr("End the recording; its file is closed (R)"))
            self.button.show(text=tr("Stop   {time}").format(time=clock_text(view.seconds)), look="record")
        else:
            self.button.say(tr("Write every sample to disk (R)"))
            self.button.show(text=tr("Record"), look="plain", why_off=view.why_not)
        self.takes.show(view.takes, recording=view.recording)
        self.setup.draw(view.setup)
        facts = self.facts
        facts.say(tr("Take"), label(view.take, 28) or "–", "text" if view.take else "muted")
        facts.say(tr("Written"), samples(view.n_written) if view.n_written else "–", "text")
        lost = samples(view.n_lost) if view.n_lost else "0" if view.n_written else "–"
        facts.say(tr("Lost"), lost, "warn" if view.n_lost else "text")
        low = view.disk_seconds_left < 600
        left = span(view.disk_seconds_left)
        facts.say(tr("Disk left"), tr("{time} · low").format(time=left) if low else left, "bad" if low else "text")
        self.error.say(view.error)
        self.error.show(bool(view.error))

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        self.panel.delete()
        self.name_input = 0
        self.setup.forget()
