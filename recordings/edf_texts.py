"""What our EDF and BDF files say in annotations and spare fields, so that they come back as the session they were."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ..sources.block import Event
from .about import ChannelAbout
from .edf_header import MONTHS
from .edf_scaling import plain
from .gaps import Gap

EQUIPMENT = "myoscope"
RESERVED = 32
LINE = "\u2028"
_PADDING = re.compile(r"padding: (\d+) samples of (\S+)")
_GAP = re.compile(r"gap: (\d+) samples of (\S+) lost, (.+)", re.DOTALL)
_NAME = re.compile(r"channel (\d+) is (.+)", re.DOTALL)
_EVENT = re.compile(r"(\w+): ((?:(?! \| ).)*?)(?: \| (.*?))?(?: @(\S+))?", re.DOTALL)
_SIGNAL = re.compile(r"(\d+):(\w+):(\S+)")


def patient_field(subject: str) -> str:
    """Return the patient's identification: a code, and neither sex nor birthday nor name."""
    return f"{plain(subject, 60).replace(' ', '_') or 'X'} X X X"


def recording_field(start: datetime | None) -> str:
    """Return the recording's identification: its date and ours as the equipment."""
    date = "X" if start is None else f"{start.day:02}-{MONTHS[start.month - 1]}-{start.year:04}"
    return f"Startdate {date} X X {EQUIPMENT}"


def is_ours(recording: str) -> bool:
    """Whether a recording's identification is one of ours."""
    return recording.startswith("Startdate ") and recording.split()[-1:] == [EQUIPMENT]


def electrode(about: ChannelAbout, kind: str) -> str:
    """Return what a header says of an electrode."""
    size = f"{about.electrode_size_mm:g} mm" if about.electrode_size_mm else ""
    apart = f"{about.electrode_distance_mm:g} mm apart" if about.electrode_distance_mm else ""
    where = " ".join(part for part in (about.side, about.muscle) if part)
    return plain(", ".join(part for part in (kind, where, about.placement, size, apart) if part), 80)


def name_in_file(number: int, dtype: str, name: str) -> str:
    """Return what a stream is called in the file: its name, or its beginning and its number where it is too long."""
    room = RESERVED - len(f"{number}:{dtype}:")
    return name if len(name) <= room else f"{name[: room - 1 - len(str(number))]}~{number}"


def signal_field(number: int, dtype: str, name: str) -> str:
    """Return the spare field of a signal: of which stream it is, and of which number format that was."""
    return f"{number}:{dtype}:{name_in_file(number, dtype, name)}"


class SignalField(NamedTuple):
    """What `signal_field` was given."""

    number: int
    dtype: str
    name: str


def parse_signal_field(text: str) -> SignalField | None:
    """Read what `signal_field` made; None where it is something else."""
    found = _SIGNAL.fullmatch(text)
    return SignalField(int(found.group(1)), found.group(2), found.group(3)) if found else None


def padding_text(n: int, stream: str) -> str:
    """Return what says that samples are none."""
    return f"padding: {n} samples of {stream}"


def parse_padding(text: str) -> tuple[int, str] | None:
    """Read what `padding_text` made."""
    found = _PADDING.fullmatch(text)
    return (int(found.group(1)), found.group(2)) if found else None


def gap_text(gap: Gap) -> str:
    """Return what says that samples are missing."""
    return f"gap: {gap.n_lost} samples of {gap.stream} lost, {gap.cause}"


def parse_gap(text: str) -> tuple[int, str, str] | None:
    """Read what `gap_text` made: how many, of which stream, why."""
    found = _GAP.fullmatch(text)
    return (int(found.group(1)), found.group(2), found.group(3)) if found else None


def name_text(signal: int, name: str) -> str:
    """Return what says how a signal is really called, counted from 1."""
    return f"channel {signal} is {name}"


def parse_name(text: str) -> tuple[int, str] | None:
    """Read what `name_text` made."""
    found = _NAME.fullmatch(text)
    return (int(found.group(1)), found.group(2)) if found else None


def event_text(event: Event) -> str:
    """Return what an annotation says of an event."""
    more = f" | {event.text}" if event.text else ""
    where = f" @{event.stream}" if event.stream and not re.search(r"\s", event.stream) else ""
    # Some readers lose a text at the end of a line.
    return f"{event.kind or 'marker'}: {event.label}{more}{where}".replace("\n", LINE)


def parse_event(t: float, text: str) -> Event:
    """Read what `event_text` made; any other text is the label of an annotation."""
    found = _EVENT.fullmatch(text.replace(LINE, "\n"))
    if found is None:
        return Event(t, "annotation", text)
    return Event(t, found.group(1), found.group(2), found.group(3) or "", found.group(4) or "")


def labels_of(names: Iterable[str]) -> list[str]:
    """Return names as the header holds them: at most 16 plain characters, no two the same.

    None begins as a formula does: names go on into tables that spreadsheets open.
    """
    taken: set[str] = set()
    labels = []
    for name in names:
        base = re.sub(r"^[=+\-@]", "_", plain(name, 16)) or "channel"
        label, number = base, 2
        while label in taken or label in ("EDF Annotations", "BDF Annotations"):
            label, number = f"{base[: 15 - len(str(number))]}~{number}", number + 1
        taken.add(label)
        labels.append(label)
    return labels
