"""The page on which a person chooses how, and where, a session is exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dearpygui.dearpygui as dpg

from ..recordings import Session, SessionError, open_session
from ..recordings.formats import FORMATS, Format, format_named, suggested
from ..sources.language import tr
from ..widgets import FormError, Theme
from ..widgets.door import Tag, clean, label
from ..widgets.panel import Switch, Words
from ..widgets.popup import calling, tooltip
from .exchange import Exchange
from .format_options import options_of
from .format_words import KEPT, estimated_bytes, size_text
from .option_form import OptionForm

LIST_PX = 200
LIST_SHARE = 0.36
"""Of the dialog at most, where everything is large."""
FOOT_PX = 48
MOST_STREAMS = 6


class ExportPage:
    """Lives while its dialog is open. Main thread only.

    Parameters
    ----------
    session_path
        What is exported.
    exchange
        Does it.
    theme
        Colours, faces and measures.
    close
        Closes the dialog.
    chosen
        The format to begin with.
    """

    def __init__(
        self,
        session_path: Path,
        exchange: Exchange,
        theme: Theme,
        close: Callable[[], object],
        chosen: str = FORMATS[0].name,
    ) -> None:
        self._path = session_path
        self._exchange = exchange
        self._theme = theme
        self._close = close
        self.chosen = format_named(chosen)
        self._session: Session | None = None
        self._buttons: dict[str, Tag] = {}
        self._box: Tag = 0
        self.out: Tag = 0
        self._suggested = ""
        self._form: OptionForm | None = None
        self._problem = Words(theme, "small", "bad", wrap=0)
        tip = tr("Goes on in the background; a line above the status bar tells how far it is.")
        self.export = Switch(theme, tr("Export"), tip, self._export, "on")

    def fill(self, window: Tag) -> None:
        """Make the items inside the dialog."""
        theme = self._theme
        try:
            self._session = open_session(self._path)
        except SessionError as error:
            words = Words(theme, "words", "bad", wrap=0)
            words.build(window)
            words.say(str(error))
            return
        heading = Words(theme, "words", "muted", wrap=0)
        heading.build(window)
        heading.say(self._facts(self._session))
        with dpg.group(parent=window, horizontal=True):
            wide = min(theme.px(LIST_PX), round(LIST_SHARE * dpg.get_item_width(window)))
            formats = dpg.add_child_window(width=wide, height=-theme.px(FOOT_PX))
            self._box = dpg.add_child_window(width=-1, height=-theme.px(FOOT_PX), always_use_window_padding=True)
        dpg.bind_item_theme(formats, theme.ground("ground"))
        dpg.bind_item_theme(self._box, theme.ground("panel"))
        for one in FORMATS:
            if one.writes:
                button = dpg.add_button(
                    parent=formats, label=label(tr(one.title)), width=-1, callback=calling(self.choose, one.name)
                )
                tooltip(button, tr(one.about), theme)
                self._buttons[one.name] = button
        with dpg.group(parent=window, horizontal=True) as foot:
            self.export.build(dpg.add_group(parent=foot))
            cancel = dpg.add_button(label=label(tr("Cancel")), callback=calling(self._close))
            tooltip(cancel, tr("Export nothing (Esc)."), theme)
        self.choose(self.chosen.name)

    def _facts(self, session: Session) -> str:
        streams = list(session.streams.values())
        parts = [
            tr("{name}: {n} channels").format(name=stream.name, n=stream.info.n_channels)
            for stream in streams[:MOST_STREAMS]
        ]
        minutes, seconds = divmod(round(session.duration_s), 60)
        return " · ".join([session.path.name, f"{minutes}:{seconds:02}", *parts])

    def choose(self, name: str) -> None:
        """Show what there is to say about a format."""
        if self._session is None:
            return
        typed = clean(dpg.get_value(self.out)).strip() if self.out else ""
        self.chosen = format_named(name)
        for key, button in self._buttons.items():
            dpg.bind_item_theme(button, self._theme.choice("on" if key == name else "plain"))
        dpg.delete_item(self._box, children_only=True)
        self._build_format(self.chosen, self._session, typed if typed != self._suggested else "")

    def _build_format(self, wanted: Format, session: Session, typed: str) -> None:
        theme, box, kept = self._theme, self._box, KEPT.get(wanted.name)
        top = dpg.add_group(parent=box)
        dpg.bind_item_theme(top, theme.lines())
        for face, role, text in (
            ("title", "text", tr(wanted.title)),
            ("words", "muted", tr(kept.words if kept is not None else wanted.about)),
        ):
            words = Words(theme, face, role, wrap=0)
            words.build(top)
            words.say(text)
        size = size_text(estimated_bytes(session, wanted.name))
        packed = kept is not None and kept.is_packed
        words = Words(theme, "words", "muted", wrap=0)
        words.build(top)
        words.say((tr("At most {size}.") if packed else tr("About {size}.")).format(size=size))
        dpg.add_spacer(parent=box, height=theme.px(4))
        self._suggested = str(suggested(session, wanted))
        heading = Words(theme, "words", "text")
        heading.build(box)
        heading.say(tr("New folder of files:") if wanted.is_folder else tr("New file:"))
        self.out = dpg.add_input_text(parent=box, width=-1, default_value=label(typed or self._suggested, 2000))
        tooltip(self.out, tr("Nothing that is there is ever overwritten."), theme)
        options = options_of(wanted, "write")
        self._form = OptionForm(theme, options)
        if options:
            dpg.add_spacer(parent=box, height=theme.px(4))
        self._form.build(box)
        self._problem.build(box)
        self._say("")

    def _say(self, text: str) -> None:
        self._problem.say(text)
        self._problem.show(bool(text))

    def _export(self) -> None:
        if self._form is None:
            return
        text = clean(dpg.get_value(self.out)).strip() or self._suggested
        out = Path(text).expanduser()
        out = out if out.is_absolute() else self._path.parent / out
        if out.exists():
            self._say(tr("{path} is there already. Choose another name.").format(path=out.name))
            return
        try:
            options = self._form.values()
        except FormError:
            # The form has said so itself, below the fields.
            return
        self._exchange.export(self._path, self.chosen.name, out, options)
        self._close()

    def draw(self) -> None:
        """Nothing changes by itself."""

    def delete(self) -> None:
        """Let the session go. Safe to call twice."""
        session, self._session = self._session, None
        if session is not None:
            session.close()
