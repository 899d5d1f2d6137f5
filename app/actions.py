"""Everything a person can do, once: menus, shortcuts and the help page are made from this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..sources.language import later, tr

MODIFIERS = ("Ctrl", "Shift", "Alt")
# What stands on a keyboard of the person's language, where that is not the English word.
WRITTEN = {
    "Ctrl": later("Ctrl"),
    "Shift": later("Shift"),
    "Alt": later("Alt"),
    "Space": later("Space"),
    "Home": later("Home"),
    "End": later("End"),
    "PageUp": later("PageUp"),
    "PageDown": later("PageDown"),
}


def never() -> str:
    """Nothing stands against it."""
    return ""


@dataclass(frozen=True)
class Action:
    """One thing a person can do.

    Parameters
    ----------
    label
        What the menu says.
    run
        Does it; the main thread calls it.
    keys
        Shortcut, such as ``"Ctrl+O"``; empty for none.
    help
        One sentence for the tooltip.
    why_not
        Returns why it cannot be done now; empty when it can.
    checked
        Returns whether it is on, for something that is on or off; None for anything else.
    also
        More shortcuts that do the same; menus show the first.
    """

    label: str
    run: Callable[[], object]
    keys: str = ""
    help: str = ""
    why_not: Callable[[], str] = never
    checked: Callable[[], bool] | None = None
    also: tuple[str, ...] = ()

    @property
    def all_keys(self) -> tuple[str, ...]:
        """All shortcuts, the one that menus show first."""
        return (self.keys, *self.also) if self.keys else self.also


@dataclass(frozen=True)
class Submenu:
    """A menu whose items are made when it changes.

    Parameters
    ----------
    label
        What the menu says.
    items
        Returns what it holds now.
    why_not
        Returns why it cannot be opened now; empty when it can.
    help
        One sentence for the tooltip.
    """

    label: str
    items: Callable[[], list[Action | Submenu | None]]
    why_not: Callable[[], str] = never
    help: str = ""


Menu = tuple[str, list["Action | Submenu | None"]]
"""A title and its entries; None is a line between two."""


def written(keys: str) -> str:
    """Return a shortcut as the keyboard says it in the person's language: ``Strg+Umschalt+Z``."""
    modifiers, key = chord(keys)
    parts = (*(name for name in MODIFIERS if name in modifiers), key)
    return "+".join(tr(WRITTEN.get(part, part)) for part in parts) if keys else ""


def chord(keys: str) -> tuple[frozenset[str], str]:
    """Return the modifiers and the key of a shortcut: ``"Ctrl+O"`` is ({"Ctrl"}, "O")."""
    parts = keys.split("+") if keys != "+" else ["+"]
    if keys.endswith("++"):
        parts = [*keys[:-2].split("+"), "+"]
    return frozenset(part for part in parts[:-1] if part in MODIFIERS), parts[-1]


def actions_of(menus: Iterable[Menu]) -> list[tuple[str, Action]]:
    """Return every action that is not in a submenu, with its menu's title."""
    return [(title, entry) for title, entries in menus for entry in entries if isinstance(entry, Action)]


@dataclass(frozen=True)
class Entry:
    """An action and the way to it through the menus.

    Parameters
    ----------
    path
        Titles of the menus it is in, outermost first.
    action
        What is done.
    why_not
        Why it cannot be done now, or why its menu is off; empty when it can.
    """

    path: tuple[str, ...]
    action: Action
    why_not: str

    @property
    def key(self) -> str:
        """The way to it and its label on one line: what tells it from all others."""
        return " › ".join((*self.path, self.action.label))


def entries_of(menus: Iterable[Menu]) -> Iterator[Entry]:
    """Yield everything in the menus, submenus too; a submenu that is off is one entry, which says why."""
    for title, entries in menus:
        yield from _entries(entries, (title,))


def _entries(entries: Iterable[Action | Submenu | None], path: tuple[str, ...]) -> Iterator[Entry]:
    for entry in entries:
        if isinstance(entry, Action):
            yield Entry(path, entry, entry.why_not())
        elif entry is not None:
            reason = entry.why_not()
            if reason:
                yield Entry(path, Action(entry.label, lambda: None, help=entry.help, why_not=entry.why_not), reason)
            else:
                yield from _entries(entry.items(), (*path, entry.label))
