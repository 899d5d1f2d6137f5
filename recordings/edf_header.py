"""The header of EDF, EDF+, BDF and BDF+ files: text fields of fixed width, checked both ways.

Facts: the EDF specification (Kemp et al. 1992) and EDF+ (Kemp and Olivan 2003), https://www.edfplus.info; for BDF
BioSemi's page on the file format. edfio has the same knowledge but keeps whole recordings in memory, so here is only
the header; the tests read what is written with edfio, pyedflib and MNE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from .edf_rates import decimal
from .errors import SessionError

BLOCK = 256
MAX_SIGNALS = 9999
MAX_RECORD_BYTES = 64 * 2**20
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
BDF_VERSION = b"\xffBIOSEMI"
WIDTHS = {"label": 16, "transducer": 80, "dimension": 8, "physical_min": 8, "physical_max": 8, "digital_min": 8,
          "digital_max": 8, "prefiltering": 80, "n_samples": 8, "reserved": 32}  # fmt: skip
_DATE = re.compile(r"(\d{1,2})[.:\-/ ](\d{1,2})[.:\-/ ](\d{1,2})")


@dataclass(frozen=True)
class Signal:
    """One signal of a file.

    Parameters
    ----------
    label
        Its name, at most 16 characters.
    transducer
        What was on the skin.
    dimension
        Its unit.
    physical_min, physical_max
        The values, in that unit, of the next two; plain decimals.
    digital_min, digital_max
        Whole numbers that are stored.
    prefiltering
        What the device had filtered.
    n_samples
        In a data record.
    reserved
        Free text, at most 32 characters.
    """

    label: str
    transducer: str
    dimension: str
    physical_min: str
    physical_max: str
    digital_min: int
    digital_max: int
    prefiltering: str
    n_samples: int
    reserved: str = ""

    @property
    def is_annotations(self) -> bool:
        """Whether it holds annotations rather than samples."""
        return self.label in ("EDF Annotations", "BDF Annotations")

    @property
    def gain(self) -> Fraction:
        """What one stored step is, in the unit."""
        physical = Fraction(Decimal(self.physical_max)) - Fraction(Decimal(self.physical_min))
        return physical / (self.digital_max - self.digital_min)

    @property
    def offset(self) -> Fraction:
        """What a stored 0 is, in the unit."""
        return Fraction(Decimal(self.physical_min)) - self.gain * self.digital_min


@dataclass(frozen=True)
class Header:
    """What a file says before its samples.

    Parameters
    ----------
    patient, recording
        Identification, at most 80 characters each.
    start
        When the recording began, as the file's clock told it, to the second.
    kind
        ``"EDF"``, ``"EDF+C"``, ``"EDF+D"`` or the same of BDF.
    n_records
        Of data; -1 where whoever wrote it did not know.
    duration
        Of a record, s.
    signals
        In the order in which they lie in a record.
    """

    patient: str
    recording: str
    start: datetime
    kind: str
    n_records: int
    duration: Fraction
    signals: tuple[Signal, ...]

    @property
    def bytes_per_value(self) -> int:
        """2 in EDF, 3 in BDF."""
        return 3 if self.kind.startswith("BDF") else 2

    @property
    def n_bytes(self) -> int:
        """Of the header."""
        return BLOCK * (1 + len(self.signals))

    @property
    def record_bytes(self) -> int:
        """Of a data record."""
        return self.bytes_per_value * sum(signal.n_samples for signal in self.signals)

    def encode(self) -> bytes:
        """Return the header's bytes.

        Raises
        ------
        SessionError
            When something does not fit its field.
        """
        if len(self.signals) > MAX_SIGNALS:
            raise SessionError(f"EDF holds {MAX_SIGNALS:,} signals; this recording has {len(self.signals):,}.")
        year_fits = 1985 <= self.start.year <= 2084
        date = f"{self.start:%d.%m.%y}" if year_fits else "01.01.85"
        parts = [
            BDF_VERSION if self.bytes_per_value == 3 else b"0".ljust(8),
            _field(self.patient, 80),
            _field(self.recording, 80),
            _field(date, 8),
            _field(f"{self.start:%H.%M.%S}", 8),
            _field(str(self.n_bytes), 8),
            _field(self.kind, 44),
            _field(str(self.n_records), 8),
            _field(decimal(self.duration), 8),
            _field(str(len(self.signals)), 4),
        ]
        for name, width in WIDTHS.items():
            parts += [_field(str(getattr(signal, name)), width) for signal in self.signals]
        return b"".join(parts)


def _field(text: str, width: int) -> bytes:
    if len(text) > width or not text.isascii() or not (text.isprintable() or not text):
        raise SessionError(f"{text[:80]!r} does not fit the {width} plain characters that EDF has for it.")
    return text.encode("ascii").ljust(width)


def parse(fixed: bytes, rest: bytes, what: object) -> Header:
    """Read a header.

    Parameters
    ----------
    fixed
        The first 256 bytes.
    rest
        The bytes that `n_signals` says follow.
    what
        The file, for messages.

    Raises
    ------
    SessionError
        When it is none, or beyond all limits.
    """
    n = n_signals(fixed, what)
    if len(rest) != BLOCK * n:
        raise SessionError(f"{what} ends within its header. Was it cut off?")
    is_bdf = fixed[:8] == BDF_VERSION
    said = _text(fixed[192:236]).upper()
    plus = {"C": "+C", "D": "+D"}.get(said[4:5], "") if said[:4] in ("EDF+", "BDF+") else ""
    columns, at = {}, 0
    for name, width in WIDTHS.items():
        columns[name] = [_text(rest[at + i * width : at + (i + 1) * width]) for i in range(n)]
        at += width * n
    signals = tuple(_signal({name: column[i] for name, column in columns.items()}, what) for i in range(n))
    duration = _decimal(_text(fixed[244:252]), "record duration", what)
    if not 0 <= duration <= 86400:
        raise SessionError(f"{what} says its records last {float(duration):g} s. That cannot be; it is damaged.")
    header = Header(
        _text(fixed[8:88]),
        _text(fixed[88:168]),
        _start(_text(fixed[168:176]), _text(fixed[176:184]), _text(fixed[88:168])),
        ("BDF" if is_bdf else "EDF") + plus,
        _whole(_text(fixed[236:244]), "number of records", what),
        Fraction(duration),
        signals,
    )
    if not 0 < header.record_bytes <= MAX_RECORD_BYTES:
        raise SessionError(f"{what} says a record has {header.record_bytes:,} bytes. It is damaged.")
    if not duration and not all(signal.is_annotations for signal in signals):
        raise SessionError(f"{what} says its records last 0 s, so it has no rate. It is damaged.")
    return header


def n_signals(fixed: bytes, what: object) -> int:
    """Return how many signals the first 256 bytes of a file announce.

    Raises
    ------
    SessionError
        When it is no EDF or BDF file.
    """
    if len(fixed) != BLOCK or (fixed[:8].strip() != b"0" and fixed[:8] != BDF_VERSION):
        raise SessionError(f"{what} is neither EDF nor BDF. Give a file of one of those.")
    n = _whole(_text(fixed[252:256]), "number of signals", what)
    if not 1 <= n <= MAX_SIGNALS or _whole(_text(fixed[184:192]), "length of header", what) != BLOCK * (n + 1):
        raise SessionError(f"{what} announces {n} signals, which its header does not hold. It is damaged.")
    return n


def _signal(fields: dict[str, str], what: object) -> Signal:
    who = f"{what}, signal {fields['label']!r}"
    low, high = (_decimal(fields[key], "physical range", who) for key in ("physical_min", "physical_max"))
    first, last = (_whole(fields[key], "digital range", who) for key in ("digital_min", "digital_max"))
    n = _whole(fields["n_samples"], "number of samples", who)
    if n < 1 or n > MAX_RECORD_BYTES or max(abs(first), abs(last)) > 2**31:
        raise SessionError(f"{who} says it has {n} samples a record, from {first} to {last}. It is damaged.")
    if first == last:
        raise SessionError(f"{who} says all its stored numbers are {first}. It is damaged.")
    if low == high and fields["label"] not in ("EDF Annotations", "BDF Annotations"):
        # Without a range there is no unit: stored numbers are what there is.
        low, high = Decimal(first), Decimal(last)
    return Signal(
        fields["label"],
        fields["transducer"],
        fields["dimension"],
        str(low),
        str(high),
        first,
        last,
        fields["prefiltering"],
        n,
        fields["reserved"],
    )


def _text(field: bytes) -> str:
    return field.decode("latin-1").replace("\0", " ").strip()


def _whole(text: str, name: str, what: object) -> int:
    if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", text) is None:
        raise SessionError(f"{what} says its {name} is {text[:20]!r}, which is no whole number. It is damaged.")
    return int(text.split(".")[0])


def _decimal(text: str, name: str, what: object) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 40:
        raise SessionError(f"{what} says its {name} is {text[:20]!r}, which is no number. It is damaged.")
    return value


def _start(date: str, time: str, recording: str) -> datetime:
    """Return when a recording began; 1985 where that was taken out."""
    day, clock = _DATE.fullmatch(date), _DATE.fullmatch(time)
    full = re.match(r"Startdate (\d\d)-([A-Z]{3})-(\d{4})", recording)
    try:
        hour, minute, second = (int(part) for part in clock.groups()) if clock else (0, 0, 0)
        if full and full.group(2) in MONTHS:
            year, month, number = int(full.group(3)), MONTHS.index(full.group(2)) + 1, int(full.group(1))
        elif day:
            number, month, short = (int(part) for part in day.groups())
            year = short + (1900 if short >= 85 else 2000)
        else:
            year, month, number = 1985, 1, 1
        return datetime(year, month, number, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return datetime(1985, 1, 1, tzinfo=UTC)
