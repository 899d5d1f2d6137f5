"""The few windows that open over the desk: open a recording, add a device, save a layout, help."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..recordings.places import is_url
from ..sources import form_fields, kind, kinds
from ..sources.language import later, tr
from ..widgets import FormError, FormWidget, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Words
from ..widgets.popup import close_popups, tooltip
from .actions import Menu
from .browser import BrowserPage
from .browser_acts import BrowserActs
from .export_dialog import ExportPage
from .import_dialog import ImportPage
from .metadata_editor import MetadataPage
from .palette_window import PaletteWindow
from .preflight_page import PreflightPage
from .protocol_page import ProtocolPage
from .shelf import sessions_in
from .shortcut_sheet import sheet
from .workbench import Workbench

KINDS = {
    "synthetic": later("Synthetic EMG"),
    "lsl": later("LSL stream"),
    "brainflow": later("BrainFlow board"),
    "session": later("Recorded session"),
}
LICENCE = later(
    "BSD-3-Clause, the myoscope developers. Inter and JetBrains Mono are under the SIL Open Font License;"
    " their licences are beside them in the package."
)
# Title and size, px at 100 %.
DIALOGS = {
    "browse": (later("Recordings"), 1240, 760),
    "describe": (later("About the recording"), 1080, 700),
    "open": (later("Open a recording"), 600, 560),
    "device": (later("Add a device"), 600, 560),
    "layout": (later("Save layout"), 440, 190),
    "preflight": (later("Check before recording"), 720, 520),
    "protocol": (later("Protocol"), 600, 680),
    "export": (later("Export"), 860, 690),
    "import": (later("Import a file"), 760, 680),
    "shortcuts": (later("Keyboard shortcuts"), 720, 640),
    "about": (later("About myoscope"), 600, 260),
}


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
        self._text: Tag = 0
        self._n_frames = 0
        self.page: PreflightPage | ProtocolPage | BrowserPage | MetadataPage | ExportPage | ImportPage | None = None
        self.acts = BrowserActs(workbench.engine, lambda: workbench.settings.operator)
        self.palette = PaletteWindow(workbench, theme, menus, self._forget_palette)
        self.covered: Callable[[], bool] = lambda: False
        """Whether another window is in front, which Esc is meant for."""
        workbench.undo_in_front = lambda: self.acts.undo if isinstance(self.page, BrowserPage | MetadataPage) else None

    def show(self, name: str) -> None:
        """Open a dialog, by its name in `DIALOGS`; ``palette`` opens the list of all commands, or closes it."""
        again = name == "palette" and self.palette.is_open
        self.delete()
        if again:
            return
        self.name = name
        if name == "palette":
            self.palette.open()
            return
        title, wide, high = DIALOGS[name]
        theme = self._theme
        width = min(theme.px(wide), dpg.get_viewport_client_width() - theme.px(32))
        height = min(theme.px(high), dpg.get_viewport_client_height() - theme.px(64))
        left = (dpg.get_viewport_client_width() - width) // 2
        top = (dpg.get_viewport_client_height() - height) // 2
        self._n_frames, self._text = 0, 0
        self._window = dpg.add_window(
            label=label(tr(title)),
            width=width,
            height=height,
            pos=(left, top),
            no_collapse=True,
            on_close=self.delete,
        )
        dpg.bind_item_theme(self._window, theme.dialog())
        getattr(self, f"_fill_{name}")(self._window)

    def draw(self) -> None:
        """Give the first field the keyboard; close on Esc."""
        self.palette.draw()
        if self.page is not None:
            self.page.draw()
        self._n_frames += 1
        if self._text and self._n_frames <= 3:
            dpg.focus_item(self._text)
        if self._window and dpg.is_key_pressed(dpg.mvKey_Escape) and not self.covered():
            self._escape()

    def _escape(self) -> None:
        """Close what lies in front: a list, a form inside the page, or else the dialog."""
        if close_popups():
            return
        if not (isinstance(self.page, BrowserPage) and self.page.escape()):
            self.delete()

    def _forget_palette(self) -> None:
        self.name = ""

    def delete(self) -> None:
        """Close the dialog. Safe to call twice."""
        self.palette.close()
        window, self._window, self.name, self.form = self._window, 0, "", None
        page, self._text, self.page = self.page, 0, None
        if isinstance(page, BrowserPage | MetadataPage | ExportPage | ImportPage):
            page.delete()
        if window and dpg.does_item_exist(window):
            dpg.delete_item(window)
            # A list that one of its buttons has opened must not stay behind.
            close_popups()

    def _say(self, text: str) -> None:
        self._problem.say(text)
        self._problem.show(bool(text))

    # Open a recording

    def _fill_open(self, window: Tag) -> None:
        theme = self._theme
        folder = self._bench.settings.recordings_folder
        self._muted(window, tr("Folder of a session, a folder that holds one, or a URL:"))
        with dpg.group(horizontal=True, parent=window):
            self._path = dpg.add_input_text(width=-theme.px(100), hint=str(folder), on_enter=True, callback=self._open)
            button = dpg.add_button(label=label(tr("Open")), width=-1, callback=self._open)
            tooltip(button, tr("Replay it."), theme)
        self._problem.build(window)
        self._say("")
        dpg.add_spacer(height=theme.px(4), parent=window)
        sessions = [Path(p) for p in self._bench.settings.recent_sessions if Path(p).is_dir()]
        sessions += [path for path in sessions_in(folder) if path not in sessions]
        self._muted(
            window, tr("Recorded lately:") if sessions else tr("No recordings in {folder} yet.").format(folder=folder)
        )
        for path in sessions[:30]:
            button = dpg.add_button(
                label=label(path.name), width=-1, parent=window, callback=partial(self._open_path, path)
            )
            dpg.bind_item_theme(button, theme.choice())
            tooltip(button, str(path), theme)

    def _open(self) -> None:
        text = clean(dpg.get_value(self._path)).strip()
        if not text:
            self._say(tr("Type the folder of a recording, or choose one below."))
            return
        if is_url(text):
            self._open_path(text)
            return
        path = Path(text).expanduser()
        if not path.is_dir():
            self._say(tr("There is no folder {path}. Check the spelling.").format(path=path))
            return
        self._open_path(path)

    def _open_path(self, path: Path | str) -> None:
        self._bench.open_session(path)
        self.delete()

    # Add a device

    def _fill_device(self, window: Tag) -> None:
        theme = self._theme
        found = sorted(kinds(), key=lambda name: (list(KINDS).index(name) if name in KINDS else 99, name))
        names = [label(tr(KINDS.get(name, name))) for name in found]
        by_label = dict(zip(names, found, strict=True))
        with dpg.group(horizontal=True, parent=window, xoffset=theme.px(200)):
            dpg.add_text(label(tr("Kind")))
            dpg.add_combo(
                names,
                default_value=label(tr(KINDS.get(self._kind, self._kind))),
                width=theme.px(200),
                callback=lambda _, text: self._choose_kind(by_label[text]),
            )
        # The buttons stay in sight however long the form is.
        self._form_box = dpg.add_child_window(parent=window, width=-1, height=-theme.px(64))
        dpg.bind_item_theme(self._form_box, theme.ground("ground"))
        self._problem.build(window)
        self._say("")
        with dpg.group(horizontal=True, parent=window):
            connect = dpg.add_button(label=label(tr("Connect device")), callback=self._connect)
            tooltip(connect, tr("Show it as one more stream."), theme)
            dpg.bind_item_theme(connect, theme.button("on"))
            cancel = dpg.add_button(label=label(tr("Cancel")), callback=self.delete)
            tooltip(cancel, tr("Connect nothing (Esc)."), theme)
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

    # Recording

    def _fill_preflight(self, window: Tag) -> None:
        self.page = PreflightPage(self._bench, self._theme, self.delete)
        self.page.fill(window)

    def _fill_protocol(self, window: Tag) -> None:
        self.page = ProtocolPage(self._bench, self._theme, self.delete)
        self.page.fill(window)

    # Recordings

    def _fill_browse(self, window: Tag) -> None:
        self.page = BrowserPage(self._bench, self._theme, self.acts, self.delete)
        self.page.fill(window)

    def _fill_describe(self, window: Tag) -> None:
        self.page = MetadataPage(self._bench, self._theme, self.acts, self._bench.described)
        self.page.fill(window)

    # Files of other programs

    def _fill_export(self, window: Tag) -> None:
        path = self._bench.exported or self._bench.session_at_hand()
        if path is not None:
            self.page = ExportPage(path, self._bench.exchange, self._theme, self.delete)
            self.page.fill(window)

    def _fill_import(self, window: Tag) -> None:
        folder = self._bench.settings.recordings_folder
        self.page = ImportPage(folder, folder, self._bench.exchange, self._theme, self.delete)
        self.page.fill(window)

    # Layout

    def _fill_layout(self, window: Tag) -> None:
        bench, theme = self._bench, self._theme
        self._muted(window, tr("Keep what is on screen, and where, under a name:"))
        name = "" if bench.is_built_in(bench.layout_name) else bench.layout_name
        self._text = dpg.add_input_text(
            parent=window, width=-1, default_value=label(name), hint=tr("Name of the layout"), on_enter=True,
            callback=self._keep_layout,
        )  # fmt: skip
        self._problem.build(window)
        self._say("")
        keep = dpg.add_button(label=label(tr("Save layout")), parent=window, callback=self._keep_layout)
        tooltip(keep, tr("A layout of yours with this name is replaced."), theme)
        dpg.bind_item_theme(keep, theme.button("on"))

    def _keep_layout(self) -> None:
        name = label(clean(dpg.get_value(self._text)).strip(), 60)
        reason = self._bench.why_not_save_layout(name) if name else tr("Type a name.")
        if reason:
            self._say(reason)
            return
        self._bench.save_layout(name)
        self.delete()

    # Help

    def _fill_shortcuts(self, window: Tag) -> None:
        theme = self._theme
        top = dpg.add_group(parent=window, horizontal=True)
        save = dpg.add_button(parent=top, label=label(tr("Save as HTML to print")), callback=self._print_shortcuts)
        tooltip(save, tr("One page in the recordings folder, opened in the browser; print it there."), theme)
        self._muted(top, tr("Keys do nothing while you type into a field."))
        page = dpg.add_child_window(parent=window, width=-1, height=-1, always_use_window_padding=True)
        dpg.bind_item_theme(page, theme.lines())
        for menu, lines in sheet(self._menus):
            dpg.add_spacer(height=theme.px(8), parent=page)
            self._muted(page, menu.upper())
            for line in lines:
                with dpg.group(horizontal=True, parent=page, xoffset=theme.px(190)):
                    theme.fonts.bind(dpg.add_text(label("  ".join(line.keys))), "figures")
                    name = dpg.add_text(label(line.label))
                tooltip(name, line.help or line.label, theme)

    def _print_shortcuts(self) -> None:
        self._bench.print_shortcuts(self._menus)

    def _fill_about(self, window: Tag) -> None:
        from .. import __version__

        theme = self._theme
        theme.fonts.bind(dpg.add_text(f"myoscope {__version__}", parent=window), "title")
        dpg.add_text(clean(tr("See, record and replay live EMG and other biosignals.")), parent=window, wrap=0)
        self._muted(window, tr(LICENCE))

    def _muted(self, parent: Tag, text: str) -> None:
        item = dpg.add_text(label(text, 500), parent=parent, wrap=0)
        dpg.bind_item_theme(item, self._theme.text("muted"))
