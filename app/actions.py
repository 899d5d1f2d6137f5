"""Everything a person can do, once: menus, shortcuts and the help page are made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MODIFIERS = ("Ctrl", "Shift", "Alt")


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
    """

    label: str
    run: Callable[[], object]
    keys: str = ""
    help: str = ""
    why_not: Callable[[], str] = never
    checked: Callable[[], bool] | None = None


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
    """

    label: str
    items: Callable[[], list[Action | Submenu | None]]
    why_not: Callable[[], str] = never


Menu = tuple[str, list["Action | Submenu | None"]]
"""A title and its entries; None is a line between two."""


def chord(keys: str) -> tuple[frozenset[str], str]:
    """Return the modifiers and the key of a shortcut: ``"Ctrl+O"`` is ({"Ctrl"}, "O")."""
    parts = keys.split("+") if keys != "+" else ["+"]
    if keys.endswith("++"):
        parts = [*keys[:-2].split("+"), "+"]
    return frozenset(part for part in parts[:-1] if part in MODIFIERS), parts[-1]
