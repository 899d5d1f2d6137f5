"""The form of a device: what its constructor takes, as a screen can ask for it."""

from __future__ import annotations

import inspect
import re
import types
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from .naming import constructor

UNITS = {
    "hz": "Hz", "s": "s", "seconds": "s", "ms": "ms", "uv": "µV", "mv": "mV", "v": "V", "mm": "mm",
    "percent": "%", "bytes": "bytes", "db": "dB",
}  # fmt: skip


@dataclass(frozen=True)
class FormField:
    """One setting of a source.

    Parameters
    ----------
    name
        The constructor's keyword.
    label
        The same in words, without the unit.
    kind
        ``int``, ``float``, ``str`` or ``bool``.
    default
        What it is when nobody says otherwise; None where it must be given or may be left empty.
    unit
        Taken from the end of the name: ``rate_hz`` is in Hz.
    help
        The paragraph about it in the class's docstring.
    choices
        The only values allowed; empty for any.
    required
        Whether there is no default.
    """

    name: str
    label: str
    kind: type
    default: Any
    unit: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False


def form_fields(cls: type) -> tuple[FormField, ...]:
    """Return the settings of a source class, in the constructor's order."""
    helps = _parameter_docs(inspect.getdoc(cls) or "")
    return tuple(_field(name, parameter, helps.get(name, "")) for name, parameter in constructor(cls).items())


def _field(name: str, parameter: inspect.Parameter, text: str) -> FormField:
    hint = parameter.annotation
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not types.NoneType)
    choices = tuple(str(choice) for choice in get_args(hint)) if get_origin(hint) is Literal else ()
    required = parameter.default is inspect.Parameter.empty
    words, unit = name.split("_"), ""
    if len(words) > 1 and words[-1] in UNITS:
        unit = UNITS[words.pop()]
    if words[0] == "n" and len(words) > 1:
        words[0] = "number of"
    label = " ".join(words)
    return FormField(
        name=name,
        label=label[:1].upper() + label[1:],
        kind=hint if hint in (int, float, bool) else str,
        default=None if required else parameter.default,
        unit=unit,
        help=text,
        choices=choices,
        required=required,
    )


def _parameter_docs(doc: str) -> dict[str, str]:
    """Return what a numpydoc docstring says about each parameter, each on one line."""
    match = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[^\n]*\n-{3,}|\Z)", doc, re.DOTALL | re.MULTILINE)
    docs: dict[str, list[str]] = {}
    current: list[str] = []
    for line in match.group(1).splitlines() if match else ():
        if line and not line[0].isspace():
            current = []
            for name in line.split(":")[0].split(","):
                docs[name.strip()] = current
        elif line.strip():
            current.append(line.strip())
    return {name: " ".join(lines) for name, lines in docs.items()}
