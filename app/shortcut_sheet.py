"""All shortcuts on one sheet: to read on screen, and to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ..sources.language import tr
from .actions import Action, Menu, Submenu, actions_of, written


@dataclass(frozen=True)
class Line:
    """One shortcut.

    Parameters
    ----------
    keys
        All the keys that do it.
    label, help
        As the menu says.
    """

    keys: tuple[str, ...]
    label: str
    help: str


def sheet(menus: Iterable[Menu]) -> list[tuple[str, list[Line]]]:
    """Return every shortcut by the menu that it is in; menus without one are left out."""
    menus = list(menus)
    shown = [
        (
            title,
            [
                Line(tuple(map(written, a.all_keys)), a.label, a.help)
                for t, a in actions_of(menus)
                if t == title and a.all_keys
            ],
        )
        for title, _ in menus
    ]
    events = [Line(("1 – 9",), tr("Event buttons"), tr("Note what the button says, at this moment."))]
    return [*((title, lines) for title, lines in shown if lines), (tr("Events"), events)]


def clashes(menus: Iterable[Menu]) -> list[str]:
    """Return shortcuts that stand for more than one action."""
    by_keys: dict[str, list[str]] = {str(n): [tr("Event buttons")] for n in range(1, 10)}
    for _, entries in menus:
        for action in _all(entries):
            for keys in action.all_keys:
                by_keys.setdefault(keys, []).append(action.label)
    return [f"{keys}: {', '.join(labels)}" for keys, labels in by_keys.items() if len(labels) > 1]


def _all(entries: Iterable[Action | Submenu | None]) -> Iterable[Action]:
    for entry in entries:
        if isinstance(entry, Action):
            yield entry
        elif entry is not None and not entry.why_not():
            yield from _all(entry.items())


STYLE = """
@page { size: A4; margin: 14mm }
body { font: 10pt/1.35 Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #111; margin: 2em auto;
  max-width: 60em; padding: 0 1em }
h1 { font-size: 16pt; margin: 0 0 .2em }
p { margin: 0 0 1em; color: #444 }
main { columns: 2; column-gap: 2.5em }
section { break-inside: avoid-column; margin-bottom: 1.2em }
h2 { font-size: 9pt; letter-spacing: .08em; text-transform: uppercase; color: #444; border-bottom: 1px solid #999;
  margin: 0 0 .3em }
table { border-collapse: collapse; width: 100% }
td { padding: .12em 0; vertical-align: top }
td:first-child { white-space: nowrap; padding-right: 1em; width: 9em }
kbd { font: 9pt "JetBrains Mono", Consolas, Menlo, monospace; border: 1px solid #999; border-radius: 3px;
  padding: 0 .3em }
small { color: #555 }
@media print { body { margin: 0; max-width: none } button { display: none } }
@media (max-width: 45em) { main { columns: 1 } }
"""


def html_sheet(menus: Iterable[Menu], language: str, version: str) -> str:
    """Return the sheet as one HTML page that needs nothing else, laid out for A4 paper.

    Parameters
    ----------
    menus
        Where the shortcuts are.
    language
        Code of the language the menus are in.
    version
        Of the program.
    """
    title = tr("myoscope: keyboard shortcuts")
    sections = "\n".join(
        f"<section><h2>{escape(menu)}</h2><table>{''.join(_row(line) for line in lines)}</table></section>"
        for menu, lines in sheet(menus)
    )
    printing = f'<button onclick="print()">{escape(tr("Print"))}</button>'
    hint = tr("Version {version}. Keys do nothing while you type into a field.").format(version=version)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<h1>{escape(title)}</h1>\n<p>{escape(hint)} {printing}</p>\n"
        f"<main>\n{sections}\n</main>\n</body>\n</html>\n"
    )


def _row(line: Line) -> str:
    keys = " ".join(f"<kbd>{escape(keys)}</kbd>" for keys in line.keys)
    return f"<tr><td>{keys}</td><td>{escape(line.label)}<br><small>{escape(line.help)}</small></td></tr>"
