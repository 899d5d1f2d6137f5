"""The words on screen: all of them can be translated, and all of them are."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from myoscope.sources import language

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted(path for floor in ("app", "recordings", "sources", "widgets") for path in (ROOT / floor).glob("*.py"))
SHOWN = [path for path in MODULES if path.parent.name in ("app", "widgets")]
MARKS = {"tr", "trn", "later"}
# Of a call, by its name: which arguments a person reads.
POSITIONS = {
    "Action": (0, 3), "Submenu": (0, 3), "Panel": (1,), "PopupButton": (0, 1), "StateView": (2, 3), "Switch": (1, 2),
    "add_text": (0,), "log": (0,), "say": (0,), "set_off": (0,), "set_text": (0,), "submit": (0,), "_log": (0,),
    "tooltip": (1,),
    "Found": (1, 2), "Notice": (1, 2), "_muted": (1,), "_say": (0,),
}  # fmt: skip
KEYWORDS = {"label", "hint", "help", "tip", "text", "why_off", "default_value", "heading", "headline", "reason"}
DRAWS = re.compile(r"add_|configure_item|set_item_label|show$")
# The same in every language: units, SI symbols, and what a program is called.
UNITS = {"s", "ms", "Hz", "kHz", "mV", "V", "dB", "x", "px", "min", "h", "MB", "ppm", "A", "B", "RMS", "MVC", "rms"}
ALLOWED = {
    ("app/start_screen.py", "myoscope"): "the program's name",
    ("app/dialogs.py", "myoscope {}"): "the program's name and version",
    ("app/desk.py", "Event {}"): "the name of a key's action, which no menu shows",
}


def _call_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def _literals(node: ast.expr) -> Iterator[str]:
    """Yield the words in an expression that no translation reaches."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body)
            yield from _literals(orelse)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _literals(part)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)
        case ast.Call(func=ast.Attribute(value=inner, attr="format" | "upper" | "join")):
            yield from _literals(inner)
        case ast.Call(args=arguments) if _call_name(node) in ("label", "clean"):
            yield from _literals(arguments[0])


def _words(text: str) -> list[str]:
    """Return what would have to be translated of a text: words of two letters or more that are no unit."""
    return [word for word in re.findall(r"[^\W\d_]{2,}", text.replace("µV", "")) if word not in UNITS]


def _shown_expressions(call: ast.Call) -> Iterator[ast.expr]:
    name = _call_name(call)
    for position in POSITIONS.get(name, ()):
        if position < len(call.args):
            yield call.args[position]
    if name in POSITIONS or DRAWS.match(name):
        yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def _whys(path: Path) -> Iterator[ast.expr]:
    """Yield what functions return that say why something cannot be done."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith(("why", "refusal")):
            yield from (
                returned.value for returned in ast.walk(node) if isinstance(returned, ast.Return) and returned.value
            )


def escaped(path: Path) -> list[str]:
    """Return the words of a module that a person reads and that cannot be translated."""
    found = []
    for expression in (*(e for call in _calls(path) for e in _shown_expressions(call)), *_whys(path)):
        words = [text for text in _literals(expression) if _words(text) and (_place(path), text) not in ALLOWED]
        found += [f"{_place(path)}:{expression.lineno}: {text}" for text in words]
    return found


@pytest.mark.parametrize("path", SHOWN, ids=_place)
def test_no_words_on_screen_escape_translation(path):
    assert escaped(path) == []


def test_the_search_for_escaped_words_finds_them(tmp_path):
    module = tmp_path / "module.py"
    bad = [
        'dpg.add_button(label="Press")', 'words.say("Gone" if x else "")', 'tooltip(item, f"{n} samples", theme)',
        'Action(f"Only {name}", run, "K", tr("x"))', 'dpg.add_text(label("Kind"))', 'engine.log("It is done.")',
        'dpg.add_input_text(hint=clean("Name"))', 'panel.show(why_off="Off: " + reason)', 'Panel(theme, "Log")',
    ]  # fmt: skip
    good = [
        'dpg.add_button(label=tr("Press"))', 'words.say(f"{seconds:g} s")', 'tooltip(item, tr("a").format(n=1), theme)',
        'words.say(tr("{n} of {m}").format(n=1, m="two words"))', 'dpg.add_text("±")', 'x.get("name")', 'Panel(t, n)',
    ]  # fmt: skip
    global ROOT
    root, ROOT = ROOT, tmp_path
    try:
        for line in bad:
            module.write_text(line, encoding="utf-8")
            assert escaped(module), line
        for line in good:
            module.write_text(line, encoding="utf-8")
            assert escaped(module) == [], line
    finally:
        ROOT = root


@pytest.mark.parametrize("path", MODULES, ids=_place)
def test_what_is_translated_is_a_literal_or_was_marked(path):
    """A text that is put together before it is looked up would never be found in a catalogue."""
    if _place(path) == "sources/language.py":
        return
    for call in _calls(path):
        if not isinstance(call.func, ast.Name) or call.func.id not in MARKS:
            continue
        texts = call.args[:2] if call.func.id == "trn" else call.args[:1]
        for text in texts:
            literal = isinstance(text, ast.Constant) and isinstance(text.value, str)
            # A name stands for a text that was marked where it was written.
            looked_up = call.func.id == "tr" and not isinstance(text, ast.JoinedStr | ast.BinOp | ast.Constant)
            formatted = isinstance(text, ast.Call) and _call_name(text) == "format"
            assert literal or (looked_up and not formatted), f"{_place(path)}:{call.lineno}: {ast.unparse(call)}"


@pytest.fixture(scope="module")
def texts():
    """The script that makes the catalogues."""
    spec = importlib.util.spec_from_file_location("texts", ROOT / ".ci" / "texts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalogues_are_up_to_date(texts):
    assert texts.behind() == [], "run: make texts"


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_every_text_is_translated_with_the_same_placeholders(texts, code):
    catalog = texts.known(code)
    assert catalog is not None
    assert texts.problems(catalog) == []
    assert {m.id for m in catalog} == {m.id for m in texts.collected()}


def test_a_lost_placeholder_is_found(texts):
    catalog = texts.Catalog("de")
    catalog.add("{n} of {m}", "{n} von {k}")
    catalog.add("Empty", "")
    catalog.add(("{n} gap", "{n} gaps"), ("eine Lücke", "{n} Lücken"))
    assert len(texts.problems(catalog)) == 2


def test_german_is_spoken_from_the_compiled_catalogue():
    language.set_language("de")
    try:
        assert language.tr("Session") == "Sitzung"
        assert language.trn("{n} gap, {lost} lost", "{n} gaps, {lost} lost", 1).startswith("{n} Lücke")
        assert language.trn("{n} gap, {lost} lost", "{n} gaps, {lost} lost", 2).startswith("{n} Lücken")
        assert language.tr("No such text in any catalogue") == "No such text in any catalogue"
    finally:
        language.set_language("en")
    assert language.tr("Session") == "Session"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"), ({"LANG": "de_AT"}, "de"), ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"), ({"LANG": "C.UTF-8"}, "en"), ({"LANGUAGE": "fr:de", "LANG": "en_US"}, "de"),
        ({"LC_ALL": "C", "LANG": "de_DE"}, "en"), ({"LC_MESSAGES": "de_CH.UTF-8", "LANG": "en_US.UTF-8"}, "de"),
    ],
)  # fmt: skip
def test_the_systems_language_is_followed(environment, expected):
    assert language.system_language(environment) == expected


def test_an_unknown_language_is_english():
    language.set_language("xx")
    assert language.tr("Quit") == "Quit"
