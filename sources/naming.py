"""One string names a source everywhere: command line, recent list, session metadata.

``kind:what?key=value&key=value``: the kind is an entry point of the group ``myoscope.sources``, *what* is the
constructor's first parameter, the keys are its keywords. Characters that would be mistaken are percent-encoded.
"""

from __future__ import annotations

import difflib
import enum
import inspect
import os
import types
import typing
from importlib.metadata import entry_points
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl, quote, unquote

from .errors import SourceError
from .source import Source

GROUP = "myoscope.sources"
SAFE = "/\\:, ()[]@+~"


def kinds() -> dict[str, type]:
    """Return every kind of source installed, by name. A kind that cannot be loaded is left out."""
    found: dict[str, type] = {}
    for entry in entry_points(group=GROUP):
        try:
            found[entry.name] = entry.load()
        except ImportError:
            # A third party's broken package must not take the others away; naming it says what is wrong.
            continue
    return found


def kind(name: str) -> type:
    """Return the class of sources called `name`.

    Raises
    ------
    SourceError
        When there is none, or its package cannot be loaded.
    """
    entries = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in entries:
        near = difflib.get_close_matches(name, entries, 1)
        hint = f" Did you mean {near[0]}:?" if near else ""
        raise SourceError(f"No kind of source is called {name!r}.{hint} There are: {', '.join(sorted(entries))}.")
    try:
        loaded: type = entries[name].load()
    except ImportError as error:
        raise SourceError(f"Sources of kind {name!r} cannot be loaded: {error}. Install what is missing.") from error
    return loaded


def open_source(name: str) -> Source:
    """Make the source that `name` names; nothing is connected yet.

    Parameters
    ----------
    name
        For example ``"lsl:EMG"``, ``"brainflow:synthetic"``, ``"synthetic:?n_channels=64&rate_hz=2048"``,
        ``"session:recordings/abduction.myo"``.

    Raises
    ------
    SourceError
        When the kind, a key or a value is not understood.
    """
    head, colon, rest = name.partition(":")
    if not colon:
        raise SourceError(f"{name!r} does not name a source. Write KIND:NAME, for example lsl:EMG or synthetic:")
    cls = kind(head)
    what, _, query = rest.partition("?")
    parameters = constructor(cls)
    values: dict[str, str] = {}
    if what:
        if not parameters:
            raise SourceError(f"Sources of kind {head!r} take nothing after the colon.")
        values[next(iter(parameters))] = unquote(what)
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key not in parameters:
            near = difflib.get_close_matches(key, parameters, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SourceError(f"{head}: has no setting {key!r}.{hint} It has: {', '.join(parameters) or 'none'}.")
        values[key] = value
    converted = {key: _convert(value, parameters[key], f"{head}: {key}") for key, value in values.items()}
    missing = [key for key, p in parameters.items() if p.default is inspect.Parameter.empty and key not in converted]
    if missing:
        raise SourceError(f"{head}: needs {' and '.join(missing)}. Write {head}:{missing[0].upper()}.")
    try:
        source: Source = cls(**converted)
    except (TypeError, ValueError) as error:
        raise SourceError(f"{name}: {error}") from error
    return source


def name_of(source: Source) -> str:
    """Return the string that `open_source` makes this source from; for one that is not installed, its class's name."""
    for entry in entry_points(group=GROUP):
        module, _, attribute = entry.value.partition(":")
        if (type(source).__module__, type(source).__qualname__) == (module, attribute):
            return _spell(entry.name, source)
    return type(source).__name__


def _spell(head: str, source: Source) -> str:
    what, query = "", []
    for i, (key, parameter) in enumerate(constructor(type(source)).items()):
        value = getattr(source, key, parameter.default)
        if i == 0 and isinstance(value, str | os.PathLike):
            # What it is called says more than nothing, even where it is the default.
            what = quote(str(value), safe=SAFE)
            continue
        if value == parameter.default or value is None:
            continue
        query.append(f"{key}={quote(_text(value), safe=SAFE.replace('+', ''))}")
    return f"{head}:{what}" + ("?" + "&".join(query) if query else "")


def constructor(cls: type) -> dict[str, inspect.Parameter]:
    """Return the settings of a source class: its constructor's parameters, with their types resolved.

    Parameters that start with an underscore, or whose type is not one of the plain ones (a clock, say), are
    not settings and are left out.
    """
    hints = typing.get_type_hints(inspect.getattr_static(cls, "__init__"))
    parameters = inspect.signature(cls).parameters
    settings = {}
    for name, parameter in parameters.items():
        if name.startswith("_") or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        hint = hints.get(name, str)
        if _plain(hint):
            settings[name] = parameter.replace(annotation=hint)
    return settings


def _plain(hint: Any) -> bool:
    if hint in (int, float, str, bool, types.NoneType) or hasattr(hint, "__fspath__"):
        return True
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return True
    if get_origin(hint) in (Union, types.UnionType, tuple):
        return all(_plain(arg) or arg is Ellipsis for arg in get_args(hint))
    return get_origin(hint) is Literal


def _convert(text: str, parameter: inspect.Parameter, what: str) -> Any:
    try:
        return _value(text, parameter.annotation)
    except ValueError as error:
        raise SourceError(f"{what} is {text!r}. {error}") from None


def _value(text: str, hint: Any) -> Any:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        for choice in args:
            if str(choice) == text:
                return choice
        raise ValueError(f"Choose one of {', '.join(map(str, args))}.")
    if origin in (Union, types.UnionType):
        if types.NoneType in args and text in ("", "none", "None"):
            return None
        return _value(text, next(arg for arg in args if arg is not types.NoneType))
    if origin is tuple:
        inner = args[0] if args else str
        return tuple(_value(part, inner) for part in text.split(",") if part)
    if hint is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise ValueError("Give true or false.")
    if hint is int:
        try:
            return int(text)
        except ValueError:
            raise ValueError("Give a whole number.") from None
    if hint is float:
        try:
            return float(text)
        except ValueError:
            raise ValueError("Give a number.") from None
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        try:
            return hint(text)
        except ValueError:
            raise ValueError(f"Choose one of {', '.join(str(m.value) for m in hint)}.") from None
    return text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple | list):
        return ",".join(_text(part) for part in value)
    return str(value)
