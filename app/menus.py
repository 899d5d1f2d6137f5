"""The menu bar and the keyboard, made from actions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

import dearpygui.dearpygui as dpg

from ..sources.language import tr
from ..widgets.door import Tag, clean
from ..widgets.theme import Theme
from .actions import Action, Menu, Submenu, chord, written

MODIFIER_KEYS = {
    "Ctrl": ("mvKey_LControl", "mvKey_RControl"),
    "Shift": ("mvKey_LShift", "mvKey_RShift"),
    "Alt": ("mvKey_LAlt", "mvKey_RAlt"),
}
# dearpygui's keys where their names differ from ours. Three have no name that is right: those are Dear ImGui's
# numbers (imgui.h, ImGuiKey_PageUp, ImGuiKey_PageDown, ImGuiKey_Equal). A sign may sit on two keys.
KEYS: dict[str, tuple[str | int, ...]] = {
    "Space": ("Spacebar",), "←": ("Left",), "→": ("Right",), "↑": ("Up",), "↓": ("Down",), "+": (602, "Add"),
    "−": ("Minus", "Subtract"), "]": ("Close_Brace",), "[": ("Open_Brace",), "Esc": ("Escape",), ",": ("Comma",),
    ".": ("Period",), "PageUp": (517,), "PageDown": (518,),
}  # fmt: skip
# What a text field does with the keyboard itself: with these it is left alone although Ctrl is held.
OF_A_FIELD = frozenset({"A", "C", "V", "X", "Y", "Z", "←", "→", "↑", "↓", "Home", "End"})
WIDEST = 360
REGISTRY = "myoscope keyboard"


@dataclass
class _Body:
    """What a submenu holds at the moment, in a group whose being drawn tells that the submenu is open."""

    submenu: Submenu
    group: Tag = 0
    keys: list[Hashable] = field(default_factory=lambda: [None])
    late: bool = False


@dataclass
class _Row:
    """One action as it stands in a menu."""

    item: Tag
    tip: Tag
    action: Action
    body: _Body | None
    shown: tuple[str, bool | None] | None = None


class MenuBar:
    """Draws menus and keeps them up to date: what is off, what is on, what a submenu holds. Main thread only.

    A menu that is open is left as it is, so that nothing moves under the pointer: what is new comes last, what is
    gone is off, and the rest waits until it is closed. What is off is so in looks and in deed, but not for
    dearpygui, which shows no tooltip on a menu item that is disabled.

    Parameters
    ----------
    menus
        What is in the bar.
    run
        Runs an action, or says why not, and shows what goes wrong.
    theme
        The looks of what is off; may be set later, before `build`.
    """

    def __init__(self, menus: list[Menu], run: Callable[[Action], None], theme: Theme | None = None) -> None:
        self._menus = menus
        self._run = run
        self.theme = theme
        self.tag: Tag = 0
        self._rows: dict[Tag, _Row] = {}
        self._bodies: dict[Tag, _Body] = {}

    def build(self, parent: Tag) -> None:
        """Make the menus inside a window's menu bar."""
        self.tag = parent
        self._rows, self._bodies = {}, {}
        for title, entries in self._menus:
            menu = dpg.add_menu(label=clean(title), parent=parent)
            self._fill(menu, entries, None)

    def _fill(self, parent: Tag, entries: Iterable[Action | Submenu | None], body: _Body | None) -> None:
        for entry in entries:
            if entry is None:
                dpg.add_separator(parent=parent)
            elif isinstance(entry, Action):
                self._add(parent, entry, body)
            else:
                tag = dpg.add_menu(label=clean(entry.label), parent=parent)
                self._bodies[tag] = _Body(entry, dpg.add_group(parent=tag))

    def _add(self, parent: Tag, action: Action, body: _Body | None) -> None:
        item = dpg.add_menu_item(
            label=clean(action.label), shortcut=written(action.keys), check=action.checked is not None, parent=parent
        )
        with dpg.tooltip(item, delay=0.4):
            tip = dpg.add_text(clean(action.help), wrap=self._px(WIDEST))
        self._rows[item] = row = _Row(item, tip, action, body)
        dpg.configure_item(item, callback=lambda: self._press(row))

    def _px(self, pixels: float) -> int:
        return self.theme.px(pixels) if self.theme is not None else round(pixels)

    def _press(self, row: _Row) -> None:
        row.shown = None  # dearpygui has moved the tick by itself
        if not self._gone(row):
            self._run(row.action)

    def draw(self) -> None:
        """Bring the bar up to date; a few times a second is enough."""
        for tag, body in list(self._bodies.items()):
            if dpg.does_item_exist(tag):
                self._update(tag, body)
            else:
                del self._bodies[tag]
        for item, row in list(self._rows.items()):
            if dpg.does_item_exist(item):
                self._show(row)
            else:
                del self._rows[item]

    def _show(self, row: _Row) -> None:
        action = row.action
        reason = tr("It is gone.") if self._gone(row) else action.why_not()
        checked = None if action.checked is None else action.checked()
        if row.shown == (reason, checked):
            return
        row.shown = (reason, checked)
        self._look(row.item, off=bool(reason))
        dpg.set_value(row.tip, clean(reason or action.help or action.label))
        if checked is not None:
            dpg.set_value(row.item, checked)

    def _look(self, item: Tag, *, off: bool) -> None:
        if self.theme is not None:
            dpg.bind_item_theme(item, self.theme.text("off" if off else "text"))

    def _gone(self, row: _Row) -> bool:
        return row.body is not None and _key(row.action) not in row.body.keys

    def _update(self, tag: Tag, body: _Body) -> None:
        reason = body.submenu.why_not()
        entries: list[Action | Submenu | None] = [] if reason else body.submenu.items()
        keys: list[Hashable] = [reason, *map(_key, entries)]
        if keys == body.keys and not body.late:
            return
        if dpg.is_item_visible(body.group):
            if reason == body.keys[0]:
                known = set(body.keys)
                self._fill(body.group, [e for e in entries if e is not None and _key(e) not in known], body)
                # What is gone stays in sight, but off; the next time the menu opens it is all in order.
                body.keys, body.late = keys, True
            return
        body.keys, body.late = keys, False
        self._look(tag, off=bool(reason))
        dpg.delete_item(body.group, children_only=True)
        self._fill(body.group, entries, body)
        if reason or not entries:
            words = dpg.add_text(clean(reason or tr("Nothing here yet.")), wrap=self._px(WIDEST), parent=body.group)
            self._look(words, off=True)


def _key(entry: Action | Submenu | None) -> Hashable:
    if isinstance(entry, Action):
        return entry.label, entry.keys, entry.help
    return None if entry is None else entry.label


class Keyboard:
    """Runs the action whose keys are pressed, unless a person is typing into a field. Main thread only.

    There is one: a new one takes the place of the one before.

    Parameters
    ----------
    actions
        Those with `keys`.
    run
        Runs an action, or says why not, and shows what goes wrong.
    """

    def __init__(self, actions: Iterable[Action], run: Callable[[Action], None]) -> None:
        self._run = run
        self.covered: Callable[[], bool] = lambda: False
        """Whether a dialog lies over the desk: keys without Ctrl are then not meant for what is below."""
        self._let_go: dict[int, int] = {}
        self._actions: dict[tuple[frozenset[str], int], tuple[str, Action]] = {}
        for action in actions:
            for keys in action.all_keys:
                modifiers, key = chord(keys)
                for name in KEYS.get(key, (key,)):
                    code = name if isinstance(name, int) else getattr(dpg, f"mvKey_{name}")
                    self._actions[modifiers, code] = key, action
                    if key == "+":  # typed with Shift on many keyboards
                        self._actions[modifiers | {"Shift"}, code] = key, action
        if dpg.does_alias_exist(REGISTRY):
            dpg.delete_item(REGISTRY)
        dpg.add_handler_registry(tag=REGISTRY)
        # First what was let go: in a frame that takes long, Ctrl can go up together with the key it was held for.
        dpg.add_key_release_handler(callback=self._released, parent=REGISTRY)
        dpg.add_key_press_handler(callback=self._pressed, parent=REGISTRY)

    def _released(self, _sender: Tag, code: Any) -> None:
        self._let_go[_code(code)] = dpg.get_frame_count()

    def _held(self, modifier: str) -> bool:
        now = dpg.get_frame_count()
        codes = [getattr(dpg, key) for key in MODIFIER_KEYS[modifier]]
        return any(dpg.is_key_down(code) or self._let_go.get(code) == now for code in codes)

    def _pressed(self, _sender: Tag, data: Any) -> None:
        code = _code(data)
        held = frozenset(name for name in MODIFIER_KEYS if self._held(name))
        key, action = self._actions.get((held, code), ("", None))
        if action is None or (typing() and (key in OF_A_FIELD or not held - {"Shift"})):
            return
        if self.covered() and not held - {"Shift"} and (len(key) == 1 or key == "Space"):
            return
        self._run(action)


def _code(data: Any) -> int:
    """Return the key of an event; that of a key held down comes with for how long."""
    return int(data[0] if isinstance(data, (list, tuple)) else data)


def typing() -> bool:
    """Whether the keyboard belongs to a text field at the moment. Asked when a key is pressed, not each frame."""
    fields = (item for item in dpg.get_all_items() if "Input" in dpg.get_item_type(item))
    return any(dpg.is_item_active(item) for item in fields)
