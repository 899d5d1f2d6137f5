"""Bring the catalogues of words up to date: collect texts, merge them into each language, compile.

Usage: .ci/texts.py          collect, merge, compile; says what still has to be translated
       .ci/texts.py --check  change nothing; fail when a catalogue is behind

A translator edits assets/locale/LANGUAGE/LC_MESSAGES/myoscope.po (Poedit, or any editor) and runs this again.
"""

from __future__ import annotations

import io
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "assets" / "locale"
DOMAIN = "myoscope"
FLOORS = ("app", "recordings", "sources", "widgets")
KEYWORDS = {"tr": None, "trn": (1, 2), "later": None}
LANGUAGES = ("de",)
# A fixed moment: the same texts give the same file, whenever it is made.
MADE = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = "# Words of myoscope. BSD-3-Clause, as the program.\n# Made by .ci/texts.py: change msgstr only.\n#"


def collected() -> Catalog:
    """Return every text of the program: literals in tr(), trn() and later(), and what forms of devices ask for."""
    catalog = _empty(None)
    for floor in FLOORS:
        for name, _, text, comments, _ in extract_from_dir(
            ROOT / floor, [("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(text, None, [(f"{floor}/{name}", 0)], auto_comments=comments)
    for label, help_, where in _forms():
        catalog.add(label, None, [(where, 0)])
        if help_:
            catalog.add(help_, None, [(where, 0)])
    return catalog


def _forms() -> list[tuple[str, str, str]]:
    """Return label, help and place of each field of the built-in devices' forms: made from constructors and docs."""
    from myoscope.sources import form_fields, kinds

    found = []
    for cls in kinds().values():
        module = cls.__module__.removeprefix("myoscope.")
        if module != cls.__module__:
            where = module.replace(".", "/") + ".py"
            found += [(field.label, field.help, where) for field in form_fields(cls)]
    return found


def _empty(language: str | None) -> Catalog:
    return Catalog(
        language, DOMAIN, header_comment=HEADER, project=DOMAIN, charset="utf-8", creation_date=MADE,
        revision_date=MADE,
        last_translator="the myoscope developers", language_team="the myoscope developers", copyright_holder="",
        msgid_bugs_address="", fuzzy=False,
    )  # fmt: skip


def merged(texts: Catalog, language: str) -> Catalog:
    """Return a language's catalogue with the texts of today: what is known stays, what is gone is left out."""
    before = known(language)
    catalog = _empty(language)
    for message in texts:
        if message.id:
            old = before.get(message.id) if before else None
            catalog.add(
                message.id, old.string if old is not None else None, message.locations,
                auto_comments=message.auto_comments,
            )  # fmt: skip
    return catalog


def known(language: str) -> Catalog | None:
    """Return a language's catalogue as it is on disk."""
    path = po_path(language)
    if not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, language)


def po_path(language: str) -> Path:
    """Return where a language's words are."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def written(catalog: Catalog) -> bytes:
    """Return a catalogue as the text of a .po file."""
    file = io.BytesIO()
    write_po(file, catalog, width=120, sort_output=True, include_lineno=False, omit_header=False)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as gettext reads it."""
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def problems(catalog: Catalog) -> list[str]:
    """Return what is wrong with a language's catalogue: texts without words, other placeholders than the text's."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        if len(words) != (catalog.num_plurals if len(ids) > 1 else 1) or not all(words):
            found.append(f"not translated: {ids[0]}")
            continue
        allowed, needed = placeholders(ids[-1]), _needed(message)
        found += [
            f"other placeholders than «{ids[-1]}»: {t}" for t in words if not needed <= placeholders(t) <= allowed
        ]
    return found


def _needed(message: Message) -> set[str]:
    """Return the placeholders that no translation may lose; a singular need not say how many."""
    if isinstance(message.id, tuple):
        return placeholders(message.id[0]) & placeholders(message.id[1]) - {"n"}
    return placeholders(message.id)


def placeholders(text: str) -> set[str]:
    """Return the names in braces, with their formats."""
    return {
        f"{name}:{form}" if form else name for _, name, form, _ in string.Formatter().parse(text) if name is not None
    }


def files() -> dict[Path, bytes]:
    """Return what should be in each catalogue's files."""
    texts = collected()
    wanted = {LOCALE / f"{DOMAIN}.pot": written(texts)}
    for language in LANGUAGES:
        catalog = merged(texts, language)
        wanted[po_path(language)] = written(catalog)
        wanted[po_path(language).with_suffix(".mo")] = compiled(catalog)
    return wanted


def behind() -> list[str]:
    """Return which files are not as they should be."""
    stale = []
    for path, content in files().items():
        same = path.exists() and path.read_bytes() == content
        if path.suffix == ".mo" and path.exists() and not same:
            same = _words(read_mo(io.BytesIO(content))) == _words(read_mo(io.BytesIO(path.read_bytes())))
        if not same:
            stale.append(str(path.relative_to(ROOT)))
    return stale


def _words(catalog: Catalog) -> dict[object, object]:
    # A text with a plural has a list of two for its id.
    return {str(message.id): message.string for message in catalog if message.id}


def main() -> None:
    """Do what the command line says."""
    if "--check" in sys.argv:
        stale = behind()
        print("\n".join(f"behind: {name}" for name in stale) or "All catalogues are up to date.")
    else:
        for path, content in files().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        stale = []
    wrong = [f"{language}: {text}" for language in LANGUAGES for text in problems(known(language) or Catalog())]
    print("\n".join(wrong) or "Every text is translated.")
    sys.exit(bool(stale or wrong))


if __name__ == "__main__":
    main()
