"""The page on which a person chooses a file of another program to be made a session of."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..recordings import SessionError
from ..recordings.formats import FORMATS, Format, format_of
from ..sources.language import tr, trn
from ..widgets import FormError, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import calling, tooltip
from .exchange import Exchange
from .format_options import options_of
from .format_words import size_text
from .option_form import OptionForm

FOOT_PX = 48
OPTIONS_PX, PROBLEM_PX = 150, 48
HEAD_PX = 133
LIST_SHARE = 0.6
MOST_ENTRIES = 500
SESSION = ".myo"


class ImportPage:
    """Lists folders and files that can be read; lives while its dialog is open. Main thread only.

    Parameters
    ----------
    begin
        The folder to look in first.
    folder
        Where sessions go.
    exchange
        Does it.
    theme
        Colours, faces and measures.
    close
        Closes the dialog.
    """

    def __init__(
        self, begin: Path, folder: Path, exchange: Exchange, theme: Theme, close: Callable[[], object]
    ) -> None:
        self._at = begin
        self._folder = folder
        self._exchange = exchange
        self._theme = theme
        self._close = close
        self.path: Tag = 0
        self._list: Tag = 0
        self._below: Tag = 0
        self._files: dict[Path, Tag] = {}
        self.file: Path | None = None
        self._form: OptionForm | None = None
        self._problem = Words(theme, "small", "bad", wrap=0)
        tip = tr("Goes on in the background; afterwards the session is opened.")
        self.run = Switch(theme, tr("Import"), tip, self._import, "on")

    @property
    def folder(self) -> Path:
        """The folder that is listed."""
        return self._at

    def fill(self, window: Tag) -> None:
        """Make the items inside the dialog."""
        theme = self._theme
        suffixes = ", ".join(sorted({suffix for one in FORMATS for suffix in one.reads}))
        words = Words(theme, "words", "muted", wrap=0)
        words.build(window)
        words.say(tr("A file of another program: {suffixes}.").format(suffixes=suffixes))
        with dpg.group(parent=window, horizontal=True):
            self.path = dpg.add_input_text(
                width=-theme.px(100), default_value=label(str(self._at), 2000), on_enter=True, callback=self._typed
            )
            tooltip(self.path, tr("Type a file or a folder, and press Enter."), theme)
            go = dpg.add_button(label=label(tr("Go")), width=-1, callback=self._typed)
            tooltip(go, tr("Look into this folder, or take this file."), theme)
        # In a low window the list and the options below it share what there is.
        self._room = dpg.get_item_height(window) - theme.px(HEAD_PX + FOOT_PX)
        self._list = dpg.add_child_window(parent=window, width=-1, height=self._room, always_use_window_padding=True)
        dpg.bind_item_theme(self._list, theme.ground("panel"))
        self._below = dpg.add_child_window(parent=window, width=-1, height=-theme.px(FOOT_PX))
        dpg.bind_item_theme(self._below, theme.ground("ground"))
        with dpg.group(parent=window, horizontal=True) as foot:
            self.run.build(dpg.add_group(parent=foot))
            cancel = dpg.add_button(label=label(tr("Cancel")), callback=calling(self._close))
            tooltip(cancel, tr("Import nothing (Esc)."), theme)
        self._show_folder(self._at)

    def _divide(self, below_px: int) -> None:
        """Leave so much of the room, px at 100 %, below the list; all of it is the list's where that is nothing."""
        high = max(self._room - self._theme.px(below_px), LIST_SHARE * self._room) if below_px else self._room
        dpg.configure_item(self._list, height=int(high))
        dpg.configure_item(self._below, show=bool(below_px))

    def _typed(self) -> None:
        text = clean(dpg.get_value(self.path)).strip()
        path = Path(text).expanduser()
        try:
            if path.is_dir():
                self._show_folder(path)
            else:
                self.choose(path)
        except (OSError, ValueError) as error:
            self._take_none(str(error))

    def _show_folder(self, folder: Path) -> None:
        """List a folder: the one above, those in it, files that can be read."""
        theme = self._theme
        self._at = folder
        dpg.set_value(self.path, label(str(folder), 2000))
        dpg.delete_item(self._list, children_only=True)
        self._files = {}
        try:
            folders, files, n_left = listed(folder)
        except OSError as error:
            self._take_none(f"{folder}: {error.strerror}")
            return
        if folder.parent != folder:
            self._entry(tr("↑ Up to {folder}").format(folder=folder.parent.name or "/"), folder.parent, True)
        for path in folders:
            self._entry(f"{path.name}/", path, True)
        for path, size in files:
            self._entry(f"{path.name}   {size_text(size)}", path, False)
        left = trn("{n} more is not listed; type its name.", "{n} more are not listed; type a name.", n_left)
        for text in ((left.format(n=n_left),) if n_left else ()) or (() if files else (tr("No file to import here."),)):
            words = Words(theme, "words", "muted", wrap=0)
            words.build(self._list)
            words.say(text)
        self._take_none("")

    def _entry(self, text: str, path: Path, is_folder: bool) -> None:
        act = self._show_folder if is_folder else self.choose
        button = dpg.add_button(parent=self._list, label=label(text, 200), width=-1, callback=calling(act, path))
        dpg.bind_item_theme(button, self._theme.choice())
        tooltip(button, str(path), self._theme)
        if not is_folder:
            self._files[path] = button

    def _take_none(self, why: str) -> None:
        self.file, self._form = None, None
        dpg.delete_item(self._below, children_only=True)
        self._problem.build(self._below)
        self._say(why)
        self._divide(PROBLEM_PX if why else 0)
        self.run.show(why_off=tr("Choose a file first."))

    def _say(self, text: str) -> None:
        self._problem.say(text)
        self._problem.show(bool(text))

    def choose(self, path: Path) -> None:
        """Take a file, and ask for what its format does not say."""
        try:
            if not path.is_file():
                raise SessionError(tr("{path} is not there.").format(path=path))
            wanted = format_of(path)
        except SessionError as error:
            self._take_none(str(error))
            return
        self.file = path
        for entry, button in self._files.items():
            dpg.bind_item_theme(button, self._theme.choice("on" if entry == path else "plain"))
        dpg.set_value(self.path, label(str(path), 2000))
        dpg.delete_item(self._below, children_only=True)
        self._divide(OPTIONS_PX)
        self._describe(path, wanted)
        self._form = OptionForm(self._theme, options_of(wanted, "read"))
        self._form.build(self._below)
        self._problem.build(self._below)
        self._say("")
        self.run.show(why_off="")

    def _describe(self, path: Path, wanted: Format) -> None:
        words = Words(self._theme, "strong", "text", wrap=0)
        words.build(self._below)
        facts = tr("{name}: {format}, {size}")
        words.say(facts.format(name=path.name, format=tr(wanted.title), size=size_text(path.stat().st_size)))

    def _import(self) -> None:
        if self.file is None or self._form is None:
            return
        try:
            options = self._form.values()
        except FormError:
            # The form has said so itself, below the fields.
            return
        self._exchange.import_file(self.file, self._folder, format_of(self.file).name, options)
        self._close()

    def draw(self) -> None:
        """Nothing changes by itself."""

    def delete(self) -> None:
        """Nothing is held."""


def listed(folder: Path) -> tuple[list[Path], list[tuple[Path, int]], int]:
    """Return the folders in a folder, the files that can be imported with their sizes, and how many are left out.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    reads = tuple(suffix for one in FORMATS for suffix in one.reads)
    folders: list[Path] = []
    files: list[tuple[Path, int]] = []
    n_left = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            # Recordings of ours are opened, not imported.
            if entry.name.startswith(".") or entry.name.endswith(SESSION):
                continue
            try:
                is_folder = entry.is_dir()
                fits = not is_folder and entry.name.lower().endswith(reads) and entry.is_file()
                if not is_folder and not fits:
                    continue
                if len(folders) + len(files) >= MOST_ENTRIES:
                    n_left += 1
                elif is_folder:
                    folders.append(Path(entry.path))
                else:
                    files.append((Path(entry.path), entry.stat().st_size))
            except OSError:
                # Gone meanwhile, or nothing we may look at.
                continue
    return sorted(folders, key=_by_name), sorted(files, key=lambda file: _by_name(file[0])), n_left


def _by_name(path: Path) -> str:
    return path.name.casefold()
