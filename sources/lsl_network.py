"""Which LSL streams are on the network: asked once, or watched for one that fell silent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from . import lsl_library
from .clock import local_clock
from .errors import SourceError
from .info import StreamInfo
from .lsl_header import read_header, shown
from .naming import SAFE

LINGER_S = 0.03
POLL_S = 0.01
FORGET_S = 1.0
SAME_AFTER_S = 0.1
OTHERS_AFTER_S = 0.7
LISTED = 8


@dataclass(frozen=True)
class Wanted:
    """What one looks for; an empty text fits everything.

    Parameters
    ----------
    name, stream_type, source_id, hostname
        As the stream's description has them, upper and lower case alike.
    """

    name: str = ""
    stream_type: str = ""
    source_id: str = ""
    hostname: str = ""

    def fits(self, outlet: Any) -> bool:
        """Whether a resolved ``pylsl.StreamInfo`` is one of these."""
        return (
            self.name in ("", outlet.name())
            and self.stream_type in ("", outlet.type())
            and self.source_id in ("", outlet.source_id())
            and self.hostname in ("", outlet.hostname())
        )

    def __str__(self) -> str:
        words = f" named {shown(self.name)}" if self.name else ""
        words += f" of type {shown(self.stream_type)}" if self.stream_type else ""
        words += f" with source_id {shown(self.source_id)}" if self.source_id else ""
        return words + (f" on {shown(self.hostname)}" if self.hostname else "")


class Search:
    """A look round the network for one outlet.

    Most outlets answer within milliseconds, some only when they are asked for the second time, half a second later.
    So the choice is made twice: `first` to subscribe to, and `best` when everyone has had time to answer.

    Parameters
    ----------
    wanted
        What to look for.
    known
        (source_id, hostname) of the outlet that was read before: it is taken again among several.
    """

    def __init__(self, wanted: Wanted, known: tuple[str, str] | None = None) -> None:
        pylsl = lsl_library.load()

        self._wanted, self._known = wanted, known
        self._resolver: Any = pylsl.ContinuousResolver(forget_after=10.0)

    def first(self, timeout_s: float) -> Any:
        """Return an outlet that is wanted, a ``pylsl.StreamInfo`` without channels, as soon as there is one.

        Raises
        ------
        SourceError
            When there is none, or several between which only a person can choose.
        """
        deadline = local_clock() + timeout_s
        while not any(map(self._wanted.fits, self._resolver.results())) and local_clock() < deadline:
            time.sleep(POLL_S)
        time.sleep(LINGER_S)
        return self.best()[0]

    def best(self) -> tuple[Any, str]:
        """Return the outlet to take among all seen by now, and a note on the choice.

        Raises
        ------
        SourceError
            As `first`.
        """
        seen = self._resolver.results()
        fitting = [outlet for outlet in seen if self._wanted.fits(outlet)]
        if not fitting:
            raise SourceError(_not_found(self._wanted, sorted({shown(outlet.name()) for outlet in seen})))
        if self._known is not None:
            again = [outlet for outlet in fitting if (outlet.source_id(), outlet.hostname()) == self._known]
            fitting = again or fitting
        devices = {(outlet.name(), outlet.type(), outlet.source_id(), outlet.hostname()) for outlet in fitting}
        if len(devices) > 1:
            raise SourceError(_ambiguous(self._wanted, fitting))
        newest = max(fitting, key=lambda outlet: float(outlet.created_at()))
        note = f"{len(fitting)} outlets look alike; the one started last was taken." if len(fitting) > 1 else ""
        return newest, note


def _not_found(wanted: Wanted, names: Sequence[str]) -> str:
    sentence = f"No LSL stream{wanted}."
    if not names:
        return (
            f"{sentence} Nothing was seen on the network."
            " Start the device, and check that the firewall lets LSL through."
        )
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    pick = "pick one of these" if len(names) > 1 else "pick this one"
    return f"{sentence} Seen on the network: {', '.join(names[:LISTED])}{more}. Start the device, or {pick}."


def _ambiguous(wanted: Wanted, fitting: Sequence[Any]) -> str:
    listed = "; ".join(shown(name, 120) for name in sorted(set(distinct_names(fitting)))[:LISTED])
    return f"There are {len(fitting)} LSL streams{wanted}. Say which one: {listed}."


def distinct_names(outlets: Sequence[Any]) -> list[str]:
    """Return the one-string source name of each outlet, with just as much as tells it from the others."""
    names: list[str] = []
    for outlet in outlets:
        alike = [other for other in outlets if other.name() == outlet.name()]
        query = ""
        for key, fact in (("source_id", "source_id"), ("hostname", "hostname"), ("stream_type", "type")):
            value = getattr(outlet, fact)()
            same = [other for other in alike if getattr(other, fact)() == value]
            if value and len(same) < len(alike):
                query += f"{'&' if query else '?'}{key}={quote(value, safe=SAFE.replace('+', ''))}"
                alike = same
        names.append(f"lsl:{quote(outlet.name(), safe=SAFE)}{query}")
    return names


def describe(outlet: Any) -> str:
    """Return one line about a resolved outlet: channels, rate, host; or why it cannot be used."""
    try:
        info = read_header(outlet.as_xml())
    except SourceError as error:
        return str(error)
    n = f"{info.n_channels} channel{'s' if info.n_channels > 1 else ''}"
    rate = "text markers" if info.is_text else f"{info.fs:g} Hz" if info.fs else "irregular"
    return " · ".join(part for part in (n, rate, shown(outlet.hostname())) if part)


class Lookout:
    """Looks on the network, without waiting, whether an outlet is still there or was started anew.

    liblsl says "connected" to an outlet that is gone, and goes on silently with another one that looks like it.

    Parameters
    ----------
    uid, source_id
        Of the outlet that was connected.
    wanted
        What may take its place.
    patience_s
        How long no answer counts for nothing, s.
    clock
        The LSL clock.
    """

    def __init__(
        self,
        uid: str,
        source_id: str,
        wanted: Wanted,
        patience_s: float,
        clock: Callable[[], float] = local_clock,
    ) -> None:
        pylsl = lsl_library.load()

        self._uid, self._source_id, self._wanted = uid, source_id, wanted
        self._patience_s, self._clock = patience_s, clock
        self._resolver: Any = pylsl.ContinuousResolver(forget_after=FORGET_S)
        self._since = clock()

    def verdict(self) -> tuple[Literal["pending", "alive", "renewed", "gone"], Any]:
        """Return what is known by now and, when renewed, the new outlet (a ``pylsl.StreamInfo``)."""
        waited_s = self._clock() - self._since
        seen = self._resolver.results()
        if any(outlet.uid() == self._uid for outlet in seen):
            return "alive", None
        others = [outlet for outlet in seen if self._wanted.fits(outlet)]
        same = [outlet for outlet in others if self._source_id and outlet.source_id() == self._source_id]
        if same and waited_s > SAME_AFTER_S:
            return "renewed", max(same, key=lambda outlet: float(outlet.created_at()))
        if others and waited_s > OTHERS_AFTER_S:
            return "renewed", max(others, key=lambda outlet: float(outlet.created_at()))
        return ("gone" if waited_s > self._patience_s else "pending"), None


def full_header(outlet: Any, timeout_s: float) -> StreamInfo | None:
    """Return the whole description of a resolved outlet, or None when it does not answer in time.

    Raises
    ------
    SourceError
        When it cannot be believed.
    """
    pylsl = lsl_library.load()
    from pylsl.util import LostError
    from pylsl.util import TimeoutError as LSLTimeoutError

    read_header(outlet.as_xml())
    try:
        return read_header(pylsl.StreamInlet(outlet, max_buflen=1, recover=False).info(timeout_s).as_xml())
    except (LSLTimeoutError, LostError):
        return None
