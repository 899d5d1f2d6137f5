"""What a format can be told when it is written or read, in words for a person."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from ..recordings import SessionError
from ..recordings.formats import Format
from ..sources.language import later

Verb = Literal["write", "read"]


@dataclass(frozen=True)
class Words:
    """How an option is shown.

    Parameters
    ----------
    label, help
        What it is called, and what it does.
    choices
        Values and what each is called; none for a free text.
    """

    label: str
    help: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


WORDS = {
    "values": Words(
        later("Numbers"),
        later("What every sample is written as."),
        {
            "physical": later("in their unit"),
            "raw": later("the device's own, with a factor"),
        },
    ),
    "compression": Words(
        later("Compression"),
        later("Smaller files take longer to write."),
        {
            "gzip": later("gzip: every program reads it"),
            "lzf": later("lzf: faster, for Python"),
            "none": later("none: largest and fastest"),
        },
    ),
    "species": Words(later("Species"), later("Of the subject, in Latin.")),
    "sex": Words(
        later("Sex"),
        later("Of the subject, as archives ask for it."),
        {"U": later("unknown"), "F": later("female"), "M": later("male"), "O": later("other")},
    ),
    "age": Words(later("Age"), later("Of the subject, such as P25Y for 25 years; archives ask for it.")),
    "description": Words(later("Description"), later("Of the recording, in a sentence.")),
    "clock": Words(
        later("Times"),
        later("Each stream has a clock of its own; the file tells how they differ."),
        {
            "synchronised": later("on the clock that recorded"),
            "own": later("as they stand in the file"),
        },
    ),
    "fs": Words(later("Rate, Hz"), later("Samples a second, for a file that does not say.")),
    "unit": Words(later("Unit"), later("Of the samples, such as µV, for a file that does not say.")),
}
"""By the names that the formats' functions have for them; one that is missing here is a free text."""


@dataclass(frozen=True)
class FormatOption:
    """One thing that a format can be told.

    Parameters
    ----------
    name
        As the format's function takes it.
    default
        What is so when nobody says anything.
    is_number
        Whether it is a number.
    words
        How it is shown.
    """

    name: str
    default: Any
    is_number: bool
    words: Words

    def value(self, text: str) -> Any:
        """Return what a person typed as the format's function takes it.

        Raises
        ------
        SessionError
            When it is no number, or none of the choices.
        """
        text = text.strip()
        if self.words.choices and text not in self.words.choices:
            raise SessionError(f"{self.name} is one of {', '.join(self.words.choices)}, not {text!r}.")
        if isinstance(self.default, bool):
            return text.lower() in ("1", "true", "yes", "on")
        if not self.is_number:
            return text
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise SessionError(f"{self.name} is a number, not {text!r}.")
        return int(number) if isinstance(self.default, int) and number == int(number) else number


def options_of(wanted: Format, verb: Verb) -> tuple[FormatOption, ...]:
    """Return what a format can be told when it is written or read; nothing where its module lacks a library."""
    try:
        function = getattr(import_module(f"..recordings.{wanted.module}", __package__), verb, None)
    except ModuleNotFoundError:
        # Told when it is used, with the name of the library.
        return ()
    parameters = inspect.signature(function).parameters if function is not None else {}
    found = []
    for name in wanted.options:
        parameter = parameters.get(name)
        if parameter is not None:
            default = None if parameter.default is parameter.empty else parameter.default
            annotation = str(parameter.annotation)
            is_number = not isinstance(default, bool) and ("float" in annotation or "int" in annotation)
            found.append(FormatOption(name, default, is_number, WORDS.get(name, Words(name))))
    return tuple(found)


def values_of(wanted: Format, verb: Verb, given: Mapping[str, str]) -> dict[str, Any]:
    """Return options as a format's function takes them; those without a text are left out.

    Raises
    ------
    SessionError
        When there is no such option, or a text does not fit it.
    """
    known = {option.name: option for option in options_of(wanted, verb)}
    for name in given:
        if name not in known:
            there = ", ".join(known) or "none"
            raise SessionError(f"{wanted.title} has no option {name!r} for this. There are: {there}.")
    return {name: known[name].value(text) for name, text in given.items() if text.strip()}
