"""A heading with items below it that folds away."""

from __future__ import annotations

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from .door import Tag, label
from .popup import tooltip
from .theme import Theme


class Panel:
    """One block at the side: a heading in small capitals; a press on it folds what is below. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    heading
        What it is about.
    """

    def __init__(self, theme: Theme, heading: str) -> None:
        self._theme = theme
        self._heading = heading
        self.folded = False
        self.box: Tag = 0
        self.body: Tag = 0
        self.head: Tag = 0

    def build(self, parent: Tag) -> Tag:
        """Make the panel inside `parent`; return the group for its items."""
        theme = self._theme
        self.box, self.body, self.head = (dpg.generate_uuid() for _ in range(3))
        with dpg.child_window(
            tag=self.box, parent=parent, width=-1, auto_resize_y=True, always_use_window_padding=True, no_scrollbar=True
        ):
            dpg.add_button(tag=self.head, label="", width=-1, height=theme.px(24), callback=self.fold)
            tooltip(self.head, tr("Press to fold it away, and again to bring it back."), theme)
            dpg.bind_item_theme(self.head, theme.heading())
            theme.fonts.bind(self.head, "heading")
            dpg.add_group(tag=self.body)
        # A container around may have another ground, and themes are inherited.
        dpg.bind_item_theme(self.box, theme.ground("panel"))
        self._show()
        return self.body

    def fold(self) -> None:
        """Fold the items away, or bring them back."""
        self.folded = not self.folded
        self._show()

    def _show(self) -> None:
        dpg.configure_item(self.head, label=label(self._heading.upper() + ("  +" if self.folded else "")))
        dpg.configure_item(self.body, show=not self.folded)

    def delete(self) -> None:
        """Remove the panel. Safe to call twice."""
        if self.box and dpg.does_item_exist(self.box):
            dpg.delete_item(self.box)
        self.box = 0


class Words:
    """A text that is only touched when it changes. Main thread only."""

    def __init__(self, theme: Theme, face: str = "words", role: str = "text", wrap: float = -1) -> None:
        self._theme = theme
        self._face = face
        self._role = role
        self._wrap = wrap
        self._shown: tuple[str, str] = ("", "")
        self.tag: Tag = 0

    def build(self, parent: Tag) -> None:
        """Make the text inside `parent`."""
        self.tag = dpg.generate_uuid()
        self._shown = ("", self._role)
        dpg.add_text("", tag=self.tag, parent=parent, wrap=self._theme.px(self._wrap) if self._wrap > 0 else self._wrap)
        self._theme.fonts.bind(self.tag, self._face)
        dpg.bind_item_theme(self.tag, self._theme.text(self._role))

    @property
    def text(self) -> str:
        """What is written."""
        return self._shown[0]

    def say(self, text: str, role: str | None = None) -> None:
        """Write something, in the colour of a role."""
        wanted = (label(text, 1000), role or self._role)
        if wanted[0] != self._shown[0]:
            dpg.set_value(self.tag, wanted[0])
        if wanted[1] != self._shown[1]:
            dpg.bind_item_theme(self.tag, self._theme.text(wanted[1]))
        self._shown = wanted

    def show(self, shown: bool) -> None:
        """Draw the text, or leave no room for it."""
        dpg.configure_item(self.tag, show=shown)


class Facts:
    """Lines of a name and a figure, figures below each other. Main thread only.

    Parameters
    ----------
    theme
        Colours, faces and measures.
    names
        One a line.
    indent
        Where figures begin, px at 100 %.
    """

    def __init__(self, theme: Theme, names: tuple[str, ...], indent: float = 92) -> None:
        self._theme = theme
        self._indent = indent
        self._figures = {name: Words(theme, "small figures") for name in names}

    def build(self, parent: Tag) -> None:
        """Make the lines inside `parent`."""
        theme = self._theme
        box: Tag = dpg.generate_uuid()
        with dpg.group(tag=box, parent=parent):
            for name, figure in self._figures.items():
                with dpg.group(horizontal=True, xoffset=theme.px(self._indent)) as line:
                    words = Words(theme, "small", "muted")
                    words.build(line)
                    words.say(name)
                    figure.build(line)
        dpg.bind_item_theme(box, theme.lines())

    def say(self, name: str, text: str, role: str = "text") -> None:
        """Write a figure."""
        self._figures[name].say(text, role)

    def text(self, name: str) -> str:
        """Return what is written beside a name."""
        return self._figures[name].text


class Switch:
    """A button that can be off, and then says why in its tooltip. Main thread only.

    Parameters
    ----------
    theme
        Looks.
    text
        On the button.
    tip
        What its tooltip says while it is on.
    on_press
        Called when it is pressed.
    look
        Its look while it is on, as `Theme.button` knows it.
    line
        Whether it is a line of its own, its words at the left.
    """

    def __init__(
        self, theme: Theme, text: str, tip: str, on_press: Callable[[], object], look: str = "plain", *,
        line: bool = False,
    ) -> None:  # fmt: skip
        self._theme = theme
        self._look_of = theme.choice if line else theme.button
        self._tip = tip
        self._on_press = on_press
        self._shown = (text, look, "")
        self.tag: Tag = 0
        self._words: Tag = 0

    def build(self, parent: Tag, width: int = 0, height: int = 0) -> None:
        """Make the button inside `parent`."""
        self.tag, self._words = dpg.generate_uuid(), dpg.generate_uuid()
        text, look, _ = self._shown
        dpg.add_button(tag=self.tag, label=label(text), parent=parent, width=width, height=height, callback=self._press)
        with dpg.tooltip(self.tag, delay=0.4):
            dpg.add_text(label(self._tip, 500), tag=self._words, wrap=self._theme.px(320))
        dpg.bind_item_theme(self.tag, self._look_of(look))
        self._shown = (text, look, "")

    def _press(self) -> None:
        if not self._shown[2]:
            self._on_press()

    def say(self, tip: str) -> None:
        """Change what the tooltip says while the button is on."""
        if tip != self._tip:
            self._tip = tip
            if not self._shown[2]:
                dpg.set_value(self._words, label(tip, 500))

    def show(self, *, text: str | None = None, look: str | None = None, why_off: str = "") -> None:
        """Change words or look; a reason turns the button off."""
        before = self._shown
        wanted = (before[0] if text is None else text, before[1] if look is None else look, why_off)
        if wanted == before:
            return
        self._shown = wanted
        dpg.configure_item(self.tag, label=label(wanted[0]))
        # Off only in looks: dearpygui shows no tooltip on an item that is really disabled.
        dpg.bind_item_theme(self.tag, self._look_of("off" if why_off else wanted[1]))
        dpg.set_value(self._words, label(why_off or self._tip, 500))
