"""The words on screen in the person's language: gettext's catalogues, chosen once for the whole program.

Every text that a person may read goes through `tr` when it is shown, never when a module is imported:
``tr("{n} channels").format(n=8)``. Texts that are made at import are marked with `later` and translated when shown.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
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


def system_language(environment: Mapping[str, str] = os.environ) -> str:
    """Return which of our languages the system speaks; English where it speaks none of them.

    The environment is asked first, in the order of gettext (POSIX.1-2017, section 8.2), then the system's locale.
    """
    said = [environment.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    if not any(said):
        said.append(locale.getlocale()[0] or "")
    for name in said:
        # LANGUAGE is a list; of ``de_AT.UTF-8`` the letters before the country count. Windows says ``German_Austria``.
        for part in name.split(":"):
            code = part.replace("-", "_").split("_")[0].split(".")[0].lower()
            code = {"german": "de", "english": "en"}.get(code, code)
            if code in LANGUAGES:
                return code
        if name:
            break
    return "en"


def tr(text: str) -> str:
    """Return `text` in the language of the person."""
    return _catalogue.gettext(text) if text else ""


def trn(one: str, many: str, n: int) -> str:
    """Return the text for `n` things in the language of the person; ``{n}`` in it is left for `str.format`."""
    return _catalogue.ngettext(one, many, n)


def later(text: str) -> str:
    """Mark a text that is made at import; whoever shows it calls `tr`."""
    return text
