"""The words on screen in the person's language: gettext's catalogues, chosen once for the whole program.

Every text that a person may read goes through `tr` when it is shown, never when a module is imported:
``tr("{n} channels").format(n=8)``. Texts that are made at import are marked with `later` and translated when shown.
"""

from __future__ import annotations

import gettext
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "assets" / "locale"
DOMAIN = "myoscope"
LANGUAGES = {"en": "English", "de": "Deutsch"}

# The one state of its kind: a program speaks one language at a time, and gettext's own functions hold it likewise.
_catalogue = gettext.NullTranslations()


def set_language(code: str) -> None:
    """Speak a language from now on: ``en``, ``de``; any other is English. Widgets must be built again to show it."""
    global _catalogue  # see above
    _catalogue = gettext.translation(DOMAIN, FOLDER, [code], fallback=True)


def tr(text: str) -> str:
    """Return `text` in the language of the person."""
    return _catalogue.gettext(text) if text else ""


def trn(one: str, many: str, n: int) -> str:
    """Return the text for `n` things in the language of the person; ``{n}`` in it is left for `str.format`."""
    return _catalogue.ngettext(one, many, n)


def later(text: str) -> str:
    """Mark a text that is made at import; whoever shows it calls `tr`."""
    return text
