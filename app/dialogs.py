"""The few windows that open over the desk: open a recording, add a device, shortcuts, about."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..sources import form_fields, kind, kinds
from ..widgets import FormError, FormWidget, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Words
from ..widgets.popup import tooltip
from .actions import Menu
from .commands import actions_of
from .shelf import sessions_in
from .workbench import Workbench

KINDS = {
    "synthetic": "Synthetic EMG",
    "lsl": "LSL stream",
    "brainflow": "BrainFlow board",
    "session": "Recorded session",
}
LICENCE = (
    "BSD-3-Clause, the myoscope developers. Inter and JetBrains Mono are under the SIL Open Font License;"
    " their licences are beside them in the package."
)


class Dialogs:
    """Opens one dialog at a time; Esc or its cross closes it. Main thread only.

    Parameters
    ----------
    workbench
        Does what is chosen.
    theme
        Colours, faces, measures.
    menus
        What the page of shortcuts lists.
    """

    def __init__(self, workbench: Workbench, theme: Theme, menus: list[Menu]) -> None:
        self._bench = workbench
        self._theme = theme
        self._menus = menus
        self._window: Tag = 0
        self.name = ""
        self.form: FormWidget | None = None
        self._problem = Words(theme, "small", "bad", wrap=0)
        self._path: Tag = 0
        self._kind = "synthetic"
        self._replace = ""

    def show(self, name: str) -> None:
        """Open a dialog: open, device, shortcuts or about."""
        self.delete()
        self.name = name
        titles = {
            "open": "Open a recording",
            "device": "Add a device",
            "shortcuts": "Keyboard shortcuts",
            "about": "About myoscope",
        }
        theme = self._theme
        width = min(theme.px(600), dpg.get_viewport_client_width() - theme.px(32))
        height = min(theme.px(560), dpg.get_viewport_client_height() - theme.px(64))
        left = (dpg.get_viewport_client_width() - width) // 2
        top = (dpg.get_viewport_client_height() - height) // 2
        self._window = dpg.add_window(
            label=titles[name],
            width=width,
            height=height,
            pos=(left, top),
            no_collapse=True,
            on_close=self.delete,
        )
        getattr(self, f"_fill_{name}")(self._window)

    def draw(self) -> None:
        """Close on Esc."""
        if self._window and dpg.is_key_pressed(dpg.mvKey_Escape):
            self.delete()

    def delete(self) -> None:
        """Close the dialog. Safe to call twice."""
        window, self._window, self.name, self.form = self._window, 0, "", None
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)

    def _say(self, text: str) -> None:
        self._problem.say(text)
        self._problem.show(bool(text))

    # Open a recording

    def _fill_open(self, window: Tag) -> None:
        theme = self._theme
        folder = self._bench.settings.recordings_folder
        self._muted(window, "Folder of a session, or a folder that holds one:")
        with dpg.group(horizontal=True, parent=window):
            self._path = dpg.add_input_text(width=-theme.px(100), hint=str(folder), on_enter=True, callback=self._open)
            dpg.add_button(label="Open", width=-1, callback=self._open)
        self._problem.build(window)
        self._say("")
        dpg.add_spacer(height=theme.px(4), parent=window)
        sessions = [Path(p) for p in self._bench.settings.recent_sessions if Path(p).is_dir()]
        sessions += [path for path in sessions_in(folder) if path not in sessions]
        self._muted(window, "Recorded lately:" if sessions else f"No recordings in {folder} yet.")
        for path in sessions[:30]:
            button = dpg.add_button(
                label=label(path.name), width=-1, parent=window, callback=partial(self._open_path, path)
            )
            dpg.bind_item_theme(button, theme.choice())
            tooltip(button, str(path), theme)

    def _open(self) -> None:
        text = clean(dpg.get_value(self._path)).strip()
        if not text:
            self._say("Type the folder of a recording, or choose one below.")
            return
        path = Path(text).expanduser()
        if not path.is_dir():
            self._say(f"There is no folder {path}. Check the spelling.")
            return
        self._open_path(path)

    def _open_path(self, path: Path) -> None:
        self._bench.open_session(path)
        self.delete()

    # Add a device

    def _fill_device(self, window: Tag) -> None:
        theme = self._theme
        found = sorted(kinds(), key=lambda name: (list(KINDS).index(name) if name in KINDS else 99, name))
        names = [label(KINDS.get(name, name)) for name in found]
        by_label = dict(zip(names, found, strict=True))
        with dpg.group(horizontal=True, parent=window, xoffset=theme.px(200)):
            dpg.add_text("Kind")
            dpg.add_combo(
                names,
                default_value=label(KINDS.get(self._kind, self._kind)),
                width=theme.px(200),
                callback=lambda _, text: self._choose_kind(by_label[text]),
            )
        # The buttons stay in sight however long the form is.
        self._form_box = dpg.add_child_window(parent=window, width=-1, height=-theme.px(64))
        dpg.bind_item_theme(self._form_box, theme.ground("ground"))
        self._problem.build(window)
        self._say("")
        with dpg.group(horizontal=True, parent=window):
            connect = dpg.add_button(label="Connect device", width=theme.px(160), callback=self._connect)
            dpg.bind_item_theme(connect, theme.button("on"))
            dpg.add_button(label="Cancel", width=theme.px(120), callback=self.delete)
        self._choose_kind(self._kind)

    def _choose_kind(self, name: str) -> None:
        self._kind = name
        if self.form is not None:
            self.form.delete()
        self.form = FormWidget(self._theme, form_fields(kind(name)))
        self.form.build(self._form_box)

    def _connect(self) -> None:
        if self.form is None:
            return
        try:
            values = self.form.values()
        except FormError:
            # The form has said so itself, beside the field.
            return
        try:
            source = kind(self._kind)(**values)
            self._bench.add_source(source)
        except Exception as error:  # noqa: BLE001  a third party's constructor may raise anything; it is shown here
            self._say(str(error) or type(error).__name__)
            return
        self.delete()

    # Help

    def _fill_shortcuts(self, window: Tag) -> None:
        theme = self._theme
        title = ""
        page = dpg.add_group(parent=window)
        dpg.bind_item_theme(page, theme.lines())
        for menu, action in actions_of(self._menus):
            if not action.keys:
                continue
            if menu != title:
                title = menu
                dpg.add_spacer(height=theme.px(8), parent=page)
                self._muted(page, menu.upper())
            with dpg.group(horizontal=True, parent=page, xoffset=theme.px(120)):
                theme.fonts.bind(dpg.add_text(label(action.keys)), "figures")
                dpg.add_text(label(action.label))
        dpg.add_spacer(height=theme.px(8), parent=page)
        self._muted(page, "1 to 9 press the event buttons. Keys do nothing while you type into a field.")

    def _fill_about(self, window: Tag) -> None:
        from .. import __version__

        theme = self._theme
        theme.fonts.bind(dpg.add_text(f"myoscope {__version__}", parent=window), "title")
        dpg.add_text("See, record and replay live EMG and other biosignals.", parent=window, wrap=0)
        self._muted(window, LICENCE)

    def _muted(self, parent: Tag, text: str) -> None:
        item = dpg.add_text(label(text, 500), parent=parent, wrap=0)
        dpg.bind_item_theme(item, self._theme.text("muted"))
