"""A protocol in the dialog: made from what is connected, changed by hand, taken in from a file and handed on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dearpygui.dearpygui as dpg

from ..sources import FormField
from ..sources.language import later, tr
from ..widgets import FormError, FormWidget, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Words
from ..widgets.popup import calling, tooltip
from .errors import AppError
from .expected_rows import ExpectedRows
from .workbench import Workbench

if TYPE_CHECKING:
    from ..recordings.protocol import RecordingProtocol

FIELDS = (
    FormField("name", later("Name"), str, None, help=later("What the protocol is called."), required=True),
    FormField("task", later("Task"), str, "", help=later("Becomes the recording's task.")),
    FormField(
        "take_pattern", later("Takes are called"), str, "",
        help=later("May hold {name}, {task}, {subject}, {take}, {attempt} and {date}; {take:02} is 01, 02, 03."),
    ),
    FormField(
        "pretrigger_s", later("Keep before Record"), float, 0.0, "s",
        help=later("Seconds that are put in front of each recording, 60 at most."),
    ),
    FormField(
        "planned_minutes", later("Planned length"), float, 0.0, "min",
        help=later("The disk must have room for so much; 0 where nobody knows."),
    ),
    FormField(
        "min_battery_percent", later("Battery at least"), float, 0.0, "%",
        help=later("Red below it, where a device tells its battery; 0 for any."),
    ),
    FormField(
        "max_clock_uncertainty_ms", later("Clock known to"), float, 0.0, "ms",
        help=later("Red where a device's clock is known less well than that; 0 for any."),
    ),
)  # fmt: skip

FOOT_PX = 88
PROBLEM_PX = 40
"""Room for a sentence of two lines."""


class ProtocolPage:
    """Lives while its dialog is open. Main thread only.

    Parameters
    ----------
    workbench
        Knows the protocols and what is connected.
    theme
        Colours, faces and measures.
    close
        Closes the dialog.
    """

    def __init__(self, workbench: Workbench, theme: Theme, close: Callable[[], object]) -> None:
        self._bench = workbench
        self._takes = workbench.takes
        self._theme = theme
        self._close = close
        self.form: FormWidget | None = None
        self.rows = ExpectedRows(theme)
        self._box: Tag = 0
        self._which: Tag = 0
        self.path: Tag = 0
        self._problem = Words(theme, "small", "bad", wrap=0)
        self._editing = ""

    def fill(self, window: Tag) -> None:
        """Make the items inside the dialog."""
        theme = self._theme
        with dpg.group(horizontal=True, parent=window):
            self._which = dpg.add_combo([], width=theme.px(200), callback=self._choose)
            tooltip(self._which, tr("Which protocol to change."), theme)
            fresh = dpg.add_button(label=label(tr("New from what is connected")), callback=self._from_connected)
            tooltip(fresh, tr("Expect just these streams, as they are now."), theme)
        # The buttons stay in sight however long the form is.
        self._box = dpg.add_child_window(parent=window, width=-1, height=-theme.px(FOOT_PX))
        dpg.bind_item_theme(self._box, theme.ground("ground"))
        self._problem.build(window)
        self._say("")
        beside = sum(theme.fonts.width(text, "words") + theme.px(36) for text in (tr("Import"), tr("Export")))
        with dpg.group(horizontal=True, parent=window):
            self.path = dpg.add_input_text(width=-int(beside), hint=tr("A file to import, or a folder to export to"))
            tooltip(self.path, tr("Protocols are small JSON files that can be handed on."), theme)
            take_in = dpg.add_button(label=label(tr("Import")), callback=self._import)
            tooltip(take_in, tr("Read the file, check it and keep it."), theme)
            hand_out = dpg.add_button(label=label(tr("Export")), callback=self._export)
            tooltip(hand_out, tr("Write this protocol to the file, or into the folder; nothing is overwritten."), theme)
        with dpg.group(horizontal=True, parent=window):
            save = dpg.add_button(label=label(tr("Save and use")), callback=self._save)
            tooltip(save, tr("Keep it, and check against it before each recording."), theme)
            dpg.bind_item_theme(save, theme.button("on"))
            remove = dpg.add_button(label=label(tr("Delete")), callback=self._delete)
            tooltip(remove, tr("Forget this protocol. Recordings keep its name and what was checked."), theme)
            cancel = dpg.add_button(label=label(tr("Cancel")), callback=self._close)
            tooltip(cancel, tr("Change nothing (Esc)."), theme)
        if self._takes.protocol is not None:
            self.show(self._takes.protocol)
        else:
            self._from_connected()

    def draw(self) -> None:
        """Nothing changes by itself."""

    def show(self, protocol: RecordingProtocol) -> None:
        """Fill the form with a protocol."""
        known = self._takes.protocols.all()
        self._editing = protocol.name if protocol.name in known else ""
        names = [label(name) for name in known]
        dpg.configure_item(self._which, items=[tr("New protocol"), *names])
        dpg.set_value(self._which, label(self._editing) or tr("New protocol"))
        dpg.delete_item(self._box, children_only=True)
        values = protocol.to_json()
        fields = [
            FormField(f.name, f.label, f.kind, values[f.name], f.unit, f.help, required=f.required) for f in FIELDS
        ]
        self.form = FormWidget(self._theme, fields)
        self.form.build(self._box)
        self.rows.build(self._box, values["streams"])
        self._say("")

    def _choose(self, _sender: Tag, text: str) -> None:
        found = next((p for name, p in self._takes.protocols.all().items() if label(name) == text), None)
        if found is None:
            self._from_connected()
        else:
            self.show(found)

    def _from_connected(self) -> None:
        known = self._takes.protocols.all()
        names = (tr("Protocol {n}").format(n=n) for n in range(1, 1000))
        self.show(self._takes.protocol_now(next(name for name in names if name not in known)))

    def _say(self, text: str) -> None:
        self._problem.say(text)
        self._problem.show(bool(text))
        dpg.configure_item(self._box, height=-self._theme.px(FOOT_PX + (PROBLEM_PX if text else 0)))

    def _read(self) -> RecordingProtocol | None:
        """Return what is typed; None when it cannot be, which is then said."""
        from ..recordings import SessionError
        from ..recordings.protocol import RecordingProtocol

        if self.form is None:
            return None
        try:
            values: dict[str, Any] = {**RecordingProtocol("").to_json(), **self.form.values()}
            values["streams"] = self.rows.values()
            return RecordingProtocol.from_json(values, tr("The protocol"))
        except (FormError, SessionError) as error:
            self._say(str(error))
            return None

    def _attempt(self, act: Callable[[], object]) -> bool:
        from ..recordings import SessionError

        try:
            act()
        except (SessionError, AppError, OSError) as error:
            self._say(str(error))
            return False
        return True

    def _save(self) -> None:
        protocol = self._read()
        if protocol is None or not self._attempt(calling(self._takes.protocols.save, protocol)):
            return
        if self._editing not in ("", protocol.name):
            self._takes.protocols.remove(self._editing)
        self._takes.choose(protocol.name)
        self._close()

    def _delete(self) -> None:
        if not self._editing:
            self._say(tr("This one has not been saved yet, so there is nothing to delete."))
            return
        if self._attempt(calling(self._takes.protocols.remove, self._editing)):
            if self._takes.settings.protocol == self._editing:
                self._takes.choose("")
            self._close()

    def _typed_path(self) -> Path | None:
        text = clean(dpg.get_value(self.path)).strip()
        if not text:
            self._say(tr("Type a file, or a folder."))
            return None
        return Path(text).expanduser()

    def _import(self) -> None:
        path = self._typed_path()
        if path is not None:
            self._attempt(lambda: self.show(self._takes.protocols.take_in(path)))

    def _export(self) -> None:
        path, protocol = self._typed_path(), self._read()
        if path is None or protocol is None:
            return
        words = tr("The protocol is in {path}.")

        def write() -> None:
            written = self._takes.protocols.hand_out(protocol, path)
            self._bench.engine.log(words.format(path=written), "good")
            self._say("")

        self._attempt(write)
