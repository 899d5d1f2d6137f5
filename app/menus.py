"""The menu bar and the keyboard, made from actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import dearpygui.dearpygui as dpg

from ..widgets.door import Tag, clean
from .actions import Action, Menu, Submenu, chord

MODIFIER_KEYS = {
    "Ctrl": ("mvKey_LControl", "mvKey_RControl"),
    "Shift": ("mvKey_LShift", "mvKey_RShift"),
    "Alt": ("mvKey_LAlt", "mvKey_RAlt"),
}
# Names of dearpygui's keys where they differ from ours; a sign may sit on two keys.
KEYS = {
    "Space": ("Spacebar",), "←": ("Left",), "→": ("Right",), "+": ("Plus", "Add"), "−": ("Minus", "Subtract"),
    "]": ("Close_Brace",), "[": ("Open_Brace",), "Esc": ("Escape",),
}  # fmt: skip


class MenuBar:
    """Draws menus and keeps them up to date: what is off, what is on, what a submenu holds. Main thread only.

    Parameters
    ----------
    menus
        What is in the bar.
    run
        Runs an action and shows what goes wrong.
    """

    def __init__(self, menus: list[Menu], run: Callable[[Action], None]) -> None:
        self._menus = menus
        self._run = run
        self.tag: Tag = 0
        self._items: list[tuple[Tag, Tag, Action]] = []
        self._submenus: dict[Tag, tuple[Submenu, list[Any]]] = {}
        self._shown: dict[Tag, tuple[str, bool | None]] = {}

    def build(self, parent: Tag) -> None:
        """Make the menus inside a window's menu bar."""
        self.tag = parent
        for title, entries in self._menus:
            menu = dpg.add_menu(label=title, parent=parent)
            self._fill(menu, entries)

    def _fill(self, menu: Tag, entries: Iterable[Action | Submenu | None]) -> None:
        for entry in entries:
            if entry is None:
                dpg.add_separator(parent=menu)
            elif isinstance(entry, Action):
                self._add(menu, entry)
            else:
                tag = dpg.add_menu(label=clean(entry.label), parent=menu)
                self._submenus[tag] = (entry, [None])

    def _add(self, menu: Tag, action: Action) -> None:
        item = dpg.add_menu_item(
            label=clean(action.label),
            shortcut=action.keys,
            check=action.checked is not None,
            parent=menu,
            callback=lambda: self._run(action),
        )
        with dpg.tooltip(item, delay=0.4):
            text = dpg.add_text(clean(action.help), wrap=360)
        self._items.append((item, text, action))

    def draw(self) -> None:
        """Bring the bar up to date; a few times a second is enough."""
        self._items = [row for row in self._items if dpg.does_item_exist(row[0])]
        for item, text, action in self._items:
            reason = action.why_not()
            checked = None if action.checked is None else action.checked()
            if self._shown.get(item) != (reason, checked):
                self._shown[item] = (reason, checked)
                dpg.configure_item(item, enabled=not reason)
                dpg.set_value(text, clean(reason or action.help or action.label))
                if checked is not None:
                    dpg.set_value(item, checked)
        for tag, (submenu, before) in list(self._submenus.items()):
            if not dpg.does_item_exist(tag):
                del self._submenus[tag]
                continue
            reason = submenu.why_not()
            dpg.configure_item(tag, enabled=not reason)
            entries = [] if reason else submenu.items()
            key = [_key(entry) for entry in entries]
            if key != before:
                self._submenus[tag] = (submenu, key)
                dpg.delete_item(tag, children_only=True)
                self._fill(tag, entries)


def _key(entry: Action | Submenu | None) -> Any:
    return None if entry is None else (type(entry).__name__, entry.label)


class Keyboard:
    """Runs the action whose keys are pressed, unless a person is typing into a field. Main thread only.

    Parameters
    ----------
    actions
        Those with `keys`.
    run
        Runs an action and shows what goes wrong.
    """

    def __init__(self, actions: Iterable[Action], run: Callable[[Action], None]) -> None:
        self._run = run
        self._actions: dict[tuple[frozenset[str], int], Action] = {}
        for action in actions:
            if action.keys:
                modifiers, key = chord(action.keys)
                for name in KEYS.get(key, (key,)):
                    code = getattr(dpg, f"mvKey_{name}")
                    self._actions[modifiers, code] = action
                    if key == "+":  # typed with Shift on many keyboards
                        self._actions[modifiers | {"Shift"}, code] = action
        self._registry = dpg.add_handler_registry()
        dpg.add_key_press_handler(callback=self._pressed, parent=self._registry)

    def _pressed(self, _sender: Tag, code: Any) -> None:
        code = code[0] if isinstance(code, (list, tuple)) else code
        held = frozenset(
            name for name, keys in MODIFIER_KEYS.items() if any(dpg.is_key_down(getattr(dpg, key)) for key in keys)
        )
        action = self._actions.get((held, code))
        if action is None or (typing() and not held - {"Shift"}):
            return
        if not action.why_not():
            self._run(action)


def typing() -> bool:
    """Whether the keyboard belongs to a text field at the moment. Asked when a key is pressed, not each frame."""
    fields = (item for item in dpg.get_all_items() if "Input" in dpg.get_item_type(item))
    return any(dpg.is_item_active(item) for item in fields)
